"""The head of a case: its number, name, unit, officer and legal ground, and how the case is to be handled.

Each statement is a note of the kind ``head`` with the fields that it changes; the last statement of a field holds, and
an empty one takes it away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from graphtrace.errors import UsageError
from graphtrace.results.case_status import CaseHead
from graphtrace.storage.case_notes import MAX_HEAD_CHARACTERS, is_head_value, readable_notes

ABOUT: Final = "case"
"""Subject of the notes of the head."""

SWITCHES: Final = ("purpose_required", "findable")
"""Fields that are ``yes`` or ``no``: whether look-ups need a purpose, whether other cases may find this one."""

_STATES: Final = ("yes", "no")
FIELDS: Final = (*CaseHead._fields, *SWITCHES)


def check_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return fields to state, without blanks around their values.

    Raises
    ------
    UsageError
        If a field is unknown, a switch is neither yes nor no, or a value is too long or has several lines.
    """
    checked = {name: value.strip() for name, value in fields.items()}
    for name, value in checked.items():
        if name not in FIELDS:
            raise UsageError("unknown_head_field", name=name, names=FIELDS, hint="one_of")
        if name in SWITCHES and value not in ("", *_STATES):
            raise UsageError("head_switch", name=name, text=value, names=_STATES, hint="one_of")
        if not is_head_value(value):
            raise UsageError("head_field_unfit", name=name, count=MAX_HEAD_CHARACTERS, hint="shorten")
    return checked


def parse_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """Return the fields of texts like ``number=2024-17``.

    Raises
    ------
    UsageError
        If a text has no name of a field, or a field is unfit (:func:`check_fields`).
    """
    fields = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError("head_without_field", text=text, names=FIELDS, hint="one_of")
        fields[name.strip()] = value
    return check_fields(fields)


def stated_fields(notes: Iterable[str], as_of: str | None = None) -> dict[str, str]:
    """Return the fields that hold by these notes, up to the end of a day."""
    fields: dict[str, str] = {}
    for note in readable_notes((line for line in notes if '"kind":"head"' in line), as_of=as_of):
        if note["kind"] == "head":
            fields |= note["fields"]
    return {name: value for name, value in fields.items() if value}


def heads_stated(notes: Iterable[str]) -> Iterator[CaseHead]:
    """Yield the heads that a case had, one after each note about it."""
    fields: dict[str, str] = {}
    for note in readable_notes(line for line in notes if '"kind":"head"' in line):
        if note["kind"] == "head":
            fields |= note["fields"]
            yield CaseHead(**{name: fields[name] for name in CaseHead._fields if fields.get(name)})


def head_of_case(notes: Iterable[str], as_of: str | None = None) -> CaseHead:
    """Return the head of a case by its notes, up to the end of a day."""
    fields = stated_fields(notes, as_of)
    return CaseHead(**{name: fields[name] for name in CaseHead._fields if name in fields})
