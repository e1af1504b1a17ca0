"""Word heatmap of a long list: blocks of all words, and every word of a part.

    python benchmarks/word_heatmap.py [words ...]

The usual way is the matrix of all pairs, computed by numpy in float32 from unit vectors; for 26,000
words it takes 2.7 GB.
"""

import sys
from collections.abc import Callable

import numpy as np
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses.words.block_order import LANDMARKS
from vgdesk.analyses.words.cosine import COSINE
from vgdesk.analyses.words.word_overview import Sight, block_starts, compare_rows, overview
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Order

DIM, GROUPS = 768, 50
# A click shows the words of three blocks on either side; with more, cells are too small.
PARTS = (156, 1024)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [5000, 26_000]
    print(f"one layer x {DIM}, cosine; {machine()}")
    print(" words  what                    floor s    ours s   / floor  all pairs / ours")
    for words in sizes:
        for text in lines(words):
            print(text)


def lines(words: int) -> list[str]:
    stack, facts = layer(words)
    candidates: dict[str, Callable[[], object]] = {"all pairs": lambda: all_pairs(stack.values[0])}
    for order in Order:
        candidates[f"blocks by {order.value}"] = lambda order=order: overview(
            COSINE, [(stack, 0)], Sight(order, facts)
        )
    for size in PARTS:
        part = Sight(part=frozenset(stack.rows[:size]))
        candidates[f"part of {size}"] = lambda part=part: compare_rows(COSINE, [(stack, 0)], part)
    rate = gemm_rate()
    seconds = cpu_seconds(candidates, rounds=3)
    rate = max(rate, gemm_rate())
    usual = seconds.pop("all pairs")
    found = [f"{words:6}  {'all pairs (numpy)':20} {words**2 * DIM / rate:10.4f} {usual:9.4f}"]
    for name, ours in seconds.items():
        floor = flop(words, name) / rate
        found.append(
            f"{words:6}  {name:20} {floor:10.4f} {ours:9.4f} {ours / floor:8.1f}x"
            f" {usual / ours:9.0f}x"
        )
    return found


def flop(words: int, name: str) -> float:
    """Count the necessary flop: half of the products of the displayed rows.

    For blocks, also two products and two sums for every number, for its length and its block; and
    in similarity order the products with the landmarks.
    """
    if name.startswith("part"):
        return float(name.split()[-1]) ** 2 * DIM
    blocks = len(block_starts(words)) - 1
    landmarks = 2 * words * LANDMARKS * DIM if name.endswith("similarity") else 0
    return float(blocks**2 * DIM + 4 * words * DIM + landmarks)


def all_pairs(values: FloatArray) -> FloatArray:
    units = values / np.linalg.norm(values, axis=1, keepdims=True)
    matrix: FloatArray = units @ units.T
    return matrix


def layer(words: int) -> tuple[LayerStack, Facts]:
    """Make one layer with groups and an offset."""
    rng = np.random.default_rng(0)
    groups = rng.integers(0, GROUPS, words)
    values = rng.standard_normal((1, words, DIM), dtype=np.float32)
    values += 0.7 * rng.standard_normal((GROUPS, DIM), dtype=np.float32)[groups] + 1
    ids = tuple(WordId(f"w{i}") for i in range(words))
    labels = {word: f"group {group}" for word, group in zip(ids, groups.tolist(), strict=True)}
    stack = LayerStack(EncoderId("synthetic"), ("0",), ids, ids, values)
    return stack, Facts.of_labels(labels)


if __name__ == "__main__":
    main()
