"""Modules, files and classes that the documentation names exist."""

import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("vgdesk", "tests", "docs", "benchmarks", "training", "installer", "resources", "findings")
PAGES = sorted(
    {*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / top / "README.md" for top in TOPS)}
    - {ROOT / "CHANGELOG.md"}  # it names what was
)
PAGES = [page for page in PAGES if page.exists()]
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*\.(py|md|sh|toml)")
FOLDER = re.compile(r"[a-z][\w-]*(/[\w.-]+)*/")
MODULE = re.compile(
    r"(vgdesk|core|audio|encoders|analyses|app|ui|tests|benchmarks|training)(\.\w+)+"
)
CLASS = re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)+")
BUILT = ("build/",)  # what tools write
WITH_CLASSES = ("CONTRIBUTING.md", "docs/architecture.md")


@cache
def sources() -> dict[str, str]:
    """Return the text of each file of the project's own folders, by its path."""
    files = [file for top in TOPS for file in (ROOT / top).rglob("*") if file.is_file()]
    files += [file for file in ROOT.iterdir() if file.is_file()]
    kept = (file for file in files if file.suffix in {".py", ".md", ".sh", ".toml"})
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in kept}


@cache
def names_of_classes() -> frozenset[str]:
    return frozenset(
        name for text in sources().values() for name in re.findall(r"^class (\w+)", text, re.M)
    )


def is_file(name: str, page: str) -> bool:
    """Return whether a file exists: at the top, beside the page, in the program, or by name."""
    beside = PurePosixPath(page).parent / name
    return bool({name, str(beside), f"vgdesk/{name}"} & sources().keys()) or (
        "/" not in name and any(path.endswith(f"/{name}") for path in sources())
    )


def is_folder(name: str, page: str) -> bool:
    places = (ROOT, ROOT / "vgdesk", (ROOT / page).parent)
    return any((place / name).is_dir() for place in places)


def is_module(name: str) -> bool:
    """Return whether a dotted name is a module, a package, or a name in a module."""
    path = name.removeprefix("vgdesk.").replace(".", "/")
    places = [f"{top}{path}" for top in ("", "vgdesk/")]
    if any(f"{place}{end}" in sources() for place in places for end in (".py", "/__init__.py")):
        return True
    inside, _, last = path.rpartition("/")
    texts = (sources().get(f"{top}{inside}.py", "") for top in ("", "vgdesk/"))
    return any(re.search(rf"^(def|class) {last}\b|^{last}\b.*=", text, re.M) for text in texts)


def stale_names(text: str, page: str) -> list[str]:
    """List what is in backticks, looks like a file, folder, module or class, and does not exist."""
    stale = []
    for name in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)):
        if name.startswith(BUILT):
            continue
        if FILE.fullmatch(name):
            known = is_file(name, page)
        elif FOLDER.fullmatch(name):
            known = is_folder(name, page)
        elif MODULE.fullmatch(name):
            known = is_module(name)
        elif CLASS.fullmatch(name) and page in WITH_CLASSES:
            known = name in names_of_classes()
        else:
            continue
        stale += [] if known else [name]
    return stale


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_what_exists(page: Path) -> None:
    assert stale_names(page.read_text("utf-8"), page.relative_to(ROOT).as_posix()) == []


@pytest.mark.parametrize(
    "name",
    [
        "app.handing_on", "app/gone.py", "test_gone.py", "ui/gone/", "core.stack.gone", "GoneAway",
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_found(name: str) -> None:
    assert stale_names(f"It is in `{name}`.", "docs/architecture.md") == [name]


@pytest.mark.parametrize(
    "name",
    [
        "app.analysing.pipeline", "core.stack.stack_rows", "vgdesk.ending", "app/actions.py",
        "test_recovery.py", "ui/views/", "docs/style.md", "style.md", "LayerStack", "words.tsv",
    ],
)  # fmt: skip
def test_a_name_that_exists_is_not_found(name: str) -> None:
    assert stale_names(f"It is in `{name}`.", "docs/architecture.md") == []


@pytest.mark.parametrize("package", ["analyses", "app", "ui"])
def test_the_order_of_folders_on_the_page_is_that_of_the_contracts(package: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    drawn = re.search(rf"^    {package}: +(.*(?:\n {{8,}}->.*)*)", page, re.M)
    assert drawn
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(
        one
        for one in config["tool"]["importlinter"]["contracts"]
        if one.get("containers") == [f"vgdesk.{package}"]
    )
    depth = {
        name: number
        for number, layer in enumerate(contract["layers"])
        for name in layer.split(" | ")
    }
    steps = [
        {depth[name.strip()] for name in step.split("|")}
        for step in " ".join(drawn[1].split()).split("->")
    ]
    assert all(len(step) == 1 for step in steps)
    assert all(upper < lower for (upper,), (lower,) in pairwise(steps))
