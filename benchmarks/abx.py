"""ABX over all triples, compared with the arithmetic floor and the usual implementation.

    python benchmarks/abx.py [words ...]

The usual implementation takes the sign of all differences of distances, one pair of labels at a
time. The library that does so, fastabx, needs Python 3.12; on the machine of the first trials it
took 0.163 s with 1,000 words and 12.4 s with 5,000, and 11.1 to 12.7 s for the warped words.
"""

import sys
from collections.abc import Callable

import numpy as np
import torch
from layer_cka import DIM, LAYERS, layers
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses.abx.abx import discriminate_labels
from vgdesk.analyses.abx.abx_triples import Trials, VectorNearness, abx_losses
from vgdesk.analyses.sequences.dtw import dtw_distances
from vgdesk.core.facts import Facts

LABELS = 50
# Here the usual implementation compares 2 billion triples; with 26,000 words 340 billion.
USUAL_WORDS = 5000
# Longer lists are measured in one layer only.
ALL_LAYERS_WORDS = 5000
WARPED_WORDS = 500
# Comparisons per second in 8 lanes, and path steps per second: three cycles each, in sequence.
COMPARISONS, STEPS = 13e9, 1.08e9


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"one layer x {DIM}, {LABELS} labels, all triples; {machine()}")
    print(" words   floor s    ours s  / floor   usual s  usual / ours")
    for words in sizes:
        print(one_layer(words))
    print(f"{LAYERS} layers with chance and interval")
    for words in sizes:
        if words <= ALL_LAYERS_WORDS:
            print(all_layers(words))
    print(warped())


def one_layer(words: int) -> str:
    values = layers(words).values[-1].copy()
    codes = labels_of(words)
    trials = Trials.of(codes)
    candidates: dict[str, Callable[[], object]] = {
        "ours": lambda: abx_losses(VectorNearness.of(values), trials).rate
    }
    if words <= USUAL_WORDS:
        candidates["usual"] = lambda: usual_rate(values, codes)
        difference = abx_losses(VectorNearness.of(values), trials).rate - usual_rate(values, codes)
        assert abs(difference) < 1e-5, difference
    rate = gemm_rate()
    seconds = cpu_seconds(candidates, rounds=3 if words < 10_000 else 1)
    floor = words**2 * DIM / max(rate, gemm_rate()) + words**2 / COMPARISONS
    ours = seconds["ours"]
    text = f"{words:6} {floor:9.4f} {ours:9.4f} {ours / floor:7.2f}x"
    usual = seconds.get("usual")
    return text + (f" {usual:9.4f} {usual / ours:12.1f}x" if usual else "")


def all_layers(words: int) -> str:
    stack = layers(words)
    names = [str(code) for code in labels_of(words)]
    facts = Facts.of_labels(dict(zip(stack.words, names, strict=True)))
    seconds = cpu_seconds({"ours": lambda: discriminate_labels(stack, facts, 0)}, rounds=1)
    return f"{words:6} {seconds['ours']:30.3f}"


def labels_of(words: int) -> np.ndarray:
    return np.arange(words) % min(LABELS, words // 2)


def usual_rate(values: np.ndarray, codes: np.ndarray) -> float:
    """Return the error rate by the signs of all differences of distances."""
    torch.set_num_threads(1)
    units = torch.nn.functional.normalize(torch.from_numpy(values))
    distances = (units @ units.T).clamp(-1, 1).acos() / torch.pi
    groups = [torch.from_numpy(np.flatnonzero(codes == code)) for code in np.unique(codes)]
    errors = []
    for own in groups:
        to_a = distances[own][:, own].fill_diagonal_(torch.inf)
        for other in groups:
            if other is not own:
                signs = torch.sign(to_a[:, :, None] - distances[own][:, other][:, None])
                triples = len(own) * (len(own) - 1) * len(other)
                # Words with themselves have infinite distance and count as errors; subtract them.
                lost = ((1 + signs).sum().item() / 2) - len(own) * len(other)
                errors.append(lost / triples)
    return float(np.mean(errors))


def warped() -> str:
    rng = np.random.default_rng(0)
    lengths = rng.integers(20, 41, WARPED_WORDS)
    frames = [rng.standard_normal((length, DIM)).astype(np.float32) for length in lengths]
    rate = gemm_rate()
    ours = cpu_seconds({"ours": lambda: dtw_distances(frames)}, rounds=3)["ours"]
    total = int(lengths.sum())
    floor = total**2 * DIM / max(rate, gemm_rate()) + total**2 / 2 / STEPS
    return (
        f"{WARPED_WORDS} words of 20 to 40 frames, warped: floor {floor:.2f} s, ours {ours:.2f} s, "
        f"{ours / floor:.2f}x"
    )


if __name__ == "__main__":
    main()
