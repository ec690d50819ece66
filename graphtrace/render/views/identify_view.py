"""The answer of ``identify`` as a tree: what each of the given numbers can be, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    Cell,
    Document,
    Inline,
    LazyRows,
    Paragraph,
    Part,
    Section,
    TableBlock,
    Text,
    TonedText,
)
from graphtrace.render.i18n import code_text, hint_text, label_text

if TYPE_CHECKING:
    from graphtrace.identifiers import Identification, Interpretation
    from graphtrace.render.command_results import Identifications


def identify_view(found: Identifications, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of what some numbers can be."""
    kind = label_text("identify_page")
    sections = [_number(text, answer, f"n{at}") for at, (text, answer) in enumerate(found.answers, 1)]
    return Document(title=kind, kind=kind, case=case, as_of=as_of, caveat=None, parts=tuple(sections))


def _number(text: str, answer: Identification, code: str) -> Section:
    parts: list[Part] = []
    if answer.damaged is not None:
        low, high = answer.damaged
        parts.append(Paragraph(parts=(TonedText(label_text("damaged", low=low, high=high), "bad"),)))
    elif not answer.readings:
        parts.append(Paragraph(parts=(TonedText(label_text("no_reading"), "bad"),)))
    rows = LazyRows(answer.readings, _reading)
    parts.append(TableBlock(code="readings", columns=KEY_COLUMNS, rows=rows, layout="key"))
    return Section(code=code, title=text, parts=tuple(parts))


def _reading(reading: Interpretation) -> Sequence[Cell]:
    return [code_text(text_tables.IDENTIFIERS, reading.kind), Inline(tuple(_known(reading)))]


def _known(reading: Interpretation) -> Iterator[Text]:
    yield reading.normalised
    if not reading.complete:
        yield label_text("incomplete")
    if reading.carrier:
        yield code_text(text_tables.CARRIERS, reading.carrier)
    if reading.checksum != "n/a":
        yield code_text(text_tables.CHECKSUMS, reading.checksum)
    if reading.key and reading.key != reading.normalised:
        yield label_text("key", key=reading.key)
    for hint in reading.hints:
        yield hint_text(hint)
