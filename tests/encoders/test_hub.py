import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.encoders.hub_server import REPO, Hub, serve
from vgdesk.core.errors import EncoderError
from vgdesk.encoders import hub as hub_module
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling
from vgdesk.encoders.hub import DownloadProgress, download

Tiny = Callable[[str], Path]
WEIGHTS = os.urandom(300_000)


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {
        "config.json": b'{"model_type": "bert"}',
        "model.safetensors": WEIGHTS,
        "pytorch_model.bin": b"never",
        "model-00001-of-00002.safetensors": b"twice",
        "onnx/model.safetensors": b"not this",
        "README.md": b"card",
    }
    with serve(Hub(files)) as running:
        yield running


def fetch(hub: Hub, into: Path) -> list[DownloadProgress]:
    return list(download(REPO, into, endpoint=hub.endpoint))


def test_only_settings_and_safetensors_are_fetched(hub: Hub, tmp_path: Path) -> None:
    reports = fetch(hub, tmp_path / "new")
    wanted = {"config.json", "model.safetensors", "README.md"}
    assert {file.name for file in (tmp_path / "new").iterdir()} == wanted
    assert all((tmp_path / "new" / name).read_bytes() == hub.files[name] for name in wanted)
    total = sum(len(hub.files[name]) for name in wanted)
    assert {report.total_bytes for report in reports} == {total}
    assert reports[-1].done_bytes == total
    assert [r.done_bytes for r in reports] == sorted(r.done_bytes for r in reports)


def test_model_works_after_a_download_although_loading_keeps_offline(
    hub: Hub, tiny: Tiny, tmp_path: Path
) -> None:
    source = tiny("bert")
    hub.files = {file.name: file.read_bytes() for file in source.iterdir()}
    load(inspect_folder(source, is_grounded=False), "cpu")
    from huggingface_hub import constants

    assert constants.HF_HUB_OFFLINE
    fetch(hub, tmp_path / "bert")
    assert constants.HF_HUB_OFFLINE
    spec = inspect_folder(tmp_path / "bert", is_grounded=False)
    assert spec.revision == inspect_folder(source, is_grounded=False).revision
    load(spec, "cpu").encode(["cat"], Pooling.MEAN)


def test_what_is_there_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    hub.asked.clear()
    hub.files["README.md"] = b"a new card"
    fetch(hub, tmp_path)
    assert hub.asked == [("README.md", None)]


def test_broken_connection_is_resumed_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    hub.cut = 100_000
    with pytest.raises(EncoderError, match="next attempt continues") as caught:
        fetch(hub, tmp_path)
    assert str(tmp_path) in caught.value.hint
    assert "model.safetensors" in caught.value.hint
    assert not (tmp_path / "model.safetensors").exists()
    (part,) = tmp_path.glob(".model.safetensors.*.part")
    got = part.stat().st_size
    assert 0 < got <= 100_000
    hub.cut = None
    hub.asked.clear()
    fetch(hub, tmp_path)
    assert hub.asked == [("model.safetensors", f"bytes={got}-")]
    assert (tmp_path / "model.safetensors").read_bytes() == WEIGHTS
    assert not list(tmp_path.glob(".*"))


def test_closing_cancels_and_keeps_what_arrived(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_REPORT_SECONDS", 0.0)
    progress = download(REPO, tmp_path, endpoint=hub.endpoint)
    report = next(r for r in progress if r.file == "model.safetensors")
    progress.close()
    (part,) = tmp_path.glob(".model.safetensors.*.part")
    got = part.stat().st_size
    assert 0 < got < len(WEIGHTS)
    assert report.done_bytes <= got + len(hub.files["config.json"]) + len(hub.files["README.md"])
    hub.asked.clear()
    fetch(hub, tmp_path)
    assert hub.asked == [("model.safetensors", f"bytes={got}-")]
    assert (tmp_path / "model.safetensors").read_bytes() == WEIGHTS


def test_part_of_another_version_is_not_continued(hub: Hub, tmp_path: Path) -> None:
    hub.cut = 1000
    with pytest.raises(EncoderError):
        fetch(hub, tmp_path)
    hub.cut = None
    hub.files["model.safetensors"] = other = os.urandom(5_000)
    fetch(hub, tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == other


def test_damaged_bytes_are_thrown_away(hub: Hub, tmp_path: Path) -> None:
    hub.spoil = True
    with pytest.raises(EncoderError, match="damaged"):
        fetch(hub, tmp_path)
    assert not list(tmp_path.iterdir())


def test_model_without_safetensors_is_refused_before_anything_is_fetched(
    hub: Hub, tmp_path: Path
) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(EncoderError, match="safe to open"):
        fetch(hub, tmp_path / "new")
    assert hub.asked == []
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["nobody/nothing", "not a name!"])
def test_unknown_name_is_reported(hub: Hub, tmp_path: Path, name: str) -> None:
    with pytest.raises(EncoderError, match="no model"):
        list(download(name, tmp_path, endpoint=hub.endpoint))


def test_a_gated_model_is_reported(hub: Hub, tmp_path: Path) -> None:
    hub.gated = True
    with pytest.raises(EncoderError, match="only on request"):
        fetch(hub, tmp_path)


def test_a_missing_network_is_reported_at_once_with_a_manual_way(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EncoderError, match="could not be reached") as caught:
        list(download(REPO, tmp_path, endpoint=f"http://127.0.0.1:{port}"))
    assert "by hand" in caught.value.hint


def test_full_disk_is_reported(hub: Hub) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(EncoderError, match="could not be saved"):
        fetch(hub, full / "model")
