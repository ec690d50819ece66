"""Results of sealing a case and of opening a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBundle:
    """A bundle that was written.

    Attributes
    ----------
    path
        Where it is; of an encrypted one the archive of age.
    files
        Number of sources in it, of ``bytes`` together.
    records
        Number of records of the case by kind.
    ledger_head
        Hash of the last line of the ledger.
    tag_manifest
        SHA-256 of ``tagmanifest-sha256.txt``, which commits to everything in the bundle.
    key_id
        Id of the key that signed it; ``None`` without a signature.
    is_encrypted
        Whether it was encrypted.
    """

    path: str
    files: int
    bytes: int
    records: Mapping[str, int]
    ledger_head: str | None
    tag_manifest: str
    key_id: str | None
    is_encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSignature:
    """Signature of a bundle: id of the key, its trusted comment, and whether it was checked with a given key."""

    key_id: str
    comment: str
    is_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleStamp:
    """Time stamp of a bundle: the time it states, and whether it was checked with a given certificate."""

    at: str
    is_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBundle:
    """A bundle that was checked, and the case that was derived from it and agrees with what the bundle states.

    Attributes
    ----------
    path
        The bundle.
    case
        The folder of the case.
    made_by
        Version of the program that sealed it.
    is_stamp_missing
        Whether it holds a request for a time stamp, and none.
    """

    path: str
    case: str
    made_by: str
    files: int
    records: Mapping[str, int]
    ledger_head: str | None
    tag_manifest: str
    signature: BundleSignature | None
    stamp: BundleStamp | None
    is_stamp_missing: bool = False
