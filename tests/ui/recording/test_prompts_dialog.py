from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of, take, word
from tests.windows import opened_window
from vgdesk.core.model import WordId
from vgdesk.core.resources import resource
from vgdesk.ui import dialogs
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.recording.prompts_dialog import PromptsDialog

pytestmark = pytest.mark.slow

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
SAID = resource("demo.vgdesk") / "takes" / "snake-bella.flac"
OK = QDialogButtonBox.StandardButton.Ok


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened_window(qtbot) as made:
        workspace = made.workspace
        words, takes = [word("snake"), word("apple")], [take("snake-1", SAID)]
        workspace.store.apply("Add", lambda _s: sessions_of(words, takes))
        made.show()
        yield made


@pytest.fixture
def dialog(window: MainWindow) -> PromptsDialog:
    window.actions_by_id["prompts"].trigger()
    (found,) = window.findChildren(PromptsDialog)
    return found


def accept(qtbot: QtBot, dialog: PromptsDialog) -> None:
    qtbot.mouseClick(dialog._buttons.button(OK), Qt.MouseButton.LeftButton)


def test_the_dialog_previews_the_prompts(
    window: MainWindow, qtbot: QtBot, dialog: PromptsDialog
) -> None:
    assert dialog.summary.text() == "2 words (0 new), 1 take each; 1 take recorded by this speaker."
    dialog.words.setPlainText("apple\nbank\tplace\triver\nbank\tplace\tmoney\n\nbank\n")
    dialog.takes.setValue(2)
    expected = "4 words (2 new), 2 takes each; 1 take recorded by this speaker."
    qtbot.waitUntil(lambda: dialog.summary.text() == expected, timeout=SECONDS)


def test_homographs_are_distinguished_by_their_hints(
    window: MainWindow, qtbot: QtBot, dialog: PromptsDialog
) -> None:
    column = window.workspace.view_state.recipe.label_column
    dialog.words.setPlainText("bank\tplace\triver\nbank\tplace\tmoney")
    accept(qtbot, dialog)
    session = window.workspace.session
    assert {name: dict(session.words[WordId(name)].labels) for name in ("bank", "bank_2")} == {
        "bank": {column: "place", "hint": "river"},
        "bank_2": {column: "place", "hint": "money"},
    }
    assert window.workspace.store.undo_label == "Add 2 prompts"
    window.workspace.view_state.select(WordId("bank_2"))
    assert window.recorder.poster.hint.text() == "money"
    assert window.recorder.prompt() == "bank"
    window.workspace.view_state.select(WordId("snake"))
    assert window.recorder.poster.hint.text() == ""


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("snake\napple", "Add"),
        ("snake\napple\nkite", "Add 1 prompt"),
        ("snake\tanimal", "Label prompts"),
    ],
)
def test_only_what_is_new_is_a_step(
    window: MainWindow, qtbot: QtBot, dialog: PromptsDialog, written: str, step: str
) -> None:
    dialog.words.setPlainText(written)
    accept(qtbot, dialog)
    assert window.workspace.store.undo_label == step


def test_the_plan_is_kept_and_the_next_word_offered(
    window: MainWindow, qtbot: QtBot, dialog: PromptsDialog
) -> None:
    dialog.is_shuffled.setChecked(True)
    dialog.seed.setValue(7)
    dialog.takes.setValue(3)
    dialog.skips.setChecked(True)
    accept(qtbot, dialog)
    plan = window.workspace.take_sequence.plan
    assert (plan.is_shuffled, plan.seed, plan.takes, plan.skips_recorded) == (True, 7, 3, True)
    assert window.workspace.view_state.selection.primary == "apple"
    assert window.recorder.poster.progress.text() == "take 1 · 1 of 6"


def test_a_file_is_added_to_what_was_typed_and_a_bad_one_says_why(
    window: MainWindow,
    qtbot: QtBot,
    dialog: PromptsDialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    column = window.workspace.view_state.recipe.label_column
    file = tmp_path / "words.csv"
    file.write_text(f"word,{column},hint\nbank,place,river\nbank,place,money\npear,,\n", "utf-8")
    chosen = [str(tmp_path / "nowhere.txt"), str(file)]
    monkeypatch.setattr(dialogs, "ask_prompt_file", lambda *_: chosen.pop(0))
    dialog.words.setPlainText("kite\n")
    dialog.load.click()
    qtbot.waitUntil(lambda: "could not be read" in dialog.trouble.text(), timeout=SECONDS)
    dialog.load.click()
    text = "kite\nbank\tplace\triver\nbank\tplace\tmoney\npear"
    qtbot.waitUntil(lambda: dialog.words.toPlainText() == text, timeout=SECONDS)
    assert not dialog.trouble.text()


def test_cancelling_changes_no_prompts(window: MainWindow, dialog: PromptsDialog) -> None:
    before = window.workspace.session, window.workspace.settings
    dialog.words.setPlainText("kite")
    dialog.reject()
    assert (window.workspace.session, window.workspace.settings) == before
