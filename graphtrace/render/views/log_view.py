"""The answer of ``log`` as a tree: what was done to a case and asked of it, the oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Part,
    Records,
    Section,
    TableBlock,
    TonedText,
)
from graphtrace.render.format import HASH_SHOWN, format_time, problem_message
from graphtrace.render.i18n import Phrase, Text, code_text, in_both, join_texts, label_text

if TYPE_CHECKING:
    from graphtrace.results.case_status import CaseLog, IntegrityProblem, LogLine

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
        more=text_tables.LABELS["more_rows"],
    )
    entries = Entries(entries=LazyRows(log.lines, _entry), sign=False, is_dense=True, audience=Audience.TERMINAL)
    return Document(
        title=kind,
        kind=kind,
        case=case,
        as_of=as_of,
        caveat=None,
        parts=(*_problems(log), Section(code="log", title=kind, parts=(entries, table))),
        records=Records(columns=_COLUMNS, rows=(_record(line) for line in log.lines)),
    )


def problem_text(problem: IntegrityProblem) -> Phrase:
    """Return the sentence of a problem of an integrity check."""
    return in_both(lambda lang: problem_message(problem.code, problem.params, lang))


def _problems(log: CaseLog) -> Iterator[Part]:
    """Yield which lines do not follow from those before, if any."""
    if log.problems:
        lines = [(TonedText(problem_text(problem), "bad"),) for problem in log.problems]
        yield Entries(entries=[Entry((), lines)], is_dense=True)


def _row(line: LogLine) -> list[Cell]:
    hash_ = TonedText(line.hash, "quiet")
    return [format_time(line.at), label_text(f"log_{line.what}"), line.by, line.purpose, details_text(line), hash_]


def _entry(line: LogLine) -> Entry:
    head = (TonedText(format_time(line.at), "quiet"), label_text(f"log_{line.what}"), line.by, line.purpose)
    return Entry(head, [(details_text(line),), (TonedText(line.hash[:HASH_SHOWN], "quiet"),)])


def details_text(line: LogLine) -> Text:
    """Return the parameters of a line in one text: names and values in words."""
    named = (_named_text(name, value) for name, value in line.params.items() if value not in (None, [], ""))
    return join_texts(*named, by=" · ")


def _named_text(name: str, value: Any) -> Text:
    """Return a name with its value; a name that is not the program's, as a field of a page's form, as it is."""
    label = code_text(text_tables.LOG_NAMES, name) if name in text_tables.LOG_NAMES else name
    return join_texts(label, _value_text(name, value))


def _value_text(name: str, value: Any) -> Text:
    if isinstance(value, list):
        return join_texts(*(_value_text(name, each) for each in value), by=", ")
    if isinstance(value, dict):
        return join_texts(
            *(_named_text(key, each) for key, each in value.items() if each not in (None, [], "")), by=", "
        )
    if isinstance(value, bool):
        return label_text("yes" if value else "no")
    words = _CODES.get(name)
    return code_text(words, value) if words is not None and value in words else str(value)


_CODES: Final = {
    "because": text_tables.REASONS,
    "bucket": text_tables.BUCKETS,
    "for": text_tables.WANTED,
    "form": text_tables.LETTER_FORMS,
    "kind": text_tables.KINDS,
    "role": text_tables.AUDIT_ROLES,
}
"""Words for the codes that a parameter may have."""


def _record(line: LogLine) -> dict[str, Any]:
    return {**line._asdict(), "params": json.dumps(line.params, ensure_ascii=False, sort_keys=True)}
