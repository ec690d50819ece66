"""Letters: to whom, about how many cards, with which number and state, and the files that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render import catalogue
from graphtrace.render.document import Document, Entries, Entry, LazyRows, Line, Paragraph, Part, TonedText, remark
from graphtrace.render.format import format_time
from graphtrace.render.i18n import code_text, label_text
from graphtrace.results.letters import count_of

if TYPE_CHECKING:
    from graphtrace.results.letters import Letters, WrittenLetter


def letters_view(found: Letters, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of letters."""
    title = label_text("letters_page")
    parts: list[Part] = [Entries(entries=LazyRows(found.letters, _letter), sign=False)]
    if found.templates:
        parts = [Paragraph(parts=(name,)) for name in found.templates]
    elif not found.letters:
        parts = [Paragraph(parts=(TonedText(label_text("no_letters"), "quiet"),))]
    if found.asked_before:
        parts.append(remark(label_text("leads_asked_before", leads=found.asked_before)))
    if found.omitted:
        parts.append(remark(label_text("letters_omitted", more=found.omitted)))
    return Document(title=title, kind=title, case=case, as_of=as_of, parts=tuple(parts))


def _letter(written: WrittenLetter) -> Entry:
    letter, state = written.letter, written.letter.state
    carrier = (letter.addressee or "").removeprefix("carrier:")
    name = letter.name or (code_text(catalogue.CARRIERS, carrier) if carrier else label_text("carrier_unnamed"))
    number = letter.number or label_text("letter_without_number")
    lines: list[Line] = [(name, TonedText(label_text("cards_counted", cards=letter.cards), "quiet"))]
    lines += [
        (
            code_text(catalogue.ASKED_RECORDS, request.record_type),
            TonedText(code_text(catalogue.REASONS, request.because), "quiet"),
        )
        for request in letter.requests
    ]
    if letter.suspend:
        lines.append((label_text("letter_annex_suspend", cards=letter.suspended),))
    said = label_text(f"lead_{state.state}")
    if letter.answered and state.state != "answered":
        told = label_text("letter_answered_part", answered=count_of(letter.answered), cards=letter.cards)
        lines.append((TonedText(told, "warn"),))
    if state.by is not None and state.at is not None:
        lines.append(
            (
                said,
                TonedText(f"{state.by} · {format_time(state.at)}", "quiet"),
                *([state.remark] if state.remark else []),
            )
        )
    else:
        lines.append((said,))
    lines += [(file.name, TonedText(f"SHA-256 {file.sha256}", "quiet")) for file in written.files]
    return Entry((letter.reference, number), lines)
