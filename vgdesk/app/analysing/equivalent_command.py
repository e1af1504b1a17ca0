"""The command line that makes a result again."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vgdesk.core.details import (
    GatingResult,
    LabelConfusions,
    LetterProfile,
    NeighbourChanges,
    RetrievalList,
)
from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordOverview, WordSimilarity
from vgdesk.core.viewing import Rows, ViewRecipe

UNSAVED = Path("PROJECT.vgdesk")


@dataclass(frozen=True, slots=True)
class EquivalentCommand:
    """Writes results of one project as commands.

    Attributes
    ----------
    project
        The saved project; a placeholder stands for one that was never saved.
    name_of
        What the command line calls an encoder: its id, or the folder of a model.
    """

    project: Path
    recipe: ViewRecipe
    name_of: Callable[[EncoderId], str]

    def of_layers(self, result: LayerSimilarity) -> str:
        """Return the command that compares these layers."""
        return self._line("compare", result.trace.encoders, result.measure)

    def of_curves(self, curves: Sequence[LayerCurve]) -> str:
        """Return the command that scores these encoders."""
        encoders = tuple(dict.fromkeys(curve.encoder for curve in curves))
        return self._line("score", encoders, curves[0].measure)

    def of_words(self, result: WordSimilarity | WordOverview) -> str:
        """Return the command that compares these words; a difference names both encoders."""
        more = self._rows(result.layer.split(" minus ")[::-1])
        if isinstance(result, WordOverview):
            more += ["--order", result.order.value]
        elif result.part_of:
            more += ["--only", *result.rows]
        return self._line("words", result.trace.encoders, result.measure, *more)

    def of_changes(self, result: NeighbourChanges) -> str:
        """Return the command that lists these changes."""
        layers = result.layers.split(" minus ")[::-1]
        return self._line("changes", result.trace.encoders, result.measure, "--layer", *layers)

    def of_confusions(self, result: LabelConfusions) -> str:
        """Return the command that confuses these labels."""
        more = "--layer", result.layer
        return self._line("confusions", result.trace.encoders, result.measure, *more)

    def of_gating(self, results: Sequence[GatingResult]) -> str:
        """Return the command that hears this take in these ways."""
        first, controls = results[0], [result.condition for result in results[1:]]
        pooling = ["--pooling", self.recipe.pooling] if self.recipe.pooling != "mean" else []
        return shlex.join(
            [
                "vgdesk", "gate", first.take, "--encoder", self.name_of(first.encoder),
                "--words", str(self.project), "--layer", first.layer,
                *(["--control", *controls] if controls else []), *pooling,
            ]
        )  # fmt: skip

    def of_letters(self, profile: LetterProfile) -> str:
        """Return the command that makes this profile of letters."""
        (encoder,) = profile.trace.encoders
        return self._short("letters", [encoder], ["--layer", profile.layer])

    def of_retrieval(self, found: RetrievalList, is_best_first: bool) -> str:
        """Return the command that lists what was found."""
        first = ["--best-first"] if is_best_first else []
        return self._short("retrieve", found.trace.encoders, ["--layer", *found.layers, *first])

    def of_map(self, result: WordMap) -> str:
        """Return the command that places these words."""
        return self._line("map", result.trace.encoders, result.method, *self._rows([result.layer]))

    def _rows(self, layers: Sequence[str]) -> list[str]:
        rows = ["--rows", self.recipe.rows.value] if self.recipe.rows is not Rows.WORDS else []
        return ["--layer", *layers, *rows]

    def _short(self, command: str, encoders: Sequence[EncoderId], more: Sequence[str]) -> str:
        """Write a command that has neither a choice of measures nor of labels."""
        recipe = self.recipe
        pooling = ["--pooling", recipe.pooling] if recipe.pooling != "mean" else []
        return shlex.join(
            [
                "vgdesk", command, *map(self.name_of, encoders), "--words", str(self.project),
                *more, "--seed", str(recipe.seed), *pooling,
            ]
        )  # fmt: skip

    def _line(self, command: str, encoders: Sequence[EncoderId], measure: str, *more: str) -> str:
        recipe = self.recipe
        pooling = ["--pooling", recipe.pooling] if recipe.pooling != "mean" else []
        return shlex.join(
            [
                "vgdesk", command, *map(self.name_of, encoders), "--words", str(self.project),
                "--measure", measure, *more, "--label", recipe.label_column,
                "--seed", str(recipe.seed), *pooling,
            ]
        )  # fmt: skip
