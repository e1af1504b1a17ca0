from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from vgdesk.app.exchange.import_preview import Choices, Incoming, Preview, outside_sentence
from vgdesk.core.counting import first_few
from vgdesk.core.errors import VgdeskError
from vgdesk.ui.widgets.data_table import Table, TableModel, table_view
from vgdesk.ui.widgets.form_parts import MARGIN, column, editable_combo, named, wrapped

NONE = "— none —"
LEFT_OUT = "— leave out —"
MOST_LISTED = 30  # paths in a tooltip
HIGHEST = 240  # maximum height of the column list in pixels; beyond it scrolls


class ImportDialog(QDialog):
    """Asks the user for choices about imported files, and previews the result.

    Signals
    -------
    preview_requested
        Choices whose result should be shown by `show_preview` or `show_problem`.
    choices_made
        The final choices.
    """

    preview_requested = Signal(object)
    choices_made = Signal(object)

    def __init__(
        self,
        incoming: Incoming,
        choices: Choices,
        targets: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        """Offer `targets` as meanings of columns; any other name becomes a label."""
        super().__init__(parent)
        self._choices = choices
        self._columns: dict[str, QComboBox] = {}
        self._model = TableModel()
        self._view = table_view(self._model)
        self._sentence = wrapped()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._outside = named(QCheckBox(), "Use sound files outside this folder")
        self._outside.hide()
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._words = self._tiers("Word", incoming.tiers, choices.words)
        self._phones = self._tiers("Phone", (NONE, *incoming.tiers), choices.phones)
        self._lay_out(incoming, targets)

    @staticmethod
    def _tiers(name: str, tiers: tuple[str, ...], current: str) -> QComboBox:
        combo = named(QComboBox(), f"{name} tier")
        combo.addItems(list(tiers))
        combo.setCurrentText(current or NONE)
        return combo

    def _lay_out(self, incoming: Incoming, targets: tuple[str, ...]) -> None:
        files = [one.file.name for one in incoming.annotations]
        files += [table.file.name for table in incoming.tables]
        self.setWindowTitle(f"Add from {first_few(files)}")
        form = QFormLayout()
        if incoming.annotations:
            form.addRow("&Word tier", self._words)
            form.addRow("&Phone tier", self._phones)
        for heading in incoming.headings:
            form.addRow(QLabel(heading), self._meaning(heading, targets))
        for combo in (self._words, self._phones, *self._columns.values()):
            combo.currentTextChanged.connect(self.ask)
        self._outside.toggled.connect(self.ask)
        named(self._view, "Preview of the first rows")
        self._ok().setText("Add")
        for button in self._buttons.buttons():
            named(button, button.text().replace("&", ""))
        head = (self._heading(incoming), self._scrolled(form))
        foot = (self._view, self._sentence, self._outside, self._buttons)
        self.setLayout(column(*head, *foot, margin=2 * MARGIN, gap=MARGIN))
        self.resize(720, 560)

    def _heading(self, incoming: Incoming) -> QLabel:
        questions = []
        if incoming.annotations:
            questions.append("Which tier contains the words?")
        if incoming.tables:
            questions.append("What do the columns mean? Any other name becomes a label.")
        return wrapped(" ".join(questions))

    def _meaning(self, heading: str, targets: tuple[str, ...]) -> QComboBox:
        combo = editable_combo(f"Meaning of {heading}")
        current = self._choices.columns.get(heading, "")
        combo.addItems(list(dict.fromkeys((LEFT_OUT, *targets, heading))))
        combo.setCurrentText(current or LEFT_OUT)
        self._columns[heading] = combo
        return combo

    def _scrolled(self, form: QFormLayout) -> QScrollArea:
        inside, area = QWidget(), QScrollArea()
        inside.setLayout(form)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedHeight(min(inside.sizeHint().height(), HIGHEST) + 2)
        return area

    @property
    def choices(self) -> Choices:
        """The current choices."""
        phones = self._phones.currentText()
        meanings = {name: combo.currentText().strip() for name, combo in self._columns.items()}
        columns: Mapping[str, str] = {
            name: "" if meaning == LEFT_OUT else meaning for name, meaning in meanings.items()
        }
        return replace(
            self._choices,
            words=self._words.currentText(),
            phones="" if phones == NONE else phones,
            columns=columns,
            outside=self._outside.isChecked(),
        )

    @property
    def sentence(self) -> str:
        """The summary of the choices."""
        return self._sentence.text()

    def ask(self) -> None:
        """Ask for a preview of the choices."""
        self._ok().setEnabled(False)
        self.preview_requested.emit(self.choices)

    def show_preview(self, preview: Preview) -> None:
        """Show the result of the choices."""
        self._model.show_table(Table(preview.headings, preview.rows))
        self._view.resizeColumnsToContents()
        self._show_outside(preview.outside)
        said = [preview.sentence, outside_sentence(preview.outside)] if preview.outside else []
        self._sentence.setText(" ".join(said) or preview.sentence)
        self._ok().setEnabled(bool(preview.rows))

    def _show_outside(self, files: Sequence[Path]) -> None:
        """Ask about sound files outside the folder, because the table may name any file."""
        self._outside.setVisible(bool(files))
        those = "this sound file" if len(files) == 1 else f"these {len(files)} sound files"
        self._outside.setText(f"Also use {those} outside the folder")
        self._outside.setToolTip("\n".join(map(str, files[:MOST_LISTED])))

    def show_problem(self, error: VgdeskError) -> None:
        """Show why the choices are invalid."""
        self._model.show_table(Table((), ()))
        self._sentence.setText(str(error))

    def _ok(self) -> QPushButton:
        return self._buttons.button(QDialogButtonBox.StandardButton.Ok)

    def accept(self) -> None:
        self.choices_made.emit(self.choices)
        super().accept()
