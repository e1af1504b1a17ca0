"""The four encoders that ship with the program, one for each cell of the 2x2."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Cell, EncoderId
from vgdesk.core.resources import resource
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.checkpoint import revision_of, weight_files
from vgdesk.encoders.families import describe_folder

REVISION_FILE = "revision.txt"
CHECKSUMS = "SHA256SUMS"  # as `sha256sum --check` reads it


def starters() -> tuple[EncoderSpec, ...]:
    """List the available ones, in the order of the 2x2.

    Damaged ones are left out: the program must start without them.
    """
    found = []
    for cell in Cell:
        folder = resource("models") / cell.value
        if folder.is_dir():
            with suppress(EncoderError):
                found.append(starter(cell, folder))
    return tuple(found)


def starter_id(cell: Cell) -> EncoderId:
    """Return the id of the encoder that ships for a cell, whether or not it is available."""
    return EncoderId(f"starter-{cell.value}")


def starter(cell: Cell, folder: Path) -> EncoderSpec:
    """Make the spec of the encoder that ships for a cell; raises an error if it is incomplete.

    Its folder states its revision in `revision.txt` (the value of `revision_of`): the catalogue is
    built at every start, and hashing all weights would delay the window.
    """
    weight_files(folder)
    stated = folder / REVISION_FILE
    revision = stated.read_text("utf-8").strip() if stated.is_file() else revision_of(folder)
    return replace(
        describe_folder(folder, is_grounded=cell.is_grounded),
        id=starter_id(cell),
        title=f"{cell.title} (starter)",
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
