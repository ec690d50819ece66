"""What carriers' own lists and police papers state by their columns and by the lines around them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.acts import act_of, is_plain_line
from graphtrace.model import EPOCH

from .sheets import read_both_ways as read
from .test_seized_from import CARD, told

ICCIDS = [f"8986041426700030010{at}" for at in range(4)]
NUMBERS = [f"144038730010{at}" for at in range(4)]
REPLY = "中国移动通信集团江西有限公司云溪分公司协助查询反馈表"


def test_a_note_among_numbers_makes_no_cards_of_them() -> None:
    note = "说明：以上为系统记录"
    rows = [*zip(NUMBERS, ICCIDS, strict=True), (note, note)]
    loaded, _ = read(("物联卡号", "ICCID"), *rows)
    assert len([each for each in loaded if each["first"] is not None and each["msisdn"]]) == len(ICCIDS)


@pytest.mark.parametrize("heading", ["开户时间", "创建时间", "添加日期", "受理日期"])
def test_a_carriers_list_dates_its_customer_by_the_day_it_has(tmp_path: Path, heading: str) -> None:
    rows = f"{REPLY},,,\nICCID,接入号码,集团名称,{heading}\n{ICCIDS[0]},{NUMBERS[0]},云溪智联科技有限公司,2026-06-09\n"
    assert dates(tmp_path, rows, ICCIDS[0]) == [("registration", "2026-06-09")]


def test_the_day_of_a_request_is_that_of_registering_beside_that_of_activation(tmp_path: Path) -> None:
    head = f"{REPLY},,,\nICCID,产权客户,受理日期,首次激活日期\n"
    rows = f"{head}{ICCIDS[0]},云溪智联科技有限公司,2026-06-09,2026-07-01\n"
    assert dates(tmp_path, rows, ICCIDS[0]) == [("registration", "2026-06-09")]


def test_the_day_of_opening_goes_before_that_of_an_entry(tmp_path: Path) -> None:
    rows = f"{REPLY},,,\n创建时间,ICCID,集团名称,开户时间\n2026-08-01,{ICCIDS[0]},云溪智联科技有限公司,2026-06-09\n"
    assert dates(tmp_path, rows, ICCIDS[0]) == [("registration", "2026-06-09")]


def test_the_day_of_an_entry_in_anybodys_list_is_no_event() -> None:
    loaded, _ = read(("ICCID", "接入号码", "客户名称", "创建时间"), (ICCIDS[0], NUMBERS[0], "云溪公司", "2026-06-09"))
    assert [(each["kind"], each["first_day"]) for each in loaded] == [("card_list", None)]


def dates(tmp_path: Path, text: str, card: str) -> list[tuple[str, str | None]]:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (trace,) = case.trace(card)
        return [
            (hop.kind, hop.when and str(EPOCH + timedelta(days=hop.when.earliest)))
            for chain in trace.chains
            for hop in chain.hops
        ]


@pytest.mark.parametrize(
    ("name", "is_asked"), [("联通雁飞CMP_设备列表.csv", True), ("设备列表.csv", False), ("优联卡管平台.csv", False)]
)
def test_an_export_of_a_carriers_platform_is_asked_about(tmp_path: Path, name: str, is_asked: bool) -> None:
    rows = f"ICCID,MSISDN,账户名称,已发货日期\n{ICCIDS[0]},{NUMBERS[0]},安达车联网服务部,2024-02-26\n"
    (tmp_path / name).write_text(rows, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (file,) = case.load(tmp_path / name).files
        assert [each.kind for each in file.asked] == ["registration" if is_asked else "transfer"]


ARTICLES = f"编号,名称,数量,特征\n1,物联网卡,1张,ICCID {CARD}\n2,手机,1部,黑色\n3,手机,1部,白色\n"


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("持有人：唐骏    性别：男    身份证号：330201199001011234", "唐骏"),
        ("犯罪嫌疑人：唐骏（在场）", "唐骏"),
        ("持有人：唐骏、李四", None),
        ("持有人：唐骏 李四", None),
        ("见证人：吴桂英", None),
        ("持有人：拒绝签名", None),
        ("持有人：详见笔录", None),
        ("持有人：不详", None),
        ("持有人：唐骏,,,\n持有人：李四", None),
    ],
)
def test_the_person_above_a_list_of_articles(tmp_path: Path, line: str, holder: str | None) -> None:
    trace = told(tmp_path, f"{line},,,\n扣押时间：2026年9月12日,,,\n{ARTICLES}")
    assert trace.seizures[0].holder == holder


def test_the_number_of_a_witness_is_not_the_holders(tmp_path: Path) -> None:
    line = "持有人：唐骏 见证人：吴桂英 身份证号：330201199001011234,,,\n扣押时间：2026年9月12日,,,\n"
    trace = told(tmp_path, line + ARTICLES)
    assert "330201199001011234" not in str(trace.seizures[0])


def test_a_seal_says_nothing_of_the_rows() -> None:
    lines = (
        "2026年9月12日  临桥县公安局（印）",
        "中国电信云溪分公司（章）",
        "卡已退回派出所（章）",
        "现在派出所（章）",
    )
    assert [is_plain_line(line) for line in lines] == [True, True, False, False]


def test_who_answers_for_the_use_of_a_card_is_named_and_a_remark_on_him_is_told(tmp_path: Path) -> None:
    rows = "".join(
        f"{card},{who},{said}\n" for card, who, said in zip(ICCIDS, "甲乙丙丁", ("", "", "", "待审核"), strict=True)
    )
    (tmp_path / "a.csv").write_text(f"ICCID,使用责任人,备注\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        told = [[each.code for each in trace.findings] for trace in case.trace(*ICCIDS)]
    assert ["unread_movement" in codes for codes in told] == [False, False, False, True]


@pytest.mark.parametrize(
    ("word", "act"),
    [("今日发出", "transfer"), ("暂缓，待合同", "none"), ("暂缓", "none"), ("暂缓付款", None), ("暂缓退货", None)],
)
def test_what_is_put_off_did_not_happen_and_what_went_out_today_did(word: str, act: str | None) -> None:
    assert act_of(word) == act


def test_a_list_names_nobody_for_a_card_whose_check_he_failed_or_to_whom_it_is_bound_no_more() -> None:
    states = ("认证成功", "认证失败", "已解绑", "认证成功")
    rows = zip(ICCIDS, NUMBERS, "甲乙丙丁", states, strict=True)
    loaded, parser = read(("ICCID", "接入号", "认证姓名", "认证状态"), *rows)
    assert [each["receiver_name"] or each["sender_name"] for each in loaded] == ["甲", "丁"]
    assert [(each.value, each.reason) for each in parser.rejects] == [(each, "not_a_record") for each in states[1:3]]


FIRM = "广东智慧农联科技有限公司"


@pytest.mark.parametrize("heading", ["实名企业", "卡实名主体", "登记单位", "实名登记人"])
@pytest.mark.parametrize("at", [0, 1])
def test_in_whose_name_cards_are_registered_is_nobody_to_whom_a_shop_sold_them(heading: str, at: int) -> None:
    names, cells = ["客户", "ICCID", "出货日期"], ["李四海", ICCIDS[0], "2024-03-01"]
    names.insert(at, heading)
    cells.insert(at, FIRM)
    loaded, _ = read(names, cells, answers={"from": "建设店"})
    assert {each["receiver_name"] for each in loaded} == {"李四海"}


def test_in_whose_name_cards_of_a_platform_are_registered_is_asked_about() -> None:
    table = [
        ("ICCID", "接入号", "运营商", "实名企业", "激活时间"),
        (ICCIDS[0], NUMBERS[0], "中国移动", FIRM, "2023-08-12"),
    ]
    loaded, parser = read(*table)
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("activation", None), ("card_list", FIRM)]
    assert [question.choices for question in parser.questions] == [("registration", "card_list")]
    loaded, _ = read(*table, answers={"kind": "registration"})
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded if each["kind"] == "registration"] == [
        ("中国移动", FIRM)
    ]


@pytest.mark.parametrize("heading", ["实名人", "实名姓名", "认证姓名"])
@pytest.mark.parametrize("carrier", ["运营商", "套餐"])
def test_in_whose_name_a_card_is_registered_is_not_said_to_use_it(heading: str, carrier: str) -> None:
    table = [
        ("ICCID", carrier, "激活时间", heading, "身份证号码", "实名时间"),
        (ICCIDS[0], "电信", "2024-07-02 14:10:55", "黎小梅", "11010119900307257X", "2024-07-02 13:58:20"),
    ]
    loaded, parser = read(*table)
    (activation,) = [each for each in loaded if each["kind"] == "activation"]
    assert [activation[each] for each in ("receiver_name", "receiver_key", "receiver_id", "sender_id")] == [None] * 4
    assert [each["receiver_name"] for each in loaded if each["kind"] == "card_list"] == ["黎小梅"]
    assert [question.choices for question in parser.questions] == [("registration", "card_list")]


def test_a_list_of_a_shop_with_registrants_alone_asks_who_got_the_cards() -> None:
    with pytest.raises(NeedsAnswer):
        read(
            ("建设店2024年3月出货", None, None),
            ("日期", "ICCID", "实名企业"),
            ("2024-03-01", ICCIDS[0], FIRM),
            answers={"from": "建设店"},
        )


@pytest.mark.parametrize("heading", ["归属本地网", "归属地", "归属地市", "归属省份", "所属城市", "开户省份", "本地网"])
def test_where_a_number_belongs_is_no_place_of_its_activation(heading: str) -> None:
    loaded, _ = read(("ICCID", "首次激活时间", heading), (ICCIDS[0], "2025-04-10 19:22:07", "深圳"))
    assert [(each["kind"], each["province"], each["city"]) for each in loaded] == [("activation", None, None)]


@pytest.mark.parametrize("heading", ["激活地", "激活城市", "上线地", "激活地点"])
def test_where_a_card_was_activated_is_the_place_of_its_activation(heading: str) -> None:
    loaded, _ = read(("ICCID", "首次激活时间", heading), (ICCIDS[0], "2025-04-10 19:22:07", "河南省郑州市"))
    assert [(each["kind"], each["city"]) for each in loaded] == [("activation", "河南省郑州市")]


@pytest.mark.parametrize("heading", ["激活小区（区县 / 站点）", "激活小区", "首次激活基站(省/市/站点)"])
def test_the_cell_of_an_activation_is_a_place_of_it(heading: str) -> None:
    names = ("ICCID", "客户名称", "开户受理日期", "首次激活日期", heading, "激活终端IMEI")
    rows = [
        (ICCIDS[0], FIRM, "2025年3月12日", "2025年5月20日", "城南区 / 滨河路77号楼顶", "869124046820047"),
        (ICCIDS[1], FIRM, "2025年3月12日", None, None, None),
    ]
    loaded, parser = read((REPLY, *[None] * 5), names, *rows)
    assert [each["cell"] for each in loaded if each["kind"] == "activation"] == ["城南区 / 滨河路77号楼顶"]
    assert ([each["kind"] for each in loaded].count("registration"), parser.unread.rows()) == (2, [])
    assert "word_not_read" not in [each.reason for each in parser.remarks]


OPENED = ["入网实名单位", "开户单位", "开户名", "入网单位", "实名单位", "客户单位"]
"""Headings of whom a carrier registered."""


@pytest.mark.parametrize("heading", OPENED)
@pytest.mark.parametrize("day", ["入网日期", "备注"])
def test_a_carriers_own_list_registers_whoever_its_heading_calls_registered(
    tmp_path: Path, heading: str, day: str
) -> None:
    when = "2023-05-10" if day == "入网日期" else None
    rows = f"{REPLY},,\nICCID,{heading},{day}\n{ICCIDS[0]},{FIRM},{when or ''}\n"
    assert dates(tmp_path, rows, ICCIDS[0]) == [("registration", when)]


@pytest.mark.parametrize("heading", OPENED[:-1])
@pytest.mark.parametrize("day", ["入网日期", "激活时间"])
@pytest.mark.parametrize("name", ["中国移动物联网卡清单.csv", "清单.csv"])
def test_a_list_of_whom_somebody_registered_is_asked_about_until_it_is_known_to_be_a_carriers(
    tmp_path: Path, heading: str, day: str, name: str
) -> None:
    (tmp_path / name).write_text(f"ICCID,MSISDN,{heading},{day}\n{ICCIDS[0]},{NUMBERS[0]},{FIRM},2023-05-10\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (file,) = case.load(tmp_path / name).files
        (trace,) = case.trace(ICCIDS[0])
        assert trace.registrant is None
        assert [each.choices for each in file.asked] == [("registration", "card_list")]
        assert "unread_movement" not in [each.code for each in trace.findings]
        case.load(tmp_path / name, answers=["kind=registration"])
        (trace,) = case.trace(ICCIDS[0])
        assert trace.registrant is not None
        assert (trace.registrant.name, trace.registrant_basis) == (FIRM, "registered")


def test_whom_a_list_without_days_calls_registered_beside_his_carrier_is_asked_about() -> None:
    loaded, parser = read(("运营商", "ICCID", "开户单位"), ("中国移动", ICCIDS[0], FIRM))
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("card_list", FIRM)]
    assert [each.choices for each in parser.questions] == [("registration", "card_list")]


REGISTER = "ICCID,使用状态,入网日期,登记激活时间,单位名称,责任人姓名\n" + "".join(
    f"{card},{state},20241118,{day},榕海冷链科技有限公司,池晓雯\n"
    for card, state, day in zip(ICCIDS, ("在用", *["未激活"] * 3), ("20250420103417", *["null"] * 3), strict=True)
)


def test_a_reply_known_by_its_name_asks_whether_it_registers_and_states_activations(tmp_path: Path) -> None:
    (tmp_path / "协查反馈_用户资料.csv").write_text(REGISTER, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path)
        (asked,) = report.files[0].asked
        assert asked.choices == ("registration", "card_list")
        assert not asked.forms
        assert [len(trace.activations) for trace in case.trace(*ICCIDS)] == [1, 0, 0, 0]


def test_a_carriers_register_states_each_customer_and_the_activations_it_fills(tmp_path: Path) -> None:
    (tmp_path / "协查反馈_用户资料.csv").write_text(REGISTER, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path, answers=["kind=registration"])
        assert [(file.loaded, file.rejected, [*file.asked]) for file in report.files] == [(4, 0, [])]
        traces = case.trace(*ICCIDS)
    assert [trace.registrant.name for trace in traces] == ["榕海冷链科技有限公司"] * 4
    assert [len(trace.activations) for trace in traces] == [1, 0, 0, 0]


@pytest.mark.parametrize("heading", ["激活登记备案时间", "激活登记时间"])
def test_a_day_whose_heading_speaks_of_activation_is_offered_as_that_of_nothing_else(heading: str) -> None:
    head = ("ICCID", "接入号", heading, "单位名称")
    rows = [*zip(ICCIDS, NUMBERS, ("2025-04-20", None, None, None), ["榕海冷链科技有限公司"] * 4, strict=True)]
    _, parser = read(head, *rows)
    (asked,) = parser.questions
    assert (asked.choices, asked.forms) == (("registration", "activation", "card_list"), ())
    # and whoever answers so has said which days these are; a card without one is listed
    loaded, answered = read(head, *rows, answers={"kind": "activation"})
    assert [each["kind"] for each in loaded] == ["activation", *["card_list"] * 4]
    assert (answered.rejects, answered.questions) == ([], [])


@pytest.mark.parametrize(
    ("title", "carrier"),
    [
        ("联通物联网连接管理平台", "中国联通"),
        ("移动物联网平台查询结果", "中国移动"),
        ("中国电信江苏物联网管理系统", "中国电信江苏"),
    ],
)
def test_a_platform_of_a_brand_and_its_products_is_the_carriers(title: str, carrier: str) -> None:
    rows = [(title, None, None), ("ICCID", "实名登记单位", "入网日期"), (ICCIDS[0], FIRM, "2025/1/9")]
    loaded, _ = read(*rows)
    assert [(each["kind"], each["sender_name"]) for each in loaded] == [("registration", carrier)]


@pytest.mark.parametrize("word", ["未激活", "待激活", "尚未激活", "not activated"])
def test_a_word_for_no_use_in_a_column_of_activations_is_no_day(word: str) -> None:
    rows = zip(ICCIDS, NUMBERS, ("2026-07-01", word, "已激活", None), strict=True)
    loaded, parser = read(("ICCID", "接入号", "首次激活时间"), *rows)
    assert [each["kind"] for each in loaded] == ["activation", *["card_list"] * 2]
    # a card that was activated, on no day that is known, stays told
    assert [(each.reason, each.value) for each in parser.rejects] == [("bad_date", "已激活")]
    assert [(each.reason, each.value) for each in parser.remarks] == [("never_used", word)]


@pytest.mark.parametrize("mark", ["–", "—", "-", "/", "N/A"])
def test_a_mark_of_nothing_in_a_column_of_activations_is_no_day_and_no_bad_one(mark: str) -> None:
    rows = zip(ICCIDS[:2], NUMBERS[:2], ("2026-07-01", mark), strict=True)
    loaded, parser = read(("ICCID", "接入号", "首次激活时间"), *rows)
    assert [each["kind"] for each in loaded] == ["activation", "card_list"]
    assert (list(parser.rejects), list(parser.remarks)) == ([], [])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("首次激活地", "临榆市河西区"),
        ("归属局", "榕海分公司政企部"),
        ("生产商", "深圳优联微"),
        ("代理价格", "52"),
        ("用户类型", "单位"),
        ("Customer Type", "Corporate"),
        ("用户业务类型", "物联网卡"),
        ("当前状态", "库存"),
        ("代（经）办人姓名", "洪志强"),
        ("套餐", "物联卡5元30M（共享池）"),
    ],
)
@pytest.mark.parametrize("title", [REPLY, "物联网卡清单"])
def test_places_prices_kinds_and_makers_say_nothing_of_whose_a_card_is(title: str, heading: str, cell: str) -> None:
    names = ("ICCID", "单位名称", "入网日期", "激活日期", heading)
    rows = [(title, *[None] * 4), names, (ICCIDS[0], FIRM, "2025-01-09", "2025-04-11", cell)]
    _, parser = read(*rows)
    assert parser.unread.rows() == []


@pytest.mark.parametrize(("heading", "cell"), [("绑定用户", "苏远"), ("代理商", "李记通讯"), ("当前状态", "待确认")])
def test_users_dealers_and_words_that_deny_stay_told(heading: str, cell: str) -> None:
    names = ("ICCID", "接入号", "单位名称", "激活日期", heading)
    _, parser = read(names, (ICCIDS[0], NUMBERS[0], FIRM, "2025-04-11", cell))
    assert parser.unread.height > 0
