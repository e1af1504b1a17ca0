"""What a session is made of, as JSON: the journal and project.json write it, and read it back.

Readers trust nothing: what does not fit raises ValueError.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vgdesk.app.text_file import fitting, text, yes_or_no
from vgdesk.core.model import (
    Concern,
    Speaker,
    Take,
    TakeId,
    TakeSource,
    Trashed,
    Verdict,
    Word,
    WordId,
)

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
    read = _whole(record, {"id": text, "word": text, "language": text, "labels": _labels})
    return Word(WordId(read["id"]), read["word"], read["language"], read["labels"])


def take_record(take: Take, folder: Path) -> Record:
    """Describe a take; a file inside the project is named as seen from there."""
    return {
        "id": take.id,
        "word": take.word,
        "file": _relative(take.file, folder),
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
            "id": text,
            "word": text,
            "file": text,
            "speaker": text,
            "start": _seconds,
            "end": lambda value: None if value is None else _seconds(value),
            "source": TakeSource,
            "quality": _labels,
            "kept_anyway": yes_or_no,
        },
    )
    if "\0" in read["file"] or not read["file"]:
        raise ValueError("not the name of a file")
    return Take(
        TakeId(read["id"]),
        WordId(read["word"]),
        folder / read["file"],
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
    read = _whole(record, {"name": text, "language": text, **consent})
    return Speaker(read["name"], read["language"], read["consent"])


def _whole(record: object, readers: Mapping[str, Any]) -> dict[str, Any]:
    values, misfits = fitting(record, readers)
    absent = [*misfits, *(name for name in readers if name not in values)]
    if absent:
        raise ValueError(f"no {absent[0]}")
    return values


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return {text(name): text(label) for name, label in value.items()}


def _seconds(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < float("inf"):  # type: ignore[operator]
        raise ValueError("not a time in seconds")
    return float(value)  # type: ignore[arg-type]


def _relative(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
