"""The histories of histories.yml: what was recorded of one card, and all that is to be answered about it.

``moved`` are movements as in :mod:`.cards`, ``lots`` those of a number of cards (``A>B 8 500``), then what was
``activated``, ``seized`` and ``listed``; ``number`` is whose number the card has, China Unicom's where nothing is said.
Each of ``chains`` is an outcome and its hops with their days: ``A~B 8`` rests on a lot, and ``…`` stands for a missing
hop; where there is one chain, its outcome is that of the card. ``who`` is the registrant, the holder and the end user;
``onward`` what a case adds, possible sales by the number of cards, and ``leads``, where they are said, whom to ask for
what and why. Days of March 2024 are numbers, as everywhere in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from graphtrace.model import CustodyEvent, party_dict

from .cards import Told, lot, movement, tell

NONE = "none"


@dataclass(frozen=True, kw_only=True)
class History:
    """One of histories.yml."""

    title: str
    moved: Sequence[str] = ()
    lots: Sequence[str] = ()
    activated: Sequence[str] = ()
    seized: Sequence[str] = ()
    listed: Sequence[str] = ()
    number: str = "china-unicom"
    outcome: str = ""
    chains: Sequence[Sequence[str]] = ()
    who: Sequence[str] = (NONE, NONE, NONE)
    findings: Sequence[Mapping[str, Any]] = ()
    onward: Sequence[Mapping[str, Any]] = ()
    leads: Sequence[Sequence[str]] | None = None

    @property
    def answer(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome or self.chains[0][0],
            "chains": [list(chain) for chain in self.chains],
            "who": list(self.who),
            "findings": list(self.findings),
        }

    @property
    def is_of_files(self) -> bool:
        """Whether files of sales of China Unicom's cards can say it: no namesakes, nobody who sells to himself."""
        others = self.seized or self.listed or self.number != "china-unicom"
        lines = (*self.moved, *self.activated)
        return not others and not any(re.search(r"\*|\bK>|\b(\w+)>\1 ", line) for line in lines)

    @cached_property
    def movements(self) -> list[CustodyEvent]:
        return [movement(line, row) for row, line in enumerate(self.moved, 2)]

    @cached_property
    def quantities(self) -> list[CustodyEvent]:
        return [lot(line.rpartition(" ")[0], row, int(line.split()[2])) for row, line in enumerate(self.lots, 2)]

    def told(self) -> Told:
        return tell(
            *self.movements,
            lots=self.quantities,
            activated=self.activated,
            seized=self.seized,
            listed=self.listed,
            carrier=None if self.number == NONE else self.number,
        )


def load_histories() -> dict[str, History]:
    text = Path(__file__).with_name("histories.yml").read_text("utf-8")
    return {title: History(title=title, **said) for title, said in yaml.load(text, yaml.BaseLoader).items()}


def short(value: Any) -> Any:
    """A value as it is written there: parties by their names, days of March 2024 by their numbers, all as text."""
    if isinstance(value, Mapping):
        return str(value["name"]) if set(value) == {"id", "name"} else {key: short(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [short(held) for held in value]
    return NONE if value is None else re.sub(r"^2024-03-0?(\d+)$", r"\1", str(value))


def chain_of(outcome: str, hops: Iterable[tuple[str, str, str | None, bool, bool]]) -> list[str]:
    """A chain by its outcome and, of each hop, sides, day, and if it rests on a lot or follows a missing one."""
    said = [outcome]
    for sender, receiver, day, is_lot, is_after_gap in hops:
        said += ["…"] if is_after_gap else []
        said.append(f"{sender}{'~' if is_lot else '>'}{receiver} {short(day)}")
    return said


def answer_of(told: Told) -> dict[str, Any]:
    """Return an answer as it is written there."""
    custody = told.custody
    chains = [
        chain_of(
            chain.outcome,
            (
                (
                    hop.sender.name,
                    hop.receiver.name,
                    hop.when and hop.when.day,
                    hop.precision == "quantity",
                    hop.gap_before,
                )
                for hop in chain.hops
            ),
        )
        for chain in custody.chains
    ]
    return {
        "outcome": str(custody.outcome),
        "chains": chains,
        "who": [short(party and party_dict(party)) for party in (custody.registrant, custody.holder, custody.end_user)],
        "findings": [{finding.code: short(dict(finding.params))} for finding in custody.findings],
    }
