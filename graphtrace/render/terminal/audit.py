"""The answer of ``audit`` in a terminal: the buckets that add up, then what lies behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render import Lang, wording
from graphtrace.render.messages import breach_message, rule_law, spread_said, word
from graphtrace.render.terminal import style
from graphtrace.render.terminal.line import Part, line_of
from graphtrace.render.terminal.page import Column, Page, View, padded

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audit
    from graphtrace.rules.breaches import Breach

DETAILED = 3
"""Up to so many enterprises are shown in full; of more, one line each."""

HOLDERS = 12

_INDENT = "  "
_LOOKS = {"disputed": style.MISSING, "activated_by_other": style.GUESSED, "resold": style.GUESSED}
_NUMBER = 12
_SHARE = 7


class AuditView(View):
    """The audits of one question; with ``verbose`` each in full, with all last holders."""

    def __init__(self, audits: Sequence[Audit], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.audits = audits
        self.verbose = verbose

    def draw(self, page: Page) -> None:
        """Draw the ranking, where there are several, and the enterprises below it."""
        if len(self.audits) > 1:
            self._draw_ranking(page)
        if len(self.audits) > DETAILED and not self.verbose:
            page.blank()
            page.add((page.label("more_audits"), style.LABEL))
            return
        for audit in self.audits:
            if len(self.audits) > 1:
                page.blank()
                page.add((page.glyphs.rule * page.width, style.LABEL))
            page.blank()
            _Enterprise(page, audit, None if self.verbose else HOLDERS).draw()

    def _draw_ranking(self, page: Page) -> None:
        page.add((page.label("enterprises", enterprises=len(self.audits)), style.NAME))
        page.blank()
        numbers = ("purchased", "resold", "seized", "unaccounted")
        widths = [max(cell_len(page.label(head)), 11 if head != "seized" else 6) for head in numbers]
        name = max(page.width - sum(widths) - 2 * len(widths) - 2, 12)
        columns = [Column(page.label("enterprise"), name)]
        columns += [
            Column(page.label(head), cells, is_number=True) for head, cells in zip(numbers, widths, strict=True)
        ]
        page.add_table(columns, [_ranked(audit) for audit in self.audits])


def _ranked(audit: Audit) -> list[Part]:
    missing = None if audit.balance is None else audit.balance.unaccounted
    figures = (audit.purchased, audit.buckets["resold"], audit.seized, missing)
    return [audit.enterprise.name or audit.enterprise.id, *("" if n is None else f"{n:,}" for n in figures)]


class _Enterprise:
    def __init__(self, page: Page, audit: Audit, limit: int | None) -> None:
        self.page = page
        self.audit = audit
        self.limit = limit

    def draw(self) -> None:
        page, audit = self.page, self.audit
        page.add((audit.enterprise.name, style.NAME), (f"  {audit.uscc or audit.enterprise.id}", style.LABEL))
        page.add(f"{page.label('bought')} {audit.purchased:,}", margin=_INDENT)
        page.blank()
        names = {bucket: word(wording.BUCKETS, bucket, page.lang) for bucket in audit.buckets}
        self._draw_bars({names[bucket]: (cards, _LOOKS.get(bucket, "")) for bucket, cards in audit.buckets.items()})
        self._draw_resold()
        self._draw_times()
        self._draw_cases()
        self._draw_places()
        self._draw_beside()
        self._draw_balance()
        if audit.findings:
            page.title((page.label("findings"), style.TITLE))
            for _, breaches in groupby(audit.findings, key=lambda breach: breach.code):
                self._draw_breaches(list(breaches))

    def _draw_breaches(self, breaches: Sequence[Breach]) -> None:
        """What one rule found, and below it the rule and its law."""
        page, rule = self.page, breaches[0].rule
        for breach in breaches:
            said = breach_message(breach, page.lang)
            page.add((said, style.SEVERITIES[breach.severity]), margin=_INDENT, hang=_INDENT * 2)
        # the colour alone would not reach a file, nor whoever sees none
        severity = word(wording.SEVERITIES, breaches[0].severity, page.lang)
        told = f"{severity} · {rule.id} {rule.version} · {rule_law(rule, page.lang)}"
        page.add((told, style.LABEL), margin=_INDENT * 2)

    def _draw_bars(self, rows: Mapping[str, tuple[int, str]]) -> None:
        """One line each: label, number, share and bar of the sum."""
        page, total = self.page, sum(cards for cards, _ in rows.values())
        cells = max(map(cell_len, rows))
        room = page.width - len(_INDENT) - cells - _NUMBER - _SHARE - 2
        for label, (cards, look) in rows.items():
            share = cards / total if total else 0
            # What is there at all is seen, however little it is.
            bar = page.glyphs.bar * max(round(share * room), 1 if cards else 0)
            said = f"{cards:>{_NUMBER},}{f'{share:.1%}':>{_SHARE}}  "
            page.lines.append(line_of(_INDENT, padded(label, cells), said, (bar, look)).without_end_blanks())

    def _draw_resold(self) -> None:
        page, resold = self.page, self.audit.resold
        if not resold.final_holders:
            return
        label = page.label("share_activated", cards=f"{resold.activated:,}")
        page.title((page.label("depth"), style.TITLE), (f"  {label}", style.LABEL))
        self._draw_bars({page.label("hands", hands=depth): (cards, "") for depth, cards in resold.by_depth.items()})
        if resold.channels:
            page.title((page.label("channels"), style.TITLE))
            page.add_items([f"{channel} {cards:,}" for channel, cards in resold.channels.items()], margin=_INDENT)
        self._draw_holders()

    def _draw_holders(self) -> None:
        page, holders = self.page, self.audit.resold.final_holders
        page.title((page.label("final_holders"), style.TITLE), (f"  {len(holders):,}", style.LABEL))
        heads = ("cards_total", "activated", "seized")
        widths = [max(cell_len(page.label(head)), 9) for head in heads]
        name = max(page.width - len(_INDENT) - sum(widths) - 2 * len(widths) - 2, 12)
        columns = [
            Column("", name),
            *(Column(page.label(h), w, is_number=True) for h, w in zip(heads, widths, strict=True)),
        ]
        rows: list[Sequence[Part]] = [
            [
                share.party.name or share.party.id,
                f"{share.cards:,}",
                f"{share.activated:,}",
                (f"{share.seized:,}", style.MISSING if share.seized else ""),
            ]
            for share in holders[: self.limit]
        ]
        page.add_table(columns, rows, margin=_INDENT)
        if self.limit is not None and len(holders) > self.limit:
            page.add((page.label("more_holders", more=len(holders) - self.limit), style.LABEL), margin=_INDENT)

    def _draw_times(self) -> None:
        page, audit = self.page, self.audit
        page.title((page.label("how_long"), style.TITLE))
        for label, spread in (("to_transfer", audit.to_transfer), ("to_activation", audit.to_activation)):
            page.add(f"{page.label(label)}: {spread_said(spread, page.lang)}", margin=_INDENT, hang=_INDENT * 2)

    def _draw_cases(self) -> None:
        page, audit = self.page, self.audit
        if not audit.seized:
            return
        page.title((page.label("seized_cases"), style.TITLE), f"  {page.label('cards', cards=audit.seized)}")
        for case_no, cards in audit.seized_cases[: self.limit]:
            named = case_no or page.label("no_case_number")
            page.add((named, style.NAME), f"  {page.label('cards', cards=cards)}", margin=_INDENT, hang=_INDENT * 2)
        self._draw_more("more_places", len(audit.seized_cases))

    def _draw_places(self) -> None:
        page, places = self.page, self.audit.places
        if not places:
            return
        page.title((page.label("where_active"), style.TITLE))
        for declared_use, declared_province, province, cards in places[: self.limit]:
            declared = ", ".join(part for part in (declared_use, declared_province) if part)
            said = f"  {page.label('cards', cards=cards)}"
            if declared:
                said += f"  ({page.label('declared_for', what=declared)})"
            page.add(province or page.label("no_province"), said, margin=_INDENT, hang=_INDENT * 2)
        self._draw_more("more_places", len(places))

    def _draw_more(self, label: str, count: int) -> None:
        if self.limit is not None and count > self.limit:
            self.page.add((self.page.label(label, more=count - self.limit), style.LABEL), margin=_INDENT)

    def _draw_beside(self) -> None:
        page, audit = self.page, self.audit
        said = []
        for label, total in (("quantity_purchased", audit.quantity_purchased), ("quantity_sold", audit.quantity_sold)):
            if total.records:
                said.append(page.label(label, records=total.records, cards=total.cards))
        if said:
            page.title((page.label("beside"), style.TITLE))
            for line in said:
                page.add(line, margin=_INDENT, hang=_INDENT * 2)

    def _draw_balance(self) -> None:
        page, balance = self.page, self.audit.balance
        if balance is None:
            page.blank()
            page.add((page.label("no_declaration"), style.LABEL))
            return
        page.title((page.label("balance", date=balance.when.day), style.TITLE))
        terms = [(page.label(code), figure) for code, figure in balance.terms]
        cells = max(cell_len(label) for label, _ in terms)
        for place, (label, figure) in enumerate(terms):
            sign = "-" if place else " "
            said = page.label("not_declared") if figure is None else f"{figure:,}"
            line = line_of(_INDENT, padded(label, cells), f" {sign} ", " " * max(_NUMBER - cell_len(said), 0), said)
            page.lines.append(line)
        if balance.unaccounted is not None:
            cards = f"{balance.unaccounted:>{_NUMBER},}"
            look = style.MISSING if balance.unaccounted else style.OUTCOMES["proven"]
            page.lines.append(line_of(_INDENT, padded(page.label("unaccounted"), cells), " = ", (cards, look)))
        bounds, sold = balance.bounds, balance.sold
        if bounds is not None and bounds.least < bounds.most:
            page.add((page.label("unaccounted_bounds", **bounds._asdict()), style.LABEL), margin=_INDENT * 2)
        if sold.least == sold.most:
            page.add((page.label("sold_on_record", cards=sold.least), style.LABEL), margin=_INDENT)
        else:
            page.add((page.label("sold_on_record_between", **sold._asdict()), style.LABEL), margin=_INDENT)
