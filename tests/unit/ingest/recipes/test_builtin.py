"""Every recipe of the product: its sample gives these records and no others, and its near misses none."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import MappingError
from graphtrace.identifiers import normalize_number
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.recipes.cleaners import clean_text
from graphtrace.ingest.recipes.recipe_loader import load_recipes
from graphtrace.ingest.recipes.recipe_model import FINDERS, Recipe

from .reading import records_of

SAMPLES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "samples.yml").read_text(encoding="utf-8"))
RECIPES: dict[str, Recipe] = {recipe.id: recipe for recipe in load_recipes()}
STATING = [name for name, sample in SAMPLES.items() if "records" in sample]
IDENTIFIERS = ("iccid", "iccid_first", "imsi", "card", "msisdn", "date")


def rows_of(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(SAMPLES[name]["file"])))


def text_of(rows: list[list[str]]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(rows)
    return sheet.getvalue()


def header_row(name: str) -> int:
    headings = RECIPES[name].signature.headings
    return next(at for at, row in enumerate(rows_of(name)) if headings <= {normalize_heading(cell) for cell in row})


def test_every_recipe_has_a_sample_and_there_are_at_least_forty() -> None:
    assert set(SAMPLES) == set(RECIPES)
    assert len(RECIPES) >= 40


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("bulk", [True, False])
def test_the_sample_is_recognised_and_states_these_records(tmp_path: Path, name: str, *, bulk: bool) -> None:
    sample = SAMPLES[name]
    read = records_of(sample["file"], sample.get("set", {}), tmp_path, bulk=bulk)
    assert (read.recipe, read.error) == (name, sample.get("error"))
    assert read.records == sample.get("records", [])
    assert read.supports == sample.get("supports", [])
    assert read.rejects == sample.get("rejects", [])
    assert read.questions == []


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if "set" in sample])
def test_what_the_file_does_not_state_is_asked_and_nothing_is_assumed(tmp_path: Path, name: str) -> None:
    sample = SAMPLES[name]
    read = records_of(sample["file"], {}, tmp_path)
    required = {question.field for question in RECIPES[name].questions if question.is_required}
    kinds = {record.split()[0] for record in read.records}
    if required:
        assert read.error == "needs_answer" or set(read.questions) == required
        # what waits for the answer is not recorded; numbers beside each other are
        assert kinds <= {"card_list"}
    else:
        assert len(read.records) == len(sample["records"])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_without_one_heading_of_the_signature_is_not_taken_for_the_format(tmp_path: Path, name: str) -> None:
    rows, at = rows_of(name), header_row(name)
    signature = RECIPES[name].signature.headings
    columns = [column for column, heading in enumerate(rows[at]) if normalize_heading(heading) in signature]
    assert columns
    for column in columns:
        spoilt = [[cell for place, cell in enumerate(row) if place != column] for row in rows]
        assert records_of(text_of(spoilt), {}, tmp_path).recipe != name


@pytest.mark.parametrize("name", STATING)
def test_values_that_contradict_the_recipe_are_said_and_state_nothing_by_it(tmp_path: Path, name: str) -> None:
    rows, at, recipe = rows_of(name), header_row(name), RECIPES[name]
    own = {heading: field for event in recipe.events for field, heading in event.columns.items()}
    checked = 0
    for column, heading in enumerate(rows[at]):
        rule = recipe.columns.get(normalize_heading(heading))
        field = rule and (rule.field or own.get(normalize_heading(heading)))
        if (
            field in IDENTIFIERS
            and rule
            and FINDERS.isdisjoint(rule.cleaners)
            and any(row[column] for row in rows[at + 1 :])
        ):
            spoilt = [*rows[: at + 1], *([*row[:column], "某某", *row[column + 1 :]] for row in rows[at + 1 :])]
            read = records_of(text_of(spoilt), SAMPLES[name].get("set", {}), tmp_path)
            assert read.recipe != name
            assert name in {match.recipe.id for match in read.choice.unfit} or read.recipe is not None
            checked += 1
    # of a column of texts in which numbers are looked for every text is one
    assert checked or any(FINDERS.intersection(rule.cleaners) for rule in recipe.columns.values())


@pytest.mark.parametrize("name", STATING)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_of_columns_and_blanks_around_headings_change_nothing(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    rows, at = rows_of(name), header_row(name)
    order = data.draw(st.permutations(range(len(rows[at]))))
    shuffled = [[row[column] if column < len(row) else "" for column in order] for row in rows]
    shuffled[at] = [f" {cell}\u3000" for cell in shuffled[at]]
    read = records_of(text_of(shuffled), SAMPLES[name].get("set", {}), tmp_path)
    assert read.records == SAMPLES[name]["records"]


@pytest.mark.parametrize("name", [name for name in STATING if RECIPES[name].family != "calls"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_row_states_no_event_whose_day_is_not_in_it(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """With any cells emptied, an event is recorded only on a day that some cell of the rows still states."""
    rows, at, answers = rows_of(name), header_row(name), SAMPLES[name].get("set", {})
    emptied = [[cell if data.draw(st.booleans()) else "" for cell in row] for row in rows[at + 1 :]]
    read = records_of(text_of([*rows[: at + 1], *emptied]), answers, tmp_path)
    stated = [record.split()[:2] for record in read.records] if read.recipe == name else []
    assert {kind for kind, _ in stated} <= set(RECIPES[name].kinds)
    days = {day for kind, day in stated if kind != "card_list"}
    stating = [*rows[:at], *emptied]
    assert {day for day in days if not any(day in cell for row in stating for cell in row)} == set()


def test_no_secret_is_stored(tmp_path: Path) -> None:
    for name in ("softsim_fulfilment", "profile_keys", "pysim_cards", "sim_stock_puk"):
        read = records_of(SAMPLES[name]["file"], {}, tmp_path)
        assert "secret" in read.columns.values()
        assert not any("00112233" in record or "12345678" in record for record in read.records)


def test_an_answer_may_name_the_column_that_states_what_a_recipe_asks(tmp_path: Path) -> None:
    file = (
        "序号,站点id,发货时间,物流单号,物流公司,起始ICCID,结束ICCID,数量\n"
        "1,NJZ0213,2023-07-03,SF1320457711200,顺丰,89861123276018300001,89861123276018300498,50\n"
    )
    read = records_of(file, {"from": "北岐通讯", "to": "[站点id]"}, tmp_path)
    assert [line.split(" ")[3] for line in read.records] == ["北岐通讯>NJZ0213"]
    assert read.columns["站点id"] == "to"
    with pytest.raises(MappingError):
        records_of(file, {"from": "北岐通讯", "to": "[网点]"}, tmp_path)


def test_a_recipe_asks_for_what_the_file_has_a_column_for_and_leaves_empty(tmp_path: Path) -> None:
    file = SAMPLES["taobao_orders"]["file"].replace("迅澜通讯专营店", "")
    assert records_of(file, {}, tmp_path).error == "needs_answer"
    told = records_of(file, {"from": "迅澜通讯专营店"}, tmp_path)
    assert (told.records, told.supports) == (
        SAMPLES["taobao_orders"]["records"],
        SAMPLES["taobao_orders"]["supports"],
    )


def test_a_remark_in_which_the_cards_of_an_order_stand_is_told_as_read(tmp_path: Path) -> None:
    read = records_of(SAMPLES["taobao_orders"]["file"], {}, tmp_path)
    assert (read.columns["订单备注"], read.columns["宝贝标题"]) == ("iccid", None)


def test_a_remark_that_names_cards_by_the_ends_of_their_numbers_is_told_as_not_read(tmp_path: Path) -> None:
    file = SAMPLES["taobao_orders"]["file"].replace("圆通,,50", "圆通,移动 6211 6212 6213,3")
    (tmp_path / "t.csv").write_text(file, "utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        (sheet,) = case.load(tmp_path / "t.csv").files
    told = [(each.heading, each.rows, each.value) for each in sheet.warnings if each.reason == "numbers_not_read"]
    assert told == [("订单备注", 2, "移动 6211 6212 6213")]


def test_a_column_that_another_takes_the_place_of_need_not_be_there(tmp_path: Path) -> None:
    file = SAMPLES["alibaba_orders"]["file"].replace("物流公司运单号", "运单号").replace("圆通 YT", "YT")
    read = records_of(file, {}, tmp_path)
    assert [line for line in read.supports if line.startswith("shipment")] == [
        "shipment 迅澜通讯有限公司>罗子墨,19000000009 waybill=YT9900000000031 order_no=2699000000000000301"
    ]
    assert read.columns["运单号"] == "waybill"


def test_an_export_of_1688_needs_no_account_of_the_seller_and_a_masked_consignee_gives_way_to_the_account(
    tmp_path: Path,
) -> None:
    head = (
        "订单编号,买家公司名,买家会员名,卖家公司名,订单状态,订单创建时间,订单付款时间,收货人姓名,货品标题,数量,运单号"
    )
    rows = (
        "2699000000000000301\t,北岐数码店,bq,迅澜通讯有限公司,交易成功,2026-05-01,2026-05-02,罗*,WiFi流量卡,60,",
        "2699000000000000302\t,,tb_luo99,迅澜通讯有限公司,交易成功,2026-05-01,2026-05-03,罗*,WiFi流量卡,10,",
        "2699000000000000303\t,,tb_he99,迅澜通讯有限公司,交易关闭,2026-05-01,,何清越,WiFi流量卡,10,",
    )
    read = records_of("\n".join((head, *rows)) + "\n", {}, tmp_path)
    assert (read.recipe, read.rejects) == ("alibaba_orders", ["订单状态 not_a_record"])
    assert read.records == [
        "transfer 2026-05-02 迅澜通讯有限公司>北岐数码店 quantity=60 channel=1688 record_no=2699000000000000301",
        "transfer 2026-05-03 迅澜通讯有限公司>tb_luo99 quantity=10 channel=1688 record_no=2699000000000000302",
    ]


@pytest.mark.parametrize(
    ("status", "is_sale"),
    [("交易成功", True), ("等待买家确认收货", True), ("退款关闭", True), ("退款成功", False), ("售后退款成功", False)],
)
def test_a_status_by_which_the_money_came_back_takes_an_order_out_though_no_export_is_known_to_have_it(
    tmp_path: Path, status: str, is_sale: bool
) -> None:
    head = "订单编号,买家公司名,买家会员名,卖家公司名,订单状态,货品标题,数量,订单付款时间,商家备注"
    row = f"2699000000000000301,北岐数码店,bq,迅澜通讯有限公司,{status},WiFi流量卡,1,2026-05-02,89860626990000000015"
    read = records_of(f"{head}\n{row}\n", {}, tmp_path)
    assert (len(read.records), read.rejects) == ((1, []) if is_sale else (0, ["订单状态 not_a_record"]))


@pytest.mark.parametrize(
    ("remark", "is_sent"),
    [
        *((text, True) for text in ("{}", "卡号{}", "ICCID:{}，送卡针", "已发货 {} 顺丰", "{} 2张", "{} 当天发出")),
        ("发{}（退回的那张）", True),
        *(
            (text, False)
            for text in (
                "不要发{}",
                "卡号{}退回",
                "{}未发",
                "换成{}",
                "发错卡，应发{}",
                "补发 {}",
                "原卡{}",
                "{} 当天未发",
                "{}；卡已退",
                "{}（退回来的那张）",
                "没发{}（退回来的那张）",
            )
        ),
    ],
)
def test_a_remark_that_says_something_else_of_its_card_is_no_number_of_it(remark: str, is_sent: bool) -> None:
    card = "89860042252300100123"
    text = remark.format(card)
    assert clean_text(text, ["cards"], {}) == (card if is_sent else text)


@pytest.mark.parametrize("words", ["1" * 100_000, "流量卡" * 30_000, "SIM卡号" * 25_000])
def test_a_long_remark_is_gone_through_once(words: str) -> None:
    text = f"89860042252300100123 {words}拒"
    assert clean_text(text, ["cards"], {}) == text
    assert normalize_number(f"{words}拒") is not None


def test_a_range_in_the_memo_of_the_seller_names_the_cards_of_an_order(tmp_path: Path) -> None:
    head, first, *_ = SAMPLES["alibaba_orders"]["file"].splitlines()
    orders = [f"{head},卖家备忘", f"{first},8986062699000000001-050", f"{first},8986062699000000001-060"]
    read = records_of("\n".join(orders) + "\n", {}, tmp_path)
    (line,) = read.records
    assert line.startswith("transfer 2026-05-01 8986062699000000001-8986062699000000050 迅澜通讯有限公司>北岐数码店 ")
    assert read.columns["卖家备忘"] == "iccid"


MEMO_OF_RETURN = "89860626990000000015 当天发出；买家退货退款，卡6月3日已退回入库"


@pytest.mark.parametrize(
    ("memo", "days"),
    [
        (MEMO_OF_RETURN, ["transfer 2026-05-02", "return 2026-06-03"]),
        (MEMO_OF_RETURN.replace("卡6月3日已退回", "卡未退回"), []),
        (MEMO_OF_RETURN.replace("6月3日", ""), []),
        (MEMO_OF_RETURN.replace("6月3日", "4月3日"), []),
    ],
)
def test_a_memo_of_the_seller_states_the_sale_and_the_day_on_which_its_card_came_back(
    memo: str, days: list[str], tmp_path: Path
) -> None:
    heads = "订单编号,买家公司名,买家会员名,卖家公司名,订单状态,订单付款时间,收货人姓名,货品标题,数量,物流公司运单号"
    order = (
        "2699000000000000301,北岐数码店,bq,迅澜通讯有限公司,退款成功,2026-05-02,罗子墨,WiFi流量卡,1,YT9900000000031,"
    )
    read = records_of(f"{heads},卖家备忘\n{order}{memo}\n", {}, tmp_path)
    assert [" ".join(line.split(" ")[:2]) for line in sorted(read.records, reverse=True)] == days
    if days:
        ways = [line.split(" ")[3] for line in sorted(read.records, reverse=True)]
        assert ways == ["迅澜通讯有限公司>北岐数码店", "北岐数码店>迅澜通讯有限公司"]


@pytest.mark.parametrize(
    ("memo", "status", "kinds"),
    [
        ("发 {}；5.9退货已收到 卡完好", "退款成功", ["transfer 2026-05-01", "return 2026-05-09"]),
        ("发 {}；4.9退货已收到 卡完好", "退款成功", []),
        ("发 {}；退货已收到 卡完好", "退款成功", []),
        ("发 {}", "退款成功", []),
        ("发 {}", "待商家处理", []),
        ("发 {}（退回来的那张）", "无售后", ["transfer 2026-05-01"]),
    ],
)
def test_a_refunded_order_of_pinduoduo_is_a_sale_only_where_its_memo_says_when_the_card_came_back(
    memo: str, status: str, kinds: list[str], tmp_path: Path
) -> None:
    head = "商品,订单号,订单状态,商家实收金额(元),商品数量(件),发货时间,收货人,快递单号,快递公司,商家备注,售后状态"
    order = "流量卡,260501-10{},已收货,9.9,1,2026-05-01 10:00:00,罗子墨,YT990000000003{},圆通,{},{}"
    other = order.format(2, 2, "89860626990000000023", "无售后")
    text = memo.format("89860626990000000015")
    read = records_of("\n".join((head, order.format(1, 1, text, status), other, "")), {"from": "北岐数码店"}, tmp_path)
    own = sorted((line for line in read.records if " 8986062699000000001 " in line), reverse=True)
    assert [" ".join(line.split(" ")[:2]) for line in own] == kinds
    assert read.unread == ([] if kinds else [(2, "unknown_kind")])
    if len(kinds) > 1:
        assert [line.split(" ")[3] for line in own] == ["北岐数码店>罗子墨", "罗子墨>北岐数码店"]


def test_an_export_of_pinduoduo_need_not_have_all_columns_and_may_end_a_number_so(tmp_path: Path) -> None:
    head = "商品,订单号,订单状态,商家实收金额(元),商品数量(件),发货时间,收货人,快递单号,快递公司,商家备注,售后状态"
    order = "流量卡,260501-10{},已收货,9.9,{},2026-05-01 10:00:00,罗子墨,YT990000000003{},圆通,{},无售后"
    cards = ("卡号89860626990000000015 89860626990000000023", "尾号000031", "")
    file = "\n".join((head, *(order.format(n, 2 - n, n, text) for n, text in enumerate(cards)))) + "\n"
    read = records_of(file, {"from": "北岐数码店"}, tmp_path)
    assert (read.recipe, [line.split(" ")[2] for line in read.records]) == (
        "pinduoduo_orders",
        ["8986062699000000001", "8986062699000000002"],
    )
    assert records_of(file, {}, tmp_path).error == "needs_answer"
    other = file.replace("流量卡,260501-102", "手机钢化膜,260501-102")
    parcels = [len(records_of(text, {"from": "北岐数码店"}, tmp_path).supports) for text in (file, other)]
    assert parcels == [parcels[1] + 1, parcels[1]]
