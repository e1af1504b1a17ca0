from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget


def small_font(widget: QWidget, share: float = 0.9) -> QFont:
    """Return the font of ticks and labels, slightly smaller than that of the window."""
    font = QFont(widget.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(max(6.5, share * font.pointSizeF()))
    else:
        font.setPixelSize(max(9, round(share * font.pixelSize())))
    return font
