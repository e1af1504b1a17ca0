import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from vgdesk.core.model import EncoderId
from vgdesk.core.stack import Embedding
from vgdesk.encoders.base import EncoderSpec, Pooling

_FRONT_END = 1  # raised when words are prepared in another way, so that old vectors are not found


def embedding_key(content: str, spec: EncoderSpec, pooling: Pooling) -> str:
    """Name an embedding by everything that its values depend on.

    Parameters
    ----------
    content
        Hash of the samples after trimming, or of the written form.
    """
    parts = (content, spec.id, spec.revision, pooling.value, spec.sample_rate, _FRONT_END, "f4")
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=20).hexdigest()


class EmbeddingCache:
    """Embeddings on disk, named by their key. Deleting the folder is safe at any time.

    Nothing here is ever an error for the caller: what cannot be read is computed again, what
    cannot be written is not kept.

    Parameters
    ----------
    shipped
        A second folder in which embeddings are looked for; nothing in it is ever changed.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        self._folder = folder
        self._shipped = shipped

    def get(self, key: str) -> Embedding | None:
        """Return the embedding of this key; a damaged file is removed and counts as not there."""
        try:
            found = _read(_file(self._folder, key), key)
        except ValueError:
            found = None
            with suppress(OSError):
                _file(self._folder, key).unlink()
        if found is None and self._shipped is not None:
            with suppress(ValueError):
                found = _read(_file(self._shipped, key), key)
        return found

    def put(self, embedding: Embedding) -> None:
        """Keep an embedding, whole or not at all."""
        from safetensors.numpy import save

        about = {
            "key": embedding.key,
            "encoder": embedding.encoder,
            "layers": json.dumps(embedding.layers),
        }
        content = save({"values": np.ascontiguousarray(embedding.values)}, about)
        file = _file(self._folder, embedding.key)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(file, content)

    def clear(self) -> None:
        """Remove every embedding. Raises OSError.

        Their names are hashes: whose voice went into which cannot be told.
        """
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder)


def _file(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}.safetensors"


def _read(file: Path, key: str) -> Embedding | None:
    """Read an embedding; None if there is no such file, a ValueError if it cannot be used."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as stored:
            about = stored.metadata() or {}
            values = stored.get_tensor("values")
        if about["key"] != key:
            raise ValueError("the file was renamed")
        layers = tuple(json.loads(about["layers"]))
        return Embedding(key, EncoderId(about["encoder"]), layers, values)
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, KeyError) as error:
        raise ValueError("the file is damaged") from error


def _write_whole(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
