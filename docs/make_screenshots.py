"""Pictures of the running program, for the README and for a critical look.

xvfb-run -a -s "-screen 0 1920x1200x24" python docs/make_screenshots.py [folder]
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import WordId
from vgdesk.core.viewing import Order, Shown
from vgdesk.threads import limit_threads
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.style import theme

LONGEST_WAIT = 60.0  # s
SETTLED = 0.6  # s without news: animations have ended


class Studio:
    """A window with the demo words, and a camera."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.dispatcher = Dispatcher()
        self.workspace = Workspace(self.dispatcher.post)
        self.window = MainWindow(self.workspace)
        self.window.show()
        self.workspace.start()
        frames = [f for f in self.window.views.frames.values() if f.isVisible()]
        self.wait(lambda: all(frame.summary.startswith("n = 36") for frame in frames))
        self.workspace.view_state.select(WordId("goat"), WordId("coat"))

    def wait(self, is_true: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONGEST_WAIT
        while not is_true():
            self.app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > deadline:
                sys.exit("the views stayed empty")

    def settle(self) -> None:
        calm = time.monotonic() + SETTLED
        self.wait(lambda: time.monotonic() > calm)

    def shoot(self, name: str, width: int, height: int) -> None:
        self.window.resize(width, height)
        self.settle()
        self.window.grab().save(str(self.folder / f"{name}.png"))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["VGDESK_HOME"] = home
        limit_threads()
        app = QApplication([])
        theme.apply(app, dark=False)
        studio = Studio(app, folder)
        view_state = studio.workspace.view_state
        studio.shoot("main", 1440, 900)
        theme.apply(app, dark=True)
        studio.shoot("dark", 1440, 900)
        theme.apply(app, dark=False)
        view_state.change(lambda r: replace(r, shown=Shown.DIFFERENCE))
        studio.shoot("difference", 1440, 900)
        view_state.change(lambda r: replace(r, shown=Shown.A, order=Order.GROUP))
        studio.window.views.set_grid(False)
        studio.shoot("tabs", 1024, 768)
        studio.window.views.set_grid(True)
        studio.window.views.toggle_tables()
        studio.shoot("tables", 1440, 900)
        studio.window.views.toggle_tables()
        studio.workspace.projects.new(studio.workspace.session)
        studio.shoot("empty", 1440, 900)
        studio.workspace.close()


if __name__ == "__main__":
    main()
