from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar


class HasId(Protocol):
    """Anything that is listed under a word that never changes."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=HasId)


def catalogue(*items: T) -> Mapping[str, T]:
    """List choices by id, in menu order; refuses two items with one id."""
    by_id = {item.id: item for item in items}
    if len(by_id) < len(items):
        ids = [item.id for item in items]
        raise ValueError(f"ids must differ; twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    return MappingProxyType(by_id)
