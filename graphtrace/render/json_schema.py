"""JSON Schemas derived from the types in :mod:`graphtrace.render.json_types`, one for each answer."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from graphtrace.render.json_types import ANSWERS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}


def make_schema(command: str) -> dict[str, Any]:
    """Return the schema of a command's JSON: all keys are required, and no others are allowed."""
    answer = ANSWERS[command]
    definitions: dict[str, Any] = {}
    whole = _object(answer, definitions)
    schema = {"$schema": DIALECT, "title": f"graphtrace {command.replace('-', ' ')}", **whole}
    return {**schema, "$defs": dict(sorted(definitions.items()))} if definitions else schema


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    fields = {name: _schema(hint, definitions) for name, hint in hints.items()}
    required = [name for name, hint in hints.items() if get_origin(hint) is not NotRequired]
    return {
        "description": kind.__doc__,
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if is_typeddict(hint):
        name = hint.__name__.removesuffix("Json")
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _schema(arguments[0], definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(argument, definitions) for argument in arguments]}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    raise TypeError(f"{hint} has no schema")
