from collections.abc import Callable
from pathlib import Path

import pytest

from vgdesk.core.errors import EncoderError
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling

Tiny = Callable[[str], Path]


@pytest.mark.parametrize("name", ["bert", "roberta", "clip"])
def test_word_that_is_too_long_is_refused(tiny: Tiny, name: str) -> None:
    encoder = load(inspect_folder(tiny(name), is_grounded=False), "cpu")
    longest = {"bert": 38, "roberta": 36, "clip": 38}[name]
    encoder.encode(["a" * longest], Pooling.MEAN)
    with pytest.raises(EncoderError, match="too long"):
        encoder.encode(["a" * (longest + 1)], Pooling.MEAN)


def test_word_without_tokens_is_refused(tiny: Tiny) -> None:
    encoder = load(inspect_folder(tiny("bert"), is_grounded=False), "cpu")
    with pytest.raises(EncoderError, match="no token"):
        encoder.encode(["cat", "\u00a0"], Pooling.MEAN)


def test_whisper_refuses_what_is_longer_than_its_window(tiny: Tiny) -> None:
    import numpy as np

    encoder = load(inspect_folder(tiny("whisper"), is_grounded=False), "cpu")
    with pytest.raises(EncoderError, match="30 seconds"):
        encoder.encode([np.zeros(480_001, np.float32)], Pooling.MEAN)
