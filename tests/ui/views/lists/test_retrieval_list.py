import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import legend, theme
from vgdesk.core.details import RetrievalList
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import Trace
from vgdesk.core.viewing import Selection
from vgdesk.ui.views.lists.retrieval_list import FoundWords

WORDS = tuple(WordId(f"w{i}") for i in range(3))
HITS = ((WordId("w0"), WordId("w1")), (WordId("w0"), WordId("w2")), (WordId("w2"), WordId("w0")))


def finding(*, of_takes: bool = False) -> RetrievalList:
    def row(word: WordId) -> str:
        return f"{word}-anna" if of_takes else word

    return RetrievalList(
        "retrieval",
        ("3",) if of_takes else ("3", "6"),
        tuple(map(row, WORDS)),
        WORDS,
        np.array([1.0, 2.5, 1.0]),
        np.array([0, 1, 0]),
        np.array([0.9, 0.25, 0.8]),
        tuple(tuple(map(row, hits)) for hits in HITS),
        HITS,
        np.array([[0.9, 0.5], [0.6, 0.25], [0.8, 0.1]]),
        3,
        (1,),
        np.array([2 / 3]),
        np.array([1 / 3]),
        1.0,
        2.0,
        Trace("rank by profiles", 3, (EncoderId("a"), EncoderId("b")), "every place", 4, "Too few"),
    )


@pytest.fixture
def view(qtbot: QtBot) -> FoundWords:
    made = FoundWords(theme())
    qtbot.addWidget(made)
    made.resize(500, 420)
    made.show_result(finding(), legend(24, theme()), ("Speech", "Text"))
    made.show()
    qtbot.waitExposed(made)
    return made


def cells(view: FoundWords) -> list[list[str]]:
    model = view.list.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_the_worst_found_is_on_top_and_the_right_one_is_ticked(view: FoundWords) -> None:
    assert cells(view) == [
        ["word1", "2.5 (1 tied)", "word0 0.60", "word2 0.25"],
        ["word0", "1", "✓ word0 0.90", "word1 0.50"],
        ["word2", "1", "✓ word2 0.80", "word0 0.10"],
    ]


def test_the_best_found_can_be_on_top(view: FoundWords, qtbot: QtBot) -> None:
    qtbot.mouseClick(view._best_first, Qt.MouseButton.LeftButton)
    assert [row[0] for row in cells(view)] == ["word0", "word2", "word1"]
    assert view.is_best_first
    assert [row[0] for row in view.table.rows] == ["word0", "word2", "word1"]


def test_the_header_says_recall_rank_n_and_chance(view: FoundWords) -> None:
    expected = "R@1: 0.67 (chance 0.33) · median rank 1 (chance 2) · n = 3"
    assert view.scores.text() == expected
    assert view.summary.startswith(
        "n = 3. Layer 3 of Speech → layer 6 of Text. Worst: “word1” (rank 2.5 (1 tied) among 3)."
    )
    assert "every place; seed 4" in view.summary


def test_the_table_has_every_number_in_a_column_of_its_own(view: FoundWords) -> None:
    assert view.table.headers == (
        "query", "rank", "ties", "similarity of the target",
        "found 1", "similarity 1", "found 2", "similarity 2",
    )  # fmt: skip
    assert view.table.rows[0] == ("word1", 2.5, 1, 0.25, "word0", 0.6, "word2", 0.25)


@pytest.mark.parametrize(
    ("row", "column", "word"), [(0, 0, "w1"), (0, 1, "w1"), (0, 2, "w0"), (2, 3, "w0")]
)
def test_a_click_on_any_entry_chooses_and_plays_it(
    view: FoundWords, qtbot: QtBot, row: int, column: int, word: str
) -> None:
    index = view.list.model().index(row, column)
    view.list.scrollTo(index)
    at = view.list.visualRect(index).center()
    with qtbot.waitSignals([view.entry_chosen, view.entry_played]):
        qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    heard: list[str] = []
    view.entry_played.connect(heard.append)
    qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert heard == [word]


def test_an_entry_of_takes_is_that_very_take(view: FoundWords, qtbot: QtBot) -> None:
    view.show_result(finding(of_takes=True), legend(24, theme()), ("Speech",))
    assert "Layer 3 of Speech, between speakers" in view.summary
    chosen: list[tuple[str, str]] = []
    view.entry_chosen.connect(lambda word, row: chosen.append((word, row)))
    view.list.setCurrentIndex(view.list.model().index(0, 2))
    assert chosen == [("w0", "w0-anna")]
    assert cells(view)[0][0] == "w1-anna"


def test_the_chosen_word_is_marked_but_an_entry_of_it_stays(view: FoundWords) -> None:
    view.show_selection(Selection().of(WordId("w2")))
    assert (view.list.currentIndex().row(), view.list.currentIndex().column()) == (2, 0)
    view.list.setCurrentIndex(view.list.model().index(0, 2))
    view.show_selection(Selection().of(WordId("w0")))
    assert (view.list.currentIndex().row(), view.list.currentIndex().column()) == (0, 2)


def test_another_theme_keeps_the_list(view: FoundWords) -> None:
    view.set_theme(theme(dark=True))
    assert len(cells(view)) == 3
