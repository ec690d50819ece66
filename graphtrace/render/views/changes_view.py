"""Changes by loads, as a tree: watched values that were met, cards that changed, new ones, leads, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.model import Outcome
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
    Text,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import format_time, lead_message
from graphtrace.render.i18n import code_text, in_both, join_texts, label_text, party_text
from graphtrace.render.views.watch_view import hits_section
from graphtrace.results.changes import PARTIES_COMPARED

if TYPE_CHECKING:
    from graphtrace.results.changes import CardChange, CardState, CaseChanges, LeadChange, LoadSince

LISTED = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Cards, leads and files that are listed."""


def changes_view(found: CaseChanges, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of what changed after a line of the ledger."""
    lines = label_text("changes_lines", since=found.since, lines=found.lines, other=found.other_lines or None)
    parts: list[Part] = [Paragraph(parts=(TonedText(lines, "quiet"),)), hits_section(found.watch_hits)]
    parts += [
        _section("changed", LazyRows(found.changed, _change), len(found.changed)),
        _section("new_cards", LazyRows(found.new_cards, _change), len(found.new_cards)),
        _section("leads_closed", LazyRows(found.leads_closed, _lead), len(found.leads_closed)),
        _section("leads_opened", LazyRows(found.leads_opened, _lead), len(found.leads_opened)),
        _section("loads", LazyRows(found.loads, _load), len(found.loads)),
    ]
    if not found.changed and found.loads:
        parts.insert(2, Paragraph(parts=(label_text("changes_none", cards=found.compared),)))
    parts += [
        remark(label_text(code, cards=count))
        for code, count in (("changes_omitted", found.omitted), ("changes_unlisted", found.unlisted))
        if count
    ]
    title = label_text("changes_page")
    return Document(title=title, kind=title, case=case, as_of=as_of, caveat=None, parts=tuple(parts))


def _section(code: str, entries: Sequence[Entry], count: int) -> Section:
    listed = Entries(entries=entries, most=LISTED, more=text_tables.LABELS["more_changes"], sign=False, is_dense=True)
    return Section(code=code, title=label_text(f"changes_{code}", count=count), parts=(listed,))


def _change(change: CardChange) -> Entry:
    head: Line = (TonedText(change.card, "name"), _outcome(change.after.outcome))
    if change.before is None:
        return Entry(head, _parties(change.after))
    lines: list[Line] = []
    if change.before.outcome is not change.after.outcome:
        head = (TonedText(change.card, "name"), _outcome(change.before.outcome), "→", _outcome(change.after.outcome))
    for role in PARTIES_COMPARED:
        was, now = getattr(change.before, role), getattr(change.after, role)
        if was != now:
            texts = (missing() if party is None else party_text(party) for party in (was, now))
            lines.append((TonedText(_role(role), "quiet"), join_texts(*texts, by=" → ")))
    return Entry(head, lines)


def missing() -> Text:
    """Return the words for what no record states."""
    return label_text("not_on_record")


def _parties(state: CardState) -> list[Line]:
    named = ((role, getattr(state, role)) for role in PARTIES_COMPARED)
    return [(TonedText(_role(role), "quiet"), party_text(party)) for role, party in named if party is not None]


def _role(role: str) -> Text:
    return code_text(text_tables.ROLES, role)


def _outcome(outcome: Outcome) -> TonedText:
    tone: Tone = outcome.value
    return TonedText(code_text(text_tables.OUTCOME_TAGS, outcome), tone)


def _lead(change: LeadChange) -> Entry:
    shown = ", ".join(change.cards[:3])
    more = len(change.cards) - 3
    cards = label_text("guided_named", cards=shown, more=more) if more > 0 else shown
    return Entry((in_both(lambda lang: lead_message(change.lead, lang)),), ((TonedText(cards, "quiet"),),))


def _load(load: LoadSince) -> Entry:
    counts = label_text("changes_rows", rows=load.rows, loaded=load.loaded, rejected=load.rejected or None)
    head: Line = (str(load.line), TonedText(load.file, "name"), TonedText(format_time(load.at), "quiet"), counts)
    return Entry(head, ())
