from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from vgdesk.app.recording.take_sequence import Stage
from vgdesk.app.words.label_columns import HINT_COLUMN
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import WordId
from vgdesk.ui.style.plain_text import shortened
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark, mark_pixmap

LOOKS_A_SECOND = 30
MARGIN = 0.05  # of the smaller side
LIGHT_SHARE, HINT_SHARE = 0.2, 0.14  # of the height
SMALLEST, LARGEST = 8, 2000  # pixels
WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
BESIDE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignLeft)


class Light(Enum):
    """The instruction for the speaker; the value is its caption."""

    WAIT = "Wait"
    GET_READY = "Get ready"
    SPEAK = "Speak now"
    THANKS = "Thank you"


LIGHTS = {
    Stage.OFF: Light.WAIT,
    Stage.OPENING: Light.WAIT,
    Stage.LOST: Light.WAIT,
    Stage.READY: Light.GET_READY,
    Stage.LISTENING: Light.SPEAK,
    Stage.RECORDING: Light.SPEAK,
    Stage.TAIL: Light.THANKS,
    Stage.CHECKING: Light.THANKS,
    Stage.REVIEW: Light.THANKS,
}
MARKS = {
    Light.WAIT: Mark.SQUARE,
    Light.GET_READY: Mark.RING,
    Light.SPEAK: Mark.DISC,
    Light.THANKS: Mark.TICK,
}


@dataclass(frozen=True, slots=True)
class Cue:
    """The content of the speaker window."""

    light: Light = Light.WAIT
    text: str = ""
    hint: str = ""


class SpeakerView(QWidget):
    """The prompt as large as fits, and a light that shows when to speak."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cue = Cue()
        self._theme = theme_of(self.palette())
        self.setMinimumSize(240, 160)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_cue(self, cue: Cue) -> None:
        """Show a word and its light."""
        if cue != self.cue:
            self.cue = cue
            self.setAccessibleName(f"{cue.light.value}: {cue.text}")
            self.update()

    @property
    def prompt_colour(self) -> str:
        """The colour of the prompt, dimmed until it should be spoken."""
        return self._theme.text if self.cue.light is Light.SPEAK else self._theme.neutral

    def places(self) -> tuple[QRectF, QRectF, QRectF]:
        """Return the rectangles of the light, the prompt and the hint."""
        edge = MARGIN * min(self.width(), self.height())
        inner = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        light, hint = LIGHT_SHARE * inner.height(), HINT_SHARE * inner.height()
        word = inner.adjusted(0, light, 0, -hint)
        below = QRectF(inner.left(), word.bottom(), inner.width(), hint)
        return QRectF(inner.left(), inner.top(), inner.width(), light), word, below

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(self._theme.base))
        light, word, hint = self.places()
        self._paint_light(painter, light)
        large = fitting_font(self.font(), self.cue.text, word.width(), word.height())
        small = fitting_font(self.font(), self.cue.hint, hint.width(), hint.height())
        small.setPixelSize(max(SMALLEST, min(small.pixelSize(), large.pixelSize() // 2)))
        for font, place, text, colour in (
            (large, word, self.cue.text, self.prompt_colour),
            (small, hint, self.cue.hint, self._theme.muted),
        ):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(place, WRAPPED, text)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F11 and not self.isFullScreen():
            self.showFullScreen()
        elif event.key() in (Qt.Key.Key_F11, Qt.Key.Key_Escape) and self.isFullScreen():
            self.showNormal()
        else:
            super().keyPressEvent(event)

    def _paint_light(self, painter: QPainter, place: QRectF) -> None:
        colour = self._colour()
        said, size = self.cue.light.value, 0.8 * place.height()
        font = fitting_font(self.font(), said, 0.6 * place.width(), 0.6 * place.height())
        font.setBold(True)
        width = QFontMetricsF(font).horizontalAdvance(said)
        left = place.center().x() - (1.25 * size + width) / 2
        shape = QRectF(left, place.center().y() - size / 2, size, size)
        ratio = size / MARK_SIZE * self.devicePixelRatioF()
        pixmap = mark_pixmap(MARKS[self.cue.light], colour, ratio=ratio)
        painter.drawPixmap(shape, pixmap, QRectF(pixmap.rect()))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        beside = QRectF(left + 1.25 * size, place.top(), place.right() - left, place.height())
        painter.drawText(beside, BESIDE, said)

    def _colour(self) -> str:
        theme = self._theme
        return {
            Light.WAIT: theme.bad,
            Light.GET_READY: theme.warn,
            Light.SPEAK: theme.good,
            Light.THANKS: theme.accent,
        }[self.cue.light]


class SpeakerWindow(SpeakerView):
    """A window for the speaker, full-screen on a second screen."""

    def __init__(self, workspace: Workspace, requests: UserRequests, window: QWidget) -> None:
        super().__init__(window)
        self._requests = requests
        self.setWindowFlag(Qt.WindowType.Window)
        self.setWindowTitle("Speaker")
        self._workspace = workspace
        self._window = window
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LOOKS_A_SECOND)
        self._timer.timeout.connect(self.look)
        self.resize(900, 600)

    def open(self) -> None:
        """Open on a different screen than the main window, if there is one."""
        screen = other_screen(self._window.screen(), QGuiApplication.screens())
        if screen is None:
            self.showNormal()
        else:
            self.setGeometry(screen.geometry())
            self.showFullScreen()
        self.raise_()

    def look(self) -> None:
        """Show the current prompt and stage."""
        takes, session = self._workspace.take_sequence, self._workspace.session
        word = session.words.get(self._requests.selection.primary or WordId(""))
        text, hint = (word.text, word.labels.get(HINT_COLUMN, "")) if word else ("", "")
        self.show_cue(Cue(LIGHTS[takes.stage], shortened(text), shortened(hint)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def other_screen(used: QScreen, screens: list[QScreen]) -> QScreen | None:
    """Return another screen; None if there is only one."""
    return next((screen for screen in screens if screen is not used), None)


def fitting_font(font: QFont, text: str, width: float, height: float) -> QFont:
    """Return the largest font with which the text fits, wrapped only between words."""
    room = QRectF(0, 0, width, height)
    fits, too_large = SMALLEST, LARGEST
    found = QFont(font)
    while too_large - fits > 1:
        size = (fits + too_large) // 2
        found.setPixelSize(size)
        needed = QFontMetricsF(found).boundingRect(room, WRAPPED, text)
        if needed.width() <= width and needed.height() <= height:
            fits = size
        else:
            too_large = size
    found.setPixelSize(fits)
    return found
