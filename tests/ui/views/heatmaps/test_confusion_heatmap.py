import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import colour_at, distance, theme
from vgdesk.core.details import LabelConfusions
from vgdesk.core.model import EncoderId
from vgdesk.core.results import Trace
from vgdesk.ui.views.heatmaps.confusion_heatmap import ConfusionHeatmap, picture_of

VALUES = np.array([[0.5, 0.12, 0.52], [0.8, 0.5, 0.2], [0.5, 0.5, 0.5]])
ASKED = np.array([[False, True, True], [True, False, True], [False, False, False]])
Q = np.where(VALUES == 0.52, 0.9, 0.01)


def confusions() -> LabelConfusions:
    return LabelConfusions(
        "abx-labels",
        "3",
        ("animal", "food", "tool"),
        (9, 6, 1),
        VALUES,
        ASKED,
        np.where(ASKED, 0.1, 0.0),
        Q,
        Trace(
            "ABX error rate", 16, (EncoderId("a"),), "200 shuffles", 4, "Too few words to trust."
        ),
    )


@pytest.fixture
def view(qtbot: QtBot) -> ConfusionHeatmap:
    made = ConfusionHeatmap(theme())
    qtbot.addWidget(made)
    made.resize(500, 420)
    made.show_result(confusions(), "Speech")
    made.show()
    qtbot.waitExposed(made)
    return made


def test_what_was_not_asked_says_nothing_and_chance_is_faint() -> None:
    picture = picture_of(confusions())
    assert picture.masked is not None
    assert picture.faint is not None
    assert (picture.masked == ~ASKED).all()
    assert np.argwhere(picture.faint).tolist() == [[0, 2]]
    assert picture.bar.chance == pytest.approx((0.3, 0.7))


def test_cells_are_coloured_from_told_apart_to_confused(view: ConfusionHeatmap) -> None:
    cells = (view.matrix.rect_of(*at) for at in ((0, 1), (1, 0)))
    low, high = (colour_at(view.matrix, cell.topLeft() + QPointF(3, 3)) for cell in cells)
    assert distance(low, high) > 100


def test_the_summary_says_n_chance_and_the_most_confused(view: ConfusionHeatmap) -> None:
    assert view.summary.startswith("n = 16.")
    assert "layer 3 of Speech: 0.41, chance 0.50" in view.summary
    assert "food (n = 6) taken for animal (n = 9): 0.80 (chance 0.50 ± 0.10)" in view.summary
    assert "1 of 4 pairs" in view.summary
    assert "200 shuffles; seed 4" in view.summary


def test_the_table_lists_every_pair_that_was_asked(view: ConfusionHeatmap) -> None:
    rows = view.table.rows
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("animal", "food", 0.12),
        ("animal", "tool", 0.52),
        ("food", "animal", 0.8),
        ("food", "tool", 0.2),
    ]


def test_a_cell_says_why_it_is_empty(view: ConfusionHeatmap) -> None:
    describe = view.matrix._describe
    assert "only one word" in describe(2, 0)
    assert "not compared with itself" in describe(1, 1)
    assert "q > .05" in describe(0, 2)


def test_a_click_chooses_both_labels(view: ConfusionHeatmap, qtbot: QtBot) -> None:
    at = view.matrix.rect_of(1, 0).center().toPoint()
    with qtbot.waitSignal(view.labels_chosen) as chosen:
        qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [["food", "animal"]]
