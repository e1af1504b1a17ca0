"""The encoders that ship with the program: one for each cell of the 2x2, and their controls."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Cell, EncoderId, Modality
from vgdesk.core.resources import resource
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.checkpoint import revision_of, weight_files
from vgdesk.encoders.families import describe_folder

REVISION_FILE = "revision.txt"
CHECKSUMS = "SHA256SUMS"  # as `sha256sum --check` reads it
CONTROLLED = (Modality.TEXT,)  # whose grounded encoder has a control
PURPOSE = (
    "Trained like {grounded}, but every word met the picture of another word: shows what any "
    "further objective would change."
)


def starters() -> tuple[EncoderSpec, ...]:
    """List the available ones: the 2x2 in its order, then the controls.

    Damaged ones are left out: the program must start without them.
    """
    found = []
    for name, describe in _shipped():
        folder = resource("models") / name
        if folder.is_dir():
            with suppress(EncoderError):
                found.append(describe(folder))
    return tuple(found)


def _shipped() -> Iterator[tuple[str, Callable[[Path], EncoderSpec]]]:
    """Yield the name of each folder, and what makes a spec of it."""
    for cell in Cell:
        yield cell.value, partial(starter, cell)
    for modality in CONTROLLED:
        yield control_name(modality), partial(control, modality)


def starter_id(cell: Cell) -> EncoderId:
    """Return the id of the encoder that ships for a cell, whether or not it is available."""
    return EncoderId(f"starter-{cell.value}")


def control_name(modality: Modality) -> str:
    """Return the name of the folder of a control."""
    return f"{modality.value}-shuffled"


def control_id(modality: Modality) -> EncoderId:
    """Return the id of a control, whether or not it is available."""
    return EncoderId(f"starter-{control_name(modality)}")


def grounded_cell(modality: Modality) -> Cell:
    """Return the cell of the encoder that a control belongs to."""
    return next(cell for cell in Cell if cell.modality is modality and cell.is_grounded)


def control_title(modality: Modality) -> str:
    """Return what a control is called beside the titles of the cells."""
    return f"{modality.value.capitalize()} + shuffled pictures"


def starter(cell: Cell, folder: Path) -> EncoderSpec:
    """Make the spec of the encoder that ships for a cell; raises an error if it is incomplete.

    Its folder states its revision in `revision.txt` (the value of `revision_of`): the catalogue is
    built at every start, and hashing all weights would delay the window.
    """
    return replace(
        _described(folder, is_grounded=cell.is_grounded),
        id=starter_id(cell),
        title=f"{cell.title} (starter)",
    )


def control(modality: Modality, folder: Path) -> EncoderSpec:
    """Make the spec of a control, like `starter`.

    It may be put in both cells of its modality: beside the grounded encoder it shows what the
    pictures add, beside the partner what the objective does.
    """
    return replace(
        _described(folder, is_grounded=True),
        id=control_id(modality),
        title=f"{control_title(modality)} (control)",
        is_grounded=None,
        purpose=PURPOSE.format(grounded=grounded_cell(modality).title),
    )


def _described(folder: Path, *, is_grounded: bool) -> EncoderSpec:
    weight_files(folder)
    stated = folder / REVISION_FILE
    revision = stated.read_text("utf-8").strip() if stated.is_file() else revision_of(folder)
    return replace(
        describe_folder(folder, is_grounded=is_grounded),
        source="Trained for vgdesk; see the model card in its folder.",
        revision=revision,
    )


def write_checksums(models: Path) -> None:
    """Write the checksums of all files that ship with the encoders, except their model cards."""
    lines = [f"{_sha256(models / name)}  {name}\n" for name in shipped_files(models)]
    (models / CHECKSUMS).write_text("".join(lines), "utf-8")


def changed_files(models: Path) -> tuple[str, ...]:
    """List the files that differ from those shipped: changed, missing or added.

    Reads all weights, which takes a moment; the catalogue, built at every start, does not.
    """
    with suppress(OSError, ValueError):
        lines = (models / CHECKSUMS).read_text("utf-8").splitlines()
        stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        there = set(shipped_files(models))
        wrong = {n for n in there & set(stated) if _sha256(models / n) != stated[n]}
        return tuple(sorted(wrong | (there ^ set(stated))))
    return (CHECKSUMS,)


def shipped_files(models: Path) -> list[str]:
    """List the files of the models, except their model cards."""
    files = (file for file in sorted(models.rglob("*")) if file.is_file())
    left_out = (CHECKSUMS, "README.md")
    return [f.relative_to(models).as_posix() for f in files if f.name not in left_out]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
