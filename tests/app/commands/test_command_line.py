import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from vgdesk.__main__ import main
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.words.word_overview import MOST_ROWS
from vgdesk.app.stacks.stack_file import read_stack
from vgdesk.audio.files import Recording, write_flac
from vgdesk.core.resources import resource

DEMO = str(resource("demo.vgdesk"))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    speech, text = tmp_path / "speech.safetensors", tmp_path / "text.safetensors"
    assert main(["embed", DEMO, "--encoder", "spectrum", "--out", str(speech)]) == 0
    assert main(["embed", DEMO, "--encoder", "spelling", "--out", str(text)]) == 0
    return str(speech), str(text)


def test_what_is_compared_here_is_what_the_library_gives(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["compare", *pair, "--measure", "cka", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    words = set(read_stack(Path(pair[0])).words)
    assert found["n"] == len(words)
    assert len(found["values"]) == len(found["rows"])
    assert len(found["values"][0]) == len(found["columns"])
    assert main(["compare", pair[1], pair[1], "--json"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert [same["values"][i][i] for i in range(len(same["rows"]))] == pytest.approx(
        [1.0] * len(same["rows"])
    )


def test_the_table_names_estimator_n_and_chance(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["compare", *pair]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert "debiased linear CKA" in first
    assert "n = 36 words" in first
    assert "chance" in first


def test_files_of_the_same_name_in_two_folders_are_two_rows(tmp_path: Path) -> None:
    out = tmp_path / "x.safetensors"
    takes = sorted((resource("demo.vgdesk") / "takes").iterdir())[:2]
    for folder, take in zip(("anna", "ben"), takes, strict=True):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"bear{take.suffix}").write_bytes(take.read_bytes())
    folders = [str(tmp_path / "anna"), str(tmp_path / "ben")]
    assert main(["embed", *folders, "--encoder", "spectrum", "--out", str(out)]) == 0
    stack = read_stack(out)
    assert stack.rows == ("bear", "bear (2)")
    assert stack.words == ("bear", "bear")
    assert not (stack.values[:, 0] == stack.values[:, 1]).all()


def test_files_and_written_words_meet_by_their_names(tmp_path: Path) -> None:
    out, takes = tmp_path / "x.safetensors", str(tmp_path / "takes")
    (tmp_path / "takes").mkdir()
    for number, file in enumerate(sorted((resource("demo.vgdesk") / "takes").iterdir())[:8]):
        name = f"{file.stem.split('-')[0]}_{number % 2 + 1}{file.suffix}"
        (tmp_path / "takes" / name).write_bytes(file.read_bytes())
    assert main(["embed", takes, "--encoder", "spectrum", "--out", str(out)]) == 0
    speech = read_stack(out)
    command = ["embed", takes, "--encoder", "spelling", "--out", str(out)]
    assert main(command) == 2
    assert main([*command, "--force"]) == 0
    assert set(read_stack(out).words) == set(speech.words)
    assert len(speech.rows) == 2 * len(set(speech.words))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["embed", "nowhere", "--encoder", "spectrum", "--out", "x.npz"], "does not exist"),
        (["embed", DEMO, "--encoder", "nobody", "--out", "x.npz"], "There is no encoder"),
        (["compare", "no.safetensors", "no.safetensors"], "does not exist"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error


def test_a_broken_file_is_named_and_the_others_are_encoded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take = next((resource("demo.vgdesk") / "takes").iterdir())
    (tmp_path / take.name).write_bytes(take.read_bytes())
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    out = tmp_path / "x.safetensors"
    assert main(["embed", str(tmp_path), "--encoder", "spectrum", "--out", str(out)]) == 2
    assert "broken" in capsys.readouterr().err
    assert len(read_stack(out).rows) == 1


@pytest.mark.slow
def test_selftest_prints_one_line_a_check_and_no_qt_is_loaded() -> None:
    code = (
        "import sys; from vgdesk.__main__ import main; code = main(['selftest']);"
        "assert not [m for m in sys.modules if m.startswith('PySide6')]; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("ok ") for line in lines)


def test_models_lists_what_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    found = capsys.readouterr().out
    assert "spectrum\tspeech" in found
    assert "spelling\ttext" in found
    assert "starter-text-shuffled\ttext" in found
    assert "every word met the picture of another word" in found


def test_the_page_of_the_measures_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measures", "--markdown"]) == 0
    page = Path(__file__).parents[3] / "docs" / "measures.md"
    assert page.read_text("utf-8") == capsys.readouterr().out


def test_every_measure_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measures"]) == 0
    listed = [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(ANALYSES)


def test_encoders_are_scored_beside_twin_and_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["spelling", "starter-text", "starter-text+untrained"]
    assert main(["score", *names, "--words", DEMO, "--label", "category"]) == 0
    first, _, *lines = capsys.readouterr().out.splitlines()
    assert "n = 36" in first
    assert "seed 0" in first
    rows = [line for line in lines if "\t" in line]
    assert list(dict.fromkeys(row.split("\t")[0] for row in rows)) == names
    best = [line for line in lines if line.startswith("best layer of ")]
    assert [line.split()[3].rstrip(":") for line in best] == names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score", "spelling"], "has no words to encode"),
        (["score", "spellign", "--words", DEMO], "There is no encoder"),
        (["score", "spelling", "--words", DEMO, "--label", "taste"], "have a label"),
        (["map", "spelling", "--words", DEMO, "--layer", "9"], "has no layer"),
        (["words", "spelling", "--words", DEMO, "--layer", "0", "1"], "one --layer for each"),
        (["retrieve", "spelling", "--words", DEMO, "--layer", "0", "1"], "one --layer for each"),
        (
            ["retrieve", "spelling", "--words", DEMO, "--layer", "pairs"],
            "No take has a known speaker",
        ),
        (["score", "spelling", "--words", "nothing.tsv"], "could not be read"),
        (["score", "spectrum", "--words", "nothing"], "Built-in lists: study-semantic"),
        (["score", "spectrum", "--words", "study-phonetic"], "No sound files"),
    ],
)
def test_impossible_requests_are_reported_in_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_same_seed_prints_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for seed in ("3", "3", "4"):
        assert main(["score", "spelling", "--words", DEMO, "--seed", seed]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


def test_confusions_are_printed_as_a_matrix_of_labels(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["confusions", "spelling", "--words", DEMO, "--layer", "pairs"]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == sum(found["sizes"]) == 36
    assert main(command) == 0
    about, heading, *lines = capsys.readouterr().out.splitlines()
    assert "chance .5" in about
    assert heading.split("\t")[2:] == found["labels"]
    assert [line.split("\t")[0] for line in lines[: len(found["labels"])]] == found["labels"]


@pytest.mark.slow
def test_a_long_list_is_printed_in_blocks_and_some_of_its_words_one_by_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ["".join(letters) for letters in product("abcdefghijklm", repeat=3)]
    words = tmp_path / "words.txt"
    words.write_text("\n".join(names[: MOST_ROWS + 1]), "utf-8")
    command = ["words", "spelling", "--words", str(words), "--layer", "letters"]
    assert main([*command, "--order", "similarity"]) == 0
    about, _heading, *blocks = capsys.readouterr().out.splitlines()
    assert about.endswith("mean over the pairs of two blocks, n = 2001; layer letters of spelling; "
                          "1000 blocks by similarity")  # fmt: skip
    assert len(blocks) == 1000
    assert sum(int(line.split("\t")[3]) for line in blocks) == MOST_ROWS + 1
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["order"], found["starts"][:2], found["rows"][2]) == ("list", [0, 2], "aac")
    assert main([*command, "--only", "aab", "aaa"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "row\taaa\taab",
        "aaa\t\t0.8944",
        "aab\t0.8944\t",
    ]
    assert main([*command, "--only", "aab", "zebra"]) == 2
    assert "no row “zebra”" in capsys.readouterr().err


def test_letters_are_listed_from_round_to_sharp(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["letters", "spelling", "--layer", "letters"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    first = [line[0] for line in lines].index("first vowel") + 1
    vowels = lines[first : first + 5]
    scores = [float(line[2]) for line in vowels]
    assert scores == sorted(scores, reverse=True)
    assert {line[0] for line in vowels} == set("aeiou")
    assert sum(int(line[1]) for line in vowels) == 648
    assert all(set(line[-1]) <= {"+" if float(line[2]) > 0 else "-"} for line in vowels)
    assert main(["letters", "spelling", "--layer", "letters", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [len(words) for words in found["words"]] == [int(line[1]) for line in lines if
                                                        line[0] in found["letters"]]  # fmt: skip


@pytest.mark.slow
def test_what_each_word_or_take_finds_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["retrieve", "spectrum", "spelling", "--layer", "8 slices", "pairs", "--words", DEMO]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["places"] == [1, 5, 10]
    assert (found["n"], found["choice"], found["chance_median"]) == (36, 36, 18.5)
    for first in ([], ["--best-first"]):
        assert main([*command, *first]) == 0
        _about, scores, _heading, *lines = capsys.readouterr().out.splitlines()
        ranks = [float(line.split("\t")[1]) for line in lines]
        assert ranks == sorted(found["ranks"], reverse=not first)
        assert f"R@1 {found['recalls'][0]:.3f} (chance 0.028)" in scores
    assert main(["retrieve", "spectrum", "--layer", "8 slices", "--words", DEMO]) == 0
    about, _scores, _heading, *lines = capsys.readouterr().out.splitlines()
    assert "n = 72; layer 8 slices of spectrum; among 36" in about
    assert all(line.split("\t")[0].endswith(("-bella", "-adam")) for line in lines)


def test_check_says_what_is_wrong_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, silent = Path(DEMO) / "takes" / "bear-bella.flac", tmp_path / "silent.flac"
    write_flac(silent, Recording(np.zeros(24_000, np.float32), 24_000))
    assert main(["check", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}\tpass\n"
    assert main(["check", str(good), str(silent)]) == 1
    said = capsys.readouterr().out.splitlines()[1]
    assert said.startswith(f"{silent}\tfail\tDigital silence\t")
    assert main(["check", "--all", str(good)]) == 0
    assert "pass\tClipping\tNo clipping." in capsys.readouterr().out
    assert main(["check", str(tmp_path / "none")]) == 2
