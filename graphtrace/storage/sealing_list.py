"""Sizes and hashes of the stored files, for the list by which they are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from graphtrace.errors import CaseDamaged
from graphtrace.locale import Text
from graphtrace.results.evidence_report import SealedSource
from graphtrace.storage.digests import open_digest
from graphtrace.storage.verify import HARMLESS, check_chains

if TYPE_CHECKING:
    from graphtrace.storage.base import Backend


def sealed_sources(store: Backend) -> Iterator[SealedSource]:
    """Yield each source once, in the order of loading, with the hashes of its bytes as they are now.

    Raises
    ------
    CaseDamaged
        If a source is missing or is not the one that was loaded, or lines of ledger, notes or log do not follow.
    """
    for code, params in check_chains(store.integrity().ledger_file, store.contents()):
        if code not in HARMLESS:
            problem = Text("problems", code, params)
            raise CaseDamaged("case_not_reported", problem=problem, hint="run_verify")
    files = {file.sha256: file for file in reversed(store.contents().files)}
    for file in reversed(files.values()):
        blocks = store.read_source(file.sha256)
        size, sha256, sm3 = 0, open_digest("SHA256"), open_digest("SM3")
        for block in blocks or ():
            size += len(block)
            sha256.update(block)
            sm3.update(block)
        if blocks is None or sha256.hexdigest() != file.sha256:
            raise CaseDamaged("source_differs", file=file.name, hint="restore_and_verify")
        yield SealedSource(
            file=file.name,
            ending=PurePath(file.name).suffix.removeprefix(".").lower(),
            size=size,
            sha256=file.sha256,
            sm3=sm3.hexdigest(),
            loaded_at=file.loaded_at,
        )
