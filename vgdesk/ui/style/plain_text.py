"""Texts are shown as they are written: a project, its words and names, can come from anybody.

Left to itself, Qt takes a text with something like a tag in it for HTML, and opens the files that
it names.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

# Only a style sheet reaches the labels that Qt makes: tool tips, also those of lists, and what
# questions and forms are made of. It is obeyed before Qt measures or draws a label.
RULE = "QToolTip, QLabel { qproperty-textFormat: PlainText; }"
# Characters. Qt measures a text as a whole before it leaves any of it out.
LONGEST, LONGEST_NAME = 1000, 80


def insist(app: QApplication) -> None:
    """Let no label and no tool tip of the program be HTML."""
    # Otherwise panels keep the colours that they had when the rule came, whatever the theme.
    app.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
    if app.styleSheet() != RULE:  # every widget is gone through again
        app.setStyleSheet(RULE)


def bold(text: str) -> QLabel:
    """Make a label in bold print."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text without its end if it is longer than anybody reads on a screen."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def on_one_line(text: str, most: int = LONGEST_NAME) -> str:
    """Return a name for the middle of a sentence: without line ends, and not too long."""
    return shortened(" ".join(shortened(text).splitlines()), most)
