"""Activations and seizures that name no card but an MSISDN or IMSI, given to the cards that had these numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.answers.trace import linked_card
from graphtrace.identifiers import imei_core
from graphtrace.model import KINDS
from graphtrace.store.protocol import Lot, NumberLink, Row, Store

if TYPE_CHECKING:
    from graphtrace.answers.accounts import Accounts

_COLUMNS = {
    "key": "BIGINT",
    "kind": "UTINYINT",
    "day": "INTEGER",
    "span": "UTINYINT",
    "second": "INTEGER",
    "who": "INTEGER",
    "imei": "BIGINT",
    "province": "VARCHAR",
    "city": "VARCHAR",
    "case_no": "VARCHAR",
    "place": "VARCHAR",
    "record": "BIGINT",
}


def waiting_events(store: Store, lots: Sequence[Lot]) -> list[tuple[int, Row]]:
    """The events whose number may have been that of a card of the lots, each with the card that had it then."""
    rows, linked = store.waiting_events(lots)
    links: dict[str, list[NumberLink]] = defaultdict(list)
    for link in linked:
        links[link.number].append(link)
    events = []
    for row in rows:
        key = linked_card(row, links)
        card = None if key is None else store.card_number(key)
        if card is not None:
            events.append((card, row))
    return events


def keep_events(store: Store, accounts: Accounts) -> None:
    """Lay out ``events``: those of single cards, and those that are given to a card of the accounts by its number."""
    events = waiting_events(store, accounts.lots)
    users = accounts.numbers_of({row.receiver for _, row in events if row.receiver is not None})
    laid_out = [
        (
            *(card, KINDS.index(row.kind)),
            *((None,) * 3 if row.when is None else (row.when.first, row.when.last - row.when.first, row.when.second)),
            None if row.receiver is None else users[row.receiver],
            None if row.imei is None else int(imei_core(row.imei)),
            *(row.province, row.city, row.case_no, row.place, accounts.record_of(row.origin)),
        )
        for card, row in events
    ]
    accounts.bench.keep_rows("waiting", _COLUMNS, laid_out)
    accounts.bench.ask("CREATE TEMP VIEW events AS FROM single_events UNION ALL BY NAME FROM waiting")
