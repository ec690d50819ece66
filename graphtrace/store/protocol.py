"""What a store must do: keep statements with their origins, and hand back those that concern a question.

A store knows no custody. It gives rows as :class:`Row`, with parties already told apart; everything that has to be
reasoned is reasoned above it, so that every store gives the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from graphtrace.identifiers import KeyRange, Pattern
from graphtrace.model import Kind, Origin, Party, When


class Row(NamedTuple):
    """One loaded row. ``lot`` is the range that it names, ``None`` for a listed card and for none."""

    kind: Kind
    lot: KeyRange | None
    tail: str | None
    sender: Party | None
    receiver: Party | None
    when: When | None
    quantity: int | None
    msisdn: str | None
    imsi: str | None
    imei: str | None
    channel: str | None
    province: str | None
    city: str | None
    case_no: str | None
    place: str | None
    holder: str | None
    origin: Origin


class NumberLink(NamedTuple):
    """A record that names a card together with an MSISDN or IMSI."""

    number: str
    key: str
    when: When | None


Lot = tuple[int, int]
"""The first and the last of some consecutive cards, as the store numbers cards."""


class Holding(NamedTuple):
    """Cards that went the same way: the rows of ranges that they share and the rows that list each of them.

    The rows of all these cards differ at most in where they stand; those given are of one card. ``key`` is that of some
    card with their head.
    """

    key: str
    shared: tuple[Row, ...]
    own: tuple[Row, ...]
    lots: list[Lot]


class CardEvent(NamedTuple):
    """An activation or seizure of a card; ``user`` is the id of the party that used it."""

    card: int
    kind: Kind
    when: When | None
    user: str | None


class UsageQuestion(NamedTuple):
    """Cards that are counted together, the days on which one party held them, and whether it matters who used them."""

    lots: Sequence[Lot]
    held: Sequence[tuple[int, int]]
    asks_user: bool


class Usage(NamedTuple):
    """How many of some cards were ever activated, last by a user other than one party, while held by it, seized."""

    activated: int = 0
    by_other: int = 0
    while_held: int = 0
    seized: int = 0


class Declaration(NamedTuple):
    """How many cards a party said to have in stock and to have sold; ``None`` where it did not say."""

    when: When
    stock: int | None
    sold: int | None


class QuantitySum(NamedTuple):
    """Records that state a number of cards only, each statement once, and the sum of these numbers."""

    records: int = 0
    cards: int = 0


class Dealing(NamedTuple):
    """All that passed between two parties: disjoint lots, the number of records that name them, what names none."""

    party: Party
    lots: Sequence[Lot]
    records: int
    quantity_only: QuantitySum
    since: When
    until: When


class Store(Protocol):
    """The questions that answers ask; all of them about what was known on one day, fixed when the store is opened."""

    def rows_of(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """All rows that name the cards, listed or by range; cards without rows are absent."""
        ...

    def quantity_rows(self) -> Sequence[Row]:
        """All quantity-only movements."""
        ...

    @property
    def has_waiting_rows(self) -> bool:
        """Whether any row names no card but an MSISDN or IMSI."""
        ...

    def waiting_rows(self, numbers: Iterable[str]) -> Sequence[Row]:
        """Activations and seizures that name no card but one of these MSISDNs or IMSIs."""
        ...

    def links_of(self, numbers: Iterable[str]) -> Sequence[NumberLink]:
        """Which cards the numbers were linked to, and when."""
        ...

    def cards_in_devices(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """The keys of the cards seen in each device (14 digits), sorted."""
        ...

    def tails_of(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """For each listed card the 20th characters as written, ``""`` where it was not; absent if never listed."""
        ...

    def fitting(self, pattern: Pattern, *, most: int) -> Sequence[str]:
        """The keys of all cards that a partial number fits, sorted; more than ``most`` are cut at ``most`` + 1."""
        ...

    def lot_ends_near(self, key: str, *, within: int) -> Sequence[str]:
        """The ends of the lots with the head of ``key`` that lie within so many numbers of it."""
        ...

    def known_among(self, keys: Iterable[str]) -> Sequence[str]:
        """Those of the keys that some record names, listed or by range."""
        ...

    def holdings_of(self, party: Party) -> Iterable[tuple[int, str, Sequence[Row]]]:
        """Every card that the party ever received, as (number of cards, a key with their head, their movements)."""
        ...

    def parties_with(self, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
        """The parties with one of the ids or that some record calls by the name; by id."""
        ...

    def parties_like(self, name_key: str, *, most: int) -> Sequence[Party]:
        """The parties with the most similar names, the nearest first."""
        ...

    def buyers_from_carriers(self) -> Sequence[Party]:
        """Everyone who is no carrier and to whom a carrier sold cards, listed or by range; by id."""
        ...

    def bought_by(self, party: Party) -> Sequence[Holding]:
        """Every card that a carrier sold to the party, listed or by range, by the way it went."""
        ...

    def waiting_events(self, lots: Sequence[Lot]) -> tuple[Sequence[Row], Sequence[NumberLink]]:
        """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
        ...

    def card_number(self, key: str) -> int | None:
        """How the store numbers a card, ``None`` if no card of the case is like it."""
        ...

    def usage_of(
        self, questions: Sequence[UsageQuestion], party: Party, *, until: int, events: Sequence[CardEvent]
    ) -> Sequence[Usage]:
        """What became of the cards of each question; ``while_held`` counts activations not after the day ``until``.

        ``events`` are taken together with those that the case has under the cards' own numbers. No card may be in two
        questions.
        """
        ...

    def last_declaration(self, party: Party) -> Declaration | None:
        """What the party declared on the last day on which it declared anything."""
        ...

    def quantity_sums_of(self, party: Party) -> tuple[QuantitySum, QuantitySum]:
        """What carriers sold to the party, and what it sold on, as far as only a number of cards is on record."""
        ...

    def dealings_of(self, party: Party) -> tuple[Sequence[Dealing], Sequence[Dealing]]:
        """From whom the party received cards, and to whom it passed cards on; by id."""
        ...

    def seized_cards(self) -> Sequence[int]:
        """The cards that some seizure names by their number, in order."""
        ...

    def is_user(self, party: Party) -> bool:
        """Whether some activation names the party."""
        ...
