"""The classified cards of audited parties, as columns for :mod:`graphtrace.engine.rule_relations`.

The relations are offered in the session of :class:`graphtrace.analysis.audit.classify.CardClassifier`, after its events
and figures, and created when a question names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.typed_cards import find_unread_lots
from graphtrace.analysis.unlinked_events import create_events_view
from graphtrace.arrays import (
    NONE,
    IntArray,
    masked_array,
)
from graphtrace.engine.audit_queries import UNDATED_DAY
from graphtrace.engine.case_parties import persons_of_one_number
from graphtrace.engine.rule_relations import UNRECORDED, Columns, offer_card_tables, offer_relations
from graphtrace.model import EPOCH
from graphtrace.storage.base import PartyNamesScope

if TYPE_CHECKING:
    from graphtrace.analysis.audit.card_events import CardEvents
    from graphtrace.analysis.audit.rule_extent import CardDevicePairs, Extent
    from graphtrace.results.audit import Audit


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


def offer_rule_tables(
    classifier: CardClassifier, audits: Sequence[Audit], used: CardEvents | None, extent: Extent
) -> None:
    """Offer the relations of rules in the session.

    ``audits``, ``used`` and ``extent`` are the figures and events of the same accounts, and what there is of them; the
    events are ``None`` where no card is known.
    """
    session, store = classifier.session, classifier.store
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
