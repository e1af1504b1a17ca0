from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerDifference, Trace
from vgdesk.core.viewing import ViewRecipe
from vgdesk.ui.style.theme import plain_palette, theme_of
from vgdesk.ui.views.curves.difference_lines import places_of
from vgdesk.ui.views.curves.layer_curves import LayerCurves

TITLES = ("Text", "Text + pictures")
VALUES = np.array([0.0, 0.1, -0.3])
CORRECTED = np.array([1.0, 0.2, 0.01])


def difference(**fields: object) -> LayerDifference:
    size = np.full(3, 0.1)
    trace = Trace("silhouette", 24, (EncoderId("a"), EncoderId("b")), "", 0, "", "95 %")
    found = LayerDifference(
        "silhouette", (("0", "0"), ("1", "1"), ("2", "2")), "block", VALUES, VALUES - 0.15,
        VALUES + 0.15, size, CORRECTED / 3, CORRECTED, size * 2, VALUES * 9, 0.0, np.ones(3),
        (-2.0, 2.0), trace,
    )  # fmt: skip
    return replace(found, **fields)  # type: ignore[arg-type]


DEEPER = (("0", "0"), ("0", "1"), ("1", "2"))


@pytest.fixture
def view(qtbot: QtBot) -> LayerCurves:
    made = LayerCurves(theme_of(plain_palette(dark=False)))
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_differences((difference(),), TITLES)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_summary_says_which_layers_differ_and_how_that_was_tested(view: LayerCurves) -> None:
    assert view.summary.startswith(
        "n = 24. Text + pictures minus Text is below 0 at layer 2, not different from 0 at 2 of 3 "
        "layers (corrected p ≤ .05). Silhouette; interval: 95 %; p: two-sided t test"
    )
    assert view.encoders == ("a", "b")
    assert view.is_difference


def test_points_with_a_corrected_p_above_05_are_hollow_and_inside_the_band(
    view: LayerCurves,
) -> None:
    lines = [item for item in view.plot.box.addedItems if isinstance(item, pg.PlotDataItem)]
    hollow = lines[1].getData()[0].tolist()
    band = difference().band
    assert hollow == [0, 1] == np.flatnonzero(np.abs(VALUES) <= band).tolist()
    levels = [i.value() for i in view.plot.box.addedItems if isinstance(i, pg.InfiniteLine)]
    assert levels == [0]


def test_the_smallest_difference_that_matters_is_drawn_and_tested(view: LayerCurves) -> None:
    found = difference(smallest_effect=0.25, equivalence_p=np.array([0.01, 0.02, 0.9]))
    view.show_differences((found,), TITLES)
    levels = [i.value() for i in view.plot.box.addedItems if isinstance(i, pg.InfiniteLine)]
    assert sorted(levels) == [-0.25, 0, 0.25]
    assert "A difference of 0.25 or more is ruled out at layers 0 and 1 (" in view.summary


def test_a_click_on_a_difference_chooses_both_layers(view: LayerCurves, qtbot: QtBot) -> None:
    view.show_differences((difference(layers=DEEPER),), TITLES)
    place = view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(1, 0.1)))
    with qtbot.waitSignal(view.layers_chosen) as chosen:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [0, 1]


def test_the_ring_is_at_the_layer_of_a_or_of_b(view: LayerCurves) -> None:
    view.show_differences((difference(layers=DEEPER),), TITLES)
    for layer, is_b, expected in ((2, True, 2), (1, False, 2), (0, False, 0), (9, True, 2)):
        view.mark_difference(layer, is_b=is_b)
        assert view.plot._rings[0].getData()[0].tolist() == [expected]


def test_models_of_unequal_depth_are_paired_by_block_or_by_depth(view: LayerCurves) -> None:
    by_depth = difference(layers=DEEPER, depth="depth", values=-VALUES)
    view.show_differences((difference(), by_depth), TITLES)
    assert view.plot._values[0].tolist() == VALUES.tolist()
    assert "layers paired by block" in view.summary
    view._relative.setChecked(True)
    assert view.plot._values[0].tolist() == (-VALUES).tolist()
    assert "layers paired by relative depth" in view.summary
    assert [row[2] for row in view.table.rows] == ["block"] * 3 + ["depth"] * 3
    assert places_of(by_depth) == ((0, 0), (0, 1), (1, 2))


def test_a_point_tells_its_interval_p_and_effect(view: LayerCurves) -> None:
    view._point(0, 1)
    assert view.plot.toolTip() == (
        "Text + pictures minus Text, layer 1: 0.10 [\u22120.05, 0.25] (corrected p = 0.2, does not "
        "differ from 0, 0.90 standard deviations of chance)"
    )


def test_each_series_is_a_line(view: LayerCurves) -> None:
    both = tuple(difference(series=name) for name in ("same word", "synonym"))
    view.show_differences(both, TITLES)
    assert list(view.plot._titles) == ["same word", "synonym"]
    assert "Text + pictures minus Text (synonym) is below 0" in view.summary


def test_the_smallest_difference_is_asked_and_may_be_cancelled(
    view: LayerCurves, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.show_wishes(ViewRecipe(differences=True, smallest_effect=0.1))
    assert view._difference.isChecked()
    assert not view._floors.isEnabled()
    asked = []

    def answer(*arguments: object, **_more: object) -> tuple[float, bool]:
        asked.append(arguments[3])
        return 0.05, len(asked) > 1

    monkeypatch.setattr(QInputDialog, "getDouble", answer)
    with qtbot.assertNotEmitted(view.smallest_effect_chosen):
        view._smallest.trigger()
    with qtbot.waitSignal(view.smallest_effect_chosen) as chosen:
        view._smallest.trigger()
    assert chosen.args == [0.05]
    assert asked == [0.1, 0.1]
