"""What the files at the top say about the project must agree with it."""

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

import vgdesk

ROOT = Path(__file__).parents[2]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _commands(markdown: str) -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", markdown, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_version_is_the_same_everywhere() -> None:
    assert tomllib.loads(_text("pyproject.toml"))["project"]["version"] == vgdesk.__version__
    assert f"\nversion: {vgdesk.__version__}\n" in _text("CITATION.cff")
    assert re.findall(r"^## (\S+)", _text("CHANGELOG.md"), re.MULTILINE)[0] == vgdesk.__version__


def test_the_readme_opens_with_exactly_two_commands() -> None:
    first_screen = _text("README.md").partition("\n## ")[0]
    commands = _commands(first_screen)
    assert len(commands) == 2
    for command in commands:
        script = ROOT / shlex.split(command)[0]
        assert os.access(script, os.X_OK), script


def test_continuous_integration_runs_the_second_of_them() -> None:
    test = _commands(_text("README.md").partition("\n## ")[0])[1]
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert test in _text(".ci/run")


@pytest.mark.parametrize(
    "script", [".ci/run", "installer/setup.sh", "installer/start", "installer/test"]
)
def test_scripts_are_valid(script: str) -> None:
    made = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_every_local_link_leads_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "installer/README.md", "resources/README.md"):
        for target in re.findall(r"\]\(([^)#:]+)[^)]*\)", _text(page)):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
