"""Knowledge of a case under a text: the one look-up of Find, of a trace that finds no card, and of ``party``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from graphtrace.analysis.corroboration import SupportBook, keys_of
from graphtrace.engine.case_parties import all_names
from graphtrace.engine.row_search import HeldText, rows_of_users, rows_with_text, rows_with_text_beside, text_in_json
from graphtrace.identifiers import normalize_party_id, normalize_party_name
from graphtrace.identifiers.normalize import strip_noise
from graphtrace.identifiers.party_ids import CONTACT_KINDS, contact_key, parse_contacts
from graphtrace.model import Origin, Party
from graphtrace.results.known import KnownUse
from graphtrace.storage.base import Backend, BesideScope, DealingsScope, PartyNamesScope, TextScope, shown_numbers
from graphtrace.storage.stored_records import SupportRecord

ONE_BY_ONE: Final = 50
"""Maximum number of texts whose parties are looked up by name one by one."""

_Use = tuple[str, tuple[Party, ...], tuple[str, ...]]


def known_uses(store: Backend, texts: Sequence[str], *, book: SupportBook | None = None) -> dict[str, list[KnownUse]]:
    """Return what the case knows under each text, by name, identifier, contact, parcel, order, record or case number.

    Cost: one pass over the supporting records and over five columns of the records, however many texts there are.
    """
    asked = {text: spellings(text) for text in dict.fromkeys(texts)}
    found: dict[str, dict[_Use, set[Origin]]] = {text: defaultdict(set) for text in asked}
    for text, party, role in _parties(store, list(asked)):
        _ = found[text][role, (party,), ()]
    if len(asked) <= ONE_BY_ONE:
        _add_users(store, found)
    if store.has_supporting_records:
        _add_supports(book or SupportBook(store), found)
    _add_rows(store, asked, found)
    return {text: [_use(use, origins) for use, origins in sorted(uses.items())] for text, uses in found.items()}


def uses_beside(store: Backend, text: str) -> list[KnownUse]:
    """Return the rows that hold a text in a column that was not read; the role is the heading of the column."""
    rows = rows_with_text_beside(store.session(BesideScope(text_in_json(text))), text)
    shown = _shown(store, rows)
    found: dict[_Use, set[Origin]] = defaultdict(set)
    for row in rows:
        found[row.field, row.parties, _cards(row, shown)].add(row.origin)
    return [_use(use, origins) for use, origins in sorted(found.items())]


def _cards(row: HeldText, shown: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown[card] for card in (row.first, row.last) if card is not None))


def _use(use: _Use, origins: Collection[Origin]) -> KnownUse:
    role, parties, cards = use
    ordered = sorted(origins, key=lambda origin: (origin.file, origin.sort_key))
    return KnownUse(role=role, parties=parties, cards=cards, origins=tuple(ordered))


def spellings(text: str) -> set[str]:
    """Return the writings of a text that count as the same in a field of its own."""
    return {text, text.strip(), strip_noise(text)} - {""}


def _parties(store: Backend, texts: Sequence[str]) -> Iterator[tuple[str, Party, str]]:
    """Yield the parties that a text means by its identifier or name."""
    ids = {text: f"id:{normalize_party_id(text)}" for text in texts}
    by_id = {party.id: party for party in store.find_parties(ids=sorted({*ids.values()}), name_key="")}
    yield from ((text, by_id[ident], "id") for text, ident in ids.items() if ident in by_id)
    if len(texts) <= ONE_BY_ONE:
        for text in texts:
            for party in store.find_parties(ids=[], name_key=normalize_party_name(text)):
                yield text, party, "name"
        return
    bearers: dict[str, list[Party]] = defaultdict(list)
    for party, name in all_names(store.session(PartyNamesScope())):
        bearers[name].append(party)
    yield from ((text, party, "name") for text in texts for party in bearers.get(normalize_party_name(text), ()))


def lookup_keys(text: str) -> set[str]:
    """Return the keys of supporting records under which a text can stand there."""
    contacts = {contact_key(kind, value) for kind in CONTACT_KINDS for value in parse_contacts(kind, text)}
    number = strip_noise(text)
    names = {f"id:{normalize_party_id(text)}", f"name:{normalize_party_name(text)}"}
    return contacts | names | {f"waybill:{number}", f"order:{number}"}


def _add_supports(book: SupportBook, found: dict[str, dict[_Use, set[Origin]]]) -> None:
    texts_by_key: dict[str, set[str]] = defaultdict(set)
    for text in found:
        for key in lookup_keys(text):
            texts_by_key[key].add(text)
    records = book.find(sorted(texts_by_key))
    book.learn(side.mention for record in records for side in record.sides if side.mention)
    for record in records:
        for key in keys_of(record) & texts_by_key.keys():
            for role, parties in _roles(book, record, key):
                for text in texts_by_key[key]:
                    found[text][role, parties, ()].add(record.origin)


def _roles(book: SupportBook, record: SupportRecord, key: str) -> Iterator[tuple[str, tuple[Party, ...]]]:
    """Yield what a key is in a record, and whose it is."""
    kind, _, _ = key.partition(":")
    shown = tuple(party for side in record.sides if (party := book.shown(side)) is not None)
    if kind in ("waybill", "order"):
        yield ("waybill" if kind == "waybill" else "order_no"), shown
    for side in record.sides:
        party = book.shown(side)
        parties = () if party is None else (party,)
        if side.mention == key:
            yield kind, parties
        yield from ((contact, parties) for contact, value in side.contacts if contact_key(contact, value) == key)


def _add_users(store: Backend, found: dict[str, dict[_Use, set[Origin]]]) -> None:
    """Add what records say that the parties found used."""
    for uses in found.values():
        if parties := list(dict.fromkeys(party for _, named, _ in uses for party in named)):
            rows = rows_of_users(store.session(DealingsScope(parties, with_uses=True)), parties)
            shown = _shown(store, rows)
            for row in rows:
                uses[row.field, row.parties, _cards(row, shown)].add(row.origin)


def _add_rows(store: Backend, asked: dict[str, set[str]], found: dict[str, dict[_Use, set[Origin]]]) -> None:
    texts_by_spelling: dict[str, set[str]] = defaultdict(set)
    for text, spellings in asked.items():
        for spelling in spellings:
            texts_by_spelling[spelling].add(text)
    wanted = sorted(texts_by_spelling)
    rows = rows_with_text(store.session(TextScope(wanted)), wanted)
    shown = _shown(store, rows)
    for row in rows:
        for text in texts_by_spelling[row.text]:
            found[text][row.field, row.parties, _cards(row, shown)].add(row.origin)


def _shown(store: Backend, rows: Sequence[HeldText]) -> dict[int, str]:
    cards = sorted({card for row in rows for card in (row.first, row.last) if card is not None})
    return dict(zip(cards, shown_numbers(store, store.card_keys(cards)).values(), strict=True))
