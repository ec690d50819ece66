"""Values that every load of a case is compared with, and the rows of loads that name them (SPEC 12, Several cases).

They are notes of the kind ``watch``, one line for each value that somebody adds or removes; the last line about a value
holds. Only exact normalised values are compared: no parts of numbers, no similar names.

Changes by the loads since a line of the ledger: the cards that they touch, before and now (SPEC 12, 13). Each card is
traced twice: as of the moment after that line, and now. So a change may also follow from a judgement or correction made
since, but only cards that the new records touch are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.analysis.known_values import lookup_keys, spellings
from graphtrace.engine.case_parties import seized_cards
from graphtrace.engine.row_search import BESIDE, listed_in, plain_cell, rows_with_watched, touched_by_loads
from graphtrace.errors import NothingFound, UsageError
from graphtrace.identifiers import (
    Interpretation,
    InvalidRange,
    forms_of_party_id,
    identify,
    imei14,
    join_key,
    luhn_digit,
    normalize_party_name,
    pack_number,
    parse_iccid,
    parse_range,
    strip_noise,
    with_check_digit,
)
from graphtrace.identifiers.nobody import identifies_nobody
from graphtrace.identifiers.ranges import count_cards_in
from graphtrace.model import KINDS, Lead
from graphtrace.patterns import late
from graphtrace.results.case_status import CardChange, CardState, CaseChanges, LeadChange, LoadSince
from graphtrace.results.watch import MAX_ROWS, Watch, WatchForm, WatchHit
from graphtrace.storage.base import Backend, CardsScope, LoadsScope, SeizuresScope, WatchedScope
from graphtrace.storage.case_notes import readable_notes
from graphtrace.storage.ledger import content_of

if TYPE_CHECKING:
    from graphtrace.analysis.card_trace import Tracer
    from graphtrace.results.trace import Trace
    from graphtrace.storage.stored_records import SupportRecord


KIND: Final = "watch"
"""Kind of the notes."""

_TO: Final = late(r"\s*(?:[-~—–～－]|至|到)\s*")
_SIDES: Final = {
    ("activation", "receiver"): "user",
    ("usage", "receiver"): "user",
    ("seizure", "sender"): "holder",
    ("stock", "sender"): "declarer",
    ("card_list", "receiver"): "listed_party",
    ("identity", "sender"): "person",
    ("contact", "sender"): "bearer",
    ("shipment", "sender"): "consignor",
    ("shipment", "receiver"): "consignee",
    ("payment", "sender"): "payer",
    ("payment", "receiver"): "payee",
}
"""What a side of a record is, by its kind, where it is no change of hands."""

_BEGINNING: Final = late("8986[0-9]*")
"""Beginning of a card of China, which would be found in no field as it stands."""

_PARTY_FORMS: Final = ("resident_id", "uscc", "registration_no")
_LINE: Final = f'"kind":"{KIND}"'
"""Found in the lines of the notes that matter here; others are not parsed."""


class WatchedValue(NamedTuple):
    """A value as it is compared.

    ``lots`` are first and last keys, ``numbers`` first and last MSISDN or IMSI as stored, ``ids`` normalised
    identifiers of parties, ``texts`` writings in a field of its own, ``keys`` those of supporting records, ``cells``
    plain writings in a column that is not read.
    """

    forms: tuple[WatchForm, ...]
    lots: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    devices: tuple[int, ...] = ()
    chips: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    name: str | None = None
    texts: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()


def watched_value(text: str) -> WatchedValue:
    """Return what a text is compared as.

    Raises UsageError if it is empty, a part of a number, damaged, or a word that names nobody.
    """
    value = text.strip()
    if not value:
        raise UsageError("watch_nothing", hint="watch_whole")
    if (found := _range(value)) is not None:
        return found
    known = identify(value)
    is_part = any(sign in value for sign in "*?＊？") or _BEGINNING.fullmatch(strip_noise(value))
    if known.damaged is not None or (is_part and not known.readings):
        raise UsageError("watch_partial", value=text, hint="watch_whole")
    readings = [reading for reading in known.readings if reading.complete]
    if known.readings and not readings:
        raise UsageError("watch_partial", value=text, hint="watch_whole")
    return _of_readings(value, readings) if readings else _of_text(value)


def _of_readings(value: str, readings: Sequence[Interpretation]) -> WatchedValue:
    by_kind = {reading.kind: reading for reading in readings}
    lots, numbers, devices, chips = [], [], [], []
    forms: list[WatchForm] = []
    if (card := by_kind.get("iccid")) is not None and card.key is not None:
        forms.append("iccid")
        lots.append((card.key, card.key))
    if "eid" in by_kind:
        forms.append("eid")
        chips.append(by_kind["eid"].normalised)
    for kind in ("msisdn", "imsi"):
        if kind in by_kind:
            # supporting records have telephones among their keys
            forms += ["msisdn", "telephone"] if kind == "msisdn" else [kind]
            numbers.append((pack_number(by_kind[kind].normalised),) * 2)
    if "imei" in by_kind:
        forms.append("imei")
        devices.append(int(imei14(by_kind["imei"].normalised)))
    ids: tuple[str, ...] = ()
    if any(kind in by_kind for kind in _PARTY_FORMS):
        forms.append("identifier")
        ids = tuple(forms_of_party_id(value))
    # a number of a parcel or order may have the length of a device's, but not the form of a card's
    is_card = any(kind in by_kind for kind in ("iccid", "eid", "msisdn"))
    return WatchedValue(
        tuple(forms),
        tuple(lots),
        tuple(numbers),
        tuple(devices),
        tuple(chips),
        ids,
        texts=() if is_card else tuple(sorted(spellings(value))),
        keys=frozenset(lookup_keys(value)) | {f"id:{number}" for number in ids},
        cells=frozenset(map(plain_cell, (value, *ids, *_writings(readings)))),
    )


def _writings(readings: Iterable[Interpretation]) -> Iterator[str]:
    """Yield the numbers that a cell may hold for a value, whole or without what is computed from the rest of it."""
    for reading in readings:
        yield reading.normalised
        if reading.kind == "iccid" and reading.key is not None:
            yield from (reading.key, with_check_digit(reading.key))
        elif reading.kind == "msisdn" and not reading.normalised.startswith("+"):
            yield from (f"{country}{reading.normalised}" for country in ("86", "0086"))
        elif reading.kind == "imei":
            body = imei14(reading.normalised)
            yield from (body, body + luhn_digit(body))


def _of_text(value: str) -> WatchedValue:
    name = normalize_party_name(value)
    if not any(map(str.isdecimal, value)) and identifies_nobody(name):
        raise UsageError("watch_nobody", value=value, hint="watch_whole")
    ids = tuple(forms_of_party_id(value))
    forms: tuple[WatchForm, ...] = (
        ("name", "identifier", "text") if any(map(str.isdecimal, value)) else ("name", "text")
    )
    keys = frozenset(lookup_keys(value))
    cells = frozenset(map(plain_cell, (value, name, *ids)))
    return WatchedValue(forms, ids=ids, name=name, texts=tuple(sorted(spellings(value))), keys=keys, cells=cells)


def _range(value: str) -> WatchedValue | None:
    """Return a range of cards, MSISDNs or IMSIs; ``None`` where a text is none."""
    ends = _TO.split(value)
    if len(ends) != 2:
        return None
    first, last = map(parse_iccid, ends)
    if first is not None and last is not None and first.complete and last.complete:
        try:
            lot = parse_range(first, last)
        except InvalidRange as error:
            raise UsageError("watch_bad_range", value=value, hint="watch_range") from error
        return WatchedValue(
            ("range",), ((join_key(lot.head, lot.size, lot.first), join_key(lot.head, lot.size, lot.last)),)
        )
    low, high = (
        {one.kind: one.normalised for one in identify(end).readings if one.kind in ("msisdn", "imsi")} for end in ends
    )
    kinds = [kind for kind in ("msisdn", "imsi") if kind in low and kind in high]
    if not kinds:
        return None
    bounds = [(kind, low[kind], high[kind]) for kind in kinds]
    if any(len(one) != len(other) or one > other for _, one, other in bounds):
        raise UsageError("watch_bad_range", value=value, hint="watch_range")
    # numbers of other countries are stored as negative ones
    packed = [sorted((pack_number(one), pack_number(other))) for _, one, other in bounds]
    numbers = tuple((least, greatest) for least, greatest in packed)
    return WatchedValue(("range",), numbers=numbers)


# -- the list -----------------------------------------------------------------------------------------------------


def watches_of(notes: Iterable[str], *, as_of: str | None = None) -> dict[str, Watch]:
    """Return the watched values by what identifies them, in the order in which they were added."""
    found: dict[str, Watch] = {}
    for note in readable_notes((line for line in notes if _LINE in line), as_of=as_of):
        if note["kind"] != KIND:
            continue
        about = note["about"]
        if not note["watched"]:
            found.pop(about, None)
            continue
        try:
            forms = watched_value(note["value"]).forms
        except UsageError:  # written by another version of this program
            continue
        watch = Watch(value=note["value"], forms=forms, by=note["by"], at=note["at"], why=note["why"])
        found[about] = watch
    return found


def subject_of(text: str) -> str:
    """Return what identifies a watched value: two writings of one number or name have the same.

    Raises UsageError as :func:`watched_value`.
    """
    value = watched_value(text)
    parts = [
        *(f"cards:{first}-{last}" for first, last in value.lots),
        *(f"number:{low}:{high}" for low, high in value.numbers),
        *(f"imei:{device}" for device in value.devices),
        *(f"eid:{chip}" for chip in value.chips),
        *(f"id:{number}" for number in value.ids),
    ]
    if value.name is not None:
        parts = [f"name:{value.name}"]
    return f"{KIND}:{' '.join(parts)}"


def change_watches(
    before: Mapping[str, Watch],
    values: Sequence[str],
    add_note: Callable[[str, Mapping[str, Any]], str],
    *,
    is_watched: bool,
    why: str | None,
    by: str,
) -> list[Watch]:
    """Add or remove values, each by a note of its own, and return them as they are then.

    ``add_note`` is called with the subject and the content of a note, and returns its time; not for a value that is
    watched already.

    Raises UsageError if a value cannot be watched; nothing was added then. Raises NothingFound if a value that is to be
    removed is not watched; nothing was removed then.
    """
    wanted = {subject_of(value): value.strip() for value in values}
    if not is_watched and (missing := [value for about, value in wanted.items() if about not in before]):
        raise NothingFound("not_watched", values=missing, hint="list_watches")
    changed = []
    for about, value in wanted.items():
        if is_watched and about in before:
            changed.append(replace(before[about], state="known"))
            continue
        at = add_note(about, {"value": value, "why": why, "watched": is_watched})
        watch = Watch(value=value, forms=watched_value(value).forms, by=by, at=at, why=why)
        changed.append(replace(watch, state="added" if is_watched else "removed"))
    return changed


# -- rows that name a value ---------------------------------------------------------------------------------------


def find_hits(store: Backend, texts: Sequence[str], loads: Collection[int]) -> list[WatchHit]:
    """Return the rows of some loads that name one of some values, by value, file, sheet, kind and role.

    Cost: one query over the records of these loads, and where there are supporting records one over them.
    """
    if not texts or not loads:
        return []
    values = [watched_value(text) for text in texts]
    scope = _scope(values, sorted(loads))
    session = store.session(scope)
    hits = [
        WatchHit(
            texts[n],
            kind,
            "beside" if role.startswith(BESIDE) else _SIDES.get((kind, role), role),
            *session.sheet_sources[sheet],
            unread,
            rows,
            tuple(first),
            role.removeprefix(BESIDE) if role.startswith(BESIDE) else None,
        )
        for n, kind, role, sheet, unread, rows, first in rows_with_watched(session, scope)
    ]
    hits += _support_hits(store, texts, values, loads)
    order = {text: place for place, text in enumerate(texts)}
    return sorted(
        hits, key=lambda hit: (order[hit.value], hit.file, hit.sha256, hit.sheet or "", hit.kind or "", hit[2:])
    )


def hits_of_watches(store: Backend, notes: Iterable[str], loads: Collection[int]) -> list[WatchHit]:
    """Return the rows of some loads that name a value which notes of the case watch; see :func:`find_hits`."""
    return find_hits(store, [watch.value for watch in watches_of(notes).values()], loads)


def _scope(values: Sequence[WatchedValue], loads: Sequence[int]) -> WatchedScope:
    numbered = list(enumerate(values))
    return WatchedScope(
        loads,
        lots=[(n, *lot) for n, value in numbered for lot in value.lots],
        numbers=[(n, *ends) for n, value in numbered for ends in value.numbers],
        devices=[(n, device) for n, value in numbered for device in value.devices],
        chips=[(n, chip) for n, value in numbered for chip in value.chips],
        texts=[(n, text) for n, value in numbered for text in value.texts],
        names=[(n, value.name) for n, value in numbered if value.name],
        identifiers=[(n, number) for n, value in numbered for number in value.ids],
        cells=[(n, cell) for n, value in numbered for cell in sorted(value.cells - {""})],
    )


def _support_hits(
    store: Backend, texts: Sequence[str], values: Sequence[WatchedValue], loads: Collection[int]
) -> list[WatchHit]:
    keys = {key for value in values for key in value.keys}
    if not keys or not store.has_supporting_records:
        return []
    files = {file.sha256 for file in store.contents().files if file.load in loads}
    rows: dict[tuple[int, str, str, str, str, str | None], set[int]] = {}
    for record in store.supporting_records(sorted(keys)):
        origin = record.origin
        if origin.sha256 in files:
            for n, value in enumerate(values):
                for role in _support_roles(record, value.keys):
                    place = (n, record.kind, role, origin.file, origin.sha256, origin.sheet)
                    rows.setdefault(place, set()).add(origin.row)
    return [
        WatchHit(texts[n], kind, role, file, sha256, sheet, None, len(found), tuple(sorted(found)[:MAX_ROWS]))
        for (n, kind, role, file, sha256, sheet), found in rows.items()
    ]


def _support_roles(record: SupportRecord, keys: Collection[str]) -> set[str]:
    """Return what a supporting record names by one of some keys."""
    roles = {
        role
        for role, number in (("waybill", record.waybill), ("order_no", record.order_no))
        if number is not None and f"{role.removesuffix('_no')}:{strip_noise(number)}" in keys
    }
    for side in record.sides:
        if side.mention in keys:
            side_name = "sender" if side is record.first else "receiver"
            roles.add(_SIDES.get((record.kind, side_name), side_name))
        for (kind, _), key in zip(side.contacts, side.contact_keys, strict=True):
            if key in keys:
                roles.add(kind)
    return roles


MAX_CARDS: Final = 5_000
"""Maximum number of cards that are compared, seized ones first; the answer says how many more there are."""

_DAY: Final = late("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def line_before(ledger: Sequence[str], since: str) -> int:
    """Return the number of the last line that counts as before: that of a number, or the last before a day.

    Raises UsageError if the text is neither, or the ledger has fewer lines.
    """
    if _DAY.fullmatch(since):
        return sum(content_of(entry)["at"][:10] < since for entry in ledger)
    if not since.isascii() or not since.isdecimal() or len(since) > 9:
        raise UsageError("bad_since", text=since, hint="since_form")
    if int(since) > len(ledger):
        raise UsageError("since_beyond_ledger", line=since, lines=len(ledger), hint="since_form")
    return int(since)


def find_changes(now: Tracer, then: Tracer, since: int) -> CaseChanges:
    """Return what changed after a line of the ledger; ``then`` knows the case as it was right after it.

    Cost: one pass over the records of the new loads, and two traces for each card that they touch,
    :data:`MAX_CARDS` at most.
    """
    contents = now.store.contents()
    ledger = [content_of(entry) for entry in contents.ledger]
    loads = [_load(line, content) for line, content in enumerate(ledger[since:], since + 1) if "load" in content]
    numbers = {content["load"] for content in ledger[since:] if "load" in content}
    keys, omitted, unlisted = _touched(now.store, numbers)
    before = [traces[0] for traces in then.trace_each(keys, near_misses=False)]
    after = [traces[0] for traces in now.trace_each(keys, near_misses=False)]
    pairs = [(was, found) for was, found in zip(before, after, strict=True) if found.found]
    changes = [
        CardChange(card=_label(found), before=_state(was) if was.found else None, after=_state(found))
        for was, found in pairs
    ]
    hits = hits_of_watches(now.store, contents.notes, numbers) if contents.notes else []
    return CaseChanges(
        since=since,
        lines=len(ledger),
        loads=loads,
        other_lines=len(ledger) - since - len(loads),
        changed=[one for one in changes if one.before is not None and one.before != one.after],
        new_cards=[one for one in changes if one.before is None],
        compared=len(pairs),
        omitted=omitted,
        unlisted=unlisted,
        leads_closed=_only_in((was for was, _ in pairs if was.found), (found for _, found in pairs)),
        leads_opened=_only_in((found for _, found in pairs), (was for was, _ in pairs if was.found)),
        watch_hits=hits,
    )


def _load(line: int, content: dict[str, Any]) -> LoadSince:
    sums = (sum(sheet[name] for sheet in content["sheets"]) for name in ("rows", "loaded", "duplicate", "rejected"))
    return LoadSince(line, content["file"], content["sha256"], content["at"], *sums)


def _touched(store: Backend, loads: set[int]) -> tuple[list[str], int, int]:
    """Return the keys of the cards to compare, how many more there are, and how many lie in ranges and are not listed.

    A card that new records name by MSISDN or IMSI alone counts as named, and so does a card that some record lists
    within a range of a new one.
    """
    if not loads:
        return [], 0, 0
    touched = touched_by_loads(store.session(LoadsScope(sorted(loads))), loads)
    within = listed_in(store.session(CardsScope(touched.lots, KINDS)), touched.lots) if touched.lots else []
    cards = dict.fromkeys((*touched.cards, *within))
    if touched.numbers:
        linked = {link.key for link in store.subscriber_links(touched.numbers)}
        cards.update(dict.fromkeys(store.card_ids(linked)))
    seized = set(seized_cards(store.session(SeizuresScope()))) if len(cards) > MAX_CARDS else set()
    ordered = sorted(cards, key=lambda card: (card not in seized, card))
    kept = ordered[:MAX_CARDS]
    return list(store.card_keys(kept)), len(ordered) - len(kept), count_cards_in(touched.lots) - len(within)


def _label(trace: Trace) -> str:
    return trace.card.label if trace.card is not None else trace.input


def _state(trace: Trace) -> CardState:
    return CardState(trace.outcome, trace.registrant, trace.holder, trace.end_user)


def _only_in(ones: Iterable[Trace], others: Iterable[Trace]) -> list[LeadChange]:
    """Return the leads that some traces have and others of the same cards have not, those of most cards first."""
    there = {(_label(trace), lead) for trace in others for lead in trace.leads}
    cards: dict[Lead, list[str]] = defaultdict(list)
    for trace in ones:
        for lead in trace.leads:
            if (_label(trace), lead) not in there:
                cards[lead].append(_label(trace))
    return [
        LeadChange(lead=lead, cards=tuple(numbers))
        for lead, numbers in sorted(cards.items(), key=lambda each: (-len(each[1]), each[1]))
    ]
