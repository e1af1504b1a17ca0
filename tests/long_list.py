"""A list of any length in a workspace, with vectors that no encoder had to make."""

from collections.abc import Mapping

from vgdesk.app.encoding.embedding_messages import EmbeddedItem
from vgdesk.app.workspace import Workspace
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Cell, Session, Word, WordId
from vgdesk.core.stack import Embedding
from vgdesk.encoders.starter import starter_id

GROUPS = 20


def group_of(word: int) -> int:
    """Return the number of a word's group, which has nothing to do with its place in the list."""
    return word * 7919 % GROUPS


def open_long_list(workspace: Workspace, values: Mapping[Cell, FloatArray]) -> None:
    """Open words w00000, w00001, … of two cells with text models, which need not run.

    Parameters
    ----------
    values
        Shape [words, layers, dim] for each of the cells.
    """
    count = len(next(iter(values.values())))
    ids = [WordId(f"w{i:05}") for i in range(count)]
    words = {
        word: Word(word, f"word{word[1:]}", labels={"category": f"group {group_of(i)}"})
        for i, word in enumerate(ids)
    }
    encoders = {cell: starter_id(cell) for cell in values}
    encoding = workspace.encoding
    encoding._halted.update(encoders.values())
    workspace.view_state.compare(*values)
    workspace.store.apply("Open a long list", lambda _old: Session(words, encoders=encoders))
    for cell, vectors in values.items():
        spec = workspace.encoder_registry.spec(encoders[cell])
        assert spec is not None
        layers = tuple(str(layer) for layer in range(vectors.shape[1]))
        asks = tuple(ask for _row, _word, ask in encoding._wanted[spec.id])
        for i in range(count):
            found = Embedding(f"{cell.value} {i}", spec.id, layers, vectors[i])
            encoding._hear(EmbeddedItem(str(i), found), spec, asks)
    encoding._ended(True)
