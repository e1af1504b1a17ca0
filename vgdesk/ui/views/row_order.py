import numpy as np

from vgdesk.core.results import WordSimilarity
from vgdesk.core.viewing import Order
from vgdesk.ui.style.word_colours import Legend


def rows_in_order(result: WordSimilarity, order: Order, legend: Legend) -> tuple[int, ...]:
    """Return the rows in the chosen order; words within groups keep the list order."""
    if order is Order.SIMILARITY:
        return result.order
    if order is Order.LIST:
        return tuple(range(len(result.rows)))
    groups = [look.group for look in legend.groups]
    place = {group: number for number, group in enumerate(groups)}
    of_row = [place.get(legend.look_of(word).group, len(place)) for word in result.words]
    return tuple(int(i) for i in np.argsort(of_row, kind="stable"))
