"""Download of a model from the hub on request; nothing else in the program uses a network."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from vgdesk.core.errors import EncoderError
from vgdesk.encoders.checkpoint import SETTINGS_FILES, WEIGHTS, WEIGHTS_INDEX

_PATTERNS = (*SETTINGS_FILES, WEIGHTS, WEIGHTS_INDEX, "model-*-of-*.safetensors", "README.md")
_REPORT_SECONDS = 0.1  # between progress reports, and so between chances to cancel
_PATIENCE = 10.0  # seconds without a byte


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Progress of a download; `file` is the current one."""

    done_bytes: int
    total_bytes: int
    file: str


@dataclass(frozen=True, slots=True)
class _Remote:
    name: str
    size: int
    blob: str  # identifies the content: a part of another version is never resumed
    sha256: str | None


def download(repo: str, into: Path, *, endpoint: str | None = None) -> Iterator[DownloadProgress]:
    """Fetch the settings, tokenizer and safetensors weights of a model into a folder.

    Closing the generator cancels; the next call resumes. A file gets its name only when it is
    complete and its checksum is correct.

    Parameters
    ----------
    repo
        As on the hub, for example "facebook/hubert-base-ls960".
    endpoint
        Address of another hub; None for the default one.
    """
    from huggingface_hub import HfApi, hf_hub_url

    with _online(), _errors(repo, into):
        api = HfApi(endpoint=endpoint)
        info = api.model_info(repo, files_metadata=True, timeout=_PATIENCE)
        files = _wanted(repo, into, info.siblings)
        into.mkdir(parents=True, exist_ok=True)
        total = sum(file.size for file in files)
        done = 0
        for file in files:
            url = hf_hub_url(repo, file.name, revision=info.sha, endpoint=api.endpoint)
            for size in _fetch(url, file, into):
                yield DownloadProgress(done + size, total, file.name)
            done += file.size


def _wanted(repo: str, into: Path, siblings: Any) -> list[_Remote]:
    """Choose the files to fetch, small ones first."""
    names = {sibling.rfilename for sibling in siblings}
    if WEIGHTS not in names and WEIGHTS_INDEX not in names:
        raise EncoderError(
            f"“{repo}” has no {WEIGHTS}, the only weights format that is safe to open. "
            "Nothing was downloaded.",
            f"Look for a safetensors version and put it with config.json into {into}.",
        )
    # If the whole model is in one file, fetching the shards would duplicate it.
    patterns = [p for p in _PATTERNS if WEIGHTS not in names or not p.startswith("model-")]
    files = [
        _Remote(s.rfilename, s.size or 0, s.blob_id or "", s.lfs.sha256 if s.lfs else None)
        for s in siblings
        if any(fnmatch(s.rfilename, pattern) for pattern in patterns)
        and not {"/", "\\"} & set(s.rfilename)  # a name must not lead out of the folder
    ]
    return sorted(files, key=lambda file: file.size)


def _fetch(url: str, file: _Remote, into: Path) -> Iterator[int]:
    """Fetch one file, yielding the number of bytes received."""
    target = into / file.name
    part = into / f".{file.name}.{file.blob[:12]}.part"
    if not (target.is_file() and _is_right(target, file)):
        yield from _receive(url, part, file.size)
        if not _is_right(part, file):
            part.unlink()
            raise EncoderError(
                f"{file.name} was damaged during the download and was deleted.",
                "Start the download again.",
            )
        part.replace(target)
    yield file.size


def _receive(url: str, part: Path, size: int) -> Iterator[int]:
    """Append the missing part of a file."""
    from huggingface_hub import utils

    hub: Any = utils  # has undeclared names

    done = part.stat().st_size if part.is_file() else 0
    if done >= size > 0:
        return
    # Bytes are counted and resumed as stored, so they must not be compressed in transfer.
    headers = {**hub.build_hf_headers(), "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    with hub.get_session().stream(
        "GET", url, headers=headers, timeout=_PATIENCE, follow_redirects=True
    ) as response:
        hub.hf_raise_for_status(response)
        is_continued = response.status_code == 206
        done = done if is_continued else 0
        told = time.monotonic()
        with part.open("ab" if is_continued else "wb") as out:
            for chunk in response.iter_bytes():
                out.write(chunk)
                done += len(chunk)
                if time.monotonic() - told > _REPORT_SECONDS:
                    told = time.monotonic()
                    yield done


def _is_right(path: Path, file: _Remote) -> bool:
    """Compare with the checksum of the hub: SHA-256 for large files, that of git for small ones."""
    with path.open("rb") as stream:
        if file.sha256 is not None:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
        content = stream.read()
    git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return git.hexdigest() == file.blob


@contextmanager
def _online() -> Iterator[None]:
    """Let the hub client use the network until the download ends.

    Loading models sets it to offline, which it reads only once, at import.
    """
    from huggingface_hub import close_session, constants

    constants.HF_HUB_DISABLE_TELEMETRY = True
    was_offline, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = was_offline
        close_session()


@contextmanager
def _errors(repo: str, into: Path) -> Iterator[None]:
    """Turn download errors into sentences that explain how to get the model by hand."""
    import huggingface_hub.errors

    errors: Any = huggingface_hub.errors  # has undeclared names
    by_hand = (
        f"To download it by hand, open https://huggingface.co/{repo}/tree/main in a browser and "
        "save config.json, "
        f"{WEIGHTS} and any preprocessor_config.json and tokenizer files into {into}."
    )
    try:
        yield
    except errors.GatedRepoError as error:
        raise EncoderError(
            f"The owner of “{repo}” grants access only on request.",
            f"Request access on its page at huggingface.co. {by_hand}",
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise EncoderError(
            f"The hub has no model “{repo}”.",
            "Check the name; it should look like facebook/hubert-base-ls960.",
        ) from error
    except errors.HTTPError as error:
        raise EncoderError(
            f"The hub could not be reached, or did not answer as expected ({error}). "
            "The part received so far is kept, and the next attempt continues from there.",
            f"Check the network. {by_hand}",
        ) from error
    except OSError as error:
        reason = "the disk is full" if error.errno == ENOSPC else error.strerror or str(error)
        raise EncoderError(
            f"The download could not be saved in {into}: {reason}.",
            f"Free some space or choose another folder, then try again. {by_hand}",
        ) from error
