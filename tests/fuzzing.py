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
    from vgdesk.app.exchange.annotations import read_annotation
    from vgdesk.app.exchange.corpus_tables import read_table_file
    from vgdesk.app.project.archive import unpack
    from vgdesk.app.project.project_file import open_project
    from vgdesk.app.project.recovery import recover
    from vgdesk.app.stacks.stack_file import read_stack
    from vgdesk.core.errors import VgdeskError

SETTINGS = b'{"schema": 2, "speakers": [], "encoders": {}, "view": {}}'
TABLE = b"id\tword\tlanguage\ttake\tfile\nd\tdog\ten\td-1\ttakes/d.flac\n"
JOURNAL = (
    b'{"at": "", "edit": "", "set": {"words": {"x": {"id": "x", "word": "x", "language": "", '
    b'"labels": {}}}}, "gone": {"words": ["d"]}, "order": {"words": ["x"]}}'
)
TEXTGRID = b"""File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "dog"
"""
EAF = b"""<?xml version="1.0"?><ANNOTATION_DOCUMENT AUTHOR="" DATE="" FORMAT="3.0" VERSION="3.0">
<HEADER TIME_UNITS="milliseconds"/><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1"/>
<TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="500"/></TIME_ORDER><TIER LINGUISTIC_TYPE_REF="d"
TIER_ID="words"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1"
TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>dog</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="d" TIME_ALIGNABLE="true"/></ANNOTATION_DOCUMENT>"""
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


def _of_foreign(read: Callable[[Path], object], name: str) -> Callable[[Path, bytes], None]:
    def test(folder: Path, data: bytes) -> None:
        (folder / name).write_bytes(data)
        read(folder / name)

    return test


TARGETS: dict[str, Callable[[Path, bytes], None]] = {
    "project.json": _of_project("project.json"),
    "words.tsv": _of_project("words.tsv"),
    "trash.tsv": _of_project("trash.tsv"),
    "journal": _of_project("journal.jsonl"),
    "vgz": _of_packed,
    "safetensors": _of_stack(".safetensors"),
    "npz": _of_stack(".npz"),
    "textgrid": _of_foreign(read_annotation, "a.TextGrid"),
    "eaf": _of_foreign(read_annotation, "a.eaf"),
    "csv": _of_foreign(read_table_file, "a.csv"),
    "jsonl": _of_foreign(read_table_file, "a.jsonl"),
}
SEEDS = {
    "project.json": SETTINGS,
    "words.tsv": TABLE,
    "trash.tsv": TABLE,
    "journal": JOURNAL,
    "textgrid": TEXTGRID,
    "eaf": EAF,
    "csv": b"file,word,start,end\na.wav,dog,0.1,0.5\n",
    "jsonl": b'{"file_name": "a.wav", "word": "dog", "start": 0.1}\n',
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
