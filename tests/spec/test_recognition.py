"""Events that the rows of a sheet state (SPEC 3 and 11): never one that no cell of the row states.

The tables were written from the contract alone. Each line is a header, one row, and the events of that row as
``kind day``; ``?`` stands for a sheet that is asked about instead of loaded.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphtrace.errors import NeedsAnswer, UnknownHeadings
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.record_schema import decode
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.model import format_day

from ..conftest import examples
from .conftest import Desk

ICCID = "8986061900000000001"
MSISDN = "1064612345678"
IMSI = "460061234567890"

KINDS_OF_ONE_EVENT = [
    # the first kind in the order of the contract that fits
    ("转出方,转入方,日期,卡号", f"E,A,2024-03-05,{ICCID}", "transfer 2024-03-05"),
    ("转出方,转入方,退货日期,卡号", f"E,A,2024-03-05,{ICCID}", "return 2024-03-05"),
    ("转出方,转入方,回收日期,卡号", f"E,A,2024-03-05,{ICCID}", "return 2024-03-05"),
    ("运营商,企业名称,日期,卡号", f"中国联通,E,2024-03-05,{ICCID}", "purchase 2024-03-05"),
    ("运营商,购卡单位,开卡日期,卡号", f"中国联通,E,2024-03-05,{ICCID}", "purchase 2024-03-05"),
    ("单位,库存,日期", "E,5,2024-03-05", "stock 2024-03-05"),
    ("单位,盘点日期,卡号", f"E,2024-03-05,{ICCID}", "stock 2024-03-05"),
    ("案号,卡号", f"A1,{ICCID}", "seizure"),
    ("查获日期,卡号", f"2024-03-05,{ICCID}", "seizure 2024-03-05"),
    ("嫌疑人,卡号,日期", f"甲,{ICCID},2024-03-05", "seizure 2024-03-05"),
    ("缴获地点,缴获日期,卡号", f"云洲,2024-03-05,{ICCID}", "seizure 2024-03-05"),
    ("卡号,激活时间", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("卡号,首次使用时间", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("卡号,首次登网时间", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("卡号,首次上线时间", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("iccid,activated_at", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("iccid,first use", f"{ICCID},2024-03-05", "activation 2024-03-05"),
    ("msisdn,激活时间", f"{MSISDN},2024-03-05", "activation 2024-03-05"),
    # online again is used, not activated
    ("卡号,最近上线时间", f"{ICCID},2024-03-05 10:00:00", "usage 2024-03-05"),
    ("卡号,上线时间", f"{ICCID},2024-03-05 10:00:00", "usage 2024-03-05"),
    ("卡号,通话时间", f"{ICCID},2024-03-05 10:00:00", "usage 2024-03-05"),
    ("iccid,last seen", f"{ICCID},2024-03-05 10:00:00", "usage 2024-03-05"),
    ("卡号,时间,基站", f"{ICCID},2024-03-05 10:00:00,4601", "usage 2024-03-05"),
    ("kind,iccid,date", f"usage,{ICCID},2024-03-05", "usage 2024-03-05"),
    # a list links numbers and names a customer; it moves nothing
    ("ICCID,MSISDN", f"{ICCID},{MSISDN}", "card_list"),
    ("ICCID,IMSI", f"{ICCID},{IMSI}", "card_list"),
    ("ICCID,客户名称", f"{ICCID},E", "card_list"),
    ("ICCID,卡状态", f"{ICCID},在用", "card_list"),
    ("ICCID,客户名称,日期", f"{ICCID},E,2024-03-05", "card_list 2024-03-05"),
    ("卡号,持有人,地点", f"{ICCID},甲,云洲", "card_list"),
    ("卡号,使用人,日期,IMEI", f"{ICCID},甲,2024-03-05,861234567890123", "card_list 2024-03-05"),
    # a dealer's delivery list names customers; nobody received anything from somebody named, nobody activated anything
    ("ICCID,发货日期,客户名称", f"{ICCID},2024-03-05,E", "card_list"),
    # the same names are a carrier's buyers only beside a carrier, and not beside a state, an agent or an allocation
    ("运营商,客户名称,日期,卡号", f"中国联通,E,2024-03-05,{ICCID}", "purchase 2024-03-05"),
    ("运营商,客户名称,日期,卡号,卡状态", f"中国联通,E,2024-03-05,{ICCID},在用", "card_list 2024-03-05"),
    ("运营商,客户名称,日期,卡号,代理商", f"中国联通,E,2024-03-05,{ICCID},B", "card_list 2024-03-05"),
    ("运营商,客户名称,分配日期,卡号", f"中国联通,E,2024-03-05,{ICCID}", "card_list"),
    # the date of no event
    ("ICCID,客户名称,到期时间", f"{ICCID},E,2024-03-05", "card_list"),
    ("ICCID,客户名称,创建时间", f"{ICCID},E,2024-03-05", "card_list"),
    ("ICCID,MSISDN,更新时间", f"{ICCID},{MSISDN},2024-03-05", "card_list"),
    # but the day of a list is that on which it was exported
    ("ICCID,激活状态,导出时间", f"{ICCID},未激活,2024-03-05", "card_list 2024-03-05"),
]

SEVERAL_EVENTS = [
    (
        "运营商,购卡单位,开卡日期,ICCID,激活时间",
        f"中国联通,E,2024-03-01,{ICCID},2024-04-01",
        ["purchase 2024-03-01", "activation 2024-04-01"],
    ),
    ("运营商,购卡单位,开卡日期,ICCID,激活时间", f"中国联通,E,2024-03-01,{ICCID},", ["purchase 2024-03-01"]),
    (
        "ICCID,MSISDN,客户名称,激活时间",
        f"{ICCID},{MSISDN},E,2024-04-01",
        ["activation 2024-04-01", "card_list"],
    ),
    ("ICCID,MSISDN,激活时间", f"{ICCID},{MSISDN},2024-04-01", ["activation 2024-04-01"]),
    ("ICCID,MSISDN,激活时间", f"{ICCID},{MSISDN},", ["card_list"]),
    (
        "转出方,转入方,出库日期,ICCID,激活时间",
        f"E,A,2024-03-01,{ICCID},2024-04-01",
        ["transfer 2024-03-01", "activation 2024-04-01"],
    ),
    (
        "ICCID,激活时间,最近上线时间",
        f"{ICCID},2024-04-01,2024-05-01 08:00:00",
        ["activation 2024-04-01", "usage 2024-05-01"],
    ),
    ("机主,ICCID,激活时间", f"甲,{ICCID},2024-04-01", ["activation 2024-04-01", "card_list"]),
]

QUESTIONS = [
    ("卡号,日期", f"{ICCID},2024-03-05"),
    ("iccid,date", f"{ICCID},2024-03-05"),
    ("卡号,时间,备注", f"{ICCID},2024-03-05 10:00:00,好"),
    ("卡号,发货日期", f"{ICCID},2024-03-05"),
    ("卡号,开卡日期", f"{ICCID},2024-03-05"),
    ("卡号,日期,IMEI", f"{ICCID},2024-03-05,861234567890123"),
    ("卡号,日期,省份", f"{ICCID},2024-03-05,浙江"),
    ("卡号,地点,日期", f"{ICCID},云洲,2024-03-05"),
    ("卡号,到期时间", f"{ICCID},2024-03-05"),
    ("卡号,激活截止日期", f"{ICCID},2024-03-05"),
    ("卡号,激活有效期", f"{ICCID},2024-03-05"),
    ("卡号,首次充值时间", f"{ICCID},2024-03-05"),
    ("运营商,企业名称,日期", "中国联通,E,2024-03-05"),
    ("转出方,转入方,日期", "E,A,2024-03-05"),
]

INCOMPLETE = [
    ("转入方,出库日期,卡号", f"A,2024-03-05,{ICCID}", "from"),
    ("转出方,发货日期,卡号", f"E,2024-03-05,{ICCID}", "to"),
    ("开户单位,开卡日期,卡号", f"E,2024-03-05,{ICCID}", "carrier"),
    ("转出方,转入方,卡号", f"E,A,{ICCID}", "date"),
    ("转出方,转入方,激活时间,卡号", f"E,A,,{ICCID}", "date"),
    ("运营商,购卡单位,到期时间,卡号", f"中国联通,E,2024-03-05,{ICCID}", "date"),
]


def _events(desk: Desk, head: str, row: str) -> list[str] | dict[str, Any]:
    """The records that a file of one row states, or the report of a file that states none."""
    (sheet,) = desk.load(f"{head}\n{row}\n")
    if sheet["error"] is not None:
        return dict(sheet)
    found = desk.ask("query", "records-of-file", "-p", f"file={sheet['file']}").json
    kind, moment = found["columns"].index("kind"), found["columns"].index("moment")
    return sorted(" ".join(filter(None, (row[kind], (row[moment] or "")[:10]))) for row in found["rows"])


@pytest.mark.parametrize(("head", "row", "expected"), KINDS_OF_ONE_EVENT, ids=[case[0] for case in KINDS_OF_ONE_EVENT])
def test_a_row_states_the_event_that_its_headings_name(desk: Desk, head: str, row: str, expected: str) -> None:
    assert _events(desk, head, row) == [expected]


@pytest.mark.parametrize(
    ("head", "row", "expected"), SEVERAL_EVENTS, ids=[f"{case[0]} {len(case[2])}" for case in SEVERAL_EVENTS]
)
def test_a_row_states_every_event_that_it_fills(desk: Desk, head: str, row: str, expected: list[str]) -> None:
    assert _events(desk, head, row) == sorted(expected)


@pytest.mark.parametrize(("head", "row"), QUESTIONS, ids=[case[0] for case in QUESTIONS])
def test_a_card_and_a_date_alone_are_a_question(desk: Desk, head: str, row: str) -> None:
    answer = desk.ask("load", desk.file(f"{head}\n{row}\n"))
    assert answer.code == 2
    (sheet,) = answer.json["files"]
    assert sheet["loaded"] == 0
    assert sheet["error"]["code"] in ("unknown_kind", "unknown_headings")
    if "卡号" in head or "iccid" in head:
        assert sheet["error"]["code"] == "unknown_kind"
        assert "--as" in sheet["error"]["hint"]
        assert all(heading in sheet["error"]["message"] for heading in head.split(",")[:2])


@pytest.mark.parametrize(("head", "row", "field"), INCOMPLETE, ids=[case[0] for case in INCOMPLETE])
def test_what_a_kind_must_carry_and_has_no_column_is_asked(desk: Desk, head: str, row: str, field: str) -> None:
    answer = desk.ask("load", desk.file(f"{head}\n{row}\n"))
    assert answer.code == 2
    (sheet,) = answer.json["files"]
    assert (sheet["loaded"], sheet["error"]["code"]) == (0, "needs_answer")
    (asked,) = sheet["asked"]
    assert (asked["field"], asked["required"], asked["rows"]) == (field, True, 1)


def test_every_column_is_accounted_for(desk: Desk) -> None:
    (sheet,) = desk.load(
        f"ICCID,套餐,激活时间,到期时间\n{ICCID},30元,2024-03-05,2025-03-05\n{ICCID[:-1]}2,,2024-03-06,\n"
    )
    assert [(told["heading"], told["field"], told["because"], told["filled"]) for told in sheet["columns"]] == [
        ("ICCID", "iccid", "heading", 2),
        ("套餐", None, None, 1),
        ("激活时间", "date", "heading", 2),
        ("到期时间", None, None, 1),
    ]


@pytest.mark.parametrize("taker", ["发往商户", "收货网点", "调入服务商", "下级代理商名称", "接收门店"])
def test_a_word_of_receiving_before_a_word_of_dealers_is_who_got_the_cards(desk: Desk, taker: str) -> None:
    (sheet,) = desk.load(f"发货方,{taker},日期,ICCID\nE,A,2024-03-05,{ICCID}\n")
    assert sheet["kind"] == "transfer"
    (chain,) = desk.trace(ICCID).chains
    assert chain.endswith("E>A")


@pytest.mark.parametrize("place", ["发往城市", "收货地址", "开户网点", "销售门店"])
def test_a_place_or_a_seller_is_nobody_who_got_the_cards(desk: Desk, place: str) -> None:
    (sheet,) = desk.load(f"转出方,{place},日期,ICCID\nE,A,2024-03-05,{ICCID}\n")
    assert place not in [told["heading"] for told in sheet["columns"] if told["field"] in ("to", "from", "enterprise")]


def test_a_dealer_beside_the_customer_of_a_list_of_cards_is_asked_about(desk: Desk) -> None:
    (sheet,) = desk.load(f"Date,ICCID,Dealer,Customer\n2024-01-01,{ICCID},Alpha Ltd,Beta Ltd\n")
    (asked,) = sheet["asked"]
    assert (sheet["kind"], asked["field"], asked["required"]) == ("card_list", "kind", False)


@pytest.mark.parametrize(
    ("text", "asked", "columns"),
    [
        (f"ICCID,日期\n{ICCID},2024-03-05\n{ICCID[:-1]}2,\n", ["kind"], [("ICCID", "iccid", 2), ("日期", "date", 1)]),
        ("甲,乙\na,b\n,c\n", [], [("甲", None, 1), ("乙", None, 2)]),
        (
            "转出方,日期,数量（万张）\nE,2024-03-05,5\n",
            [],
            [("转出方", "from", 1), ("日期", "date", 1), ("数量（万张）", None, 1)],
        ),
    ],
)
def test_a_sheet_that_is_not_understood_tells_its_columns_and_what_is_asked(
    desk: Desk, text: str, asked: list[str], columns: list[tuple[str, str | None, int]]
) -> None:
    (sheet,) = desk.load(text)
    assert (sheet["loaded"], [each["field"] for each in sheet["asked"]]) == (0, asked)
    assert [(told["heading"], told["field"], told["filled"]) for told in sheet["columns"]] == columns


def test_a_column_of_numbers_that_its_values_decide_says_so(desk: Desk) -> None:
    (sheet,) = desk.load(f"卡号,ICCID,转出方,转入方,日期\n1064612345678,{ICCID},E,A,2024-03-05\n")
    assert [(told["field"], told["because"]) for told in sheet["columns"][:2]] == [
        ("msisdn", "values"),
        ("iccid", "heading"),
    ]


def test_a_second_load_tells_the_columns_as_the_first_did(desk: Desk) -> None:
    file = desk.file(f"ICCID,套餐,激活时间\n{ICCID},30元,2024-03-05\n")
    (first,), (again,) = desk.load(file), desk.load(file)
    assert again["already_loaded"]
    assert again["columns"] == first["columns"] != []


def test_rows_are_counted_once_and_records_by_event(desk: Desk) -> None:
    text = f"ICCID,客户名称,激活时间\n{ICCID},E,2024-03-05\n{ICCID[:-1]}2,E,\n"
    (sheet,) = desk.load(text)
    assert (sheet["rows"], sheet["loaded"], sheet["duplicate"], sheet["rejected"]) == (2, 2, 0, 0)
    assert (sheet["kind"], sheet["kinds"], sheet["records"]) == ("mixed", {"activation": 1, "card_list": 2}, 3)
    (again,) = desk.load(text.replace("E,2024-03-05", "E,2024-03-05\n"))
    assert (again["rows"], again["loaded"], again["duplicate"], again["records"]) == (2, 0, 2, 0)


def test_an_unreadable_date_takes_away_its_event_only(desk: Desk) -> None:
    (sheet,) = desk.load(f"运营商,购卡单位,开卡日期,ICCID,激活时间\n中国联通,E,2024-03-01,{ICCID},昨天\n")
    assert (sheet["loaded"], sheet["kinds"]) == (1, {"purchase": 1})
    (warning,) = sheet["warnings"]
    assert (warning["field"], warning["reason"], warning["kind"]) == ("date", "bad_date", "activation")


# -- whatever stands beside each other -------------------------------------------------------------------------


def _statements(text: str) -> list[str]:
    """The events that the one row of a file states, ``kind day``; none where it is asked about."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text(text, encoding="utf-8")
        (sheet,) = open_sheets(path)
        try:
            parser = open_sheet_parser(sheet)
            found = [row for frame in parser.frames() for row in decode(frame).iter_rows(named=True)]
        except (UnknownHeadings, NeedsAnswer):
            return []
    return [f"{row['kind']} {'' if row['first_day'] is None else format_day(row['first_day'])}" for row in found]


DATE_HEADINGS = {
    "日期": None,
    "时间": None,
    "到期时间": "none",
    "创建时间": "none",
    "下单时间": "none",
    "停机时间": "none",
    "激活截止日期": "none",
    "激活时间": "activation",
    "首次使用时间": "activation",
    "最近上线时间": "usage",
    "通话时间": "usage",
    "发货日期": "transfer",
    "转让日期": "transfer",
    "销售日期": "transfer",
    "退货日期": "return",
    "开户日期": "purchase",
    "采购日期": "purchase",
    "查获日期": "seizure",
    "盘点日期": "stock",
}
SIDES = ["转出方", "转入方", "运营商", "购卡单位", "客户名称", "使用人", "持有人", "单位"]
OTHERS = ["省份", "套餐", "备注", "IMEI", "渠道", "地点", "卡状态"]
VALUES = {"IMEI": "861234567890123", "运营商": "中国联通", "MSISDN": MSISDN, "ICCID": ICCID}


@settings(max_examples=examples(100), deadline=None)
@given(
    dates=st.lists(st.sampled_from(sorted(DATE_HEADINGS)), unique=True, max_size=3),
    beside=st.lists(st.sampled_from([*SIDES, *OTHERS, "MSISDN"]), unique=True, max_size=5),
    empty=st.sets(st.integers(0, 3), max_size=2),
    order=st.randoms(use_true_random=False),
)
def test_no_row_states_an_event_that_it_does_not_name(
    dates: list[str], beside: list[str], empty: set[int], order: Any
) -> None:
    headings = ["ICCID", *dates, *beside]
    order.shuffle(headings)
    days = {heading: f"2024-0{n + 1}-0{n + 1}" for n, heading in enumerate(dates) if n not in empty}
    cells = [
        days.get(heading, "") if heading in DATE_HEADINGS else VALUES.get(heading, f"名{heading}")
        for heading in headings
    ]
    told = _statements(f"{','.join(headings)}\n{','.join(cells)}\n")
    assume(told)
    stated = {day: DATE_HEADINGS[heading] for heading, day in days.items()}
    for event in told:
        kind, _, day = event.partition(" ")
        if not day:
            assert kind in ("card_list", "seizure"), (headings, cells, told)
            continue
        verb = stated[day]
        # who buys from a seller that the row names did not buy from a carrier
        is_resold = kind == "transfer" and verb == "purchase" and {"转出方", "购卡单位"} <= {*headings}
        assert verb in (kind, None) or is_resold, (headings, cells, told)
        if verb is None:
            assert kind not in ("activation", "usage"), (headings, cells, told)
        if kind in ("transfer", "return"):
            assert {"转出方", "转入方"} <= {*headings} or {"转出方", "购卡单位"} <= {*headings}
        if kind == "purchase":
            assert "运营商" in headings
            assert {"购卡单位", "客户名称"} & {*headings}
