"""Changes of a case by the loads since a line of the ledger, or since a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphtrace.model import Lead, Outcome, Party
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.results.watch import WatchHit
from graphtrace.wire import HEAD, wire


@wire()
class LoadSince(NamedTuple):
    """A load: its line of the ledger, and the counts of its rows."""

    line: int
    file: str
    sha256: str
    at: str
    rows: int
    loaded: int
    duplicate: int
    rejected: int


PARTIES_COMPARED: Final = ("registrant", "holder", "end_user")


@wire()
class CardState(NamedTuple):
    """Short form of a trace of a card."""

    outcome: Outcome
    registrant: Party | None
    holder: Party | None
    end_user: Party | None


@wire()
@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """A card before (``null``: in no record) and now."""

    card: str
    before: CardState | None
    after: CardState


@wire("*lead cards")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChange:
    """A lead that records have closed or opened, for some cards."""

    lead: Lead
    cards: tuple[str, ...]


@wire(
    HEAD,
    "since lines loads other_lines changed new_cards compared omitted unlisted leads_closed:list[dict[str,Any]]",
    "leads_opened:list[dict[str,Any]] watch_hits:list[WatchHit]|None",
    name="ChangesAnswer",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChanges(LocalizedDictMixin):
    """The answer of ``status --since``.

    ``omitted`` cards were not compared, as they are too many, nor were ``unlisted`` ones, which lie in new ranges and
    are listed by no record.

    - ``loads``: what was loaded, line by line; ``other_lines`` counts unloads, corrections and judgements.
    - ``changed``: cards that the new records touch and of which outcome, registrant, holder or end user changed.
    - ``new_cards``: cards that the new records name and no record named before.
    - ``compared``: how many cards were compared; ``omitted`` were not, as they are too many, nor ``unlisted`` cards,
      which lie in ranges of the new records and no record lists.
    - ``leads_closed``, ``leads_opened``: leads of the compared cards that there were before and are no more, and the
      reverse.
    """

    since: int
    lines: int
    loads: Sequence[LoadSince]
    other_lines: int
    changed: Sequence[CardChange]
    new_cards: Sequence[CardChange]
    compared: int
    omitted: int
    unlisted: int
    leads_closed: Sequence[LeadChange]
    leads_opened: Sequence[LeadChange]
    watch_hits: Sequence[WatchHit] = field(default=())
