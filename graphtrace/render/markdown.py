"""Audits as Markdown, for a report that somebody goes on writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import breach_message, rule_law, sentence, share_said, spread_said, word
from graphtrace.render.safe import visible

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audit
    from graphtrace.model import Origin

_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$@]|:(?=//)|\.(?=\S)(?<=www\.)|^[-+=]", re.IGNORECASE)
"""What would be more than itself: marks, links, mentions, the beginning of a list or heading."""

_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
"""What would begin a numbered list."""


def audit_markdown(case: str, audits: Sequence[Audit], lang: Lang) -> str:
    """The report of some audits: the ranking, where there are several, then each enterprise with all its rows."""
    report = _Report(lang)
    report.line(f"# {report.label('audit_page', enterprises=len(audits))}")
    report.line(f"{report.label('of_case', case=case)} · graphtrace")
    if len(audits) > 1:
        report.table(
            ("enterprise", "purchased", "resold", "seized", "unaccounted", "findings"),
            (
                (
                    *(audit.enterprise.name, audit.purchased, audit.buckets["resold"], audit.seized),
                    *(audit.balance.unaccounted if audit.balance else None, len(audit.findings)),
                )
                for audit in audits
            ),
        )
    for audit in audits:
        report.add(audit)
    return "\n".join(report.lines).rstrip("\n") + "\n"


def inert(text: str) -> str:
    """Text of the case as Markdown that means just this text, in one line."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", visible(text).strip()))


class _Report:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.lines: list[str] = []

    def label(self, code: str, **params: object) -> str:
        template = wording.PAGES.get(code) or wording.LABELS[code]
        return inert(sentence(template, params, self.lang))

    def line(self, text: str) -> None:
        """A paragraph or heading."""
        self.lines += [text, ""]

    def items(self, texts: Iterable[str]) -> None:
        """A list."""
        self.lines += [*(f"- {text}" for text in texts), ""]

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; numbers stand flush right."""
        found = list(rows)
        first = found[0] if found else ()
        rule = (
            "---:" if place < len(first) and isinstance(first[place], int) else "---" for place in range(len(heads))
        )
        self.lines.append(f"| {' | '.join(map(self.label, heads))} |")
        self.lines.append(f"| {' | '.join(rule)} |")
        self.lines += [f"| {' | '.join(map(_cell, row))} |" for row in found]
        self.lines.append("")

    def add(self, audit: Audit) -> None:
        """One enterprise."""
        self.line(f"## {inert(audit.enterprise.name or audit.enterprise.id)}")
        self.line(inert(audit.uscc or audit.enterprise.id))
        self.line(f"### {self.label('what_became')}")
        buckets = [(word(wording.BUCKETS, bucket, self.lang), cards) for bucket, cards in audit.buckets.items()]
        together = (sentence(wording.PAGES["together"], {}, self.lang), audit.purchased)
        self.table(
            ("bucket_head", "cards_total", "share_head"),
            ((name, cards, share_said(cards / audit.purchased)) for name, cards in (*buckets, together)),
        )
        self.items(
            f"{self.label(code)}: {cards:,}"
            for code, cards in (("activated", audit.activated), ("seized", audit.seized))
        )
        self._add_findings(audit)
        self._add_resold(audit)
        self.line(f"### {self.label('how_long')}")
        times = (("to_transfer", audit.to_transfer), ("to_activation", audit.to_activation))
        self.items(f"{self.label(code)}: {inert(spread_said(spread, self.lang))}" for code, spread in times)
        if audit.seized_cases:
            self.line(f"### {self.label('seized_cases')}")
            nameless = sentence(wording.LABELS["no_case_number"], {}, self.lang)
            self.table(("case_heading", "cards_total"), ((case_no or nameless, n) for case_no, n in audit.seized_cases))
        if audit.places:
            self.line(f"### {self.label('where_active')}")
            heads = ("active_province", "declared_use", "declared_province", "cards_total")
            self.table(heads, ((p.province, p.declared_use, p.declared_province, p.cards) for p in audit.places))
        named_by_number = (("quantity_purchased", audit.quantity_purchased), ("quantity_sold", audit.quantity_sold))
        if any(total.records for _, total in named_by_number):
            self.line(f"### {self.label('beside')}")
            self.items(self.label(code, **total._asdict()) for code, total in named_by_number if total.records)
        self._add_balance(audit)

    def _add_findings(self, audit: Audit) -> None:
        if not audit.findings:
            return
        self.line(f"### {self.label('findings')}")
        self.items(
            f"**{inert(word(wording.SEVERITIES, breach.severity, self.lang))}** "
            f"{inert(breach_message(breach, self.lang))} "
            f"({inert(breach.code)} {breach.rule.version}; {inert(rule_law(breach.rule, self.lang))})"
            for breach in audit.findings
        )

    def _add_resold(self, audit: Audit) -> None:
        resold = audit.resold
        if not resold.final_holders:
            return
        self.line(f"### {self.label('depth')}")
        self.table(("hands_head", "cards_total"), resold.by_depth.items())
        if resold.channels:
            self.line(f"### {self.label('channels')}")
            self.table(("channel_head", "cards_total"), resold.channels.items())
        self.line(f"### {self.label('final_holders')}")
        self.line(self.label("share_activated", cards=f"{resold.activated:,}"))
        self.table(
            ("name", "identifier", "cards_total", "activated", "seized"),
            ((s.party.name, s.party.number, s.cards, s.activated, s.seized) for s in resold.final_holders),
        )

    def _add_balance(self, audit: Audit) -> None:
        balance = audit.balance
        if balance is None:
            self.line(f"### {self.label('balance_title')}")
            self.line(self.label("no_declaration"))
            return
        self.line(f"### {self.label('balance', date=balance.when.day)}")
        self.table(
            ("term_head", "cards_total"),
            (
                (sentence(wording.LABELS[code], {}, self.lang), cards)
                for code, cards in (*balance.signed_terms, ("unaccounted", balance.unaccounted))
            ),
        )
        bounds, sold = balance.bounds, balance.sold
        said = [self.label("sold_on_record_between", **sold._asdict())]
        if bounds is not None and bounds.least < bounds.most:
            said.append(self.label("unaccounted_bounds", **bounds._asdict()))
        self.items(said)
        self.line(f"#### {self.label('declared_by')}")
        self.items(_place(origin) for origin in balance.declarations)
        self.line(f"#### {self.label('other_side')}")
        self.table(
            ("kind_head", "records_head", "cards_total", "rows_from_to", "file", "hash_head"),
            (
                (
                    " · ".join(
                        word(table, code, self.lang)
                        for table, code in ((wording.BOOKS, side.kind), (wording.PRECISIONS, side.precision))
                    ),
                    *(side.records, side.cards, f"{side.source.row} – {side.last_row}"),
                    " · ".join(part for part in (side.source.file, side.source.sheet) if part),
                    side.source.sha256,
                )
                for side in balance.books
            ),
        )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else inert(str(value))


def _place(origin: Origin) -> str:
    sheet = f" ({origin.sheet})" if origin.sheet else ""
    return f"{inert(f'{origin.file}:{origin.row}{sheet}')} {origin.sha256}"
