from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.app.project_examples import same, take, word
from vgdesk.app.exchange.segmentation import LongRecording, Piece, in_words, with_pieces
from vgdesk.app.words.identifiers import language_of, made_word, next_take_id, spelling_key
from vgdesk.core.model import Session, Take, TakeId, TakeSource, Trashed, Word, WordId

FILE = Path("/sounds/long.wav")
TEXTS = ("dog", "DOG", "bank", "é", "e\u0301", "new one", "New One", "new-one", "?", "")


def one_after_the_other(
    session: Session, file: Path, pieces: list[tuple[str, Piece]], speaker: str
) -> Session:
    """Cut as plainly as possible: one session after the other, each with one take more."""
    whole = next((take for take in session.takes.values() if take.file == file), None)
    source = whole.source if whole else TakeSource.IMPORTED
    for text, piece in pieces:
        if not text:
            continue
        known = session.words.get(piece.word) if piece.word else None
        language = language_of(session)
        alike = (
            other
            for other in session.words.values()
            if spelling_key(other.text, other.language) == spelling_key(text, language)
        )
        meant = known if known is not None and known.text == text else next(alike, None)
        meant = meant or made_word(text, language, session.words)
        made = Take(
            next_take_id(session, meant.id),
            meant.id,
            file,
            whole.speaker if whole else speaker,
            piece.start,
            piece.end,
            source,
        )
        session = session.with_word(meant).with_take(made)
    return session


def full_session(*, holds_whole: bool) -> Session:
    """Words that are written alike, and takes in the list, in the trash and deleted for ever."""
    words = [
        word("dog"),
        Word(WordId("bank"), "bank", "nl"),
        Word(WordId("bank_2"), "bank", "nl"),
        Word(WordId("e"), "é", "nl"),
        Word(WordId("new-one_2"), "something else", "nl"),
    ]
    takes = [take("dog-3", Path("/x")), take("bank_2-1", Path("/x"))]
    if holds_whole:
        takes.append(take("e-7", FILE, speaker="S07", source=TakeSource.RECORDED))
    thrown = take("bank-4", Path("/x"))
    return Session(
        {one.id: one for one in words},
        {one.id: one for one in takes},
        trash={thrown.id: Trashed(thrown, words[1])},
        spent={WordId("dog"): 9},
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TEXTS), st.sampled_from([None, "dog", "bank", "bank_2", "new-one"])
        ),
        max_size=12,
    ),
    st.booleans(),
    st.booleans(),
)
def test_all_pieces_at_once_are_the_same_as_one_after_the_other(
    asked: list[tuple[str, str | None]], is_empty: bool, holds_whole: bool
) -> None:
    before = Session() if is_empty else full_session(holds_whole=holds_whole)
    pieces = [
        (text, Piece(float(i), i + 0.5, WordId(id_) if id_ else None))
        for i, (text, id_) in enumerate(asked)
    ]
    cut = with_pieces(before, FILE, pieces, "S01")
    assert same(cut, one_after_the_other(before, FILE, pieces, "S01"))
    assert len(cut.takes) == len(before.takes) + sum(bool(text) for text, _piece in pieces)


def test_numbers_go_on_behind_those_of_the_list_the_trash_and_what_was_deleted() -> None:
    asked = [("dog", "dog"), ("bank", "bank"), ("bank", "bank_2"), ("new one", None)]
    pieces = [(text, Piece(0.0, 1.0, WordId(id_) if id_ else None)) for text, id_ in asked]
    before = full_session(holds_whole=False)
    cut = with_pieces(before, FILE, [*pieces, *pieces], "S01")
    assert list(cut.takes)[len(before.takes) :] == [
        TakeId(name)
        for name in (
            *("dog-10", "bank-5", "bank_2-2", "new-one-1"),
            *("dog-11", "bank-6", "bank_2-3", "new-one-2"),
        )
    ]


def test_what_was_found_is_reported_with_the_words_that_were_not() -> None:
    listed = [word(name) for name in ("snake", "apple", "river")]
    pieces = (Piece(0.0, 1.0, WordId("apple")), Piece(2.0, 3.0))
    recording = LongRecording(FILE, outline=None, pieces=pieces)  # type: ignore[arg-type]
    assert in_words(recording, listed) == (
        "2 segments of speech, 1 aligned with the 3 words of the list. Not found: snake, river."
    )
