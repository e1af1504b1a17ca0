"""Builds and evaluates the tree with which `vgdesk.app.words.letter_to_sound` predicts phones.

    python -m training.letter_phones resources/pronunciation/letters.json.gz

The letters of every word of the dictionary are aligned with its phones at minimal cost, where
frequent correspondences are cheap; costs are re-estimated a few times. Then the contexts become a
tree.
"""

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import inf, log
from pathlib import Path

from vgdesk.app.words.letter_to_sound import CONTEXT, LETTERS, Tree, context, read_phones
from vgdesk.app.words.pronunciation import REDUCED, dictionary

HELD_OUT = 5000
COUNTED = 12_000  # words from which the costs are counted
ROUNDS = 4
MOST_PHONES = 2  # of one letter, as in the x of "box"
UNSEEN, SILENT_AT_FIRST = 12.0, 3.0

Pair = tuple[str, list[str]]
Costs = Mapping[str, Mapping[tuple[str, ...], float]]
Example = tuple[list[str], str]


def pairs() -> list[Pair]:
    """Return the words of the dictionary with their first pronunciations, shuffled."""
    known = [
        (word, [bare(phone) for phone in found[0].split()])
        for word, found in dictionary().items()
        if LETTERS.issuperset(word)
    ]
    random.Random(0).shuffle(known)
    return known


def bare(phone: str) -> str:
    """Remove the stress from a phone, unless it is reduced."""
    return phone if phone in REDUCED else phone.rstrip("012")


def align(word: str, phones: Sequence[str], costs: Costs) -> list[tuple[str, ...]] | None:
    """Assign the phones to the letters at minimal cost; None if there are too many."""
    best = [[inf] * (len(phones) + 1) for _ in range(len(word) + 1)]
    taken = [[0] * (len(phones) + 1) for _ in range(len(word) + 1)]
    best[0][0] = 0.0
    for i, letter in enumerate(word):
        for j in range(min(len(phones), MOST_PHONES * i) + 1):
            for k in range(min(MOST_PHONES, len(phones) - j) + 1):
                cost = best[i][j] + costs[letter].get(tuple(phones[j : j + k]), UNSEEN)
                if cost < best[i + 1][j + k]:
                    best[i + 1][j + k], taken[i + 1][j + k] = cost, k
    if best[-1][-1] == inf:
        return None
    parts, j = [], len(phones)
    for i in range(len(word), 0, -1):
        k = taken[i][j]
        parts.append(tuple(phones[j - k : j]))
        j -= k
    return parts[::-1]


def count_costs(known: Sequence[Pair]) -> Costs:
    """Estimate the cost of phones for each letter, which is low for frequent ones."""
    counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for word, phones in known:
        for i, letter in enumerate(word):
            near = (p for j, p in enumerate(phones) if abs(i / len(word) - j / len(phones)) < 0.25)
            counts[letter].update((phone,) for phone in near)
    costs = {letter: {**_costs(seen), (): SILENT_AT_FIRST} for letter, seen in counts.items()}
    for _ in range(ROUNDS):
        counts = defaultdict(Counter)
        for word, phones in known:
            for letter, part in zip(word, align(word, phones, costs) or (), strict=False):
                counts[letter][part] += 1
        costs = {letter: _costs(seen) for letter, seen in counts.items()}
    return costs


def _costs(seen: Counter[tuple[str, ...]]) -> dict[tuple[str, ...], float]:
    return {part: -log(count / seen.total()) for part, count in seen.items() if count > 1}


def examples(known: Sequence[Pair], costs: Costs) -> list[Example]:
    """Return each letter in its context with its phones."""
    found: list[Example] = []
    for word, phones in known:
        before: list[str] = []
        for place, part in enumerate(align(word, phones, costs) or ()):
            found.append((context(word, place, before), " ".join(part)))
            before.append(found[-1][1])
    return found


def grow(seen: Sequence[Example], depth: int = 0, shorter: str | None = None) -> Tree | None:
    """Build the tree of contexts; None where it adds nothing to the shorter context."""
    counts = Counter(said for _, said in seen)
    usual = min(counts, key=lambda said: (-counts[said], said))
    below: dict[str, Tree] = {}
    if len(counts) > 1 and depth < len(CONTEXT):
        groups: dict[str, list[Example]] = defaultdict(list)
        for example in seen:
            groups[example[0][depth]].append(example)
        grown = ((mark, grow(group, depth + 1, usual)) for mark, group in sorted(groups.items()))
        below = {mark: tree for mark, tree in grown if tree is not None}
    if below:
        return [usual, below]
    return None if usual == shorter else usual


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the edit distance between two pronunciations."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row = row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def error_rates(known: Sequence[Pair], tree: Tree) -> tuple[float, float]:
    """Return the shares of wrong phones and of wrong words."""
    guesses = [((read_phones(word, tree) or "").split(), phones) for word, phones in known]
    wrong = [edits(guess, phones) for guess, phones in guesses]
    phones = sum(len(phones) for _, phones in known)
    return sum(wrong) / phones, sum(map(bool, wrong)) / len(known)


def main() -> None:
    """Build the tree twice: without held-out words to evaluate it, then with all words."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    known = pairs()
    costs = count_costs(known[HELD_OUT:][:COUNTED])
    tree = grow(examples(known[HELD_OUT:], costs))
    assert tree is not None
    phones, words = error_rates(known[:HELD_OUT], tree)
    print(f"{HELD_OUT} words held out: {phones:.1%} of phones wrong, {words:.1%} of words")
    text = json.dumps(grow(examples(known, costs)), separators=(",", ":"))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
