"""Parts of sentences that count or list things."""

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: “1 take”, “2 takes”."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_few(names: Sequence[str], most: int = 3) -> str:
    """List the first names: “a, b, c and 2 more”."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
