"""Sealing of a case: what it was made from and what people added, with a statement of what it holds."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from graphtrace._version import __version__
from graphtrace.bundle import bundle_layout
from graphtrace.bundle.bundle_layout import FolderSink, Sink, ZipSink
from graphtrace.csv_safety import csv_cell
from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.frozen import frozen
from graphtrace.locale import Text, phrase
from graphtrace.private_files import create_file
from graphtrace.results.bundle import SealedBundle
from graphtrace.scratch import own_folder
from graphtrace.storage.base import Backend, CaseContents, LoadedFile
from graphtrace.storage.case_folder import atomic_write, new_folder, unwritable
from graphtrace.storage.copy import batch_files
from graphtrace.storage.duckdb.copy_rows import BLOCK, digests_of_file
from graphtrace.storage.ledger import content_of, head_of
from graphtrace.storage.load_settings import Progress, file_password
from graphtrace.storage.redaction_key import find_key
from graphtrace.storage.verify import HARMLESS, derived_again, verify_case

if TYPE_CHECKING:
    from graphtrace.bundle.signing import Signer


FORMAT: Final = "graphtrace-bundle"

CHAINS: Final = ("ledger", "notes", "lookups")
"""Parts that state how many lines a chain has, and its head."""

_NOT_COUNTED: Final = ("files", "records")
"""Parts of the counts of a case that stand in the statement by themselves."""


def make_statement(store: Backend, contents: CaseContents, progress: Progress) -> dict[str, Any]:
    """Return the statement of a case with these contents. Reads all its rows once."""
    summary = store.summary()
    corrections = "".join(f"{json.dumps(each.comparable(), ensure_ascii=False)}\n" for each in contents.corrections)
    return {
        "format": FORMAT,
        "graphtrace": __version__,
        "ledger": {"lines": len(contents.ledger), "head": head_of(contents.ledger)},
        "notes": {"lines": len(contents.notes), "head": head_of(contents.notes)},
        "lookups": {"lines": len(contents.lookups), "head": head_of(contents.lookups)},
        "records": summary["records"],
        "counts": {name: value for name, value in summary.items() if name not in _NOT_COUNTED},
        "corrections": hashlib.sha256(corrections.encode()).hexdigest(),
        "files": list(_files(store, contents.files, progress)),
    }


def _files(store: Backend, files: Sequence[LoadedFile], progress: Progress) -> Iterator[dict[str, Any]]:
    done = 0
    for group in batch_files(files):
        with store.open_tables([file.load for file in group]) as tables:
            for file in group:
                progress(file.name, done, len(files))
                digests = digests_of_file(tables, file.load)
                yield {
                    "load": file.load,
                    "file": file.name,
                    "sha256": file.sha256,
                    "bytes": file.size,
                    **{
                        part: [[sheet, block * BLOCK, digest] for (sheet, block), digest in blocks.items()]
                        for part, blocks in digests.items()
                    },
                }
                done += 1
    progress("", len(files), len(files))


def to_bytes(statement: Mapping[str, Any]) -> bytes:
    """Return the statement as JSON, the same bytes each time."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def differences(stated: Mapping[str, Any], found: Mapping[str, Any], files: list[LoadedFile]) -> Iterator[Text]:
    """Yield the places at which two statements differ; ``files`` are those of the found one."""
    for part in CHAINS:
        if stated.get(part) != found[part]:
            yield phrase("differs_in_lines", part=f"{part}.jsonl")
    waiting = {file.load for file in files if file.waits_for_recipe}
    sheets = {file.load: content_of(file.entry)["sheets"] for file in files}
    stated_files = {file["load"]: file for file in _dicts(stated.get("files")) if isinstance(file.get("load"), int)}
    if list(stated_files) != [file["load"] for file in found["files"]]:
        yield phrase("differs_in_files")
    for file in found["files"]:
        other = stated_files.get(file["load"], {})
        for part in file:
            if other.get(part) == file[part] or (file["load"] in waiting and part not in ("rows", "file", "sha256")):
                continue
            if not isinstance(file[part], list):
                yield phrase("differs_in_file", file=file["file"], part=part)
                continue
            sheet, row = _first_difference(other.get(part), file[part])
            of_file = sheets[file["load"]]
            title = of_file[sheet - 1]["sheet"] if 0 < sheet <= len(of_file) else None
            yield phrase("differs_in_rows", file=file["file"], sheet=title, part=part, first=row + 1, last=row + BLOCK)
    for name in ("records", "counts"):
        counts = stated.get(name)
        counts = counts if isinstance(counts, dict) else {}
        for key in sorted({*counts, *found[name]}):
            if counts.get(key) != found[name].get(key):
                yield phrase("differs_in_count", part=key, stated=str(counts.get(key)), found=str(found[name].get(key)))
    if stated.get("corrections") != found["corrections"]:
        yield phrase("differs_in_lines", part="corrections")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _first_difference(stated: object, found: list[list[Any]]) -> tuple[int, int]:
    """Return sheet and first row of the first block that differs."""

    def blocks(value: object) -> dict[tuple[int, int], Any]:
        rows = value if isinstance(value, list) else []
        return {
            (row[0], row[1]): row[2]
            for row in rows
            if isinstance(row, list) and len(row) == 3 and all(isinstance(each, int) for each in row[:2])
        }

    here, there = blocks(stated), blocks(found)
    return min((place for place in {*here, *there} if here.get(place) != there.get(place)), default=(0, 0))


_ZIP: Final = ".zip"
_AGE: Final = ".age"


@frozen()
class SealOptions:
    """Options of the sealing of a case: signature, encryption and the rest beside the bundle itself.

    - ``sign``: file with the secret key of minisign that signs; ``sign_password`` opens it.
    - ``recipients``: public keys of age that the archive is encrypted to.
    - ``passphrase``: passphrase that it is encrypted with instead.
    - ``has_stamp_request``: whether a request for a time stamp is written.
    - ``has_key``: whether the key of the redaction goes along.
    - ``password``: asked for the password of an encrypted source, by its name: the case is derived anew before it is
      sealed.
    """

    sign: Path | None = None
    sign_password: str | None = None
    recipients: Sequence[str] = ()
    passphrase: str | None = None
    has_stamp_request: bool = False
    has_key: bool = False
    password: Callable[[str], str | None] = file_password

    @property
    def is_encrypted(self) -> bool:
        """Whether the archive is encrypted."""
        return bool(self.recipients) or self.passphrase is not None


def seal_case(store: Backend, out: Path, options: SealOptions, progress: Progress) -> SealedBundle:
    """Write the bundle of a case: a folder, or a zip archive where the name ends so.

    Raises UsageError if something is there, it cannot be written, or an option does not do; CaseDamaged if the case is
    not sound or does not follow from its sources, or a source is missing or is not what was loaded; InputError if a
    source is encrypted and its password is not given.
    """
    is_zip = out.suffix.lower() == _ZIP
    if options.is_encrypted and not is_zip:
        raise UsageError("encrypt_needs_zip", path=out, hint="end_in_zip")
    target = out.with_name(f"{out.name}{_AGE}") if options.is_encrypted else out
    if is_zip and target.exists():
        raise UsageError("bundle_there", path=target, hint="another_name", code="unwritable_output")
    signer = _signer(options)
    recipients = _recipients(options)
    with ExitStack() as resources:
        # what cannot be written is told before the case is read
        stream = resources.enter_context(atomic_write(target)) if is_zip else None
        folder = None if is_zip else resources.enter_context(new_folder(out))
        # others may add notes and look-ups meanwhile: what is checked, stated and written is read once
        contents = store.contents()
        if (problem := first_problem(store, contents)) is not None:
            raise CaseDamaged("case_not_sealed", problem=problem, hint="run_verify")
        statement = make_statement(store, contents, progress)
        if (problem := first_not_derived(store, statement, progress, options.password)) is not None:
            raise CaseDamaged("case_not_sealed", problem=problem, hint="run_verify_deep")
        parts = _Parts(store, contents, statement, signer, options)
        if folder is not None:
            parts.write(FolderSink(folder))
        elif stream is not None and not options.is_encrypted:
            parts.write_zip(stream)
        elif stream is not None:
            try:
                plain = resources.enter_context(own_folder(target.resolve().parent)) / "plain.zip"
                with create_file(plain) as packed:
                    parts.write_zip(packed)
            except OSError as fault:
                raise unwritable(target, fault) from fault
            _encrypt(plain, stream, recipients, options.passphrase)
    return SealedBundle(
        path=str(target),
        files=len(parts.files),
        bytes=sum(file.size for file in parts.files),
        records=parts.statement["records"],
        ledger_head=parts.statement["ledger"]["head"],
        tag_manifest=parts.tag_digest,
        key_id=None if signer is None else signer.key_id,
        is_encrypted=options.is_encrypted,
    )


class _Parts:
    """The files of a bundle, written in a fixed order; ``tag_digest`` is the SHA-256 of its tag manifest then."""

    def __init__(
        self,
        store: Backend,
        contents: CaseContents,
        statement: Mapping[str, Any],
        signer: Signer | None,
        options: SealOptions,
    ) -> None:
        self.statement = statement
        self.tag_digest = ""
        self._store = store
        self._contents = contents
        self._signer = signer
        self._options = options
        self._key = find_key(store) if options.has_key else None
        if options.has_key and self._key is None:
            raise UsageError("no_redaction_key", hint="without_key")
        # a file that was unloaded and loaded again stands once
        self.files = sorted({file.sha256: file for file in self._contents.files}.values(), key=lambda each: each.sha256)

    def write_zip(self, stream: BinaryIO) -> None:
        """Write all files into an archive."""
        sink = ZipSink(stream)
        self.write(sink)
        sink.close()

    def write(self, sink: Sink) -> None:
        """Write all files.

        Raises CaseDamaged if a source is missing or is not what was loaded.
        """
        digests: dict[str, str] = {}
        octets = 0
        for name, content in self._texts():
            digests[name] = sink.write(name, (content,), size=len(content))
            octets += len(content)
        for file in self.files:
            name = f"{bundle_layout.SOURCES}{file.sha256}"
            digests[name] = sink.write(name, self._store.read_source(file.sha256) or (), size=file.size)
            octets += file.size
            if digests[name] != file.sha256:
                raise CaseDamaged("source_differs", file=file.name, hint="verify_and_restore")
        tags = {
            bundle_layout.DECLARATION: bundle_layout.DECLARED,
            bundle_layout.INFO: bundle_layout.write_info(
                agent=f"graphtrace {__version__}",
                day=last_day(self._contents),
                head=self.statement["ledger"]["head"],
                octets=octets,
                streams=len(digests),
            ),
            bundle_layout.MANIFEST: bundle_layout.write_manifest(digests),
        }
        tag_manifest = bundle_layout.write_manifest(
            {name: hashlib.sha256(text).hexdigest() for name, text in tags.items()}
        )
        tags[bundle_layout.TAG_MANIFEST] = tag_manifest
        if self._signer is not None:
            tags[bundle_layout.SIGNATURE] = self._signer.sign(tag_manifest, head=self.statement["ledger"]["head"])
        if self._options.has_stamp_request:
            from graphtrace.bundle.signing import stamp_request

            tags[bundle_layout.STAMP_REQUEST] = stamp_request(tag_manifest)
        for name, text in tags.items():
            sink.write(name, (text,), size=len(text))
        self.tag_digest = hashlib.sha256(tag_manifest).hexdigest()

    def _texts(self) -> Iterator[tuple[str, bytes]]:
        lookups = self._contents.lookups
        yield bundle_layout.LEDGER, _lines(self._contents.ledger)
        yield bundle_layout.NOTES, _lines(self._contents.notes)
        if lookups:
            yield bundle_layout.LOOKUPS, _lines(lookups)
        if self._key is not None:
            yield bundle_layout.REDACTION_KEY, self._key
        yield bundle_layout.SOURCE_NAMES, source_names(self._contents.files)
        yield bundle_layout.STATEMENT, to_bytes(self.statement)


def first_problem(store: Backend, contents: CaseContents) -> Text | None:
    """Return the first problem by which a case is not sound; ``None`` if there is none."""
    found = ((code, params) for code, params in verify_case(store, contents) if code not in HARMLESS)
    return next((Text("problems", code, params) for code, params in found), None)


def first_not_derived(
    store: Backend, statement: Mapping[str, Any], progress: Progress, password: Callable[[str], str | None]
) -> Text | None:
    """Return the first place at which a case does not follow from its sources and ledger; ``None`` if there is none.

    The case is derived anew, as whoever opens the bundle does, and its statement compared with ``statement``.
    """
    if not store.contents().files:
        return None
    with derived_again(store, progress, password) as (again, done):
        for number in sorted((*done.loads, *done.corrections, *done.judgements)):
            return phrase("line_not_derived", line=number)
        # the chains beside the records are not derived
        found = make_statement(again, again.contents(), progress) | {name: statement[name] for name in CHAINS}
        return next(differences(statement, found, list(store.contents().files)), None)


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def source_names(files: Sequence[LoadedFile]) -> bytes:
    """Return the list of the names that the sources had, with the times of their loads."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("sha256", "file", "bytes", "loaded_at"))
    table.writerows((file.sha256, csv_cell(file.name), file.size, file.loaded_at) for file in files)
    return text.getvalue().encode("utf-8-sig")


def last_day(contents: CaseContents) -> str | None:
    """Return the day of the last line that the case has."""
    lines = (*contents.ledger[-1:], *contents.notes[-1:], *contents.lookups[-1:])
    return max((str(content_of(line)["at"])[:10] for line in lines), default=None)


def _signer(options: SealOptions) -> Signer | None:
    if options.sign is None:
        return None
    from graphtrace.bundle.signing import Signer

    return Signer(options.sign, options.sign_password)


def _recipients(options: SealOptions) -> list[Any]:
    if not options.recipients:
        return []
    from graphtrace.bundle.signing import parse_recipients

    return parse_recipients(options.recipients)


def _encrypt(plain: Path, stream: BinaryIO, recipients: Sequence[Any], passphrase: str | None) -> None:
    from graphtrace.bundle.signing import encrypt

    encrypt(plain, stream, recipients, passphrase)
