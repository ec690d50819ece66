"""Corroboration of changes of hands by shipments and payments that share a key with them (SPEC 3).

A corroboration changes no chain and no outcome. A record never corroborates what its own row states. A side of such a
record means a party of the case by the rule that tells parties apart: by its strong identifier, else by a name that one
party alone bears; a contact never makes it one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from graphtrace.analysis.alias_reasons import ordered_pair
from graphtrace.custody.chains import IDENTIFYING_SIZE
from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.normalize import strip_noise
from graphtrace.identifiers.party_ids import contact_key, parse_contacts
from graphtrace.model import (
    Chain,
    Corroboration,
    DateSpan,
    Finding,
    Hop,
    Origin,
    Party,
    hop_reference,
    party_dict,
)
from graphtrace.storage.base import Backend, PartyNamesScope
from graphtrace.storage.stored_records import SupportRecord, SupportSide

PAYMENT_DAYS: Final = 30
"""A payment between the accounts of both sides lies at most so many days from the change of hands."""

_LEARN_BY_ONE: Final = 200
"""Fewer mentions than these are looked up one by one."""


class SourceRow(NamedTuple):
    """A row of a file, which is known by its hash."""

    sha256: str
    sheet: str | None
    row: int


def source_row_of(origin: Origin) -> SourceRow:
    """Return the row of an origin, without its record number."""
    return SourceRow(origin.sha256, origin.sheet, origin.row)


class SupportBook:
    """The supporting records of a case, asked by keys; each key and each side is asked once.

    Cost: one look-up for all keys that are asked together.
    """

    def __init__(self, store: Backend) -> None:
        self._store = store
        self._by_key: dict[str, list[SupportRecord]] = {}
        self._meant: dict[str, Party | None] = {}
        self._members: dict[str, frozenset[str]] = {}

    def find(self, keys: Iterable[str]) -> list[SupportRecord]:
        """Return the records with one of the keys, in order."""
        asked = dict.fromkeys(keys)
        fresh = [key for key in asked if key not in self._by_key]
        if fresh:
            self._by_key.update((key, []) for key in fresh)
            wanted = set(fresh)
            for record in self._store.supporting_records(fresh):
                for key in keys_of(record) & wanted:
                    self._by_key[key].append(record)
        found = dict.fromkeys(record for key in asked for record in self._by_key[key])
        return list(found)

    def party_of(self, side: SupportSide | None) -> Party | None:
        """Return the party of the case that a side means; ``None`` for somebody whom no custody record names."""
        mention = None if side is None else side.mention
        if mention is None:
            return None
        if mention not in self._meant:
            kind, _, text = mention.partition(":")
            ids, name = ([mention], "") if kind == "id" else ([], text)
            found = self._store.find_parties(ids=ids, name_key=name)
            self._meant[mention] = found[0] if len(found) == 1 and not found[0].namesakes else None
        return self._meant[mention]

    def learn(self, mentions: Iterable[str]) -> None:
        """Look up the parties that many mentions mean, with as many questions as for a few."""
        unknown = set(mentions) - self._meant.keys()
        if len(unknown) < _LEARN_BY_ONE:
            return
        members = self._judged_members()
        ids = sorted(mention for mention in unknown if mention.startswith("id:"))
        by_id = {party.id: party for party in self._store.find_parties(ids=ids, name_key="")}
        bearers: dict[str, list[Party]] = defaultdict(list)
        from graphtrace.engine.case_parties import all_names

        for party, name in all_names(self._store.session(PartyNamesScope())):
            bearers[f"name:{name}"].append(party)
        for mention in unknown:
            meant = by_id.get(members.get(mention, mention))
            found = bearers.get(mention, []) if mention.startswith("name:") else [meant] if meant else []
            self._meant[mention] = found[0] if len(found) == 1 and not found[0].namesakes else None

    def _judged_members(self) -> dict[str, str]:
        """Return the parties to which members belong by a judgement, and by the names of such a party."""
        judged = self._store.judgements.judged_members()
        for party in self._store.find_parties(ids=sorted({*judged.values()}), name_key="") if judged else ():
            judged |= {member: party.id for member, _ in self._store.names_of_party(party)}
        return judged

    def shown(self, side: SupportSide | None) -> Party | None:
        """Return the side as an answer names it: the party of the case, else what the record says."""
        if side is None or not (side.name or side.strong):
            return None
        return self.party_of(side) or Party(side.mention or f"name:{side.name}", side.name)

    def named(self, side: SupportSide | None, records: Sequence[SupportRecord]) -> Party | None:
        """Return the side of equal records as they name it: by a name alone where no row of their files says more."""
        party = self.shown(side)
        if side is None or party is None or party.strong_id is None or side.strong:
            return party
        files = {record.origin.sha256 for record in records}
        is_stated = any(
            (other.name_key, f"id:{other.strong}") == (side.name_key, party.id) and record.origin.sha256 in files
            for record in self.find([party.id])
            for other in record.sides
        )
        if is_stated or self._store.judgements.join(party.id):
            return party
        return party.by_name(side.name_key, side.name)

    def mentions_of(self, party: Party) -> frozenset[str]:
        """Return the keys by which records may mean a party: identifiers and names of all its members."""
        if party.id not in self._members:
            mentions = {party.id}
            for member, name in self._store.names_of_party(party):
                mentions |= {member, f"name:{normalize_party_name(name)}"}
            self._members[party.id] = frozenset(mentions)
        return self._members[party.id]

    def sides_of(self, party: Party) -> Iterator[tuple[SupportRecord, SupportSide]]:
        """Yield the records that name a party, and the side on which they do."""
        for record in self.find(sorted(self.mentions_of(party))):
            for side in record.sides:
                if self._is_meant(party, side):
                    yield record, side

    def _is_meant(self, party: Party, side: SupportSide) -> bool:
        meant = self.party_of(side)
        return side.mention == party.id if meant is None else meant.id == party.id

    def contacts_of(self, party: Party) -> dict[str, set[SourceRow]]:
        """Return the contacts of a party by their keys, and the rows that state each."""
        found: dict[str, set[SourceRow]] = defaultdict(set)
        for record, side in self.sides_of(party):
            for key in side.contact_keys:
                found[key].add(source_row_of(record.origin))
        return found

    def contacts_shared(self, one: Party, other: Party) -> set[str]:
        """Return the codes of the reasons to take two parties for one: contacts of both, one called as the other."""
        kinds = {
            key: kind
            for _, side in self.sides_of(one)
            for (kind, _), key in zip(side.contacts, side.contact_keys, strict=True)
            if kind != "alias"
        }
        shared = sorted(kinds.keys() & self.contacts_of(other).keys())
        few = [key for key in shared if len(self.owners_of([key])) <= SHARED_BY_MOST]
        called = [
            ("alias", form) in side.contacts
            for party, name in ((one, other.name), (other, one.name))
            for form in parse_contacts("alias", name)
            for _, side in self.sides_of(party)
        ]
        return {_REASONS.get(kinds[key], "same_account") for key in few} | ({"stated_alias"} if any(called) else set())

    def owners_of(self, keys: Collection[str], *, beside: SourceRow | None = None) -> list[Party]:
        """Return the parties that have one of the contacts by another row than ``beside``."""
        owners: dict[str, Party] = {}
        for record in self.find(sorted(keys)):
            if source_row_of(record.origin) != beside:
                for side in record.sides:
                    if set(side.contact_keys) & set(keys) and (party := self.shown(side)) is not None:
                        owners[party.id] = party
        return sorted(owners.values())

    def is_known(self, party: Party) -> bool:
        """Whether a custody record names the party."""
        return bool(self._store.find_parties(ids=[party.id], name_key=""))


def keys_of(record: SupportRecord) -> set[str]:
    """Return the lookup keys of a record: parties and contacts of its sides, waybill, order number."""
    keys = {key for side in record.sides for key in (side.mention, *side.contact_keys) if key}
    if record.waybill:
        keys.add(f"waybill:{strip_noise(record.waybill)}")
    if record.order_no:
        keys.add(f"order:{strip_noise(record.order_no)}")
    return keys


# -- hops ----------------------------------------------------------------------------------------------------------


class _Key(NamedTuple):
    """A key that a hop shares, and the rows that state it."""

    text: str
    places: frozenset[SourceRow]


@dataclass(slots=True)
class Corroborator:
    """Adds to the hops of chains the shipments and payments that share a key with them."""

    book: SupportBook
    waybills: Mapping[SourceRow, str]
    """The waybill of each row of the cards that are asked."""
    payment_days: int = PAYMENT_DAYS

    def add_to(self, chains: Sequence[Chain]) -> tuple[tuple[Chain, ...], list[Finding]]:
        """Return the chains with what corroborates their hops, and the findings ``delivered_to_other``."""
        findings: dict[Any, Finding] = {}
        added = []
        for chain in chains:
            hops = []
            for hop in chain.hops:
                found = [*self._shipments(hop), *self._payments(hop)]
                merged = _merged(found, self.book)
                for finding in self._misdelivered(hop, found):
                    mismatch = (finding.params["waybill"], finding.params["receiver"]["id"], finding.evidence[:-1])
                    findings.setdefault(mismatch, finding)
                hops.append(replace(hop, corroboration=merged) if merged else hop)
            added.append(replace(chain, hops=tuple(hops)))
        return tuple(added), list(findings.values())

    def _keys(self, hop: Hop, kind: Literal["waybill", "order"]) -> list[_Key]:
        places: dict[str, set[SourceRow]] = defaultdict(set)
        for origin in hop.origins:
            place = source_row_of(origin)
            stated = self.waybills.get(place, hop.waybill) if kind == "waybill" else origin.record_no
            if stated and len(number := strip_noise(stated)) >= IDENTIFYING_SIZE:
                places[f"{kind}:{number}"].add(place)
        return [_Key(text, frozenset(found)) for text, found in sorted(places.items())]

    def _shared(self, hop: Hop, kind: Literal["waybill", "order"]) -> Iterator[tuple[str, SupportRecord]]:
        """Yield the records that share a key with another row of the hop than their own."""
        wanted = "shipment" if kind == "waybill" else "payment"
        for key in self._keys(hop, kind):
            for record in self.book.find([key.text]):
                is_keyed = key.text in keys_of(record) and record.kind == wanted
                if is_keyed and key.places - {source_row_of(record.origin)}:
                    yield (record.waybill if kind == "waybill" else record.order_no) or "", record

    def _shipments(self, hop: Hop) -> Iterator[_Found]:
        for value, record in self._shared(hop, "waybill"):
            yield _Found("shipment", "waybill", value, record)

    def _payments(self, hop: Hop) -> Iterator[_Found]:
        paying, paid = (self.book.contacts_of(party) for party in (hop.receiver, hop.sender))
        contacts = {*paying, *paid}
        by_order: dict[SupportRecord, str] = {}
        for value, record in self._shared(hop, "order"):
            if self._is_of(hop, record, contacts) and not self._is_running(value, record):
                by_order[record] = value
        for record, value in by_order.items():
            yield _Found("payment", "order", value, record)
        if not paying or not paid:
            return
        places = {source_row_of(origin) for origin in hop.origins}
        for record in self.book.find(sorted(paying)):
            if record.kind != "payment" or record in by_order or record.first is None or record.second is None:
                continue
            here = source_row_of(record.origin)
            payer, payee = (
                next(
                    (
                        value
                        for (_, value), key in zip(side.contacts, side.contact_keys, strict=True)
                        if known.get(key, set()) - {here}
                    ),
                    None,
                )
                for side, known in ((record.first, paying), (record.second, paid))
            )
            is_near = record.when and hop.when and _days_apart(record.when, hop.when) <= self.payment_days
            if payer and payee and is_near and here not in places:
                yield _Found("payment", "account", f"{payer} → {payee}", record)

    def _is_of(self, hop: Hop, record: SupportRecord, contacts: Collection[str]) -> bool:
        """Whether more than its number ties a payment to a hop: a side, an account, a telephone, a waybill, or its day.

        Two files number their orders from different beginnings and meet by chance.
        """
        if record.when and hop.when and _days_apart(record.when, hop.when) <= self.payment_days:
            return True
        if record.waybill is not None and record.waybill == hop.waybill:
            return True
        sides = {party.id for side in record.sides if (party := self.book.shown(side)) is not None}
        return bool(sides & {hop.sender.id, hop.receiver.id}) or any(
            not {*side.contact_keys}.isdisjoint(contacts) for side in record.sides
        )

    def _is_running(self, value: str, record: SupportRecord) -> bool:
        """Whether an order number is one more or less than that of the neighbouring row of its file: a mere count."""
        number, place = strip_noise(value), record.origin
        if not number.isdecimal():
            return False
        return any(
            other.order_no is not None
            and strip_noise(other.order_no) == near
            and source_row_of(other.origin) == (place.sha256, place.sheet, place.row + step)
            for step in (-1, 1)
            for near in (f"{int(number) + step:0{len(number)}}",)
            for other in self.book.find([f"order:{near}"])
        )

    def _misdelivered(self, hop: Hop, found: Iterable[_Found]) -> Iterator[Finding]:
        """Yield a finding for each shipment whose receiver is surely another known party than the hop names."""
        for kind, _, value, record in found:
            if kind != "shipment" or record.second is None:
                continue
            receivers = list(self._receivers(record.second, source_row_of(record.origin)))
            ids = {party.id for party in receivers}
            if len(ids) == 1 and hop.receiver.id not in ids:
                named = self.book.named(record.second, [record])
                receiver = named if named is not None and named.resolved_id in ids else receivers[0]
                yield Finding(
                    code="delivered_to_other",
                    severity="warning",
                    params={"hop": hop_reference(hop), "waybill": value, "receiver": party_dict(receiver)},
                    evidence=(*hop.origins, record.origin),
                )

    def _receivers(self, side: SupportSide, place: SourceRow) -> Iterator[Party]:
        """Yield the parties that a shipment's receiver may be: by strong identifier or exact name, and by telephone."""
        if (party := self.book.party_of(side)) is not None:
            yield party
        telephones = [
            key for (kind, _), key in zip(side.contacts, side.contact_keys, strict=True) if kind == "telephone"
        ]
        owners = self.book.owners_of(telephones, beside=place) if telephones else []
        yield from (party for party in owners if self.book.is_known(party))


class _Found(NamedTuple):
    kind: Literal["shipment", "payment"]
    by: Literal["waybill", "order", "account"]
    value: str
    record: SupportRecord


def _days_apart(one: DateSpan, other: DateSpan) -> int:
    """Return the most days that may lie between two statements of days."""
    return max(abs(one.latest - other.earliest), abs(other.latest - one.earliest))


def _merged(found: Iterable[_Found], book: SupportBook) -> tuple[Corroboration, ...]:
    """Merge equal statements of several rows into one corroboration with all their origins."""
    same: dict[tuple[str, str, str], list[_Found]] = defaultdict(list)
    for each in found:
        same[each.by, each.value, each.record.statement].append(each)
    return tuple(
        Corroboration(
            kind=kind,
            by=by,
            value=value,
            when=record.when,
            sender=book.named(record.first, [each.record for each in equal]),
            receiver=book.named(record.second, [each.record for each in equal]),
            amount=record.amount,
            origins=rows_of(each.record for each in equal),
        )
        for equal in same.values()
        for kind, by, value, record in equal[:1]
    )


def rows_of(records: Iterable[SupportRecord]) -> tuple[Origin, ...]:
    """Return the rows of some records, each once, in the order of files and rows."""
    unique = dict.fromkeys(record.origin for record in records)
    return tuple(sorted(unique, key=lambda origin: (origin.file, *origin.sort_key[:3])))


# -- one party -----------------------------------------------------------------------------------------------------


def parties_by_contact(book: SupportBook, text: str) -> list[Party]:
    """Return the parties that have the telephone, account or address that somebody typed; by id."""
    keys = {
        contact_key(kind, value)
        for kind in ("telephone", "account", "address", "bank")
        for value in parse_contacts(kind, text)
    }
    return book.owners_of(keys) if keys else []


# -- who may be one party ------------------------------------------------------------------------------------------

SHARED_BY_MOST: Final = 20
"""A contact that more parties share says nothing about two of them."""


class StatedContact(NamedTuple):
    """A contact that a record states of one of its sides, with the key by which contacts are compared."""

    side: SupportSide
    kind: str
    key: str
    value: str
    record: SupportRecord


def stated_contacts(book: SupportBook, store: Backend) -> Iterator[StatedContact]:
    """Yield every contact that a record of the case states of a named side. Cost: one pass over such records."""
    if not store.has_supporting_records:
        return
    records = store.supporting_records()
    book.learn(side.mention for record in records for side in record.sides if side.contacts and side.mention)
    for record in records:
        for side in record.sides:
            if side.mention:
                for (kind, value), key in zip(side.contacts, side.contact_keys, strict=True):
                    yield StatedContact(side, kind, key, value, record)


def shared_contacts(
    store: Backend, names: Mapping[str, tuple[Party, Sequence[str]]]
) -> Iterator[tuple[tuple[str, str], str, str, tuple[Origin, ...]]]:
    """Yield pairs of parties with a contact in common: the pair, the code of the reason, the contact, the rows.

    A list that calls one party by the name of another is a reason too. ``names`` are the compared names of the parties
    by their ids. Cost: one pass over the supporting records.
    """
    book = SupportBook(store)
    owners: dict[tuple[str, str], dict[str, list[SupportRecord]]] = defaultdict(lambda: defaultdict(list))
    bearers: dict[str, list[str]] = {}
    for side, kind, key, value, record in stated_contacts(book, store):
        party = book.party_of(side)
        if party is None or party.is_carrier:
            continue
        if kind == "alias":
            bearers = bearers or _bearers(names)
            for other in bearers.get(value, ()):
                if other != party.id:
                    yield ordered_pair(party.id, other), "stated_alias", value, rows_of([record])
            continue
        code = "same_waybill_contact" if record.kind == "shipment" else _REASONS.get(kind, "same_account")
        owners[code, f"{key.partition(':')[0]}:{value}"][party.id].append(record)
    # a contact of a waybill meets those of other records too
    for (code, key), parties in list(owners.items()):
        if code == "same_waybill_contact":
            for other in ("same_telephone", "same_account", "same_address"):
                for party_id, records in owners.get((other, key), {}).items():
                    if party_id not in parties:
                        parties[party_id].extend(records)
    for (code, key), parties in sorted(owners.items()):
        if 1 < len(parties) <= SHARED_BY_MOST:
            ids = sorted(parties)
            for place, one in enumerate(ids):
                for other in ids[place + 1 :]:
                    value = key.partition(":")[2]
                    yield (one, other), code, value, rows_of([*parties[one], *parties[other]])


def _bearers(names: Mapping[str, tuple[Party, Sequence[str]]]) -> dict[str, list[str]]:
    """Return the ids of the parties that bear a name, by the name as contacts are compared."""
    found: dict[str, list[str]] = defaultdict(list)
    for ident, (_, written) in names.items():
        for name in written:
            for form in parse_contacts("alias", name):
                found[form].append(ident)
    return found


_REASONS: Final = {"telephone": "same_telephone", "address": "same_address"}
