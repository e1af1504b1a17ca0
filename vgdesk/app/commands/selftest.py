"""Checks of the installation for `vgdesk selftest`: each returns a summary, or raises."""

from collections.abc import Callable, Mapping

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.inference.units import words_of
from vgdesk.app.encoding.embedding_messages import EmbeddedItem, SpeechItem, TextItem
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.app.project.project_file import open_project
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Modality, Session, WordId
from vgdesk.core.resources import resource
from vgdesk.core.results import LayerSimilarity
from vgdesk.core.stack import Embedding, LayerStack, matched, stack_rows
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.starter import changed_files, shipped_files


def models_are_whole() -> str:
    """Compare the files of the built-in models with their checksums."""
    models = resource("models")
    if changed := changed_files(models):
        raise VgdeskError(f"Missing or damaged: {', '.join(changed)}.", "Reinstall vgdesk.")
    return f"{len(shipped_files(models))} files, all intact"


def demo_opens() -> str:
    """Open the demo project; all its sound files and encoders must exist."""
    project = open_project(resource("demo.vgdesk"))
    if project.warnings:
        raise VgdeskError(project.warnings[0].message, project.warnings[0].hint)
    if absent := set(project.session.encoders.values()) - set(ENCODERS):
        raise VgdeskError(f"Missing or damaged: {', '.join(sorted(absent))}.", "Reinstall vgdesk.")
    return f"{len(project.session.words)} words, {len(project.session.takes)} takes"


def encoders_encode() -> str:
    """Encode the demo words with every built-in encoder; all vectors must be finite."""
    session = _demo()
    for spec in ENCODERS.values():
        stack = _encode(spec, session)
        if not np.isfinite(stack.values).all() or len(stack.layers) != len(spec.layers):
            raise VgdeskError(f"{spec.title} returned invalid vectors.", "Reinstall vgdesk.")
    return ", ".join(spec.title for spec in ENCODERS.values())


def layers_compare() -> str:
    """Compare speech and text of the demo words; a layer with itself must give 1."""
    session = _demo()
    speech, text = (
        _encode(next(s for s in ENCODERS.values() if s.modality is modality), session)
        for modality in Modality
    )
    same: LayerSimilarity = ANALYSES["cka"].compute(speech, speech)
    if not np.allclose(np.diagonal(same.values), 1, atol=1e-5):
        raise VgdeskError("A layer compared with itself did not give 1.", "Reinstall vgdesk.")
    result: LayerSimilarity = ANALYSES["cka"].compute(*matched(speech, text))
    return (
        f"{result.trace.estimator}, n = {result.trace.n}, "
        f"{result.values.min():.2f} to {result.values.max():.2f}"
    )


def torch_runs() -> str:
    """Load PyTorch, which all trained encoders need."""
    from vgdesk.encoders import available_devices

    return "devices: " + ", ".join(available_devices())


CHECKS: Mapping[str, Callable[[], str]] = {
    "built-in models": models_are_whole,
    "demo project": demo_opens,
    "built-in encoders": encoders_encode,
    "comparing layers": layers_compare,
    "torch": torch_runs,
}


def _demo() -> Session:
    return open_project(resource("demo.vgdesk")).session


def _encode(spec: EncoderSpec, session: Session) -> LayerStack:
    """Encode every word of a session, its takes averaged."""
    items = tuple(
        TextItem(word.id, word.text)
        if spec.modality is Modality.TEXT
        else SpeechItem(take.id, take.file, take.start, take.end)
        for word in session.words.values()
        for take in session.takes_of(word.id)[: 1 if spec.modality is Modality.TEXT else None]
    )
    found: dict[str, Embedding] = {
        value.row: value.embedding
        for value in embed(spec, items, cache_folder=None, device="cpu", pooling=Pooling.MEAN)
        if isinstance(value, EmbeddedItem)
    }
    if len(found) < len(items):
        raise VgdeskError(f"{spec.title} could not encode all demo words.", "Reinstall vgdesk.")
    word_of = {str(take.id): take.word for take in session.takes.values()}
    rows = [
        (item.row, word_of.get(item.row, WordId(item.row)), [[found[item.row]]]) for item in items
    ]
    stack = stack_rows(rows, encoder=spec.id)
    if stack is None:
        raise VgdeskError("The demo project has no words.", "Reinstall vgdesk.")
    return words_of(stack, facts_of(session, ""))
