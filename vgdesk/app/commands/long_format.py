"""The option `--long` of `vgdesk score`: the values behind a score, for other programs.

It belongs to `score`, not to `export`, because a line needs an encoder and a measure besides the
words, and because the score that is printed is what the lines add up to.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.inference.units import distinct_takes
from vgdesk.analyses.lexicon.single_values import SINGLE_VALUES
from vgdesk.app.exchange.long_facts import LongFacts
from vgdesk.app.exchange.long_table import LongTable, long_table
from vgdesk.app.exchange.mixed_models import r_script
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.project.output_files import checked_file, written_whole
from vgdesk.app.words.ratings_file import read_ratings
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.stack import LayerStack

SUFFIXES = (".csv", ".tsv")
SCRIPT = ".R"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a table in long format."""
    parser.add_argument(
        "--long",
        type=Path,
        metavar="FILE",
        help="also write the values behind the score, one line for each word, take or pair, layer "
        "and encoder, as a table (.csv, .tsv); an R script with formulas for lme4 and brms is "
        f"written beside it. For {', '.join(SINGLE_VALUES)}",
    )
    parser.add_argument("--force", action="store_true", help="replace existing files of --long")


def check_long(chosen: argparse.Namespace) -> None:
    """Raise VgdeskError if `write_long` would refuse; call it before any work."""
    if chosen.long is None:
        return
    if chosen.measure not in SINGLE_VALUES:
        named = ", ".join(SINGLE_VALUES)
        raise VgdeskError(
            f"“{ANALYSES[chosen.measure].title}” has no values of single words or pairs.",
            f"Choose one of these for --measure: {named}.",
        )
    if chosen.words is None:
        raise VgdeskError("--long needs a word list.", "Give the list with --words.")
    checked_file(chosen.long, SUFFIXES, force=chosen.force)
    checked_file(chosen.long.with_suffix(SCRIPT), force=chosen.force)


def write_long(chosen: argparse.Namespace, stacks: Sequence[LayerStack], facts: Facts) -> None:
    """Write the table and its script, and report both on standard error."""
    session = open_words(chosen.words)
    if chosen.ratings is not None:
        session = replace(session, ratings=read_ratings(chosen.ratings))
    find = SINGLE_VALUES[chosen.measure]
    values = [find(distinct_takes(stack, facts), facts, chosen.seed) for stack in stacks]
    known = LongFacts(session, chosen.label)
    table = long_table(values, known)
    script = chosen.long.with_suffix(SCRIPT)
    delimiter = "," if chosen.long.suffix == ".csv" else "\t"
    with written_whole(chosen.long, force=chosen.force) as stream:
        table.write(stream, delimiter)
    with written_whole(script, force=chosen.force) as stream:
        stream.write(r_script(table, known, chosen.long).encode("utf-8", "backslashreplace"))
    sys.stderr.write(f"{_report(table, chosen.long, script)}\n")


def _report(table: LongTable, file: Path, script: Path) -> str:
    lines = counted(sum(one.values.size for one in table.values), "line")
    lacking = f"; no column for {', '.join(table.lacking)}: not known" * bool(table.lacking)
    return f"{file}: {lines}{lacking}. {script}: formulas for lme4 and brms."
