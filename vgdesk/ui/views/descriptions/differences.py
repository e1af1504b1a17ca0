"""Differences between encoders as sentences and tables."""

from collections.abc import Sequence

import numpy as np

from vgdesk.app.analysing.differences_in_words import SIGNIFICANT, method, subtracted, verdict
from vgdesk.core.results import LayerDifference
from vgdesk.ui.views.descriptions.results import number
from vgdesk.ui.widgets.data_table import Entry, Table


def line_title(found: LayerDifference) -> str:
    """Return a short title for the line of a difference."""
    return found.series or "B − A"


def difference_readout(found: LayerDifference, place: int, titles: Sequence[str]) -> str:
    """Describe one point."""
    value, low, high, p, effect = (
        float(part[place])
        for part in (found.values, found.low, found.high, found.corrected_p, found.effects)
    )
    series = f" ({found.series})" if found.series else ""
    unusual = "" if np.isnan(effect) else f", {number(effect)} standard deviations of chance"
    is_open = ", does not differ from 0" if p > SIGNIFICANT else ""
    return (
        f"{subtracted(found, titles)}{series}, layer {found.names[place]}: {number(value)} "
        f"[{number(low)}, {number(high)}] (corrected p = {p:.2g}{is_open}{unusual})"
    )


def difference_summary(found: Sequence[LayerDifference], titles: Sequence[str]) -> str:
    """State where each difference is above or below 0, and how it was tested."""
    first = found[0]
    estimator = first.trace.estimator[:1].upper() + first.trace.estimator[1:]
    said = " ".join(verdict(one, titles) for one in found)
    return f"n = {first.trace.n}. {said} {estimator}; {method(first)}."


def difference_table(found: Sequence[LayerDifference]) -> Table:
    """List every pair of layers."""
    rows: list[tuple[Entry, ...]] = [
        (
            *own,
            one.depth,
            one.series,
            *(
                float(part[place])
                for part in (
                    one.values,
                    one.low,
                    one.high,
                    one.standard_errors,
                    one.effects,
                    one.p_values,
                    one.corrected_p,
                    one.equivalence_p,
                )
            ),
        )
        for one in found
        for place, own in enumerate(one.layers)
    ]
    headers = (
        "layer of A", "layer of B", "pairing", "series", f"{found[0].measure}, B − A", "low",
        "high", "standard error", "effect", "p", "corrected p", "p of equivalence",
    )  # fmt: skip
    return Table(headers, rows)
