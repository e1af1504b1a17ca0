"""ABX on frames from sound files to the table."""

import json
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.app.stacks.frame_file import read_frames
from vgdesk.app.stacks.stack_file import read_stack
from vgdesk.core.resources import resource

DEMO = str(resource("demo.vgdesk"))


@pytest.fixture(scope="module", params=["spectrum", "starter-speech"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("frames") / f"{request.param}.safetensors"
    assert main(["embed", DEMO, "--encoder", request.param, "--frames", "--out", str(out)]) == 0
    return out


@pytest.mark.slow
def test_words_are_recognised_across_speakers(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["abx", str(file), "--on", "word", "--across", "speaker", "--words", DEMO]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 72
    assert max(found["values"]) < 0.1
    assert min(found["chance_low"]) > 0.35
    assert max(found["q_values"]) < 0.05
    assert main(command) == 0
    first, heading, *lines = capsys.readouterr().out.splitlines()
    assert "n = 72; interval" in first
    assert "on word, across speaker" in first
    assert heading.split("\t")[3:6] == ["values", "low", "high"]
    assert len([line for line in lines if "\t" in line]) == len(found["layers"])


@pytest.mark.slow
def test_their_means_are_what_is_embedded_without_frames(tmp_path: Path) -> None:
    frames, vectors = tmp_path / "frames.safetensors", tmp_path / "vectors.safetensors"
    command = ["embed", DEMO, "--encoder", "starter-speech", "--out"]
    assert main([*command, str(frames), "--frames"]) == 0
    assert main([*command, str(vectors)]) == 0
    pooled, stack = read_frames(frames).pooled(), read_stack(vectors)
    assert (pooled.rows, pooled.words, pooled.layers) == (stack.rows, stack.words, stack.layers)
    assert np.allclose(pooled.values, stack.values, atol=1e-3)
    # What has no frames is taken for one frame a take.
    assert np.array_equal(read_frames(vectors).values, stack.values)


def test_labels_and_an_encoder_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["abx", "spectrum", "--words", DEMO, "--on", "onset", "--by", "speaker"]
    assert main([*command, "--distance", "euclidean"]) == 0
    first, _, line = capsys.readouterr().out.splitlines()
    assert "on onset, by speaker" in first
    assert "frames by euclidean" in first
    assert line.split("\t")[2] == "mel frames"
    assert float(line.split("\t")[3]) < 0.45


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["abx", "no.safetensors", "--on", "word"], "does not exist"),
        (["abx", "spectrum", "--on", "word"], "has no words to encode"),
        (["abx", "spelling", "--on", "word", "--words", DEMO], "is a text encoder"),
        (["abx", "spectrum", "--on", "", "--words", DEMO], "no column “”"),
        (["abx", "spectrum", "--on", "taste", "--words", DEMO], "no column “taste”"),
        (["abx", "spectrum", "--on", "speaker", "--by", "word", "--words", DEMO], "No three takes"),
        (["abx", "spectrum", "--on", "word", "--words", "study-phonetic"], "No sound files"),
        (
            ["embed", DEMO, "--encoder", "spelling", "--frames", "--out", "x.safetensors"],
            "is a text encoder",
        ),
    ],
)
def test_impossible_requests_are_reported_in_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"junk", (2).to_bytes(8, "little") + b"{}"])
def test_a_file_of_something_else_is_refused(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(content)
    assert main(["abx", str(file), "--on", "word"]) == 2
    assert "is not a vgdesk frame file" in capsys.readouterr().err


@pytest.mark.slow
def test_without_a_list_only_words_are_known(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["abx", str(file), "--on", "word"]) == 0
    assert "n = 72" in capsys.readouterr().out
    assert main(["abx", str(file), "--on", "category"]) == 2
    assert "does not contain the column" in capsys.readouterr().err
