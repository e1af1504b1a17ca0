"""Conversion of a view recipe to and from JSON, value by value."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from vgdesk.analyses import of_kind
from vgdesk.analyses.base import Kind
from vgdesk.app.formats.text_file import count, fitting, number, text, yes_or_no
from vgdesk.core.model import Cell
from vgdesk.core.viewing import Order, Rows, Search, Shown, ViewRecipe
from vgdesk.encoders.base import Pooling


def stored_view(recipe: ViewRecipe) -> dict[str, object]:
    """Return a recipe as JSON values."""
    return {name: _plain(getattr(recipe, name)) for name in VIEW_READERS}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {cell.value: value[cell] for cell in Cell if cell in value}
    return value


def _layers(value: object) -> dict[Cell, int]:
    layers, misfits = fitting(value, {cell.value: count for cell in Cell})
    if misfits:
        raise ValueError("not layers by cell")
    return {Cell(name): layer for name, layer in layers.items()}


def _analysis(kind: Kind) -> Callable[[Any], str]:
    known = {analysis.id for analysis in of_kind(kind)}

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError("not an analysis that this version knows")
        return value

    return read


def _from_zero(value: object) -> float:
    found = number(value)
    if found < 0:
        raise ValueError("below 0")
    return found


VIEW_READERS: Mapping[str, Callable[[Any], Any]] = {
    "a": Cell,
    "b": Cell,
    "shown": Shown,
    "layers": _layers,
    "alignment": _analysis(Kind.LAYERS),
    "words_measure": _analysis(Kind.WORDS),
    "map_method": _analysis(Kind.MAP),
    "curve": _analysis(Kind.CURVE),
    "changes": _analysis(Kind.CHANGES),
    "search": Search,
    "floors": yes_or_no,
    "differences": yes_or_no,
    "smallest_effect": _from_zero,
    "label_column": text,
    "order": Order,
    "rows": Rows,
    "pooling": lambda value: Pooling(value).value,
    "seed": count,
}
