"""Protocol of a store: it keeps statements with their origins and returns those that concern a question.

A store knows no custody. It returns rows as :class:`StoredRecord`, with every mention already resolved to a party. All
reasoning is done above it, so that every store gives the same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from graphtrace.identifiers import Pattern, imei14
from graphtrace.identifiers.iccid import display_iccid
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.model import AuditRole, Kind, Party
from graphtrace.storage.ledger import LedgerFile, content_of
from graphtrace.storage.stored_records import (
    NO_RECORDS,
    CardSelection,
    HardwareRecords,
    LoneName,
    NumberRecords,
    StoredRecord,
    SubscriberLink,
    SupportRecord,
    UnreadMovement,
    numbers_of,
)

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    from graphtrace.errors import StoreError
    from graphtrace.results.library import Language
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.storage.correction_log import PortableCorrection
    from graphtrace.storage.duckdb.session import CaseSession
    from graphtrace.storage.judgement_log import JudgementBook, StoredJudgement


FileState = Literal["read", "waiting", "refused"]
"""State of a loaded file: ``waiting`` where something of it is read only after an answer, ``refused`` where nothing was
understood."""


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

    @property
    def state(self) -> FileState:
        """Return whether the file was read, by its line of the ledger."""
        sheets = content_of(self.entry).get("sheets", ())
        if any("asked" in (sheet.get("reading") or sheet) for sheet in sheets):
            return "waiting"
        filled = [sheet for sheet in sheets if sheet["rows"]]
        return "refused" if filled and all(sheet.get("reading", {}) is None for sheet in filled) else "read"

    @property
    def waits_for_recipe(self) -> bool:
        """Whether a sheet asks which of several recipes reads it: they are not kept before one is chosen."""
        asked = [sheet.get("asked") or () for sheet in content_of(self.entry).get("sheets", ())]
        return any(field == "recipe" for questions in asked for field, *_ in questions)


class CardBatch(NamedTuple):
    """Cards taken apart (:func:`graphtrace.identifiers.split_key`): ``head`` is a place among ``heads``."""

    heads: Sequence[tuple[str, int]]
    head: npt.NDArray[np.signedinteger[Any]]
    number: npt.NDArray[np.signedinteger[Any]]


class WholeCaseScope(NamedTuple):
    """Scope of every record of the case."""


class PartyNamesScope(NamedTuple):
    """Scope of all parties and their names, without records."""


class MovementsScope(NamedTuple):
    """Scope of the movements of some cards."""

    cards: CardBatch


class CardsScope(NamedTuple):
    """Scope of the records of ``kinds`` that list a card in ``lots``, and of movements of ranges that overlap one.

    ``lots`` are disjoint. ``parties`` are resolved even if no record names them.
    """

    lots: Sequence[CardInterval]
    kinds: Sequence[Kind]
    parties: Collection[Party] = ()


class ReceivedScope(NamedTuple):
    """Scope of all movements of the cards that a party ever received."""

    party: Party


class SentScope(NamedTuple):
    """Scope of all movements of the cards that a party ever passed on."""

    party: Party


class DealingsScope(NamedTuple):
    """Scope of what some parties received or passed on and, ``with_uses``, used or have in lists of cards.

    The session also knows the integers of the cards ``keys``.
    """

    parties: Collection[Party]
    with_uses: bool = False
    keys: Collection[str] = ()


class TransferScope(NamedTuple):
    """Scope of the movements of cards from one party to another."""

    sender: Party
    receiver: Party


class SeizuresScope(NamedTuple):
    """Scope of the seizures of cards in a criminal case, as records write its number; in all with ``None``."""

    case_no: str | None = None


TEXT_FIELDS_LOOKED_UP: Final = ("record_no", "waybill", "contract_no", "case_no", "holder")
"""Fields of a record in which a text is looked up that is no number of a card and no name of a party."""


class TextScope(NamedTuple):
    """Scope of the records that hold one of some texts in a field of :data:`TEXT_FIELDS_LOOKED_UP`."""

    texts: Sequence[str]


class BesideScope(NamedTuple):
    """Scope of the records of rows that hold a text in a column that was not read; ``text`` as JSON writes it."""

    text: str


class LoadsScope(NamedTuple):
    """Scope of the records of some loads."""

    loads: Sequence[int]


class WatchedScope(NamedTuple):
    """Scope of the records of some loads that name one of some values, each with the number of the value.

    ``lots`` are first and last keys, ``numbers`` first and last MSISDN or IMSI as stored, ``devices`` the first 14
    digits of IMEIs, ``chips`` EIDs, ``texts`` what a field of :data:`TEXT_FIELDS_LOOKED_UP` holds; ``names`` and
    ``identifiers`` are normalised ones of parties, ``cells`` what a cell of a column that was not read holds in its
    plain writing (:func:`graphtrace.engine.row_search.plain_cell`).
    """

    loads: Sequence[int]
    lots: Sequence[tuple[int, str, str]] = ()
    numbers: Sequence[tuple[int, int, int]] = ()
    devices: Sequence[tuple[int, int]] = ()
    chips: Sequence[tuple[int, str]] = ()
    texts: Sequence[tuple[int, str]] = ()
    names: Sequence[tuple[int, str]] = ()
    identifiers: Sequence[tuple[int, str]] = ()
    cells: Sequence[tuple[int, str]] = ()


class UnlinkedEventsScope(NamedTuple):
    """Scope of the records that name no card but an MSISDN or IMSI, and of all that link these numbers to cards."""


class AuditScope(NamedTuple):
    """Scope of the audits of some parties in a role; ``None``: all parties in that role."""

    parties: Sequence[Party] | None
    role: AuditRole = "enterprise"


class RejectsScope(NamedTuple):
    """Scope of the rejected rows."""


class UnreadScope(NamedTuple):
    """Scope of the cards and numbers of changes of hands that were not recorded."""


class UnreadRowsScope(NamedTuple):
    """Scope of all rows that were not read: those rejected, and those whose changes of hands were not recorded."""


Scope = (
    WholeCaseScope
    | PartyNamesScope
    | MovementsScope
    | CardsScope
    | ReceivedScope
    | SentScope
    | DealingsScope
    | TransferScope
    | SeizuresScope
    | TextScope
    | BesideScope
    | LoadsScope
    | WatchedScope
    | UnlinkedEventsScope
    | AuditScope
    | RejectsScope
    | UnreadScope
    | UnreadRowsScope
)
"""Part of a case that a session must hold for a question; it may hold more."""

WHOLE_CASE: Final = WholeCaseScope()


@dataclass(frozen=True, kw_only=True)
class CaseContents:
    """Contents of a case other than its records, each in order, each read at its first use."""

    read_ledger: Callable[[], Sequence[str]]
    read_files: Callable[[], Sequence[LoadedFile]]
    read_corrections: Callable[[], Sequence[PortableCorrection]]
    read_judgements: Callable[[], Sequence[StoredJudgement]]
    read_notes: Callable[[], Sequence[str]]
    read_lookups: Callable[[], Sequence[str]]

    @cached_property
    def ledger(self) -> Sequence[str]:
        """The ledger lines of the database."""
        return self.read_ledger()

    @cached_property
    def files(self) -> Sequence[LoadedFile]:
        """All files, in the order in which they were loaded."""
        return self.read_files()

    @cached_property
    def corrections(self) -> Sequence[PortableCorrection]:
        """The corrections in a form that another case can take over, whenever they were made."""
        return self.read_corrections()

    @cached_property
    def judgements(self) -> Sequence[StoredJudgement]:
        """The lines about judgements, whenever they were made."""
        return self.read_judgements()

    @cached_property
    def notes(self) -> Sequence[str]:
        """The lines that people added beside the records (:mod:`graphtrace.storage.case_notes`)."""
        return self.read_notes()

    @cached_property
    def lookups(self) -> Sequence[str]:
        """The lines of the log of look-ups (:mod:`graphtrace.storage.lookups`).

        Notes and look-ups state the heads of each other: read before the notes, these are of the same moment.
        """
        while True:
            notes, lookups = self.read_notes(), self.read_lookups()
            if self.read_notes() == notes:
                self.__dict__.setdefault("notes", notes)
                return lookups


class SheetTotals(NamedTuple):
    """Number of records and rejects of a sheet: ``rows`` at its load, and as stored now."""

    file: str
    sha256: str
    rows: int
    stored: int
    repeated: int
    rejected: int


class IntegrityFacts(NamedTuple):
    """State of a case for ``verify``.

    ``ledger_file`` is the ledger beside the database; of a case without one, that in the database. ``problems`` are
    those in the tables and files of a case folder, as (code, parameters); they and ``sheets`` are looked for when they
    are iterated over.
    """

    ledger_file: LedgerFile
    sheets: Iterator[SheetTotals]
    problems: Iterator[tuple[str, dict[str, Any]]]


class Backend(Protocol):
    """Protocol of a store that a case opens; all answers concern what was known on one day, fixed when it is opened.

    Questions about a few cards or parties, for which a store has indexes, are members. Whatever adds up many records is
    SQL of :mod:`graphtrace.engine`, written once over the tables of a :class:`CaseSession`, which is always DuckDB: a
    folder hands out its own tables, a server a copy in memory of the records in the scope of the question.
    """

    # -- capabilities ------------------------------------------------------------------------------------------

    @property
    def query_language(self) -> Language:
        """Return the language of queries: with ``cypher`` they go to :meth:`run_cypher`, else to a session."""

    @property
    def has_supporting_records(self) -> bool:
        """Whether the case holds any identity, shipment, payment or contact."""

    @property
    def has_unlinked_events(self) -> bool:
        """Whether any row names no card but an MSISDN or IMSI."""

    @property
    def has_unread(self) -> bool:
        """Whether any row states a change of hands of a card that was not recorded."""

    @property
    def replies(self) -> Mapping[str, ReplyCheck]:
        """The files of carriers' replies, by SHA-256, with what is stated of each last."""

    @property
    def judgements(self) -> JudgementBook:
        """Return the judgements about parties that this store applies."""

    # -- questions ---------------------------------------------------------------------------------------------

    def select(self, keys: Sequence[str], *, records_only: bool = False) -> CardSelection:
        """Return the records about some cards; with ``records_only`` only the rows that name them."""

    def match_pattern(self, pattern: Pattern, most: int) -> Sequence[str]:
        """Return the keys of the cards that match a partial number, sorted; at most ``most`` + 1."""

    def nearby_ends(self, first: str, last: str, within: int) -> Sequence[str]:
        """Return the ends of lots at most ``within`` numbers before or behind two keys with one head, or between."""

    def known_cards(self, keys: Iterable[str]) -> Sequence[str]:
        """Return the keys of those cards that a record names, listed or by range."""

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return the 20th characters of each listed card as written, ``""`` for none; cards never listed are absent.

        A card that a range counted by check digits names has none
        (:func:`~graphtrace.storage.stored_records.is_counted_whole`).
        """

    def subscriber_links(self, numbers: Iterable[str]) -> Sequence[SubscriberLink]:
        """Return the cards to which MSISDNs and IMSIs were linked, with the dates."""

    def find_events(self, numbers: Iterable[str]) -> NumberRecords:
        """Return the events that name no card but one of these MSISDNs or IMSIs."""

    def find_unread(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        """Return the changes of hands that were not recorded, by card and by MSISDN or IMSI, in order of their rows."""

    def find_hardware(self, kind: Literal["eid", "imei"], number: str) -> HardwareRecords:
        """Return what was seen in a device (14 digits of its IMEI) or on an eSIM chip (its EID)."""

    def card_ids(self, keys: Iterable[str]) -> Mapping[int, str]:
        """Return the keys that can be in the case by the integers of the store."""

    def card_keys(self, cards: Sequence[int]) -> Sequence[str]:
        """Return the keys of cards by the integers of the store."""

    def count_cards(self) -> int:
        """Return the number of different cards that the records name, listed or by range."""

    def quantity_records(self) -> Sequence[StoredRecord]:
        """Return all quantity-only movements."""

    def find_parties(self, *, ids: Sequence[str], name_key: str) -> Sequence[Party]:
        """Return the parties with one of the ids or such a member, else those with the name in some record; by id."""

    def names_of_party(self, party: Party) -> Sequence[tuple[str, str]]:
        """Return the spellings of the members of a party in records, as (member, spelling), each pair once, sorted."""

    @property
    def lone_names(self) -> Sequence[LoneName]:
        """Return the names alone that join a party with an identifier where no row of the file states both; sorted."""

    def supporting_records(self, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
        """Return the supporting records with one of the keys, without keys all, sorted by day, then by origin."""

    def session(self, scope: Scope) -> CaseSession:
        """Return tables that hold at least the records of a scope, with their parties resolved."""

    def run_cypher(
        self, text: str, parameters: Mapping[str, object]
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Run one read-only query in Cypher; return the names of its columns and all rows.

        A :class:`~graphtrace.results.library.CardKey` among the parameters becomes what the store compares cards by.
        Cells of rows are text, numbers, booleans, ``None`` or lists of these; a day becomes text.
        """

    # -- the case as a whole -----------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """Return the counts of ``status``."""

    def contents(self) -> CaseContents:
        """Return what the case carries beside its records."""

    def integrity(self) -> IntegrityFacts:
        """Return what ``verify`` checks."""

    def read_source(self, sha256: str) -> Iterator[bytes] | None:
        """Return the content of the source with this hash, block by block; ``None`` if no such source is kept."""

    def open_tables(self, files: Sequence[int]) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open a database with the tables of a case folder that hold at least these files.

        Files are known by the numbers of their loads. The tables have the rows as they were loaded; where there are
        corrections, views before them have what counts.
        """

    def is_fresh(self) -> bool:
        """Whether the case is unchanged since the store was opened."""

    def explain(self, error: Exception) -> StoreError | None:
        """Return the error for a failure that the contents of the case caused; else ``None``."""

    def interrupt(self) -> None:
        """End what is being worked out here for a question of another thread, which ends in an error then."""

    def close(self) -> None:
        """Close the case."""


def hash_source(backend: Backend, sha256: str) -> str | None:
    """Return the SHA-256 of the stored copy of the source with this hash; ``None`` if there is none."""
    blocks = backend.read_source(sha256)
    if blocks is None:
        return None
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def shown_numbers(backend: Backend, keys: Collection[str]) -> dict[str, str]:
    """Return the numbers of cards as they are shown (SPEC 2), by their keys, in the order given."""
    check_chars = backend.check_chars(keys)
    return {key: display_iccid(key, check_chars.get(key, ())) for key in keys}


def complete_selection(
    backend: Backend, found: CardSelection, cards_by_device: Callable[[Collection[str]], Mapping[str, Sequence[str]]]
) -> CardSelection:
    """Return a selection with what it lacks, from the answers of a store to single questions."""
    named = [row for rows in found.records.values() for row in rows]
    unlinked = backend.find_events(numbers_of(named)) if backend.has_unlinked_events else NO_RECORDS
    devices = {imei14(row.imei) for row in (*named, *unlinked.events) if row.imei is not None}
    by_device = {**found.by_device, **cards_by_device(devices - found.by_device.keys())}
    shared = {card for cards in by_device.values() if len(cards) > 1 for card in cards}
    unknown = shared - found.records.keys() - found.check_chars.keys()
    return CardSelection(found.records, unlinked, by_device, {**found.check_chars, **backend.check_chars(unknown)})
