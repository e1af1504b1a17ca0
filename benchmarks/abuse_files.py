"""Damaged and prepared files: projects, packed projects, models, stacks, cached vectors, takes.

Each case starts from real files, changes them at random, and uses them as the program would. A case
is in a separate folder beside decoys, which must not be touched.
"""

import json
import os
import random
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from tests.app.project.test_project_manager import Window
from vgdesk.app.encoding.embedding_cache import EmbeddingCache
from vgdesk.app.exchange.exporting import export
from vgdesk.app.exchange.import_preview import first_choices, look_at, planned
from vgdesk.app.exchange.importing import import_takes
from vgdesk.app.project.archive import pack, unpack
from vgdesk.app.project.erasure import NOTE_FILE
from vgdesk.app.project.journal import edit_record
from vgdesk.app.project.journal_replay import JOURNAL_FILE
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.stacks.frame_file import read_frames, write_frames
from vgdesk.app.stacks.stack_file import read_stack, write_stack
from vgdesk.app.words.identifiers import next_take_id
from vgdesk.audio.files import Recording, write_flac
from vgdesk.audio.take_writer import partial_path
from vgdesk.core.errors import VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import EncoderId, Session, Speaker, Take, TakeId, Word, WordId
from vgdesk.core.resources import resource
from vgdesk.core.stack import Embedding, LayerStack
from vgdesk.core.viewing import ViewRecipe
from vgdesk.encoders import inspect_folder, inspect_vectors

HOSTILE = (
    "../../decoys/sound.flac", "../decoys/text.tsv", "..", ".", "", "/", "a/b", "a\\b", "\0", "\t",
    "C:\\x", "con", "nul", "9" * 400, "-1", "1e999", "NaN", "Infinity", "-0", "null", "true", "[]",
    "{}", "[" * 5000, "\ud83d", "\u202e", "é" * 300, "takes", "takes/dog-1.flac", "words.tsv",
    "\\e", "\\ud800", "0", "2", "99999999999999999999", "1e308", "dog", "dog-1", "S01",
)  # fmt: skip
ENDS = "\t\n\":,{}[] '<>"
SPARSE = (2**20, 2**31)  # sizes of sparse files in bytes
KEY = "0" * 40

Mutation = Callable[[Path, random.Random, Path], None]


def mutate(folder: Path, dice: random.Random, decoys: Path) -> None:
    """Change one to four things in a folder."""
    for _ in range(dice.choice((1, 1, 2, 4))):
        files = sorted(file for file in folder.rglob("*") if file.is_file() and _is_plain(file))
        if files:
            dice.choice(MUTATIONS)(dice.choice(files), dice, decoys)


def _is_plain(file: Path) -> bool:
    return not file.is_symlink() and file.stat().st_size < SPARSE[0] * 8


def _flip(file: Path, dice: random.Random, _decoys: Path) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(min(len(content), dice.choice((1, 1, 3, 20)))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.3:
        del content[dice.randrange(len(content) + 1) :]
    file.write_bytes(content)


def _say(file: Path, dice: random.Random, decoys: Path) -> None:
    """Replace a cell, a string or a number by something hostile."""
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    ends = [place for place, character in enumerate(text[:100_000]) if character in ENDS]
    if len(ends) < 2:
        return
    at = dice.randrange(len(ends) - 1)
    word = dice.choice((*HOSTILE, str(decoys / "sound.flac")))
    word = json.dumps(word)[1:-1] if dice.random() < 0.5 else word
    said = text[: ends[at] + 1] + word + text[ends[at + 1] :]
    file.write_bytes(said.encode("utf-8", "surrogatepass" if "\ud83d" in word else "ignore"))


def _shuffle(file: Path, dice: random.Random, _decoys: Path) -> None:
    lines = file.read_bytes().split(b"\n")
    dice.shuffle(lines)
    file.write_bytes(b"\n".join(lines * dice.choice((1, 1, 2, 50))))


def _replace(file: Path, dice: random.Random, decoys: Path) -> None:
    """Replace a file, or its folder, by a link, a folder, a pipe or nothing."""
    kind = dice.choice(("link", "folder", "pipe", "nothing", "empty", "sparse", "linked folder"))
    if kind == "linked folder" and file.parent.name == "takes":
        shutil.rmtree(file.parent)
        file.parent.symlink_to(decoys)
        return
    file.unlink()
    if kind == "link":
        file.symlink_to(dice.choice(sorted(decoys.iterdir())))
    elif kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "empty":
        file.touch()
    elif kind == "sparse":
        with file.open("wb") as stream:
            stream.truncate(dice.choice(SPARSE))


def _rename(file: Path, dice: random.Random, _decoys: Path) -> None:
    names = ("dog-1.48000.partial", "x.999999999999.partial", "y.partial", ".partial", "z.flac")
    file.with_name(dice.choice(names)).write_bytes(file.read_bytes())


MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _say, _say, _say, _shuffle, _replace, _rename)


# How cases are made and used


def furnish(decoys: Path) -> None:
    """Make the decoys, which must not be touched."""
    decoys.mkdir(parents=True)
    write_flac(decoys / "sound.flac", _noise(0.3))
    (decoys / "text.tsv").write_text("id\tword\nmine\tmine\n")
    (decoys / "journal.jsonl").write_text("{}\n")


def _noise(seconds: float) -> Recording:
    samples = np.random.default_rng(0).normal(0, 0.1, round(16_000 * seconds))
    return Recording(samples.astype(np.float32), 16_000)


def make_project(folder: Path) -> None:
    """Make a project with all possible contents, as left by a crash."""
    takes = folder / "takes"
    takes.mkdir(parents=True)
    session = Session().with_speaker(Speaker("S01", "de", has_consent=True))
    for name in ("dog", "cat", "boat"):
        session = session.with_word(Word(WordId(name), name, "en", {"category": "x"}))
        file = takes / f"{name}-1.flac"
        write_flac(file, _noise(0.3))
        session = session.with_take(Take(TakeId(f"{name}-1"), WordId(name), file, "S01", 0.0, 0.2))
    session = session.without_takes(frozenset([TakeId("cat-1")]))
    session = replace(session, spent={WordId("dog"): 4}, ratings={("dog", "cat"): 3.0})
    saved = save(folder, session, ViewRecipe())
    moon = Word(WordId("moon"), "moon")
    edits = [
        edit_record(saved, saved.with_word(moon), folder, "Add moon"),
        {"at": "2026-01-01", "take": "moon-1", "word": {
            "id": "moon", "word": "moon", "language": "en", "labels": {}}, "speaker": "S01"},
    ]  # fmt: skip
    (folder / JOURNAL_FILE).write_text("\n".join(map(json.dumps, edits)))
    partial_path(takes, "moon-1", 16_000).write_bytes(_noise(0.3).samples.tobytes())


def use_project(folder: Path) -> None:
    """Open it in a window, record and save; then pack and export it."""
    window = Window()
    window.open(folder)
    session = window.store.session
    for word in session.words:
        name = next_take_id(session, word, folder / "takes")
        assert (folder / "takes" / f"{name}.flac").resolve().parent == (folder / "takes").resolve()
    if window.projects.home == folder:
        sun = Word(WordId("sun"), "sun")
        window.store.apply("Add sun", lambda now: now.with_word(sun))
        window.save(folder)
    window.close()
    _each(
        lambda: pack(folder, folder.with_suffix(".vgz"), force=True),
        lambda: export(open_project(folder).session, "csv", folder.with_suffix(".csv"), force=True),
    )


def make_removal(folder: Path) -> None:
    make_project(folder)
    note = {"speaker": "S01", "files": ["moon-1.flac", "dog-1.flac"]}
    (folder / NOTE_FILE).write_text(json.dumps(note))


def use_removal(folder: Path) -> None:
    """Open it, and confirm the interrupted deletion."""
    window = Window()
    window.open(folder)
    for removal in window.interrupted:
        ends: list[bool] = []
        told = len(window.notices)
        window.projects.remove(removal, lambda then: then(), lambda ends=ends: ends.append(True))
        window.main_thread.run_until(
            lambda ends=ends, told=told: ends or len(window.notices) > told
        )
    window.close()


def make_packed(folder: Path) -> None:
    make_project(folder / "a.vgdesk")
    pack(folder / "a.vgdesk", folder / "a.vgz")
    unpacked = folder / "inside"
    with zipfile.ZipFile(folder / "a.vgz") as packed:
        packed.extractall(unpacked)
    shutil.rmtree(folder / "a.vgdesk")


def use_packed(folder: Path) -> None:
    """Unpack the project, as it is and repacked after the changes."""
    again = folder / "again.vgz"
    if (folder / "inside").is_dir():
        with zipfile.ZipFile(again, "w") as packed:
            for file in sorted((folder / "inside").rglob("*")):
                if file.is_file() and not file.is_symlink() and file.stat().st_size < SPARSE[1]:
                    packed.write(file, file.relative_to(folder / "inside").as_posix())
    for file in (folder / "a.vgz", again):
        if file.exists():
            target = folder / f"{file.stem}-new.vgdesk"
            _each(lambda f=file, t=target: unpack(f, t))
            if target.exists():
                use_project(target)


def make_model(folder: Path) -> None:
    shutil.copytree(resource("models") / "text", folder / "model")


def make_vectors(folder: Path) -> None:
    folder.mkdir()
    lines = (f"word{i} {i / 7} {-i} 0.5" for i in range(20))
    (folder / "vectors.txt").write_text("\n".join(lines))
    (folder / "headed.vec").write_text("2 3\ndog 1 2 3\ncat 4 5 6\n")


def use_vectors(folder: Path) -> None:
    _each(*(lambda file=file: inspect_vectors(file) for file in sorted(folder.iterdir())))


def make_stacks(folder: Path) -> None:
    folder.mkdir()
    values = np.random.default_rng(1).normal(size=(3, 6, 4)).astype(np.float32)
    words = tuple(WordId(f"w{i}") for i in range(6))
    stack = LayerStack(EncoderId("e"), ("0", "1", "2"), words, words, values)
    for suffix in ("safetensors", "npz", "h5"):
        write_stack(folder / f"s.{suffix}", stack)
    write_frames(folder / "f.safetensors", FrameStack.of_stack(stack))


def use_stacks(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        for read in (read_stack, read_frames):
            _each(lambda file=file, read=read: _refuse_numbers(read(file).values))


def _refuse_numbers(values: np.ndarray) -> None:
    assert np.isfinite(values).all(), "NaN or infinity"


def make_cache(folder: Path) -> None:
    values = np.random.default_rng(2).normal(size=(3, 8)).astype(np.float32)
    EmbeddingCache(folder).put(Embedding(KEY, EncoderId("e"), ("a", "b", "c"), values))


def use_cache(folder: Path) -> None:
    """Look up a vector, which must be the right one or none."""
    right = np.random.default_rng(2).normal(size=(3, 8)).astype(np.float32)
    found = EmbeddingCache(folder).get(KEY)
    if found is not None:
        assert np.array_equal(found.values, right), "a damaged vector"
        assert (found.encoder, found.layers) == ("e", ("a", "b", "c")), "a damaged description"


def make_takes(folder: Path) -> None:
    make_project(folder)
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()
    (folder / "words.tsv").write_text("id\tword\nmoon\tmoon\n")


def make_imports(folder: Path) -> None:
    folder.mkdir()
    write_flac(folder / "a.flac", _noise(1.0))
    (folder / "t.csv").write_text("word,file,start,end,speaker\ndog,a.flac,0.1,0.4,S01\ncat,,,,\n")
    (folder / "t.jsonl").write_text('{"word": "dog", "file": "a.flac"}\n')
    (folder / "a.TextGrid").write_text(
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1\n<exists>\n1\n'
        '"IntervalTier"\n"words"\n0\n1\n2\n0\n0.5\n"dog"\n0.5\n1\n"cat"\n'
    )
    (folder / "a.eaf").write_text(
        '<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR '
        'MEDIA_URL="file:///x/a.flac" RELATIVE_MEDIA_URL="./a.flac"/></HEADER><TIME_ORDER>'
        '<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" '
        'TIME_VALUE="500"/></TIME_ORDER><TIER LINGUISTIC_TYPE_REF="t" TIER_ID="words">'
        '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" '
        'TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>dog</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
        "</ANNOTATION></TIER></ANNOTATION_DOCUMENT>"
    )


def use_imports(folder: Path) -> None:
    """Inspect each file as an import does, including its sound files."""

    def take_in(file: Path) -> None:
        incoming = look_at([file])
        choices = first_choices(incoming)
        # The rest of a long table only takes more time: an import can be cancelled at each file.
        list(islice(import_takes(planned(incoming, choices, Session())), 20))

    _each(*(lambda file=file: take_in(file) for file in sorted(folder.iterdir())))


def _each(*calls: Callable[[], object]) -> None:
    """Make all the calls; write their errors to standard error."""
    for call in calls:
        try:
            call()
        except VgdeskError as error:
            sys.stderr.write(f"{error}\n")


KINDS: Mapping[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "project": (make_project, use_project),
    "deletion": (make_removal, use_removal),
    "takes": (make_takes, use_project),
    "packed": (make_packed, use_packed),
    "model": (make_model, lambda f: _each(lambda: inspect_folder(f / "model", is_grounded=False))),
    "vectors": (make_vectors, use_vectors),
    "stacks": (make_stacks, use_stacks),
    "cache": (make_cache, use_cache),
    "imports": (make_imports, use_imports),
}
PROJECTS = ("project", "deletion", "takes")
