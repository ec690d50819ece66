"""Document number, stated hash and seal of carriers' replies, compared with the bytes that were loaded (SPEC 12).

They are notes of the kind ``reply``: a later statement about a file takes the place of the earlier one, and both stay.
The note is written before the records of the file, so that the line of the ledger commits to it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from graphtrace.errors import CaseDamaged, InputError, UsageError, os_reason
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.results.load_report import LoadReport, PassedOver, SheetReport
from graphtrace.results.replies import HASH_DIGITS, Algorithm, Archive, Reply, ReplyCheck
from graphtrace.storage.base import Backend, LoadedFile
from graphtrace.storage.case_notes import OF_REPLY, NoteRequest, add_note, readable_notes
from graphtrace.storage.ledger import Chains

if TYPE_CHECKING:
    from graphtrace.ingest.containers import Found


class Digest(Protocol):
    """A hash that is being computed."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return the hash as hexadecimal digits."""


class _OtherSM3:
    """SM3 of the library of certificates, which comes with its own."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives import hashes

        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.finalize().hex()


def open_digest(algorithm: Algorithm) -> Digest:
    """Return the hash of no bytes so far."""
    if algorithm == "SHA256":
        return hashlib.sha256()
    if algorithm == "MD5":
        return hashlib.md5(usedforsecurity=False)
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _OtherSM3()


def digest_of(algorithm: Algorithm, blocks: Iterable[bytes]) -> str:
    """Return the hash of some bytes, as hexadecimal digits."""
    digest = open_digest(algorithm)
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


MAX_NUMBER: Final = 200
"""Characters of a document number."""

FILES_A_NOTE: Final = 500
"""Files of an archive in one note."""

_MAX_PROOF_BYTES: Final = 2**16
_BLOCK: Final = 2**20
_SEALS: Final[Mapping[Any, bool]] = {"yes": True, "no": False, True: True, False: False}
_HASH: Final = late(r"([a-z0-9-]+)\s*[:：]\s*([0-9a-f\s]+)", re.IGNORECASE)


# -- what is stated ----------------------------------------------------------------------------------------------


def stated_reply(
    paths: Sequence[Path], number: str | None, stated: str | None, seal: str | bool | None
) -> Reply | None:
    """Return what a person states of the reply that a file is; see :func:`parse_reply`.

    Raises UsageError if that is not one file; a statement about several would be about none.
    """
    reply = parse_reply(number, stated, seal)
    if reply is not None and (len(paths) != 1 or paths[0].is_dir()):
        raise UsageError("reply_of_many", hint="reply_of_one")
    return reply


def parse_reply(number: str | None, stated: str | None, seal: str | bool | None) -> Reply | None:
    """Return what a person states of a reply; ``None`` if nothing is said.

    Raises UsageError if number or hash is missing, or one of them is none.
    """
    if number is None and stated is None and seal is None:
        return None
    if number is None or stated is None:
        raise UsageError("reply_incomplete", hint="reply_form")
    # bytes that are no UTF-8 are written as notes write them
    name = number.strip().encode("utf-8", "backslashreplace").decode()
    if not name or len(name) > MAX_NUMBER:
        raise UsageError("bad_reply_number", most=MAX_NUMBER, hint="reply_form")
    if seal is not None and seal not in _SEALS:
        raise UsageError("bad_seal", text=str(seal), hint="seal_form")
    return Reply(name, *_parse_hash(stated), None if seal is None else _SEALS[seal])


def _parse_hash(text: str) -> tuple[Algorithm, str]:
    """Return function and digits of a hash as ``SHA256:…``."""
    match = _HASH.fullmatch(text.strip())
    name = "" if match is None else match[1].upper().replace("-", "")
    algorithm = next((each for each in HASH_DIGITS if each == name), None)
    digits = "" if match is None else "".join(match[2].split()).lower()
    if algorithm is None or len(digits) != HASH_DIGITS[algorithm]:
        raise UsageError("bad_reply_hash", text=text, hint="hash_form")
    return algorithm, digits


def proof_beside(path: Path) -> Path | None:
    """Return the file beside a reply that states its number and hash, if there is one: ``NAME.proof.json``."""
    from graphtrace.ingest.containers import PROOF

    beside = path.with_name(f"{path.name}{PROOF}")
    return beside if beside.is_file() else None


def read_proof(path: Path) -> Reply:
    """Read what a file beside a reply states: ``{"reply": …, "hash": …, "seal": …}``.

    Raises InputError if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MAX_PROOF_BYTES))
        stated = [content.get(name) for name in ("reply", "hash", "seal")]
        number, digits, seal = stated
        if not isinstance(number, str) or not isinstance(digits, str) or not isinstance(seal, str | bool | None):
            raise TypeError
        reply = parse_reply(number, digits, seal)
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    except UsageError as error:
        raise InputError("proof_wrong", path=path, what=error.text, hint="proof_form") from error
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise InputError("proof_unreadable", path=path, hint="proof_form") from error
    assert reply is not None
    return reply


# -- hashes ------------------------------------------------------------------------------------------------------


def _hash_file(path: Path, algorithm: Algorithm) -> str:
    with path.open("rb") as file:
        return digest_of(algorithm, iter(partial(file.read, _BLOCK), b""))


# -- at a load ---------------------------------------------------------------------------------------------------


def compared_files(
    chains: Chains, stated: Reply | None, path: Path, found: Iterator[Found], report: LoadReport
) -> Iterator[Found]:
    """Yield what was found in a path; files of replies after they were compared with what is stated of them.

    That is said by a person, or by a file beside them. Where nothing is, the cost is a look for that file.
    """
    from graphtrace.ingest.containers import MEMBER, shown_name

    is_folder = path.is_dir()
    for given, there in groupby(found, lambda each: path / each.name.partition(MEMBER)[0] if is_folder else path):
        reply = stated
        if reply is None and (proof := proof_beside(given)) is not None:
            try:
                reply = read_proof(proof)
            except InputError as error:
                report.files.append(SheetReport(file=shown_name(proof.name), error=error, given=path))
        if reply is None:
            yield from there
            continue
        files = list(there)
        checks = check_files(reply, given, shown_name(given.name), files)
        report.replies += keep_checks(chains, checks)
        yield from files


def check_files(reply: Reply, given: Path, name: str, found: Sequence[Found]) -> list[ReplyCheck]:
    """Compare what is stated of a reply with the bytes of a file, or of an archive or mail and of all files in it.

    ``name`` is that of ``given``. Cost: each file is read once more, twice where its hash is no SHA-256. What cannot be
    read is left out: loading it says why.
    """
    from graphtrace.ingest.containers import MemberPassedOver, Source

    by, checks, hashes = system.account_name(), [], set()
    try:
        sources = [each for each in found if isinstance(each, Source)]
        is_archive = any(source.path != given for source in sources)
        outer = Archive(name, _hash_file(given, reply.algorithm)) if is_archive else None
        inner = {
            each.path: Archive(each.name, _hash_file(each.path, reply.algorithm))
            for source in sources
            for each in source.within
        }
        for source in sources:
            sha256 = _hash_file(source.path, "SHA256")
            actual = sha256 if reply.algorithm == "SHA256" else _hash_file(source.path, reply.algorithm)
            around = (inner[each.path] for each in source.within)
            archive = next((each for each in around if each.actual == reply.stated), outer)
            checks.append(ReplyCheck(source.name, sha256, reply, actual, archive, by=by))
        for passed in found:
            if isinstance(passed, MemberPassedOver) and passed.path is not None:
                hashes.add(_hash_file(passed.path, reply.algorithm))
            elif isinstance(passed, PassedOver):
                hashes.add(passed.sha256 or "")
    except OSError:
        return []
    hashes |= {check.actual for check in checks} | {each.actual for each in inner.values()}
    return [check._replace(is_of_another=is_archive and reply.stated in hashes) for check in checks]


def keep_checks(chains: Chains, checks: Sequence[ReplyCheck]) -> list[ReplyCheck]:
    """Add a note of what is stated about the files of one reply, unless it was noted last; return what is noted."""
    known = read_replies(chains.lines("notes"))
    fresh = [check for check in checks if check.sha256 not in known or _said(check) != _said(known[check.sha256])]
    for _, alike in groupby(fresh, key=lambda check: (check.archive, check.is_of_another)):
        some = list(alike)
        for start in range(0, len(some), FILES_A_NOTE):
            add_note(chains, note_of(some[start : start + FILES_A_NOTE]))
    noted = read_replies(chains.lines("notes")) if fresh else known
    # a trial run notes nothing
    return [
        now if (now := noted.get(check.sha256)) is not None and _said(now) == _said(check) else check
        for check in checks
    ]


def check_kept(store: Backend, file: LoadedFile, reply: Reply, known: ReplyCheck | None, by: str) -> ReplyCheck:
    """Compare what is stated of a reply with the kept source of a file that is in the case.

    Raises CaseDamaged if the source is missing; UsageError if the hash may be that of the archive in which the file
    came, which is not kept.
    """
    from graphtrace.ingest.containers import MEMBER

    blocks = store.read_source(file.sha256)
    if blocks is None:
        raise CaseDamaged("source_differs", file=file.name, hint="restore_and_verify")
    archive = known.archive if known is not None and known.reply.algorithm == reply.algorithm else None
    check = ReplyCheck(file.name, file.sha256, reply, digest_of(reply.algorithm, blocks), archive, by=by)
    if MEMBER in file.name and not check.agrees:
        raise UsageError("reply_of_archive", file=file.name, hint="load_archive_again")
    return check


def _said(check: ReplyCheck) -> tuple[object, ...]:
    """Return a check without the names of files, and without when and by whom it was noted."""
    return check.reply, check.actual, check.archive and check.archive.actual, check.is_of_another


def note_of(checks: Sequence[ReplyCheck]) -> NoteRequest:
    """Return the note of what is stated about files of one reply."""
    first = checks[0]
    content = {
        "number": first.reply.number,
        "algorithm": first.reply.algorithm,
        "stated": first.reply.stated,
        "seal": first.reply.has_seal,
        "archive": None if first.archive is None else first.archive._asdict(),
        "of_another": first.is_of_another,
        "files": [{"file": each.file, "sha256": each.sha256, "actual": each.actual} for each in checks],
    }
    return NoteRequest("reply", f"reply:{first.reply.number}", content, first.by)


# -- in a case ---------------------------------------------------------------------------------------------------


def read_replies(lines: Iterable[str], as_of: str | None = None) -> dict[str, ReplyCheck]:
    """Return by SHA-256 the files of replies with what notes, up to the end of a day, state of each last."""
    notes = readable_notes((line for line in lines if OF_REPLY in line), as_of=as_of)
    found: dict[str, ReplyCheck] = {}
    for note in notes:
        if note["kind"] == "reply":
            reply = Reply(note["number"], note["algorithm"], note["stated"], note["seal"])
            archive = None if note["archive"] is None else Archive(**note["archive"])
            for each in note["files"]:
                found[each["sha256"]] = ReplyCheck(
                    each["file"],
                    each["sha256"],
                    reply,
                    each["actual"],
                    archive,
                    is_of_another=note["of_another"],
                    at=note["at"],
                    by=note["by"],
                )
    return found


def verify_replies(
    store: Backend, notes: Sequence[str], files: Sequence[LoadedFile]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what differs between the notes about replies and the kept sources, as (code, parameters).

    An archive is not kept: of one, what was found at the load counts.
    """
    kept = {file.sha256 for file in files}
    for sha256, check in read_replies(notes).items():
        blocks = store.read_source(sha256) if sha256 in kept else None
        found = check.actual if blocks is None else digest_of(check.reply.algorithm, blocks)
        if found != check.actual:
            yield "reply_changed", {"file": check.file, "number": check.reply.number, "found": found}
        again = check._replace(actual=found)
        if again.agrees is False:
            yield "hash_differs_from_reply", again.params
