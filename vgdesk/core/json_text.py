import json
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON text from an untrusted source.

    Raises
    ------
    ValueError
        If it is not JSON, or nested too deeply to parse.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
