from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFrame, QStyle, QStyleOptionComboBox, QToolButton

from vgdesk.core.model import Cell, EncoderId, Modality
from vgdesk.ui.style.theme import Theme, text_on
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    TARGET,
    StatusLine,
    column,
    named,
    row,
    scale_font,
    tint,
    wrapped,
)
from vgdesk.ui.widgets.status_marks import Mark


@dataclass(frozen=True, slots=True)
class Choice:
    """An encoder offered for a cell of the 2x2.

    Attributes
    ----------
    detail
        Its size and source, in a few words.
    available, why
        Whether it can be chosen, and the reason if not.
    purpose
        What it is for, in one sentence that is shown while it is chosen; usually empty.
    """

    id: EncoderId
    title: str
    detail: str = ""
    available: bool = True
    why: str = ""
    purpose: str = ""

    @property
    def tip(self) -> str:
        return " ".join(filter(None, (self.detail, self.purpose))) if self.available else self.why


WISHES = (
    ("From a folder…", "Load a model from a folder on this computer"),
    ("Download…", "Download a model from the internet; vgdesk asks first"),
    (
        "Add its untrained twin",
        "Same architecture, random weights: the effect of architecture alone",
    ),
)
VECTORS = ("Word vectors from a file…", "GloVe, word2vec as text, fastText, or a table with tabs")


class ModelCard(QFrame):
    """One cell of the 2x2: its model, its progress, and whether it is compared.

    Signals
    -------
    encoder_chosen
        Id of the encoder, None to clear the cell.
    wish_chosen
        Index in `WISHES`; the next one is `VECTORS`, for text only.
    compare_requested
        True for A, False for B.
    """

    encoder_chosen = Signal(object)
    wish_chosen = Signal(int)
    compare_requested = Signal(bool)

    def __init__(self, cell: Cell, theme: Theme) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._chosen: Choice | None = None
        self._offered: tuple[tuple[Choice, ...], EncoderId | None] = ((), None)
        self._progress: tuple[int, int, str, bool] = (0, 0, "", False)
        self._wishes = (*WISHES, VECTORS) if cell.modality is Modality.TEXT else WISHES
        self._title = wrapped(cell.title)
        scale_font(self._title, 1.0, bold=True)
        self.choices = named(QComboBox(), f"Model for {cell.title}")
        self.choices.setMinimumContentsLength(8)
        adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.choices.setSizeAdjustPolicy(adjust)
        self.choices.activated.connect(self._on_activated)
        self._detail = wrapped()
        self._status = StatusLine()
        self.badges = {is_a: self._badge(cell, is_a=is_a) for is_a in (True, False)}
        self._lay_out()
        self.set_theme(theme)

    def _badge(self, cell: Cell, *, is_a: bool) -> QToolButton:
        name = "A" if is_a else "B"
        button = named(QToolButton(), f"Compare {cell.title} as {name}")
        button.setText(name)
        button.setCheckable(True)
        button.setFixedSize(TARGET, TARGET)
        button.setProperty("is_a", is_a)
        button.clicked.connect(self._on_badge)
        return button

    def _lay_out(self) -> None:
        head = row(self._title, *self.badges.values(), gap=GAP // 2)
        head.setStretch(0, 1)
        layout = column(head, self.choices, self._detail, self._status, margin=MARGIN)
        layout.addStretch()
        self.setLayout(layout)
        self.setObjectName("model_card")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self._detail, theme.muted)
        # Style sheets give the same boxes on every system.
        self.setStyleSheet(
            f"#model_card {{ background: {theme.base}; border: 1px solid {theme.grid};"
            f" border-radius: 6px; }}"
        )
        for badge in self.badges.values():
            badge.setStyleSheet(
                f"QToolButton {{ border: 1px solid {theme.edge}; border-radius: 4px;"
                f" color: {theme.muted}; background: transparent; font-weight: bold; }}"
                f"QToolButton:checked {{ border-color: {theme.accent}; background: {theme.accent};"
                f" color: {text_on(theme.accent)}; }}"
                f"QToolButton:hover, QToolButton:focus {{ border: 2px solid {theme.accent}; }}"
            )
        self._show_status()

    def show_choices(self, choices: tuple[Choice, ...], chosen: EncoderId | None) -> None:
        """Offer encoders; unavailable ones are shown with the reason."""
        if self.choices.count() and (choices, chosen) == self._offered:
            # New recordings must not close an open list.
            self._show_chosen()
            return
        self._offered = choices, chosen
        self._choices = choices
        self._chosen = next((choice for choice in choices if choice.id == chosen), None)
        items = QStandardItemModel(self.choices)
        items.appendRow(QStandardItem("No model"))
        for choice in choices:
            text = choice.title if choice.available else f"{choice.title} – {choice.why}"
            items.appendRow(_item(text, choice.tip))
            items.item(items.rowCount() - 1).setEnabled(choice.available)
        for wish in self._wishes:
            items.appendRow(_item(*wish))
        self.choices.setModel(items)
        self.choices.insertSeparator(1 + len(choices))
        # The list may be wider than the field, so that titles are complete.
        self.choices.view().setMinimumWidth(self.choices.view().sizeHintForColumn(0) + 2 * MARGIN)
        self._show_chosen()

    def show_progress(self, done: int, total: int, note: str, *, failed: bool) -> None:
        self._progress = (done, total, note, failed)
        self._show_status()

    def show_compared(self, *, is_a: bool, is_b: bool) -> None:
        self.badges[True].setChecked(is_a)
        self.badges[False].setChecked(is_b)

    def _show_chosen(self) -> None:
        place = 0 if self._chosen is None else 1 + self._choices.index(self._chosen)
        self.choices.setCurrentIndex(place)
        chosen = self._chosen
        tip = f"{chosen.title}: {chosen.tip}" if chosen else "No model"
        self.choices.setToolTip(tip.rstrip(": "))
        self._show_detail()
        self._show_status()

    def _show_detail(self) -> None:
        """Show below the field a title that is too long for it, and what the model is for."""
        title, purpose = (self._chosen.title, self._chosen.purpose) if self._chosen else ("", "")
        parts = [part for part in ("" if self._fits(title) else title, purpose) if part]
        self._detail.setText("\n".join(parts))
        self._detail.setVisible(bool(parts))

    def _fits(self, title: str) -> bool:
        option = QStyleOptionComboBox()
        self.choices.initStyleOption(option)
        field = self.choices.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self.choices,
        )
        return self.choices.fontMetrics().horizontalAdvance(title) + GAP <= field.width()

    def _show_status(self) -> None:
        done, total, note, failed = self._progress
        theme = self._theme
        self._status.setVisible(self._chosen is not None)
        if failed and 2 * done >= total > 0:  # some words are missing, but the model works
            self._status.show_status(Mark.TRIANGLE, f"ready {done}/{total}: {note}", theme.warn)
        elif failed:
            self._status.show_status(Mark.TRIANGLE, f"failed: {note}", theme.bad)
        elif total and done >= total:
            self._status.show_status(Mark.TICK, f"ready {done}/{total}", theme.good)
        elif total:
            text = f"{note or 'encoding'} {done}/{total}"
            self._status.show_status(Mark.DOTS, text, theme.muted)
        else:
            self._status.show_status(Mark.DOTS, note or "waiting for words", theme.muted)

    def _on_activated(self, place: int) -> None:
        wish = place - len(self._choices) - 2
        if wish >= 0:
            # A request is not a model: restore the field.
            self._show_chosen()
            self.wish_chosen.emit(wish)
        else:
            self.encoder_chosen.emit(self._choices[place - 1].id if place else None)

    def _on_badge(self) -> None:
        badge = self.sender()
        # The comparison is decided elsewhere; restore the badge until then.
        self.badges[badge.property("is_a")].toggle()
        self.compare_requested.emit(badge.property("is_a"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_detail()


def _item(text: str, tip: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setToolTip(tip)
    return item
