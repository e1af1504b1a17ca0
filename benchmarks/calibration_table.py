"""The page on how often the measures are wrong, from the findings of many simulated experiments."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scipy.stats import binom

from benchmarks.calibration_measures import Finding
from benchmarks.calibration_world import EFFECTS, NULLS
from vgdesk.analyses import ANALYSES

ALPHAS = (0.05, 0.01, 0.001)
# The share of intervals that should hold the truth, and the limits within which it is accepted.
NOMINAL, COVERED = 0.95, (0.92, 0.98)
# How often a right rate lies more than two Monte-Carlo errors above the nominal one.
LUCK = 0.0228
# Conservative is a rate below this part of the nominal one.
CONSERVATIVE = 1 / 3
NULL_NAMES = tuple(condition.name for condition in NULLS)
# Over several layers, one false discovery or more counts once: such rates are not added to others.
POOLED = tuple(condition.name for condition in NULLS if condition.layers == 1)
EFFECT_NAMES = tuple(condition.name for condition in EFFECTS)

# A measure, and one of its series.
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some runs have a property."""

    hits: int
    runs: int

    @property
    def value(self) -> float:
        return self.hits / self.runs

    def error(self, nominal: float) -> float:
        """Return the Monte-Carlo error if the true share is the nominal one."""
        return math.sqrt(nominal * (1 - nominal) / self.runs)


@dataclass(slots=True)
class Findings:
    """What all runs found.

    Attributes
    ----------
    of
        The findings of each line in each condition.
    runs
        How often each measure was run in each condition.
    refused
        How often a measure refused a condition, with its sentence.
    seconds
        CPU seconds of each measure.
    """

    of: dict[tuple[Line, str], list[Finding]] = field(default_factory=dict)
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)

    def add(
        self, measure: str, condition: str, found: Sequence[Finding] | str, seconds: float
    ) -> None:
        self.seconds[measure] += seconds
        self.runs[measure, condition] += 1
        if isinstance(found, str):
            self.refused[measure, condition, found] += 1
            return
        for one in found:
            self.of.setdefault(((measure, one.series), condition), []).append(one)

    def lines(self) -> list[Line]:
        """Return all lines, in the order of the catalogue."""
        order = list(ANALYSES)
        lines = dict.fromkeys(line for line, _ in self.of)
        return sorted(lines, key=lambda line: order.index(line[0]))

    def rate(self, line: Line, conditions: Iterable[str], alpha: float) -> Share:
        """Count the runs with a false discovery."""
        found = [one.q for name in conditions for one in self.of.get((line, name), [])]
        return Share(sum(q <= alpha for q in found), len(found))

    def coverage(self, line: Line, condition: str) -> tuple[Share, bool] | None:
        """Count the intervals that hold the mean of the score over all draws of words.

        Returns
        -------
        tuple or None
            None without intervals; whether the result says each time that it is not to be trusted.
        """
        found = self.of.get((line, condition), [])
        if len(found) < 2 or found[0].low is None:
            return None
        truth = sum(one.value for one in found) / len(found)
        hits = sum(_between(one.low, truth, one.high) for one in found)
        return Share(hits, len(found)), all(one.is_warned for one in found)


def _between(low: float | None, truth: float, high: float | None) -> bool:
    # Rounding must not put a score without any variance outside its interval.
    return low is not None and high is not None and low - 1e-9 <= truth <= high + 1e-9


def rate_verdict(share: Share, alpha: float, *, among: int = 1) -> str:
    """Compare a false-positive rate with the nominal one.

    Parameters
    ----------
    among
        Rates that are looked at together, each of which may be unlucky.

    Returns
    -------
    str
        "liberal" above, by more than two Monte-Carlo errors (the exact binomial probability of
        that); "conservative" if the rate is surely lower and below a third of the nominal one;
        "holds" otherwise.
    """
    if not share.runs:
        return "holds"
    if binom.sf(share.hits - 1, share.runs, alpha) < LUCK / among:
        return "liberal"
    is_lower = binom.cdf(share.hits, share.runs, alpha) < LUCK / among
    return "conservative" if is_lower and share.value < CONSERVATIVE * alpha else "holds"


def coverage_verdict(share: Share) -> str:
    """Return "too narrow" or "too wide" for 95 % intervals outside `COVERED`, else "holds".

    Few runs cannot tell: the coverage must also be more than two Monte-Carlo errors from .95.
    """
    low, high = COVERED
    if share.value < low and binom.cdf(share.hits, share.runs, NOMINAL) < LUCK:
        return "too narrow"
    is_higher = binom.sf(share.hits - 1, share.runs, NOMINAL) < LUCK
    return "too wide" if share.value > high and is_higher else "holds"


def line_verdict(found: Findings, line: Line) -> str:
    """Judge a line over all conditions, naming those where it fails."""
    for verdict in ("liberal", "conservative"):
        failed = [
            name
            for name in NULL_NAMES
            # Layers that are alike have fewer false discoveries than their number allows.
            if not (verdict == "conservative" and name not in POOLED)
            and any(
                rate_verdict(found.rate(line, [name], alpha), alpha, among=len(NULLS)) == verdict
                for alpha in ALPHAS
            )
        ]
        if any(rate_verdict(found.rate(line, POOLED, a), a) == verdict for a in ALPHAS):
            failed.insert(0, "all together")
        if failed:
            return f"{verdict}: {', '.join(failed)}"
    return "holds"


def coverage_line_verdict(found: Findings, line: Line) -> str:
    """Judge the intervals of a line in all conditions; ° marks those that warn."""
    failed: dict[str, list[str]] = {}
    for name in EFFECT_NAMES:
        if covered := found.coverage(line, name):
            share, is_warned = covered
            failed.setdefault(coverage_verdict(share), []).append(_short(name) + "°" * is_warned)
    failed.pop("holds", None)
    said = [f"{verdict}: {', '.join(names)}" for verdict, names in failed.items()]
    return "; ".join(said) or "holds"


def number(share: float) -> str:
    """Write a share as .05."""
    text = f"{share:.3f}"
    return text.removeprefix("0")


def tables(found: Findings) -> str:
    """Return all tables in Markdown."""
    parts = [
        ("## False positives, all conditions with one layer together", summary(found)),
        *(
            (f"## False positives by condition, at {number(alpha)}", by_condition(found, alpha))
            for alpha in ALPHAS
        ),
        ("## Coverage of 95 % intervals", coverages(found)),
        ("## Refused", refusals(found)),
        ("## CPU seconds", costs(found)),
    ]
    return "\n\n".join(f"{title}\n\n{table}" for title, table in parts if table) + "\n"


def summary(found: Findings) -> str:
    heads = ["measure", "series", "runs", *(f"{number(a)} ± error" for a in ALPHAS), "verdict"]

    def row(line: Line) -> Iterator[str]:
        shares = [found.rate(line, POOLED, alpha) for alpha in ALPHAS]
        yield str(shares[0].runs)
        for alpha, share in zip(ALPHAS, shares, strict=True):
            yield f"{number(share.value)} ± {number(share.error(alpha))}" if share.runs else "–"
        yield line_verdict(found, line)

    return _by_line(found, heads, row)


def by_condition(found: Findings, alpha: float) -> str:
    heads = ["measure", "series", "± error", *NULL_NAMES]

    def row(line: Line) -> Iterator[str]:
        shares = [found.rate(line, [name], alpha) for name in NULL_NAMES]
        runs = max(share.runs for share in shares)
        yield number(Share(0, runs).error(alpha)) if runs else "–"
        for share in shares:
            yield _marked(share, alpha) if share.runs else "–"

    return _by_line(found, heads, row)


def coverages(found: Findings) -> str:
    heads = ["measure", "series", "± error", *map(_short, EFFECT_NAMES), "verdict"]

    def row(line: Line) -> Iterator[str]:
        covered = [found.coverage(line, name) for name in EFFECT_NAMES]
        if not any(covered):
            return
        runs = max(one[0].runs for one in covered if one)
        yield number(Share(0, runs).error(NOMINAL))
        for one in covered:
            yield number(one[0].value) + "°" * one[1] if one else "–"
        yield coverage_line_verdict(found, line)

    return _by_line(found, heads, row)


def refusals(found: Findings) -> str:
    if not found.refused:
        return ""
    counts: Counter[tuple[str, str]] = Counter()
    sentences: dict[tuple[str, str], str] = {}
    for (measure, condition, sentence), runs in found.refused.items():
        counts[measure, condition] += runs
        sentences.setdefault((measure, condition), sentence)
    rows = [
        [f"`{place[0]}`", place[1], f"{count} of {found.runs[place]}", sentences[place]]
        for place, count in sorted(counts.items())
    ]
    return _table(["measure", "condition", "runs", "what it says, for example"], rows)


def costs(found: Findings) -> str:
    rows = [[f"`{measure}`", f"{seconds:.0f}"] for measure, seconds in found.seconds.most_common()]
    rows.append(["all", f"{found.seconds.total():.0f}"])
    return _table(["measure", "seconds"], rows)


def _marked(share: Share, alpha: float) -> str:
    """Write a rate; in bold if it is liberal."""
    text = number(share.value)
    is_liberal = rate_verdict(share, alpha, among=len(NULLS)) == "liberal"
    return f"**{text}**" if is_liberal else text


def _short(condition: str) -> str:
    return condition.removesuffix(", effect")


def _by_line(found: Findings, heads: Sequence[str], row: Callable[[Line], Iterator[str]]) -> str:
    rows = [[f"`{line[0]}`", line[1], *cells] for line in found.lines() if (cells := [*row(line)])]
    return _table(heads, rows) if rows else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def page(found: Findings, command: str) -> str:
    """Return the whole page in Markdown."""
    runs: dict[str, int] = {}
    for (measure, _), count in found.runs.items():
        runs[measure] = max(count, runs.get(measure, 0))
    most = max(runs.values(), default=0)
    fewer = [f"`{name}` {runs[name]}" for name in ANALYSES if 0 < runs.get(name, 0) < most]
    counts = f"Each measure was run {most} times in every condition"
    if fewer:
        counts += f" (fewer where it is slow: {', '.join(fewer)})"
    return PAGE.format(counts=counts, command=command, tables=tables(found))


PAGE = """# Calibration

How often the measures find something where there is nothing, and how often their intervals hold the
truth. `benchmarks/calibration.py` prints this page from simulated words. {counts}; a
quarter of that with 13 layers.

## How to read it

- **False positives.** The words have no effect: labels, pronunciations, ratings, languages and the
  second encoder are dealt out independently of the vectors. Measures that compare takes are given
  voices that have nothing in common when they say the same word, while the takes of a word by one
  voice are alike. The share of runs with q at or below .05, .01 and .001 should be .05, .01 and
  .001. With one layer, q is p; with 13 layers, neighbours correlated .9, a run counts once if q is
  that small anywhere.
- **Conditions.** 36 words, 2 voices and 3 takes of each word by each voice, in 24 dimensions with
  equal variance, unless the column says otherwise. *Unequal*: each group is half as large as the
  one before, and sayings have 1 to 5 takes. *Steep*: the k-th eigenvalue is 1 / k² of the first.
- **± error** is the Monte-Carlo error: the standard error of the simulation for a measure that is
  right.
- **Verdict.** *Liberal*: more than two Monte-Carlo errors above the nominal rate, all conditions
  taken together, or one condition (in bold) further above than the unluckiest of ten should be.
  Such p are too small. *Conservative*: surely lower, and below a third of the nominal rate. Such p
  are safe but find less than they could. *Holds*: neither.
- **Coverage.** Words now have an effect, and each run draws new words; voices, groups and encoders
  stay the same. The truth is the mean of the score over all runs. 95 % intervals hold it in .95 of
  the runs if they are right: below .92 they are *too narrow*, above .98 *too wide*, if this is also
  more than two Monte-Carlo errors from .95. ° marks conditions in which the program says that the
  result should not be trusted.
- One in about 40 rates lies two errors too high by luck.

## How to run it again

```
{command}
```

Every run has its own seed, made of measure, condition and number. Results are appended to a file in
the folder of `--work`, where an interrupted run resumes. Results of other versions of the measures
are not used.

{tables}"""
