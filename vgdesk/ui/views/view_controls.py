from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox

from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import CurveAnalysis, Kind
from vgdesk.core.viewing import Order, Rows, Search, ViewRecipe

ORDER_TITLES = {
    Order.GROUP.value: "by group",
    Order.SIMILARITY.value: "by similarity",
    Order.LIST.value: "list order",
}
WIDE_ENOUGH = 88  # pixels; enough for most label columns
NARROWEST = 56  # minimum width of the controls of a view in pixels
SEARCH_TITLES = {
    Search.A_IN_B.value: "A → B",
    Search.B_IN_A.value: "B → A",
    Search.VOICES.value: "other speakers",
}
ROWS_TITLES = {Rows.WORDS.value: "words", Rows.TAKES.value: "takes"}

Change = Callable[[ViewRecipe], ViewRecipe]


class ViewControls(QObject):
    """The controls above the views: measures, orders, labels. All are part of the recipe."""

    def __init__(self, change: Callable[[Change], object]) -> None:
        super().__init__()
        self._change = change
        self.alignment = _combo("Measure", _titles(Kind.LAYERS))
        self.words_measure = _combo("Measure", _titles(Kind.WORDS))
        self.order = _combo("Order of the words", ORDER_TITLES)
        self.map_method = _combo("Method", _titles(Kind.MAP))
        self.rows = _combo("One point per", ROWS_TITLES)
        self.search = _combo("Query → target", SEARCH_TITLES)
        self.curve = _combo("Measure", _titles(Kind.CURVE))
        self.label_column = _combo("Label", {})
        self.label_column.setMinimumWidth(WIDE_ENOUGH)
        self._combos = {
            "alignment": self.alignment,
            "words_measure": self.words_measure,
            "order": self.order,
            "map_method": self.map_method,
            "rows": self.rows,
            "search": self.search,
            "curve": self.curve,
            "label_column": self.label_column,
        }
        for combo in self._combos.values():
            combo.activated.connect(self._choose)

    def named(self, *fields: str) -> tuple[QComboBox, ...]:
        """Return the choices of some fields of the recipe."""
        return tuple(self._combos[field] for field in fields)

    def show_recipe(self, recipe: ViewRecipe) -> None:
        """Show the recipe; labels are offered only for measures that use them."""
        for name, combo in self._combos.items():
            value = getattr(recipe, name)
            combo.setCurrentIndex(combo.findData(getattr(value, "value", value)))
        measure = ANALYSES[recipe.curve]
        self.label_column.setVisible(isinstance(measure, CurveAnalysis) and measure.uses_labels)

    def show_columns(self, columns: tuple[str, ...], chosen: str) -> None:
        """Offer the label columns of the words."""
        combo = self.label_column
        if [combo.itemText(i) for i in range(combo.count())] != list(columns):
            combo.clear()
            for column in columns:
                combo.addItem(column, column)
        combo.setCurrentIndex(combo.findData(chosen))

    def _choose(self) -> None:
        chosen = {name: combo.currentData() for name, combo in self._combos.items()}
        chosen["order"], chosen["rows"] = Order(chosen["order"]), Rows(chosen["rows"])
        chosen["search"] = Search(chosen["search"])
        if not chosen["label_column"]:
            del chosen["label_column"]  # no word has a label yet
        self._change(lambda recipe: replace(recipe, **chosen))


def _titles(kind: Kind) -> Mapping[str, str]:
    return {analysis.id: analysis.title for analysis in of_kind(kind)}


def _combo(name: str, titles: Mapping[str, str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    combo.setMinimumWidth(NARROWEST)
    for value, title in titles.items():
        combo.addItem(title, value)
    return combo
