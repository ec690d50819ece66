"""Identities, shipments, payments and contacts (SPEC 3, 6, 8, 11): beside custody, and never a part of it."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

import graphtrace as gt

from .conftest import Desk, card

MOVES = f"""转出方,转入方,日期,ICCID,单号,快递单号,转入方电话,转入方支付宝账号,转出方银行卡号
中国联通,甲公司,2024-01-01,{card(1)},P1,,,,
甲公司,李四,2024-02-01,{card(1)},T-000007,SF1234567890123,13700000009,ls@x.cn,6222020000000001
李四,王五,2024-05-01,{card(2)},,,,,
"""
SHIPMENT = "运单号,寄件人,收件人,收件人电话,寄件时间\nSF1234567890123,甲公司,{receiver},{telephone},2024-02-02\n"
BY_ACCOUNT = "付款方,付款账号,收款方,收款账号,金额(元),交易时间\n李某,LS@x.cn,某公司,6222 0200 0000 0001,1280,{day}\n"
BY_ORDER = "付款方,收款方,金额(元),付款时间,订单号\n丙,丁,5,2024-09-01,{number}\n"


def corroboration(desk: Desk, n: int | str = 1) -> list[tuple[str, str, str]]:
    """Kind, key and value of what stands beside the hops."""
    (answer,) = desk.ask("trace", card(n)).json["results"]
    hops = [hop for chain in answer["chains"] for hop in chain["hops"]]
    return [(each["kind"], each["by"], each["value"]) for hop in hops for each in hop["corroboration"]]


def test_shipments_payments_and_identities_are_records_of_their_kind(desk: Desk) -> None:
    found = desk.load(
        SHIPMENT.format(receiver="王五", telephone="13700000010"),
        BY_ACCOUNT.format(day="2024-02-20"),
        "姓名,手机号,身份证号\n王五,13700000010,\n赵六,,330106199001011234\n,13700000012,\n",
    )
    assert [(sheet["kind"], sheet["loaded"], sheet["rejected"]) for sheet in found] == [
        ("shipment", 1, 0),
        ("payment", 1, 0),
        ("identity", 2, 1),
    ]
    assert found[2]["rejects"][0]["reason"] == "missing_field"
    status = desk.ask("status").json
    assert status["records"] | {"identity": 2, "shipment": 1, "payment": 1} == status["records"]
    assert status["parties"] == 0


@pytest.mark.parametrize("kind", ["shipment", "payment", "identity"])
def test_somebody_says_the_kind(desk: Desk, kind: str) -> None:
    text = "运单号,日期,金额,订单号,姓名,电话\nSF1234567890123,2024-02-02,5,A1,王五,13700000010\n"
    (sheet,) = desk.load(text, options=("--as", kind))
    assert (sheet["kind"], sheet["loaded"]) == (kind, 1)


def test_what_the_kind_must_carry_is_named(desk: Desk) -> None:
    answer = desk.ask("load", desk.file("a,b\n1,2\n"), "--as", "shipment")
    assert answer.code == 2
    assert "waybill" in answer.json["files"][0]["error"]["message"]


def test_an_equal_waybill_corroborates_a_hop(desk: Desk) -> None:
    desk.load(MOVES, SHIPMENT.format(receiver="李四", telephone="138****0000"))
    assert corroboration(desk) == [("shipment", "waybill", "SF1234567890123")]
    assert "delivered_to_other" not in desk.trace().codes


@pytest.mark.parametrize(
    ("receiver", "telephone", "other"),
    [
        ("王五", "", True),  # a known party by its exact name
        ("李某", "13700000009", False),  # the receiver of the hop by telephone
        ("王*", "138****0000", False),  # masked
        ("##a9f8b7", "", False),  # encrypted
        ("孙七", "13900000000", False),  # nobody whom the case knows
        ("王五", "13700000009", False),  # the name of one and the telephone of the other
    ],
)
def test_a_parcel_for_another_known_party_is_a_finding(desk: Desk, receiver: str, telephone: str, other: bool) -> None:
    desk.load(MOVES, SHIPMENT.format(receiver=receiver, telephone=telephone))
    result = desk.trace()
    assert ("delivered_to_other" in result.codes) is other
    if other:
        assert result.params("delivered_to_other") == [
            {"hop": {"n": 2, "from": "甲公司", "to": "李四"}, "waybill": "SF1234567890123", "receiver": "王五"}
        ]


@pytest.mark.parametrize(
    ("payment", "agrees"),
    [
        ("丙,,丁,5,2019-02-01,T-000007\n", False),
        ("丙,,丁,5,2024-09-01,T-000007\n", False),
        ("丙,,丁,5,2024-02-20,T-000007\n", True),
        ("李四,,丁,5,2024-09-01,T-000007\n", True),
        ("丙,,甲公司,5,2024-09-01,T-000007\n", True),
        ("丙,ls@x.cn,丁,5,2024-09-01,T-000007\n", True),
    ],
)
def test_an_order_number_corroborates_where_more_than_the_number_agrees(
    desk: Desk, payment: str, *, agrees: bool
) -> None:
    desk.load(MOVES, "付款方,付款账号,收款方,金额(元),付款时间,订单号\n" + payment)
    assert corroboration(desk) == ([("payment", "order", "T-000007")] if agrees else [])


@pytest.mark.parametrize(("numbers", "agrees"), [((100001, 100002, 100003), False), ((100001, 100002, 100009), True)])
def test_a_number_that_only_counts_the_rows_of_its_file_corroborates_nothing(
    desk: Desk, numbers: tuple[int, ...], *, agrees: bool
) -> None:
    paid = "".join(f"丙,丁,5,2024-02-01,{number}\n" for number in numbers)
    desk.load(MOVES.replace("T-000007", str(numbers[-1])), f"付款方,收款方,金额(元),付款时间,订单号\n{paid}")
    assert corroboration(desk) == ([("payment", "order", str(numbers[-1]))] if agrees else [])


@pytest.mark.parametrize("number", ["1", "P0001", "00-001"])
def test_a_number_of_few_characters_identifies_no_order(desk: Desk, number: str) -> None:
    desk.load(
        MOVES.replace("T-000007", number),
        f"付款方,收款方,金额(元),付款时间,订单号\n李四,甲公司,5,2024-02-01,{number}\n",
    )
    assert corroboration(desk) == []


@pytest.mark.parametrize(("day", "is_near"), [("2024-03-02", True), ("2024-03-03", False), ("2024-01-02", True)])
def test_a_payment_between_the_accounts_lies_at_most_thirty_days_apart(desk: Desk, day: str, is_near: bool) -> None:
    desk.load(MOVES, BY_ACCOUNT.format(day=day))
    found = [("payment", "account", "ls@x.cn → 6222020000000001")] if is_near else []
    assert corroboration(desk) == found


def test_one_account_alone_is_no_corroboration(desk: Desk) -> None:
    desk.load(MOVES, BY_ACCOUNT.format(day="2024-02-02").replace("0001", "0002"))
    assert corroboration(desk) == []


def test_what_one_row_states_corroborates_nothing_of_it(desk: Desk) -> None:
    rows = f"转出方,转入方,日期,ICCID,快递单号,寄件人,收件人\n甲公司,李四,2024-02-01,{card(1)},SF1,甲公司,王五\n"
    (sheet,) = desk.load(rows)
    assert sheet["kinds"] == {"transfer": 1, "shipment": 1}
    assert (sheet["loaded"], sheet["records"]) == (1, 2)
    assert corroboration(desk) == []


def test_cards_beside_a_payment_are_asked_about_and_never_moved(desk: Desk) -> None:
    text = f"付款方,收款方,金额,付款时间,ICCID\n李四,甲公司,5,2024-02-01,{card(1)}\n"
    (sheet,) = desk.load(text)
    assert (sheet["kind"], sheet["loaded"]) == ("payment", 1)
    assert [(question["field"], question["rows"]) for question in sheet["asked"]] == [("kind", 1)]
    assert desk.ask("trace", card(1)).json["results"][0]["found"] is False


def test_a_bank_card_of_a_payment_is_no_sim_card(desk: Desk) -> None:
    text = "付款方,付款卡号,收款方,收款卡号,金额,付款时间\n李四,6222020000000009,甲公司,6222020000000001,5,2024-02-01\n"
    (sheet,) = desk.load(text)
    assert (sheet["kind"], sheet["asked"]) == ("payment", [])
    assert desk.ask("status").json["cards_listed"] == 0


def test_a_telephone_of_a_side_is_a_contact_and_not_the_number_of_the_card(desk: Desk) -> None:
    (sheet,) = desk.load(MOVES)
    fields = {column["heading"]: column["field"] for column in sheet["columns"]}
    assert (fields["转入方电话"], fields["转出方银行卡号"]) == ("contact", "contact")
    (answer,) = desk.ask("trace", card(1)).json["results"]
    assert answer["card"]["msisdn"] == []
    found = desk.ask("party", "李四").json["party"]
    assert [(each["kind"], each["value"], each["origins"][0]["row"]) for each in found["contacts"]] == [
        ("telephone", "13700000009", 3),
        ("alipay", "ls@x.cn", 3),
    ]


def test_contacts_do_not_count_for_the_same_statement(desk: Desk) -> None:
    rows = f"转出方,转入方,日期,ICCID,转入方电话\n甲公司,李四,2024-02-01,{card(1)},"
    desk.load(f"{rows}13700000009\n")
    (sheet,) = desk.load(f"{rows}13700000010\n")
    assert (sheet["loaded"], sheet["duplicate"]) == (0, 1)
    values = [each["value"] for each in desk.ask("party", "李四").json["party"]["contacts"]]
    assert values == ["13700000009", "13700000010"]


def test_the_same_shipment_twice_is_one_with_two_origins(desk: Desk) -> None:
    desk.load(MOVES)
    found = desk.load(SHIPMENT.format(receiver="李四", telephone=""), SHIPMENT.format(receiver="李 四", telephone="1"))
    assert [(sheet["loaded"], sheet["duplicate"]) for sheet in found] == [(1, 0), (0, 1)]
    (answer,) = desk.ask("trace", card(1)).json["results"]
    (beside,) = answer["chains"][0]["hops"][1]["corroboration"]
    assert len(beside["origins"]) == 2


def test_a_party_is_found_by_its_telephone(desk: Desk) -> None:
    desk.load(MOVES)
    assert desk.ask("party", "137-0000-0009").json["party"]["name"] == "李四"
    assert desk.ask("party", "LS@X.CN").json["party"]["name"] == "李四"
    assert desk.ask("party", "13700000008").code == 1
    desk.load("姓名,电话\n王五,13700000009\n")
    answer = desk.ask("party", "13700000009")
    assert answer.code == 2
    assert "name:李四, name:王五" in answer.error["hint"]


def test_whom_only_an_identity_names_is_shown_and_is_no_party_of_the_chain(desk: Desk) -> None:
    desk.load(MOVES, "姓名,电话,身份证号\n孙七,13900000001,330106199001011234\n")
    found = desk.ask("party", "330106199001011234").json
    assert found["party"]["identities"][0]["name"] == "孙七"
    assert (found["received"], found["passed_on"]) == ([], [])


def test_a_telephone_in_common_is_a_reason_to_look_at_two_parties(desk: Desk) -> None:
    desk.load(MOVES, "姓名,电话\n王五,13700000009\n")
    (found,) = desk.ask("candidates").json["candidates"]
    (reason,) = found["reasons"]
    assert (reason["code"], reason["params"]) == ("same_telephone", {"values": ["13700000009"]})
    assert len(reason["origins"]) == 2


def test_a_masked_telephone_is_no_reason(desk: Desk) -> None:
    desk.load(MOVES.replace("13700000009", "137****0009"), "姓名,电话,QQ号\n王五,137****0009,12345678\n")
    assert desk.ask("candidates").json["candidates"] == []


def test_a_statement_asks_whose_it_is_and_turns_round_by_its_direction(desk: Desk) -> None:
    rows = ("2024-02-01,支出,甲公司,5,1", "2024-02-02,收入,王五,6,2", "2024-02-03,/,王五,6,3")
    text = "\n".join(["交易时间,收/支,交易对方,金额,流水号", *rows, ""])
    path = desk.file(text)
    answer = desk.ask("load", path)
    assert answer.code == 2
    assert [question["field"] for question in answer.json["files"][0]["asked"]] == ["payer"]
    (sheet,) = desk.load(path, options=("--set", "payer=李四"))
    assert (sheet["loaded"], sheet["rejected"]) == (2, 1)
    desk.load(MOVES)
    paid = desk.ask("party", "李四").json["party"]["payments"]
    assert [(each["from"]["name"], each["to"]["name"], each["amount"]) for each in paid] == [
        ("李四", "甲公司", "5.00"),
        ("王五", "李四", "6.00"),
    ]


def test_a_withdrawn_shipment_corroborates_nothing(desk: Desk) -> None:
    desk.load(MOVES, desk.file(SHIPMENT.format(receiver="王五", telephone=""), "ship.csv"))
    assert desk.ask("correct", "ship.csv:2", "--why", "typed wrong").code == 0
    assert corroboration(desk) == []
    desk.ask("correct", "ship.csv:2", "--why", "right after all", "--undo")
    assert len(corroboration(desk)) == 1


def test_a_case_with_such_records_verifies(desk: Desk) -> None:
    desk.load(MOVES, SHIPMENT.format(receiver="王五", telephone="13700000010"), BY_ORDER.format(number="T-000007"))
    assert desk.ask("verify", "--deep").json["problems"] == []


def custody(desk: Desk) -> Any:
    """Return the answers of the case about custody, independent of supporting records."""
    answers: list[Any] = [desk.ask("trace", card(n)).json["results"] for n in (1, 2)]
    answers += [desk.ask("audit", "甲公司").json["enterprises"], desk.ask("candidates").json]
    for (answer,) in answers[:2]:
        answer["findings"] = [found for found in answer["findings"] if found["code"] != "delivered_to_other"]
        for chain in answer["chains"]:
            for hop in chain["hops"]:
                hop["corroboration"] = []
    for audit in answers[2]:
        audit["findings"] = [found for found in audit["findings"] if found["code"] != "shared_contact"]
    return json.loads(json.dumps(answers[:3]))


def test_loading_such_a_file_changes_no_answer_about_custody(desk: Desk) -> None:
    desk.load(MOVES)
    before = custody(desk)
    for text in (
        SHIPMENT.format(receiver="李四", telephone="13700000010"),
        BY_ACCOUNT.format(day="2024-02-20"),
        "姓名,电话,身份证号\n李四,13700000009,330106199001011234\n李四,13700000010,330106199001015678\n",
        "姓名,电话\n王五,13700000009\n甲公司,13700000009\n中国联通,10010000\n",
        "户名,开户人,姓名,账号\n甲公司,李四,王五,622202\n",
    ):
        desk.load(text)
        assert custody(desk) == before, text


def test_a_mapping_names_the_columns_of_a_payment(desk: Desk) -> None:
    mapping = desk.file(
        "kind: payment\ncolumns: {payer: a, payer_account: b, payee: c, amount: d, date: e}\n", "mapping.yml"
    )
    path = desk.file("a,b,c,d,e\n李四,LS@x.cn,甲公司,¥1280,2024-02-20\n")
    (sheet,) = desk.load(path, options=("--mapping", mapping))
    assert (sheet["kind"], sheet["loaded"]) == ("payment", 1)
    assert {column["field"] for column in sheet["columns"]} == {"payer", "contact", "payee", "amount", "date"}


@pytest.mark.parametrize(
    ("headings", "cells", "moment"),
    [
        ("交易日期,交易时间", "2024-02-20,10:15:00", "2024-02-20T10:15:00+08:00"),
        ("交易时间,交易日期", "9:05,2024/2/20", "2024-02-20T09:05:00+08:00"),
        ("日期,时间", "20240220,23:59:59", "2024-02-20T23:59:59+08:00"),
        ("交易时间,交易日期", "2024-02-20 10:15:00,2024-02-21", "2024-02-20T10:15:00+08:00"),
        ("交易时间,交易日期", ",2024-02-20", "2024-02-20"),
        ("交易日期,交易时间", "2024-02-20,", "2024-02-20"),
        ("交易日期,交易时间", "2024-02,10:15", "2024-02"),
        ("交易日期,到账时间", "2024-02-20,10:15", "2024-02-20"),
    ],
)
def test_a_payment_has_the_time_that_stands_beside_its_day(desk: Desk, headings: str, cells: str, moment: str) -> None:
    desk.load(f"付款方,收款方,金额,{headings}\n李四,甲公司,1280,{cells}\n")
    with gt.open_case(desk.case) as case:
        assert [row["moment"] for row in case.records(kind="payment")] == [moment]


def test_both_columns_of_a_day_and_its_time_are_used(desk: Desk) -> None:
    (sheet,) = desk.load("付款方,收款方,金额,交易日期,交易时间\n李四,甲公司,1280,2024-02-20,10:15\n")
    assert [column["field"] for column in sheet["columns"]] == ["payer", "payee", "amount", "date", "date"]


def test_a_payment_with_a_time_and_no_day_is_rejected(desk: Desk) -> None:
    (sheet,) = desk.load("付款方,收款方,金额,交易日期,交易时间\n李四,甲公司,1280,,10:15\n")
    assert [(each["field"], each["reason"]) for each in sheet["rejects"]] == [("date", "bad_date")]


def test_what_went_between_accounts_is_money_whatever_card_stands_beside_it(desk: Desk) -> None:
    (sheet,) = desk.load(f"日期,转出账户,转入账户,金额,ICCID\n2024-03-05,张三丰,云洲星海公司,100,{card(1)}\n")
    assert (sheet["kind"], sheet["error"]) == ("payment", None)
    assert desk.trace(1).outcome == "not_found"


def test_a_ledger_with_cards_and_a_receiver_is_no_list_of_parcels(desk: Desk) -> None:
    ways = itertools.product(
        ("临江智控出库台账\n", ""), ("出库日期", "日期"), ("卡号", "起始卡号,结束卡号,数量"), (",快递单号", "")
    )
    paths = []
    for number, (title, day, cards, waybill) in enumerate(ways, 1):
        numbers = card(10 * number) if cards == "卡号" else f"{card(10 * number)},{card(10 * number + 2)},3"
        row = f"2024/4/20,博远通讯,{numbers}{',SF1090010001' if waybill else ''}"
        paths.append(desk.file(f"{title}{day},收货方,{cards}{waybill}\n{row}\n"))
    asked = desk.ask("load", *paths)
    assert asked.code == 2
    assert ["from" in [each["field"] for each in file["asked"]] for file in asked.json["files"]] == [True] * 16
    told = desk.ask("load", *paths, "--set", "from=临江智控", "--set", "kind=transfer")
    assert (told.code, [file["kind"] for file in told.json["files"]]) == (0, ["transfer"] * 16)
    for answer in desk.ask("trace", *(card(10 * number) for number in range(1, 17))).json["results"]:
        (hop,) = [hop for chain in answer["chains"] for hop in chain["hops"]]
        assert (hop["from"]["name"], hop["to"]["name"], hop["date"]) == ("临江智控", "博远通讯", "2024-04-20")


def test_a_list_of_a_courier_with_cards_stays_one_and_asks_of_them(desk: Desk) -> None:
    (sheet,) = desk.load(f"运单号,寄件人,收件人,寄件时间,卡号\nSF1234567890123,甲,乙,2024-02-02,{card(1)}\n")
    assert (sheet["kind"], sheet["loaded"]) == ("shipment", 1)
    assert sheet["asked"]
