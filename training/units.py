"""The targets of masked prediction: a discrete unit for every hop of every clean clip.

HuBERT (Hsu et al. 2021, section II): in the first round units are clusters of the spectrum, in the
second clusters of the hidden states of a middle block.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.fft import dct
from sklearn.cluster import MiniBatchKMeans

from training.sounds import HOPS, Floats, Sound
from training.work import Work, replacing

CEPSTRA = 20
CONTEXT_HOPS = 4
FITTED_ROWS = 150_000


def spectral_units(work: Work, sounds: Sequence[Sound], units: int) -> list[NDArray[np.int64]]:
    """Return the unit of each hop of each clip: clusters of cepstra over 80 ms."""
    target = work.features / f"units-{units}.safetensors"
    if not target.exists():
        labels = cluster([cepstra(sound.mels) for sound in sounds], units, seed=0)
        with replacing(target) as file:
            save_file({key_of(sound): row for sound, row in zip(sounds, labels, strict=True)}, file)
    stored = load_file(target)
    return [stored[key_of(sound)].astype(np.int64) for sound in sounds]


def own_units(
    frames: Sequence[Floats], sounds: Sequence[Sound], units: int, *, seed: int
) -> list[NDArray[np.int64]]:
    """Return the unit of each hop: clusters of the hidden states of a block.

    Parameters
    ----------
    frames
        The hidden states of each clip, [frames, dim].
    """
    labels = cluster(frames, units, seed=seed)
    return [
        np.repeat(np.append(row, row[-1]), HOPS)[: len(sound.mels)].astype(np.int64)
        for row, sound in zip(labels, sounds, strict=True)
    ]


def cepstra(mels: Floats) -> Floats:
    """Return the cepstra of each hop, 40 ms before and 40 ms after; [hops, 3 * CEPSTRA]."""
    standardised = (mels - mels.mean(0)) / (mels.std() + 1e-3)
    now = dct(standardised, norm="ortho")[:, :CEPSTRA]
    padded = np.pad(now, ((CONTEXT_HOPS, CONTEXT_HOPS), (0, 0)), mode="edge")
    return np.hstack([padded[: len(now)], now, padded[2 * CONTEXT_HOPS :]]).astype(np.float32)


def cluster(vectors: Sequence[Floats], units: int, *, seed: int) -> list[NDArray[np.int32]]:
    """Fit k-means to a sample of all rows and return the cluster of every row."""
    rows = np.concatenate(vectors)
    chosen = np.random.default_rng(seed).permutation(len(rows))[:FITTED_ROWS]
    means = MiniBatchKMeans(units, batch_size=4096, n_init=1, max_iter=30, random_state=seed)
    means.fit(rows[chosen])
    found = means.predict(rows).astype(np.int32)
    return np.split(found, np.cumsum([len(part) for part in vectors])[:-1])


def key_of(sound: Sound) -> str:
    """Return the unique key of a clip."""
    return f"{sound.voice}/{sound.name}"
