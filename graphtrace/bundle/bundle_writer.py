"""Writing of the files of a bundle into a folder or a zip archive, each hashed while it is written.

An archive stores its members as they are and gives all of them one time, so that the same files make the same bytes
whatever the library that packs them.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from graphtrace.bundle.bundle_layout import ROOT
from graphtrace.private_files import FILE_MODE, create_file, make_folder

_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_LARGE: Final = 2**31 - 1


class Sink(Protocol):
    """Protocol of the place that a bundle is written to."""

    def write(self, name: str, blocks: Iterable[bytes], *, size: int) -> str:
        """Write a file of ``size`` bytes and return its SHA-256."""
        ...


class FolderSink:
    """A folder, which exists and is empty; whoever made it flushes it to disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, blocks: Iterable[bytes], *, size: int) -> str:  # noqa: ARG002
        path = self._folder / name
        for parent in reversed(path.relative_to(self._folder).parents):
            make_folder(self._folder / parent)
        digest = hashlib.sha256()
        with create_file(path) as out:
            for block in blocks:
                digest.update(block)
                out.write(block)
        return digest.hexdigest()


class ZipSink:
    """A zip archive that is written to a stream; call :meth:`close` at the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)

    def write(self, name: str, blocks: Iterable[bytes], *, size: int) -> str:
        entry = zipfile.ZipInfo(f"{ROOT}/{name}", _TIME)
        entry.create_system = _UNIX
        entry.external_attr = (stat.S_IFREG | FILE_MODE) << 16
        digest = hashlib.sha256()
        with self._archive.open(entry, "w", force_zip64=size > _LARGE) as out:
            for block in blocks:
                digest.update(block)
                out.write(block)
        return digest.hexdigest()

    def close(self) -> None:
        """Write the directory of the archive."""
        self._archive.close()
