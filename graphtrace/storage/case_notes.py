"""Notes of people on a case, beside its records: notes on cards and parties, letters, states of leads and letters,
views of the chart, mappings of columns that somebody made, the head of the case, values that loads are compared with,
what carriers state of their replies, and, by the program itself, the files that it could not read.

Each is one line, and lines are only ever added. Like those of the ledger, each has the hash of the line before it, who
wrote it and when. No answer about a card rests on them. In a folder they stand in ``notes.jsonl`` beside the ledger, on
a server as nodes of their own (:mod:`graphtrace.storage.neo4j.neo4j_notes`); the lines are the same, and copies take
them along.

The head of a case: its number, name, unit, officer and legal ground, and how the case is to be handled. Each statement
is a note of the kind ``head`` with the fields that it changes; the last statement of a field holds, and an empty one
takes it away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.results.case_status import CaseHead, FileNotRead
from graphtrace.results.letters import are_requests, are_shown_spans, are_spans
from graphtrace.results.replies import HASH_DIGITS, Archive
from graphtrace.storage.ledger import Chains, content_of, ledger_time, next_entry

NoteKind = Literal["note", "lead", "view", "mapping", "unread", "head", "pin", "watch", "letter", "reply", "answer"]

MAX_NOTE_BYTES: Final = 512 * 2**10
"""Maximum size of a line; a view of 1,500 elements has some 200 kB."""


MAX_HEAD_CHARACTERS: Final = 200
"""Maximum length of a field of the head of a case."""

OF_REPLY: Final = '"kind":"reply"'
"""Stands in every line about a reply, so that others need not be read for them."""


class NoteRequest(NamedTuple):
    """Request to add a note about something (``card:KEY``, ``party:ID``, …)."""

    kind: NoteKind
    about: str
    content: Mapping[str, Any]
    by: str


def readable_notes(lines: Iterable[str], *, as_of: str | None = None) -> list[dict[str, Any]]:
    """Return the notes, up to a day, of the lines that are notes as this program writes them; others are left out."""
    found = [content for content in map(_content, lines) if content is not None and not note_faults(content)]
    return [content for content in found if as_of is None or content["at"][:10] <= as_of]


def unreadable_notes(lines: Iterable[str]) -> list[int]:
    """Return the numbers of the lines that are no notes as this program writes them, but are lines."""
    found = ((number, _content(line)) for number, line in enumerate(lines, 1))
    return [number for number, content in found if content is not None and note_faults(content)]


def _content(line: str) -> dict[str, Any] | None:
    try:
        return content_of(line)
    except CaseDamaged:
        return None


def note_faults(content: Mapping[str, Any]) -> list[str]:
    """Return the fields of a note that are missing or of another type than its kind needs."""
    needed = _FIELDS.get(content.get("kind", "") if isinstance(content.get("kind"), str) else "")
    if needed is None:
        return ["kind"]
    faults = [name for name in ("at", "by", "about") if not isinstance(content.get(name), str)]
    return [*faults, *(name for name, is_right in needed.items() if not is_right(content.get(name)))]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_optional_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_fields(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _is_head(value: object) -> bool:
    return _is_fields(value) and isinstance(value, dict) and all(map(is_head_value, value.values()))


def is_head_value(value: str) -> bool:
    """Whether a text can be a field of the head of a case, which stands in the margin of printed pages."""
    return len(value) <= MAX_HEAD_CHARACTERS and value.isprintable()


def _is_file_not_read(value: object) -> bool:
    return _is_fields(value) and isinstance(value, dict) and value.keys() == {*FileNotRead._fields}


def _is_archive(value: object) -> bool:
    return value is None or (_is_fields(value) and isinstance(value, dict) and value.keys() == {*Archive._fields})


def _is_seal(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _is_algorithm(value: object) -> bool:
    return isinstance(value, str) and value in HASH_DIGITS


def _are_reply_files(value: object) -> bool:
    needed = {"file", "sha256", "actual"}
    return isinstance(value, list) and all(_is_fields(each) and each.keys() == needed for each in value)


def is_view(value: object) -> bool:
    """Whether a value is a saved view: nodes and edges with ids, numbers where numbers stand, days where days do."""
    if not isinstance(value, dict) or not all(isinstance(value.get(part), list) for part in ("nodes", "edges")):
        return False
    skips = value.get("skips", {})
    is_right = isinstance(skips, dict) and all(_is_number(skip) for skip in skips.values())
    return is_right and all(map(_is_node, value["nodes"])) and all(map(_is_edge, value["edges"]))


def _is_node(node: object) -> bool:
    if not isinstance(node, dict) or not _is_text(node.get("id")):
        return False
    texts = all(_is_optional_text(node.get(name)) for name in ("name", "kind", "note", "of", "by"))
    lines = node.get("lines", [])
    places = all(_is_number(node.get(name, 0)) for name in ("x", "y"))
    steps = all(_is_fields(node.get(name, {})) for name in ("within", "step"))
    return texts and places and steps and _is_texts(lines) and _is_number(node.get("mark", 0))


def _is_edge(edge: object) -> bool:
    if not isinstance(edge, dict) or not all(_is_text(edge.get(name)) for name in ("id", "source", "target")):
        return False
    counts = all(
        edge.get(name) is None or _is_number(edge[name]) for name in ("cards", "records", "quantity", "seized")
    )
    return counts and all(_is_day(edge.get(name) or "") for name in ("since", "until"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < _MAX_NUMBER


def _is_day(value: object) -> bool:
    if value == "":
        return True
    try:
        return isinstance(value, str) and len(value) == len("2024-03-05") and bool(date.fromisoformat(value))
    except ValueError:
        return False


_MAX_NUMBER: Final = 1e12
_FIELDS: Final[Mapping[str, Mapping[str, Callable[[object], bool]]]] = {
    "note": {"text": _is_text},
    "lead": {"state": _is_text, "text": _is_optional_text},
    "view": {"view": is_view},
    "mapping": {"file": _is_text, "headings": _is_texts, "fields": _is_fields},
    "head": {"fields": _is_head},
    "pin": {
        "command": _is_text,
        "asked": _is_texts,
        "words": _is_text,
        "sha256": _is_text,
        "removes": lambda value: value is None or isinstance(value, int),
    },
    "watch": {"value": _is_text, "why": _is_optional_text, "watched": lambda value: isinstance(value, bool)},
    "letter": {
        **dict.fromkeys(("reference", "form", "lang", "date"), _is_text),
        **dict.fromkeys(("number", "pattern", "addressee", "name", "identifier"), _is_optional_text),
        "running": lambda value: value is None or isinstance(value, int),
        "reply_by": lambda value: value is None or (value != "" and _is_day(value)),
        "suspend": are_shown_spans,
        "numbers": _is_fields,
        "requests": are_requests,
    },
    "answer": {"file": _is_text, "sha256": _is_text, "cards": are_spans},
    "reply": {
        "number": _is_text,
        "algorithm": _is_algorithm,
        "stated": _is_text,
        "seal": _is_seal,
        "archive": _is_archive,
        "of_another": lambda value: isinstance(value, bool),
        "files": _are_reply_files,
    },
    "unread": {"files": lambda value: isinstance(value, list) and all(map(_is_file_not_read, value))},
}
"""The fields that a note of each kind has beside ``at``, ``by`` and ``about``."""


def plan_note(last: str | None, request: NoteRequest, lookups: str | None) -> str:
    """Return the line that follows ``last``; ``lookups`` is the hash of the last line of the log of look-ups.

    Raises UsageError if it is too large, or lacks what its kind needs.
    """
    at = ledger_time([] if last is None else [last])
    content = {"at": at, "by": request.by, "kind": request.kind, "about": request.about, **request.content}
    if faults := note_faults(content):
        raise UsageError("note_unfit", fields=faults, hint="note_fields")
    entry = next_entry(last, content, {"lookups": lookups})
    if len(entry.encode()) > MAX_NOTE_BYTES:
        raise UsageError("note_too_large", hint="shorten")
    return entry


def add_note(chains: Chains, request: NoteRequest) -> str:
    """Add a note and return its line; see :meth:`~graphtrace.storage.ledger.Chains.add` for the errors.

    Raises UsageError if it is too large.
    """
    return chains.add("notes", lambda last, heads: plan_note(last, request, heads["lookups"]), beside=("lookups",))


ABOUT: Final = "case"
"""Subject of the notes of the head."""

SWITCHES: Final = ("purpose_required", "findable")
"""Fields that are ``yes`` or ``no``: whether look-ups need a purpose, whether other cases may find this one."""

_STATES: Final = ("yes", "no")
FIELDS: Final = (*CaseHead._fields, *SWITCHES)


def check_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return fields to state, without blanks around their values.

    Raises UsageError if a field is unknown, a switch is neither yes nor no, or a value is too long or has several
    lines.
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

    Raises UsageError if a text has no name of a field, or a field is unfit (:func:`check_fields`).
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
