"""Writes the map of the folders into architecture.md, from the first sentence of each package.

python docs/folder_map.py
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- folders: written by docs/folder_map.py -->", "<!-- end of folders -->"
WIDTH = 28  # characters for the names


def folder_map(package: Path) -> str:
    """Return a line for each folder with code: its name, indented, and its first sentence."""
    return "\n".join(f"    {line}" for line in _lines(package, 0))


def page_with_map(page: str, package: Path) -> str:
    """Return the page with the map of now between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{folder_map(package)}\n\n{END}{tail}"


def _lines(folder: Path, depth: int) -> Iterator[str]:
    name = f"{'  ' * depth}{folder.name}/"
    yield f"{name:{WIDTH}}{_first_sentence(folder / '__init__.py')}".rstrip()
    for inner in sorted(folder.iterdir()):
        if (inner / "__init__.py").is_file():
            yield from _lines(inner, depth + 1)


def _first_sentence(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split())


def main() -> int:
    """Write the map; returns 0."""
    page = page_with_map(PAGE.read_text("utf-8"), ROOT / "vgdesk")
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
