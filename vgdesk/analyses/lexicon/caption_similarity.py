"""Similarity of captions, word by word: the semantic relatedness score (SRS).

Not symmetric: it measures how well the words of a candidate match those of a reference. It has no
view: `vgdesk captions` shows it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.words.word_pairs import dot_products, unit_rows
from vgdesk.core.arrays import Doubles, FloatArray, HoldsArrays, expect_shape
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

# Words of closed classes: they are in nearly every caption and say nothing about a picture.
FUNCTION_WORDS = """
a an the this that these those some any each every either neither both all no another other such
i me my mine myself you your yours yourself he him his himself she her hers herself it its itself
we us our ours ourselves they them their theirs themselves one ones who whom whose which what
someone something anyone anything everyone everything nobody nothing there here
and or but nor so yet if because although though while as than whether
of in on at by for with from to into onto over under above below between among through across
along around behind beside besides near off out up down about against before after during until
within without toward towards upon inside outside beneath
be am is are was were been being have has had having do does did doing will would shall should
can could may might must not very too also just only then when where why how
isn't aren't wasn't weren't doesn't don't didn't can't won't it's there's that's
"""
_FUNCTION_WORDS = frozenset(FUNCTION_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class RankedSimilarity(HoldsArrays):
    """Mean score of the nearest, the farthest and random candidates of each query.

    Attributes
    ----------
    nearest, farthest, random
        Shape [queries].
    """

    nearest: FloatArray
    farthest: FloatArray
    random: FloatArray

    def check(self) -> None:
        for name in ("nearest", "farthest", "random"):
            expect_shape("captions", name, getattr(self, name), queries=len(self.nearest))


def caption_words(caption: str) -> tuple[str, ...]:
    """Return the words of a caption in lower case, without English function words."""
    found = (word.replace("’", "'") for word in _WORD.findall(caption.casefold()))
    return tuple(word for word in found if word not in _FUNCTION_WORDS)


def caption_similarities(
    captions: Sequence[Sequence[WordId]], stack: LayerStack, layer: int
) -> Doubles:
    """Score every caption as a candidate for every other by SRS in one layer.

    Parameters
    ----------
    captions
        Words of each caption, as ids of the stack. Others are left out.
    stack
        One row per written word.
    layer
        Index of the layer.

    Returns
    -------
    array
        Shape [references, candidates], from -1 to 1: the mean, over the words of the reference, of
        the cosine to the nearest word of the candidate. A caption without any word scores 0.
    """
    place = {word: row for row, word in enumerate(stack.words)}
    rows = [[place[word] for word in caption if word in place] for caption in captions]
    cosines = dot_products(unit_rows(stack.values[layer]))
    best = np.stack([cosines[:, own].max(axis=1) if own else 0 * cosines[0] for own in rows])
    scores = [best[:, own].mean(axis=1) if own else np.zeros(len(rows)) for own in rows]
    return np.stack(scores)


def ranked_similarity(
    scores: Doubles, nearness: FloatArray, rng: np.random.Generator, *, count: int = 5
) -> RankedSimilarity:
    """Average the scores of the nearest, farthest and random candidates of each query.

    Parameters
    ----------
    scores, nearness
        Shape [queries, candidates], the same captions in the same order: the values to average,
        and the nearness of each candidate. The query itself is not a candidate.

    Raises
    ------
    ValueError
        If there are fewer candidates than `count`.
    """
    queries = len(scores)
    if queries <= count or scores.shape != (queries, queries) or nearness.shape != scores.shape:
        raise ValueError(f"captions: expected more than {count} queries, each a candidate of all")
    is_other = ~np.eye(queries, dtype=bool)
    near = np.asarray(nearness, np.float64)[is_other].reshape(queries, -1)
    others = scores[is_other].reshape(queries, -1)
    order = np.argsort(-near, axis=1, kind="stable")
    drawn = rng.permuted(np.tile(np.arange(queries - 1), (queries, 1)), axis=1)
    return RankedSimilarity(
        *(
            np.take_along_axis(others, chosen, axis=1).mean(axis=1)
            for chosen in (order[:, :count], order[:, -count:], drawn[:, :count])
        )
    )
