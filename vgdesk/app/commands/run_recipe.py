"""The commands `vgdesk recipe` and `vgdesk run`: fix an analysis, and run it as it was fixed."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis, Kind
from vgdesk.analyses.inference.units import words_of
from vgdesk.app.commands.arguments import LIST_HELP, add_force, add_seed
from vgdesk.app.commands.recipe import Recipe, recorded_since, relative_list
from vgdesk.app.commands.text_tables import Result, as_json, curves_table, similarity_table
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.project.output_files import checked_file, written_whole
from vgdesk.app.stacks.stack_builder import Making, make_stack, place_of_layer
from vgdesk.app.words.label_columns import CATEGORY
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import Session
from vgdesk.core.results import LayerCurve, LayerSimilarity
from vgdesk.core.stack import LayerStack, matched
from vgdesk.core.viewing import Rows
from vgdesk.encoders.base import Pooling

if TYPE_CHECKING:  # argparse has no public name for this type
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SUFFIX = ".json"
DEVIATES = 1
NOTHING = "Nothing deviates from the recipe."
KINDS = (Kind.CURVE, Kind.LAYERS)


def add_all(commands: "Commands") -> None:
    """Add both commands to a parser."""
    fix = "fix an analysis in a file before its data are seen"
    _add_recipe(commands.add_parser("recipe", help=fix))
    _add_run(commands.add_parser("run", help="run a recipe, and list what deviates from it"))


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="LIST", help=LIST_HELP)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .json file")
    parser.add_argument(
        "--encoder", nargs="+", required=True, metavar="ID", help="ids, model folders or files"
    )
    parser.add_argument(
        "--measure",
        nargs="+",
        required=True,
        metavar="ID",
        help="measures of curves and layers from `vgdesk measures`",
    )
    parser.add_argument("--layer", nargs="+", default=(), help="layers; all if not given")
    parser.add_argument(
        "--exclude", nargs="+", default=(), metavar="ID", help="words or takes to leave out"
    )
    parser.add_argument("--label", default=CATEGORY, help="the label column to use")
    parser.add_argument("--pooling", choices=[p.value for p in Pooling], default="mean")
    add_seed(parser)
    add_force(parser)
    parser.set_defaults(command=_write)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, help="a file from `vgdesk recipe`")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(command=_run)


def _write(chosen: argparse.Namespace) -> int:
    checked_file(chosen.out, (SUFFIX,), force=chosen.force)
    recipe = Recipe(
        relative_list(chosen.words, chosen.out),
        tuple(chosen.encoder),
        tuple(chosen.measure),
        chosen.label,
        chosen.seed,
        chosen.pooling,
        tuple(chosen.layer),
        tuple(chosen.exclude),
    )
    _check(recipe)
    session = open_words(chosen.words)
    recipe = recipe.fixed(session, [find_encoder(name) for name in recipe.encoders])
    with written_whole(chosen.out, force=chosen.force) as stream:
        stream.write(recipe.text().encode("utf-8", "backslashreplace"))
    fixed = f"{counted(len(session.words), 'word')}, {counted(len(session.takes), 'take')}"
    sys.stdout.write(f"{chosen.out}: {fixed}, {counted(len(recipe.encoders), 'encoder')}\n")
    return 0


def _check(recipe: Recipe) -> None:
    """Raise VgdeskError for a measure that a recipe cannot run."""
    for name in recipe.measures:
        if name not in ANALYSES or ANALYSES[name].kind not in KINDS:
            raise VgdeskError(
                f"A recipe cannot run the measure “{name}”.",
                "Choose measures of the kinds curve and layers from `vgdesk measures`.",
            )
        if ANALYSES[name].kind is Kind.LAYERS and len(recipe.encoders) < 2:
            raise VgdeskError(f"“{name}” compares two encoders.", "Give at least two encoders.")


def _run(chosen: argparse.Namespace) -> int:
    recipe = Recipe.read(chosen.recipe)
    _check(recipe)
    words = recipe.list_from(chosen.recipe.absolute().parent)
    session = open_words(words)
    specs = [find_encoder(name) for name in recipe.encoders]
    deviations = list(recipe.deviations(session, specs))
    stacks = {}
    for name, spec in zip(recipe.encoders, specs, strict=True):
        stack, is_whole = make_stack(spec, [Path(words)], Making(Pooling(recipe.pooling)))
        stacks[name] = _kept(stack, recipe)
        if not is_whole:
            deviations.append(f"Some words or takes could not be encoded by “{name}”.")
    results = list(_results(recipe, stacks, facts_of(_without(session, recipe), recipe.label)))
    sentences = [*(deviations or [NOTHING]), *filter(None, [recorded_since(recipe, session)])]
    said = "".join(f"{one}\n" for one in sentences)
    if chosen.json:
        sys.stderr.write(said)
        sys.stdout.write(as_json(*(one for found in results for one in found)))
    else:
        sys.stdout.write(said + "".join(f"\n{_table(found)}" for found in results))
    return DEVIATES if deviations else 0


def _kept(stack: LayerStack, recipe: Recipe) -> LayerStack:
    """Leave out excluded rows, and layers that the recipe does not name."""
    out = set(recipe.exclude)
    ids = zip(stack.rows, stack.words, strict=True)
    rows = [i for i, both in enumerate(ids) if not out & set(both)]
    if not rows:
        raise VgdeskError("The recipe excludes all words.", "Write a new recipe.")
    stack = stack.only(rows)
    if not recipe.layers:
        return stack
    places = [place_of_layer(stack, name) for name in recipe.layers]
    return replace(stack, layers=recipe.layers, values=stack.values[places])


def _without(session: Session, recipe: Recipe) -> Session:
    out = set(recipe.exclude)
    words = {name: word for name, word in session.words.items() if name not in out}
    takes = {
        name: take
        for name, take in session.takes.items()
        if name not in out and take.word not in out
    }
    return replace(session, words=words, takes=takes)


def _results(
    recipe: Recipe, stacks: Mapping[str, LayerStack], facts: Facts
) -> Iterator[tuple[Result, ...]]:
    """Compute each measure as the single commands do: curves together, comparisons by pair."""
    for measure in (ANALYSES[name] for name in recipe.measures):
        if isinstance(measure, CurveAnalysis):
            is_words = measure.rows is Rows.WORDS
            used = [words_of(one, facts) if is_words else one for one in stacks.values()]
            yield tuple(c for one in used for c in measure.compute(one, facts, recipe.seed))
            continue
        for pair in combinations(stacks.values(), 2):
            yield (
                measure.compute(
                    *matched(*(words_of(one, facts) for one in pair)), facts, recipe.seed
                ),
            )


def _table(results: tuple[Result, ...]) -> str:
    curves = [one for one in results if isinstance(one, LayerCurve)]
    if curves:
        return f"{curves[0].measure}\n{curves_table(curves)}"
    (result,) = (one for one in results if isinstance(one, LayerSimilarity))
    return f"{result.measure}\n{similarity_table(result)}"
