import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.ui.views.examples import colour_at, distance, theme
from vgdesk.core.details import LetterProfile
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.results import Trace
from vgdesk.ui.views.curves.letter_bars import LetterBars

VALUES = np.array([0.2, 0.02, -0.15, 0.1])


def profile(values: np.ndarray = VALUES) -> LetterProfile:
    return LetterProfile(
        "3",
        ("m", "t", "k", "o"),
        (False, False, False, True),
        tuple((WordId(f"{letter}1"), WordId(f"{letter}2")) for letter in "mtko"),
        values,
        values - 0.02,
        values + 0.03,
        np.full(4, -0.05),
        np.zeros(4),
        np.full(4, 0.05),
        np.array([0.01, 0.8, 0.01, 0.01]),
        Trace(
            "mean cosine", 12, (EncoderId("a"),), "200 shuffles", 4, "Too few words to trust.",
            "95 % of samples",
        ),
    )  # fmt: skip


@pytest.fixture
def view(qtbot: QtBot) -> LetterBars:
    made = LetterBars(theme())
    qtbot.addWidget(made)
    made.resize(500, 420)
    made.show_result(profile(), "Text")
    made.show()
    qtbot.waitExposed(made)
    return made


def place(view: LetterBars, x: float, y: float) -> QPointF:
    return QPointF(view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(x, y))))


def test_bars_stand_on_zero_and_are_hollow_inside_chance(view: LetterBars) -> None:
    base = view.theme.base
    full, hollow = (colour_at(view.plot, place(view, x, y)) for x, y in ((0.2, 0.1), (1.2, 0.01)))
    beyond = colour_at(view.plot, place(view, 0.2, -0.1))
    assert distance(full, base) > 150
    assert distance(hollow, base) < 30
    assert distance(beyond, base) < 30


def test_vowels_stand_apart_from_consonants_and_look_different(view: LetterBars) -> None:
    consonant, vowel = (colour_at(view.plot, place(view, x, 0.07)) for x in (0.2, 4.2))
    assert distance(consonant, vowel) > 100
    assert distance(colour_at(view.plot, place(view, 3.0, 0.02)), view.theme.base) < 60


def test_what_chance_gives_is_shaded_behind_each_bar(view: LetterBars) -> None:
    band = colour_at(view.plot, place(view, 0.4, 0.03))
    assert distance(band, view.theme.base) > 30


def test_the_summary_says_n_ends_interval_and_chance(view: LetterBars) -> None:
    assert view.summary.startswith("n = 12. Layer 3 of Text.")
    assert "Roundest: m as first consonant (2 words): 0.200 [0.180, 0.230]" in view.summary
    assert "Sharpest: k as first consonant (2 words): −0.150" in view.summary
    assert "(chance −0.050 to 0.050)" in view.summary
    assert "1 of 4 letters does not differ from chance (q > .05; hollow)" in view.summary
    assert "200 shuffles; seed 4" in view.summary


def test_the_table_has_a_row_for_each_letter(view: LetterBars) -> None:
    rows = view.table.rows
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("m", "first consonant", 2),
        ("t", "first consonant", 2),
        ("k", "first consonant", 2),
        ("o", "first vowel", 2),
    ]
    assert [row[3] for row in rows] == VALUES.tolist()
    assert [row[-1] for row in rows] == [0.01, 0.8, 0.01, 0.01]


def test_a_click_chooses_the_words_of_a_letter(view: LetterBars, qtbot: QtBot) -> None:
    at = place(view, 2, -0.1).toPoint()
    with qtbot.waitSignal(view.words_chosen) as chosen:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [["k1", "k2"]]


def test_the_keyboard_walks_along_the_bars_and_chooses(view: LetterBars, qtbot: QtBot) -> None:
    for _ in range(9):
        qtbot.keyClick(view.plot, Qt.Key.Key_Right)
    assert view.plot.toolTip().startswith("o as first vowel")
    qtbot.keyClick(view.plot, Qt.Key.Key_Left)
    with qtbot.waitSignal(view.words_chosen) as chosen:
        qtbot.keyClick(view.plot, Qt.Key.Key_Return)
    assert chosen.args == [["k1", "k2"]]


def test_a_profile_of_zeros_can_be_drawn(view: LetterBars) -> None:
    view.show_result(profile(np.zeros(4)), "Text")
    assert "0.000" in view.summary


def test_another_theme_keeps_the_bars(view: LetterBars) -> None:
    view.set_theme(theme(dark=True))
    assert distance(colour_at(view.plot, place(view, 0.2, 0.1)), view.theme.base) > 150
