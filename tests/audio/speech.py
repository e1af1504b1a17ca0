"""Real speech for tests: words spoken by espeak-ng, and by people where their files are there."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from vgdesk.audio.files import Recording, read

PEOPLE = Path(__file__).parents[3] / "shared/data/people/en_gcompris"


def spoken(word: str, folder: Path, *, voice: str = "en") -> Recording:
    """Return a word without any silence before and after it."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed, so nobody can speak")
    file = folder / f"{voice}-{word}.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(file), word], check=True)
    recording = read(file)
    loud = np.flatnonzero(np.abs(recording.samples) > 0.003)
    return Recording(recording.samples[loud[0] : loud[-1] + 1], recording.sample_rate)


def people_files() -> list[Path]:
    """Return a few of the recordings of people."""
    files = sorted(PEOPLE.glob("*.ogg"))[::40]
    if not files:
        pytest.skip("the recordings of people (../shared/data/people) are not there")
    return files
