from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QWidget

from vgdesk.ui.widgets.form_parts import MARGIN, column, editable_combo, named, wrapped


class LabelDialog(QDialog):
    """Asks for the column and value of a label; both can be new.

    Signals
    -------
    label_chosen
        The column and the value; an empty value deletes the label.
    """

    label_chosen = Signal(str, str)

    def __init__(
        self,
        count: int,
        known: Mapping[str, tuple[str, ...]],
        current: str,
        parent: QWidget | None = None,
    ) -> None:
        """Offer the values in use; `current` is the preselected column."""
        super().__init__(parent)
        self._known = known
        self.setWindowTitle("Set label")
        self._columns = editable_combo("Label", "Which label, for example category")
        self._values = editable_combo("Value", "For example animal")
        for combo in (self._columns, self._values):
            combo.setMinimumContentsLength(18)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._columns.addItems(list(known))
        self._columns.setCurrentText(current)
        self._columns.currentTextChanged.connect(self._offer_values)
        self._offer_values(current)
        self._lay_out(count)

    def _lay_out(self, count: int) -> None:
        form = QFormLayout()
        form.addRow("&Label", self._columns)
        form.addRow("&Value", self._values)
        words = "selected word" if count == 1 else f"{count} selected words"
        heading = wrapped(f"Label the {words}.")
        self.setLayout(column(heading, form, self._buttons, margin=2 * MARGIN, gap=MARGIN))
        for button in self._buttons.buttons():
            named(button, button.text().replace("&", ""))
        self._values.setFocus()

    def _offer_values(self, name: str) -> None:
        self._values.clear()
        self._values.addItems(list(self._known.get(name, ())))
        self._values.setCurrentText("")
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(name.strip()))

    def accept(self) -> None:
        super().accept()
        self.label_chosen.emit(
            self._columns.currentText().strip(), self._values.currentText().strip()
        )
