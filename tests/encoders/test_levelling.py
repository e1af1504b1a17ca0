"""The study levels the sound of one model over whole files, that of the other over words."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_builder import Making, make_stack
from vgdesk.audio.files import Recording, read, write_flac
from vgdesk.core.resources import resource
from vgdesk.encoders import ENCODERS, inspect_folder, levelling_files, load
from vgdesk.encoders.base import Pooling

Tiny = Callable[[str], Path]
RATE = 16_000


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A list with two words in one file: a loud one, and a soft one with an offset."""
    rng = np.random.default_rng(0)
    loud, soft = 0.3 * rng.normal(size=RATE), 0.01 * rng.normal(size=RATE) + 0.02
    sound = np.concatenate([loud, soft]).astype(np.float32)
    write_flac(tmp_path / "both.flac", Recording(sound, RATE))
    table = tmp_path / "words.tsv"
    table.write_text(
        "id\tword\ttake\tfile\tstart\tend\nloud\tloud\ta\tboth.flac\t0.2\t0.8\n"
        "soft\tsoft\tb\tboth.flac\t1.2\t1.8\n"
    )
    return table


def test_the_level_is_that_of_the_file(tiny: Tiny, words: Path) -> None:
    spec = inspect_folder(tiny("wav2vec2-stable"), is_grounded=True)
    over_files = levelling_files(spec)
    assert over_files is not None
    assert over_files.revision != spec.revision
    found, _ = make_stack(over_files, [words], Making())
    usual, _ = make_stack(spec, [words], Making())
    file = words.parent / "both.flac"
    whole = read(file).samples
    # A model told to level nothing gets the words cut out of the levelled file by hand.
    encoder = load(replace(spec, levels_file=True), "cpu")
    cut = (whole - whole.mean()) / np.sqrt(whole.var() + 1e-7)
    for row, start in enumerate((0.2, 1.2)):
        word = cut[round(start * RATE) : round((start + 0.6) * RATE)]
        (expected,) = encoder.encode([word], Pooling.MEAN)
        assert found.values[:, row] == pytest.approx(expected, abs=1e-4)
    assert np.abs(found.values[:, 1] - usual.values[:, 1]).max() > 0.01


def test_levelling_a_file_of_one_word_has_no_effect(tiny: Tiny, words: Path) -> None:
    spec = inspect_folder(tiny("hubert-stable"), is_grounded=True)
    over_files = levelling_files(spec)
    assert over_files is not None
    file = words.parent / "both.flac"
    table = words.parent / "one.tsv"
    table.write_text(f"id\tword\ttake\tfile\nboth\tboth\ta\t{file.name}\n")
    one, other = (make_stack(each, [table], Making())[0].values for each in (spec, over_files))
    assert one == pytest.approx(other, abs=1e-4)


def test_only_models_that_level_sound_can_level_files(tiny: Tiny) -> None:
    for name in ("w2v-bert", "whisper", "bert"):
        assert levelling_files(inspect_folder(tiny(name), is_grounded=True)) is None
    assert all(levelling_files(spec) is None for spec in ENCODERS.values())


@pytest.mark.slow
def test_as_published_one_encoder_in_both_cells_is_heard_in_two_ways(
    tiny: Tiny, tmp_path: Path
) -> None:
    demo, model = str(resource("demo.vgdesk")), str(tiny("wav2vec2-stable"))
    out = tmp_path / "out"
    vectors = tmp_path / "my.txt"
    texts = [word.text for word in open_words(demo).words.values()]
    vectors.write_text("".join(f"{text} {len(text)} {ord(text[0])}\n" for text in texts))
    command = ["reproduce", demo, "--out", str(out), "--text", str(vectors)]
    command += ["--text-grounded", "spelling"]
    assert main([*command, "--speech", model, "--speech-grounded", model]) == 0
    lines = (out / "results.tsv").read_text("utf-8").splitlines()
    found: dict[tuple[str, str], list[str]] = {}
    for row in csv.DictReader(lines, delimiter="\t"):
        found.setdefault((row["measure"], row["line"]), []).append(row["values"])
    # Word vectors of a file are compared with every layer of speech.
    assert len(set(found["cka", "Speech – Text"])) == 3
    plain, grounded = "Speech", "Speech + pictures"
    assert found["silhouette", plain] == found["silhouette", grounded]
    assert found["silhouette-published", plain] != found["silhouette-published", grounded]
    assert "normalised over the whole file" in (out / "README.md").read_text("utf-8")
