"""Time to the first window, compared with an empty window of the same toolkit.

Each start is a new process; the two alternate. The result is the median wall time from the start of
the process to the first painted window.

    python benchmarks/first_window.py [runs]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1200, 800)
window.show()
"""
# As in `vgdesk.__main__` and `vgdesk.ui.application`, up to the first painted window.
OURS = """
import gc, sys, time
gc.disable()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vgdesk.ui.style import theme
from vgdesk.threads import limit_threads
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow
from vgdesk.app.workspace import Workspace
gc.enable()
limit_threads()
app = QApplication(sys.argv)
theme.apply(app)
dispatcher = Dispatcher()
workspace = Workspace(dispatcher.post)
window = MainWindow(workspace)
window.show()
"""
PAINTED = """
app.processEvents()
print(time.time(), *[m for m in ("torch", "transformers", "scipy", "sklearn") if m in sys.modules])
sys.stdout.flush()
import os
os._exit(0)
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    seconds: dict[str, list[float]] = {"empty window": [], "vgdesk": []}
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"VGDESK_HOME": home, "PYTHONPYCACHEPREFIX": home}
        # Otherwise every start would compile all modules, unlike the second start of a user.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        for run in range(runs + 1):
            for name, script in (("empty window", EMPTY), ("vgdesk", OURS)):
                took, heavy = start(script + PAINTED)
                if heavy:
                    sys.exit(f"{name} imported {heavy}")
                if run:  # the first start fills the disk cache and compiles the modules
                    seconds[name].append(took)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, median in medians.items():
        print(f"{name:14} {median:6.2f} s  ({min(seconds[name]):.2f} to {max(seconds[name]):.2f})")
    print(f"ratio          {medians['vgdesk'] / medians['empty window']:6.2f}")


def start(script: str) -> tuple[float, list[str]]:
    """Start one process; returns seconds to its first window, and heavy modules."""
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    painted, *heavy = done.stdout.split()
    return float(painted) - begun, heavy


if __name__ == "__main__":
    main()
