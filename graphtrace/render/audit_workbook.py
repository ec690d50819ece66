"""Audits as a workbook: the figures, what was found, and one sheet for each matter, every row naming its enterprise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.answers.audit import BUCKETS
from graphtrace.render import Lang, wording
from graphtrace.render.messages import bare_name, breach_message, sentence, word
from graphtrace.render.rows import cell_text, opened_rows
from graphtrace.render.workbook import Cell, Column, Sheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audit, Balance
    from graphtrace.answers.opening import Opened
    from graphtrace.model import Party
    from graphtrace.rules.rule import Rule

Rows = Iterator[Sequence[Cell]]


def audit_workbook(case: str, audits: Sequence[Audit], lang: Lang) -> bytes:
    """The XLSX file of the answer of ``audit``; a matter on which nothing is known has a sheet without rows."""
    return workbook_bytes(_Tables(audits, lang).sheets(), lang, about=case)


def opened_workbook(case: str, opened: Sequence[Opened], lang: Lang) -> bytes:
    """The XLSX file of the cards and records behind figures of audits: one row per lot and record that names it."""
    columns = [
        *(Column("enterprise", widest=24), Column("matter"), Column("finding_no", "ordinal"), Column("first")),
        *(
            Column("last"),
            Column("cards", "number"),
            Column("holder", widest=24),
            Column("kind"),
            Column("date", "day"),
        ),
        *(Column("file", widest=30), Column("sheet", widest=16), Column("row", "ordinal")),
        *(Column("sha256", widest=34), Column("enterprise_id"), Column("holder_id")),
    ]
    rows = (
        [
            *(row["enterprise"], word(wording.MATTERS, row["matter"], lang), row["finding"], row["first"], row["last"]),
            *(row["cards"], row["holder"], word(wording.KINDS, row["kind"], lang), row["date"], row["file"]),
            *(row["sheet"], row["row"], row["sha256"], row["enterprise_id"], row["holder_id"]),
        ]
        for row in opened_rows(opened)
    )
    return workbook_bytes([Sheet("cards", columns, rows, fixed=1, printed=len(columns) - 2)], lang, about=case)


class _Tables:
    def __init__(self, audits: Sequence[Audit], lang: Lang) -> None:
        self.audits = audits
        self.lang = lang

    def sheets(self) -> list[Sheet]:
        cards, activated, seized = (Column(name, "number") for name in ("cards", "activated", "seized"))
        return [
            self._figures(),
            self._sheet(
                "findings",
                self._findings(),
                *(Column("severity"), Column("findings", widest=50), cards, Column("records", "number")),
                *(Column("law", widest=40), Column("rule", widest=24)),
            ),
            self._rules(),
            self._sheet("buckets", self._buckets(), Column("bucket"), cards, Column("percent", "number")),
            self._sheet("depth", self._depths(), Column("hands", "number"), cards),
            self._sheet("channels", self._channels(), Column("channel"), cards),
            self._sheet("holders", self._holders(), Column("holder"), Column("number"), cards, activated, seized),
            self._sheet(
                "times",
                self._times(),
                *(Column("what"), cards, Column("known", "number"), Column("quarter", "number")),
                *(Column("median", "number"), Column("three_quarters", "number")),
            ),
            self._sheet(
                "places",
                self._places(),
                *(Column("declared_use"), Column("declared_province"), Column("province"), cards),
            ),
            self._sheet("seized_cases", self._cases(), Column("case_no"), cards),
            self._sheet("quantity_only", self._quantities(), Column("what"), Column("records", "number"), cards),
            self._sheet("balance", self._balances(), Column("date", "day"), Column("what", widest=50), cards),
            self._sheet(
                "books",
                self._books(),
                *(Column("kind"), Column("precision"), Column("records", "number"), cards, Column("file", widest=30)),
                *(Column("sheet", widest=16), Column("row", "ordinal"), Column("last_row", "ordinal")),
                Column("sha256", widest=34),
            ),
        ]

    def _sheet(self, title: str, rows: Rows, *columns: Column) -> Sheet:
        return Sheet(title, [Column("enterprise", widest=30), *columns], rows, fixed=1)

    def _figures(self) -> Sheet:
        words = [word(wording.BUCKETS, bucket, self.lang) for bucket in BUCKETS]
        buckets = [Column(f"{named[0].upper()}{named[1:]}", "number") for named in words]
        columns = [
            *(Column("enterprise", widest=30), Column("number"), Column("purchased", "number"), *buckets),
            *(Column("activated", "number"), Column("seized", "number"), Column("unaccounted", "number")),
            *(Column("findings", "number"), Column("party_id")),
        ]
        rows = (
            [
                *(self._name(audit.enterprise), audit.enterprise.number, audit.purchased),
                *(audit.buckets[bucket] for bucket in BUCKETS),
                *(audit.activated, audit.seized, audit.balance.unaccounted if audit.balance else None),
                *(len(audit.findings), audit.enterprise.id),
            ]
            for audit in self.audits
        )
        return Sheet("enterprises", columns, rows, fixed=1, printed=len(columns) - 1)

    def _findings(self) -> Rows:
        for name, audit in self._named():
            for breach in audit.findings:
                yield [
                    *(name, word(wording.SEVERITIES, breach.severity, self.lang), breach_message(breach, self.lang)),
                    *(breach.cards, breach.records, self._law(breach.rule), breach.rule.id),
                ]

    def _rules(self) -> Sheet:
        """The rules that found something, as they were in force."""
        columns = [
            *(Column("rule", widest=26), Column("version", "ordinal"), Column("what", widest=30)),
            *(Column("why", widest=50), Column("law", widest=40), Column("parameters", widest=40)),
        ]
        rules = {breach.code: breach.rule for audit in self.audits for breach in audit.findings}
        rows = (
            [
                *(rule.id, rule.version, getattr(rule.title, self.lang), getattr(rule.why, self.lang), self._law(rule)),
                [f"{name} = {cell_text(value)}" for name, value in rule.values.items()],
            ]
            for rule in rules.values()
        )
        return Sheet("rules", columns, rows)

    def _buckets(self) -> Rows:
        for name, audit in self._named():
            for bucket in BUCKETS:
                cards = audit.buckets[bucket]
                share = round(100 * cards / audit.purchased, 2)
                yield [name, word(wording.BUCKETS, bucket, self.lang), cards, share]

    def _depths(self) -> Rows:
        return ([name, *depth] for name, audit in self._named() for depth in audit.resold.by_depth.items())

    def _channels(self) -> Rows:
        return ([name, *channel] for name, audit in self._named() for channel in audit.resold.channels.items())

    def _holders(self) -> Rows:
        return (
            [name, self._name(share.party), share.party.number, share.cards, share.activated, share.seized]
            for name, audit in self._named()
            for share in audit.resold.final_holders
        )

    def _times(self) -> Rows:
        for name, audit in self._named():
            yield [name, self._label("to_transfer"), *audit.to_transfer]
            yield [name, self._label("to_activation"), *audit.to_activation]

    def _places(self) -> Rows:
        return ([name, *place] for name, audit in self._named() for place in audit.places)

    def _cases(self) -> Rows:
        return (
            [name, case.case_no or self._label("no_case_number"), case.cards]
            for name, audit in self._named()
            for case in audit.seized_cases
        )

    def _quantities(self) -> Rows:
        for name, audit in self._named():
            yield [name, self._label("bought"), *audit.quantity_purchased]
            yield [name, self._label("sold"), *audit.quantity_sold]

    def _balances(self) -> Rows:
        for name, audit in self._named():
            if audit.balance is not None:
                for label, cards in _terms(audit.balance):
                    is_open = cards is None and label != "unaccounted"
                    said = self._label("not_declared") if is_open else cards
                    yield [name, audit.balance.when.day, self._label(label), said]

    def _books(self) -> Rows:
        sides = {**wording.KINDS, "sale": wording.LABELS["sold"]}
        for name, audit in self._named():
            if audit.balance is None:
                continue
            for at in audit.balance.declarations:
                kind = word(wording.KINDS, "stock", self.lang)
                yield [name, kind, None, 1, None, at.file, at.sheet, at.row, at.row, at.sha256]
            for side in audit.balance.books:
                at = side.source
                yield [
                    *(name, word(sides, side.kind, self.lang)),
                    *(word(wording.PRECISIONS, side.precision, self.lang), side.records, side.cards),
                    *(at.file, at.sheet, at.row, side.last_row, at.sha256),
                ]

    def _named(self) -> Iterator[tuple[str, Audit]]:
        return ((self._name(audit.enterprise), audit) for audit in self.audits)

    def _name(self, party: Party) -> str:
        return bare_name(party, self.lang)

    def _law(self, rule: Rule) -> str:
        law: str = getattr(rule.law or wording.LABELS["no_legal_claim"], self.lang)
        return law

    def _label(self, code: str) -> str:
        return sentence(wording.LABELS[code], {}, self.lang)


def _terms(balance: Balance) -> list[tuple[str, int | None]]:
    """The terms of a balance with their signs, their sum, and what sets the limits of both."""
    bounds = balance.bounds
    return [
        *balance.signed_terms,
        ("unaccounted", balance.unaccounted),
        *([("unaccounted_least", bounds.least), ("unaccounted_most", bounds.most)] if bounds else []),
        ("sold_least", balance.sold.least),
        ("sold_most", balance.sold.most),
    ]
