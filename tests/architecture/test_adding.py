"""A new measure, family of encoders or view is one file and its name in one catalogue.

Each toy is added to a copy of the program as `docs/architecture.md` says, and then it works there:
on the command line, in the child processes, in the window.
"""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

ROOT = Path(__file__).parents[2]
TOYS = ROOT / "tests" / "toys"
SECONDS = 150
LOOK_AT_THE_WINDOW = """
import sys, time
from PySide6.QtWidgets import QApplication, QTabWidget
from vgdesk.app.workspace import Workspace
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow

def main():
    app = QApplication([])
    workspace = Workspace(Dispatcher().post)
    window = MainWindow(workspace)
    window.show()
    workspace.start()
    frame = window.views.frames["longest"]
    tabs = next(t for t in window.findChildren(QTabWidget) if t.indexOf(frame) >= 0)
    tabs.setCurrentWidget(frame)
    end = time.monotonic() + 120
    while not (frame.summary.startswith("36 words") and frame.table.rows):
        assert time.monotonic() < end, frame.summary
        app.processEvents()
        time.sleep(0.01)
    chosen = frame.table.rows[3][0]
    frame.list.selectRow(3)
    assert workspace.view_state.selection.words == (chosen,)
    print("summary:", frame.summary)
    print("tab:", tabs.tabText(tabs.indexOf(frame)))
    print("command:", frame.recipe)
    workspace.close()

if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True)
class Toy:
    """What is added: a file into a folder, and its name into a catalogue."""

    file: str
    folder: str
    name: str
    catalogue: str
    after: str  # the entry of the catalogue behind which it is listed


MEASURE = Toy(
    "city_block.py", "analyses/words", "CITY_BLOCK", "analyses/__init__.py", "EUCLIDEAN, PEARSON"
)
FAMILY = Toy("letter_counts.py", "encoders", "LETTER_COUNTS", "encoders/families.py", "CLIP_TEXT")
VIEW = Toy(
    "longest_vectors.py", "ui/views/lists", "LONGEST_VIEW", "ui/views/__init__.py", "RETRIEVAL_VIEW"
)


class Copy:
    """A copy of the program to which something is added."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "vgdesk"
        self.home = folder / "home"
        shutil.copytree(ROOT / "vgdesk", self.package, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "resources").symlink_to(ROOT / "resources")

    def add(self, toy: Toy) -> None:
        shutil.copy(TOYS / toy.file, self.package / toy.folder / toy.file)
        module = "vgdesk." + f"{toy.folder}/{toy.file.removesuffix('.py')}".replace("/", ".")
        catalogue = self.package / toy.catalogue
        head, mark, entries = catalogue.read_text("utf-8").rpartition(toy.after)
        assert mark
        head = head.replace("\nfrom vgdesk", f"\nfrom {module} import {toy.name}\nfrom vgdesk", 1)
        catalogue.write_text(f"{head}{mark}, {toy.name}{entries}", "utf-8")

    def touched(self) -> set[str]:
        """Return which files of the program are new or changed."""
        files = (f.relative_to(self.package) for f in self.package.rglob("*.py"))
        return {
            str(file)
            for file in files
            if not (old := ROOT / "vgdesk" / file).exists()
            or not filecmp.cmp(old, self.package / file, shallow=False)
        }

    def run(self, *arguments: str) -> str:
        path = {"PYTHONPATH": str(self.package.parent), "VGDESK_HOME": str(self.home)}
        ended = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, **path},
            cwd=self.package.parent,
            timeout=SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_measure_is_one_file_and_its_name_in_the_catalogue(copy: Copy) -> None:
    copy.add(MEASURE)
    assert copy.touched() == {"analyses/words/city_block.py", "analyses/__init__.py"}
    shown = copy.run(
        "-m", "vgdesk", "words", "spelling", "--words", "study-semantic", "--measure", "city-block",
        "--layer", "letters", "--json",
    )  # fmt: skip
    assert json.loads(shown)["measure"] == "city-block"
    assert "City-block distance" in copy.run("-m", "vgdesk", "measures")


def test_a_family_of_encoders_is_one_file_and_its_name_in_the_catalogue(
    copy: Copy, tmp_path: Path
) -> None:
    copy.add(FAMILY)
    assert copy.touched() == {"encoders/letter_counts.py", "encoders/families.py"}
    model = tmp_path / "counter"
    model.mkdir()
    config = {"model_type": "letter-counts", "letters": 40}
    (model / "config.json").write_text(json.dumps(config), "utf-8")
    save_file({"nothing": np.zeros(1, np.float32)}, model / "model.safetensors")
    shown = copy.run("-m", "vgdesk", "compare", str(model), "spelling", "--words", "study-semantic")
    assert "counter" in shown


@pytest.mark.slow
def test_a_view_is_one_file_and_its_name_in_the_catalogue(copy: Copy, tmp_path: Path) -> None:
    copy.add(VIEW)
    assert copy.touched() == {"ui/views/lists/longest_vectors.py", "ui/views/__init__.py"}
    script = tmp_path / "look.py"
    script.write_text(LOOK_AT_THE_WINDOW, "utf-8")
    said = copy.run(str(script))
    assert "summary: 36 words of Speech" in said
    assert "tab: Longest vectors" in said
    assert "command: vgdesk embed" in said
