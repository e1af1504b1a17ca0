import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vgdesk.core import errors
from vgdesk.core.catalogue import catalogue
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import Cell, EncoderId, Session, Take, TakeId, Word, WordId
from vgdesk.core.stack import Embedding, LayerStack, matched, stack_rows


def embedding(key: str, values: object) -> Embedding:
    return Embedding(key, EncoderId("e"), ("0", "1"), np.asarray(values, dtype=np.float32))


def stack(rows: str, values: object) -> LayerStack:
    words = tuple(WordId(row) for row in rows)
    return LayerStack(EncoderId("e"), ("0",), tuple(rows), words, np.asarray(values, float))


def session() -> Session:
    dog, cat = Word(WordId("dog"), "dog"), Word(WordId("cat"), "cat")
    takes = [Take(TakeId(f"{w}-1"), WordId(w), Path(f"/{w}.wav")) for w in ("dog", "cat")]
    empty = Session().with_word(dog).with_word(cat)
    return empty.with_take(takes[0]).with_take(takes[1])


@pytest.mark.parametrize("kind", errors.VgdeskError.__subclasses__())
def test_every_error_survives_the_way_back_from_a_child(kind: type[errors.VgdeskError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what happened", "what to do")))
    assert (type(error), error.message, error.hint) == (kind, "what happened", "what to do")


def test_arrays_are_read_only_here_and_on_the_other_side() -> None:
    values = np.ones((2, 3), np.float32)
    kept = Embedding("k", EncoderId("e"), ("0", "1"), values)
    values[0, 0] = 5.0
    sent = pickle.loads(pickle.dumps(kept))
    assert kept.values[0, 0] == sent.values[0, 0] == 1.0
    for one in (kept, sent):
        with pytest.raises(ValueError, match="read-only"):
            one.values[0, 0] = 2.0


def test_a_wrong_shape_is_refused_with_the_names_of_the_axes() -> None:
    with pytest.raises(ValueError, match=r"values must have shape \[layers=2, dim\]; got \[3, 4\]"):
        embedding("k", np.ones((3, 4)))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused_with_row_and_layer(number: float) -> None:
    with pytest.raises(errors.NotFiniteError, match="e: a vector in layer “1” is not finite"):
        embedding("k", [[1, 2], [3, number]])
    values = np.ones((1, 3, 2))
    values[0, 2, 0] = number
    with pytest.raises(errors.NotFiniteError, match="“c” in layer “0” is not finite"):
        stack("abc", values)
    words, starts = (WordId("a"), WordId("b")), np.array([0, 2, 3])
    with pytest.raises(errors.NotFiniteError, match="a frame of “b” in layer “0” is not finite"):
        FrameStack(EncoderId("e"), ("0",), ("a", "b"), words, starts, values)


def test_the_mean_of_large_numbers_is_a_number() -> None:
    huge = np.full((2, 1), np.finfo(np.float32).max, np.float32)
    takes = [embedding("a", huge), embedding("b", 0.5 * huge)]
    made = stack_rows([("dog", WordId("dog"), [takes])], encoder=EncoderId("e"))
    assert made is not None
    assert made.values[:, 0] == pytest.approx(0.75 * huge)


def test_numbers_and_ratings_of_words_are_finite() -> None:
    dog, cat = WordId("dog"), WordId("cat")
    with pytest.raises(errors.NotFiniteError, match="dog: the number in the column “f”"):
        WordFacts(dog, "dog", numbers=(("f", np.nan),))
    with pytest.raises(errors.NotFiniteError, match="dog, cat: the similarity rating"):
        Facts(ratings=((dog, cat, np.inf),))


def test_a_catalogue_refuses_two_items_with_one_id() -> None:
    with pytest.raises(ValueError, match="dog"):
        catalogue(Word(WordId("dog"), "dog"), Word(WordId("dog"), "doggy"))


def test_rows_are_averaged_over_takes_and_rows_without_vectors_wait() -> None:
    made = stack_rows(
        [
            (
                "dog",
                WordId("dog"),
                [[embedding("1", [[1, 0], [2, 0]]), embedding("2", [[3, 0]] * 2)]],
            ),
            ("cat", WordId("cat"), [[]]),
            ("bee", WordId("bee"), [[embedding("3", [[0, 1], [0, 2]])]]),
        ],
        encoder=EncoderId("e"),
    )
    assert made is not None
    assert made.rows == ("dog", "bee")
    assert made.values.tolist() == [[[2, 0], [0, 1]], [[2.5, 0], [0, 2]]]
    assert made.keys == ("1 2", "3")
    assert stack_rows([("cat", WordId("cat"), [])], encoder=EncoderId("e")) is None


def test_each_speaker_of_a_word_weighs_the_same() -> None:
    often = [embedding(key, [[value]] * 2) for key, value in (("1", 1), ("2", 3), ("3", 3))]
    once = [embedding("4", [[8]] * 2)]
    row = "dog", WordId("dog")
    made = stack_rows([(*row, [often, once])], encoder=EncoderId("e"))
    assert made is not None
    # Of equal takes, one counts.
    assert made.values.tolist() == [[[(1 + 3) / 2 / 2 + 8 / 2]]] * 2
    assert made.keys == ("1 2 3 + 4",)
    other = stack_rows([(*row, [often[:2], [often[2], *once]])], encoder=EncoderId("e"))
    assert other is not None
    assert other.keys != made.keys


def test_keys_go_with_their_rows_and_are_lost_when_vectors_may_have_changed() -> None:
    keyed = stack("abc", [[[1], [2], [3]]]).with_keys(["one", "two", "three"])
    assert keyed.only([2, 0]).keys == ("three", "one")
    assert keyed.only([0, 1, 2]) is keyed
    assert replace(keyed, values=keyed.values + 1).keys == ()
    with pytest.raises(ValueError, match="3 rows, 1 keys"):
        keyed.with_keys(["one"])


def test_rows_are_matched_by_id_and_never_by_position() -> None:
    a, b = stack("abc", [[[1], [2], [3]]]), stack("cxa", [[[30], [0], [10]]])
    first, second = matched(a, b)
    assert first.rows == second.rows == ("a", "c")
    assert first.values.ravel().tolist() == [1, 3]
    assert second.values.ravel().tolist() == [10, 30]


def test_words_go_with_their_takes_and_an_earlier_session_stays_as_it_was() -> None:
    before = session()
    after = before.without_words(frozenset({WordId("dog")}))
    assert list(after.takes) == ["cat-1"]
    assert list(before.takes) == ["dog-1", "cat-1"]


def test_a_take_without_its_word_cannot_exist() -> None:
    with pytest.raises(ValueError, match="without a word"):
        Session().with_take(Take(TakeId("dog-1"), WordId("dog"), Path("/dog.wav")))


def test_replacing_keeps_the_place_in_the_list() -> None:
    relabelled = session().with_word(Word(WordId("dog"), "dog", labels={"category": "animal"}))
    assert list(relabelled.words) == ["dog", "cat"]
    assert relabelled.label_columns() == ("category",)


def test_a_cell_can_be_filled_and_emptied() -> None:
    filled = Session().with_encoder(Cell.TEXT, EncoderId("spelling"))
    assert filled.encoders == {Cell.TEXT: "spelling"}
    assert filled.with_encoder(Cell.TEXT, None).encoders == {}


def test_an_empty_trim_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Take(TakeId("dog-1"), WordId("dog"), Path("/dog.wav"), start=0.5, end=0.5)
