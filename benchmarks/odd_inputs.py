"""The input files of `abuse_commands`: good, unusual and damaged ones."""

import hashlib
import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

FOLDER = "folder"
LOCK_FILE = ".lock"


def furnish(folder: Path) -> None:
    """Fill the sandbox with good, unusual and damaged input files."""
    from vgdesk.app.project.archive import pack
    from vgdesk.app.project.project_file import open_project, save
    from vgdesk.core.resources import resource as shipped

    demo = open_project(shipped("demo.vgdesk"))
    session = demo.session.without_words(frozenset(list(demo.session.words)[8:-8]))
    save(folder / "p.vgdesk", replace(session, trash={}), demo.recipe)
    pack(folder / "p.vgdesk", folder / "p.vgz")
    takes = sorted((folder / "p.vgdesk" / "takes").iterdir())
    (folder / "sounds").mkdir()
    for take in takes[:3]:
        shutil.copy(take, folder / "sounds")
    shutil.copy(takes[0], folder / "dog.flac")
    (folder / "new").mkdir()
    _write_tables(folder, [word.text for word in session.words.values()])
    _write_damaged_tables(folder)
    _write_damaged_binaries(folder, takes[0].read_bytes())
    _write_folders_and_links(folder)


def _write_tables(folder: Path, words: list[str]) -> None:
    from vgdesk.app.stacks.stack_file import write_stack
    from vgdesk.core.model import EncoderId, WordId
    from vgdesk.core.stack import LayerStack

    rng = np.random.default_rng(0)
    (folder / "list.txt").write_text("\n".join(words))
    for name, mark in (("table.tsv", "\t"), ("table.csv", ",")):
        rows = [mark.join(("word", "category", "shape"))]
        rows += [mark.join((word, "ab"[i % 2], "round")) for i, word in enumerate(words)]
        (folder / name).write_text("\n".join(rows))
    pairs = [f"{a}\t{b}\t{i}" for i, (a, b) in enumerate(pairwise(words))]
    (folder / "ratings.tsv").write_text("\n".join(["word1\tword2\tsimilarity", *pairs]))
    recipe = {"words": "list.txt", "encoders": ["spelling"], "measures": ["silhouette"]}
    (folder / "recipe.json").write_text(json.dumps({**recipe, "label": "category"}))
    (folder / "captions.tsv").write_text("\n".join(["sentence1\tsentence2\tscore", *pairs]))
    lines = [f"{word} {' '.join(map(str, rng.normal(size=5)))}" for word in words]
    (folder / "vectors.txt").write_text("\n".join(lines))
    values = rng.normal(size=(2, len(words), 5)).astype(np.float32)
    ids = tuple(map(WordId, words))
    stack = LayerStack(EncoderId("own"), ("0", "1"), tuple(words), ids, values)
    for name in ("good.safetensors", "good.npz"):
        write_stack(folder / name, stack)


def _write_damaged_tables(folder: Path) -> None:
    deep, giant = "[" * 100_000, "x" * 300_000
    texts = {
        "deep.json": deep, "deep.jsonl": f'{deep}\n{{"word": {deep}}}\n', "empty.tsv": "",
        "giant.csv": f"word,category\n{giant},a\n", "giant.tsv": f"word\tcategory\n{giant}\ta\n",
        "quotes.csv": 'word,category\n"dog,a\n' + "cat,b\n" * 40_000, "zeros.tsv": "\0" * 5000,
        "header.tsv": "word\tfile\tstart\n", "ragged.csv": "word,a\ndog\ncat,1,2,3\n,,,,,\n",
        "wide.txt": "dog " + "0.5 " * 100_000, "ragged.txt": "dog 1 2 3\ncat 1 2\n",
        "infinite.txt": "dog inf nan 1e999\ncat 1 2 3\n", "text.wav": "no sound",
        "nan.tsv": "word1\tword2\tsimilarity\ndog\tcat\tnan\nsentence1\tx\tinf\n",
        "bad.TextGrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\nintervals [1]:\n',
        "bad.eaf": "<?xml version='1.0'?>" + "<a>" * 20_000, "file.vgdesk": "no folder",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "latin.txt").write_bytes(b"caf\xe9\nna\xefve\n")


def _write_damaged_binaries(folder: Path, sound: bytes) -> None:
    good = {
        name: (folder / name).read_bytes() for name in ("good.safetensors", "good.npz", "p.vgz")
    }
    header = b"[" * 60_000
    contents = {
        "zeros.wav": bytes(5000), "short.flac": sound[: len(sound) // 2],
        "short.safetensors": good["good.safetensors"][:100], "short.npz": good["good.npz"][:-30],
        "short.h5": b"\x89HDF\r\n\x1a\n" + bytes(50), "short.vgz": good["p.vgz"][:-40],
        "zip.vgz": good["good.npz"], "bad.parquet": b"PAR1" + bytes(99) + b"PAR1",
        "deep.safetensors": len(header).to_bytes(8, "little") + header,
        "lies.safetensors": (2**62).to_bytes(8, "little") + b"{}",
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _write_folders_and_links(folder: Path) -> None:
    configs = {
        "deep-model": "[" * 100_000,
        "odd-model": json.dumps(
            {"model_type": "bert", "num_hidden_layers": -1, "hidden_size": 1e99}
        ),
    }
    for name, text in configs.items():
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(text)
    for name in ("empty-model", "folder.wav", "folder.safetensors", "folder.tsv", "empty.vgdesk"):
        (folder / name).mkdir()
    for name, file, text in (
        ("deep.vgdesk", "project.json", "[" * 100_000),
        ("deep.vgdesk", "words.tsv", "id\tword\ndog\tdog\n"),
        ("bare.vgdesk", "words.tsv", "id\tword\ttake\tfile\ndog\tdog\td-1\ttakes/gone.wav\n"),
        ("bare", "words.tsv", "id\tword\ndog\tdog\n"),
    ):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / file).write_text(text)
    for name, to in (
        ("loop", "loop"), ("loop.tsv", "loop.tsv"), ("loop.vgdesk", "loop.vgdesk"),
        ("dangling.tsv", "nowhere"), ("link", "p.vgdesk"), ("to-list.csv", "list.txt"),
        ("to-words.tsv", "p.vgdesk/words.tsv"),
    ):  # fmt: skip
        (folder / name).symlink_to(to)


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every decoy; commands may only write into the folder `new`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not name.startswith("new") and not name.endswith(LOCK_FILE):
            content = path.read_bytes() if path.is_file() else b""
            digest = hashlib.blake2b(content, digest_size=8).hexdigest()
            found[name] = FOLDER if path.is_dir() else digest
    return found


def is_leftover(name: str) -> bool:
    """Return whether a name is that of an unfinished file."""
    return name.endswith((".part", ".unfinished", ".new")) or (
        name.startswith(".") and name != LOCK_FILE
    )
