"""What benchmarks/oracles.py gives to other packages, and says of those it cannot install."""

from pathlib import Path

import numpy as np

from benchmarks.calibration_world import Null, simulate
from benchmarks.oracles import DESIGN, ORACLES, Oracle, inputs, lines
from vgdesk.analyses import ANALYSES


def test_every_row_has_what_the_packages_are_told_about_it() -> None:
    given = inputs(simulate(DESIGN, Null(), np.random.default_rng(0)))
    assert given["words_a"].shape[:2] == given["words_b"].shape[:2] == (3, 40)
    assert given["words_label"].shape == (40,)
    for name in ("word", "speaker", "language"):
        assert given[f"takes_{name}"].shape == given["takes_a"].shape[1:2] == (80,)
    assert set(given["takes_speaker"]) == {"v0", "v1"}


def test_a_package_that_cannot_be_installed_is_named(tmp_path: Path) -> None:
    world = simulate(DESIGN, Null(), np.random.default_rng(0))
    future = Oracle("fastabx", "fastabx==0.9.0", ("abx", "abx-words"), (99, 0))
    (line,) = lines(future, world, tmp_path)
    assert line.startswith("abx, abx-words: not compared with fastabx.")
    assert "Python 99.0" in line


def test_the_compared_measures_are_in_the_catalogue() -> None:
    assert {measure for oracle in ORACLES for measure in oracle.measures} <= set(ANALYSES)
