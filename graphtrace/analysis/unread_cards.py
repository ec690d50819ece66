"""The cards of a case of which rows state changes of hands that were not recorded."""

from __future__ import annotations

from graphtrace.analysis.typed_cards import cards_of_number, links_by_number
from graphtrace.engine.unread_lot_queries import unread_cards, unread_numbers
from graphtrace.identifiers import unpack_number
from graphtrace.identifiers.intervals import CardInterval, merge_intervals
from graphtrace.model import DateSpan
from graphtrace.storage.base import Backend, UnreadScope


def find_unread_lots(store: Backend) -> list[CardInterval]:
    """Return these cards as disjoint lots in order.

    A row that names a number is about the card that had it then, as in a trace.
    """
    if not store.has_unread:
        return []
    session = store.session(UnreadScope())
    lots: list[CardInterval] = [(first, last) for first, last in unread_cards(session)]
    named = unread_numbers(session)
    if named:
        links = links_by_number(store.subscriber_links({unpack_number(number) for number, *_ in named}))
        cards = {
            card
            for number, day, until in named
            for card in cards_of_number(unpack_number(number), None if day is None else DateSpan(day, until), links)
        }
        lots += [(card, card) for card in store.card_ids(cards)]
    return merge_intervals(lots)
