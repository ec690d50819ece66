"""What identifies whom, asked of both stores: words, masks and namesakes join nothing, two forms of one number do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.render.json import to_json_text, trace_document

from .test_loading import CARD, cases, written

__all__ = ["cases"]

OTHER = "8986061900000000002"


@pytest.fixture
def asked(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> Any:
    """Load one file for each group of rows into both stores and return the one answer about the card."""

    def ask(*files: tuple[str, ...], card: str = CARD) -> dict[str, Any]:
        paths = [written(tmp_path, f"{number}.csv", *rows) for number, rows in enumerate(files)]
        answers = []
        for case in cases:
            case.load(*paths)
            answers.append(to_json_text(trace_document("", case.trace(card), "en")))
        assert answers[0] == answers[1]
        (result,) = json.loads(answers[0])["results"]
        return dict(result)

    return ask


def steps(result: dict[str, Any]) -> list[list[tuple[str, str]]]:
    return [[(hop["from"]["name"], hop["to"]["name"]) for hop in chain["hops"]] for chain in result["chains"]]


def test_an_id_that_identifies_nobody_joins_no_two_names(asked: Any) -> None:
    result = asked(
        (f"甲公司,,张三,见附件,2024-03-01,{CARD},,,", f"甲公司,,李四,见附件,2024-02-01,{OTHER},,,"),
        (f"李四,见附件,赵六,,2024-03-05,{CARD},,,",),
    )
    gaps = [finding for finding in result["findings"] if finding["code"] == "custody_gap"]
    assert [(gap["params"]["after"]["name"], gap["params"]["before"]["name"]) for gap in gaps] == [("张三", "李四")]


def test_no_chain_is_joined_through_a_word(asked: Any) -> None:
    result = asked((f"甲公司,,散客,,2024-03-01,{CARD},,,",), (f"散客,,王五,,2025-03-05,{CARD},,,",))
    assert not result["found"]


def test_both_forms_of_one_resident_id_are_one_person(asked: Any) -> None:
    result = asked(
        (f"甲公司,,张三,110105491231002,2024-03-01,{CARD},,,",),
        (f"张三,11010519491231002X,王五,,2024-03-05,{CARD},,,",),
    )
    assert steps(result) == [[("甲公司", "张三"), ("张三", "王五")]]
    assert {hop["id"] for hop in [result["chains"][0]["hops"][0]["to"]]} == {"id:11010519491231002X"}
