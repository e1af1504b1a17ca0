"""What a list, a folder or a project gives an encoder to read or to hear."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vgdesk.app.encoding.embedding_messages import SpeechItem, TextItem
from vgdesk.app.exchange.word_lists import PROJECT, WORD_LISTS, open_words
from vgdesk.app.words.identifiers import word_text
from vgdesk.audio.files import read, sound_files
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.errors import AudioFileError, VgdeskError
from vgdesk.core.model import Modality, Session, WordId
from vgdesk.encoders.base import EncoderSpec

LISTS = (PROJECT, ".tsv", ".csv", ".txt")
Row = tuple[WordId, SpeechItem | TextItem]


def listed_inputs(spec: EncoderSpec, words: str | None) -> list[Path]:
    """Return the list or project to encode; raises VgdeskError if there is none."""
    if words is None:
        raise VgdeskError(
            f"“{spec.title}” has no words to encode.", "Give the project or the list with --words."
        )
    if not Path(words).is_file() and not words.endswith(PROJECT):
        open_words(words)  # raises unless it is a built-in list
    return [Path(words)]


def rows_of(inputs: Sequence[Path], modality: Modality) -> list[Row]:
    """List the rows of all inputs with their words; row names are unique."""
    return list(_distinct(_rows(inputs, modality)))


def _rows(inputs: Sequence[Path], modality: Modality) -> Iterator[Row]:
    for path in inputs:
        if modality is Modality.TEXT and path.is_dir() and path.suffix != PROJECT:
            yield from _named_rows(path)
        elif modality is Modality.TEXT or path.suffix in LISTS or str(path) in WORD_LISTS:
            yield from listed_rows(open_words(str(path)), modality)
        else:
            yield from sound_rows(path)


def _distinct(
    rows: Iterable[Row],
) -> Iterator[Row]:
    """Tell rows of one name apart by numbers: two folders may hold files of the same name."""
    seen: Counter[str] = Counter()
    for word, item in rows:
        seen[item.row] += 1
        times = seen[item.row]
        yield word, item if times == 1 else replace(item, row=f"{item.row} ({times})")


def listed_rows(session: Session, modality: Modality) -> Iterator[Row]:
    """List the written words or the takes of a session."""
    if modality is Modality.TEXT:
        for word in session.words.values():
            yield word.id, TextItem(word.id, word.text)
        return
    for take in session.takes.values():
        yield take.word, SpeechItem(take.id, take.file, take.start, take.end)


def sound_rows(path: Path) -> Iterator[tuple[WordId, SpeechItem]]:
    """List the sounds of a file or folder with the words of their names."""
    if not path.exists():
        raise VgdeskError(f"{path} does not exist.", "Check the name.")
    for file in sound_files([path]):
        start, end = _trim(file)
        yield WordId(word_text(file)), SpeechItem(file.stem, file, start, end)


def _trim(file: Path) -> tuple[float, float | None]:
    try:
        return find_word(read(file)) or (0.0, None)
    except AudioFileError:
        return 0.0, None  # the encoder reports it once and continues with the other files


def _named_rows(folder: Path) -> Iterator[tuple[WordId, TextItem]]:
    # For a text encoder the names of sound files are the words, so that both sides can be compared.
    for text in dict.fromkeys(word_text(file) for file in sound_files([folder])):
        yield WordId(text), TextItem(text, text)
