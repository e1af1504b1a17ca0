"""Feeds hostile files to every reader, guided by the code that they reach. Not part of the tests.

    python -m tests.fuzzing TARGET [SECONDS]

Needs atheris (`benchmarks/requirements.txt`). A crash, a hang above ten seconds, more than 2 GB of
memory, or a file outside the folder ends the run; what caused it is kept in the current folder.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["vgdesk"]):
    from vgdesk.app.packing import unpack
    from vgdesk.app.project_file import open_project
    from vgdesk.app.recovery import recover
    from vgdesk.app.stack_file import read_stack
    from vgdesk.core.errors import VgdeskError

SETTINGS = b'{"schema": 2, "speakers": [], "encoders": {}, "view": {}}'
TABLE = b"id\tword\tlanguage\ttake\tfile\nd\tdog\ten\td-1\ttakes/d.flac\n"
JOURNAL = (
    b'{"at": "", "edit": "", "set": {"words": {"x": {"id": "x", "word": "x", "language": "", '
    b'"labels": {}}}}, "gone": {"words": ["d"]}, "order": {"words": ["x"]}}'
)
BASE = {"project.json": SETTINGS, "words.tsv": TABLE}


def _of_project(name: str) -> Callable[[Path, bytes], None]:
    """Return the test of one file of a project; the others are whole."""

    def test(folder: Path, data: bytes) -> None:
        for other, content in {**BASE, name: data}.items():
            (folder / other).write_bytes(content)
        session = open_project(folder).session
        recover(folder, session)

    return test


def _of_packed(folder: Path, data: bytes) -> None:
    (folder / "a.vgz").write_bytes(data)
    unpack(folder / "a.vgz", folder / "a.vgdesk")


def _of_stack(suffix: str) -> Callable[[Path, bytes], None]:
    def test(folder: Path, data: bytes) -> None:
        (folder / f"a{suffix}").write_bytes(data)
        read_stack(folder / f"a{suffix}")

    return test


TARGETS: dict[str, Callable[[Path, bytes], None]] = {
    "project.json": _of_project("project.json"),
    "words.tsv": _of_project("words.tsv"),
    "trash.tsv": _of_project("trash.tsv"),
    "journal": _of_project("journal.jsonl"),
    "vgz": _of_packed,
    "safetensors": _of_stack(".safetensors"),
    "npz": _of_stack(".npz"),
}
SEEDS = {
    "project.json": SETTINGS,
    "words.tsv": TABLE,
    "trash.tsv": TABLE,
    "journal": JOURNAL,
}


def main() -> None:
    """Run one target."""
    name, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "60"
    home = Path(tempfile.mkdtemp(prefix="fuzz"))
    seeds = home / "seeds"
    seeds.mkdir()
    if name in SEEDS:
        (seeds / "seed").write_bytes(SEEDS[name])

    def one(data: bytes) -> None:
        with tempfile.TemporaryDirectory(dir=home) as outer:
            folder = Path(outer) / "in"
            folder.mkdir()
            with suppress(VgdeskError):
                TARGETS[name](folder, data)
            assert [path.name for path in Path(outer).iterdir()] == ["in"], "wrote outside"

    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", str(seeds)]
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
