"""Reading of a bundle that somebody else may have made: a folder or a zip archive, within limits and through no link.

Names are compared with those that a bundle can have before anything is read, and no name of a bundle is ever used as a
path for writing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from graphtrace.bundle import bundle_layout
from graphtrace.errors import BundleRefused, StoreError, os_reason
from graphtrace.ingest.containers import RATIO_FREE_BYTES, Limits
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.private_files import read_blocks

_BLOCK: Final = 1 << 20
_MAX_TEXT: Final = 256 * 2**20
"""Maximum size of a part that is read as a whole."""

_DRIVE: Final = late("[A-Za-z]:")
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_FOLDERS: Final = ("data", "data/sources")


class Bag(Protocol):
    """Protocol of an opened bundle."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return the sizes of its files by name."""

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file."""


class Checked(NamedTuple):
    """Parts of a bundle that its manifests were found right for: its small files, and the hash of its tag manifest."""

    texts: Mapping[str, bytes]
    tag_digest: str


@contextmanager
def open_bag(path: Path, limits: Limits) -> Iterator[Bag]:
    """Open a bundle; its names and declared sizes are checked.

    Raises BundleRefused if it is none, of a later version, or holds a file that a bundle does not have.
    """
    try:
        if path.is_dir():
            bag: Bag = _FolderBag(path, limits)
            _check_names(bag)
            yield bag
            return
        # a pipe would be waited for
        if not path.is_file():
            raise BundleRefused("bundle_missing", path=path, hint="name_bundle", code="not_found")
        try:
            archive = zipfile.ZipFile(path)
        except _FAULTS as error:
            raise BundleRefused("bundle_no_archive", path=path, why=_reason(error), hint="ask_for_bundle") from error
    except PermissionError as error:
        raise BundleRefused("at_path", path=path, why=os_reason(error), hint="check_rights") from error
    with archive:
        bag = _ZipBag(archive, limits)
        _check_names(bag)
        yield bag


def check_bag(bag: Bag) -> Checked:
    """Check the manifests of a bundle against its files. Reads everything once.

    Raises BundleRefused if a file is missing, or more than the manifests name, or not what they say.
    """
    texts: dict[str, bytes] = {}
    names = [name for name in bundle_layout.REQUIRED if not name.startswith("data/")]
    names += [name for name in bundle_layout.OPTIONAL if name in bag.sizes and not name.startswith("data/")]
    for name in names:
        texts[name] = read_text(bag, name)
    tags = bundle_layout.read_manifest(bundle_layout.TAG_MANIFEST, texts[bundle_layout.TAG_MANIFEST])
    _compare_names(bundle_layout.TAG_MANIFEST, tags, bundle_layout.TAGS)
    for name in bundle_layout.TAGS:
        _compare(name, tags[name], hashlib.sha256(texts[name]).hexdigest())
    if texts[bundle_layout.DECLARATION] != bundle_layout.DECLARED:
        raise BundleRefused("bundle_part_differs", part=bundle_layout.DECLARATION, hint="ask_for_bundle")
    manifest = bundle_layout.read_manifest(bundle_layout.MANIFEST, texts[bundle_layout.MANIFEST])
    _compare_names(bundle_layout.MANIFEST, manifest, [name for name in bag.sizes if name.startswith("data/")])
    for name in sorted(manifest):
        if bundle_layout.is_source(name):
            digest = hashlib.sha256()
            for block in bag.blocks(name):
                digest.update(block)
            found = digest.hexdigest()
            if found == manifest[name] and found != name.removeprefix(bundle_layout.SOURCES):
                raise BundleRefused("bundle_source_misnamed", part=name, hint="ask_for_bundle")
        else:
            texts[name] = read_text(bag, name)
            found = hashlib.sha256(texts[name]).hexdigest()
        _compare(name, manifest[name], found)
    return Checked(texts, hashlib.sha256(texts[bundle_layout.TAG_MANIFEST]).hexdigest())


def read_text(bag: Bag, name: str) -> bytes:
    """Return the content of a file of a bundle that is read as a whole.

    Raises BundleRefused if it is too large or cannot be read.
    """
    if bag.sizes[name] > _MAX_TEXT:
        raise BundleRefused("bundle_part_too_large", part=name, most=_MAX_TEXT, hint="ask_for_bundle")
    return b"".join(bag.blocks(name))


def _compare(name: str, stated: str, found: str) -> None:
    if stated != found:
        raise BundleRefused("bundle_part_differs", part=name, hint="ask_for_bundle")


def _compare_names(manifest: str, stated: Iterable[str], found: Iterable[str]) -> None:
    stated, found = {*stated}, {*found}
    for name in sorted(stated - found):
        raise BundleRefused("bundle_part_missing", part=name, manifest=manifest, hint="ask_for_bundle")
    for name in sorted(found - stated):
        raise BundleRefused("bundle_part_unnamed", part=name, manifest=manifest, hint="ask_for_bundle")


def _check_names(bag: Bag) -> None:
    if bundle_layout.INFO not in bag.sizes:
        raise BundleRefused("bundle_part_absent", part=bundle_layout.INFO, hint="name_bundle")
    if (version := bundle_layout.read_version(read_text(bag, bundle_layout.INFO))) > bundle_layout.VERSION:
        raise BundleRefused(
            "bundle_newer", version=version, known=bundle_layout.VERSION, hint="newer_program", code="newer_format"
        )
    for name in bag.sizes:
        if not bundle_layout.is_known(name):
            raise BundleRefused("bundle_part_foreign", part=name, hint="ask_for_bundle")
    for name in bundle_layout.REQUIRED:
        if name not in bag.sizes:
            raise BundleRefused("bundle_part_absent", part=name, hint="ask_for_bundle")


def _check_limits(limits: Limits, count: int, size: int) -> None:
    if count > limits.files:
        raise BundleRefused("bundle_too_many", most=limits.files, hint="bundle_limit", code="too_many_files")
    if size > limits.bytes:
        raise BundleRefused("bundle_too_large", most=limits.bytes, hint="bundle_limit", code="unsafe_file")


class _FolderBag:
    """A bundle in a folder."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self.sizes: dict[str, int] = {}
        for name, found in _entries(folder, ""):
            self.sizes[name] = found.st_size
            _check_limits(limits, len(self.sizes), 0)
        _check_limits(limits, 0, sum(self.sizes.values()))

    def blocks(self, name: str) -> Iterator[bytes]:
        try:
            yield from read_blocks(self._folder / name)
        except StoreError as error:
            raise BundleRefused("bundle_part_unreadable", part=name, why=error.text, hint="check_rights") from error


def _entries(folder: Path, within: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files below a folder; whatever is neither file nor folder of a bundle is refused."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = within + entry.name
            status = os.lstat(entry.path)
            if system.is_link(status):
                raise BundleRefused("bundle_link", part=name, hint="ask_for_bundle", code="unsafe_file")
            if stat.S_ISDIR(status.st_mode) and name in _FOLDERS:
                yield from _entries(Path(entry.path), f"{name}/")
            elif not stat.S_ISREG(status.st_mode):
                raise BundleRefused("bundle_no_file", part=name, hint="ask_for_bundle", code="unsafe_file")
            else:
                yield name, status
    except OSError as error:
        raise BundleRefused("at_path", path=folder, why=os_reason(error), hint="check_rights") from error


class _ZipBag:
    """A bundle in a zip archive, in a folder of it or not; members are read from the archive and never unpacked."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = archive.infolist()
        _check_limits(limits, len(entries), sum(entry.file_size for entry in entries))
        folded: set[str] = set()
        files = [entry for entry in entries if _is_file(entry)]
        first = {entry.orig_filename.partition("/")[0] for entry in files}
        within = f"{first.pop()}/" if len(first) == 1 and "/" in files[0].orig_filename else ""
        for entry in files:
            name = entry.orig_filename.removeprefix(within)
            fold = unicodedata.normalize("NFC", name).casefold()
            if fold in folded:
                raise BundleRefused("bundle_part_twice", part=name, hint="ask_for_bundle", code="unsafe_file")
            folded.add(fold)
            _check_packing(name, entry, limits)
            self._entries[name] = entry
        self.sizes = {name: entry.file_size for name, entry in self._entries.items()}

    def blocks(self, name: str) -> Iterator[bytes]:
        entry = self._entries[name]
        left = entry.file_size
        try:
            with self._archive.open(entry) as packed:
                while block := packed.read(_BLOCK):
                    left -= len(block)
                    if left < 0:
                        break
                    yield block
        except _FAULTS as error:
            why = _reason(error)
            raise BundleRefused("bundle_part_unreadable", part=name, why=why, hint="ask_for_bundle") from error
        if left:
            raise BundleRefused("bundle_part_size", part=name, size=entry.file_size, hint="ask_for_bundle")


def _is_file(entry: zipfile.ZipInfo) -> bool:
    """Whether a member is a file and no folder; raises if it is neither, or its name leads out of the archive."""
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or _DRIVE.match(name) or "\\" in name or {"", ".", ".."} & {*parts} or "\0" in name:
        raise BundleRefused("bundle_path", part=name, hint="ask_for_bundle", code="unsafe_file")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise BundleRefused("bundle_link", part=name, hint="ask_for_bundle", code="unsafe_file")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BundleRefused("bundle_no_file", part=name, hint="ask_for_bundle", code="unsafe_file")
    if not name.endswith("/"):
        return True
    if entry.file_size:
        raise BundleRefused("bundle_no_file", part=name, hint="ask_for_bundle", code="unsafe_file")
    return False


def _check_packing(name: str, entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 1:
        raise BundleRefused("bundle_part_encrypted", part=name, hint="decrypt_by_hand")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BundleRefused("bundle_part_packing", part=name, hint="ask_for_bundle")
    if entry.file_size > max(RATIO_FREE_BYTES, limits.ratio * entry.compress_size):
        raise BundleRefused(
            "bundle_part_unpacks",
            part=name,
            size=entry.file_size,
            packed=entry.compress_size,
            hint="bundle_limit",
            code="unsafe_file",
        )


def _reason(error: BaseException) -> object:
    return os_reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
