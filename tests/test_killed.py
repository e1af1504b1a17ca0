"""The real window is killed while somebody speaks: nothing that was there is ever missing."""

import random
from pathlib import Path

import pytest

from tests.killing import endless_noise, kill_once
from tests.virtual_sound_card import VirtualSoundCard, sound_card  # noqa: F401

pytestmark = pytest.mark.slow

KILLS = 20


@pytest.mark.sound
@pytest.mark.timeout(600)
def test_a_killed_program_loses_at_most_a_second_of_the_running_take(
    tmp_path: Path,
    sound_card: VirtualSoundCard,  # noqa: F811
) -> None:
    dice = random.Random(20)
    folder = tmp_path / "a.vgdesk"
    said = 0
    for kill in range(KILLS):
        with endless_noise(sound_card):
            life, remains = kill_once(folder, dice)
        assert life.running > 0 or life.takes, "the program did not get as far as recording"
        assert remains.missing == [], f"kill {kill}"
        assert remains.missing_seconds <= 1.0, f"kill {kill}: {life.running} s were recorded"
        assert len(remains.said) <= 1, "more than one sentence"
        said += len(remains.said)
    assert said > KILLS / 2  # most kills leave something to restore
