"""The log of a case says in words what was asked, in both languages."""

from __future__ import annotations

import re
from inspect import signature
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.render import text_tables
from graphtrace.render.i18n import in_language
from graphtrace.render.views.case_view import details_text
from graphtrace.results.case_status import LogLine
from graphtrace.results.subgraph import GraphPart

INSIDE = {"asked", "masker", "part", "self"}
"""Parameters that no line states by their names."""


def test_every_parameter_of_a_question_has_a_name() -> None:
    every = {**vars(gt.CaseQuestions), **vars(gt.Case)}.values()
    asked = {name for each in every if hasattr(each, "__wrapped__") for name in signature(each).parameters}
    asked |= {*GraphPart.__annotations__, "as_of"}
    assert len(asked) > 40
    assert asked - INSIDE - text_tables.LOG_NAMES.keys() == set()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "命令 audit · 全部 是 · 角色 中间商 · 规则 数量 31, 前几项 甲, 乙"),
        ("en", "command audit · all yes · role dealer · rules number 31, the first 甲, 乙"),
    ],
)
def test_names_values_and_codes_are_words(lang: Any, said: str) -> None:
    params = {
        "command": "audit",
        "all": True,
        "role": "dealer",
        "rules": {"count": 31, "first": ["甲", "乙"]},
        "names": [],
    }
    line = LogLine("2024-03-01T10:00:00+08:00", None, "lookup", params, None, "0" * 16)
    assert in_language(details_text(line), lang) == said


def test_a_request_of_a_letter_has_no_code_in_chinese() -> None:
    request = {"because": "custody_gap", "for": "transfer_record", "since": None, "until": "2024-05-27"}
    params = {"addressee": "name:老K", "form": "dealer", "requests": [request], "reference": "GT-1"}
    line = LogLine("2024-03-01T10:00:00+08:00", "张三", "letter", params, None, "0" * 16)
    shown = in_language(details_text(line), "zh")
    assert not re.search("[a-z]{3,}", shown.replace("name:老K", ""))
    assert "调取 转让记录" in shown
    assert "None" not in shown
