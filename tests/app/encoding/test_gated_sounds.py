from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.encoders.conftest import tiny as tiny
from vgdesk.app.encoding.embedding_messages import EmbeddedItem, SpeechItem
from vgdesk.app.encoding.embedding_worker import drop_models, embed, sound_of
from vgdesk.app.encoding.gated_sounds import gates_of, seconds_of
from vgdesk.audio.files import Recording, write_flac
from vgdesk.core.arrays import FloatArray
from vgdesk.core.gates import Condition, gate_times
from vgdesk.encoders import ENCODERS, inspect_folder
from vgdesk.encoders.base import EncoderSpec, Pooling

RATE = 16_000


@pytest.fixture
def word(tmp_path: Path) -> SpeechItem:
    """Write a file whose word begins and ends within it."""
    samples = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    write_flac(tmp_path / "dog.flac", Recording(samples, RATE))
    return SpeechItem("dog-1", tmp_path / "dog.flac", 0.2, 0.83)


def sounds(word: SpeechItem, condition: Condition) -> list[FloatArray]:
    return [sound_of(gate).samples for gate in gates_of(word, seconds_of(word), condition)]


def test_the_start_is_what_the_word_begins_with(word: SpeechItem) -> None:
    whole = sound_of(word).samples
    for time, heard in zip(gate_times(0.63), sounds(word, Condition.START), strict=True):
        assert len(heard) == round(time * RATE)
        assert (heard == whole[: len(heard)]).all()


def test_the_end_is_what_the_word_ends_with(word: SpeechItem) -> None:
    whole = sound_of(word).samples
    for time, heard in zip(gate_times(0.63), sounds(word, Condition.END), strict=True):
        assert abs(len(heard) - time * RATE) <= 1
        assert (heard == whole[-len(heard) :]).all()


def test_silence_keeps_the_length(word: SpeechItem) -> None:
    whole = sound_of(word).samples
    for time, heard in zip(gate_times(0.63), sounds(word, Condition.PADDED), strict=True):
        cut = round(time * RATE)
        assert abs(len(heard) - len(whole)) <= 1
        assert (heard[:cut] == whole[:cut]).all()
        assert not heard[cut:].any()


def test_a_faded_gate_ends_in_silence_and_begins_as_the_word(word: SpeechItem) -> None:
    plain, faded = sounds(word, Condition.START), sounds(word, Condition.FADED)
    for one, other in zip(plain, faded, strict=True):
        assert len(one) == len(other)
        assert (one[:-320] == other[:-320]).all()
        assert other[-1] == 0


@pytest.mark.parametrize("condition", [Condition.START, Condition.END, Condition.PADDED])
def test_at_the_last_gate_the_whole_word_is_heard(word: SpeechItem, condition: Condition) -> None:
    assert (sounds(word, condition)[-1] == sound_of(word).samples).all()


def test_a_trim_behind_the_end_of_the_file_ends_with_the_file(word: SpeechItem) -> None:
    assert seconds_of(SpeechItem("x", word.file, 0.25, 9.0)) == pytest.approx(0.75)
    assert seconds_of(SpeechItem("x", word.file, 0.25)) == pytest.approx(0.75)


def keys(items: tuple[SpeechItem, ...], spec: EncoderSpec) -> list[str]:
    news = embed(spec, items, cache_folder=None, device="cpu", pooling=Pooling.MEAN)
    found = {one.row: one.embedding for one in news if isinstance(one, EmbeddedItem)}
    assert all(np.isfinite(found[item.row].values).all() for item in items)
    return [found[item.row].key for item in items]


def test_every_condition_has_its_own_vectors(word: SpeechItem) -> None:
    cut = SpeechItem("cut", word.file, 0.2, 0.4)
    ways = (
        cut,
        SpeechItem("faded", word.file, 0.2, 0.4, fade=0.02),
        SpeechItem("padded", word.file, 0.2, 0.4, silence=0.1),
        SpeechItem("both", word.file, 0.2, 0.4, fade=0.02, silence=0.1),
        SpeechItem("longer", word.file, 0.2, 0.4, silence=0.2),
    )
    found = keys(ways, ENCODERS["spectrum"])
    assert len(set(found)) == len(ways)
    # What sounds the same is the same: at the last gate the vectors of the take are there already.
    assert keys((SpeechItem("again", word.file, 0.2, 0.4),), ENCODERS["spectrum"]) == found[:1]


@pytest.mark.parametrize("name", ["spectrum", "wav2vec2-group", "w2v-bert", "whisper"])
def test_a_few_milliseconds_are_enough_for_every_encoder(
    tiny: Callable[[str], Path], word: SpeechItem, name: str
) -> None:
    drop_models()
    spec = ENCODERS.get(name) or inspect_folder(tiny(name), is_grounded=False)
    assert len(keys(gates_of(word, 0.005, Condition.START), spec)) == 1
    drop_models()
