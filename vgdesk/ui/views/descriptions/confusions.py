"""Confusions of labels as sentences and tables; no widgets."""

import numpy as np

from vgdesk.core.arrays import Mask
from vgdesk.core.details import LabelConfusions
from vgdesk.ui.views.descriptions.results import (
    DISCOVERY,
    chance_sentence,
    layer_name,
    made_by,
    number,
)
from vgdesk.ui.widgets.data_table import Entry, Table


def labels_inside_chance(result: LabelConfusions) -> Mask:
    """Return the label pairs that do not differ from chance, shape [labels, labels]."""
    mask: Mask = np.asarray(result.is_asked) & (np.asarray(result.q_values) > DISCOVERY)
    return mask


def confusion_readout(result: LabelConfusions, row: int, column: int) -> str:
    """Describe one cell."""
    own = result.labels[row]
    if row == column:
        return f"{own}: a label is not compared with itself"
    if not result.is_asked[row, column]:
        return f"{own}: only one word, so there is no pair within the label"
    spread = number(float(result.chance_sd[row, column]))
    inside = ", q > .05" if labels_inside_chance(result)[row, column] else ""
    return (
        f"{_counted(result, row)} taken for {_counted(result, column)}: "
        f"{number(float(result.values[row, column]))} (chance 0.50 ± {spread}{inside})"
    )


def confusion_summary(result: LabelConfusions, title: str) -> str:
    """Summarise the result in one or two sentences."""
    known = np.where(result.is_asked, result.values, -1.0)
    row, column = np.unravel_index(int(known.argmax()), known.shape)
    most = confusion_readout(result, int(row), int(column))
    inside, pairs = int(labels_inside_chance(result).sum()), int(result.is_asked.sum())
    chance = chance_sentence(inside, pairs, "pairs", "dotted")
    mean = number(float(result.values[result.is_asked].mean()))
    place = f"{layer_name(result.layer)} of {title}"
    return (
        f"n = {result.trace.n}. Mean error at {place}: {mean}, chance 0.50. Most confused: {most}. "
        f"{chance} {made_by(result.trace)}"
    )


def confusion_table(result: LabelConfusions) -> Table:
    """List every tested ordered pair of labels."""
    rows: list[tuple[Entry, ...]] = [
        (
            result.labels[i],
            result.sizes[i],
            result.labels[j],
            result.sizes[j],
            float(result.values[i, j]),
            0.5,
            float(result.chance_sd[i, j]),
            float(result.q_values[i, j]),
        )
        for i, j in np.argwhere(result.is_asked).tolist()
    ]
    headers = ("label of X", "n", "taken for", "n", "error", "chance", "chance sd", "q")
    return Table(headers, rows)


def _counted(result: LabelConfusions, place: int) -> str:
    return f"{result.labels[place]} (n = {result.sizes[place]})"
