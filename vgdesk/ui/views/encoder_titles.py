"""What encoders are called in the views, and in which order words stand."""

from vgdesk.app.workspace import Workspace
from vgdesk.core.model import Cell, EncoderId


def encoder_title(workspace: Workspace, encoder: EncoderId, likely: Cell | None = None) -> str:
    """Return a title with the cell of an encoder: `likely`, or else its first cell."""
    spec = workspace.encoder_registry.spec(encoder)
    title = spec.title if spec else encoder
    cells = [cell for cell, own in workspace.session.encoders.items() if own == encoder]
    cells.sort(key=lambda cell: cell is not likely)
    # The titles of built-in encoders already say what they were trained with.
    return " · ".join([*(c.title for c in cells[:1] if not _says_cell(title, c)), title])


def _says_cell(title: str, cell: Cell) -> bool:
    return title.startswith(f"{cell.modality.value.capitalize()} ")
