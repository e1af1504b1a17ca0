"""Requests to an analysis process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.core.facts import Facts


@dataclass(frozen=True, slots=True)
class Request:
    """One call in an analysis process; equal requests have equal answers.

    Attributes
    ----------
    call
        A function of a module, called with the plans and, by name, the choices.
    plans
        The stacks that it reads.
    choices
        Everything else: the measure, layers, facts, a seed.
    """

    call: Callable[..., Any]
    plans: tuple[StackPlan, ...] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)

    def is_same_question(self, other: "Request") -> bool:
        """Return whether two requests differ only in their words."""
        return self.call == other.call and self._question() == other._question()

    def _question(self) -> dict[str, Any]:
        """Return the choices; facts change with the words, so only their label column counts."""
        return {
            name: choice.column if isinstance(choice, Facts) else choice
            for name, choice in self.choices.items()
        }


def answer(request: Request) -> Any:
    """Run a request; called in the analysis process."""
    return request.call(*request.plans, **request.choices)
