"""What runs in an analysis process.

The process remembers every vector that it was sent once. A request names vectors by their keys,
so that a moved slider or one new word costs a few kilobytes and not the whole stack.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import MapAnalysis, WordAnalysis
from vgdesk.analyses.lexicon.letter_profile import letter_profile
from vgdesk.analyses.retrieval.retrieval_list import list_partners, list_voices
from vgdesk.analyses.words.word_overview import Sight, compare_rows
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.core.arrays import FloatArray
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
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordOverview, WordSimilarity
from vgdesk.core.stack import Embedding, LayerStack, stack_rows

STACKS_BYTES = 2**29  # 13,000 words of a model of base size
_vectors: dict[str, Embedding] = {}
_stacks: dict["StackPlan", LayerStack] = {}


class VectorsGoneError(VgdeskError):
    """The process was started anew and has to be told the vectors again."""


def remember(embeddings: tuple[Embedding, ...]) -> None:
    """Keep vectors for all later requests."""
    _vectors.update((embedding.key, embedding) for embedding in embeddings)


def stack_of(plan: StackPlan) -> LayerStack:
    """Return the stack of a plan; the last few are kept, of long lists only two."""
    stack = _stacks.pop(plan) if plan in _stacks else _build(plan)
    _stacks[plan] = stack  # the newest is the last
    while len(_stacks) > 2 and sum(s.values.nbytes for s in _stacks.values()) > STACKS_BYTES:
        del _stacks[next(iter(_stacks))]
    return stack


def _build(plan: StackPlan) -> LayerStack:
    try:
        rows = [(row, word, [_vectors[key] for key in keys]) for row, word, keys in plan.rows]
    except KeyError:
        raise VectorsGoneError("The analysis process was started anew.") from None
    stack = stack_rows(rows, encoder=plan.encoder)
    if stack is None:
        raise VgdeskError("There are no vectors yet.", "Record or load words.")
    _keep_once(plan, stack)
    return stack


def _keep_once(plan: StackPlan, stack: LayerStack) -> None:
    """Let vectors be parts of the newest stack: of a long list a second copy takes gigabytes."""
    for i, (_row, _word, keys) in enumerate(plan.rows):
        if len(keys) == 1:
            _vectors[keys[0]] = _vectors[keys[0]].derived(values=stack.values[:, i])


def stacks_of(a: StackPlan, b: StackPlan) -> tuple[LayerStack, LayerStack]:
    """Return the stacks of the rows that both plans have, in the order of `a`.

    As with all stacks these are kept, so that they are the same at the next request.
    """
    of_b = {row[0]: row for row in b.rows}
    shared = tuple(row for row in a.rows if row[0] in of_b)
    rows_b = tuple(of_b[row[0]] for row in shared)
    return stack_of(replace(a, rows=shared)), stack_of(replace(b, rows=rows_b))


def compare_layers(
    analysis: str, a: StackPlan, b: StackPlan, facts: Facts, seed: int
) -> LayerSimilarity:
    """Compare every layer of `a` with every layer of `b` over the rows that both have."""
    result: LayerSimilarity = ANALYSES[analysis].compute(*stacks_of(a, b), facts, seed)
    return result


def compare_words(
    analysis: str, plan: StackPlan, layer: int, sight: Sight
) -> WordSimilarity | WordOverview:
    """Compare the rows of one layer with each other."""
    return _compare(analysis, [(stack_of(plan), layer)], sight)


def compare_words_between(
    analysis: str, a: StackPlan, a_layer: int, b: StackPlan, b_layer: int, sight: Sight
) -> WordSimilarity | WordOverview:
    """Subtract the word similarities of a layer of `a` from those of a layer of `b`."""
    first, second = stacks_of(a, b)
    return _compare(analysis, [(first, a_layer), (second, b_layer)], sight)


def _compare(
    analysis: str, sides: list[tuple[LayerStack, int]], sight: Sight
) -> WordSimilarity | WordOverview:
    measure = ANALYSES[analysis]
    assert isinstance(measure, WordAnalysis)
    return compare_rows(measure, [(s, _within(layer, s)) for s, layer in sides], sight)


def find_changes(
    analysis: str, a: StackPlan, a_layer: int, b: StackPlan, b_layer: int
) -> NeighbourChanges:
    """Find the words that change most from a layer of `a` to a layer of `b`."""
    first, second = stacks_of(a, b)
    result: NeighbourChanges = ANALYSES[analysis].compute(
        first, _within(a_layer, first), second, _within(b_layer, second)
    )
    return result


def confuse_labels(
    analysis: str, plan: StackPlan, layer: int, facts: Facts, seed: int
) -> LabelConfusions:
    """Find the labels that are taken for each other in one layer."""
    stack = stack_of(plan)
    result: LabelConfusions = ANALYSES[analysis].compute(stack, _within(layer, stack), facts, seed)
    return result


def rank_gates(
    analysis: str, gates: tuple[Gates, ...], takes: StackPlan, layer: int, facts: Facts
) -> tuple[GatingResult, ...]:
    """Rank a word at its gates, which are heard in several ways, among the words of the takes."""
    stack, rank = stack_of(takes), ANALYSES[analysis].compute
    place = _within(layer, stack)
    return tuple(rank(one.stack, stack, one.heard, place, facts, 0) for one in gates)


def profile_letters(plan: StackPlan, layer: int, facts: Facts, seed: int) -> LetterProfile:
    """Find the letters that make words round or sharp in one layer."""
    stack = stack_of(plan)
    return letter_profile(stack, _within(layer, stack), facts, seed)


def find_partners_of(
    a: StackPlan, a_layer: int, b: StackPlan, b_layer: int, seed: int
) -> RetrievalList:
    """Let the words of a layer of `a` look for themselves in a layer of `b`."""
    first, second = stacks_of(a, b)
    return list_partners(first, _within(a_layer, first), second, _within(b_layer, second), seed)


def find_other_voices(takes: StackPlan, layer: int, facts: Facts, seed: int) -> RetrievalList:
    """Let the takes of a layer look for their words among those of other speakers."""
    stack = stack_of(takes)
    return list_voices(stack, _within(layer, stack), facts, seed)


def place_words(
    analysis: str,
    plan: StackPlan,
    layer: int,
    fitted: frozenset[str] | None,
    facts: Facts,
    seed: int,
) -> Iterator[WordMap]:
    """Give every row a place in the plane; rows that are not `fitted` move nobody.

    The last map counts; one before it shows new rows where they begin.
    """
    stack, method = stack_of(plan), ANALYSES[analysis]
    assert isinstance(method, MapAnalysis)
    asked = stack, _within(layer, stack), fitted, facts, seed
    if method.draft is not None and (draft := method.draft(*asked)) is not None:
        yield draft
    yield method.compute(*asked)


def facts_about(plans: Iterable[StackPlan], facts: Facts) -> Facts:
    """Keep what is known of the rows of some plans: a word without vectors changes nothing."""
    rows = [row for plan in plans for row in plan.rows]
    return facts.only({word for _, word, _ in rows}, {row for row, _, _ in rows})


def score_layers(
    analysis: str, plans: tuple[StackPlan, ...], facts: Facts, seed: int
) -> tuple[LayerCurve, ...]:
    """Score every layer of every encoder by what is known about its rows.

    An encoder of which the measure cannot be had is left out: written words have no speakers. If
    it is to be had of none, the reason is raised.
    """
    curves: list[LayerCurve] = []
    reasons: list[VgdeskError] = []
    for plan in until_cancelled(plans):
        try:
            curves += _curves(analysis, plan, facts_about([plan], facts), seed)
        except VectorsGoneError:
            raise
        except VgdeskError as reason:
            reasons.append(reason)
    if reasons and not curves:
        raise reasons[0]
    return tuple(curves)


@lru_cache(maxsize=16)
def _curves(analysis: str, plan: StackPlan, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    # A new word reaches one encoder after the other; the curves of the others stand meanwhile.
    curves: tuple[LayerCurve, ...] = ANALYSES[analysis].compute(stack_of(plan), facts, seed)
    return curves


def find_neighbours(plan: StackPlan, layer: int, word: WordId, count: int) -> tuple[Neighbour, ...]:
    """Find the rows nearest to a word in the original space, by cosine; its own rows left out."""
    stack = stack_of(plan)
    values = stack.values[_within(layer, stack)].astype(np.float64)
    own = np.array([other == word for other in stack.words])
    if not own.any():
        return ()
    cosine = _unit(values) @ _unit(values[own].mean(axis=0, keepdims=True))[0]
    order = [i for i in np.argsort(-cosine, kind="stable") if not own[i]][:count]
    return tuple(Neighbour(stack.rows[i], stack.words[i], float(cosine[i])) for i in order)


def _unit(values: FloatArray) -> FloatArray:
    length = np.linalg.norm(values, axis=1, keepdims=True)
    unit: FloatArray = values / np.where(length > 0, length, 1.0)
    return unit


def _within(layer: int, stack: LayerStack) -> int:
    # A layer chosen for a deeper model stays chosen when a shallower one takes its cell.
    return min(layer, len(stack.layers) - 1)
