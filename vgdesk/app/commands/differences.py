"""The command `vgdesk differences`: B minus A at every layer, and differences of differences."""

import argparse
import math
import sys

from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import CurveAnalysis, Kind
from vgdesk.analyses.inference.encoder_differences import (
    DEPTHS,
    subtract_curves,
    subtract_similarities,
)
from vgdesk.analyses.inference.units import words_of
from vgdesk.app.commands.arguments import (
    LIST_HELP,
    STACK_HELP,
    add_making,
    add_seed,
    making_of,
)
from vgdesk.app.commands.text_tables import as_json, differences_table
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_builder import stack_from
from vgdesk.app.words.label_columns import CATEGORY
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerDifference
from vgdesk.core.stack import LayerStack, matched_all
from vgdesk.core.viewing import Rows

MEASURES = [analysis.id for kind in (Kind.CURVE, Kind.LAYERS) for analysis in of_kind(kind)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    for name in ("a", "b"):
        parser.add_argument(name, metavar=name.upper(), help=STACK_HELP)
    parser.add_argument(
        "--minus",
        nargs=2,
        metavar=("C", "D"),
        help="also subtract the same of C and D: for a measure of one encoder, (B minus A) minus "
        "(D minus C); for a measure of two, their similarity from that of A and B",
    )
    parser.add_argument(
        "--measure",
        choices=MEASURES,
        default=MEASURES[0],
        metavar="ID",
        help="a measure from `vgdesk measures` of the kinds shown by score and compare; "
        f"{MEASURES[0]} if not given",
    )
    parser.add_argument("--words", metavar="LIST", help=LIST_HELP)
    parser.add_argument("--label", default=CATEGORY, help="the label column to use")
    parser.add_argument(
        "--by",
        choices=DEPTHS,
        help="pair layers by block number or by relative depth; both if they differ and this is "
        "not given",
    )
    parser.add_argument(
        "--smallest-effect",
        type=effect,
        default=0.0,
        metavar="X",
        help="the smallest difference that matters, in units of the measure: also test where the "
        "difference is smaller",
    )
    add_seed(parser)
    add_making(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(command=subtract)


def effect(text: str) -> float:
    """Parse a smallest effect; argparse reports the error."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (0 < number < math.inf):
        raise argparse.ArgumentTypeError(f"a smallest effect is above 0, not “{text[:40]}”")
    return number


def subtract(chosen: argparse.Namespace) -> int:
    """Print a table or JSON of the differences."""
    found = _find(chosen)
    sys.stdout.write(as_json(*found) if chosen.json else differences_table(found))
    return 0


def _find(chosen: argparse.Namespace) -> tuple[LayerDifference, ...]:
    measure = ANALYSES[chosen.measure]
    is_curve = isinstance(measure, CurveAnalysis)
    if chosen.minus is None and not is_curve:
        raise VgdeskError(
            f"“{measure.title}” compares two encoders, so it has a difference only between two "
            "pairs of them.",
            "Give the second pair with --minus C D.",
        )
    facts = NOTHING_KNOWN
    if chosen.words is not None:
        facts = facts_of(open_words(chosen.words), chosen.label)
    is_of_takes = isinstance(measure, CurveAnalysis) and measure.rows is Rows.TAKES
    stacks = _stacks(chosen, facts, is_of_takes=is_of_takes)
    depths = (chosen.by,) if chosen.by else DEPTHS
    smallest, seed = chosen.smallest_effect, chosen.seed
    if is_curve:
        curves = [measure.compute(stack, facts, seed) for stack in stacks]
        return subtract_curves(
            curves, measure.title, depths=depths, smallest_effect=smallest, seed=seed
        )
    a, b, c, d = stacks
    return subtract_similarities(
        measure.compute(a, b, facts, seed),
        measure.compute(c, d, facts, seed),
        measure.title,
        depths=depths,
        smallest_effect=smallest,
        seed=seed,
    )


def _stacks(chosen: argparse.Namespace, facts: Facts, *, is_of_takes: bool) -> list[LayerStack]:
    """Return the stacks of all encoders over the rows that all of them have."""
    names = [chosen.a, chosen.b, *(chosen.minus or ())]
    known = {name: stack_from(name, chosen.words, making_of(chosen)) for name in set(names)}
    stacks = [known[name] if is_of_takes else words_of(known[name], facts) for name in names]
    found = matched_all(stacks)
    if not found[0].rows:
        what = "takes" if is_of_takes else "words"
        raise VgdeskError(
            f"{', '.join(dict.fromkeys(names))}: these have no {what} in common.",
            "A difference needs scores of the same words.",
        )
    return found
