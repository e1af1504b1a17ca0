"""Export of the encoders: half precision, the usual library files, and a model card."""

import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from training.agreement import Agreement, agreement
from training.cards import Subject, card
from training.grounding import HEAD_FILE
from training.plan import SHIPPED_SEED, Plan
from training.words import TRAINING_STYLES
from training.work import Work
from vgdesk.core.model import Cell, Modality
from vgdesk.encoders.checkpoint import revision_of
from vgdesk.encoders.starter import CONTROLLED, REVISION_FILE, control_name, write_checksums

LARGEST_MEGABYTES = 64


def export(work: Work, plan: Plan, target: Path) -> None:
    """Write the encoders of the 2x2, and the redistributable features of pictures."""
    for cell in Cell:
        subject = Subject.of_cell(cell)
        export_encoder(run_of(work, subject), target / cell.value, with_head=cell.is_grounded)
        describe(target / cell.value, card(work, plan, subject))
    export_pictures(work, target / "pictures")
    seal(target)


def export_controls(work: Work, plan: Plan, target: Path) -> None:
    """Add the controls to the encoders in `target`, which stay as they are."""
    for modality in CONTROLLED:
        subject = Subject.of_control(modality)
        folder = target / control_name(modality)
        export_encoder(run_of(work, subject), folder, with_head=True)
        describe(folder, card(work, plan, subject, agreements(work, modality, target)))
    seal(target)


def agreements(work: Work, modality: Modality, target: Path) -> dict[str, Agreement]:
    """Compare the partners of a control's run with those that ship, by title."""
    return {
        cell.title: agreement(run_of(work, Subject.of_cell(cell)), target / cell.value, cell)
        for cell in Cell
        if cell.modality is modality
    }


def run_of(work: Work, subject: Subject) -> Path:
    """Return the folder of an encoder in the run of the seed that ships."""
    return work.runs / subject.modality.value / f"seed-{SHIPPED_SEED}" / subject.stage


def describe(folder: Path, text: str) -> None:
    """Write the card and the revision of an exported encoder."""
    (folder / "README.md").write_text(text, "utf-8")
    (folder / REVISION_FILE).write_text(f"{revision_of(folder)}\n", "utf-8")


def seal(target: Path) -> None:
    """Write the checksums; raise a ValueError if all models together are too large to ship."""
    write_checksums(target)
    size = megabytes(target)
    if size > LARGEST_MEGABYTES:
        raise ValueError(f"{target.name}: {size:.1f} MB, at most {LARGEST_MEGABYTES} may ship")
    print(f"{size:.1f} MB in {target.name}", flush=True)


def export_encoder(run: Path, folder: Path, *, with_head: bool) -> None:
    """Copy a trained encoder in half precision, optionally with its picture head."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(run, folder, ignore=None if with_head else shutil.ignore_patterns(HEAD_FILE))
    for file in folder.glob("*.safetensors"):
        weights = load_file(run / file.name)
        halved = {
            key: tensor.half() for key, tensor in weights.items() if tensor.is_floating_point()
        }
        save_file(weights | halved, file, metadata={"format": "pt"})
    if not json.loads((folder / "config.json").read_text("utf-8")).get("architectures"):
        raise ValueError(f"{folder.name}: the library would not know how to open it")


def export_pictures(work: Work, folder: Path) -> None:
    """Write the features of the training pictures, whose licences allow it; no test pictures."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    styles = load_file(work.features / "pictures.safetensors")
    listed = json.loads((work.features / "pictures.json").read_text("utf-8"))
    shipped = {style: styles[style].half().contiguous() for style in TRAINING_STYLES}
    save_file(shipped, folder / "pictures.safetensors")
    (folder / "pictures.json").write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


def megabytes(folder: Path) -> float:
    """Return the size of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
