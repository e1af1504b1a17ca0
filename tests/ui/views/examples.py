"""Small results with known numbers, and a way to look at the pixels of a widget."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import EncoderId, Session, Word, WordId
from vgdesk.core.results import LayerSimilarity, Trace, WordSimilarity
from vgdesk.ui.style.theme import Theme, plain_palette, theme_of
from vgdesk.ui.style.word_colours import Legend, legend_of


def theme(*, dark: bool = False) -> Theme:
    return theme_of(plain_palette(dark=dark))


def trace(n: int, *, chance: str = "", warning: str = "") -> Trace:
    return Trace("debiased linear CKA", n, (EncoderId("a"), EncoderId("b")), chance, 0, warning)


def layers(
    values: FloatArray, *, sd: float = 0.05, n: int = 24, warning: str = ""
) -> LayerSimilarity:
    rows, columns = values.shape
    return LayerSimilarity(
        "cka",
        tuple(str(i) for i in range(rows)),
        tuple(str(i) for i in range(columns)),
        values,
        values - 2 * sd,
        values + 2 * sd,
        np.zeros_like(values),
        np.full_like(values, sd),
        np.where(np.abs(values) <= 2 * sd, 0.5, 0.01),
        trace(n, chance="random words", warning=warning),
    )


def session(n: int, groups: Sequence[str] = ("animal", "tool")) -> Session:
    """Return words w0, w1, … of which the first half is in the first group, and so on."""
    words = (
        Word(WordId(f"w{i}"), f"word{i}", labels={"kind": groups[i * len(groups) // n]})
        for i in range(n)
    )
    return Session({word.id: word for word in words})


def legend(n: int, of: Theme) -> Legend:
    return legend_of(session(n), "kind", of)


def similarity(values: FloatArray, words: Sequence[str] = ()) -> WordSimilarity:
    n = len(values)
    ids = tuple(WordId(word) for word in words) or tuple(WordId(f"w{i}") for i in range(n))
    rows = tuple(f"row {i}" for i in range(n))
    order = tuple(range(n))
    return WordSimilarity(
        "cosine", "3", rows, ids, values, order, (-1.0, 1.0), False, Trace("cosine", n, ())
    )


def colour_at(widget: QWidget, at: QPointF) -> QColor:
    """Return the colour that is on the screen at a place of a widget."""
    return colour_in(widget.grab().toImage(), at)


def colour_in(image: QImage, at: QPointF) -> QColor:
    """Return the colour at a place of a widget that was grabbed."""
    place = at * image.devicePixelRatio()
    return image.pixelColor(int(place.x()), int(place.y()))


def distance(one: QColor, other: str | QColor) -> int:
    """Return how far two colours are apart, from 0 to 765."""
    other = QColor(other)
    pairs = zip(one.toTuple()[:3], other.toTuple()[:3], strict=True)
    return sum(abs(a - b) for a, b in pairs)
