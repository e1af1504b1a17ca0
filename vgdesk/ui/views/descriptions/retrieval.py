"""Retrieval of words and takes as sentences and tables; no widgets."""

from collections.abc import Sequence

from vgdesk.core.details import RetrievalList
from vgdesk.core.model import WordId
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.views.descriptions.results import layer_name, made_by, number
from vgdesk.ui.widgets.data_table import Entry, Table

RIGHT = "\u2713 "


def entry_title(row: str, word: WordId, legend: Legend) -> str:
    """Return the text of a word or the id of a take."""
    return legend.look_of(word).text if row == word else row


def finding_list(found: RetrievalList, legend: Legend, order: Sequence[int]) -> Table:
    """List every query with its rank and matches; the target is ticked."""
    rows: list[tuple[Entry, ...]] = []
    for place in order:
        hits = zip(
            found.hits[place],
            found.hit_words[place],
            found.hit_similarities[place].tolist(),
            strict=True,
        )
        own = found.words[place]
        rows.append(
            (
                entry_title(found.rows[place], own, legend),
                _rank(found, place),
                *(
                    f"{RIGHT * (word == own)}{entry_title(row, word, legend)} {number(similarity)}"
                    for row, word, similarity in hits
                ),
            )
        )
    return Table(("query", "rank", *_places("match", found)), rows)


def finding_table(found: RetrievalList, legend: Legend, order: Sequence[int]) -> Table:
    """List the same with each number in a separate column, for copying."""
    rows: list[tuple[Entry, ...]] = []
    for place in order:
        cells: list[Entry] = [
            entry_title(found.rows[place], found.words[place], legend),
            float(found.ranks[place]),
            int(found.ties[place]),
            float(found.similarities[place]),
        ]
        hits = zip(found.hits[place], found.hit_words[place], strict=True)
        for (row, word), value in zip(hits, found.hit_similarities[place].tolist(), strict=True):
            cells += [entry_title(row, word, legend), value]
        rows.append(tuple(cells))
    pairs = zip(_places("found", found), _places("similarity", found), strict=True)
    columns = (name for pair in pairs for name in pair)
    return Table(("query", "rank", "ties", "similarity of the target", *columns), rows)


def recall_line(found: RetrievalList) -> str:
    """Summarise recall and median rank with chance levels and n."""
    places = ", ".join(map(str, found.places))
    shares, chances = (
        ", ".join(number(float(share)) for share in recalls)
        for recalls in (found.recalls, found.chance_recalls)
    )
    return (
        f"R@{places}: {shares} (chance {chances}) · median rank {found.median:g} "
        f"(chance {_rounded(found.chance_median)}) · n = {len(found.rows)}"
    )


def finding_summary(found: RetrievalList, legend: Legend, titles: Sequence[str]) -> str:
    """Name query and target, and the worst rank."""
    sides = [
        f"{layer_name(layer)} of {title}" for layer, title in zip(found.layers, titles, strict=True)
    ]
    where = " → ".join(sides) if len(sides) > 1 else f"{sides[0]}, between speakers"
    worst = found.order(is_best_first=False)[0]
    last = f"“{entry_title(found.rows[worst], found.words[worst], legend)}”"
    lost = f"Worst: {last} (rank {_rank(found, worst)} among {found.choice})."
    if found.ranks[worst] == 1:
        lost = f"All rank first among {found.choice}."
    return f"n = {len(found.rows)}. {where[:1].upper()}{where[1:]}. {lost} {made_by(found.trace)}"


def _rank(found: RetrievalList, place: int) -> str:
    ties = int(found.ties[place])
    return f"{found.ranks[place]:g}{f' ({ties} tied)' * bool(ties)}"


def _rounded(rank: float) -> str:
    return f"{rank:.1f}".removesuffix(".0")


def _places(name: str, found: RetrievalList) -> list[str]:
    count = found.hit_similarities.shape[1]
    return [f"{name} {place}" for place in range(1, count + 1)]
