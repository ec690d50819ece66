"""The answer of ``log`` as a tree: what was done to a case and asked of it, the oldest first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from graphtrace.render import catalogue
from graphtrace.render.document import (
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Records,
    Section,
    TableBlock,
    TonedText,
)
from graphtrace.render.format import HASH_SHOWN, format_time
from graphtrace.render.i18n import Text, label_text

if TYPE_CHECKING:
    from graphtrace.results.case import CaseLog, LogLine

LINES: Final = DisplayLimits(terminal=None, page=1_000, notebook=50)
_COLUMNS: Final = ("at", "by", "what", "purpose", "params", "hash")


def log_view(log: CaseLog, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of a log, with one row a line."""
    kind = label_text("log_page")
    columns = [Column("log_at", "short", label_text("when")), Column("log_what", "short", label_text("log_what"))]
    columns += [
        Column("log_by", "text", label_text("log_by")),
        Column("log_purpose", "text", label_text("log_purpose")),
        Column("log_params", "text", label_text("details"), width=90),
        Column("log_hash", "short", label_text("line_hash"), width=70),
    ]
    table = TableBlock(
        code="log",
        columns=tuple(columns),
        rows=LazyRows(log.lines, _row),
        audience=~Audience.TERMINAL,
        most=LINES,
        more=catalogue.LABELS["more_rows"],
    )
    entries = Entries(entries=LazyRows(log.lines, _entry), sign=False, is_dense=True, audience=Audience.TERMINAL)
    return Document(
        title=kind,
        kind=kind,
        case=case,
        as_of=as_of,
        caveat=None,
        parts=(Section(code="log", title=kind, parts=(entries, table)),),
        records=Records(columns=_COLUMNS, rows=(_record(line) for line in log.lines)),
    )


def _row(line: LogLine) -> list[Cell]:
    hash_ = TonedText(line.hash, "quiet")
    return [format_time(line.at), label_text(f"log_{line.what}"), line.by, line.purpose, details_text(line), hash_]


def _entry(line: LogLine) -> Entry:
    head = (TonedText(format_time(line.at), "quiet"), label_text(f"log_{line.what}"), line.by, line.purpose)
    return Entry(head, [(details_text(line),), (TonedText(line.hash[:HASH_SHOWN], "quiet"),)])


def details_text(line: LogLine) -> Text:
    """Return the parameters of a line in one text: names and values."""
    return " · ".join(f"{name} {_value_text(value)}" for name, value in line.params.items() if value not in (None, []))


def _value_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value_text(each)}" for name, each in value.items())
    return str(value)


def _record(line: LogLine) -> dict[str, Any]:
    return {**line._asdict(), "params": json.dumps(line.params, ensure_ascii=False, sort_keys=True)}
