"""The command `vgdesk retrieve`: nearest matches of every word or take."""

import argparse
import sys

from vgdesk.analyses.inference.units import words_of
from vgdesk.analyses.retrieval.retrieval_list import list_partners, list_voices
from vgdesk.app.commands.arguments import add_seed
from vgdesk.app.commands.text_tables import as_json, retrieval_table
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_builder import Making, place_of_layer, stack_from
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.details import RetrievalList
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN
from vgdesk.core.stack import matched

HELP = (
    "a file from `vgdesk embed`, or an encoder's id together with --words: with two, words of the "
    "first are queries and words of the second targets; with one, the same word by other speakers"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command, except those for encoding."""
    parser.add_argument("stacks", nargs="+", metavar="STACK", help=HELP)
    parser.add_argument("--words", metavar="LIST", help="a project, a table or a word list")
    parser.add_argument("--layer", nargs="+", required=True, help="layer name, one per stack")
    parser.add_argument(
        "--best-first", action="store_true", help="list the best ranks first instead of the worst"
    )
    add_seed(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def retrieve(chosen: argparse.Namespace, making: Making) -> int:
    """Print the rank of every query's target."""
    found = _find(chosen, making)
    table = retrieval_table(found, is_best_first=chosen.best_first)
    sys.stdout.write(as_json(found) if chosen.json else table)
    return 0


def _find(chosen: argparse.Namespace, making: Making) -> RetrievalList:
    if len(chosen.stacks) > 2 or len(chosen.layer) != len(chosen.stacks):
        raise VgdeskError("Give one or two stacks, and one --layer for each.")
    stacks = [stack_from(name, chosen.words, making) for name in chosen.stacks]
    places = [place_of_layer(s, name) for s, name in zip(stacks, chosen.layer, strict=True)]
    facts = NOTHING_KNOWN if chosen.words is None else facts_of(open_words(chosen.words), "")
    if len(stacks) == 2:
        a, b = matched(*(words_of(stack, facts) for stack in stacks))
        return list_partners(a, places[0], b, places[1], chosen.seed)
    if chosen.words is None:
        raise VgdeskError(
            "The speakers of the takes are not known.",
            "Give a table of the takes and their speakers with --words, or a second stack.",
        )
    return list_voices(stacks[0], places[0], facts, chosen.seed)
