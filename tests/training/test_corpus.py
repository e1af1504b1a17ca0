import random
import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.pre_tokenizers import BertPreTokenizer

from training.corpus import glosses, read_corpus, supersense
from training.plan import FULL, SMOKE
from training.sources import debian
from training.tokens import (
    LONGEST,
    SPECIAL,
    encode_corpus,
    make_tokenizer,
    mutual_information,
    neighbours,
    split,
    word_vectors,
)
from training.work import Work
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling

# Lines in the format of WordNet; each file begins with an indented licence.
DATA = {
    "noun": """\
00000010 05 n 02 Elephant 0 big_game 0 001 @ 00000020 n 0000 | five-toed pachyderm; "he rode it"
00000020 18 n 01 tiger 1 000 | a fierce or audacious person
00000030 05 n 04 tiger 0 big_cat 0 big_game 0 stripes 0 000 | large feline: "`tiger' burns"
00000040 04 n 01 run 0 000 | the act of running
00000050 06 n 01 run 1 000 | a score on a board
00000060 04 n 01 baseball 0 000 | a game with a bat
00000070 06 n 01 baseball 1 000 | a ball used in the game
00000080 05 n 0b a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 k 0 000 | one of many letters
00000090 15 n 02 old_world 0 far_side 0 000 | the other half of the globe
""",
    "verb": """\
00000010 38 v 01 wander 0 000 01 + 08 00 | walk about; "they wander"; "we wander home"
""",
    "adj": """\
00000010 00 s 01 galore(ip) 0 000 | in great numbers; "tigers galore"
""",
    "adv": "",
}  # fmt: skip
INDEX = {
    "noun": """\
elephant n 1 1 @ 1 1 00000010
tiger n 2 1 @ 2 1 00000020 00000030
run n 2 0 2 1 00000040 00000050
baseball n 2 0 2 2 00000060 00000070
""",
    "verb": "wander v 1 2 @ ~ 1 1 00000010\nrun v 1 0 1 1 00000010\n",
}  # fmt: skip
WORDS = (
    "baseball\tpictured\t\ntiger\theld-out\t\nelephant\tplain\t\nrun\tplain\t\nwander\tplain\t\n"
)
GLOSS_LINES = [
    "elephant: five-toed pachyderm; he rode it",
    "tiger: a fierce or audacious person",
    "tiger: large feline: 'tiger' burns",
    "stripes: large feline: 'tiger' burns",
    "run: the act of running",
    "run: a score on a board",
    "baseball: a game with a bat",
    "baseball: a ball used in the game",
    "a: one of many letters",
    "b: one of many letters",
    "c: one of many letters",
    "old world: the other half of the globe",
    "wander: walk about; they wander; we wander home",
    "galore: in great numbers; tigers galore",
]
VERSES = ["in the beginning was the word.", "1 and 2: they ran, and i ran " + "on " * 50 + "home"]


def small_work(root: Path) -> Work:
    """Make a folder with sources in the formats of the real ones."""
    work = Work(root)
    root.mkdir()
    work.words.write_text(WORDS, "utf-8")
    wordnet = debian(work, "usr/share/wordnet")
    wordnet.mkdir(parents=True)
    for start, files in (("data", DATA), ("index", INDEX)):
        for kind, lines in files.items():
            (wordnet / f"{start}.{kind}").write_text(f"  1 a licence  \n{lines}", "utf-8")
    tool = debian(work, "usr/bin/bible")
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\necho 'Jn1:1 {VERSES[0].upper()}'\necho '1Ki1:2 {VERSES[1]}'\n")
    tool.chmod(0o755)
    return work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return small_work(tmp_path / "work")


def test_corpus_is_glosses_behind_their_words_and_verses_without_their_places(work: Work) -> None:
    assert read_corpus(work, FULL) == GLOSS_LINES + VERSES
    shutil.rmtree(work.sources)
    assert read_corpus(work, FULL) == GLOSS_LINES + VERSES


def test_small_plan_keeps_the_glosses_of_the_listed_words(tmp_path: Path) -> None:
    plan = replace(SMOKE, verses=1)
    first, second = (read_corpus(small_work(tmp_path / name), plan) for name in "ab")
    assert first == second
    listed = {line.split("\t")[0] for line in WORDS.splitlines()}
    needed = [line for line in GLOSS_LINES if line.split(":")[0] in listed]
    assert [line for line in first if line in needed] == needed
    assert len(first) <= len(needed) + 2
    assert sum(line in VERSES for line in first) == 1


def test_a_concept_has_the_sense_that_can_be_drawn_and_a_plain_word_its_first(work: Work) -> None:
    assert glosses(work) == {
        "baseball": "a ball used in the game",
        "tiger": "large feline",  # the second, as the list of exceptions says
        "elephant": "five-toed pachyderm",
        "run": "the act of running",
        "wander": "walk about",
    }
    assert supersense(work) == {
        "baseball": "noun.artifact",
        "tiger": "noun.animal",
        "elephant": "noun.animal",
        "run": "noun.act",
        "wander": "verb.motion",
    }


def test_every_listed_word_is_one_token_and_no_token_is_unknown(work: Work) -> None:
    tokenizer = make_tokenizer(work, FULL)
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIAL)
    for word in ("baseball", "tiger", "elephant", "run", "wander"):
        assert tokenizer.convert_ids_to_tokens(tokenizer(word.upper())["input_ids"]) == [
            "[CLS]", word, "[SEP]",
        ]  # fmt: skip
    assert "[UNK]" not in tokenizer.tokenize("Zyzzyva tigers: über-quick!".replace("!", "."))
    assert len(tokenizer) % 64 == 0


def test_tokenizer_is_the_same_every_time(tmp_path: Path) -> None:
    folders = []
    for name in "abc":
        work = small_work(tmp_path / name)
        make_tokenizer(work, FULL)
        folders.append(work.root / "text/tokenizer")
    for file in ("tokenizer.json", "tokenizer_config.json"):
        assert len({(folder / file).read_bytes() for folder in folders}) == 1


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_lines_are_split_as_the_tokenizer_splits_them(line: str) -> None:
    pieces = BertPreTokenizer().pre_tokenize_str(line.lower())
    assert split(line.lower()) == [piece for piece, _ in pieces]


def test_the_program_opens_a_model_with_this_tokenizer(work: Work) -> None:
    from transformers import BertConfig, BertModel

    folder = work.root / "text/tokenizer"
    size = len(make_tokenizer(work, FULL))
    shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    BertModel(
        BertConfig(vocab_size=size, intermediate_size=8, max_position_embeddings=LONGEST, **shape)
    ).save_pretrained(folder)
    encoder = load(inspect_folder(folder, is_grounded=False), "cpu")
    tiger, shouted, run = encoder.encode(["tiger", "TIGER", "run"], Pooling.MEAN)
    np.testing.assert_array_equal(tiger, shouted)
    assert not np.allclose(tiger[0], run[0])


def test_tokens_are_those_of_each_line(work: Work) -> None:
    tokenizer = make_tokenizer(work, FULL)
    tokens, starts = encode_corpus(work, FULL)
    lines = read_corpus(work, FULL)
    assert (tokens.dtype, starts.dtype) == (np.int32, np.int64)
    assert len(starts) == len(lines) + 1
    for line, (start, end) in zip(lines, pairwise(starts), strict=True):
        own = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(line))[: LONGEST - 2]
        assert tokens[start:end].tolist() == [2, *own, 3]
    assert max(np.diff(starts)) == LONGEST


def test_neighbours_and_information_are_those_of_the_definition() -> None:
    chance = random.Random(0)
    rows = [[2, *(chance.randrange(5, 9) for _ in range(length)), 3] for length in (1, 4, 12)]
    pairs = Counter[tuple[int, int]]()
    for row in rows:
        words = row[1:-1]
        for i, a in enumerate(words):
            for j, b in enumerate(words):
                if i != j and abs(i - j) <= 5:
                    pairs[a, b] += 1
    starts = np.cumsum([0, *map(len, rows)])
    counts = neighbours(np.concatenate(rows).astype(np.int32), starts, 10)
    assert {(i, j): counts[i, j] for i, j in zip(*counts.nonzero(), strict=True)} == pairs

    information = mutual_information(counts)
    own = {a: sum(n for (x, _), n in pairs.items() if x == a) for a, _ in pairs}
    smooth = sum(n**0.75 for n in own.values())
    for (a, b), n in pairs.items():
        ratio = (n / own[a]) / (own[b] ** 0.75 / smooth)
        assert information[a, b] == pytest.approx(max(np.log(ratio), 0))


def test_words_in_like_company_get_like_vectors(work: Work) -> None:
    chance = random.Random(0)
    company = {"tiger": "roar claw stripe fur", "elephant": "roar claw stripe fur", "run": "a b c"}
    lines = [
        f"{word} {' '.join(chance.sample(near.split(), 3))}"
        for _ in range(60)
        for word, near in company.items()
    ]
    (work.root / "text").mkdir()
    (work.root / "text/corpus.txt").write_text("\n".join(lines), "utf-8")
    vectors = word_vectors(work, FULL, 4)
    assert vectors.std() == pytest.approx(0.02, rel=0.05)
    np.testing.assert_array_equal(vectors, word_vectors(work, FULL, 4))
    number = make_tokenizer(work, FULL).get_vocab()
    tiger, elephant, run = (vectors[number[word]] for word in ("tiger", "elephant", "run"))
    assert tiger @ elephant > tiger @ run
