from pathlib import Path

import pytest

from tests.app.project_examples import sessions_of, take, word
from vgdesk.app.words.prompt_order import (
    Progress,
    PromptPlan,
    due_words,
    in_order,
    next_prompt,
    progress,
    step_prompt,
)
from vgdesk.core.model import Session, WordId

NAMES = ("dog", "cat", "tea", "sun", "moon")


def words_with(counts: dict[str, int], speaker: str = "") -> Session:
    takes = [
        take(f"{name}-{number}", Path(f"/x/{name}{number}.flac"), speaker=speaker)
        for name, count in counts.items()
        for number in range(count)
    ]
    return sessions_of([word(name) for name in NAMES], takes)


def recorded_in_turn(plan: PromptPlan) -> list[str]:
    """Say whatever is asked for until the list is done."""
    counts, said, current = dict.fromkeys(NAMES, 0), list[str](), None
    while (current := next_prompt(words_with(counts), plan, "", current)) is not None:
        counts[current] += 1
        said.append(current)
    return said


def test_a_list_is_said_in_its_order_and_round_by_round() -> None:
    assert recorded_in_turn(PromptPlan(takes=2)) == [*NAMES, *NAMES]


def test_a_shuffled_list_has_another_order_in_every_round_fixed_by_its_seed() -> None:
    plan = PromptPlan(is_shuffled=True, seed=4, takes=3)
    said = recorded_in_turn(plan)
    rounds = [said[i : i + 5] for i in (0, 5, 10)]
    assert [sorted(one) for one in rounds] == [sorted(NAMES)] * 3
    assert [tuple(one) for one in rounds] == [in_order(words_with({}), plan, t) for t in (1, 2, 3)]
    assert len({tuple(one) for one in rounds}) > 1
    assert recorded_in_turn(plan) == said
    assert recorded_in_turn(PromptPlan(is_shuffled=True, seed=5, takes=3)) != said


def test_prompts_advance_along_the_list_as_words_are_said() -> None:
    plan = PromptPlan(is_shuffled=True, seed=4)
    session, order = words_with({}), in_order(words_with({}), plan, 1)
    assert step_prompt(session, plan, "", None, 1) == order[0]
    assert step_prompt(session, plan, "", order[1], 1) == order[2]
    assert step_prompt(session, plan, "", order[1], -1) == order[0]
    assert step_prompt(session, plan, "", order[4], 1) == order[4]
    assert step_prompt(Session(), plan, "", None, 1) is None


def test_words_that_are_there_are_left_out_for_their_speaker_only() -> None:
    session = words_with({"dog": 1, "tea": 1}, "S01")
    plan = PromptPlan()
    assert next_prompt(session, plan, "S01", None) == "cat"
    assert next_prompt(session, plan, "S01", WordId("cat")) == "sun"
    assert next_prompt(session, plan, "S02", None) == "dog"
    # A word that was passed over is asked for before the list ends.
    assert next_prompt(session, plan, "S01", WordId("moon")) == "cat"


def test_what_is_due_is_what_will_be_asked_for() -> None:
    plan = PromptPlan(is_shuffled=True, seed=2, takes=2)
    assert list(due_words(words_with({}), plan, "")) == recorded_in_turn(plan)
    some = words_with({"dog": 1, "tea": 2})
    assert sorted(due_words(some, plan, "")) == ["cat", "cat", "dog", "moon", "moon", "sun", "sun"]
    assert due_words(some, PromptPlan(skips_recorded=False), "") == NAMES


def test_a_complete_list_ends_at_its_end() -> None:
    session = words_with(dict.fromkeys(NAMES, 3))
    plan = PromptPlan(skips_recorded=False)
    assert next_prompt(session, plan, "", None) == "dog"
    assert next_prompt(session, plan, "", WordId("sun")) == "moon"
    assert next_prompt(session, plan, "", WordId("moon")) is None


@pytest.mark.parametrize("plan", [PromptPlan(), PromptPlan(skips_recorded=False)])
def test_no_words_no_prompt(plan: PromptPlan) -> None:
    assert next_prompt(Session(), plan, "", None) is None
    assert progress(Session(), plan, "") == Progress(0, 0)


def test_progress_counts_no_word_beyond_what_it_needs() -> None:
    session = words_with({"dog": 5, "cat": 1})
    assert progress(session, PromptPlan(takes=2), "") == Progress(3, 10)
