"""The main question: from a card to its chain, its registrant, its end user, and whom to ask next.

One call may ask for many cards; what they share (ranges, parties, quantity-only records, chains of equal histories) is
fetched and reasoned once.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import cache, cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graphtrace.analysis.identity import IdentityCache
from graphtrace.analysis.inquiries import (
    carrier_party,
    differing_replies,
    find_leads,
    reply_findings,
    tells_first_use,
    tells_no_use,
)
from graphtrace.analysis.typed_cards import (
    CardQuery,
    card_of_number,
    cards_of_number,
    claimants_of,
    links_by_number,
    parse_complete,
    read_typed,
    resolve_inputs,
    resolve_subscriber,
    select_cards,
)
from graphtrace.custody import (
    FINDING_SEVERITIES,
    SLACK_DAYS,
    CustodyAnalysis,
    CustodyResult,
    ExceededLot,
    QuantityIndex,
    analyze_custody,
    is_since_receipt,
    sort_findings,
)
from graphtrace.custody.chains import MAX_CHAINS
from graphtrace.engine.custody_events import (
    cards_of_same_sales,
    cards_received_by,
    event_from_record,
    histories,
    lots_sent_unreceived,
)
from graphtrace.frozen import replace
from graphtrace.identifiers import (
    Iccid,
    carrier_from_iccid,
    checksum_status,
    derive_hints,
    identify,
    imei14,
    imsi_carrier,
    msisdn_carrier,
    normalize_party_name,
    parse_imsi,
    parse_msisdn,
    range_key_abroad,
)
from graphtrace.identifiers.iccid import CHINESE, display_iccid
from graphtrace.model import (
    CUSTODY_KINDS,
    DENIED,
    LEFT_BLANK,
    USE_KINDS,
    Activation,
    CardListing,
    ChipLink,
    CustodyEvent,
    DateSpan,
    Finding,
    Hint,
    Kind,
    Lead,
    Origin,
    Outcome,
    Party,
    Seizure,
    WrittenSpan,
    origin_dict,
    party_dict,
    to_epoch_day,
)
from graphtrace.results.known import MAX_EVIDENCE, KnownUse
from graphtrace.results.trace import Card, Trace
from graphtrace.storage.base import Backend, ReceivedScope, SentScope, TransferScope
from graphtrace.storage.judgement_log import JudgementBook, parties_in
from graphtrace.storage.stored_records import (
    CardSelection,
    NumberRecords,
    StoredRecord,
    SubscriberLink,
    UnreadMovement,
    is_counted_whole,
)
from graphtrace.wire import plain

if TYPE_CHECKING:
    from graphtrace.analysis.corroboration import SupportBook
    from graphtrace.analysis.identity import IdentityChecker
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.source_rows import UnreadRow

_MANY = 1_000
"""Number of inputs above which garbage collection is paused while they are answered."""

MAX_CARDS_SHOWN = 100
"""Maximum number of cards in the parameters of a finding."""

IMSI_SIZE: Final = 15

_SEVERAL: Final = {"multiple_registrants": "registrants", "double_transfer": "to"}
"""Findings that name several parties of which two may be one, and the parameter that does."""


class Tracer:
    """Answers questions about cards from one store, and keeps what they share from one question to the next.

    ``slack`` is by how many days an order that continues may fall before the order by dates stands beside it.
    Cost: a handful of look-ups for one card; for many, one join per table and some tens of microseconds a card.
    """

    def __init__(self, store: Backend, *, slack: int = SLACK_DAYS) -> None:
        self.store = store
        self.slack = slack
        self._range_movements = IdentityCache(event_from_record)
        self._aliases: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._histories: dict[tuple[str | int | None, ...], tuple[CustodyAnalysis, Sequence[StoredRecord]]] = {}

    @cached_property
    def supports(self) -> SupportBook:
        """The supporting records of the case."""
        from graphtrace.analysis.corroboration import SupportBook

        return SupportBook(self.store)

    @cached_property
    def identities(self) -> IdentityChecker:
        """The identification of the parties of answers."""
        from graphtrace.analysis.identity import IdentityChecker

        return IdentityChecker(self.store)

    @cached_property
    def quantities(self) -> QuantityRecords:
        """The quantity-only movements of the case."""
        return QuantityRecords(self.store, slack=self.slack)

    def trace(self, texts: Sequence[str], *, near_misses: bool = True) -> list[Trace]:
        """Return one trace per card that fits an input, in the order of the inputs, then of the keys.

        Without ``near_misses`` nothing is looked up about inputs that no record knows.
        """
        return [trace for found in self.trace_each(texts, near_misses=near_misses) for trace in found]

    def _add_other_uses(self, questions: Sequence[CardQuery], found: list[list[Trace]]) -> None:
        """Add what else the case knows under the inputs that mean no card and cannot be the whole number of one."""
        unknown = [
            number
            for number, (question, (trace, *_)) in enumerate(zip(questions, found, strict=True))
            if not trace.found and question.card is None
        ]
        if not unknown:
            return
        from graphtrace.analysis.known_values import ONE_BY_ONE, known_uses
        from graphtrace.analysis.source_cells import rows_naming

        uses = known_uses(self.store, [str(questions[number].text) for number in unknown], book=self.supports)
        for number in unknown:
            if known := uses[str(questions[number].text)]:
                found[number] = [_known_otherwise(found[number][0], known)]
            elif len(unknown) <= ONE_BY_ONE and (rows := rows_naming(self.store, [str(questions[number].text)])):
                found[number] = [replace(found[number][0], findings=tuple(map(_named_in_unread, rows)))]

    def trace_each(self, texts: Sequence[str], *, near_misses: bool = True) -> list[list[Trace]]:
        """Return the traces of each input by themselves."""
        if not texts:
            return []
        with _without_garbage_collection() if len(texts) > _MANY else nullcontext():
            typed = read_typed(texts)
            cards = parse_complete(typed)
            selected = select_cards(self.store, [card.key for card in cards.values()])
            questions = resolve_inputs(self.store, typed, cards, selected.records)
            missing = {key for question in questions for key in question.keys} - selected.records.keys()
            if missing:
                selected = selected.joined_with(select_cards(self.store, missing))
            batch = _Batch(self, selected)
            absent = [asked.card for asked in questions if asked.card and not (asked.keys or asked.numbers)]
            near = _similar(self.store, absent, near_misses=near_misses)
            found = [
                [batch.trace(question, key) for key in question.keys]
                + [batch.trace_number(question, number) for number in question.numbers]
                or [_not_found(question, near)]
                for question in questions
            ]
            if near_misses:
                self._add_other_uses(questions, found)
            found = [[_without_denied(trace) for trace in traces] for traces in found]
            if self.store.has_unread:
                found = self._with_unread(found)
            if self.store.has_supporting_records:
                found = [[batch.corroborated(trace) for trace in traces] for traces in found]
            if self.store.judgements:
                found = [[_with_judgements(trace, self.store.judgements) for trace in traces] for traces in found]
            found = [[batch.identified(trace) for trace in traces] for traces in found]
            if differing := differing_replies(self.store):
                found = [[_with_replies(trace, differing) for trace in traces] for traces in found]
            return [
                [replace(trace, input=text, read_as=None if text == read else read) for trace in traces]
                if text != read
                else traces
                for text, read, traces in zip(texts, typed, found, strict=True)
            ]

    def _with_unread(self, found: Sequence[Sequence[Trace]]) -> list[list[Trace]]:
        """Return the traces with the rows about their cards that were not read."""
        asked = [(trace, *_names_of(trace)) for traces in found for trace in traces]
        keys = dict.fromkeys(key for _, card, _ in asked if card is not None for key in _keys_of(card))
        numbers = dict.fromkeys(number for *_, of_card in asked for number in of_card)
        rows = self.store.find_unread(keys, numbers)
        if not rows:
            return [list(traces) for traces in found]
        links = links_by_number(self.store.subscriber_links([number for number in numbers if number in rows]))

        from graphtrace.ingest.transcription import row_key
        from graphtrace.storage.not_read import rows_copied

        copied = rows_copied(self.store.contents().ledger)

        def is_recorded(row: UnreadMovement, trace: Trace) -> bool:
            """Whether a person recorded of the card what the row says."""
            texts = {one.sha256 for one in copied.get(row_key(*row.origin.sort_key[:3]), ())}
            return any(origin.sha256 in texts for origin in trace.origins)

        def about(trace: Trace) -> Trace:
            key, of_card = _names_of(trace)
            mine = [row for written in _keys_of(key or "") for row in rows.get(written, ())]
            for number in of_card:
                mine += [
                    row
                    for row in rows.get(number, ())
                    if key is None or key in cards_of_number(number, row.when, links)
                ]
            mine = [row for row in mine if not is_recorded(row, trace)]
            if not mine:
                return trace
            found = sort_findings(
                _unread_findings(mine, {origin.sort_key[:3] for origin in trace.origins}), trace.findings
            )
            return replace(_without_presumed(trace, mine), findings=found)

        return [[about(trace) for trace in traces] for traces in found]

    def with_aliases(self, finding: Finding) -> Finding:
        """Return a gap, several registrants or a fork with the alias candidates among them; others unchanged."""
        if finding.code == "custody_gap":
            asked = [(finding.params["after"], finding.params["before"])]
        elif finding.code in _SEVERAL:
            parties = [each["party"] for each in finding.params[_SEVERAL[finding.code]][:MAX_CHAINS]]
            asked = list(combinations(parties, 2))
        else:
            return finding
        found = [one for after, before in asked for one in self._aliases_of(Party(**after), Party(**before))]
        return replace(finding, params={**finding.params, "alias_candidates": found})

    def _aliases_of(self, after: Party, before: Party) -> list[dict[str, Any]]:
        known = self._aliases.get((after.id, before.id))
        if known is None:
            from graphtrace.analysis.alias_reasons import alias_candidates

            shared = self.supports.contacts_shared(after, before) if self.store.has_supporting_records else ()
            known = alias_candidates(after, before, self.store.judgements, shared)
            self._aliases[after.id, before.id] = known
        return known

    def custody_of(self, rows: Sequence[StoredRecord], carrier: str | None) -> CustodyAnalysis:
        """Analyse the movements among the rows; cards that only the same ranges move share one analysis."""
        moving = [row for row in rows if row.kind in CUSTODY_KINDS]
        if any(row.lot is None for row in moving):
            return self._analyze(moving, carrier)
        shared = (carrier, *sorted([id(row) for row in moving]))
        known = self._histories.get(shared)
        if known is None:
            known = self._histories[shared] = (self._analyze(moving, carrier), moving)
        return known[0]

    def _analyze(self, moving: Sequence[StoredRecord], carrier: str | None) -> CustodyAnalysis:
        movements = [self._movement_of(row) for row in moving]
        return analyze_custody(movements, self.quantities.book, carrier, slack=self.slack)

    def _movement_of(self, row: StoredRecord) -> CustodyEvent:
        if row.lot is None:
            return event_from_record(row)
        return self._range_movements.get(row)


def _hints_that_fit(number: str, rows: Sequence[StoredRecord]) -> tuple[Hint, ...]:
    """Return the hints of a number; none where a record is earlier than the year that it would be of."""
    hints = derive_hints(number)
    begin = next((_first_day(hint.value) for hint in hints if hint.attribute == "year"), None)
    is_older = begin is not None and any(row.when is not None and row.when.earliest < begin for row in rows)
    return () if is_older else hints


@cache
def _first_day(year: str) -> int:
    return to_epoch_day(date(int(year), 1, 1))


def _days_in_hand(activations: Sequence[Activation], seizures: Sequence[Seizure]) -> dict[Party, DateSpan]:
    """Return when each user last used a card, or had it when it was seized."""
    seen = [(used.user, used.when) for used in activations] + [(each.seized_from, each.when) for each in seizures]
    found: dict[Party, DateSpan] = {}
    for party, when in seen:
        if party is not None and when is not None:
            found[party] = max(found.get(party, when), when)
    return found


def _names_of(trace: Trace) -> tuple[str | None, Sequence[str]]:
    """Return the key of the card of a trace and its other numbers; of a number that no record knows, that number."""
    card = trace.card
    if card is not None:
        return card.key, (*card.msisdn, *card.imsi)
    numbers = (parse_msisdn(trace.input), parse_imsi(trace.input))
    return None, [number for number in numbers if number is not None]


def _keys_of(key: str) -> Iterator[str]:
    """Yield the key of a card and, of one abroad, the number that ranges may count."""
    yield key
    if (counted := range_key_abroad(key)) is not None:
        yield counted


_BESIDE: Final = frozenset(("word_not_read", "line_not_read", "name_not_read", "mail_not_read", LEFT_BLANK))


def _unread_findings(rows: Iterable[UnreadMovement], recorded: Set[tuple[Any, ...]]) -> list[Finding]:
    """Return a finding for each row about a card that was not read, or of which only a part was: those ``recorded``.

    First stands what may say who used or held the card, then whole rows, then other words beside rows, and last rows
    that deny themselves.
    """
    from graphtrace.ingest.acts import speaks_of_person
    from graphtrace.ingest.row_status import TAKEN_BACK

    def weight(row: UnreadMovement) -> int:
        if row.reason == TAKEN_BACK:
            return 3
        if row.text is not None and speaks_of_person(row.field or "", row.text):
            return 0
        return 2 if row.reason in _BESIDE else 1

    ordered = sorted(
        dict.fromkeys(rows), key=lambda row: (weight(row), row.origin.file, row.origin.sort_key, row.kind or "")
    )
    return [
        _finding(
            "denied_by_list" if row.reason == DENIED else "unread_movement",
            (row.origin,),
            origin={name: value for name, value in origin_dict(row.origin).items() if name != "record_no"},
            kind=row.kind,
            reason=row.reason,
            field=row.field,
            heading=row.field if row.text is not None or row.reason == LEFT_BLANK else None,
            text=row.text,
            date=None if row.when is None else row.when.day,
            recorded=row.origin.sort_key[:3] in recorded,
        )
        for row in ordered
    ]


def _named_in_unread(row: UnreadRow) -> Finding:
    """Return the finding for a row that was not read and holds a text that is the number of no card."""
    return _finding("unread_movement", (row.origin,), **plain(row), kind=None, heading=None, date=None, recorded=False)


def _may_say_that_it_went_on(row: UnreadMovement, receipt: DateSpan | None, when: DateSpan) -> bool:
    """Whether a row that was not read may say that a card passed on between a receipt and a time."""
    if row.kind in USE_KINDS or row.reason in ("self_transfer", DENIED):
        return False
    if row.text is None and row.when is not None and receipt is not None and receipt.is_known:
        # a rejected row of the same day as a rule states the receipt itself
        return receipt.is_before(row.when) and row.when.has_come_by(when)
    return is_since_receipt(receipt, row.when, when)


def _without_denied(trace: Trace) -> Trace:
    """Return the trace without its presumed user where lists declare others as users of the card, on no day."""
    if trace.end_user is None or trace.end_user_basis != "holder_that_day":
        return trace
    names = {normalize_party_name(name) for name in trace.declared_users}
    is_denied = bool(names) and normalize_party_name(trace.end_user.name or "") not in names
    return replace(trace, end_user=None, end_user_basis=None) if is_denied else trace


def _without_presumed(trace: Trace, unread: Sequence[UnreadMovement]) -> Trace:
    """Return the trace without its presumed user where a row that was not read may say that another had the card.

    That is the row of a use that names somebody else, and any row of a change of hands that is dated after the user
    received the card and not after the use; what a row says besides counts from the day of the receipt on. The day of a
    registration is none of a receipt.
    """
    if trace.end_user is None or trace.end_user_basis != "holder_that_day":
        return trace
    used = {origin.sort_key[:3] for activation in trace.activations for origin in activation.origins}
    holder = normalize_party_name(trace.end_user.name or "")
    when = max(activation.when for activation in trace.activations)
    receipt = max(
        (
            hop.span
            for chain in trace.chains
            for hop in chain.hops
            if hop.receiver == trace.end_user and hop.kind != "registration" and hop.span.has_come_by(when)
        ),
        default=None,
    )
    is_contradicted = any(
        normalize_party_name(row.text) != holder
        if row.text is not None and row.origin.sort_key[:3] in used
        else _may_say_that_it_went_on(row, receipt, when)
        for row in unread
    )
    return replace(trace, end_user=None, end_user_basis=None) if is_contradicted else trace


def _with_replies(trace: Trace, differing: Mapping[str, ReplyCheck]) -> Trace:
    """Return the trace with a finding for each file that it shows and that is not what its reply says."""
    found = reply_findings(trace, differing)
    return replace(trace, findings=sort_findings(found, trace.findings)) if found else trace


def _with_judgements(trace: Trace, book: JudgementBook) -> Trace:
    """Return the trace with the judgements on which it rests."""
    parties = {party.id for chain in trace.chains for hop in chain.hops for party in (hop.sender, hop.receiver)}
    named = [
        *(event.user for event in trace.activations),
        *(seizure.seized_from for seizure in trace.seizures),
        *(listing.party for listing in trace.card_lists),
    ]
    parties.update(party.id for party in named if party is not None)
    parties.update(parties_in([finding.params for finding in trace.findings]))
    found = book.about(parties)
    return replace(trace, judgements=found) if found else trace


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause garbage collection: answers contain no reference cycles, and collection takes a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # Together: what is new counts as old, and is not looked through just because there is so much of it.
            gc.freeze()
            gc.unfreeze()
        gc.enable()


class _Batch:
    """Lookups that the cards of one call share."""

    def __init__(self, tracer: Tracer, selected: CardSelection) -> None:
        self.tracer = tracer
        self.rows = _with_unlinked(selected.records, selected.unlinked)
        self._undecided = _undecided(selected.unlinked)
        self._doubtful = _doubtful_links(selected)
        self._devices = {key: devices for key, found in self.rows.items() if (devices := _devices(found))}
        self._cards_of_device = selected.by_device
        self._check_chars = selected.check_chars
        self._shown: dict[str, str] = {}

    def shown(self, key: str) -> str:
        """Return the fullest writing of a card that the case holds."""
        if key not in self._shown:
            if key in self.rows:
                check_chars = {row.check_char for row in self.rows[key] if row.check_char is not None}
                if not check_chars and is_counted_whole(key, self.rows[key]):
                    check_chars = {""}
            else:
                check_chars = set(self._check_chars.get(key, ()))
            self._shown[key] = display_iccid(key, check_chars)
        return self._shown[key]

    def trace(self, question: CardQuery, key: str) -> Trace:
        rows = self.rows[key]
        carrier = carrier_from_iccid(key)
        activations = _merge_activations([row for row in rows if row.kind in USE_KINDS])
        seizures = _merge_seizures([row for row in rows if row.kind == "seizure"])
        listings = _merge_listings([row for row in rows if row.kind in _LISTING])
        chips = _chip_links(rows)
        quantities = self.tracer.quantities
        doubtful = {id(row) for each in self._doubtful.get(key, {}).values() for _, row in each}
        certain, own_listings = activations, listings
        if doubtful:
            sure = [row for row in rows if id(row) not in doubtful]
            certain = _merge_activations([row for row in sure if row.kind in USE_KINDS])
            own_listings = _merge_listings([row for row in sure if row.kind in _LISTING])
        custody = self.tracer.custody_of(rows, carrier).with_events(certain, seizures, own_listings)
        findings = custody.findings
        more = [*self._device_findings(key), *self._undecided_findings(key), *self._doubtful_findings(key)]
        if quantities.has_any and custody.chains:
            more += self._onward_findings(custody, carrier, _days_in_hand(certain, seizures))
        if more:
            findings = sort_findings(more, findings)
        findings = tuple(map(self.tracer.with_aliases, findings))
        shown = self.shown(key)
        is_in_ranges = all(row.check_char is None for row in rows)
        if (differing := self._check_digit(question, key, None if is_in_ranges else shown)) is not None:
            findings = (differing, *findings)
        card = Card(
            iccid=shown,
            key=key,
            # ranges abroad count numbers with or without the last digit: nobody wrote what they count
            checksum="n/a" if is_in_ranges and shown == key else checksum_status(shown),
            carrier=carrier,
            msisdn=_different([row.msisdn for row in rows if row.msisdn is not None]),
            imsi=_different([row.imsi for row in rows if row.imsi is not None]),
            eid=tuple(sorted(link.eid for link in chips)),
            hints=_hints_that_fit(shown, rows),
            is_in_ranges=is_in_ranges,
            is_abroad=not key.startswith(CHINESE),
        )
        return Trace(
            input=question.text,
            found=True,
            matched_as=question.matched_as,
            card=card,
            outcome=custody.outcome,
            registrant=custody.registrant,
            registrant_basis=custody.registrant_basis,
            holder=custody.holder,
            end_user=custody.end_user,
            end_user_basis=custody.end_user_basis,
            chains=custody.chains,
            chains_omitted=custody.chains_omitted,
            activations=tuple(map(_as_written, activations) if card.is_abroad else activations),
            seizures=seizures,
            card_lists=listings,
            chips=chips,
            findings=findings,
            leads=find_leads(
                findings,
                custody.chains,
                carrier,
                cards=(key,),
                user=custody.end_user if custody.end_user_basis == "named" else None,
                is_activated=any(used.kind == "activation" for used in activations)
                or any(tells_first_use(row.origin.extra) or tells_no_use(row.origin.extra) for row in rows),
            ),
        )

    def trace_number(self, question: CardQuery, number: str) -> Trace:
        """Return the answer for a number that records name and link to no card (SPEC 4, S22)."""
        rows = self._unlinked_rows(number)
        chips = _chip_links(rows)
        activations = _merge_activations([row for row in rows if row.kind in USE_KINDS])
        naming = max(
            (used for used in activations if used.user is not None),
            key=lambda used: (used.when, used.user.id if used.user else ""),
            default=None,
        )
        kind: Literal["msisdn", "imsi"] = "imsi" if len(number) == IMSI_SIZE and number.isdecimal() else "msisdn"
        carrier = imsi_carrier(number) if kind == "imsi" else (msisdn_carrier(number) or (None,))[0]
        findings = (
            _finding("known_by_number_only", _origins(rows), number=number, kind=kind),
            *_ambiguous_users(activations),
        )
        lead = Lead(
            ask=carrier_party(carrier), record_type="number_assignment", because="known_by_number_only", cards=(number,)
        )
        return Trace(
            input=question.text,
            found=True,
            matched_as=question.matched_as,
            card=Card(
                iccid=None,
                key=None,
                checksum="n/a",
                carrier=carrier,
                msisdn=_different([row.msisdn for row in rows if row.msisdn is not None]),
                imsi=_different([row.imsi for row in rows if row.imsi is not None]),
                eid=tuple(sorted(link.eid for link in chips)),
            ),
            outcome=Outcome.BROKEN,
            end_user=None if naming is None else naming.user,
            end_user_basis=None if naming is None else "named",
            activations=tuple(activations),
            seizures=_merge_seizures([row for row in rows if row.kind == "seizure"]),
            card_lists=_merge_listings([row for row in rows if row.kind in _LISTING]),
            chips=chips,
            findings=findings,
            leads=(lead,),
        )

    def _unlinked_rows(self, number: str) -> list[StoredRecord]:
        """Return the rows that name a number and belong to no card by any of their numbers."""
        found = self.tracer.store.find_events([number])
        links = links_by_number(found.links)
        return [row for row in found.events if resolve_subscriber(row, links) is None]

    def identified(self, trace: Trace) -> Trace:
        """Return the trace with its parties as the records about the card identify them."""
        rows = self.rows.get(trace.card.key or "") if trace.card is not None else None
        if not rows:
            return trace
        supports = self.tracer.supports if self.tracer.store.has_supporting_records else None
        return self.tracer.identities.check(trace, rows, supports)

    def corroborated(self, trace: Trace) -> Trace:
        """Return the trace with the shipments and payments that share a key with its hops."""
        from graphtrace.analysis.corroboration import Corroborator, source_row_of

        if not trace.chains or trace.card is None or trace.card.key is None:
            return trace
        waybills = {source_row_of(row.origin): row.waybill for row in self.rows[trace.card.key] if row.waybill}
        chains, found = Corroborator(self.tracer.supports, waybills).add_to(trace.chains)
        if chains == trace.chains:
            return trace
        return replace(trace, chains=chains, findings=sort_findings(found, trace.findings))

    def _check_digit(self, question: CardQuery, key: str, shown: str | None) -> Finding | None:
        """Return the finding of a wrong check digit, typed or as a record writes it; ``None`` if there is none."""
        typed = question.card.text if question.card is not None and question.card.key == key else None
        if shown is None and typed == key:  # the number as ranges count it, as answers show it
            return None
        written = next((text for text in (typed, shown) if text and checksum_status(text) == "bad"), None)
        if written is None:
            return None
        from graphtrace.analysis.typed_cards import check_digit_finding

        return check_digit_finding(self.tracer.store, written, key)

    def _device_findings(self, key: str) -> Iterable[Finding]:
        devices = self._devices.get(key, {})
        for core in sorted(devices):
            cards = self._cards_of_device.get(core, ())
            if len(cards) > 1:
                shown = sorted(self.shown(card) for card in cards)
                yield _finding(
                    "shared_device", devices[core], imei=core, cards=shown[:MAX_CARDS_SHOWN], count=len(cards)
                )
        if len(devices) > 1:
            origins = [origin for core in sorted(devices) for origin in devices[core]]
            yield _finding("device_changes", origins, imeis=sorted(devices))

    def _undecided_findings(self, key: str) -> Iterable[Finding]:
        """Yield a finding for each number by which alone records name this or another card that had it then."""
        for (number, cards), rows in self._undecided.get(key, {}).items():
            days = [row.when for row in rows if row.when is not None]
            yield _finding(
                "number_of_several",
                _origins(rows)[:MAX_EVIDENCE],
                number=number,
                records=len(rows),
                date=min(days).day if days else None,
                cards=sorted(map(self.shown, cards))[:MAX_CARDS_SHOWN],
            )

    def _doubtful_findings(self, key: str) -> Iterable[Finding]:
        """Yield a finding for each number by which records are given to this card that may not have had it then."""
        for link, dated in sorted(self._doubtful.get(key, {}).items(), key=lambda each: each[0].number):
            yield _finding(
                "number_at_other_time",
                _origins([row for _, row in dated])[:MAX_EVIDENCE],
                number=link.number,
                records=len(dated),
                date=min(when for when, _ in dated).day,
                since=None if link.since is None else link.since.day,
                until=None if link.until is None else link.until.day,
            )

    def _onward_findings(
        self, custody: CustodyResult, carrier: str | None, in_hand: Mapping[Party, DateSpan]
    ) -> Iterable[Finding]:
        """Yield a finding for each later quantity-only sale by a holder, in which the card may have gone on.

        ``in_hand`` is when somebody last used the card, or had it when it was seized; where that is after the sale, the
        finding says so (``held``).
        """
        quantities = self.tracer.quantities
        received: dict[Party, DateSpan] = {}
        for chain in custody.chains:
            last = chain.hops[-1]
            received[chain.holder] = min(received.get(chain.holder, last.span), last.span)
        for holder, when in sorted(received.items()):
            for movement in quantities.sales_of(holder, when, carrier):
                later = in_hand.get(holder)
                is_held = later is not None and movement.when.latest < later.earliest
                yield _finding(
                    "possible_onward",
                    movement.origins,
                    at=party_dict(holder),
                    to=party_dict(self.tracer.identities.named_in(movement.receiver, movement.origins)),
                    quantity=movement.quantity,
                    date=movement.when.day,
                    candidates=quantities.candidates(holder, movement),
                    **({"held": later.day} if later is not None and is_held else {}),
                )


class QuantityRecords:
    """The quantity-only movements of the case, fetched when first needed."""

    def __init__(self, store: Backend, *, slack: int = SLACK_DAYS) -> None:
        self.store = store
        self._slack = slack
        movements: dict[tuple[Any, ...], CustodyEvent] = {}
        rows = store.quantity_records()
        if rows:
            from graphtrace.analysis.flow_bounds import stated_issuers
        for row in rows:
            # Two equal sales are two sales unless both carry the same number (SPEC 3).
            issuers = stated_issuers(row.origin.extra)
            same = (*row[:-1], row.origin.record_no, issuers)
            movement = replace(event_from_record(row), issuers=issuers)
            known = movements.get(same)
            movements[same] = movement if known is None else replace(known, origins=known.origins + movement.origins)
        self.movements = tuple(movements.values())
        self._unlimited = QuantityIndex(self.movements)
        self.book = QuantityIndex(self.movements, limit=self._exceeded)
        self.has_any = bool(movements)
        self._needing: dict[CustodyEvent, tuple[set[CustodyEvent], int]] = {}
        self._named: dict[tuple[str, str], Mapping[CustodyEvent, int]] = {}
        self._holdings: dict[str, list[tuple[int, int, str | None]]] = {}

    def _exceeded(self, lots: Sequence[CustodyEvent], until: int) -> ExceededLot | None:
        """Return whether some records of one change of hands account for more cards by a day than they state.

        That are the cards of the case that lean on them, those that other records name of the same sale, and those that
        the receiver gave back by number. Where a card leans on several records, it needs any one of them: such records
        stand together. Cost: the cards that the parties reached by the records passed on and never received are judged,
        once for each record, and only where they are more than it has left.
        """
        if not lots:
            return None
        sender, receiver = lots[0].sender, lots[0].receiver
        since = min(lot.when.earliest for lot in lots)
        back = [each for each in self._unlimited.onward_from(receiver.id, since) if each.receiver == sender]
        returned = sum(each.quantity or 0 for each in back if each.when.earliest <= until)
        listed = self._named_elsewhere(sender, receiver)
        if lots[0] not in self._needing:
            room = min((lot.quantity or 0) - listed.get(lot, 0) for lot in lots)
            leaning = self._leaning(lots[0], least=room - sum(each.quantity or 0 for each in back))
            together = {*lots}
            while more := {lot for _, used in leaning if used & together for lot in used} - together:
                together |= more
            needing = together, sum(count for count, used in leaning if used & together)
            self._needing.update(dict.fromkeys(together, needing))
        together, cards = self._needing[lots[0]]
        quantity = sum(lot.quantity or 0 for lot in together)
        named = sum(listed.get(lot, 0) for lot in together)
        if max(cards, 1) + named + returned <= quantity:
            return None
        records = tuple(sorted(together, key=lambda lot: (lot.when, min(origin.sort_key for origin in lot.origins))))
        return ExceededLot(records, quantity, max(cards, 1), named, returned)

    def _named_elsewhere(self, sender: Party, receiver: Party) -> Mapping[CustodyEvent, int]:
        """Return, for records of a number between two parties, how many cards other records name of the same sale."""
        known = self._named.get((sender.id, receiver.id))
        if known is None:
            lots = [each for each in self.movements if (each.sender, each.receiver) == (sender, receiver)]
            known = cards_of_same_sales(self.store.session(TransferScope(sender, receiver)), lots)
            self._named[sender.id, receiver.id] = known
        return known

    def _leaning(self, lot: CustodyEvent, *, least: int) -> list[tuple[int, frozenset[CustodyEvent]]]:
        """Return the cards that need records with the sides of ``lot``, with the records of each.

        None where so few may need one that ``least`` cards suffice.
        """
        sessions = []
        goals = sorted(self._unlimited.goals_of(lot))
        for party in self.store.find_parties(ids=goals, name_key=""):
            if party.is_carrier:
                continue
            session = self.store.session(SentScope(party))
            sessions.append((session, lots_sent_unreceived(session, party)))
        if sum(last - first + 1 for _, lots in sessions for first, last in lots) <= least:
            return []
        return [
            (count, used)
            for session, lots in sessions
            for count, key, rows in histories(session, lots)
            if (used := self._needed(rows, key, lot))
        ]

    def _needed(self, rows: Sequence[StoredRecord], key: str, lot: CustodyEvent) -> frozenset[CustodyEvent]:
        movements = [event_from_record(row) for row in rows]
        drafts = analyze_custody(movements, self._unlimited, carrier_from_iccid(key), slack=self._slack).drafts
        sides = (lot.sender.id, lot.receiver.id)
        return frozenset(
            each
            for draft in drafts
            for step in draft.steps
            if (step.sender.id, step.receiver.id) == sides
            for each in self._unlimited.lots_of(step)
        )

    def sales_of(self, holder: Party, received: DateSpan, carrier: str | None) -> list[CustodyEvent]:
        """Return the later sales of a number of cards in which a card that the carrier issued may have gone on."""
        return self.book.onward_from(holder.id, received.earliest, carrier)

    def candidates(self, holder: Party, lot: CustodyEvent) -> int:
        """Count the cards that the holder could have meant: those it is the holder of, received by that day."""
        if holder.id not in self._holdings:
            self._holdings[holder.id] = list(self._count_holdings(holder))
        return sum(
            count
            for received, count, carrier in self._holdings[holder.id]
            if received <= lot.when.latest and lot.may_hold_cards_of(carrier)
        )

    def _count_holdings(self, holder: Party) -> Iterable[tuple[int, int, str | None]]:
        for count, key, rows in cards_received_by(self.store.session(ReceivedScope(holder)), holder):
            custody = analyze_custody(
                [event_from_record(row) for row in rows], self.book, carrier_from_iccid(key), slack=self._slack
            ).custody
            if custody.holder == holder:
                yield max(chain.hops[-1].span.earliest for chain in custody.chains), count, carrier_from_iccid(key)


def _with_unlinked(
    rows: Mapping[str, Sequence[StoredRecord]], unlinked: NumberRecords
) -> Mapping[str, Sequence[StoredRecord]]:
    """Return the rows of cards with those that name only the MSISDN or IMSI which a card had then."""
    # all links of a row decide whose it is, also to cards that were not asked for
    links = links_by_number(unlinked.links)
    found: dict[str, list[StoredRecord]] = defaultdict(list)
    for row in unlinked.events:
        key = resolve_subscriber(row, links)
        if key is not None and key in rows:
            found[key].append(row)
    return {**rows, **{key: [*rows[key], *more] for key, more in found.items()}}


class _DoubtfulLink(NamedTuple):
    """A number that the records link to a card only from a later day on, or only until an earlier one."""

    number: str
    since: DateSpan | None
    until: DateSpan | None


def _doubtful_links(
    selected: CardSelection,
) -> Mapping[str, Mapping[_DoubtfulLink, Sequence[tuple[DateSpan, StoredRecord]]]]:
    """Return, by card, uses and list entries that name only a number which the card is not known to have had then.

    They stay with the card, but say nothing of its user, and contradict no holder. The day of an entry without one is
    that until or since which the row says that the customer had the number.
    """
    links = links_by_number(selected.unlinked.links)
    found: dict[str, dict[_DoubtfulLink, list[tuple[DateSpan, StoredRecord]]]] = defaultdict(lambda: defaultdict(list))
    for row in selected.unlinked.events:
        key = resolve_subscriber(row, links) if row.kind in (*USE_KINDS, "card_list") else None
        when = row.when or _day_of_link(row.origin, "until") or _day_of_link(row.origin, "since")
        if key is None or key not in selected.records or when is None:
            continue
        numbers = [
            number for number in (row.msisdn, row.imsi) if number and card_of_number(number, row.when, links) == key
        ]
        doubts = [_doubt_of(number, key, when, links[number], selected.records[key]) for number in numbers]
        if all(each is not None for each in doubts) and (doubt := doubts[0]) is not None:
            found[key][doubt].append((when, row))
    return found


def _doubt_of(
    number: str, key: str, when: DateSpan, links: Sequence[SubscriberLink], rows: Sequence[StoredRecord]
) -> _DoubtfulLink | None:
    """Return why a card may not have had a number at a time; ``None`` where the records say that it had."""
    from graphtrace.ingest.acts import is_closed

    mine = [link.when for link in links if link.key == key]
    dated = [day for day in mine if day is not None]
    past = [day for day in dated if not when.is_before(day)]
    if len(dated) == len(mine) and not past:
        return _DoubtfulLink(number, min(dated), None)
    linking = [row for row in rows if number in (row.msisdn, row.imsi)]
    closed = [row.when for row in linking if row.when is not None and row.state is not None and is_closed(row.state)]
    last = max((day for day in closed if day.is_before(when)), default=None)
    if last is not None and not any(last.is_before(day) for day in past):
        return _DoubtfulLink(number, None, last)
    stated = [(_day_of_link(row.origin, "since"), _day_of_link(row.origin, "until")) for row in linking]
    later = [since for since, _ in stated if since is not None and when.is_before(since)]
    ended = [until for _, until in stated if until is not None and until.is_before(when)]
    if len(later) + len(ended) < len(stated) or not stated:
        return None
    return _DoubtfulLink(number, min(later, default=None), max(ended, default=None))


def _day_of_link(origin: Origin, end: str) -> DateSpan | None:
    """Return the day since or until which a row says that its card had its number, in a column that is not read."""
    from graphtrace.ingest.acts import is_day_of_link
    from graphtrace.ingest.dates_and_quantities import parse_date
    from graphtrace.ingest.heading_grammar import own_heading

    for heading, text in origin.unread_cells.items():
        if is_day_of_link(own_heading(heading), end) and isinstance(day := parse_date(text), DateSpan):
            return day
    return None


_LISTING: Final[tuple[Kind, ...]] = ("card_list", "stock")
"""Kinds that have a card in a list: that of a stock count says whose stock it was in."""

_ByNumber = Mapping[tuple[str, tuple[str, ...]], Sequence[StoredRecord]]
"""Rows by the number that they name and by the cards any of which may have had it."""


def _undecided(unlinked: NumberRecords) -> Mapping[str, _ByNumber]:
    """Return, by card, the rows that name only a number which several cards had, where no day says whose they are."""
    links = links_by_number(unlinked.links)
    found: dict[str, dict[tuple[str, tuple[str, ...]], list[StoredRecord]]] = defaultdict(lambda: defaultdict(list))
    for row in unlinked.events:
        if row.kind != "card_list":
            for key in (cards := claimants_of(row, links)):
                found[key][row.msisdn or row.imsi or "", cards].append(row)
    return found


def _devices(rows: Iterable[StoredRecord]) -> dict[str, list[Origin]]:
    devices: dict[str, list[Origin]] = defaultdict(list)
    for row in rows:
        if row.imei is not None:
            devices[imei14(row.imei)].append(row.origin)
    return devices


def _as_written(used: Activation) -> Activation:
    """Return a use of a card abroad, whose time of day is as its record writes it."""
    return replace(used, when=WrittenSpan(used.when.earliest, used.when.latest, used.when.second_of_day))


def _merge_activations(rows: Sequence[StoredRecord]) -> list[Activation]:
    """Return the activations by time; equal statements are one with several origins."""
    activations = []
    for same in _grouped(rows, _said_by_activation):
        row = same[0]
        if row.when is None:
            raise AssertionError(f"an activation without date was loaded: {row.origin}")
        activations.append(
            Activation(
                when=row.when,
                origins=_origins(same),
                imei=row.imei,
                msisdn=row.msisdn,
                imsi=row.imsi,
                kind="usage" if row.kind == "usage" else "activation",
                user=row.receiver,
                province=row.province,
                city=row.city,
                cell=row.cell,
            )
        )
    if len(activations) > 1:
        activations.sort(
            key=lambda a: (
                a.when,
                a.user.id if a.user else "",
                a.imei or "",
                a.msisdn or "",
                a.imsi or "",
                a.origins[0].sort_key,
            )
        )
    return activations


def _merge_seizures(rows: Sequence[StoredRecord]) -> tuple[Seizure, ...]:
    seizures = [
        Seizure(
            when=same[0].when,
            case_no=same[0].case_no,
            place=same[0].place,
            holder=same[0].holder,
            seized_from=same[0].sender,
            origins=_origins(same),
        )
        for same in _grouped(rows, lambda row: (row.when, row.case_no, row.place, row.holder))
    ]
    seizures.sort(key=lambda s: (s.when is None, s.when or DateSpan(0, 0), s.case_no or "", s.origins[0].sort_key))
    return tuple(seizures)


def _listing_party(row: StoredRecord) -> Party | None:
    return row.sender if row.kind == "stock" else row.receiver


def _said_by_listing(row: StoredRecord) -> tuple[object, ...]:
    return row.when, getattr(_listing_party(row), "id", None), row.state, row.imei


def _merge_listings(rows: Sequence[StoredRecord]) -> tuple[CardListing, ...]:
    """Return the lists and counts of stock that a card stands in, by day; those without a day last."""
    listings = [
        CardListing(
            when=same[0].when,
            party=_listing_party(same[0]),
            state=same[0].state,
            origins=_origins(same),
            imei=same[0].imei,
            is_stock=any(row.kind == "stock" for row in same),
        )
        for same in _grouped(rows, _said_by_listing)
    ]
    listings.sort(
        key=lambda each: (
            each.when is None,
            each.when or DateSpan(0, 0),
            each.party.id if each.party else "",
            each.state or "",
            each.imei or "",
        )
    )
    return tuple(listings)


def _chip_links(rows: Sequence[StoredRecord]) -> tuple[ChipLink, ...]:
    """Return the chips with which records name a card, by the day since when; those without a day last."""
    by_eid: dict[str, list[StoredRecord]] = defaultdict(list)
    for row in rows:
        if row.eid is not None and row.lot is None:
            by_eid[row.eid].append(row)
    links = []
    for eid, naming in by_eid.items():
        days = sorted(row.when for row in naming if row.when is not None)
        others = sorted(row.when for other in by_eid if other != eid for row in by_eid[other] if row.when is not None)
        later = [when for when in others if days and all(day.is_before(when) for day in days)]
        links.append(
            ChipLink(
                eid=eid, since=days[0] if days else None, until=later[0] if later else None, origins=_origins(naming)
            )
        )
    links.sort(key=lambda link: (link.since is None, link.since or DateSpan(0, 0), link.eid))
    return tuple(links)


def _ambiguous_users(activations: Sequence[Activation]) -> Iterator[Finding]:
    named = {used.user: used.origins for used in reversed(activations) if used.user is not None and used.user.namesakes}
    for user, origins in sorted(named.items()):
        yield _finding("ambiguous_party", origins, name=user.name, parties=user.namesakes)


def _different(numbers: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(numbers))) if numbers else ()


def _said_by_activation(row: StoredRecord) -> tuple[Any, ...]:
    user = None if row.receiver is None else row.receiver.id
    return (row.kind, row.when, row.imei, row.msisdn, row.imsi, user, row.province, row.city, row.cell)


def _grouped(
    rows: Sequence[StoredRecord], key: Callable[[StoredRecord], tuple[Any, ...]]
) -> Iterable[Sequence[StoredRecord]]:
    """Group rows that say the same."""
    if len(rows) < 2:
        return (rows,) if rows else ()
    grouped: dict[tuple[Any, ...], list[StoredRecord]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped.values()


def _origins(rows: Sequence[StoredRecord]) -> tuple[Origin, ...]:
    if len(rows) == 1:
        return (rows[0].origin,)
    return tuple(sorted({row.origin for row in rows}, key=lambda origin: (origin.file, origin.sort_key)))


def _finding(code: str, evidence: Iterable[Origin], **params: Any) -> Finding:
    return Finding(code=code, severity=FINDING_SEVERITIES[code], params=params, evidence=tuple(evidence))


def _known_otherwise(trace: Trace, uses: Sequence[KnownUse]) -> Trace:
    """Return the trace of a text that no card has, with what the case knows under it in place of a lead."""
    rows = [origin for use in uses for origin in use.origins]
    finding = _finding(
        "known_otherwise",
        rows[:MAX_EVIDENCE],
        text=trace.input,
        uses=[use.to_dict() for use in uses[:MAX_CARDS_SHOWN]],
        party=trace.input if any(use.is_of_party for use in uses) else None,
    )
    return replace(trace, findings=(finding, *trace.findings), leads=())


def _similar(store: Backend, absent: Sequence[Iccid], *, near_misses: bool) -> Mapping[str, tuple[Finding, ...]]:
    """Return what is to be said of numbers that no record names, by their text."""
    if not absent:
        return {}
    from graphtrace.analysis.typed_cards import similar_cards

    return similar_cards(store, absent, near_misses=near_misses)


def _not_found(question: CardQuery, near: Mapping[str, tuple[Finding, ...]]) -> Trace:
    number = question.card
    identified = identify(question.text)
    carrier = identified.readings[0].carrier if identified.readings else None
    findings = () if number is None else near.get(number.text, ())
    if identified.damaged is not None:
        low, high = identified.damaged
        carrier = carrier_from_iccid(low) if carrier_from_iccid(low) == carrier_from_iccid(high) else None
        findings = (_finding("damaged_number", (), low=low, high=high),)
    return Trace(
        input=str(question.text),
        found=False,
        matched_as=None,
        card=None
        if number is None
        else Card(iccid=number.text, key=number.key, checksum=number.checksum, carrier=carrier, hints=number.hints),
        outcome=Outcome.NOT_FOUND,
        findings=findings,
        leads=find_leads(
            (),
            (),
            carrier,
            cards=(str(question.text) if number is None else number.key,),
            is_activated=True,
            is_found=False,
        ),
    )
