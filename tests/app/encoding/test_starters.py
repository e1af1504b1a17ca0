"""The program with the encoders that ship, here tiny ones in a copy of the resources."""

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.test_workspace import Desk
from tests.encoders.conftest import tiny as tiny
from tests.main_thread import MainThread
from tests.warm_children import warm_children
from vgdesk import encoders
from vgdesk.app import workspace
from vgdesk.app.encoding import encoder_registry
from vgdesk.app.project import project_manager
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.state.settings import user_folder
from vgdesk.core.catalogue import catalogue
from vgdesk.core.model import Cell, EncoderId, Modality
from vgdesk.core.resources import resource
from vgdesk.core.viewing import ViewRecipe
from vgdesk.encoders import defaults, starter
from vgdesk.encoders.checkpoint import revision_of
from vgdesk.encoders.defaults import usual_encoders
from vgdesk.encoders.starter import REVISION_FILE, control_id, starter_id, starters

MAKE_DEMO = Path(__file__).parents[3] / "resources" / "make_demo.py"
QUARTET = {cell: starter_id(cell) for cell in Cell}
CONTROL = control_id(Modality.TEXT)


@pytest.fixture
def resources(tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make resources with the demo and all four encoders, and point the program to them."""
    folder = tmp_path / "resources"
    shutil.copytree(resource("demo.vgdesk"), folder / "demo.vgdesk")
    for shipped in (*(cell.value for cell in Cell), "text-shuffled"):
        name = "bert" if shipped.startswith("text") else "hubert-group"
        shutil.copytree(tiny(name), folder / "models" / shipped)
        model = folder / "models" / shipped
        change_config(model, cell=shipped)  # no two are the same
        (model / REVISION_FILE).write_text(revision_of(model))
    for user in (starter, project_manager, workspace):
        monkeypatch.setattr(user, "resource", lambda name: folder / name)
    shelve(monkeypatch)
    return folder


def change_config(model: Path, **changes: object) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, **changes}))


def shelve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at what ships, as at the start of the program."""
    baselines = (encoders.SPECTRUM, encoders.SPELLING)
    found = catalogue(*baselines, *starters())
    for user in (encoders, encoder_registry, defaults):
        monkeypatch.setattr(user, "ENCODERS", found)


def encode_demo(demo: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_demo", MAKE_DEMO)
    assert spec is not None
    assert spec.loader is not None
    make_demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_demo)
    make_demo.encode_words(demo)


@pytest.fixture
def desk(resources: Path) -> Iterator[Desk]:
    del resources  # come before the workspace that looks for them
    with warm_children() as children:
        made = Desk(MainThread())
        children.follow(made.workspace.events)
        yield made
        children.may_analyse.set()
        made.workspace.close()


def contents(folder: Path) -> dict[Path, tuple[int, int]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in files}


@pytest.mark.usefixtures("resources")
def test_the_quartet_is_what_a_new_project_begins_with() -> None:
    assert usual_encoders() == QUARTET


@pytest.mark.usefixtures("resources")
def test_a_control_is_a_floor_of_the_encoder_with_pictures_only() -> None:
    specs = {cell: defaults.ENCODERS[encoder] for cell, encoder in QUARTET.items()}
    control = defaults.ENCODERS[CONTROL]
    assert defaults.floor_encoders(specs.values())[0] == CONTROL
    assert CONTROL not in defaults.floor_encoders([specs[Cell.TEXT], specs[Cell.SPEECH_GROUNDED]])
    assert CONTROL not in defaults.floor_encoders([specs[Cell.TEXT_GROUNDED], control])


def test_a_control_may_be_chosen_in_both_cells_of_text(desk: Desk) -> None:
    registry = desk.workspace.encoder_registry
    offering = {cell for cell in Cell if CONTROL in {spec.id for spec in registry.choices(cell)}}
    assert offering == {Cell.TEXT, Cell.TEXT_GROUNDED}
    desk.open_demo()
    desk.workspace.encoder_selection.choose(Cell.TEXT_GROUNDED, CONTROL)
    desk.until(lambda: CONTROL in {curve.encoder for curve in desk.curves[-1]})
    assert not desk.notices


def test_the_control_is_among_the_floors_of_the_layer_curve(desk: Desk) -> None:
    desk.open_demo()
    assert CONTROL not in {curve.encoder for curve in desk.curves[-1]}
    desk.workspace.view_state.change(lambda recipe: replace(recipe, floors=True))
    desk.until(lambda: CONTROL in {curve.encoder for curve in desk.curves[-1]})


@pytest.mark.parametrize("cell", [Cell.SPEECH, Cell.TEXT_GROUNDED])
@pytest.mark.parametrize("damage", ["gone", "cut off", "without weights"])
def test_a_damaged_encoder_is_replaced_by_the_baseline_of_its_cell(
    resources: Path, monkeypatch: pytest.MonkeyPatch, cell: Cell, damage: str
) -> None:
    folder = resources / "models" / cell.value
    weights = folder / "model.safetensors"
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "cut off":
        weights.write_bytes(weights.read_bytes()[:-100])
    else:
        weights.unlink()
    shelve(monkeypatch)
    others = {other: encoder for other, encoder in QUARTET.items() if other is not cell}
    baseline = {} if cell.is_grounded else {cell: EncoderId("spectrum")}
    assert usual_encoders() == {**others, **baseline}


@pytest.mark.slow
def test_the_demo_opens_without_running_a_model_and_is_not_written_to(
    resources: Path, desk: Desk, tmp_path: Path
) -> None:
    demo = resources / "demo.vgdesk"
    encode_demo(demo)
    before, titles, devices = contents(resources), list[str](), list[str]()
    desk.workspace.events.job_changed.subscribe(lambda job: titles.append(job.title))
    desk.workspace.events.device_found.subscribe(devices.append)
    desk.open_demo()
    assert desk.workspace.session.encoders == QUARTET
    assert desk.workspace.view_state.recipe == open_project(demo).recipe
    assert {curve.encoder for curve in desk.curves[-1]} == set(QUARTET.values())
    assert not desk.notices
    # Had any model run, its vectors would now be in the user's own cache.
    own_cache = user_folder("cache") / "embeddings"
    assert contents(own_cache) == {}

    take = demo / "takes" / "goat-bella.flac"
    new = Path(shutil.copy(take, tmp_path / "zebra.flac"))
    desk.until(lambda: len(devices) >= len(Cell))  # all four were loaded meanwhile
    desk.workspace.imports.take_in([new])
    desk.until(lambda: desk.layers[-1].trace.n == 37 and not desk.workspace.encoding.missing)
    assert not any("Loading" in title for title in titles)
    assert len(contents(own_cache)) == len(Cell)
    assert contents(resources) == before


@pytest.mark.slow
def test_a_demo_whose_encoders_are_missing_opens_with_baselines(
    resources: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = resources / "demo.vgdesk"
    view = ViewRecipe(Cell.SPEECH_GROUNDED, Cell.TEXT_GROUNDED)
    named = open_project(demo).session
    for cell, encoder in QUARTET.items():
        named = named.with_encoder(cell, encoder)
    save(demo, named, view)
    shutil.rmtree(resources / "models")
    shelve(monkeypatch)
    desk.open_demo()
    assert desk.workspace.session.encoders == defaults.BASELINES
    assert "Reinstall vgdesk" in desk.notices[0].hint
