"""Order of the prompts, which are the words of the project.

Several takes per word are recorded in rounds over the whole list, because an immediately repeated
word is pronounced differently. A shuffled list has a different order in every round, derived from
one seed.
"""

import random
from collections import Counter
from dataclasses import dataclass

from vgdesk.app.words.label_columns import HINT_COLUMN
from vgdesk.core.model import Session, Word, WordId


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """Order and number of the prompts.

    Attributes
    ----------
    takes
        Number of takes per word.
    skips_recorded
        Whether words with enough takes by this speaker are skipped.
    """

    is_shuffled: bool = False
    seed: int = 0
    takes: int = 1
    skips_recorded: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """Number of recorded takes of those needed."""

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
    """Return the prompt after the current one; None at the end of the list."""
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
    """Return the remaining prompts in order, each as often as it is needed."""
    if not plan.skips_recorded:
        return in_order(session, plan, 1)
    counts = _takes_by(session, speaker)
    turns = range(1, plan.takes + 1)
    return tuple(w for t in turns for w in in_order(session, plan, t) if counts[w] < t)


def step_prompt(
    session: Session, plan: PromptPlan, speaker: str, current: WordId | None, step: int
) -> WordId | None:
    """Move along the current round regardless of recorded takes; stops at the ends."""
    words = in_order(session, plan, _turn(session, plan, _takes_by(session, speaker)))
    if not words:
        return None
    place = words.index(current) + step if current in words else 0
    return words[max(0, min(place, len(words) - 1))]


def hint_of(session: Session, word: Word, group_column: str) -> str:
    """Return a hint that distinguishes words with the same spelling; empty if not needed."""
    if hint := word.labels.get(HINT_COLUMN, ""):
        return hint
    text = word.text.casefold()
    alike = sum(other.text.casefold() == text for other in session.words.values())
    return word.labels.get(group_column, "") if alike > 1 else ""


def take_number(session: Session, word: WordId, speaker: str) -> int:
    """Return the number of the next take of a word by this speaker, counted from 1."""
    return 1 + _takes_by(session, speaker)[word]


def _turn(session: Session, plan: PromptPlan, counts: Counter[WordId]) -> int:
    """Return the first unfinished round, or else the last one."""
    if not plan.skips_recorded:
        return 1
    least = min((counts[word] for word in session.words), default=0)
    return min(least + 1, plan.takes)


def progress(session: Session, plan: PromptPlan, speaker: str) -> Progress:
    """Count the takes of this speaker among those that the list needs."""
    counts = _takes_by(session, speaker)
    done = sum(min(counts[word], plan.takes) for word in session.words)
    return Progress(done, plan.takes * len(session.words))


def _takes_by(session: Session, speaker: str) -> Counter[WordId]:
    return Counter(take.word for take in session.takes.values() if take.speaker == speaker)
