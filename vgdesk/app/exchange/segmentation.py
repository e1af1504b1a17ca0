"""Segmentation of a long recording into takes that share its unchanged file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.app.exchange.word_alignment import align_words
from vgdesk.app.words.identifiers import Additions, language_of
from vgdesk.audio.long_recording import listen
from vgdesk.core.arrays import FloatArray
from vgdesk.core.counting import counted, first_few
from vgdesk.core.model import Session, Take, TakeSource, Word, WordId


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment of the recording, in seconds, with its word; None if it is not a word."""

    start: float
    end: float
    word: WordId | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LongRecording:
    """A recording with its proposed segments.

    Attributes
    ----------
    outline
        Lowest and highest sample of every hundredth of a second, shape [hundredths, 2].
    """

    file: Path
    outline: FloatArray
    pieces: tuple[Piece, ...]


def propose(file: Path, words: Sequence[Word]) -> LongRecording:
    """Find the words in a recording and align the list with them.

    Raises
    ------
    AudioFileError
        If the file cannot be read.
    """
    heard = listen(file)
    said = align_words(heard.spans, words)
    pieces = tuple(
        Piece(round(start, 4), round(end, 4), word.id if word else None)
        for (start, end), word in zip(heard.spans, said, strict=True)
    )
    return LongRecording(file, heard.outline, pieces)


def with_pieces(
    session: Session, file: Path, pieces: Sequence[tuple[str, Piece]], speaker: str
) -> Session:
    """Make a take of every segment that is a word.

    Parameters
    ----------
    pieces
        Each with its text; a text that is not in the list becomes a new word.
    speaker
        The speaker of an external file; an existing take keeps its speaker.
    """
    whole = next((take for take in session.takes.values() if take.file == file), None)
    source = whole.source if whole else TakeSource.IMPORTED
    language, added = language_of(session), Additions(session)
    for text, piece in pieces:
        if not text:
            continue
        known = added.words.get(piece.word) if piece.word else None
        # Two words may have the same spelling: the chosen one counts.
        word = known if known and known.text == text else added.word(text, language)
        take = added.next_take_id(word.id)
        added.takes[take] = Take(
            take,
            word.id,
            file,
            whole.speaker if whole else speaker,
            piece.start,
            piece.end,
            source,
        )
    return added.session()


def in_words(recording: LongRecording, words: Sequence[Word]) -> str:
    """Describe the result in a sentence or two."""
    found = [piece for piece in recording.pieces if piece.word is not None]
    if not recording.pieces:
        return "No speech was found in this recording."
    said = f"{counted(len(recording.pieces), 'segment')} of speech"
    if not words:
        return f"{said}. Enter the word of each segment, or leave it empty to skip it."
    said_words = {piece.word for piece in found}
    missing = [word.text for word in words if word.id not in said_words]
    named = f" Not found: {first_few(missing, 5)}." if missing else ""
    return f"{said}, {len(found)} aligned with the {len(words)} words of the list.{named}"


def moved(piece: Piece, start: float, end: float) -> Piece:
    """Return the segment with new boundaries."""
    return replace(piece, start=round(start, 4), end=round(end, 4))
