"""Views as records: the contents, request and connections of each."""

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
    """A quarter of the grid; several views in one become tabs, the first in front."""

    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_LEFT = 2
    BOTTOM_RIGHT = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """The data needed to show a result: words, their colours, the recipe, names of encoders.

    Attributes
    ----------
    title_of
        Returns the title of an encoder; the second argument is its probable cell.
    """

    session: Session
    recipe: ViewRecipe
    selection: Selection
    legend: Legend
    title_of: Callable[[EncoderId, Cell | None], str]

    def titles_of(self, encoders: tuple[EncoderId, ...], *likely: Cell) -> tuple[str, ...]:
        """Return the title of each encoder; there are as many as cells."""
        return tuple(map(self.title_of, encoders, likely))


def nothing_to_do(*_arguments: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class View(Generic[F, R]):
    """One view of the window. A new one is a record like this and its name in the catalogue.

    Attributes
    ----------
    id
        Never changes.
    purpose
        What it shows, in one sentence; precedes the reason why it is empty.
    quarter
        Its place in the grid.
    build
        Makes its frame.
    ask
        Returns its request, why it is empty, or None while it waits for an earlier request.
    show
        Shows a result in the frame.
    command
        Returns the command line that reproduces the result.
    connect
        Connects signals of the frame to user requests.
    mark
        Marks the choices of the recipe in the frame without redrawing the result.
    controls
        Controls in its header: fields of the recipe (`ViewControls`).
    drawn_by
        Fields of the recipe that change the look of the same result.
    is_quick
        Whether its results are fast and need not wait for slow ones.
    is_always_shown
        Whether it is always kept up to date; other views only while they are visible.
    follows_take
        Whether its request depends on the inspected take.
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
