"""Inspection of a model folder without loading the model; does not import torch."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

from vgdesk.core.errors import EncoderError
from vgdesk.core.json_text import parse_json
from vgdesk.encoders.base import Shape

WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
PREPROCESSOR = "preprocessor_config.json"
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model")
# Besides the weights, these files affect the vectors.
SETTINGS_FILES = (
    "config.json",
    PREPROCESSOR,
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    *TOKENIZER_FILES,
    # Read by tokenizers of other families, which a folder may request by name.
    "spiece.model",
    "tokenizer.model",
    "tiktoken.model",
    "tekken.json",
)
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
# Files that the library would silently use instead of the weights, or on top of them.
_OTHER_WEIGHTS = ("adapter_config.json", "shard-?????-model-?????-of-?????.safetensors")
# Bytes. Folders are inspected in the process of the window, so reads there stay small; the weights
# themselves are read by the process that runs the model.
_LARGEST_HEADER = 2**23  # seventy thousand tensors
_LARGEST_SETTINGS = 2**23
_LARGEST_CARD = 2**16


def read_config(folder: Path) -> dict[str, Any]:
    """Read `config.json`; raises an EncoderError if there is none."""
    file = folder / "config.json"
    if not file.is_file():
        raise EncoderError(
            f"The folder “{folder.name}” does not contain a model: it has no config.json.",
            "Choose the folder that contains config.json and model.safetensors.",
        )
    return _read_json(file)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LARGEST_SETTINGS:
            raise ValueError(f"it is larger than {_LARGEST_SETTINGS:,} bytes")
        content = parse_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(file, str(error)) from error
    if not isinstance(content, dict):
        raise _damaged(file, "it is not a JSON object")
    return content


def read_settings(folder: Path, name: str) -> dict[str, Any]:
    """Read an optional settings file; empty if the folder does not have it."""
    file = folder / name
    return _read_json(file) if file.is_file() else {}


def sampling_rate(folder: Path) -> int:
    """Return the input rate of a speech model in Hz; 16 kHz if not stated."""
    return int(read_settings(folder, PREPROCESSOR).get("sampling_rate") or 16_000)


def describe_speech(config: Mapping[str, Any], folder: Path) -> Shape:
    """Read the shape of a speech model."""
    return Shape(
        positive_int(config, "num_hidden_layers"),
        positive_int(config, "hidden_size"),
        sampling_rate(folder),
    )


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the safetensors files of a model, the only files loaded, with valid headers."""
    other = sorted(file.name for pattern in _OTHER_WEIGHTS for file in folder.glob(pattern))
    if other:
        raise EncoderError(
            f"The folder “{folder.name}” contains weights of another kind beside the usual ones "
            f"({other[0]}), so it would be unclear which model was used.",
            "Keep only config.json, the tokenizer and the weights of one model in the folder.",
        )
    if (folder / WEIGHTS).is_file():
        files: tuple[Path, ...] = (folder / WEIGHTS,)
    elif (folder / WEIGHTS_INDEX).is_file():
        files = _shards(folder)
    else:
        raise _no_weights(folder)
    for file in files:
        _check_header(file)
    return files


def _shards(folder: Path) -> tuple[Path, ...]:
    index = _read_json(folder / WEIGHTS_INDEX)
    places = index.get("weight_map")
    if not isinstance(places, dict) or not places:
        raise _damaged(folder / WEIGHTS_INDEX, "it lists no weights")
    names = sorted({str(name) for name in places.values()})
    # A name that contains a folder could point anywhere on this computer.
    missing = [n for n in names if Path(n).name != n or not (folder / n).is_file()]
    if missing:
        raise EncoderError(
            f"The model in “{folder.name}” is incomplete. Missing: {', '.join(missing)}.",
            "Copy or download all parts of the model into this folder.",
        )
    return tuple(folder / name for name in names)


def _no_weights(folder: Path) -> EncoderError:
    pickles = sorted(file.name for pattern in _PICKLES for file in folder.glob(pattern))
    if not pickles:
        return EncoderError(
            f"The folder “{folder.name}” has a config.json but no weights.",
            f"Put {WEIGHTS} beside config.json.",
        )
    return EncoderError(
        f"The weights in “{folder.name}” are in a format that can run hidden programs when "
        f"opened ({pickles[0]}). vgdesk did not open the file.",
        f"Get {WEIGHTS} of the same model from where it was published. If you trust this file, "
        "convert it in Python: transformers.AutoModel.from_pretrained(FOLDER)"
        ".save_pretrained(NEW_FOLDER).",
    )


def count_numbers(folder: Path) -> int:
    """Count the weights of a model without reading them."""
    return sum(prod(shape) for file in weight_files(folder) for shape in _shapes(file))


def _check_header(file: Path) -> None:
    """Raise an EncoderError if a file is truncated or not a safetensors file."""
    _shapes(file)


def _shapes(file: Path) -> list[list[int]]:
    """Return the shape of every tensor in a weights file."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 0 < length <= min(size - 8, _LARGEST_HEADER):
            raise _damaged(file, "it is not a safetensors file")
        try:
            header = parse_json(stream.read(length))
            parts = [v for k, v in header.items() if k != "__metadata__"]
            ends = [int(part["data_offsets"][1]) for part in parts]
            shapes = [[int(axis) for axis in part["shape"]] for part in parts]
        except (ValueError, AttributeError, LookupError, TypeError) as error:
            raise _damaged(file, "its header cannot be read") from error
    if max(ends, default=0) != size - 8 - length:
        raise _damaged(file, "its length does not match its header")
    return shapes


def _damaged(file: Path, reason: str) -> EncoderError:
    return EncoderError(
        f"{file.name} in “{file.parent.name}” is damaged: {reason}.",
        "The copy or download may be incomplete. Get the file again.",
    )


def check_tokenizer(folder: Path) -> None:
    """Raise an EncoderError if a text model has no tokenizer."""
    if not any((folder / name).is_file() for name in TOKENIZER_FILES):
        raise EncoderError(
            f"The text model in “{folder.name}” has no tokenizer, which splits words into the "
            "pieces that it reads.",
            "Put tokenizer.json (or vocab.txt) and tokenizer_config.json beside config.json.",
        )


def revision_of(folder: Path) -> str:
    """Hash everything in a model folder that affects the vectors.

    A file is read once per process unless its size or time changes.
    """
    digest = hashlib.blake2b(digest_size=16)
    for file in (*weight_files(folder), *(folder / name for name in SETTINGS_FILES)):
        if file.is_file():
            stat = file.stat()
            digest.update(f"{file.name}\0{_hash(file, stat.st_size, stat.st_mtime_ns)}\0".encode())
    return digest.hexdigest()


@lru_cache(maxsize=1024)
def _hash(file: Path, _size: int, _time: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def licence_of(folder: Path) -> str:
    """Return the licence stated in the model card, or "not stated"."""
    card = folder / "README.md"
    text = ""
    if card.is_file():
        with card.open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(_LARGEST_CARD)
    head = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    stated = re.search(r"^license: *[\"']?([\w.+-]+)", head[1], re.MULTILINE) if head else None
    return stated[1] if stated else "not stated"


def positive_int(config: Mapping[str, Any], key: str) -> int:
    """Read a size from `config.json`."""
    value = config.get(key)
    if type(value) is not int or value < 1:
        raise EncoderError(
            f"The config.json of the model does not give its size: {key} is {value!r}.",
            "Get config.json again from where the model was published.",
        )
    return value
