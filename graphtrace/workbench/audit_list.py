"""Page of the totals of all audits in a role, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from graphtrace.model import ACQUIRED
from graphtrace.render.i18n import label_text
from graphtrace.workbench.answer_pages import PageAnswer, audit_address, maskable_answer
from graphtrace.workbench.frame import page_title

if TYPE_CHECKING:
    from graphtrace.model import AuditRole
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.render.document import Text
    from graphtrace.results.audit import Audit
    from graphtrace.results.case_status import CaseState

AUDITS_A_PAGE: Final = 200
"""Maximum number of audits on a page."""

FILES: Final = (".html", ".xlsx", ".csv", ".md", ".json")


def audits_page(
    audits: Sequence[Audit],
    *,
    role: AuditRole,
    page: str,
    as_of: str | None,
    state: CaseState | None,
    actions: Sequence[tuple[Text, str]],
    whole: Callable[[], PageAnswer],
    masker: Callable[[Lang], Masker],
) -> PageAnswer:
    """Return a page of the totals of some audits; ``page`` is its number as written.

    ``whole`` asks for the whole answer, of which files are made.
    """
    last = max(1, -(-len(audits) // AUDITS_A_PAGE))
    number = min(max(int(page), 1), last) if page.isascii() and page.isdigit() and len(page) < _DIGITS else 1
    start = (number - 1) * AUDITS_A_PAGE
    shown = tuple(audits[start : start + AUDITS_A_PAGE])
    data: dict[str, Any] = {
        "title": page_title(label_text("nav_audit")),
        "heading": label_text(
            "enterprises" if role == "enterprise" else "audited_parties", **{_COUNT[role]: len(audits)}
        ),
        "acquired": ACQUIRED[role],
        "rows": [_row(audit, as_of) for audit in shown],
        "number": number,
        "last": last,
        "before": _address(role, number - 1, as_of) if number > 1 else None,
        "after": _address(role, number + 1, as_of) if number < last else None,
    }

    def mask(masks: Masker) -> dict[str, Any]:
        rows = [_row(audit, None) | {"address": None} for audit in masks.mask(shown)]
        return {**data, "rows": rows, "before": _redacted(data["before"]), "after": _redacted(data["after"])}

    answer = maskable_answer(
        "audits.html", data, mask, masker, name="audit", active="audit", state=state, actions=actions, has_date=True
    )
    page_of = answer.redacted
    assert page_of is not None

    def redacted(lang: Lang) -> PageAnswer:
        asked = whole().redacted
        assert asked is not None
        files = {ending: _file(lambda: asked(lang), ending) for ending in FILES}
        return replace(page_of(lang), is_saved=True, files=files)

    return replace(answer, is_saved=True, files={ending: _file(whole, ending) for ending in FILES}, redacted=redacted)


_DIGITS: Final = 10
_COUNT: Final[dict[AuditRole, str]] = {"enterprise": "enterprises", "dealer": "parties"}


def _file(whole: Callable[[], PageAnswer], ending: str) -> Callable[[Lang], str | bytes]:
    def content(lang: Lang) -> str | bytes:
        answer = whole()
        return answer.files.get(ending, answer.page)(lang)

    return content


def _address(role: AuditRole, number: int, as_of: str | None) -> str:
    return f"/audit?{urlencode({'role': role, 'page': number, **({} if as_of is None else {'as_of': as_of})})}"


def _redacted(address: str | None) -> str | None:
    return None if address is None else f"{address}&redact=1"


def _row(audit: Audit, as_of: str | None) -> dict[str, Any]:
    address = audit_address(audit.enterprise, as_of=as_of)
    return {
        "party": audit.enterprise,
        "address": f"{address}{'&' if '?' in address else '?'}role={audit.role}",
        ACQUIRED[audit.role]: audit.cards,
        "resold": audit.buckets["resold"],
        "activated": audit.activated,
        "seized": audit.seized,
        "unaccounted": None if audit.balance is None else audit.balance.unaccounted,
    }
