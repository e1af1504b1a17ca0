import json
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text of anybody's says.

    Raises
    ------
    ValueError
        If it is no JSON, or nested more deeply than anything that is meant to be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
