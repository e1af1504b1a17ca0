from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar


class HasId(Protocol):
    """Anything listed under an id that never changes."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=HasId)


def catalogue(*items: T) -> Mapping[str, T]:
    """List choices by id, in menu order; raises a ValueError for duplicate ids."""
    by_id = {item.id: item for item in items}
    if len(by_id) < len(items):
        ids = [item.id for item in items]
        raise ValueError(f"ids must differ; twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    return MappingProxyType(by_id)
