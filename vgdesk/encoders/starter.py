"""The place of the four encoders that ship with the program, one for each cell of the 2x2."""

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


def starters() -> tuple[EncoderSpec, ...]:
    """List those of the four that are there, in the order of the 2x2.

    A damaged one is left out: the program must start without it.
    """
    found = []
    for cell in Cell:
        folder = resource("models") / cell.value
        if folder.is_dir():
            with suppress(EncoderError):
                found.append(starter(cell, folder))
    return tuple(found)


def starter_id(cell: Cell) -> EncoderId:
    """Return what the encoder that ships for a cell is called, whether or not it is there."""
    return EncoderId(f"starter-{cell.value}")


def starter(cell: Cell, folder: Path) -> EncoderSpec:
    """Make the spec of the encoder that ships for a cell; refuses one that is not whole.

    Its folder tells its revision in `revision.txt` (what `revision_of` gives): the catalogue is
    made at every start, and hashing all weights then would delay the window.
    """
    weight_files(folder)
    stated = folder / REVISION_FILE
    revision = stated.read_text("utf-8").strip() if stated.is_file() else revision_of(folder)
    return replace(
        describe_folder(folder, is_grounded=cell.is_grounded),
        id=starter_id(cell),
        title=f"{cell.title} (starter)",
        source="Trained for this program; the model card in its folder says how.",
        revision=revision,
    )
