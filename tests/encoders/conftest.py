from collections.abc import Callable
from pathlib import Path

import pytest

from vgdesk.encoders.running import prepare

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a tiny model by its name; each is made once."""
    prepare()
    from tests.encoders.tiny_models import save_tiny_model

    made: dict[str, Path] = {}

    def folder_of(name: str) -> Path:
        if name not in made:
            made[name] = save_tiny_model(name, tmp_path_factory.mktemp("models") / name)
        return made[name]

    return folder_of


@pytest.fixture(scope="session")
def real_models() -> Path:
    """Return the folder of the pretrained models, or skip."""
    folder = DATA / "models"
    if not folder.is_dir():
        pytest.skip("the pretrained models (../shared/data/models) are not on this computer")
    return folder
