"""The command line: the functions of the window without Qt."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from vgdesk import __version__
from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import CurveAnalysis, Kind, WordAnalysis
from vgdesk.analyses.inference.units import words_of
from vgdesk.analyses.lexicon.letter_profile import letter_profile
from vgdesk.analyses.words.word_overview import MOST_ROWS, Sight, compare_rows
from vgdesk.app.commands import (
    abx,
    captions,
    differences,
    embed,
    gate,
    long_format,
    project_commands,
    retrieve,
    run_recipe,
)
from vgdesk.app.commands.arguments import (
    LIST_HELP,
    STACK_HELP,
    add_device,
    add_making,
    add_seed,
    making_of,
)
from vgdesk.app.commands.measures_page import measures_list, measures_page
from vgdesk.app.commands.selftest import CHECKS
from vgdesk.app.commands.study import study_command
from vgdesk.app.commands.text_tables import (
    as_json,
    changes_table,
    confusions_table,
    curves_table,
    letters_table,
    map_table,
    similarity_table,
    words_table,
)
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.project.output_files import TargetExistsError
from vgdesk.app.stacks.stack_builder import Making, place_of_layer, stack_from
from vgdesk.app.words.label_columns import CATEGORY, SHAPE
from vgdesk.app.words.ratings_file import Ratings, rated_pairs, read_ratings
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.details import LabelConfusions, NeighbourChanges
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap
from vgdesk.core.stack import LayerStack, matched
from vgdesk.core.viewing import Order, Rows
from vgdesk.encoders import ENCODERS, FAMILIES
from vgdesk.ending import BAD_INPUT


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code: 0 on success, 2 for invalid input."""
    try:
        chosen = _parser().parse_args(arguments)
        code: int = chosen.command(chosen)
    except VgdeskError as error:
        may_replace = isinstance(error, TargetExistsError)
        hint = " Add --force to replace it." if may_replace else ""
        sys.stderr.write(f"{error}{hint}\n")
        return BAD_INPUT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "vgdesk",
        description="Explore how speech and text encoders represent words. Without arguments, or "
        "with a project folder, opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"vgdesk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_embed(commands.add_parser("embed", help="turn words into one vector per layer"))
    _add_compare(commands.add_parser("compare", help="compare the layers of two encoders"))
    _add_score(
        commands.add_parser("score", help="score every layer by known properties of the words")
    )
    differences.add_arguments(
        commands.add_parser("differences", help="test by how much B scores above A at every layer")
    )
    _add_words(commands.add_parser("words", help="compare the words of one layer"))
    _add_map(commands.add_parser("map", help="map the words of a layer in two dimensions"))
    _add_changes(commands.add_parser("changes", help="list the words that change most from A to B"))
    _add_confusions(commands.add_parser("confusions", help="show which labels are confused"))
    _add_gate(commands.add_parser("gate", help="rank a word as more and more of it is heard"))
    _add_abx(commands.add_parser("abx", help="ask ABX questions about takes, frame by frame"))
    _add_captions(
        commands.add_parser("captions", help="compare caption similarity with human ratings")
    )
    _add_retrieve(
        commands.add_parser("retrieve", help="list the nearest matches of every word or take")
    )
    _add_letters(
        commands.add_parser("letters", help="show which letters make words round or sharp")
    )
    study_command.add_arguments(
        commands.add_parser("reproduce", help="reproduce the study's analyses")
    )
    run_recipe.add_all(commands)
    project_commands.add_all(commands)
    measures = commands.add_parser("measures", help="list the measures")
    measures.add_argument(
        "--markdown", action="store_true", help="print a Markdown page with formulas and sources"
    )
    measures.set_defaults(command=_measures)
    models = commands.add_parser("models", help="list the available encoders")
    models.set_defaults(command=_models)
    selftest = commands.add_parser("selftest", help="check this installation, one line per check")
    selftest.set_defaults(command=_selftest)
    return parser


def _add_embed(parser: argparse.ArgumentParser) -> None:
    embed.add_arguments(parser)
    add_making(parser)
    parser.set_defaults(command=lambda chosen: embed.embed(chosen, making_of(chosen)))


def _add_compare(parser: argparse.ArgumentParser) -> None:
    for name in ("a", "b"):
        parser.add_argument(name, metavar=name.upper(), help=STACK_HELP)
    _add_measure(parser, Kind.LAYERS)
    parser.set_defaults(command=_compare)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", nargs="+", metavar="STACK", help=STACK_HELP)
    _add_measure(parser, Kind.CURVE)
    parser.add_argument(
        "--ratings",
        type=Path,
        metavar="FILE",
        help="human similarity ratings: a table with the columns word1, word2 and similarity; the "
        "ratings of the project if not given",
    )
    long_format.add_arguments(parser)
    parser.set_defaults(command=_score)


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "stacks", nargs="+", metavar="STACK", help=f"{STACK_HELP}; with two, B minus A is shown"
    )
    _add_layer(parser, Kind.WORDS)
    parser.add_argument(
        "--order",
        choices=[order.value for order in Order],
        default=Order.LIST.value,
        help=f"order of rows before more than {MOST_ROWS} of them are averaged in blocks",
    )
    parser.add_argument("--only", nargs="+", metavar="ROW", default=(), help="show only these rows")
    parser.set_defaults(command=_words)


def _add_map(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", nargs=1, metavar="STACK", help=STACK_HELP)
    _add_layer(parser, Kind.MAP)
    parser.set_defaults(command=_map)


def _add_letters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", nargs=1, metavar="STACK", help=STACK_HELP)
    parser.add_argument("--layer", nargs=1, required=True, help="name of the layer")
    parser.add_argument("--words", default="kiki-bouba", metavar="LIST", help=LIST_HELP)
    add_seed(parser)
    add_making(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(command=_letters, rows=Rows.WORDS.value, label=SHAPE)


def _add_changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", nargs=2, metavar="STACK", help=f"A and B: {STACK_HELP}")
    _add_layer(parser, Kind.CHANGES)
    parser.set_defaults(command=_changes)


def _add_confusions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", nargs=1, metavar="STACK", help=STACK_HELP)
    _add_layer(parser, Kind.CONFUSION)
    parser.set_defaults(command=_confusions)


def _add_gate(parser: argparse.ArgumentParser) -> None:
    gate.add_arguments(parser)
    add_making(parser)
    parser.set_defaults(command=lambda chosen: gate.gate(chosen, making_of(chosen)))


def _add_abx(parser: argparse.ArgumentParser) -> None:
    abx.add_arguments(parser)
    add_device(parser)
    parser.set_defaults(command=lambda chosen: abx.ask(chosen, Making(device=chosen.device)))


def _add_captions(parser: argparse.ArgumentParser) -> None:
    captions.add_arguments(parser)
    add_making(parser)
    parser.set_defaults(command=lambda chosen: captions.compare(chosen, making_of(chosen)))


def _add_retrieve(parser: argparse.ArgumentParser) -> None:
    retrieve.add_arguments(parser)
    add_making(parser)
    parser.set_defaults(command=lambda chosen: retrieve.retrieve(chosen, making_of(chosen)))


def _add_layer(parser: argparse.ArgumentParser, kind: Kind) -> None:
    parser.add_argument("--layer", nargs="+", required=True, help="layer name, one per stack")
    parser.add_argument(
        "--rows",
        choices=[rows.value for rows in Rows],
        default=Rows.WORDS.value,
        help="what to compare; words if not given",
    )
    _add_measure(parser, kind)


def _add_measure(parser: argparse.ArgumentParser, kind: Kind) -> None:
    ids = [analysis.id for analysis in of_kind(kind)]
    parser.add_argument(
        "--measure",
        choices=ids,
        default=ids[0],
        metavar="ID",
        help=f"a measure from `vgdesk measures`; {ids[0]} if not given",
    )
    parser.add_argument(
        "--words",
        metavar="LIST",
        help=LIST_HELP,
    )
    parser.add_argument("--label", default=CATEGORY, help="the label column to use")
    add_seed(parser)
    add_making(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def _compare(chosen: argparse.Namespace) -> int:
    measure, facts = ANALYSES[chosen.measure], _facts(chosen)
    a, b = matched(*(words_of(_stack(name, chosen), facts) for name in (chosen.a, chosen.b)))
    result: LayerSimilarity = measure.compute(a, b, facts, chosen.seed)
    sys.stdout.write(as_json(result) if chosen.json else similarity_table(result))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    long_format.check_long(chosen)
    measure, facts = ANALYSES[chosen.measure], _facts(chosen)
    assert isinstance(measure, CurveAnalysis)
    if chosen.ratings is not None:
        facts = replace(facts, ratings=_ratings(chosen))
    curves: list[LayerCurve] = []
    stacks = [_stack(name, chosen) for name in chosen.stacks]
    if measure.rows is Rows.WORDS:
        stacks = [words_of(stack, facts) for stack in stacks]
    for stack in stacks:
        curves += measure.compute(stack, facts, chosen.seed)
    if chosen.long is not None:
        long_format.write_long(chosen, stacks, facts)
    sys.stdout.write(as_json(*curves) if chosen.json else curves_table(curves))
    return 0


def _ratings(chosen: argparse.Namespace) -> Ratings:
    if chosen.words is None:
        raise VgdeskError("--ratings needs a word list.", "Give the list with --words.")
    return rated_pairs(replace(open_words(chosen.words), ratings=read_ratings(chosen.ratings)))


def _words(chosen: argparse.Namespace) -> int:
    layers = _layers(chosen)
    if len(layers) == 2:
        layers = list(zip(matched(*(s for s, _ in layers)), (i for _, i in layers), strict=True))
    measure = ANALYSES[chosen.measure]
    assert isinstance(measure, WordAnalysis)
    sight = Sight(Order(chosen.order), _facts(chosen), frozenset(chosen.only))
    result = compare_rows(measure, layers, sight)
    sys.stdout.write(as_json(result) if chosen.json else words_table(result))
    return 0


def _map(chosen: argparse.Namespace) -> int:
    ((stack, layer),) = _layers(chosen)
    place = ANALYSES[chosen.measure].compute
    result: WordMap = place(stack, layer, None, _facts(chosen), chosen.seed)
    sys.stdout.write(as_json(result) if chosen.json else map_table(result))
    return 0


def _changes(chosen: argparse.Namespace) -> int:
    (a, a_layer), (b, b_layer) = _layers(chosen)
    find = ANALYSES[chosen.measure].compute
    a, b = matched(a, b)
    result: NeighbourChanges = find(a, a_layer, b, b_layer)
    sys.stdout.write(as_json(result) if chosen.json else changes_table(result))
    return 0


def _confusions(chosen: argparse.Namespace) -> int:
    ((stack, layer),) = _layers(chosen)
    confuse = ANALYSES[chosen.measure].compute
    result: LabelConfusions = confuse(stack, layer, _facts(chosen), chosen.seed)
    sys.stdout.write(as_json(result) if chosen.json else confusions_table(result))
    return 0


def _layers(chosen: argparse.Namespace) -> list[tuple[LayerStack, int]]:
    """Return each stack with the index of its layer."""
    if len(chosen.stacks) > 2 or len(chosen.layer) != len(chosen.stacks):
        raise VgdeskError("Give one or two stacks, and one --layer for each.")
    found, facts = [], _facts(chosen)
    for name, layer in zip(chosen.stacks, chosen.layer, strict=True):
        stack = _stack(name, chosen)
        place = place_of_layer(stack, layer)
        rows = words_of(stack, facts) if chosen.rows == Rows.WORDS.value else stack
        found.append((rows, place))
    return found


def _letters(chosen: argparse.Namespace) -> int:
    ((stack, layer),) = _layers(chosen)
    facts = facts_of(open_words(chosen.words), chosen.label)
    profile = letter_profile(stack, layer, facts, chosen.seed)
    sys.stdout.write(as_json(profile) if chosen.json else letters_table(profile))
    return 0


def _measures(chosen: argparse.Namespace) -> int:
    sys.stdout.write(measures_page() if chosen.markdown else measures_list())
    return 0


def _stack(name: str, chosen: argparse.Namespace) -> LayerStack:
    return stack_from(name, chosen.words, making_of(chosen))


def _facts(chosen: argparse.Namespace) -> Facts:
    if chosen.words is None:
        return NOTHING_KNOWN
    return facts_of(open_words(chosen.words), chosen.label)


def _models(_chosen: argparse.Namespace) -> int:
    for spec in ENCODERS.values():
        sys.stdout.write(
            f"{spec.id}\t{spec.modality.value}\t{len(spec.layers)} layers of {spec.dim}\t"
            f"{spec.title}{f'. {spec.purpose}' if spec.purpose else ''}\n"
        )
    names = ", ".join(family.title for family in FAMILIES.values())
    sys.stdout.write(f"From a folder with config.json and safetensors: {names}\n")
    sys.stdout.write(
        "From a file with one word per line: word vectors (GloVe, word2vec, fastText)\n"
    )
    return 0


def _selftest(_chosen: argparse.Namespace) -> int:
    failures = 0
    for name, check in CHECKS.items():
        failures += not _passes(name, check)
    return 1 if failures else 0


def _passes(name: str, check: Callable[[], str]) -> bool:
    try:
        found = check()
    except VgdeskError as error:
        sys.stdout.write(f"FAIL  {name}: {error}\n")
        return False
    sys.stdout.write(f"ok    {name}: {found}\n")
    return True
