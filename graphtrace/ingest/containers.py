"""Folders, zip archives and mails as input: the files in them, each to be loaded by itself.

An archive or mail is unpacked whole before anything of it is loaded, so that one that breaks a limit leaves nothing
behind. Its members get names of our own on the disk: what it calls a member is shown and never used as a path.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from graphtrace.errors import InputError, UnsafeFile, UsageError
from graphtrace.frozen import frozen, replace
from graphtrace.ingest.mail import is_mail, read_mail
from graphtrace.ingest.readers import FOREIGN, HEAD_BYTES, READ_ENDINGS
from graphtrace.results.load_report import PassedOver

MEMBER: Final = "!/"
"""Stands between the name of an archive and that of a file in it."""

PROOF: Final = ".proof.json"
"""Ends the name of the file beside a reply that states its number and hash; it holds no table."""

RATIO_FREE_BYTES: Final = 16 * 2**20
"""Members that unpack to less than this do no harm whatever their ratio."""

_CHUNK: Final = 2**20
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_AES: Final = 99
"""The packing of members that are encrypted as WinZip does; the true one stands beside it."""

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OFFICE: Final = ("xl/", "word/", "ppt/")
_OFFICE_PARTS: Final = frozenset({"mimetype", "[Content_Types].xml"})
_DATABASES: Final = "case*.duckdb"
_KINDS: Final = {
    "picture": ".jpg .jpeg .png .gif .bmp .tif .tiff .webp .heic .svg .ico",
    "program": ".exe .dll .msi .apk .app .bat .cmd .com .scr .sh .ps1 .jar .so .dmg .lnk",
    "media": ".mp3 .wav .m4a .amr .silk .ogg .mp4 .avi .mov .mkv .flv .wmv .3gp",
    "other_archive": ".rar .7z .gz .tgz .tar .bz2 .xz .zst .cab .iso",
    "database": ".db .sqlite .sqlite3 .mdb .accdb .duckdb",
    "presentation": ".ppt .pptx .odp",
    "text_document": ".doc .odt .rtf .wps .md .log",
    "mail": ".msg .mbox",
    "map": ".kml .kmz .gpx",
    "settings": ".ini .cfg .conf .yml .yaml .toml .xml .css .js .py .java",
    "font": ".ttf .otf .woff .woff2",
}
_BY_ENDING: Final = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


@frozen()
class Limits:
    """Maximum content of one folder or archive; see :func:`parse_limits`."""

    files: int = 10_000
    bytes: int = 4 * 2**30
    depth: int = 3
    ratio: int = 200


class Source(NamedTuple):
    """A file to be loaded: what it is called, and where it is.

    - ``within``: the archives and mails in which it came, the outer ones first, but for the one that was given.
    - ``references``: the references of letters that the mails quote in which it came.
    - ``sent_on``: of the text of a mail, the day on which it was sent.
    """

    name: str
    path: Path
    within: tuple[Source, ...] = ()
    references: tuple[str, ...] = ()
    sent_on: str | None = None


class MemberPassedOver(PassedOver):
    """A file in an archive or mail that holds no table, and where it was unpacked."""

    path: Path | None = None

    @classmethod
    def at(cls, path: Path, name: str, what: str) -> MemberPassedOver:
        """Return a file that was unpacked, with its hash."""
        passed = cls(name, what, _hash_of(path))
        passed.path = path
        return passed


class Refused(NamedTuple):
    """A folder or archive of which nothing is loaded."""

    name: str
    error: InputError


Found = Source | PassedOver | Refused
"""What a path leads to."""


@dataclass(slots=True)
class _Budget:
    """Remainder of the limits for one archive and all that are in it."""

    limits: Limits
    files: int = field(init=False)
    bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.files, self.bytes = self.limits.files, self.limits.bytes


def parse_limits(texts: Sequence[str]) -> Limits:
    """Return the limits with those that a person changes, each as ``NAME=VALUE``.

    Raises UsageError when a name is unknown or a value is no whole number above zero.
    """
    limits = Limits()
    for text in texts:
        name, _, value = text.partition("=")
        if name not in Limits.__annotations__ or not (value.isascii() and value.isdigit() and int(value)):
            raise UsageError("bad_limit", text=text, names=tuple(Limits.__annotations__), hint="limit_form")
        limits = replace(limits, **{name: int(value)})
    return limits


def find_sources(
    path: Path,
    scratch: Path,
    limits: Limits,
    *,
    password: Callable[[str], str | None] = lambda _: None,
) -> Iterator[Found]:
    """Yield the files of a path in the order of their names: itself, or what is in a folder or archive.

    ``scratch``: a folder for what is unpacked; the caller removes it.
    ``password``: asked for the password of an encrypted archive by its name.
    """
    name = shown_name(path.name)
    if path.is_dir():
        found = _in_folder(path, scratch, limits, password)
    elif _is_archive(path) or is_mail(path):
        found = _in_archive(path, name, scratch, limits, password)
    else:
        yield PassedOver(name, "proof") if name.endswith(PROOF) else Source(name, path)
        return
    is_empty = True
    for each in found:
        is_empty = False
        yield each
    if is_empty:
        yield Refused(name, InputError("no_file_inside", path=path, hint="right_file"))


def shown_name(name: str) -> str:
    """Return the name of a file as text, even where its bytes are not UTF-8, as from archives made under Windows."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _in_folder(folder: Path, scratch: Path, limits: Limits, password: Callable[[str], str | None]) -> Iterator[Found]:
    found: list[tuple[str, Path]] = []
    outside: list[str] = []
    inside = folder.resolve()
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        # a case in the folder is no record file
        folders[:] = sorted(
            name for name in folders if not _is_hidden(name) and not any((here / name).glob(_DATABASES))
        )
        for name in (*files, *(name for name in folders if (here / name).is_symlink())):
            path = here / name
            shown = shown_name(path.relative_to(folder).as_posix())
            if not _is_hidden(name) and _is_file_within(path, inside):
                found.append((shown, path))
            elif not _is_hidden(name) and path.is_symlink():
                outside.append(shown)
        if len(found) > limits.files:
            yield Refused(
                shown_name(folder.name),
                InputError(
                    "too_many_files", path=folder, most=limits.files, hint="part_of_folder", code="too_many_files"
                ),
            )
            return
    for name in sorted(outside):
        yield PassedOver(name, "link_outside")
    for name, path in sorted(found):
        yield from _one(path, name, scratch, limits, password)


def _one(
    path: Path, name: str, scratch: Path, limits: Limits, password: Callable[[str], str | None]
) -> Iterator[Found]:
    """Yield the sources in a file that nobody named: itself if it may hold a table, the members of an archive."""
    if _is_archive(path) or is_mail(path):
        found = list(_in_archive(path, name, scratch, limits, password))
        yield from found or [PassedOver(name, "mail" if is_mail(path) else "archive_without_files", _hash_of(path))]
        return
    what = "proof" if name.endswith(PROOF) else what_without_table(path)
    yield Source(name, path) if what is None else PassedOver(name, what, _hash_of(path))


def what_without_table(path: Path) -> str | None:
    """Return the kind of a file that holds no table, by first bytes and ending; ``None`` if it may hold one."""
    ending = path.suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return None  # loading it says what is wrong
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            return kind
    if head.startswith((b"MZ", b"\x7fELF")):
        return "program"
    if ending in READ_ENDINGS or head.startswith((_ZIP, b"\xd0\xcf\x11\xe0")):
        return _BY_ENDING.get(ending) if ending not in READ_ENDINGS else None
    return _BY_ENDING.get(ending, "unread_kind")


def _hash_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def _is_file_within(path: Path, folder: Path) -> bool:
    """Whether a path is a file on a disk and no link that leads out of the folder."""
    try:
        return stat.S_ISREG(path.stat().st_mode) and path.resolve().is_relative_to(folder)
    except OSError:
        return False


def _is_archive(path: Path) -> bool:
    """Whether a file is a zip archive of files, and not an office document, which is one too."""
    if not path.is_file():
        return False  # a pipe would be waited for
    try:
        with path.open("rb") as file:
            if file.read(4) not in (_ZIP, _EMPTY_ZIP):
                return False
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _FAULTS:
        return path.suffix.lower() == ".zip" and path.is_file()
    return not any(name in _OFFICE_PARTS or name.lower().startswith(_OFFICE) for name in names)


def _in_archive(
    path: Path, name: str, scratch: Path, limits: Limits, password: Callable[[str], str | None]
) -> Iterator[Found]:
    """Yield all that is in an archive or mail, after everything in it has been unpacked within the limits."""
    folder = scratch / str(len(list(scratch.iterdir())))
    folder.mkdir()
    try:
        found = list(_unpack(path, name, folder, _Budget(limits), password, depth=1))
    except InputError as error:
        yield Refused(name, error)
        return
    yield from sorted(found, key=lambda each: each.name)


def _unpack(
    path: Path, name: str, folder: Path, budget: _Budget, password: Callable[[str], str | None], *, depth: int
) -> Iterator[Source | PassedOver]:
    if depth > budget.limits.depth:
        raise UnsafeFile("archives_too_deep", path=name, most=budget.limits.depth, hint="unpack_or_depth")
    if is_mail(path):
        yield from _unpack_mail(path, name, folder, budget, password, depth=depth)
        return
    try:
        with _open_archive(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(name, entries, budget)
            for entry in entries:
                inner = f"{name}{MEMBER}{_name_of(entry)}"
                is_link = stat.S_ISLNK(entry.external_attr >> 16)
                if is_link or any(_is_hidden(part) for part in _name_of(entry).split("/")):
                    continue
                target = folder / f"{len(list(folder.iterdir()))}{Path(_name_of(entry)).suffix[:16]}"
                _extract(archive, entry, target, inner, name, budget, password)
                yield from _member(target, inner, budget, password, depth=depth)
    except InputError:
        raise
    except _FAULTS as error:
        raise InputError("archive_damaged", path=name, why=error, hint="ask_for_file") from error


def _unpack_mail(
    path: Path, name: str, folder: Path, budget: _Budget, password: Callable[[str], str | None], *, depth: int
) -> Iterator[Source | PassedOver]:
    """Yield what is attached to a mail; each source with the references that the mail quotes."""
    mail = read_mail(path, name)
    _count_files(name, len(mail.attachments), budget)
    for number, attached in enumerate(mail.attachments):
        budget.bytes -= len(attached.content)
        if budget.bytes < 0:
            raise _too_large(name, budget.limits)
        target = folder / f"{number}{Path(attached.name).suffix[:16]}"
        target.write_bytes(attached.content)
        for found in _member(target, f"{name}{MEMBER}{attached.name}", budget, password, depth=depth):
            if isinstance(found, Source):
                quoted = dict.fromkeys((*mail.references, *found.references))
                yield found._replace(references=tuple(quoted), sent_on=found.sent_on or attached.sent_on)
            else:
                yield found


def _member(
    target: Path, inner: str, budget: _Budget, password: Callable[[str], str | None], *, depth: int
) -> Iterator[Source | PassedOver]:
    """Yield a file that was unpacked, or what is in it where it is an archive or a mail itself."""
    if _is_archive(target) or is_mail(target):
        below = target.with_name(f"{target.name}.d")
        below.mkdir()
        for found in _unpack(target, inner, below, budget, password, depth=depth + 1):
            if isinstance(found, Source):
                yield found._replace(within=(Source(inner, target), *found.within))
            else:
                yield found
    elif (what := "proof" if inner.endswith(PROOF) else what_without_table(target)) is not None:
        yield MemberPassedOver.at(target, inner, what)
    else:
        yield Source(inner, target)


def _open_archive(path: Path) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(path)
    if all(entry.compress_type != _AES for entry in archive.infolist()):
        return archive
    archive.close()
    # few archives need it
    from pyzipper import AESZipFile

    opened: zipfile.ZipFile = AESZipFile(path)
    return opened


def _check(name: str, entries: Sequence[zipfile.ZipInfo], budget: _Budget) -> None:
    """Compare what an archive says of itself with the limits; what it does not say is counted while unpacking."""
    limits = budget.limits
    _count_files(name, len(entries), budget)
    if sum(entry.file_size for entry in entries) > budget.bytes:
        raise _too_large(name, limits)
    for entry in entries:
        if entry.file_size > max(RATIO_FREE_BYTES, limits.ratio * entry.compress_size):
            raise UnsafeFile(
                "archive_part_unpacks",
                path=name,
                part=_name_of(entry),
                size=entry.file_size,
                packed=entry.compress_size,
                hint="unpack_if_genuine",
            )
        if entry.compress_type not in (*_PACKED, _AES):
            raise InputError("archive_packing", path=name, part=_name_of(entry), hint="unpack_by_hand")


def _count_files(name: str, files: int, budget: _Budget) -> None:
    budget.files -= files
    if budget.files < 0:
        most = budget.limits.files
        raise InputError("too_many_files", path=name, most=most, hint="unpack_or_files", code="too_many_files")


def _too_large(name: str, limits: Limits) -> UnsafeFile:
    return UnsafeFile("archive_too_large", path=name, most=limits.bytes, hint="unpack_or_bytes")


def _extract(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    target: Path,
    inner: str,
    name: str,
    budget: _Budget,
    password: Callable[[str], str | None],
) -> None:
    given = None
    if entry.flag_bits & 1:
        text = password(name)
        if text is None:
            raise InputError("archive_encrypted", path=name, hint="give_file_password", code="password_missing")
        given = text.encode()
    try:
        with archive.open(entry, pwd=given) as packed, target.open("xb") as out:
            while chunk := packed.read(_CHUNK):
                budget.bytes -= len(chunk)
                if budget.bytes < 0:
                    raise _too_large(name, budget.limits)
                out.write(chunk)
    except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        # one wrong password in 256 is only found out by what it unpacks to
        if given is None:
            raise
        raise InputError(
            "archive_password_wrong", path=inner, hint="correct_file_password", code="password_wrong"
        ) from error


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; programs in China write it in GB 18030 without saying so."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = entry.filename.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = entry.filename
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
