"""What encoders are called in the views, and in which order words stand."""

import numpy as np

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId
from vgdesk.core.results import WordSimilarity
from vgdesk.core.viewing import Order
from vgdesk.ui.legend import Legend


def encoder_title(workspace: Workspace, encoder: EncoderId, likely: Cell | None = None) -> str:
    """Name an encoder after the cell it stands in: `likely`, or else the first."""
    spec = workspace.shelf.spec(encoder)
    title = spec.title if spec else encoder
    cells = [cell for cell, own in workspace.session.encoders.items() if own == encoder]
    cells.sort(key=lambda cell: cell is not likely)
    # What ships is named after its cell already.
    return " · ".join([*(c.title for c in cells[:1] if not title.startswith(c.title)), title])


def rows_in_order(result: WordSimilarity, order: Order, legend: Legend) -> tuple[int, ...]:
    """Put the rows in the order that was chosen; groups keep the order of the list inside."""
    if order is Order.SIMILARITY:
        return result.order
    if order is Order.LIST:
        return tuple(range(len(result.rows)))
    groups = [look.group for look in legend.groups]
    place = {group: number for number, group in enumerate(groups)}
    of_row = [place.get(legend.look_of(word).group, len(place)) for word in result.words]
    return tuple(int(i) for i in np.argsort(of_row, kind="stable"))
