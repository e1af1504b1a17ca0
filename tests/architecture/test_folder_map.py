import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("folder_map", ROOT / "docs" / "folder_map.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_map_of_the_folders_is_that_of_the_tree(maker: ModuleType) -> None:
    page = maker.PAGE.read_text("utf-8")
    assert page == maker.page_with_map(page, ROOT / "vgdesk"), "run python docs/folder_map.py"


def test_every_folder_says_what_it_is_for(maker: ModuleType) -> None:
    lines = maker.folder_map(ROOT / "vgdesk").splitlines()
    folders = list((ROOT / "vgdesk").rglob("__init__.py"))
    assert len(lines) == len(folders)
    assert [line for line in lines if not line.strip().endswith(".")] == []


def test_a_new_folder_is_missing_in_the_map(maker: ModuleType, tmp_path: Path) -> None:
    for folder in (tmp_path / "vgdesk", tmp_path / "vgdesk" / "new"):
        folder.mkdir()
        (folder / "__init__.py").write_text('"""Something."""\n')
    page = maker.PAGE.read_text("utf-8")
    assert "  new/" in maker.page_with_map(page, tmp_path / "vgdesk")
    assert "  new/" not in page
