import json
import os
import threading
from dataclasses import fields, replace
from pathlib import Path

import platformdirs
import pytest

from vgdesk.app.state.settings import (
    MOST_RECENT,
    Layout,
    RecordMode,
    Settings,
    load_settings,
    save_settings,
    user_folder,
)
from vgdesk.core.errors import VgdeskError

CHANGED = Settings(
    column_meanings=({"Item": "word", "x": ""}, {"y": "file"}),
    device="cpu",
    microphone="Kopfhörer (ALSA)",
    stop_by_voice=False,
    record_mode=RecordMode.ROUND,
    round_seconds=2.5,
    shuffles_prompts=True,
    prompt_seed=42,
    takes_a_word=3,
    skips_recorded=False,
    speaker="S 01 ü",
    checks_microphone=False,
    model_folders=(("/models/моя", True), ("/models/plain", False)),
    recent_projects=(Path("/projects/b.vgdesk"), Path("/projects/a.vgdesk")),
    reduced_motion=True,
    label_column="phonème",
    layout=Layout.TABS,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_without_a_file_everything_has_its_default(file: Path) -> None:
    assert load_settings(file) == (Settings(), ())
    assert not file.exists()


def test_every_setting_comes_back(file: Path) -> None:
    defaults = Settings()
    assert all(getattr(CHANGED, f.name) != getattr(defaults, f.name) for f in fields(Settings))
    save_settings(file, lambda _old: CHANGED)
    assert load_settings(file) == (CHANGED, ())
    assert json.loads(file.read_text("utf-8"))["schema"] == 1


def test_every_setting_has_a_sentence() -> None:
    for field in fields(Settings):
        assert field.metadata["says"].endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device", 3),
        ("microphone", None),
        ("stop_by_voice", "yes"),
        ("model_folders", [{"is_grounded": True}]),
        ("model_folders", ["/models"]),
        ("recent_projects", "/projects"),
        ("recent_projects", [1]),
        ("column_meanings", [1]),
        ("column_meanings", ["word"]),
        ("column_meanings", [{"word": 1}]),
        ("reduced_motion", 1),
        ("label_column", []),
        ("layout", "pile"),
        ("layout", {}),
    ],
)
def test_a_bad_value_gets_its_default_and_is_reported(file: Path, name: str, value: object) -> None:
    save_settings(file, lambda _old: CHANGED)
    stored = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**stored, name: value}), "utf-8")
    settings, notices = load_settings(file)
    assert settings == replace(CHANGED, **{name: getattr(Settings(), name)})
    assert [name in notice.message for notice in notices] == [True]


def test_what_another_version_wrote_is_read_as_far_as_it_is_known(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('\ufeff{"schema": 9, "device": "cpu", "wallpaper": "stars"}', "utf-8")
    assert load_settings(file) == (Settings(device="cpu"), ())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe{}", b"[" * 100_000])
def test_a_broken_file_is_kept_aside(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    settings, (notice,) = load_settings(file)
    assert settings == Settings()
    assert "settings.json.broken" in notice.hint
    assert (file.parent / "settings.json.broken").read_bytes() == content
    save_settings(file, lambda _old: CHANGED)
    assert load_settings(file) == (CHANGED, ())


def test_a_failed_save_leaves_the_file_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(file, lambda _old: CHANGED)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(VgdeskError, match="No space left") as caught:
            save_settings(file, lambda _old: Settings())
    assert caught.value.hint
    assert load_settings(file) == (CHANGED, ())
    assert {path.name for path in file.parent.iterdir()} == {"settings.json", "settings.json.lock"}


def test_a_folder_in_place_of_the_settings_file_is_harmless(file: Path) -> None:
    file.mkdir(parents=True)
    settings, (notice,) = load_settings(file)
    assert settings == Settings()
    assert notice.hint
    with pytest.raises(VgdeskError):
        save_settings(file, lambda _old: settings)


def test_the_latest_project_comes_first_and_once(tmp_path: Path) -> None:
    folders = [tmp_path / f"{n}.vgdesk" for n in range(MOST_RECENT + 2)]
    settings = Settings()
    for folder in [*folders, folders[5]]:
        settings = settings.with_recent(folder)
    assert settings.recent_projects[0] == folders[5]
    assert len(settings.recent_projects) == MOST_RECENT == len(set(settings.recent_projects))


def test_one_variable_moves_all_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path))
    kinds = ("config", "data", "cache")
    assert [user_folder(kind) for kind in kinds] == [tmp_path / kind for kind in kinds]
    monkeypatch.delenv("VGDESK_HOME")
    assert user_folder("config") == Path(platformdirs.user_config_dir("vgdesk", appauthor=False))
    assert user_folder("data") == Path(platformdirs.user_data_dir("vgdesk", appauthor=False))
    assert user_folder("cache") == Path(platformdirs.user_cache_dir("vgdesk", appauthor=False))


def test_two_windows_keep_what_the_other_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    # Each window starts with what was on the disk then, and knows nothing of the other.
    save_settings(file, lambda s: replace(s, speaker="S01"))
    save_settings(file, lambda s: replace(s, device="cpu"))
    save_settings(file, lambda s: s.with_recent(tmp_path / "a.vgdesk"))
    save_settings(file, lambda s: s.with_recent(tmp_path / "b.vgdesk"))
    settings, notices = load_settings(file)
    assert (settings.speaker, settings.device, notices) == ("S01", "cpu", ())
    assert [one.name for one in settings.recent_projects] == ["b.vgdesk", "a.vgdesk"]


def test_many_windows_at_once_lose_no_change(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    changes = [lambda s, n=n: s.with_model(Path(f"/m/{n}"), is_grounded=True) for n in range(12)]
    threads = [threading.Thread(target=save_settings, args=(file, c)) for c in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path for path, _ in load_settings(file)[0].model_folders} == {
        f"/m/{n}" for n in range(12)
    }
