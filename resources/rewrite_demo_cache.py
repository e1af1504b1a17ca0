"""Rewrite the vectors of the demo project with the same values.

For use when the format of the files in demo.vgdesk/cache changes but the encoders do not:

    python resources/rewrite_demo_cache.py
"""

import json
from pathlib import Path

from safetensors import safe_open

from vgdesk.app.encoding.embedding_cache import EmbeddingCache
from vgdesk.core.model import EncoderId
from vgdesk.core.stack import Embedding


def main() -> None:
    """Read all vectors and write them again in the current format."""
    folder = Path(__file__).parent / "demo.vgdesk" / "cache"
    files = sorted(folder.rglob("*.safetensors"))
    cache = EmbeddingCache(folder)
    for file in files:
        cache.put(_read(file))
        if cache.get(file.stem) is None:
            raise SystemExit(f"{file} could not be rewritten.")


def _read(file: Path) -> Embedding:
    with safe_open(file, framework="numpy") as stored:
        texts = stored.metadata()
        values = stored.get_tensor("values")
    # Before checksums were introduced, each part was a separate text.
    about = json.loads(texts["about"]) if "about" in texts else texts
    layers = about["layers"] if "about" in texts else json.loads(texts["layers"])
    return Embedding(about["key"], EncoderId(about["encoder"]), tuple(layers), values)


if __name__ == "__main__":
    main()
