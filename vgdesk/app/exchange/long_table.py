"""Long format: one line for each word, take or pair, each layer and each encoder."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from vgdesk.analyses.lexicon.single_values import SingleValues
from vgdesk.app.exchange.long_facts import MISSING, NORMS, OURS, Columns, LongFacts
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import VgdeskError

OF_TAKES = ("speaker", "take")
MOST_LINES = 5_000_000


@dataclass(frozen=True, slots=True)
class LongTable:
    """The values of several encoders, with what is known of their words and takes.

    Attributes
    ----------
    known
        The names of the columns with an entry, in order.
    described
        The entries of each value, for each encoder.
    """

    values: Sequence[SingleValues]
    known: tuple[str, ...]
    described: Sequence[Columns]

    @property
    def columns(self) -> tuple[str, ...]:
        """All headings in order."""
        return ("encoder", "layer", "depth", *self.known, "value")

    @property
    def title(self) -> str:
        """What a value is."""
        return self.values[0].title

    @property
    def is_of_pairs(self) -> bool:
        """Whether each line is a pair."""
        return self.values[0].is_of_pairs

    @property
    def unit(self) -> str:
        """What a line is: a word or a take, or two of them."""
        has_takes = {"take", "take_1"} & set(self.known)
        return f"{'pair of ' * self.is_of_pairs}{'take' if has_takes else 'word'}" + (
            "s" * self.is_of_pairs
        )

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the project does not know of any of these words or takes."""
        there = {name.removesuffix("_1") for name in self.known}
        # Words have neither speaker nor take.
        sought = OURS if "take" in there else [name for name in OURS if name not in OF_TAKES]
        return tuple(name for name in (*sought, *NORMS) if name not in there)

    def entries(self, column: str) -> set[str]:
        """Return the different known entries of a column."""
        every = (entry for columns in self.described for entry in columns.get(column, ()))
        return set(every) - {MISSING}

    def share_known(self, column: str) -> float:
        """Return the share of values with an entry in a column."""
        known = [
            entry != MISSING
            for one, columns in zip(self.values, self.described, strict=True)
            for entry in columns.get(column, [MISSING] * len(one.ends))
        ]
        return sum(known) / max(len(known), 1)

    def write(self, stream: BinaryIO, delimiter: str = ",") -> None:
        """Write the table as UTF-8, without a byte order mark, which R takes for a letter."""
        text = io.TextIOWrapper(stream, "utf-8", errors="backslashreplace", newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        writer.writerow(self.columns)
        for one, columns in zip(self.values, self.described, strict=True):
            writer.writerows(self._lines(one, columns))
        text.detach()

    def _lines(self, one: SingleValues, columns: Columns) -> Iterator[list[str]]:
        missing = [MISSING] * len(one.ends)
        about = list(zip(*(columns.get(name, missing) for name in self.known), strict=True))
        deepest = max(len(one.layers) - 1, 1)
        for place, layer in enumerate(until_cancelled(one.layers)):
            start = [one.encoder, layer, f"{place / deepest:.4f}"]
            for cells, value in zip(about, one.values[place].tolist(), strict=True):
                yield [*start, *cells, f"{value:.6g}"]


def long_table(values: Sequence[SingleValues], facts: LongFacts) -> LongTable:
    """Describe each value; a column without any entry is left out.

    Raises
    ------
    VgdeskError
        If the table would be too long to be of use.
    """
    lines = sum(one.values.size for one in values)
    if lines > MOST_LINES:
        raise VgdeskError(
            f"The table would have {lines:,} lines, which is more than {MOST_LINES:,}.",
            "Give a shorter word list, or one encoder at a time.",
        )
    described = [_described(one, facts) for one in values]
    names = dict.fromkeys(name for columns in described for name in columns)
    known = tuple(
        name
        for name in names
        if any(set(columns.get(name, ())) - {MISSING} for columns in described)
    )
    return LongTable(values, known, described)


def _described(one: SingleValues, facts: LongFacts) -> Columns:
    rows = facts.of_rows(one.rows, one.words)
    if not one.is_of_pairs:
        return {name: [entries[i] for i in one.ends[:, 0]] for name, entries in rows.items()}
    first, second = one.ends.T.tolist()
    sides = {
        f"{name}_{number}": [entries[i] for i in places]
        for name, entries in rows.items()
        for number, places in ((1, first), (2, second))
    }
    return {**sides, **facts.of_pairs(rows, list(zip(first, second, strict=True)))}
