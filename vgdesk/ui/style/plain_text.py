"""Plain-text display of all texts, because projects may come from unknown sources.

By default, Qt treats a text with something like a tag as HTML, and opens the files that it names.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

# Only a style sheet reaches the labels that Qt creates: tooltips, message boxes and forms. It is
# applied before Qt measures or draws a label.
RULE = "QToolTip, QLabel { qproperty-textFormat: PlainText; }"
# Characters. Qt measures the whole text before eliding it.
LONGEST, LONGEST_NAME = 1000, 80


def insist(app: QApplication) -> None:
    """Make all labels and tooltips of the program plain text."""
    # Otherwise panels would not follow later changes of the theme.
    app.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
    if app.styleSheet() != RULE:  # setting it restyles every widget
        app.setStyleSheet(RULE)


def bold(text: str) -> QLabel:
    """Make a bold label."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text, truncated if it is too long to be read on a screen."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def on_one_line(text: str, most: int = LONGEST_NAME) -> str:
    """Return a name for use in a sentence: without line breaks, and truncated."""
    return shortened(" ".join(shortened(text).splitlines()), most)
