"""The list of rejected takes as a widget; what its buttons lead to is tested in the real window."""

from datetime import datetime
from pathlib import Path

from pytestqt.qtbot import QtBot

from vgdesk.app.project.trash import TrashRow
from vgdesk.core.model import Take, TakeId, WordId
from vgdesk.ui.takes.trash_dialog import TrashDialog


def test_the_time_of_a_take_is_written_alike_everywhere(qtbot: QtBot) -> None:
    dialog = TrashDialog()
    qtbot.addWidget(dialog)
    when = datetime(2026, 3, 4, 15, 6).astimezone()
    take = Take(TakeId("fox-1"), WordId("fox"), Path("fox-1.flac"))
    dialog.show_trash((TrashRow(take, "fox", when, ""), TrashRow(take, "fox", None, "")))
    items = [dialog.list.topLevelItem(place) for place in range(2)]
    assert [item.text(3) for item in items if item] == ["2026-03-04 15:06", "no file"]
