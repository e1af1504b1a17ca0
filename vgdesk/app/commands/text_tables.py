"""Results as printed by the command line: tables to read, JSON for other programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from enum import Enum
from typing import Any

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.best_layer import best_layer
from vgdesk.app.analysing.differences_in_words import method, subtracted, verdict
from vgdesk.core.details import (
    GatingResult,
    LabelConfusions,
    LetterProfile,
    NeighbourChanges,
    RetrievalList,
)
from vgdesk.core.results import (
    LayerCurve,
    LayerDifference,
    LayerSimilarity,
    Trace,
    WordMap,
    WordOverview,
    WordSimilarity,
)

Result = (
    LayerSimilarity
    | LayerCurve
    | LayerDifference
    | WordSimilarity
    | WordOverview
    | WordMap
    | NeighbourChanges
    | GatingResult
    | LabelConfusions
    | LetterProfile
    | RetrievalList
)
BAR = 30  # characters of the longest bar
CURVE_COLUMNS = ("values", "low", "high", "chance_low", "chance_mean", "chance_high", "q_values")
Q_ERRORS = "q_errors"
DIFFERENCE_COLUMNS = ("values", "low", "high", "standard_errors", "effects")
P_COLUMNS = ("p_values", "corrected_p")
EQUIVALENCE = "equivalence_p"


def similarity_table(result: LayerSimilarity) -> str:
    """Format the matrix with its layers, tab-separated."""
    trace = result.trace
    lines = [
        f"{trace.estimator}, n = {trace.n} words; rows {trace.encoders[0]}, columns "
        f"{trace.encoders[1]}; chance {result.chance_mean.mean():.3f} ± "
        f"{result.chance_sd.mean():.3f}",
        "\t".join(["layer", *result.columns]),
    ]
    for title, part in (("", result.values), ("low", result.low), ("high", result.high)):
        lines += [title] * bool(title)
        lines += [
            "\t".join([name, *(f"{value:.3f}" for value in row)])
            for name, row in zip(result.rows, np.asarray(part), strict=True)
        ]
    return _text(lines, [trace])


def curves_table(curves: Sequence[LayerCurve]) -> str:
    """Format one line per layer, tab-separated."""
    lines = [
        *dict.fromkeys(map(_about, curves)),
        "\t".join(["encoder", "series", "layer", *CURVE_COLUMNS, Q_ERRORS]),
    ]
    for curve in curves:
        known = [getattr(curve, name) for name in CURVE_COLUMNS]
        columns = np.stack([*known, curve.q_errors()], axis=1)
        lines += [
            "\t".join([curve.encoder, curve.series, layer, *(f"{number:.3f}" for number in row)])
            for layer, row in zip(curve.layers, columns, strict=True)
        ]
    lines += [line for curve in curves for line in _best_layer(curve)]
    return _text(lines, [curve.trace for curve in curves])


def _best_layer(curve: LayerCurve) -> list[str]:
    """Name the best layer, with the choice among all layers counted in."""
    measure = ANALYSES.get(curve.measure)
    is_error = isinstance(measure, CurveAnalysis) and measure.is_error
    found = best_layer(curve, is_error=is_error) if len(curve.layers) > 1 else None
    if found is None:
        return []
    name = " ".join(filter(None, (curve.encoder, curve.series)))
    rivals = ", ".join(curve.layers[i] for i in found.rivals)
    return [
        f"best layer of {name}: {curve.layers[found.index]}, {curve.values[found.index]:.3f} "
        f"[{found.low:.3f}, {found.high:.3f}] with the choice among layers counted in"
        + (f"; may as well be {rivals}" if rivals else "")
    ]


def _about(curve: LayerCurve) -> str:
    trace = curve.trace
    return (
        f"{trace.estimator}, n = {trace.n}; interval: {trace.interval}; chance: "
        f"{trace.chance}{'' if trace.seed is None else f'; seed {trace.seed}'}"
    )


def differences_table(found: Sequence[LayerDifference]) -> str:
    """Format one line per pair of layers, tab-separated, and what follows in a sentence."""
    tests = (*P_COLUMNS, *[EQUIVALENCE] * (found[0].smallest_effect > 0))
    lines = [
        *dict.fromkeys(
            f"{one.trace.estimator}: {subtracted(one, one.trace.encoders)}, n = {one.trace.n}; "
            f"{method(one)}"
            for one in found
        ),
        "\t".join(["pairing", "series", "layer", *DIFFERENCE_COLUMNS, *tests]),
    ]
    for one in found:
        columns = [
            *([f"{number:.4f}" for number in getattr(one, name)] for name in DIFFERENCE_COLUMNS),
            *([f"{number:.3g}" for number in getattr(one, name)] for name in tests),
        ]
        lines += [
            "\t".join([one.depth, one.series, *row])
            for row in zip(one.names, *columns, strict=True)
        ]
    lines += [verdict(one, one.trace.encoders) for one in found]
    return _text(lines, [one.trace for one in found])


def words_table(result: WordSimilarity | WordOverview) -> str:
    """Format the matrix of rows or blocks; the diagonal of rows is empty."""
    if isinstance(result, WordOverview):
        return _blocks_table(result)
    lines = [_made_by(result.trace, result.layer), "\t".join(["row", *result.rows])]
    for i, (name, line) in enumerate(zip(result.rows, result.values, strict=True)):
        cells = ["" if i == j else f"{value:.4f}" for j, value in enumerate(line)]
        lines.append("\t".join([name, *cells]))
    return _text(lines, [result.trace])


def _blocks_table(result: WordOverview) -> str:
    """Format the matrix of blocks, each named by its first and last row."""
    blocks = range(len(result.values))
    lines = [
        f"{_made_by(result.trace, result.layer)}; {len(blocks)} blocks by {result.order.value}",
        "\t".join(["block", "first", "last", "rows", *map(str, blocks)]),
    ]
    for i, line in zip(blocks, result.values, strict=True):
        start, stop = result.starts[i : i + 2]
        ends = result.rows[start], result.rows[stop - 1]
        cells = [f"{value:.4f}" for value in line]
        lines.append("\t".join([str(i), *ends, str(stop - start), *cells]))
    return _text(lines, [result.trace])


def map_table(result: WordMap) -> str:
    """Format the coordinates of every row."""
    lines = [_made_by(result.trace, result.layer), "\t".join(["row", "word", *result.axes])]
    for row, word, (x, y) in zip(result.rows, result.words, result.points, strict=True):
        lines.append(f"{row}\t{word}\t{x:.4f}\t{y:.4f}")
    return _text(lines, [result.trace])


def changes_table(result: NeighbourChanges) -> str:
    """Format one line per word, the most changed first."""
    lines = [
        f"{_made_by(result.trace, result.layers)}; chance {result.chance:.3f}",
        "\t".join(["word", "kept", "before", "after"]),
    ]
    parts = (result.words, result.kept, result.before, result.after)
    for word, kept, before, after in zip(*parts, strict=True):
        lines.append(f"{word}\t{kept:.3f}\t{', '.join(before)}\t{', '.join(after)}")
    return _text(lines, [result.trace])


def confusions_table(result: LabelConfusions) -> str:
    """Format the matrix of labels; untested pairs are empty."""
    lines = [
        f"{_made_by(result.trace, result.layer)}; chance .5: {result.trace.chance}; "
        f"seed {result.trace.seed}",
        "\t".join(["label of X", "n", *result.labels]),
    ]
    parts = (result.labels, result.sizes, result.values, result.is_asked)
    for label, size, values, asked in zip(*parts, strict=True):
        cells = [
            f"{value:.3f}" if known else "" for value, known in zip(values, asked, strict=True)
        ]
        lines.append("\t".join([label, str(size), *cells]))
    return _text(lines, [result.trace])


def gating_table(results: Sequence[GatingResult]) -> str:
    """Format one line per gate with the rank at each layer."""
    first = results[0]
    lines = [
        *dict.fromkeys(
            f"{_made_by(result.trace, result.layer)}; chance {result.chance:g}"
            for result in results
        ),
        f"uniqueness point: {_unique(first)}",
        "\t".join(["condition", "ms", *first.layers, f"nearest others at {first.layer}"]),
    ]
    for result in results:
        gates = zip(result.times, result.ranks.T, result.competitors, strict=True)
        lines += [
            "\t".join([result.condition, f"{1000 * time:.0f}", *map("{:g}".format, ranks), near])
            for time, ranks, near in ((t, r, ", ".join(c)) for t, r, c in gates)
        ]
        first_ms = ["-" if at is None else f"{1000 * at:.0f}" for at in result.recognised]
        lines.append("\t".join([result.condition, "stays first from", *first_ms, ""]))
    return _text(lines, [result.trace for result in results])


def _unique(result: GatingResult) -> str:
    if result.unique_phone is None or result.unique_at is None:
        return "none for the known pronunciations"
    ms = 1000 * result.unique_at
    return f"phone {result.unique_phone}, about {ms:.0f} ms if all phones were equally long"


def letters_table(profile: LetterProfile) -> str:
    """Format one line with a bar per letter, the roundest first."""
    widest = float(np.abs(profile.values).max(initial=0.0)) or 1.0
    trace, heading = profile.trace, "\t".join(["words", *CURVE_COLUMNS])
    lines = [
        f"{_made_by(trace, profile.layer)}; interval: {trace.interval}; chance: {trace.chance}; "
        f"seed {trace.seed}"
    ]
    columns = np.stack([getattr(profile, name) for name in CURVE_COLUMNS], axis=1)
    for is_vowel, name in ((False, "first consonant"), (True, "first vowel")):
        lines.append(f"{name}\t{heading}")
        for place in (i for i, vowel in enumerate(profile.is_vowel) if vowel is is_vowel):
            mean, numbers = profile.values[place], columns[place]
            bar = ("+" if mean > 0 else "-") * round(BAR * abs(mean) / widest)
            cells = [f"{number:+.4f}" for number in numbers[:-1]] + [f"{numbers[-1]:.3f}"]
            count = len(profile.words[place])
            lines.append("\t".join([profile.letters[place], str(count), *cells, bar]))
    return _text(lines, [trace])


def retrieval_table(found: RetrievalList, *, is_best_first: bool) -> str:
    """Format one line per query with its matches, the worst or the best rank first."""
    trace = found.trace
    shares = zip(found.places, found.recalls, found.chance_recalls, strict=True)
    lines = [
        f"{_made_by(trace, ' in '.join(found.layers))}; among {found.choice}; chance: "
        f"{trace.chance}",
        "; ".join(
            [
                *(f"R@{k} {recall:.3f} (chance {chance:.3f})" for k, recall, chance in shares),
                f"median rank {found.median:g} (chance {found.chance_median:g})",
            ]
        ),
        "\t".join(["query", "rank", "ties", "similarity", "nearest and their similarities"]),
    ]
    for place in found.order(is_best_first=is_best_first):
        hits = zip(found.hits[place], found.hit_similarities[place], strict=True)
        named = ", ".join(f"{hit} {similarity:.3f}" for hit, similarity in hits)
        rank, own = f"{found.ranks[place]:g}", f"{found.similarities[place]:.3f}"
        lines.append("\t".join([found.rows[place], rank, str(found.ties[place]), own, named]))
    return _text(lines, [trace])


def as_json(*results: Result) -> str:
    """Format all contents of the results as JSON; several make a list."""
    contents = [_content(result) for result in results]
    content = contents if len(contents) > 1 else contents[0]
    return json.dumps(content, indent=1, ensure_ascii=False, default=_plain) + "\n"


def _plain(choice: Enum) -> object:
    return choice.value


def _made_by(trace: Trace, layer: str) -> str:
    return f"{trace.estimator}, n = {trace.n}; layer {layer} of {', '.join(trace.encoders)}"


def _text(lines: list[str], traces: Sequence[Trace]) -> str:
    warnings = dict.fromkeys(trace.warning for trace in traces if trace.warning)
    return "\n".join([*lines, *warnings]) + "\n"


def _content(result: Result) -> dict[str, Any]:
    # Scores without each word are a step on the way to the interval, and long.
    shown = [field.name for field in fields(result) if field.name != "left_out"]
    named = {name: getattr(result, name) for name in shown}
    trace = asdict(named.pop("trace"))
    return trace | {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in named.items()
    }
