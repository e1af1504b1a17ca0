"""Shared parts of panels: spacing, target sizes, and display of states."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPalette
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgdesk.core.names import LONGEST_NAME
from vgdesk.ui.style.plain_text import shortened
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark, mark_pixmap

MARGIN = 8
GAP = 6
TARGET = 28
NARROW = 230

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, tip: str = "") -> W:
    """Give a control an accessible name, a tooltip and a sufficient size.

    Parameters
    ----------
    name
        The name for screen readers.
    tip
        The tooltip; the name if empty.
    """
    widget.setAccessibleName(name)
    widget.setToolTip(tip or name)
    widget.setMinimumHeight(TARGET)
    return widget


def editable_combo(name: str, tip: str = "") -> QComboBox:
    """Make an editable list of choices."""
    combo, field = named(QComboBox(), name, tip), QLineEdit()
    field.setAccessibleName(name)
    field.setMaxLength(LONGEST_NAME)
    field.setPlaceholderText(name)
    combo.setLineEdit(field)
    return combo


def offer(combo: QComboBox, choices: Sequence[str], current: str) -> None:
    """Fill a list of choices; an unchanged list is left alone, even while open."""
    if [combo.itemText(i) for i in range(combo.count())] != list(choices):
        combo.clear()
        combo.addItems(list(choices))
    if combo.currentText() != current:
        combo.setCurrentText(current)


def column(*parts: QWidget | QLayout, margin: int = 0, gap: int = GAP) -> QVBoxLayout:
    """Arrange parts vertically."""
    return _filled(QVBoxLayout(), parts, margin, gap)


def row(*parts: QWidget | QLayout, margin: int = 0, gap: int = GAP) -> QHBoxLayout:
    """Arrange parts horizontally."""
    return _filled(QHBoxLayout(), parts, margin, gap)


def pairs(*parts: QWidget) -> QGridLayout:
    """Arrange parts in two columns of equal width."""
    layout = QGridLayout()
    layout.setSpacing(GAP)
    for i, part in enumerate(parts):
        layout.addWidget(part, i // 2, i % 2)
        layout.setColumnStretch(i % 2, 1)
    return layout


L = TypeVar("L", bound=QBoxLayout)


def _filled(layout: L, parts: tuple[QWidget | QLayout, ...], margin: int, gap: int) -> L:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for part in parts:
        if isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
    return layout


def scrolling(content: QLayout) -> QScrollArea:
    """Make a layout scroll vertically if necessary."""
    inner = QWidget()
    inner.setLayout(content)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    # Widgets inside take the focus and scroll into view automatically.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


class Panel(QFrame):
    """A widget that adapts to the width of a narrow dock.

    Attributes
    ----------
    first
        Widget that gets the panel's focus; a focus proxy would drop out of the Tab order.
    """

    first: QWidget | None = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.first is not None:
            self.first.setFocus(event.reason())

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROW, super().minimumSizeHint().height())


def bend(layout: QBoxLayout, *, is_wide: bool) -> None:
    """Arrange a layout horizontally, or vertically if it is narrow."""
    across = QBoxLayout.Direction.LeftToRight
    layout.setDirection(across if is_wide else QBoxLayout.Direction.TopToBottom)


def tint(widget: QWidget, colour: str) -> None:
    """Set the text colour of a widget."""
    palette = widget.palette()
    for part in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(part, QColor(colour))
    widget.setPalette(palette)


def scale_font(widget: QWidget, factor: float, *, bold: bool = False) -> None:
    """Scale the font of a widget."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    widget.setFont(font)


def wrapped(text: str = "") -> QLabel:
    """Make a label that wraps instead of requiring width."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


class StatusLine(QWidget):
    """A state as mark, colour and text."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QLabel()
        self._picture.setFixedSize(MARK_SIZE, MARK_SIZE)
        self._label = wrapped()
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = row()
        # The mark stays next to the first line of wrapped text.
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._label, 1)
        self.setLayout(line)

    def show_status(self, mark: Mark, text: str, colour: str, *, ink: str = "") -> None:
        """Show a state; the text has the colour of the mark, or `ink`."""
        lead = (self._label.fontMetrics().height() - MARK_SIZE) // 2
        self._picture.setContentsMargins(0, max(0, lead), 0, 0)
        self._picture.setFixedHeight(MARK_SIZE + max(0, lead))
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(mark_pixmap(mark, colour, ratio=ratio))
        self._label.setText(shortened(text))
        self.setAccessibleName(text)
        tint(self._label, ink or colour)

    def text(self) -> str:
        return self._label.text()


class EmptyNote(QWidget):
    """Explains why a panel is empty and offers actions to fill it.

    Signals
    -------
    step_requested
        Index of the clicked button.
    """

    step_requested = Signal(int)

    def __init__(self, title: str, reason: str, steps: tuple[tuple[str, str], ...] = ()) -> None:
        """Show title and reason; each step is a button text with its tooltip."""
        super().__init__()
        heading, self._reason = wrapped(title), wrapped(reason)
        scale_font(heading, 1.15, bold=True)
        for label in (heading, self._reason):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(heading, self._reason, margin=MARGIN, gap=MARGIN)
        for i, (text, tip) in enumerate(steps):
            button = named(QPushButton(text), text, tip)
            button.setProperty("step", i)
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.insertStretch(0, 2)
        layout.addStretch(3)
        self.setLayout(layout)

    def show_reason(self, reason: str) -> None:
        self._reason.setText(reason)

    def set_muted(self, colour: str) -> None:
        tint(self._reason, colour)

    def _on_clicked(self) -> None:
        self.step_requested.emit(self.sender().property("step"))
