"""Norm tables: their columns become labels of the words of a project."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vgdesk.app.exchange.corpus_tables import FIELDS, NOT_KNOWN, WORD, checked, guess_mapping
from vgdesk.app.exchange.import_preview import Choices, Incoming, Preview
from vgdesk.app.formats.foreign_table import Table
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, WordId

# The most wanted columns; of tables with fifty columns, these are preselected.
_SOUGHT = re.compile(r"conc|freq|lg10|zipf|aoa|acquisition|imag|valence|arousal|familiar", re.I)

Labels = Mapping[WordId, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Joined:
    """The labels that a table adds to words.

    Attributes
    ----------
    labels
        The new labels of each word in the table.
    kept
        Number of values left out because the word already had one.
    """

    labels: Labels
    kept: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for said in self.labels.values() for name in said))

    def applied(self, session: Session) -> Session:
        """Add the labels to words that still exist and still lack them."""
        words = {
            name: replace(word, labels={**self.labels.get(name, {}), **word.labels})
            for name, word in session.words.items()
        }
        return replace(session, words=words)


def first_columns(headings: Sequence[str]) -> dict[str, str]:
    """Guess the word column, and which other columns are wanted."""
    guessed = guess_mapping(headings)
    others = {name: to for name, to in guessed.items() if to != WORD}
    sought = [name for name in others if _SOUGHT.search(name)] or list(others)
    kept = {name: name if to in FIELDS else to for name, to in others.items() if name in sought}
    return {name: WORD if to == WORD else kept.get(name, "") for name, to in guessed.items()}


def joined(incoming: Incoming, choices: Choices, session: Session) -> Joined:
    """Look up the words of a session in tables by their spelling.

    Of several rows for one word the first counts.

    Raises
    ------
    VgdeskError
        If the choices do not fit, or no word is in the table.
    """
    said: dict[str, dict[str, str]] = {}
    for table in incoming.tables:
        _read(table, choices.columns, said)
    labels: dict[WordId, Mapping[str, str]] = {}
    kept = 0
    for word in session.words.values():
        if known := said.get(_key(word.text)):
            lacking = {name: value for name, value in known.items() if name not in word.labels}
            labels[word.id] = lacking
            kept += len(known) - len(lacking)
    if not labels:
        raise VgdeskError(
            "None of the words in this project are in the table.",
            "Choose the column that holds the words.",
        )
    return Joined(labels, kept)


def _read(table: Table, columns: Mapping[str, str], said: dict[str, dict[str, str]]) -> None:
    mapping = checked({name: columns.get(name, "") for name in table.headings}, table.headings)
    strange = next((to for to in mapping.values() if to in FIELDS and to != WORD), None)
    if strange or WORD not in mapping.values():
        raise VgdeskError(
            f"“{strange}” cannot be a property of words."
            if strange
            else "No column holds the word.",
            "Choose the column that holds the word; the others become labels or are left out.",
        )
    place = [*mapping.values()].index(WORD)
    wanted = [(i, to) for i, to in enumerate(mapping.values()) if to and to != WORD]
    for row in table.rows:
        values = {to: row[i] for i, to in wanted if row[i] not in NOT_KNOWN}
        if row[place]:
            said.setdefault(_key(row[place]), values)


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def preview_join(incoming: Incoming, choices: Choices, session: Session) -> Preview:
    """Preview the labels of the first words; raises as `joined`."""
    found = joined(incoming, choices, session)
    columns = found.columns
    rows = tuple(
        (session.words[word].text, *(said.get(name, "") for name in columns))
        for word, said in list(found.labels.items())[: Preview.MOST]
    )
    values = sum(map(len, found.labels.values()))
    sentence = (
        f"{len(found.labels)} of {counted(len(session.words), 'word')} found in the table; "
        f"this adds {counted(values, 'value')}."
    )
    if found.kept:
        sentence += f" {counted(found.kept, 'existing value')} kept."
    return Preview(("Word", *columns), rows, sentence)
