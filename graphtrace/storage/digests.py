"""Hash functions by which files are stated and sealed; SM3 also where the Python at hand was built without it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

from graphtrace.results.replies import Algorithm


class Digest(Protocol):
    """A hash that is being computed."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the hash as hexadecimal digits."""
        ...


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
