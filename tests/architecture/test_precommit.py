"""The hooks of `.pre-commit-config.yaml` are the checks of `installer/test`."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TOOLS = ".venv/bin/"
FAST = ["pytest", "-m", "not slow"]
STAGES = {"pre-commit", "pre-push"}


def checks_of_ci(script: str) -> list[list[str]]:
    """Return the command of each line `check COMMAND`."""
    lines = re.findall(r"^check (.+)$", script, re.MULTILINE)
    return [shlex.split(line.replace('"$@"', "")) for line in lines]


def hooks() -> dict[str, dict[str, Any]]:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert set(config["default_install_hook_types"]) == STAGES
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    return {hook["id"]: hook for hook in config["repos"][0]["hooks"]}


def checks_of_hooks() -> list[list[str]]:
    commands = [shlex.split(hook["entry"]) for hook in hooks().values()]
    assert all(tool.startswith(TOOLS) for tool, *_options in commands)
    return [[tool.removeprefix(TOOLS), *options] for tool, *options in commands]


def test_the_hooks_are_the_checks_of_ci_with_the_fast_tests() -> None:
    ci = checks_of_ci((ROOT / "installer" / "test").read_text("utf-8"))
    assert ["pytest"] in ci
    assert checks_of_hooks() == [FAST if check == ["pytest"] else check for check in ci]


@pytest.mark.parametrize("name", hooks())
def test_a_hook_checks_the_whole_project_not_the_changed_files(name: str) -> None:
    hook = hooks()[name]
    assert hook["pass_filenames"] is False
    assert hook["language"] == "system"
    assert hook["name"]


def test_tests_run_at_a_push_and_the_other_checks_at_a_commit() -> None:
    stages = {name: hook.get("stages", ["pre-commit"]) for name, hook in hooks().items()}
    assert stages.pop("pytest") == ["pre-push"]
    assert set(map(tuple, stages.values())) == {("pre-commit",)}


def test_a_check_that_only_ci_has_is_a_difference() -> None:
    assert checks_of_ci('check mypy\ncheck pytest "$@"\n') == [["mypy"], ["pytest"]]
