"""Patterns that are compiled when they are first asked.

A command uses few of the patterns that the modules it imports have; to compile all of them takes longer than to
import the modules.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, Generic, cast

_PARTS: Final = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


class _LatePattern(Generic[AnyStr]):
    """Has the attributes of :class:`re.Pattern` from the first one on that is asked for."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._written: tuple[AnyStr, int] = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _PARTS:
            raise AttributeError(name)
        compiled = re.compile(*self._written)
        self.__dict__.update({part: getattr(compiled, part) for part in _PARTS})
        return self.__dict__[name]


def late(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return ``re.compile(text, flags)``, compiled at the first use; asked afterwards as fast as that."""
    return cast("re.Pattern[AnyStr]", _LatePattern(text, flags))
