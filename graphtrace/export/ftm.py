"""FollowTheMoney entities, one JSON object a line, as OpenAleph, yente and the ``ftm`` commands read them.

How custody is expressed
------------------------
Custody is not ownership, and no entity here says that it is. A card or a range is an ``Asset``. A record that moves
cards is an ``UnknownLink`` from the sender to the receiver, and, where it names cards, an ``UnknownLink`` from the
receiver to the asset with the role ``custody`` that begins on the day of the record. An activation or seizure is an
``Event`` that the asset is linked to; whom an activation names as user has an ``UnknownLink`` to the asset with the
role ``user``. The file that says so is a ``Document``, named as ``proof``; the row stands in ``description``.

A company is a ``Company`` where its number says so or it is a carrier, a person with a resident id a ``Person``,
anybody else a ``LegalEntity``. Ids follow from those of the case: the same company has the same id in every case, a
bare name too, so merge with care.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from graphtrace.engine.custody_events import event_from_record
from graphtrace.engine.party_flows import CardRecord
from graphtrace.export.serializable import plain_text, text_writer
from graphtrace.identifiers import identify, is_valid_uscc, with_check_digit
from graphtrace.identifiers.iccid import display_ends
from graphtrace.model import CUSTODY_KINDS, USE_KINDS, Origin, Party, day_text
from graphtrace.patterns import late
from graphtrace.render.sanitize import escaped_json
from graphtrace.results.flows import FlowTotals
from graphtrace.results.subgraph import card_id, lot_end_keys, lot_or_card_id, record_id
from graphtrace.storage.stored_records import StoredRecord

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang

_NUMBERS: Final = {"uscc": "Company", "registration_no": "Company", "resident_id": "Person"}
_BLANKS: Final = late(r"\s+")

LEFT_OUT: Final = "not expressed"
"""Key of the count of omitted rows: without a card of their own, stock declarations, records of a party with itself."""


class Entity(NamedTuple):
    """An entity: its schema, what its id is made of, and its properties; empty ones are left out."""

    schema: str
    source: str
    properties: Mapping[str, str | None]


def write_ftm(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    """Write the selection; every entity once, referenced ones before those that refer to them."""
    counts: Counter[str] = Counter()
    with text_writer(out) as text:
        if selection.question.level == "party":
            entities = _flow_entities(selection)
        else:
            entities = _Records().entities(selection, counts)
        for entity in entities:
            counts[entity.schema] += 1
            text.write(_dumped(entity))
    if left_out := counts.pop(LEFT_OUT, 0):
        counts[LEFT_OUT] = left_out
    return counts


def entity_id(source: str) -> str:
    """Return the id of the entity for an item of the case."""
    return f"gt-{hashlib.sha256(source.encode('utf-8', 'backslashreplace')).hexdigest()[:40]}"


def _dumped(entity: Entity) -> str:
    tidy = {name: _tidy(value) for name, value in entity.properties.items() if value}
    properties = {name: [value] for name, value in tidy.items() if value}
    document = {"id": entity_id(entity.source), "schema": entity.schema, "properties": properties}
    return escaped_json(json.dumps(document, ensure_ascii=False)) + "\n"


def _tidy(text: str) -> str:
    """Return text in the form of the format's library: no control characters, runs of blanks as one."""
    return _BLANKS.sub(" ", plain_text(text)).strip()


def _flow_entities(selection: Subgraph) -> Iterator[Entity]:
    for summed in selection.parties():
        yield _party(summed.party)
    for flow in selection.flows():
        yield _flow(flow)


def _flow(flow: FlowTotals) -> Entity:
    counts = [f"{flow.cards} cards" if flow.records else ""]
    if flow.quantity_only.records:
        counts.append(f"{flow.quantity_only.cards} cards by number only")
    return _link(
        f"flow:{flow.sender.id}:{flow.receiver.id}:{flow.channels}",
        flow.sender.id,
        flow.receiver.id,
        role=f"passed on {' and '.join(filter(None, counts))}",
        startDate=day_text(flow.since),
        endDate=day_text(flow.until),
        summary="; ".join((*flow.kinds, *flow.channels)),
    )


class _Records:
    """Entities of records one by one, with the parties, files and cards that no earlier record named."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def entities(self, selection: Subgraph, counts: Counter[str]) -> Iterator[Entity]:
        for found in selection.rows():
            row = found.record
            if row.kind in CUSTODY_KINDS and row.sender != row.receiver:
                yield from self._movement(found)
            elif row.kind in USE_KINDS and found.key is not None:
                yield from self._activation(found.key, row)
            elif row.kind == "seizure" and found.key is not None:
                yield from self._event("seizure", found.key, row, row.case_no, row.place, row.holder)
            else:
                counts[LEFT_OUT] += 1

    def _movement(self, found: CardRecord) -> Iterator[Entity]:
        row, movement = found.record, event_from_record(found.record)
        record = record_id(row.origin)
        cards = 1 if found.key is not None else len(row.lot) if row.lot is not None else row.quantity
        values = {**_proof(row.origin), "recordId": row.origin.record_no}
        yield from self._parties(movement.sender, movement.receiver)
        yield from self._document(row.origin)
        yield _link(
            record,
            movement.sender.id,
            movement.receiver.id,
            role=f"{movement.kind} of {cards} card{'' if cards == 1 else 's'}",
            date=movement.day,
            summary=movement.channel,
            **values,
        )
        asset = lot_or_card_id(found.key, row.lot)
        if asset is not None:
            yield from self._asset(found.key, row)
            yield _link(
                f"custody:{record}",
                movement.receiver.id,
                asset,
                role="custody",
                startDate=movement.day,
                **values,
            )

    def _activation(self, key: str, row: StoredRecord) -> Iterator[Entity]:
        numbers = [f"{name} {number}" for name, number in (("IMEI", row.imei), ("MSISDN", row.msisdn)) if number]
        yield from self._event("activation", key, row, row.province, row.city, *numbers)
        if row.receiver is not None:
            yield from self._parties(row.receiver)
            values = {"role": "user", "date": _day(row), **_proof(row.origin)}
            yield _link(f"user:{record_id(row.origin)}", row.receiver.id, card_id(key), **values)

    def _event(self, what: str, key: str, row: StoredRecord, *notes: str | None) -> Iterator[Entity]:
        event = f"{what}:{record_id(row.origin)}"
        always = {"date": _day(row), **_proof(row.origin)}
        yield from self._asset(key, row)
        yield from self._document(row.origin)
        values = {"name": f"{what} of {with_check_digit(key)}", "summary": "; ".join(filter(None, notes))}
        yield Entity("Event", event, {**values, **always})
        yield _link(f"of:{event}", card_id(key), event, role=what, **always)

    def _parties(self, *parties: Party) -> Iterator[Entity]:
        return (_party(party) for party in parties if self._is_new(party.id))

    def _document(self, origin: Origin) -> Iterator[Entity]:
        """Yield the entity of a source file; the format has a SHA-1 as its hash, so the SHA-256 is in the summary."""
        if self._is_new(f"file:{origin.sha256}"):
            values = {"title": origin.file, "fileName": origin.file, "summary": f"SHA-256 {origin.sha256}"}
            yield Entity("Document", f"file:{origin.sha256}", values)

    def _asset(self, key: str | None, row: StoredRecord) -> Iterator[Entity]:
        """Yield the entity of a card or range; its name does not depend on how a row writes the last character."""
        asset = lot_or_card_id(key, row.lot)
        if asset is None or not self._is_new(asset):
            return
        if key is not None:
            yield Entity("Asset", asset, {"name": with_check_digit(key), "summary": "card"})
        elif row.lot is not None:
            first, last = display_ends(*lot_end_keys(row.lot))
            yield Entity("Asset", asset, {"name": f"{first} – {last}", "summary": f"{len(row.lot)} cards"})

    def _is_new(self, source: str) -> bool:
        if source in self._seen:
            return False
        self._seen.add(source)
        return True


def _party(party: Party) -> Entity:
    properties: dict[str, str | None] = {"name": _tidy(party.name) or party.id}
    schema = "Company" if party.is_carrier else "LegalEntity"
    if (number := party.strong_id) is not None:
        kinds = [reading.kind for reading in identify(number).readings if reading.kind in _NUMBERS]
        # a pseudonym in the place of a number does not say whose it is
        of_form = {"firm": "Company", "person": "Person"}.get(party.form or "", schema)
        schema = _NUMBERS[kinds[0]] if kinds else of_form
        properties[_property_of_number(number, kinds[0] if kinds else None)] = number
    return Entity(schema, party.id, properties)


def _property_of_number(number: str, kind: str | None) -> str:
    if kind == "uscc":
        # The format takes a credit code for one only if its check character is right.
        return "uscCode" if is_valid_uscc(number) else "registrationNumber"
    return "registrationNumber" if kind == "registration_no" else "idNumber"


def _link(source: str, subject: str, object_: str, **properties: str | None) -> Entity:
    return Entity("UnknownLink", source, {"subject": entity_id(subject), "object": entity_id(object_), **properties})


def _day(row: StoredRecord) -> str | None:
    return None if row.when is None else row.when.day


def _proof(origin: Origin) -> dict[str, str | None]:
    sheet = f" ({origin.sheet})" if origin.sheet else ""
    return {"proof": entity_id(f"file:{origin.sha256}"), "description": f"{origin.file}:{origin.row}{sheet}"}
