"""The folder in which a run keeps everything: sources, clips, features, checkpoints, figures."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Work:
    """The places inside the folder of a run. Nothing in it is needed by the program."""

    def __init__(self, root: Path, sources: Path | None = None) -> None:
        self.root = root
        self.sources = sources or root / "sources"
        self.words = root / "words.tsv"
        self.clips = root / "clips"
        self.features = root / "features"
        self.runs = root / "runs"
        self.figures = root / "figures"

    def record(self, name: str, facts: dict[str, Any]) -> None:
        """Keep what a stage has measured beside its result."""
        with replacing(self.root / "records" / f"{name}.json") as file:
            file.write_text(json.dumps(facts, indent=1), "utf-8")

    def recorded(self, name: str) -> dict[str, Any]:
        """Return what a stage has measured; empty before it ran."""
        file = self.root / "records" / f"{name}.json"
        return json.loads(file.read_text("utf-8")) if file.is_file() else {}


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a file beside the wanted one to write into: a half written one is never found."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{os.getpid()}-{file.name}")
    try:
        yield partial
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def sha256(file: Path) -> str:
    """Return the hash of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
