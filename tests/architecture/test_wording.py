"""Phrases that docs/style.md discourages occur nowhere in the program or its documentation."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "style.md"
PROGRAM = ROOT / "vgdesk"
PACKAGES = sorted(path.name for path in PROGRAM.iterdir() if (path / "__init__.py").is_file())
DOCUMENTS = sorted(
    {
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *(ROOT / "docs").glob("*.md"),
    }
    - {GUIDE}
)

# Words that are data, such as a list of function words.
DATA = {"vgdesk/analyses/lexicon/caption_similarity.py": {"nobody"}}

Text = tuple[int, str]


def discouraged() -> tuple[str, ...]:
    """Return the phrases in backticks in the last column of the table."""
    rows = [line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = (row.strip("|").rpartition("|")[2] for row in rows)
    return tuple(phrase for cell in cells for phrase in re.findall(r"`([^`]+)`", cell))


def found_in(texts: Iterable[Text], name: str) -> list[str]:
    """List every discouraged phrase with its file and line."""
    # Line breaks within a text count as blanks; the line of each phrase is the one it starts in.
    parts = ("\\s+".join(map(re.escape, phrase.split())) for phrase in discouraged())
    pattern = re.compile(rf"\b({'|'.join(parts)})\b", re.IGNORECASE)
    return [
        f"{name}:{line + text.count(chr(10), 0, match.start())}: {' '.join(match[1].split())}"
        for line, text in texts
        for match in pattern.finditer(text)
        if match[1].lower() not in DATA.get(name, ())
    ]


def texts_of_source(source: str) -> Iterator[Text]:
    """Yield string literals, docstrings and comments with their first lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    block: list[str] = []
    start = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if block and token.start[0] != start + len(block):
                yield start, "\n".join(block)
                block = []
            start = start if block else token.start[0]
            block.append(token.string.lstrip("# "))
    if block:
        yield start, "\n".join(block)


def found_in_files(files: list[Path]) -> list[str]:
    return [
        line
        for file in sorted(files)
        for line in found_in(
            texts_of_source(file.read_text("utf-8")), file.relative_to(ROOT).as_posix()
        )
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_uses_no_discouraged_phrase(package: str) -> None:
    assert found_in_files([*(PROGRAM / package).rglob("*.py")]) == []


def test_the_top_modules_use_no_discouraged_phrase() -> None:
    assert found_in_files([*PROGRAM.glob("*.py")]) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_uses_no_discouraged_phrase(document: Path) -> None:
    assert found_in([(1, document.read_text("utf-8"))], document.name) == []


def test_the_guide_lists_phrases() -> None:
    assert {"nobody", "anew", "on their way", "word to say"} <= set(discouraged())


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""Draw it anew."""', 1),
        ('x = f"{1} is on\\n its way"', 1),
        ("x = 1\n# Ask again,\n# as nobody has.\n", 3),
        ('"""One.\n\nThe vectors are on their\nway.\n"""', 3),
    ],
)
def test_a_phrase_is_found_with_its_line(source: str, line: int) -> None:
    (found,) = found_in(texts_of_source(source), "a.py")
    assert found.startswith(f"a.py:{line}: ")


def test_parts_of_words_are_no_phrases() -> None:
    assert found_in(texts_of_source('"renewed; the cargo onboard; many more"'), "a.py") == []
