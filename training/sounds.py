"""The training clips as log-mel frames, and their augmentation.

There are twenty synthetic voices in a silent room. Augmentation simulates other vocal tracts,
tempi, rooms and noises. It works on the frames, where it costs almost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch.nn.functional import conv1d
from transformers import SeamlessM4TFeatureExtractor

from training.plan import Plan
from training.voices import HIBARI, SAMPLE_RATE, Clip, clip_file, clips
from training.work import Work, replacing

BINS = 80
HOPS = 4  # hops of 10 ms that make one frame of the encoder
EXTRACTOR = SeamlessM4TFeatureExtractor(stride=HOPS)  # type: ignore[no-untyped-call]
LONGEST_HOPS = 500
TAIL_HOPS = 30
QUIET = 0.05  # quantile of the level used before and after a word
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sound:
    """A clip as input to the encoders.

    Attributes
    ----------
    mels
        Natural logarithm of the power in 80 mel bands, one row every 10 ms; [hops, 80].
    """

    voice: str
    name: str
    mels: Floats

    @property
    def is_sentence(self) -> bool:
        """Whether the clip is a sentence."""
        return self.name.startswith("sentence-")


def make_mels(work: Work, plan: Plan) -> None:
    """Compute the log-mel frames of all training clips, one file per voice."""
    for voice in (*plan.training_voices, HIBARI):
        target = work.features / "mels" / f"{voice}.safetensors"
        if target.exists():
            continue
        spoken = [clip for clip in clips(work, plan) if clip.voice == voice]
        with replacing(target) as file:
            # Row-major, because the file format has no other order and does not check it.
            rows = {clip.name: mels_of(work, clip).astype(np.float16, order="C") for clip in spoken}
            save_file(rows, file)


def mels_of(work: Work, clip: Clip) -> Floats:
    """Return the frames of a clip before normalisation, [hops, 80]."""
    samples, _ = soundfile.read(clip_file(work, clip), dtype="float32")
    return raw_mels(samples)


def raw_mels(samples: Floats) -> Floats:
    """Return the log-mel frames of the extractor of the encoder, before normalisation."""
    samples = np.pad(samples, (0, max(0, SAMPLE_RATE // 10 - len(samples))))
    frames = EXTRACTOR._extract_fbank_features(samples)
    return np.asarray(frames[:LONGEST_HOPS], np.float32)


def read_sounds(work: Work, plan: Plan) -> list[Sound]:
    """Read all training clips."""
    return [
        Sound(voice, name, mels.astype(np.float32))
        for voice in (*plan.training_voices, HIBARI)
        for name, mels in sorted(load_file(work.features / "mels" / f"{voice}.safetensors").items())
    ]


@dataclass(frozen=True, slots=True)
class Batch:
    """The input of the encoder in one step.

    Attributes
    ----------
    frames
        Shape [clips, frames, 80 * HOPS], normalised as by the extractor, padded with zeros.
    is_real
        Shape [clips, frames]: False for padding.
    origin
        The hop of the clean clip for each frame, -1 in padding; [clips, frames].
    """

    frames: torch.Tensor
    is_real: torch.Tensor
    origin: NDArray[np.int64]


def plain(sounds: Sequence[Sound]) -> Batch:
    """Return clips without augmentation."""
    return batch([(sound.mels, np.arange(len(sound.mels))) for sound in sounds])


def disguised(sounds: Sequence[Sound], chance: np.random.Generator) -> Batch:
    """Return augmented clips, as if by other speakers in other places."""
    return batch([disguise(sound.mels, chance) for sound in sounds])


def disguise(mels: Floats, chance: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Change tempo, vocal tract length, room and noise of a clip.

    Returns
    -------
    tuple
        The new frames, and the hop of the original clip for each.
    """
    stretch = np.exp(chance.uniform(-0.25, 0.25))
    hops = np.arange(0, len(mels) - 1, 1 / stretch)
    warped = at_places(at_places(mels, hops).T, throat(chance)).T
    before, after = chance.integers(0, 12, 2)
    quiet = np.quantile(warped, QUIET, axis=0).astype(np.float32)
    rests = [np.tile(quiet, (length, 1)) for length in (before, after)]
    power = np.exp(np.concatenate([rests[0], warped, rests[1]]))
    if chance.random() < 0.5:
        power = in_room(power, chance)
    if chance.random() < 0.7:
        power = power + noise(power, chance)
    origin = np.pad(np.rint(hops).astype(np.int64), (before, after), mode="edge")
    return np.log(power + 1e-7).astype(np.float32), origin


def at_places(rows: Floats, places: NDArray[np.float64]) -> Floats:
    """Interpolate rows linearly at fractional positions."""
    places = places.clip(0, len(rows) - 1)
    lower = np.floor(places).astype(int)
    upper = np.minimum(lower + 1, len(rows) - 1)
    share = (places - lower)[:, None].astype(np.float32)
    between: Floats = rows[lower] * (1 - share) + rows[upper] * share
    return between


def throat(chance: np.random.Generator) -> NDArray[np.float64]:
    """Return the position of each mel band of another vocal tract in this one (VTLP)."""
    factor = np.exp(chance.uniform(-0.2, 0.2))
    top = 1127 * np.log1p(8000 / 700)
    mel = np.linspace(0, top, BINS)
    hertz = 700 * np.expm1(mel / 1127) * factor
    places: NDArray[np.float64] = 1127 * np.log1p(hertz / 700) / top * (BINS - 1)
    return places


def in_room(power: Floats, chance: np.random.Generator) -> Floats:
    """Add reverberation with a decay of .1 to .6 seconds."""
    decay = 10 ** (-6 * 0.01 / chance.uniform(0.1, 0.6))
    tail = decay ** np.arange(TAIL_HOPS)
    tail *= chance.uniform(0.1, 0.6) * (1 - decay)
    tail[0] = 1.0
    kernel = torch.from_numpy(tail[::-1].astype(np.float32).copy())[None, None]
    padded = np.pad(power, ((TAIL_HOPS - 1, 0), (0, 0)))
    return conv1d(torch.from_numpy(padded.T[:, None].copy()), kernel)[:, 0].numpy().T


def noise(power: Floats, chance: np.random.Generator) -> Floats:
    """Return noise of a random spectrum, 0 to 35 dB below the clip."""
    colour = (
        chance.uniform(-0.04, 0.04) * np.arange(BINS) + chance.normal(0, 0.4, BINS).cumsum() / 4
    )
    level = np.log(power.mean()) - chance.uniform(0, 35) * np.log(10) / 10 + colour - colour.mean()
    powers = np.exp(level + 0.4 * chance.standard_normal(power.shape))
    return np.asarray(powers, np.float32)


def batch(clips_: Sequence[tuple[Floats, NDArray[np.int64]]]) -> Batch:
    """Normalise each clip as the extractor does, join its hops to frames and pad to the longest."""
    # The program does not count a last frame with a single hop either.
    lengths = [max(1, (len(mels) + HOPS - 2) // HOPS) for mels, _ in clips_]
    frames = np.zeros((len(clips_), max(lengths), HOPS * BINS), np.float32)
    origin = np.full(frames.shape[:2], -1)
    for place, (mels, hops) in enumerate(clips_):
        standardised = (mels - mels.mean(0)) / np.sqrt(mels.var(0, ddof=1) + 1e-7)
        kept = standardised[: lengths[place] * HOPS]
        frames[place].reshape(-1, BINS)[: len(kept)] = kept
        centres = np.minimum(np.arange(lengths[place]) * HOPS + HOPS // 2, len(hops) - 1)
        origin[place, : lengths[place]] = hops[centres]
    return Batch(torch.from_numpy(frames), torch.from_numpy(origin >= 0), origin)
