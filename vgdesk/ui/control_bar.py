from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from vgdesk.core.model import Cell
from vgdesk.core.viewing import Shown, ViewRecipe
from vgdesk.ui.style.plain_text import bold
from vgdesk.ui.style.theme import Theme, text_on
from vgdesk.ui.widgets.elided_text import ElidedText

SHOWN_TITLES = {
    Shown.A: ("A", "Show the words of A (1)"),
    Shown.B: ("B", "Show the words of B (2)"),
    Shown.DIFFERENCE: ("B − A", "Show what changes from A to B (3)"),
}


SHORT = {cell: cell.modality.value.capitalize() + " +" * cell.is_grounded for cell in Cell}


class ControlBar(QWidget):
    """The choices common to all views: the two cells, whose words, and the layer.

    Signals
    -------
    compared_chosen
        The two cells to compare.
    shown_chosen
        Whose words are shown.
    layer_chosen
        A layer of the focused cell.
    """

    compared_chosen = Signal(object, object)
    shown_chosen = Signal(object)
    layer_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._a = CellCombo("Model A")
        self._b = CellCombo("Model B")
        self._shown = QButtonGroup(self)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Layer")
        self._slider.setToolTip("Layer of the words shown; change it with [ and ]")
        self._slider.setPageStep(1)
        self._slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self._slider.setMinimumWidth(56)
        self._layer = ElidedText()
        self._layer.setMinimumWidth(64)
        self._lay_out()
        self._a.activated.connect(self._choose_compared)
        self._b.activated.connect(self._choose_compared)
        self._shown.idClicked.connect(self._choose_shown)
        self._slider.valueChanged.connect(self.layer_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Highlight the chosen button, in dark colours too."""
        self.setStyleSheet(
            f"QToolButton {{ padding: 0 4px; border: 1px solid {theme.edge}; border-radius: 4px;"
            f" background: {theme.base}; }}"
            f"QToolButton:checked {{ background: {theme.accent}; border-color: {theme.accent};"
            f" color: {text_on(theme.accent)}; font-weight: bold; }}"
            f"QToolButton:focus {{ border: 2px solid {theme.accent}; }}"
        )

    def show_recipe(
        self, recipe: ViewRecipe, titles: Mapping[Cell, str], layers: tuple[str, ...]
    ) -> None:
        """Show the recipe.

        Parameters
        ----------
        titles
            Title of the encoder in each cell that has one.
        layers
            Names of the layers of the focused cell; empty if it has none.
        """
        for combo, chosen in ((self._a, recipe.a), (self._b, recipe.b)):
            for place, cell in enumerate(Cell):
                combo.setItemText(place, titles.get(cell) or f"{cell.title}: none")
                combo.setItemData(place, cell.title, Qt.ItemDataRole.ToolTipRole)
            combo.setCurrentIndex(list(Cell).index(chosen))
            combo.setToolTip(f"{chosen.title}: {titles.get(chosen, 'no encoder')}")
        self._shown.button(list(Shown).index(recipe.shown)).setChecked(True)
        layer = min(recipe.layer_of(recipe.focus), max(0, len(layers) - 1))
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, len(layers) - 1))
            self._slider.setValue(layer)
        self._slider.setEnabled(len(layers) > 1)
        self._layer.set_text(f"Layer: {layers[layer]}" if layers else "No layers")

    def step_layer(self, step: int) -> None:
        """Move the slider by some layers; it stops at its ends."""
        self._slider.setValue(self._slider.value() + step)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(bold("A"))
        row.addWidget(self._a, 3)
        row.addWidget(bold("B"))
        row.addWidget(self._b, 3)
        row.addWidget(QLabel("Show"))
        for place, (text, tip) in enumerate(SHOWN_TITLES.values()):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setCheckable(True)
            button.setMinimumHeight(28)
            self._shown.addButton(button, place)
            row.addWidget(button)
        row.addWidget(self._layer)
        row.addWidget(self._slider, 4)

    def _choose_compared(self) -> None:
        cells = list(Cell)
        self.compared_chosen.emit(cells[self._a.currentIndex()], cells[self._b.currentIndex()])

    def _choose_shown(self, place: int) -> None:
        self.shown_chosen.emit(list(Shown)[place])


class CellCombo(QComboBox):
    """Offers the cells; abbreviates the current one in a narrow field."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.addItems([cell.title for cell in Cell])
        self.setMinimumSize(88, 28)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self)
        # The style leaves one pixel free on each side.
        if self.fontMetrics().horizontalAdvance(self.currentText()) > room.width() - 2:
            option.currentText = SHORT[list(Cell)[self.currentIndex()]]
