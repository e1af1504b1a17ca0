"""Conversion of values per item into answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.answers import RESAMPLES, Floats
from training.evaluation.vectors import Examined


def who(encoder: Examined) -> dict[str, Any]:
    """Return the part of an answer that identifies the encoder."""
    return {"modality": encoder.modality.value, "stage": encoder.stage, "seed": encoder.seed}


def average(values: Floats, words: Sequence[str], chance: float) -> dict[str, Any]:
    """Return the part of an answer with the mean over items, [layers, items].

    The interval is that of `answers.bootstrapped`, for all layers at once.
    """
    names, of_item = np.unique(np.asarray(words), return_inverse=True)
    sums = np.stack([np.bincount(of_item, layer, len(names)) for layer in values])
    counts = drawn(len(names))
    means = counts @ sums.T / (counts @ np.bincount(of_item))[:, None]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return told(values.mean(axis=1), low, high) | {"n": len(words), "chance": chance}


def told(scores: Floats, lows: Floats, highs: Floats) -> dict[str, Any]:
    """Return scores by layer and their intervals in the format of an answer."""
    named = {"scores": scores, "lows": lows, "highs": highs}
    return {name: tuple(float(value) for value in values) for name, values in named.items()}


def drawn(words: int) -> Floats:
    """Return how often each word occurs in bootstrap samples, [draws, words]."""
    shares = np.full(words, 1 / words)
    return np.random.default_rng(0).multinomial(words, shares, RESAMPLES).astype(float)


def unit(vectors: NDArray[np.floating[Any]], mean: NDArray[np.floating[Any]]) -> Floats:
    """Subtract the mean from vectors and scale them to length 1; zeros stay zeros."""
    left = np.asarray(vectors, float) - mean
    lengths: Floats = np.linalg.norm(left, axis=-1, keepdims=True)
    units: Floats = left / np.maximum(lengths, 1e-12)
    return units
