"""Events that the rows of a sheet state, derived from the meaning of its columns.

First rule: no event by default. A card and a date say nothing about what happened, so a date counts for an event only
where its heading names that event, or where it is neutral (日期) and the sheet names the event otherwise. What a
heading means as a field is decided in :mod:`graphtrace.ingest.headers`; what happened is decided only here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Final, Literal, NamedTuple

from graphtrace.frozen import frozen, replace
from graphtrace.ingest.acts import EVENT_WORDS
from graphtrace.ingest.dealer_ledgers import KEEPER, came_in_on, is_between, received_on
from graphtrace.ingest.english_headings import names_receiver
from graphtrace.ingest.given_back import RETURN, Listed, marks_of, names_giver_back, what_is_listed
from graphtrace.ingest.heading_grammar import normalize_heading, without_remark
from graphtrace.ingest.order_sides import lends, list_of
from graphtrace.ingest.resellers import names_other_firm
from graphtrace.ingest.row_status import flag_of, is_status_heading
from graphtrace.ingest.words import HAN, pattern_of, words_of
from graphtrace.model import CUSTODY_KINDS, Kind
from graphtrace.patterns import late

ORDER: Final[tuple[Kind, ...]] = (
    "return",
    "transfer",
    "purchase",
    "registration",
    "stock",
    "seizure",
    "activation",
    "usage",
    "card_list",
)
"""The kinds in the order in which they are looked for; the first that a sheet states takes its neutral date."""

MOVEMENT_ORDER: Final = tuple(kind for kind in ORDER if kind in CUSTODY_KINDS)
"""The kinds of a movement of cards, in the same order."""

ONE_CARD_KINDS: Final[frozenset[Kind]] = frozenset({"seizure", "activation", "usage", "card_list"})
"""Kinds whose records are about one card: no range and no quantity names it."""

_FIRST: Final = late("首次(?!使用|登网|上线|联网|入网|激活|通信|通话|注册|登录|附着)")
"""A first time of something else than going online, as of topping up."""

_NO_EVENT: Final = pattern_of("row_events", "no_event")
"""Found in headings of dates on which nothing happened that a record is made of."""

_DATE: Final = pattern_of("row_events", "date")
"""Found in the headings of dates."""

_OF_PAPERWORK: Final = frozenset(words_of("neutral", "paperwork"))
"""Headings of a date that name no event, and say that it is that of a paper or of an office."""

_NEUTRAL: Final = _OF_PAPERWORK.union(("", *words_of("neutral", "heading")))
"""Headings of a date that name no event; ``""`` is a column that a mapping names."""

_ACTIVATED: Final = pattern_of("row_events", "activated")
"""Headings of the day of an activation, as carriers shorten them, and of the day on which a line was connected."""

_SAID_TWICE: Final = late(r"([a-z._]+)[(\[]([a-z._]+)[)\]]")
"""The heading of a day with what may be another one behind it: Dt of Actvn (first use)."""

_OF_SUBSCRIBERS: Final = late("subscriber|^caf|^imsi$|^tsp$")
"""Found beside the day of an activation that is written DOA, which elsewhere may be that of an admission or arrival."""

_BEGINNING: Final = late("(?:开始|起始|呼叫开始)(?:日期|时间)|(?:start|begin)_?(?:date|time)?")
"""Headings of the time at which something began."""

_OF_LIST: Final = pattern_of("row_events", "of_list")
"""Headings of the day on which a list says what it says."""

_WORD_ALONE: Final = late(
    "(?:已|首次|初次)?(?:"
    + "|".join(word for kind, words in EVENT_WORDS.items() if kind != "usage" for word in words if len(word) == 2)
    + "|退[卡货回])|activated|shipped|delivered|sold|returned|seized"
    "|out|given|issued|handed_?over|d[ei]spatched|supplied"
)
"""Headings that are the word of an event and nothing else."""

_BACK_ON: Final = pattern_of("row_events", "back_on")
"""Headings of the day on which cards came back to whoever keeps the list."""

_UNDERSTOOD: Final = late(
    "|".join(
        sorted(
            {word for words in EVENT_WORDS.values() for word in words if not word.isascii()}.union(
                words_of("neutral", "part")
            ),
            key=lambda part: (-len(part), part),
        )
    )
)
"""Parts of the heading of a date that do not change which event it names; any other may: 最晚, 应, 预约."""

_EVIDENCE: Final = late("涉案|物证|证物|检材|随案|扣押|exhibit|evidence")
_HANDED_ON: Final = pattern_of("row_events", "handed_on")
"""Found in titles and headings of who hands evidence on to whom, and when: officers, whatever they are called."""


def is_evidence_handed_on(title: str) -> bool:
    """Whether a title is that of a list of evidence that went from one officer or unit to another.

    >>> [is_evidence_handed_on(title) for title in ("涉案财物移交清单", "卡片移交清单", "扣押物品清单")]
    [True, False, False]
    """
    title = normalize_heading(title)
    return _EVIDENCE.search(title) is not None and _HANDED_ON.search(title) is not None


_SEIZURE: Final = late("查获|扣押|提取|缴获|收缴|嫌疑|seized|seizure|confiscat|exhibit")
_SEIZED: Final = late("查获|扣押|提取|缴获|收缴|seiz")
_RELEASED: Final = pattern_of("row_events", "released")
"""Found in headings of lists of what was given back: without its day nothing states a seizure there."""
_OFFENCE: Final = pattern_of("row_events", "offence")
"""Found in headings of lists of offences and of what was done about them, which say nothing of a seizure."""
_PLACE_OF_ACTIVATION: Final = late("^激活(?:省|市|城市|地)")
_SESSION: Final = late("时长|会话|对端|对方号码|主叫|被叫|duration|session|called|caller")
_TRAFFIC: Final = pattern_of("row_events", "traffic")
"""Found in headings beside the time at which a session of data began, and in no list of packages."""

_SOLD_ON: Final = late("销售|售出|卖出|成交|订|下单|开单|sale|sold|order|invoice|bill")
_SENT_ON: Final = late("发货|发出|出库|出货|寄|d[ei]sp|ship|sent")
"""Found in headings of the day on which goods went out, which may be later than that on which they were sold."""
_SENT: Final = late("(?:实际?|已)(?:发|出库?)货?的?(?:数量?|张数|卡数)")
_CUSTOMER: Final = late("^客户(?:的?名称|姓名|名)?$")
"""Headings of how many cards went out, and of whom they went to beside it."""

_CAME_FROM: Final = pattern_of("row_events", "came_from")
"""Headings of whom cards came from, in a list of what its keeper got."""
_STATE: Final = late("状态|state|status")
_AGENT: Final = late("代理|agent|分配|回收")

_ONE_CARD: Final = (("iccid",), ("msisdn",), ("imsi",))
_CARDS: Final = (("iccid",), ("iccid_first", "iccid_last"), ("quantity",))
_MOVE: Final = (
    ("from", (("from",), ("from_id",))),
    ("to", (("to",), ("to_id",))),
    ("date", (("date",),)),
    ("cards", _CARDS),
)
LIST_PARTIES: Final = ("party", "holder", "user", "enterprise")
"""Fields that may name whose list a card stands in, the best first."""

_SIDES: Final[Mapping[Kind | None, tuple[str, str]]] = {
    "transfer": ("from", "to"),
    "return": ("to", "from"),
    "purchase": ("carrier", "enterprise"),
    "registration": ("carrier", "enterprise"),
}
"""Of a movement the side that keeps such a list, and the other one."""


class PartySide(NamedTuple):
    """A side of a record: the fields of its name and number, and whether the record must carry it."""

    side: str
    name: str
    number: str
    is_required: bool


_FROM_TO: Final = (PartySide("sender", "from", "from_id", True), PartySide("receiver", "to", "to_id", True))
ROLES: Final[dict[Kind, tuple[PartySide, ...]]] = {
    # A carrier is known by its operator, so a purchase has no number for it; a from_id beside it is kept as extra.
    "purchase": (PartySide("sender", "carrier", "", True), PartySide("receiver", "enterprise", "enterprise_id", True)),
    "registration": (
        PartySide("sender", "carrier", "", True),
        PartySide("receiver", "enterprise", "enterprise_id", True),
    ),
    "transfer": _FROM_TO,
    "return": _FROM_TO,
    "activation": (PartySide("receiver", "user", "user_id", False),),
    "usage": (PartySide("receiver", "user", "user_id", False),),
    "seizure": (PartySide("sender", "holder", "holder_id", False),),
    "card_list": (PartySide("receiver", "party", "party_id", False),),
    "stock": (PartySide("sender", "party", "party_id", True),),
}

PARTIES_OF: Final[dict[Kind, tuple[str, ...]]] = {
    "purchase": ("enterprise", "enterprise_id"),
    "registration": ("enterprise", "enterprise_id", "party", "party_id"),
    "transfer": (),
    "return": (),
    "stock": ("party", "party_id"),
    "seizure": ("holder", "holder_id"),
    "activation": ("user", "user_id"),
    "usage": ("user", "user_id"),
    "card_list": (),
}
"""Of :data:`LIST_PARTIES` and their numbers, those that an event of a kind names."""

DAY_OR_CASE: Final = "date or case_no"
"""The need of a seizure that its day or its case answers; it is asked as that of the day."""

NEEDS: Final[dict[Kind, tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]]] = {
    "return": _MOVE,
    "transfer": _MOVE,
    "purchase": (
        ("carrier", (("carrier",),)),
        ("enterprise", (("enterprise",), ("enterprise_id",))),
        ("date", (("date",),)),
        ("cards", _CARDS),
    ),
    "registration": (
        ("carrier", (("carrier",),)),
        ("enterprise", (("enterprise",), ("enterprise_id",))),
        ("cards", _CARDS),
    ),
    "stock": (
        ("party", (("party",), ("party_id",))),
        ("date", (("date",),)),
        ("stock, sold or cards", (("stock",), ("sold",), *_CARDS)),
    ),
    "seizure": (("iccid, msisdn or imsi", _ONE_CARD), (DAY_OR_CASE, (("date",), ("case_no",)))),
    "activation": (("date", (("date",),)), ("iccid, msisdn or imsi", _ONE_CARD)),
    "usage": (("date", (("date",),)), ("iccid, msisdn or imsi", _ONE_CARD)),
    "card_list": (
        ("iccid, msisdn or imsi", _ONE_CARD),
        (
            "another number, party or state",
            (
                *(("iccid", "msisdn"), ("iccid", "imsi"), ("msisdn", "imsi"), ("state",), ("declared_user",)),
                *((number, "eid") for number in ("iccid", "msisdn", "imsi")),
                *((field,) for name in LIST_PARTIES for field in (name, f"{name}_id")),
            ),
        ),
    ),
}
"""Required fields of a record of each kind: the need, and the sets of fields any of which answers it."""


_OPPOSITE: Final[Mapping[Kind, Kind]] = {"transfer": "return", "return": "transfer"}


def counterpart(kind: Kind | None, fields: Collection[str], literals: Collection[str]) -> str | None:
    """Return the side of a movement that the party of a sheet is; ``None`` if it is none.

    It is the other side only where a person has said who keeps the list, or has yet to say it. Where the file itself
    names that side, its customer or holder may be somebody else, and the side is asked for.

    - ``kind``: what happened, by the headings or by what somebody says.
    - ``fields``: fields that a column or a literal serves.
    - ``literals``: those of them that somebody has said.
    """
    if kind not in _SIDES or "kind" in fields or not {"party", "party_id"} & {*fields}:
        return None
    keeper, other = _SIDES[kind]
    # whoever else a carrier's own list names beside the carrier is its customer
    is_kept = kind != "registration" and {keeper, f"{keeper}_id"} & {*fields} - {*literals}
    is_named = is_kept or {other, f"{other}_id"} & {*fields}
    return None if is_named else other


def missing_fields(kind: Kind, fields: Collection[str]) -> list[str]:
    """Return the needs of a record of ``kind`` that ``fields`` cannot answer."""
    return [need for need, answers in NEEDS[kind] if not any(set(answer) <= set(fields) for answer in answers)]


_WHICH_DAY: Final = late("哪[天日](.+?)的?")
"""Headings that ask for a day, as people keep lists: 哪天出."""


_OUT_ON: Final = late("[出卖售](?:日期|时间|日)")
"""Headings of the day on which cards went out, below a word that is the way of all columns below it: 出 | 日期."""


_USED_SINCE: Final = late(r"(?:in_?use|used|using)_?(?:since|from)(?:_?date)?|date_?in_?use")
"""Headings of the day since which somebody uses a card."""


def events_of_date(heading: str, others: Sequence[str] = ()) -> frozenset[Kind] | None:
    """Return the kinds whose event the heading of a date names.

    ``heading``: as :func:`~graphtrace.ingest.heading_grammar.normalize_heading` writes it.
    ``others``: the headings beside it: where they tell of calls or sessions, a beginning is that of one.

    Returns an empty set for a neutral date; ``None`` where the heading is no date's or names no event that is recorded.
    """
    if heading in _NEUTRAL:
        return frozenset()
    if (twice := _SAID_TWICE.fullmatch(heading)) is not None:
        said = events_of_date(twice[1])
        if said and said == events_of_date(twice[2]):
            return said
    if (asked := _WHICH_DAY.fullmatch(heading)) is not None:
        return events_of_word(asked[1]) or events_of_word(f"{asked[1]}货") or None
    if _BEGINNING.fullmatch(heading) and any(_SESSION.search(other) or _TRAFFIC.search(other) for other in others):
        return frozenset({"usage"})
    if _OUT_ON.fullmatch(heading):
        return frozenset({"transfer"})
    if _BACK_ON.fullmatch(heading):
        return frozenset({"return"})
    if _OF_LIST.fullmatch(heading):
        return frozenset({"card_list"})
    if _USED_SINCE.fullmatch(heading):
        return frozenset({"usage"})
    if _ACTIVATED.fullmatch(heading) or (heading == "doa" and any(map(_OF_SUBSCRIBERS.search, others))):
        return frozenset({"activation"})
    if not _DATE.search(heading) or _NO_EVENT.search(heading) or _FIRST.search(heading):
        return None
    if HAN.search(_UNDERSTOOD.sub("", heading)):
        return None
    named = frozenset(kind for kind, words in EVENT_WORDS.items() if any(word in heading for word in words))
    # a first call is a first use, and the latest activation is no other use of the card
    return frozenset({"activation"}) if "activation" in named else named or None


def events_of_word(heading: str) -> frozenset[Kind]:
    """Return the kinds whose event a heading names that is the word of the event alone (发出, 激活, shipped).

    Whether such a column holds the dates of the event, its values have to say.
    """
    if not _WORD_ALONE.fullmatch(heading):
        return frozenset()
    return events_of_date(f"date{heading}" if heading.isascii() else f"{heading}日期") or frozenset()


def names_no_event(heading: str) -> bool:
    """Whether a heading names a date on which nothing happened that a record is made of."""
    return _NO_EVENT.search(heading) is not None


_REGISTERED: Final = late("开户|入网|开卡|订购")
"""Found in headings of days on which a carrier registered a customer."""

_MAYBE_EVENT: Final = pattern_of("row_events", "maybe_event")


def may_be_day_of_event(heading: str) -> bool:
    """Whether a heading of days may name an event of cards that is not understood (启用日期, date issued).

    >>> [may_be_day_of_event(each) for each in ("启用日期", "归还时间", "dateissued", "到期日期", "领用人", "日期")]
    [True, True, True, False, False, False]
    """
    return bool(_DATE.search(heading) and _MAYBE_EVENT.search(heading)) and not names_no_event(heading)


Leg = Literal["in", "out"]
"""Way of cards to the keeper of a ledger, or from there."""


@frozen()
class SheetEvent:
    """One event that the rows of a sheet may state.

    ``date`` is the column of its date, ``None`` where it has none. ``is_own_date`` says that the heading of that date
    names the event, so that a row without it does not state the event. ``missing`` is what it must carry and no column
    or literal states. ``marks`` are the columns one of which says that what a sale handed over came back: the event is
    the return of it. ``leg`` says that it is the way of cards to the keeper of a dealer's ledger, or on from there.
    """

    kind: Kind
    date: int | None
    is_own_date: bool
    missing: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    leg: Leg | None = None

    def without(self, *fields: str) -> SheetEvent:
        """Return the event with further fields to be asked for."""
        return replace(self, missing=(*self.missing, *fields))


@frozen()
class SheetMeaning:
    """Joint meaning of the columns of a sheet.

    - ``fields``: fields that a column or a literal serves.
    - ``headings``: the comparable headings of all columns, understood or not.
    - ``dates``: by column, the kinds whose event the heading of a date names; none for a neutral date.
    - ``literals``: fields that somebody has said for all rows.
    - ``has_times``: whether the dates of a neutral column have a time of day.
    - ``has_ranges``: whether the column of cards holds ranges, so that no record of one card can be read from it.
    - ``is_own_list``: whether the document is a carrier's own: what it says of customers are registrations.
    - ``concluded``: fields that no column serves and nobody has said.
    - ``served``: the columns of each field.
    - ``filled``: the columns that are filled in nearly all of the first rows; ``None`` before these are known.
    - ``firms``: the columns that serve no field and name firms beside carriers and buyers.
    - ``is_titled_receipts``: whether a title says that the sheet is a book of what came in.
    - ``is_of_evidence``: whether a title says that it lists evidence that was handed on.
    - ``is_direct``: whether a person says that nobody stands between the sides that rows name.
    - ``is_day_said``: whether a person says which column is that of the day.
    - ``kept_as``: the movement that a title names under the name of the firm that keeps the list, or whose day stands
      above it: the party that it names is its customer.
    - ``listed_as``: what a person says that a list of cards and customers is: their registrations, or no more than a
      list; the day on which cards went to a customer is that of no change of hands there.
    """

    fields: frozenset[str] = frozenset()
    headings: tuple[str, ...] = ()
    dates: Mapping[int, frozenset[Kind]] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    has_times: bool = True
    has_ranges: bool = False
    is_own_list: bool = False
    concluded: frozenset[str] = frozenset()
    served: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    filled: frozenset[int] | None = None
    is_direct: bool = False
    firms: frozenset[int] = frozenset()
    is_titled_receipts: bool = False
    is_of_evidence: bool = False
    is_day_said: bool = False
    kept_as: Kind | None = None
    listed_as: Kind | None = None

    def events(self) -> tuple[SheetEvent, ...]:
        """Return the events that rows of the sheet may state, in :data:`ORDER`; none if nothing states an event."""
        kinds = self.stated()
        if self.kept_as and {*kinds} <= {"card_list"} and self._has_cards() and self._has("party", "party_id"):
            kinds = [self.kept_as]
        elif {*kinds} <= {"card_list", "activation", "return"} and self._names_taker():
            kinds = ["transfer", *kinds]
        kinds = kinds or self._kinds_hinted()
        if {"return", "transfer"} <= {*kinds}:
            # one pair of sides cannot be both: beside a date of passing on, a date of return is of another direction
            listed = self._listed()
            if listed == "unclear":
                return ()
            kinds.remove("transfer" if listed == "returns" else "return")
        read = {column for columns in self.served.values() for column in columns}
        if kinds[:1] == ["purchase"] and not self.is_own_list and names_other_firm(self.headings, read, self.firms):
            return ()
        events = [self.event(kind, takes_neutral_date=kind == kinds[0]) for kind in kinds]
        events[:1] = [each for event in events[:1] for each in self.parts_of(event)]
        waiting = [event for event in events if event.missing and event.kind != "registration"]
        open_fields = {field for event in waiting for field in PARTIES_OF[event.kind]}
        if "card_list" in kinds and missing_fields("card_list", self.fields - open_fields):
            # whoever an event names that is asked about is not the customer of a list because nobody has answered yet
            events.pop()
        return tuple(events)

    def _listed(self) -> Listed:
        return what_is_listed(
            self.headings,
            self.served,
            returned_on=self._own_dates("return"),
            sold_on=self._own_dates("transfer"),
            neutral=[column for column, named in self.dates.items() if not named],
            filled=self.filled,
        )

    def parts_of(self, event: SheetEvent) -> list[SheetEvent]:
        """Return the events that rows state which name this one: both ways of a dealer's ledger, and what came back."""
        if event.kind not in ("transfer", "purchase") or "kind" in self.fields or self.is_own_list:
            return [event]
        parts = self._legs(event) if event.kind == "transfer" and self._has_keeper() else [event]
        if marks := marks_of(self.headings) or (self._own_dates("return") if lends(self.headings) else ()):
            parts.append(replace(self.event("return", takes_neutral_date=False), missing=(), marks=tuple(marks)))
        return parts

    def _has_keeper(self) -> bool:
        """Whether the keeper of the ledger stands between the two sides that its rows name."""
        sides = (self.served.get("from", ()), self.served.get("to", ()))
        return not self.is_direct and is_between(self.headings, *sides, is_sold_on=bool(self._own_dates("transfer")))

    def _legs(self, event: SheetEvent) -> list[SheetEvent]:
        """Return the ways to the keeper of a dealer's ledger and from there, each with its day."""
        days_in = came_in_on(self.headings)
        days_out = [day for day in self._own_dates("transfer") if day not in days_in]
        # the day of a sale is not that on which what was sold came in
        came_in = min(days_in, default=event.date if event.date not in days_out else None)
        undated = tuple(need for need in event.missing if need != "date")
        into = replace(event, date=came_in, missing=undated if came_in is not None else (*undated, "date"), leg="in")
        return [into, replace(event, date=self._day_taken(days_out, event.date), leg="out")]

    def _day_taken(self, days: Sequence[int], default: int | None = None) -> int | None:
        """Return which of several days of one event is its own: the leftmost, of sale behind of sending."""
        is_sent = any(_SENT_ON.search(self.headings[at]) for at in days)
        return min(
            days, key=lambda at: (is_sent and _SOLD_ON.search(self.headings[at]) is not None, at), default=default
        )

    def stated(self) -> list[Kind]:
        """Return the kinds that the sheet states, as a whole or in part, in :data:`ORDER`."""
        return [kind for kind in ORDER if self._is_stated(kind)]

    @property
    def is_no_shipment(self) -> bool:
        """Whether only what a person says of the list keeps the day on which its cards went out from being an event."""
        return self.listed_as is not None and self.stated() != replace(self, listed_as=None).stated()

    def event(self, kind: Kind, *, takes_neutral_date: bool = True) -> SheetEvent:
        """Return the event of one kind, whether or not the sheet states it."""
        own = self._own_dates("purchase" if kind == "registration" else kind)
        # the day on which evidence was handed on is not that on which it was seized
        is_handed_on = kind == "seizure" and self._hands_over_evidence()
        is_of_registration = kind != "registration" or self.is_day_said
        takes_neutral_date = takes_neutral_date and is_of_registration and not is_handed_on
        if not own and kind in _OPPOSITE and "kind" in self.fields:
            # the date of an allotment is that of a withdrawal too where each row says which of the two it is
            own = self._own_dates(_OPPOSITE[kind])
        neutral = [column for column, named in self.dates.items() if not named] if takes_neutral_date else []
        if kind == "seizure" and not self.is_day_said:
            # an office took the case, or wrote the paper, on a day of its own
            neutral = [column for column in neutral if self.headings[column] not in _OF_PAPERWORK]
        is_of_both = kind in _OPPOSITE and "kind" in self.fields and not neutral
        if not own and ((kind == "transfer" and self.is_of_receipts) or is_of_both):
            own = received_on(self.headings)
        has_date = bool(own or neutral) or (takes_neutral_date and "date" in self.fields and not self.dates)
        fields = self.fields - {"date"} | ({"date"} if has_date else set())
        if (side := self.counterpart(kind, self.fields)) is not None:
            fields |= {side}
        is_kept = kind != "transfer" or KEEPER in fields or "kind" in fields or not self._has_keeper()
        return SheetEvent(
            kind=kind,
            date=self._day_taken(own or neutral),
            is_own_date=bool(own),
            missing=(*missing_fields(kind, fields), *(() if is_kept else (KEEPER,))),
        )

    @property
    def is_of_receipts(self) -> bool:
        """Whether the sheet is a book of what came in: whom a row names need not have got its cards."""
        is_other = "kind" in self.fields or self._own_dates("transfer") or self._own_dates("return")
        is_bought = self.is_titled_receipts or bool(received_on(self.headings)) or list_of(self.headings) == "bought"
        return not is_other and is_bought

    @property
    def tells_of_use(self) -> bool:
        """Whether a heading is about calls or sessions, which have directions too."""
        return self._mentions(_SESSION) or bool(self._own_dates("usage"))

    def counterpart(self, kind: Kind | None, fields: Collection[str]) -> str | None:
        """Return the side of a movement that the party of the sheet is; ``None`` if it is none."""
        # whoever a book of receipts names beside its supplier need not be who got the cards
        is_open = kind == "transfer" and self.is_of_receipts
        return None if is_open else counterpart(kind, fields, self.literals)

    def _own_dates(self, kind: Kind) -> list[int]:
        return [column for column, named in self.dates.items() if kind in named]

    def _has(self, *fields: str) -> bool:
        return any(field in self.fields for field in fields)

    def _mentions(self, words: re.Pattern[str]) -> bool:
        # what a column of statuses or of yes and no is about happened in some rows at most
        return any(
            words.search(without_remark(heading)) and not is_status_heading(heading) and flag_of(heading) is None
            for heading in self.headings
        )

    def _is_stated(self, kind: Kind) -> bool:
        """Whether the sheet says that this happened, be it as a whole or not."""
        is_dated = bool(self._own_dates(kind))
        if kind == "transfer" and "kind" in self.fields:
            # the day on which goods came in is that of rows that say so
            is_dated = is_dated or bool(received_on(self.headings))
        has_party = self._has("party", "party_id")
        sides = [self._has("from", "from_id"), self._has("to", "to_id")]
        if kind == "transfer" and self._hands_over_evidence():
            return False
        if kind in ("return", "transfer"):
            is_named = all(sides) and (kind == "transfer" or self._mentions(RETURN))
            is_named = is_named or (kind == "transfer" and sides[0] and self.is_of_receipts)
            is_sent = is_dated and (any(sides) or (has_party and self.listed_as is None))
            return self._has_cards() and (is_named or is_sent)
        if kind == "registration":
            named = self._has("party", "party_id", "enterprise", "enterprise_id")
            others: tuple[Kind, ...] = ("return", "transfer", "purchase", "seizure")
            return self.is_own_list and named and self._has_cards() and not any(map(self._is_stated, others))
        if kind == "purchase":
            if self.is_of_receipts and self._has("from", "from_id"):
                # the supplier sold them; the carrier is that of the cards
                return False
            if self.is_own_list and (not is_dated or missing_fields("purchase", self.fields - self.concluded)):
                return False
            sides = [self._has("carrier"), self._has("enterprise", "enterprise_id")]
            # the day on which a customer was registered for a card is that of no sale, where nothing else speaks of one
            is_sold = not all(_REGISTERED.search(self.headings[at]) for at in self._own_dates(kind))
            is_named = sides[1] or (is_sold and has_party) or (sides[0] and not has_party)
            return self._has_cards() and (all(sides) or (is_dated and is_named))
        if kind == "stock":
            return self._has("party", "party_id") and (self._has("stock", "sold") or is_dated)
        # of cards that were seized a row lists several, one by one
        is_of_ranges = self.has_ranges and kind != "seizure"
        if not self._has("msisdn", "imsi") and (is_of_ranges or not self._has("iccid")):
            return False
        if kind == "seizure":
            is_of_else = self._mentions(_RELEASED) or (self._mentions(_OFFENCE) and not self._mentions(_SEIZED))
            return (is_dated or not is_of_else) and (self._has("case_no") or self._mentions(_SEIZURE))
        if kind == "activation":
            return is_dated or self._mentions(_PLACE_OF_ACTIVATION)
        if kind == "usage":
            is_session = self._has("cell") or self._mentions(_SESSION)
            is_timed = self.has_times and any(not named for named in self.dates.values())
            return is_dated or (is_session and is_timed)
        return not missing_fields(kind, self.fields)

    def _hands_over_evidence(self) -> bool:
        """Whether officers hand on what was seized: a list of it that names no other day of a change of hands."""
        is_evidence = self.is_of_evidence or self._has("case_no") or self._mentions(_EVIDENCE)
        days = [self.headings[at] for at in self._own_dates("transfer")]
        return is_evidence and self._mentions(_HANDED_ON) and all(map(_HANDED_ON.search, days))

    def _kinds_hinted(self) -> list[Kind]:
        """Return the movement that a heading names in a sheet that says too little to state any: the rest is asked.

        It is that of a date (交付日期) beside ranges or quantities, the return of whoever gives back (退货人), or a
        transfer to whom goods went (Issued To; a customer beside how many were sent, 实发数量), or one from whom they
        came (从哪进, 上家). A card and a date alone name none, whatever the date is called.
        """
        if not self._has_cards():
            return []
        is_bulk = self._has("quantity") or {"iccid_first", "iccid_last"} <= self.fields
        dated: list[Kind] = [kind for kind in MOVEMENT_ORDER if is_bulk and self._own_dates(kind)]
        if not dated and self._has("from", "from_id") and any(map(names_giver_back, self.headings)):
            dated = ["return"]
        if not dated and self.dates and self._mentions(_SENT) and self._mentions(_CUSTOMER):
            dated = ["transfer"]
        if not dated and self.dates and self._has("to") and any(map(names_receiver, self.headings)):
            dated = ["transfer"]
        if not dated and self.dates and self._has("from", "from_id") and any(map(_CAME_FROM.fullmatch, self.headings)):
            dated = ["transfer"]
        return dated[:1]

    def _names_taker(self) -> bool:
        """Whether rows name who got their cards, and a day of nothing else, but nobody who passed them on."""
        has_day = any(not named for named in self.dates.values()) or ("date" in self.fields and not self.dates)
        is_one_sided = self._has("to", "to_id") and not self._has("from", "from_id", "kind", "carrier", "enterprise")
        takers = [self.headings[at] for at in self.served.get("to", ()) if at < len(self.headings)]
        takes_back = any(map(RETURN.search, takers))
        return has_day and is_one_sided and self._has_cards() and not self.is_own_list and not takes_back

    def _has_cards(self) -> bool:
        return any(set(named) <= self.fields for named in _CARDS)


def means_enterprise(fields: Collection[str], headings: Collection[str], dates: Collection[frozenset[Kind]]) -> bool:
    """Whether a name that may be a carrier's customer or anybody's (客户名称) is that of the enterprise that bought.

    Only in a list that names carriers and a day of purchase and speaks of nothing else: beside a state, an agent or
    another event it is whoever the list calls its customer.
    """
    is_bought = any(not named or "purchase" in named for named in dates)
    is_other = any(named and "purchase" not in named for named in dates) or any(
        pattern.search(heading) for heading in headings for pattern in (_STATE, _AGENT, _PLACE_OF_ACTIVATION)
    )
    return "carrier" in fields and is_bought and not is_other
