"""Protocol of a store: it keeps statements with their origins and returns those that concern a question.

A store knows no custody. It returns rows as :class:`StoredRecord`, with every mention already resolved to a party. All
reasoning is done above it, so that every store gives the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphtrace.identifiers import KeyRange, Pattern
from graphtrace.model import AuditRole, DateSpan, Kind, Origin, Party, Precision
from graphtrace.query_library import Language
from graphtrace.storage.ledger import LedgerFile, content_of

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    from graphtrace.engine.audit_session import AuditSession
    from graphtrace.errors import StoreError
    from graphtrace.storage.corrections import Correction, PortableCorrection
    from graphtrace.storage.judgements import JudgementBook, StoredJudgement
    from graphtrace.storage.supports import SupportRecord


class StoredRecord(NamedTuple):
    """One loaded row. ``lot`` is the range that it names, ``None`` for a listed card and for none."""

    kind: Kind
    lot: KeyRange | None
    check_char: str | None
    sender: Party | None
    receiver: Party | None
    when: DateSpan | None
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
    state: str | None
    cell: str | None
    price: str | None
    waybill: str | None
    origin: Origin


class SubscriberLink(NamedTuple):
    """A record that names a card together with an MSISDN or IMSI."""

    number: str
    key: str
    when: DateSpan | None


CardInterval = tuple[int, int]
"""First and last of some consecutive cards, as the store numbers cards."""


class ComplementaryLots(NamedTuple):
    """Cards that ``taker`` received and never passed on, and ``giver`` passed on without having received them.

    ``missing`` is how many cards the giver passed on without a receipt, from whomever they may have come.
    """

    giver: Party
    taker: Party
    cards: int
    missing: int
    lots: Sequence[CardInterval]


class TransferKey(NamedTuple):
    """Cards that pass from one party to another on one day, as far as records state it.

    ``days`` are the days that are stated for it, each as the first and the last day that the statement allows.
    """

    sender: Party
    receiver: Party
    days: tuple[tuple[int, int], ...]


class QuantityTotals(NamedTuple):
    """Records that state a number of cards only, each statement once, and the sum of these numbers."""

    records: int = 0
    cards: int = 0


class CounterpartyTotals(NamedTuple):
    """Cards that passed between two parties: disjoint lots, the number of records that name them, and quantities."""

    party: Party
    lots: Sequence[CardInterval]
    records: int
    quantity_only: QuantityTotals
    since: DateSpan
    until: DateSpan


class MovementFilter(NamedTuple):
    """Filter for movements: between any two of some parties (by id; ``None``: all parties), on some days.

    A record counts that may have been on one of the days from ``since`` to ``until``, both included. With ``pairs``
    (ids), only movements between the two parties of a pair count, in either direction.
    """

    parties: frozenset[str] | None = None
    since: int | None = None
    until: int | None = None
    pairs: frozenset[tuple[str, str]] | None = None

    def between(self, pairs: Iterable[tuple[str, str]]) -> MovementFilter:
        """The same days, narrowed to the movements between the two parties of each pair."""
        both = frozenset(pairs)
        return self._replace(parties=frozenset(party for pair in both for party in pair), pairs=both)


class MovementCounts(NamedTuple):
    """Number of pairs of parties, of records (each origin) and of different lots that the movements of a scope have."""

    flows: int
    records: int
    lots: int


class FlowTotals(NamedTuple):
    """Totals of a flow between two parties: different cards, records, and quantities of records that name no card."""

    sender: Party
    receiver: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan
    until: DateSpan
    kinds: tuple[Kind, ...]
    channels: tuple[str, ...]
    precisions: tuple[Precision, ...]


class FlowProvenance(NamedTuple):
    """Number of rows of a sheet that state movements from one party to another, by party id, with the first rows.

    A row that repeats a statement counts: it is one more origin.
    """

    sender: str
    receiver: str
    file: str
    sha256: str
    sheet: str | None
    total: int
    rows: tuple[int, ...]


class PartyTotals(NamedTuple):
    """Number of different cards that a party received and passed on in a period, and the roles that it ever had.

    ``received_by_number`` and ``passed_by_number`` add up what records state without naming cards.
    """

    party: Party
    received: int
    received_by_number: int
    passed: int
    passed_by_number: int
    has_bought: bool
    has_passed: bool


class Neighbour(NamedTuple):
    """Two parties, by id, between which cards passed, and a day that a record allows."""

    party: str
    other: str
    day: int


class CardRecord(NamedTuple):
    """A row, and the key of the card that it lists, if it lists one."""

    key: str | None
    record: StoredRecord


class LotSummary(NamedTuple):
    """A lot: the keys of its first and last card, their number, and the 20th character of a listed card as written."""

    first: str
    last: str
    cards: int
    check_chars: tuple[str, ...] | None


class RejectedRow(NamedTuple):
    """A rejected row of a file: its origin and the reason; ``field`` is the one that could not be read."""

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str


class LoadedFile(NamedTuple):
    """A file of a case: its name, hash, size and time of loading, its line of the ledger, and its number of rows."""

    name: str
    sha256: str
    size: int
    loaded_at: str
    entry: str
    rows: int

    @property
    def load(self) -> int:
        """Return the number of its load; a file that was unloaded and loaded again has several."""
        return int(content_of(self.entry)["load"])


class CardBatch(NamedTuple):
    """Cards taken apart (:func:`graphtrace.identifiers.split_key`): ``head`` is a place among ``heads``."""

    heads: Sequence[tuple[str, int]]
    head: npt.NDArray[np.signedinteger[Any]]
    number: npt.NDArray[np.signedinteger[Any]]


class MovementColumns(NamedTuple):
    """A row a movement, listed or by range: a place among the cards that were asked for, two parties, and the days.

    Parties are numbers; ``carriers`` are those of carriers, and ``parties`` tells who some of them are. A card that
    was asked for twice has its movements at its first place; ``place`` has that of every card.
    """

    place: npt.NDArray[np.signedinteger[Any]]
    card: npt.NDArray[np.signedinteger[Any]]
    sender: npt.NDArray[np.signedinteger[Any]]
    receiver: npt.NDArray[np.signedinteger[Any]]
    first: npt.NDArray[np.signedinteger[Any]]
    last: npt.NDArray[np.signedinteger[Any]]
    carriers: npt.NDArray[np.signedinteger[Any]]
    parties: Callable[[Iterable[int]], Mapping[int, Party]]


class StoreReader(Protocol):
    """Protocol of the queries of answers; all concern what was known on one day, fixed when the store is opened."""

    def records(self, keys: Sequence[str]) -> Mapping[str, Sequence[StoredRecord]]:
        """Return all rows that name the cards, listed or by range; cards without rows are absent."""
        ...

    def movement_columns(self, cards: CardBatch) -> MovementColumns:
        """Return the movements of the cards, listed or by range, as columns; every row that names a card counts."""
        ...

    def quantity_records(self) -> Sequence[StoredRecord]:
        """Return all quantity-only movements."""
        ...

    @property
    def has_unlinked_events(self) -> bool:
        """Whether any row names no card but an MSISDN or IMSI."""
        ...

    def unlinked_events(self, numbers: Iterable[str]) -> Sequence[StoredRecord]:
        """Return uses, seizures and list entries that name no card but one of these MSISDNs or IMSIs."""
        ...

    def unlinked_events_in_device(self, imei: str) -> Sequence[StoredRecord]:
        """Return uses, seizures and list entries in a device (14 digits) that name no card but an MSISDN or IMSI."""
        ...

    def subscriber_links(self, numbers: Iterable[str]) -> Sequence[SubscriberLink]:
        """Return the cards to which the numbers were linked, with the dates."""
        ...

    def cards_by_device(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the keys of the cards used in each device (14 digits), sorted."""
        ...

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the 20th characters of each listed card as written, ``""`` for none; cards never listed are absent."""
        ...

    def match_pattern(self, pattern: Pattern, *, most: int) -> Sequence[str]:
        """Return the keys of all cards that match a partial number, sorted; at most ``most`` + 1."""
        ...

    def nearby_lot_ends(self, key: str, *, within: int) -> Sequence[str]:
        """Return the ends of the lots with the head of ``key`` that lie at most ``within`` numbers from it."""
        ...

    def existing_keys(self, keys: Iterable[str]) -> Sequence[str]:
        """Return the keys that some record names, listed or by range."""
        ...

    def cards_received_by(self, party: Party) -> Iterable[tuple[int, str, Sequence[StoredRecord]]]:
        """Yield all cards that the party ever received, as (number of cards, a key with their head, movements)."""
        ...

    def find_parties(self, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
        """Return the parties with one of the ids or such a member, else those with the name in some record; by id."""
        ...

    def names_of_party(self, party: Party) -> Sequence[tuple[str, str]]:
        """Return the spellings of the members of a party in records, as (member, spelling), each pair once, sorted."""
        ...

    def all_names(self) -> Sequence[tuple[Party, str]]:
        """Return every party with each of its normalised names, sorted by id and name."""
        ...

    def complementary_lots(self) -> Iterable[ComplementaryLots]:
        """Return pairs of a giver and a taker: cards that the giver lacks a receipt of and the taker never passed on.

        The pair with the most such cards comes first.
        """
        ...

    def histories(self, lots: Sequence[CardInterval]) -> Iterable[tuple[int, str, Sequence[StoredRecord]]]:
        """Yield the movements of cards of disjoint sorted lots, as (number of cards, a key with their head, rows)."""
        ...

    def suggest_parties(self, name_key: str, *, most: int) -> Sequence[Party]:
        """Return the parties with the most similar names, the nearest first."""
        ...

    def unlinked_events_in(
        self, lots: Sequence[CardInterval]
    ) -> tuple[Sequence[StoredRecord], Sequence[SubscriberLink]]:
        """Return rows that name only an MSISDN or IMSI that a card of the lots had, and all links of their numbers."""
        ...

    def card_id(self, key: str) -> int | None:
        """Return the number under which the store keeps a card, ``None`` if no card of the case matches."""
        ...

    @property
    def judgements(self) -> JudgementBook:
        """Return the judgements about parties that this store applies."""
        ...

    def audit_session(
        self, parties: Sequence[Party] | None, role: AuditRole = "enterprise"
    ) -> tuple[AuditSession, Sequence[int], Sequence[CardInterval]]:
        """Open an audit session on the cards with which the audits of some parties, or of all in a role, begin.

        These are the cards that records give to a party, listed or by range: as an ``enterprise`` from a carrier, as a
        ``dealer`` from anybody else; ``None`` means all enterprises, or all who received cards and are none. Beside the
        bench the parties that received such a card, as the bench numbers them, and these cards as disjoint lots in
        order; see :mod:`graphtrace.engine.audit_session`.
        """
        ...

    def counterparties(self, party: Party) -> tuple[Sequence[CounterpartyTotals], Sequence[CounterpartyTotals]]:
        """Return the parties that the party received cards from, and those that it passed cards on to; by id."""
        ...

    def seized_cards(self, *, case_no: str | None = None) -> Sequence[int]:
        """Return the cards that some seizure names by their number, sorted; of one criminal case if that is given."""
        ...

    @property
    def query_language(self) -> Language:
        """Return the query language of :meth:`run_query`."""
        ...

    def read_views(
        self, text: str, parameters: Mapping[str, object], *, is_bundled: bool
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Run one SELECT over the views of docs/model.md, on a server over the fetched records; days stay dates."""
        ...

    def run_query(self, text: str, parameters: Mapping[str, object]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Run one read-only query in the store's own language; return the names of its columns and all rows.

        A :class:`~graphtrace.query_library.CardKey` among the parameters becomes what the store compares cards by.
        Cells of rows are text, numbers, booleans, ``None`` or lists of these; a day becomes text.
        """
        ...

    def card_counts(self, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
        """Return the number of different cards that each party received, passed on or used on record.

        By listed number and by range; the cards whose keys are given with a party are of it in any case.
        """
        ...

    def count_cards(self) -> int:
        """Return the number of different cards that the records name, listed or by range."""
        ...

    def lots_in_transfer(self, transfer: TransferKey) -> Sequence[CardInterval]:
        """Return the cards that records may mean by a transfer, listed or by range, as disjoint sorted lots."""
        ...

    def lots_outside_transfers(
        self, lots: Sequence[CardInterval], transfers: Sequence[TransferKey]
    ) -> Sequence[CardInterval]:
        """Return the cards that a record moves between two parties in none of the transfers, as disjoint sorted lots.

        All such cards of the lots, which are disjoint and in order, and of others only what the same ranges hold.
        """
        ...

    def lots_with_event(self, kind: Kind, lots: Sequence[CardInterval]) -> Sequence[CardInterval]:
        """Return the cards of disjoint sorted lots that a record of the kind lists, as such lots."""
        ...

    def card_keys(self, cards: Sequence[int]) -> Sequence[str]:
        """Return the keys of cards by their numbers."""
        ...

    def estimate_size(self, scope: MovementFilter) -> MovementCounts:
        """Return the number of flows, records and lots of the movements of a scope."""
        ...

    def flow_totals(self, scope: MovementFilter, *, by_channel: bool) -> Iterator[FlowTotals]:
        """Yield the totals of each flow, by the parties' ids; with ``by_channel`` each channel is a separate flow."""
        ...

    def flow_provenance(self, scope: MovementFilter, *, most: int) -> Iterator[FlowProvenance]:
        """Yield the rows that state each flow, by the parties' ids, file and sheet; with the first ``most`` rows."""
        ...

    def party_totals(self, scope: MovementFilter) -> Iterator[PartyTotals]:
        """Yield the totals of the parties of a scope, from and to any party, in its period; by their ids.

        Without parties in the scope, everyone who dealt in cards in that time. What a party is follows from all of its
        dealings.
        """
        ...

    def neighbours(
        self, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
    ) -> Sequence[Neighbour]:
        """Return the parties that some parties passed cards on to (``onward``) or received them from; by their ids.

        ``days`` has a day for each party: only what may have been passed on that day or later counts, only what may
        have been received on that day or earlier. The day of a contact is the first on which the one may have passed
        cards on, or the last on which it may have received them.
        """
        ...

    def iter_records(self, scope: MovementFilter, kinds: Sequence[Kind]) -> Iterator[CardRecord]:
        """Yield all rows of some kinds in a scope, by hash of the file, sheet and row.

        A movement needs both its parties in the scope, any other record one.
        """
        ...

    def iter_lots(self, scope: MovementFilter) -> Iterator[LotSummary]:
        """Yield the different lots that the movements of a scope name, sorted; a listed card is a lot of one card."""
        ...

    def rejects(self) -> Sequence[RejectedRow]:
        """Return every rejected row, by file, sheet and row."""
        ...

    @property
    def has_supports(self) -> bool:
        """Whether the case holds any identity, shipment, payment or contact."""
        ...

    def supports(self, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
        """Return the supporting records with one of the keys, without keys all, sorted by day, then by origin."""
        ...


class Backend(StoreReader, Protocol):
    """Protocol of a store that a case opens: its queries, its contents as a whole, and its integrity checks."""

    def close(self) -> None:
        """Close the case."""
        ...

    def is_fresh(self) -> bool:
        """Whether the case is unchanged since the store was opened."""
        ...

    def summary(self) -> dict[str, Any]:
        """Return the counts of ``status``."""
        ...

    def ledger_entries(self) -> list[str]:
        """Return the ledger lines that the database carries, in order."""
        ...

    def corrections(self) -> Sequence[Correction]:
        """Return the corrections of rows whose file is known today, in the order in which they were made."""
        ...

    def portable_corrections(self) -> Sequence[PortableCorrection]:
        """Return the corrections in a form that another case can take over."""
        ...

    def portable_judgements(self) -> Sequence[StoredJudgement]:
        """Return all lines about judgements, in order, whenever they were made."""
        ...

    def note_entries(self) -> list[str]:
        """Return the lines that people added beside the records, in order; see :mod:`graphtrace.storage.notes`."""
        ...

    def ledger_file(self) -> LedgerFile:
        """Return the ledger file beside the database; without one, the ledger in the database."""
        ...

    def check_folder(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the problems in the tables and files of a case folder, as (code, parameters)."""
        ...

    def explain(self, error: Exception) -> StoreError | None:
        """Return the error for a failure that the contents of the case caused; else ``None``."""
        ...

    def source_sha256(self, sha256: str) -> str | None:
        """Hash the stored copy of a source and return its SHA-256; None if the copy is missing."""
        ...

    def loaded_files(self) -> Sequence[LoadedFile]:
        """Return all files, in the order in which they were loaded."""
        ...

    def read_source(self, sha256: str) -> Iterator[bytes]:
        """Yield the content of the source with this hash, block by block; nothing if no such source is kept."""
        ...

    def open_tables(self, files: Sequence[int]) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open a database with the tables of a case folder that hold at least these files.

        Files are known by the numbers of their loads.

        The tables have the rows as they were loaded; where there are corrections, views before them have what counts.
        """
        ...

    def sheet_counts(self) -> list[tuple[str, str, int, int, int, int]]:
        """Return per sheet: file, hash, records and rejects at load; stored and repeated records, rejected rows."""
        ...
