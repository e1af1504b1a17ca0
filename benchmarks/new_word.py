"""A new word in a long list: cost of updating the views, compared with a full run.

    python benchmarks/new_word.py [words ...]

Tables of all pairs are only cached for up to 1,200 words; beyond, heatmap and silhouettes are
recomputed. Heatmaps are reordered each time, and silhouettes reshuffle all labels.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from layer_cka import DIM, LAYERS, layers
from timing import cpu_seconds, machine

from vgdesk.analyses import ANALYSES
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.stack import LayerStack

LAYER, GROUPS, ROUNDS = 5, 9, 5
# A heatmap of more words shows blocks.
HEATMAP_WORDS = 2000


@dataclass(frozen=True)
class Picture:
    """A view of two encoders, computed from their stacks as an array."""

    name: str
    draw: Callable[[LayerStack, LayerStack], FloatArray]


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1000]
    print(f"{LAYERS} layers x {DIM}; {machine()}")
    print(" words  picture                  full s  one more s    full / one more  difference")
    for words in sizes:
        one, other = layers(words + ROUNDS + 1), noisy(layers(words + ROUNDS + 1))
        for picture in pictures(one, words):
            print(line(picture, one, other, words))


def pictures(stack: LayerStack, words: int) -> list[Picture]:
    facts = Facts.of_labels({w: f"group {i % GROUPS}" for i, w in enumerate(stack.words)})
    fitted = frozenset(stack.rows[:words])
    cka, pca = ANALYSES["cka"].compute, ANALYSES["pca"].compute
    found = [Picture("layers, CKA", lambda a, b: cka(a, b).values)]
    if words <= HEATMAP_WORDS:
        found += [heatmap("cosine"), heatmap("euclidean")]
    found += [curve("silhouette", facts), curve("silhouette-cosine", facts)]
    return [*found, Picture("map, PCA", lambda a, _: pca(a, LAYER, fitted).points)]


def heatmap(measure: str) -> Picture:
    compute = ANALYSES[measure].compute
    return Picture(f"heatmap, {measure}", lambda a, _: compute(a, LAYER).values)


def curve(measure: str, facts: Facts) -> Picture:
    compute = ANALYSES[measure].compute
    return Picture(measure, lambda a, _: compute(a, facts, 0)[0].values)


def line(picture: Picture, one: LayerStack, other: LayerStack, words: int) -> str:
    pairs = iter(list(growing(one, other, words)))
    picture.draw(*next(pairs))
    last: list[FloatArray] = []
    whole = first_rows(one, words + ROUNDS + 1, ""), first_rows(other, words + ROUNDS + 1, "")
    seconds = cpu_seconds(
        {
            "full": lambda: last.append(picture.draw(*whole)),
            "one more": lambda: last.append(picture.draw(*next(pairs))),
        },
        rounds=ROUNDS,
    )
    full, more = seconds["full"], seconds["one more"]
    difference = float(np.abs(last[-2] - last[-1]).max())
    return (
        f"{words:6}  {picture.name:20} {full:10.4f} {more:10.4f}  {full / more:15.1f}x"
        f"  {difference:10.1e}"
    )


def growing(
    one: LayerStack, other: LayerStack, words: int
) -> Iterator[tuple[LayerStack, LayerStack]]:
    """Yield both stacks with one more word each time."""
    for count in range(words, len(one.rows) + 1):
        yield first_rows(one, count, "one"), first_rows(other, count, "other")


def first_rows(stack: LayerStack, count: int, key: str) -> LayerStack:
    """Return the first rows; without a key they are not cached."""
    rows, words = stack.rows[:count], stack.words[:count]
    chosen = replace(stack, rows=rows, words=words, values=stack.values[:, :count])
    return chosen.with_keys(f"{key} {row}" for row in rows) if key else chosen


def noisy(stack: LayerStack) -> LayerStack:
    noise = np.random.default_rng(1).standard_normal(stack.values.shape, dtype=np.float32)
    return replace(stack, values=stack.values + noise / 2)


if __name__ == "__main__":
    main()
