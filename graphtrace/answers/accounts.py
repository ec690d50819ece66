"""Which way every card went that carriers sold to an enterprise: the ground on which an audit counts.

Three steps. The ranges are cut where one begins or ends: the cards between two cuts share all their ranges. Cards that
are also listed one by one are put together where nothing that custody looks at tells them apart. The custody core then
judges one card of each kind, and the engine counts the others by it. Nothing is expanded to cards and no card that is
like another is judged twice; the cost is a few passes of the engine over the rows of the cards in question, and some
tens of microseconds per kind of card.

What makes cards alike
----------------------
Most listed cards differ from their neighbours in the last hop alone, to a buyer who does nothing else with them. Who
that is cannot matter to a whole chain, nor can the day, as long as it is after all other days. So the last movement
counts by its sender and its channel only, where it is dated to a day after all others and its receiver is no carrier
and stands in no other movement of the card. If the chain that comes of it is torn, a quantity-only record might bridge
it, and that depends on days: then, if there are such records, each card is judged for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, Self

from graphtrace.answers.trace import Tracer, movement_between
from graphtrace.custody import find_history
from graphtrace.identifiers import carrier_of, join_key
from graphtrace.model import KINDS, Chain, Hop, Movement, Origin, Outcome, Party, Precision, When
from graphtrace.store.protocol import Lot
from graphtrace.store.workbench import RECORD_SHIFT, RUN, Workbench, join_lots

FOREVER = 1 << 30
ACTIVATION, SEIZURE = KINDS.index("activation"), KINDS.index("seizure")

Fate = Literal["held", "resold", "returned", "disputed"]

Said = Sequence[Any]
"""A movement as the bench has it: its record, then what :data:`_SAID` names."""

_SAID = {
    "kind": "UTINYINT",
    "sender": "INTEGER",
    "receiver": "INTEGER",
    "day": "INTEGER",
    "span": "UTINYINT",
    "second": "INTEGER",
    "channel": "VARCHAR",
    "declared_use": "VARCHAR",
    "province": "VARCHAR",
}
"""What counts of a movement beside the cards and where it stands."""

_BLOCK = 1_000
_MOST_BLOCKS = 1_000_000
"""Cards are found between two cuts by blocks of so many consecutive ones: looked up, where a comparison would sort."""

_COLUMNS = ", ".join(_SAID)
_STRUCT = "{" + ", ".join(f"{name}: {name}" for name in _SAID) + "}"
_LAST_HOP = (
    "{"
    + ", ".join(
        f"{name}: {'said.' + name if name in ('kind', 'sender', 'channel') else f'NULL::{kind}'}"
        for name, kind in _SAID.items()
    )
    + "}"
)
"""The last movement without what does not tell cards apart."""


@dataclass(frozen=True, slots=True)
class Way:
    """What the movements of a card since the purchase say of it, as seen by one enterprise.

    ``holder``, ``depth`` and ``channel`` are those of a resold card, ``onward`` the channels by which others passed it
    on since it last left. ``purchased`` is the day of the last purchase,
    ``departed`` that of the transfer after it; ``use`` and ``province`` are what the purchase declares. The rest is for
    the balance: whether the card was bought, was returned and was passed on by the day of the declaration, and the days
    (first, last) on which the enterprise held it.

    Cards that differ in their last hop share a way: ``own_holder`` says that the holder is the buyer of the card's own
    last movement, ``own_departed`` that it departed on the day of that movement, ``own_end`` that the enterprise held
    it until then.
    """

    fate: Fate
    outcome: Outcome
    holder: Party | None = None
    own_holder: bool = False
    depth: int = 0
    channel: str | None = None
    onward: tuple[str, ...] = ()
    purchased: int | None = None
    departed: int | None = None
    own_departed: bool = False
    use: str | None = None
    province: str | None = None
    was_bought: bool = False
    was_returned: bool = False
    was_passed_on: bool = False
    held: tuple[Lot, ...] = ()
    own_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How many cards a party said to have in stock and to have sold on the last day on which it said anything.

    ``None`` where it did not say; ``records`` are the rows that say so.
    """

    when: When
    stock: int | None
    sold: int | None
    records: tuple[int, ...]


class Accounts:
    """The cards of some enterprises by the way they went, laid out on a workbench; close it when all is counted.

    Attributes
    ----------
    bench
        Beside the relations of :mod:`graphtrace.store.workbench` it has

        - ``cards`` (sort, key, buyer, day): the cards that are listed one by one, with their own last movement;
        - ``blocks`` (block, low, high, shared): the cuts by blocks of cards, which ``block_of(card)`` says;
        - ``rest`` (sort, low, high, cards): the others between two cuts, ``cards`` of them without those listed;
        - ``judged`` (sort, enterprise, way): which way a sort of card went;
        - ``ways``: the fields of :class:`Way`, with parties as numbers of the bench;
        - ``held`` (way, since, until): days on which the enterprise held cards of the way.
    enterprises
        Who bought from a carrier, as numbers of the bench, by id.
    parties
        The parties by these numbers, as far as they were met.
    lots
        All cards in question, disjoint and in order.
    declarations
        The latest declaration by enterprise.
    """

    def __init__(self, tracer: Tracer, buyers: Sequence[Party] | None) -> None:
        self.bench, lots = tracer.store.workbench(buyers)
        try:
            self._tracer = tracer
            self.parties: dict[int, Party] = {}
            self.learn({party for party, _, _ in lots})
            self.enterprises = sorted(self.parties, key=lambda number: self.parties[number].id)
            self._numbers = {self.parties[number]: number for number in self.enterprises}
            self.lots = join_lots((first, last) for _, first, last in lots)
            self.declarations = _declarations(self.bench)
            self._sources = {
                sheet: tuple(place)
                for sheet, *place in self.bench.rows("SELECT sheet, file, sha256, name FROM sources")
            }
            self._sheets = {place: sheet for sheet, place in self._sources.items()}
            self._declared: dict[Origin, tuple[str | None, str | None]] = {}
            self._ways: dict[Way, int] = {}
            self._judged: list[tuple[int, int, int]] = []
            if lots:
                self._keep_accounts()
        except BaseException:
            self.bench.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.bench.close()

    def origin(self, record: int, record_no: str | None = None) -> Origin:
        """Where a record stands."""
        sheet, row = divmod(record, RECORD_SHIFT)
        file, sha256, name = self._sources[sheet]
        return Origin(file, sha256, name, row, record_no)

    def record_of(self, origin: Origin) -> int:
        """The record that stands at a place."""
        sheet: int = self._sheets[origin.file, origin.sha256, origin.sheet]
        return sheet * RECORD_SHIFT + origin.row

    def numbers_of(self, parties: Iterable[Party]) -> dict[Party, int]:
        """How the bench numbers parties."""
        by_id = {party.id: party for party in parties}
        asked = self.bench.rows("SELECT id, party FROM who WHERE id IN (SELECT unnest($1::VARCHAR[]))", sorted(by_id))
        return {by_id[name]: number for name, number in asked}

    def learn(self, numbers: Iterable[int]) -> None:
        """Makes parties known by their numbers."""
        unknown = sorted(set(numbers) - self.parties.keys())
        if unknown:
            asked = self.bench.rows(
                "SELECT party, id, name, is_carrier, bearers FROM who WHERE party IN (SELECT unnest($1::INTEGER[]))",
                unknown,
            )
            self.parties.update({number: Party(*who) for number, *who in asked})

    # -- cutting and sorting -----------------------------------------------------------------------------------

    def _keep_accounts(self) -> None:
        bench = self.bench
        bench.keep_rows("lots", {"low": "BIGINT", "high": "BIGINT"}, self.lots)
        ranges = bench.rows(
            f"""
            SELECT first, last, record, {_COLUMNS}
            FROM (SELECT * FROM ranged WHERE NOT repeated) SEMI JOIN lots ON first <= high AND last >= low
            ORDER BY first, last, record
            """
        )
        self._carriers = {number for (number,) in bench.rows("SELECT party FROM who WHERE is_carrier")}
        self.learn({*self._carriers, *(party for row in ranges for party in row[4:6])})
        self._heads = {
            head: carrier_of(join_key(text, size, 0))
            for head, text, size in bench.rows("SELECT head, text, size FROM heads")
        }
        cuts, covers = _cut([(first, last) for first, last, *_ in ranges], self.lots)
        self._keep_cuts(cuts, [[ranges[place][2:] for place in cover] for cover in covers])
        ranged = [self._movement("range", record, said) for _, _, record, *said in ranges]
        self._shared = [[ranged[place] for place in cover] for cover in covers]
        self._keep_alike()
        self._keep_sorts("cards", "SELECT * FROM alike", 0)
        torn = self._judge_listed()
        if torn:
            self._tell_apart(torn)
        self._judge_rest()
        self._keep_ways()

    def _keep_cuts(self, cuts: Sequence[tuple[int, int, int]], shared: Sequence[Sequence[Said]]) -> None:
        """Lays out what decides whether the last hop of a listed card stands apart from the ranges that cover it."""
        keep_rows = self.bench.keep_rows
        keep_rows("cuts", {"low": "BIGINT", "high": "BIGINT", "shared": "INTEGER"}, cuts)
        size = max(_BLOCK, sum(high - low + 1 for low, high, _ in cuts) // _MOST_BLOCKS)
        self.bench.ask(f"CREATE OR REPLACE TEMP MACRO block_of(card) AS card // {size}")
        self.bench.keep(
            "blocks", "SELECT unnest(range(block_of(low), block_of(high) + 1)) AS block, low, high, shared FROM cuts"
        )
        keep_rows(
            "shared_days",
            {"shared": "INTEGER", "until": "INTEGER"},
            [(number, max(row[4] + row[5] for row in said)) for number, said in enumerate(shared) if said],
        )
        pairs = [
            (number, *pair, sorted({row[0] // RECORD_SHIFT for row in said if tuple(row[2:4]) == pair}))
            for number, said in enumerate(shared)
            for pair in sorted({tuple(row[2:4]) for row in said})
        ]
        columns = {"shared": "INTEGER", "sender": "INTEGER", "receiver": "INTEGER", "sheets": "BIGINT[]"}
        keep_rows("shared_pairs", columns, pairs)

    def _keep_alike(self) -> None:
        """Lays out ``alike``, one row a listed card: what custody looks at, and what of it tells cards apart.

        ``before`` are the card's own movements but the last, which is ``said``; ``last`` is what counts of it. Where
        statements of one hop can be compared, ``marks`` holds their records (or their sheets, where that is enough),
        since their order decides which channel is told.
        """
        carriers = f"({', '.join(map(str, sorted(self._carriers))) or 'NULL'})"
        shift = RECORD_SHIFT
        self.bench.keep(
            "own",
            f"""
            SELECT key, low, shared, {_STRUCT} AS said, record,
                sheets IS NOT NULL AS is_ranged, record // {shift} AS sheet,
                coalesce(list_contains(sheets, record // {shift}), false) AS is_beside
            FROM listed JOIN blocks ON block_of(key) = block AND key BETWEEN low AND high
            LEFT JOIN shared_pairs USING (shared, sender, receiver) WHERE NOT repeated
            """,
        )
        self.bench.keep("often", "SELECT key FROM own GROUP BY key HAVING count(*) > 1")
        order = "ORDER BY said.day, said.span, said.second, said.sender, said.receiver, record"
        pair = "{sender: said.sender, receiver: said.receiver}"
        self.bench.keep(
            "alike",
            f"""
            WITH several AS (
                SELECT key, any_value(low) AS low, any_value(shared) AS shared, list(said {order}) AS moves,
                    CASE
                        WHEN bool_or(is_beside) OR count(DISTINCT {{pair: {pair}, sheet: sheet}}) < count(*)
                            THEN list(record {order})
                        WHEN bool_or(is_ranged) OR count(DISTINCT {pair}) < count(*)
                            THEN list(sheet * {shift} {order})
                    END AS marks
                FROM own SEMI JOIN often USING (key) GROUP BY key
            ),
            told AS (
                SELECT key, low, shared, NULL AS before, said,
                    CASE WHEN is_beside THEN [record] WHEN is_ranged THEN [sheet * {shift}] END AS marks
                FROM own ANTI JOIN often USING (key)
                UNION ALL SELECT key, low, shared, moves[:-2], moves[-1], marks FROM several
            ),
            met AS (SELECT shared, sender AS party FROM shared_pairs UNION SELECT shared, receiver FROM shared_pairs)
            SELECT key, low, told.shared, key // {RUN} AS head, before, said, marks,
                coalesce(until < said.day, true) AND met.shared IS NULL AND said.span = 0
                    AND said.receiver NOT IN {carriers} AND said.sender NOT IN {carriers}
                    AND coalesce(len(list_filter(before, lambda hop: hop.day + hop.span >= said.day
                        OR hop.sender = said.receiver OR hop.receiver = said.receiver)), 0) = 0 AS is_alike,
                CASE WHEN is_alike THEN {_LAST_HOP} ELSE said END AS last
            FROM told LEFT JOIN shared_days USING (shared)
            LEFT JOIN met ON met.shared = told.shared AND met.party = said.receiver
            """,
        )

    def _keep_sorts(self, cards: str, alike: str, known: int) -> None:
        """Puts alike cards together: ``sorts`` has a row a sort, ``cards`` a row a card; counted from ``known``."""
        self.bench.keep(
            "sorts",
            f"""
            SELECT {known} + row_number() OVER (ORDER BY min(key)) AS sort, shared, head, before, is_alike, marks,
                arg_min(said, key) AS said, list(key) AS keys, list(said.receiver) AS buyers, list(said.day) AS days
            FROM ({alike}) GROUP BY shared, head, before, last, is_alike, marks
            """,
        )
        self.bench.keep(
            cards,
            "SELECT sort::INTEGER AS sort, unnest(keys) AS key, unnest(buyers) AS buyer, unnest(days) AS day "
            "FROM sorts",
        )

    def _tell_apart(self, torn: Sequence[int]) -> None:
        """Sorts the cards of some sorts once more, by all that their last movements say."""
        bench = self.bench
        bench.keep_rows("torn", {"sort": "INTEGER"}, [(sort,) for sort in torn])
        cards = "SELECT key FROM cards SEMI JOIN torn USING (sort)"
        apart = f"SELECT * REPLACE (said AS last, false AS is_alike) FROM alike SEMI JOIN ({cards}) USING (key)"
        ((known,),) = bench.rows("SELECT max(sort) FROM sorts")
        self._keep_sorts("more_cards", apart, known)
        self._judge_listed()
        bench.keep("cards", "SELECT * FROM cards ANTI JOIN torn USING (sort) UNION ALL SELECT * FROM more_cards")

    # -- judging -----------------------------------------------------------------------------------------------

    def _judge_listed(self) -> list[int]:
        """Judges one card of each sort; answers with the sorts whose cards are not alike after all."""
        rows = [
            (sort, shared, head, [tuple(hop.values()) for hop in (*(before or ()), said)], is_alike, marks)
            for sort, shared, head, before, said, is_alike, marks in self.bench.rows(
                "SELECT sort, shared, head, before, said, is_alike, marks FROM sorts ORDER BY sort"
            )
        ]
        self.learn({party for row in rows for hop in row[3] for party in hop[1:3]})
        torn = []
        for sort, shared, head, hops, is_alike, marks in rows:
            own = [
                self._movement("listed", place if marks is None else marks[place], hop)
                for place, hop in enumerate(hops)
            ]
            ways = self._ways_of([*self._shared[shared], *own], self._heads[head], own[-1] if is_alike else None)
            if ways is None:
                torn.append(sort)
            else:
                self._judged += [(sort, enterprise, self._number(way)) for enterprise, way in ways]
        return torn

    def _judge_rest(self) -> None:
        """Judges the cards between two cuts that are not listed: ``rest``, whose sorts are counted downwards."""
        self.bench.keep(
            "rest",
            """
            SELECT (-1 - shared)::INTEGER AS sort, low, high, high - low + 1 - coalesce(listed, 0) AS cards
            FROM cuts LEFT JOIN (
                SELECT low, count(*) AS listed FROM alike GROUP BY low
            ) USING (low)
            WHERE cards > 0
            """,
        )
        kinds = self.bench.rows(f"SELECT sort, any_value(low // {RUN}) FROM rest GROUP BY sort ORDER BY sort DESC")
        for sort, head in kinds:
            ways = self._ways_of(self._shared[-1 - sort], self._heads[head], None) or ()
            self._judged += [(sort, enterprise, self._number(way)) for enterprise, way in ways]

    def _ways_of(
        self, movements: Sequence[Movement], carrier: str | None, last: Movement | None
    ) -> list[tuple[int, Way]] | None:
        """Which way a card went, for each enterprise that bought it; ``last`` stands for that of all cards of a sort.

        ``None`` where what comes of it depends on more of the last movement than its sender and its channel.
        """
        quantities = self._tracer.quantities
        custody = find_history(movements, quantities.book, carrier).custody
        is_disputed = custody.outcome is Outcome.AMBIGUOUS
        if last is not None:
            if quantities.has_any and (
                custody.outcome in (Outcome.AMBIGUOUS, Outcome.BROKEN)
                or any(hop.precision == "quantity" for hop in custody.chains[0].hops)
            ):
                return None
            if not is_disputed and custody.chains[0].holder != last.receiver:
                return None
        buyers = {movement.receiver for movement in movements if movement.sender.is_carrier}
        ways = []
        for number in sorted(self._numbers[buyer] for buyer in buyers & self._numbers.keys()):
            party = self.parties[number]
            declared = self.declarations.get(number)
            date = None if declared is None else declared.when.last
            if is_disputed:
                ways.append((number, _disputed(movements, party, date)))
            else:
                ways.append((number, self._way(custody.chains[0], custody.outcome, party, date, last)))
        return ways

    def _way(self, chain: Chain, outcome: Outcome, party: Party, date: int | None, last: Movement | None) -> Way:
        since = since_purchase(chain.hops, party)
        fate, holder, depth, channel = _fate_of(chain, since, party)
        purchase, *onward = since
        departed = onward[0] if onward and not onward[0].receiver.is_carrier else None
        others = {hop.channel for hop in since[len(since) - depth :] if hop.sender != party}
        said = [self._declared[origin] for origin in purchase.origins]
        bought, returned, passed_on, held = (False, False, False, ()) if date is None else _at(chain, party, date)
        way = Way(
            fate=fate,
            outcome=outcome,
            holder=holder,
            depth=depth,
            channel=channel,
            onward=tuple(sorted(channel for channel in others if channel is not None)),
            purchased=purchase.when.first,
            departed=None if departed is None else departed.when.first,
            use=next((use for use, _ in said if use is not None), None),
            province=next((province for _, province in said if province is not None), None),
            was_bought=bought,
            was_returned=returned,
            was_passed_on=passed_on,
            held=held,
        )
        if last is None:
            return way
        hop = chain.hops[-1]
        is_seller = hop.sender == party and not hop.gap_before
        return replace(
            way,
            holder=None,
            own_holder=fate == "resold",
            departed=None if departed is hop else way.departed,
            own_departed=departed is hop,
            was_passed_on=passed_on and not is_seller,
            held=(*held[:-1], (held[-1][0], FOREVER)) if is_seller and held else held,
            own_end=is_seller,
        )

    def _number(self, way: Way) -> int:
        return self._ways.setdefault(way, len(self._ways))

    def _keep_ways(self) -> None:
        bench = self.bench
        numbers = {party: number for number, party in self.parties.items()}
        columns = {
            "way": "INTEGER",
            "fate": "VARCHAR",
            "outcome": "VARCHAR",
            "holder": "INTEGER",
            "own_holder": "BOOLEAN",
            "depth": "INTEGER",
            "channel": "VARCHAR",
            "onward": "VARCHAR[]",
            "purchased": "INTEGER",
            "departed": "INTEGER",
            "own_departed": "BOOLEAN",
            "use": "VARCHAR",
            "province": "VARCHAR",
            "was_bought": "BOOLEAN",
            "was_returned": "BOOLEAN",
            "was_passed_on": "BOOLEAN",
            "own_end": "BOOLEAN",
        }
        bench.keep_rows(
            "ways",
            columns,
            [
                (
                    number,
                    way.fate,
                    str(way.outcome),
                    None if way.holder is None else numbers[way.holder],
                    way.own_holder,
                    way.depth,
                    way.channel,
                    list(way.onward),
                    way.purchased,
                    way.departed,
                    way.own_departed,
                    way.use,
                    way.province,
                    way.was_bought,
                    way.was_returned,
                    way.was_passed_on,
                    way.own_end,
                )
                for way, number in self._ways.items()
            ],
        )
        bench.keep_rows(
            "held",
            {"way": "INTEGER", "since": "INTEGER", "until": "INTEGER"},
            [(number, *days) for way, number in self._ways.items() for days in way.held],
        )
        bench.keep_rows("judged", {"sort": "INTEGER", "enterprise": "INTEGER", "way": "INTEGER"}, self._judged)

    def _movement(self, precision: Precision, record: int, said: Sequence[Any]) -> Movement:
        kind, sender, receiver, day, span, second, channel, use, province = said
        origin = self.origin(record) if record >= RECORD_SHIFT else Origin("", "", None, record)
        self._declared[origin] = (use, province)
        return movement_between(
            KINDS[kind],
            self.parties[sender],
            self.parties[receiver],
            When(day, day + span, second),
            precision=precision,
            origin=origin,
            channel=channel,
        )


def _cut(ranges: Sequence[Lot], lots: Sequence[Lot]) -> tuple[list[tuple[int, int, int]], list[tuple[int, ...]]]:
    """The cards of the lots between two cuts, as (first, last, cover), and the covers: places of ranges in order."""
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


def since_purchase(hops: Sequence[Hop], party: Party) -> Sequence[Hop]:
    """The last sale by a carrier to the party that names its cards, and all hops after it."""
    sales = [
        place
        for place, hop in enumerate(hops)
        if hop.sender.is_carrier and hop.receiver == party and hop.precision != "quantity"
    ]
    return hops[sales[-1] :] if sales else ()


def _fate_of(chain: Chain, since: Sequence[Hop], party: Party) -> tuple[Fate, Party | None, int, str | None]:
    """What became of a card, and, if it was resold: its holder, the hops since it left, by which channel it left."""
    if any(hop.receiver.is_carrier for hop in since):
        return "returned", None, 0, None
    if chain.holder == party:
        return "held", None, 0, None
    arrival = max(place for place, hop in enumerate(since) if hop.receiver == party)
    onward = since[arrival + 1 :]
    # After a gap the first documented hop is not the one by which the card left the enterprise.
    channel = onward[0].channel if onward[0].sender == party else None
    return "resold", chain.holder, len(onward), channel


def _at(chain: Chain, party: Party, date: int) -> tuple[bool, bool, bool, tuple[Lot, ...]]:
    """Whether the card was bought, returned, and passed on by a date, and the days it was held from the purchase on."""
    hops = [hop for hop in chain.hops if hop.when.first <= date]
    since = since_purchase(hops, party)
    if not since:
        return False, False, False, ()
    if any(hop.receiver.is_carrier for hop in since):
        return True, True, False, ()
    days = [*sorted({hop.when.first for hop in chain.hops}), FOREVER + 1]
    held = [
        (max(first, since[0].when.first), until - 1)
        for first, until in pairwise(days)
        if [hop for hop in chain.hops if hop.when.first <= first][-1].receiver == party
    ]
    return True, False, hops[-1].receiver != party, tuple(days for days in held if days[0] <= days[1])


def _disputed(movements: Sequence[Movement], party: Party, date: int | None) -> Way:
    """A card whose chain is not the only one: nothing is said of it but when the party first bought it."""
    bought = min(one.when.first for one in movements if one.sender.is_carrier and one.receiver == party)
    return Way(
        fate="disputed",
        outcome=Outcome.AMBIGUOUS,
        purchased=bought,
        was_bought=date is not None and bought <= date,
    )


def _declarations(bench: Workbench) -> dict[int, Declared]:
    """What each party declared on the last day on which it declared anything.

    Several statements of one day are about different cards and are added up; a card that two of them list counts once.
    """
    said: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for who, *rest in bench.rows(
        "SELECT who, day, span, stock, sold, quantity, first, last, record FROM stated "
        "WHERE who IS NOT NULL ORDER BY record"
    ):
        said[who].append(tuple(rest))
    return {who: _latest(rows) for who, rows in said.items()}


def _latest(rows: Sequence[tuple[Any, ...]]) -> Declared:
    day, span = max(row[:2] for row in rows)
    latest = [row[2:] for row in rows if row[:2] == (day, span)]
    counted = [stock if stock is not None else quantity for stock, _, quantity, first, *_ in latest if first is None]
    counted += [stock for stock, _, _, first, *_ in latest if first is not None and stock is not None]
    listed = join_lots((first, last) for stock, _, _, first, last, _ in latest if first is not None and stock is None)
    stocks = [count for count in counted if count is not None] + [last - first + 1 for first, last in listed]
    solds = [sold for _, sold, *_ in latest if sold is not None]
    return Declared(
        when=When(day, day + span),
        stock=sum(stocks) if stocks else None,
        sold=sum(solds) if solds else None,
        records=tuple(row[-1] for row in latest),
    )
