"""Locations of a case: a folder, a block of a partitioned case, or a server; the only module that knows them all.

A location opens the store that answers, loads files, and returns its size. Each store is imported when it is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from graphtrace.errors import CaseMissing, UsageError
from graphtrace.patterns import late
from graphtrace.results.corrections import CorrectionResult, UnloadResult
from graphtrace.storage.case_folder import BLOCK, DEFAULT_WAIT_S, folder_bytes, refuse_inside_case, sweep_scratch
from graphtrace.storage.ledger import Chains, FolderChains, Moment

if TYPE_CHECKING:
    from graphtrace.ingest.containers import Source
    from graphtrace.results.case_status import CompactResult
    from graphtrace.results.judgements import JudgementResult
    from graphtrace.results.load_report import LoadReport
    from graphtrace.storage.base import Backend
    from graphtrace.storage.copy import CopyTarget
    from graphtrace.storage.correction_log import CorrectionRequest, UnloadRequest
    from graphtrace.storage.judgement_log import JudgementRequest
    from graphtrace.storage.load_settings import LoadOptions, LoadSettings, Progress
    from graphtrace.storage.neo4j.client import Address, Credentials

_ADDRESS: Final = late(r"[A-Za-z][A-Za-z0-9+.-]+://|[^/]*:[^/]*@")
"""A text with ``user:password@`` is an address without a scheme too: names of folders are displayed, passwords not."""


def is_server(name: str) -> bool:
    """Whether the name of a case is an address, and not a path."""
    return _ADDRESS.match(name) is not None


class CaseLocation(Protocol):
    """Location that holds a case or can hold one: a folder or a database of a server."""

    @property
    def path(self) -> Path | str:
        """Return the folder, or the address of the server."""

    @property
    def holds_files_open(self) -> bool:
        """Whether an open case holds its files open: some systems then refuse to remove or rename them."""

    def open_store(self, as_of: Moment | None, *, judged: bool = True, memory_bytes: int | None = None) -> Backend:
        """Open the store with the knowledge of the end of a day; raises if there is no case.

        With ``judged`` it applies the judgements about parties.
        """

    def load_files(self, paths: Sequence[Path | Source], settings: LoadSettings, options: LoadOptions) -> LoadReport:
        """Load files into the case, which is created if it does not exist; see :meth:`graphtrace.Case.load`."""

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyTarget]:
        """Open the writer that receives the files of another case; see :mod:`graphtrace.storage.copy`."""

    def correct(self, request: CorrectionRequest) -> CorrectionResult:
        """Correct a record; see :meth:`graphtrace.Case.correct`."""

    def unload(self, request: UnloadRequest) -> UnloadResult:
        """Unload a file; see :meth:`graphtrace.Case.unload`."""

    def judge(self, request: JudgementRequest) -> JudgementResult:
        """Judge two parties, or undo a judgement; see :meth:`graphtrace.Case.resolve`."""

    def chains(self) -> AbstractContextManager[Chains]:
        """Open the notes of the case and its log of look-ups; its store is not opened for that."""

    def redaction_key(self) -> bytes:
        """Return the key of the pseudonyms of the case; see :mod:`graphtrace.storage.redaction_key`."""

    def compact(self) -> CompactResult:
        """Sort the rows of the case; see :meth:`graphtrace.Case.compact`."""

    def size_bytes(self) -> int | None:
        """Return the size of the case in bytes; ``None`` where only the server knows it."""


class FolderLocation:
    """A case folder; waits for other writers."""

    holds_files_open = True

    def __init__(self, path: Path, wait_s: float) -> None:
        self.path = path
        self._wait_s = wait_s

    def open_store(self, as_of: Moment | None, *, judged: bool = True, memory_bytes: int | None = None) -> Backend:
        from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

        if self.path.is_file():
            raise CaseMissing("file_no_case", path=self.path, hint="name_case_folder")
        sweep_scratch(self.path)
        return DuckDBBackend(self.path, as_of=as_of, judged=judged, wait_s=self._wait_s, memory_bytes=memory_bytes)

    def load_files(self, paths: Sequence[Path | Source], settings: LoadSettings, options: LoadOptions) -> LoadReport:
        from graphtrace.storage.load_files import load_files

        sweep_scratch(self.path)
        refuse_inside_case(self.path)
        return load_files(self.path, paths, settings, options, wait_s=self._wait_s)

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyTarget]:  # noqa: ARG002
        from graphtrace.storage.duckdb.duckdb_writer import open_writer

        sweep_scratch(self.path)
        refuse_inside_case(self.path)
        return open_writer(self.path, wait_s=self._wait_s, task="copy")

    def correct(self, request: CorrectionRequest) -> CorrectionResult:
        from graphtrace.storage.correction_log import plan_correction
        from graphtrace.storage.duckdb.duckdb_writer import correct_folder

        sweep_scratch(self.path)
        planned = correct_folder(self.path, partial(plan_correction, request), task="correct", wait_s=self._wait_s)
        return CorrectionResult(correction=planned.correction, is_new=planned.is_new)

    def unload(self, request: UnloadRequest) -> UnloadResult:
        from graphtrace.storage.correction_log import plan_unload
        from graphtrace.storage.duckdb.duckdb_writer import correct_folder

        sweep_scratch(self.path)
        planned = correct_folder(self.path, partial(plan_unload, request), task="unload", wait_s=self._wait_s)
        return UnloadResult(unload=planned.correction, corrections=planned.removed)

    def judge(self, request: JudgementRequest) -> JudgementResult:
        from graphtrace.storage.duckdb.duckdb_judgements import judge_folder

        sweep_scratch(self.path)
        return judge_folder(self.path, request, wait_s=self._wait_s)

    def chains(self) -> AbstractContextManager[Chains]:
        return nullcontext(FolderChains(self.path, self._wait_s))

    def redaction_key(self) -> bytes:
        from graphtrace.storage.redaction_key import key_of_folder

        return key_of_folder(self.path, wait_s=self._wait_s)

    def compact(self) -> CompactResult:
        from graphtrace.storage.duckdb.compact import compact_folder

        sweep_scratch(self.path)
        return compact_folder(self.path, wait_s=self._wait_s)

    def size_bytes(self) -> int | None:
        return folder_bytes(self.path)


class Neo4jLocation:
    """A database of a Neo4j server."""

    holds_files_open = False

    def __init__(self, address: Address, wait_s: float) -> None:
        self.path = str(address)
        self._address = address
        self._wait_s = wait_s

    def open_store(self, as_of: Moment | None, *, judged: bool = True, memory_bytes: int | None = None) -> Backend:
        from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend

        sweep_scratch(None)
        return Neo4jBackend(self._address, as_of=as_of, judged=judged, memory_bytes=memory_bytes)

    def load_files(self, paths: Sequence[Path | Source], settings: LoadSettings, options: LoadOptions) -> LoadReport:
        from graphtrace.storage.load_files import load_into
        from graphtrace.storage.memory_budget import plan_budget
        from graphtrace.storage.neo4j.neo4j_writer import open_server_writer

        memory = plan_budget(options.memory_limit)
        writer = open_server_writer(
            self._address, dry_run=options.dry_run, memory=memory, progress=options.tell, wait_s=self._wait_s
        )
        return load_into(writer, paths, settings, options)

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyTarget]:
        from graphtrace.storage.neo4j.neo4j_writer import open_server_writer

        return open_server_writer(self._address, dry_run=False, progress=progress, wait_s=self._wait_s)

    def correct(self, request: CorrectionRequest) -> CorrectionResult:
        from graphtrace.storage.correction_log import plan_correction
        from graphtrace.storage.neo4j.neo4j_writer import correct_server

        planned = correct_server(self._address, partial(plan_correction, request), wait_s=self._wait_s)
        return CorrectionResult(correction=planned.correction, is_new=planned.is_new)

    def unload(self, request: UnloadRequest) -> UnloadResult:
        from graphtrace.storage.correction_log import plan_unload
        from graphtrace.storage.neo4j.neo4j_writer import correct_server

        planned = correct_server(self._address, partial(plan_unload, request), wait_s=self._wait_s)
        return UnloadResult(unload=planned.correction, corrections=planned.removed)

    def judge(self, request: JudgementRequest) -> JudgementResult:
        from graphtrace.storage.neo4j.neo4j_writer import judge_server

        return judge_server(self._address, request)

    @contextmanager
    def chains(self) -> Iterator[Chains]:
        from graphtrace.storage.neo4j.client import Neo4jClient
        from graphtrace.storage.neo4j.neo4j_notes import ServerChains

        with Neo4jClient(self._address) as server:
            yield ServerChains(server)

    def redaction_key(self) -> bytes:
        from graphtrace.storage.redaction_key import key_of_server

        return key_of_server(self._address)

    def compact(self) -> CompactResult:
        raise UsageError("server_in_order", case=self.path, hint="nothing_to_do")

    def size_bytes(self) -> int | None:
        return None


def parse_location(
    name: str | Path, *, wait_s: float = DEFAULT_WAIT_S, credentials: Credentials | None = None
) -> CaseLocation:
    """Return the location that a path or an address names; it waits ``wait_s`` seconds for other writers.

    Raises UsageError if the address of a server cannot be read or holds a password, or the name of a folder is not in
    UTF-8.
    """
    text = str(name)
    if not _is_unicode(text):
        raise UsageError("case_name_not_utf8", text=text, hint="rename_folder")
    if is_server(text):
        from graphtrace.storage.neo4j.client import Address

        return Neo4jLocation(Address.parse(text, credentials), wait_s)
    # Path would raise where the folder may not be searched
    if os.path.lexists(Path(name) / BLOCK):
        from graphtrace.storage.partitions import PartitionLocation

        return PartitionLocation(Path(name))
    return FolderLocation(Path(name), wait_s)


def case_title(case: str) -> str:
    """Return the title of a case for pages and spreadsheets: without its path, which would tell of this machine."""
    return case if is_server(case) else Path(case).resolve().name


def is_same_location(one: CaseLocation, other: CaseLocation) -> bool:
    """Whether both are the same folder or the same address."""
    if isinstance(one, FolderLocation) and isinstance(other, FolderLocation):
        return one.path.resolve() == other.path.resolve()
    return one.path == other.path


def _is_unicode(name: str) -> bool:
    """Whether a name can be written in UTF-8: the database takes no other."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
