"""The ledger in words: what was done to the case, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphtrace.render.format import format_time
from graphtrace.render.i18n import Text, label_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the ledger as a person reads it; ``details`` are names with values, ``hash`` is that of the line."""

    number: int
    at: str
    what: Text
    subject: str
    details: tuple[tuple[str, str], ...]
    hash: str


_KNOWN = frozenset({"at", "file", "hash", "load", "previous", "sheets", "correction", "judgement", "undo", "why", "by"})


def describe_entries(entries: Iterable[Mapping[str, Any]]) -> list[LogEntry]:
    """The lines of the ledger, the last one first."""
    return [_entry(number, entry) for number, entry in reversed(list(enumerate(entries, 1)))]


def _entry(number: int, entry: Mapping[str, Any]) -> LogEntry:
    if "load" in entry:
        what = label_text("log_load")
    elif "correction" in entry or "corrects" in entry:
        what = label_text("log_correct")
    elif "judgement" in entry:
        what = label_text("log_judge")
    else:
        what = label_text("log_other")
    subject = str(entry.get("file") or entry.get("record") or "")
    return LogEntry(
        number=number,
        at=format_time(str(entry["at"])),
        what=what,
        subject=subject,
        details=tuple(_details(entry)),
        hash=str(entry["hash"]),
    )


def _details(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for sheet in entry.get("sheets") or ():
        if isinstance(sheet, Mapping):
            counts = ("rows", "loaded", "duplicate", "rejected")
            said = ", ".join(f"{name} {sheet[name]}" for name in counts if name in sheet)
            yield str(sheet.get("sheet") or "–"), said
    for name, value in entry.items():
        if name not in _KNOWN and value not in (None, "", [], {}):
            yield name, str(value)
    for name in ("by", "why"):
        if entry.get(name):
            yield name, str(entry[name])
