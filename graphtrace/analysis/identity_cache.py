"""Cache of what is computed from an object, for objects that many answers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class IdentityCache(Generic[Key, Value]):
    """Cache of a function of one object, by the identity of the object: equal objects are computed anew.

    It keeps each object, so that no other object can get its identity while the cache exists. For objects that are
    costly to hash or to compare, such as chains and lists of lots; they must not be changed.
    """

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        self._compute = compute
        self._known: dict[int, tuple[Key, Value]] = {}

    def get(self, key: Key) -> Value:
        """Return the value for an object, computed once."""
        if (found := self._known.get(id(key))) is None:
            found = self._known[id(key)] = key, self._compute(key)
        return found[1]
