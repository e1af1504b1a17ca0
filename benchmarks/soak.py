"""Record through a virtual microphone for an hour, a word every few seconds, in the real window.

    python -m benchmarks.soak [MINUTES]

Prints lost blocks, memory and open files every few minutes; the floor is the first line after
warming up.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tests.virtual_sound_card import VirtualSoundCard, virtual_sound_card
from vgdesk.app.state.settings import RecordMode
from vgdesk.app.workspace import Workspace
from vgdesk.audio.files import Recording, describe
from vgdesk.core.model import Session, Word, WordId
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow

SECONDS_A_WORD = 3.5
LINES = 12


class Watch:
    """Tracks resources that must not grow."""

    def __init__(self, workspace: Workspace, minutes: float) -> None:
        self._workspace = workspace
        self._begun = time.monotonic()
        self._every = 60 * minutes / LINES
        self._next = self._every
        self._lost = 0
        self._seen = 0
        workspace.events.session_changed.subscribe(lambda _change: self._look())

    def _look(self) -> None:
        takes = len(self._workspace.session.takes)
        if takes == self._seen:
            return
        self._seen = takes
        self._lost += self._workspace.capture.recorder.lost_blocks
        if (elapsed := time.monotonic() - self._begun) >= self._next:
            self._next += self._every
            self.report(elapsed)

    def report(self, elapsed: float) -> None:
        """Print one line."""
        status = Path("/proc/self/status").read_text().splitlines()
        size = next(line for line in status if line.startswith("VmRSS"))
        files = len(list(Path("/proc/self/fd").iterdir()))
        shortest = min(
            describe(take.file).seconds
            for take in list(self._workspace.session.takes.values())[-5:]
        )
        print(
            f"{elapsed / 60:5.1f} min {self._seen:5d} takes {self._lost:3d} blocks lost "
            f"{int(size.split()[1]) / 1024:6.1f} MB {files:3d} open files, "
            f"shortest of the last five takes {shortest:.2f} s",
            flush=True,
        )


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as home, virtual_sound_card() as card:
        os.environ["VGDESK_HOME"] = home
        record(card, minutes)


def record(card: VirtualSoundCard, minutes: float) -> None:
    """Run a timed round with noise on the microphone."""
    app = QApplication(sys.argv[:1])
    dispatcher = Dispatcher()
    workspace = Workspace(dispatcher.post)
    workspace.configure(record_mode=RecordMode.ROUND, round_seconds=SECONDS_A_WORD)
    window = MainWindow(workspace)
    window.show()
    names = [f"word {number}" for number in range(round(60 * minutes / SECONDS_A_WORD) + 10)]
    words = {WordId(name): Word(WordId(name), name) for name in names}
    workspace.store.open(Session(words), "Begin")
    workspace.view_state.select(WordId(names[0]))
    watch = Watch(workspace, minutes)
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000 * 600).astype(np.float32)
    feeder = _endless(card, Recording(noise, 48_000))
    QTimer.singleShot(1000, window, lambda: workspace.take_sequence.toggle(names[0], ""))
    # Not quit, which would ask about unsaved edits.
    QTimer.singleShot(round(60_000 * minutes), window, lambda: app.exit(0))
    app.exec()
    feeder()
    watch.report(60 * minutes)
    workspace.store.saved(workspace.session)
    workspace.close()


def _endless(card: VirtualSoundCard, sound: Recording) -> Callable[[], None]:
    """Play the sound in a loop; return the function that ends it."""
    import threading

    is_over = threading.Event()

    def play() -> None:
        while not is_over.is_set():
            with card.playing_into_microphone(sound):
                is_over.wait(sound.seconds)

    thread = threading.Thread(target=play, daemon=True)
    thread.start()

    def end() -> None:
        is_over.set()
        thread.join()

    return end


if __name__ == "__main__":
    main()
