import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.project_examples import RECIPE, sound, take, word
from vgdesk.app.project.project_file import (
    Project,
    open_project,
    save,
)
from vgdesk.core.model import (
    Cell,
    EncoderId,
    Session,
)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def small(outside: Path) -> Session:
    """Two words with three takes, which lie outside the project."""
    return Session(
        {w.id: w for w in (word("dog", category="animal"), word("tea"))},
        {
            t.id: t
            for t in (
                take("dog-1", sound(outside / "dog.wav", b"one"), start=0.25, end=0.75),
                take("tea-1", sound(outside / "tea.flac", b"two"), speaker="Ana"),
                take("dog-2", sound(outside / "more" / "dog.wav", b"three")),
            )
        },
        {Cell.TEXT: EncoderId("bert"), Cell.SPEECH: EncoderId("hubert")},
    )


@pytest.fixture
def before(tmp_path: Path, small: Session) -> Project:
    folder = tmp_path / "a.vgdesk"
    save(folder, small, RECIPE)
    return open_project(folder)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a memory disk of one megabyte, and mount it again with other options."""
    point = tmp_path / "stick"
    point.mkdir()

    def mounted(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size=1m,{options}", "none", str(point)]
        if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
            pytest.skip("mounting a small disk needs root")
        return point

    yield mounted
    subprocess.run(["umount", "-q", str(point)], check=False)
