from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter


def draw_text(
    painter: QPainter, place: QRectF, text: str, flags: Qt.AlignmentFlag, *, is_turned: bool = False
) -> None:
    """Draw text in a rectangle, from bottom to top if turned; elided if too long."""
    room = place.height() if is_turned else place.width()
    text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room + 0.5)
    if not is_turned:
        painter.drawText(place, flags | Qt.TextFlag.TextDontClip, text)
        return
    painter.save()
    painter.translate(place.bottomLeft())
    painter.rotate(-90)
    turned = QRectF(0, 0, place.height(), place.width())
    painter.drawText(turned, flags | Qt.TextFlag.TextDontClip, text)
    painter.restore()
