"""Stacks to try analyses on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vgdesk.analyses.base import Analysis, Kind
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack


def stack_of(
    values: Any, *, encoder: str = "a", rows: Sequence[str] = (), words: Sequence[str] = ()
) -> LayerStack:
    """Wrap values [layers, rows, dim], or those of one layer, as an encoder would give them."""
    values = np.asarray(values, dtype=np.float32)
    values = values[None] if values.ndim == 2 else values
    names = tuple(rows) or tuple(f"w{i:04}" for i in range(values.shape[1]))
    return LayerStack(
        EncoderId(encoder),
        tuple(str(layer) for layer in range(len(values))),
        names,
        tuple(WordId(word) for word in words or names),
        values,
    )


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def rotation(dim: int, seed: int = 0) -> np.ndarray:
    return np.linalg.qr(noise(dim, dim, seed=seed))[0]


def two_groups(stack: LayerStack) -> dict[WordId, str]:
    return {word: "even" if i % 2 == 0 else "odd" for i, word in enumerate(stack.words)}


def result_of(analysis: Analysis, stack: LayerStack, *, seed: int = 0) -> Any:
    """Run any analysis on one stack, with arguments that suit its kind."""
    arguments: dict[Kind, tuple[Any, ...]] = {
        Kind.LAYERS: (stack, stack),
        Kind.WORDS: (stack, 0),
        Kind.MAP: (stack, 0, None),
        Kind.CURVE: (stack, two_groups(stack), seed),
    }
    return analysis.compute(*arguments[analysis.kind])
