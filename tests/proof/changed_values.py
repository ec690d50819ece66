"""Answers of which one value is changed: each such change is contradicted, or the value is said to be unchecked."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

from .conftest import Case, prove, prove_more


class Value(NamedTuple):
    """A value of an answer: its path without the places in lists, the object that has it, and its name there."""

    path: str
    owner: Any
    name: Any


class Silent(NamedTuple):
    """A change that is neither contradicted nor listed as unchecked."""

    path: str
    before: object
    after: object


def values_of(answer: dict[str, Any], path: str = "") -> Iterator[Value]:
    """Yield the values of an answer; a list of texts or numbers is one."""
    named = answer.items() if isinstance(answer, dict) else enumerate(answer)
    for name, held in named:
        there = f"{path}.{name}".lstrip(".") if isinstance(answer, dict) else path
        if isinstance(held, dict) or (isinstance(held, list) and any(isinstance(each, dict | list) for each in held)):
            yield from values_of(held, there)
        else:
            yield Value(there, answer, name)


def changes_of(value: Any) -> list[Any]:
    """Return other values of the same kind, and none: another name, day, number, row, and a list with more or less."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, None]
    if value is None:
        return ["假", 1]
    if isinstance(value, list):
        return [value[1:], [*value, value[0]], [*value[:-1], changes_of(value[-1])[0]]] if value else []
    other = [f"{value[:at]}{(int(value[at]) + 1) % 10}{value[at + 1 :]}" for at in _digits(value)]
    return [each for each in (*other, f"{value}假", None, "") if each != value]


def _digits(text: str) -> list[int]:
    """Return the places of the last digit, and of that of a year before which a day stands."""
    places = [found.start() for found in re.finditer("[0-9]", text)]
    is_day = re.match(r"[0-9]{4}-[0-9]{2}", text)
    return sorted({*places[-1:], *([2] if is_day else [])})


def silent_changes(
    case: Case, answer: dict[str, Any], changes: list[tuple[Value, Any]], kind: Any = prove_more.FullChecker
) -> list[Silent]:
    """Make one change at a time, and return those of which the program says nothing."""
    found = []
    whole = json.dumps(answer)
    read = functools.cache(prove.Source)
    for (path, owner, name), after in changes:
        before = owner[name]
        owner[name] = after
        try:
            with patch.object(prove, "Source", lambda path: copy.copy(read(path))):
                checker = kind(answer, case.sources)
            checker.check()
            is_told = any(state == prove.NOT_PROVED for _, state, _ in checker.lines)
            if not is_told and (id(owner), name) in checker.stated:
                found.append(Silent(path, before, after))
        except (ValueError, AttributeError, KeyError, TypeError):
            pass  # the program says that the answer cannot be checked
        finally:
            owner[name] = before
    assert json.dumps(answer) == whole
    return found
