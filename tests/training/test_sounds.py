from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from training.plan import SMOKE
from training.sounds import (
    EXTRACTOR,
    HOPS,
    Sound,
    disguise,
    disguised,
    in_room,
    make_mels,
    plain,
    raw_mels,
    read_sounds,
)
from training.voices import SAMPLE_RATE, clip_file, clips
from training.work import Work
from vgdesk.encoders.filterbank import log_mel_frames


def sweep(seconds: float) -> np.ndarray:
    """Make a tone that rises, so that every hop differs from its neighbours."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tone = 0.3 * np.sin(2 * np.pi * (200 + 2500 * time) * time)
    return (tone + np.random.default_rng(0).normal(0, 0.01, len(time))).astype(np.float32)


@pytest.mark.parametrize("hops", range(12, 20))
def test_training_hears_exactly_what_the_program_lets_an_encoder_hear(hops: int) -> None:
    samples = sweep((hops * 160 + 300) / SAMPLE_RATE)
    trained_on = plain([Sound("v", "w", raw_mels(samples))])
    assert trained_on.is_real.all()
    np.testing.assert_allclose(
        trained_on.frames[0].numpy(), log_mel_frames(EXTRACTOR, samples), atol=1e-4
    )


def test_padding_in_a_batch_is_marked_and_changes_no_frame() -> None:
    short, long = (Sound("v", "w", raw_mels(sweep(seconds))) for seconds in (0.4, 0.9))
    alone, both = plain([short]), plain([short, long])
    frames = alone.frames.shape[1]
    assert both.frames[0, :frames].equal(alone.frames[0])
    assert not both.is_real[0, frames:].any()
    assert (both.origin[0, frames:] == -1).all()


def test_frames_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.words.write_text("lemon\tpictured\t\nbear\tplain\t\n", "utf-8")
    spoken = [clip for clip in clips_without_sentences(work) if clip.voice != "flite-slt"]
    for number, clip in enumerate(spoken):
        clip_file(work, clip).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(clip_file(work, clip), sweep(0.3 + 0.05 * number), SAMPLE_RATE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.voices.sentences", lambda _work: [])
        make_mels(work, SMOKE)
    for sound in read_sounds(work, SMOKE):
        samples, _ = soundfile.read(
            work.clips / sound.voice / f"{sound.name}.flac", dtype="float32"
        )
        np.testing.assert_allclose(sound.mels, raw_mels(samples), atol=0.02)


def clips_without_sentences(work: Work) -> list:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.voices.sentences", lambda _work: [])
        return list(clips(work, SMOKE))


@pytest.mark.parametrize("seed", range(20))
def test_a_disguise_keeps_the_order_of_what_is_said(seed: int) -> None:
    mels = raw_mels(sweep(0.8))
    changed, origin = disguise(mels, np.random.default_rng(seed))
    assert len(changed) == len(origin)
    assert np.isfinite(changed).all()
    assert (np.diff(origin) >= 0).all()
    assert origin[0] == 0
    assert len(mels) - 4 <= origin[-1] < len(mels)


def test_a_disguised_tone_is_loudest_where_its_origin_says() -> None:
    # One band is loud at one time only: wherever it has gone, its origin must be that time.
    mels = np.zeros((80, 80), np.float32)
    mels[40] = 8.0
    for seed in range(20):
        changed, origin = disguise(mels, np.random.default_rng(seed))
        loudest = int(changed.mean(1).argmax())
        assert abs(origin[loudest] - 40) <= 2


def test_two_disguises_differ_and_the_same_chance_gives_the_same() -> None:
    sounds = [Sound("v", "w", raw_mels(sweep(0.6)))]
    chance = np.random.default_rng(1)
    one, other = disguised(sounds, chance), disguised(sounds, chance)
    again = disguised(sounds, np.random.default_rng(1))
    assert one.frames.equal(again.frames)
    assert one.frames.shape != other.frames.shape or not one.frames.equal(other.frames)


def test_a_room_only_adds_what_came_before() -> None:
    power = np.zeros((60, 80), np.float32)
    power[20] = 1.0
    heard = in_room(power, np.random.default_rng(0))
    assert (heard[:20] == 0).all()
    np.testing.assert_allclose(heard[20], 1.0, atol=1e-6)
    assert (np.diff(heard[21:45].mean(1)) <= 0).all()
    assert heard[21].mean() > 0


def test_a_frame_is_four_hops() -> None:
    batch = plain([Sound("v", "w", raw_mels(sweep(0.5)))])
    assert batch.frames.shape[-1] == 80 * HOPS
    assert isinstance(batch.frames, torch.Tensor)
