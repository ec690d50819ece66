"""What a case has of what the findings of rules rest on.

To plan the question of a rule takes longer than to count; so no rule is asked of which the case has too little.

Classified cards that were seen in the same device, and those that were seen in several. Nearly every activation is of a
card and a device that stand in no other. So the repeated devices are found by one sort of numbers and the moved cards
by one look at neighbours; only what is left is put in order by both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.corroboration import SupportBook, stated_contacts
from graphtrace.arrays import Indices, IntArray, filter_intervals, group_starts, indices_in, numpy_columns, unique
from graphtrace.engine.audit_queries import activated_devices, extent_of_dealings, rejected_rows
from graphtrace.engine.rule_relations import natural_persons
from graphtrace.model import EPOCH

if TYPE_CHECKING:
    from graphtrace.analysis.audit.card_events import CardEvents
    from graphtrace.results.audit import Audit
    from graphtrace.results.rules import Rule

NEEDS: Final[Mapping[str, Mapping[str, int | tuple[str, ...]]]] = {
    "rule-balance-not-closed": {"declared": 1},
    "rule-balance-undetermined": {"declared": 1},
    "rule-bought-activated": {"activated": 1},
    "rule-burst": {"passed_on": ("least_cards",)},
    "rule-buyer-without-identity": {"resold": 1},
    "rule-circular-trade": {"passed_on": 1, "cards": ("least_cards",)},
    "rule-contradictory-records": {"disputed": 1},
    "rule-damaged-records": {"rejects": ("least_rows",)},
    "rule-hardly-activated": {"activated": 1, "cards": ("least_cards",)},
    "rule-many-cards-one-device": {"activated": 1, "shared_devices": 1},
    "rule-many-cards-one-person": {"resold": ("least_cards",), "persons": 1},
    "rule-many-numbers-one-user": {"users": ("most_cards",)},
    "rule-one-card-many-devices": {"activated": 1, "moved_cards": 1},
    "rule-online-resale": {"resold": 1, "onward_channels": 1},
    "rule-online-sale": {"resold": 1, "channels": 1},
    "rule-onward-resale": {"resold": 1},
    "rule-outside-declared-province": {"provinces": 1},
    "rule-outside-declared-use": {"users": 1, "persons": 1},
    "rule-passed-through": {"passed_on": 1, "cards": ("least_cards",)},
    "rule-resold-at-once": {"cards": ("least_cards",)},
    "rule-sale-twenty": {"passed_on": ("least_cards",)},
    "rule-sanction-three": {"passed_on": ("least_cards", "least_sales", "least_recipients")},
    "rule-seized-share-of-holder": {"seized": ("least_seized",)},
    "rule-seized-share": {"seized": ("least_seized",)},
    "rule-shared-contact": {"contacts": 2, "passed_on": 1},
    "rule-sold-after-return": {"to_carriers": 1, "passed_on": 1},
    "rule-sold-before-seizure": {"seized": ("least_cards",), "passed_on": 1},
    "rule-sold-more-than-declared": {"declared": 1, "resold": 1},
    "rule-sold-without-numbers": {"sold_by_number": ("least_cards",)},
    "rule-soon-seized": {"seized": 1},
    "rule-split-sales": {"passed_on": ("threshold",)},
}
"""What there has to be for the question of a rule of the product to have rows: how much of what an :class:`Extent`
counts, at least, or the parameters the least of which says so. A question that is not here is always asked.
"""


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
        needs = NEEDS.get(rule.query.name, {}) if rule.query.is_bundled else {}
        values: Mapping[str, Any] = rule.values
        return all(
            getattr(self, kind) >= (least if isinstance(least, int) else min(values[name] for name in least))
            for kind, least in needs.items()
        )

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
