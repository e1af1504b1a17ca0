"""Lays a list of words against the stretches of voice in one long recording.

Both are in order. A stretch may be no word of the list (a cough, a false start), and a word may not
have been said. Long words take long: that is all that is used to decide which is which.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Word

NO_WORD = 0.8  # what it costs to pass over a stretch
NOT_SAID = 1.0  # what it costs to pass over a word
SHORTEST = 2  # letters; a word of one letter takes longer than half of one with two


def lay(spans: Sequence[tuple[float, float]], words: Sequence[Word]) -> tuple[Word | None, ...]:
    """Say for each stretch which word it is; None if it is none of the list.

    The cheapest way of passing over as few as possible, while the length of a stretch and the
    number of letters agree: dynamic programming over both, as in an alignment of two texts.
    """
    if not spans or not words:
        return (None,) * len(spans)
    # How much longer or shorter than expected, as a logarithm: shape [spans, words].
    seconds = np.log([end - start for start, end in spans])
    letters = np.log([max(SHORTEST, len(word.text)) for word in words])
    misfit = np.abs((seconds - median(seconds))[:, None] - (letters - median(letters))[None])
    cost = np.zeros((len(spans) + 1, len(words) + 1))
    cost[:, 0] = NO_WORD * np.arange(len(spans) + 1)
    cost[0] = NOT_SAID * np.arange(len(words) + 1)
    for i in range(len(spans)):
        for j in range(len(words)):
            ways = cost[i, j] + misfit[i, j], cost[i, j + 1] + NO_WORD, cost[i + 1, j] + NOT_SAID
            cost[i + 1, j + 1] = min(ways)
    return _traced_back(cost, misfit, words)


def _traced_back(
    cost: FloatArray, misfit: FloatArray, words: Sequence[Word]
) -> tuple[Word | None, ...]:
    i, j = len(cost) - 1, len(words)
    found: list[Word | None] = [None] * i
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + misfit[i - 1, j - 1]):
            i, j = i - 1, j - 1
            found[i] = words[j]
        elif np.isclose(cost[i, j], cost[i - 1, j] + NO_WORD):
            i -= 1
        else:
            j -= 1
    return tuple(found)
