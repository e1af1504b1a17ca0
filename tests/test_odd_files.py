"""A few of the cases of benchmarks/abuse.py: what nobody should give ends in a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="the cases are forks with bounded memory")
def test_odd_files_end_in_a_sentence_and_change_no_other_file() -> None:
    # A process of its own: forks of one that has threads and windows could wait for ever.
    command = [sys.executable, "-m", "benchmarks.abuse", "90", "--seed", "1", "--show"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    table = [line.split() for line in ran.stdout.splitlines()]
    assert len(table) == 11  # a heading and a line for every kind
    assert sum(int(row[1]) for row in table[1:]) == 90
