"""False-positive rates of all measures where there is no effect, and coverage of their intervals.

    python -m benchmarks.calibration [--work FOLDER] [--runs N] [--measure ID] [--quick] [--report]

Words, voices and takes are simulated, see `calibration_world.py`. Prints the tables, and writes
them to docs/calibration.md if all measures were asked and --quick was not given. Results are
appended to a file in the folder of --work, where an interrupted run resumes.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

from threadpoolctl import threadpool_limits

from benchmarks.calibration_differences import section_of, with_section
from benchmarks.calibration_measures import MEASURES, Finding, run
from benchmarks.calibration_table import Findings, page, tables
from benchmarks.calibration_world import EFFECTS, NULLS, Condition
from vgdesk.analyses import ANALYSES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "calibration.md"
# What the numbers depend on.
SOURCES = ("vgdesk/analyses", "vgdesk/core", "benchmarks/calibration_world.py",
           "benchmarks/calibration_measures.py")  # fmt: skip
CONDITIONS: Mapping[str, Condition] = {one.name: one for one in (*NULLS, *EFFECTS)}
QUICK = ("1 take", "6 takes", "steep", "36 words, effect")
# So that all take about half an hour on one core.
RUNS, QUICK_RUNS = 200, 50
FEWER_RUNS = {
    "linear-probe": 20,
    "silhouette-lda": 50,
    "abx": 50,
    "abx-words": 50,
    "abx-language": 50,
    "abx-labels": 50,
    "pair-types-published": 50,
    "retrieval-speakers": 50,
    "retrieval-rank": 50,
}
# Runs with several layers take several times as long.
LAYERS_SHARE = 0.25
CHUNK = 10


class Task(NamedTuple):
    """Some runs of a measure in a condition."""

    measure: str
    condition: str
    numbers: tuple[int, ...]


class Ended(NamedTuple):
    """One line of the file of results."""

    measure: str
    condition: str
    number: int
    seconds: float
    found: list[Finding] | str

    def as_json(self) -> str:
        found = self.found if isinstance(self.found, str) else [astuple(f) for f in self.found]
        return json.dumps([self.measure, self.condition, self.number, self.seconds, found])

    @classmethod
    def of_json(cls, line: str) -> "Ended":
        measure, condition, number, seconds, found = json.loads(line)
        if not isinstance(found, str):
            found = [Finding(*one) for one in found]
        return cls(measure, condition, number, seconds, found)


def main() -> None:
    chosen = _arguments()
    measures = chosen.measure or [analysis.id for analysis in MEASURES]
    runs = {measure: _runs(measure, chosen) for measure in measures}
    conditions = QUICK if chosen.quick else tuple(CONDITIONS)
    chosen.work.mkdir(parents=True, exist_ok=True)
    file = chosen.work / f"{version()}.jsonl"
    known = {one[:3]: one for one in _read(file)}
    tasks = [] if chosen.report else list(missing_tasks(runs, conditions, known.keys()))
    with file.open("a", encoding="utf-8") as out:
        for place, ended in enumerate(_worked(tasks, chosen.jobs), 1):
            known |= {one[:3]: one for one in ended}
            out.writelines(f"{one.as_json()}\n" for one in ended)
            out.flush()
            _progress(place, len(tasks), ended[0])
    found = Findings()
    for one in sorted(known.values(), key=lambda one: one[:3]):
        if one.number < runs.get(one.measure, 0) and one.condition in conditions:
            found.add(one.measure, one.condition, one.found, one.seconds)
    print(tables(found))
    if not chosen.quick and not chosen.measure:
        known = section_of(PAGE.read_text(encoding="utf-8"))
        text = with_section(page(found, _command(chosen)), known)
        PAGE.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    folder = ROOT / "build" / "calibration"
    parser.add_argument("--work", type=Path, default=folder, help="folder of the results")
    parser.add_argument("--runs", type=int, help="runs of each measure in each condition")
    parser.add_argument(
        "--measure", action="append", choices=[analysis.id for analysis in MEASURES], metavar="ID"
    )
    parser.add_argument("--quick", action="store_true", help=f"{', '.join(QUICK)} only")
    parser.add_argument(
        "--report", action="store_true", help="run nothing more, show what there is"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    return parser.parse_args()


def _runs(measure: str, chosen: argparse.Namespace) -> int:
    usual = FEWER_RUNS.get(measure, RUNS)
    return chosen.runs or (min(QUICK_RUNS, usual) if chosen.quick else usual)


def _command(chosen: argparse.Namespace) -> str:
    runs = f" --runs {chosen.runs}" if chosen.runs else ""
    return f"python -m benchmarks.calibration{runs}"


def version() -> str:
    """Return a digest of all source that the results depend on."""
    digest = hashlib.blake2b(digest_size=6)
    for source in SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def missing_tasks(
    runs: Mapping[str, int], conditions: Iterable[str], known: Iterable[tuple[object, ...]]
) -> Iterator[Task]:
    """Yield what is still to be computed: first a few runs of all measures, then more."""
    done = set(known)
    names = tuple(conditions)
    for start in range(0, max(runs.values(), default=0), CHUNK):
        for measure, most in runs.items():
            for name in names:
                several = CONDITIONS[name].layers > 1
                end = min(start + CHUNK, round(most * LAYERS_SHARE) if several else most)
                numbers = (n for n in range(start, end) if (measure, name, n) not in done)
                if left := tuple(numbers):
                    yield Task(measure, name, left)


def work(task: Task) -> list[Ended]:
    """Do some runs."""
    ended = []
    with threadpool_limits(1):
        for number in task.numbers:
            start = time.process_time()
            found = run(ANALYSES[task.measure], CONDITIONS[task.condition], number)
            seconds = round(time.process_time() - start, 4)
            ended.append(Ended(task.measure, task.condition, number, seconds, found))
    return ended


def _worked(tasks: list[Task], jobs: int) -> Iterator[list[Ended]]:
    if jobs == 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(work, task) for task in tasks]):
            yield future.result()


def _read(file: Path) -> Iterator[Ended]:
    """Read earlier results; the last line may have been interrupted."""
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        yield from (Ended.of_json(line) for line in lines if line.endswith("]\n"))


def _progress(place: int, tasks: int, ended: Ended) -> None:
    if sys.stderr.isatty() or place % 100 == 0:
        where = f"{ended.measure}, {ended.condition}"
        print(f"{place} of {tasks}: {where}", end="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
