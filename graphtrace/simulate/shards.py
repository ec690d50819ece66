"""Pieces of a case: the records of some blocks or lots, and the truth about their cards, before they are written.

A piece is told by itself, so that two may be told at once; what it holds depends on its own random numbers only. Until
its end everything in it is numbers, then each column is made into text at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from graphtrace.simulate.tables import SECOND_YEAR, Rows, TableWriter
from graphtrace.simulate.truth import HISTORIES, USES, to_frame

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

_DECLARED_ON: Final = SECOND_YEAR + 729
_SHY: Final = 0.2
"""Share of the companies that declare fewer sales than they made."""


class TableRows(NamedTuple):
    """Rows of one table as they are to stand in its file.

    ``refused`` gives the field and the reason of those that have to be rejected, by their place among the rows.
    """

    table: str
    frame: pl.DataFrame
    refused: Mapping[int, tuple[str, str]]


class ShardResult(NamedTuple):
    """A piece at its end; ``received`` and ``passed`` count the cards that each company got and passed on."""

    records: Sequence[TableRows]
    histories: pl.DataFrame
    uses: pl.DataFrame
    received: Indices
    passed: Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRuns:
    """Runs of cards with one history each: cards ``first`` to ``last`` of a slot.

    ``registrant`` and ``holder`` are parties, negative for nobody. ``keys`` are the numbers of runs of a single card,
    where they are known or are no numbers of the slot.
    """

    story: str
    outcome: str
    findings: str
    slot: Indices
    first: Indices
    last: Indices
    registrant: Indices
    holder: Indices
    chains: pl.Series
    keys: pl.Series | None = None


class _Part(NamedTuple):
    rows: Rows
    keys: pl.Series | None
    refused: tuple[str, str] | None


class _Uses(NamedTuple):
    keys: pl.Series | None
    rows: Rows
    end_user: Indices
    is_named: npt.NDArray[np.bool_]
    findings: str


class Shard:
    """Records and truth of some cards; ``serials`` is the first number that its records may have."""

    def __init__(self, writing: TableWriter, serials: int) -> None:
        self.writing = writing
        self._serial = serials
        self._tables: dict[str, list[_Part]] = {}
        self._runs: list[CardRuns] = []
        self._uses: list[_Uses] = []

    def next_serials(self, count: int) -> Indices:
        """Return numbers that no record has yet."""
        first, self._serial = self._serial, self._serial + count
        return np.arange(first, first + count)

    def record(
        self,
        table: str,
        rows: Rows,
        random: np.random.Generator | None = None,
        *,
        refused: tuple[str, str] | None = None,
        keys: pl.Series | None = None,
    ) -> None:
        """Put down rows: with ``random`` in a random order, else with the ``keys`` of their cards if they are known.

        ``refused`` gives the field and the reason for which all of them have to be rejected.
        """
        if random is not None:
            order = random.permutation(len(rows["day"]))
            rows = {name: column[order] for name, column in rows.items()}
        self._tables.setdefault(table, []).append(_Part(rows, keys, refused))

    def state(self, runs: CardRuns) -> None:
        """Put down what is true of runs of cards."""
        self._runs.append(runs)

    def state_uses(
        self,
        cards: Rows,
        end_user: Indices,
        is_named: npt.NDArray[np.bool_],
        findings: str,
        *,
        keys: pl.Series | None = None,
    ) -> None:
        """Put down who used some cards in the end (negative for nobody), and what has to be said about that."""
        self._uses.append(_Uses(keys, cards, end_user, is_named, findings))

    def end(self) -> ShardResult:
        """Return everything that was recorded, as it is to be written."""
        received = np.zeros(self.writing.directory.people, dtype=np.int64)
        passed = received.copy()
        records = []
        for table, parts in self._tables.items():
            rows = _joined([part.rows for part in parts])
            if "sender" in rows and "receiver" in rows:
                _count(rows, passed, received)
            keys = [part.keys for part in parts if part.keys is not None]
            frame = self.writing.frame(table, rows, pl.concat(keys) if len(keys) == len(parts) else None)
            if frame.height:
                records.append(TableRows(table, frame, _refused(parts)))
        return ShardResult(records, self._histories(), self._used(), received, passed)

    def _histories(self) -> pl.DataFrame:
        """Return the runs, first those whose numbers have still to be made."""
        runs = sorted(self._runs, key=lambda each: each.keys is not None)
        if not runs:
            return pl.DataFrame(schema=HISTORIES)
        counts = [len(each.slot) for each in runs]
        made = [each for each in runs if each.keys is None]
        known = [each.keys for each in runs if each.keys is not None]
        ends = []
        for offsets in ([each.first for each in made], [each.last for each in made]):
            slots = np.concatenate([each.slot for each in made]) if made else np.empty(0, dtype=np.int64)
            keys = self.writing.numbers.keys(slots, np.concatenate(offsets) if made else slots)
            ends.append(pl.concat([keys, *known]))
        ids = self.writing.ids_of
        return to_frame(
            {
                "story": _repeated([each.story for each in runs], counts),
                "first": ends[0],
                "last": ends[1],
                "cards": pl.Series(np.concatenate([each.last - each.first + 1 for each in runs])),
                "outcome": _repeated([each.outcome for each in runs], counts),
                "registrant": ids(np.concatenate([each.registrant for each in runs])),
                "holder": ids(np.concatenate([each.holder for each in runs])),
                "chains": pl.concat([each.chains for each in runs]),
                "findings": _repeated([each.findings for each in runs], counts),
            },
            HISTORIES,
        )

    def _used(self) -> pl.DataFrame:
        uses = sorted(self._uses, key=lambda each: each.keys is not None)
        if not uses:
            return pl.DataFrame(schema=USES)
        rows = _joined([{name: each.rows[name] for name in ("slot", "offset")} for each in uses if each.keys is None])
        made = [self.writing.numbers.keys(rows["slot"], rows["offset"])] if rows else []
        return to_frame(
            {
                "card": pl.concat([*made, *(each.keys for each in uses if each.keys is not None)]),
                "end_user": self.writing.ids_of(np.concatenate([each.end_user for each in uses])),
                "is_named": pl.Series(np.concatenate([each.is_named for each in uses])),
                "findings": _repeated([each.findings for each in uses], [len(each.end_user) for each in uses]),
            },
            USES,
        )


def _joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several parts; a column that a part does not have is 0 in it."""
    names = dict.fromkeys(name for part in parts for name in part)
    counts = [len(next(iter(part.values()))) for part in parts]
    return {
        name: np.concatenate(
            [part.get(name, np.zeros(count, dtype=np.int64)) for part, count in zip(parts, counts, strict=True)]
        )
        for name in names
    }


def _repeated(texts: Sequence[str], counts: Sequence[int]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(np.repeat(np.arange(len(texts)), counts))


def _refused(parts: Sequence[_Part]) -> dict[int, tuple[str, str]]:
    refused: dict[int, tuple[str, str]] = {}
    first = 0
    for part in parts:
        count = len(part.rows["day"])
        if part.refused is not None:
            refused.update(dict.fromkeys(range(first, first + count), part.refused))
        first += count
    return refused


def _count(rows: Rows, passed: Indices, received: Indices) -> None:
    """Add up how many cards each company passed on and received."""
    if "last" in rows:
        cards = rows["last"] - rows["offset"] + 1
    else:
        cards = rows.get("quantity", np.ones(len(rows["day"]), dtype=np.int64))
    for side, total in (("sender", passed), ("receiver", received)):
        is_company = rows[side] < len(total)
        np.add.at(total, rows[side][is_company], cards[is_company])


class StockTotals:
    """Number of cards that each company of a case received and passed on, over all of its pieces."""

    def __init__(self, writing: TableWriter) -> None:
        self._writing = writing
        self._received = np.zeros(writing.directory.people, dtype=np.int64)
        self._passed = np.zeros(writing.directory.people, dtype=np.int64)

    def add(self, piece: ShardResult) -> None:
        """Add what happened in a piece."""
        self._received += piece.received
        self._passed += piece.passed

    def declare(self, random: np.random.Generator) -> TableRows:
        """Return a stock declaration of every company that has a number, some of them of too few sales.

        So each number stands in some record beside the name, and a name alone means the same company.
        """
        numbers = self._writing.directory.numbers.head(len(self._passed))
        numbered = np.flatnonzero(numbers.is_not_null())
        passed = self._passed[numbered]
        rows = {
            "sender": numbered,
            "day": np.full(len(numbered), _DECLARED_ON),
            "stock": np.maximum(self._received[numbered] - passed, 0),
            "sold": np.where(random.random(len(numbered)) < _SHY, passed * 9 // 10, passed),
        }
        return TableRows("stock", self._writing.frame("stock", rows), {})
