from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QWidget

from vgdesk.app.actions import RECORDER_KEYS
from vgdesk.ui.recording.level_meter import LevelMeter
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.widgets.form_parts import Panel

# Other widgets may use Enter, Backspace and the arrow keys themselves.
_LEAVES_KEYS = (QAbstractButton, LevelMeter, Panel, QMainWindow)


def shortcuts(key: str) -> list[QKeySequence]:
    """Return the keys of an action; most keyboards have two Enter keys."""
    return [QKeySequence(name) for name in ((key, "Return") if key == "Enter" else (key,)) if name]


class RecorderKeys(QObject):
    """Uses Enter, Backspace and the arrow keys for the recorder unless a widget needs them.

    Shortcuts of the window take precedence over lists, tables and views, unless the focused widget
    or one of its parents claims the key first.
    """

    def __init__(
        self,
        actions: Mapping[str, QAction],
        control: RecordingController,
        surfaces: Sequence[QWidget],
    ) -> None:
        """`surfaces` are the parts of the window, including docks, that contain all widgets."""
        super().__init__(control)
        self._actions = {name: actions[name] for name in RECORDER_KEYS}
        self._control = control
        self._keys = {key for action in self._actions.values() for key in action.shortcuts()}
        for surface in surfaces:
            surface.installEventFilter(self)
        control.use_changed.connect(self._enable)
        self._enable()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._is_wanted(event):
            event.accept()
            return True
        return False

    def _is_wanted(self, event: QEvent) -> bool:
        focus = QApplication.focusWidget()
        return (
            isinstance(event, QKeyEvent)
            and not isinstance(focus, _LEAVES_KEYS)
            and QKeySequence(event.keyCombination()) in self._keys
        )

    def _enable(self) -> None:
        in_use, is_waiting = self._control.is_in_use, self._control.is_waiting
        for name, action in self._actions.items():
            action.setEnabled(is_waiting if name == "keep_take" else in_use)
