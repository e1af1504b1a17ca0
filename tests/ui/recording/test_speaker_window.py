import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vgdesk.app.recording.take_sequence import Stage
from vgdesk.ui.recording.speaker_window import (
    LIGHTS,
    MARKS,
    WRAPPED,
    Cue,
    Light,
    SpeakerView,
    fitting_font,
    other_screen,
)
from vgdesk.ui.style import theme

PROMPTS = (
    "a",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "قَطِرَة",
    "大象",
    "ŋ͡mʷã",
    "to be or not",
)
SIZES = ((1440, 900), (1024, 768), (400, 900), (240, 160))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", PROMPTS)
def test_every_prompt_is_as_large_as_fits(
    qapp: QApplication, text: str, size: tuple[int, int]
) -> None:
    width, height = size
    font = fitting_font(QFont(), text, width, height)
    room = QRectF(0, 0, width, height)
    needed = QFontMetricsF(font).boundingRect(room, WRAPPED, text)
    assert needed.width() <= width
    assert needed.height() <= height
    font.setPixelSize(font.pixelSize() + 1)
    more = QFontMetricsF(font).boundingRect(room, WRAPPED, text)
    assert more.width() > width or more.height() > height or font.pixelSize() <= 9


def test_every_stage_has_a_light_and_every_light_its_own_shape_and_word() -> None:
    assert set(LIGHTS) == set(Stage)
    assert set(LIGHTS.values()) == set(Light) == set(MARKS)
    assert len(set(MARKS.values())) == len(Light)
    assert {stage for stage, light in LIGHTS.items() if light is Light.SPEAK} == {
        Stage.LISTENING,
        Stage.RECORDING,
    }


def contrasting(*, dark: bool) -> theme.Theme:
    ground, ink = ("#000000", "#ffffff") if dark else ("#ffffff", "#000000")
    palette, role = theme.plain_palette(dark=dark), QPalette.ColorRole
    for part, colour in ((role.Base, ground), (role.Window, ground), (role.Text, ink)):
        palette.setColor(part, QColor(colour))
    return theme.theme_of(palette)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("is_high", [True, False])
def test_the_word_is_dimmed_until_it_should_be_said(
    qtbot: QtBot, *, dark: bool, is_high: bool
) -> None:
    look = contrasting(dark=dark) if is_high else theme.theme_of(theme.plain_palette(dark=dark))
    assert look.is_high_contrast is is_high
    view = SpeakerView()
    qtbot.addWidget(view)
    view.set_theme(look)
    brightness = {}
    for light in Light:
        view.show_cue(Cue(light, "goat"))
        brightness[light] = theme.contrast(view.prompt_colour, look.base)
        assert brightness[light] >= 3  # large text, also while one waits
    assert brightness.pop(Light.SPEAK) > 1.5 * max(brightness.values())


def ink(view: SpeakerView, place: QRectF) -> QRectF:
    """Where something is painted within a part of the view."""
    image = view.grab().toImage()
    ground = image.pixel(1, 1)
    box = place.toRect().intersected(image.rect())
    points = [
        (x, y)
        for x in range(box.left(), box.right(), 2)
        for y in range(box.top(), box.bottom(), 2)
        if image.pixel(x, y) != ground
    ]
    if not points:
        return QRectF()
    xs, ys = zip(*points, strict=True)
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 768), (400, 300)])
def test_edges_stay_empty_and_the_hint_is_small(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = SpeakerView()
    qtbot.addWidget(view)
    view.resize(*size)
    for text in PROMPTS:
        view.show_cue(Cue(Light.GET_READY, text, "the animal"))
        light, word, hint = view.places()
        whole = ink(view, QRectF(view.rect()))
        assert whole.left() > 2
        assert whole.right() < size[0] - 2
        assert all(ink(view, place).height() > 0 for place in (light, word, hint))
    view.show_cue(Cue(Light.GET_READY, "goat", "the animal"))
    assert ink(view, view.places()[2]).height() < ink(view, view.places()[1]).height() / 1.5


def test_it_says_aloud_what_it_shows(qtbot: QtBot) -> None:
    view = SpeakerView()
    qtbot.addWidget(view)
    view.show_cue(Cue(Light.SPEAK, "goat"))
    assert view.accessibleName() == "Speak now: goat"
    assert not view.findChildren(QWidget)  # no controls, no names, no notices


def test_one_screen_is_not_another(qapp: QApplication) -> None:
    (only,) = qapp.screens()
    assert other_screen(only, qapp.screens()) is None
    second = object()
    assert other_screen(only, [only, second]) is second  # type: ignore[list-item]


def test_keys_leave_and_enter_the_full_screen(qtbot: QtBot) -> None:
    view = SpeakerView()
    qtbot.addWidget(view)
    view.show()
    for key, is_full in (
        (Qt.Key.Key_Escape, False),
        (Qt.Key.Key_F11, True),
        (Qt.Key.Key_Escape, False),
        (Qt.Key.Key_F11, True),
        (Qt.Key.Key_F11, False),
    ):
        qtbot.keyClick(view, key)
        assert view.isFullScreen() is is_full
        assert view.isVisible()
