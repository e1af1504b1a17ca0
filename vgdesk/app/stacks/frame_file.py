"""Frame files: like stack files, with one axis for the frames of all takes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from vgdesk.app.project.output_files import checked_file, placed_whole
from vgdesk.app.stacks.stack_file import BROKEN, read_stack, single
from vgdesk.app.stacks.stack_file import FORMAT as STACK_FORMAT
from vgdesk.core.errors import NotFiniteError, VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.json_text import parse_json
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.plain_file import expect_plain_file

FORMAT = "vgdesk frames 1"
ENDINGS = (".safetensors",)


def write_frames(file: Path, frames: FrameStack, *, force: bool = False) -> None:
    """Write frames; the axes are [layers, frames, dim], "starts" gives the first frame of takes.

    Raises
    ------
    VgdeskError
        As `write_stack`.
    """
    checked_file(file, ENDINGS, force=force)
    about = {
        "format": FORMAT,
        "axes": json.dumps(["layers", "frames", "dim"]),
        "encoder": frames.encoder,
        "layers": json.dumps(frames.layers),
        "rows": json.dumps(frames.rows, ensure_ascii=False),
        "words": json.dumps(frames.words, ensure_ascii=False),
    }
    tensors: dict[str, NDArray[Any]] = {
        "values": np.ascontiguousarray(frames.values, np.float32),
        "starts": np.ascontiguousarray(frames.starts, np.int64),
    }
    # The library writes by name: building the bytes first would double the memory.
    with placed_whole(file, force=force) as part:
        try:
            save_file(tensors, part, metadata=about)
        except SafetensorError as error:
            raise OSError(str(error)) from error


def read_frames(file: Path) -> FrameStack:
    """Read a frame file, or a stack file as takes of one frame each.

    Raises
    ------
    NotFiniteError
        If it contains NaN or infinity; the message names take and layer.
    VgdeskError
        If it has another format.
    """
    hint = "Create it with `vgdesk embed --frames`."
    try:
        frames = _read(file)
    except FileNotFoundError as error:
        raise VgdeskError(f"{file} does not exist.", hint) from error
    except NotFiniteError as error:
        raise NotFiniteError(f"{file} cannot be used. {error.message}", hint) from error
    except (SafetensorError, *BROKEN) as error:
        raise VgdeskError(f"{file} is not a vgdesk frame file.", hint) from error
    return FrameStack.of_stack(read_stack(file)) if frames is None else frames


def _read(file: Path) -> FrameStack | None:
    """Return the frames of a file, or None if it holds a stack."""
    expect_plain_file(file)
    with safe_open(file, framework="numpy") as stored:
        about = stored.metadata() or {}
        if about.get("format") == STACK_FORMAT:
            return None
        if about.get("format") != FORMAT:
            raise ValueError("not written by vgdesk")
        return FrameStack(
            EncoderId(about["encoder"]),
            tuple(map(str, parse_json(about["layers"]))),
            tuple(map(str, parse_json(about["rows"]))),
            tuple(WordId(str(word)) for word in parse_json(about["words"])),
            stored.get_tensor("starts"),
            single(stored.get_tensor("values")),
        )
