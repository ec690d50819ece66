"""Time stamps (RFC 3161) over the tag manifest of a bundle: the request, and the check of a token. No network."""

from __future__ import annotations

import re
from pathlib import Path

from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder
from rfc3161_client import decode_timestamp_response as decode_response

from graphtrace.bundle.bundle_layout import MAX_KEY_BYTES, STAMP, TAG_MANIFEST
from graphtrace.errors import BundleRefused, InputError, os_reason
from graphtrace.ingest.small_files import read_small_file
from graphtrace.model import CHINA
from graphtrace.results.bundle import BundleStamp


def stamp_request(content: bytes) -> bytes:
    """Return the request for a time stamp, the same bytes each time: it has no nonce."""
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def check_stamp(content: bytes, token: bytes | None, certificate: Path | None) -> BundleStamp | None:
    """Check the time stamp of the tag manifest with the certificates of a file, where it is given.

    Raises
    ------
    BundleRefused
        If certificates are given and there is no token, or it is not one of them over these bytes.
    InputError
        If the certificates cannot be read.
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


_VERIFY_ERROR = re.compile('Verify error: ([^"]+)')
"""What OpenSSL says of a chain of certificates, within the words of the library."""


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(read_small_file(path, MAX_KEY_BYTES))
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error
    except ValueError as error:
        raise InputError("no_certificate", path=path, hint="give_certificate", code="bad_key") from error
