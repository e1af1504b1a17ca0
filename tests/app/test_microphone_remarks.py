import numpy as np
import pytest

from vgdesk.app.microphone_remarks import Remark, remarks
from vgdesk.audio.files import Recording, read, resample
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.model import Verdict
from vgdesk.core.resources import resource

TAKES = resource("demo.vgdesk") / "takes"


def said(*, gain: float = 1.0, noise: float = 1e-4, rate: int = 0) -> tuple[Remark, ...]:
    word = read(TAKES / "snake-bella.flac")
    if rate:
        word = resample(resample(word, rate), word.sample_rate)
    whole = np.pad(word.samples, word.sample_rate) * gain
    whole += np.random.default_rng(0).normal(0, noise, len(whole))
    recording = Recording(np.clip(whole, -1, 1).astype(np.float32), word.sample_rate)
    return remarks(recording, find_word(recording))


def test_a_good_microphone_is_said_to_be_good() -> None:
    found = said()
    assert [remark.verdict for remark in found] == [Verdict.PASS] * 3
    assert all(remark.message and not remark.remedy for remark in found)


@pytest.mark.parametrize(
    ("changed", "place", "says"),
    [
        ({"gain": 50.0}, 0, "Too loud"),
        ({"gain": 0.02, "noise": 1e-6}, 0, "Quiet"),
        ({"noise": 0.05}, 1, "Noisy"),
        ({"rate": 8_000}, 2, "as on a telephone"),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(
    changed: dict[str, float], place: int, says: str
) -> None:
    found = said(**changed)  # type: ignore[arg-type]
    assert says in found[place].message
    assert found[place].verdict is not Verdict.PASS
    assert found[place].remedy


def test_silence_and_a_missing_word_are_two_things() -> None:
    silent = Recording(np.zeros(16_000, np.float32), 16_000)
    (nothing,) = remarks(silent, None)
    assert "silence" in nothing.message
    hum = Recording(np.full(16_000, 0.01, np.float32), 16_000)
    (no_word,) = remarks(hum, None)
    assert "No word" in no_word.message
