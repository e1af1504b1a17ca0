"""Differences between encoders as sentences, the same in the window and on the command line."""

from collections.abc import Sequence

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import Kind
from vgdesk.analyses.inference.differences import BLOCK, DRAWS
from vgdesk.core.arrays import Mask
from vgdesk.core.results import LayerDifference

SIGNIFICANT = 0.05
TESTS = (
    f"two-sided t test, conservative up to 100 words; corrected for all layers by the largest |t| "
    f"of {DRAWS:,} draws without a difference"
)
EFFECTS = "effects in standard deviations of chance"


def subtracted(found: LayerDifference, titles: Sequence[str]) -> str:
    """Name a difference by its encoders, given a title for each."""
    if len(titles) == 2:
        return f"{titles[1]} minus {titles[0]}"
    a, b, c, d = titles
    if ANALYSES[found.measure].kind is Kind.LAYERS:
        return f"{a} with {b} minus {c} with {d}"
    return f"({b} minus {a}) minus ({d} minus {c})"


def method(found: LayerDifference) -> str:
    """Describe how a difference was tested."""
    trace = found.trace
    paired = "block" if found.depth == BLOCK else "relative depth"
    parts = [
        f"interval: {trace.interval}",
        f"p: {TESTS}",
        EFFECTS,
        f"layers paired by {paired}",
        f"seed {trace.seed}",
    ]
    return "; ".join(parts)


def verdict(found: LayerDifference, titles: Sequence[str]) -> str:
    """State where a difference is above or below 0, and where a large one is ruled out."""
    what = subtracted(found, titles) + (f" ({found.series})" if found.series else "")
    differs = np.asarray(found.corrected_p) <= SIGNIFICANT
    above, below = differs & (found.values > 0), differs & (found.values < 0)
    count = len(found.values)
    if not differs.any():
        where = "at its only layer" if count == 1 else f"at any of {count} layers"
        said = (
            f"{what} does not differ from 0 {where} (corrected p > .05), which does not show that "
            "it is 0."
        )
    else:
        parts = [
            f"{side} 0 at {_places(found.names, mask)}"
            for side, mask in (("above", above), ("below", below))
            if mask.any()
        ]
        rest = count - int(differs.sum())
        parts += [f"not different from 0 at {rest} of {count} layers"] if rest else []
        said = f"{what} is {', '.join(parts)} (corrected p ≤ .05)."
    return f"{said} {ruled_out(found)}".strip()


def ruled_out(found: LayerDifference) -> str:
    """State where a difference as large as the smallest that matters is ruled out."""
    if not found.smallest_effect:
        return ""
    is_smaller = np.asarray(found.equivalence_p) <= SIGNIFICANT
    tests = "two one-sided t tests, corrected p ≤ .05"
    if not is_smaller.any():
        where = "at no layer"
    elif is_smaller.all():
        where = "at every layer"
    else:
        where = f"at {_places(found.names, is_smaller)}"
    return f"A difference of {found.smallest_effect:g} or more is ruled out {where} ({tests})."


def _places(names: Sequence[str], mask: Mask) -> str:
    """List layers, neighbours as a range: “layers 1 to 3 and 5”."""
    places = np.flatnonzero(mask)
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    parts: list[str] = []
    for run in runs:
        first, last = names[run[0]], names[run[-1]]
        if len(run) > 2:
            parts.append(f"{first} to {last}")
        else:
            parts += [names[place] for place in run]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"layer{'s' * (len(places) > 1)} {listed}"
