"""Where a case is kept: a folder, a block of a partitioned case, or a server; the one place that knows all of them.

A place opens the store that answers, loads files, and says how large it is. Either is imported when it is used.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from graphtrace.errors import UsageError
from graphtrace.store.case_folder import BLOCK, folder_bytes, refuse_inside_case
from graphtrace.store.case_lock import DEFAULT_WAIT_S, is_awaited
from graphtrace.store.neo4j.address import Address, is_server
from graphtrace.store.scratch import sweep_scratch

if TYPE_CHECKING:
    from graphtrace.model import Kind
    from graphtrace.store.compacting import Compacted
    from graphtrace.store.copying import CopyWriter
    from graphtrace.store.corrections import Corrected, CorrectionRequest
    from graphtrace.store.loading import LoadReport, Progress
    from graphtrace.store.protocol import CaseStore


class Place(Protocol):
    """A folder or a database of a server that holds a case, or will."""

    @property
    def path(self) -> Path | str:
        """The folder, or the address of the server."""
        ...

    @property
    def is_shut_when_idle(self) -> bool:
        """Whether somebody who has it open keeps others from writing it."""
        ...

    def is_awaited(self) -> bool:
        """Whether somebody waits to write it."""
        ...

    def open_store(self, known_on: str | None, *, memory_bytes: int | None = None) -> CaseStore:
        """The store that answers from the case, as it was known at the end of a day; raises where there is no case."""
        ...

    def load_files(
        self,
        paths: Sequence[Path],
        *,
        as_kind: Kind | None,
        mapping: Path | None,
        dry_run: bool,
        memory_limit: str | None,
        progress: Progress | None,
    ) -> LoadReport:
        """Loads files into the case, which is made if it does not exist; see :meth:`graphtrace.Case.load`."""
        ...

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyWriter]:
        """What receives the files of another case; see :mod:`graphtrace.store.copying`."""
        ...

    def correct(self, request: CorrectionRequest) -> Corrected:
        """Corrects a record; see :meth:`graphtrace.Case.correct`."""
        ...

    def compact(self) -> Compacted:
        """Puts the rows of the case in order; see :meth:`graphtrace.Case.compact`."""
        ...

    def size_bytes(self) -> int | None:
        """How much room the case takes; ``None`` where only the server knows."""
        ...


class FolderPlace:
    """A case folder; others that have it open are waited for."""

    is_shut_when_idle = True

    def __init__(self, path: Path, wait_s: float) -> None:
        self.path = path
        self._wait_s = wait_s

    def is_awaited(self) -> bool:
        return is_awaited(self.path)

    def open_store(self, known_on: str | None, *, memory_bytes: int | None = None) -> CaseStore:
        from graphtrace.store.embedded import EmbeddedStore

        sweep_scratch(self.path)
        return EmbeddedStore(self.path, known_on=known_on, wait_s=self._wait_s, memory_bytes=memory_bytes)

    def load_files(
        self,
        paths: Sequence[Path],
        *,
        as_kind: Kind | None,
        mapping: Path | None,
        dry_run: bool,
        memory_limit: str | None,
        progress: Progress | None,
    ) -> LoadReport:
        from graphtrace.store.loading import load_files

        sweep_scratch(self.path)
        refuse_inside_case(self.path)
        return load_files(
            self.path,
            paths,
            as_kind=as_kind,
            mapping=mapping,
            dry_run=dry_run,
            memory_limit=memory_limit,
            progress=progress,
            wait_s=self._wait_s,
        )

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyWriter]:  # noqa: ARG002
        from graphtrace.store.writing import open_writer

        sweep_scratch(self.path)
        refuse_inside_case(self.path)
        return open_writer(self.path, wait_s=self._wait_s, task="copy")

    def correct(self, request: CorrectionRequest) -> Corrected:
        from graphtrace.store.correcting import correct_folder

        sweep_scratch(self.path)
        return correct_folder(self.path, request, wait_s=self._wait_s)

    def compact(self) -> Compacted:
        from graphtrace.store.compacting import compact_folder

        sweep_scratch(self.path)
        return compact_folder(self.path, wait_s=self._wait_s)

    def size_bytes(self) -> int | None:
        return folder_bytes(self.path)


class ServerPlace:
    """A database of a Neo4j server."""

    is_shut_when_idle = False

    def is_awaited(self) -> bool:
        return False

    def __init__(self, address: Address) -> None:
        self.path = str(address)
        self._address = address

    def open_store(self, known_on: str | None, *, memory_bytes: int | None = None) -> CaseStore:
        from graphtrace.store.neo4j.reading import Neo4jStore

        sweep_scratch(None)
        return Neo4jStore(self._address, known_on=known_on, memory_bytes=memory_bytes)

    def load_files(
        self,
        paths: Sequence[Path],
        *,
        as_kind: Kind | None,
        mapping: Path | None,
        dry_run: bool,
        memory_limit: str | None,
        progress: Progress | None,
    ) -> LoadReport:
        from graphtrace.store.loading import load_into
        from graphtrace.store.memory import share_out
        from graphtrace.store.neo4j.writing import open_server_writer

        tell = progress or (lambda *_: None)
        memory = share_out(memory_limit)
        writer = open_server_writer(self._address, dry_run=dry_run, memory=memory, progress=tell)
        return load_into(writer, paths, as_kind=as_kind, mapping=mapping, progress=tell)

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyWriter]:
        from graphtrace.store.neo4j.writing import open_server_writer

        return open_server_writer(self._address, dry_run=False, progress=progress)

    def correct(self, request: CorrectionRequest) -> Corrected:
        from graphtrace.store.neo4j.correcting import correct_server

        return correct_server(self._address, request)

    def compact(self) -> Compacted:
        raise UsageError(
            f"{self.path} is on a server, which keeps its records in order by itself",
            hint="there is nothing to be done",
        )

    def size_bytes(self) -> int | None:
        return None


def place_of(name: str | Path, *, wait_s: float = DEFAULT_WAIT_S) -> Place:
    """The place that a path or an address means; others that have a folder open are waited for so long.

    Raises
    ------
    UsageError
        If the address of a server cannot be read or holds a password, or the name of a folder is not in UTF-8.
    """
    text = str(name)
    if not _is_unicode(text):
        raise UsageError(f"{text}: the name of a case must be UTF-8", hint="rename the folder, or name another one")
    if is_server(text):
        return ServerPlace(Address.parse(text))
    # Path would raise where the folder may not be searched
    if os.path.lexists(Path(name) / BLOCK):
        from graphtrace.store.partitions import BlockPlace

        return BlockPlace(Path(name))
    return FolderPlace(Path(name), wait_s)


def same_place(one: Place, other: Place) -> bool:
    """Whether both are the same folder or the same address."""
    if isinstance(one, FolderPlace) and isinstance(other, FolderPlace):
        return one.path.resolve() == other.path.resolve()
    return one.path == other.path


def _is_unicode(name: str) -> bool:
    """Whether a name can be written in UTF-8: the database takes no other."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
