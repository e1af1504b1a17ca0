from dataclasses import dataclass
from datetime import datetime

from vgdesk.audio.take_checks import TAKE_CHECKS
from vgdesk.core.model import Session, Take, Verdict

_SAID = {Verdict.PASS: "(passed)", Verdict.WARN: "(warning)", Verdict.FAIL: "(failed)"}


@dataclass(frozen=True, slots=True)
class TrashRow:
    """A take in the trash as listed.

    Attributes
    ----------
    written
        Time of its sound file; None if the file no longer exists.
    concerns
        Concerns of the checks, in words; empty if none.
    """

    take: Take
    word: str
    written: datetime | None
    concerns: str


def trash_rows(session: Session) -> tuple[TrashRow, ...]:
    """List the trash, the latest first. Accesses the files, so it may take a while."""
    return tuple(
        TrashRow(v.take, v.word.text, _written(v.take), _concerns(v.take))
        for v in reversed(tuple(session.trash.values()))
    )


def _written(take: Take) -> datetime | None:
    try:
        return datetime.fromtimestamp(take.file.stat().st_mtime).astimezone()
    except OSError:
        return None


def _concerns(take: Take) -> str:
    return ", ".join(f"{_title(c.check)} {_SAID[c.verdict]}" for c in take.concerns)


def _title(check: str) -> str:
    return TAKE_CHECKS[check].title if check in TAKE_CHECKS else check.capitalize()
