"""Frozen data classes that are made fast: an answer about many cards consists of millions of small objects.

:func:`dataclasses.dataclass` sets each field of a frozen object through ``object.__setattr__``, which looks the field
up again. Here the descriptors of the fields do it, in a third of the time; equality, order and hash are those of
:mod:`dataclasses`. How a class is made is compiled when the first one is: a command makes few of the classes that it
imports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound=type)
Value = TypeVar("Value")

_KINDS: Final[set[type]] = set()
_COPIES: Final[dict[type, Callable[..., Any]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = True, order: bool = False, eq: bool = True) -> Callable[[Kind], Kind]:
    """Return what makes a class a frozen data class with slots; its defaults are values, its options those of there."""

    def declare(kind: Kind) -> Kind:
        made: Any = dataclass(frozen=True, slots=True, init=False, kw_only=kw_only, order=order, eq=eq)(kind)

        def init_first(self: object, *values: Any, **named: Any) -> None:
            made.__init__ = _compiled_init(made, is_kw_only=kw_only)
            made.__init__(self, *values, **named)

        made.__init__ = init_first
        _KINDS.add(made)
        declared: Kind = made
        return declared

    return declare


def replace(value: Value, **changes: Any) -> Value:
    """Return a copy of an object with other values of some fields, as :func:`dataclasses.replace` does."""
    kind = type(value)
    if kind not in _COPIES:
        _COPIES[kind] = _compiled_copy(kind) if kind in _KINDS else dataclasses.replace
    copied: Value = _COPIES[kind](value, **changes)
    return copied


def _compiled_init(kind: type, *, is_kw_only: bool) -> Callable[..., None]:
    given = [name if default is MISSING else f"{name}=default_{name}" for name, default in _defaults(kind).items()]
    sets = "; ".join(f"set_{name}(_self, {name})" for name in _defaults(kind))
    init: Callable[..., None] = _compiled(kind, f"_self, {'*, ' if is_kw_only else ''}{', '.join(given)}", sets)
    return init


def _compiled_copy(kind: type) -> Callable[..., Any]:
    given = [f"{name}=_missing" for name in _defaults(kind)]
    sets = (f"set_{name}(_self, get_{name}(_old) if {name} is _missing else {name})" for name in _defaults(kind))
    return _compiled(kind, f"_old, *, {', '.join(given)}", f"_self = _new(_kind); {'; '.join(sets)}", "; return _self")


def _defaults(kind: Any) -> dict[str, Any]:
    return {each.name: each.default for each in fields(kind)}


def _compiled(kind: Any, parameters: str, sets: str, end: str = "") -> Callable[..., Any]:
    names: dict[str, Any] = {"_new": object.__new__, "_kind": kind, "_missing": MISSING}
    for name, default in _defaults(kind).items():
        slot = getattr(kind, name)
        names |= {f"set_{name}": slot.__set__, f"get_{name}": slot.__get__, f"default_{name}": default}
    checks = "; _self.__post_init__()" if hasattr(kind, "__post_init__") else ""
    exec(f"def made({parameters}):\n  {sets}{checks}{end}\n", names)  # noqa: S102
    made: Callable[..., Any] = names["made"]
    return made
