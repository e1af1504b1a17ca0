"""Start and orderly shutdown of the window."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from vgdesk.app.state.log_file import LOG_FILE, keep_log
from vgdesk.app.state.settings import user_folder
from vgdesk.app.workspace import Workspace
from vgdesk.core.errors import VgdeskError
from vgdesk.core.notices import Level, Notice
from vgdesk.ui import dialogs
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.style import theme

_log = logging.getLogger("vgdesk")


def run_window(arguments: Sequence[str]) -> int:
    """Open the window, optionally with a project; returns the exit code."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    keep_log()
    app = QApplication([sys.argv[0], *arguments])
    app.setApplicationName("vgdesk")
    theme.apply(app)
    dispatcher = Dispatcher()
    try:
        workspace = Workspace(dispatcher.post)
    except VgdeskError as error:
        sys.stderr.write(f"{error}\n")
        dialogs.show_why_not_started(error)
        return 1
    sys.excepthook = ExceptionHook(workspace)
    window = MainWindow(workspace)
    window.show()
    project = Path(arguments[0]) if arguments else None
    # Paint the window before anything else.
    QTimer.singleShot(0, window, lambda: workspace.start(project))
    code = app.exec()
    workspace.close()
    if workspace.capture.recorder.is_abandoned:
        # The unresponsive sound system would also block the exit of the interpreter.
        os._exit(code)
    return code


class ExceptionHook:
    """Logs unexpected errors and reports them in the window, without losing data."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.error("%s", "".join(traceback.format_exception(kind, error, trace)))
        self._workspace.events.notice.publish(
            Notice(
                "Something went wrong inside vgdesk. Your words and recordings are safe.",
                f"Details are in {user_folder('data') / LOG_FILE}.",
                Level.ERROR,
            )
        )
