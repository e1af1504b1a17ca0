"""Modal questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QInputDialog,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from vgdesk import __version__
from vgdesk.app.actions import ACTIONS
from vgdesk.app.exchange.annotations import READERS
from vgdesk.app.exchange.exporting import EXPORTS
from vgdesk.app.exchange.import_preview import TABLES
from vgdesk.app.exchange.word_lists import WORD_LISTS
from vgdesk.app.project.opening import MOST_NAMED, Unsaved
from vgdesk.audio.files import SUFFIXES
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.encoders.given_vectors import ENDINGS
from vgdesk.ui.style.plain_text import bold, on_one_line

PROJECT = ".vgdesk"
PACKED = ".vgz"


class Leave(Enum):
    """The decision about unsaved edits."""

    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a save dialog.

    Attributes
    ----------
    may_replace
        Whether the dialog asked about replacing a file of exactly this name.
    """

    place: Path
    may_replace: bool

    @classmethod
    def of(cls, chosen: str, suffix: str) -> "Target":
        """Build the target of a dialog; replacing was not asked if a suffix is added."""
        place = Path(chosen)
        if place.suffix == suffix:
            return cls(place, may_replace=True)
        return cls(place.with_name(place.name + suffix), may_replace=False)


def ask_project(parent: QWidget) -> Path | None:
    """Ask for a project folder."""
    return ask_folder(parent, "Open project (a folder ending in .vgdesk)")


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for an existing folder."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(Path.home()))
    return Path(chosen) if chosen else None


def ask_export_kind(parent: QWidget) -> str:
    """Ask for the export format; returns an id of EXPORTS, empty if none was chosen."""
    kinds = {one.title: one.id for one in EXPORTS.values()}
    chosen, is_given = QInputDialog.getItem(
        parent, "Export words", "Format", list(kinds), editable=False
    )
    return kinds[chosen] if is_given else ""


def ask_export_target(parent: QWidget, kind: str, name: str) -> Target | None:
    """Ask for the file or the new folder of an export."""
    suffix = EXPORTS[kind].suffix
    chosen, _filter = QFileDialog.getSaveFileName(
        parent,
        EXPORTS[kind].title,
        str(Path.home() / f"{name}{suffix}"),
        f"*{suffix}" if suffix else "New folders (*)",
    )
    return Target.of(chosen, suffix) if chosen else None


def ask_unsaved(parent: QWidget, found: Sequence[Unsaved]) -> Path | None:
    """Ask which unsaved project to open."""
    titles = [f"{place}. {_unsaved_title(one)}" for place, one in enumerate(found, start=1)]
    chosen, is_given = QInputDialog.getItem(
        parent, "Open unsaved work", "Project", titles, editable=False
    )
    return found[titles.index(chosen)].folder if is_given else None


def _unsaved_title(one: Unsaved) -> str:
    words = ", ".join(one.words) + (" …" if len(one.words) == MOST_NAMED else "") or "no words"
    takes = counted(one.takes, "take")
    return f"{one.at[:16].replace('T', ' ')}: {words}; {takes}"


def ask_packed_file(parent: QWidget) -> Path | None:
    """Ask for a packed project."""
    chosen, _filter = QFileDialog.getOpenFileName(
        parent, "Open packed project", str(Path.home()), f"Packed projects (*{PACKED})"
    )
    return Path(chosen) if chosen else None


def ask_packed_name(parent: QWidget, project: Path) -> Target | None:
    """Ask for the file name of a packed project."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent,
        "Pack project into one file",
        str(project.with_suffix(PACKED)),
        f"Packed projects (*{PACKED})",
    )
    return Target.of(chosen, PACKED) if chosen else None


def ask_new_project(parent: QWidget, name: str, folder: Path | None = None) -> Path | None:
    """Ask where to save a project."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent,
        "Save project as a folder",
        str((folder or Path.home()) / f"{name}{PROJECT}"),
        f"vgdesk projects (*{PROJECT})",
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    if not chosen:
        return None
    folder = Path(chosen)
    return folder if folder.suffix == PROJECT else folder.with_name(folder.name + PROJECT)


def ask_vectors(parent: QWidget) -> Path | None:
    """Ask for a file of word vectors."""
    kinds = " ".join(f"*{ending}" for ending in ENDINGS)
    chosen, _filter = QFileDialog.getOpenFileName(
        parent, "Word vectors, one word per line", str(Path.home()), f"Word vectors ({kinds})"
    )
    return Path(chosen) if chosen else None


def ask_files_to_add(parent: QWidget) -> list[Path]:
    """Ask for sound files, annotations and tables."""
    annotations = _patterns({*READERS, *map(str.lower, READERS)})
    sounds, tables = _patterns(SUFFIXES), _patterns(TABLES)
    chosen, _filter = QFileDialog.getOpenFileNames(
        parent,
        "Sound files with one word each, annotations, or tables of recordings",
        str(Path.home()),
        f"All supported files ({' '.join((*sounds, *annotations, *tables))});;"
        f"Sound files ({' '.join(sounds)});;Annotations ({' '.join(annotations)});;"
        f"Tables ({' '.join(tables)})",
    )
    return [Path(file) for file in chosen]


def ask_long_recording(parent: QWidget) -> Path | None:
    """Ask for one sound file with many words."""
    kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
    chosen, _filter = QFileDialog.getOpenFileName(
        parent, "A recording of many words", str(Path.home()), f"Sound files ({kinds})"
    )
    return Path(chosen) if chosen else None


def ask_table(parent: QWidget) -> Path | None:
    """Ask for a table of words."""
    file, _filter = QFileDialog.getOpenFileName(
        parent,
        "A table with a column of words",
        str(Path.home()),
        f"Tables ({' '.join(_patterns(TABLES))})",
    )
    return Path(file) if file else None


def _patterns(suffixes: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"*{suffix}" for suffix in sorted(suffixes))


def ask_word_list(parent: QWidget) -> str:
    """Ask for a built-in list or a file; returns its name, empty if none was chosen."""
    names = {words.title: words.id for words in WORD_LISTS.values()}
    own = "My own file…"
    chosen, is_given = QInputDialog.getItem(
        parent, "Add word list", "List", [*names, own], editable=False
    )
    if not is_given or chosen != own:
        return names[chosen] if is_given else ""
    return ask_prompt_file(parent)


def ask_prompt_file(parent: QWidget) -> str:
    """Ask for a file with prompts; empty if none was chosen."""
    file, _filter = QFileDialog.getOpenFileName(
        parent,
        "One word per line, or a table with a column “word”",
        str(Path.home()),
        "Word lists (*.txt *.tsv *.csv)",
    )
    return file


def ask_ratings(parent: QWidget) -> Path | None:
    """Ask for a table of human similarity ratings."""
    chosen, _filter = QFileDialog.getOpenFileName(
        parent,
        "A table with the columns word1, word2 and similarity",
        str(Path.home()),
        "Tables (*.txt *.tsv *.csv)",
    )
    return Path(chosen) if chosen else None


def ask_model_name(parent: QWidget) -> str:
    """Ask which model to download; nothing is downloaded before the answer."""
    name, is_given = QInputDialog.getText(
        parent,
        "Download a model",
        "Name of the model on the Hugging Face hub, for example facebook/hubert-base-ls960.\n"
        "The files are downloaded now; afterwards the model works offline.",
    )
    return name.strip() if is_given else ""


def ask_about_edits(parent: QWidget, title: str) -> Leave:
    """Ask what to do with unsaved edits."""
    box = QMessageBox(parent)
    box.setWindowTitle("vgdesk")
    box.setText(f"“{on_one_line(title)}” has unsaved edits.")
    box.setInformativeText("Recordings are kept in either case.")
    buttons = {
        box.addButton("Save", QMessageBox.ButtonRole.AcceptRole): Leave.SAVE,
        box.addButton("Discard edits", QMessageBox.ButtonRole.DestructiveRole): (Leave.DISCARD),
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole): Leave.STAY,
    }
    box.exec()
    return next(
        (leave for button, leave in buttons.items() if button is box.clickedButton()), Leave.STAY
    )


def ask_report_name(parent: QWidget) -> Path | None:
    """Ask where to save the report."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent, "Save a report", str(Path.home() / "vgdesk-report.txt"), "Text (*.txt)"
    )
    return Path(chosen) if chosen else None


def show_why_not_started(error: VgdeskError) -> None:
    """Report why the window cannot open."""
    QMessageBox.critical(None, "vgdesk", f"{error.message}\n\n{error.hint}")


def show_shortcuts(parent: QWidget) -> None:
    """Show all keyboard shortcuts."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keyboard shortcuts")
    grid = QGridLayout()
    keyed = [action for action in ACTIONS.values() if action.shortcut]
    half = (len(keyed) + 1) // 2
    for place, action in enumerate(keyed):
        row, column = place % half, 2 * (place // half)
        key = bold(action.shortcut)
        key.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(key, row, column)
        grid.addWidget(QLabel(action.title), row, column + 1)
    grid.setHorizontalSpacing(12)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    around = QVBoxLayout(dialog)
    around.addLayout(grid)
    around.addWidget(buttons)
    dialog.exec()


def show_about(parent: QWidget) -> None:
    """Show what vgdesk is, and that no data leaves the computer."""
    QMessageBox.about(
        parent,
        "About vgdesk",
        f"vgdesk {__version__}\n\n"
        "How speech and text encoders represent words, with and without visual grounding.\n\n"
        "Everything is computed on this computer. Nothing is downloaded without a click, and "
        "nothing is sent.\n\n"
        "MIT licence. Sound of the demo words: synthetic voices, see resources/README.md.",
    )


def ask_smallest_effect(parent: QWidget, known: float) -> float | None:
    """Ask for the smallest difference that matters; 0 if none does, None if cancelled."""
    question = (
        "Smallest difference between encoders that matters, in units of the measure\n"
        "(0: do not test where the difference is smaller):"
    )
    found, is_given = QInputDialog.getDouble(
        parent, "Smallest difference", question, known, 0.0, 1000.0, 3, step=0.01
    )
    return found if is_given else None
