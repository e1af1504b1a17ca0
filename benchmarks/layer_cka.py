"""Layer x layer CKA, compared with the arithmetic floor and the fastest other implementation.

    python benchmarks/layer_cka.py [words ...]

The other implementation is pytorch-cka; see benchmarks/requirements.txt. Without it only our own
times are printed.
"""

import sys
from collections.abc import Callable

import numpy as np
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses import ANALYSES
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

LAYERS, DIM = 13, 768
PEER = "pytorch-cka 1.1.3"
# It holds all Gram matrices at once, in several copies: 5 GB with 8,000 words.
PEER_WORDS = 8000


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"{LAYERS} layers x {DIM}, debiased; {machine()}")
    if peer_of(layers(4)) is None:
        print(f"{PEER} is not installed and is left out")
    print(" words   floor s    ours s  / floor    peer s  peer / ours")
    for words in sizes:
        print(line(words))


def line(words: int) -> str:
    stack = layers(words)
    candidates: dict[str, Callable[[], object]] = {
        "ours": lambda: ANALYSES["cka"].compute(stack, stack)
    }
    peer = peer_of(stack) if words <= PEER_WORDS else None
    if peer is not None:
        candidates["peer"] = peer
    rate = gemm_rate()
    seconds = cpu_seconds(candidates, rounds=3 if words > 2000 else 9)
    rate = max(rate, gemm_rate())
    ours, floor = seconds["ours"], flop(words) / rate
    text = f"{words:6} {floor:9.4f} {ours:9.4f} {ours / floor:7.2f}x"
    return text + (f" {seconds['peer']:9.4f} {seconds['peer'] / ours:11.2f}x" if peer else "")


def flop(words: int) -> float:
    """Count the necessary flop: half of every Gram matrix, half of their products."""
    through_words = words**2 * LAYERS * (DIM + LAYERS)
    through_features = words * DIM**2 * LAYERS * (LAYERS + 1)
    return min(through_words, through_features)


def layers(words: int) -> LayerStack:
    """Make layers with a common structure, a steep spectrum and an offset, as in encoders."""
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((words, 64))
    spectrum = 1 / (1 + np.arange(DIM)) ** 0.6
    values = [
        shared @ rng.standard_normal((64, DIM)) / 8
        + rng.standard_normal((words, DIM)) * spectrum
        + rng.standard_normal(DIM)
        for _ in range(LAYERS)
    ]
    ids = tuple(str(i) for i in range(words))
    return LayerStack(
        EncoderId("synthetic"),
        tuple(str(i) for i in range(LAYERS)),
        ids,
        tuple(WordId(word) for word in ids),
        np.stack(values).astype(np.float32),
    )


def peer_of(stack: LayerStack) -> Callable[[], object] | None:
    """Return the same computation by the other implementation, or None if not installed."""
    try:
        import torch
        from cka.hsic import hsic_cross
    except ImportError:
        return None
    torch.set_num_threads(1)
    tensors = [torch.from_numpy(layer.copy()) for layer in stack.values]

    def compare() -> object:
        grams = torch.stack([layer @ layer.T for layer in tensors])
        products = hsic_cross(grams, grams)
        size = torch.diagonal(products).sqrt()
        return products / size[:, None] / size

    return compare


if __name__ == "__main__":
    main()
