"""Results as sentences and tables; no widgets."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.best_layer import best_layer
from vgdesk.core.arrays import Mask
from vgdesk.core.details import NeighbourChanges
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, LayerSimilarity, Trace, WordMap, WordSimilarity
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.widgets.data_table import Entry, Table

DISCOVERY = 0.05  # false discovery rate below which a value is significant


def number(value: float) -> str:
    """Format a value with two decimals and a real minus sign."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "\u2212")


def layer_name(name: str) -> str:
    """Return the name of a layer for use in a sentence."""
    return f"layer {name}" if name.isdecimal() else name


def row_titles(rows: Sequence[str], words: Sequence[str], legend: Legend) -> tuple[str, ...]:
    """Return the text of each row's word, with the number of the take if it repeats."""
    spoken = Counter(words)
    seen: Counter[str] = Counter()
    titles: list[str] = []
    for word in words:
        seen[word] += 1
        text = legend.look_of(word).text  # type: ignore[arg-type]
        titles.append(f"{text} {seen[word]}" if spoken[word] > 1 else text)
    return tuple(titles)


# Layers against layers


def inside_chance(result: LayerSimilarity) -> Mask:
    """Return the cells that are not above chance, shape [rows, columns]."""
    mask: Mask = np.asarray(result.q_values) > DISCOVERY
    return mask


def layer_readout(
    result: LayerSimilarity, row: int, column: int, a_title: str, b_title: str
) -> str:
    """Describe one cell."""
    pair = (
        f"{a_title} {layer_name(result.rows[row])}, {b_title} {layer_name(result.columns[column])}"
    )
    value = result.values[row, column]
    if np.isnan(value):
        return f"{pair}: not ready yet"
    mean, sd = result.chance_mean[row, column], result.chance_sd[row, column]
    chance = "" if np.isnan(mean) else f" (chance {number(mean)} ± {number(sd)})"
    ends = f"[{number(result.low[row, column])}, {number(result.high[row, column])}]"
    return f"{pair}: {number(value)} {ends}{chance}"


def layer_summary(result: LayerSimilarity, a_title: str, b_title: str) -> str:
    """Summarise the result in one or two sentences."""
    if np.isnan(result.values).all():
        return f"No pair of layers of {a_title} and {b_title} is ready yet."
    row, column = np.unravel_index(int(np.nanargmax(result.values)), result.values.shape)
    best = layer_readout(result, int(row), int(column), a_title, b_title)
    inside = int(inside_chance(result).sum())
    chance = above_chance_sentence(inside, result.values.size)
    return f"n = {result.trace.n}. Most similar: {best}. {chance} {made_by(result.trace)}"


def above_chance_sentence(inside: int, count: int) -> str:
    """State how many pairs of layers are not more similar than by chance (one-sided)."""
    if not inside:
        return "All pairs are above chance (q ≤ .05)."
    verb = "is" if inside == 1 else "are"
    return f"{inside} of {count} pairs {verb} not above chance (q > .05; dotted)."


def chance_sentence(inside: int, count: int, what: str, mark: str) -> str:
    """State how many results do not differ from chance, and how they are marked."""
    if not inside:
        return f"All {what} differ from chance (q ≤ .05)."
    verb = "does" if inside == 1 else "do"
    return f"{inside} of {count} {what} {verb} not differ from chance (q > .05; {mark})."


def layer_table(result: LayerSimilarity, a_title: str, b_title: str) -> Table:
    """List every pair of layers with its chance level."""
    same = a_title == b_title
    headers = (
        f"{a_title} (rows)" if same else a_title,
        f"{b_title} (columns)" if same else b_title,
        result.measure,
        "low",
        "high",
        "chance mean",
        "chance sd",
        "q",
    )
    rows: list[tuple[Entry, ...]] = [
        (
            name,
            other,
            *(
                float(part[i, j])
                for part in (
                    result.values,
                    result.low,
                    result.high,
                    result.chance_mean,
                    result.chance_sd,
                    result.q_values,
                )
            ),
        )
        for i, name in enumerate(result.rows)
        for j, other in enumerate(result.columns)
    ]
    return Table(headers, rows)


# Words against words


def word_readout(
    result: WordSimilarity, row: int, column: int, titles: Sequence[str], legend: Legend
) -> str:
    """Describe one cell; row and column are those of the result."""
    names = []
    for i in (row, column):
        group = legend.look_of(result.words[i]).group
        names.append(f"{titles[i]} ({group})" if group else titles[i])
    if row == column:
        return f"{names[0]}: a word is not compared with itself"
    return f"{names[0]}, {names[1]}: {number(float(result.values[row, column]))}"


def word_summary(result: WordSimilarity, titles: Sequence[str], legend: Legend, title: str) -> str:
    """Summarise the result in one or two sentences."""
    n = len(result.rows)
    place = " of ".join(part for part in (layer_name(result.layer), title) if part)
    if n < 2:
        return f"n = {n}: too few words at {place} to compare. {made_by(result.trace)}"
    values = np.array(result.values, dtype=np.float32)
    np.fill_diagonal(values, np.inf if result.is_distance else -np.inf)
    nearest = int(values.argmin() if result.is_distance else values.argmax())
    row, column = divmod(nearest, n)
    best = f"{titles[row]} and {titles[column]} ({number(float(result.values[row, column]))})"
    means = _group_means(result, legend)
    of = f" of {result.part_of}" if result.part_of else ""
    return f"n = {n}{of}. Most similar at {place}: {best}.{means} {made_by(result.trace)}"


def _group_means(result: WordSimilarity, legend: Legend) -> str:
    """Describe the similarity within and between groups, if there are several groups."""
    names = [legend.look_of(word).group for word in result.words]
    codes = np.unique(np.array(names), return_inverse=True)[1]
    if len(set(names) - {""}) < 2:
        return ""
    same = codes[:, None] == codes[None, :]
    labelled = np.array([bool(name) for name in names])
    both = labelled[:, None] & labelled[None, :] & ~np.eye(len(names), dtype=bool)
    within, between = both & same, both & ~same
    if not within.any() or not between.any():
        return ""
    means = float(result.values[within].mean()), float(result.values[between].mean())
    return group_sentence(means, legend)


def group_sentence(means: tuple[float, float], legend: Legend) -> str:
    """Format the mean similarity within and between groups as a second sentence."""
    within, between = map(number, means)
    return f" On average {within} within and {between} between groups ({legend.column})."


def word_table(
    result: WordSimilarity, titles: Sequence[str], legend: Legend, order: Sequence[int]
) -> Table:
    """Return the matrix as displayed, with an empty diagonal."""
    values = np.array(result.values, dtype=float)
    np.fill_diagonal(values, np.nan)
    values = values[np.ix_(order, order)]
    rows: list[tuple[Entry, ...]] = [
        (titles[i], legend.look_of(result.words[i]).group, *line)
        for i, line in zip(order, values.tolist(), strict=True)
    ]
    return Table(("word", legend.column or "group", *(titles[i] for i in order)), rows)


# The map


def map_summary(result: WordMap, legend: Legend, title: str) -> str:
    """Summarise the map in one or two sentences."""
    place = " of ".join(part for part in (layer_name(result.layer), title) if part)
    groups = Counter(legend.look_of(word).group for word in result.words)
    named = len([name for name in groups if name])
    inside = f" in {named} groups ({legend.column})" if named > 1 else ""
    axes = "; ".join(axis for axis in result.axes if axis)
    shown = f" {axes}." if axes else " Distances between distant groups are not to scale."
    later = len(result.rows) - sum(result.is_fitted)
    placed = f" {later} placed afterwards without moving the others." if later else ""
    return f"n = {len(result.rows)}{inside} at {place}.{shown}{placed} {made_by(result.trace)}"


def map_table(result: WordMap, titles: Sequence[str], legend: Legend) -> Table:
    """List every point with its group and coordinates."""
    names = [axis or f"axis {i + 1}" for i, axis in enumerate(result.axes)]
    rows: list[tuple[Entry, ...]] = [
        (title, legend.look_of(word).group, *place, "yes" if fitted else "no")
        for title, word, place, fitted in zip(
            titles, result.words, result.points.tolist(), result.is_fitted, strict=True
        )
    ]
    return Table(("word", legend.column or "group", *names, "shaped the axes"), rows)


# Changed words


def changes_list(result: NeighbourChanges, legend: Legend, a_title: str, b_title: str) -> Table:
    """List every word with its neighbours in both layers; new ones have a plus."""
    rows: list[tuple[Entry, ...]] = []
    for word, kept, before, after in _changes(result):
        new = ["" if other in before else "+" for other in after]
        rows.append(
            (
                legend.look_of(word).text,
                f"{100 * kept:.0f} %",
                ", ".join(legend.look_of(other).text for other in before),
                ", ".join(
                    mark + legend.look_of(other).text
                    for mark, other in zip(new, after, strict=True)
                ),
            )
        )
    a, b = (f"neighbours in {title}" for title in (a_title, b_title))
    return Table(("word", "kept", a, b), rows)


def changes_table(result: NeighbourChanges, legend: Legend, a_title: str, b_title: str) -> Table:
    """List the same with the share as a number, for copying."""
    listed = changes_list(result, legend, a_title, b_title)
    rows = [
        (row[0], float(kept), *row[2:]) for row, kept in zip(listed.rows, result.kept, strict=True)
    ]
    return Table(listed.headers, rows)


def changes_summary(result: NeighbourChanges, legend: Legend, a_title: str, b_title: str) -> str:
    """Name the word that changes most, and the mean share of kept neighbours."""
    mean = 100 * float(np.mean(result.kept))
    most = legend.look_of(result.words[0]).text
    return (
        f"n = {result.trace.n}. From {a_title} to {b_title} (layers {result.layers}), {mean:.0f} % "
        f"of the neighbours stay (chance {100 * result.chance:.0f} %); “{most}” changes most. "
        f"{made_by(result.trace)}"
    )


def _changes(
    result: NeighbourChanges,
) -> Iterator[tuple[WordId, float, tuple[WordId, ...], tuple[WordId, ...]]]:
    return zip(result.words, result.kept.tolist(), result.before, result.after, strict=True)


# The curves


def curve_readout(curve: LayerCurve, layer: int, title: str) -> str:
    """Describe one point of a curve."""
    value, low, high, chance_low, _, chance_high, q = (float(c[layer]) for c in _columns(curve))
    place = f"{title} {layer_name(curve.layers[layer])}"
    if np.isnan(value):
        return f"{place}: not ready yet"
    inside = ", q > .05" if q > DISCOVERY else ""
    return (
        f"{place}: {number(value)} [{number(low)}, {number(high)}] "
        f"(chance {number(chance_low)} to {number(chance_high)}{inside})"
    )


def curve_summary(curves: Sequence[LayerCurve], titles: Sequence[str], of: str = "") -> str:
    """Describe the best layer of each curve, its chance level, and the method.

    Parameters
    ----------
    of
        The model, if all curves belong to one.
    """
    if not curves:
        return "No curve is ready yet."
    measure = ANALYSES[curves[0].measure]
    is_error = isinstance(measure, CurveAnalysis) and measure.is_error
    best = np.nanargmin if is_error else np.nanargmax
    peaks = [
        curve_readout(curve, int(best(curve.values)), title) + _as_best(curve, is_error=is_error)
        for curve, title in zip(curves, titles, strict=True)
        if not np.isnan(curve.values).all()
    ]
    if not peaks:
        return "No layer is ready yet."
    head = f"{of}, n = {curves[0].trace.n}" if of else f"n = {curves[0].trace.n}"
    name = "Lowest" if is_error else "Highest"
    return f"{head}. {name}: {'; '.join(peaks)}. {made_by(curves[0].trace)}"


def _as_best(curve: LayerCurve, *, is_error: bool) -> str:
    """State the interval of the best layer with the choice among all layers counted in."""
    found = best_layer(curve, is_error=is_error) if len(curve.layers) > 1 else None
    if found is None:
        return ""
    return f", as best of {len(curve.layers)} layers [{number(found.low)}, {number(found.high)}]"


def curve_table(curves: Sequence[LayerCurve], titles: Sequence[str]) -> Table:
    """List every layer of every curve with its chance band."""
    measure = curves[0].measure if curves else "score"
    rows: list[tuple[Entry, ...]] = [
        (title, name, *(float(part[i]) for part in (*_columns(curve), curve.q_errors())))
        for curve, title in zip(curves, titles, strict=True)
        for i, name in enumerate(curve.layers)
    ]
    headers = (
        "model", "layer", measure, "low", "high",
        "chance low", "chance mean", "chance high", "q", "error of q",
    )  # fmt: skip
    return Table(headers, rows)


def _columns(curve: LayerCurve) -> tuple[np.ndarray, ...]:
    band = curve.chance_low, curve.chance_mean, curve.chance_high
    return curve.values, curve.low, curve.high, *band, curve.q_values


def made_by(trace: Trace) -> str:
    """Describe the method: the estimator, the interval and the chance level."""
    parts = [trace.estimator[:1].upper() + trace.estimator[1:]]
    parts += [f"interval: {trace.interval}"] if trace.interval else []
    parts += [f"chance: {trace.chance}" if trace.chance else "no chance level"]
    parts += [f"seed {trace.seed}"] if trace.seed is not None else []
    return "; ".join(parts) + "."
