"""Stack files with named axes and ids: safetensors, NPZ or HDF5, by file suffix.

All of them contain the array ``values`` with the axes [layers, rows, dim], the names ``layers``,
``rows`` and ``words`` (one per row), the ``encoder`` and the ``format``. Reading never executes
anything or opens other files, and checks the needed memory before allocating it.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vgdesk.app.project.output_files import checked_file, written_whole
from vgdesk.core.errors import NotFiniteError, VgdeskError
from vgdesk.core.json_text import parse_json
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.plain_file import expect_plain_file
from vgdesk.core.stack import LayerStack

FORMAT = "vgdesk stack 1"
AXES = ("layers", "rows", "dim")
NAMES = ("layers", "rows", "words")
ROOM = 2**24  # bytes that even a small file may take in memory
MOST_TIMES = 20  # times the size of the file
# Errors of the libraries for damaged or other files.
BROKEN = (
    OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError, ArithmeticError,
    MemoryError,
)  # fmt: skip

Values = NDArray[Any]
About = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Format:
    """Writer and reader of one file format.

    Attributes
    ----------
    begins
        Pattern of its first bytes: other files are not read into memory.
    """

    make: Callable[[Values, About], bytes]
    read: Callable[[bytes], tuple[Values, About]]
    begins: re.Pattern[bytes]


def write_stack(file: Path, stack: LayerStack, *, force: bool = False) -> None:
    """Write a stack; every row keeps its ids.

    Raises
    ------
    VgdeskError
        If the file cannot be written, its suffix is unknown, or it exists and `force` is false.
    """
    checked_file(file, tuple(FORMATS), force=force)
    about = {
        "format": FORMAT,
        "encoder": str(stack.encoder),
        "layers": stack.layers,
        "rows": stack.rows,
        "words": stack.words,
    }
    with written_whole(file, force=force) as stream:
        stream.write(_format_of(file).make(stack.values, about))


def read_stack(file: Path) -> LayerStack:
    """Read a stack file.

    Raises
    ------
    NotFiniteError
        If it contains NaN or infinity; the message names row and layer.
    VgdeskError
        If it has another format.
    """
    hint = "Create it again with `vgdesk embed`."
    try:
        values, about = _format_of(file).read(_content(file, _format_of(file).begins))
        if about["format"] != FORMAT:
            raise ValueError(f"unknown format {about['format']}")
        layers, rows, words = (tuple(map(str, about[name])) for name in NAMES)
        encoder, named = EncoderId(str(about["encoder"])), tuple(map(WordId, words))
        stack = LayerStack(encoder, layers, rows, named, single(values))
    except FileNotFoundError as error:
        raise VgdeskError(f"{file} does not exist.", "Create it with `vgdesk embed`.") from error
    except NotFiniteError as error:
        raise NotFiniteError(f"{file} cannot be used. {error.message}", hint) from error
    except BROKEN as error:
        raise VgdeskError(
            f"{file} is not a vgdesk embedding file.", "Create it with `vgdesk embed`."
        ) from error
    if not stack.rows:
        raise VgdeskError(f"{file} contains no words.", hint)
    return stack


def _content(file: Path, begins: re.Pattern[bytes]) -> bytes:
    expect_plain_file(file)
    with file.open("rb") as stream:
        head = stream.read(9)
        if not begins.match(head):
            raise ValueError("its content does not match its name")
        return head + stream.read()


def single(values: Values) -> Values:
    """Convert to single precision; values that are too large become infinite."""
    if values.dtype.kind != "f":
        raise ValueError(f"values are not floating-point but {values.dtype}")
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False)


def _refuse_promises(promised: int, content: bytes) -> None:
    """Refuse content far larger than the file, because vectors hardly compress."""
    if promised > ROOM + MOST_TIMES * len(content):
        raise ValueError(f"{len(content):,} bytes would expand to {promised:,}")


def _format_of(file: Path) -> _Format:
    if file.suffix not in FORMATS:
        raise VgdeskError(
            f"The name {file.name} does not indicate its format.",
            f"Use a name that ends in {', '.join(FORMATS)}.",
        )
    return FORMATS[file.suffix]


def _make_safetensors(values: Values, about: About) -> bytes:
    named = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in about.items()
    }
    return bytes(save({"values": values}, metadata={**named, "axes": json.dumps(AXES)}))


def _read_safetensors(content: bytes) -> tuple[Values, About]:
    try:
        values = load(content)["values"]
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    # A safetensors file starts with its length and a JSON header.
    length = int.from_bytes(content[:8], "little")
    about = dict(parse_json(content[8 : 8 + length])["__metadata__"])
    return values, {**about, **{name: parse_json(about[name]) for name in NAMES}}


def _make_npz(values: Values, about: About) -> bytes:
    made = io.BytesIO()
    named: dict[str, Any] = {name: np.array(value, np.str_) for name, value in about.items()}
    np.savez(made, **named, values=values, axes=np.array(AXES))
    return made.getvalue()


def _read_npz(content: bytes) -> tuple[Values, About]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_promises(sum(part.file_size for part in packed.infolist()), content)
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            about = {name: found[name] for name in (*NAMES, "encoder", "format")}
            return found["values"], about
    except (zipfile.BadZipFile, EOFError, AttributeError, RuntimeError) as error:
        raise ValueError("not an NPZ file") from error


def _make_hdf5(values: Values, about: About) -> bytes:
    import h5py  # slow to import and rarely needed

    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        data = file.create_dataset("values", data=values)
        for name in NAMES:
            file.create_dataset(name, data=list(about[name]), dtype=h5py.string_dtype())
        for place, axis in enumerate(AXES):
            data.dims[place].label = axis
        for name in ("encoder", "format"):
            file.attrs[name] = about[name]
    return made.getvalue()


def _read_hdf5(content: bytes) -> tuple[Values, About]:
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        # Links and external data would open other files on this computer.
        if any(
            not isinstance(file.get(n, getlink=True), h5py.HardLink) for n in (*NAMES, "values")
        ):
            raise ValueError("parts of it are missing or stored elsewhere")
        parts = [file[name] for name in (*NAMES, "values")]
        if any(part.external or part.is_virtual for part in parts):
            raise ValueError("parts of it are stored elsewhere")
        _refuse_promises(sum(part.nbytes for part in parts), content)
        names = {name: file[name].asstr()[()] for name in NAMES}
        values: Values = file["values"][()]
        return values, {**names, "encoder": file.attrs["encoder"], "format": file.attrs["format"]}


_HDF5 = re.compile(rb"\x89HDF")
FORMATS = {
    ".safetensors": _Format(
        _make_safetensors, _read_safetensors, re.compile(rb".{8}\{", re.DOTALL)
    ),
    ".npz": _Format(_make_npz, _read_npz, re.compile(rb"PK")),
    ".h5": _Format(_make_hdf5, _read_hdf5, _HDF5),
    ".hdf5": _Format(_make_hdf5, _read_hdf5, _HDF5),
}
