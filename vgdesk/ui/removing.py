"""The question before something goes for good: it says exactly what goes and what stays."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from vgdesk.app.purging import Removal

MOST_NAMED = 3


def ask_to_remove(parent: QWidget, removal: Removal, title: str) -> Removal | None:
    """Ask whether this shall go; returns what then goes, None if nothing shall."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, "Remove for good", _question(removal), parent=parent
    )
    box.setInformativeText("\n\n".join(sentences(removal, title)))
    go = box.addButton("Remove for good", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Keep everything", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    also = QCheckBox(_whose(len(removal.nameless))) if removal.nameless else None
    if also is not None and removal.speaker:
        box.setCheckBox(also)
    box.exec()
    if box.clickedButton() is not go:
        return None
    return removal.with_nameless() if also is not None and also.isChecked() else removal


def sentences(removal: Removal, title: str) -> list[str]:
    """Say what goes, that it does not come back, and what stays.

    The title is that of a project that was saved before; else it is empty.
    """
    takes, files = _counted(len(removal.takes), "take"), _counted(len(removal.files), "sound file")
    if removal.speaker:
        goes = (
            f"These go: {takes} with their trims and checks, {files}, the profile, and every edit "
            "that speaks of them. The vectors of all words are computed again."
        )
    else:
        goes = f"These go: {takes} and {files}."
    saved = f"“{title}” is saved. " if title else ""
    said = [goes, f"{saved}This cannot be undone, nor anything done before it."]
    if removal.shared:
        said.append(f"{_named(removal.shared)} stays: takes that are kept lie in it, too.")
    if removal.outside:
        said.append(f"Outside the project, so not touched: {_named(removal.outside)}.")
    if removal.speaker:
        said.append("Copies of the project that you saved or handed on elsewhere are not touched.")
    return said


def _question(removal: Removal) -> str:
    if removal.speaker:
        return f"Remove everything of “{removal.speaker}” for good?"
    return "Empty the trash for good?"


def _whose(count: int) -> str:
    files = "a sound file" if count == 1 else f"{count} sound files"
    return f"Also remove {files} in the project that no take speaks of; nobody knows whose"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _named(files: Sequence[Path]) -> str:
    more = len(files) - MOST_NAMED
    listed = ", ".join(str(file) for file in files[:MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
