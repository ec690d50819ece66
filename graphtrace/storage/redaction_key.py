"""Key of the pseudonyms of a case: made when it is first needed, never copied with the case.

In a folder it stands in ``redaction.key``, which only its owner may read; on a server in a node of its own. Whoever
has it can find out which pseudonym a name or a number has, and so tell whose pseudonym one is. A copy of a case has a
key of its own, and other pseudonyms.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.errors import CaseDamaged
from graphtrace.platform import system
from graphtrace.private_files import create_file, move_synced, read_file, unusable
from graphtrace.storage.case_folder import NOTES_LOCK, REDACTION_KEY, check_folder, find_case
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.ledger import chain_lock

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.base import Backend
    from graphtrace.storage.neo4j.client import Address

KEY_BYTES: Final = 32


def key_of_folder(folder: Path, *, wait_s: float) -> bytes:
    """Return the key of a case folder, which is made if there is none.

    Raises CaseMissing if there is no case; CaseDamaged if the file is none of a key; StoreError if the folder cannot be
    written to.
    """
    check_folder(folder)
    find_case(folder)
    path = folder / REDACTION_KEY
    key = read_file(path)
    if key is None:
        with chain_lock(folder / NOTES_LOCK, wait_s):
            key = read_file(path)
            if key is None:
                key = secrets.token_bytes(KEY_BYTES)
                _write(path, key)
    if len(key) != KEY_BYTES:
        raise CaseDamaged("key_unfit", path=path, bytes=KEY_BYTES, hint="restore_key")
    return key


def find_key(store: Backend) -> bytes | None:
    """Return the key of a case; ``None`` if none was made yet."""
    if isinstance(store, DuckDBBackend):
        return read_file(store.folder / REDACTION_KEY)
    from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend

    found = store.query("MATCH (k:RedactionKey {id: 'case'}) RETURN k.key") if isinstance(store, Neo4jBackend) else []
    return bytes.fromhex(str(found[0][0])) if found else None


def _write(path: Path, key: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    try:
        # what a killed command left there; the lock says that none writes now
        beside.unlink(missing_ok=True)
        with create_file(beside) as file:
            file.write(key)
            file.flush()
            system.fsync_handle(file.fileno())
        move_synced(beside, path)
    except OSError as error:
        raise unusable(path, error) from error


def key_of_server(address: Address) -> bytes:
    """Return the key of a case on a server, which is made if there is none.

    Raises CaseMissing if there is no case; CaseDamaged if the node holds no key.
    """
    from graphtrace.storage.neo4j.client import Neo4jClient, case_missing_error

    with Neo4jClient(address) as server:

        def work(tx: neo4j.ManagedTransaction) -> str | None:
            # the node of the case, written to first, lets one transaction after the other do this
            found = tx.run(
                "MATCH (c:Case {id: 'case'}) SET c.id = 'case' MERGE (k:RedactionKey {id: 'case'}) "
                "ON CREATE SET k.key = $fresh RETURN k.key",
                fresh=secrets.token_hex(KEY_BYTES),
            ).values()
            return None if not found else str(found[0][0])

        text: str | None = server.write(work)
    if text is None:
        raise case_missing_error(address)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise CaseDamaged("key_unfit", path=str(address), bytes=KEY_BYTES, hint="restore_key")
    return key
