"""Inquiries to carriers: what to ask whom next, and replies that are not what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.model import Chain, Finding, Lead, Origin, Party
from graphtrace.patterns import late
from graphtrace.results.replies import ReplyCheck
from graphtrace.storage.base import Backend
from graphtrace.storage.duckdb.session import CaseSession

_LEADING: Final = frozenset(
    (
        *("custody_gap", "no_purchase", "multiple_registrants", "double_transfer", "possible_onward"),
        "seized_from_another",
    )
)
"""The findings that say whom to ask."""


_OF_FIRST_USE: Final = late(
    r"(?<!de)(?<!in)activat|\bacti?vn\b|first.?(?:us|activ|attach|network|online)|(?<![未去反])激活|首次(?:使用|登网|上线|通信)",
    re.IGNORECASE,
)
_DAY: Final = late("[0-9]{1,4} ?[-/. 年] ?(?:[0-9]{1,2}|[A-Za-z]{3,9}) ?[-/. 月] ?[0-9]{1,4}|(?:19|20)[0-9]{6}")


@lru_cache(maxsize=1 << 12)
def tells_first_use(extra: str | None) -> bool:
    """Whether what was not read of a row has the day of the first use of its card, by the heading of a column.

    >>> tells_first_use('{"Dt. of Actvn/First Use": "14-01-2026"}'), tells_first_use('{"Deactivated": "14-01-2026"}')
    (True, False)
    """
    if extra is None or not _OF_FIRST_USE.search(extra):
        return False
    cells: dict[str, Any] = json.loads(extra)
    return any(_OF_FIRST_USE.search(name) and _DAY.search(str(cell)) for name, cell in cells.items())


@lru_cache(maxsize=1 << 12)
def tells_no_use(extra: str | None) -> bool:
    """Whether what was not read of a row says by the status of its card that this was never activated.

    >>> tells_no_use('{"Status": "Registered, not active"}'), tells_no_use('{"Remarks": "not activated"}')
    (True, False)
    """
    from graphtrace.ingest.acts import says_never_used

    cells: dict[str, Any] = json.loads(extra) if extra is not None else {}
    return any(_STATUS.search(name) and says_never_used(str(cell)) for name, cell in cells.items())


_STATUS: Final = late("status|state$|状态", re.IGNORECASE)


def carrier_party(carrier: str | None) -> Party | None:
    """Return the party of one of the four operators, named as in China; ``None`` for an unknown one."""
    return None if carrier is None else Party(f"carrier:{carrier}", USUAL_NAMES[carrier], is_carrier=True)


def find_leads(
    findings: Iterable[Finding],
    chains: Sequence[Chain],
    carrier: str | None,
    *,
    is_activated: bool,
    cards: tuple[str, ...],
    user: Party | None = None,
    is_found: bool = True,
) -> tuple[Lead, ...]:
    """Return the leads of an answer, in the order of its findings, each once.

    ``carrier`` is the operator that the number points to. Each last holder of a card that records name another
    ``user`` of is asked how it came there; a card without activation, which no row has in a column that is not read
    either (``is_activated``), adds one lead to its carrier; a card in no record has only the lead for its purchase.
    ``cards`` is the key of the card, or what was asked for.
    """
    asked_about = [finding for finding in findings if finding.code in _LEADING and "held" not in finding.params]
    holders = dict.fromkeys(chain.hops[-1].receiver for chain in chains if chain.hops) if user is not None else {}
    if is_found and is_activated and not asked_about and not holders:
        return ()
    # the carriers that sold the card, in the order of the chains
    sellers = list(dict.fromkeys(hop.sender for chain in chains for hop in chain.hops if hop.sender.is_carrier))
    issuer = next((seller for seller in sellers if seller.carrier == carrier), None) or carrier_party(carrier)
    leads: list[Lead] = []
    if not is_found:
        leads.append(Lead(ask=issuer, record_type="purchase_record", because="not_found", cards=cards))
    for finding in asked_about:
        leads += _leads_of(finding, issuer, sellers, cards)
    known = {lead.ask for lead in leads if lead.record_type == "transfer_record"}
    leads += [
        Lead(ask=holder, record_type="transfer_record", because="used_by_another", cards=cards)
        for holder in holders
        if holder != user and not holder.is_carrier and holder not in known
    ]
    if not is_activated:
        asked = sellers[-1] if sellers else issuer
        leads.append(Lead(ask=asked, record_type="activation_record", because="no_activation", cards=cards))
    return tuple(leads) if len(leads) == 1 else tuple(dict.fromkeys(leads))


def _leads_of(
    finding: Finding, issuer: Party | None, sellers: Sequence[Party], cards: tuple[str, ...]
) -> Iterable[Lead]:
    params, code = finding.params, finding.code
    if code == "custody_gap":
        for side in _sides_asked(params):
            yield Lead(
                ask=_party(params[side]),
                record_type="transfer_record",
                because=code,
                since=params["since"],
                until=params["until"],
                cards=cards,
            )
    elif code == "no_purchase":
        yield Lead(ask=issuer, record_type="purchase_record", because=code, cards=cards)
    elif code == "multiple_registrants":
        for seller in sellers:
            yield Lead(ask=seller, record_type="purchase_record", because=code, cards=cards)
    elif code == "seized_from_another":
        yield Lead(ask=_party(params["holder"]), record_type="transfer_record", because=code, cards=cards)
    elif code in ("double_transfer", "possible_onward"):
        yield Lead(ask=_party(params["at"]), record_type="transfer_record", because=code, cards=cards)


def _sides_asked(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sides of a gap that are asked: of two that a record says are one, the one by its longer name."""
    reasons = {code for each in params.get("alias_candidates", ()) for code in each["reasons"]}
    if "stated_alias" not in reasons:
        return ("after", "before")
    return (max(("after", "before"), key=lambda side: len(params[side]["name"] or "")),)


def _party(params: Mapping[str, Any]) -> Party:
    return Party(params["id"], params["name"])


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
    from graphtrace.engine.case_parties import sheets_about

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
