from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape, not_finite
from vgdesk.core.errors import NotFiniteError
from vgdesk.core.model import EncoderId, WordId


@dataclass(frozen=True, slots=True, eq=False)
class Embedding(HoldsArrays):
    """One vector per layer for one take or one written word.

    Attributes
    ----------
    key
        Hash of everything the values depend on (sound or text, encoder, weights, pooling).
    values
        Shape [layers, dim], float32, all finite.
    """

    key: str
    encoder: EncoderId
    layers: tuple[str, ...]
    values: FloatArray

    def check(self) -> None:
        expect_shape(self.encoder, "values", self.values, layers=len(self.layers), dim=None)
        if np.isfinite(self.values).all():
            return
        layer, *_ = not_finite(self.values) or (0,)
        raise NotFiniteError.of(self.encoder, f"a vector in layer “{self.layers[layer]}”")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class LayerStack(HoldsArrays):
    """One vector per layer and row: the output of an encoder for the whole list.

    Attributes
    ----------
    layers
        Layer 0 is the input of the first block, followed by the output of every block.
    rows
        The id of each row: a take, or a word where takes were averaged.
    words
        The word of each row; a word may repeat, with one row per take.
    values
        Shape [layers, rows, dim], float32, all finite, so analyses need not check.
    keys
        Identify the vectors of each row: equal keys mean equal vectors. Empty if unknown; then
        nothing is cached for a longer list. `replace` drops them, since it may change the vectors;
        see `with_keys`.
    """

    encoder: EncoderId
    layers: tuple[str, ...]
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    values: FloatArray
    keys: tuple[str, ...] = field(default=(), init=False)

    def check(self) -> None:
        if len(self.rows) != len(self.words):
            raise ValueError(f"{self.encoder}: {len(self.rows)} rows, {len(self.words)} words")
        expect_shape(
            self.encoder,
            "values",
            self.values,
            layers=len(self.layers),
            rows=len(self.rows),
            dim=None,
        )
        if place := not_finite(self.values):
            layer, row, _ = place
            raise NotFiniteError.of(
                self.encoder,
                f"the vector of “{self.rows[row]}” in layer “{self.layers[layer]}”",
            )

    def only(self, rows: Sequence[int]) -> Self:
        """Keep the given rows, in the given order."""
        if list(rows) == list(range(len(self.rows))):
            return self
        values = self.values[:, list(rows)]
        values.flags.writeable = False
        return self.derived(
            rows=tuple(self.rows[i] for i in rows),
            words=tuple(self.words[i] for i in rows),
            values=values,
            keys=tuple(self.keys[i] for i in rows) if self.keys else (),
        )

    def with_keys(self, keys: Iterable[str]) -> Self:
        """Return the stack with keys that identify the vectors of each row."""
        known = tuple(keys)
        if len(known) != len(self.rows):
            raise ValueError(f"{self.encoder}: {len(self.rows)} rows, {len(known)} keys")
        return self.derived(keys=known)


def stack_rows(
    rows: Sequence[tuple[str, WordId, Sequence[Sequence[Embedding]]]], *, encoder: EncoderId
) -> LayerStack | None:
    """Stack the embeddings of many takes or words, in the given order.

    Parameters
    ----------
    rows
        Row id, its word, and the embeddings that are averaged into the row, by speaker: takes are
        averaged first, equal ones once, then speakers, so that each voice weighs the same. Rows
        without an embedding are left out, so that views grow while encoding continues.

    Returns
    -------
    LayerStack or None
        None if no row has an embedding yet.
    """
    spoken = ((row, word, [takes for takes in voices if takes]) for row, word, voices in rows)
    ready = [(row, word, voices) for row, word, voices in spoken if voices]
    if not ready:
        return None
    means = [_mean([_mean(_distinct(takes)) for takes in voices]) for _, _, voices in ready]
    values: FloatArray = np.stack(means, axis=1)
    values.flags.writeable = False
    stack = LayerStack(
        encoder,
        ready[0][2][0][0].layers,
        tuple(row for row, _, _ in ready),
        tuple(word for _, word, _ in ready),
        values,
    )
    return stack.with_keys(_key(voices) for *_, voices in ready)


def _key(voices: Sequence[Sequence[Embedding]]) -> str:
    # Who said which take changes the weights, so it is part of the key.
    return " + ".join(" ".join(embedding.key for embedding in takes) for takes in voices)


def _distinct(takes: Sequence[Embedding]) -> list[FloatArray]:
    if len(takes) == 1:
        return [takes[0].values]
    return list({take.values.tobytes(): take.values for take in takes}.values())


def _mean(found: Sequence[FloatArray]) -> FloatArray:
    if len(found) == 1:
        return found[0]
    # In float64, so that equal vectors have exactly themselves as their mean.
    mean: FloatArray = np.stack(found).mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def matched(a: LayerStack, b: LayerStack) -> tuple[LayerStack, LayerStack]:
    """Keep the rows that both stacks have, matched by id and in the order of `a`.

    Rows are never matched by position: a stack that is still growing would be compared with the
    wrong words.
    """
    place: Mapping[str, int] = {row: i for i, row in enumerate(b.rows)}
    shared = [i for i, row in enumerate(a.rows) if row in place]
    if len(shared) == len(a.rows) == len(b.rows) and a.rows == b.rows:
        return a, b
    return a.only(shared), b.only([place[a.rows[i]] for i in shared])


def matched_all(stacks: Sequence[LayerStack]) -> list[LayerStack]:
    """Keep the rows that all stacks have, matched by id and in the order of the first."""
    shared = set(stacks[0].rows).intersection(*(stack.rows for stack in stacks[1:]))
    order = [row for row in stacks[0].rows if row in shared]
    found = []
    for stack in stacks:
        place = {row: i for i, row in enumerate(stack.rows)}
        found.append(stack.only([place[row] for row in order]))
    return found
