"""The ledger and the log of look-ups in words: what was done to the case and asked of it, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphtrace.render.format import format_time
from graphtrace.render.i18n import Text, join_texts, label_text
from graphtrace.render.views.log_view import details_text
from graphtrace.results.case_status import LogLine
from graphtrace.storage.correction_log import READ_AGAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the ledger as a person reads it; ``details`` are names with values, ``hash`` is that of the line."""

    number: int
    at: str
    what: Text
    subject: str
    details: tuple[tuple[Text, Text], ...]
    hash: str


def describe_lookups(lines: Iterable[LogLine]) -> list[LogEntry]:
    """Return look-ups and exports, the last one first."""
    return [
        LogEntry(
            number=number,
            at=format_time(line.at),
            what=label_text(f"log_{line.what}"),
            subject=str(line.params.get("path") or line.params.get("command") or ""),
            details=tuple(_details_of_lookup(line)),
            hash=line.hash,
        )
        for number, line in reversed(list(enumerate(lines, 1)))
    ]


def _details_of_lookup(line: LogLine) -> Iterator[tuple[Text, Text]]:
    if line.by:
        yield label_text("log_by"), line.by
    if line.purpose:
        yield label_text("log_purpose"), line.purpose
    yield label_text("details"), details_text(line)


def describe_entries(entries: Iterable[Mapping[str, Any]]) -> list[LogEntry]:
    """Return the lines of the ledger, the last one first."""
    return [_entry(number, entry) for number, entry in reversed(list(enumerate(entries, 1)))]


def _entry(number: int, entry: Mapping[str, Any]) -> LogEntry:
    if "load" in entry:
        what = label_text("log_load")
    elif "unload" in entry:
        what = label_text("log_unload")
    elif "correction" in entry or "corrects" in entry:
        what = label_text("log_correct")
    elif "judgement" in entry:
        what = label_text("log_judge")
    else:
        what = label_text("log_other")
    about = entry.get("unload") or entry
    subject = str(about.get("file") or entry.get("record") or entry.get("row") or "")
    return LogEntry(
        number=number,
        at=format_time(str(entry["at"])),
        what=what,
        subject=subject,
        details=tuple(_details(entry)),
        hash=str(entry["hash"]),
    )


def _details(entry: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    for sheet in entry.get("sheets") or ():
        if isinstance(sheet, Mapping):
            counts = [join_texts(label_text(name), str(sheet[name])) for name in _COUNTS if name in sheet]
            yield str(sheet.get("sheet") or "–"), join_texts(*counts, by=" · ")
    for name, value in entry.items():
        if name in _NAMED and value not in (None, "", [], {}):
            yield label_text(f"log_{name}"), label_text("file_again") if value == READ_AGAIN else _shown(value)


def _shown(value: object) -> str:
    """Return a value as text; of several, such as members of parties, each without the mark of what it is."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each).removeprefix("name:").removeprefix("id:") for each in value)
    return str(value)


_COUNTS = ("rows", "loaded", "duplicate", "rejected")
_NAMED = ("sha256", "size", "kind", "mapping", "parties", "by", "who", "why")
"""Further keys of a line to show, in this order; the rest is for programs."""
