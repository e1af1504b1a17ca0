"""Preferences of the user on this computer, for all projects."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from filelock import FileLock

from vgdesk.app.formats.text_file import count, fitting, read_object, text, write_object, yes_or_no
from vgdesk.app.words.label_columns import CATEGORY
from vgdesk.core.errors import VgdeskError
from vgdesk.core.notices import Level, Notice

SCHEMA = 1
MOST_RECENT = 10
MOST_TAKES = 100
MOST_MEANINGS = 20
HOME_VARIABLE = "VGDESK_HOME"


def user_folder(kind: Literal["config", "data", "cache"]) -> Path:
    """Return the folder of this user's settings, unsaved recordings or temporary files.

    The folder need not exist. If VGDESK_HOME is set, everything is kept below that folder, so that
    a classroom or a test leaves no traces elsewhere.
    """
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home).expanduser().absolute() / kind
    find = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
    }[kind]
    return find("vgdesk", appauthor=False)


def embeddings_folder() -> Path:
    """Return the folder of cached embeddings, which can be recomputed at any time."""
    return user_folder("cache") / "embeddings"


class Layout(Enum):
    """Arrangement of the four views in the centre of the window."""

    GRID = "grid"
    TABS = "tabs"


class RecordMode(Enum):
    """What starts and ends a take."""

    MANUAL = "manual"
    VOICE = "voice"
    ROUND = "round"


def _from_one(value: object) -> int:
    number = count(value)
    if not 1 <= number <= MOST_TAKES:
        raise ValueError("not a number of takes")
    return number


def _some_seconds(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 1 <= value <= 60:  # type: ignore[operator]
        raise ValueError("not from 1 to 60 seconds")
    return float(value)  # type: ignore[arg-type]


def _model_folders(value: object) -> tuple[tuple[str, bool], ...]:
    found = []
    for entry in _list(value):
        values, misfits = fitting(entry, {"path": text, "is_grounded": yes_or_no})
        if misfits or "path" not in values:
            raise ValueError("not a folder with a model")
        found.append((values["path"], values.get("is_grounded", False)))
    return tuple(found)


def _column_meanings(value: object) -> tuple[Mapping[str, str], ...]:
    found = []
    for entry in _list(value):
        names = entry if isinstance(entry, dict) else ()
        values, misfits = fitting(entry, dict.fromkeys(names, text))
        if misfits or not values:
            raise ValueError("not the meanings of columns")
        found.append(values)
    return tuple(found)


def _folders(value: object) -> tuple[Path, ...]:
    return tuple(Path(text(entry)) for entry in _list(value))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _about(read: Callable[[Any], Any], says: str) -> dict[str, Any]:
    return {"read": read, "says": says}


@dataclass(frozen=True, slots=True)
class Settings:
    """All preferences, each with its default, its reader and a description."""

    device: str = field(
        default="auto",
        metadata=_about(
            text, "Where models run: auto uses a graphics card if there is one, else the CPU."
        ),
    )
    microphone: str = field(
        default="",
        metadata=_about(text, "The microphone to record from; empty for the system default."),
    )
    stop_by_voice: bool = field(
        default=True,
        metadata=_about(yes_or_no, "Recordings stop automatically shortly after the word."),
    )
    record_mode: RecordMode = field(
        default=RecordMode.MANUAL,
        metadata=_about(RecordMode, "Takes start by hand, by voice, or by the clock."),
    )
    round_seconds: float = field(
        default=4.0,
        metadata=_about(_some_seconds, "The time for each word in a timed round, in seconds."),
    )
    shuffles_prompts: bool = field(
        default=False,
        metadata=_about(yes_or_no, "Prompts appear in random order."),
    )
    prompt_seed: int = field(
        default=1, metadata=_about(count, "The random seed of the order of prompts.")
    )
    takes_a_word: int = field(
        default=1, metadata=_about(_from_one, "How many takes of each word to record.")
    )
    skips_recorded: bool = field(
        default=True,
        metadata=_about(yes_or_no, "Words with enough takes are skipped."),
    )
    speaker: str = field(
        default="", metadata=_about(text, "The current speaker; empty for an unnamed speaker.")
    )
    checks_microphone: bool = field(
        default=True,
        metadata=_about(yes_or_no, "The microphone is checked before the first take."),
    )
    model_folders: tuple[tuple[str, bool], ...] = field(
        default=(),
        metadata=_about(
            _model_folders, "Folders with your own models, and whether they are visually grounded."
        ),
    )
    recent_projects: tuple[Path, ...] = field(
        default=(),
        metadata=_about(_folders, "Recently opened or saved projects, the latest first."),
    )
    column_meanings: tuple[Mapping[str, str], ...] = field(
        default=(),
        metadata=_about(
            _column_meanings, "What the columns of imported tables mean, the latest first."
        ),
    )
    reduced_motion: bool = field(
        default=False,
        metadata=_about(yes_or_no, "Points jump to their new places instead of moving smoothly."),
    )
    label_column: str = field(
        default=CATEGORY,
        metadata=_about(text, "The label by which new projects colour and group words."),
    )
    layout: Layout = field(
        default=Layout.GRID,
        metadata=_about(Layout, "The four views are shown side by side or as tabs."),
    )

    def with_recent(self, project: Path) -> Self:
        """Put a project at the top of the recent projects."""
        project = project.absolute()
        others = (other for other in self.recent_projects if other != project)
        return replace(self, recent_projects=(project, *others)[:MOST_RECENT])

    def with_meanings(self, columns: Mapping[str, str]) -> Self:
        """Put a column mapping at the top; replaces that of the same columns."""
        others = (other for other in self.column_meanings if set(other) != set(columns))
        return replace(self, column_meanings=(dict(columns), *others)[:MOST_MEANINGS])

    def with_model(self, folder: Path, *, is_grounded: bool) -> Self:
        """Add a model folder, or update whether it is grounded."""
        known = {**dict(self.model_folders), str(folder): is_grounded}
        return replace(self, model_folders=tuple(known.items()))


def load_settings(file: Path) -> tuple[Settings, tuple[Notice, ...]]:
    """Read the settings; missing or invalid values get their defaults.

    Returns
    -------
    tuple
        The settings, and a notice for every replaced value.
    """
    try:
        stored = read_object(file)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        why = f"The settings could not be read ({error.strerror}), so the defaults are used."
        return Settings(), (
            Notice(why, f"Check that you have permission to read {file}.", Level.WARNING),
        )
    except ValueError:
        return Settings(), (_put_aside(file),)
    readers = {known.name: known.metadata["read"] for known in fields(Settings)}
    values, misfits = fitting(stored, readers)
    return Settings(**values), tuple(_misfit(name) for name in misfits)


def _put_aside(file: Path) -> Notice:
    aside = file.with_name(file.name + ".broken")
    what = "The settings file is damaged, so the defaults are used. Your projects are safe."
    try:
        file.replace(aside)
    except OSError:
        return Notice(what, f"Delete {file} if this happens again.", Level.WARNING)
    return Notice(what, f"The damaged file is kept as {aside}.", Level.WARNING)


def _misfit(name: str) -> Notice:
    what = f"The setting “{name}” has a value that this version does not know."
    return Notice(f"{what} The default is used.", "Choose it again.", Level.WARNING)


def save_settings(file: Path, change: Callable[[Settings], Settings]) -> None:
    """Change the settings on disk; a failure leaves the file unchanged.

    They are read again first, to keep the changes of other windows.

    Raises
    ------
    VgdeskError
        If the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file):
            settings = change(load_settings(file)[0])
            values = {f.name: _plain(f.name, getattr(settings, f.name)) for f in fields(settings)}
            write_object(file, {"schema": SCHEMA, **values})
    except OSError as error:
        raise VgdeskError(
            f"The settings could not be saved ({error.strerror}). They apply until you quit; "
            "your projects are safe.",
            f"Check that {file.parent} can be written to and that the disk is not full.",
        ) from error


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Lock out other windows, if the drive supports locks."""
    lock = FileLock(file.with_name(f"{file.name}.lock"), timeout=2, fallback_to_soft=False)
    with suppress(OSError):  # proceed without a lock rather than wait
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _plain(name: str, value: Any) -> Any:
    if name == "model_folders":
        return [{"path": path, "is_grounded": is_grounded} for path, is_grounded in value]
    if name == "column_meanings":
        return list(value)
    if name == "recent_projects":
        return [str(folder) for folder in value]
    return value.value if isinstance(value, Enum) else value
