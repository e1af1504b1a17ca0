"""Stacks to try analyses on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vgdesk.analyses.base import Analysis, CurveAnalysis, Kind
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.gates import Condition, Heard
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

SHAPES = ("round", "sharp", "sounds round", "sounds sharp")
SYLLABLES = ("ba", "do", "ki", "mu", "te", "so", "la")


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
    words = dict.fromkeys(stack.words)
    return {word: "even" if i % 2 == 0 else "odd" for i, word in enumerate(words)}


def in_pairs(stack: LayerStack) -> LayerStack:
    """Make every two rows two takes of one word."""
    words = tuple(WordId(f"word {i // 2}") for i in range(len(stack.rows)))
    return replace(stack, words=words)


def known_of(stack: LayerStack) -> Facts:
    """Make facts of every sort: groups, sounds, a number, languages, shapes, speakers, ratings."""
    groups = two_groups(stack)
    words = tuple(
        WordFacts(
            word,
            word,
            groups[word],
            phones=tuple(SYLLABLES[i % 7] + SYLLABLES[i % 5]),
            numbers=(("n", i),),
            language=("en", "de")[i % 2],
            shape=SHAPES[i % 4],
        )
        for i, word in enumerate(dict.fromkeys(stack.words))
    )
    speakers = tuple((row, "ab"[i % 2]) for i, row in enumerate(stack.rows))
    names = [facts.word for facts in words]
    ratings = tuple(
        (one, other, float(i % 5)) for i, one in enumerate(names) for other in names[i + 1 : i + 5]
    )
    return Facts(words, "group", speakers, ratings=ratings)


def heard_of(stack: LayerStack) -> Heard:
    """Take every row for a gate of the first word."""
    times = tuple(0.1 * (gate + 1) for gate in range(len(stack.rows)))
    return Heard(WordId("w0000"), "w0000", Condition.START, times)


def results_of(analysis: Analysis, stack: LayerStack, *, seed: int = 0) -> tuple[Any, ...]:
    """Run any analysis on one stack, with arguments that suit its kind."""
    if isinstance(analysis, CurveAnalysis) and analysis.rows is Rows.TAKES:
        stack = in_pairs(stack)
    known = known_of(stack)
    arguments: dict[Kind, tuple[Any, ...]] = {
        Kind.LAYERS: (stack, stack, known, seed),
        Kind.WORDS: (stack, 0),
        Kind.MAP: (stack, 0, None, known, seed),
        Kind.CURVE: (stack, known, seed),
        Kind.CHANGES: (stack, 0, stack, len(stack.layers) - 1, known, seed),
        Kind.CONFUSION: (stack, 0, known, seed),
        Kind.GATING: (stack, stack, heard_of(stack), 0, known, seed),
    }
    result = analysis.compute(*arguments[analysis.kind])
    return result if isinstance(result, tuple) else (result,)
