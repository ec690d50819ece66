"""graphtrace itself, through its library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import graphtrace as gt
from benchmarks.peers import Answer, Buckets
from graphtrace.results.audit import Audit
from graphtrace.results.rules import Rule


class Product:
    """A case in a folder. ``rules`` are what its audits look for, all where ``None``."""

    rules: Sequence[Rule] | None = None

    def without_rules(self) -> Self:
        self.rules = ()
        return self

    def load(self, files: Path, place: Path) -> None:
        report = gt.open_case(place / "case.gtrace").load(*sorted(files.glob("*.*")))
        assert not [file for file in report.files if file.error], report

    def open(self, place: Path) -> None:
        self.case = gt.open_case(place / "case.gtrace")

    def trace(self, card: str) -> Answer:
        return self.answer_of(self.case.trace(card).only)

    def trace_many(self, cards: Sequence[str]) -> Sequence[Any]:
        return self.case.trace(*cards)

    def answer_of(self, one: Any) -> Answer:
        hops = [(hop.sender.name, hop.receiver.name, hop.when.earliest) for hop in one.chains[0].hops]
        return one.registrant.name, one.holder.name, hops

    def table(self, cards: Sequence[str]) -> Any:
        return self.case.outcomes(*cards)

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return [(row.registrant.name, row.holder.name) for row in table]

    def audit(self, enterprise: str) -> Buckets:
        (audit,) = self.case.audit(enterprise, rules=self.rules)
        return _buckets_of(audit)

    def audit_all(self) -> dict[str, Buckets]:
        return {audit.enterprise.name: _buckets_of(audit) for audit in self.case.audit(all=True, rules=self.rules)}


def _buckets_of(audit: Audit) -> Buckets:
    """Return the buckets; the others do not part activations that name nobody from those of the enterprise."""
    buckets = dict(audit.buckets)
    buckets["activated_by_enterprise"] += buckets.pop("activated_unnamed")
    return buckets


make = Product
