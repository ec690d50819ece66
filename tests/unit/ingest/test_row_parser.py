from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graphtrace.ingest.row_parser import REASONS
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.model import to_epoch_day
from graphtrace.results.reports import Reject, RowWarning

from .sheets import read_rows

DAY = to_epoch_day(date(2024, 3, 5))
UNICOM = "89860612345678901234"
MOBILE = "898604B81625D0045436"

MOVE: dict[str, str | None] = {"转出方": "甲公司", "转入方": "乙公司", "日期": "2024-03-05"}
LISTED = {**MOVE, "卡号": UNICOM}
ACTIVATION: dict[str, str | None] = {"iccid": UNICOM, "激活时间": "2024-03-05 10:00:00"}
PURCHASE: dict[str, str | None] = {"运营商": "中国联通", "购卡单位": "甲公司", "日期": "2024-03-05", "卡号": UNICOM}
STOCK: dict[str, str | None] = {"单位": "甲公司", "盘点日期": "2024-03-05", "库存": "10"}
SEIZURE: dict[str, str | None] = {"iccid": UNICOM, "案号": "A1", "查获日期": "2024-03-05"}


def read_one(cells: dict[str, str | None], **options: Any) -> tuple[dict[str, Any] | Reject, list[RowWarning]]:
    """The statement or the reject of one row with these headings; both paths must agree."""
    fast, fast_reading = read_rows(list(cells), list(cells.values()), **options)
    slow, slow_reading = read_rows(list(cells), list(cells.values()), bulk=False, **options)
    assert fast == slow
    assert fast_reading.rejects == slow_reading.rejects
    assert fast_reading.remarks == slow_reading.remarks
    # check digits have tests of their own
    return (slow or slow_reading.rejects)[0], [
        told for told in slow_reading.remarks if told.reason != "check_digit_differs"
    ]


def loaded(cells: dict[str, str | None], **options: Any) -> dict[str, Any]:
    read, remarks = read_one(cells, **options)
    assert isinstance(read, dict), read
    assert not remarks
    return {name: value for name, value in read.items() if value is not None}


def reject(cells: dict[str, str | None], **options: Any) -> tuple[str | None, str]:
    read, remarks = read_one(cells, **options)
    assert isinstance(read, Reject), read
    assert not remarks
    return read.field, read.reason


def remark(cells: dict[str, str | None], **options: Any) -> tuple[str, str]:
    read, remarks = read_one(cells, **options)
    assert isinstance(read, dict), read
    (only,) = remarks
    assert (only.rows, only.first_row) == (1, 2)
    assert read.get(only.field) is None
    return only.field, only.reason


def test_a_listed_transfer_becomes_a_statement() -> None:
    assert loaded({**LISTED, "单号": "T1", "渠道": "微信", "转出方证件号": "9144-x"}) == {
        "row": 2,
        "record_no": "T1",
        "kind": "transfer",
        "precision": "listed",
        "first_day": DAY,
        "last_day": DAY,
        "head": "89860612",
        "size": 19,
        "first": 34567890123,
        "last": 34567890123,
        "check_char": "4",
        "sender_name": "甲公司",
        "sender_key": "甲公司",
        "sender_id": "9144X",
        "receiver_name": "乙公司",
        "receiver_key": "乙公司",
        "channel": "微信",
    }


def test_a_range_is_kept_as_its_ends() -> None:
    ends = {"起始ICCID": "898604B81625D0045000", "结束ICCID": "898604b81625d0045999", "数量": "1,000"}
    statement = loaded({**MOVE, **ends})
    assert (statement["head"], statement["size"]) == ("898604B81625D", 20)
    assert (statement["first"], statement["last"], statement["quantity"]) == (45000, 45999, 1000)
    assert statement["precision"] == "range"


def test_a_range_is_counted_on_the_keys_whatever_check_digits_stand_there() -> None:
    ends = {"起始ICCID": "8986061234567890000", "结束ICCID": "89860612345678909997", "数量": "1000"}
    assert loaded({**MOVE, **ends})["last"] == 34567890999


@pytest.mark.parametrize(("last", "quantity", "cards"), [("0033", "3", 3), ("0033", "17", 1), ("0034", "3", 0)])
def test_a_range_by_check_digits_of_a_number_without_is_said_by_its_quantity(
    last: str, quantity: str, cards: int
) -> None:
    ends = {"起始ICCID": "89860412247000350017", "结束ICCID": f"8986041224700035{last}", "数量": quantity}
    cells = {**MOVE, **ends}
    for is_bulk in (True, False):
        statements, reading = read_rows(list(cells), list(cells.values()), bulk=is_bulk)
        assert (len(statements), len(reading.rejects)) == (cards, 0 if cards else 1)
        assert [each.reason for each in reading.remarks] == (["counted_by_check_digit"] if cards == 3 else [])
        if cards == 3:
            assert [(each["first"] % 100, each["last"] % 100) for each in statements] == [(17, 17), (25, 25), (33, 33)]
            assert {each["precision"] for each in statements} == {"range"}


def test_a_quantity_alone_is_a_lot() -> None:
    statement = loaded({**MOVE, "数量": "５００张"})
    assert (statement["precision"], statement["quantity"]) == ("quantity", 500)
    assert "head" not in statement


def test_a_purchase_goes_from_the_carrier_to_the_enterprise() -> None:
    statement = loaded({**PURCHASE, "信用代码": "91XA7", "转出方证件号": "12"})
    assert statement["sender_name"] == statement["carrier_name"] == "中国联通"
    assert (statement["receiver_key"], statement["receiver_id"]) == ("甲公司", "91XA7")
    assert "sender_id" not in statement
    assert statement["extra"] == '{"from_id":"12"}'


def test_an_activation_names_its_user_as_the_receiver() -> None:
    statement = loaded({**ACTIVATION, "用户": "张三", "imei": "490154203237518", "省份": "广东", "运营商": "联通"})
    assert (statement["receiver_key"], statement["second"], statement["imei"]) == ("张三", 36000, "490154203237518")
    assert (statement["province"], statement["carrier_key"]) == ("广东", "联通")


def test_an_activation_by_number_alone_waits_for_its_link() -> None:
    statement = loaded({"接入号": "+86 10649 12345678", "激活时间": "2024-03-05"})
    assert statement["msisdn"] == 1064912345678
    assert "precision" not in statement
    assert "head" not in statement


def test_a_seizure_needs_a_date_or_a_case() -> None:
    assert "first_day" not in loaded({"iccid": UNICOM, "案号": "A1"})
    assert loaded({"imsi": "460011234567890", "查获日期": "2024-03"})["last_day"] == to_epoch_day(date(2024, 3, 31))
    assert reject({"iccid": UNICOM, "查获日期": None, "案号": None, "地点": "x"}) == ("date", "missing_field")


def test_a_seizure_with_a_case_is_loaded_without_its_unreadable_date() -> None:
    assert remark({**SEIZURE, "查获日期": "去年"}) == ("date", "bad_date")
    assert reject({**SEIZURE, "查获日期": "去年", "案号": None}) == ("date", "bad_date")


def test_a_stock_declaration_needs_one_count_or_cards() -> None:
    assert loaded(STOCK)["stock"] == 10
    assert loaded({**STOCK, "库存": None, "销量": "0"})["sold"] == 0
    assert loaded({**STOCK, "库存": None, "数量": "7"})["precision"] == "quantity"
    assert loaded({**STOCK, "库存": None, "卡号": UNICOM})["precision"] == "listed"
    assert reject({**STOCK, "库存": None}) == ("stock", "missing_field")
    assert reject({**STOCK, "库存": "许多"}) == ("stock", "bad_quantity")
    assert remark({**STOCK, "库存": "许多", "销量": "0"}) == ("stock", "bad_quantity")


@pytest.mark.parametrize("missing", ["转出方", "转入方", "日期", "卡号"])
def test_a_transfer_lacks_nothing_that_it_must_carry(missing: str) -> None:
    field = {"转出方": "from", "转入方": "to", "日期": "date", "卡号": "iccid"}[missing]
    assert reject({**LISTED, missing: None}) == (field, "missing_field")


def test_a_party_is_stated_by_its_number_alone() -> None:
    statement = loaded({**LISTED, "转出方": None, "转出方证件号": "X7021"})
    assert statement["sender_id"] == "X7021"
    assert "sender_key" not in statement


def test_one_end_of_a_range_is_not_enough() -> None:
    ends = {"起始ICCID": "8986061234567890000", "结束ICCID": None}
    assert reject({**MOVE, **ends}) == ("iccid_last", "missing_field")
    assert reject({**MOVE, **ends, "数量": "5"}) == ("iccid_last", "missing_field")
    assert reject({**LISTED, **ends}) == ("iccid_last", "missing_field")


def test_a_range_beside_a_listed_card_is_that_card() -> None:
    assert loaded({**LISTED, "起始ICCID": UNICOM, "结束ICCID": UNICOM[:19]})["precision"] == "listed"
    other = {"起始ICCID": UNICOM, "结束ICCID": "89860612345678901244"}
    assert reject({**LISTED, **other}) == ("iccid", "range_count_mismatch")


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("8986061234567890999", "8986061234567890000", "range_reversed"),
        ("8986061234567890001", "8986061334567890000", "range_heads_differ"),
        ("898604B81625D0045000", "898604B81625E0045999", "range_heads_differ"),
        ("898604B8162500045000", "898604B81625D0045999", "range_heads_differ"),
        ("893301234567890123", "8933012345678901234", "range_heads_differ"),
    ],
)
def test_two_numbers_that_are_no_range_are_rejected(first: str, last: str, reason: str) -> None:
    assert reject({**MOVE, "起始ICCID": first, "结束ICCID": last}) == ("iccid_last", reason)


def test_a_quantity_beside_cards_agrees_with_them() -> None:
    ends = {"起始ICCID": "8986061234567890000", "结束ICCID": "8986061234567890999"}
    assert reject({**MOVE, **ends, "数量": "999"}) == ("quantity", "range_count_mismatch")
    assert reject({**LISTED, "数量": "2"}) == ("quantity", "range_count_mismatch")
    assert reject({**ACTIVATION, "数量": "0"}) == ("quantity", "range_count_mismatch")
    assert loaded({**LISTED, "数量": "1"})["quantity"] == 1


def test_a_range_of_another_size_than_its_quantity_is_told_with_its_ends() -> None:
    ends = {"起始ICCID": "8986061234567890000", "结束ICCID": "8986061234567890999"}
    for cells, named in (
        ({**MOVE, **ends, "数量": "999"}, ("8986061234567890000", "8986061234567890999")),
        ({**LISTED, "数量": "2"}, (UNICOM, UNICOM)),
    ):
        read, _ = read_one(cells)
        assert isinstance(read, Reject)
        assert read.interval == named


def test_an_unreadable_quantity_matters_only_where_it_stands_alone() -> None:
    assert reject({**MOVE, "数量": "若干"}) == ("quantity", "bad_quantity")
    assert reject({**MOVE, "数量": "0"}) == ("quantity", "bad_quantity")
    assert reject({**MOVE, "数量": "-0.5"}) == ("quantity", "bad_quantity")
    assert remark({**LISTED, "数量": "若干"}) == ("quantity", "bad_quantity")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("8.98606E+19", "damaged_number"),
        (INEXACT_MARK + "8.98606123456789e+19", "damaged_number"),
        ("89860612345678900001", None),
        ("89860612345678900000", "damaged_number"),
        ("8986061234567890000", None),
        ("89860012345678900000", None),
        ("898606123456789012", "bad_identifier"),
        ("8986001234567890123", "bad_identifier"),
        ("123", "bad_identifier"),
        ("8986O612345678901234", "bad_identifier"),
        ("98680621436587092143", None),
        ("'8986 0612 3456 7890 123B", None),
    ],
)
def test_a_card_number_is_sound_or_rejected(cell: str, reason: str | None) -> None:
    if reason:
        assert reject({**LISTED, "卡号": cell}) == ("iccid", reason)
    else:
        assert loaded({**LISTED, "卡号": cell})["size"]


def test_a_damaged_number_carries_what_it_could_have_been() -> None:
    read, _ = read_one({**LISTED, "卡号": "8.98606E+19"})
    assert isinstance(read, Reject)
    assert read.value == "8.98606E+19"
    assert read.interval == ("89860550000000000000", "89860649999999999999")


def test_a_range_of_which_both_ends_are_suspect_is_damaged() -> None:
    ends = {"起始ICCID": "8986061234560000000", "结束ICCID": "8986061234560010000"}
    assert reject({**MOVE, **ends}) == ("iccid_first", "damaged_number")
    loaded({**MOVE, **ends, "结束ICCID": "8986061234560009999"})


def test_the_hexadecimal_letters_of_china_mobile_are_no_exponent() -> None:
    assert loaded({**LISTED, "卡号": "898607E0102250030751"})["head"] == "898607E01"


def test_a_row_about_an_unreadable_card_is_not_loaded_for_another_number() -> None:
    assert reject({**ACTIVATION, "iccid": "8.98606E+19", "msisdn": "13812345678"}) == ("iccid", "damaged_number")
    assert reject({**STOCK, "卡号": "12"}) == ("iccid", "bad_identifier")


def test_one_readable_number_is_enough_for_a_card() -> None:
    card = {"激活时间": "2024-03-05", "msisdn": "1", "imsi": "460011234567890"}
    assert remark(card) == ("msisdn", "bad_identifier")
    assert reject({**card, "imsi": "1"}) == ("msisdn", "bad_identifier")
    assert reject({**card, "msisdn": "1.06491E+12", "imsi": "1"}) == ("msisdn", "damaged_number")
    assert reject({"激活时间": "2024-03-05", "msisdn": None, "imei": "490154203237518"}) == ("msisdn", "missing_field")


@pytest.mark.parametrize(
    ("field", "cell", "reason"),
    [
        ("imei", "460011234567891", "bad_identifier"),
        ("imei", "x", "bad_identifier"),
        ("imei", "4.90154E+14", "damaged_number"),
        ("imei", INEXACT_MARK + "4.9", "damaged_number"),
        ("msisdn", "12345", "bad_identifier"),
        ("imsi", "4.6001E+14", "damaged_number"),
        ("user_id", "4.40301E+17", "damaged_number"),
    ],
)
def test_an_unreadable_optional_number_is_left_out_and_counted(field: str, cell: str, reason: str) -> None:
    read, (only,) = read_one({**ACTIVATION, field: cell, "用户": "张三"})
    assert isinstance(read, dict)
    assert (only.field, only.reason, only.value) == (field, reason, cell.removeprefix(INEXACT_MARK))


def test_a_device_number_that_only_looks_like_an_imsi_is_kept() -> None:
    assert loaded({**ACTIVATION, "imei": "460001234567890"})["imei"] == "460001234567890"


def test_texts_keep_what_a_number_cell_shows() -> None:
    statement = loaded({**LISTED, "单价": INEXACT_MARK + "12.5", "运单号": "SF 1"})
    assert (statement["price"], statement["waybill"]) == ("12.5", "SF 1")


def test_fields_without_a_column_of_their_own_are_kept_as_canonical_json() -> None:
    more = {"用户": "Ａ b", "使用人证件号": "4-4", "企业名称": "丙（集团）"}
    assert loaded({**LISTED, **more})["extra"] == '{"user":"ab","user_id":"44"}'
    assert loaded({**SEIZURE, "用户": "张三"})["extra"] == '{"user":"张三"}'
    assert loaded({**ACTIVATION, "起始卡号": UNICOM})["extra"] == f'{{"iccid_first":"{UNICOM}"}}'


@pytest.mark.parametrize(
    "cells",
    [
        {"转出方": "甲（深圳）", "转入方": "甲(深圳)"},
        {"转出方": "甲", "转入方": "乙", "转出方证件号": "x7021", "转入方证件号": "X-7021"},
        {"转出方": "中国联通", "转入方": "联通"},
        {"转出方": "甲", "转入方": " 甲 ", "转出方证件号": "X7021", "转入方证件号": "X7021"},
    ],
)
def test_what_surely_stays_with_one_party_is_no_transfer(cells: dict[str, str]) -> None:
    assert reject({**LISTED, **cells}) == ("to", "self_transfer")


@pytest.mark.parametrize(
    "cells",
    [
        {"转出方": "甲", "转入方": "甲", "转出方证件号": "X7021"},
        {"转出方": "甲", "转入方": "甲", "转出方证件号": "X7021", "转入方证件号": "X7022"},
        {"转出方": "中国联通", "转入方": "中国移动"},
        {"转出方": "中国联通", "转入方": "深圳联通公司"},
    ],
)
def test_what_may_be_two_parties_is_loaded(cells: dict[str, str]) -> None:
    statement = loaded({**LISTED, **cells})
    assert [statement["sender_name"], statement["receiver_name"]] == [cells["转出方"], cells["转入方"]]


def test_a_carrier_that_sells_to_itself_is_no_purchase() -> None:
    assert reject({**PURCHASE, "运营商": "联通深圳分公司", "购卡单位": "中国联通"}) == ("enterprise", "self_transfer")
    loaded({**PURCHASE, "购卡单位": "星海联通科技"})


def test_a_kind_cell_says_the_kind_of_its_row() -> None:
    cells = {"类型": "退 货", **LISTED}
    assert loaded(cells)["kind"] == "return"
    assert loaded({**cells, "类型": None})["kind"] == "transfer"
    assert reject({**cells, "类型": "激活"}, as_kind="transfer") == ("类型", "kind_differs")
    assert reject({**cells, "类型": "作废"}, as_kind="transfer") == ("类型", "not_a_record")
    assert loaded({**cells, "类型": "销售"}, as_kind="transfer")["kind"] == "transfer"
    assert reject({**cells, "类型": "赠送"}) == ("kind", "unknown_kind")
    assert reject({**cells, "类型": "赠送", "卡号": "8.98606E+19"}) == ("iccid", "damaged_number")
    assert reject({**cells, "类型": "采购"}) == ("carrier", "missing_field")


def test_a_row_of_no_kind_is_unknown() -> None:
    assert reject({"类型": None, "日期": "2024-03-05", "卡号": UNICOM}) == ("kind", "unknown_kind")


@pytest.mark.parametrize("first", ["合计", "总 计：", "小计", "TOTAL", "ｔｏｔａｌ:", "合计(张)"])
def test_a_total_is_no_record(first: str) -> None:
    assert reject({"备注": first, **LISTED}) == (None, "not_a_record")
    assert reject({"备注": None, **LISTED, "转出方": first}) == (None, "not_a_record")


def test_a_name_that_holds_the_word_for_a_total_is_a_name() -> None:
    assert loaded({**LISTED, "转出方": "总计科技公司"})["sender_name"] == "总计科技公司"


def test_a_repeated_header_is_no_record() -> None:
    headings = ["备注", *LISTED]
    _, reading = read_rows(headings, ["x", *LISTED.values()], ["注", *LISTED])
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [(3, "not_a_record")]


def test_the_first_reason_in_order_is_the_one_that_is_said() -> None:
    faulty: dict[str, str | None] = {"转出方": None, "转入方": "甲", "日期": "5/6/2024", "卡号": "8.98606E+19"}
    assert reject(faulty)[1] == "damaged_number"
    faulty["卡号"] = "12"
    assert reject(faulty)[1] == "bad_identifier"
    faulty["卡号"] = UNICOM
    assert reject(faulty)[1] == "ambiguous_date"
    faulty["日期"] = "x"
    assert reject(faulty)[1] == "bad_date"
    faulty["日期"] = "2024-03-05"
    assert reject(faulty)[1] == "missing_field"
    assert list(REASONS).index("range_reversed") < list(REASONS).index("self_transfer")


def test_a_reject_holds_every_cell_by_its_heading() -> None:
    read, _ = read_one({**LISTED, "日期": None, "备注": INEXACT_MARK + "1.5"})
    assert isinstance(read, Reject)
    assert read.raw == (
        *(("转出方", "甲公司"), ("转入方", "乙公司"), ("日期", None), ("卡号", UNICOM), ("备注", "1.5")),
    )


def test_remarks_of_a_rejected_row_are_not_counted() -> None:
    read, remarks = read_one({**LISTED, "日期": None, "imei": "x"})
    assert isinstance(read, Reject)
    assert not remarks


WRONG = "89860612345678901234"
RIGHT = "89860612345678901232"


@pytest.mark.parametrize(
    ("number", "fails"),
    [
        (WRONG, True),
        (RIGHT, False),
        ("8986061234567890123", False),  # no check digit is written
        ("8986061234567890123F", False),  # nor is one in the place of a letter
        ("89860012345678901234", False),  # China Mobile has none
        ("89861512345678901234", True),
        ("898604B81625D0045437", False),
    ],
)
def test_a_failing_check_digit_is_a_warning_and_where_told_a_reject(number: str, fails: bool) -> None:
    cells = {**MOVE, "卡号": number}
    for bulk in (True, False):
        read, reading = read_rows(list(cells), list(cells.values()), bulk=bulk)
        assert len(read) == 1
        assert [(told.field, told.reason, told.value) for told in reading.remarks] == (
            [("iccid", "check_digit_differs", number)] if fails else []
        )
        read, reading = read_rows(list(cells), list(cells.values()), bulk=bulk, is_strict=True)
        assert [(one.field, one.reason) for one in reading.rejects] == (
            [("iccid", "check_digit_differs")] if fails else []
        )
        assert len(read) == (0 if fails else 1)


def test_both_ends_of_a_range_are_checked() -> None:
    cells = {**MOVE, "起始ICCID": "89860612345678900003", "结束ICCID": WRONG}
    _, reading = read_rows(list(cells), list(cells.values()))
    assert [told.field for told in reading.remarks] == ["iccid_first", "iccid_last"]
