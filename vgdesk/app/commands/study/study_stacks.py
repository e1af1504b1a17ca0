"""The vectors that all analyses of the study share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vgdesk.analyses.inference.units import distinct_takes, sayings_of, words_of
from vgdesk.app.commands.study.panels import Edition
from vgdesk.app.stacks.stack_builder import Making, make_stack
from vgdesk.core.facts import Facts
from vgdesk.core.model import Cell, Modality
from vgdesk.core.stack import LayerStack
from vgdesk.encoders import levelling_files
from vgdesk.encoders.base import EncoderSpec, Pooling

VECTORS = "Word vectors"
SPEECH = (Cell.SPEECH.title, Cell.SPEECH_GROUNDED.title)
TEXT = (Cell.TEXT.title, Cell.TEXT_GROUNDED.title)


@dataclass(frozen=True, slots=True)
class Request:
    """The input of the analyses.

    Attributes
    ----------
    encoders
        The encoder of each cell of the 2x2.
    words
        Name of a project, a built-in list, or a file.
    label
        The label column whose groups are scored.
    vectors
        Word vectors from a file, as a further text encoder; None without.
    """

    encoders: Mapping[Cell, EncoderSpec]
    words: str
    label: str
    seed: int
    vectors: EncoderSpec | None = None

    @property
    def named(self) -> dict[str, EncoderSpec]:
        """All encoders by the name of their lines."""
        cells = {cell.title: spec for cell, spec in self.encoders.items()}
        return cells if self.vectors is None else {**cells, VECTORS: self.vectors}

    @property
    def text_names(self) -> tuple[str, ...]:
        """The names of lines of text encoders."""
        return TEXT if self.vectors is None else (*TEXT, VECTORS)

    @property
    def has_vectors(self) -> bool:
        """Whether any text encoder is a file of word vectors, such as GloVe."""
        return any(spec.file is not None for spec in self.named.values())


class StudyStacks:
    """One stack for each encoder and edition, encoded on demand."""

    def __init__(self, request: Request, facts: Facts) -> None:
        self._request = request
        self._facts = facts
        self._encoded: dict[tuple[EncoderSpec, Pooling], LayerStack] = {}

    def takes(self, name: str, edition: Edition) -> LayerStack:
        """Return each distinct row of an encoder, without the input of its first block.

        As published, only the first subword of a written word is read, and the sound for a grounded
        model is normalised before it is cut.
        """
        spec = self._request.named[name]
        is_published = edition is Edition.PUBLISHED
        is_first = is_published and spec.modality is Modality.TEXT and spec.file is None
        if is_published and name == Cell.SPEECH_GROUNDED.title:
            spec = levelling_files(spec) or spec
        encoded = self._encode(spec, Pooling.FIRST if is_first else Pooling.MEAN)
        return distinct_takes(encoded, self._facts)

    def sayings(self, name: str, edition: Edition) -> LayerStack:
        """Return a row for each word by each speaker."""
        return sayings_of(self.takes(name, edition), self._facts)

    def words(self, name: str, edition: Edition) -> LayerStack:
        """Return a row for each word, in which each speaker weighs the same."""
        return words_of(self.takes(name, edition), self._facts)

    def _encode(self, spec: EncoderSpec, pooling: Pooling) -> LayerStack:
        key = spec, pooling
        if key not in self._encoded:
            stack, _is_whole = make_stack(spec, [Path(self._request.words)], Making(pooling))
            # The study does not plot the input of the first block; word vectors have no blocks.
            first = 1 if len(stack.layers) > 1 else 0
            self._encoded[key] = replace(
                stack, layers=stack.layers[first:], values=stack.values[first:]
            )
        return self._encoded[key]
