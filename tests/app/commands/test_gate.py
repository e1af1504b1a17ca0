"""The command `vgdesk gate`."""

import json
from pathlib import Path
from typing import Any

import pytest

from vgdesk.__main__ import main
from vgdesk.core.resources import resource

DEMO = resource("demo.vgdesk")
TAKE = "goat-bella"


def gated(capsys: pytest.CaptureFixture[str], take: str, *more: str) -> Any:
    capsys.readouterr()
    command = ["gate", take, "--encoder", "spectrum", "--words", str(DEMO), "--json", *more]
    assert main(command) == 0
    return json.loads(capsys.readouterr().out)


def test_a_take_is_heard_from_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    found = gated(capsys, TAKE)
    assert (found["word"], found["condition"], found["n"]) == ("goat", "start", 36)
    assert found["times"][0] == 0.1
    assert len(found["ranks"]) == len(found["layers"])
    assert found["chance"] == 18.5
    assert found["unique_phone"] == 2
    assert found["layer"] == found["layers"][-1]


def test_all_ways_of_hearing_meet_where_the_whole_word_is_heard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain, *controls = gated(capsys, TAKE, "--control", "end", "padded")
    assert [one["condition"] for one in controls] == ["end", "padded"]
    for one in controls:
        assert [ranks[-1] for ranks in one["ranks"]] == [ranks[-1] for ranks in plain["ranks"]]
        assert one["ranks"] != plain["ranks"]


@pytest.mark.slow
def test_the_file_of_a_take_is_that_take_and_another_one_is_found_by_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = DEMO / "takes" / f"{TAKE}.flac"
    assert gated(capsys, str(file)) == gated(capsys, TAKE)
    (tmp_path / "Goat_7.flac").write_bytes(file.read_bytes())
    found = gated(capsys, str(tmp_path / "Goat_7.flac"))
    assert found["word"] == "goat"
    assert "all other takes" in found["estimator"]


def test_the_table_has_a_line_for_each_gate(capsys: pytest.CaptureFixture[str]) -> None:
    found = gated(capsys, TAKE)
    layer = found["layers"][1]
    command = ["gate", TAKE, "--encoder", "spectrum", "--words", str(DEMO), "--layer", layer]
    assert main(command) == 0
    about, unique, heading, *lines = capsys.readouterr().out.splitlines()
    assert "other speakers" in about
    assert "phone 2" in unique
    assert heading.split("\t")[2:-1] == found["layers"]
    assert len([line for line in lines if line.startswith("start\t")]) == len(found["times"]) + 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing", "--encoder", "spectrum"], "neither a take in the list nor a sound file"),
        ([TAKE, "--encoder", "spelling"], "is a text encoder"),
        ([TAKE, "--encoder", "spectrum", "--layer", "nine"], "has no layer"),
    ],
)
def test_inaudible_input_is_reported_in_a_sentence(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", *arguments, "--words", str(DEMO)]) == 2
    assert says in capsys.readouterr().err


def test_a_file_of_another_word_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "zebra.flac"
    file.write_bytes((DEMO / "takes" / f"{TAKE}.flac").read_bytes())
    assert main(["gate", str(file), "--encoder", "spectrum", "--words", str(DEMO)]) == 2
    assert "zebra" in capsys.readouterr().err
