"""The command `vgdesk captions`: caption similarity by encoders and by human ratings."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vgdesk.analyses.lexicon.caption_curves import (
    correlate_sentences,
    correlate_words,
    rank_captions,
)
from vgdesk.analyses.lexicon.caption_similarity import caption_words
from vgdesk.app.commands.arguments import add_seed
from vgdesk.app.commands.text_tables import as_json, curves_table
from vgdesk.app.encoding.embedding_messages import TextItem
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.formats.foreign_text import read_at_most, read_cells
from vgdesk.app.formats.text_file import is_number
from vgdesk.app.stacks.stack_builder import Making, encode
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Modality, WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack
from vgdesk.encoders.base import EncoderSpec

# Accepted headings of each column; the first is ours.
FIRST = ("sentence1", "sentence_a", "reference")
SECOND = ("sentence2", "sentence_b", "candidate")
SCORE = ("score", "relatedness_score", "similarity")
FORMAT = (
    f"a UTF-8 table with tabs, commas or semicolons and the columns {FIRST[0]}, {SECOND[0]} and "
    f"{SCORE[0]}, or these three in this order without headings"
)


@dataclass(frozen=True, slots=True)
class Captions:
    """Pairs of captions (reference first) with human similarity ratings."""

    pairs: tuple[tuple[str, str], ...]
    ratings: tuple[float, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command, except those for encoding."""
    parser.add_argument("file", type=Path, metavar="FILE", help=f"pairs of captions: {FORMAT}")
    parser.add_argument(
        "--encoder",
        required=True,
        nargs="+",
        metavar="ID",
        help="a text encoder: from `vgdesk models`, a model's folder or a file of word vectors",
    )
    parser.add_argument(
        "--nearest",
        metavar="ID",
        help="ignore the ratings and report the word-level similarity, by this encoder, of the "
        "captions that an encoder ranks nearest (as word2vec in the survey)",
    )
    add_seed(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def compare(chosen: argparse.Namespace, making: Making) -> int:
    """Print one line per layer for each encoder."""
    captions = read_captions(chosen.file)
    curves: list[LayerCurve] = []
    for name in chosen.encoder:
        spec = _encoder(name)
        if chosen.nearest:
            curves += _nearest(captions, spec, chosen, making)
        else:
            curves += _correlated(captions, spec, chosen.seed, making)
    sys.stdout.write(as_json(*curves) if chosen.json else curves_table(curves))
    return 0


def _correlated(
    captions: Captions, spec: EncoderSpec, seed: int, making: Making
) -> Iterable[LayerCurve]:
    texts = [caption for pair in captions.pairs for caption in pair]
    words = _encoded(spec, _words(texts), making)
    yield correlate_words(captions.pairs, captions.ratings, words, seed)
    if spec.file is None:  # word vectors cannot encode sentences
        sentences = _encoded(spec, texts, making)
        yield correlate_sentences(captions.pairs, captions.ratings, sentences, seed)


def _nearest(
    captions: Captions, spec: EncoderSpec, chosen: argparse.Namespace, making: Making
) -> Iterable[LayerCurve]:
    texts = [caption for pair in captions.pairs for caption in pair]
    if spec.file is not None:
        raise VgdeskError(
            f"“{spec.title}” has vectors for words, not for sentences.",
            "Give it with --nearest instead.",
        )
    words = _encoded(_encoder(chosen.nearest), _words(texts), making)
    return rank_captions(texts, _encoded(spec, texts, making), words, chosen.seed)


def _encoder(name: str) -> EncoderSpec:
    spec = find_encoder(name)
    if spec.modality is not Modality.TEXT:
        raise VgdeskError(f"“{spec.title}” is a speech encoder.", "Choose a text encoder.")
    return spec


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in caption_words(text)]


def _encoded(spec: EncoderSpec, texts: Iterable[str], making: Making) -> LayerStack:
    rows = [(WordId(text), TextItem(text, text)) for text in dict.fromkeys(texts)]
    return encode(spec, rows, making)[0]


def read_captions(file: Path) -> Captions:
    """Read pairs of captions with their ratings.

    Raises
    ------
    VgdeskError
        If the format is wrong, or a row lacks a caption or its number.
    """
    try:
        text = read_at_most(file).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise VgdeskError(
            f"“{file}” could not be read as a table of captions.", f"Give {FORMAT}."
        ) from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise VgdeskError(f"“{file}” is empty.", f"Give {FORMAT}.")
    mark = next((mark for mark in "\t;" if mark in lines[0]), ",")
    # In tab-separated files, quotation marks belong to the captions.
    heading, *rows = read_cells(file, lines, mark, quotes=mark != "\t")
    places = _places(heading)
    start = 2
    if places is None:
        places, rows, start = (0, 1, 2), [heading, *rows], 1
    read = [_row(file, number, row, places) for number, row in enumerate(rows, start)]
    return Captions(tuple(pair for pair, _ in read), tuple(rating for _, rating in read))


def _places(heading: Sequence[str]) -> tuple[int, int, int] | None:
    """Find the three columns; None if the first row names none of them."""
    names = [name.strip().casefold() for name in heading]
    found = [[names.index(n) for n in known if n in names] for known in (FIRST, SECOND, SCORE)]
    if not all(found):
        return None
    one, other, score = (places[0] for places in found)
    return one, other, score


def _row(
    file: Path, number: int, row: Sequence[str], places: tuple[int, int, int]
) -> tuple[tuple[str, str], float]:
    cells = [row[place].strip() if place < len(row) else "" for place in places]
    one, other, score = cells
    if not one or not other or not is_number(score):
        raise VgdeskError(
            f"{file.name}: row {number} does not hold two captions and a number.", f"Give {FORMAT}."
        )
    return (one, other), float(score)
