"""Speakers of rows, and vectors without their voices."""

from collections import Counter

import numpy as np

from vgdesk.analyses.words.word_pairs import ROUNDING
from vgdesk.core.arrays import Codes, Doubles

# With fewer rows the mean of a speaker reflects the words more than the voice.
FEWEST_ROWS = 10


def voice_codes(speakers: Codes) -> Codes:
    """Return numbers of the speakers with enough rows for a voice; the others share one."""
    rows = Counter(speakers.tolist())
    numbers = {speaker: i for i, speaker in enumerate(s for s in rows if rows[s] >= FEWEST_ROWS)}
    return np.array([numbers.get(speaker, len(numbers)) for speaker in speakers.tolist()], np.intp)


def without_voices(values: Doubles, voices: Codes) -> Doubles:
    """Subtract from each row [rows, dim] the mean of its voice, given by `voice_codes`.

    Differences due to rounding become 0.
    """
    # Subtracting the first row is exact, so that rows which are all the same are exactly 0.
    moved = values - values[0]
    centred: Doubles = moved - group_means(moved, voices)[voices]
    size, left = (np.linalg.norm(rows, axis=1) for rows in (values, centred))
    centred[left <= ROUNDING * size] = 0.0
    return centred


def group_means(values: Doubles, groups: Codes) -> Doubles:
    """Average rows by group, [groups, dim]; groups are numbered from 0 without gaps."""
    order = np.argsort(groups, kind="stable")
    if groups.max() + 1 == len(groups):
        return values[order]
    starts = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    means: Doubles = np.add.reduceat(values[order], starts, axis=0) / np.bincount(groups)[:, None]
    return means
