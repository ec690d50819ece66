"""Cards and records behind a figure of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphtrace.frozen import frozen
from graphtrace.model import Origin, Party
from graphtrace.results.audit import BUCKETS, Bucket
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.rules import EvidenceKind
from graphtrace.wire import wire

if TYPE_CHECKING:
    from graphtrace.results.rules import RuleFinding


Figure = Bucket | Literal["purchased", "received", "activated", "seized"]


FIGURES: tuple[Figure, ...] = ("purchased", "received", *BUCKETS, "activated", "seized")
"""Figures that can be opened: all cards (by the role of the audit), those of one bucket, used or seized ones."""


@wire("kind date=day *origin", name="DrilldownRecord", doc="A record behind a figure.")
@frozen()
class Evidence:
    """One record that names cards of a lot: ``day`` is when what it states happened, if it says so."""

    kind: EvidenceKind
    day: str | None
    origin: Origin


@wire("first last cards holder records=evidence", doc="Cards behind a figure with the records that name them.")
@frozen()
class DrilldownLot:
    """Consecutive cards with the same history, by the numbers to show, and the records that name them.

    ``holder`` is the last documented holder where that is not the enterprise. Records that name no card stand in a lot
    without cards.
    """

    first: str | None
    last: str | None
    cards: int
    holder: Party | None
    evidence: tuple[Evidence, ...]


@wire(
    "enterprise figure cards finding=breach lots judgements",
    name="OpenedFigure",
    doc="A figure of an audit with what is behind it.",
)
@frozen()
class Drilldown:
    """One figure of an audit with everything behind it; ``breach`` where it is a finding of a rule."""

    enterprise: Party
    figure: str
    cards: int
    lots: tuple[DrilldownLot, ...]
    breach: RuleFinding | None = None
    judgements: tuple[NamedJudgement, ...] = ()
