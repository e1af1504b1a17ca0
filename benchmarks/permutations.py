"""1,000 random permutations of the words of one layer, compared with one layer and with 26.

    python benchmarks/permutations.py [words ...]

No package does only this, so two plain implementations are used for comparison. The usual one
permutes the matrix of distances, and ranks and correlates it again (spearmanr of scipy). The
careful one ranks once and multiplies. Both are timed on a few permutations and extrapolated. The
floor counts only two numbers fetched per clock cycle.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from layer_rsa import both_models
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits
from timing import cpu_seconds, machine

from vgdesk.analyses.layers.mantel import chance, permuted
from vgdesk.analyses.layers.pair_matrices import layer_pairs, unit_ranks
from vgdesk.analyses.numerics.pair_tiles import square

ORDERS = 1000
CLOCK = 3.25e9


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000]
    print(f"{ORDERS} orders of the words, ranks; {machine()}")
    print(" words   floor s  one pair  / floor  many, each    exact  careful / one  usual / one")
    for words in sizes:
        print(line(words), flush=True)


def line(words: int) -> str:
    # Ranks of 5,000 words take 50 MB per layer.
    pairs = layer_pairs(both_models(words).values[: 26 if words <= 1000 else 8], unit_ranks)
    rng = np.random.default_rng(0)
    orders = np.stack([rng.permutation(words) for _ in range(ORDERS)])
    one, others = pairs.values[6], pairs.values
    candidates: dict[str, Callable[[], object]] = {
        "one": lambda: permuted(one, others[:1], orders),
        "all": lambda: permuted(one, others, orders),
        "exact": lambda: chance(words, pairs.sums(), pairs.sums()),
    }
    seconds = cpu_seconds(candidates, rounds=1 if words > 1000 else 3)
    rankings = square(one, words), square(others[0], words)
    usual, careful = (scaled(plain, *rankings, orders[:4]) for plain in (usual_way, careful_way))
    least = ORDERS * words * (words - 1) / 2 / (2 * CLOCK)
    ours = seconds["one"]
    each = seconds["all"] / len(others)
    return (
        f"{words:6} {least:9.4f} {ours:9.4f} {ours / least:7.2f}x {each:11.4f}"
        f" {seconds['exact']:8.4f} {careful / ours:13.1f}x {usual / ours:11.0f}x"
    )


def usual_way(one: np.ndarray, other: np.ndarray, order: np.ndarray) -> float:
    above = np.triu_indices(len(one), 1)
    return float(spearmanr(one[np.ix_(order, order)][above], other[above]).statistic)


def careful_way(one: np.ndarray, other: np.ndarray, order: np.ndarray) -> float:
    return float(np.vdot(one[np.ix_(order, order)], other) / 2)


def scaled(
    plain: Callable[..., float], one: np.ndarray, other: np.ndarray, few: np.ndarray
) -> float:
    with threadpool_limits(1):
        start = time.process_time()
        for order in few:
            plain(one, other, order)
        return (time.process_time() - start) * ORDERS / len(few)


if __name__ == "__main__":
    main()
