"""Records of one card in shorthand, and answers about it in shorthand.

``"C>E 1"`` is a movement from C to E on 2024-03-01, ``"C>E 1@0930"`` the same with a time, ``"C>E 2024-02"`` and
``"C>E 2024-02-07"`` say month or day outright. C, D and K are carriers (Unicom, Mobile, and one that is none of the
four operators); whoever else moves a card is an enterprise or reseller of that name, a name with a star several parties
bear.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graphtrace.custody import CustodyResult, trace_custody
from graphtrace.model import (
    Activation,
    CardListing,
    Chain,
    CustodyEvent,
    DateSpan,
    Kind,
    Origin,
    Party,
    Precision,
    Seizure,
    to_epoch_day,
)

CARRIER_IDS = {"C": "carrier:china-unicom", "D": "carrier:china-mobile", "K": "carrier:K"}
FEW_SHUFFLES = 6


def party(name: str) -> Party:
    return Party(
        id=CARRIER_IDS.get(name, f"name:{name}"),
        name=name,
        is_carrier=name in CARRIER_IDS,
        namesakes=3 if name.endswith("*") else 0,
    )


def moment(text: str) -> DateSpan:
    day, _, time = text.partition("@")
    numbers = [int(part) for part in day.split("-")]
    if len(numbers) == 2:
        year, month = numbers
        return DateSpan(to_epoch_day(date(year, month, 1)), to_epoch_day(date(year, month, monthrange(year, month)[1])))
    number = to_epoch_day(date(*numbers) if len(numbers) == 3 else date(2024, 3, numbers[0]))
    return DateSpan(number, number, int(time[:2]) * 3600 + int(time[2:]) * 60 if time else -1)


def origin(row: int, file: str = "file.csv") -> Origin:
    return Origin(file=file, sha256=f"{file}-hash", sheet=None, row=row)


def movement(
    shorthand: str,
    row: int,
    *,
    precision: Precision = "listed",
    quantity: int | None = None,
    kind: Kind | None = None,
    channel: str | None = None,
) -> CustodyEvent:
    parties, when = shorthand.split()
    sender, receiver = (party(name) for name in parties.split(">"))
    usual: Kind = "purchase" if sender.is_carrier else "return" if receiver.is_carrier else "transfer"
    return CustodyEvent(
        kind=kind or usual,
        sender=sender,
        receiver=receiver,
        when=moment(when),
        precision=precision,
        origins=(origin(row, "lots.csv" if precision == "quantity" else "file.csv"),),
        quantity=quantity,
        channel=channel,
    )


def lot(shorthand: str, row: int, quantity: int = 500) -> CustodyEvent:
    return movement(shorthand, row, precision="quantity", quantity=quantity)


def activation(shorthand: str, row: int) -> Activation:
    """``"5"`` or ``"5 U"``: on the fifth, used by nobody named or by U."""
    when, *user = shorthand.split()
    return Activation(
        when=moment(when), origins=(origin(row, "activations.csv"),), user=party(user[0]) if user else None
    )


def seizure(shorthand: str, row: int) -> Seizure:
    """``"5 U"``: on the fifth, taken from U."""
    when, whom = shorthand.split()
    return Seizure(
        when=moment(when),
        case_no=None,
        place=None,
        seized_from=party(whom),
        origins=(origin(row, "seizures.csv"),),
    )


def listing(shorthand: str, row: int) -> CardListing:
    """``"5 U"``: a list of the fifth has the card at U; ``"U"``: a list without a day."""
    *when, whom = shorthand.split()
    return CardListing(
        when=moment(when[0]) if when else None,
        party=party(whom),
        state=None,
        origins=(origin(row, "list.csv"),),
    )


@dataclass(frozen=True)
class Told:
    """An answer with short ways to ask it."""

    custody: CustodyResult

    @property
    def outcome(self) -> str:
        return str(self.custody.outcome)

    @property
    def shapes(self) -> list[str]:
        return [shape(chain) for chain in self.custody.chains]

    @property
    def outcomes(self) -> list[str]:
        return [str(chain.outcome) for chain in self.custody.chains]

    @property
    def only_chain(self) -> Chain:
        (chain,) = self.custody.chains
        return chain

    @property
    def registrant(self) -> str | None:
        return self.custody.registrant.name if self.custody.registrant else None

    @property
    def holder(self) -> str | None:
        return self.custody.holder.name if self.custody.holder else None

    @property
    def end_user(self) -> str | None:
        return self.custody.end_user.name if self.custody.end_user else None

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.custody.findings]

    def params(self, code: str) -> Any:
        (params,) = (finding.params for finding in self.custody.findings if finding.code == code)
        return dict(params)


def shape(chain: Chain) -> str:
    """``"C E R1 / R2 R3"``: the parties in order, a slash where a hop is missing."""
    words = [chain.hops[0].sender.name]
    for hop in chain.hops:
        if hop.gap_before:
            words += ["/", hop.sender.name]
        words.append(hop.receiver.name)
    return " ".join(words)


def named(name: str) -> dict[str, str]:
    return {"id": party(name).id, "name": name}


def tell(
    *events: str | CustodyEvent,
    lots: Sequence[str | CustodyEvent] = (),
    activated: Sequence[str] = (),
    seized: Sequence[str] = (),
    listed: Sequence[str] = (),
    carrier: str | None = None,
) -> Told:
    """Trace a card, and again with everything shuffled: the order of the input must not show in the answer."""
    movements = [
        event if isinstance(event, CustodyEvent) else movement(event, row) for row, event in enumerate(events, start=2)
    ]
    quantities = [each if isinstance(each, CustodyEvent) else lot(each, row) for row, each in enumerate(lots, start=2)]
    activations = [activation(each, row) for row, each in enumerate(activated, start=2)]
    seizures = [seizure(each, row) for row, each in enumerate(seized, start=2)]
    listings = [listing(each, row) for row, each in enumerate(listed, start=2)]

    def ask() -> CustodyResult:
        return trace_custody(
            movements,
            quantities=quantities,
            carrier=carrier,
            activations=activations,
            seizures=seizures,
            listings=listings,
        )

    answer = ask()
    for seed in range(FEW_SHUFFLES):
        shuffle = random.Random(seed).shuffle
        for records in (movements, quantities, activations, seizures, listings):
            shuffle(records)
        again = ask()
        assert again == answer, f"shuffled with seed {seed}"
    return Told(answer)
