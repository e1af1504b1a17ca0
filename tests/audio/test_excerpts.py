from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.audio.excerpts import EXCERPT_SECONDS, excerpt_begin, read_excerpt
from vgdesk.audio.files import LONGEST_WORD_SECONDS, Recording, write_flac

RATE = 8000


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """Ninety seconds, in which every second is louder than the one before."""
    seconds = np.repeat(np.arange(90, dtype=np.float32) / 100, RATE)
    write_flac(tmp_path / "long.flac", Recording(seconds, RATE))
    return tmp_path / "long.flac"


def test_of_a_short_file_everything_is_read(tmp_path: Path) -> None:
    write_flac(tmp_path / "short.flac", Recording(np.full(RATE, 0.5, np.float32), RATE))
    found = read_excerpt(tmp_path / "short.flac", 0.2, 0.4)
    assert (found.begin, found.end, found.whole) == (0.0, 1.0, 1.0)
    assert found.shows(0.0, None)


@pytest.mark.parametrize(("start", "end"), [(0.0, None), (40.0, 41.0), (89.0, None), (2.0, 70.0)])
def test_of_a_long_file_the_part_around_the_word_is_read(
    long_file: Path, start: float, end: float | None
) -> None:
    found = read_excerpt(long_file, start, end)
    assert found.recording.seconds == pytest.approx(EXCERPT_SECONDS)
    assert found.whole == 90.0
    assert found.begin <= start < found.end
    second = int((found.begin + 0.5) // 1)
    assert found.recording.samples[RATE // 2] == pytest.approx(second / 100, abs=1e-6)
    assert found.shows(start, end), "or it would be read again and again"
    assert found.shows(50.0, 51.0) == (found.begin < 50.0 and found.end > 51.0)


@given(
    start=st.floats(0.0, 5_000.0),
    seconds=st.none() | st.floats(0.01, 100.0),
    whole=st.floats(LONGEST_WORD_SECONDS, 5_000.0),
)
def test_an_excerpt_is_inside_the_file_and_begins_before_the_word(
    start: float, seconds: float | None, whole: float
) -> None:
    start = min(start, whole - 0.01)
    begin = excerpt_begin(start, None if seconds is None else start + seconds, whole)
    assert 0.0 <= begin <= whole - EXCERPT_SECONDS
    assert begin <= start + 1e-6
