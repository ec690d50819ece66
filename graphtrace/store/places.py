"""Where a case is kept: a folder, a block of a partitioned case, or a server; the one place that knows all of them.

A place opens the store that answers, loads files, and says how large it is. Either is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from graphtrace.errors import UsageError
from graphtrace.store.neo4j.address import Address, is_server

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

    def open_store(self, known_on: str | None) -> CaseStore:
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
    """A case folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open_store(self, known_on: str | None) -> CaseStore:
        from graphtrace.store.embedded import EmbeddedStore

        return EmbeddedStore(self.path, known_on=known_on)

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

        return load_files(
            self.path,
            paths,
            as_kind=as_kind,
            mapping=mapping,
            dry_run=dry_run,
            memory_limit=memory_limit,
            progress=progress,
        )

    def open_copy_writer(self, progress: Progress) -> AbstractContextManager[CopyWriter]:  # noqa: ARG002
        from graphtrace.store.writing import open_writer

        return open_writer(self.path)

    def correct(self, request: CorrectionRequest) -> Corrected:
        from graphtrace.store.correcting import correct_folder

        return correct_folder(self.path, request)

    def compact(self) -> Compacted:
        from graphtrace.store.compacting import compact_folder

        return compact_folder(self.path)

    def size_bytes(self) -> int | None:
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


class ServerPlace:
    """A database of a Neo4j server."""

    def __init__(self, address: Address) -> None:
        self.path = str(address)
        self._address = address

    def open_store(self, known_on: str | None) -> CaseStore:
        from graphtrace.store.neo4j.reading import Neo4jStore

        return Neo4jStore(self._address, known_on=known_on)

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


def place_of(name: str | Path) -> Place:
    """The place that a path or an address means.

    Raises
    ------
    UsageError
        If the address of a server cannot be read or holds a password.
    """
    text = str(name)
    if is_server(text):
        return ServerPlace(Address.parse(text))
    if (Path(name) / "block.json").is_file():
        from graphtrace.store.partitions import BlockPlace

        return BlockPlace(Path(name))
    return FolderPlace(Path(name))


def same_place(one: Place, other: Place) -> bool:
    """Whether both are the same folder or the same address."""
    if isinstance(one, FolderPlace) and isinstance(other, FolderPlace):
        return one.path.resolve() == other.path.resolve()
    return one.path == other.path
