"""What importing the program loads. The linter reads the imports, this test lives them."""

import json
import subprocess
import sys

import pytest

QT = {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY = {"torch", "transformers", "huggingface_hub", "scipy", "sklearn", "openTSNE"}
# Loaded by modules of their own, which are imported where they are used.
ASIDE = {"numba", "matplotlib"}
LATE = {"sounddevice"}  # fails on import where PortAudio or its settings are broken

IMPORT_ALL = """
import importlib, json, pkgutil, sys

package = importlib.import_module(sys.argv[1])
found = pkgutil.walk_packages(getattr(package, "__path__", []), f"{package.__name__}.")
names = [package.__name__, *(module.name for module in found)]
for name in names:
    importlib.import_module(name)
loaded = sorted({module.partition(".")[0] for module in sys.modules})
print(json.dumps({"imported": names, "loaded": loaded}))
"""


def _import_all(package: str) -> tuple[list[str], set[str]]:
    """Import a package with all its modules in a fresh interpreter; returns what that loaded."""
    made = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, package], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    return answer["imported"], set(answer["loaded"])


@pytest.mark.slow
@pytest.mark.parametrize("package", ["core", "audio", "encoders", "analyses", "app"])
def test_below_the_window_importing_loads_neither_qt_nor_heavy_libraries(package: str) -> None:
    imported, loaded = _import_all(f"vgdesk.{package}")
    assert len(imported) > 1
    # Compiled kernels are imported late; numba then looks which SciPy is there.
    late = {"scipy"} if "numba" in loaded else set()
    assert loaded & (QT | HEAVY | LATE) - late == set()


def test_core_is_numpy_only() -> None:
    _, loaded = _import_all("vgdesk.core")
    third_party = loaded - set(sys.stdlib_module_names) - _loaded_by_python_itself()
    assert third_party - {"vgdesk", "numpy"} == set()


def _loaded_by_python_itself() -> set[str]:
    """Return what is there in an environment before anything is imported, and numpy's own."""
    command = "import numpy, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    made = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    return set(made.stdout.split())


@pytest.mark.slow
def test_the_window_loads_no_heavy_library() -> None:
    imported, loaded = _import_all("vgdesk.ui")
    assert len(imported) > 1
    assert loaded & (HEAVY | ASIDE | LATE) == set()


def test_the_start_of_the_program_loads_no_other_library() -> None:
    _, loaded = _import_all("vgdesk.__main__")
    assert loaded & (QT | HEAVY | ASIDE | LATE | {"numpy"}) == set()
