"""Frozen data classes that are made fast: an answer about many cards consists of millions of small objects.

:func:`dataclasses.dataclass` sets each field of a frozen object through ``object.__setattr__``, which looks the field
up again. Here the descriptors of the fields do it, in a third of the time; equality, order and hash are as those of
:mod:`dataclasses`. Each method is compiled when it is called for the first time: a command makes few of the classes
that it imports, and compiling all took a tenth of the time of a short one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, Final, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound=type)
Value = TypeVar("Value")

_KINDS: Final[set[type]] = set()
_COPIES: Final[dict[type, Callable[..., Any]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = True, order: bool = False, eq: bool = True) -> Callable[[Kind], Kind]:
    """Return what makes a class a frozen data class with slots; its options are those of there."""

    def declare(kind: Kind) -> Kind:
        own = kind.__dict__
        made: Any = dataclass(slots=True, init=False, repr=False, eq=order, order=order, kw_only=kw_only)(kind)
        for name, compiled in _METHODS.items():
            is_own = own.get(name) is not None  # a class with an equality of its own has no hash in Python
            if not is_own and (eq or name not in ("__eq__", "__hash__")):
                setattr(made, name, _compiled_when_used(made, name, compiled))
        made.__setattr__ = made.__delattr__ = _refuse
        made.__getstate__, made.__setstate__ = _state, _set_state
        _KINDS.add(made)
        declared: Kind = made
        return declared

    return declare


def _compiled_when_used(kind: Any, name: str, compiled: Callable[[type], Callable[..., Any]]) -> Callable[..., Any]:
    def first(self: object, *values: Any, **named: Any) -> Any:
        method = compiled(kind)
        setattr(kind, name, method)
        return method(self, *values, **named)

    return first


def _refuse(_: object, name: str, *__: object) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


def replace(value: Value, /, **changes: Any) -> Value:
    """Return a copy of an object with other values of some fields, as :func:`dataclasses.replace` does."""
    kind = type(value)
    if kind not in _COPIES:
        _COPIES[kind] = _compiled_copy(kind) if kind in _KINDS else dataclasses.replace
    copied: Value = _COPIES[kind](value, **changes)
    return copied


def _compiled_init(kind: type) -> Callable[..., None]:
    given: dict[bool, list[str]] = {False: [], True: []}
    sets = []
    for each in fields(kind):
        name, is_made = each.name, each.default_factory is not MISSING
        default = "=_missing" if is_made else "" if each.default is MISSING else f"=default_{name}"
        given[each.kw_only is True].append(name + default)
        value = f"factory_{name}() if {name} is _missing else {name}" if is_made else name
        sets.append(f"set_{name}(_self, {value})")
    named = ["*", *given[True]] if given[True] else []
    init: Callable[..., None] = _compiled(kind, ["_self", *given[False], *named], *sets, *_checks(kind))
    return init


def _compiled_eq(kind: type) -> Callable[..., bool]:
    names = [each.name for each in fields(kind) if each.compare]
    ones, others = ("".join(f"{side}.{name}, " for name in names) for side in ("_self", "_other"))
    test = f"({ones}) == ({others}) if _other.__class__ is _self.__class__ else NotImplemented"
    compared: Callable[..., bool] = _compiled(kind, ["_self", "_other"], f"return {test}")
    return compared


def _compiled_hash(kind: type) -> Callable[..., int]:
    names = "".join(f"_self.{each.name}, " for each in fields(kind) if each.compare)
    hashed: Callable[..., int] = _compiled(kind, ["_self"], f"return hash(({names}))")
    return hashed


def _compiled_repr(kind: type) -> Callable[..., str]:
    shown = ", ".join(f"{each.name}={{_self.{each.name}!r}}" for each in fields(kind) if each.repr)
    text: Callable[..., str] = _compiled(kind, ["_self"], f'return f"{{_self.__class__.__qualname__}}({shown})"')
    return text


_METHODS: Final[dict[str, Callable[[type], Callable[..., Any]]]] = {
    "__init__": _compiled_init,
    "__eq__": _compiled_eq,
    "__hash__": _compiled_hash,
    "__repr__": _compiled_repr,
}
"""The methods of a frozen class, compiled when one is called for the first time."""


def _compiled_copy(kind: type) -> Callable[..., Any]:
    names = [each.name for each in fields(kind)]
    sets = (f"set_{name}(_self, get_{name}(_old) if {name} is _missing else {name})" for name in names)
    given = ["_old", "*", *(f"{name}=_missing" for name in names)]
    return _compiled(kind, given, "_self = _new(_kind)", *sets, *_checks(kind), "return _self")


def _checks(kind: type) -> list[str]:
    return ["_self.__post_init__()"] if hasattr(kind, "__post_init__") else []


def _compiled(kind: Any, parameters: Sequence[str], *statements: str) -> Callable[..., Any]:
    names: dict[str, Any] = {"_new": object.__new__, "_kind": kind, "_missing": MISSING}
    for each in fields(kind):
        slot, name = getattr(kind, each.name), each.name
        names |= {f"set_{name}": slot.__set__, f"get_{name}": slot.__get__}
        names |= {f"default_{name}": each.default, f"factory_{name}": each.default_factory}
    exec(f"def made({', '.join(parameters)}):\n  {'; '.join(statements) or 'pass'}\n", names)  # noqa: S102
    made: Callable[..., Any] = names["made"]
    return made
