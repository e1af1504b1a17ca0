import pytest
from pytestqt.qtbot import QtBot

from vgdesk.ui.widgets.elided_text import ElidedText

SENTENCE = "Most alike: dog and cat, then horse and cow, and after them all the others in the list"


@pytest.fixture
def text(qtbot: QtBot) -> ElidedText:
    made = ElidedText(SENTENCE, max_lines=2)
    qtbot.addWidget(made)
    return made


def test_what_fits_is_shown_whole(text: ElidedText) -> None:
    assert text.lines(5000) == [SENTENCE]


def test_lines_break_between_words_and_fit(text: ElidedText) -> None:
    width = text.fontMetrics().horizontalAdvance(SENTENCE) * 2 // 3
    lines = text.lines(width)
    assert " ".join(lines) == SENTENCE
    assert all(text.fontMetrics().horizontalAdvance(line) <= width for line in lines)


@pytest.mark.parametrize("width", [20, 60, 120, 200])
def test_what_does_not_fit_ends_in_an_ellipsis(text: ElidedText, width: int) -> None:
    lines = text.lines(width)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(text.fontMetrics().horizontalAdvance(line) <= width + 1 for line in lines)


def test_the_whole_text_can_be_read_and_heard(text: ElidedText) -> None:
    assert text.toolTip() == text.accessibleName() == text.text == SENTENCE


def test_it_is_as_high_as_its_lines(text: ElidedText) -> None:
    line = text.fontMetrics().lineSpacing()
    assert line <= text.heightForWidth(5000) < 2 * line
    assert 2 * line <= text.heightForWidth(100) < 3 * line
    text.set_max_lines(4)
    assert text.heightForWidth(100) > 3 * line


def test_no_text_is_no_trouble(text: ElidedText) -> None:
    text.set_text("")
    text.resize(100, 30)
    text.grab()
    assert text.lines(100) in ([], [""])
