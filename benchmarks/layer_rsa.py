"""RSA between 26 layers, compared with the arithmetic floor and rsatoolbox, with distances.

    python benchmarks/layer_rsa.py [words ...]

rsatoolbox is in benchmarks/requirements.txt. Without it only our own times are printed. Above 1,000
words it is timed on two layers: its work per layer and per pair of layers is extrapolated.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from layer_cka import layers
from threadpoolctl import threadpool_limits
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses import ANALYSES
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

LAYERS = 26
PEER = "rsatoolbox 0.3.2"
# Above, two layers represent all, and each is timed once.
WHOLE_WORDS = 1000
# Memory bandwidth of one core, in bytes per second.
MEMORY = 30e9


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"{LAYERS} layers x 768, distances included; {machine()}")
    print(" words measure        floor s    ours s  / floor    peer s  peer / ours")
    for words in sizes:
        for line in lines(words):
            print(line, flush=True)


def lines(words: int) -> list[str]:
    stack, facts = both_models(words), lengths(words)
    candidates: dict[str, Callable[[], object]] = {
        measure: lambda measure=measure: ANALYSES[measure].compute(stack, stack, facts, 0)
        for measure in ("rsa-spearman", "rsa-pearson", "rsa-partial", "rsa-kendall")
    }
    rate = gemm_rate()
    seconds = cpu_seconds(candidates, rounds=1 if words > WHOLE_WORDS else 5)
    rate = max(rate, gemm_rate())
    least = floor(words, rate)
    peers = peer_seconds(stack)
    found = []
    for measure, ours in seconds.items():
        line = f"{words:6} {measure:12} {least:9.3f} {ours:9.3f} {ours / least:7.2f}x"
        peer = peers.get(measure)
        found.append(line + (f" {peer:9.2f} {peer / ours:11.1f}x" if peer else ""))
    return found


def floor(words: int, rate: float) -> float:
    """Count half of the products of words, half of their products, one pass over the ranks."""
    pairs = words * (words - 1) / 2
    flop = LAYERS * words**2 * 768 + LAYERS * (LAYERS + 1) * pairs
    return flop / rate + LAYERS * pairs * 8 / MEMORY


def both_models(words: int) -> LayerStack:
    """Make two models of 13 layers, in one stack."""
    one = layers(words)
    noise = np.random.default_rng(1).standard_normal(one.values.shape, np.float32)
    values = np.concatenate([one.values, one.values + noise])
    return replace(one, layers=tuple(str(i) for i in range(LAYERS)), values=values)


def lengths(words: int) -> Facts:
    rng = np.random.default_rng(0)
    return Facts(
        tuple(
            WordFacts(WordId(str(i)), "x" * int(n))
            for i, n in enumerate(rng.integers(3, 12, words))
        )
    )


def peer_seconds(stack: LayerStack) -> dict[str, float]:
    """Return the CPU seconds of the other implementation, or nothing if not installed."""
    try:
        from rsatoolbox.data import Dataset
        from rsatoolbox.rdm import calc_rdm, compare
    except ImportError:
        return {}
    is_whole = len(stack.rows) <= WHOLE_WORDS
    used = LAYERS if is_whole else 2
    with threadpool_limits(1):
        data = [Dataset(layer.astype(np.float64)) for layer in stack.values[:used]]
        start = time.process_time()
        rdms = calc_rdm(data, method="correlation")
        distances = (time.process_time() - start) * LAYERS / used
        times = {}
        for measure, method in (("rsa-spearman", "spearman"), ("rsa-pearson", "corr")):
            start = time.process_time()
            compare(rdms, rdms, method=method)
            # Nearly all of the work is per layer.
            times[measure] = distances + (time.process_time() - start) * LAYERS / used
    return times


if __name__ == "__main__":
    main()
