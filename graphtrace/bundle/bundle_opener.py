"""Opening of a bundle: it is checked, a case is derived from what it holds, and compared with what it states.

No database of somebody else is ever opened. The case takes its place when everything agrees; else nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from graphtrace.bundle import bundle_layout
from graphtrace.bundle.bundle_reader import Bag, Checked, check_bag, open_bag
from graphtrace.bundle.bundle_sealer import FORMAT, differences, first_problem, last_day, make_statement, source_names
from graphtrace.errors import BundleDiffers, BundleRefused, CaseDamaged, UsageError
from graphtrace.frozen import frozen
from graphtrace.ingest.containers import parse_limits
from graphtrace.platform import system
from graphtrace.private_files import create_file, fsync_file, make_parents, move_synced
from graphtrace.results.bundle import BundleSignature, BundleStamp, OpenedBundle
from graphtrace.results.embedded import read_names_once
from graphtrace.scratch import own_folder
from graphtrace.storage.base import CaseContents
from graphtrace.storage.case_folder import REDACTION_KEY, refuse_inside_case, unwritable
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.ledger import check_entries, content_of, hashes_of, lines_of, missing_lines
from graphtrace.storage.load_settings import Progress, file_password
from graphtrace.storage.location import is_server
from graphtrace.storage.redaction_key import KEY_BYTES
from graphtrace.storage.verify import Repeated, is_load, loaded_file, repeat_ledger

_CHUNK: Final = 1 << 20


@frozen()
class OpenOptions:
    """Options of the opening of a bundle.

    - ``key``: public key of minisign that must have signed it, or the file that holds it.
    - ``identity``: file with the secret key of age that decrypts it.
    - ``passphrase``: passphrase that decrypts it, asked for only where it is needed.
    - ``stamp_certificate``: file with the certificate of who signs time stamps.
    - ``limits``: limits that are changed, each as ``NAME=VALUE``: files, bytes, ratio.
    - ``password``: asked for the password of an encrypted source by its name.
    """

    key: str | Path | None = None
    identity: Path | None = None
    passphrase: Callable[[], str | None] = lambda: None
    stamp_certificate: Path | None = None
    limits: Sequence[str] = ()
    password: Callable[[str], str | None] = file_password


def open_bundle(path: Path, case: str | Path, options: OpenOptions, progress: Progress) -> OpenedBundle:
    """Check a bundle and make a case of it in the new folder ``case``.

    Raises
    ------
    UsageError
        If the folder exists, lies in the bundle or in a case, or cannot be written.
    BundleRefused
        If the bundle is damaged, unsafe, of a later version, or not signed or stamped as asked.
    BundleDiffers
        If its sources and ledger give another case than it states.
    InputError
        If a source is encrypted and its password is not given.
    """
    if is_server(str(case)):
        raise UsageError("open_into_server", case=case, hint="open_then_copy")
    target = Path(case)
    limits = parse_limits(options.limits)
    _refuse_target(path, target)
    place = target.resolve()
    with ExitStack() as resources:
        try:
            make_parents(place)
            fresh = resources.enter_context(own_folder(place.parent)) / "case"
        except OSError as fault:
            raise unwritable(target, fault) from fault
        bag = resources.enter_context(open_bag(resources.enter_context(_decrypted(path, fresh, options)), limits))
        checked = check_bag(bag)
        signature = _check_signature(checked, options)
        stamp = _check_stamp(checked, options)
        statement = _statement(checked)
        _rebuild(bag, checked, fresh, target, statement, options, progress)
        try:
            if place.exists():
                place.rmdir()
            move_synced(fresh, place)
        except OSError as fault:
            raise unwritable(target, fault) from fault
    return OpenedBundle(
        path=str(path),
        case=str(case),
        made_by=str(statement.get("graphtrace")),
        files=sum(map(bundle_layout.is_source, bag.sizes)),
        records=statement["records"],
        ledger_head=statement["ledger"]["head"],
        tag_manifest=checked.tag_digest,
        signature=signature,
        stamp=stamp,
        is_stamp_missing=stamp is None and bundle_layout.STAMP_REQUEST in bag.sizes,
    )


def _refuse_target(path: Path, target: Path) -> None:
    refuse_inside_case(target)
    try:
        if path.resolve() in (target.resolve(), *target.resolve().parents):
            raise UsageError(
                "case_in_bundle", path=target, bundle=path, hint="another_folder", code="unwritable_output"
            )
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError("case_there", path=target, hint="another_folder", code="unwritable_output")
    except OSError as fault:
        raise unwritable(target, fault) from fault


@contextmanager
def _decrypted(path: Path, fresh: Path, options: OpenOptions) -> Iterator[Path]:
    if not path.is_file() or not _is_encrypted(path):
        yield path
        return
    from graphtrace.bundle.signing import decrypt, needs_passphrase

    plain = fresh.with_name("plain.zip")
    with create_file(plain) as stream:
        decrypt(path, stream, options.identity, options.passphrase() if needs_passphrase(path) else None)
    yield plain


def _is_encrypted(path: Path) -> bool:
    # the library is imported for encrypted bundles only
    with path.open("rb") as file:
        return file.read(len(_AGE_MAGIC)) == _AGE_MAGIC


_AGE_MAGIC: Final = b"age-encryption.org/"


def _check_signature(checked: Checked, options: OpenOptions) -> BundleSignature | None:
    signature = checked.texts.get(bundle_layout.SIGNATURE)
    if signature is None and options.key is None:
        return None
    from graphtrace.bundle.signing import check_signature

    return check_signature(checked.texts[bundle_layout.TAG_MANIFEST], signature, options.key)


def _check_stamp(checked: Checked, options: OpenOptions) -> BundleStamp | None:
    token = checked.texts.get(bundle_layout.STAMP)
    if token is None and options.stamp_certificate is None:
        return None
    from graphtrace.bundle.signing import check_stamp

    return check_stamp(checked.texts[bundle_layout.TAG_MANIFEST], token, options.stamp_certificate)


def _statement(checked: Checked) -> dict[str, Any]:
    try:
        statement = read_names_once(checked.texts[bundle_layout.STATEMENT].decode("utf-8"))
    except (ValueError, RecursionError):
        statement = None
    is_right = isinstance(statement, dict) and statement.get("format") == FORMAT
    if not is_right or not all(isinstance(statement.get(name), dict) for name in ("records", "ledger", "counts")):
        raise BundleRefused("bundle_statement_unreadable", part=bundle_layout.STATEMENT, hint="ask_for_bundle")
    found: dict[str, Any] = statement
    return found


def _rebuild(
    bag: Bag,
    checked: Checked,
    fresh: Path,
    target: Path,
    statement: Mapping[str, Any],
    options: OpenOptions,
    progress: Progress,
) -> None:
    """Derive the case in the folder ``fresh`` and compare it with the statement."""
    entries, notes = _lines(checked, bundle_layout.LEDGER), _lines(checked, bundle_layout.NOTES)
    lookups = _lines(checked, bundle_layout.LOOKUPS) if bundle_layout.LOOKUPS in checked.texts else []
    _check_ledger(bag, entries, notes)
    key = checked.texts.get(bundle_layout.REDACTION_KEY)
    if key is not None and len(key) != KEY_BYTES:
        raise BundleRefused("bundle_no_key", part=bundle_layout.REDACTION_KEY, hint="ask_for_bundle")

    def read_source(sha256: str) -> Iterator[bytes] | None:
        name = f"{bundle_layout.SOURCES}{sha256}"
        return bag.blocks(name) if name in bag.sizes else None

    try:
        with open_writer(fresh, scratch_of=target.parent) as case:
            repeated = repeat_ledger(case, entries, read_source, progress, password=options.password)
            _check_repeated(repeated, statement)
            if case.entries() != entries:
                raise BundleDiffers("bundle_ledger_differs", part=bundle_layout.LEDGER, hint="ask_for_bundle")
            case.chains.take("notes", notes)
            case.chains.take("lookups", lookups)
        if key is not None:
            with create_file(fresh / REDACTION_KEY) as out:
                out.write(key)
            fsync_file(fresh / REDACTION_KEY)
            system.fsync_folder(fresh)
    except CaseDamaged as error:
        raise BundleRefused(error.text, hint="ask_for_bundle") from error
    with closing(DuckDBBackend(fresh)) as store:
        contents = store.contents()
        if (problem := first_problem(store, contents)) is not None:
            raise BundleDiffers("bundle_not_sound", problem=problem, hint="ask_for_bundle")
        found = make_statement(store, contents, progress)
        places = list(differences(statement, found, list(contents.files)))
        described = _described(bag, checked, contents, found)
    if places:
        raise BundleDiffers(
            "bundle_differs", places=places, version=str(statement.get("graphtrace")), hint="ask_for_bundle"
        )
    if described is not None:
        raise BundleDiffers("bundle_describes_another", part=described, hint="ask_for_bundle")


def _described(bag: Bag, checked: Checked, contents: CaseContents, found: Mapping[str, Any]) -> str | None:
    """Return the first part that describes another bundle than this one: the names of the sources, or the head."""
    if checked.texts[bundle_layout.SOURCE_NAMES] != source_names(contents.files):
        return bundle_layout.SOURCE_NAMES
    stated = checked.texts[bundle_layout.INFO]
    payload = [size for name, size in bag.sizes.items() if name.startswith("data/")]
    info = bundle_layout.write_info(
        agent=bundle_layout.read_agent(stated),
        day=last_day(contents),
        head=found["ledger"]["head"],
        octets=sum(payload),
        streams=len(payload),
    )
    return bundle_layout.INFO if bundle_layout.missing_lines_of_info(stated, info) else None


def _check_repeated(repeated: Repeated, statement: Mapping[str, Any]) -> None:
    version = str(statement.get("graphtrace"))
    for line in sorted((*repeated.loads, *repeated.corrections, *repeated.judgements)):
        raise BundleDiffers(
            "bundle_line_differs", part=bundle_layout.LEDGER, line=line, version=version, hint="ask_for_bundle"
        )


def _lines(checked: Checked, name: str) -> list[str]:
    content = checked.texts[name]
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BundleRefused("bundle_chain_broken", part=name, line=1, hint="ask_for_bundle") from error
    lines = lines_of(content)
    if content and not content.endswith(b"\n"):
        raise BundleRefused("bundle_chain_broken", part=name, line=len(lines) + 1, hint="ask_for_bundle")
    for number in (*check_entries(lines), *_unreadable(lines)):
        raise BundleRefused("bundle_chain_broken", part=name, line=number, hint="ask_for_bundle")
    return lines


def _unreadable(lines: Sequence[str]) -> Iterator[int]:
    for number, line in enumerate(lines, 1):
        try:
            content_of(line)
        except CaseDamaged:
            yield number


def _check_ledger(bag: Bag, entries: Sequence[str], notes: Sequence[str]) -> None:
    """Check that the ledger is of the sources in the bundle, and loads are numbered as they come."""
    named: set[str] = set()
    loads = line = 0
    try:
        for entry in entries:
            line += 1
            if is_load(entry):
                loads += 1
                file = loaded_file(entry)
                named.add(f"{bundle_layout.SOURCES}{file.sha256}")
                if (
                    content_of(entry)["load"] != loads
                    or bag.sizes.get(f"{bundle_layout.SOURCES}{file.sha256}") != file.size
                ):
                    raise CaseDamaged("ledger_line_unreadable")
        missing = missing_lines(entries, "notes", hashes_of(notes))
    except CaseDamaged as error:
        raise BundleRefused(
            "bundle_ledger_line", part=bundle_layout.LEDGER, line=line, hint="ask_for_bundle"
        ) from error
    for number in missing:
        raise BundleRefused("bundle_notes_missing", part=bundle_layout.NOTES, line=number, hint="ask_for_bundle")
    for name in sorted(filter(bundle_layout.is_source, bag.sizes)):
        if name not in named:
            raise BundleRefused("bundle_source_unnamed", part=name, hint="ask_for_bundle")
