"""Answers that rest on a file which is not what its reply says: by the hash that the reply states (SPEC 12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.engine.case_parties import sheets_about
from graphtrace.model import Finding, Origin, Party
from graphtrace.results.replies import ReplyCheck
from graphtrace.storage.base import Backend
from graphtrace.storage.duckdb.session import CaseSession

CODE = "hash_differs_from_reply"


def differing_replies(store: Backend) -> Mapping[str, ReplyCheck]:
    """Return by SHA-256 the files of the case that are not what their replies say."""
    return {sha256: check for sha256, check in store.replies.items() if check.agrees is False}


def reply_findings(answer: object, differing: Mapping[str, ReplyCheck], counted: Iterable[str] = ()) -> list[Finding]:
    """Return a finding for each of the differing files to which any row that an answer shows or counts belongs.

    ``counted`` are the SHA-256 of files whose rows it counts.
    """
    shown: dict[str, list[Origin]] = {sha256: [] for sha256 in counted if sha256 in differing}
    for sha256, origin in _rows_in(answer):
        if sha256 in differing:
            shown.setdefault(sha256, [])
            if origin is not None:
                shown[sha256].append(origin)
    ordered = sorted(shown, key=lambda sha256: (differing[sha256].file, sha256))
    return [_finding(differing[sha256], shown[sha256][:1]) for sha256 in ordered]


def files_counted(
    session: CaseSession, party: Party, differing: Mapping[str, ReplyCheck], *, with_cards: bool = False
) -> set[str]:
    """Return those of the differing files that name a party or, ``with_cards``, a card that it dealt with."""
    sheets = {sheet: sha256 for sheet, (_, sha256, _) in session.sheet_sources.items() if sha256 in differing}
    return {sheets[sheet] for sheet in sheets_about(session, party, sheets, with_cards=with_cards)} if sheets else set()


def _finding(check: ReplyCheck, evidence: list[Origin]) -> Finding:
    return Finding(code=CODE, severity=FINDING_SEVERITIES[CODE], params=check.params, evidence=tuple(evidence))


def _rows_in(value: Any) -> Iterator[tuple[str, Origin | None]]:
    """Yield the SHA-256 of the file of each row in an answer, with the row where it stands there as one."""
    if isinstance(value, Origin):
        yield value.sha256, value
    elif isinstance(value, Mapping):
        if isinstance(sha256 := value.get("sha256"), str):
            yield sha256, None
        for each in value.values():
            yield from _rows_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _rows_in(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _rows_in(getattr(value, field.name))
