from pathlib import Path

import numpy as np
import pytest

from vgdesk.app.stacks.frame_file import read_frames, write_frames
from vgdesk.app.stacks.stack_file import write_stack
from vgdesk.core.errors import NotFiniteError, VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

WORDS = (WordId("dog"), WordId("cat"))


def frames() -> FrameStack:
    values = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    return FrameStack(
        EncoderId("e"), ("0", "1"), ("dog-1", "cat-1"), WORDS, np.array([0, 2, 5]), values
    )


def test_frames_come_back(tmp_path: Path) -> None:
    write_frames(tmp_path / "a.safetensors", frames())
    back = read_frames(tmp_path / "a.safetensors")
    assert (back.rows, back.words, back.layers) == (("dog-1", "cat-1"), WORDS, ("0", "1"))
    assert np.array_equal(back.values, frames().values)
    assert back.starts.tolist() == [0, 2, 5]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_frame_that_is_no_number_is_refused_with_take_and_layer(
    tmp_path: Path, number: float
) -> None:
    file = tmp_path / "a.safetensors"
    values = frames().values.copy()
    values[1, 2, 0] = number
    write_frames(file, frames().derived(values=values))
    with pytest.raises(NotFiniteError) as refusal:
        read_frames(file)
    assert "“cat-1” in layer “1”" in refusal.value.message
    assert refusal.value.message.count(str(file)) == 1


def test_a_stack_that_is_no_number_is_reported_once(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    whole = LayerStack(EncoderId("e"), ("0",), WORDS, WORDS, np.ones((1, 2, 3), np.float32))
    write_stack(file, whole.derived(values=np.full((1, 2, 3), np.nan, np.float32)))
    with pytest.raises(NotFiniteError) as refusal:
        read_frames(file)
    assert refusal.value.message.count(str(file)) == 1


def test_takes_that_begin_between_frames_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    write_frames(file, frames())
    content = file.read_bytes()
    file.write_bytes(content.replace(b'"I64"', b'"F64"'))
    assert file.read_bytes() != content
    with pytest.raises(VgdeskError, match="is not a vgdesk frame file"):
        read_frames(file)
