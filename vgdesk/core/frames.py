from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape, not_finite
from vgdesk.core.errors import NotFiniteError
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack


@dataclass(frozen=True, slots=True, eq=False)
class FrameStack(HoldsArrays):
    """All frames of each take at each layer, before they are pooled into one vector.

    Attributes
    ----------
    rows, words
        The id of each take, and its word.
    starts
        Shape [rows + 1]: where the frames of each take start, then where the last take ends.
    values
        Shape [layers, frames of all takes, dim], float32, all finite.
    """

    encoder: EncoderId
    layers: tuple[str, ...]
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    starts: NDArray[Any]
    values: FloatArray

    def check(self) -> None:
        if len(self.rows) != len(self.words):
            raise ValueError(f"{self.encoder}: {len(self.rows)} rows, {len(self.words)} words")
        expect_shape(self.encoder, "starts", self.starts, starts=len(self.rows) + 1)
        if self.starts.dtype.kind != "i":
            raise ValueError(f"{self.encoder}: starts of frames must be whole numbers")
        if self.starts[0] != 0 or (np.diff(self.starts) < 1).any():
            raise ValueError(f"{self.encoder}: every take must have at least one frame")
        frames = int(self.starts[-1])
        expect_shape(
            self.encoder, "values", self.values, layers=len(self.layers), frames=frames, dim=None
        )
        if place := not_finite(self.values):
            layer, frame, _ = place
            take = self.rows[int(np.searchsorted(self.starts, frame, side="right")) - 1]
            raise NotFiniteError.of(
                self.encoder, f"a frame of “{take}” in layer “{self.layers[layer]}”"
            )

    @classmethod
    def of_stack(cls, stack: LayerStack) -> Self:
        """Treat each vector as a take of one frame."""
        starts = np.arange(len(stack.rows) + 1)
        return cls(stack.encoder, stack.layers, stack.rows, stack.words, starts, stack.values)

    def takes(self, layer: int) -> list[FloatArray]:
        """Return the frames of each take at a layer, [frames, dim]."""
        return np.split(self.values[layer], self.starts[1:-1])

    def pooled(self) -> LayerStack:
        """Return the mean over the frames of each take."""
        counts = np.diff(self.starts)[:, None]
        sums = np.add.reduceat(self.values, self.starts[:-1], axis=1, dtype=np.float64)
        values = (sums / counts).astype(np.float32)
        return LayerStack(self.encoder, self.layers, self.rows, self.words, values)

    def only(self, rows: Sequence[int]) -> Self:
        """Keep the given takes, in the given order."""
        if list(rows) == list(range(len(self.rows))):
            return self
        frames = [np.arange(self.starts[i], self.starts[i + 1]) for i in rows]
        kept = np.concatenate([*frames, np.empty(0, np.intp)])
        return self.derived(
            rows=tuple(self.rows[i] for i in rows),
            words=tuple(self.words[i] for i in rows),
            starts=np.array([0, *accumulate(map(len, frames))]),
            values=self.values[:, kept],
        )
