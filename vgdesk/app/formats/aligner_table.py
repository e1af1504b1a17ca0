"""Tables of forced aligners: begin, end, label, type, speaker."""

from vgdesk.app.formats.foreign_table import Table
from vgdesk.app.formats.tiers import Interval, Tier
from vgdesk.core.errors import VgdeskError

ALIGNED = ("begin", "end", "label", "type", "speaker")


def is_alignment(table: Table) -> bool:
    """Return whether a table is the output of a forced aligner for one sound file."""
    return tuple(name.strip().casefold() for name in table.headings[:5]) == ALIGNED


def aligned_tiers(table: Table) -> tuple[Tier, ...]:
    """Build tiers from the rows of a forced aligner, one per speaker and type."""
    intervals: dict[tuple[str, str], list[Interval]] = {}
    for number, (begin, end, label, kind, speaker) in enumerate(
        (row[:5] for row in table.rows), start=2
    ):
        try:
            start, until = float(begin), float(end)
        except ValueError as error:
            raise VgdeskError(
                f"{table.file.name}: row {number} has no times (“{begin}”, “{end}”).",
                "Correct it and try again.",
            ) from error
        if label.strip() and 0 <= start < until < float("inf"):
            one = Interval(" ".join(label.split()), start, until)
            intervals.setdefault((speaker.strip(), kind.strip()), []).append(one)
    return tuple(
        Tier(f"{speaker} - {kind}" if speaker else kind, tuple(found), speaker)
        for (speaker, kind), found in intervals.items()
    )
