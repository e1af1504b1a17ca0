"""The command line that reproduces a result."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vgdesk.core.model import EncoderId
from vgdesk.core.viewing import Rows, ViewRecipe

UNSAVED = Path("PROJECT.vgdesk")


@dataclass(frozen=True, slots=True)
class EquivalentCommand:
    """Writes the commands that reproduce results of one project.

    Attributes
    ----------
    project
        The saved project, or a placeholder if it was never saved.
    name_of
        Returns the name of an encoder on the command line: its id, or the folder of a model.
    """

    project: Path
    recipe: ViewRecipe
    name_of: Callable[[EncoderId], str]

    def of_measure(
        self, command: str, encoders: Sequence[EncoderId], measure: str, *more: str
    ) -> str:
        """Write a command with options for the measure and the labels."""
        label = "--label", self.recipe.label_column
        return self._line(command, encoders, "--measure", measure, *more, *label, *self._seed)

    def of_list(self, command: str, encoders: Sequence[EncoderId], *more: str) -> str:
        """Write a command without these options."""
        return self._line(command, encoders, *more, *self._seed)

    def of_take(self, command: str, take: str, encoder: EncoderId, *more: str) -> str:
        """Write a command about one take, which has no random seed."""
        first = "vgdesk", command, take, "--encoder", self.name_of(encoder)
        return shlex.join([*first, "--words", str(self.project), *more, *self._pooling])

    def rows_of(self, layers: Sequence[str]) -> tuple[str, ...]:
        """Write the options for the layers and for the rows: words or takes."""
        is_words = self.recipe.rows is Rows.WORDS
        rows = () if is_words else ("--rows", self.recipe.rows.value)
        return "--layer", *layers, *rows

    def _line(self, command: str, encoders: Sequence[EncoderId], *more: str) -> str:
        names = map(self.name_of, encoders)
        words = "--words", str(self.project)
        return shlex.join(["vgdesk", command, *names, *words, *more, *self._pooling])

    @property
    def _seed(self) -> tuple[str, str]:
        return "--seed", str(self.recipe.seed)

    @property
    def _pooling(self) -> tuple[str, ...]:
        return ("--pooling", self.recipe.pooling) if self.recipe.pooling != "mean" else ()
