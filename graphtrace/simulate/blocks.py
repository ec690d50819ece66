"""Cards of a shard: a scenario for many blocks of cards at once, and the mass of a case.

The mass are lots that are resold as ranges down the tree of resellers, a fifth of them retailed card by card. Seven
cards of ten are activated after the last hop, by the last holder or by nobody that is named. All of it is continuous.
The scenarios stand in ``scenarios.yml``, which says what the letters and words in it mean.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import polars as pl
import yaml

from graphtrace.frozen import frozen
from graphtrace.model import Outcome
from graphtrace.simulate.file_tables import (
    DAY_SECONDS,
    FIRST_DAY,
    LONGEST_STEP,
    LONGEST_WAIT,
    NOBODY,
    PLACES,
    SECOND_YEAR,
    STARTS,
    Rows,
)
from graphtrace.simulate.numbers import carrier_of_slots, other_carrier_iccids
from graphtrace.simulate.shards import GAP, OR, STEP, CardRuns, Shard

if TYPE_CHECKING:
    import numpy.typing as npt

    from graphtrace.simulate.made_parties import Directory

PART: Final = 10
PARTS: Final = "abcd"

LISTED: Final = ("retail", "named")
UNLISTED: Final = ("bought", "sold")
"""Tables of sales card by card, and of sales by number of cards; the others name ranges."""

Table = Literal["purchases", "transfers", "copy", "ledger", "retail", "named", "returns", "bought", "sold"]


@frozen(kw_only=False)
class Move:
    """A record of a purchase, transfer or return; ``route`` is sender>receiver.

    ``table`` says in which file it stands and so how it names its cards: ``purchases``, ``transfers``, ``copy``,
    ``ledger`` and ``returns`` by range, ``retail`` and ``named`` card by card, ``bought`` and ``sold`` by their number
    only. ``month`` means that the record names the month of the day; ``refused`` gives field and reason of a row that
    has to be rejected.
    """

    route: str
    step: int
    cards: str = "abc"
    table: Table = "transfers"
    month: bool = False
    refused: tuple[str, str] | None = None

    @property
    def sender(self) -> str:
        """The letter of who passes on."""
        return self.route.split(">")[0]

    @property
    def receiver(self) -> str:
        """The letter of who receives."""
        return self.route.split(">")[1]


LATER: Final = -1
"""The step of an activation on some day after the last step, of each card on another."""


@frozen()
class ActivationSpec:
    """An activation of every card that is used at all.

    ``user`` is a party, nobody, or ``holder``: the last holder for every other card and nobody for the rest. ``device``
    is the card's own, its second one, or one that five cards share. ``table`` says by which numbers the record names
    the card (``by_line``: by the subscriber number only), ``line`` whose subscriber number that is: its own or that of
    the card before it.
    """

    step: int = LATER
    user: str | None = None
    device: Literal["own", "second", "shared"] = "own"
    table: Literal["activations", "platform", "by_line"] = "activations"
    line: Literal["own", "before"] = "own"


@frozen()
class ExpectedTruth:
    """Truth about the cards of one part; with ``every`` 2, about every other one from ``start`` on.

    ``used_findings`` and ``end_user`` are those of the cards that are used, which are a ``share`` of all. ``end_user``
    ``holder`` is the user of the last activation or, where it names none, the holder on which all chains agree;
    ``None`` says that nobody is: a carrier never is.
    ``written`` is how the number of a card is made that no record names.
    """

    part: str
    chains: tuple[str, ...] = ()
    outcome: Outcome = Outcome.CONTINUOUS
    findings: tuple[str, ...] = ()
    uses: tuple[ActivationSpec, ...] = (ActivationSpec(user="holder"),)
    share: float = 0.7
    end_user: str | None = "holder"
    used_findings: tuple[str, ...] = ()
    written: Literal["keys", "lettered", "foreign"] = "keys"
    start: int = 0
    every: int = 1


@frozen()
class Scenario:
    """One thing that can happen to part ``b``. ``scenario`` is its number in SPEC 4, ``""`` where it has none.

    The cards of ``seized`` are seized, those of ``stocked`` are in a stock declaration of ``E``. ``is_mobile`` allows
    numbers of China Mobile only; ``is_early`` means that all happens in the first year.
    """

    name: str
    moves: tuple[Move, ...]
    truths: tuple[ExpectedTruth, ...]
    scenario: str = ""
    seized: str = ""
    stocked: str = ""
    is_mobile: bool = False
    is_early: bool = False

    @property
    def cards(self) -> int:
        """Cards of a block that some record names."""
        return PART * len({truth.part for truth in self.truths if truth.outcome is not Outcome.NOT_FOUND})

    @property
    def duplicates(self) -> int:
        """Rows of a block that say what another row says."""
        return sum(move.table == "copy" for move in self.moves)

    @property
    def serials(self) -> int:
        """Numbers of records that a block may need."""
        return sum(move.table in UNLISTED for move in self.moves) + bool(self.seized) + bool(self.stocked)

    @property
    def steps(self) -> int:
        """Days of a block on which something is dated."""
        used = [use.step for truth in self.truths for use in truth.uses]
        return 1 + max([0, *(move.step for move in self.moves), *used])

    @property
    def parties(self) -> list[str]:
        """The letters of everyone who plays a part."""
        movers = {letter for move in self.moves for letter in (move.sender, move.receiver)}
        users = {use.user for truth in self.truths for use in truth.uses if use.user and use.user != "holder"}
        return sorted(movers | users | ({"E"} if self.stocked else set()))


def _move(text: str) -> Move:
    route, step, *more = text.split()
    options: dict[str, Any] = {}
    for word in more:
        if word.startswith("refused="):
            options["refused"] = tuple(word.removeprefix("refused=").split(":"))
        elif word == "month":
            options["month"] = True
        else:
            options["table" if word in get_args(Table) else "cards"] = word
    return Move(route, int(step), **options)


def _truth(stated: Mapping[str, Any]) -> ExpectedTruth:
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    if "outcome" in told:
        told["outcome"] = Outcome(told["outcome"])
    if "uses" in told:
        told["uses"] = tuple(ActivationSpec(**use) for use in told["uses"])
    return ExpectedTruth(**told)


def _scenario(stated: Mapping[str, Any]) -> Scenario:
    moves, truths = map(_move, stated["moves"]), map(_truth, stated["truths"])
    return Scenario(**{**stated, "moves": tuple(moves), "truths": tuple(truths)})


SCENARIOS: Final = tuple(map(_scenario, yaml.safe_load(Path(__file__).with_name("scenarios.yml").read_bytes())))
"""Everything that can be planted, in the order of the scenarios."""


if TYPE_CHECKING:
    Indices = npt.NDArray[np.int64]

_MAX_UNLISTED: Final = 500
"""Upper bound of the cards of a lot by number, which has at least all cards of its block: no lot is exceeded."""

Cast = dict[str, "Indices"]
"""Parties of each letter, by block."""


def assign_parties(scenario: Scenario, carriers: Indices, directory: Directory, random: np.random.Generator) -> Cast:
    """Choose the parties of every block; ``carriers`` are those of the blocks' numbers."""
    count = len(carriers)
    enterprises, path = directory.pick_enterprises(random, count), directory.pick_path(random, count)
    cast = {
        "C": carriers,
        "D": (carriers + 1 + random.integers(0, 3, count)) % 4,
        "E": enterprises,
        "F": directory.pick_others(random, enterprises),
        **{f"R{tier + 1}": path[:, tier] for tier in range(path.shape[1])},
        "P": directory.pick_people(random, count),
    }
    cast["O"] = directory.pick_people(random, count)
    if "N" in scenario.parties:
        cast["N1"], cast["N2"], cast["N"] = directory.add_namesakes(count)
    cast |= {letter: directory.add_private(count) for letter in scenario.parties if letter.startswith("Q")}
    return cast


def generate_block(scenario: Scenario, slots: Indices, cast: Cast, shard: Shard, random: np.random.Generator) -> None:
    """Write the records of a scenario and what is true of its cards, for a block in each of the slots."""
    _BlockWriter(scenario, slots, cast, shard, random).write()


class _BlockWriter:
    def __init__(
        self, scenario: Scenario, slots: Indices, cast: Cast, shard: Shard, random: np.random.Generator
    ) -> None:
        self._scenario = scenario
        self._slots = slots
        self._cast = cast
        self._shard = shard
        self._random = random
        steps = random.integers(1, LONGEST_STEP + 1, (len(slots), scenario.steps))
        steps[:, 0] = random.integers(0, STARTS, len(slots))
        self._chain_texts: dict[tuple[str, ...], pl.Series] = {}
        self._days = (FIRST_DAY if scenario.is_early else SECOND_YEAR) + np.cumsum(steps, axis=1)

    def write(self) -> None:
        for move in self._scenario.moves:
            self._record(move)
        self._record_cards_of("seizures", self._scenario.seized)
        self._record_cards_of("stock_cards", self._scenario.stocked)
        for truth in self._scenario.truths:
            self._state(truth)

    # ---- records

    def _record(self, move: Move) -> None:
        count = len(self._slots)
        rows: dict[str, Indices] = {
            "sender": self._cast[move.sender],
            "receiver": self._cast[move.receiver],
            "day": self._days[:, move.step],
        }
        if move.table in UNLISTED:
            rows["quantity"] = self._random.integers(len(PARTS) * PART, _MAX_UNLISTED, count)
            rows["serial"] = self._shard.next_serials(count)
        else:
            first, last = _span(move.cards)
            rows |= {"slot": self._slots, "offset": np.full(count, first), "last": np.full(count, last)}
            if move.table in LISTED:
                rows = _each(rows, first, last)
        if move.month:
            rows["is_month"] = np.ones(count, dtype=np.int64)
        self._shard.record(move.table, rows, self._random, refused=move.refused)

    def _record_cards_of(self, table: str, cards: str) -> None:
        if not cards:
            return
        count = len(self._slots)
        first, last = _span(cards)
        rows: dict[str, Indices] = {
            "slot": self._slots,
            "offset": np.full(count, first),
            "last": np.full(count, last),
            "sender": self._cast["E"],
            "day": self._days[:, 0],
            "place": self._random.integers(0, len(PLACES), count),
            "serial": self._shard.next_serials(count),
        }
        self._shard.record(table, _each(rows, first, last) if table == "seizures" else rows, self._random)

    # ---- truth

    def _state(self, truth: ExpectedTruth) -> None:
        first, last = _span(truth.part)
        rows: dict[str, Indices] = {"slot": self._slots, "block": np.arange(len(self._slots))}
        each = _each(rows, first, last, truth.start, truth.every)
        is_each = truth.every > 1 or truth.written != "keys"
        runs = each if is_each else rows | {"offset": np.full(len(self._slots), first)}
        keys = None
        if truth.written != "keys":
            make = self._shard.writing.numbers.lettered if truth.written == "lettered" else other_carrier_iccids
            keys = make(runs["slot"], runs["offset"])
        chains = [chain.split() for chain in truth.chains]
        self._shard.state(
            CardRuns(
                story=self._scenario.name,
                outcome=str(truth.outcome),
                findings=" ".join(truth.findings),
                slot=runs["slot"],
                first=runs["offset"],
                last=runs["offset"] + (0 if is_each else PART - 1),
                registrant=self._players(_agreed([_registrant(chain) for chain in chains]), runs["block"]),
                holder=self._players(_agreed([chain[-1] for chain in chains]), runs["block"]),
                chains=self._chains(truth.chains).gather(runs["block"]),
                keys=keys,
            )
        )
        if truth.uses:
            is_used = self._random.random(len(each["slot"])) < truth.share
            self._use(truth, chains, {name: column[is_used] for name, column in each.items()})

    def _use(self, truth: ExpectedTruth, chains: Sequence[Sequence[str]], cards: Rows) -> None:
        is_named = cards["offset"] % 2 == 0
        last = chains[-1][-1] if chains else None
        user = np.full(len(is_named), NOBODY)
        is_user_named = np.zeros(len(is_named), dtype=np.bool_)
        for use in truth.uses:
            if use.user == "holder":
                user = np.where(is_named, self._players(last, cards["block"]), NOBODY)
            else:
                user = self._players(use.user, cards["block"])
            is_user_named |= user != NOBODY
            self._record_use(use, user, cards)
        if truth.end_user == "holder":
            agreed = self._players(_agreed([chain[-1] for chain in chains]), cards["block"])
            end_user = np.where(user == NOBODY, agreed, user)
        else:
            end_user = self._players(truth.end_user, cards["block"])
        self._shard.state_uses(cards, end_user, is_user_named, " ".join(truth.used_findings))

    def _record_use(self, use: ActivationSpec, user: Indices, cards: Rows) -> None:
        count = len(user)
        offset, block = cards["offset"], cards["block"]
        if use.step == LATER:
            day = self._days[block, -1] + self._random.integers(1, LONGEST_WAIT, count)
        else:
            day = self._days[block, use.step]
        rows: dict[str, Indices] = {
            "slot": cards["slot"],
            "offset": offset,
            "receiver": user,
            "day": day,
            "second": self._random.integers(0, DAY_SECONDS, count),
            "device": offset // 5 * 5 if use.device == "shared" else offset,
            "line": offset - (use.line == "before"),
            "place": self._random.integers(0, len(PLACES), count),
        }
        if use.device == "second":
            rows["is_second"] = np.ones(count, dtype=np.int64)
        self._shard.record(use.table, rows, self._random)

    def _players(self, letter: str | None, blocks: Indices) -> Indices:
        return np.full(len(blocks), NOBODY) if letter is None else self._cast[letter][blocks]

    def _chains(self, chains: tuple[str, ...]) -> pl.Series:
        """Return the chains of every block, as the truth writes them; cached for all parts that share them."""
        if chains not in self._chain_texts:
            self._chain_texts[chains] = self._written(chains)
        return self._chain_texts[chains]

    def _written(self, chains: Sequence[str]) -> pl.Series:
        ids = self._shard.writing.directory.ids
        parts: list[pl.Series | str] = []
        for chain in chains:
            joint = OR if parts else ""
            for sign in chain.split():
                if sign == "/":
                    joint = GAP
                else:
                    parts += [joint, ids.gather(self._cast[sign])]
                    joint = STEP
        if not parts:
            return pl.Series([""]).new_from_index(0, len(self._slots))
        return pl.select(pl.concat_str([pl.lit(part) for part in parts])).to_series()


def _span(cards: str) -> tuple[int, int]:
    return PARTS.index(cards[0]) * PART, (PARTS.index(cards[-1]) + 1) * PART - 1


def _each(rows: Rows, first: int, last: int, start: int = 0, every: int = 1) -> dict[str, Indices]:
    offsets = np.arange(first + start, last + 1, every)
    blocks = len(rows["slot"])
    return {
        **{name: np.repeat(column, len(offsets)) for name, column in rows.items()},
        "offset": np.tile(offsets, blocks),
    }


def _registrant(chain: Sequence[str]) -> str | None:
    bought = [receiver for sender, receiver in itertools.pairwise(chain) if sender == "C" and receiver != "/"]
    return bought[-1] if bought else None


def _agreed(letters: Sequence[str | None]) -> str | None:
    return letters[0] if letters and len(set(letters)) == 1 else None


NAME: Final = "resold"
"""Name of these cards in column ``story`` of the truth."""

LOTS_PER_SHARD: Final = 250
"""Number of lots in one shard; about a thousand times as many cards are in memory."""

_HOPS: Final = np.cumsum([0.1, 0.3, 0.25, 0.2, 0.1])
"""Chances of 0 to 4 resales of a lot, added up; the rest has 5."""

_RETAILED_EVERY: Final = 5
_ACTIVATED: Final = 0.7
_NAMED: Final = 0.5
"""Of the activations of cards that were not retailed, those that name their user."""

_SEIZED: Final = 0.0005


def generate_lots(slots: Indices, sizes: Indices, shard: Shard, random: np.random.Generator) -> None:
    """Write the records of lots of some sizes, one in each slot, and what is true of their cards."""
    count, every = len(slots), np.arange(len(slots))
    directory = shard.writing.directory
    path = np.column_stack(
        [carrier_of_slots(slots), directory.pick_enterprises(random, count), directory.pick_path(random, count)]
    )
    hops = np.searchsorted(_HOPS, random.random(count), side="right")
    steps = random.integers(1, LONGEST_STEP + 1, (count, path.shape[1] - 1))
    steps[:, 0] = random.integers(0, STARTS, count)
    days = SECOND_YEAR + np.cumsum(steps, axis=1)
    for hop in range(path.shape[1] - 1):
        lots = np.flatnonzero(hops >= hop)
        rows = {
            "sender": path[lots, hop],
            "receiver": path[lots, hop + 1],
            "slot": slots[lots],
            "offset": np.zeros(len(lots), dtype=np.int64),
            "last": sizes[lots] - 1,
            "day": days[lots, hop],
        }
        shard.record("transfers" if hop else "purchases", rows, random)

    chains, is_retailed = _chains(path, hops, directory.ids), (slots % _RETAILED_EVERY == 0) & (hops > 0)
    holders, since = path[every, hops + 1], days[every, hops]

    whole = np.flatnonzero(~is_retailed)
    shard.state(
        CardRuns(
            story=NAME,
            outcome="continuous",
            findings="",
            slot=slots[whole],
            first=np.zeros(len(whole), dtype=np.int64),
            last=sizes[whole] - 1,
            registrant=path[whole, 1],
            holder=holders[whole],
            chains=chains.gather(whole),
        )
    )
    cards = _Cards(shard, slots, whole, sizes)
    user = np.where(random.random(len(cards.lot)) < _NAMED, holders[cards.lot], NOBODY)
    cards.use(since[cards.lot], user, holders[cards.lot], random)

    cards = _Cards(shard, slots, np.flatnonzero(is_retailed), sizes)
    buyer = directory.pick_people(random, len(cards.lot))
    sold = since[cards.lot] + random.integers(1, LONGEST_STEP, len(cards.lot))
    sales = {**cards.rows, "sender": holders[cards.lot], "receiver": buyer, "day": sold}
    shard.record("retail", sales, keys=cards.keys)
    shard.state(
        CardRuns(
            story=NAME,
            outcome="continuous",
            findings="",
            slot=cards.rows["slot"],
            first=cards.rows["offset"],
            last=cards.rows["offset"],
            registrant=path[cards.lot, 1],
            holder=buyer,
            chains=chains.gather(cards.lot) + (STEP + directory.ids.gather(buyer)),
            keys=cards.keys,
        )
    )
    cards.use(sold, buyer, buyer, random)


def _chains(path: Indices, hops: Indices, ids: pl.Series) -> pl.Series:
    """Return the parties of each lot's chain, as the truth writes them."""
    chains = ids.gather(path[:, 0])
    for hop in range(path.shape[1] - 1):
        longer = chains + STEP + ids.gather(path[:, hop + 1])
        chains = longer.zip_with(pl.Series(hops >= hop), chains)
    return chains


class _Cards:
    """Every card of some lots: the place of its lot, where it stands, and its number."""

    def __init__(self, shard: Shard, slots: Indices, lots: Indices, sizes: Indices) -> None:
        self.shard = shard
        self.lot = np.repeat(lots, sizes[lots])
        ends = np.cumsum(sizes[lots])
        offsets = np.arange(len(self.lot)) - np.repeat(ends - sizes[lots], sizes[lots])
        self.rows: Rows = {"slot": slots[self.lot], "offset": offsets}
        self.keys = shard.writing.numbers.keys(self.rows["slot"], offsets)

    def use(self, since: Indices, user: Indices, holder: Indices, random: np.random.Generator) -> None:
        used = np.flatnonzero(random.random(len(since)) < _ACTIVATED)
        count = len(used)
        keys, cards = self.keys.gather(used), {name: column[used] for name, column in self.rows.items()}
        day, place = since[used] + random.integers(1, LONGEST_WAIT, count), random.integers(0, len(PLACES), count)
        rows = {
            **cards,
            "receiver": user[used],
            "day": day,
            "second": random.integers(0, DAY_SECONDS, count),
            "device": cards["offset"],
            "place": place,
        }
        self.shard.record("activations", rows, keys=keys)
        self.shard.state_uses(cards, holder[used], user[used] != NOBODY, "", keys=keys)
        seized = np.flatnonzero(random.random(count) < _SEIZED)
        rows = {
            **{name: column[seized] for name, column in cards.items()},
            "day": day[seized] + random.integers(1, LONGEST_WAIT, len(seized)),
            "place": place[seized],
            "serial": self.shard.next_serials(len(seized)),
        }
        self.shard.record("seizures", rows)
