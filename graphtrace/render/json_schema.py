"""JSON Schemas of the answers, made of the declarations, annotations and docstrings of their types."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType, NoneType, UnionType
from typing import Any, Final, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from graphtrace import results
from graphtrace.locale import BilingualText
from graphtrace.render import json
from graphtrace.render.registry import RENDERERS
from graphtrace.results.case_status import GuidedQuestions
from graphtrace.wire import Key, Shape, declared, is_null, maker_of, shape_of

_SHOWN_AS: Final = {
    "error": json.Failure,
    "graph": json.DrawnGraph,
    "mapping-suggest": json.SuggestedMapping,
    "query-show": json.ShownQuery,
    "recipe": json.ShownRecipe,
    "rules-show": json.ShownRule,
    "status-questions": GuidedQuestions,
}
"""Types that declare the JSON of answers of other types, or of none."""

ANSWERS: Final[dict[str, type | str]] = {**{renderer.schema: name for name, renderer in RENDERERS.items()}, **_SHOWN_AS}
"""The type of every answer, or its full name, by the name of its schema."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
    BilingualText: {"type": "string"},
    Path: {"type": "string"},
    date: {"type": "string"},
}
_LISTS: Final = (list, tuple, frozenset, Sequence)
_SECTION: Final = "\n\n    - ``"


def make_schema(command: str) -> dict[str, Any]:
    """Return the schema of a command's JSON: all keys are required, and no others are allowed."""
    definitions: dict[str, Any] = {}
    whole = _object(_type_of(ANSWERS[command]), definitions)
    schema = {"$schema": DIALECT, "title": f"graphtrace {command.replace('-', ' ')}", **whole}
    return {**schema, "$defs": dict(sorted(definitions.items()))} if definitions else schema


def _type_of(answer: type | str) -> type:
    if isinstance(answer, type):
        return answer
    module, _, name = answer.rpartition(".")
    kind: type = getattr(import_module(module), name)
    return kind


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if is_typeddict(kind):
        hints = get_type_hints(kind, localns=_names_of(kind), include_extras=True)
        fields = {name: (hint, get_origin(hint) is NotRequired) for name, hint in hints.items()}
        return _described(
            kind.__doc__, {name: (_schema(hint, definitions), absent) for name, (hint, absent) in fields.items()}
        )
    shape = shape_of(kind)
    assert shape is not None, kind
    return _shape(kind, shape, definitions)


def _shape(kind: Any, shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    text = kind.__doc__.split(_SECTION)[0].rstrip() if shape.doc is None else shape.doc
    # several lines end as they do in the source
    text = f"{text}\n    " if "\n" in text else text
    return _described(text, _fields(kind, shape, definitions))


def _described(text: str | None, fields: dict[str, tuple[dict[str, Any], bool]]) -> dict[str, Any]:
    return {
        "description": text,
        "type": "object",
        "properties": {name: schema for name, (schema, _) in fields.items()},
        "required": [name for name, (_, may_be_absent) in fields.items() if not may_be_absent],
        "additionalProperties": False,
    }


def _fields(kind: Any, shape: Shape, definitions: dict[str, Any]) -> dict[str, tuple[dict[str, Any], bool]]:
    """Return the schemas of the keys of an object in the order of the schema, and whether each may be absent."""
    fields: dict[str, tuple[dict[str, Any], bool]] = {}
    for key in sorted(shape.keys, key=lambda key: -key.rank):
        hint = _hint(kind, key)
        if key.is_spread:
            fields |= _fields(hint, _known_shape(hint), definitions)
            continue
        if key.absent == "?" and key.type is None:
            hint = Union[tuple(each for each in _members(hint) if each is not NoneType)]  # noqa: UP007
        schema = _schema(hint, definitions) if key.group is None else _group(hint, key.group, definitions)
        fields[key.name] = (schema, bool(key.absent))
    return fields


def _known_shape(kind: Any) -> Shape:
    shape = shape_of(kind)
    assert shape is not None, kind
    return shape


def _group(hint: Any, group: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    (kind,) = (each for each in _members(hint) if each is not NoneType)
    if group.name not in definitions:
        definitions[group.name] = {}
        definitions[group.name] = _shape(kind, group, definitions)
    reference = {"$ref": f"#/$defs/{group.name}"}
    return reference if kind is hint else {"anyOf": [reference, _SIMPLE[NoneType]]}


def _hint(kind: Any, key: Key) -> Any:
    """Return the type of what stands under a key."""
    if key.type is not None:
        return eval(key.type, {}, _names_of(kind))  # noqa: S307
    if key.is_made:
        return _hints_of(maker_of(kind, key.name))["return"]
    hint = kind
    for step in key.path:
        members = _members(hint)
        (one,) = (each for each in members if each is not NoneType)
        hint = _attribute(one, step)
        if len(members) > 1 and NoneType not in _members(hint):
            hint = Union[hint, None]  # noqa: UP007
    return hint


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _attribute(kind: Any, name: str) -> Any:
    hints = _hints_of(kind)
    if name in hints:
        return hints[name]
    member = inspect.getattr_static(kind, name)
    return _hints_of(getattr(member, "fget", None) or member.func)["return"]


@cache
def _modules() -> list[ModuleType]:
    """Return the modules whose types answers consist of."""
    found = [import_module(f"graphtrace.results.{module.name}") for module in iter_modules(results.__path__)]
    return [*found, *(sys.modules[kind.__module__] for kind in declared())]


@cache
def _hints_of(target: Any) -> dict[str, Any]:
    return get_type_hints(target, localns=_names_of(target), include_extras=True)


def _names_of(target: Any) -> Mapping[str, Any]:
    """Return the names that annotations of a type or function may use, those for types alone too."""
    names: dict[str, Any] = {}
    for module in _modules():
        names |= vars(module)
    return names | vars(sys.modules[target.__module__])


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if is_typeddict(hint) or (isinstance(hint, type) and shape_of(hint) is not None):
        shape = None if is_typeddict(hint) else shape_of(hint)
        name = hint.__name__.removesuffix("Json") if shape is None else shape.name
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if origin is NotRequired:
        return _schema(arguments[0], definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(argument, definitions) for argument in arguments]}
    if origin in _LISTS:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if isinstance(hint, type) and is_null(hint):
        return _SIMPLE[NoneType]
    if isinstance(hint, type) and issubclass(hint, Enum):
        # the best member first
        return {"enum": [member.value for member in reversed(hint)]}
    raise TypeError(f"{hint} has no schema")
