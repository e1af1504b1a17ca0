"""The bar above the views: what it says when it is narrow."""

import pytest
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from vgdesk.core.model import Cell
from vgdesk.core.viewing import ViewRecipe
from vgdesk.ui.control_bar import CellCombo, ControlBar
from vgdesk.ui.style.theme import theme_of

TITLES = {cell: f"{cell.title} (starter)" for cell in Cell}


@pytest.fixture
def bar(qtbot: QtBot) -> ControlBar:
    made = ControlBar()
    qtbot.addWidget(made)
    made.set_theme(theme_of(made.palette()))
    made.show_recipe(ViewRecipe(), TITLES, ("0", "1"))
    return made


def painted(combo: CellCombo) -> tuple[str, int]:
    """Return the text that the combo paints, and the width there is for it."""
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    kind = QStyle.ComplexControl.CC_ComboBox
    return option.currentText, combo.style().subControlRect(kind, option, field, combo).width()


def test_the_narrowest_bar_still_tells_the_cells_apart(bar: ControlBar) -> None:
    bar.resize(bar.minimumSizeHint())
    bar.show()
    for combo in bar.findChildren(CellCombo):
        said = []
        for place in range(len(Cell)):
            combo.setCurrentIndex(place)
            text, room = painted(combo)
            said.append(text)
            assert combo.fontMetrics().horizontalAdvance(text) < room
        assert said == ["Speech", "Speech +", "Text", "Text +"]


def test_a_wide_bar_names_the_encoders(bar: ControlBar) -> None:
    bar.resize(1200, bar.minimumSizeHint().height())
    bar.show()
    for combo in bar.findChildren(CellCombo):
        for place, title in enumerate(TITLES.values()):
            combo.setCurrentIndex(place)
            assert painted(combo)[0] == title
            assert combo.toolTip().endswith("(starter)")  # also where it does not fit
