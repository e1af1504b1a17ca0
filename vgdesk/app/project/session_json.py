"""Parts of a session as JSON records, for the journal and project.json.

Readers validate everything: a misfit raises ValueError, and so does an id that is not a valid file
name or a file outside the project, unless it was signed by this user's own program.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vgdesk.app.formats.text_file import count, fitting, number, text, yes_or_no
from vgdesk.app.project.own_files import place_in
from vgdesk.app.project.signature import is_signed, sign
from vgdesk.core.model import (
    Cell,
    Concern,
    EncoderId,
    Speaker,
    Take,
    TakeId,
    TakeSource,
    Trashed,
    Verdict,
    Word,
    WordId,
)
from vgdesk.core.names import LONGEST_NAME, is_take_id, is_word_id

Record = dict[str, Any]


def word_record(word: Word) -> Record:
    """Describe a word."""
    return {
        "id": word.id,
        "word": word.text,
        "language": word.language,
        "labels": dict(word.labels),
    }


def word_of(record: object) -> Word:
    """Read a word."""
    read = _whole(record, {"id": word_id, "word": _short, "language": _short, "labels": _labels})
    return Word(read["id"], read["word"], read["language"], read["labels"])


def word_id(value: object) -> WordId:
    """Read the id of a word."""
    if not is_word_id(text(value)):
        raise ValueError("not the id of a word")
    return WordId(text(value))


def take_id(value: object) -> TakeId:
    """Read the id of a take."""
    if not is_take_id(text(value)):
        raise ValueError("not the id of a take")
    return TakeId(text(value))


def take_record(take: Take, folder: Path) -> Record:
    """Describe a take; a file inside the project gets a relative path, others are signed."""
    is_inside = take.file.is_relative_to(folder)
    file = take.file.relative_to(folder).as_posix() if is_inside else str(take.file)
    return {
        "id": take.id,
        "word": take.word,
        "file": file,
        **({} if is_inside else {"signature": sign(_signed(take.id, file))}),
        "speaker": take.speaker,
        "start": take.start,
        "end": take.end,
        "source": take.source.value,
        "quality": {concern.check: concern.verdict.value for concern in take.concerns},
        "kept_anyway": take.is_kept_anyway,
    }


def take_of(record: object, folder: Path) -> Take:
    """Read a take; its file becomes absolute."""
    read = _whole(
        record,
        {
            "id": take_id,
            "word": word_id,
            "file": text,
            "speaker": _short,
            "start": _seconds,
            "end": lambda value: None if value is None else _seconds(value),
            "source": TakeSource,
            "quality": _labels,
            "kept_anyway": yes_or_no,
        },
    )
    signature, _misfits = fitting(record, {"signature": text})
    return Take(
        read["id"],
        read["word"],
        _file(read["id"], read["file"], signature.get("signature", ""), folder),
        read["speaker"],
        read["start"],
        read["end"],
        read["source"],
        tuple(Concern(check, Verdict(verdict)) for check, verdict in read["quality"].items()),
        read["kept_anyway"],
    )


def trashed_record(trashed: Trashed, folder: Path) -> Record:
    """Describe a take in the trash."""
    return {"take": take_record(trashed.take, folder), "word": word_record(trashed.word)}


def trashed_of(record: object, folder: Path) -> Trashed:
    """Read a take in the trash."""
    read = _whole(record, {"take": lambda take: take_of(take, folder), "word": word_of})
    return Trashed(read["take"], read["word"])


def speaker_record(speaker: Speaker) -> Record:
    """Describe a speaker."""
    return {
        "name": speaker.name,
        "language": speaker.language,
        "consent": speaker.has_consent,
    }


def speaker_of(record: object) -> Speaker:
    """Read a speaker."""
    consent = {"consent": lambda value: None if value is None else yes_or_no(value)}
    read = _whole(record, {"name": _short, "language": _short, **consent})
    return Speaker(read["name"], read["language"], read["consent"])


def _whole(record: object, readers: Mapping[str, Any]) -> dict[str, Any]:
    values, misfits = fitting(record, readers)
    absent = [*misfits, *(name for name in readers if name not in values)]
    if absent:
        raise ValueError(f"no {absent[0]}")
    return values


def _short(value: object) -> str:
    return text(value, LONGEST_NAME)


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return {_short(name): text(label) for name, label in value.items()}


def _seconds(value: object) -> float:
    if number(value) < 0:
        raise ValueError("not a time in seconds")
    return number(value)


def _file(take: TakeId, file: str, signature: str, folder: Path) -> Path:
    is_ours = bool(signature) and is_signed(_signed(take, file), signature)
    return Path(file) if is_ours else place_in(folder, file)


def _signed(take: TakeId, file: str) -> str:
    return f"{take}\0{file}"


@dataclass(frozen=True, slots=True)
class Field:
    """Conversion of one mapping of a session to and from JSON."""

    name: str
    record: Callable[[Any, Path], Any]
    value: Callable[[Any, Path], Any]
    name_of: Callable[[Any], str] | None = None  # a value that names itself must keep its name
    key: Callable[[str], Any] = str


def _pair(name: str) -> tuple[str, str]:
    one, other = name.split("\t")
    return one, other


def _name(speaker: Speaker) -> str:
    return speaker.name


FIELDS = (
    Field("spent", lambda n, _: n, lambda r, _: count(r), key=word_id),
    Field("words", lambda w, _: word_record(w), lambda r, _: word_of(r), lambda w: w.id),
    Field("takes", take_record, take_of, lambda t: t.id),
    Field("encoders", lambda e, _: e, lambda r, _: EncoderId(text(r)), key=Cell),
    Field("trash", trashed_record, trashed_of, lambda t: t.take.id),
    Field("speakers", lambda s, _: speaker_record(s), lambda r, _: speaker_of(r), _name),
    Field("ratings", lambda r, _: r, lambda r, _: number(r), key=_pair),
)
