import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent

from vgdesk.core.arrays import FloatArray
from vgdesk.core.details import LetterProfile
from vgdesk.ui.style.theme import TEXT_CONTRAST, Theme, readable
from vgdesk.ui.views.axes import label_step
from vgdesk.ui.views.curves.axes_plot import AxesPlot
from vgdesk.ui.views.curves.curve_plot import BAND_ALPHA, COLOURS
from vgdesk.ui.views.descriptions.letters import FIRST, letters_inside_chance

WIDTH, BAND_WIDTH = 0.64, 0.9  # of the space of a letter
GAP = 1.0  # between consonants and vowels, in letters
TICKS = 12  # pixels between the letters and the bars
ROOM = 0.12  # of the height, for text above and below the bars


class LetterPlot(AxesPlot):
    """Bars of letters around zero, first the consonants and then the vowels."""

    def __init__(self) -> None:
        super().__init__()
        self._places: FloatArray = np.zeros(0)
        self._names: tuple[str, ...] = ()
        self._values: FloatArray = np.zeros(0)
        self._walked = 0
        self._ring: pg.BarGraphItem | None = None
        self.scene().sigMouseMoved.connect(self._move)
        self.scene().sigMouseClicked.connect(self._click)
        self.box.sigResized.connect(self._write_ticks)

    def show_profile(self, profile: LetterProfile, theme: Theme) -> None:
        """Redraw everything; there are few bars."""
        self.box.clear()
        is_vowel = np.array(profile.is_vowel)
        self._places = np.arange(len(is_vowel)) + GAP * is_vowel
        self._names, self._values = profile.letters, np.asarray(profile.values)
        self._walked = min(self._walked, len(is_vowel) - 1)
        self.dress(theme, left="sharp \u2194 round", bottom="")
        self._fit(profile)
        self._draw_chance(profile, theme)
        self.box.addItem(pg.InfiniteLine(0, angle=0, pen=self.pen(theme.muted, width=1)))
        for group in (False, True):
            if (is_vowel == group).any():
                self._draw_group(profile, is_vowel == group, theme, is_vowel=group)
        self._ring = self._bars(np.zeros(0), np.zeros(0), None, theme.text, width=2)
        self.box.addItem(self._ring)
        self._write_ticks()

    def _draw_chance(self, profile: LetterProfile, theme: Theme) -> None:
        colour = QColor(theme.muted)
        colour.setAlpha(2 * BAND_ALPHA)
        low, high = np.asarray(profile.chance_low), np.asarray(profile.chance_high)
        band = pg.BarGraphItem(
            x=self._places, y0=low, height=high - low, width=BAND_WIDTH, brush=colour, pen=None
        )
        self.box.addItem(band)

    def _draw_group(
        self, profile: LetterProfile, own: np.ndarray, theme: Theme, *, is_vowel: bool
    ) -> None:
        """Draw bars with their intervals; those that do not differ from chance are hollow."""
        colour = theme.groups[COLOURS[int(is_vowel)]]
        places, values = self._places[own], self._values[own]
        is_hollow = letters_inside_chance(profile)[own]
        for chosen, brush in ((~is_hollow, colour), (is_hollow, theme.base)):
            self.box.addItem(self._bars(places[chosen], values[chosen], brush, colour, width=1.5))
        self.box.addItem(
            pg.ErrorBarItem(
                x=places,
                y=values,
                top=np.asarray(profile.high)[own] - values,
                bottom=values - np.asarray(profile.low)[own],
                pen=self.pen(theme.text, width=1),
            )
        )
        # Titles are anchored at the outer edges, where there is always space.
        readable_colour = readable(colour, theme.base, TEXT_CONTRAST)
        title = pg.TextItem(FIRST[is_vowel], color=readable_colour, anchor=(int(is_vowel), 0))
        self.box.addItem(title)
        (left, right), (_, top) = self.box.viewRange()
        title.setPos(right if is_vowel else left, top)

    def _bars(
        self, places: FloatArray, values: FloatArray, brush: str | None, colour: str, width: float
    ) -> pg.BarGraphItem:
        fill = pg.mkBrush(brush) if brush else pg.mkBrush(None)
        pen = self.pen(colour, width=width)
        return pg.BarGraphItem(x=places, height=values, width=WIDTH, brush=fill, pen=pen)

    def _fit(self, profile: LetterProfile) -> None:
        every = np.concatenate(
            [profile.low, profile.high, profile.chance_low, profile.chance_high, [0.0]]
        )
        low, high = float(every.min()), float(every.max())
        room = ROOM * (high - low or 1.0)
        self.box.setYRange(low - room / 2, high + 1.5 * room, padding=0)
        self.box.setXRange(-0.7, float(self._places[-1]) + 0.7, padding=0)

    def _write_ticks(self) -> None:
        """Label every letter, in two lines if labels would touch; or only some of very many."""
        if not self._names or self.box.width() <= 0:
            return
        metrics = QFontMetricsF(self.font())
        widest = max(metrics.horizontalAdvance(name) for name in self._names) + 2
        unit = self.box.width() / (self._places[-1] + 1.4)
        step = label_step(unit, widest)
        lines = ("", "\n") if step > 1 else ("",)
        chosen = range(0, len(self._names), -(-step // 2))
        ticks = [
            (float(self._places[letter]), lines[number % len(lines)] + self._names[letter])
            for number, letter in enumerate(chosen)
        ]
        self._axes["bottom"].setTicks([ticks])
        self._axes["bottom"].setHeight(len(lines) * metrics.lineSpacing() + TICKS)

    def _nearest(self, at: QPointF) -> int:
        """Return the letter at the x coordinate of a scene position; -1 if none."""
        if not len(self._places) or not self.box.sceneBoundingRect().contains(at):
            return -1
        distance = np.abs(self._places - self.box.mapSceneToView(at).x())
        return int(distance.argmin()) if distance.min() <= 0.5 else -1

    def _walk_to(self, letter: int) -> None:
        self._walked = letter
        if self._ring is not None:
            self._ring.setOpts(x=self._places[[letter]], height=self._values[[letter]])
        self.pointed.emit(0, letter)

    def _move(self, at: QPointF) -> None:
        self.pointed.emit(0, self._nearest(at))

    def _click(self, event: object) -> None:
        letter = self._nearest(event.scenePos())  # type: ignore[attr-defined]
        if letter >= 0:
            self._walk_to(letter)
            self.chosen.emit(0, letter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along the bars with left and right; Return selects the words of a letter."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if not self._names or key not in {**steps, Qt.Key.Key_Return: 0}:
            super().keyPressEvent(event)
            return
        last = len(self._names) - 1
        self._walk_to(max(0, min(self._walked + steps.get(key, 0), last)))
        if key == Qt.Key.Key_Return:
            self.chosen.emit(0, self._walked)
