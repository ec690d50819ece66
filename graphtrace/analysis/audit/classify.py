"""Classify every card that an audited party received by its later path; all counts of an audit rest on it.

An enterprise is audited by the cards that carriers sold to it, a dealer by those that anybody else passed on to it.

Three steps. The ranges are cut where one begins or ends: the cards between two cuts (a segment) share all their ranges.
Cards that are also listed one by one are grouped where their custody result must be equal
(:mod:`graphtrace.analysis.audit.card_groups`). The custody core then judges one card of each group, and the others are
counted by it. If the chain of a group whose last days differ is broken, a quantity-only record might bridge it, which
depends on days: then, if there are such records, each card is judged by itself. Ranges are not expanded to cards, and
no two cards of a group are judged; the cost is a few passes over the rows of the cards in question, and some tens of
microseconds per group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from graphtrace.analysis.audit.card_groups import CardGroups, ListedCards, Segments
from graphtrace.analysis.audit.declarations import latest_declaration
from graphtrace.analysis.card_trace import Tracer
from graphtrace.arrays import FAR_FUTURE, NONE, IntArray, factorize, groups_of, int_array, isin_sorted
from graphtrace.custody import ChainDraft, analyze_custody
from graphtrace.engine.audit_queries import (
    KEYS_PER_PREFIX,
    RECEIVER_BY_NAME,
    RECORD_SHIFT,
    SENDER_BY_NAME,
    UNDATED_DAY,
    carriers,
    carriers_of_cards,
    concluded_dates,
    key_prefixes,
    listed_movements,
    open_audit_session,
    parties_by_number,
    party_numbers,
    ranged_movements,
    source_sheets,
    stock_declarations,
)
from graphtrace.engine.custody_events import custody_event
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import carrier_from_iccid, join_key
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.model import KINDS, UNDATED, AuditRole, CustodyEvent, DateSpan, Origin, Outcome, Party, Precision
from graphtrace.results.lone_names import LoneNames, known_by_name_only
from graphtrace.storage.base import AuditScope, Backend, shown_numbers

_TRANSFER = KINDS.index("transfer")

Disposition = Literal["held", "resold", "returned", "disputed"]

_LAST_RECEIVER = -2
"""Placeholder party: the receiver of each card's last movement."""


@frozen(kw_only=False)
class CardPath:
    """Path of a card since its receipt by an audited party, as records of its movements state it.

    The receipt is the last purchase from a carrier (of an enterprise), or the last receipt from anybody else (of a
    dealer); ``acquired`` is its day, ``None`` if none is stated, ``supplier`` its sender; ``is_registered_only`` says
    that a carrier's document names the party as its customer and no record that it bought the card. ``holder``,
    ``depth``, ``channel`` and ``buyer`` are those of a resold card, ``onward`` the channels by which others passed it
    on since it last left. ``departed`` is the day of the transfer after the receipt, ``departed_by`` the last on which
    it may have been, ``left`` that on which a resold card last left; ``use`` and ``province`` are what the receipt
    declares. The rest is for the balance: whether the card was acquired, was returned and was passed
    on by the day of the declaration, and the days (first, last) on which the party held it.

    Cards that differ in their last hop share a path: ``own_holder`` says that the holder is the receiver of the card's
    own last movement, ``own_buyer`` the same of the buyer, ``own_departed`` that it departed on the day of that
    movement, ``own_left`` that it last left on it, ``own_end`` that the party held it until then.

    ``by_name`` are those of its parties whom the card's movements know by a name alone. ``left_unrecorded`` says of a
    resold card that no record has the party pass it on: it turns up with others after a gap. ``sold_to_two`` says of a
    disputed one that records have the party pass it on to two, and none bring it back between.
    """

    disposition: Disposition
    outcome: Outcome
    holder: Party | None = None
    own_holder: bool = False
    depth: int = 0
    channel: str | None = None
    onward: tuple[str, ...] = ()
    supplier: Party | None = None
    is_registered_only: bool = False
    buyer: Party | None = None
    own_buyer: bool = False
    acquired: int | None = None
    departed: int | None = None
    departed_by: int | None = None
    own_departed: bool = False
    left: int | None = None
    own_left: bool = False
    use: str | None = None
    province: str | None = None
    was_acquired: bool = False
    was_returned: bool = False
    was_passed_on: bool = False
    held: tuple[CardInterval, ...] = ()
    own_end: bool = False
    by_name: frozenset[Party] = frozenset()
    left_unrecorded: bool = False
    sold_to_two: bool = False


@frozen(kw_only=False)
class UnlistedSegments:
    """Segments with unlisted cards: their group, the first and last card, and the number of unlisted cards."""

    group: IntArray
    low: IntArray
    high: IntArray
    cards: IntArray


@frozen(kw_only=False)
class Classification:
    """Path of each group of cards since its receipt by one of the audited parties.

    ``audited`` and ``path`` have a row for each group, the lowest group first; :data:`NONE` if no further audited party
    received this group.
    """

    first_number: int
    audited: IntArray
    path: IntArray


class GroupTransfer(NamedTuple):
    """One side of a transfer of the cards of a group, neither side of which is a carrier.

    ``party`` and the days are ``None`` where they are those of each card's own last movement.
    """

    group: int
    is_received: bool
    party: int | None
    day: int | None
    until: int | None


class CardClassifier:
    """Classification of the cards of some parties by path, in an audit session; close it when all is counted.

    - ``role``: as what the parties are audited.
    - ``session``: where the relations of :mod:`graphtrace.engine.audit_session` stand.
    - ``cuts``, ``listed``, ``rest``: the cards in question: their segments, those that are listed one by one, and the
      others.
    - ``group_of_listed``: the group of each listed card.
    - ``paths``, ``judged``: the different paths, and which of them each group of cards has.
    - ``audited_parties``: the audited parties that received cards, as numbers of the session, by id.
    - ``parties``: parties by number, as far as they were learned.
    - ``transfers``, ``split_groups``: senders and receivers of the cards of each group; groups that share them with
      another, and that other group.
    - ``lots``: all cards in question, disjoint and in order.
    - ``declarations``: the latest declaration by party number.
    """

    def __init__(self, tracer: Tracer, parties: Sequence[Party] | None, role: AuditRole = "enterprise") -> None:
        self.session, receivers, self.lots = open_audit_session(
            tracer.identities.session(AuditScope(parties, role)), parties, role
        )
        try:
            self.role = role
            self._tracer = tracer
            self.parties: dict[int, Party] = {}
            self.learn(receivers)
            self.audited_parties = sorted(self.parties, key=lambda number: self.parties[number].id)
            self._numbers = {self.parties[number]: number for number in self.audited_parties}
            self.declarations = {
                party: latest_declaration(rows, partial(carriers_of_cards, self.session, party))
                for party, rows in stock_declarations(self.session).items()
            }
            self._by_name: dict[int, Party] = {}
            self._sources = source_sheets(self.session)
            self._concluded = concluded_dates(self.session)
            self._sheets = {place: sheet for sheet, place in self._sources.items()}
            self._declared: dict[Origin, tuple[str | None, str | None]] = {}
            self._moments: dict[tuple[int, int, int], DateSpan] = {}
            self._paths: dict[CardPath, int] = {}
            self._judged: list[tuple[int, int, int]] = []
            self._last_receivers: dict[int, CardPath] = {}
            self.transfers: list[GroupTransfer] = []
            self.split_groups = (int_array([]), int_array([]))
            self.cuts = Segments(int_array([]), int_array([]), int_array([]))
            self.rest = UnlistedSegments(int_array([]), int_array([]), int_array([]), int_array([]))
            self.group_of_listed = int_array([])
            if self.lots:
                self._classify()
        except BaseException:
            self.session.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @property
    def store(self) -> Backend:
        """Return the store that the audit asks."""
        return self._tracer.store

    def origin(self, record: int, record_no: str | None = None) -> Origin:
        """Return the origin of a record: file, sheet and row."""
        sheet, row = divmod(record, RECORD_SHIFT)
        file, sha256, name = self._sources[sheet]
        return Origin(file, sha256, name, row, record_no, concluded=self._concluded.get(sheet))

    def record_of(self, origin: Origin) -> int:
        """Return the record that stands at a place."""
        sheet: int = self._sheets[origin.file, origin.sha256, origin.sheet]
        return sheet * RECORD_SHIFT + origin.row

    def numbers_of(self, parties: Iterable[Party]) -> dict[Party, int]:
        """Return the numbers of parties in the audit session; parties that it does not hold are left out."""
        by_id = {party.id: party for party in parties}
        return {by_id[party_id]: number for party_id, number in party_numbers(self.session, by_id).items()}

    def learn(self, numbers: Iterable[int]) -> None:
        """Make parties known by their numbers."""
        unknown = {number for number in numbers if number not in self.parties}
        if unknown:
            self.parties.update(parties_by_number(self.session, unknown))

    def shown_numbers(self, cards: Iterable[int]) -> dict[int, str]:
        """Return the numbers of cards as they are shown, by their numbers in the session."""
        heads = key_prefixes(self.session)
        keys = {card: join_key(*heads[card // KEYS_PER_PREFIX], card % KEYS_PER_PREFIX) for card in cards}
        shown = shown_numbers(self.store, keys.values())
        return {card: shown[key] for card, key in keys.items()}

    # -- segments and groups -----------------------------------------------------------------------------------

    def _classify(self) -> None:
        ranges = ranged_movements(self.session, self.lots)
        self._carriers = carriers(self.session)
        self.learn({*self._carriers, *(party for row in ranges for party in row[4:6])})
        self._heads = {
            head: carrier_from_iccid(join_key(text, size, 0))
            for head, (text, size) in key_prefixes(self.session).items()
        }
        cuts, covers = _cut([(first, last) for first, last, *_ in ranges], self.lots)
        self.cuts = Segments(*map(int_array, zip(*cuts, strict=True)))
        ranged = [self._movement("range", record, statement) for _, _, record, *statement in ranges]
        self._shared = [[ranged[place] for place in cover] for cover in covers]
        self._shared_rows = [[ranges[place][3:] for place in cover] for cover in covers]
        self.listed = ListedCards(
            partial(listed_movements, self.session),
            self.cuts,
            [[ranges[place][2:] for place in cover] for cover in covers],
            self._carriers,
        )
        groups = self.listed.group_cards()
        self.group_of_listed = groups.group
        one_by_one = self._judge_listed(groups)
        first_number = groups.first_number + len(groups.first)
        if one_by_one:
            is_one_by_one = np.isin(self.group_of_listed, int_array(one_by_one))
            apart = self.listed.group_cards(one_by_one=is_one_by_one, first_number=first_number)
            self.group_of_listed[apart.cards] = apart.group
            self._judge_listed(apart)
            first_number += len(apart.first)
        if self.role == "dealer":
            self._judge_last_receivers(first_number)
        self.listed.forget_movements()
        self._judge_rest()

    # -- judging -----------------------------------------------------------------------------------------------

    def _judge_listed(self, groups: CardGroups) -> list[int]:
        """Judge one card of each group; return the groups whose cards must be judged one by one."""
        cards = [(int(card), *self.listed.movements(int(card))) for card in groups.first]
        self.learn({party for _, moved, _ in cards for one in moved for party in one[2:4]})
        one_by_one = []
        for number, (card, moved, is_placed) in enumerate(cards):
            group = groups.first_number + number
            own = [
                self._movement("listed", record if is_placed else place, one)
                for place, (record, *one) in enumerate(moved)
            ]
            cut = self.listed.cut[card]
            paths = self._paths_of(
                [*self._shared[self.cuts.shared[cut]], *own],
                self._heads[int(self.cuts.low[cut]) // KEYS_PER_PREFIX],
                own[-1] if groups.is_alike[number] else None,
            )
            if paths is None:
                one_by_one.append(group)
                continue
            rows = [*self._shared_rows[self.cuts.shared[cut]], *(row for _, *row in moved)]
            self._keep_transfers(group, rows, is_alike=bool(groups.is_alike[number]))
            for audited, path in paths:
                if audited == _LAST_RECEIVER:
                    self._last_receivers[group] = path
                else:
                    self._judged.append((group, audited, self._number(path)))
        return one_by_one

    def _judge_last_receivers(self, first_number: int) -> None:
        """Classify the cards of a group for the receiver of each card's own last movement.

        Such a receiver occurs in no other movement of the card, so it has held the card since that movement. Cards
        whose receivers, days or declarations differ become groups of their own, numbered from ``first_number``.
        """
        listed, alike = self.listed, int_array(sorted(self._last_receivers))
        cards = np.flatnonzero(
            isin_sorted(self.group_of_listed, alike)
            & isin_sorted(listed.buyer, int_array(sorted(self.audited_parties)))
        )
        if not len(cards):
            return
        use, province = (listed.declared_last(name, cards) for name in ("declared_use", "province"))
        old, receiver, day = self.group_of_listed[cards], listed.buyer[cards], listed.day[cards]
        _, firsts, subgroups = groups_of(factorize(old, receiver, day, use, province))
        seen_by: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for group, audited, path in self._judged:
            seen_by[group].append((audited, path))
        paths: dict[tuple[int, ...], int] = {}
        for group, first in enumerate(firsts.tolist(), first_number):
            holder, on = int(receiver[first]), int(day[first])
            declared = self.declarations.get(holder)
            is_dated = on != UNDATED_DAY
            was_acquired = declared is not None and is_dated and on <= declared.when.latest
            what = (int(old[first]), on, int(use[first]), int(province[first]), was_acquired)
            if what not in paths:
                seen_path = self._last_receivers[what[0]]
                paths[what] = self._number(
                    replace(
                        seen_path,
                        acquired=on if is_dated else None,
                        use=listed.text_of("declared_use", what[2]),
                        province=listed.text_of("province", what[3]),
                        was_acquired=was_acquired,
                        held=((on, FAR_FUTURE),) if was_acquired and seen_path.disposition == "held" else (),
                    )
                )
            self._judged += [(group, *seen) for seen in seen_by[what[0]]]
            self._judged.append((group, holder, paths[what]))
        self.split_groups = (np.arange(len(firsts)) + first_number, old[firsts])
        self.group_of_listed[cards] = subgroups + first_number

    def _keep_transfers(self, group: int, rows: Sequence[Sequence[Any]], *, is_alike: bool) -> None:
        """Store the senders and receivers of a group; if its cards are alike, the last row stands for many."""
        for place, (kind, sender, receiver, day, span, *_) in enumerate(rows, 1):
            if kind != _TRANSFER or sender == receiver or sender in self._carriers or receiver in self._carriers:
                continue
            is_own = is_alike and place == len(rows)
            days = (None, None) if is_own else (day, day + span)
            self.transfers.append(GroupTransfer(group, False, sender, *days))
            self.transfers.append(GroupTransfer(group, True, None if is_own else receiver, *days))

    def _judge_rest(self) -> None:
        """Classify unlisted cards of each segment; groups of range covers have negative numbers, from -1 down."""
        cards = self.cuts.high - self.cuts.low + 1 - np.bincount(self.listed.cut, minlength=len(self.cuts.low))
        rest = np.flatnonzero(cards > 0)
        self.rest = UnlistedSegments(
            -1 - self.cuts.shared[rest], self.cuts.low[rest], self.cuts.high[rest], cards[rest]
        )
        groups, firsts = np.unique(self.rest.group, return_index=True)
        for group, head in zip(groups.tolist(), (self.rest.low[firsts] // KEYS_PER_PREFIX).tolist(), strict=True):
            self._keep_transfers(group, self._shared_rows[-1 - group], is_alike=False)
            paths = self._paths_of(self._shared[-1 - group], self._heads[head], None) or ()
            self._judged += [(group, audited, self._number(path)) for audited, path in paths]

    def _paths_of(
        self, movements: Sequence[CustodyEvent], carrier: str | None, last: CustodyEvent | None
    ) -> list[tuple[int, CardPath]] | None:
        """Return the path of a card for each party that received it; ``last`` is the last movement of alike cards.

        ``None`` if the paths depend on more of the last movement than its sender and its channel.
        """
        quantities = self._tracer.quantities
        history = analyze_custody(movements, quantities.book, carrier, slack=self._tracer.slack)
        if not history.drafts:
            return []
        outcome, chain = history.outcome, history.drafts[0]
        is_disputed = outcome is Outcome.AMBIGUOUS and not history.is_contested
        if last is not None and history.is_contested:
            return None
        if last is not None:
            if quantities.has_any and (
                outcome in (Outcome.AMBIGUOUS, Outcome.BROKEN)
                or any(step.precision == "quantity" for step in chain.steps)
            ):
                return None
            if not is_disputed and chain.holder != last.receiver:
                return None
        # a registration of somebody who got the card from another hand is no step, and no receipt
        reached = {step.receiver for draft in history.drafts for step in draft.steps if step.sender.is_carrier}
        receivers = {
            movement.receiver
            for movement in movements
            if is_receipt(movement, movement.receiver, self.role)
            if movement.kind != "registration" or movement.receiver in reached
        }
        forks = {finding.params["at"]["id"] for finding in history.findings if finding.code == "double_transfer"}
        paths = []
        if last is not None and self.role == "dealer":
            receivers.discard(last.receiver)
            disposition: Disposition = "disputed" if is_disputed else "held"
            paths.append((_LAST_RECEIVER, CardPath(disposition=disposition, outcome=outcome, supplier=last.sender)))
        lone = self._known_by_name(movements, (step for draft in history.drafts for step in draft.steps))
        for number in sorted(self._numbers[receiver] for receiver in receivers & self._numbers.keys()):
            party = self.parties[number]
            declared = self.declarations.get(number)
            date = None if declared is None else declared.when.latest
            if is_disputed:
                steps = [step for draft in history.drafts for step in draft.steps]
                path = _disputed(movements, steps, party, date, self.role)
                paths.append((number, replace(path, sold_to_two=party.id in forks)))
                continue
            ways = [self._path_since_receipt(draft, outcome, party, date, last) for draft in history.drafts]
            if len({way.disposition for way in ways}) > 1:
                steps = [step for draft in history.drafts for step in draft.steps]
                paths.append((number, _disputed(movements, steps, party, date, self.role)))
            else:
                agreed = len({way.holder for way in ways}) == 1
                paths.append((number, ways[0] if agreed else replace(ways[0], holder=None)))
        return [(number, replace(path, by_name=lone)) for number, path in paths] if lone else paths

    def _known_by_name(self, movements: Sequence[CustodyEvent], steps: Iterable[CustodyEvent]) -> frozenset[Party]:
        """Return the parties that the movements of a card know by a name alone."""
        identities = self._tracer.identities
        if not identities.lone:
            return frozenset()
        sides = [(party, party.identified_by is not None) for one in movements for party in (one.sender, one.receiver)]
        sides += [
            (party, identities.is_lone(party, origin.sha256))
            for step in steps
            if step.precision == "quantity"
            for party in (step.sender, step.receiver)
            for origin in step.origins
        ]
        return known_by_name_only(sides)

    def _path_since_receipt(
        self, chain: ChainDraft, outcome: Outcome, party: Party, date: int | None, last: CustodyEvent | None
    ) -> CardPath:
        since = events_since_receipt(chain.steps, party, self.role)
        disposition, onward = _disposition_since(since, party, self.role)
        receipt = since[0]
        # after a gap the first documented hop is not the one by which the card left
        departed = since[1] if len(since) > 1 and since[1].sender == party else None
        if departed is not None and _goes_back(departed, receipt, self.role):
            departed = None
        left = onward[0] if onward and onward[0].sender == party else None
        others = {hop.channel for hop in onward if hop.sender != party}
        declared = [self._declared[origin] for origin in receipt.origins if origin in self._declared]
        acquired, returned, passed_on, held = (
            (False, False, False, ()) if date is None else _at(chain, party, date, self.role)
        )
        path = CardPath(
            disposition=disposition,
            outcome=outcome,
            holder=onward[-1].receiver if onward else None,
            depth=_depth(onward),
            channel=None if left is None else left.channel,
            onward=tuple(sorted(channel for channel in others if channel is not None)),
            supplier=receipt.sender,
            is_registered_only=receipt.kind == "registration",
            buyer=None if left is None else left.receiver,
            acquired=_day_of(receipt),
            departed=None if departed is None else _day_of(departed),
            departed_by=None if departed is None or not departed.when.is_known else departed.when.latest,
            left=None if left is None else _day_of(left),
            use=next((use for use, _ in declared if use is not None), None),
            province=next((province for _, province in declared if province is not None), None),
            was_acquired=acquired,
            was_returned=returned,
            was_passed_on=passed_on,
            held=held,
            left_unrecorded=disposition == "resold" and left is None,
        )
        if last is None:
            return path
        hop = chain.steps[-1]
        is_seller = hop.sender == party and len(chain.steps) - 1 not in chain.gaps
        return replace(
            path,
            holder=None,
            own_holder=disposition == "resold",
            buyer=None if left is hop else path.buyer,
            own_buyer=left is hop,
            departed=None if departed is hop else path.departed,
            departed_by=None if departed is hop else path.departed_by,
            own_departed=departed is hop,
            left=None if left is hop else path.left,
            own_left=left is hop,
            was_passed_on=passed_on and not is_seller,
            held=(*held[:-1], (held[-1][0], FAR_FUTURE)) if is_seller and held else held,
            own_end=is_seller,
        )

    @property
    def lone(self) -> LoneNames:
        """Return the parties with an identifier that some rows know by a name alone."""
        return self._tracer.identities.lone

    @cached_property
    def judged(self) -> list[Classification]:
        """The paths of all groups; one more part for each further audited party that received the same cards."""
        if not self._judged:
            return []
        first_number = -len(self._shared)
        groups = int(self.group_of_listed.max(initial=0)) - first_number + 1
        parts: list[Classification] = []
        met: dict[int, int] = defaultdict(int)
        for group, audited, path in self._judged:
            part = met[group]
            met[group] += 1
            if part == len(parts):
                parts.append(Classification(first_number, *(np.full(groups, NONE, dtype=np.int32) for _ in range(2))))
            parts[part].audited[group - first_number] = audited
            parts[part].path[group - first_number] = path
        return parts

    @cached_property
    def paths(self) -> list[CardPath]:
        """The paths by their numbers."""
        return list(self._paths)

    def _number(self, path: CardPath) -> int:
        return self._paths.setdefault(path, len(self._paths))

    def _movement(self, precision: Precision, record: int, statement: Sequence[Any]) -> CustodyEvent:
        kind, sender, receiver, day, span, second, channel, use, province, by_name = statement
        origin = self.origin(record) if record >= RECORD_SHIFT else Origin("", "", None, record)
        if use is not None or province is not None:
            self._declared[origin] = (use, province)
        moment = (day, day + span, second)
        when = self._moments.get(moment)
        if when is None:
            when = self._moments[moment] = UNDATED if day == UNDATED_DAY else DateSpan(*moment)
        return custody_event(
            KINDS[kind],
            self._side(sender, is_by_name=bool(by_name & SENDER_BY_NAME)),
            self._side(receiver, is_by_name=bool(by_name & RECEIVER_BY_NAME)),
            when,
            precision=precision,
            origin=origin,
            channel=channel,
        )

    def _side(self, number: int, *, is_by_name: bool) -> Party:
        """Return a party by its number, marked where a movement knows it by a name alone."""
        if not is_by_name:
            return self.parties[number]
        if number not in self._by_name:
            self._by_name[number] = replace(self.parties[number], identified_by="name")
        return self._by_name[number]


def _cut(
    ranges: Sequence[CardInterval], lots: Sequence[CardInterval]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, ...]]]:
    """Return the cards of the lots between two cuts as (first, last, cover), and the covers: indices of ranges."""
    starting: dict[int, list[int]] = defaultdict(list)
    ending: dict[int, list[int]] = defaultdict(list)
    for place, (first, last) in enumerate(ranges):
        starting[first].append(place)
        ending[last + 1].append(place)
    opening, closing = {low for low, _ in lots}, {high + 1 for _, high in lots}
    covering: dict[int, None] = {}
    is_inside = False
    cuts: list[tuple[int, int, int]] = []
    covers: dict[tuple[int, ...], int] = {}
    for at, following in pairwise(sorted({*starting, *ending, *opening, *closing})):
        for place in ending[at]:
            del covering[place]
        covering.update(dict.fromkeys(starting[at]))
        is_inside = at in opening or (is_inside and at not in closing)
        if is_inside:
            cuts.append((at, following - 1, covers.setdefault(tuple(covering), len(covers))))
    return cuts, list(covers)


def is_receipt(hop: CustodyEvent, party: Party, role: AuditRole) -> bool:
    """Whether a hop brings a card to a party in the role in which it is audited: from a carrier, or from others."""
    return (
        hop.receiver == party
        and hop.sender != party
        and hop.precision != "quantity"
        and hop.sender.is_carrier == (role == "enterprise")
        and not party.is_carrier
    )


def events_since_receipt(hops: Sequence[CustodyEvent], party: Party, role: AuditRole) -> Sequence[CustodyEvent]:
    """Return the last receipt of a card by the party that names it, and all hops after it."""
    receipts = [place for place, hop in enumerate(hops) if is_receipt(hop, party, role)]
    return hops[receipts[-1] :] if receipts else ()


def _day_of(hop: CustodyEvent) -> int | None:
    return hop.when.earliest if hop.when.is_known else None


def _goes_back(hop: CustodyEvent, receipt: CustodyEvent, role: AuditRole) -> bool:
    """Whether a card that leaves goes back: to a carrier; from a dealer by a return, or to whom it came from, too."""
    if hop.receiver.is_carrier:
        return True
    return role == "dealer" and (hop.kind == "return" or hop.receiver == receipt.sender)


def _depth(onward: Sequence[CustodyEvent]) -> int:
    """Return the number of sales from whoever a card left to its holder; a return undoes those that it goes back on."""
    reached: list[Party] = []
    for hop in onward:
        is_undone = hop.kind == "return" and hop.receiver in reached
        reached = reached[: reached.index(hop.receiver) + 1] if is_undone else [*reached, hop.receiver]
    return len(reached)


def _disposition_since(
    since: Sequence[CustodyEvent], party: Party, role: AuditRole
) -> tuple[Disposition, Sequence[CustodyEvent]]:
    """Return the disposition of a card since its receipt, and, if it was resold, the hops since it last left."""
    if any(hop.receiver.is_carrier for hop in since):
        return "returned", ()
    if since[-1].receiver == party:
        return "held", ()
    arrival = max(place for place, hop in enumerate(since) if hop.receiver == party)
    onward = since[arrival + 1 :]
    if onward[0].sender == party and _goes_back(onward[0], since[0], role):
        return "returned", ()
    return "resold", onward


def _at(
    chain: ChainDraft, party: Party, date: int, role: AuditRole
) -> tuple[bool, bool, bool, tuple[CardInterval, ...]]:
    """Whether the card was acquired, returned and passed on by a date, and the days it was held since its receipt."""
    dated = [hop for hop in chain.steps if hop.when.is_known]
    since = events_since_receipt([hop for hop in dated if hop.when.earliest <= date], party, role)
    if not since:
        return False, False, False, ()
    disposition, onward = _disposition_since(since, party, role)
    if disposition == "returned":
        return True, True, False, ()
    days = [*sorted({hop.when.earliest for hop in dated}), FAR_FUTURE + 1]
    held = [
        (max(first, since[0].when.earliest), until - 1)
        for first, until in pairwise(days)
        if [hop for hop in dated if hop.when.earliest <= first][-1].receiver == party
    ]
    is_passed_on = disposition == "resold" and onward[0].sender == party
    return True, False, is_passed_on, tuple(days for days in held if days[0] <= days[1])


def _disputed(
    movements: Sequence[CustodyEvent], steps: Sequence[CustodyEvent], party: Party, date: int | None, role: AuditRole
) -> CardPath:
    """Return the path of a card with several chains: its receipt only, an enterprise's first or a dealer's last."""
    days = [one.when.earliest for one in movements if is_receipt(one, party, role) and one.when.is_known]
    first = min(days, default=None)
    latest = max((hop for hop in steps if is_receipt(hop, party, role)), key=lambda hop: (hop.when, hop.sender.id))
    return CardPath(
        disposition="disputed",
        outcome=Outcome.AMBIGUOUS,
        supplier=latest.sender,
        is_registered_only=all(one.kind == "registration" for one in movements if is_receipt(one, party, role)),
        acquired=first if role == "enterprise" else _day_of(latest),
        was_acquired=date is not None and first is not None and first <= date,
    )
