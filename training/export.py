"""Export of the four encoders: half precision, the usual library files, and a model card."""

import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from training.cards import card
from training.grounding import HEAD_FILE
from training.plan import SHIPPED_SEED, Plan
from training.words import TRAINING_STYLES
from training.work import Work
from vgdesk.core.model import Cell
from vgdesk.encoders.checkpoint import revision_of
from vgdesk.encoders.starter import REVISION_FILE, write_checksums

LARGEST_MEGABYTES = 48


def export(work: Work, plan: Plan, target: Path) -> None:
    """Write the encoders of the 2x2, and the redistributable features of pictures."""
    for cell in Cell:
        stage = "grounded" if cell.is_grounded else "plain"
        run = work.runs / cell.modality.value / f"seed-{SHIPPED_SEED}" / stage
        export_encoder(run, target / cell.value, with_head=cell.is_grounded)
        (target / cell.value / "README.md").write_text(card(work, plan, cell), "utf-8")
        revision = revision_of(target / cell.value)
        (target / cell.value / REVISION_FILE).write_text(f"{revision}\n", "utf-8")
    export_pictures(work, target / "pictures")
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
