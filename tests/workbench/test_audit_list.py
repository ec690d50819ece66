"""The list of audits, some at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from graphtrace.model import Party
from graphtrace.redaction import Masker
from graphtrace.render import Lang
from graphtrace.results.audit import Audit
from graphtrace.workbench.answer_pages import PageAnswer, render_answer
from graphtrace.workbench.audit_list import AUDITS_A_PAGE, audits_page
from tests.unit.render.reports import AUDIT

VALUES = {
    "theme": "auto",
    "csrf": "",
    "case": "x",
    "is_read_only": False,
    "is_busy": False,
    "path": "/",
    "shown_at": "",
    "q": "",
}
VALUES |= {"redacted": "?redact=1", "save_redacted": str}


def page_of(audits: Sequence[Audit], number: str, lang: Lang = "en") -> str:
    def whole() -> PageAnswer:
        raise AssertionError("only a file needs the whole answer")

    answer = audits_page(
        audits,
        role="dealer",
        page=number,
        as_of=None,
        state=None,
        actions=(),
        whole=whole,
        masker=lambda lang: Masker(bytes(32), lang),
    )
    return render_answer(answer, lang, {**VALUES, "query": [], "save": str, "as_of": None}, str)


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [("1", 0, 200), ("2", 200, 400), ("3", 400, 401), ("99", 400, 401), ("0", 0, 200), ("x", 0, 200), ("１", 0, 200)],
)
def test_a_page_of_the_list_holds_some_audits_in_order(number: str, first: int, last: int) -> None:
    audits = [
        replace(AUDIT, role="dealer", enterprise=Party(f"name:{n}", f"n{n}")) for n in range(2 * AUDITS_A_PAGE + 1)
    ]
    shown = re.findall(r"role=dealer\">n(\d+)<", page_of(audits, number))
    assert [int(one) for one in shown] == list(range(first, last))


def test_a_surplus_is_said_in_words() -> None:
    assert AUDIT.balance is not None
    assert AUDIT.balance.unaccounted is not None
    stock = (AUDIT.balance.declared_stock or 0) + AUDIT.balance.unaccounted + 17_285
    beyond = replace(AUDIT, role="dealer", balance=replace(AUDIT.balance, declared_stock=stock))
    told = re.sub(r"<[^>]*>", "", page_of([beyond], "", "zh"))
    assert re.search("多申报: 17,285", told)
    assert "10,846" in page_of([replace(AUDIT, role="dealer")], "")
