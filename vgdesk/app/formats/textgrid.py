"""TextGrid files of Praat in long and short text format, read by praatio."""

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from vgdesk.app.formats.foreign_text import ForeignText, read_foreign
from vgdesk.app.formats.tiers import Interval, Tier, TierFile
from vgdesk.core.errors import VgdeskError

POINTS = "TextTier"

# Praat writes very small times with an exponent, which praatio cannot parse.
_EXPONENT = re.compile(r"^([ \t]*(?:\w+[ \t]*=[ \t]*)?)(\d[\d.]*e[-+]?\d+)[ \t]*$", re.M | re.I)
_NEGATIVE = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?-[\d.]*[1-9]", re.M)
_HEADER = re.compile(r'\s*File type = "ooTextFile(?: short)?"\s+(?:Object class = )?"TextGrid"\s+')
_ENTRY = re.compile(r"(?:item|intervals|points) ?\[")
_OPENING = re.compile(r'(?:name|text|mark) ?= ?"')
MOST_OPENINGS = 4  # per entry; for labels that quote a TextGrid
# Declared number of intervals or points of a tier: long format, then short.
_COUNT = re.compile(
    r"^[ \t]*(?:intervals|points): size = (\d+)[ \t]*$"
    r'|^"(?:IntervalTier|TextTier)"[ \t]*\n".*"[ \t]*\n[\d.]+[ \t]*\n[\d.]+[ \t]*\n(\d+)[ \t]*$',
    re.M,
)


def read_textgrid(file: Path) -> TierFile:
    """Read the tiers of a TextGrid.

    Raises
    ------
    VgdeskError
        If it is not a TextGrid, or is damaged.
    """
    # Imported here because only TextGrids need it.
    from praatio.utilities.errors import PraatioException
    from praatio.utilities.textgrid_io import parseTextgridStr

    found = read_foreign(file)
    prepared = _prepared(found, file)
    try:
        tiers = parseTextgridStr(prepared, includeEmptyIntervals=True)["tiers"]
        read = tuple(map(_tier, tiers))
    except (PraatioException, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise _damaged(file) from error
    said = sum(int(count[1] or count[2]) for count in _COUNT.finditer(prepared))
    if said != sum(len(tier["entries"]) for tier in tiers):
        raise _damaged(file)
    return TierFile(read, is_guessed=found.is_guessed)


def _prepared(found: ForeignText, file: Path) -> str:
    """Return the text of a TextGrid in the form that praatio expects."""
    header = _HEADER.match(found.text)
    if header is None:
        raise VgdeskError(
            f"“{file.name}” is not a TextGrid in long or short text format.",
            "In Praat, choose Save > Save as text file.",
        )
    body = found.text[header.end() :]
    if _NEGATIVE.search(body):
        raise VgdeskError(
            f"“{file.name}” has negative times.",
            "In Praat, shift the times to start at 0, and save it again.",
        )
    # praatio takes quadratic time to detect unclosed quotation marks.
    if any(len(_OPENING.findall(entry)) > MOST_OPENINGS for entry in _ENTRY.split(body)):
        raise _damaged(file)
    body = _EXPONENT.sub(lambda number: f"{number[1]}{float(number[2]):.17f}", body)
    # praatio finds times by line, and drops a last entry without a line end.
    return f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n{body}\n'


def _tier(tier: dict[str, Any]) -> Tier:
    end = _seconds(tier["xmax"])
    is_points = tier["class"] == POINTS
    if is_points:
        moments = sorted((_seconds(time), label) for time, label in tier["entries"])
        spans = pairwise([*moments, (end, "")])
        entries = [(label, start, until) for (start, label), (until, _) in spans]
    else:
        entries = [(label, _seconds(a), _seconds(b)) for a, b, label in tier["entries"]]
    intervals = (Interval(" ".join(label.split()), start, end) for label, start, end in entries)
    kept = tuple(one for one in intervals if one.label and one.end > one.start)
    name = " ".join(tier["name"].split())
    # Aligners put the speaker before the kind of tier.
    speaker = name.partition(" - ")[0] if " - " in name else ""
    return Tier(name, kept, speaker, is_points)


def _seconds(time: Any) -> float:
    seconds = float(time)
    if not math.isfinite(seconds):
        raise ValueError("no time")
    return seconds


def _damaged(file: Path) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” is damaged: its tiers cannot be read to the end. Nothing was added.",
        "Open it in Praat and save it again as a text file.",
    )
