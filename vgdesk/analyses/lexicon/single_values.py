"""The values behind a score, one for each word, take or pair, as mixed-effects models need them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from vgdesk.analyses.base import need_words
from vgdesk.analyses.groups.label_scores import labelled_rows
from vgdesk.analyses.groups.silhouette import cosine_blocks
from vgdesk.analyses.numerics.group_distances import silhouettes_of_points, silhouettes_of_rows
from vgdesk.analyses.retrieval.retrieval_list import list_voices
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import FloatArray, HoldsArrays, Places, expect_shape
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

MIN_WORDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class SingleValues(HoldsArrays):
    """A value for each row of a stack, or for each pair of rows, at every layer.

    Attributes
    ----------
    title
        What a value is, for example "cosine".
    rows, words
        Row ids, and the word of each.
    ends
        Shape [values, 1] for rows, [values, 2] for pairs: places in `rows`.
    values
        Shape [layers, values].
    """

    title: str
    encoder: EncoderId
    layers: tuple[str, ...]
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    ends: Places
    values: FloatArray

    def check(self) -> None:
        layers, units = len(self.layers), len(self.ends)
        expect_shape(self.title, "values", self.values, layers=layers, units=units)

    @property
    def is_of_pairs(self) -> bool:
        """Whether each value belongs to two rows."""
        return bool(self.ends.shape[1] == 2)


def silhouettes_of_words(stack: LayerStack, facts: Facts, _seed: int = 0) -> SingleValues:
    """Return the Euclidean silhouette of each labelled row; their mean is `silhouette`."""
    labelled = labelled_rows(stack, facts)
    values = [
        silhouettes_of_points(layer.astype(np.float64), labelled.codes)
        for layer in labelled.stack.values
    ]
    return _of_rows("silhouette", labelled.stack, np.stack(values))


def cosine_silhouettes_of_words(stack: LayerStack, facts: Facts, _seed: int = 0) -> SingleValues:
    """Return the cosine silhouette of each labelled row; their mean is `silhouette-cosine`."""
    labelled = labelled_rows(stack, facts)
    values = [
        silhouettes_of_rows(np.hstack([part for _, part in cosine_blocks(layer)]), labelled.codes)
        for layer in labelled.stack.values
    ]
    return _of_rows("silhouette by cosine distance", labelled.stack, np.stack(values))


def ranks_of_takes(stack: LayerStack, facts: Facts, seed: int = 0) -> SingleValues:
    """Return the rank of the word of each take among the takes of other speakers.

    Takes of words without another speaker are left out.
    """
    lists = [list_voices(stack, layer, facts, seed) for layer in range(len(stack.layers))]
    place = {row: i for i, row in enumerate(stack.rows)}
    asked = stack.only([place[row] for row in lists[0].rows])
    return _of_rows("rank among takes of other speakers", asked, np.stack([x.ranks for x in lists]))


def cosines_of_pairs(stack: LayerStack, _facts: Facts, _seed: int = 0) -> SingleValues:
    """Return the cosine of each pair of rows."""
    need_words(MIN_WORDS, len(stack.rows))
    return _cosines(stack, np.array(list(combinations(range(len(stack.rows)), 2)), np.intp))


def cosines_of_rated_pairs(stack: LayerStack, facts: Facts, _seed: int = 0) -> SingleValues:
    """Return the cosine of each pair of words with a rating; each word is one row."""
    place = {word: i for i, word in enumerate(stack.words)}
    here = [(place[a], place[b]) for a, b, _ in facts.ratings if a in place and b in place]
    if not here:
        raise TooFewWordsError(
            "No two of these words have a similarity rating.",
            "Load ratings into the project, or give a table with --ratings.",
        )
    return _cosines(stack, np.array(here, np.intp))


def _cosines(stack: LayerStack, ends: Places) -> SingleValues:
    first, second = ends.T
    values = [(units @ units.T)[first, second] for units in map(unit_rows, stack.values)]
    return SingleValues(
        "cosine", stack.encoder, stack.layers, stack.rows, stack.words, ends, np.stack(values)
    )


def _of_rows(title: str, stack: LayerStack, values: FloatArray) -> SingleValues:
    ends = np.arange(len(stack.rows))[:, None]
    return SingleValues(title, stack.encoder, stack.layers, stack.rows, stack.words, ends, values)


# By the measure whose score they are behind. They get the rows that the measure gets.
SINGLE_VALUES: Mapping[str, Callable[[LayerStack, Facts, int], SingleValues]] = {
    "silhouette": silhouettes_of_words,
    "silhouette-cosine": cosine_silhouettes_of_words,
    "retrieval-rank": ranks_of_takes,
    "pair-types": cosines_of_pairs,
    "phone-distance": cosines_of_pairs,
    "ratings": cosines_of_rated_pairs,
}
