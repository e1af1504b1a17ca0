"""The content of a map as numbers and texts; no widgets."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vgdesk.core.arrays import Doubles
from vgdesk.core.model import WordId
from vgdesk.core.results import WordMap
from vgdesk.ui.style.word_colours import Legend, WordLook
from vgdesk.ui.views.descriptions.results import row_titles
from vgdesk.ui.views.maps.map_marks import Mark, MarkLook


@dataclass(frozen=True, slots=True, eq=False)
class MapPicture:
    """Points with everything needed to draw them.

    Attributes
    ----------
    rows, words, titles, looks
        Id, word, label and mark of each point.
    points
        Shape [points, 2].
    """

    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    titles: tuple[str, ...]
    looks: tuple[MarkLook, ...]
    points: Doubles
    axes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A mark and what it means."""

    look: MarkLook
    text: str


def picture_of(result: WordMap, legend: Legend) -> MapPicture:
    """Convert a result to a picture."""
    looks = [
        mark_of(legend.look_of(word), Mark.FITTED if fitted else Mark.PLACED)
        for word, fitted in zip(result.words, result.is_fitted, strict=True)
    ]
    return MapPicture(
        result.rows,
        result.words,
        row_titles(result.rows, result.words, legend),
        tuple(looks),
        np.array(result.points, dtype=np.float64),
        result.axes,
    )


def mark_of(look: WordLook, mark: Mark) -> MarkLook:
    """Return the mark of a word."""
    return MarkLook(look.colour, look.symbol, mark)


def entries_of(
    result: WordMap, legend: Legend, selected: frozenset[WordId]
) -> tuple[LegendEntry, ...]:
    """List the groups of a map with their counts, then the other marks.

    Counts read "selected / total" while points in the map are selected.
    """
    groups = [legend.look_of(word).group for word in result.words]
    total = Counter(groups)
    chosen = Counter(
        group for group, word in zip(groups, result.words, strict=True) if word in selected
    )

    def entry(look: MarkLook, name: str, group: str) -> LegendEntry:
        count = f"{chosen[group]} / {total[group]}" if chosen else str(total[group])
        return LegendEntry(look, f"{name} ({count})")

    entries = [
        entry(MarkLook(look.colour, look.symbol), look.group or f"no {legend.column}", look.group)
        for look in (*legend.groups, legend.neutral)
        if total[look.group]
    ]
    if not all(result.is_fitted):
        placed = MarkLook(legend.neutral.colour, legend.neutral.symbol, Mark.PLACED)
        entries.append(LegendEntry(placed, f"placed afterwards ({result.is_fitted.count(False)})"))
    return tuple(entries)


def next_in_direction(points: Doubles, start: int, step: tuple[int, int]) -> int | None:
    """Return the nearest point to the right or left of one, or above or below it.

    Parameters
    ----------
    step
        (1, 0) is to the right, (0, 1) up.

    Returns
    -------
    int or None
        None if there is no point in that direction.
    """
    way = points - points[start]
    along = way @ np.array(step, dtype=np.float64)
    across = np.abs(way @ np.array(step[::-1], dtype=np.float64))
    # A point far off the axis is chosen only if there is no better one.
    cost = np.where(along > 0, np.hypot(along, 2 * across), np.inf)
    best = int(cost.argmin())
    return best if np.isfinite(cost[best]) else None


def moved(before: MapPicture, after: MapPicture) -> bool:
    """Return whether any common row has moved."""
    place: Mapping[str, int] = {row: i for i, row in enumerate(before.rows)}
    pairs = [(place[row], i) for i, row in enumerate(after.rows) if row in place]
    if not pairs:
        return True
    old, new = np.array(pairs).T
    return not np.array_equal(before.points[old], after.points[new])
