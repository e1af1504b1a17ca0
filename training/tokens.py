"""Tokenisation of the text, and initial vectors of the tokens."""

import re
import string
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertTokenizer

from training.corpus import read_corpus
from training.plan import Plan
from training.words import read_words
from training.work import Work, replacing
from vgdesk.encoders.running import from_folder

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CLS, SEP = SPECIAL.index("[CLS]"), SPECIAL.index("[SEP]")
TRAINED_PIECES = 8000
LONGEST = 48
WINDOW = 5
CONTEXT_SMOOTHING = 0.75
SINGULAR_WEIGHT = 0.5
SPREAD = 0.02  # standard deviation of initial embeddings, as usual for BERT
# Letters inside a word are different symbols from letters at its start.
INNER = {ord(letter): 0xE000 + ord(letter) for letter in string.ascii_lowercase + string.digits}
OUTER = {inner: letter for letter, inner in INNER.items()}


def make_tokenizer(work: Work, plan: Plan) -> BertTokenizer:
    """Return the tokenizer with each listed word as one token, trained on the corpus once.

    Words of all roles are treated the same, so that tokens do not reveal the role of a word.
    """
    folder = work.root / "text/tokenizer"
    if not folder.exists():
        words = [word.text for word in read_words(work)]
        pieces = vocabulary(read_corpus(work, plan), words)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as partial:
            as_bert(pieces).save_pretrained(partial + "/tokenizer")
            Path(partial, "tokenizer").replace(folder)
    tokenizer: BertTokenizer = from_folder(BertTokenizer, folder)
    return tokenizer


def vocabulary(lines: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return all tokens: the required ones, then the learnt ones, most useful first.

    The WordPiece trainer numbers letters inside words in a different order each time. Here the same
    algorithm gets them as separate symbols, which makes the result reproducible.
    """
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(vocab_size=TRAINED_PIECES, show_progress=False)
    learner.train_from_iterator((" ".join(map(marked, split(line))) for line in lines), trainer)
    numbers = learner.get_vocab()
    learnt = [unmarked(piece) for piece in sorted(numbers, key=numbers.__getitem__)]
    letters = [start + letter for start in ("", "##") for letter in string.ascii_lowercase]
    symbols = [piece for piece in learnt if len(piece.removeprefix("##")) == 1]
    pieces = list(dict.fromkeys([*SPECIAL, *letters, *symbols, *sorted(words), *learnt]))
    return pieces[: len(pieces) // 64 * 64]  # computers like round numbers


def split(line: str) -> list[str]:
    """Split a line as `BertPreTokenizer` does."""
    return re.findall(r"[a-z0-9]+|[^a-z0-9\s]", line)


@cache
def marked(word: str) -> str:
    """Replace all letters after the first by their inner symbols."""
    return word[0] + word[1:].translate(INNER)


def unmarked(piece: str) -> str:
    """Write a token as BERT does: with `##` inside a word."""
    return ("##" if ord(piece[0]) in OUTER else "") + piece.translate(OUTER)


def as_bert(pieces: list[str]) -> BertTokenizer:
    """Return the tokenizer with these pieces."""
    tokenizer = Tokenizer(
        models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)],
    )
    return BertTokenizer(tokenizer_object=tokenizer, model_max_length=LONGEST)


def encode_corpus(work: Work, plan: Plan) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the concatenated tokens of all lines, and where each line starts.

    Line `i` is `tokens[starts[i] : starts[i + 1]]`, including `[CLS]` and `[SEP]`; the last entry
    of `starts` is the end of the last line.
    """
    file = work.root / "text/tokens.safetensors"
    if not file.exists():
        lines = read_corpus(work, plan)
        tokenizer = make_tokenizer(work, plan).backend_tokenizer
        tokenizer.enable_truncation(LONGEST)
        rows: list[list[int]] = []
        for first in range(0, len(lines), 10_000):
            encoded = tokenizer.encode_batch_fast(lines[first : first + 10_000])
            rows += (line.ids for line in encoded)
        starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
        with replacing(file) as partial:
            save_file({"tokens": np.concatenate(rows).astype(np.int32), "starts": starts}, partial)
    arrays = load_file(file)
    return arrays["tokens"], arrays["starts"]


def word_vectors(work: Work, plan: Plan, dim: int) -> NDArray[np.float32]:
    """Return a distributional vector for each token: shape [tokens, dim].

    Positive pointwise mutual information with nearby tokens, reduced by a singular value
    decomposition; tokens without neighbours get a random vector.

    References
    ----------
    Levy, Goldberg & Dagan (2015), Improving distributional similarity with lessons learned from
    word embeddings.
    """
    size = len(make_tokenizer(work, plan))
    information = mutual_information(neighbours(*encode_corpus(work, plan), size))
    chance = np.random.default_rng(0)
    table = chance.normal(size=(size, dim))
    found, weights, _ = svds(information, k=dim, v0=chance.normal(size=size))
    vectors = found * weights**SINGULAR_WEIGHT
    is_known = np.diff(information.indptr) > 0
    # The mean is not informative.
    vectors[is_known] -= vectors[is_known].mean(axis=0)
    lengths = np.linalg.norm(vectors[is_known], axis=1, keepdims=True)
    table[is_known] = vectors[is_known] / lengths * np.sqrt(dim)
    return (SPREAD * table).astype(np.float32)


def neighbours(tokens: NDArray[np.int32], starts: NDArray[np.int64], size: int) -> csr_array:
    """Count how often two tokens are at most `WINDOW` apart in a line."""
    lines = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    counts = csr_array((size, size))
    is_word = tokens >= len(SPECIAL)
    for distance in range(1, WINDOW + 1):
        near = (lines[distance:] == lines[:-distance]) & is_word[distance:] & is_word[:-distance]
        pair = (tokens[:-distance][near], tokens[distance:][near])
        counts += csr_array((np.ones(len(pair[0])), pair), shape=(size, size))
    return counts + counts.T


def mutual_information(counts: csr_array) -> csr_array:
    """Return the positive pointwise mutual information, in nats."""
    pairs = counts.tocoo()
    own = counts.sum(axis=1)
    context = own**CONTEXT_SMOOTHING
    expected = own[pairs.row] * (context / context.sum())[pairs.col]
    values = np.maximum(np.log(pairs.data / expected), 0)
    information = csr_array((values, (pairs.row, pairs.col)), shape=counts.shape)
    information.eliminate_zeros()
    return information
