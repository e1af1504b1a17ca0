"""A list that is too long to show every pair of words, in a real window."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.long_list import GROUPS, group_of, open_long_list
from tests.windows import opened_window
from vgdesk.analyses.words.word_overview import MOST_ROWS
from vgdesk.core.model import Cell, WordId
from vgdesk.core.viewing import Order, Selection, Shown
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.views.heatmaps.word_heatmap import WordHeatmap

pytestmark = pytest.mark.slow

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
N = MOST_ROWS + 1
CELLS = Cell.TEXT, Cell.TEXT_GROUNDED


def vectors(seed: int) -> np.ndarray:
    """Make vectors [words, layers, dim] with a direction for each group in the last layer."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((N, 2, 24)).astype(np.float32)
    directions = rng.standard_normal((GROUPS, 24)).astype(np.float32)
    values[:, 1] += 2 * directions[[group_of(word) for word in range(N)]]
    return values


VALUES = {cell: vectors(seed) for seed, cell in enumerate(CELLS)}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened_window(qtbot) as made:
        workspace = made.workspace
        made.views.set_grid(True)
        made.show()
        open_long_list(workspace, VALUES)
        qtbot.waitUntil(
            lambda: f"n = {N} in 1000 blocks" in made.views.frames["words"].summary, timeout=SECONDS
        )
        yield made


def cosine(cell: Cell, layer: int, one: int, other: int) -> float:
    x, y = (VALUES[cell][word, layer].astype(float) for word in (one, other))
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


def wait_for(qtbot: QtBot, view: WordHeatmap, *parts: str) -> None:
    qtbot.waitUntil(lambda: all(part in view.summary for part in parts), timeout=SECONDS)


def click_cell(qtbot: QtBot, view: WordHeatmap, row: int, column: int) -> None:
    view.matrix.zoom(0.01, view.matrix.rect_of(row, column).center())  # a cell is under a pixel
    at = view.matrix.rect_of(row, column).center().toPoint()
    qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)


def numbered(name: object) -> int:
    return int(str(name).removeprefix("word"))


def test_a_click_shows_every_word_of_some_blocks_and_escape_leads_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    view, view_state = window.views.frames["words"], window.workspace.view_state
    assert "blocks of 2 to 3" in view.summary
    assert not view._back.isVisible()
    assert view.recipe.endswith("--layer 0 --order group --label category --seed 0")
    block = view.table.rows[500]
    click_cell(qtbot, view, 500, 400)
    wait_for(qtbot, view, f"n = 100 of {N}")
    assert view._back.isVisible()
    table = view.table
    names = [numbered(row[0]) for row in table.rows]
    assert numbered(str(block[0]).split()[0]) in names
    for row, column in ((3, 60), (99, 0)):
        expected = cosine(Cell.TEXT, 0, names[row], names[column])
        assert table.rows[row][2 + column] == pytest.approx(expected, abs=1e-5)
    words = [f"w{name:05}" for name in sorted(names)]
    assert view.recipe.split("--only ")[1].split(" --label")[0].split() == words

    view_state.select(WordId("w00000"))
    view_state.choose_layer(Cell.TEXT, 1)
    wait_for(qtbot, view, f"n = 100 of {N}", "layer 1")
    view.matrix.setFocus()
    qtbot.keyClick(view.matrix, Qt.Key.Key_Escape)
    wait_for(qtbot, view, "1000 blocks", "layer 1")
    assert not view._back.isVisible()
    assert view_state.selection.words == ("w00000",), "the key was for the picture alone"
    qtbot.keyClick(view.matrix, Qt.Key.Key_Escape)
    assert view_state.selection == Selection()


def test_a_pair_is_chosen_in_the_part_and_the_button_leads_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    view = window.views.frames["words"]
    click_cell(qtbot, view, 450, 450)
    wait_for(qtbot, view, f"of {N}")
    with qtbot.waitSignal(view.pair_chosen) as chosen:
        at = view.matrix.rect_of(2, 5).center().toPoint()
        qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)
    assert [numbered(view.table.rows[i][0]) for i in (2, 5)] == [int(w[1:]) for w in chosen.args]
    qtbot.mouseClick(view._back, Qt.MouseButton.LeftButton)
    wait_for(qtbot, view, "1000 blocks")


def test_blocks_follow_the_order_that_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    view, view_state = window.views.frames["words"], window.workspace.view_state

    def groups() -> set[str]:
        return {str(row[2]) for row in view.table.rows} - {""}

    assert len(groups()) == GROUPS
    view_state.choose_layer(Cell.TEXT, 1)
    view_state.change(lambda recipe: replace(recipe, order=Order.LIST))
    qtbot.waitUntil(lambda: "--order list" in view.recipe, timeout=SECONDS)
    assert not groups(), "neighbours in the list are of different groups"
    view_state.change(lambda recipe: replace(recipe, order=Order.SIMILARITY))
    qtbot.waitUntil(lambda: "--order similarity" in view.recipe, timeout=SECONDS)
    assert len(groups()) == GROUPS


def test_a_difference_is_shown_in_blocks_and_in_part(window: MainWindow, qtbot: QtBot) -> None:
    view, view_state = window.views.frames["words"], window.workspace.view_state
    view_state.choose_layer(Cell.TEXT_GROUNDED, 1)
    view_state.change(lambda recipe: replace(recipe, shown=Shown.DIFFERENCE))
    wait_for(qtbot, view, "1000 blocks", "B minus A")
    click_cell(qtbot, view, 470, 530)
    wait_for(qtbot, view, f"of {N}", "B minus A")
    row = view.table.rows[0]
    one, other = numbered(row[0]), numbered(view.table.rows[99][0])
    expected = cosine(Cell.TEXT_GROUNDED, 1, one, other) - cosine(Cell.TEXT, 0, one, other)
    assert row[2 + 99] == pytest.approx(expected, abs=1e-5)


def test_a_part_closes_when_one_of_its_words_is_deleted(window: MainWindow, qtbot: QtBot) -> None:
    view, store = window.views.frames["words"], window.workspace.store
    click_cell(qtbot, view, 450, 450)
    wait_for(qtbot, view, f"of {N}")
    gone = WordId(f"w{numbered(view.table.rows[1][0]):05}")
    other = next(word for word in window.workspace.session.words if word != gone)
    store.apply("Label", lambda s: s.with_word(s.words[other].with_label("size", "small")))
    wait_for(qtbot, view, f"of {N}")
    store.apply("Delete", lambda session: session.without_words(frozenset({gone})))
    wait_for(qtbot, view, f"n = {N - 1}.")
    assert not view._back.isVisible()
