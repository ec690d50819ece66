"""The annex of an audit: its cards one by one, read some at a time, so that there may be any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from graphtrace.engine.annexed_cards import (
    annexed_pieces,
    create_annexed,
    records_of_pieces,
    sheets_of_annexed,
    uses_of_pieces,
)
from graphtrace.engine.audit_queries import RECORD_SHIFT
from graphtrace.engine.rule_relations import UNRECORDED
from graphtrace.model import Origin, Party, format_day
from graphtrace.results.audit import AnnexedCard, Audit, Bucket, PartyShares

if TYPE_CHECKING:
    from graphtrace.analysis.audit.classify import CardClassifier

_AT_ONCE: Final = 20_000
"""Number of pieces, and of cards, that are looked at together."""


class AnnexedCards:
    """The cards of audits whose rule tables are there."""

    def __init__(self, classifier: CardClassifier) -> None:
        self._classifier = classifier
        self._session = classifier.session
        self._names: dict[str | None, str] = {}
        self._origins: dict[int, tuple[tuple[str, str, int], str]] = {}

    def sheets(self, party: Party) -> tuple[Origin, ...]:
        """Return one row of each table that names a card of the party; the annex says which others do."""
        create_annexed(self._session, party.id)
        rows = [self._classifier.origin(sheet * RECORD_SHIFT) for sheet in sheets_of_annexed(self._session)]
        return tuple(sorted(rows, key=lambda origin: origin.sort_key))

    def cards(self, audit: Audit) -> Iterator[AnnexedCard]:
        """Yield the cards of an audit in the order of their numbers, with the holders as its counts name them."""
        holders = audit.resold.final_holders
        self._names = {}
        if isinstance(holders, PartyShares) and holders.has_names:
            self._names = {
                share.party.id: name.id
                for share, name in holders.joined()
                if share.party is not None and name is not None and share.by_name == share.cards
            }
        party = audit.enterprise
        pieces = create_annexed(self._session, party.id)
        for place in range(1, pieces + 1, _AT_ONCE):
            yield from self._cards_at(party, place, min(place + _AT_ONCE - 1, pieces))

    def _cards_at(self, party: Party, first_place: int, last_place: int) -> Iterator[AnnexedCard]:
        pieces = annexed_pieces(self._session, first_place, last_place)
        singles, ranges = records_of_pieces(self._session)
        uses = {key: use for key, *use in uses_of_pieces(self._session)}
        by_card, by_piece = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
        for key, record in singles:
            by_card[key].append(record)
        for first, record in ranges:
            by_piece[first].append(record)
        keys = ((key, piece) for piece in pieces for key in range(piece[0], piece[1] + 1))
        while some := [each for _, each in zip(range(_AT_ONCE), keys, strict=False)]:
            shown = self._classifier.shown_numbers([key for key, _ in some])
            for key, (first, _, fate, holder, depth, channel, acquired, left) in some:
                activated, user, seized = uses.get(key, (None, None, False))
                yield AnnexedCard(
                    enterprise=party.id,
                    card=shown[key],
                    bucket=_bucket(fate, party, user, is_used=activated is not None),
                    acquired=None if acquired is None else format_day(acquired),
                    left=None if left is None else format_day(left),
                    holder=self._names.get(holder, holder),
                    depth=depth,
                    channel=channel,
                    first_used=None if activated is None else format_day(activated),
                    seized=seized,
                    rows=self._refs({*by_card.get(key, ()), *by_piece.get(first, ())}),
                )

    def _refs(self, records: set[int]) -> tuple[str, ...]:
        if len(self._origins) > 10 * _AT_ONCE:
            self._origins.clear()
        for record in records - self._origins.keys():
            origin = self._classifier.origin(record)
            self._origins[record] = (origin.sort_key[:3], origin.ref)
        return tuple(ref for _, ref in sorted(self._origins[record] for record in records))


def _bucket(fate: str, party: Party, user: str | None, *, is_used: bool) -> Bucket:
    if fate == UNRECORDED:
        return "resold"
    if fate != "held":
        return "returned" if fate == "returned" else "disputed" if fate == "disputed" else "resold"
    if not is_used:
        return "in_stock"
    if user is None:
        return "activated_unnamed"
    return "activated_by_enterprise" if user == party.id else "activated_by_other"
