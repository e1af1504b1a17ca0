"""A support report: versions, settings and the log.

It contains no recordings and no words: of settings that are texts, paths or lists only their
number, and of errors in the log only their type and stack trace.
"""

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from vgdesk import __version__
from vgdesk.app.project.output_files import written_whole
from vgdesk.app.state.log_file import LOG_FILE
from vgdesk.app.state.settings import Settings, user_folder

MOST_LOG = 200_000  # bytes from the end of each log file

_FRAME = re.compile(r'^\s+File "(?P<file>[^"]+)", (?P<place>line \d+, in \S+)')
_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit))\b")
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ [A-Z]+ ")


def write_report(file: Path, settings: Settings) -> None:
    """Write the report, replacing a file; raises ProjectError if it cannot be written."""
    with written_whole(file, force=True) as stream:
        stream.write(report_text(settings).encode())


def report_text(settings: Settings) -> str:
    """Return the report as text that users can read before sending it."""
    sections = {
        "vgdesk": [__version__, f"Python {sys.version}", platform.platform()],
        "Libraries": list(_libraries()),
        "Settings": [f"{f.name}: {_plain(getattr(settings, f.name))}" for f in fields(settings)],
        "Log": list(_log()),
    }
    parts = (f"{title}\n{'-' * len(title)}\n" + "\n".join(sections[title]) for title in sections)
    return "\n\n".join(parts) + "\n"


def _libraries() -> Iterator[str]:
    needed = (one for one in requires("vgdesk") or () if "extra ==" not in one)
    for name in dict.fromkeys(re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} is not installed"


def _plain(value: object) -> str:
    """Return a setting without any text that may be a name."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, str):
        return "set" if value else "not set"
    return f"{len(value)} in the list" if isinstance(value, tuple) else "set"


def _log() -> Iterator[str]:
    for name in (f"{LOG_FILE}.1", LOG_FILE):
        file = user_folder("data") / name
        try:
            with file.open("rb") as stream:
                stream.seek(max(0, file.stat().st_size - MOST_LOG))
                lines = stream.read(MOST_LOG).decode("utf-8", "replace").splitlines()
        except OSError:
            continue
        yield from _without_words(lines)


def _without_words(lines: list[str]) -> Iterator[str]:
    """Keep times and places in the program, and drop the messages."""
    for line in lines:
        if entry := _ENTRY.match(line):
            yield entry[0].rstrip()
        elif frame := _FRAME.match(line):
            yield f"  {_inside(frame['file'])}, {frame['place']}"
        elif error := _ERROR.match(line):
            yield f"  {error['kind']}"


def _inside(file: str) -> str:
    """Return the path of a program or library file without local folders."""
    parts = Path(file).parts
    homes = [i for i, part in enumerate(parts) if part in ("vgdesk", "site-packages", "lib")]
    return "/".join(parts[homes[-1] :]) if homes else parts[-1]
