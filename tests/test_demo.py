"""The demo project: what ships must be whole, audible and what its labels say."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.voices import DEMO, similarity, vectors
from vgdesk.app.encoding.embedding_messages import EmbeddedItem, News, SpeechItem, TextItem
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.app.project.project_file import Project, open_project
from vgdesk.audio.files import describe, read
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Modality, Take, TakeSource
from vgdesk.encoders import ENCODERS, SPECTRUM
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.defaults import usual_encoders
from vgdesk.encoders.starter import CONTROLLED, control_id

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def demo() -> Project:
    return open_project(DEMO)


def test_opens_without_a_warning(demo: Project) -> None:
    assert demo.warnings == ()
    assert not demo.read_only


def test_each_word_is_spoken_once_by_each_of_two_voices_said_to_be_synthetic(demo: Project) -> None:
    session = demo.session
    speakers = {take.speaker for take in session.takes.values()}
    assert len(session.words) == 36
    assert len(speakers) == 2
    assert all("synthetic" in speaker for speaker in speakers)
    assert {take.source for take in session.takes.values()} == {TakeSource.SYNTHETIC}
    for word in session.words:
        assert sorted(take.speaker for take in session.takes_of(word)) == sorted(speakers)


def test_every_group_is_large_enough_to_be_scored(demo: Project) -> None:
    words = demo.session.words.values()
    assert demo.session.label_columns() == ("category", "onset", "phones")
    for column, groups in (("category", 5), ("onset", 4)):
        sizes = Counter(word.labels[column] for word in words)
        assert len(sizes) == groups
        assert min(sizes.values()) >= 6


def test_holds_minimal_pairs(demo: Project) -> None:
    """Counted on the sounds: words of the same length that differ in exactly one place."""
    phones = [word.labels["phones"] for word in demo.session.words.values()]
    pairs = [
        (a, b)
        for i, a in enumerate(phones)
        for b in phones[:i]
        if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    ]
    assert len(pairs) >= 7


def test_every_clip_holds_one_clear_word(demo: Project) -> None:
    for take in demo.session.takes.values():
        whole, word = read(take.file), read(take.file, start=take.start, end=take.end)
        assert np.abs(whole.samples).max() < 0.95, take.id
        loud = np.flatnonzero(np.abs(word.samples) > 0.05 * np.abs(word.samples).max())
        assert 0.25 < (loud[-1] - loud[0]) / word.sample_rate < 1.2, take.id
        assert np.abs(_outside(take)).max(initial=0.0) < 0.05, take.id


def _outside(take: Take) -> FloatArray:
    """Return the samples that the trim leaves out."""
    whole = read(take.file)
    end = whole.seconds if take.end is None else take.end
    inside = slice(round(take.start * whole.sample_rate), round(end * whole.sample_rate))
    return np.delete(whole.samples, inside)


def test_is_small(demo: Project) -> None:
    files = [file for file in DEMO.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 3 * MEGABYTE
    assert len(list((DEMO / "takes").iterdir())) == len(demo.session.takes)
    assert all(describe(take.file).sample_rate == 24_000 for take in demo.session.takes.values())


def test_the_encoders_that_it_names_ship(demo: Project) -> None:
    assert demo.session.encoders == usual_encoders()
    assert {demo.recipe.a, demo.recipe.b} <= set(demo.session.encoders)
    for cell, encoder in demo.session.encoders.items():
        assert ENCODERS[encoder].modality is cell.modality
        assert demo.recipe.layer_of(cell) < len(ENCODERS[encoder].layers)


@pytest.mark.slow
def test_the_vectors_that_ship_are_those_of_the_encoders_that_ship(
    demo: Project, tmp_path: Path
) -> None:
    """Each is there, none is left over, and making them anew gives the same."""
    own = (*demo.session.encoders.values(), *map(control_id, CONTROLLED))
    specs = [ENCODERS[encoder] for encoder in own if encoder in ENCODERS]
    specs = [spec for spec in specs if spec.folder is not None]
    files = [file for file in (DEMO / "cache").rglob("*") if file.is_file()]
    assert len(files) == sum(len(_items(demo, spec)) for spec in specs)
    for spec in specs:
        news = _embed(spec, _items(demo, spec), tmp_path / "none", DEMO / "cache")
        assert all(isinstance(item, EmbeddedItem) for item in news)  # no model was loaded
        stored = {item.row: item.embedding.values for item in news}
        anew = _embed(spec, _items(demo, spec)[:4], tmp_path / "own")
        for item in (item for item in anew if isinstance(item, EmbeddedItem)):
            apart = np.linalg.norm(item.embedding.values - stored[item.row])
            assert apart < 1e-3 * np.linalg.norm(stored[item.row])


def _items(demo: Project, spec: EncoderSpec) -> tuple[SpeechItem | TextItem, ...]:
    if spec.modality is Modality.TEXT:
        return tuple(TextItem(word.id, word.text) for word in demo.session.words.values())
    takes = demo.session.takes.values()
    return tuple(SpeechItem(take.id, take.file, take.start, take.end) for take in takes)


def _embed(
    spec: EncoderSpec,
    items: tuple[SpeechItem | TextItem, ...],
    own: Path,
    shipped: Path | None = None,
) -> list[News]:
    return list(
        embed(
            spec,
            items,
            cache_folder=own,
            device="cpu",
            pooling=Pooling.MEAN,
            shipped_folder=shipped,
        )
    )


def test_the_two_voices_say_the_same_words(demo: Project) -> None:
    """Even the bare spectrum is more alike for the same word than for any dealing out."""
    by_speaker: dict[str, list[SpeechItem]] = {}
    for take in demo.session.takes.values():
        item = SpeechItem(take.id, take.file, take.start, take.end)
        by_speaker.setdefault(take.speaker, []).append(item)
    a, b = (vectors(SPECTRUM, items) for items in by_speaker.values())
    alike = similarity(a[-1], b[-1])
    shuffled = np.random.default_rng(0)
    chance = [np.trace(alike[shuffled.permutation(len(alike))]) for _ in range(2000)]
    assert np.trace(alike) > max(chance)
    assert (alike.argmax(axis=1) == np.arange(len(alike))).mean() > 0.25
