from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from vgdesk.analyses.base import WordAnalysis
from vgdesk.analyses.words.block_order import order_by_similarity
from vgdesk.analyses.words.block_sums import sum_parts
from vgdesk.analyses.words.word_pairs import difference, limits_of
from vgdesk.core.arrays import Codes
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace, WordOverview, WordSimilarity
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Order

# Up to this number every pair is shown: 4 million cells, about as many as a screen has pixels.
MOST_ROWS = 2000
MOST_BLOCKS = 1024


@dataclass(frozen=True, slots=True)
class Sight:
    """The part of a list to show, and its order.

    Attributes
    ----------
    order, facts
        The order of rows where blocks are shown, and the groups that it may use.
    part
        Ids of the rows to show; all rows if empty.
    """

    order: Order = Order.LIST
    facts: Facts = NOTHING_KNOWN
    part: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The order of the rows of an overview.

    Attributes
    ----------
    rows
        The rows in display order.
    groups
        The group number of each row; rows without a group have the number after the last.
    """

    order: Order
    rows: Codes
    groups: Codes
    group_count: int


def compare_rows(
    measure: WordAnalysis, sides: Sequence[tuple[LayerStack, int]], sight: Sight
) -> WordSimilarity | WordOverview:
    """Compare the rows of a layer with each other: every pair, or means over blocks of many rows.

    Parameters
    ----------
    sides
        One layer, given with its stack, or two with the same rows: then the result is the second
        minus the first.
    """
    whole = len(sides[0][0].rows)
    if sight.part:
        sides = [(_only(stack, layer, sight.part), 0) for stack, layer in sides]
    if len(sides[0][0].rows) > MOST_ROWS:
        return overview(measure, sides, sight)
    found = [measure.compute(stack, layer) for stack, layer in sides]
    result = found[0] if len(found) == 1 else difference(*found)
    return replace(result, part_of=whole) if sight.part else result


def _only(stack: LayerStack, layer: int, part: frozenset[str]) -> LayerStack:
    """Return a part of one layer; copying it from all layers would take most of the time."""
    if unknown := sorted(part.difference(stack.rows)):
        raise VgdeskError(f"There is no row “{unknown[0]}”.", "Check its spelling.")
    alone = replace(stack, layers=(stack.layers[layer],), values=stack.values[layer, None])
    keyed = alone.with_keys(stack.keys) if stack.keys else alone
    return keyed.only(list(compress(range(len(stack.rows)), map(part.__contains__, stack.rows))))


def overview(
    measure: WordAnalysis, sides: Sequence[tuple[LayerStack, int]], sight: Sight
) -> WordOverview:
    """Average the similarities over blocks of neighbouring rows; arguments as in `compare_rows`.

    The means are exact, and the matrix of all pairs is never computed. A difference keeps the order
    of its first side.
    """
    groups, count = _group_codes(sides[0][0].words, sight.facts)
    rows = _ordered(measure, *sides[0], sight.order, groups)
    arrangement = Arrangement(sight.order, rows, groups, count)
    found = [_one_side(measure, stack, layer, arrangement) for stack, layer in sides]
    if len(found) == 1:
        return found[0]
    one, other = found
    both = [side.group_means for side in found if side.group_means is not None]
    means = (both[1][0] - both[0][0], both[1][1] - both[0][1]) if len(both) == 2 else None
    return replace(difference(one, other), group_means=means)


def _group_codes(words: Sequence[WordId], facts: Facts) -> tuple[Codes, int]:
    """Return group numbers, in the order of first words; words without a group get the last.

    Returns
    -------
    tuple
        The group number of each word, and the number of groups.
    """
    labels = facts.labels()
    place = {label: i for i, label in enumerate(dict.fromkeys(labels.values()))}
    codes = [place[labels[word]] if word in labels else len(place) for word in words]
    return np.array(codes, dtype=np.intp), len(place)


def block_starts(rows: int) -> Codes:
    """Split rows into at most `MOST_BLOCKS` blocks of two or more, as equal as possible.

    Returns
    -------
    Codes
        Shape [blocks + 1]: where each block starts, and where the last one ends.
    """
    size = max(2, -(-rows // MOST_BLOCKS))
    blocks = max(1, rows // size)
    return np.arange(blocks + 1) * rows // blocks


def _ordered(
    measure: WordAnalysis, stack: LayerStack, layer: int, order: Order, groups: Codes
) -> Codes:
    if order is Order.SIMILARITY:
        return order_by_similarity(measure, stack, layer)
    if order is Order.GROUP:
        return np.argsort(groups, kind="stable")
    return np.arange(len(stack.rows))


def _one_side(
    measure: WordAnalysis, stack: LayerStack, layer: int, arrangement: Arrangement
) -> WordOverview:
    rows, count = arrangement.rows, arrangement.group_count
    starts = block_starts(len(rows))
    blocks = np.empty(len(rows), np.intp)
    blocks[rows] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    in_blocks, in_groups = sum_parts(
        measure,
        stack.values[layer],
        [(blocks, len(starts) - 1), (arrangement.groups, count + 1)],
    )
    means = in_blocks.means()
    average = "root mean square" if measure.is_distance else "mean"
    return WordOverview(
        measure.id,
        stack.layers[layer],
        tuple(stack.rows[i] for i in rows),
        tuple(stack.words[i] for i in rows),
        starts,
        means.astype(np.float32),
        limits_of(means[np.triu_indices(len(means))], is_distance=measure.is_distance),
        measure.is_distance,
        in_groups.first(count).within_and_between(),
        arrangement.order,
        Trace(
            f"{measure.title}, {average} over the pairs of two blocks",
            len(rows),
            (stack.encoder,),
        ),
    )
