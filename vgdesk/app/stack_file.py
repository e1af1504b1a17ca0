"""Stacks on disk: safetensors with named axes and ids, readable by any tool."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load, save

from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

FORMAT = "vgdesk stack 1"


def write_stack(file: Path, stack: LayerStack) -> None:
    """Write a stack; the axes are [layers, rows, dim] and every row keeps its ids."""
    about = {
        "format": FORMAT,
        "axes": json.dumps(["layers", "rows", "dim"]),
        "encoder": stack.encoder,
        "layers": json.dumps(stack.layers),
        "rows": json.dumps(stack.rows, ensure_ascii=False),
        "words": json.dumps(stack.words, ensure_ascii=False),
    }
    temporary = file.with_name(f".{file.name}.part")
    try:
        temporary.write_bytes(save({"values": stack.values}, metadata=about))
        temporary.replace(file)
    except OSError as error:
        raise VgdeskError(
            f"{file} could not be written: {error.strerror}.", "Choose another folder."
        ) from error


def read_stack(file: Path) -> LayerStack:
    """Read what `write_stack` wrote; anything else is refused with a sentence."""
    try:
        content = file.read_bytes()
        values = load(content)["values"]
        about = _header(content)
        stack = LayerStack(
            EncoderId(about["encoder"]),
            tuple(json.loads(about["layers"])),
            tuple(json.loads(about["rows"])),
            tuple(WordId(word) for word in json.loads(about["words"])),
            values,
        )
    except FileNotFoundError as error:
        raise VgdeskError(f"{file} does not exist.", "Make it with `vgdesk embed`.") from error
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise VgdeskError(
            f"{file} does not hold embeddings of vgdesk.", "Make it with `vgdesk embed`."
        ) from error
    if not stack.rows:
        raise VgdeskError(f"{file} holds no words.", "Make it anew with `vgdesk embed`.")
    return stack


def _header(content: bytes) -> dict[str, str]:
    """Return the metadata: a safetensors file starts with its length and a JSON header."""
    length = int.from_bytes(content[:8], "little")
    about = json.loads(content[8 : 8 + length])["__metadata__"]
    if about["format"] != FORMAT:
        raise ValueError(f"unknown format {about['format']}")
    return dict(about)
