import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from vgdesk.core.model import EncoderId
from vgdesk.core.plain_file import expect_plain_file
from vgdesk.core.stack import Embedding
from vgdesk.encoders.base import EncoderSpec, Pooling

_MOST_BYTES = 2**26  # of one embedding; the largest models take 0.2 MB
_FRONT_END = 1  # raised when words are prepared in another way, so that old vectors are not found
_WITHOUT_CHECKSUM = {"key", "encoder", "layers"}


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
    cannot be written is not kept. Values and description carry a checksum: without it, most single
    damaged bits would be handed out as other numbers.

    Parameters
    ----------
    shipped
        A second folder in which embeddings are looked for; nothing in it is ever changed.

    Attributes
    ----------
    damaged
        How many embeddings were found damaged so far.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        self._folder = folder
        self._shipped = shipped
        self.damaged = 0

    def get(self, key: str) -> Embedding | None:
        """Return the embedding of this key; a damaged file is removed and counts as not there."""
        file = _file(self._folder, key)
        try:
            found = _read(file, key)
        except ValueError:
            found = None
            self.damaged += 1
            with suppress(OSError):
                file.unlink()
        if found is None and self._shipped is not None:
            try:
                found = _read(_file(self._shipped, key), key)
            except ValueError:
                self.damaged += 1
        return found

    def put(self, embedding: Embedding) -> None:
        """Keep an embedding, whole or not at all."""
        from safetensors.numpy import save

        about = {
            "key": embedding.key,
            "encoder": embedding.encoder,
            "layers": embedding.layers,
            "checksum": _checksum(embedding),
        }
        # As one text: several would be written in another order each time.
        content = save(
            {"values": np.ascontiguousarray(embedding.values)}, {"about": json.dumps(about)}
        )
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
        expect_plain_file(file)
        if file.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large for one embedding")
        with safe_open(file, framework="numpy") as stored:
            texts = stored.metadata() or {}
            if set(texts) == _WITHOUT_CHECKSUM:  # of an earlier version: nobody can vouch for it
                return None
            values = stored.get_tensor("values")
        about = json.loads(texts["about"])
        layers = tuple(about["layers"])
        found = Embedding(about["key"], EncoderId(about["encoder"]), layers, values)
        if found.key != key or _checksum(found) != about["checksum"]:
            raise ValueError("it is not what was written under this name")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (SafetensorError, OSError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("the file is damaged") from error
    return found


def _checksum(embedding: Embedding) -> str:
    """Hash values and description, whatever their place in the file."""
    values = np.ascontiguousarray(embedding.values)
    about = (embedding.key, embedding.encoder, embedding.layers, values.dtype.str, values.shape)
    digest = hashlib.blake2b(json.dumps(about).encode(), digest_size=16)
    digest.update(values.data)
    return digest.hexdigest()


def _write_whole(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
