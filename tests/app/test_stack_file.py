import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.app.stack_file import read_stack, write_stack
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack


def stack(names: list[str]) -> LayerStack:
    values = np.random.default_rng(0).standard_normal((2, len(names), 3)).astype(np.float32)
    words = tuple(WordId(name) for name in names)
    return LayerStack(EncoderId("e"), ("0", "1"), tuple(f"{n}-1" for n in names), words, values)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_every_name_and_number_comes_back(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.safetensors"
        write_stack(file, stack(names))
        back = read_stack(file)
    assert (back.rows, back.words, back.layers) == (
        stack(names).rows,
        stack(names).words,
        ("0", "1"),
    )
    assert np.array_equal(back.values, stack(names).values)


@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_other_files_are_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "b.safetensors"
    file.write_bytes(content)
    with pytest.raises(VgdeskError, match="does not hold embeddings"):
        read_stack(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="does not exist"):
        read_stack(tmp_path / "nothing.safetensors")


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="could not be written"):
        write_stack(tmp_path / "no such folder" / "a.safetensors", stack(["dog"]))
