"""Keys of a bundle: encryption with age, signatures of minisign over its tag manifest, and time stamps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage
from cryptography import x509
from minisign import Error, PublicKey, SecretKey, Signature
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder
from rfc3161_client import decode_timestamp_response as decode_response

from graphtrace.bundle.bundle_layout import MAX_KEY_BYTES, SIGNATURE, STAMP, TAG_MANIFEST
from graphtrace.errors import BundleRefused, InputError, UsageError, os_reason
from graphtrace.ingest.small_files import read_small_file
from graphtrace.model import CHINA
from graphtrace.patterns import late
from graphtrace.results.bundle import BundleSignature, BundleStamp

MAGIC: Final = b"age-encryption.org/v1\n"
"""The beginning of every file of age."""

_BY_PASSPHRASE: Final = MAGIC + b"-> scrypt "
_MAX_WITH_PASSPHRASE: Final = 2**30
"""What is encrypted with a passphrase is held in memory."""


def parse_recipients(texts: Sequence[str]) -> list[Any]:
    """Return the public keys that ``texts`` are (``age1…``).

    Raises UsageError if one is none.
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

    Raises UsageError if it is too large for a passphrase.
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


_ATTEMPTS: Final = 5
_TOO_SLOW: Final = "Excessive work"
"""How age says that a key takes longer than it allows, by what it measures of the machine at that moment."""


def _by_passphrase(path: Path, passphrase: str) -> bytes:
    for attempt in range(_ATTEMPTS):
        try:
            return bytes(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
        except pyrage.DecryptError as error:
            if not str(error).startswith(_TOO_SLOW):
                raise BundleRefused(
                    "bundle_passphrase_wrong", path=path, hint="give_passphrase", code="password_wrong"
                ) from error
            if attempt == _ATTEMPTS - 1:
                raise BundleRefused("bundle_passphrase_slow", path=path, hint="decrypt_by_hand") from error
        # other programs may be done by then
        time.sleep(attempt)
    raise AssertionError


def decrypt(path: Path, stream: BinaryIO, identity: Path | None, passphrase: str | None) -> None:
    """Decrypt a file into a stream.

    Raises BundleRefused if the identity or passphrase is missing or another, or the file is damaged; InputError if the
    file with the identity cannot be read.
    """
    if needs_passphrase(path):
        if passphrase is None:
            raise BundleRefused("bundle_passphrase_missing", path=path, hint="give_passphrase", code="password_missing")
        if path.stat().st_size > 2 * _MAX_WITH_PASSPHRASE:
            raise BundleRefused("too_large_for_passphrase", most=_MAX_WITH_PASSPHRASE, hint="decrypt_by_hand")
        stream.write(_by_passphrase(path, passphrase))
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


class Signer:
    """A secret key of minisign that signs.

    Raises InputError if the file cannot be read, holds no secret key, or the password is missing or wrong.
    """

    def __init__(self, path: Path, password: str | None) -> None:
        try:
            self._key = SecretKey.from_bytes(read_small_file(path, MAX_KEY_BYTES))
        except OSError as error:
            raise InputError(
                "at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read"
            ) from error
        except Error as error:
            raise InputError("no_secret_key", path=path, hint="make_minisign_key", code="bad_key") from error
        if self._key.is_encrypted():
            if password is None:
                raise InputError("key_password_missing", path=path, hint="give_sign_password", code="password_missing")
            try:
                self._key.decrypt(password)
            except Error as error:
                raise InputError(
                    "key_password_wrong", path=path, hint="give_sign_password", code="password_wrong"
                ) from error
        self.key_id = _id_of(self._key.get_public_key())

    def sign(self, content: bytes, *, head: str | None) -> bytes:
        """Return the signature of the tag manifest, the same each time; its comment has the head of the ledger."""
        comment = f"file:{TAG_MANIFEST}\tledger:{head or '-'}\thashed"
        return bytes(self._key.sign(content, trusted_comment=comment)) + b"\n"


def is_encrypted(path: Path) -> bool:
    """Whether the secret key in a file has a password; raises as :class:`Signer`."""
    return bool(_secret_key(path).is_encrypted())


def check_signature(content: bytes, signature: bytes | None, key: str | Path | None) -> BundleSignature | None:
    """Check the signature of the tag manifest with a public key, where one is given.

    ``key``: the public key as minisign writes it (56 characters), or the file that holds it.

    Raises BundleRefused if a key is given and there is no signature, or it is not one by this key; InputError if the
    key cannot be read.
    """
    public = None if key is None else _public_key(key)
    if signature is None:
        if public is not None:
            raise BundleRefused("bundle_not_signed", hint="ask_for_signed")
        return None
    try:
        made = Signature.from_bytes(signature)
    except Error as error:
        raise BundleRefused("bundle_signature_damaged", part=SIGNATURE, hint="ask_for_bundle") from error
    key_id = _shown_id(made._key_id)
    if public is not None:
        if _id_of(public) != key_id:
            raise BundleRefused("bundle_other_key", found=key_id, wanted=_id_of(public), hint="ask_who_signed")
        try:
            public.verify(content, made)
        except Error as error:
            raise BundleRefused("bundle_signature_wrong", part=TAG_MANIFEST, hint="ask_for_bundle") from error
    return BundleSignature(key_id=key_id, comment=made.trusted_comment, is_checked=public is not None)


def _secret_key(path: Path) -> SecretKey:
    try:
        return SecretKey.from_bytes(read_small_file(path, MAX_KEY_BYTES))
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    except Error as error:
        raise InputError("no_secret_key", path=path, hint="make_minisign_key", code="bad_key") from error


def _public_key(key: str | Path) -> PublicKey:
    try:
        if Path(key).is_file():
            return PublicKey.from_bytes(read_small_file(Path(key), MAX_KEY_BYTES))
        return PublicKey.from_base64(str(key))
    except OSError as error:
        raise InputError("at_path", path=key, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    except Error as error:
        raise UsageError("no_public_key", text=str(key), hint="give_public_key", code="bad_key") from error


def _id_of(key: PublicKey) -> str:
    return _shown_id(key._keynum_pk.key_id)


def _shown_id(key_id: bytes) -> str:
    """Return the id of a key as minisign writes it: a number, without zeros before it."""
    return f"{int.from_bytes(key_id, 'little'):X}"


def stamp_request(content: bytes) -> bytes:
    """Return the request for a time stamp, the same bytes each time: it has no nonce."""
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def check_stamp(content: bytes, token: bytes | None, certificate: Path | None) -> BundleStamp | None:
    """Check the time stamp of the tag manifest with the certificates of a file, where it is given.

    Raises BundleRefused if certificates are given and there is no token, or it is not one of them over these bytes;
    InputError if the certificates cannot be read.
    """
    roots = [] if certificate is None else _certificates(certificate)
    if token is None:
        if roots:
            raise BundleRefused("bundle_not_stamped", part=STAMP, hint="ask_for_stamped")
        return None
    try:
        response = decode_response(token)
        at = response.tst_info.gen_time
    except ValueError as error:
        raise BundleRefused("bundle_stamp_damaged", part=STAMP, hint="ask_for_stamped") from error
    if roots:
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        try:
            builder.build().verify_message(response, content)
        except (VerificationError, ValueError) as error:
            found = _VERIFY_ERROR.search(str(error))
            why, hint = (str(error), "ask_for_stamped") if found is None else (found[1], "give_root_of_authority")
            raise BundleRefused("bundle_stamp_wrong", part=TAG_MANIFEST, why=why, hint=hint) from error
    return BundleStamp(at=at.astimezone(CHINA).isoformat(timespec="seconds"), is_checked=bool(roots))


_VERIFY_ERROR = late('Verify error: ([^"]+)')
"""What OpenSSL says of a chain of certificates, within the words of the library."""


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(read_small_file(path, MAX_KEY_BYTES))
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    except ValueError as error:
        raise InputError("no_certificate", path=path, hint="give_certificate", code="bad_key") from error
