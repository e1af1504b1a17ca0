import os
from collections.abc import Sequence
from pathlib import Path

from vgdesk.app.project.word_table import MOST_NAMED
from vgdesk.core.counting import first_few
from vgdesk.core.model import Session
from vgdesk.core.notices import Level, Notice


def missing_takes(session: Session) -> tuple[Notice, ...]:
    """Report the takes whose sound file is missing or not a file; the takes are kept."""
    # Listing folders is far faster than checking each file, especially on network drives.
    takes = tuple(session.takes.values())
    present = {file for folder in {take.file.parent for take in takes} for file in _files(folder)}
    missing = [t for t in takes if str(t.file) not in present and not os.path.isfile(t.file)]  # noqa: PTH113 - Path.is_file raises if a name is too long
    if not missing:
        return ()
    named = first_few([f"{take.id} ({take.file.name})" for take in missing], MOST_NAMED)
    files = "file of one take is" if len(missing) == 1 else f"files of {len(missing)} takes are"
    kept = "The take is" if len(missing) == 1 else "The takes are"
    return (
        Notice(
            f"The sound {files} missing: {named}. {kept} kept in the list.",
            f"Put the files back into {missing[0].file.parent}, or record these words again.",
            Level.WARNING,
        ),
    )


def said_with(done: str, warnings: Sequence[Notice]) -> Notice:
    """Combine the report of a finished operation with warnings about missing parts."""
    if not warnings:
        return Notice(f"{done}.")
    message = " ".join((f"{done}, but parts are missing.", *(each.message for each in warnings)))
    return Notice(message, " ".join(each.hint for each in warnings), Level.WARNING)


def _files(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(e.path for e in os.scandir(folder) if e.is_file(follow_symlinks=False))
    except OSError:
        return ()
