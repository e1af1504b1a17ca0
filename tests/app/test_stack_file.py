import tempfile
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vgdesk.app.stack_file import FORMATS, read_stack, write_stack
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack


def stack(names: list[str]) -> LayerStack:
    values = np.random.default_rng(0).standard_normal((2, len(names), 3)).astype(np.float32)
    words = tuple(WordId(name) for name in names)
    return LayerStack(EncoderId("e"), ("0", "1"), tuple(f"{n}-1" for n in names), words, values)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(deadline=None)  # what the disk takes is its own affair
@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1
    )
)
def test_every_name_and_number_comes_back(suffix: str, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a{suffix}"
        write_stack(file, stack(names))
        back = read_stack(file)
    assert (back.rows, back.words, back.layers) == (
        stack(names).rows,
        stack(names).words,
        ("0", "1"),
    )
    assert np.array_equal(back.values, stack(names).values)


def test_other_tools_find_named_axes(tmp_path: Path) -> None:
    for suffix in (".npz", ".h5"):
        write_stack(tmp_path / f"a{suffix}", stack(["dog", "猫"]))
    npz = np.load(tmp_path / "a.npz")  # without pickle
    assert npz["axes"].tolist() == ["layers", "rows", "dim"]
    assert npz["words"].tolist() == ["dog", "猫"]
    with h5py.File(tmp_path / "a.h5") as hdf5:
        assert [axis.label for axis in hdf5["values"].dims] == ["layers", "rows", "dim"]
        assert hdf5["rows"].asstr()[:].tolist() == ["dog-1", "猫-1"]


@pytest.mark.parametrize("suffix", FORMATS)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=5),
    length=st.floats(0, 1),
)
def test_a_mutated_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    changes: list[tuple[float, int]],
    length: float,
) -> None:
    file = tmp_path_factory.mktemp("fuzz") / f"a{suffix}"
    write_stack(file, stack(["dog", "cat", "tea"]))
    content = bytearray(file.read_bytes())
    for place, value in changes:
        content[round(place * (len(content) - 1))] = value
    file.write_bytes(content[: round(max(length, 0.5) * len(content))])
    with suppress(VgdeskError):
        assert read_stack(file).rows


def test_a_name_that_says_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="what kind of file"):
        write_stack(tmp_path / "a.pt", stack(["dog"]))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_other_files_are_refused_with_a_sentence(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    file = tmp_path / f"b{suffix}"
    file.write_bytes(content)
    with pytest.raises(VgdeskError, match="does not hold embeddings"):
        read_stack(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="does not exist"):
        read_stack(tmp_path / "nothing.safetensors")


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(VgdeskError, match="could not be written"):
        write_stack(tmp_path / "no such folder" / "a.safetensors", stack(["dog"]))
