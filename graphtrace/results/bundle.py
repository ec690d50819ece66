"""Results of sealing a case and of opening a bundle."""

from __future__ import annotations

from collections.abc import Mapping

from graphtrace.frozen import frozen
from graphtrace.wire import HEAD, wire


@wire(
    HEAD,
    "bundle=path files bytes records tagmanifest_sha256=tag_manifest signed_by=key_id encrypted=is_encrypted",
    name="BundleAnswer",
    doc="The answer of ``bundle``: what was written, and the hash that commits to all of it.",
)
@frozen()
class SealedBundle:
    """A bundle that was written.

    - ``path``: where it is; of an encrypted one the archive of age.
    - ``files``: number of sources in it, of ``bytes`` together.
    - ``records``: number of records of the case by kind.
    - ``ledger_head``: hash of the last line of the ledger.
    - ``tag_manifest``: SHA-256 of ``tagmanifest-sha256.txt``, which commits to everything in the bundle.
    - ``key_id``: id of the key that signed it; ``None`` without a signature.
    - ``is_encrypted``: whether it was encrypted.
    """

    path: str
    files: int
    bytes: int
    records: Mapping[str, int]
    ledger_head: str | None
    tag_manifest: str
    key_id: str | None
    is_encrypted: bool


@wire("key=key_id comment checked=is_checked")
@frozen()
class BundleSignature:
    """The signature of a bundle: id of the key, its trusted comment, and whether a given key checked it."""

    key_id: str
    comment: str
    is_checked: bool


@wire("at checked=is_checked")
@frozen()
class BundleStamp:
    """The time stamp of a bundle, and whether a given certificate checked it."""

    at: str
    is_checked: bool


@wire(
    "graphtrace! case ledger_head bundle=path sealed_with=made_by files records tagmanifest_sha256=tag_manifest",
    "signature time_stamp=stamp time_stamp_missing=is_stamp_missing",
    name="OpenAnswer",
    doc="The answer of ``open``: the case that agrees with what the bundle states, and who signed it.",
)
@frozen()
class OpenedBundle:
    """A bundle that was checked, and the case that was derived from it and agrees with what the bundle states.

    - ``path``: the bundle.
    - ``case``: the folder of the case.
    - ``made_by``: version of the program that sealed it.
    - ``is_stamp_missing``: whether it holds a request for a time stamp, and none.
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
