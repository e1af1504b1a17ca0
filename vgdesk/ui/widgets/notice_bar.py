from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from vgdesk.core.notices import Level, Notice
from vgdesk.ui.style.plain_text import LONGEST, on_one_line
from vgdesk.ui.style.theme import Theme, mixed, theme_of
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    Panel,
    StatusLine,
    bend,
    column,
    named,
    row,
    wrapped,
)
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark

INFO_MS = 6000
HISTORY = 200
WIDE = 420
_WORDS = {Level.ERROR: "Problem", Level.WARNING: "Please note", Level.INFO: "Note"}
_MARKS = {Level.ERROR: Mark.OCTAGON, Level.WARNING: Mark.TRIANGLE, Level.INFO: Mark.INFO}


@dataclass(slots=True)
class _Queued:
    notice: Notice
    action: str
    action_title: str
    times: int = 1


class NoticeBar(Panel):
    """A non-modal strip that shows one notice at a time.

    The newest notice is shown first. Information disappears automatically; warnings and errors
    stay until they are closed.

    Signals
    -------
    action_requested
        Id of the action whose button was clicked.
    """

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue: list[_Queued] = []
        self._history: list[Notice] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self._head = StatusLine()
        self._hint = wrapped()
        self._action = named(QPushButton(), "Action")
        self._close = named(QPushButton("Close"), "Close this notice")
        self._action.clicked.connect(self._on_action)
        self._close.clicked.connect(self.dismiss)
        self._lay_out()
        self.set_theme(theme_of(self.palette()))

    def _lay_out(self) -> None:
        self.setObjectName("notice_bar")
        # The hint is aligned with the message, not with its mark.
        self._hint.setIndent(MARK_SIZE + GAP)
        texts = column(self._head, self._hint, gap=2)
        texts.insertStretch(0)
        texts.addStretch()
        self._parts = row(margin=MARGIN, gap=MARGIN)
        self._parts.addLayout(texts, 1)
        buttons = row(self._action, self._close)
        buttons.insertStretch(0)
        self._parts.addLayout(buttons)
        self.setLayout(self._parts)

    def set_theme(self, theme: Theme) -> None:
        self._colours = {
            Level.ERROR: theme.bad,
            Level.WARNING: theme.warn,
            Level.INFO: theme.accent,
        }
        self._theme = theme
        self._show()

    def show_notice(self, notice: Notice, *, action: str = "", action_title: str = "") -> None:
        """Show a notice before older ones; repeated notices are counted.

        Parameters
        ----------
        action, action_title
            Id of an action that helps, and the text of its button; empty for no button.
        """
        self._history = [*self._history[1 - HISTORY :], notice]
        for queued in self._queue:
            if queued.notice == notice:
                queued.times += 1
                break
        else:
            # The newest comes first: it is about the user's last action.
            self._queue.insert(0, _Queued(notice, action, action_title))
        self._show()

    def history(self) -> tuple[Notice, ...]:
        """Return the latest notices, closed or not, oldest first."""
        return tuple(self._history)

    def dismiss(self) -> None:
        """Close the current notice."""
        del self._queue[:1]
        self._show()

    def _show(self) -> None:
        self._timer.stop()
        self.setVisible(bool(self._queue))
        if not self._queue:
            return
        queued = self._queue[0]
        notice, colour = queued.notice, self._colours[queued.notice.level]
        times = f" ({queued.times} times)" if queued.times > 1 else ""
        text = f"{_WORDS[notice.level]}: {on_one_line(notice.message, LONGEST)}{times}"
        self._head.show_status(_MARKS[notice.level], text, colour, ink=self._theme.text)
        self._hint.setText(on_one_line(notice.hint, LONGEST))
        self._hint.setVisible(bool(notice.hint))
        waiting = len(self._queue) - 1
        self._close.setText(f"Close ({waiting} more)" if waiting else "Close")
        self._action.setText(queued.action_title)
        self._action.setVisible(bool(queued.action))
        named(self._action, queued.action_title or "Action")
        self._paint(colour)
        if notice.level is Level.INFO:
            self._timer.start(INFO_MS)
        event = QAccessibleEvent(self._head, QAccessible.Event.Alert)
        QAccessible.updateAccessibility(event)

    def _paint(self, colour: str) -> None:
        """Tint the strip, with a bar of the full colour at its edge."""
        faint = mixed(self._theme.surface, colour, 0.0 if self._theme.is_high_contrast else 0.08)
        self.setStyleSheet(
            f"#notice_bar {{ background: {faint}; border: 1px solid {self._theme.edge};"
            f" border-left: 4px solid {colour}; }}"
        )

    def _on_action(self) -> None:
        action = self._queue[0].action
        self.dismiss()
        self.action_requested.emit(action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        bend(self._parts, is_wide=self.width() >= WIDE)
        super().resizeEvent(event)
