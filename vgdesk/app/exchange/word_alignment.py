"""Lays a list of words against the stretches of voice in one long recording.

Both are in order. A stretch may be no word of the list (a cough, a false start), and a word may not
have been said. Long words take long: that is all that is used to decide which is which.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.model import Word

NO_WORD = 0.8  # what it costs to pass over a stretch
NOT_SAID = 1.0  # what it costs to pass over a word
_MATCH, _PASS_STRETCH, _PASS_WORD = range(3)
_ROUNDING = 1e-9
SHORTEST = 2  # letters; a word of one letter takes longer than half of one with two


def align_words(
    spans: Sequence[tuple[float, float]], words: Sequence[Word]
) -> tuple[Word | None, ...]:
    """Say for each stretch which word it is; None if it is none of the list.

    The cheapest way of passing over as few as possible, while the length of a stretch and the
    number of letters agree: dynamic programming over both, as in an alignment of two texts.
    """
    if not spans or not words:
        return (None,) * len(spans)
    # How much longer or shorter than expected, as a logarithm.
    seconds = np.log([end - start for start, end in spans])
    letters = np.log([max(SHORTEST, len(word.text)) for word in words])
    seconds, letters = seconds - median(seconds), letters - median(letters)
    # What it costs to have passed over words one after the other.
    skipped = NOT_SAID * np.arange(len(words) + 1)
    cost, ways = skipped, np.empty((len(spans), len(words)), np.uint8)
    for i in until_cancelled(range(len(spans))):
        cost, ways[i] = _next_row(cost, np.abs(seconds[i] - letters), skipped)
    return _traced_back(ways, words)


def _next_row(
    cost: FloatArray, misfit: FloatArray, skipped: FloatArray
) -> tuple[FloatArray, NDArray[np.uint8]]:
    """Lay one more stretch; returns the new costs and which way led to each.

    Parameters
    ----------
    cost
        Of the stretches so far with the first words of the list, shape [words + 1].
    """
    said, no_word = cost[:-1] + misfit, cost + NO_WORD
    best = np.minimum(no_word, np.concatenate([[np.inf], said]))
    # Passing over words adds up along the row, so the best way so far is a running minimum.
    row = np.minimum.accumulate(best - skipped) + skipped
    ways = np.where(said <= no_word[1:], _MATCH, _PASS_STRETCH)
    ways[row[1:] < best[1:] - _ROUNDING] = _PASS_WORD
    return row, ways.astype(np.uint8)


def _traced_back(ways: NDArray[np.uint8], words: Sequence[Word]) -> tuple[Word | None, ...]:
    i, j = ways.shape
    found: list[Word | None] = [None] * i
    while i and j:
        way = ways[i - 1, j - 1]
        if way == _MATCH:
            found[i - 1] = words[j - 1]
        i -= way != _PASS_WORD
        j -= way != _PASS_STRETCH
    return tuple(found)
