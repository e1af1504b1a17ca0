import os
import subprocess
import sys
from pathlib import Path

import pytest

STARTER = """
from vgdesk.ui import application, dialogs
dialogs.show_why_not_started = lambda error: print("told:", error.hint)
raise SystemExit(application.run_window([]))
"""


@pytest.mark.slow
def test_without_a_place_for_recordings_it_says_so_and_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = subprocess.run(
        [sys.executable, "-c", STARTER],
        env={
            **os.environ,
            "VGDESK_HOME": str(tmp_path / "file/home"),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "told:" in done.stdout
    assert "cannot be saved" in done.stderr
    assert "Traceback" not in done.stderr
