"""Equally good encoders are rarely told apart: a small benchmarks/calibration_differences.py."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.calibration_differences import (
    END,
    START,
    Run,
    row,
    run,
    section,
    section_of,
    with_section,
)
from benchmarks.calibration_world import Condition

RUNS, ALPHA = 60, 0.05
# One right measure in a thousand has more false positives.
LUCK = 0.001
SMALL = Condition("small", words=24, takes=1, has_effect=True)
LAYERS = Condition("layers", words=24, takes=1, layers=6, has_effect=True)


def runs_of(measure: str, condition: Condition) -> list[Run]:
    return [run(measure, condition, place) for place in range(RUNS)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "condition"),
    [("silhouette", SMALL), ("cka", SMALL), ("ratings", SMALL), ("silhouette", LAYERS)],
)
def test_equally_good_encoders_are_rarely_told_apart(measure: str, condition: Condition) -> None:
    runs, most = runs_of(measure, condition), binom.ppf(1 - LUCK, RUNS, ALPHA)
    for name in ("equal", "interaction"):
        found = [getattr(one, name).corrected_p.min() for one in runs]
        assert sum(p <= ALPHA for p in found) <= most, name
    covered = [float(np.mean((one.equal.low <= 0) & (one.equal.high >= 0))) for one in runs]
    assert np.mean(covered) > 0.92


@pytest.mark.slow
def test_a_worse_encoder_is_found() -> None:
    found = [run("cka", replace(SMALL, words=48), place).worse for place in range(10)]
    assert all(one.values.mean() < 0 for one in found)
    assert sum(one.corrected_p.min() <= ALPHA for one in found) >= 5


def test_a_run_can_be_repeated() -> None:
    first, again, other = (run("cka", SMALL, place) for place in (0, 0, 1))
    assert np.array_equal(first.worse.values, again.worse.values)
    assert not np.array_equal(first.worse.values, other.worse.values)


def test_the_part_of_the_page_is_replaced_and_the_rest_stays() -> None:
    new = section([row("cka", SMALL, [run("cka", SMALL, place) for place in range(2)])])
    assert "| `cka` | small | 2 |" in new
    page = "# Calibration\n\nText.\n"
    once = with_section(page, new)
    assert once.startswith(page)
    assert section_of(once) == new
    assert with_section(once, section([])).count(START) == 1
    assert section_of(page) == ""
    assert with_section(with_section(page, section([])), new) == once
    assert once.rstrip().endswith(END)
