"""A reader of annotations: HTK label files, with times in units of 100 nanoseconds."""

from pathlib import Path

from vgdesk.app.formats.foreign_text import read_foreign
from vgdesk.app.formats.tiers import Interval, Tier, TierFile
from vgdesk.core.errors import VgdeskError

UNITS_PER_SECOND = 10**7


def read_htk_labels(file: Path) -> TierFile:
    """Read the lines START END LABEL as one tier.

    Raises
    ------
    VgdeskError
        If it is not a label file.
    """
    found = read_foreign(file)
    try:
        intervals = tuple(map(_interval, filter(str.strip, found.text.splitlines())))
    except ValueError as error:
        raise VgdeskError(
            f"“{file.name}” is not a label file of HTK.",
            "Each of its lines should be: START END LABEL.",
        ) from error
    return TierFile((Tier("words", intervals),), is_guessed=found.is_guessed)


def _interval(line: str) -> Interval:
    start, end, label = line.split()[:3]
    times = int(start), int(end)
    if not 0 <= times[0] < times[1]:
        raise ValueError("not an interval")
    return Interval(label, *(time / UNITS_PER_SECOND for time in times))
