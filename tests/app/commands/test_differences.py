import json

import numpy as np
import pytest

from tests.analyses.stacks import noise, stack_of
from vgdesk.__main__ import main
from vgdesk.core.resources import resource
from vgdesk.core.stack import matched_all

DEMO = str(resource("demo.vgdesk"))
TEXT, GROUNDED = "starter-text", "starter-text-grounded"
SPEECH = "starter-speech", "starter-speech-grounded"
OPTIONS = ("--words", DEMO, "--measure", "silhouette")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["differences", *arguments]) == 0
    return capsys.readouterr().out


def values(text: str) -> np.ndarray:
    return np.array(json.loads(text)["values"])


def test_the_differences_are_those_of_the_scores(capsys: pytest.CaptureFixture[str]) -> None:
    found = values(printed(capsys, TEXT, GROUNDED, *OPTIONS, "--json"))
    assert main(["score", TEXT, GROUNDED, *OPTIONS, "--json"]) == 0
    a, b = json.loads(capsys.readouterr().out)
    assert np.allclose(found, np.subtract(b["values"], a["values"]))


def test_pictures_change_text_as_the_first_line_the_table_and_the_sentence_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, TEXT, GROUNDED, *OPTIONS, "--smallest-effect", "0.05")
    about, heads, *rows, sentence = text.splitlines()
    assert f"{GROUNDED} minus {TEXT}, n = 36" in about
    assert "95 % of the paired difference" in about
    assert "seed 0" in about
    named = [dict(zip(heads.split("\t"), row.split("\t"), strict=True)) for row in rows]
    differs = [row["layer"] for row in named if float(row["corrected_p"]) <= 0.05]
    assert differs == ["4", "5", "6"]
    assert "is below 0 at layers 4 to 6, not different from 0 at 4 of 7 layers" in sentence
    small = [row["layer"] for row in named if float(row["equivalence_p"]) <= 0.05]
    assert small == ["0", "1"]
    assert "A difference of 0.05 or more is ruled out at layers 0 and 1 (" in sentence


def test_an_interaction_is_the_difference_of_differences(
    capsys: pytest.CaptureFixture[str],
) -> None:
    speech = values(printed(capsys, *SPEECH, *OPTIONS, "--json"))
    text = values(printed(capsys, TEXT, GROUNDED, *OPTIONS, "--json"))
    both = printed(capsys, *SPEECH, "--minus", TEXT, GROUNDED, *OPTIONS, "--json")
    assert np.allclose(values(both), speech - text)


def test_the_similarity_of_two_pairs_is_subtracted(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = SPEECH[1], GROUNDED, "--minus", SPEECH[0], TEXT
    options = "--words", DEMO, "--measure", "cka"
    found = json.loads(printed(capsys, *pairs, *options, "--json"))
    expected = []
    for pair in ((SPEECH[1], GROUNDED), (SPEECH[0], TEXT)):
        assert main(["compare", *pair, *options, "--json"]) == 0
        expected.append(np.diagonal(json.loads(capsys.readouterr().out)["values"]))
    assert np.allclose(found["values"], expected[0] - expected[1])
    assert found["encoders"] == [SPEECH[1], GROUNDED, SPEECH[0], TEXT]
    about = printed(capsys, *pairs, *options).splitlines()[0]
    assert f"{SPEECH[1]} with {GROUNDED} minus {SPEECH[0]} with {TEXT}, n = 36" in about


def test_models_of_unequal_depth_are_paired_both_ways_or_as_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def layers(*more: str) -> dict[str, list[str]]:
        text = printed(capsys, "spelling", TEXT, *OPTIONS, *more)
        rows = [line.split("\t") for line in text.splitlines() if "\t" in line][1:]
        return {row[0]: [other[2] for other in rows if other[0] == row[0]] for row in rows}

    by_block = {"block": ["letters/0", "pairs/1", "triples/2", "fours/3"]}
    deeper = "letters/0 letters/1 pairs/2 pairs/3 triples/4 triples/5 fours/6"
    by_depth = {"depth": deeper.split()}
    assert layers() == by_block | by_depth
    assert layers("--by", "block") == by_block
    assert layers("--by", "depth") == by_depth


def test_only_rows_of_all_encoders_are_scored() -> None:
    a, b = stack_of(noise(1, 4, 2), rows="abcd"), stack_of(noise(1, 4, 2, seed=1), rows="dxba")
    one, other, again = matched_all([a, b, a])
    assert one.rows == other.rows == again.rows == ("a", "b", "d")
    assert np.array_equal(other.values[0], b.values[0][[3, 2, 0]])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((TEXT, GROUNDED, "--measure", "cka"), "Give the second pair with --minus C D."),
        (
            (TEXT, GROUNDED, "--measure", "silhouette-published"),
            "“Silhouette (published)” does not tell how much each word contributes",
        ),
        ((TEXT, SPEECH[0], "--measure", "pair-types"), "no takes in common"),
    ],
)
def test_what_cannot_be_subtracted_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert main(["differences", *arguments, "--words", DEMO]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("effect", ["0", "-1", "much", "nan", "inf"])
def test_a_smallest_effect_is_above_zero(capsys: pytest.CaptureFixture[str], effect: str) -> None:
    with pytest.raises(SystemExit):
        main(["differences", TEXT, GROUNDED, *OPTIONS, f"--smallest-effect={effect}"])
    assert "a smallest effect is above 0" in capsys.readouterr().err
