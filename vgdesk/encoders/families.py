from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from vgdesk.core.catalogue import catalogue
from vgdesk.core.errors import EncoderError, VgdeskError
from vgdesk.core.model import EncoderId
from vgdesk.encoders.base import EncoderSpec, Family, SpeechEncoder, TextEncoder
from vgdesk.encoders.checkpoint import licence_of, read_config, revision_of
from vgdesk.encoders.filterbank import W2V_BERT
from vgdesk.encoders.foreign_settings import check_settings
from vgdesk.encoders.waveform import DATA2VEC_AUDIO, HUBERT, WAV2VEC2, WAVLM
from vgdesk.encoders.whisper import WHISPER
from vgdesk.encoders.written import BERT, CLIP_TEXT, ROBERTA

FAMILIES = catalogue(
    WAV2VEC2, HUBERT, WAVLM, DATA2VEC_AUDIO, W2V_BERT, WHISPER, BERT, ROBERTA, CLIP_TEXT
)
# Errors that the library raises for inconsistent settings, or settings of the wrong type.
_FOREIGN = (
    OSError, RuntimeError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    AssertionError, MemoryError,
)  # fmt: skip


def family_of(model_type: object) -> Family:
    """Find the family for a "model_type" of `config.json`."""
    for family in FAMILIES.values():
        if model_type in family.model_types:
            return family
    known = ", ".join(family.title for family in FAMILIES.values())
    raise EncoderError(
        f"vgdesk cannot read models of this type ({model_type}).", f"It can read: {known}."
    )


def describe_folder(folder: Path, *, is_grounded: bool) -> EncoderSpec:
    """Make the spec of a model from its `config.json`, without reading the weights."""
    config = read_config(folder)
    check_settings(folder)
    family = family_of(config.get("model_type"))
    shape = family.describe(config, folder)
    return EncoderSpec(
        id=EncoderId(folder.name),
        title=folder.name,
        modality=family.modality,
        is_grounded=is_grounded if family.is_grounded is None else family.is_grounded,
        layers=tuple(str(layer) for layer in range(shape.blocks + 1)),
        dim=shape.dim,
        sample_rate=shape.sample_rate,
        licence=licence_of(folder),
        source=f"{family.title} model from the folder “{folder.name}” on this computer.",
        revision="",
        family=family.id,
        folder=folder,
    )


def inspect_folder(folder: Path, *, is_grounded: bool) -> EncoderSpec:
    """Make the spec of a model in a local folder, without torch.

    Parameters
    ----------
    folder
        Contains `config.json` and safetensors weights; for a text model also its tokenizer.
    is_grounded
        The user's statement; overruled by a family that is always trained with pictures.
    """
    folder = folder.resolve()
    spec = describe_folder(folder, is_grounded=is_grounded)
    revision = revision_of(folder)
    return replace(spec, id=EncoderId(f"{spec.id}@{revision[:8]}"), revision=revision)


def load_from_folder(spec: EncoderSpec, device: str) -> SpeechEncoder | TextEncoder:
    """Load a model or its untrained twin onto a device."""
    assert spec.folder is not None
    if not spec.folder.is_dir():
        raise EncoderError(
            f"The model “{spec.title}” cannot be read: the folder {spec.folder} does not exist.",
            "Restore the folder, or choose another model.",
        )
    check_settings(spec.folder)  # again: the folder may have changed since it was described
    _refuse_changes(spec, spec.folder)
    with foreign_errors(spec):
        return FAMILIES[spec.family].load(spec, device)


def _refuse_changes(spec: EncoderSpec, folder: Path) -> None:
    """Raise an EncoderError if the files of a model have changed since it was added.

    Takes two seconds per gigabyte, once per process. An untrained twin does not use the weights.
    """
    if spec.untrained_seed is None and not spec.revision.startswith(revision_of(folder)):
        raise EncoderError(
            f"The files of “{spec.title}” have been changed or damaged since it was added.",
            "Add the folder of the model again; if it ships with vgdesk, reinstall vgdesk.",
        )


@contextmanager
def foreign_errors(spec: EncoderSpec) -> Iterator[None]:
    """Turn errors of the library into sentences; inconsistent settings may show late."""
    if spec.folder is None:
        yield
        return
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    try:
        yield
    except VgdeskError:
        raise
    except (*_FOREIGN, StrictDataclassError, SafetensorError) as error:
        raise EncoderError(
            f"The model “{spec.title}” cannot be read: {error}.",
            "Get the files of the model again, or choose another model.",
        ) from error


def untrained_twin(spec: EncoderSpec, seed: int = 0) -> EncoderSpec:
    """Return the same model with random weights, to show the effect of its architecture alone."""
    if spec.folder is None:
        why = "it was never trained" if spec.file is None else "it is a file of vectors"
        raise EncoderError(f"“{spec.title}” has no untrained twin: {why}.", "Choose a model.")
    return replace(
        spec,
        id=EncoderId(f"{spec.id}+untrained"),
        title=f"Untrained {spec.title}",
        source=f"Random weights (seed {seed}) in the shape of {spec.title}.",
        revision=f"{spec.revision}+untrained{seed}",
        untrained_seed=seed,
        purpose="",
    )
