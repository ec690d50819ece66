"""The classified cards of audited parties, as columns for :mod:`graphtrace.engine.rule_relations`.

The relations are offered in the session of :class:`graphtrace.analysis.audit.classify.CardClassifier`, after its events
and figures, and created when a question names them. What there is of each kind is counted first (:class:`Extent`), so
that no rule is asked of which the case has too little: to plan its question takes longer than to count.

Classified cards that were seen in the same device, and those that were seen in several. Nearly every activation is of a
card and a device that stand in no other. So the repeated devices are found by one sort of numbers and the moved cards
by one look at neighbours; only what is left is put in order by both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.corroboration import SupportBook, stated_contacts
from graphtrace.analysis.typed_cards import find_unread_lots
from graphtrace.analysis.unlinked_events import create_events_view
from graphtrace.arrays import (
    NONE,
    Indices,
    IntArray,
    filter_intervals,
    group_starts,
    indices_in,
    masked_array,
    numpy_columns,
    unique,
)
from graphtrace.engine.audit_queries import UNDATED_DAY, activated_devices, extent_of_dealings, rejected_rows
from graphtrace.engine.case_parties import persons_of_one_number
from graphtrace.engine.rule_relations import (
    UNRECORDED,
    Columns,
    natural_persons,
    offer_card_tables,
    offer_relations,
)
from graphtrace.model import EPOCH
from graphtrace.storage.base import PartyNamesScope

if TYPE_CHECKING:
    from graphtrace.analysis.audit.card_events import CardEvents
    from graphtrace.results.audit import Audit
    from graphtrace.results.rules import Rule


class CardDevicePairs(NamedTuple):
    """Cards and devices that they were seen in, each pair once, as columns."""

    key: IntArray
    imei: IntArray


def find_shared_devices(classifier: CardClassifier) -> tuple[CardDevicePairs, CardDevicePairs]:
    """Return the pairs of devices that had several cards, and the pairs of cards that were in several devices."""
    rows = numpy_columns(activated_devices(classifier.session), CardDevicePairs._fields)
    filter_intervals(rows, classifier.cuts.low, classifier.cuts.high)
    seen = CardDevicePairs(**rows)
    ordered = np.sort(seen.imei)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    is_moved = (seen.key[1:] == seen.key[:-1]) & (seen.imei[1:] != seen.imei[:-1])
    return (
        _several(seen, indices_in(seen.imei, repeated[group_starts(repeated)]), "imei"),
        _several(seen, indices_in(seen.key, unique(seen.key[1:][is_moved])), "key"),
    )


def _several(seen: CardDevicePairs, rows: Indices, by: str) -> CardDevicePairs:
    """Return the pairs in some rows, without those of which the one is met with one of the other only."""
    key, imei = seen.key[rows], seen.imei[rows]
    order = np.lexsort((key, imei))
    key, imei = key[order], imei[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (key[1:] != key[:-1]) | (imei[1:] != imei[:-1])
    pairs = CardDevicePairs(key[is_new], imei[is_new])
    _, place, times = np.unique(getattr(pairs, by), return_inverse=True, return_counts=True)
    is_among_several = times[place] > 1
    return CardDevicePairs(*(values[is_among_several] for values in pairs))


def _as_int32(groups: IntArray) -> IntArray:
    """Return numbers as int32, so that DuckDB joins them without a cast."""
    return groups.astype(np.int32)


def _pieces(classifier: CardClassifier) -> Columns:
    """Return the listed cards one by one, and what lies between two cuts before, between and after them."""
    cuts, listed = classifier.cuts, classifier.listed
    key, cut = listed.key, listed.cut
    is_first = np.diff(cut, prepend=NONE) != 0
    is_last = np.diff(cut, append=NONE) != 0
    since = np.where(is_first, cuts.low[cut], np.append(NONE, key[:-1]) + 1)
    before = np.flatnonzero(since < key)
    after = np.flatnonzero(is_last & (key < cuts.high[cut]))
    without = np.flatnonzero(np.bincount(cut, minlength=len(cuts.low)) == 0)
    around = np.concatenate([cut[before], cut[after], without])
    is_listed = np.arange(len(key) + len(around)) < len(key)
    unlisted = np.full(len(around), NONE, dtype=np.int32)
    day = np.concatenate([listed.day, unlisted])
    listed_by_name = np.asarray(listed.is_buyer_by_name, dtype=bool)
    return {
        "group_id": _as_int32(np.concatenate([classifier.group_of_listed, -1 - cuts.shared[around]])),
        "first": np.concatenate([key, since[before], key[after] + 1, cuts.low[without]]),
        "last": np.concatenate([key, key[before] - 1, cuts.high[cut[after]], cuts.high[without]]),
        "buyer": masked_array(np.concatenate([listed.buyer, unlisted]), is_listed),
        "buyer_by_name": np.concatenate([listed_by_name, np.zeros(len(around), dtype=bool)]),
        "day": masked_array(day, is_listed & (day != UNDATED_DAY)),
        "cut": _as_int32(np.concatenate([cut, around])),
    }


def _pairs(found: CardDevicePairs, used: CardEvents) -> Columns:
    group = used.group[np.searchsorted(used.key, found.key)]
    return {"key": found.key, "imei": found.imei, "group_id": group}


def _split(classifier: CardClassifier) -> Columns:
    groups, bases = classifier.split_groups
    return {"group_id": _as_int32(groups), "base": _as_int32(bases)}


def _path_rows(classifier: CardClassifier) -> list[tuple[object, ...]]:
    numbers = {party: number for number, party in classifier.parties.items()}
    return [
        (
            *(
                number,
                UNRECORDED if path.left_unrecorded else path.disposition,
                str(path.outcome),
                None if path.holder is None else numbers[path.holder],
            ),
            *(path.own_holder, path.depth, path.channel, list(path.onward), path.acquired, path.departed),
            *(path.departed_by, path.own_departed, path.use, path.province, path.left, path.own_left),
            path.holder in path.by_name,
        )
        for number, path in enumerate(classifier.paths)
    ]


def _judged(classifier: CardClassifier) -> Columns:
    parts = []
    for part in classifier.judged:
        is_received = part.path >= 0
        groups = _as_int32(part.first_number + np.flatnonzero(is_received))
        parts.append((groups, part.audited[is_received], part.path[is_received]))
    return dict(zip(("group_id", "enterprise", "path"), map(np.concatenate, zip(*parts, strict=True)), strict=True))


def _used(used: CardEvents) -> Columns:
    return {
        "key": used.key,
        "group_id": used.group,
        "seized": used.is_seized,
        "activated": masked_array(used.activated, used.is_activated),
        **{name: masked_array(values) for name, values in used.users.items()},
        **{name: masked_array(values, texts=used.provinces) for name, values in used.places.items()},
    }


def _seized_cards(classifier: CardClassifier, used: CardEvents) -> Columns:
    seized = np.flatnonzero(used.is_seized)
    listed_at = used.listed[seized]
    is_listed = listed_at >= 0
    buyer = np.full(len(seized), NONE, dtype=np.int32)
    buyer[is_listed] = classifier.listed.buyer[listed_at[is_listed]]
    return {"key": used.key[seized], "group_id": used.group[seized], "buyer": masked_array(buyer)}


class Extent:
    """What the relations of rules hold at most: cards and rows that a finding can rest on.

    What an audited party has is counted of the one that has the most.
    """

    def __init__(self, classifier: CardClassifier, audits: Sequence[Audit], used: CardEvents | None) -> None:
        self._classifier = classifier
        self._audits = audits
        self._used = used

    def holds(self, rule: Rule) -> bool:
        """Return whether there is as much of everything as each finding of the rule needs."""
        return all(getattr(self, kind) >= least for kind, least in rule.least_needed())

    def _most(self, count: Callable[[Audit], int]) -> int:
        return max(map(count, self._audits), default=0)

    @cached_property
    def cards(self) -> int:
        return self._most(lambda audit: audit.cards)

    @cached_property
    def resold(self) -> int:
        return self._most(lambda audit: audit.buckets["resold"])

    @cached_property
    def disputed(self) -> int:
        return self._most(lambda audit: audit.buckets["disputed"])

    @cached_property
    def declared(self) -> int:
        return self._most(lambda audit: audit.balance is not None)

    @cached_property
    def sold_by_number(self) -> int:
        return self._most(lambda audit: audit.quantity_sold.cards)

    @cached_property
    def channels(self) -> int:
        return len({path.channel for path in self._classifier.paths} - {None})

    @cached_property
    def onward_channels(self) -> int:
        return len({channel for path in self._classifier.paths for channel in path.onward})

    @cached_property
    def activated(self) -> int:
        return 0 if self._used is None else int(self._used.is_activated.sum())

    @cached_property
    def seized(self) -> int:
        return 0 if self._used is None else int(self._used.is_seized.sum())

    @cached_property
    def users(self) -> int:
        """Cards of which an activation names a user."""
        return 0 if self._used is None else int((self._used.users["last_user"] >= 0).sum())

    @cached_property
    def provinces(self) -> int:
        """Cards of which an activation names a province."""
        return 0 if self._used is None else int((self._used.places["last_province"] >= 0).sum())

    @cached_property
    def device_pairs(self) -> tuple[CardDevicePairs, CardDevicePairs]:
        return find_shared_devices(self._classifier)

    @cached_property
    def shared_devices(self) -> int:
        return len(self.device_pairs[0].key)

    @cached_property
    def moved_cards(self) -> int:
        return len(self.device_pairs[1].key)

    @cached_property
    def stated_contacts(self) -> list[tuple[object, ...]]:
        return _stated_contacts(self._classifier)

    @cached_property
    def contacts(self) -> int:
        return len(self.stated_contacts)

    @cached_property
    def person_numbers(self) -> list[int]:
        return natural_persons(self._classifier.session)

    @cached_property
    def persons(self) -> int:
        return len(self.person_numbers)

    @cached_property
    def rejects(self) -> int:
        return rejected_rows(self._classifier.session)

    @cached_property
    def _dealings(self) -> tuple[int, int]:
        return extent_of_dealings(self._classifier.session)

    @cached_property
    def passed_on(self) -> int:
        """Cards of all records of the case by which somebody passed some on, each time that one names them."""
        return self._dealings[0]

    @cached_property
    def to_carriers(self) -> int:
        """Records by which cards went to a carrier."""
        return self._dealings[1]


def offer_rule_tables(classifier: CardClassifier, audits: Sequence[Audit], used: CardEvents | None) -> Extent:
    """Offer the relations of rules in the session, and return what they hold.

    ``audits`` and ``used`` are the figures and events of the same accounts; these are ``None`` where no card is known.
    """
    session, store = classifier.session, classifier.store
    extent = Extent(classifier, audits, used)
    if used is None:
        create_events_view(store, classifier)
        offer_card_tables(session, {}, {})
    else:
        offer_card_tables(
            session,
            {
                "pieces": partial(_pieces, classifier),
                "split": partial(_split, classifier),
                "judged": partial(_judged, classifier),
                "used": partial(_used, used),
                "shared": lambda: _pairs(extent.device_pairs[0], used),
                "moved": lambda: _pairs(extent.device_pairs[1], used),
                "hit": partial(_seized_cards, classifier, used),
            },
            {"paths": partial(_path_rows, classifier), "group_transfers": lambda: classifier.transfers},
        )
    offer_relations(
        session,
        {
            "enterprises": lambda: [_enterprise(audit) for audit in audits],
            "audited": lambda: [
                (number,) for number in sorted(classifier.numbers_of([audit.enterprise for audit in audits]).values())
            ],
            "contacts": lambda: extent.stated_contacts,
            "several_persons": lambda: [
                (ident, names)
                for ident, names in persons_of_one_number(store.session(PartyNamesScope())).items()
                if not store.judgements.join(ident)
            ],
            "unread": lambda: find_unread_lots(store),
            "judged_different": lambda: sorted(store.judgements.different_pairs()),
        },
        lambda: extent.person_numbers,
        is_since_receipt=classifier.role == "dealer",
    )
    return extent


def _stated_contacts(classifier: CardClassifier) -> list[tuple[object, ...]]:
    """Return what parties have in common: party, record, kind, day, contact and value."""
    store = classifier.store
    book = SupportBook(store)
    stated = {
        (
            *(party.id, classifier.record_of(record.origin), record.kind),
            *(None if record.when is None else EPOCH + timedelta(days=record.when.earliest), key, value),
        )
        for side, _, key, value, record in stated_contacts(book, store)
        if (party := book.shown(side)) is not None
    }
    return sorted(stated, key=lambda row: (row[1], row[0], row[4]))


def _enterprise(audit: Audit) -> tuple[object, ...]:
    balance = audit.balance
    bounds = None if balance is None else balance.bounds
    return (
        audit.enterprise.id,
        audit.enterprise.name,
        audit.cards,
        *(cards - (audit.left_unrecorded if bucket == "resold" else 0) for bucket, cards in audit.buckets.items()),
        audit.activated,
        audit.seized,
        *(
            (None,) * 8
            if balance is None
            else (
                EPOCH + timedelta(days=balance.when.latest),
                balance.declared_stock,
                balance.declared_sold,
                balance.unaccounted,
                *((None, None) if bounds is None else bounds),
                *(balance.activated_sold, balance.sold_undeclared),
            )
        ),
        audit.quantity_purchased.cards,
        audit.quantity_sold.cards,
        audit.listed_active,
        audit.held_with_unread,
    )
