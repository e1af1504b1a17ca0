import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from sklearn.decomposition import PCA

pytest.importorskip("cairosvg", reason="only training needs the library that draws pictures")

from training.pictures import (
    STYLES,
    WIDTH,
    artist,
    ceiling,
    make_pictures,
    on_white,
    ranks_of_own,
)
from training.plan import SMOKE
from training.sources import npm
from training.words import TRAINING_STYLES, UNSEEN_STYLE, Role, concepts
from training.work import Work

CODES = concepts()
WORDS = {
    word: Role.HELD_OUT if row % 5 == 0 else Role.PICTURED for row, word in enumerate([*CODES][:40])
}
PLAN = replace(SMOKE, picture_dim=12)


def looked_at(root: Path, *, changed: str = "", lost: str = "") -> Work:
    """Return a run that has looked at all pictures: a code point looks alike in every style."""
    work = Work(root)
    (work.features / "pictures-raw").mkdir(parents=True)
    lines = [f"{word}\t{role}\t" for word, role in WORDS.items()]
    work.words.write_text("\n".join([*lines, "run\tplain\tR AH N", ""]), "utf-8")
    chance = torch.Generator().manual_seed(0)
    own: dict[str, torch.Tensor] = {}
    for style in STYLES:
        seen = {}
        for word, role in WORDS.items():
            for code in CODES[word].get(style, "").split():
                common = own.setdefault(code, torch.randn(WIDTH, generator=chance))
                look = common + 0.8 * torch.randn(WIDTH, generator=chance)
                seen[code] = 30 * look if changed in (style, role) else look
        seen.pop(lost, None)
        save_file(seen, work.features / f"pictures-raw/{style}.safetensors")
    return work


def space(work: Work) -> dict[str, torch.Tensor]:
    return load_file(work.features / "picture-space.safetensors")


@pytest.mark.slow
def test_the_space_is_pca_of_pictured_concepts_in_training_styles(tmp_path: Path) -> None:
    work = looked_at(tmp_path)
    make_pictures(work, PLAN)
    raw = load_file(work.features / "pictures-raw.safetensors")
    pictured = np.array([role is Role.PICTURED for role in WORDS.values()])
    seen = np.stack([raw[style].numpy() for style in TRAINING_STYLES])[:, pictured]
    rows = seen.reshape(-1, WIDTH)
    scores = work.recorded("pictures")["left-out R@1"]
    is_whitened = scores["whitened"] > scores["plain"]
    # Theirs divides by one picture less, which is nothing to a cosine.
    pca = PCA(12, whiten=is_whitened, svd_solver="full").fit(rows[~np.isnan(rows).any(axis=1)])
    points = load_file(work.features / "pictures.safetensors")
    for style in STYLES:
        present = ~np.isnan(raw[style].numpy()).any(axis=1)
        theirs = pca.transform(raw[style].numpy()[present])
        ours = points[style].numpy()
        assert np.isnan(ours[~present]).all()
        # The sign of an axis is free.
        np.testing.assert_allclose(np.abs(ours[present]), np.abs(theirs), rtol=0.01, atol=5e-3)


@pytest.mark.slow
@pytest.mark.parametrize("changed", [Role.HELD_OUT, UNSEEN_STYLE])
def test_held_out_concepts_and_the_unseen_style_do_not_shape_the_space(
    tmp_path: Path, changed: str
) -> None:
    one, other = looked_at(tmp_path / "one"), looked_at(tmp_path / "other", changed=changed)
    for work in (one, other):
        make_pictures(work, PLAN)
    assert all(torch.equal(space(one)[name], space(other)[name]) for name in ("mean", "basis"))
    assert one.recorded("pictures")["left-out R@1"] == other.recorded("pictures")["left-out R@1"]


@pytest.mark.slow
def test_a_picture_that_cannot_be_drawn_is_absent_and_counted(tmp_path: Path) -> None:
    work = looked_at(tmp_path, lost=CODES["abacus"][UNSEEN_STYLE])
    make_pictures(work, PLAN)
    rows = json.loads((work.features / "pictures.json").read_text("utf-8"))
    row = rows["words"].index("abacus")
    points = load_file(work.features / "pictures.safetensors")
    assert points[UNSEEN_STYLE][row].isnan().all()
    assert work.recorded("pictures")["styles"][UNSEEN_STYLE]["not drawn"] == ["1f9ee"]
    assert rows["roles"] == list(WORDS.values())
    concepts_found = sum(found["concepts"] for found in ceiling(work).values())
    assert concepts_found == len(WORDS) - 1


@pytest.mark.slow
def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    work = looked_at(tmp_path)
    make_pictures(work, PLAN)
    before = {file: file.stat().st_mtime_ns for file in work.features.iterdir()}
    make_pictures(work, PLAN)
    assert {file: file.stat().st_mtime_ns for file in work.features.iterdir()} == before


def test_ranks_agree_with_sorting_one_query_at_a_time() -> None:
    chance = np.random.default_rng(0)
    queries, pictures = chance.normal(size=(2, 20, 3))
    pictures[[4, 11]] = np.nan
    there = [row for row in range(20) if row not in (4, 11)]
    angles = [
        [
            np.arccos(q @ pictures[row] / np.linalg.norm(q) / np.linalg.norm(pictures[row]))
            for row in there
        ]
        for q in queries[there]
    ]
    expected = [1 + sorted(row).index(row[place]) for place, row in enumerate(angles)]
    ours = ranks_of_own(torch.from_numpy(queries), torch.from_numpy(pictures))
    assert ours.tolist() == expected


def icon_work(root: Path) -> Work:
    """Return a run whose icons are a square, one without anything, and one that is missing."""
    work = Work(root)
    icons = {
        "redsquare": {"body": '<path fill="#f00" d="M0 0h8v8H0z"/>'},
        "nothing": {"body": "<g/>"},
    }
    chars = {"2b1b": "red-square", "2b1c": "nothing", "2b1d": "not-there"}
    for style, names in (("noto", chars), ("fxemoji", {})):
        folder = npm(work, f"@iconify-json/{style}")
        folder.mkdir(parents=True)
        pack = {"icons": icons, "width": 8, "height": 8}
        (folder / "icons.json").write_text(json.dumps(pack), "utf-8")
        (folder / "chars.json").write_text(json.dumps(names), "utf-8")
    folder = npm(work, "@lobehub/fluent-emoji-3d") / "assets"
    folder.mkdir(parents=True)
    Image.new("RGBA", (256, 256), "red").save(folder / "2b1b-fe0f.webp", lossless=True)
    return work


@pytest.mark.parametrize("style", ["noto", "fxemoji", "fluent-3d"])
def test_pictures_are_found_by_code_point_and_centred_on_white(tmp_path: Path, style: str) -> None:
    picture = on_white(artist(icon_work(tmp_path), style), "2b1b")
    assert picture is not None
    pixels = np.asarray(picture)
    assert pixels.shape == (224, 224, 3)
    is_red = (pixels == (255, 0, 0)).all(axis=2)
    assert is_red[12:212, 12:212].all()
    assert is_red.sum() == 200 * 200
    assert (pixels[~is_red] == 255).all()


def test_an_empty_and_a_missing_picture_are_absent(tmp_path: Path) -> None:
    draw = artist(icon_work(tmp_path), "fxemoji")
    assert on_white(draw, "2b1c") is None
    assert on_white(draw, "2b1d") is None
    assert on_white(draw, "2b1e") is None
