"""The output folder of a run: sources, clips, features, checkpoints, figures."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Work:
    """Paths inside the folder of a run, which the program does not need."""

    def __init__(self, root: Path, sources: Path | None = None) -> None:
        self.root = root
        self.sources = sources or root / "sources"
        self.words = root / "words.tsv"
        self.clips = root / "clips"
        self.features = root / "features"
        self.runs = root / "runs"
        self.figures = root / "figures"

    def record(self, name: str, facts: dict[str, Any]) -> None:
        """Save the measurements of a stage beside its result."""
        with replacing(self.root / "records" / f"{name}.json") as file:
            file.write_text(json.dumps(facts, indent=1), "utf-8")

    def recorded(self, name: str) -> dict[str, Any]:
        """Return the measurements of a stage; empty before it ran."""
        file = self.root / "records" / f"{name}.json"
        return json.loads(file.read_text("utf-8")) if file.is_file() else {}


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Yield a temporary file that replaces `file` on success, so that no partial file remains."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{os.getpid()}-{file.name}")
    try:
        yield partial
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def sha256(file: Path) -> str:
    """Return the SHA-256 hash of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
