"""What a project knows of words, takes and pairs, as the columns of a table in long format."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.app.formats.text_file import is_number
from vgdesk.app.words.label_columns import PHONES, PHONES_SOURCE, SYNONYMS
from vgdesk.app.words.word_facts import facts_of
from vgdesk.audio.files import describe
from vgdesk.core.model import Session, Take, TakeId, WordId

MISSING = "NA"  # as R reads and writes it
# Norms that models usually control for, and the headings under which tables have them.
NORMS = {
    "frequency": re.compile(r"freq|lg10|zipf", re.I),
    "concreteness": re.compile(r"conc", re.I),
}
OURS = ("word", "speaker", "take", "seconds", "phones", "n_phones")
Columns = Mapping[str, Sequence[str]]
Pairs = Sequence[tuple[int, int]]


class LongFacts:
    """The facts of one session; an entry that is not known is NA."""

    def __init__(self, session: Session, label: str) -> None:
        self._session = session
        self._label = label
        self._facts = facts_of(session, label)
        self._phones = self._facts.phones()

    @cached_property
    def norms(self) -> Mapping[str, str]:
        """The label column that holds each known norm."""
        headings = [one for one in self._session.label_columns() if self._is_numeric(one)]
        found = {
            name: next((one for one in headings if sought.search(one)), "")
            for name, sought in NORMS.items()
        }
        return {name: heading for name, heading in found.items() if heading}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The other label columns by names that R accepts; the scored one comes first."""
        used = {PHONES, PHONES_SOURCE, SYNONYMS, *self.norms.values()}
        found: dict[str, str] = {}
        for heading in sorted(self._session.label_columns(), key=lambda one: one != self._label):
            if heading not in used:
                found.setdefault(_r_name(heading), heading)
        return found

    @property
    def scored(self) -> str:
        """The name of the scored label column in the table; empty if the words lack it."""
        return next((name for name, of in self.labels.items() if of == self._label), "")

    def of_rows(self, rows: Sequence[str], words: Sequence[WordId]) -> Columns:
        """Describe takes, or words by their id."""
        every = list(zip(rows, words, strict=True))
        readers: Mapping[str, Callable[[str, WordId], str]] = {
            "word": lambda _row, word: word,
            "speaker": self._speaker,
            "take": lambda row, _word: row if row in self._session.takes else MISSING,
            "seconds": self._length,
            "phones": lambda _row, word: self._entry(word, PHONES),
            "n_phones": lambda _row, word: str(len(self._phones.get(word, ())) or MISSING),
        }
        columns = {name: [read(row, word) for row, word in every] for name, read in readers.items()}
        for name, heading in {**self.norms, **self.labels}.items():
            columns[name] = [self._entry(word, heading) for word in words]
        return columns

    def of_pairs(self, columns: Columns, pairs: Pairs) -> Columns:
        """Describe how the two rows of each pair are related: 1 for yes, 0 for no.

        Parameters
        ----------
        columns
            What `of_rows` found for the rows.
        pairs
            Places in the columns.
        """
        alike = {"same_word": "word", "same_speaker": "speaker"}
        if self.scored:
            alike[f"same_{self.scored}"] = self.scored
        found = {name: _equal(columns[of], pairs) for name, of in alike.items()}
        words = [WordId(word) for word in columns["word"]]
        of_words = [(words[i], words[j]) for i, j in pairs]
        found["phone_distance"] = self._phone_distances(of_words)
        synonyms = {frozenset(pair) for pair in self._facts.synonyms}
        rated = {frozenset((a, b)): f"{rating:.6g}" for a, b, rating in self._facts.ratings}
        known = [frozenset(pair) for pair in of_words]
        if synonyms:
            found["synonyms"] = [str(int(pair in synonyms)) for pair in known]
        found["rating"] = [rated.get(pair, MISSING) for pair in known]
        return found

    @property
    def has_repeats(self) -> bool:
        """Whether a word has several takes by one speaker."""
        said = [(take.word, take.speaker) for take in self._session.takes.values()]
        return len(set(said)) < len(said)

    def _is_numeric(self, heading: str) -> bool:
        entries = [word.labels.get(heading) for word in self._session.words.values()]
        return any(entries) and all(is_number(entry) for entry in entries if entry)

    def _entry(self, word: WordId, heading: str) -> str:
        known = self._session.words.get(word)
        return (known.labels.get(heading) if known else "") or MISSING

    def _speaker(self, row: str, _word: WordId) -> str:
        take = self._session.takes.get(TakeId(row))
        return (take.speaker if take else "") or MISSING

    def _length(self, row: str, word: WordId) -> str:
        """Return the length of a take, or the mean length of the takes of a word."""
        own = self._session.takes.get(TakeId(row))
        takes = [own] if own else self._takes_of_word.get(word, [])
        lengths = [self._seconds[take.id] for take in takes]
        return f"{sum(lengths) / len(lengths):.4f}" if lengths else MISSING

    def _phone_distances(self, pairs: Sequence[tuple[WordId, WordId]]) -> list[str]:
        place = {word: i for i, word in enumerate(self._phones)}
        distances = edit_distances(list(self._phones.values()))
        return [
            f"{distances[place[a], place[b]]:.4f}" if a in place and b in place else MISSING
            for a, b in pairs
        ]

    @cached_property
    def _takes_of_word(self) -> Mapping[WordId, Sequence[Take]]:
        found: defaultdict[WordId, list[Take]] = defaultdict(list)
        for take in self._session.takes.values():
            found[take.word].append(take)
        return found

    @cached_property
    def _seconds(self) -> Mapping[TakeId, float]:
        return {
            take.id: (describe(take.file).seconds if take.end is None else take.end) - take.start
            for take in self._session.takes.values()
        }


def _equal(entries: Sequence[str], pairs: Pairs) -> list[str]:
    both = ((entries[i], entries[j]) for i, j in pairs)
    return [MISSING if MISSING in (one, other) else str(int(one == other)) for one, other in both]


def _r_name(heading: str) -> str:
    """Return a label heading as a name that R and its formulas accept."""
    name = re.sub(r"\W", "_", heading.strip(), flags=re.ASCII).strip("_") or "label"
    is_taken = name in (*OURS, *NORMS, "encoder", "layer", "depth", "value")
    return f"label_{name}" if is_taken or not name[0].isalpha() else name
