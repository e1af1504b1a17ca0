"""False-positive rates of differences between encoders, and coverage of their intervals.

    python -m benchmarks.calibration_differences [--runs N] [--measure ID] [--work FILE]

Encoders are copies of one structure of the words (`calibration_world.py`), each turned in its own
direction and with its own noise: equally good, and different for every single word. Prints a
table, and writes it into docs/calibration.md if all measures were asked. Lines are appended to a
file, where an interrupted run resumes: delete it after a change of the measures.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.calibration_table import Share, coverage_verdict, number, rate_verdict
from benchmarks.calibration_world import DIM, POPULATION, Condition, Dealer, Null, simulate
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.encoder_differences import subtract_curves, subtract_similarities
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerDifference
from vgdesk.core.stack import LayerStack

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "calibration.md"
SEPARATOR = " | "
START = "<!-- differences: written by benchmarks/calibration_differences.py -->"
END = "<!-- end of differences -->"
MEASURES = ("silhouette", "abx", "cka", "ratings")
CONDITIONS = (
    *(Condition(f"{n} words", words=n, takes=1, has_effect=True) for n in (12, 36, 100)),
    Condition("36 words, 13 layers", takes=1, layers=13, has_effect=True),
)
RUNS = 200
# Standard deviation of the noise of a copy, in those of a word; and of a worse copy.
NOISE, MORE = 1.0, 1.6
ALPHAS = (0.05, 0.01)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one draw of words gives.

    Attributes
    ----------
    equal
        The difference of two equally good encoders.
    worse
        That of a worse and a good one.
    interaction
        The difference of two differences of equally good encoders.
    """

    equal: LayerDifference
    worse: LayerDifference
    interaction: LayerDifference


def run(measure: str, condition: Condition, place: int) -> Run:
    """Draw words, copy their structure into five encoders, and subtract their scores.

    The same measure, condition and number give the same differences.
    """
    rng = np.random.default_rng([crc32(f"{measure} {condition.name}".encode()), place])
    world = simulate(condition, Null(), rng)
    levels = (NOISE, NOISE, NOISE, NOISE, MORE)
    sides = [
        [copied(stack, condition, level, 2 * i + j, rng) for j, stack in enumerate(world.words)]
        for i, level in enumerate(levels)
    ]
    seed = int(rng.integers(2**31))
    a, b, c, d, e = range(5)
    wanted = ((a, b), (a, e), (a, b, c, d))
    if isinstance(ANALYSES[measure], CurveAnalysis):
        found = subtracted_curves(measure, [own for own, _ in sides], world.facts, seed, wanted)
    else:
        found = subtracted_similarities(measure, sides, world.facts, seed, wanted)
    return Run(*found)


def subtracted_curves(
    measure: str,
    stacks: Sequence[LayerStack],
    facts: Facts,
    seed: int,
    wanted: Sequence[tuple[int, ...]],
) -> Iterator[LayerDifference]:
    curves = [ANALYSES[measure].compute(stack, facts, seed) for stack in stacks]
    for places in wanted:
        yield subtract_curves([curves[i] for i in places], measure, seed=seed)[0]


def subtracted_similarities(
    measure: str,
    sides: Sequence[Sequence[LayerStack]],
    facts: Facts,
    seed: int,
    wanted: Sequence[tuple[int, ...]],
) -> Iterator[LayerDifference]:
    """Subtract the similarities of pairs of encoders; of four, only the middle ones."""
    found = [ANALYSES[measure].compute(*pair, facts, seed) for pair in sides]
    for places in wanted:
        first, second = places[-2:][::-1]
        yield subtract_similarities(found[first], found[second], measure, seed=seed)[0]


def copied(
    stack: LayerStack, condition: Condition, noise: float, place: int, rng: np.random.Generator
) -> LayerStack:
    """Copy the structure of the words into another encoder, always the same direction."""
    fixed = np.random.default_rng([POPULATION, place])
    turn = np.linalg.qr(fixed.standard_normal((DIM, DIM)))[0]
    values = (stack.values + noise * Dealer(condition, rng)(condition.words)) @ turn
    return replace(stack, values=values.astype(np.float32))


def row(measure: str, condition: Condition, runs: Sequence[Run]) -> list[str]:
    """Return a line of the table."""
    equal, worse, both = ([getattr(one, name) for one in runs] for name in Run.__slots__)
    cells = [f"`{measure}`", condition.name, str(len(runs))]
    for found in (equal, both):
        for alpha in ALPHAS:
            share = Share(sum((one.corrected_p <= alpha).any() for one in found), len(found))
            verdict = rate_verdict(share, alpha)
            text = f"{number(share.value)} ± {number(share.error(alpha))}"
            cells.append(f"**{text}**" if verdict == "liberal" else text)
    truth = np.mean([one.values for one in worse], axis=0)
    for found, true in ((equal, np.zeros_like(truth)), (worse, truth)):
        holds = [(one.low <= true) & (true <= one.high) for one in found]
        share = Share(int(np.sum(holds)), np.size(holds))
        # Layers are alike: one layer tells the error.
        error = Share(0, len(found)).error(0.95)
        one_layer = Share(round(share.value * len(found)), len(found))
        text = f"{number(share.value)} ± {number(error)}"
        cells.append(f"**{text}**" if coverage_verdict(one_layer) == "too narrow" else text)
    power = Share(sum((one.corrected_p <= ALPHAS[0]).any() for one in worse), len(worse))
    return [*cells, f"{truth.mean():.3f}", number(power.value)]


HEADS = (
    "measure", "words", "runs", "equal: p ≤ .05", "p ≤ .01", "interaction: p ≤ .05", "p ≤ .01",
    "interval holds 0", "worse: interval holds it", "its difference", "found, p ≤ .05",
)  # fmt: skip
TEXT = """## Differences between encoders

`benchmarks/calibration_differences.py` prints this part. Encoders are copies of one structure of
the words, each with its own noise. *Equal* ones are equally good: p at or below .05 in .05 of the
runs is right. *Interaction* is the difference of two such differences (for similarities, the
difference of another two pairs). A *worse* one has more noise, and the truth is the mean
difference of all runs. p is corrected for all layers and counts once if it is that small at any.
± is the Monte-Carlo error of what is right; bold is liberal, or an interval that is too narrow.

Up to 100 words, p and intervals are conservative: rates are far below .05, and intervals hold more
than .95. The jackknife counts twice what pairs of words contribute together (Efron and Stein
1981), and of the difference of two equally good encoders that is the larger part. Such p are safe
but find less than they could.
"""


def section(rows: Sequence[Sequence[str]]) -> str:
    """Return the part of the page."""
    lines = [HEADS, ["---"] * len(HEADS), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{START}\n\n{TEXT}\n{table}\n\n{END}\n"


def with_section(page: str, new: str) -> str:
    """Replace the part of a page about differences, or add it at the end."""
    return f"{without_section(page).rstrip()}\n\n{new}"


def without_section(page: str) -> str:
    before, _, rest = page.partition(START)
    return before.rstrip() + "\n" + rest.partition(END)[2].lstrip()


def section_of(page: str) -> str:
    """Return the part of a page about differences; empty if there is none."""
    _, start, rest = page.partition(START)
    return f"{start}{rest.partition(END)[0]}{END}\n" if start else ""


def rows_of(measures: Sequence[str], runs: int, file: Path) -> Iterator[list[str]]:
    """Yield the lines of the table: those of the file, or new ones, which are added to it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    known = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    done = {tuple(line.split(SEPARATOR)[:3]): line.split(SEPARATOR) for line in known}
    for measure in measures:
        for condition in CONDITIONS:
            line = done.get((f"`{measure}`", condition.name, str(runs)))
            if line is None:
                with threadpool_limits(1):
                    found = [run(measure, condition, place) for place in range(runs)]
                line = row(measure, condition, found)
                with file.open("a", encoding="utf-8") as out:
                    out.write(f"{SEPARATOR.join(line)}\n")
            print(SEPARATOR.join(line), flush=True)
            yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--measure", action="append", choices=MEASURES, metavar="ID")
    file = ROOT / "build" / "calibration" / "differences.txt"
    parser.add_argument("--work", type=Path, default=file, help="file of the finished lines")
    chosen = parser.parse_args()
    print(SEPARATOR.join(HEADS))
    rows = list(rows_of(chosen.measure or MEASURES, chosen.runs, chosen.work))
    if not chosen.measure:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_section(page, section(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
