from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pyqtgraph as pg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

# Okabe and Ito (2008), distinguishable with all common types of colour vision. The eighth, black,
# is the text colour of the theme.
OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
GROUP_SYMBOLS = ("o", "s", "t1", "d", "star", "t", "+", "x")

SEQUENTIAL = "viridis"
DIVERGING = "CET-D1A"

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of custom drawing, as "#rrggbb".

    Attributes
    ----------
    base, surface
        Background of charts, lists and text fields; background of everything else.
    text, muted
        Primary and secondary text; both have a contrast of 4.5 : 1 to `base` and `surface`.
    accent, good, warn, bad
        Also suitable for text. A state never depends on its colour alone.
    strip, strip_text
        The yellow strip with warnings about a result.
    grid, edge
        Lines of a chart's grid; outlines of fields and boxes.
    neutral
        Words without a group.
    groups, symbols
        Colours and pyqtgraph symbols of the first eight groups; both repeat after that.
    """

    is_dark: bool
    is_high_contrast: bool
    base: str
    surface: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str
    strip: str
    strip_text: str
    grid: str
    edge: str
    neutral: str
    groups: tuple[str, ...]
    symbols: tuple[str, ...] = GROUP_SYMBOLS


def theme_of(palette: QPalette) -> Theme:
    """Return a theme that matches a palette.

    It depends on the palette, not on the system's colour scheme, because they can disagree.
    """
    role = QPalette.ColorRole
    parts = (role.Base, role.Window, role.Text, role.Highlight)
    return _theme_around(*(palette.color(part).name() for part in parts))


@cache  # every widget requests its theme on creation
def _theme_around(base: str, surface: str, text: str, accent: str) -> Theme:
    is_dark = luminance(base) < luminance(text)
    # Only high-contrast palettes use one pure colour for windows and fields.
    is_high_contrast = base == surface and contrast(base, text) > 19
    shape = TEXT_CONTRAST if is_high_contrast else SHAPE_CONTRAST

    def text_on_both(colour: str) -> str:
        return readable(readable(colour, base, TEXT_CONTRAST), surface, TEXT_CONTRAST)

    return Theme(
        is_dark=is_dark,
        is_high_contrast=is_high_contrast,
        base=base,
        surface=surface,
        text=text,
        muted=text if is_high_contrast else text_on_both(mixed(text, base, 0.4)),
        accent=text_on_both(accent),
        good=text_on_both("#1a7f37"),
        warn=text_on_both("#9a6700"),
        bad=text_on_both("#cf222e"),
        strip="#4a3b00" if is_dark else "#fff3c4",
        strip_text="#ffecb3" if is_dark else "#4d3800",
        grid=text if is_high_contrast else mixed(base, text, 0.13),
        edge=text if is_high_contrast else mixed(base, text, 0.28),
        neutral=readable(readable(mixed(text, base, 0.5), base, shape), surface, shape),
        groups=(*(readable(colour, base, shape) for colour in OKABE_ITO), text),
    )


def apply(app: QApplication, *, dark: bool | None = None) -> Theme:
    """Apply style and palette to the program; None follows the system."""
    pg.setConfigOptions(imageAxisOrder="row-major", antialias=True, useOpenGL=False)
    app.setStyle("Fusion")
    app.setPalette(QPalette() if dark is None else plain_palette(dark=dark))
    return theme_of(app.palette())


class ThemeWatcher(QObject):
    """Emits a signal when the palette of the program, and with it the theme, changes."""

    changed = Signal(object)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.theme = theme_of(app.palette())
        app.paletteChanged.connect(self._look_again)

    def _look_again(self, palette: QPalette) -> None:
        theme = theme_of(palette)
        if theme != self.theme:
            self.theme = theme
            self.changed.emit(theme)


def follow(app: QApplication, listener: Callable[[Theme], object]) -> ThemeWatcher:
    """Call `listener` with the new theme whenever the palette changes."""
    watcher = ThemeWatcher(app)
    watcher.changed.connect(listener)
    return watcher


def plain_palette(*, dark: bool) -> QPalette:
    """Return the built-in light or dark palette, for systems without one and for figures."""
    base, surface, raised, text, highlight = (
        ("#1b1d21", "#25282d", "#33373e", "#e6e8eb", "#2f6fb5")
        if dark
        else ("#ffffff", "#f3f4f6", "#fbfbfc", "#1d2126", "#2a6bb0")
    )
    role = QPalette.ColorRole
    palette = QPalette(QColor(raised), QColor(surface))
    for part, colour in {
        role.Base: base,
        role.AlternateBase: mixed(base, text, 0.04),
        role.Text: text,
        role.WindowText: text,
        role.ButtonText: text,
        role.ToolTipBase: raised,
        role.ToolTipText: text,
        role.PlaceholderText: mixed(text, base, 0.4),
        role.Highlight: highlight,
        role.Accent: highlight,
        role.HighlightedText: "#ffffff",
        role.Link: readable(highlight, base, TEXT_CONTRAST),
    }.items():
        palette.setColor(part, QColor(colour))
    for part in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(mixed(text, base, 0.55)))
    return palette


def readable(colour: str, on: str, ratio: float) -> str:
    """Move a colour towards black or white just until it has the contrast."""
    goal = "#000000" if luminance(on) > 0.18 else "#ffffff"
    for step in range(51):
        found = mixed(colour, goal, step / 50)
        if contrast(found, on) >= ratio:
            return found
    return goal


def text_on(colour: str) -> str:
    """Return black or white, whichever is more readable on the colour."""
    return "#000000" if luminance(colour) > 0.18 else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""

    def linear(part: float) -> float:
        return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, share: float) -> str:
    """Mix two colours; a share of 0 is the first, 1 the other."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
