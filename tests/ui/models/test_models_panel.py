import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock
from vgdesk.core.model import Cell, EncoderId
from vgdesk.ui.models.model_card import Choice
from vgdesk.ui.models.models_panel import ModelsPanel

LEFT = Qt.MouseButton.LeftButton
SPECTRUM = Choice(EncoderId("spectrum"), "Spectrum", "5 time scales")
HUBERT = Choice(EncoderId("hubert"), "HuBERT base, LibriSpeech 960 hours", "13 layers")
MISSING = Choice(EncoderId("vg"), "VG-HuBERT", "", available=False, why="needs its checkpoint")


@pytest.fixture
def panel(dock: Dock) -> ModelsPanel:
    panel: ModelsPanel = dock(ModelsPanel(), 400)
    panel.show_choices(dict.fromkeys(Cell, (SPECTRUM, HUBERT, MISSING)), {Cell.SPEECH: SPECTRUM.id})
    panel.show_compared(Cell.SPEECH, Cell.TEXT)
    return panel


def pick(qtbot: QtBot, combo: QComboBox, text: str) -> None:
    """Choose with the keyboard, as the list lies open."""
    combo.showPopup()
    view = combo.view()
    place = combo.findText(text, Qt.MatchFlag.MatchStartsWith)
    view.setCurrentIndex(combo.model().index(place, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


def status(panel: ModelsPanel, cell: Cell) -> str:
    return panel.cards[cell]._status.text()


def test_speech_is_above_text_and_pictures_are_to_the_right(panel: ModelsPanel) -> None:
    places = {cell: card.mapTo(panel, card.rect().topLeft()) for cell, card in panel.cards.items()}
    assert places[Cell.SPEECH].y() == places[Cell.SPEECH_GROUNDED].y() < places[Cell.TEXT].y()
    assert places[Cell.TEXT].x() == places[Cell.SPEECH].x() < places[Cell.TEXT_GROUNDED].x()


def test_a_choice_is_a_wish_with_its_cell(qtbot: QtBot, panel: ModelsPanel) -> None:
    with qtbot.waitSignal(panel.encoder_chosen) as chosen:
        pick(qtbot, panel.cards[Cell.SPEECH_GROUNDED].choices, "HuBERT")
    assert chosen.args == [Cell.SPEECH_GROUNDED, "hubert"]
    with qtbot.waitSignal(panel.encoder_chosen) as chosen:
        pick(qtbot, panel.cards[Cell.SPEECH].choices, "No model")
    assert chosen.args == [Cell.SPEECH, None]


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("From a folder", "folder_requested"),
        ("Download", "download_requested"),
        ("Add its untrained twin", "twin_requested"),
    ],
)
def test_wishes_at_the_end_do_not_change_the_field(
    qtbot: QtBot, panel: ModelsPanel, text: str, signal: str
) -> None:
    combo = panel.cards[Cell.SPEECH].choices
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        pick(qtbot, combo, text)
    assert asked.args == [Cell.SPEECH]
    assert combo.currentText() == "Spectrum"


def test_word_vectors_are_offered_for_text_alone(qtbot: QtBot, panel: ModelsPanel) -> None:
    with qtbot.waitSignal(panel.vectors_requested) as asked:
        pick(qtbot, panel.cards[Cell.TEXT].choices, "Word vectors from a file")
    assert asked.args == [Cell.TEXT]
    start = Qt.MatchFlag.MatchStartsWith
    assert panel.cards[Cell.SPEECH].choices.findText("Word vectors", start) == -1


def test_what_cannot_be_chosen_says_why(panel: ModelsPanel) -> None:
    combo = panel.cards[Cell.TEXT].choices
    place = combo.findText("VG-HuBERT", Qt.MatchFlag.MatchStartsWith)
    assert "needs its checkpoint" in combo.itemText(place)
    assert not combo.model().flags(combo.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_a_title_too_long_for_its_field_is_written_out_below(
    dock: Dock, panel: ModelsPanel
) -> None:
    panel.show_choices({Cell.TEXT: (HUBERT,)}, {Cell.TEXT: HUBERT.id})
    assert panel.cards[Cell.TEXT]._detail.text() == HUBERT.title
    panel.window().resize(900, 700)
    assert panel.cards[Cell.TEXT]._detail.isHidden()
    assert "13 layers" in panel.cards[Cell.TEXT].choices.toolTip()


def test_what_a_control_is_for_is_written_below_its_field(panel: ModelsPanel) -> None:
    purpose = "Shows what any further objective would change."
    control = Choice(EncoderId("control"), "Control", "7 layers", purpose=purpose)
    panel.show_choices({Cell.TEXT: (SPECTRUM, control)}, {Cell.TEXT: control.id})
    card = panel.cards[Cell.TEXT]
    assert card._detail.isVisible()
    assert card._detail.text() == purpose
    assert purpose in card.choices.itemData(2, Qt.ItemDataRole.ToolTipRole)
    panel.show_choices({Cell.TEXT: (SPECTRUM, control)}, {Cell.TEXT: SPECTRUM.id})
    assert card._detail.isHidden()


def test_the_same_choices_do_not_close_an_open_list(panel: ModelsPanel) -> None:
    combo = panel.cards[Cell.SPEECH].choices
    before = combo.model()
    combo.showPopup()
    panel.show_choices(dict.fromkeys(Cell, (SPECTRUM, HUBERT, MISSING)), {Cell.SPEECH: SPECTRUM.id})
    assert combo.view().isVisible()
    assert combo.model() is before
    combo.hidePopup()
    panel.show_choices({}, {})
    assert combo.currentText() == "No model"


def test_progress_is_shown_in_words(panel: ModelsPanel) -> None:
    panel.show_progress(Cell.SPEECH, 0, 0, "loading")
    assert status(panel, Cell.SPEECH) == "loading"
    panel.show_progress(Cell.SPEECH, 12, 24)
    assert status(panel, Cell.SPEECH) == "encoding 12/24"
    panel.show_progress(Cell.SPEECH, 24, 24)
    assert status(panel, Cell.SPEECH) == "ready 24/24"
    panel.show_progress(Cell.SPEECH, 3, 24, "out of memory", failed=True)
    assert status(panel, Cell.SPEECH) == "failed: out of memory"
    panel.show_progress(Cell.SPEECH, 23, 24, "“zebra” is not in it.", failed=True)
    assert status(panel, Cell.SPEECH) == "ready 23/24: “zebra” is not in it."


def test_badges_ask_and_show_what_is_compared(qtbot: QtBot, panel: ModelsPanel) -> None:
    badge = panel.cards[Cell.SPEECH_GROUNDED].badges[False]
    with qtbot.waitSignal(panel.compared_chosen) as asked:
        qtbot.mouseClick(badge, LEFT)
    assert asked.args == [Cell.SPEECH, Cell.SPEECH_GROUNDED]
    assert not badge.isChecked(), "a wish is not yet a fact"
    panel.show_compared(*asked.args)
    assert badge.isChecked()
    assert not panel.cards[Cell.TEXT].badges[False].isChecked()


def test_a_cell_that_takes_the_other_letter_changes_places(
    qtbot: QtBot, panel: ModelsPanel
) -> None:
    with qtbot.waitSignal(panel.compared_chosen) as asked:
        qtbot.mouseClick(panel.cards[Cell.TEXT].badges[True], LEFT)
    assert asked.args == [Cell.TEXT, Cell.SPEECH]


def test_the_device_is_shown_and_can_be_changed(qtbot: QtBot, panel: ModelsPanel) -> None:
    panel.show_device("CPU", ("CPU", "NVIDIA H100"))
    assert panel.device.currentText() == "CPU"
    panel.device.setFocus()
    with qtbot.waitSignal(panel.device_chosen) as chosen:
        qtbot.keyClick(panel.device, Qt.Key.Key_Down)
    assert chosen.args == ["NVIDIA H100"]
