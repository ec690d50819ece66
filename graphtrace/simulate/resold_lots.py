"""The mass of a case: lots resold as ranges down the tree of resellers, a fifth of them retailed card by card.

Seven cards of ten are activated after the last hop, by the last holder or by nobody that is named. All of it is
continuous.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graphtrace.simulate.file_tables import (
    DAY_SECONDS,
    LONGEST_STEP,
    LONGEST_WAIT,
    NOBODY,
    PLACES,
    SECOND_YEAR,
    STARTS,
    Rows,
)
from graphtrace.simulate.numbers import carrier_of_slots
from graphtrace.simulate.shards import CardRuns, Shard
from graphtrace.simulate.truth_files import STEP

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

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
        """Activate most of the cards after a day, and seize a few that were."""
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
