"""What `CONTRIBUTING.md` says about adding something is all that is needed.

Each toy, and each piece of code on that page, is added to a copy of the program, and then it works
there: on the command line, in the child processes, in the window.
"""

import filecmp
import json
import os
import re
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
GUIDE = ROOT / "CONTRIBUTING.md"
TAKES = ROOT / "resources" / "demo.vgdesk" / "takes"
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
INVERT_THE_SELECTION = """
import time
from PySide6.QtWidgets import QApplication
from vgdesk.app.workspace import Workspace
from vgdesk.ui.dispatcher import Dispatcher
from vgdesk.ui.main_window import MainWindow

def main():
    app = QApplication([])
    workspace = Workspace(Dispatcher().post)
    window = MainWindow(workspace)
    workspace.start()
    end = time.monotonic() + 120
    while not workspace.session.words:
        assert time.monotonic() < end
        app.processEvents()
        time.sleep(0.01)
    words = tuple(workspace.session.words)
    workspace.view_state.select(*words[:2])
    window.actions_by_id["invert_selection"].trigger()
    assert workspace.view_state.selection.words == words[2:]
    print(window.actions_by_id["invert_selection"].text())
    workspace.close()

if __name__ == "__main__":
    main()
"""
KEEP_A_SETTING = """
from dataclasses import replace
from pathlib import Path
from vgdesk.app.state.settings import load_settings, save_settings

file = Path("settings.json")
assert not load_settings(file)[0].plays_new_takes
save_settings(file, lambda settings: replace(settings, plays_new_takes=True))
print(load_settings(file)[0].plays_new_takes)
"""


@dataclass(frozen=True)
class Toy:
    """What is added: a file into a folder, and its name into a catalogue."""

    file: str
    folder: str
    name: str
    catalogue: str
    after: str  # the entry of the catalogue behind which it is listed
    entry: str = ""  # of the catalogue, if it is not the name alone


MEASURE = Toy(
    "city_block.py", "analyses/words", "CITY_BLOCK", "analyses/__init__.py", "EUCLIDEAN, PEARSON"
)
FAMILY = Toy("letter_counts.py", "encoders", "LETTER_COUNTS", "encoders/families.py", "CLIP_TEXT")
VIEW = Toy(
    "longest_vectors.py", "ui/views/lists", "LONGEST_VIEW", "ui/views/__init__.py", "RETRIEVAL_VIEW"
)
FORMAT = Toy(
    "htk_labels.py",
    "app/formats",
    "read_htk_labels",
    "app/exchange/annotations.py",
    '".eaf": read_eaf',
    '".lab": read_htk_labels',
)


def codes_of(title: str) -> list[tuple[str, str]]:
    """Return the file that each piece of code under a heading of the page names, and the code."""
    _, _, section = GUIDE.read_text("utf-8").partition(f"\n### {title}\n")
    assert section, title
    blocks = re.findall(r"^```python\n(.*?)^```", section.partition("\n### ")[0], re.S | re.M)
    heads = [re.fullmatch(r"# vgdesk/(\S+), in \w+\n(.*)", block, re.S) for block in blocks]
    return [(head[1], head[2]) for head in heads if head]


class Copy:
    """A copy of the program to which something is added."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "vgdesk"
        self.home = folder / "home"
        shutil.copytree(ROOT / "vgdesk", self.package, ignore=shutil.ignore_patterns("__pycache__"))
        self.resources = folder / "resources"
        self.resources.mkdir()
        for resource in (ROOT / "resources").iterdir():
            (self.resources / resource.name).symlink_to(resource)

    def add(self, toy: Toy) -> None:
        shutil.copy(TOYS / toy.file, self.package / toy.folder / toy.file)
        module = "vgdesk." + f"{toy.folder}/{toy.file.removesuffix('.py')}".replace("/", ".")
        catalogue = self.package / toy.catalogue
        head, mark, entries = catalogue.read_text("utf-8").rpartition(toy.after)
        assert mark
        head = head.replace("\nfrom vgdesk", f"\nfrom {module} import {toy.name}\nfrom vgdesk", 1)
        catalogue.write_text(f"{head}{mark}, {toy.entry or toy.name}{entries}", "utf-8")

    def insert(self, file: str, code: str, *, after: str = "") -> None:
        """Add code to a module: after a line, or at the end."""
        text = (self.package / file).read_text("utf-8")
        head, mark, rest = text.partition(after) if after else (text, "\n", "")
        assert mark
        (self.package / file).write_text(f"{head}{mark}{code}{rest}", "utf-8")

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


def test_a_format_of_annotations_is_one_file_and_its_suffix(copy: Copy, tmp_path: Path) -> None:
    copy.add(FORMAT)
    assert copy.touched() == {"app/formats/htk_labels.py", "app/exchange/annotations.py"}
    shutil.copy(min(TAKES.glob("*.flac")), tmp_path / "a.flac")
    (tmp_path / "a.lab").write_text("0 3000000 bear\n3000000 5000000 moon\n", "utf-8")
    said = copy.run("-m", "vgdesk", "import", "x.vgdesk", "a.lab", "--tier", "words")
    assert "Added 2 of 2" in said
    assert "\t0.3\t0.5\t" in (tmp_path / "x.vgdesk" / "words.tsv").read_text("utf-8")


def test_a_setting_is_one_field(copy: Copy) -> None:
    ((file, code),) = codes_of("A setting")
    copy.insert(file, code, after='a description."""\n\n')
    assert copy.run("-c", KEEP_A_SETTING).strip() == "True"


@pytest.mark.slow
def test_an_action_is_one_entry_and_its_method(copy: Copy, tmp_path: Path) -> None:
    entry, asked, method = codes_of("An action")
    copy.insert(*entry, after="ACTIONS = catalogue(\n")
    copy.insert(*asked, after='"""Words in the list."""\n\n')
    copy.insert(*method)
    script = tmp_path / "invert.py"
    script.write_text(INVERT_THE_SELECTION, "utf-8")
    assert copy.run(str(script)).strip() == "Invert selection"


def test_a_list_of_words_is_one_table_and_its_entry(copy: Copy) -> None:
    ((file, code),) = codes_of("A lesson")
    copy.insert(file, code, after="= catalogue(\n")
    lists = copy.resources / "word_lists"
    lists.unlink()
    shutil.copytree(ROOT / "resources" / "word_lists", lists)
    (table,) = re.findall(r"^```tsv\n(.*?)^```", GUIDE.read_text("utf-8"), re.S | re.M)
    (lists / "animals.tsv").write_text(table, "utf-8")
    shown = copy.run(
        "-m", "vgdesk", "words", "spelling", "--words", "animals", "--measure", "cosine",
        "--layer", "letters", "--json",
    )  # fmt: skip
    assert len(json.loads(shown)["words"]) == 4
