"""Layout of a bundle: the names in it, and the texts of its manifests (BagIt, RFC 8493).

::

    bagit.txt
    bag-info.txt
    manifest-sha256.txt            of everything below data/
    tagmanifest-sha256.txt         of the three files above; what is signed and time-stamped
    tagmanifest-sha256.txt.minisig
    tagmanifest-sha256.txt.tsq     request for a time stamp (RFC 3161)
    tagmanifest-sha256.txt.tsr     the time stamp, put here later
    data/ledger.jsonl
    data/notes.jsonl
    data/lookups.jsonl             where the case has one
    data/redaction.key             only if it is asked for
    data/sources.csv               the names that the sources had
    data/sources/SHA256            every loaded file as it was
    data/statement.json            what the case holds, to compare with

No text depends on the clock, the system or the path of the case.

Writing of the files of a bundle into a folder or a zip archive, each hashed while it is written. An archive stores its
members as they are and gives all of them one time, so that the same files make the same bytes whatever the library that
packs them.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from graphtrace.errors import BundleRefused
from graphtrace.patterns import late
from graphtrace.private_files import FILE_MODE, create_file, make_folder

VERSION: Final = 1
"""The version of the layout; a later one is refused."""

ROOT: Final = "bundle"
"""The folder that a zip archive holds everything in."""

DECLARATION: Final = "bagit.txt"
INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
SIGNATURE: Final = f"{TAG_MANIFEST}.minisig"
STAMP_REQUEST: Final = f"{TAG_MANIFEST}.tsq"
STAMP: Final = f"{TAG_MANIFEST}.tsr"

LEDGER: Final = "data/ledger.jsonl"
NOTES: Final = "data/notes.jsonl"
LOOKUPS: Final = "data/lookups.jsonl"
REDACTION_KEY: Final = "data/redaction.key"
SOURCE_NAMES: Final = "data/sources.csv"
STATEMENT: Final = "data/statement.json"
SOURCES: Final = "data/sources/"

MAX_KEY_BYTES: Final = 2**20
"""Maximum size of a file with keys or certificates that is read."""

TAGS: Final = (DECLARATION, INFO, MANIFEST)
"""The files that the tag manifest is of."""

REQUIRED: Final = (*TAGS, TAG_MANIFEST, LEDGER, NOTES, SOURCE_NAMES, STATEMENT)
OPTIONAL: Final = (SIGNATURE, STAMP_REQUEST, STAMP, LOOKUPS, REDACTION_KEY)

DECLARED: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_VERSION_LABEL: Final = "Graphtrace-Bundle-Version"
_SOURCE: Final = late(re.escape(SOURCES) + "[0-9a-f]{64}")
_ENTRY: Final = late("([0-9a-f]{64})  ([^\r\n]+)")


def is_source(name: str) -> bool:
    return _SOURCE.fullmatch(name) is not None


def is_known(name: str) -> bool:
    """Whether a bundle can hold a file with this name."""
    return name in REQUIRED or name in OPTIONAL or is_source(name)


def write_info(*, agent: str, day: str | None, head: str | None, octets: int, streams: int) -> bytes:
    """Return the content of ``bag-info.txt``; ``day`` is the last that the case itself knows."""
    lines = [
        f"{_VERSION_LABEL}: {VERSION}",
        f"Bag-Software-Agent: {agent}",
        *([f"Bagging-Date: {day}"] if day is not None else []),
        *([f"External-Identifier: {head}"] if head is not None else []),
        f"Payload-Oxum: {octets}.{streams}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def missing_lines_of_info(info: bytes, made: bytes) -> list[str]:
    """Return the lines that ``bag-info.txt`` has to have and lacks; what else stands there is its writer's."""
    stated = {line.rstrip("\r") for line in info.decode("utf-8", errors="replace").split("\n")}
    return [line for line in made.decode().splitlines() if line not in stated]


def read_agent(info: bytes) -> str:
    """Return the program that ``bag-info.txt`` says it was sealed with; only a signature says whether that is true."""
    found = re.search(r"^Bag-Software-Agent: (.*?)\r?$", info.decode("utf-8", errors="replace"), re.MULTILINE)
    return found[1] if found else ""


def read_version(info: bytes) -> int:
    """Return the version of the layout that ``bag-info.txt`` states.

    Raises BundleRefused if it states none.
    """
    found = re.search(rf"^{_VERSION_LABEL}: ([0-9]{{1,9}})\r?$", info.decode("utf-8", errors="replace"), re.MULTILINE)
    if found is None:
        raise BundleRefused("bundle_no_version", part=INFO, hint="name_bundle")
    return int(found[1])


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """Return a manifest, by name; ``sha256sum -c`` reads it."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def read_manifest(name: str, content: bytes) -> dict[str, str]:
    """Return the digests of a manifest by name.

    Raises BundleRefused if a line is no entry of one, or a name stands there twice.
    """
    digests: dict[str, str] = {}
    *lines, rest = content.decode("utf-8", errors="replace").split("\n")
    for number, line in enumerate([*lines, *([rest] if rest else [])], 1):
        entry = _ENTRY.fullmatch(line)
        if entry is None or entry[2] in digests:
            raise BundleRefused("bundle_manifest_line", part=name, line=number, hint="ask_for_bundle")
        digests[entry[2]] = entry[1]
    return digests


_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_LARGE: Final = 2**31 - 1


class Sink(Protocol):
    """Protocol of the place that a bundle is written to."""

    def write(self, name: str, blocks: Iterable[bytes], *, size: int) -> str:
        """Write a file of ``size`` bytes and return its SHA-256."""


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
