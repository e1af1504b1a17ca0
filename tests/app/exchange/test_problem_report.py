"""A report helps without giving anything away."""

import logging
import traceback
from dataclasses import fields, replace
from pathlib import Path

import pytest

from vgdesk import __version__
from vgdesk.app.exchange.problem_report import report_text, write_report
from vgdesk.app.state.log_file import LOG_FILE
from vgdesk.app.state.settings import Settings, user_folder
from vgdesk.core.errors import VgdeskError

SECRET = "Zoë's secret word"


def told_settings() -> Settings:
    """Settings in which everything that can be a text says a secret."""
    settings = Settings(
        recent_projects=(Path(f"/home/{SECRET}/a.vgdesk"),),
        model_folders=((f"/models/{SECRET}", True),),
        column_meanings=({SECRET: SECRET},),
    )
    texts = [f.name for f in fields(Settings) if isinstance(getattr(settings, f.name), str)]
    return replace(settings, **dict.fromkeys(texts, SECRET))


def test_versions_settings_and_where_errors_came_from_are_in_it() -> None:
    file = user_folder("data") / LOG_FILE
    file.parent.mkdir(parents=True)
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.Logger("vgdesk")
    log.addHandler(handler)
    try:
        {}[SECRET]
    except KeyError:
        log.error("%s", traceback.format_exc())
    log.info("about %s\n%s\nValueError: %s", SECRET, SECRET, SECRET)
    handler.close()
    text = report_text(told_settings())
    assert SECRET not in text
    assert "Zoë" not in text
    for part in (
        f"vgdesk\n------\n{__version__}",
        "numpy 2",
        "stop_by_voice: True",
        "record_mode: manual",
        "recent_projects: 1 in the list",
        "speaker: set",
        "test_problem_report.py, line ",
        "  KeyError",
        " ERROR",
    ):
        assert part in text
    assert str(Path(__file__).parents[3]) not in text


def test_it_is_written_or_refused_with_a_sentence(tmp_path: Path) -> None:
    write_report(tmp_path / "report.txt", Settings())
    assert "Libraries" in (tmp_path / "report.txt").read_text("utf-8")
    with pytest.raises(VgdeskError, match="could not be written"):
        write_report(tmp_path / "no" / "report.txt", Settings())
