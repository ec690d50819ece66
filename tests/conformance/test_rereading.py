"""A file that is in the case in part: answers fill what was open, sheets that were not read are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import graphtrace as gt
from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.json import answer_document, to_json_text, trace_document
from graphtrace.storage.open_questions import SheetAnswer, SheetQuestion

CARDS = ("89860626990000000015", "89860626990000000023", "89860626990000000031")
ISSUE = "发卡方,物联卡号,ICCID,开户日期\n" + "".join(
    f"中国联通,10646900000{number:02},{card},2026-03-02\n" for number, card in enumerate(CARDS)
)
SALES = [["转出方", "转入方", "日期", "卡号"], ["云岭支付", "老王", "2026-04-01", CARDS[0]]]
UNNAMED = [["给出", "拿到", "哪天", "卡号"], ["老王", "老李", "2026-04-02", CARDS[0]]]
NOTES = [["备注"], ["周五盘点"]]
MAPPING = "kind: transfer\nsheet: 乙\ncolumns:\n  from: 给出\n  to: 拿到\n  date: 哪天\n"


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def report(case: gt.Case, path: Path, **said: Any) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = answer_document("", LoadedSheets(case.load(path, **said).files))["files"]
    return [{**file, "rejects_file": None} for file in files]


def traced(case: gt.Case) -> str:
    return to_json_text(trace_document("", case.trace(*CARDS), "en"))


def summary(files: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (file["sheet"], file["already_loaded"], file["kind"], file["loaded"], file["error"] and file["error"]["code"])
        for file in files
    ]


@pytest.fixture(params=["folder", "server"])
def case_of(request: pytest.FixtureRequest, tmp_path: Path) -> gt.Case:
    place = request.getfixturevalue("neo4j_uri") if request.param == "server" else tmp_path / "x.gtrace"
    return gt.open_case(place)


def test_an_answer_to_an_open_question_gives_what_answering_at_once_gives(case_of: gt.Case, tmp_path: Path) -> None:
    path = tmp_path / "issue.csv"
    path.write_text(ISSUE, encoding="utf-8")
    with case_of as case, gt.open_case(tmp_path / "at_once.gtrace") as at_once:
        (asked,) = report(case, path)
        assert (asked["kinds"], [question["field"] for question in asked["asked"]]) == (
            {"card_list": 3},
            ["enterprise"],
        )
        (again,) = report(case, path, answers=["carrier=中国电信"])
        assert (again["already_loaded"], again["asked"]) == (True, asked["asked"])
        answer = ["enterprise=云岭支付"]
        (filled,) = report(case, path, answers=answer)
        assert filled == report(at_once, path, answers=answer)[0]
        assert traced(case) == traced(at_once)
        assert case.verify(deep=True) == []
        (known,) = report(case, path, answers=answer)
        assert (known["already_loaded"], known["loaded"], known["asked"], known["error"]) == (True, 0, [], None)
        (refused,) = report(case, path, answers=["enterprise=别家"])
        assert refused["error"]["code"] == "read_otherwise"
        assert traced(case) == traced(at_once)


def test_a_sheet_that_was_not_read_is_read_whatever_others_were(case_of: gt.Case, tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 甲=SALES, 乙=UNNAMED, 丙=NOTES)
    mapping = tmp_path / "m.yml"
    mapping.write_text(MAPPING, encoding="utf-8")
    with case_of as case:
        first = report(case, path)
        assert [(file["kind"], file["loaded"]) for file in first] == [("transfer", 1), (None, 0), (None, 0)]
        case.correct("book.xlsx:甲:2", why="struck out", who="me")
        assert all(file["already_loaded"] for file in report(case, path, answers=["from=谁"]))
        assert summary(report(case, path, mapping=mapping)) == [
            ("甲", True, "transfer", 0, None),
            ("乙", False, "transfer", 1, None),
            ("丙", True, None, 0, None),
        ]
        assert [made.record.row for made in case.corrections()] == [2]
        assert all(file["already_loaded"] for file in report(case, path, mapping=mapping))
        assert all(file["already_loaded"] for file in report(case, path))
        refused = report(case, path, as_kind="return")
        assert [file["error"] and file["error"]["code"] for file in refused[:2]] == ["read_otherwise"] * 2
        assert [holder.name for trace in case.trace(CARDS[0]) if (holder := trace.holder)] == ["老李"]
        assert case.verify(deep=True) == []
        status = case.status()
        assert [file["rejected"] for file in status.files] == [1]
        assert case.copy_to(tmp_path / "copy.gtrace").comparison.agrees


def test_a_mapping_for_one_sheet_leaves_the_others_as_they_are_read(case_of: gt.Case, tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 甲=SALES, 乙=UNNAMED, 丙=NOTES)
    first, second = tmp_path / "m.yml", tmp_path / "n.yml"
    first.write_text(MAPPING, encoding="utf-8")
    second.write_text("kind: transfer\nsheet: 甲\n", encoding="utf-8")
    with case_of as case:
        read = [("甲", False, "transfer", 1, None), ("乙", False, "transfer", 1, None), ("丙", False, None, 0, None)]
        assert summary(report(case, path, mapping=first)) == read
        assert [each[1] for each in summary(report(case, path))] == [True] * 3
        again = summary(report(case, path, mapping=[first, second], again=True))
        assert again == [*read[:2], ("丙", True, None, 0, None)]
        assert [each[1] for each in summary(report(case, path, mapping=first))] == [True] * 3
        assert [trace.holder and trace.holder.name for trace in case.trace(CARDS[0])] == ["老李"]
        assert case.verify(deep=True) == []


def test_other_recipes_by_content_are_another_reading(
    case_of: gt.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = (
        "name: {en: Mine, zh: 自用}\nabout: {en: x, zh: 甲}\nfamily: reseller\nsource: own\ncertainty: high\n"
        "signature:\n  headings: [甲方, 乙方, 哪天, 卡]\n"
        "columns:\n  甲方: {field: from}\n  乙方: {field: to}\n  哪天: {field: date}\n  卡: {field: iccid}\n"
        "events:\n  - kind: transfer\n"
    )
    folder = tmp_path / "recipes"
    folder.mkdir()
    own = folder / "mine.yml"
    own.write_text(recipe, encoding="utf-8")
    monkeypatch.setenv("GRAPHTRACE_RECIPES", str(folder))
    path = tmp_path / "t.csv"
    path.write_text(f"甲方,乙方,哪天,卡\n云岭,老王,2026-04-01,{CARDS[0]}\n", encoding="utf-8")
    with case_of as case:
        (file,) = report(case, path)
        assert (file["recipe"], file["loaded"]) == ("mine", 1)
        assert report(case, path)[0]["error"] is None
        own.write_text(recipe.replace("field: from", "field: to").replace("乙方: {field: to}", "乙方: {field: from}"))
        assert report(case, path)[0]["error"]["code"] == "read_otherwise"
        assert report(case, path, again=True)[0]["loaded"] == 1
        assert [trace.holder and trace.holder.name for trace in case.trace(CARDS[0])] == ["云岭"]


def test_questions_that_are_answered_after_the_load_give_what_answering_at_once_gives(
    case_of: gt.Case, tmp_path: Path
) -> None:
    issue = tmp_path / "issue.csv"
    issue.write_text(ISSUE, encoding="utf-8")
    asking = [["日期", "卡号"], ["2026-04-02", CARDS[1]]]
    book = workbook(tmp_path / "book.xlsx", 甲=SALES, 乙=asking, 丙=NOTES)
    answers = {"enterprise": "云岭支付", "kind": "transfer", "from": "老王", "to": "老李"}
    put: list[list[tuple[str | None, str]]] = []

    def ask(questions: Sequence[SheetQuestion]) -> list[SheetAnswer]:
        put.append([(one.sheet.sheet, one.question.field) for one in questions])
        return [SheetAnswer(one, answers[one.question.field]) for one in questions]

    with case_of as case, gt.open_case(tmp_path / "at_once.gtrace") as at_once:
        asked = [*report(case, issue, ask=ask), *report(case, book, ask=ask)]
        given = ["enterprise=云岭支付", "*#乙:kind=transfer", "*#乙:from=老王", "*#乙:to=老李"]
        assert asked == [*report(at_once, issue, answers=given), *report(at_once, book, answers=given)]
        assert put == [[(None, "enterprise")], [("乙", "kind")], [("乙", "from"), ("乙", "to")]]
        assert traced(case) == traced(at_once)
        assert case.verify(deep=True) == []
        assert all(file["already_loaded"] for file in report(case, book, ask=ask))
        assert len(put) == 3


def test_a_question_that_nobody_answers_is_put_once(case_of: gt.Case, tmp_path: Path) -> None:
    path = tmp_path / "issue.csv"
    path.write_text(ISSUE, encoding="utf-8")
    put: list[str] = []

    def ask(questions: Sequence[SheetQuestion]) -> list[SheetAnswer]:
        put.extend(one.question.field for one in questions)
        return []

    with case_of as case:
        (file,) = report(case, path, ask=ask)
        assert (file["kinds"], [one["field"] for one in file["asked"]], put) == (
            {"card_list": 3},
            ["enterprise"],
            ["enterprise"],
        )
        report(case, path, ask=ask, dry_run=True)
        assert put == ["enterprise"], "a dry run asks nothing"
