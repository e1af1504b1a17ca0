from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vgdesk.core.model import WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.frame.header import Header
from vgdesk.ui.views.frame.message_page import MessagePage
from vgdesk.ui.widgets.data_table import Table, TableModel, table_view
from vgdesk.ui.widgets.elided_text import ElidedText

# A result within this time replaces the old one without flicker.
DIM_AFTER_MS = 250


class State(Enum):
    """The state of a view."""

    MISSING = "missing"
    READY = "ready"
    BUSY = "busy"
    STALE = "stale"
    PROBLEM = "problem"


class ViewFrame(QWidget):
    """The frame of every view: title, controls, state, chart or table, and a summary.

    A view is a subclass that provides a chart and calls `_present` with each new result.

    Signals
    -------
    action_requested
        A request for the action that fills the view.
    seen
        Whether the view is visible.
    """

    action_requested = Signal()
    seen = Signal(bool)

    def __init__(self, title: str, chart: QWidget, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.chart = chart
        self.state = State.MISSING
        self._make_table: Callable[[], Table] = Table
        self._make_recipe: Callable[[], str] = str
        self._title = title
        self._head = Header(title)
        self._strip = QLabel()
        self._summary = ElidedText(max_lines=3)
        self._table_model = TableModel()
        self._table = table_view(self._table_model)
        self._page = MessagePage()
        self._page.action_requested.connect(self.action_requested)
        self._box = FocusBox((chart, self._table, self._page))
        self._table_button = self._tool(
            "Table", "Show the numbers instead of the chart (T: all views; Ctrl+T: this view)"
        )
        self._copy_button = self._tool("Copy", "Copy the numbers, for a spreadsheet or R")
        self._recipe = QAction("Copy as command line", self)
        self._lay_out()
        self._connect()
        for part in (self, chart):
            part.setAccessibleName(title)
        self._table.setAccessibleName(f"{title}, as a table")
        self.setFocusProxy(chart)
        self.show_missing("Nothing to show yet.")

    # Called by the window

    def show_missing(self, reason: str, action_title: str | None = None) -> None:
        """Show why the view is empty, and offer an action that fills it."""
        self._page.say(reason, "", action_title or "")
        self._enter(State.MISSING)

    def show_problem(self, message: str, hint: str) -> None:
        """Show an error and its hint until something else is shown."""
        self._page.say(message, hint, "", is_problem=True)
        self._enter(State.PROBLEM)

    def show_busy(self, text: str) -> None:
        """Show that a new result is being computed; the old one is dimmed after a moment."""
        if self._is_empty():
            self._page.say(text, "", "")
            return
        self._enter(State.BUSY, text)

    def show_stale(self, text: str = "Out of date") -> None:
        """Show that the result is older than the last edits."""
        if not self._is_empty():
            self._enter(State.STALE, text)

    def show_ready(self) -> None:
        """Show the last result as current."""
        self._enter(State.READY)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._box.set_theme(theme)
        self._page.set_theme(theme)
        self._strip.setStyleSheet(
            f"background: {theme.strip}; color: {theme.strip_text}; padding: 4px 8px;"
        )

    @property
    def summary(self) -> str:
        return self._summary.text

    @property
    def table(self) -> Table:
        """The numbers of the displayed result."""
        return self._make_table()

    @property
    def is_table(self) -> bool:
        """Whether the numbers are shown instead of the chart."""
        return self._table_button.isChecked()

    @property
    def recipe(self) -> str:
        """The command that reproduces the result."""
        return self._make_recipe()

    def show_recipe(self, make_recipe: Callable[[], str]) -> None:
        """Set the function that builds the command to reproduce the result, on demand."""
        self._make_recipe = make_recipe

    def show_table(self, is_table: bool) -> None:
        """Show the numbers, or the chart."""
        self._table_button.setChecked(is_table)

    def set_titled(self, is_titled: bool) -> None:
        """Show the title, or hide it if a tab shows it."""
        self._head.set_titled(is_titled)

    def add_control(self, *controls: QWidget) -> None:
        """Add controls next to the title."""
        self._head.add_controls(controls)

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected words, in a view that shows words."""

    def show_pending(self, words: tuple[WordId, ...]) -> None:
        """Show words that have no vectors yet, in a view that has a place for them."""

    # Called by views

    def _present(self, summary: str, warning: str, make_table: Callable[[], Table]) -> None:
        """Show a new result; the table is built on demand."""
        self._make_table = make_table
        self._summary.set_text(summary)
        self.setAccessibleDescription(summary)
        self.chart.setAccessibleDescription(summary)
        self._strip.setText(warning)
        self._strip.setAccessibleName(f"Warning: {warning}" if warning else "")
        self.show_ready()
        if self._table_button.isChecked():
            self._table_model.show_table(self.table)

    def _tool(self, text: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text}: {self._title}")
        button.setCheckable(checkable)
        button.setAutoRaise(True)
        button.setMinimumHeight(26)
        return button

    # Implementation

    def _enter(self, state: State, badge: str = "") -> None:
        self.state = state
        has_result = state in (State.READY, State.BUSY, State.STALE)
        for part in (self._table_button, self._copy_button):
            part.setEnabled(has_result)
        self._summary.setVisible(has_result)
        self._copy_button.setVisible(has_result)
        self._strip.setVisible(has_result and bool(self._strip.text()))
        self._box.show_part(self._shown_part() if has_result else self._page)
        self._box.set_dimmed(badge, at_once=state is State.STALE)

    def _is_empty(self) -> bool:
        return self.state in (State.MISSING, State.PROBLEM)

    def _shown_part(self) -> QWidget:
        return self._table if self._table_button.isChecked() else self.chart

    def _switch_part(self) -> None:
        if self._table_button.isChecked():
            self._table_model.show_table(self.table)
            self._table.resizeColumnsToContents()
        if self._is_empty():
            return  # the message stays: the chart behind it is outdated
        self._box.show_part(self._shown_part())
        self._shown_part().setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.as_tsv())

    def _copy_recipe(self) -> None:
        QGuiApplication.clipboard().setText(self.recipe)

    def _show_recipe(self) -> None:
        self._recipe.setToolTip(self.recipe)

    def _connect(self) -> None:
        self._table_button.setCheckable(True)
        self._table_button.toggled.connect(self._switch_part)
        self._copy_button.clicked.connect(self._copy)
        menu = QMenu(self._copy_button)
        menu.setToolTipsVisible(True)
        menu.addAction("Copy numbers").triggered.connect(self._copy)
        menu.addAction(self._recipe)
        menu.aboutToShow.connect(self._show_recipe)
        self._recipe.triggered.connect(self._copy_recipe)
        self._copy_button.setMenu(menu)
        self._copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        shortcut = QShortcut(QKeySequence("Ctrl+T"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._table_button.click)

    def _lay_out(self) -> None:
        self._head.add_button(self._table_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 2, 4, 3)
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._copy_button, 0, Qt.AlignmentFlag.AlignBottom)
        self._strip.setWordWrap(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._head)
        rows.addWidget(self._strip)
        rows.addWidget(self._box, 1)
        rows.addLayout(foot)
        self.setMinimumSize(220, 200)

    def sizeHint(self) -> QSize:
        return QSize(480, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._summary.set_max_lines(2 if self.height() < 380 else 3)


class FocusBox(QWidget):
    """Shows one of several widgets, with a focus ring, and can dim it."""

    def __init__(self, parts: Sequence[QWidget]) -> None:
        super().__init__()
        self._ring = QColor()
        self._stack = QStackedWidget()
        for part in parts:
            self._stack.addWidget(part)
            part.installEventFilter(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(2, 2, 2, 2)
        rows.addWidget(self._stack)
        self._veil = Veil(self)
        self._dim_timer = QTimer(self, singleShot=True, interval=DIM_AFTER_MS)
        self._dim_timer.timeout.connect(self._veil.show)

    def show_part(self, part: QWidget) -> None:
        self._stack.setCurrentWidget(part)

    def set_dimmed(self, badge: str, *, at_once: bool) -> None:
        """Dim the widget with a reason; an empty text undims it."""
        self._veil.set_text(badge)
        if not badge:
            self._dim_timer.stop()
            self._veil.hide()
        elif at_once:
            self._veil.show()
        elif not self._dim_timer.isActive():
            self._dim_timer.start()

    def set_theme(self, theme: Theme) -> None:
        self._ring = QColor(theme.accent)
        self._veil.set_theme(theme)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.base))
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        part = self._stack.currentWidget()
        if part is None or not part.hasFocus():
            return
        painter = QPainter(self)
        painter.setPen(QPen(self._ring, 2))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._veil.setGeometry(self.rect())


class Veil(QWidget):
    """Dims the widget below it, shows a badge, and passes clicks through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim = QColor(self._theme.base)
        dim.setAlphaF(0.45)
        painter.fillRect(self.rect(), dim)
        metrics = self.fontMetrics()
        room = self.width() - 40
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        width, height = metrics.horizontalAdvance(text) + 20, metrics.height() + 8
        badge = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(QColor(self._theme.edge), 1))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(badge, height / 2, height / 2)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
