"""A view as one record: what it shows, what it asks for, and how it is connected."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from vgdesk.app.analysing.equivalent_command import EquivalentCommand
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import ViewContext
from vgdesk.app.state.events import Missing, ViewId
from vgdesk.core.model import Cell, EncoderId, Session
from vgdesk.core.viewing import Selection, ViewRecipe
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.frame.view_frame import ViewFrame

F = TypeVar("F", bound=ViewFrame)
R = TypeVar("R")


class Quarter(Enum):
    """A quarter of the grid; several views in one are tabs, the first is on top."""

    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_LEFT = 2
    BOTTOM_RIGHT = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """What results are shown with: words and their looks, the recipe, names of encoders.

    Attributes
    ----------
    title_of
        The title of an encoder, with the cell it is likely to stand in.
    """

    session: Session
    recipe: ViewRecipe
    selection: Selection
    legend: Legend
    title_of: Callable[[EncoderId, Cell | None], str]

    def titles_of(self, encoders: tuple[EncoderId, ...], *likely: Cell) -> tuple[str, ...]:
        """Return the title of each encoder, as many as cells."""
        return tuple(map(self.title_of, encoders, likely))


def nothing_to_do(*_arguments: object) -> None:
    """Leave a view as it is."""


@dataclass(frozen=True, slots=True)
class View(Generic[F, R]):
    """One view of the centre. A new one is such a record and its name in the catalogue.

    Attributes
    ----------
    id
        Never changes.
    purpose
        What it shows, in one sentence; precedes the reason while it is empty.
    quarter
        Where it stands in the grid.
    build
        Makes its frame.
    ask
        What it needs computed, why it is empty, or None while it waits for something asked for.
    show
        Shows a result in the frame.
    command
        The command line that computes the result again.
    connect
        Connects signals of the frame with what a view can wish for.
    mark
        Shows in the frame what the recipe points at, without drawing the result again.
    controls
        Choices in its head: fields of the recipe (`ViewControls`).
    drawn_by
        Fields of the recipe with which the same result looks different.
    is_quick
        Its results come at once: slow scores do not hold it up.
    is_always_shown
        Kept up to date from the start; other views only while they can be seen.
    follows_take
        Another inspected take means another request.
    """

    id: ViewId
    title: str
    purpose: str
    quarter: Quarter
    build: Callable[[Theme], F]
    ask: Callable[[ViewContext], Request | Missing | None]
    show: Callable[[F, R, Scene], None]
    command: Callable[[EquivalentCommand, R, F], str]
    connect: Callable[[F, UserRequests], None] = nothing_to_do
    mark: Callable[[F, Scene], None] = nothing_to_do
    controls: tuple[str, ...] = ()
    drawn_by: tuple[str, ...] = ("label_column",)
    is_quick: bool = False
    is_always_shown: bool = False
    follows_take: bool = False
