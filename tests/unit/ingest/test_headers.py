from __future__ import annotations

import pytest

from graphtrace.errors import MappingError, UnknownHeadings, UnknownKind
from graphtrace.ingest.acts import KIND_WORDS
from graphtrace.ingest.headers import (
    FIELDS,
    HEADINGS,
    ColumnOverrides,
    SheetHeader,
    find_header,
)
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.mapping_files import SUPPORT_FIELDS
from graphtrace.ingest.row_events import NEEDS, ORDER, SheetMeaning
from graphtrace.locale import load_catalogue
from graphtrace.model import KINDS, Kind, column_index, column_letters

TRANSFER = ("转出方", "转入方", "转让日期", "卡号")


def header_of(
    *rows: tuple[str | None, ...], as_kind: Kind | None = None, claims: ColumnOverrides | None = None
) -> SheetHeader:
    top = [(number, list(row)) for number, row in enumerate(rows, 1) if any(row)]
    return find_header(top, as_kind, claims=claims or ColumnOverrides())


@pytest.mark.parametrize("writing", ["数量(张)", "数量（张）", " 数 量 ", "数量【必填】", "数量[张]", "数\u3000量"])
def test_headings_are_compared_without_blanks_and_a_final_remark(writing: str) -> None:
    assert HEADINGS[normalize_heading(writing)] == "quantity"


def test_case_and_width_of_a_heading_do_not_matter() -> None:
    assert HEADINGS[normalize_heading("ＩＣＣＩＤ")] == HEADINGS[normalize_heading("Iccid")] == "iccid"


def test_a_heading_that_is_only_a_remark_is_itself() -> None:
    assert normalize_heading("(数量)") == "(数量)"


def test_every_heading_is_in_its_comparable_writing_and_every_field_is_its_own_heading() -> None:
    assert all(normalize_heading(heading) == heading for heading in (*HEADINGS, *KIND_WORDS))
    assert all(HEADINGS[name] == name for name in FIELDS)
    assert set(NEEDS) == set(KINDS)


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (TRANSFER, "transfer"),
        (("from", "to", "退货日期", "iccid"), "return"),
        (("退货方", "接收方", "日期", "卡号"), "return"),
        (("转出方", "转入方", "运营商", "购卡单位", "日期", "卡号"), "transfer"),
        (("运营商", "购卡单位", "日期", "数量"), "purchase"),
        (("carrier", "buyer", "date", "count"), "purchase"),
        (("单位", "库存", "日期"), "stock"),
        (("单位", "申报日期", "数量"), "stock"),
        (("案件编号", "iccid"), "seizure"),
        (("查获日期", "iccid"), "seizure"),
        (("iccid", "激活时间"), "activation"),
        (("接入号", "最近上线时间"), "usage"),
        (("iccid", "接入号"), "card_list"),
    ],
)
def test_the_kind_is_recognised_by_the_headings(headings: tuple[str, ...], kind: Kind) -> None:
    assert header_of(headings).kind == kind


@pytest.mark.parametrize(
    "headings",
    [("iccid",), ("iccid", "date"), ("date", "quantity"), ("单位", "日期"), ("运营商", "日期"), ("a", "b")],
)
def test_too_few_headings_say_no_kind(headings: tuple[str, ...]) -> None:
    with pytest.raises(UnknownHeadings):
        header_of(headings)


def test_an_unknown_heading_with_a_return_in_it_makes_no_return() -> None:
    assert header_of((*TRANSFER, "退款金额")).kind == "transfer"


def test_title_and_blank_rows_may_stand_above() -> None:
    header = header_of(("2024年销售明细", None, None, None), (None,) * 4, TRANSFER, ("甲", "乙", "2024-01-01", "1"))
    assert (header.row, header.kind) == (3, "transfer")


def test_a_title_that_spans_all_columns_is_no_part_of_the_header() -> None:
    assert header_of(("销售明细",) * 4, TRANSFER).names == TRANSFER


def test_a_heading_below_another_of_its_field_is_one_beside_headings_that_are_merged_down() -> None:
    upper, lower = ("转出方", "转入方", "日期", "卡"), ("转出方", "转入方", "日期", "ICCID")
    assert header_of(upper, lower, ("甲", "乙", "2024-01-01", "8986061900000000001")).row == 2
    assert header_of(upper, upper, ("甲", "乙", "2024-01-01", "8986061900000000001")).row == 1


def test_a_heading_merged_down_over_both_rows_does_not_hide_the_lower_row() -> None:
    header = header_of(
        ("号段", "号段", "运营商", "购卡单位", "日期"),
        ("起始卡号", "结束卡号", "运营商", "购卡单位", "日期"),
        ("8986062126001234500", "8986062126001234599", "联通", "甲", "2024-01-01"),
    )
    assert (header.row, header.kind) == (2, "purchase")
    assert (header.served["iccid_first"], header.served["iccid_last"]) == ((0,), (1,))


def test_a_header_that_is_only_repeated_is_not_a_header_of_two_rows() -> None:
    assert header_of(TRANSFER, TRANSFER, ("甲", "乙", "2024-01-01", "8986062126001234500")).row == 1


def test_a_header_of_two_rows_reads_the_lower_cell_else_both_else_the_upper_cell() -> None:
    header = header_of(
        ("转出方", "转出方", "转入方", "转入方", "日期", "卡号", "数量"),
        ("名称", "证件号", "名称", "证件号", "转让日期", "卡号", None),
    )
    assert header.row == 2
    fields = ("from", "from_id", "to", "to_id", "date", "iccid", "quantity")
    assert header.columns_for("transfer") == {field: column for column, field in enumerate(fields)}
    assert header.names[:2] == ("转出方", "转出方证件号")


PLAN_AND_FACT = (
    ("转出方", "计划", "计划", "实际", "实际", "卡号"),
    ("转出方", "转入方", "日期", "转入方", "日期", "卡号"),
)
BEFORE_AND_AFTER = ("卡号", "变更前", None, "变更后", None), (None, "客户名称", "使用人", "客户名称", "使用人")
OLD_AND_NEW = ("旧卡", "旧卡", "新卡", "新卡", "激活时间"), ("ICCID", "使用人", "ICCID", "使用人", "激活时间")


@pytest.mark.parametrize("rows", [PLAN_AND_FACT, BEFORE_AND_AFTER, OLD_AND_NEW])
def test_a_field_below_two_upper_headings_is_none_of_a_record(rows: tuple[tuple[str | None, ...], ...]) -> None:
    with pytest.raises(UnknownHeadings):
        header_of(*rows, (*[None] * (len(rows[0]) - 1), "8986062126001234500"))


@pytest.mark.parametrize("upper", ["计划", "拟转让", "变更前", "原信息"])
def test_a_field_below_a_heading_that_makes_another_of_it_is_not_read(upper: str) -> None:
    header = header_of(("卡号", upper, upper, "激活时间"), ("卡号", "使用人", "手机号", "激活时间"))
    assert (header.kind, "user" in header.served) == ("activation", False)
    assert header.names[1] == f"{upper} 使用人"


def test_days_below_two_upper_headings_are_those_of_both() -> None:
    header = header_of(("入库", None, "出库", None, "卡号"), ("日期", "批次", "日期", "客户", None))
    assert {*header.served["date"]} == {2}


def test_an_upper_heading_that_only_groups_changes_nothing() -> None:
    header = header_of(("转让信息", "转让信息", "转让信息", "卡信息"), TRANSFER, ("甲", "乙", "2024-01-01", "1"))
    assert (header.kind, header.names) == ("transfer", TRANSFER)


def test_a_row_of_data_is_no_second_row_of_the_header() -> None:
    header = header_of((*TRANSFER, "备注"), ("甲", "乙", "2024-01-01", "89860612345678901234", "用户"))
    assert header.row == 1
    assert "user" not in header.served


def test_a_form_filled_in_above_the_table_is_not_the_header() -> None:
    header = header_of(("申报单位", "甲公司", "申报日期", "2024-03-05"), ("单位", "库存", "销量", "日期"))
    assert header.row == 2


def test_a_date_among_the_headings_is_put_up_with_where_nothing_better_is() -> None:
    assert header_of((*TRANSFER, "2024-03")).row == 1


def test_a_buyer_is_the_receiver_beside_a_seller_and_the_enterprise_elsewhere() -> None:
    assert header_of(("seller", "buyer", "date", "iccid")).served["to"] == (1,)
    assert "enterprise" not in header_of(("seller", "buyer", "date", "iccid")).served
    assert header_of(("carrier", "buyer", "date", "iccid")).served["enterprise"] == (1,)


def test_the_heading_of_the_kinds_own_event_wins_then_the_leftmost() -> None:
    header = header_of(("日期", "开卡日期", "激活时间", "激活日期", "iccid", "卡号", "省份", "激活省份"))
    assert header.columns_for("activation") == {"date": 2, "iccid": 4, "province": 7}
    assert header.columns_for("purchase")["date"] == 1
    assert header.columns_for("seizure")["date"] == 0
    assert "date" not in header.columns_for("transfer", header.meaning.event("transfer", takes_neutral_date=False))


def test_a_kind_said_outright_needs_its_fields_and_nothing_else() -> None:
    assert header_of(("日期", "iccid"), as_kind="seizure").row == 1
    with pytest.raises(UnknownHeadings, match="carrier, enterprise"):
        header_of(("日期", "iccid"), as_kind="purchase")


def test_a_kind_column_makes_a_header_where_some_kind_has_its_fields() -> None:
    assert header_of(("类型", "案号", "imsi")).row == 1
    with pytest.raises(UnknownHeadings):
        header_of(("类型", "日期"))


def test_unknown_headings_are_named_with_the_nearest_known_and_the_next_command() -> None:
    with pytest.raises(UnknownHeadings) as caught:
        header_of(("报表", None, None), ("采购日", "片号", "x"), ("1", "2", "3"))
    assert "采购日, 片号, x" in caught.value.message
    assert "采购日 → 采购日期" in caught.value.message
    assert "graphtrace mapping suggest" in caught.value.hint


def test_an_empty_sheet_has_no_header() -> None:
    with pytest.raises(UnknownHeadings):
        find_header([])


def test_a_claim_replaces_the_table_for_its_field_and_its_column() -> None:
    header = header_of(
        ("用户", "转入方", "甲方", "日期", "卡号"),
        claims=ColumnOverrides(headings={"from": "甲方", "to": "用户"}, literals={"channel": "微信"}),
    )
    assert header.kind == "transfer"
    assert header.served == {"to": (0,), "from": (2,), "date": (3,), "iccid": (4,)}


def test_one_column_can_be_claimed_for_two_fields() -> None:
    header = header_of(
        ("单位", "库存", "日期"), claims=ColumnOverrides(headings={"party": "单位", "enterprise": "单位"})
    )
    assert header.served["party"] == header.served["enterprise"] == (0,)


def test_a_claim_by_place_takes_the_column_from_its_heading() -> None:
    header = header_of(("卡号", "激活日期", "iccid"), claims=ColumnOverrides(places={"record_no": 0}))
    assert header.served == {"record_no": (0,), "date": (1,), "iccid": (2,)}


def test_a_field_can_be_left_unread() -> None:
    header = header_of(("卡号", "激活日期", "用户"), claims=ColumnOverrides(unread=frozenset({"user"})))
    assert "user" not in header.served


def test_a_sheet_without_a_header_is_read_by_places() -> None:
    row, claims = ("89860612345678901234", "2024-03-05"), ColumnOverrides(places={"iccid": 0, "date": 1}, header_row=0)
    header = header_of(row, claims=claims, as_kind="activation")
    assert (header.row, header.names, header.meaning.event("activation").date) == (0, ("A", "B"), 1)
    with pytest.raises(UnknownKind):
        header_of(row, claims=claims)


@pytest.mark.parametrize(
    "claims",
    [
        ColumnOverrides(headings={"iccid": "卡片"}),
        ColumnOverrides(places={"iccid": 9}),
        ColumnOverrides(header_row=7),
        ColumnOverrides(header_row=1, headings={"iccid": "卡号"}),
    ],
)
def test_a_claim_that_does_not_fit_says_so(claims: ColumnOverrides) -> None:
    with pytest.raises(MappingError):
        header_of(("标题", None, None, None), TRANSFER, claims=claims)


def test_a_missing_column_is_named_beside_the_headings_seen() -> None:
    with pytest.raises(MappingError, match=r"'卡片'.*转出方, 转入方"):
        header_of(TRANSFER, claims=ColumnOverrides(headings={"iccid": "卡片"}))


def test_a_literal_helps_to_recognise_the_kind() -> None:
    assert (
        header_of(("购卡单位", "日期", "数量"), claims=ColumnOverrides(literals={"carrier": "中国联通"})).kind
        == "purchase"
    )


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [column_letters(column) for column in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_index(column_letters(column)) == column for column in range(1000))


def test_the_order_of_kinds_decides_between_them() -> None:
    everything = {name for name in FIELDS if name != "kind"}
    stated = [
        event.kind
        for event in SheetMeaning(fields=frozenset(everything), headings=FIELDS, dates={0: frozenset()}).events()
    ]
    assert stated == ["transfer", "purchase", "stock", "seizure", "usage", "card_list"]
    assert stated == [kind for kind in ORDER if kind in stated]


def test_what_is_missing_is_named_in_the_words_of_the_language() -> None:
    with pytest.raises(UnknownHeadings) as caught:
        find_header([(1, ["运营商", "购卡单位", "数量"])])
    assert "采购记录" in caught.value.text.render("zh")
    assert "写明：日期" in caught.value.text.render("zh")
    assert "purchase records, and no column states: date" in caught.value.text.render("en")


def test_every_field_and_need_has_its_words() -> None:
    needs = {need for kind in KINDS for need, _ in NEEDS[kind]}
    assert load_catalogue("zh")["fields"].keys() >= {*FIELDS, *SUPPORT_FIELDS, *needs}


@pytest.mark.parametrize("sides", [("转出账户", "转入账户"), ("转出账号", "转入账号"), ("from_account", "to_account")])
def test_accounts_beside_an_amount_are_the_sides_of_a_payment_and_of_no_movement(sides: tuple[str, str]) -> None:
    assert header_of(("日期", *sides, "iccid")).kind == "transfer"
    with pytest.raises(UnknownHeadings):
        header_of(("日期", *sides, "金额", "iccid"))
    assert header_of(("日期", "转出方", "转入方", "金额", "iccid")).kind == "transfer"


def test_the_device_of_a_use_is_the_actual_one_and_not_the_one_that_the_card_is_bound_to() -> None:
    for headings in (("激活时间", "ICCID", "绑定IMEI", "实际IMEI"), ("激活时间", "ICCID", "实际IMEI", "绑定IMEI")):
        header = find_header([(1, headings)])
        assert headings[header.columns_for("activation")["imei"]] == "实际IMEI"
    header = find_header([(1, ("激活时间", "ICCID", "绑定IMEI"))])
    assert header.columns_for("activation")["imei"] == 2
