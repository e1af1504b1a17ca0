import subprocess
import sys

# PySide6 6.12.0 loses one reference to None or True a call on Python 3.10 and 3.11, and the
# process aborts after some five thousand of them (PYSIDE-3474).
LOOP = """
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
widget = QWidget()
for _ in range(200_000):
    widget.setEnabled(True)
"""


def test_this_pyside_keeps_its_references() -> None:
    made = subprocess.run([sys.executable, "-c", LOOP], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
