"""What the case holds about a card and has not read: rows that wait for an answer, lines, remarks, other places.

A person is led there before anybody is asked for records: what is in the case already comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from graphtrace.ingest.transcription import row_key
from graphtrace.patterns import late
from graphtrace.render.format import format_question, unread_row
from graphtrace.render.i18n import Text, in_both
from graphtrace.storage.sheet_plan import questions_in
from graphtrace.workbench.answer_pages import Waiting, origin_address
from graphtrace.workbench.text_lines import is_text

if TYPE_CHECKING:
    from graphtrace.model import Finding, Origin
    from graphtrace.results.source_rows import SourceExcerpt
    from graphtrace.results.trace import Trace

MAX_WAITING: Final = 8
"""Maximum number of ways that a page offers."""


def rows_waiting(trace: Trace, loads: Mapping[str, Mapping[str, Any]]) -> list[Waiting]:
    """Return the rows that name a card and count in no answer, those of one way together.

    ``loads`` are the lines of the last load of each file, by its hash.
    """
    found: dict[str, Waiting] = {}
    for finding in trace.findings:
        if finding.code == "unread_movement":
            for origin in finding.evidence[:1]:
                one = _way_of(finding, origin, loads.get(origin.sha256, {}))
                way = found.setdefault(one.address.partition("#")[0] + one.said, one)
                way.rows.append(_row_of(finding))
                way.findings.append(finding)
    return list(found.values())[:MAX_WAITING]


def _row_of(finding: Finding) -> Text:
    return in_both(partial(unread_row, finding.params))


def _way_of(finding: Finding, origin: Origin, load: Mapping[str, Any]) -> Waiting:
    entry: Mapping[str, Any] = next((one for one in load.get("sheets", ()) if one["sheet"] == origin.sheet), {})
    kept = entry.get("reading") or entry
    if "asked" in kept:
        asked = [in_both(partial(format_question, one, is_typed=False)) for one in questions_in(kept) if one.kind]
        return Waiting(way="answer", address=f"/inbox/asked#asked-{origin.sha256[:12]}", questions=asked)
    if is_text(origin.file) and origin.sheet is None:
        return Waiting(way="lines", address=f"/paste/{origin.sha256}#line-{origin.row}")
    if said := finding.params.get("text") or "":
        return Waiting(way="record", address=origin_address(origin), origin=origin, said=said)
    return Waiting(way="row", address=origin_address(origin))


def row_copied(lines: Sequence[str]) -> str:
    """Return the key of the row that a text copies, as its last line says; else nothing."""
    found = _SOURCE.search(lines[-1]) if lines else None
    return "" if found is None else found[1]


_HAN: Final = late("[㐀-鿿]")
_SOURCE: Final = late(r" SHA-256 ([0-9a-f]{64}:(?:.+:)?[0-9]+)$")


def text_of_row(excerpt: SourceExcerpt, source: str) -> list[str]:
    """Return a row as lines of text, a cell with its heading each, and last the ``source`` that it is copied from."""
    named = _headings(excerpt)
    cells = dict.fromkeys(
        (named[at] if at < len(named) else "", " ".join(cell.split())) for at, cell in enumerate(excerpt.cells) if cell
    )
    key = row_key(excerpt.sha256, excerpt.sheet, excerpt.row)
    lines = (f"{heading}{'：' if _HAN.search(heading) else ': '}{cell}" if heading else cell for heading, cell in cells)
    return [*lines, f"{source} SHA-256 {key}"]


def _headings(excerpt: SourceExcerpt) -> list[str]:
    """Return what heads the columns of a row: the first line above it that fills as many, and holds no numbers."""
    filled = len({cell for cell in excerpt.cells if cell})
    above = dict(row for row in (*excerpt.head, *excerpt.rows) if row[0] < excerpt.row)
    for cells in above.values():
        texts = [" ".join((cell or "").split()) for cell in cells]
        if 2 * len(set(filter(None, texts))) > filled and not any(map(_is_number, texts)):
            return texts
    return []


def _is_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 > len(text)


def line_saying(lines: Sequence[str], said: str) -> Iterator[int]:
    """Yield the number of the lines that say what a remark says."""
    bare = " ".join(said.split())
    yield from (number for number, line in enumerate(lines, 1) if bare and bare in line)
