"""The files of carriers' replies, and whether each is what its reply says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    DisplayLimits,
    Entries,
    Entry,
    LazyRows,
    Line,
    Part,
    Section,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import finding_message
from graphtrace.render.i18n import in_both, label_text

if TYPE_CHECKING:
    from graphtrace.model import Finding
    from graphtrace.results.replies import ReplyCheck

REPLIES = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Files of replies that are listed."""


def replies_section(checks: Sequence[ReplyCheck]) -> Section:
    """Return the section of the files of replies; those that differ come first."""
    ordered = sorted(checks, key=lambda check: check.agrees is not False)
    more = text_tables.LABELS["more_sheets"]
    entries = Entries(entries=LazyRows(ordered, _entry), most=REPLIES, more=more, sign=False, is_dense=True)
    return Section(code="replies", title=label_text("replies"), parts=(entries,))


def reply_remarks(findings: Sequence[Finding]) -> Iterator[Part]:
    """Yield what is told before anything else of an answer that rests on a file which is not what its reply says."""
    for finding in findings:
        yield remark(in_both(partial(finding_message, finding.code, finding.params)), "bad")


def _entry(check: ReplyCheck) -> Entry:
    reply = check.reply
    lines: list[Line] = []
    if check.agrees is False:
        hashes = (("reply_stated", reply.stated), ("reply_actual", check.actual))
        lines += [(label_text(code), TonedText(digits, "code")) for code, digits in hashes]
    if check.is_weak:
        lines.append((TonedText(label_text("reply_weak"), "warn"),))
    code, tone = reply_outcome(check)
    head = [TonedText(check.file, "name"), TonedText(label_text(code, **check.params), tone)]
    if reply.has_seal is not None:
        head.append(TonedText(label_text("reply_sealed" if reply.has_seal else "reply_unsealed"), "quiet"))
    return Entry(tuple(head), lines)


def reply_outcome(check: ReplyCheck) -> tuple[str, Tone]:
    """Return the label that says whether a file is what its reply says, and its tone."""
    if check.agrees is None:
        return "reply_of_another", "warn"
    if not check.agrees:
        return "reply_differs", "bad"
    return "reply_archive_agrees" if check.compared != check.actual else "reply_agrees", "good"
