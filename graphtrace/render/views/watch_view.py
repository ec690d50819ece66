"""Watched values as an answer of their own, and the rows that name them as a part of other answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TonedText,
)
from graphtrace.render.format import format_origin, format_time
from graphtrace.render.i18n import code_text, join_texts, label_text

if TYPE_CHECKING:
    from graphtrace.results.watch import Watch, WatchHit, WatchList

HITS = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Hits that are listed."""


def watch_view(found: WatchList, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of watched values: what each is compared as, why, by whom and since when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.watches, _watch), sign=False)]
    if not found.watches:
        parts = [Paragraph(parts=(TonedText(label_text("watch_none"), "quiet"),))]
    title = label_text("watch_page")
    return Document(title=title, kind=title, case=case, as_of=as_of, caveat=None, parts=tuple(parts))


def _watch(watch: Watch) -> Entry:
    head = [TonedText(watch.value, "name")]
    if watch.state != "watched":
        head.append(TonedText(label_text(f"watch_{watch.state}"), "warn" if watch.state == "removed" else "good"))
    forms = [code_text(text_tables.WATCH_FORMS, form) for form in watch.forms]
    lines: list[Line] = [(TonedText(join_texts(label_text("watch_as"), join_texts(*forms, by=", ")), "quiet"),)]
    if watch.why:
        lines.append((watch.why,))
    lines.append((TonedText(f"{watch.by}, {format_time(watch.at)}", "quiet"),))
    return Entry(tuple(head), lines)


def hits_section(hits: Sequence[WatchHit] | None) -> Section:
    """Return the section of the rows that name watched values, empty where there are none."""
    entries = Entries(
        entries=LazyRows(hits or (), hit_entry),
        most=HITS,
        more=text_tables.LABELS["more_watch_hits"],
        sign=False,
        is_dense=True,
    )
    return Section(code="watch_hits", title=label_text("watch_hits"), parts=(entries,))


def hit_entry(hit: WatchHit) -> Entry:
    """Return the entry of a hit: the value, kind and role, where the rows stand, why they were not recorded."""
    what = [code_text(text_tables.WATCH_ROLES, hit.role)]
    if hit.kind is not None:
        what.insert(0, code_text(text_tables.KINDS, hit.kind))
    place = format_origin(hit.file, hit.first_rows[0], hit.sheet)
    where = place if hit.rows == 1 else label_text("watch_hit_rows", rows=hit.rows, first=place)
    head = (TonedText(hit.value, "bad"), join_texts(*what, by=", "), where)
    if hit.unread is None:
        return Entry(head, ())
    reasons = {**text_tables.REMARKS, **text_tables.REJECTS}
    reason = join_texts(label_text("watch_hit_unread"), code_text(reasons, hit.unread))
    return Entry(head, ((TonedText(reason, "warn"),),))
