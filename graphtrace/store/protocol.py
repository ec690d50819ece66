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
