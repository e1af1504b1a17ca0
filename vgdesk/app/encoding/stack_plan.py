from dataclasses import dataclass

from vgdesk.core.model import EncoderId, WordId


@dataclass(frozen=True, slots=True)
class StackPlan:
    """Which vectors make up a stack.

    Attributes
    ----------
    rows
        Row id, its word, and the keys of the embeddings that are averaged into the row, by
        speaker, as in `stack_rows`.
    """

    encoder: EncoderId
    rows: tuple[tuple[str, WordId, tuple[tuple[str, ...], ...]], ...]
