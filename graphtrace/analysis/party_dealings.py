"""Resolve a typed name or id to a party of the case, and summarise the party's flows."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphtrace.analysis.corroboration import SupportBook, parties_by_contact, rows_of
from graphtrace.analysis.flow_bounds import StatedFlow, bound_flows
from graphtrace.analysis.identity import IdentityChecker
from graphtrace.analysis.inquiries import differing_replies, files_counted, reply_findings
from graphtrace.analysis.source_cells import rows_naming, rows_naming_parties
from graphtrace.analysis.unlinked_events import events_by_number, takers_by_number, unlinked_seizures
from graphtrace.engine.case_parties import (
    CounterpartyTotals,
    cards_with_events,
    count_listed,
    counterparties,
    parties_without_identity,
    rows_by_name,
    seized_cards,
    seized_from,
    suggest_parties,
)
from graphtrace.engine.party_flows import MovementFilter, PartnerQuery, flow_totals, partner_groups
from graphtrace.errors import AmbiguousName, NothingFound
from graphtrace.identifiers import forms_of_party_id, normalize_party_name
from graphtrace.identifiers.nobody import identifies_nobody
from graphtrace.identifiers.operators import BRANCH, match_operator_name
from graphtrace.identifiers.party_ids import CONTACT_KINDS
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.locale import Text, phrase
from graphtrace.model import USE_KINDS, Kind, Origin, Party, origin_dict, party_dict
from graphtrace.results.flows import FlowTotals, PartnerGroups
from graphtrace.results.lone_names import LoneNames
from graphtrace.results.party import (
    NO_SUPPORT,
    SIDES,
    CounterpartyFlow,
    PartyContact,
    PartyPartners,
    PartySeizure,
    PartySummary,
    PartySupport,
    PartyUse,
    Side,
    party_kind,
)
from graphtrace.storage.base import WHOLE_CASE, Backend, DealingsScope, PartyNamesScope, SeizuresScope, shown_numbers
from graphtrace.storage.stored_records import StoredRecord, SupportRecord

MAX_ROWS = 10
"""Maximum number of rows of a sheet that are named."""

MAX_USED = 1_000
"""Maximum number of cards whose uses by the party are told one by one; the others are counted."""

MAX_SUGGESTED = 5
"""Maximum number of similar parties that are suggested."""


def find_party(store: Backend, text: str) -> Party:
    """Return the party that an id (``id:…``, ``name:…``, ``carrier:…``), a strong identifier or a name means.

    Raises AmbiguousName if several parties bear the name; NothingFound if nobody does; the hint names the nearest.
    """
    parties = parties_meant(store, text)
    if len(parties) == 1:
        return parties[0]
    if parties:
        listed = [party.id for party in parties]
        raise AmbiguousName("several_parties", count=len(parties), name=text, parties=listed, hint="one_of_parties")
    if store.has_supporting_records and (rows := _supports_by_words(store, text)):
        raise NothingFound("named_without_identity", name=text, rows=rows, hint="see_its_rows")
    from graphtrace.analysis.known_values import known_uses

    if uses := known_uses(store, [text])[text]:
        raise NothingFound("known_as_no_party", name=text, uses=[use.to_dict() for use in uses], hint="see_its_rows")
    if unread := rows_naming(store, [text.removeprefix("id:").removeprefix("name:")]):
        raise NothingFound("only_in_unread", name=text, rows=[row.said for row in unread], hint="answer_and_reload")
    nearest = [party.name for party in parties_like(store, text)]
    raise NothingFound(
        "no_such_party",
        name=re.sub("^(?:id|name|carrier):", "", text),
        nearest=nearest,
        hint="did_you_mean" if nearest else "name_as_recorded",
    )


def parties_meant(store: Backend, text: str) -> Sequence[Party]:
    """Return the parties that an id, a strong identifier, a name or, by supporting records, a contact means."""
    parties = parties_named(store, text)
    if not parties and (name_key := normalize_party_name(text)):
        # each row that names it is a party of its own
        parties = parties_without_identity(store.session(PartyNamesScope()), name_key)
    if not parties and store.has_supporting_records:
        parties = parties_by_support(store, text)
    return parties


def parties_named(store: Backend, text: str) -> Sequence[Party]:
    """Return the parties that an id or the name of an operator means, else those that bear the name."""
    ids = [f"id:{form}" for form in forms_of_party_id(text.removeprefix("id:"))]
    if text.startswith(("id:", "name:", "carrier:")):
        ids.append(text)
    if text.startswith("name:"):
        ids.append(f"name:{normalize_party_name(text.removeprefix('name:'))}")
    name_key = normalize_party_name(text.removeprefix("name:"))
    if (operator := match_operator_name(name_key)) is not None and not re.search(BRANCH, name_key):
        ids.append(f"carrier:{operator}")
    return store.find_parties(ids=ids, name_key=name_key)


def parties_by_support(store: Backend, text: str) -> Sequence[Party]:
    """Return the parties that have a telephone, account or address; else whom only supporting records call so."""
    book = SupportBook(store)
    found = parties_by_contact(book, text)
    if found:
        return found
    mentions = {f"id:{form}" for form in forms_of_party_id(text.removeprefix("id:"))}
    mentions.add(f"name:{normalize_party_name(text.removeprefix('name:'))}")
    sides = (side for record in book.find(sorted(mentions)) for side in record.sides if side.mention in mentions)
    named = {party.id: party for side in sides if (party := book.shown(side)) is not None}
    return sorted(named.values())


def _supports_by_words(store: Backend, text: str) -> list[Text]:
    """Return the supporting records that name a side so though the name identifies nobody (周**), the first ones."""
    name_key = normalize_party_name(text)
    if not name_key or not identifies_nobody(name_key):
        return []
    origins = dict.fromkeys(
        record.origin
        for record in store.supporting_records()
        if any(not side.name_key and normalize_party_name(side.name) == name_key for side in record.sides)
    )
    return [
        phrase("row_of_sheet", file=origin.file, sheet=origin.sheet, row=origin.row) for origin in [*origins][:MAX_ROWS]
    ]


def parties_like(store: Backend, text: str, *, most: int = MAX_SUGGESTED) -> Sequence[Party]:
    """Return the parties whose names hold a text or are similar to it, the nearest first."""
    return suggest_parties(store.session(PartyNamesScope()), normalize_party_name(text), most=most)


def summarize_party(store: Backend, text: str) -> PartySummary:
    """Summarise the dealings of the party that an id or name means; see :func:`find_party` for the errors.

    Cost: grows with the records of the party and with the seizures of the case, not with the sizes of ranges.
    """
    party = find_party(store, text)
    identities = IdentityChecker(store)
    session = identities.session(DealingsScope([party], with_uses=True))
    received, passed_on = counterparties(session, party)
    in_cases = store.session(SeizuresScope())
    lots = sorted({lot for dealing in (*received, *passed_on) for lot in dealing.lots})
    seized = sorted(unlinked_seizures(store, lots).union(seized_cards(in_cases)))
    takers = _takers(store)
    cards_taken = cards_with_events(in_cases, party, ["seizure"])
    seized_from_it = _events(store, party, identities, cards_taken, ["seizure"], ("when", "case_no", "place"))
    cards_used = cards_with_events(session, party, USE_KINDS)
    used = _events(store, party, identities, cards_used[:MAX_USED], USE_KINDS, ("kind", "when", "imei"))
    summary = PartySummary(
        party=party,
        kind=party_kind(
            party, has_bought=any(dealing.party.is_carrier for dealing in received), has_passed=bool(passed_on)
        ),
        received=_flows(store, party, received, seized, takers, identities.lone, is_received=True),
        passed_on=_flows(store, party, passed_on, seized, takers, identities.lone, is_received=False),
        aliases=tuple(pair for pair in store.names_of_party(party) if pair[1] != party.name),
        support=support_of_party(SupportBook(store), party) if store.has_supporting_records else NO_SUPPORT,
        seizures=tuple(sorted((PartySeizure(**each) for each in seized_from_it), key=PartySeizure.sort_key)),
        uses=tuple(sorted((PartyUse(**each) for each in used), key=PartyUse.sort_key)),
        by_name=tuple(rows_by_name(session, party, most=MAX_ROWS)) if party.id in identities.lone else (),
        listed=count_listed(session, party),
        uses_left_out=max(len(cards_used) - MAX_USED, 0),
        judgements=store.judgements.shown_in([party, received, passed_on]),
        unread_rows=rows_naming_parties(store, [party])[0],
    )
    if not (differing := differing_replies(store)):
        return summary
    counted = files_counted(session, party, differing)
    return replace(summary, reply_findings=tuple(reply_findings(summary, differing, counted)))


def _takers(store: Backend) -> dict[int, set[str]]:
    """Return by card the ids of the parties that seizures say it was taken from."""
    found: dict[int, set[str]] = {}
    for card, party_id in (*seized_from(store.session(SeizuresScope())), *takers_by_number(store)):
        found.setdefault(card, set()).add(party_id)
    return found


def _events(
    store: Backend,
    party: Party,
    identities: IdentityChecker,
    cards: Sequence[int],
    kinds: Sequence[Kind],
    fields: Sequence[str],
) -> Iterator[dict[str, Any]]:
    """Yield the events of the kinds that name a party: each once by its card, number and ``fields``.

    With it come all rows that say so, and whether these know the party by a name alone. ``cards`` are those that
    such events name.
    """
    keys = store.card_keys(cards)
    records = store.select(keys, records_only=True).records
    stated: list[tuple[str | None, str | None, StoredRecord]] = [
        (key, None, row) for key in keys for row in records.get(key, ()) if row.kind in kinds
    ]
    stated += [(key, row.msisdn or row.imsi, row) for key, row in events_by_number(store, party, kinds)]
    shown = shown_numbers(store, {key for key, _, _ in stated if key is not None})
    found: dict[tuple[Any, ...], set[Origin]] = {}
    lone: set[Origin] = set()
    for key, number, row in stated:
        mine = next((side for side in (row.sender, row.receiver) if side is not None and side.id == party.id), None)
        if mine is not None:
            found.setdefault((key and shown[key], number, *(getattr(row, name) for name in fields)), set()).add(
                row.origin
            )
            if identities.is_lone(mine, row.origin.sha256):
                lone.add(row.origin)
    for event, origins in found.items():
        ordered = sorted(origins, key=lambda origin: (origin.file, origin.sort_key))
        said = dict(zip(("card", "number", *fields), event, strict=True))
        yield {**said, "origins": tuple(ordered), "by_name": origins <= lone}


def partners_of(store: Backend, text: str, queries: Mapping[Side, PartnerQuery]) -> PartyPartners:
    """Return groups of the partners of the party that an id or name means; see :func:`find_party` for the errors.

    Cost: a pass over the records of the party and over the seizures of the case; only the groups leave the store.
    """
    party = find_party(store, text)
    seized = sorted(unlinked_seizures(store).union(seized_cards(store.session(SeizuresScope()))))
    identities = IdentityChecker(store)
    dealings = identities.session(DealingsScope([party]))
    sides = {side: partner_groups(dealings, party, query, seized, identities.lone) for side, query in queries.items()}
    kind = None
    if len(sides) == len(SIDES):
        has_passed = bool(sides["passed_on"].groups)
        kind = party_kind(party, has_bought=sides["received"].has_carrier, has_passed=has_passed)
    nothing = PartnerGroups((), 0, 0, has_carrier=False)
    return PartyPartners(party=party, kind=kind, **{side: sides.get(side, nothing) for side in SIDES})


def flows_between(store: Backend, names: Sequence[str]) -> list[FlowTotals]:
    """Return what passed between the parties that ids or names mean; see :func:`find_party` for the errors."""
    parties = frozenset(find_party(store, name).id for name in names)
    return list(flow_totals(store.session(WHOLE_CASE), MovementFilter(parties), by_channel=False))


def _flows(
    store: Backend,
    party: Party,
    dealings: Sequence[CounterpartyTotals],
    seized: Sequence[int],
    takers: Mapping[int, set[str]],
    lone: LoneNames,
    *,
    is_received: bool,
) -> tuple[CounterpartyFlow, ...]:
    asked = [
        StatedFlow(
            *((dealing.party, party) if is_received else (party, dealing.party)),
            cards=sum(last - first + 1 for first, last in dealing.lots),
            records=dealing.records,
            quantity_only=dealing.quantity_only,
        )
        for dealing in dealings
    ]
    flows = [
        CounterpartyFlow(
            party=_shown(dealing, lone),
            cards=stated.cards,
            records=dealing.records,
            quantity_only=dealing.quantity_only,
            since=dealing.since,
            until=dealing.until,
            seized=sum(_count_within(lot, seized) for lot in dealing.lots),
            seized_from_others=sum(
                _count_within(lot, _taken_from_others(takers, party if is_received else dealing.party))
                for lot in dealing.lots
            ),
            bounds=bounds,
            by_name=dealing.by_name,
        )
        for dealing, stated, bounds in zip(dealings, asked, bound_flows(store, MovementFilter(), asked), strict=True)
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.cards, flow.party.id)))


def _shown(dealing: CounterpartyTotals, lone: LoneNames) -> Party:
    """Return the party of a dealing as the records of it name it: by its name where none of them says more."""
    party = dealing.party
    return lone.shown(party) if dealing.by_name == dealing.records + dealing.quantity_only.records else party


def _taken_from_others(takers: Mapping[int, set[str]], receiver: Party) -> list[int]:
    """Return the cards, in order, of which seizures name somebody, and not the receiver of a flow."""
    return sorted(card for card, named in takers.items() if receiver.id not in named)


def _count_within(lot: CardInterval, cards: Sequence[int]) -> int:
    return bisect_right(cards, lot[1]) - bisect_left(cards, lot[0])


def support_of_party(book: SupportBook, party: Party) -> PartySupport:
    """Return the supporting records of a party: each statement once, with all rows that state it."""
    contacts: dict[tuple[str, str], list[SupportRecord]] = defaultdict(list)
    stated: dict[str, dict[str, list[SupportRecord]]] = {kind: {} for kind in ("identity", "shipment", "payment")}
    for record, side in book.sides_of(party):
        for contact in side.contacts:
            contacts[contact].append(record)
        if record.kind != "contact":
            stated[record.kind].setdefault(record.statement, []).append(record)
    return PartySupport(
        contacts=tuple(
            PartyContact(kind=kind, value=value, origins=rows_of(records))
            for (kind, value), records in sorted(
                contacts.items(), key=lambda found: (CONTACT_KINDS.index(found[0][0]), found[0][1])
            )
        ),
        identities=tuple(_identity(records) for records in stated["identity"].values()),
        shipments=tuple(_passage(book, records) for records in stated["shipment"].values()),
        payments=tuple(_passage(book, records) for records in stated["payment"].values()),
    )


def _identity(records: Sequence[SupportRecord]) -> dict[str, Any]:
    record = records[0]
    side = record.first
    return {
        "date": None if record.when is None else record.when.iso,
        "name": (side.name or None) if side else None,
        "id": (side.strong or None) if side else None,
        "contacts": [{"kind": kind, "value": value} for kind, value in side.contacts] if side else [],
        "origins": [origin_dict(each) for each in rows_of(records)],
    }


def _passage(book: SupportBook, records: Sequence[SupportRecord]) -> dict[str, Any]:
    record = records[0]
    kept = {"waybill": record.waybill} if record.kind == "shipment" else {}
    paid = {"order_no": record.order_no, "amount": record.amount} if record.kind == "payment" else {}
    return {
        "date": None if record.when is None else record.when.iso,
        "from": party_dict(book.named(record.first, records)),
        "to": party_dict(book.named(record.second, records)),
        **kept,
        **paid,
        "origins": [origin_dict(each) for each in rows_of(records)],
    }
