"""A case: all records of one investigation and everything that follows from them. The face of the library.

What only some questions need is imported when one of them is asked, so that a trace starts fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from graphtrace.answers.trace import Tracer
from graphtrace.answers.traces import Traces
from graphtrace.errors import StoreError, UsageError
from graphtrace.model import Kind
from graphtrace.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audits
    from graphtrace.answers.parties import Dealings
    from graphtrace.store.loading import LoadReport, Progress

_SERVER = re.compile(r"(neo4j|bolt)(\+s|\+ssc)?://")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStatus:
    """What is in a case. ``files`` says per file when it was loaded and what became of its rows."""

    path: str
    files: list[dict[str, Any]]
    records: dict[str, int]
    parties: int
    cards_listed: int
    ranges: int
    quantity_only: int
    first_day: str | None
    last_day: str | None
    rejected: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a case that does not agree with itself; ``params`` says where."""

    code: str
    params: dict[str, Any]


def open_case(path: str | Path) -> Case:
    """Open the case in a folder; it need not exist before the first load.

    Raises
    ------
    StoreError
        If ``path`` names a server: this version keeps cases in folders only.
    """
    if _SERVER.match(str(path)):
        raise StoreError("cases on a server are not in this version", hint="name a case folder: --case NAME.gtrace")
    return Case(Path(path))


class Case:
    """A case folder. Reads when asked, writes only in :meth:`load`; use as a context manager to let go of it early."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tracer: Tracer | None = None
        self._store: EmbeddedStore | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Case {self.path}>"

    def close(self) -> None:
        """Let go of the case; the next question opens it again."""
        if self._store is not None:
            self._store.close()
            self._store = self._tracer = None

    @contextmanager
    def _open_store(self, known_on: str | None) -> Iterator[EmbeddedStore]:
        if known_on is None:
            if self._store is None:
                self._store = EmbeddedStore(self.path)
            yield self._store
            return
        if not _DAY.fullmatch(known_on):
            raise UsageError(f"{known_on} is no day", hint="write it as YYYY-MM-DD")
        store = EmbeddedStore(self.path, known_on=known_on)
        try:
            yield store
        finally:
            store.close()

    def _tracer_of(self, store: EmbeddedStore) -> Tracer:
        """A tracer for the store; that of the case's own store is kept from one question to the next."""
        if store is not self._store:
            return Tracer(store)
        if self._tracer is None:
            self._tracer = Tracer(store)
        return self._tracer

    def load(
        self,
        *files: str | Path,
        as_kind: Kind | None = None,
        mapping: str | Path | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load record files: atomic per file, idempotent by content, additive.

        Parameters
        ----------
        files
            CSV, TSV, XLSX, XLS, Parquet or JSON Lines.
        as_kind
            What every row is (``purchase``, ``transfer``, ``return``, ``activation``, ``seizure``, ``stock``).
        mapping
            A mapping file for headings that are not known.
        dry_run
            Report only; the case stays as it is.
        progress
            Called with (stage, done, total).

        Returns
        -------
        LoadReport
            One entry a sheet; a file that could not be read has an ``error`` and did not stop the others.
        """
        from graphtrace.store.loading import load_files

        self.close()
        return load_files(
            self.path,
            [Path(file) for file in files],
            as_kind=as_kind,
            mapping=None if mapping is None else Path(mapping),
            dry_run=dry_run,
            progress=progress,
        )

    def trace(self, *ids: str, known_on: str | None = None) -> Traces:
        """From cards (ICCID, part of one, MSISDN, IMSI or IMEI) to chains, registrants, end users and leads.

        Parameters
        ----------
        ids
            As many as wanted; one call for many is far cheaper than many calls.
        known_on
            A day (``YYYY-MM-DD``): answer from what had been loaded by its end.

        Returns
        -------
        Traces
            One trace per card that fits, in the order of the ids, then of the keys; an id that fits none has one with
            ``found`` false.
        """
        with self._open_store(known_on) as store:
            return Traces(self._tracer_of(store).trace(ids))

    def status(self) -> CaseStatus:
        """What is in the case."""
        with self._open_store(None) as store:
            contents = store.contents()
        size = sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
        return CaseStatus(path=str(self.path), size_bytes=size, **contents)

    def verify(self) -> list[Problem]:
        """Whether sources, rows and ledger still agree; reads every source. An empty list is a sound case."""
        from graphtrace.store.verifying import check_case

        with self._open_store(None) as store:
            return [Problem(code=code, params=params) for code, params in check_case(store)]

    def audit(self, *names: str, all: bool = False, known_on: str | None = None) -> Audits:  # noqa: A002
        """What became of every card that carriers sold to an enterprise, in numbers that add up.

        Parameters
        ----------
        names
            Ids (``id:…``, ``name:…``), strong identifiers or names of enterprises.
        all
            Every enterprise to which a carrier sold cards, the largest purchase first, instead of ``names``.
        known_on
            A day (``YYYY-MM-DD``): answer from what had been loaded by its end.

        Returns
        -------
        Audits
            One audit per name, in their order.

        Raises
        ------
        AmbiguousName
            If several parties bear a name.
        NothingFound
            If nobody bears a name, or no carrier is on record as having sold cards to the party.
        """
        from graphtrace.answers.audit import Audits, audit_all, audit_enterprises

        if bool(names) == all:
            raise UsageError(
                "an audit is of some enterprises or of all", hint="name at least one enterprise, or ask for all"
            )
        with self._open_store(known_on) as store:
            tracer = self._tracer_of(store)
            return Audits(audit_all(tracer) if all else audit_enterprises(tracer, names))

    def party(self, name: str, *, known_on: str | None = None) -> Dealings:
        """From whom a party (id, strong identifier or name) received cards, and to whom it passed cards on.

        Raises
        ------
        AmbiguousName
            If several parties bear the name.
        NothingFound
            If nobody does.
        """
        from graphtrace.answers.parties import trace_party

        with self._open_store(known_on) as store:
            return trace_party(store, name)
