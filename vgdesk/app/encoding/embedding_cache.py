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
_FRONT_END = 1  # increment when preprocessing changes, to invalidate old vectors
_WITHOUT_CHECKSUM = {"key", "encoder", "layers"}


def embedding_key(content: str, spec: EncoderSpec, pooling: Pooling) -> str:
    """Compute a key from everything that the values depend on.

    Parameters
    ----------
    content
        Hash of the samples after trimming, or of the written form.
    """
    parts = (content, spec.id, spec.revision, pooling.value, spec.sample_rate, _FRONT_END, "f4")
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=20).hexdigest()


class EmbeddingCache:
    """Embeddings on disk, named by their key. Deleting the folder is safe at any time.

    It never raises: unreadable embeddings are recomputed, unwritable ones are not cached. A
    checksum covers values and description, because most single-bit errors would otherwise pass as
    different numbers.

    Parameters
    ----------
    shipped
        A second, read-only folder of embeddings.

    Attributes
    ----------
    damaged
        Number of damaged embeddings found so far.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        self._folder = folder
        self._shipped = shipped
        self.damaged = 0

    def get(self, key: str) -> Embedding | None:
        """Return the embedding of a key; a damaged file is deleted and counts as missing."""
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
        """Write an embedding atomically."""
        from safetensors.numpy import save

        about = {
            "key": embedding.key,
            "encoder": embedding.encoder,
            "layers": embedding.layers,
            "checksum": _checksum(embedding),
        }
        # One text: the order of several metadata entries would vary.
        content = save(
            {"values": np.ascontiguousarray(embedding.values)}, {"about": json.dumps(about)}
        )
        file = _file(self._folder, embedding.key)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(file, content)

    def clear(self) -> None:
        """Delete every embedding. Raises OSError.

        Their names are hashes, so those of one speaker cannot be singled out.
        """
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder)


def _file(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}.safetensors"


def _read(file: Path, key: str) -> Embedding | None:
    """Read an embedding; None if the file is missing. Raises ValueError if it is unusable."""
    from safetensors import SafetensorError, safe_open

    try:
        expect_plain_file(file)
        if file.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large for one embedding")
        with safe_open(file, framework="numpy") as stored:
            texts = stored.metadata() or {}
            if set(texts) == _WITHOUT_CHECKSUM:  # from an earlier version without checksums
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
    """Hash values and description, independent of their order in the file."""
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
