"""Functions that run in an analysis process.

The process keeps every vector that it receives. A request names vectors by their keys, so a moved
slider or a new word sends a few kilobytes, not the whole stack.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import MapAnalysis, WordAnalysis
from vgdesk.analyses.inference.encoder_differences import subtract_curves
from vgdesk.analyses.lexicon.letter_profile import letter_profile
from vgdesk.analyses.retrieval.retrieval_list import list_partners, list_voices
from vgdesk.analyses.words.nearest_words import nearest_to
from vgdesk.analyses.words.word_overview import Sight, compare_rows
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.details import (
    GatingResult,
    LabelConfusions,
    LetterProfile,
    Neighbour,
    NeighbourChanges,
    RetrievalList,
)
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.gates import Gates
from vgdesk.core.model import WordId
from vgdesk.core.results import (
    LayerCurve,
    LayerDifference,
    LayerSimilarity,
    WordMap,
    WordOverview,
    WordSimilarity,
)
from vgdesk.core.stack import Embedding, LayerStack, stack_rows

STACKS_BYTES = 2**29  # 13,000 words of a model of base size
_vectors: dict[str, Embedding] = {}
_stacks: dict["StackPlan", LayerStack] = {}


class VectorsGoneError(VgdeskError):
    """The process was restarted and needs the vectors again."""


def remember(embeddings: tuple[Embedding, ...]) -> None:
    """Keep vectors for all later requests."""
    _vectors.update((embedding.key, embedding) for embedding in embeddings)


def stack_of(plan: StackPlan) -> LayerStack:
    """Return the stack of a plan; the last few are cached, of long lists only two."""
    stack = _stacks.pop(plan) if plan in _stacks else _build(plan)
    _stacks[plan] = stack  # the newest is the last
    while len(_stacks) > 2 and sum(s.values.nbytes for s in _stacks.values()) > STACKS_BYTES:
        del _stacks[next(iter(_stacks))]
    return stack


def _build(plan: StackPlan) -> LayerStack:
    try:
        rows = [
            (row, word, [[_vectors[key] for key in keys] for keys in voices])
            for row, word, voices in plan.rows
        ]
    except KeyError:
        raise VectorsGoneError("The analysis process was restarted.") from None
    stack = stack_rows(rows, encoder=plan.encoder)
    if stack is None:
        raise VgdeskError("There are no vectors yet.", "Record or load words.")
    _keep_once(plan, stack)
    return stack


def _keep_once(plan: StackPlan, stack: LayerStack) -> None:
    """Make vectors views of the newest stack; for a long list a copy would take gigabytes."""
    for i, (_row, _word, voices) in enumerate(plan.rows):
        match voices:
            case ((key,),):
                _vectors[key] = _vectors[key].derived(values=stack.values[:, i])


def stacks_of(a: StackPlan, b: StackPlan) -> tuple[LayerStack, LayerStack]:
    """Return the stacks of the rows in both plans, in the order of `a`.

    They are cached, so the next request gets the same objects.
    """
    first, second = _shared(a, b)
    return stack_of(first), stack_of(second)


def _shared(a: StackPlan, b: StackPlan) -> tuple[StackPlan, StackPlan]:
    of_b = {row[0]: row for row in b.rows}
    shared = tuple(row for row in a.rows if row[0] in of_b)
    rows_b = tuple(of_b[row[0]] for row in shared)
    return replace(a, rows=shared), replace(b, rows=rows_b)


def compare_layers(
    a: StackPlan, b: StackPlan, *, measure: str, facts: Facts, seed: int
) -> LayerSimilarity:
    """Compare every layer of `a` with every layer of `b` over their common rows."""
    result: LayerSimilarity = ANALYSES[measure].compute(*stacks_of(a, b), facts, seed)
    return result


def compare_words(
    *plans: StackPlan, measure: str, layers: tuple[int, ...], sight: Sight
) -> WordSimilarity | WordOverview:
    """Compare the rows of a layer with each other, or subtract the first of two layers' results.

    Parameters
    ----------
    plans
        One, or two: the result is the second minus the first, over their common rows.
    layers
        As many as plans.
    """
    stacks = stacks_of(*plans) if len(plans) == 2 else (stack_of(*plans),)
    analysis = ANALYSES[measure]
    assert isinstance(analysis, WordAnalysis)
    sides = [(s, _within(layer, s)) for s, layer in zip(stacks, layers, strict=True)]
    return compare_rows(analysis, sides, sight)


def find_changes(
    a: StackPlan, b: StackPlan, *, measure: str, layers: tuple[int, int]
) -> NeighbourChanges:
    """Find the words that change most from a layer of `a` to a layer of `b`."""
    first, second = stacks_of(a, b)
    result: NeighbourChanges = ANALYSES[measure].compute(
        first, _within(layers[0], first), second, _within(layers[1], second)
    )
    return result


def confuse_labels(
    plan: StackPlan, *, measure: str, layer: int, facts: Facts, seed: int
) -> LabelConfusions:
    """Find the labels that one layer confuses."""
    stack = stack_of(plan)
    result: LabelConfusions = ANALYSES[measure].compute(stack, _within(layer, stack), facts, seed)
    return result


def rank_gates(
    takes: StackPlan, *, measure: str, gates: tuple[Gates, ...], layer: int, facts: Facts
) -> tuple[GatingResult, ...]:
    """Rank a word at its gates, one result per condition, among the words of the takes."""
    stack, rank = stack_of(takes), ANALYSES[measure].compute
    place = _within(layer, stack)
    return tuple(rank(one.stack, stack, one.heard, place, facts, 0) for one in gates)


def profile_letters(plan: StackPlan, *, layer: int, facts: Facts, seed: int) -> LetterProfile:
    """Find the letters that make words round or sharp in one layer."""
    stack = stack_of(plan)
    return letter_profile(stack, _within(layer, stack), facts, seed)


def find_partners_of(
    a: StackPlan, b: StackPlan, *, layers: tuple[int, int], seed: int
) -> RetrievalList:
    """Rank each word of a layer of `a` among the words of a layer of `b`."""
    first, second = stacks_of(a, b)
    return list_partners(first, _within(layers[0], first), second, _within(layers[1], second), seed)


def find_other_voices(takes: StackPlan, *, layer: int, facts: Facts, seed: int) -> RetrievalList:
    """Rank each word by a speaker among the words of other speakers, in one layer."""
    stack = stack_of(takes)
    return list_voices(stack, _within(layer, stack), facts, seed)


def place_words(
    plan: StackPlan,
    *,
    measure: str,
    layer: int,
    fitted: frozenset[str] | None,
    facts: Facts,
    seed: int,
) -> Iterator[WordMap]:
    """Yield a point in the plane for every row; rows that are not `fitted` move no other point.

    The last map is the result; an earlier one shows new rows at their initial positions.
    """
    stack, method = stack_of(plan), ANALYSES[measure]
    assert isinstance(method, MapAnalysis)
    asked = stack, _within(layer, stack), fitted, facts, seed
    if method.draft is not None and (draft := method.draft(*asked)) is not None:
        yield draft
    yield method.compute(*asked)


def facts_about(plans: Iterable[StackPlan], facts: Facts) -> Facts:
    """Keep the facts about the rows of some plans; words without vectors have no influence."""
    rows = [row for plan in plans for row in plan.rows]
    return facts.only({word for _, word, _ in rows}, {row for row, _, _ in rows})


def score_layers(
    *plans: StackPlan, measure: str, facts: Facts, seed: int
) -> tuple[LayerCurve, ...]:
    """Score every layer of every encoder by the facts about its rows.

    Encoders that the measure does not apply to are left out: written words have no speakers. If it
    applies to none, the first reason is raised.
    """
    curves: list[LayerCurve] = []
    reasons: list[VgdeskError] = []
    for plan in until_cancelled(plans):
        try:
            curves += _curves(measure, plan, facts_about([plan], facts), seed)
        except VectorsGoneError:
            raise
        except VgdeskError as reason:
            reasons.append(reason)
    if reasons and not curves:
        raise reasons[0]
    return tuple(curves)


def subtract_scores(
    a: StackPlan,
    b: StackPlan,
    *,
    measure: str,
    facts: Facts,
    seed: int,
    smallest_effect: float,
) -> tuple[LayerDifference, ...]:
    """Subtract the scores of A from those of B, over their common rows."""
    plans = _shared(a, b)
    if not plans[0].rows:
        raise VgdeskError(
            f"{a.encoder} and {b.encoder} have no words or takes in common.",
            "Compare two encoders of the same takes, or choose a measure of words.",
        )
    curves = [_curves(measure, plan, facts_about([plan], facts), seed) for plan in plans]
    title = ANALYSES[measure].title
    return subtract_curves(curves, title, smallest_effect=smallest_effect, seed=seed)


@lru_cache(maxsize=16)
def _curves(analysis: str, plan: StackPlan, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    # A new word reaches one encoder after the other; the curves of the others stay valid.
    curves: tuple[LayerCurve, ...] = ANALYSES[analysis].compute(stack_of(plan), facts, seed)
    return curves


def find_neighbours(
    plan: StackPlan, *, layer: int, word: WordId, count: int
) -> tuple[Neighbour, ...]:
    """Find the rows nearest to a word in one layer."""
    stack = stack_of(plan)
    return nearest_to(word, stack, _within(layer, stack), count)


def _within(layer: int, stack: LayerStack) -> int:
    # The layer chosen for a deeper model may not exist in the current one.
    return min(layer, len(stack.layers) - 1)
