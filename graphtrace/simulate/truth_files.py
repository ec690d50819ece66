"""The truth of a case on disk: what is to be answered about each card.

``truth/histories/NNNNN.parquet`` has a row for every run of cards with one history, ``truth/uses/NNNNN.parquet`` one
for every card that was used; the shards of one number belong together, and a card is in one of them only.
``truth/rejects.parquet`` has a row for every row of a file that has to be rejected, ``truth/aliases.parquet`` one for
every pair of planted names and whether both are one party. ``truth/supports.parquet`` has a row for every change of
hands of a planted deal, and one for everything that other records say of it. In a chain ``>`` stands between two
parties, ``/`` where a step is missing, ``|`` between two chains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

Schema = Mapping[str, type[pl.DataType]]

HISTORIES: Final[Schema] = {
    "story": pl.String,
    "first": pl.String,  # card numbers without check digit; both ends belong to the run
    "last": pl.String,
    "cards": pl.Int64,
    "outcome": pl.String,
    "registrant": pl.String,  # ids of parties
    "holder": pl.String,
    "chains": pl.String,
    "findings": pl.String,  # codes, each as often as it is made, with blanks between them
}
USES: Final[Schema] = {"card": pl.String, "end_user": pl.String, "is_named": pl.Boolean, "findings": pl.String}
REJECTS: Final[Schema] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "field": pl.String,
    "reason": pl.String,
}

ALIASES: Final[Schema] = {
    "kind": pl.String,
    "one": pl.String,  # ids of parties
    "other": pl.String,
    "is_same": pl.Boolean,
    "has_lots": pl.Boolean,  # records show that the one received what the other passed on
}

SUPPORTS: Final[Schema] = {
    "story": pl.String,
    "card": pl.String,  # number without check digit
    "sender": pl.String,  # ids of the parties of the change of hands
    "receiver": pl.String,
    "kind": pl.String,  # one of SUPPORT_KINDS
    "value": pl.String,  # the key that both have; of the finding the receiver of the parcel
    "file": pl.String,  # the row that states it
    "row": pl.Int64,
}

SUPPORT_KINDS: Final = ("hop", "waybill", "order", "account", "delivered_to_other")
"""A change of hands; the keys by which a record corroborates one; the finding about a parcel for another party."""

STEP: Final = " > "
GAP: Final = " / "
OR: Final = " | "

SUMMARY: Final = "summary.json"
ALIASES_FILE: Final = "aliases.parquet"
SUPPORTS_FILE: Final = "supports.parquet"


class ExpectedReject(NamedTuple):
    """A row that has to be rejected, by the number that a spreadsheet program shows."""

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str


def to_frame(columns: Mapping[str, pl.Series], schema: Schema) -> pl.DataFrame:
    """Return a frame of one of the schemas above."""
    return pl.DataFrame({name: columns[name] for name in schema}, schema_overrides=schema)


class TruthWriter:
    """Writes the truth, two files for each shard."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces = 0
        for kind in ("histories", "uses"):
            (folder / kind).mkdir(parents=True)

    def write(self, histories: pl.DataFrame, uses: pl.DataFrame) -> None:
        """Write the truth of a shard."""
        name = f"{self._pieces:05d}.parquet"
        for kind, frame in (("histories", histories), ("uses", uses)):
            frame.write_parquet(self._folder / kind / name, compression="lz4")
        self._pieces += 1

    def write_rejects(self, rejects: Sequence[ExpectedReject]) -> None:
        """Write the rows that have to be rejected."""
        frame = pl.DataFrame(rejects, schema=REJECTS, orient="row")
        frame.write_parquet(self._folder / "rejects.parquet", compression="lz4")

    def write_aliases(self, aliases: pl.DataFrame) -> None:
        """Write which planted names are those of one party."""
        aliases.write_parquet(self._folder / ALIASES_FILE, compression="lz4")

    def write_supports(self, supports: pl.DataFrame) -> None:
        """Write which records corroborate which changes of hands."""
        supports.write_parquet(self._folder / SUPPORTS_FILE, compression="lz4")
