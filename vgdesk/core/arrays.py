from dataclasses import fields, is_dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# Numbers of single or double precision.
FloatArray = NDArray[np.floating[Any]]
# Vectors of encoders.
Floats = NDArray[np.float32]
# Sums, distances and scores.
Doubles = NDArray[np.float64]
# True for the selected, valid or otherwise marked entries.
Mask = NDArray[np.bool_]
# Numbers that stand for labels, speakers or tokens, from 0; equal for equal ones.
Codes = NDArray[np.intp]
# Indices into rows, words or frames.
Places = NDArray[np.intp]
# Indices of rows as the compiled kernels write them: half the memory of `Places`.
Ids = NDArray[np.int32]


class HoldsArrays:
    """Base of frozen dataclasses with arrays, which are read-only in every process.

    Unpickling normally skips the checks of a dataclass and returns writeable arrays, so values that
    cross a process boundary are rebuilt through their constructor.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        if not is_dataclass(self):
            raise TypeError(f"{type(self).__name__} must be a dataclass")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, read_only(value))
        self.check()

    def check(self) -> None:
        """Raise an error for inconsistent shapes; implemented by subclasses."""

    def derived(self, **changes: Any) -> Self:
        """Return an unchecked copy with changed fields, for parts of values already checked.

        Checking reads every number, which costs as much as copying a long list.
        """
        made = object.__new__(type(self))
        for field in fields(self):  # type: ignore[arg-type]
            value = changes[field.name] if field.name in changes else getattr(self, field.name)
            value = read_only(value) if isinstance(value, np.ndarray) else value
            object.__setattr__(made, field.name, value)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        named = [field.name for field in fields(self) if field.init]  # type: ignore[arg-type]
        return type(self), tuple(getattr(self, name) for name in named)


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """Return `values` as a read-only array; copies only if it could still be written to."""
    if not values.flags.writeable and (values.base is None or not _is_writeable(values.base)):
        return values
    frozen = values.copy()
    frozen.flags.writeable = False
    return frozen


def _is_writeable(base: Any) -> bool:
    return isinstance(base, np.ndarray) and bool(base.flags.writeable)


def expect_shape(owner: str, name: str, values: NDArray[Any], **axes: int | None) -> None:
    """Raise a ValueError that names the axes unless `values` has the given lengths.

    Parameters
    ----------
    axes
        Axis name to length, in order; None accepts any length.
    """
    due = tuple(axes.values())
    fits = values.ndim == len(due) and all(
        length is None or length == found for length, found in zip(due, values.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(name if n is None else f"{name}={n}" for name, n in axes.items())
        raise ValueError(f"{owner}: {name} must have shape [{wanted}]; got {list(values.shape)}")


def not_finite(values: NDArray[Any]) -> tuple[int, ...] | None:
    """Return the index of the first number that is NaN or infinite; None if there is none.

    Takes 50 ms per gigabyte, layer by layer, because flags for all would take memory.
    """
    for layer, numbers in enumerate(values):
        flags = np.isfinite(numbers)
        if not flags.all():
            return layer, *map(int, np.argwhere(~flags)[0])
    return None
