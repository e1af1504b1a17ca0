"""The real window, recording and editing by itself until it is killed.

    python -m tests.recording_program PROJECT

It prints a JSON line for all that a user could rely on: an edit or a take that is there for good,
and how long the running take is. Before an edit is made it is announced: one that is on the disk
when the program dies may not have been told as such.
"""

import itertools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.workspace import Workspace
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow

TICK = 20  # ms
TICKS_OF_A_TAKE = 40


def say(**news: object) -> None:
    """Tell the one who watches."""
    print(json.dumps(news), flush=True)  # noqa: T201


class Hand:
    """Presses the keys: a take, its answer, an edit, the next take."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._numbers = itertools.count()
        self._ticks = 0
        self._known = 0

    def tick(self) -> None:
        flow, recorder = self._workspace.take_sequence, self._workspace.capture.recorder
        stage, self._ticks = flow.stage, self._ticks + 1
        if stage is Stage.RECORDING:
            say(running=recorder.seconds)
            if self._ticks >= TICKS_OF_A_TAKE:
                flow.toggle("", "")
        elif stage is Stage.REVIEW:
            take = tuple(self._workspace.session.takes)[-1]
            self._when_written(lambda: say(take=take))
            self._answer(next(self._numbers))
        elif stage in (Stage.READY, Stage.OFF):
            self._ticks = 0
            flow.toggle(f"word {next(self._numbers)}", "group")

    def _answer(self, number: int) -> None:
        workspace = self._workspace
        word, mark = tuple(workspace.session.words)[-1], f"{os.getpid()}-{number}"
        say(begun=mark, word=word)
        workspace.editor.label([word], "mark", mark)
        self._when_written(lambda: say(label=mark, word=word))
        self._ticks = 0
        if number % 3 == 0:
            workspace.take_sequence.retake()
        else:
            workspace.take_sequence.toggle(f"word {number}", "group")

    def _when_written(self, then: Callable[[], object]) -> None:
        self._workspace.projects.when_written(then)


def main() -> None:
    """Record until killed."""
    app = QApplication(sys.argv[:1])
    dispatcher = Dispatcher()
    workspace = Workspace(dispatcher.post)
    workspace.configure(stop_by_voice=False)
    window = MainWindow(workspace)
    window.show()
    workspace.start(Path(sys.argv[1]))
    hand = Hand(workspace)
    timer = QTimer(window)
    timer.setInterval(TICK)
    timer.timeout.connect(hand.tick)
    workspace.events.session_changed.subscribe(lambda _change: timer.start())
    app.exec()


if __name__ == "__main__":
    main()
