"""Speakers of rows, and vectors without their voices."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vgdesk.analyses.words.word_pairs import ROUNDING
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.facts import Facts

# With fewer rows the mean of a speaker reflects the words more than the voice.
FEWEST_ROWS = 10


def speaker_codes(rows: Sequence[str], facts: Facts) -> Codes:
    """Return the speaker number of each row; each row without one has its own number."""
    known = facts.speaker_of()
    who = [("speaker", known[row]) if row in known else ("row", row) for row in rows]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(who))}
    return np.array([numbers[name] for name in who], np.intp)


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
