"""The real window, for the time of a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.warm_children import warm_children
from vgdesk.app.workspace import Workspace
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow

Wait = Callable[[Callable[[], object]], None]  # until something is true


@contextmanager
def opened_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Make a window that is not shown yet; in the end it is closed without a question."""
    dispatcher = Dispatcher()
    with warm_children() as children:
        workspace = Workspace(dispatcher.post)
        children.follow(workspace.events)
        window = MainWindow(workspace)
        qtbot.addWidget(
            window, before_close_func=lambda _w: workspace.store.saved(workspace.session)
        )
        try:
            yield window
        finally:
            children.may_analyse.set()
            workspace.close()
            dispatcher.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
