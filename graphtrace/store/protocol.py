"""What a store must do: keep statements with their origins, and hand back those that concern a question.

A store knows no custody. It gives rows as :class:`Row`, with parties already told apart; everything that has to be
reasoned is reasoned above it, so that every store gives the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphtrace.identifiers import KeyRange, Pattern
from graphtrace.model import Kind, Origin, Party, Precision, When
from graphtrace.queries import Language

if TYPE_CHECKING:
    import duckdb

    from graphtrace.errors import StoreError
    from graphtrace.store.corrections import CarriedCorrection, Correction
    from graphtrace.store.movements import AskedCards, Movements
    from graphtrace.store.workbench import Workbench


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


class Transfer(NamedTuple):
    """Cards passing from one party to another on one day, as far as records tell it.

    ``days`` are the days that are stated for it, each as the first and the last day that the statement allows.
    """

    sender: Party
    receiver: Party
    days: tuple[tuple[int, int], ...]


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


class Scope(NamedTuple):
    """Which movements are meant: between any two of some parties (by id; ``None``: of all), in some days.

    A record counts that may have been on one of the days from ``since`` to ``until``, both included.
    """

    parties: frozenset[str] | None = None
    since: int | None = None
    until: int | None = None


class MovementCounts(NamedTuple):
    """How many pairs of parties, records (each origin) and different lots the movements of a scope have."""

    flows: int
    records: int
    lots: int


class FlowSum(NamedTuple):
    """What passed from one party to another: different cards, statements that name them, what names none."""

    sender: Party
    receiver: Party
    cards: int
    records: int
    quantity_only: QuantitySum
    since: When
    until: When
    kinds: tuple[Kind, ...]
    channels: tuple[str, ...]
    precisions: tuple[Precision, ...]


class FlowSource(NamedTuple):
    """How many rows of a sheet say that something passed from one party to another, by their ids, and the first ones.

    A row that repeats a statement counts: it is one more origin.
    """

    sender: str
    receiver: str
    file: str
    sha256: str
    sheet: str | None
    total: int
    rows: tuple[int, ...]


class PartySum(NamedTuple):
    """How many different cards a party received and passed on in some time, and what it ever did.

    ``received_by_number`` and ``passed_by_number`` add up what records state without naming cards.
    """

    party: Party
    received: int
    received_by_number: int
    passed: int
    passed_by_number: int
    has_bought: bool
    has_received: bool
    has_passed: bool
    has_used: bool


class Contact(NamedTuple):
    """Two parties, by id, between whom cards passed, and a day on which they may have."""

    party: str
    other: str
    day: int


class CardRow(NamedTuple):
    """A row, and the key of the card that it lists, if it lists one."""

    key: str | None
    row: Row


class MovedLot(NamedTuple):
    """A lot: the keys of its first and last card, their number, and for a listed card how its 20th was written."""

    first: str
    last: str
    cards: int
    tails: tuple[str, ...] | None


class RejectedRow(NamedTuple):
    """A row of a file that was not loaded: where it stands, and why; ``field`` is the one that could not be read."""

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str


class LoadedFile(NamedTuple):
    """A file of a case: its name, what it is, when it came, its line of the ledger, and how many rows it has."""

    name: str
    sha256: str
    size: int
    loaded_at: str
    entry: str
    rows: int


class Store(Protocol):
    """The questions that answers ask; all of them about what was known on one day, fixed when the store is opened."""

    def rows_of(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """All rows that name the cards, listed or by range; cards without rows are absent."""
        ...

    def movements_of(self, cards: AskedCards) -> Movements:
        """What moves the cards, listed or by range, as columns; every row that names one of them counts."""
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

    def waiting_events(self, lots: Sequence[Lot]) -> tuple[Sequence[Row], Sequence[NumberLink]]:
        """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
        ...

    def card_number(self, key: str) -> int | None:
        """How the store numbers a card, ``None`` if no card of the case is like it."""
        ...

    def workbench(self, buyers: Sequence[Party] | None) -> tuple[Workbench, list[tuple[int, int, int]]]:
        """A bench with the cards that carriers sold to these parties, or to anyone who is no carrier.

        Beside it (party, first, last) of every lot that a carrier sold to one of them, listed or by range, with the
        party as the bench numbers it; see :mod:`graphtrace.store.workbench`.
        """
        ...

    def dealings_of(self, party: Party) -> tuple[Sequence[Dealing], Sequence[Dealing]]:
        """From whom the party received cards, and to whom it passed cards on; by id."""
        ...

    def seized_cards(self) -> Sequence[int]:
        """The cards that some seizure names by their number, in order."""
        ...

    @property
    def query_language(self) -> Language:
        """The language in which this store is asked with :meth:`run_query`."""
        ...

    def run_query(self, text: str, parameters: Mapping[str, object]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Ask one question in the store's own language, for reading only: the names of its columns and all rows.

        A :class:`~graphtrace.queries.CardKey` among the parameters becomes what the store compares cards by. Cells of
        rows are text, numbers, booleans, ``None`` or lists of these; a day becomes text.
        """
        ...

    def is_user(self, party: Party) -> bool:
        """Whether some activation names the party."""
        ...

    def volumes_of(self, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
        """How many different cards each party received, passed on or used on record.

        By listed number and by range; the cards whose keys are given with a party are of it in any case.
        """
        ...

    def count_cards(self) -> int:
        """How many different cards the records name, listed or by range."""
        ...

    def moved_lots(self, transfer: Transfer) -> Sequence[Lot]:
        """The cards that records may mean by a transfer, listed or by range: disjoint lots in order."""
        ...

    def lots_moved_otherwise(self, lots: Sequence[Lot], transfers: Sequence[Transfer]) -> Sequence[Lot]:
        """The cards that a record moves between two parties in none of the transfers: disjoint lots in order.

        All such cards of the lots, which are disjoint and in order, and of others only what the same ranges hold.
        """
        ...

    def lots_with(self, kind: Kind, lots: Sequence[Lot]) -> Sequence[Lot]:
        """The cards of the lots that a record of the kind lists: disjoint lots in order, as the given ones are."""
        ...

    def keys_of(self, cards: Sequence[int]) -> Sequence[str]:
        """The keys of cards by their numbers."""
        ...

    def count_moved(self, scope: Scope) -> MovementCounts:
        """How large the answers about the movements of a scope would be."""
        ...

    def flow_sums(self, scope: Scope, *, by_channel: bool) -> Iterator[FlowSum]:
        """What passed between each two parties, by their ids; with ``by_channel`` for each channel by itself."""
        ...

    def flow_sources(self, scope: Scope, *, most: int) -> Iterator[FlowSource]:
        """Where the movements of a scope stand: by the parties' ids, file and sheet; with the first ``most`` rows."""
        ...

    def party_sums(self, scope: Scope) -> Iterator[PartySum]:
        """What the parties of a scope received and passed on in its time, from and to anybody; by their ids.

        Without parties in the scope, everyone who dealt in cards in that time. What a party is follows from all of its
        dealings.
        """
        ...

    def contacts_of(
        self, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
    ) -> Sequence[Contact]:
        """To whom some parties passed cards on (``onward``) or from whom they received them; by their ids.

        ``days`` has a day for each party: only what may have been passed on that day or later counts, only what may
        have been received on that day or earlier. The day of a contact is the first on which the one may have passed
        cards on, or the last on which it may have received them.
        """
        ...

    def rows_within(self, scope: Scope, kinds: Sequence[Kind]) -> Iterator[CardRow]:
        """All rows of some kinds in a scope, by hash of the file, sheet and row; one that moves no card needs one of
        the parties only.
        """
        ...

    def lots_within(self, scope: Scope) -> Iterator[MovedLot]:
        """The different lots that the movements of a scope name, a listed card as one of a single card; in order."""
        ...

    def rejected_rows(self) -> Sequence[RejectedRow]:
        """Every row that was not loaded, by file, sheet and row."""
        ...


class CaseStore(Store, Protocol):
    """A store as a case opens it: what it holds as a whole, and whether that agrees with itself."""

    def close(self) -> None:
        """Lets go of the case."""
        ...

    def is_current(self) -> bool:
        """Whether nothing was loaded since the store was opened."""
        ...

    def contents(self) -> dict[str, Any]:
        """Counts of what is in the case, for ``status``."""
        ...

    def ledger_entries(self) -> list[str]:
        """The ledger lines that the database carries, in order."""
        ...

    def corrections(self) -> Sequence[Correction]:
        """All corrections, in the order in which they were made, whenever that was."""
        ...

    def carried_corrections(self) -> Sequence[CarriedCorrection]:
        """The same, as another case can take them over."""
        ...

    def written_entries(self) -> list[str]:
        """The lines of the ledger that stands beside the database; those of the database where none does."""
        ...

    def is_ledger_unfinished(self) -> bool:
        """Whether the file of the ledger ends within a line."""
        ...

    def check_folder(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is wrong with the tables and files of a case folder, as (code, where); nothing where there is none."""
        ...

    def explain(self, error: Exception) -> StoreError | None:
        """The error that a failure comes to where what the case holds is to blame for it; else ``None``."""
        ...

    def source_hash(self, sha256: str) -> str | None:
        """The SHA-256 of what is kept as the source with this one; ``None`` where nothing is kept."""
        ...

    def loaded_files(self) -> Sequence[LoadedFile]:
        """All files, in the order in which they were loaded."""
        ...

    def source_blocks(self, sha256: str) -> Iterator[bytes]:
        """What is kept as the source with this hash, block by block; nothing where nothing is kept."""
        ...

    def tables_of(self, files: Sequence[str]) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A database with the tables of an embedded case that hold these files (by hash) whole, and maybe more.

        The tables have the rows as they were loaded; where there are corrections, views before them have what counts.
        """
        ...

    def counts_by_sheet(self) -> list[tuple[str, str, int, int, int, int]]:
        """Per sheet: file, hash, rows counted at load, rows now stored, repeated rows, rejected rows."""
        ...
