"""Reading files (SPEC 3), what a load answers (SPEC 6), and who is who."""

from __future__ import annotations

import datetime
import json
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook

from .conftest import Desk, Result, activations, card, moves

ONE = "8986061900000000001"

DATES = [
    ("2024-03-05", "2024-03-05"),
    ("2024/3/5", "2024-03-05"),
    ("2024.3.5", "2024-03-05"),
    ("2024年3月5日", "2024-03-05"),
    ("20240305", "2024-03-05"),
    ("２０２４-03-05", "2024-03-05"),
    ("2024-03", "2024-03"),
    ("2024/3", "2024-03"),
    ("2024年3月", "2024-03"),
    ("202403", "2024-03"),
    ("45356", "2024-03-05"),
    ("20000", "1954-10-03:bad_date"),
    ("19999", "bad_date"),
    ("80001", "bad_date"),
    ("1709596800", "2024-03-05"),
    ("1709596800000", "2024-03-05"),
    ("2024-03-04T23:30:00Z", "2024-03-05"),
    ("2024-03-05T01:30:00+09:00", "2024-03-05"),
    ("2024-03-05T00:30:00+09:00", "2024-03-04"),
    ("20240305171912", "2024-03-05"),
    ("13/04/2024", "2024-04-13"),
    ("04/13/2024", "2024-04-13"),
    ("05/05/2024", "2024-05-05"),
    ("03/04/2024", "ambiguous_date"),
    ("24/3/5", "ambiguous_date"),
    ("13/4/24", "ambiguous_date"),
    ("1989-12-31", "bad_date"),
    ("1990-01-01", "1990-01-01"),
    ("2100-12-31", "later_than_load"),
    ("2101-01-01", "bad_date"),
    ("2024-02-30", "bad_date"),
    ("2023-02-29", "bad_date"),
    ("昨天", "bad_date"),
    ("—", "missing_field"),
    ("nan", "missing_field"),
    ("N/A", "missing_field"),
    ("无", "missing_field"),
]


def test_dates_are_read(desk: Desk) -> None:
    rows = [f"E,A,{date},{card(n)}" for n, (date, _) in enumerate(DATES, 1)]
    (sheet,) = desk.load("转出方,转入方,日期,卡号\n" + "\n".join(rows) + "\n")
    rejected = {told["row"] - 2: told["reason"] for told in sheet["rejects"]}
    answers = desk.ask("trace", *(card(n) for n in range(1, len(DATES) + 1))).json["results"]
    for place, (date, expected) in enumerate(DATES):
        expected = expected.split(":")[-1]
        got = rejected.get(place) or _day_or_why_not(answers[place])
        assert (date, got) == (date, expected)


def _day_or_why_not(answer: dict[str, Any]) -> str:
    """The day of the only hop; where none is recorded, why its row counts for nothing."""
    if answer["chains"]:
        return str(answer["chains"][0]["hops"][0]["date"][:10])
    return str(answer["findings"][0]["params"]["reason"])


EMPTY = ["-", "—", "/", "无", "空", "NULL", "None", "N/A", "nan", " ", "null", "　"]


def test_cells_that_say_nothing_are_empty(desk: Desk) -> None:
    rows = [f"E,A,2024-03-05,{card(n)},{cell}" for n, cell in enumerate(EMPTY, 1)]
    (sheet,) = desk.load("转出方,转入方,日期,卡号,渠道\n" + "\n".join(rows) + "\n")
    assert (sheet["loaded"], sheet["warnings"]) == (len(EMPTY), [])
    for answer in desk.ask("trace", *(card(n) for n in range(1, len(EMPTY) + 1))).json["results"]:
        assert answer["chains"][0]["hops"][0]["channel"] is None


def test_encodings_are_told_apart(desk: Desk) -> None:
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
    rows = [f"转出方,转入方,日期,卡号,渠道\n星海公司,北川经营部,2024-03-05,{card(n)},微信\n" for n in range(4)]
    sheets = desk.load(*(row.encode(encoding) for row, encoding in zip(rows, encodings, strict=True)))
    assert [sheet["encoding"] for sheet in sheets] == ["utf-8", "utf-8", "gb18030", "utf-16"]
    answers = desk.ask("trace", *map(card, range(4))).json["results"]
    assert [answer["holder"]["name"] for answer in answers] == ["北川经营部"] * 4


def test_big5_is_told_from_gb18030(desk: Desk) -> None:
    rows = "".join(f"港通電訊貿易行,陳大文,2024-03-05,{card(n)},網絡銷售\n" for n in range(1, 30))
    (sheet,) = desk.load(("from,to,date,iccid,channel\n" + rows).encode("big5"))
    assert sheet["encoding"].lower().startswith("big5")
    assert desk.trace().holder == "陳大文"


KINDS = [
    ("转出方,转入方,日期,卡号", f"E,A,2024-03-05,{ONE}", "transfer"),
    ("卖方,买方,日期,卡号", f"E,A,2024-03-05,{ONE}", "transfer"),
    ("seller,buyer,date,card", f"E,A,2024-03-05,{ONE}", "transfer"),
    ("carrier,buyer,date,card", f"中国联通,A,2024-03-05,{ONE}", "purchase"),
    ("退货方,接收方,退货日期,卡号", f"E,A,2024-03-05,{ONE}", "return"),
    ("转出方,转入方,退货日期,卡号", f"E,A,2024-03-05,{ONE}", "return"),
    ("转出方,转入方,日期,卡号,运营商,企业名称", f"E,A,2024-03-05,{ONE},中国联通,E", "transfer"),
    ("运营商,企业名称,日期,卡号", f"中国联通,E,2024-03-05,{ONE}", "purchase"),
    ("单位,库存,日期", "E,5,2024-03-05", "stock"),
    ("单位,销量,日期", "E,5,2024-03-05", "stock"),
    ("单位,盘点日期,卡号", f"E,2024-03-05,{ONE}", "stock"),
    ("案号,卡号,日期", f"A1,{ONE},2024-03-05", "seizure"),
    ("查获日期,卡号", f"2024-03-05,{ONE}", "seizure"),
    ("卡号,使用人,激活日期", f"{ONE},甲,2024-03-05", "activation"),
    ("卡号,使用人,日期", f"{ONE},甲,2024-03-05", "card_list"),
    ("案号,卡号,日期,使用人,IMEI", f"A1,{ONE},2024-03-05,甲,861234567890123", "seizure"),
]


def test_headings_say_the_kind(desk: Desk) -> None:
    sheets = desk.load(*(f"{head}\n{row}\n" for head, row, _ in KINDS))
    told = [(head, sheet["kind"], sheet["rejected"]) for (head, *_), sheet in zip(KINDS, sheets, strict=True)]
    assert told == [(head, kind, 0) for head, _, kind in KINDS]


def test_a_kind_cell_says_it_for_its_row(desk: Desk) -> None:
    (sheet,) = desk.load(
        "业务类型,运营商,企业名称,转出方,转入方,日期,卡号\n"
        f"开户,中国联通,E,,,2024-03-01,{ONE}\n零售,,,E,A,2024-03-02,{ONE}\n退卡,,,A,E,2024-03-03,{ONE}\n"
        f"赠送,,,E,B,2024-03-04,{ONE}\n,,,E,B,2024-03-05,{ONE}\n"
    )
    assert sheet["kind"] == "mixed"
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [(5, "unknown_kind")]
    assert desk.trace().chains == ["continuous: U>E E>A A>E E>B"]
    assert [hop["kind"] for hop in desk.trace().json["chains"][0]["hops"]] == [
        "purchase",
        "transfer",
        "return",
        "transfer",
    ]


def test_as_says_it_outright(desk: Desk) -> None:
    (sheet,) = desk.load(f"卡号,日期,案号\n{ONE},2024-03-05,A1\n", options=("--as", "activation"))
    assert sheet["kind"] == "activation"
    assert len(desk.trace().json["activations"]) == 1


def test_the_heading_of_the_event_wins_then_the_leftmost(desk: Desk) -> None:
    desk.load(
        f"日期,激活时间,卡号,使用人\n2024-01-01,2024-03-05,{ONE},甲\n",
        f"日期,转让日期,出库日期,转出方,转入方,卡号\n2024-01-01,2024-03-07,2024-03-08,E,A,{ONE}\n",
    )
    got = desk.trace()
    assert got.json["activations"][0]["date"] == "2024-03-05"
    assert got.days == [["2024-03-07"]]


def test_headings_are_compared_without_blanks_case_and_remark(desk: Desk) -> None:
    (sheet,) = desk.load(f"转 出 方,ＴＯ,日期（必填）, Iccid ,数量(张)\nE,A,2024-03-05,{ONE},1\n")
    assert (sheet["kind"], sheet["loaded"]) == ("transfer", 1)


def test_rows_are_numbered_as_a_spreadsheet_program_shows_them(desk: Desk) -> None:
    (sheet,) = desk.load(
        f"出库明细,,,\n,,,\n转出方,转入方,日期,卡号\nE,A,2024-03-05,{ONE}\n,,,\n转出方,转入方,日期,卡号\nE,A,坏,{ONE}\n合计,,,1\n"
    )
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [
        (6, "not_a_record"),
        (7, "bad_date"),
        (8, "not_a_record"),
    ]
    assert (sheet["rows"], sheet["loaded"]) == (4, 1)
    assert desk.trace().json["chains"][0]["hops"][0]["origins"][0]["row"] == 4


def test_a_header_may_span_two_rows(desk: Desk) -> None:
    (sheet,) = desk.load(f"交易双方,,明细,\n转出方,转入方,日期,卡号\nE,A,2024-03-05,{ONE}\n")
    assert (sheet["kind"], sheet["loaded"], sheet["rows"]) == ("transfer", 1, 1)


def test_a_total_is_no_record(desk: Desk) -> None:
    totals = "".join(f"{total},,,,,1\n" for total in ("合计", "总计", "小计", "total", "Total", "合 计"))
    (sheet,) = desk.load(f"序号,转出方,转入方,日期,卡号,数量\n1,E,A,2024-03-05,{ONE},1\n{totals}")
    assert [told["reason"] for told in sheet["rejects"]] == ["not_a_record"] * 6


REASONS = [
    # two faults each: the first in the order of the contract is told
    ("E,A,坏,8986061900000000", "bad_identifier"),
    ("E,A,03/04/2024,8986061900000000", "bad_identifier"),
    ("E,A,坏,8.98606E+19", "damaged_number"),
    (",A,坏,8986061900000000001", "bad_date"),
    ("E,,03/04/2024,8986061900000000001", "ambiguous_date"),
    ("E,E,坏,8986061900000000001", "bad_date"),
    ("E,E,2024-03-05,8986061900000000001", "self_transfer"),
    ("E,Ｅ,2024-03-05,8986061900000000001", "self_transfer"),
    ("E,E,2024-03-05,", "missing_field"),
]


def test_a_row_with_several_faults_carries_the_first(desk: Desk) -> None:
    rows = "".join(f"{row}\n" for row, _ in REASONS)
    (sheet,) = desk.load(f"转出方,转入方,日期,卡号\n{rows}")
    assert [told["reason"] for told in sheet["rejects"]] == [reason for _, reason in REASONS]


def test_one_file_with_one_fault_in_every_row_is_loaded_with_nothing(desk: Desk) -> None:
    (sheet,) = desk.load(f"转出方,转入方,日期,卡号\nE,A,坏,{ONE}\n")
    assert (sheet["rows"], sheet["loaded"], sheet["rejected"], sheet["error"]) == (1, 0, 1, None)


QUANTITIES = [
    ("5", 5),
    ("1,000", 1000),
    ("５", 5),
    ("5.0", 5),
    ("0", None),
    ("-0.5", None),
    ("若干", None),
    ("五", 5),
    ("两千", 2000),
    ("1.5万", 15_000),
    ("2.5", None),
]


def test_a_quantity_is_a_whole_number_above_zero(desk: Desk) -> None:
    rows = "".join(f'E,A,2024-03-05,"{cell}",{n}\n' for n, (cell, _) in enumerate(QUANTITIES))
    (sheet,) = desk.load(f"转出方,转入方,日期,数量,单号\n{rows}")
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [
        (row, "bad_quantity") for row, (_, number) in enumerate(QUANTITIES, 2) if number is None
    ]


def test_an_optional_field_that_cannot_be_read_is_left_out_and_counted(desk: Desk) -> None:
    (sheet,) = desk.load(
        f"卡号,激活时间,IMEI,使用人\n{ONE},2024-03-05,123,甲\n{card(2)},2024-03-05,861234567890123,甲\n{card(3)},2024-03-05,460011234567890,甲\n"
    )
    (warning,) = [w for w in sheet["warnings"] if w["value"] == "123"] or [None]
    assert list(warning) == ["field", "reason", "rows", "first_row", "value"]
    assert (warning["field"], warning["reason"], warning["first_row"]) == ("imei", "bad_identifier", 2)
    assert (sheet["loaded"], sheet["rejected"]) == (3, 0)
    assert desk.trace().json["activations"][0]["imei"] is None


def test_the_same_statement_is_a_duplicate_and_one_more_origin(desk: Desk) -> None:
    first, second = desk.load(
        moves(
            "E>A 2024-03-05 no 1", "E>A 2024-03-05 no 2", "E>B 2024-03-05 5 cards no 1", "E>B 2024-03-05 5 cards no 2"
        ),
        moves("E>A 2024/3/5 no 3", "E>B 2024-03-05 5 cards no 2", "E>A 2024-03-05 via 微信"),
    )
    assert (first["rows"], first["loaded"], first["duplicate"]) == (4, 3, 1)
    assert (second["rows"], second["loaded"], second["duplicate"]) == (3, 1, 2)
    (hop,) = desk.trace().json["chains"][0]["hops"]
    assert [(o["file"], o["row"], o["record_no"]) for o in hop["origins"]] == [
        ("1.csv", 2, "1"),
        ("1.csv", 3, "2"),
        ("2.csv", 2, "3"),
        ("2.csv", 4, None),
    ]
    assert hop["channel"] == "微信"


def test_a_file_loaded_again_adds_nothing(desk: Desk) -> None:
    file = desk.file(moves("E>A 2024-03-05", "E>A 坏", "E>B 2024-03-05", "E>A 2024-03-05"))
    (first,) = desk.load(file)
    (again,) = desk.load(file)
    assert (first["already_loaded"], first["loaded"], first["duplicate"], first["rejected"]) == (False, 2, 1, 1)
    assert (again["already_loaded"], again["loaded"], again["duplicate"], again["rejected"]) == (True, 0, 3, 1)
    assert (again["rows"], again["kind"], again["sha256"]) == (4, "transfer", first["sha256"])


def test_the_keys_of_load_stand_in_order(desk: Desk) -> None:
    answer = desk.ask("load", desk.file(moves("E>A 2024-03-05", "E>A 2024-03-06 #8.98606E+19"))).json
    assert list(answer) == ["graphtrace", "case", "ledger_head", "files", "skipped", "watch_hits"]
    (sheet,) = answer["files"]
    assert list(sheet) == [
        "file",
        "sha256",
        "sheet",
        "kind",
        "encoding",
        "already_loaded",
        "recipe",
        "rows",
        "loaded",
        "duplicate",
        "rejected",
        "records",
        "kinds",
        "columns",
        "asked",
        "rejects_file",
        "rejects",
        "warnings",
        "corrections_lost",
        "error",
    ]
    assert list(sheet["rejects"][0]) == ["row", "field", "reason", "value", "interval"]
    assert (sheet["sheet"], sheet["rejects"][0]["value"]) == (None, "8.98606E+19")


def test_an_earlier_reading_of_a_file_is_told_to_go_on_counting(desk: Desk) -> None:
    file = desk.file(moves("E>A 2024-03-05"))
    desk.load(file)
    told = {
        lang: desk.run("--case", desk.case, "load", file, "--as", "return", "--lang", lang) for lang in ("en", "zh")
    }
    assert [each.code for each in told.values()] == [2, 2]
    assert "The case holds the earlier reading of these files, which goes on counting." in told["en"].out
    assert "counts for nothing" not in told["en"].out
    assert "先前的读取结果" in told["zh"].out
    assert desk.trace(1).holder == "A"


def test_a_file_of_which_nothing_was_read_before_is_told_to_count_for_nothing(desk: Desk) -> None:
    file = desk.file("Invoice Date,Source,Foo\n2024-03-05,x,8986061800000000001\n")
    told = [desk.run("--case", desk.case, "load", file, "--lang", "en").out for _ in range(2)]
    assert all("What was not read counts for nothing." in each for each in told)
    assert not any("goes on counting" in each for each in told)


@pytest.mark.parametrize("said", [("--encoding", "cp1251"), ("--set", "encoding=windows-1251")])
def test_the_encoding_of_a_text_is_asked_where_nothing_tells_it_and_belongs_to_the_reading(
    desk: Desk, said: tuple[str, str]
) -> None:
    file = desk.file(f"from,to,date,iccid\nЭКСПОРТ,ЮЖНЫЙ ЯРМАРКА,2024-03-05,{card(1)}\n".encode("cp1251"))
    asked = desk.ask("load", file)
    (sheet,) = asked.json["files"]
    assert (asked.code, [each["field"] for each in sheet["asked"]]) == (2, ["encoding"])
    answer = desk.ask("load", file, *said)
    (read,) = answer.json["files"]
    assert (answer.code, read["encoding"], read["loaded"], "unused_answers" in answer.json) == (0, "cp1251", 1, False)
    assert desk.trace(1).holder == "ЮЖНЫЙ ЯРМАРКА"
    assert "ЮЖНЫЙ ЯРМАРКА" in desk.run(
        "--case", desk.case, "trace", card(1), "-o", desk.folder / "a.html", "--extra"
    ).out + (desk.folder / "a.html").read_text(encoding="utf-8")
    assert desk.ask("verify", "--deep").code == 0
    assert desk.ask("load", file, "--set", "encoding=cp1252").json["files"][0]["error"]["code"] == "read_otherwise"


def test_what_is_no_encoding_is_refused(desk: Desk) -> None:
    refused = desk.ask("load", desk.file(moves("E>A 2024-03-05")), "--encoding", "rot13")
    assert (refused.code, refused.error["code"]) == (2, "wrong_usage")


def test_one_bad_file_does_not_stop_the_others(desk: Desk) -> None:
    good, bad = desk.file(moves("E>A 2024-03-05")), desk.file("甲,乙\n1,2\n")
    answer = desk.ask("load", bad, good)
    assert answer.code == 2
    told = {sheet["file"]: sheet for sheet in answer.json["files"]}
    assert told["1.csv"]["loaded"] == 1
    assert told["2.csv"]["error"]
    assert "甲" in json.dumps(told["2.csv"]["error"], ensure_ascii=False)
    assert desk.trace().holder == "A"


def test_a_file_that_is_not_there_is_wrong_input(desk: Desk) -> None:
    answer = desk.ask("load", "absent.csv")
    assert answer.code == 2


def test_a_workbook_is_read_sheet_by_sheet(desk: Desk) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "出库"
    for row in (
        ["转出方", "转入方", "日期", "卡号"],
        ["E", "A", datetime.date(2024, 3, 5), ONE],
        [None, "B", 45357, card(2)],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    other: Any = book.create_sheet("备注")
    for row in (["甲", "乙"], ["1", "2"], ["3", "4"]):
        other.append(row)
    empty: Any = book.create_sheet("空表")
    assert empty.title == "空表"
    book.save(desk.folder / "x.xlsx")
    answer = desk.ask("load", desk.folder / "x.xlsx")
    sheets = {told["sheet"]: told for told in answer.json["files"]}
    assert answer.code == 0
    assert (sheets["出库"]["loaded"], sheets["出库"]["kind"]) == (2, "transfer")
    assert [told["reason"] for told in sheets["备注"]["rejects"]] == ["unknown_headings"]
    assert sheets["备注"]["rejected"] == sheets["备注"]["rows"]
    assert [Result(r).days for r in desk.ask("trace", ONE, card(2)).json["results"]] == [
        [["2024-03-05"]],
        [["2024-03-06"]],
    ]


def test_json_lines_count_lines(desk: Desk) -> None:
    rows = [
        {"from": "E", "to": "A", "date": "2024-03-05", "iccid": ONE},
        {"from": "E", "to": "A", "date": "坏", "iccid": ONE},
    ]
    (sheet,) = desk.load(desk.file("\n".join(json.dumps(row) for row in rows), "x.jsonl"))
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [(2, "bad_date")]
    assert desk.trace().json["chains"][0]["hops"][0]["origins"][0]["row"] == 1


def test_a_mapping_that_does_not_fit_says_which_column_is_missing(desk: Desk) -> None:
    mapping = desk.file("kind: transfer\ncolumns: {from: 甲方, to: 乙方, date: 日子, iccid: 号}\n", "m.yml")
    answer = desk.ask("load", desk.file(f"甲方,乙方,号\nE,A,{ONE}\n"), "--mapping", mapping)
    assert answer.code == 2
    assert "日子" in answer.json["files"][0]["error"]["message"]
    answer = desk.ask("load", desk.file(f"甲方,乙方,号,日子\nE,A,{ONE},2024-03-05\n"), "--mapping", mapping)
    assert (answer.code, desk.trace().holder) == (0, "A")


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    (sheet,) = desk.load(moves("E>A 2024-03-05"), options=("--dry-run",))
    assert sheet["loaded"] == 1
    assert desk.ask("trace", ONE).code == 3


# Parties


def people(*rows: str) -> str:
    return "from,from_id,to,to_id,date,iccid\n" + "".join(f"{row}\n" for row in rows)


def test_a_bare_name_joins_the_only_party_that_bears_it(desk: Desk) -> None:
    desk.load(
        people(
            f"中国联通,,星海（云洲）公司,91310115MA1K35XR7B,2024-03-01,{ONE}", f"星海(云洲) 公司,,A,,2024-03-02,{ONE}"
        )
    )
    got = desk.trace()
    assert got.outcome == "continuous"
    assert got.registrant == "星海（云洲）公司"


def test_a_bare_name_joins_whatever_the_order_of_files(desk: Desk) -> None:
    desk.load(people(f"E,,A,,2024-03-02,{ONE}"))
    desk.load(people(f"中国联通,,e,x7021,2024-03-01,{ONE}"))
    assert desk.trace().outcome == "continuous"


def test_two_numbers_are_never_joined_by_a_name(desk: Desk) -> None:
    desk.load(people(f"中国联通,,E,X70201,2024-03-01,{ONE}", f"E,X70202,A,,2024-03-02,{ONE}"))
    assert desk.trace().chains == ["broken: U>E … E>A"]
    assert "ambiguous_party" not in desk.trace().codes


def test_one_number_is_one_party_whatever_its_name(desk: Desk) -> None:
    desk.load(people(f"中国联通,,E,ab 7012,2024-03-01,{ONE}", f"F,AB7012,A,,2024-03-02,{ONE}"))
    got = desk.trace()
    assert (got.outcome, got.registrant) == ("continuous", "E")


def test_a_bare_name_that_several_bear_is_a_party_of_its_own(desk: Desk) -> None:
    desk.load(
        people(
            f"中国联通,,E,X70201,2024-03-01,{ONE}",
            f"中国联通,,E,X70202,2024-03-01,{card(2)}",
            f"E,,A,,2024-03-02,{ONE}",
            f"e,,A,,2024-03-02,{card(2)}",
        )
    )
    got = desk.trace()
    assert got.chains == ["broken: U>E … E>A"]
    assert got.params("ambiguous_party") == [{"name": "E", "parties": 2}]
    assert desk.ask("audit", "E").code == 2
    assert desk.ask("party", "E").code == 2
    assert desk.ask("audit", "x70201").code == 0


def test_a_self_transfer_that_shows_when_parties_join_is_left_out(desk: Desk) -> None:
    desk.load(
        people(f"中国联通,,E,X70201,2024-03-01,{ONE}", f"E,X70201,F,,2024-03-02,{ONE}", f"F,X70201,A,,2024-03-03,{ONE}")
    )
    got = desk.trace()
    # each hop shows the name that its own record writes
    assert got.chains == ["continuous: U>E F>A"]
    assert [(params["party"], params["date"]) for params in got.params("self_transfer")] == [("E", "2024-03-02")]


def test_the_name_of_a_party_is_the_writing_of_its_earliest_record(desk: Desk) -> None:
    desk.load(people(f"中国联通,,新名,X70201,2024-03-09,{ONE}"), people(f"中国联通,,旧名,X70201,2024-03-01,{card(2)}"))
    assert desk.trace().registrant == "旧名"


CARRIERS = [
    ("中国联合网络通信有限公司云洲市分公司", "carrier:china-unicom"),
    ("联通云洲市分公司", "carrier:china-unicom"),
    ("CMCC", "carrier:china-mobile"),
    ("蜗牛移动", "carrier:vno-snail"),
    ("中国电信股份", "carrier:china-telecom"),
    ("中国广电", "carrier:china-broadnet"),
    ("China Mobile Yunzhou Branch", "carrier:china-mobile"),
    ("china unicom", "carrier:china-unicom"),
]


def test_a_name_in_a_carrier_column_is_its_operator(desk: Desk) -> None:
    rows = "".join(f"{written},E,2024-03-01,{card(n)}\n" for n, (written, _) in enumerate(CARRIERS))
    desk.load(f"运营商,企业名称,日期,卡号\n{rows}")
    answers = desk.ask("trace", *map(card, range(len(CARRIERS)))).json["results"]
    assert [answer["chains"][0]["hops"][0]["from"]["id"] for answer in answers] == [known for _, known in CARRIERS]


SENDERS = ("联通", "电信", "中国联通宁波市分公司", "联通营业厅老王", "张移动", "中国联通云洲授权代理店")


def test_a_side_is_a_carrier_only_if_all_of_its_name_is_the_name_of_one(desk: Desk) -> None:
    rows = "".join(f"{written},E,2024-03-01,{card(n)}\n" for n, written in enumerate(SENDERS))
    desk.load(f"转出方,转入方,日期,卡号\n{rows}")
    answers = desk.ask("trace", *map(card, range(len(SENDERS)))).json["results"]
    assert [answer["chains"][0]["hops"][0]["kind"] for answer in answers] == ["purchase"] * 3 + ["transfer"] * 3


def test_a_name_that_stands_in_some_carrier_column_means_the_carrier_everywhere(desk: Desk) -> None:
    desk.load(f"转出方,转入方,日期,卡号\n迪信通,E,2024-03-01,{ONE}\nE,cucc,2024-03-02,{ONE}\n")
    assert desk.trace().chains == ["broken: 迪信通>E E>cucc"]
    desk.load(f"运营商,企业名称,日期,卡号\n迪信通,F,2024-03-01,{card(2)}\ncucc,F,2024-03-01,{card(3)}\n")
    got = desk.trace()
    assert (got.outcome, got.registrant) == ("continuous", "E")
    assert [hop["kind"] for hop in got.json["chains"][0]["hops"]] == ["purchase", "return"]


NO_CARRIERS = ("联通代理商老王", "移动通信器材店", "假中国联通", "三大运营商", "移动硬盘")


def test_a_word_in_a_carrier_column_that_is_no_carrier_is_asked_about_and_starts_no_chain(desk: Desk) -> None:
    rows = "".join(f"{written},E,2024-03-01,{card(n)}\n" for n, written in enumerate(NO_CARRIERS))
    (sheet,) = desk.load(f"运营商,企业名称,日期,卡号\n中国联通,E,2024-03-01,{card(50)}\n{rows}")
    assert (sheet["loaded"], sheet["rejected"]) == (1, len(NO_CARRIERS))
    assert {one["reason"] for one in sheet["rejects"]} == {"unknown_carrier"}
    assert {one["field"] for one in sheet["asked"]} == {f"carrier.{name}" for name in NO_CARRIERS}
    assert desk.trace(0).outcome == "not_found"


def test_a_denial_in_a_carrier_column_names_nobody(desk: Desk) -> None:
    (sheet,) = desk.load(f"运营商,企业名称,日期,卡号\n不是电信,E,2024-03-01,{ONE}\n中国联通,E,2024-03-01,{card(2)}\n")
    assert [(each["field"], each["reason"]) for each in sheet["rejects"]] == [("carrier", "missing_field")]


def test_a_person_says_whom_a_word_in_a_carrier_column_means(desk: Desk) -> None:
    names = ("联通代理商老王", "北方物联", "移动卡")
    rows = "".join(f"{written},E,2024-03-01,{card(n)}\n" for n, written in enumerate(names))
    said = ("carrier.联通代理商老王=no", "carrier.北方物联=是", "carrier.移动卡=中国移动")
    desk.load(f"运营商,企业名称,日期,卡号\n{rows}", options=[word for text in said for word in ("--set", text)])
    hops = [answer["chains"][0]["hops"][0] for answer in desk.ask("trace", *map(card, range(3))).json["results"]]
    assert [(hop["kind"], hop["from"]["id"]) for hop in hops] == [
        ("transfer", "name:联通代理商老王"),
        ("purchase", "carrier:北方物联"),
        ("purchase", "carrier:china-mobile"),
    ]


def test_what_stands_in_the_carrier_column_of_a_list_makes_nobody_a_carrier(desk: Desk) -> None:
    desk.load(
        f"卡号,运营商,客户名称\n{card(1)},老王,E\n{card(2)},中国联通,E\n",
        f"转出方,转入方,日期,卡号\n老王,E,2024-03-01,{card(1)}\n",
    )
    assert desk.ask("trace", card(1)).json["results"][0]["chains"][0]["hops"][0]["kind"] == "transfer"


# The order of files and rows


def test_an_answer_does_not_depend_on_the_order_of_rows_and_files(desk: Desk) -> None:
    lines = [
        "U>E 2024-03-01",
        "E>A 2024-03-05",
        "A>E 2024-03-05",
        "E>B 2024-03",
        "B>D 2024-03-06",
        "D>F 2024-03-04",
        "E>G 2024-03-09",
        "H>I 2024-03-09",
        "G>H 2024-03-09 4 cards",
        "U>E 2024-03-02",
    ]
    seen = set()
    for seed in range(3):
        Random(seed).shuffle(lines)
        other = Desk(desk.folder / str(seed))
        other.folder.mkdir()
        other.load(*(moves(*lines[place::4]) for place in range(4)))
        got = other.trace()
        text = json.dumps([got.chains, got.days, got.codes, got.leads, got.outcome])
        seen.add(text)
    assert len(seen) == 1


def test_a_range_an_overlapping_range_and_a_listing_are_one_hop(desk: Desk) -> None:
    desk.load(
        moves(
            "U>E 2024-03-01 1-100",
            "U>E 2024-03-01 50-150",
            "U>E 2024-03-01 #60",
            "E>A 2024-03-02 40-70",
            "E>B 2024-03-03 71-90",
        )
    )
    got = desk.trace(60)
    assert got.chains == ["continuous: U>E E>A"]
    assert (got.json["chains"][0]["hops"][0]["precision"], len(got.json["chains"][0]["hops"][0]["origins"])) == (
        "listed",
        3,
    )
    assert [each.holder for each in desk.traces(39, 40, 70, 71, 90, 91, 150)] == ["E", "A", "A", "B", "B", "E", "E"]
    assert desk.trace(151).outcome == "not_found"


def test_s21_a_card_that_nobody_is_on_record_as_passing_on(desk: Desk) -> None:
    desk.load(
        activations("2024-03-05 1 甲 861234567890123"),
        f"单位,盘点日期,卡号\nE,2024-03-05,{card(2)}\n",
        f"案号,卡号,日期,地点\nA1,{card(3)},2024-03-05,云洲\n",
    )
    for n, user in ((1, "甲"), (2, None), (3, None)):
        got = desk.trace(n)
        assert (got.outcome, got.chains, got.registrant, got.holder, got.end_user) == ("broken", [], None, None, user)
        assert got.params("no_purchase") == [{"first_holder": None, "carrier": "china-unicom"}]
        assert ("purchase_record", "no_purchase") in [lead[1:3] for lead in got.leads]


WHOLE = {"from": "E", "to": "A", "date": "2024-03-05", "msisdn": "1064612345678"}
NAMING = ({"iccid": ONE}, {"iccid_first": ONE, "iccid_last": card(100)}, {"quantity": "5"})


def test_a_column_that_is_empty_in_every_row_stops_no_load(desk: Desk) -> None:
    files, loaded = [], 0
    for naming in NAMING:
        row = WHOLE | naming
        for emptied in (None, *row):
            cells = ["" if field == emptied else text for field, text in row.items()]
            files.append(f"{','.join(row)}\n{','.join(cells)}\n")
            loaded += emptied in (None, "msisdn")
    sheets = desk.load(*files)
    told = [(sheet["rows"], sheet["loaded"] + sheet["duplicate"] + sheet["rejected"]) for sheet in sheets]
    assert told == [(1, 1)] * len(files)
    assert sum(sheet["loaded"] + sheet["duplicate"] for sheet in sheets) == loaded


def test_unload_takes_away_what_only_that_file_states(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01", "E>A 2024-03-05", "A>B 2024-03-07"))
    desk.load(moves("E>A 2024-03-05", "B>D 2024-03-09"))
    whole = ["continuous: U>E E>A A>B B>D"]
    assert desk.trace().chains == whole
    assert desk.ask("unload", "2.csv", "--why", "wrong").code == 0
    assert desk.trace().chains == ["continuous: U>E E>A A>B"]
    assert desk.ask("unload", "2.csv", "--why", "wrong").code == 1
    assert desk.ask("unload", "1.csv", "--why", "wrong").code == 0
    assert desk.trace().chains == []
    (sheet,) = desk.load(desk.folder / "2.csv")
    assert (sheet["already_loaded"], sheet["loaded"]) == (False, 2)
    (sheet,) = desk.load(desk.folder / "1.csv")
    assert (sheet["loaded"], sheet["duplicate"]) == (2, 1)
    assert desk.trace().chains == whole
    assert desk.ask("verify", "--deep").code == 0
