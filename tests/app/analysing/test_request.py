from dataclasses import replace

import pytest

from vgdesk.app.analysing.analysis_worker import find_partners_of, profile_letters
from vgdesk.app.analysing.request import Request, answer
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId


def plan_of(*words: str) -> StackPlan:
    return StackPlan(EncoderId("one"), tuple((w, WordId(w), ((w,),)) for w in words))


def labels_of(*words: str, column: str = "category") -> Facts:
    facts = Facts.of_labels({WordId(word): "animal" for word in words})
    return replace(facts, column=column)


def letters(*words: str, layer: int = 0, seed: int = 0, column: str = "category") -> Request:
    facts = labels_of(*words, column=column)
    return Request(
        profile_letters, (plan_of(*words),), {"layer": layer, "facts": facts, "seed": seed}
    )


def test_one_more_word_is_the_same_question_and_another_request() -> None:
    few, more = letters("dog", "cat"), letters("dog", "cat", "cow")
    assert few != more
    assert few.is_same_question(more)


@pytest.mark.parametrize(
    "other",
    [letters("dog", layer=1), letters("dog", seed=1), letters("dog", column="onset")],
)
def test_another_choice_is_another_question(other: Request) -> None:
    assert not letters("dog").is_same_question(other)


def test_another_call_is_another_question() -> None:
    one = letters("dog")
    assert not one.is_same_question(replace(one, call=find_partners_of))


def difference(a: int, b: int, *, scale: int) -> int:
    return scale * (a - b)


def test_an_answer_is_the_call_with_plans_in_order_and_choices_by_name() -> None:
    request = Request(difference, (5, 3), {"scale": 10})  # type: ignore[arg-type]
    assert answer(request) == 20
