"""Titles of encoders in the views, and the order of words."""

import numpy as np

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId
from vgdesk.core.results import WordSimilarity
from vgdesk.core.viewing import Order
from vgdesk.ui.legend import Legend


def encoder_title(workspace: Workspace, encoder: EncoderId, likely: Cell | None = None) -> str:
    """Return a title with the cell of an encoder: `likely`, or else its first cell."""
    spec = workspace.shelf.spec(encoder)
    title = spec.title if spec else encoder
    cells = [cell for cell, own in workspace.session.encoders.items() if own == encoder]
    cells.sort(key=lambda cell: cell is not likely)
    # The titles of built-in encoders already include the cell.
    return " · ".join([*(c.title for c in cells[:1] if not title.startswith(c.title)), title])


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
