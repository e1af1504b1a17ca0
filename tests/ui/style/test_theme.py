import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from vgdesk.core.model import Session, Word, WordId
from vgdesk.ui.style.theme import (
    Theme,
    ThemeWatcher,
    apply,
    contrast,
    mixed,
    plain_palette,
    text_on,
    theme_of,
)
from vgdesk.ui.style.word_colours import legend_of, symbol_pixmap

FUSION_LIGHT = QPalette(QColor("#efefef"))
BLACK_ON_WHITE = QPalette(QColor("#ffffff"), QColor("#ffffff"))
WHITE_ON_BLACK = QPalette(QColor("#000000"), QColor("#000000"))
for part in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
    WHITE_ON_BLACK.setColor(part, QColor("#ffffff"))
    BLACK_ON_WHITE.setColor(part, QColor("#000000"))
PALETTES = {
    "fusion": FUSION_LIGHT,
    "light": plain_palette(dark=False),
    "dark": plain_palette(dark=True),
    "black on white": BLACK_ON_WHITE,
    "white on black": WHITE_ON_BLACK,
}


@pytest.fixture(params=PALETTES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return theme_of(PALETTES[request.param])


def words_in(*groups: str) -> Session:
    words = (
        Word(WordId(f"w{i}"), f"word {i}", labels={"kind": group} if group else {})
        for i, group in enumerate(groups)
    )
    return Session({word.id: word for word in words})


def qt_contrast(one: str, other: str) -> float:
    """The same ratio from Qt's numbers and the formula as it is printed in WCAG."""

    def luminance(colour: str) -> float:
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in QColor(colour).getRgbF()[:3]
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = luminance(one), luminance(other)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


@pytest.mark.parametrize("colours", [("#000000", "#ffffff"), ("#d55e00", "#1b1d21")])
def test_contrast_is_that_of_the_standard(colours: tuple[str, str]) -> None:
    assert contrast(*colours) == pytest.approx(qt_contrast(*colours), rel=1e-3)


@pytest.mark.parametrize("name", ["text", "muted", "accent", "good", "warn", "bad"])
def test_text_is_readable_on_fields_and_on_windows(theme: Theme, name: str) -> None:
    colour = getattr(theme, name)
    assert qt_contrast(colour, theme.base) >= 4.49
    assert qt_contrast(colour, theme.surface) >= 4.49


def test_the_warning_strip_is_readable(theme: Theme) -> None:
    assert qt_contrast(theme.strip, theme.strip_text) >= 4.5


def test_group_colours_stand_out_and_differ(theme: Theme) -> None:
    assert all(qt_contrast(colour, theme.base) >= 2.99 for colour in theme.groups)
    assert len({*theme.groups, theme.neutral}) == 9
    assert len(set(theme.symbols)) == 8


def test_the_palette_decides_what_is_dark() -> None:
    found = {name: theme_of(palette) for name, palette in PALETTES.items()}
    assert [name for name in found if found[name].is_dark] == ["dark", "white on black"]
    contrasting = [name for name in found if found[name].is_high_contrast]
    assert contrasting == ["black on white", "white on black"]


def test_text_on_any_grey_is_readable() -> None:
    for level in range(256):
        grey = mixed("#000000", "#ffffff", level / 255)
        assert contrast(text_on(grey), grey) >= 4.5


def test_a_new_palette_is_noticed_once(qapp: QApplication) -> None:
    before = apply(qapp, dark=False)
    watcher = ThemeWatcher(qapp)
    heard: list[Theme] = []
    watcher.changed.connect(heard.append)
    after = apply(qapp, dark=True)
    apply(qapp, dark=True)
    assert heard == [after]
    assert after != before
    apply(qapp)
    watcher.deleteLater()


def test_a_group_has_one_look_and_the_others_differ(theme: Theme) -> None:
    names = [f"group {i % 20}" for i in range(60)]
    legend = legend_of(words_in(*names), "kind", theme)
    assert [look.group for look in legend.groups] == names[:20]
    assert len({(look.colour, look.symbol) for look in legend.groups}) == 20
    for look in legend.looks.values():
        assert (look.group, look.colour, look.symbol) in legend.groups


def test_a_word_without_the_label_is_a_neutral_circle(theme: Theme) -> None:
    legend = legend_of(words_in("animal", ""), "kind", theme)
    look = legend.looks[WordId("w1")]
    assert (look.group, look.colour, look.symbol) == ("", theme.neutral, "o")
    assert len(legend.groups) == 1
    assert legend.look_of(WordId("gone")).colour == theme.neutral


def test_groups_keep_their_look_when_the_list_grows(theme: Theme) -> None:
    few = legend_of(words_in("animal", "tool"), "kind", theme)
    more = legend_of(words_in("animal", "tool", "fruit", "animal"), "kind", theme)
    assert more.groups[:2] == few.groups


def test_symbols_are_drawn_in_the_colour(qapp: QApplication) -> None:
    image = symbol_pixmap("#d55e00", "s", size=16, ratio=2).toImage()
    assert (image.width(), image.height()) == (32, 32)
    assert image.pixelColor(16, 16).name() == "#d55e00"
    assert image.pixelColor(0, 0).alpha() == 0
