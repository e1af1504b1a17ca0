"""Measures between layers, compared with the arithmetic floor and the usual implementations.

    python benchmarks/layer_alignment.py [words ...]

No package provides these measures for a whole matrix of layers. The usual implementation follows
the published programs: each pair of layers from scratch. One pair is timed and extrapolated to all
pairs. It gives no chance level; ours does.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from layer_cka import DIM, LAYERS, layers
from scipy.linalg import orthogonal_procrustes
from scipy.spatial.distance import pdist, squareform
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses import ANALYSES
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import NOTHING_KNOWN
from vgdesk.core.model import EncoderId
from vgdesk.core.stack import LayerStack

PAIRS = LAYERS * (LAYERS - 1) // 2
NEIGHBOURS = 10
# Beyond, the usual implementation takes minutes and many gigabytes per pair.
USUAL_WORDS = 5000


@dataclass(frozen=True)
class Contest:
    """A measure, its usual implementation for one pair, and the flop for all pairs."""

    measure: str
    usual: Callable[[FloatArray, FloatArray], object]
    flop: Callable[[int], float]


def main() -> None:
    torch.set_num_threads(1)
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"{LAYERS} layers x {DIM}, each with each; {machine()}")
    print(" words measure             floor s    ours s  / floor   usual s  usual / ours")
    for words in sizes:
        stack = noisy_layers(words)
        for contest in CONTESTS:
            print(line(stack, contest), flush=True)


def line(stack: LayerStack, contest: Contest) -> str:
    words = len(stack.rows)
    text = f"{words:6} {contest.measure:18}"
    compute = ANALYSES[contest.measure].compute
    candidates: dict[str, Callable[[], object]] = {
        "ours": lambda: compute(stack, stack, NOTHING_KNOWN, 0)
    }
    if words <= USUAL_WORDS:
        candidates["usual"] = lambda: contest.usual(stack.values[3], stack.values[4])
    rate = gemm_rate()
    try:
        seconds = cpu_seconds(candidates, rounds=1 if words > 2000 else 3)
    except TooFewWordsError as refusal:
        return f"{text} {refusal.message}"
    ours, floor = seconds["ours"], contest.flop(words) / max(rate, gemm_rate())
    text += f" {floor:9.4f} {ours:9.3f} {ours / floor:7.2f}x"
    usual = PAIRS * seconds.get("usual", 0.0)
    return text + (f" {usual:9.2f} {usual / ours:12.1f}x" if usual else "")


def noisy_layers(words: int) -> LayerStack:
    """Make layers in which about 200 components make up 99 % of the variance."""
    stack = layers(words)
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(stack.values.shape) / (1 + np.arange(DIM)) ** 0.6
    values = (stack.values + 4 * noise).astype(np.float32)
    return LayerStack(EncoderId("noisy"), stack.layers, stack.rows, stack.words, values)


def usual_rbf(x: FloatArray, y: FloatArray) -> float:
    """Make both kernels and centre them, in float64, as ckatorch does."""

    def kernel(layer: FloatArray) -> FloatArray:
        n = len(layer)
        squares = squareform(pdist(layer.astype(np.float64), "sqeuclidean"))
        k = np.exp(-squares / (2 * 0.5**2 * np.median(squares)))
        np.fill_diagonal(k, 0.0)
        means = k.sum(axis=0) / (n - 2)
        means -= means.sum() / (2 * (n - 1))
        k -= means[:, None] + means
        np.fill_diagonal(k, 0.0)
        return k

    k, m = kernel(x), kernel(y)
    return float(np.vdot(k, m) / np.linalg.norm(k) / np.linalg.norm(m))


def usual_neighbours(x: FloatArray, y: FloatArray) -> float:
    """Sort all words by similarity, then multiply n x n masks in torch, as platonic-rep does."""

    def mask(layer: FloatArray) -> torch.Tensor:
        units = torch.nn.functional.normalize(torch.from_numpy(layer), dim=1)
        similarities = (units @ units.T).fill_diagonal_(-1e8)
        nearest = similarities.argsort(dim=1, descending=True)[:, :NEIGHBOURS]
        found = torch.zeros(len(layer), len(layer))
        found[torch.arange(len(layer))[:, None], nearest] = 1.0
        return found

    return float((mask(x) * mask(y)).sum(dim=1).mean() / NEIGHBOURS)


def usual_procrustes(x: FloatArray, y: FloatArray) -> float:
    """Find the rotations, rotate both layers and compare, as netrep does."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    left, _, right = np.linalg.svd(x.T @ y)
    x, y = x @ left, y @ right.T
    return float(np.vdot(x, y) / np.linalg.norm(x) / np.linalg.norm(y))


def scipy_procrustes(x: FloatArray, y: FloatArray) -> float:
    """Find the rotation by the faster decomposition of scipy and rotate one layer."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    turn, _ = orthogonal_procrustes(x, y)
    return float(np.vdot(x @ turn, y) / np.linalg.norm(x) / np.linalg.norm(y))


def usual_svcca(x: FloatArray, y: FloatArray) -> float:
    return float(canonical(x, y)[0].mean())


def usual_pwcca(x: FloatArray, y: FloatArray) -> float:
    correlations, of_x, of_y = canonical(x, y)
    weights = [np.abs(h.T @ layer).sum(axis=1) for h, layer in ((of_x, x), (of_y, y))]
    return float(np.mean([np.average(correlations, weights=side) for side in weights]))


def canonical(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Decompose both layers, whiten them by QR and decompose their product, all in numpy.

    Returns
    -------
    tuple
        The canonical correlations, and the canonical variables [words, kept] of either side.
    """
    bases = []
    for layer in (x, y):
        words, sizes, _ = np.linalg.svd(layer - layer.mean(axis=0), full_matrices=False)
        kept = int(np.searchsorted(np.cumsum(sizes**2) / np.sum(sizes**2), 0.99)) + 1
        bases.append(np.linalg.qr(words[:, :kept] * sizes[:kept])[0])
    left, correlations, right = np.linalg.svd(bases[0].T @ bases[1], full_matrices=False)
    return correlations, bases[0] @ left, bases[1] @ right.T


def decomposing(words: int) -> float:
    """Count covariances and eigenvectors of all layers, and the products of all pairs."""
    return words * DIM**2 * LAYERS + 9 * DIM**3 * LAYERS + PAIRS * 2 * words * DIM**2


CONTESTS = (
    Contest("cka-rbf", usual_rbf, lambda words: words**2 * LAYERS * (DIM + LAYERS)),
    Contest("mutual-neighbours", usual_neighbours, lambda words: words**2 * LAYERS * DIM),
    Contest("procrustes", usual_procrustes, decomposing),
    Contest("procrustes", scipy_procrustes, decomposing),
    Contest("svcca", usual_svcca, decomposing),
    Contest("pwcca", usual_pwcca, decomposing),
)

if __name__ == "__main__":
    main()
