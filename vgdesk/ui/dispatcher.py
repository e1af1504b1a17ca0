from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Dispatcher(QObject):
    """The only bridge from other threads to the main thread.

    The slot is a method of a QObject: only these are guaranteed to run in its thread.
    """

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], object]) -> None:
        """Run `call` on the main thread, after already queued calls."""
        self._posted.emit(call)

    @Slot(object)
    def _run(self, call: Callable[[], object]) -> None:
        call()
