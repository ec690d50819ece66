"""Document tree of the finds in a text: each with its place, and a table for a person to complete and load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from graphtrace.render import text_tables
from graphtrace.render.document import Column, Document, Paragraph, Records, Section, TableBlock, TonedText
from graphtrace.render.i18n import code_text, label_text

if TYPE_CHECKING:
    from graphtrace.render.command_results import ExtractedText
    from graphtrace.results.found_identifiers import TextFind

TO_COMPLETE: Final = (
    *("kind", "date", "carrier", "enterprise", "from", "to", "user", "holder"),
    *("iccid", "quantity", "msisdn", "imsi", "imei", "waybill", "price"),
    *("account", "text", "source_file", "source_sha256", "source_line"),
)
"""Columns of the table that a person completes; those that stand empty are what no text states by itself."""

_LISTED: Final = {"iccid": "iccid", "range": "iccid"}
_SINGLE: Final = ("date", "quantity", "msisdn", "imsi", "imei", "waybill", "price", "account")


def extract_view(found: ExtractedText, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of what was found in the text of a file."""
    finds, name = found.finds, found.name
    rows = [
        (find.line, find.column, code_text(text_tables.IDENTIFIERS, find.kind), find.value, find.text) for find in finds
    ]
    columns = (
        Column("line", "ordinal", label_text("text_line")),
        Column("column", "ordinal", label_text("text_column")),
        Column("kind", heading=label_text("kind")),
        Column("value", "short", label_text("found_value")),
        Column("text", heading=label_text("found_text")),
    )
    nothing = Paragraph(parts=(TonedText(label_text("nothing_in_text"), "quiet"),))
    table = TableBlock(code="found", columns=columns, rows=rows)
    return Document(
        title=name,
        kind=label_text("extract_page"),
        case=case,
        as_of=as_of,
        caveat=None,
        parts=(Section(code="found", title=name, parts=(table,) if rows else (nothing,)),),
        records=Records(columns=TO_COMPLETE, rows=tuple(rows_to_complete(finds, name, found.sha256, found.lines))),
    )


def rows_to_complete(
    finds: Sequence[TextFind], name: str, sha256: str, lines: Mapping[int, str]
) -> Iterator[dict[str, object]]:
    """Yield one row for each line with a find. If a line has several values of a kind, a person must choose."""
    for line, found in groupby(finds, key=lambda find: find.line):
        by_kind: dict[str, list[str]] = {}
        for find in found:
            by_kind.setdefault(_LISTED.get(find.kind, find.kind), []).append(find.value)
        row: dict[str, object] = dict.fromkeys(TO_COMPLETE)
        row["iccid"] = "、".join(by_kind.get("iccid", ())) or None
        for kind in _SINGLE:
            values = list(dict.fromkeys(by_kind.get(kind, ())))
            row[kind] = values[0] if len(values) == 1 else None
        row |= {"text": lines.get(line, "")[:1000], "source_file": name, "source_sha256": sha256, "source_line": line}
        yield row
