"""Real pairs of names that the reasons for candidates propose: ``python -m tests.names.measure`` prints the table.

``pairs.csv`` has a pair of names a line, whether they mean one party, where that is stated (README.md), and whether the
pair is held back: nothing was ever decided by looking at those.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from graphtrace.analysis.alias_reasons import alike_names
from graphtrace.identifiers import normalize_party_name
from graphtrace.model import Party

PAIRS = Path(__file__).parent / "pairs.csv"
KINDS = ("listed", "listed_traditional", "script", "stated")


class Pair(NamedTuple):
    """Two names, whether they mean one party, of which kind they are, and where that stands."""

    one: str
    other: str
    is_same: bool
    kind: str
    is_held_back: bool
    source: str


class Counts(NamedTuple):
    """Number of pairs of one party, and of two, that the names alone propose and do not propose."""

    found: int
    missed: int
    wrong: int
    left: int

    @property
    def precision(self) -> float | None:
        """The share of the proposed pairs that are one party."""
        proposed = self.found + self.wrong
        return self.found / proposed if proposed else None

    @property
    def recall(self) -> float | None:
        """The share of the pairs of one party that are proposed."""
        same = self.found + self.missed
        return self.found / same if same else None


def read_pairs() -> list[Pair]:
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return [
            Pair(row["one"], row["other"], row["same"] == "1", row["kind"], row["held_back"] == "1", row["source"])
            for row in csv.DictReader(lines)
        ]


def reasons(*names: str) -> set[str]:
    """Return the reasons in the names of two parties without identifiers."""
    keys = [normalize_party_name(name) for name in names]
    return {code for _, code in alike_names({key: (Party(f"name:{key}", key), [key]) for key in keys})}


def count_pairs(pairs: Sequence[Pair]) -> Counts:
    said = [(pair.is_same, bool(reasons(pair.one, pair.other))) for pair in pairs]
    cells = ((True, True), (True, False), (False, True), (False, False))
    return Counts(*map(said.count, cells))


def measure() -> Mapping[str, Counts]:
    """The counts of each kind, of the pairs that were looked at, of those held back, and of all."""
    pairs = read_pairs()
    return {
        **{kind: count_pairs([pair for pair in pairs if pair.kind == kind]) for kind in KINDS},
        "looked at": count_pairs([pair for pair in pairs if not pair.is_held_back]),
        "held back": count_pairs([pair for pair in pairs if pair.is_held_back]),
        "all": count_pairs(pairs),
    }


def measure_together() -> tuple[int, int, int]:
    """Return the number of names, of pairs proposed where all stand in one case, and of those that are one party.

    A pair of which no source says that it is one party counts as two.
    """
    pairs = read_pairs()
    keys = {normalize_party_name(name) for pair in pairs for name in pair[:2]}
    proposed = {frozenset(found) for found, _ in alike_names({key: (Party(key, key), [key]) for key in keys})}
    same = {frozenset(map(normalize_party_name, pair[:2])) for pair in pairs if pair.is_same}
    return len(keys), len(proposed), len(proposed & same)


def table_rows() -> list[list[str]]:
    """The measured figures as the cells of a table, without the names of the rows."""
    shares = [
        [*counts, *("–" if share is None else f"{share:.1%}" for share in (counts.precision, counts.recall))]
        for counts in measure().values()
    ]
    return [[str(cell) for cell in row] for row in shares]


if __name__ == "__main__":
    for name, cells in zip(measure(), table_rows(), strict=True):
        print(" | ".join([name, *cells]))
    print("together: {} names, {} pairs proposed, {} of them one party".format(*measure_together()))
