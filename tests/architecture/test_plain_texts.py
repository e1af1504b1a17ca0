"""Nothing in the window may show a text as HTML, which opens the files that it names."""

import re
from pathlib import Path

import vgdesk.ui

ROOT = Path(vgdesk.ui.__path__[0])
MARKUP = re.compile(
    r"setHtml|insertHtml|toHtml|html=|setMarkdown|setTextFormat\((?!Qt\.TextFormat\.PlainText)"
    r"|mightBeRichText|QTextBrowser|QWhatsThis|app\.setStyleSheet|</"
)
# The rule itself, and a legend of several colours, whose names are escaped.
KNOWN = {"style/plain_text.py", "views/curves/gating_plot.py"}


def test_texts_are_marked_up_only_where_it_is_known_what_they_say() -> None:
    found = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        if MARKUP.search(file.read_text("utf-8"))
    }
    assert found == KNOWN
