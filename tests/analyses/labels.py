"""Labels to try analyses on."""

from collections.abc import Callable

import numpy as np

from tests.analyses.stacks import noise
from vgdesk.analyses import ANALYSES
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

Measure = Callable[..., LayerCurve]


def codes_of(words: int, groups: int) -> np.ndarray:
    return np.arange(words) % groups


def facts_of(stack: LayerStack, codes: np.ndarray) -> Facts:
    labels = {WordId(w): f"g{c:02}" for w, c in zip(stack.words, codes, strict=True)}
    return Facts.of_labels(labels)


def curve_of(measure: str, stack: LayerStack, codes: np.ndarray, seed: int = 0) -> LayerCurve:
    (curve,) = ANALYSES[measure].compute(stack, facts_of(stack, codes), seed)
    return curve


def planted(layers: int, codes: np.ndarray, dim: int, *, at: int, strength: float) -> np.ndarray:
    """Make noise in which one layer knows the groups."""
    values = noise(layers, len(codes), dim)
    values[at] += strength * noise(codes.max() + 1, dim, seed=1)[codes]
    return values
