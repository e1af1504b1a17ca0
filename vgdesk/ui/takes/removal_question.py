"""The question before a permanent deletion, with exactly what is deleted."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from vgdesk.app.words.removal import Removal
from vgdesk.core.counting import counted, first_few
from vgdesk.ui.style.plain_text import LONGEST, on_one_line


def ask_to_remove(parent: QWidget, removal: Removal, title: str) -> Removal | None:
    """Ask whether to delete this; returns what the user agreed to, None if nothing."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, "Delete permanently", _question(removal), parent=parent
    )
    box.setInformativeText("\n\n".join(sentences(removal, title)))
    if removal.files:
        box.setDetailedText("\n".join(map(str, removal.files)))
    delete = box.addButton("Delete permanently", QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton("Keep everything", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    also = QCheckBox(_whose(len(removal.nameless))) if removal.nameless else None
    if also is not None and removal.speaker:
        box.setCheckBox(also)
    box.exec()
    if box.clickedButton() is not delete:
        return None
    return removal.with_nameless() if also is not None and also.isChecked() else removal


def sentences(removal: Removal, title: str) -> list[str]:
    """Describe what is deleted, that it cannot be undone, and what is kept.

    The title is that of a saved project; otherwise it is empty.
    """
    takes, files = counted(len(removal.takes), "take"), counted(len(removal.files), "sound file")
    if removal.speaker:
        deletes = (
            f"This deletes {takes} with their trims and checks, {files}, the profile, and every "
            "edit that mentions them. The vectors of all words are recomputed."
        )
    else:
        deletes = f"This deletes {takes} and {files}."
    saved = f"“{on_one_line(title)}” will be saved. " if title else ""
    said = [deletes, f"{saved}This cannot be undone, and earlier edits can no longer be undone."]
    if removal.is_interrupted:
        said.insert(0, "This deletion was started earlier and interrupted.")
    if removal.shared:
        said.append(f"Used by other takes, so kept: {_named(removal.shared)}.")
    if removal.outside:
        said.append(f"Outside the project, so not deleted: {_named(removal.outside)}.")
    if removal.speaker:
        said.append("Copies of the project that you saved or shared elsewhere are not changed.")
    return said


def is_removed(removal: Removal) -> str:
    """Report what was deleted."""
    takes = counted(len(removal.takes), "take")
    if removal.speaker:
        return f"All data from “{on_one_line(removal.speaker)}” was permanently deleted: {takes}."
    return f"The trash is empty: {takes} permanently deleted."


def _question(removal: Removal) -> str:
    if removal.is_interrupted:
        whose = (
            f"all data from “{on_one_line(removal.speaker)}”" if removal.speaker else "the trash"
        )
        return f"Finish deleting {whose}?"
    if removal.speaker:
        return f"Permanently delete all data from “{on_one_line(removal.speaker)}”?"
    return "Permanently delete everything in the trash?"


def _whose(count: int) -> str:
    files = "a sound file" if count == 1 else f"{count} sound files"
    return f"Also delete {files} in the project that no take uses; the speaker is unknown"


def _named(files: Sequence[Path]) -> str:
    return first_few([on_one_line(str(file), LONGEST) for file in files])
