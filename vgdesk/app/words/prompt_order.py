"""Which word is said next: the words of the project are the list of prompts.

Several takes a word are recorded in rounds: the whole list once, then once more, because the same
word said twice in a row is not said the same way. A shuffled list has its own order in every round,
which follows from one seed.
"""

import random
from collections import Counter
from dataclasses import dataclass

from vgdesk.app.words.label_columns import HINT_COLUMN
from vgdesk.core.model import Session, Word, WordId


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """How a list is gone through.

    Attributes
    ----------
    takes
        How many takes each word needs.
    skips_recorded
        Whether words that have their takes by this speaker are left out.
    """

    is_shuffled: bool = False
    seed: int = 0
    takes: int = 1
    skips_recorded: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is: takes that are there of those that are needed."""

    done: int
    needed: int


def in_order(session: Session, plan: PromptPlan, turn: int) -> tuple[WordId, ...]:
    """Return all words in the order of one round, counted from 1."""
    words = list(session.words)
    if plan.is_shuffled:
        random.Random(f"{plan.seed}/{turn}").shuffle(words)
    return tuple(words)


def next_prompt(
    session: Session, plan: PromptPlan, speaker: str, current: WordId | None
) -> WordId | None:
    """Return the word to say after the current one was said; None at the end of the list."""
    counts = _takes_by(session, speaker)
    turn = _turn(session, plan, counts)
    words = in_order(session, plan, turn)
    is_first = turn > 1 and all(counts[word] < turn for word in words)  # of its round
    place = words.index(current) + 1 if current in words and not is_first else 0
    if not plan.skips_recorded:
        return words[place] if place < len(words) else None
    due = [word for word in (*words[place:], *words[:place]) if counts[word] < turn]
    return due[0] if due else None


def due_words(session: Session, plan: PromptPlan, speaker: str) -> tuple[WordId, ...]:
    """Return the words that are still to be said, each as often and in the order that is due."""
    if not plan.skips_recorded:
        return in_order(session, plan, 1)
    counts = _takes_by(session, speaker)
    turns = range(1, plan.takes + 1)
    return tuple(w for t in turns for w in in_order(session, plan, t) if counts[w] < t)


def step_prompt(
    session: Session, plan: PromptPlan, speaker: str, current: WordId | None, step: int
) -> WordId | None:
    """Walk along the list as it is said now, whatever was said; stops at its ends."""
    words = in_order(session, plan, _turn(session, plan, _takes_by(session, speaker)))
    if not words:
        return None
    place = words.index(current) + step if current in words else 0
    return words[max(0, min(place, len(words) - 1))]


def hint_of(session: Session, word: Word, group_column: str) -> str:
    """Return what tells a word from others that are written alike; empty if none is needed."""
    if hint := word.labels.get(HINT_COLUMN, ""):
        return hint
    text = word.text.casefold()
    alike = sum(other.text.casefold() == text for other in session.words.values())
    return word.labels.get(group_column, "") if alike > 1 else ""


def take_number(session: Session, word: WordId, speaker: str) -> int:
    """Return the how manieth take of a word by this speaker comes next, counted from 1."""
    return 1 + _takes_by(session, speaker)[word]


def _turn(session: Session, plan: PromptPlan, counts: Counter[WordId]) -> int:
    """Return the round that is not over yet, or else the last one."""
    if not plan.skips_recorded:
        return 1
    least = min((counts[word] for word in session.words), default=0)
    return min(least + 1, plan.takes)


def progress(session: Session, plan: PromptPlan, speaker: str) -> Progress:
    """Count the takes that this speaker has said of those that the list needs."""
    counts = _takes_by(session, speaker)
    done = sum(min(counts[word], plan.takes) for word in session.words)
    return Progress(done, plan.takes * len(session.words))


def _takes_by(session: Session, speaker: str) -> Counter[WordId]:
    return Counter(take.word for take in session.takes.values() if take.speaker == speaker)
