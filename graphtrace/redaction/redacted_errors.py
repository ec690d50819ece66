"""Errors without the values that they quote: a name that is not in the case is as telling as one that is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from graphtrace.errors import GraphtraceError
from graphtrace.locale import Text

_OF_PROGRAM: Final = frozenset(
    ("choices", "command", "commands", "endings", "format", "formats", "level", "levels", "variable")
)
"""Parameters whose values are words of this program."""


def redact_error(error: GraphtraceError) -> GraphtraceError:
    """Return the same error with ``[…]`` in the place of every text that it quotes; numbers and days stay."""
    redacted = copy.copy(error)
    redacted.params = {}
    redacted.text = _without_values(error.text)
    redacted.hint_text = error.hint_text and _without_values(error.hint_text)
    return redacted


def _without_values(text: Text) -> Text:
    return Text(
        text.table,
        text.id,
        {name: value if name in _OF_PROGRAM else _without_value(value) for name, value in text.params.items()},
    )


def _is_name(key: Any) -> bool:
    """Whether a key is a name that this program gives; any other may be data."""
    return isinstance(key, str) and key.isascii() and key.isidentifier() and key.islower()


def _without_value(value: Any) -> Any:
    match value:
        case Text():
            return _without_values(value)
        case None | bool() | int() | float() | date():
            return value
        case list() | tuple() | set() | frozenset():
            return [_without_value(each) for each in value]
        case Mapping() if value and not {"id", "party", "parties"} & value.keys() and all(map(_is_name, value)):
            return {name: _without_value(each) for name, each in value.items()}
    return Text("pseudonyms", "left_out", {})
