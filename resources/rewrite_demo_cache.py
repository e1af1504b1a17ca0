"""Write the vectors of the demo project again, each with the values that it has.

For when the form of the files in demo.vgdesk/cache changes and the encoders do not:

    python resources/rewrite_demo_cache.py
"""

import json
from pathlib import Path

from safetensors import safe_open

from vgdesk.app.encoding.embedding_cache import EmbeddingCache
from vgdesk.core.model import EncoderId
from vgdesk.core.stack import Embedding


def main() -> None:
    """Read what is there, whatever else the files say, and put it back."""
    folder = Path(__file__).parent / "demo.vgdesk" / "cache"
    files = sorted(folder.rglob("*.safetensors"))
    cache = EmbeddingCache(folder)
    for file in files:
        cache.put(_read(file))
        if cache.get(file.stem) is None:
            raise SystemExit(f"{file} could not be written again.")


def _read(file: Path) -> Embedding:
    with safe_open(file, framework="numpy") as stored:
        texts = stored.metadata()
        values = stored.get_tensor("values")
    # Before there were checksums, each part was a text of its own.
    about = json.loads(texts["about"]) if "about" in texts else texts
    layers = about["layers"] if "about" in texts else json.loads(texts["layers"])
    return Embedding(about["key"], EncoderId(about["encoder"]), tuple(layers), values)


if __name__ == "__main__":
    main()
