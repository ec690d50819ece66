"""Encryption of an archive with age, to public keys or with a passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage

from graphtrace.bundle.bundle_layout import MAX_KEY_BYTES
from graphtrace.errors import BundleRefused, InputError, UsageError, os_reason
from graphtrace.ingest.small_files import read_small_file

MAGIC: Final = b"age-encryption.org/v1\n"
"""The beginning of every file of age."""

_BY_PASSPHRASE: Final = MAGIC + b"-> scrypt "
_MAX_WITH_PASSPHRASE: Final = 2**30
"""What is encrypted with a passphrase is held in memory."""


def parse_recipients(texts: Sequence[str]) -> list[Any]:
    """Return the public keys that ``texts`` are (``age1…``).

    Raises
    ------
    UsageError
        If one is none.
    """
    found = []
    for text in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as error:
            raise UsageError("no_recipient", text=text, hint="give_recipient", code="bad_key") from error
    return found


def encrypt(plain: Path, stream: BinaryIO, recipients: Sequence[Any], passphrase: str | None) -> None:
    """Encrypt a file into a stream; the bytes differ each time.

    Raises
    ------
    UsageError
        If it is too large for a passphrase.
    """
    if passphrase is not None:
        if plain.stat().st_size > _MAX_WITH_PASSPHRASE:
            raise UsageError("too_large_for_passphrase", most=_MAX_WITH_PASSPHRASE, hint="give_recipient")
        stream.write(pyrage.passphrase.encrypt(plain.read_bytes(), passphrase))
        return
    with plain.open("rb") as file:
        pyrage.encrypt_io(file, stream, list(recipients))


def needs_passphrase(path: Path) -> bool:
    """Whether a file was encrypted with a passphrase."""
    with path.open("rb") as file:
        return file.read(len(_BY_PASSPHRASE)) == _BY_PASSPHRASE


def decrypt(path: Path, stream: BinaryIO, identity: Path | None, passphrase: str | None) -> None:
    """Decrypt a file into a stream.

    Raises
    ------
    BundleRefused
        If the identity or passphrase is missing or another, or the file is damaged.
    InputError
        If the file with the identity cannot be read.
    """
    if needs_passphrase(path):
        if passphrase is None:
            raise BundleRefused("bundle_passphrase_missing", path=path, hint="give_passphrase", code="password_missing")
        if path.stat().st_size > 2 * _MAX_WITH_PASSPHRASE:
            raise BundleRefused("too_large_for_passphrase", most=_MAX_WITH_PASSPHRASE, hint="decrypt_by_hand")
        try:
            stream.write(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
        except pyrage.DecryptError as error:
            raise BundleRefused(
                "bundle_passphrase_wrong", path=path, hint="give_passphrase", code="password_wrong"
            ) from error
        return
    if identity is None:
        raise BundleRefused("bundle_identity_missing", path=path, hint="give_identity", code="password_missing")
    identities = _identities(identity)
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, stream, identities)
    except pyrage.DecryptError as error:
        raise BundleRefused("bundle_identity_wrong", path=path, hint="give_identity", code="password_wrong") from error
    except OSError as error:
        # what the disk refuses bears a number
        if error.errno is not None:
            raise
        raise BundleRefused("bundle_encryption_damaged", path=path, hint="ask_for_bundle") from error


def _identities(path: Path) -> list[Any]:
    try:
        lines = read_small_file(path, MAX_KEY_BYTES).decode("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    try:
        found = [pyrage.x25519.Identity.from_str(line) for each in lines if (line := each.strip()) and line[0] != "#"]
    except pyrage.IdentityError as error:
        raise InputError("no_identity", path=path, hint="give_identity", code="bad_key") from error
    if not found:
        raise InputError("no_identity", path=path, hint="give_identity", code="bad_key")
    return found
