"""The answer of ``audit`` as a page: the ranking, then one report an enterprise, to be printed and put on file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.bilingual import both, label
from graphtrace.render.html.page import render_page, title_of
from graphtrace.render.messages import sentence, share_said, spread_said
from graphtrace.render.rows import cell_text
from graphtrace.render.wording import Wording

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audit, HolderShare, Spread
    from graphtrace.rules.breaches import Breach

FULL = 20
"""So many enterprises have a report of their own on one page; of the others it gives the row in the ranking."""

HOLDERS = 200
LINES = 60
NAMED = 4
"""So many rows of a table are on the page, which says how many more there are."""


def audit_page(audits: Sequence[Audit], lang: Lang, *, case: str | None = None, known_on: str | None = None) -> str:
    """The page of some audits.

    Parameters
    ----------
    audits
        One per enterprise, in the order of the answer.
    lang
        The language that the page opens in.
    case
        How the case is called, if that shall stand on the page.
    known_on
        The day as of which the question was answered.
    """
    names = [audit.enterprise.name for audit in audits]
    data = {
        "title": title_of(names),
        "reports": [Report(audit, number) for number, audit in enumerate(audits, 1)],
        "full": FULL,
        "holders": HOLDERS,
        "lines": LINES,
        "share_said": share_said,
        "case": case,
        "known_on": known_on,
    }
    return render_page("audit.html", data, lang)


@dataclass(frozen=True)
class Report:
    """One audit as the template asks for it; ``number`` counts the enterprises of the page."""

    audit: Audit
    number: int

    @property
    def ident(self) -> str:
        """The id of its section."""
        return f"e{self.number}"

    @property
    def key_figures(self) -> list[tuple[Wording, int | Wording]]:
        """What is looked at first."""
        audit = self.audit
        missing = None if audit.balance is None else audit.balance.unaccounted
        return [
            (label("purchased"), audit.purchased),
            (label("resold"), audit.buckets["resold"]),
            (label("activated"), audit.activated),
            (label("seized"), audit.seized),
            (label("unaccounted"), label("not_declared") if missing is None else missing),
        ]

    @property
    def holders(self) -> Sequence[HolderShare]:
        """The last holders that the page names."""
        return self.audit.resold.final_holders[:HOLDERS]

    def share(self, cards: int) -> float:
        """A part of the purchased cards."""
        return cards / self.audit.purchased

    def of_resold(self, cards: int) -> float:
        """A part of the resold cards."""
        return cards / max(self.audit.buckets["resold"], 1)

    def spread_said(self, spread: Spread) -> Wording:
        """How long something took."""
        return both(lambda lang: spread_said(spread, lang))

    @property
    def balance_terms(self) -> list[tuple[Wording, int | None, str]]:
        """The terms of the balance with their signs."""
        balance = self.audit.balance
        if balance is None:
            return []
        return [(label(code), cards, "−" if place else "") for place, (code, cards) in enumerate(balance.terms)]

    @property
    def command(self) -> str:
        """What opens a finding, as it is typed."""
        return f"graphtrace audit {quote(self.audit.enterprise.id)} --rule ID --cards"

    def law_of(self, breach: Breach) -> Wording:
        """Which provision the rule of a finding is about, or that there is none."""
        return both(lambda lang: getattr(breach.rule.law or wording.LABELS["no_legal_claim"], lang))

    def parameters_of(self, breach: Breach) -> str:
        """The values that were in force."""
        return ", ".join(f"{name} = {_short(value)}" for name, value in breach.rule.values.items())

    def evidence_of(self, breach: Breach) -> Wording:
        """On how much a finding rests."""
        counts = (("cards", breach.cards), ("records_behind", breach.records))
        parts = [label(code, **{code.partition("_")[0]: count}) for code, count in counts if count]
        return both(lambda lang: " · ".join(sentence(part, {}, lang) for part in parts))


def _short(value: object) -> str:
    """A value of a parameter; of a long list its beginning and its length."""
    if isinstance(value, list | tuple) and len(value) > NAMED:
        return f"{', '.join(cell_text(one) for one in value[:NAMED])} … ({len(value)})"
    return cell_text(value)
