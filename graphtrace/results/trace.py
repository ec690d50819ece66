"""The answer to ``trace`` about one card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.identifiers import parse_eid, parse_iccid
from graphtrace.identifiers.iccid import Checksum
from graphtrace.model import (
    Activation,
    CardListing,
    Chain,
    ChipLink,
    EndUserBasis,
    Finding,
    Hint,
    Lead,
    Origin,
    Outcome,
    Party,
    RegistrantBasis,
    Seizure,
)
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.wire import wire

DECLARED_USER: Final = "declared_user"
"""Field of the user whom a list declares on no day."""

HEAD_FINDINGS: Final = ("hash_differs_from_reply", "check_digit_differs", "unread_movement")
"""The findings that put the whole answer in question: they stand before all others, in this order."""

Doubt = Literal["by_what_was_read", "but_taken_from_another"]
BY_WHAT_WAS_READ: Final = "by_what_was_read"
MatchedAs = Literal["iccid", "partial", "eid", "msisdn", "imsi", "imei"]


@wire(
    "iccid key checksum:str carrier msisdn imsi eid hints",
    doc="A card by its numbers; ``iccid`` and ``key`` are null where records name only another number.",
)
@frozen()
class Card:
    """Identity of a card: the number as shown, its key, and the other numbers that records link to it.

    ``iccid`` and ``key`` are ``None`` where records name only another number and link it to no card. ``is_in_ranges``
    tells that no record writes the number: only ranges hold the card, and ``iccid`` is the number as they count it,
    with a computed check digit where the issuer uses one. ``is_abroad`` tells that the number is none of China.
    """

    iccid: str | None
    key: str | None
    checksum: Checksum
    carrier: str | None
    msisdn: tuple[str, ...] = ()
    imsi: tuple[str, ...] = ()
    eid: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    is_in_ranges: bool = False
    is_abroad: bool = False

    @property
    def written(self) -> str:
        """The number in letters: :attr:`label`, without a check digit that no record has."""
        return self.key if self.is_in_ranges and self.key is not None else self.label

    @property
    def label(self) -> str:
        """The number by which people know the card: its own or, where records give none, another."""
        return self.iccid or next(iter((*self.msisdn, *self.imsi)), "")


@wire("*origin cells", name="Extra")
class ExtraCells(NamedTuple):
    """Cells of a row of an answer in columns that were not read, by heading (``trace --extra``)."""

    origin: Origin
    cells: dict[str, str]


@wire(
    "input read_as found matched_as:str|None since=asked_chip.since.iso until=asked_chip.until.iso card outcome",
    "registrant! registrant_basis holder end_user end_user_basis chains chains_omitted activations seizures",
    "card_lists chips judgements findings leads because! extra?!",
    doc="The answer about one card; ``since`` and ``until`` are of its link to the chip whose EID was asked for.",
)
@frozen()
class Trace(LocalizedDictMixin):
    """All that the case says about one card that was asked for (SPEC 6, ``trace``).

    ``card`` is ``None`` only where nothing was found and the input is no complete card number. ``read_as`` is the
    number that was looked up where letters or wide forms were typed in the place of digits. ``activations`` are first
    uses and later ones, by time.

    Examples
    --------
    >>> trace = case.trace("8986061900000000001")[0]
    >>> [hop.receiver.name for hop in trace.chains[0].hops]
    ['甲公司', '乙']
    """

    input: str
    found: bool
    matched_as: MatchedAs | None
    card: Card | None
    outcome: Outcome
    registrant: Party | None = None
    registrant_basis: RegistrantBasis | None = None
    holder: Party | None = None
    end_user: Party | None = None
    end_user_basis: EndUserBasis | None = None
    read_as: str | None = None
    chains: tuple[Chain, ...] = ()
    chains_omitted: int = 0
    activations: tuple[Activation, ...] = ()
    seizures: tuple[Seizure, ...] = ()
    card_lists: tuple[CardListing, ...] = ()
    chips: tuple[ChipLink, ...] = ()
    findings: tuple[Finding, ...] = ()
    leads: tuple[Lead, ...] = ()
    judgements: tuple[NamedJudgement, ...] = ()

    @property
    def number(self) -> str:
        """The number that heads the answer: the card's own, or the input.

        Where a range abroad counts the card, it may lack the last digit: the one that was asked for is told.
        """
        if self.card is None:
            return self.input
        if self.card.is_in_ranges and self.card.iccid == self.card.key:
            asked = parse_iccid(self.input)
            if asked is not None and asked.key == self.card.key and asked.check_char is not None:
                return asked.text
        return self.card.label

    @property
    def asked_chip(self) -> ChipLink | None:
        """The link to the chip whose EID was asked for."""
        typed = self.read_as or self.input
        asked = (parse_eid(typed) or typed) if self.matched_as == "eid" else None
        return next((link for link in self.chips if link.eid == asked), None)

    @property
    def registrant_code(self) -> Literal["registered_by", "registered_to"]:
        """The word for the registrant: registered to, where no record says that a carrier sold the card to it."""
        return "registered_to" if self.registrant_basis == "registered" else "registered_by"

    @property
    def end_user_code(self) -> Literal["end_user", "presumed_user"]:
        """The word for the end user: presumed where they only held the card when it was last used."""
        return "presumed_user" if self.end_user_basis == "holder_that_day" else "end_user"

    @property
    def declared_users(self) -> tuple[str, ...]:
        """The names that lists give as those of users of the card, on a day that nothing says."""
        stated = (origin for origin in self.origins if origin.extra and DECLARED_USER in origin.extra)
        names = (origin.unread_cells.get(DECLARED_USER) for origin in stated)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def unread_cells(self) -> list[ExtraCells]:
        """Cells of the rows of the answer in columns that were not read, by heading; each row once, in its order."""
        return [ExtraCells(origin, origin.unread_cells) for origin in self.origins if origin.extra]

    @property
    def origins(self) -> list[Origin]:
        """The rows of the chains and events of this card, each once, in their order."""
        return list(dict.fromkeys(self.stated))

    @property
    def stated(self) -> Iterator[Origin]:
        """The rows of the chains and events of this card, in their order."""
        for chain in self.chains:
            for hop in chain.hops:
                yield from hop.origins
        for events in (self.activations, self.seizures, self.card_lists, self.chips):
            for event in events:
                yield from event.origins

    @property
    def head_findings(self) -> tuple[Finding, ...]:
        """The findings that are told before anything else of the answer."""
        return tuple(finding for finding in self.findings if finding.code in HEAD_FINDINGS)

    @property
    def taken_from_another(self) -> Finding | None:
        """The finding that the card was taken from somebody whom the chain does not reach; ``None`` without one."""
        return next((finding for finding in self.findings if finding.code == "seized_from_another"), None)

    @property
    def unread_rows(self) -> int:
        """The number of rows about this card that were not read."""
        return sum(finding.code == "unread_movement" for finding in self.findings)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What qualifies a chain without a gap: rows about the card were not read, or somebody else had the card."""
        if self.outcome is not Outcome.CONTINUOUS:
            return ()
        unread: tuple[Doubt, ...] = (BY_WHAT_WAS_READ,) if self.unread_rows else ()
        return unread if self.taken_from_another is None else (*unread, "but_taken_from_another")

    @property
    def holder_code(self) -> Literal["last_holder", "last_holder_read"]:
        """The word for the last holder, who is one on the rows that were read where others were not."""
        return "last_holder_read" if self.unread_rows else "last_holder"

    def __repr__(self) -> str:
        return f"<Trace {self.card.label if self.card else repr(self.input)}: {self.outcome}>"
