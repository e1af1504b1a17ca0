"""Values of the catalogue, compared with those of fastabx, rsatoolbox and netrep.

    python -m benchmarks.oracles [--seed N] [--environments FOLDER]

Every package is installed into a virtual environment of its own, temporary unless a folder is
given, and gets the same simulated words in a child process. Prints the largest deviation of each
measure, and what could not be installed. fastabx needs Python 3.12 and PyTorch (several GB).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.calibration_measures import computed
from benchmarks.calibration_world import Condition, Null, Simulated, simulate
from vgdesk.analyses import ANALYSES

CHILD = Path(__file__).with_name("oracle_children.py")
# One take of each word by each voice: how takes are averaged is not what is compared.
DESIGN = Condition("oracles", words=40, takes=1, layers=3, has_effect=True)
INSTALL_SECONDS = 1800.0
PYTHONS = (sys.executable, "python3.12", "python3.13", "python3.14")


@dataclass(frozen=True, slots=True)
class Oracle:
    """Another implementation.

    Attributes
    ----------
    package
        Its name in `oracle_children.py`.
    requirement
        What pip installs.
    python
        The oldest version of Python that it runs on.
    """

    package: str
    requirement: str
    measures: tuple[str, ...]
    python: tuple[int, int] = (3, 11)


ORACLES = (
    Oracle("rsatoolbox", "rsatoolbox==0.3.2", ("rsa-spearman", "rsa-pearson", "rsa-kendall")),
    Oracle("fastabx", "fastabx==0.9.0", ("abx", "abx-words", "abx-language"), (3, 12)),
    Oracle(
        "netrep",
        "netrep @ https://github.com/ahwillia/netrep/archive/3059f54230e85931fe4d10709b41185f0310a21a.zip",
        ("procrustes", "svcca"),
    ),
)


class MissingOracleError(Exception):
    """An oracle that cannot be installed or run here."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--environments", type=Path, help="folder in which they are kept")
    chosen = parser.parse_args()
    world = simulate(DESIGN, Null(), np.random.default_rng(chosen.seed))
    with tempfile.TemporaryDirectory() as temporary:
        folder = (chosen.environments or Path(temporary)).resolve()
        print(f"{'measure':16} {'package':14} values  largest deviation")
        for oracle in ORACLES:
            for line in lines(oracle, world, folder):
                print(line, flush=True)


def lines(oracle: Oracle, world: Simulated, folder: Path) -> Iterator[str]:
    """Yield a line for each measure, or one that says why there are none."""
    try:
        theirs = values_of(oracle, world, environment(oracle, folder))
    except MissingOracleError as reason:
        yield f"{', '.join(oracle.measures)}: not compared with {oracle.package}. {reason}"
        return
    for measure in oracle.measures:
        (ours,) = computed(ANALYSES[measure], world, 0)
        deviation = np.abs(ours.values - theirs[measure])
        yield f"{measure:16} {oracle.package:14} {deviation.size:6}  {deviation.max():.1e}"


def environment(oracle: Oracle, folder: Path) -> Path:
    """Make an environment that holds the oracle, and return its Python."""
    home = folder / oracle.requirement.split()[0]
    python = home / "bin" / "python"
    if not (home / "is-complete").exists():
        base = _python(oracle.python)
        shutil.rmtree(home, ignore_errors=True)
        _call([base, "-m", "venv", str(home)], "A virtual environment cannot be made")
        install = [str(python), "-m", "pip", "install", "--quiet", oracle.requirement]
        _call(install, f"“{oracle.requirement}” cannot be installed")
        (home / "is-complete").touch()
    return python


def values_of(oracle: Oracle, world: Simulated, python: Path) -> dict[str, np.ndarray]:
    """Let the oracle compute its measures in a child process."""
    with tempfile.TemporaryDirectory() as temporary:
        source, target = (Path(temporary) / name for name in ("given.npz", "found.npz"))
        np.savez(source, **inputs(world))
        # Without PYTHONPATH, or it would see the packages of this environment.
        command = [str(python), "-I", str(CHILD), oracle.package, str(source), str(target)]
        _call(command, f"{oracle.package} fails")
        return dict(np.load(target))


def inputs(world: Simulated) -> dict[str, np.ndarray]:
    """Return the vectors of words and takes, [layers, rows, dim], and facts about their rows."""
    facts, speaker_of = world.facts, world.facts.speaker_of()
    labels, languages = facts.labels(), facts.languages()
    takes, words = world.takes[0], world.words
    return {
        "words_a": words[0].values,
        "words_b": words[1].values,
        "words_label": np.array([labels[word] for word in words[0].words]),
        "takes_a": takes.values,
        "takes_word": np.array(takes.words),
        "takes_speaker": np.array([speaker_of[row] for row in takes.rows]),
        "takes_language": np.array([languages[word] for word in takes.words]),
    }


def _python(oldest: tuple[int, int]) -> str:
    """Return a Python that is new enough."""
    for name in PYTHONS:
        if shutil.which(name):
            command = [name, "-c", f"import sys; sys.exit(sys.version_info < {oldest})"]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return name
    raise MissingOracleError(f"It needs Python {oldest[0]}.{oldest[1]}, which is not installed.")


def _call(command: list[str], failure: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise MissingOracleError(f"{failure} within {INSTALL_SECONDS:.0f} s.") from error
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.strip()]
        reason = next((line for line in said if "ERROR" in line), said[-1] if said else "")
        raise MissingOracleError(f"{failure}: {reason}") from error


if __name__ == "__main__":
    main()
