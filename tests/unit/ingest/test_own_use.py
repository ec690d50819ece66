"""Registers of what the staff of a firm took for use: the cards stay the firm's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.given_answers import parse_handed
from graphtrace.render.html.trace_page import trace_page

from .sheets import read_both_ways as read
from .sheets import read_rows

CARD = "898606253002102{:04d}".format
TITLE = "青岚仪表有限公司 物联网卡领用登记表"


def test_the_register_of_a_firm_lists_its_cards_with_whoever_took_them() -> None:
    loaded, parser = read(
        (TITLE, *[None] * 5),
        ("领用日期", "领用人", "ICCID", "用途", "归还日期", "备注"),
        ("2026-03-28", "郑一", CARD(1), "泵站流量计", None, "在用"),
        ("2026-03-28", "郑一", CARD(2), "泵站流量计", None, "2026-05-12巡检发现表计丢失"),
        ("2026-04-06", "许二", CARD(3), "测试", "2026-04-20", "已归还入库"),
    )
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("card_list", "青岚仪表有限公司")] * 3
    assert [json.loads(each["extra"])["declared_user"] for each in loaded] == ["郑一", "郑一", "许二"]
    assert [each["first_day"] is None for each in loaded] == [False] * 3
    assert (parser.rejects, parser.questions) == ([], [])
    assert {(each["row"], each["text"]) for each in parser.unread.iter_rows(named=True)} == {
        (4, "2026-05-12巡检发现表计丢失"),
        (5, "2026-04-20"),
    }


@pytest.mark.parametrize("column", ["安装位置", "使用部门", "车牌号", "归还时间", "设备编号"])
def test_what_a_card_was_taken_for_makes_a_list_such_a_register(column: str) -> None:
    loaded, parser = read(("领用日期", "领用人", "卡号", column), ("2026-03-28", "郑一", CARD(1), "泵房二"))
    assert [each["kind"] for each in loaded] == ["card_list"]
    # whose cards they took no line says
    assert [(each.field, each.is_required) for each in parser.questions] == [("kind", False)]


@pytest.mark.parametrize("column", ["备注", "金额", "快递单号", "领用单位", "代理商"])
def test_of_any_other_list_of_takers_it_is_asked_who_handed_them_the_cards(column: str) -> None:
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(("领用日期", "领用人", "卡号", column), ("2026-03-28", "郑一", CARD(1), None))
    assert caught.value.event == "transfer"


def test_a_person_may_say_that_they_handed_the_cards_over() -> None:
    rows = [("领用日期", "领用人", "卡号", "用途"), ("2026-03-28", "郑一", CARD(1), "装车")]
    loaded, _ = read(*rows, as_kind="transfer", answers={"from": "青岚仪表有限公司"})
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("青岚仪表有限公司", "郑一")]


def test_who_uses_a_card_that_was_taken_for_use_does_so_from_that_day() -> None:
    loaded, parser = read(
        (TITLE.replace("领用", "使用人"), *[None] * 4),
        ("使用人", "工号", "ICCID", "领用日期", "归还日期"),
        ("何静", "HT035", CARD(1), "2026-04-02", None),
        ("罗成", "HT153", CARD(2), "2026-04-15", "2026-06-05"),
    )
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("usage", "何静"), ("usage", "罗成")]
    assert [each["first_day"] is None for each in loaded] == [False] * 2
    assert parser.unread.select("row", "text").rows() == [(4, "2026-06-05")]


def test_a_list_whose_days_may_be_those_of_an_event_is_asked_what_happened() -> None:
    rows = [("ICCID", "客户", "安装日期"), (CARD(1), "郑一", "2026-03-28"), (CARD(2), "许二", "2026-03-29")]
    loaded, parser = read(*rows)
    assert [each["kind"] for each in loaded] == ["card_list"] * 2
    (asked,) = parser.questions
    assert (asked.field, asked.is_required) == ("kind", False)
    assert "…→[客户]@[安装日期]" in asked.forms
    moved, _ = read(*rows, answers=parse_handed("青岚仪表有限公司→[客户]@[安装日期]"))
    assert [(each["sender_name"], each["receiver_name"]) for each in moved if each["kind"] == "transfer"] == [
        ("青岚仪表有限公司", "郑一"),
        ("青岚仪表有限公司", "许二"),
    ]
    assert read(*rows, answers={"kind": "card_list"})[1].questions == []


def test_a_list_of_persons_with_the_day_of_their_registration_may_be_the_carriers_own() -> None:
    heads = ("ICCID", "SURNAME", "FIRSTNAME", "REGISTRATION_DATE", "AGENT_CODE")
    _, parser = read(
        heads, (CARD(1), "Okafor", "Emeka", "2024-03-28", "A1"), (CARD(2), "Bello", "Sani", "2024-03-29", "A2")
    )
    parser.texts_above = []
    (asked,) = parser.questions
    assert asked.kind == "registration"
    assert asked.text.en.startswith("“REGISTRATION_DATE”: is this the carrier's own list of its customers?")
    assert "card_list: no" in asked.text.en
    assert "card_list：否" in asked.text.zh


def test_whom_a_log_of_registrations_declares_to_be_the_user_is_no_end_user(tmp_path: Path) -> None:
    path = tmp_path / "kyc.csv"
    heads = "SIM SERIAL,ENTITY,DATE REGISTERED,ACTIVATION DATE,ACTUAL USER (DECLARED)"
    path.write_text(f"{heads}\n8923417250009023154,Orile Smart Meters Ltd,05-05-2025,28-07-2025,Blessing Eze\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path, answers=["kind=registration", "carrier=Kasuwa Mobile Nigeria Ltd"])
        (trace,) = case.trace("8923417250009023154")
    assert trace.end_user is None
    assert trace.declared_users == ("Blessing Eze",)


def test_where_no_paper_states_the_day_of_a_use_the_answer_unknown_leaves_the_cards_unread() -> None:
    rows = [("SIM serial", "Used by", "Phone"), (CARD(1), "Joseph Kamau", "Itel"), (CARD(2), "Mercy Njeri", "Nokia")]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows, answers={"kind": "usage"})
    assert caught.value.fields == ("date",)
    loaded, parser = read_rows(*rows, answers={"kind": "usage", "date": "unknown"})
    assert (loaded, parser.questions, parser.unread["reason"].to_list()) == ([], [], ["day_unknown"] * 2)


def test_a_list_of_users_without_a_day_tells_them_as_the_users_whom_it_declares(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"ICCID,绑定用户,设备\n{CARD(1)},苏远,POS\n{CARD(2)},,POS\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(file, answers=["kind=usage:[绑定用户]", "date=不详"])
        traces = [case.trace(CARD(at))[0] for at in (1, 2)]
        assert [(trace.end_user, len(trace.card_lists), trace.activations) for trace in traces] == [(None, 1, ())] * 2
        assert [trace.declared_users for trace in traces] == [("苏远",), ()]
        page = "".join(trace_page(traces[:1], "zh").split())
    assert "申报使用人</span></span></dt><dd>苏远" in page


@pytest.mark.parametrize(("declared", "user"), [("苏远", None), ("李四", "李四"), ("", "李四")])
def test_who_held_a_card_is_not_presumed_to_use_it_where_a_list_declares_another(
    tmp_path: Path, declared: str, user: str | None
) -> None:
    (tmp_path / "sold.csv").write_text(f"转出方,转入方,日期,ICCID\n甲,李四,2024-03-05,{CARD(1)}\n", "utf-8")
    (tmp_path / "on.csv").write_text(f"ICCID,激活时间\n{CARD(1)},2024-04-01 10:00\n", "utf-8")
    (tmp_path / "users.csv").write_text(f"ICCID,绑定用户,设备\n{CARD(1)},{declared},POS\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "sold.csv", tmp_path / "on.csv")
        case.load(tmp_path / "users.csv", answers=["kind=usage:[绑定用户]", "date=不详"])
        (trace,) = case.trace(CARD(1))
    assert (trace.end_user and trace.end_user.name, trace.end_user_code) == (
        user,
        "presumed_user" if user else "end_user",
    )


@pytest.mark.parametrize("heading", ["In use since", "Used since", "In use from"])
def test_who_uses_a_card_since_a_day_does_so_on_it(heading: str) -> None:
    loaded, parser = read(
        ("Asset tag", "SIM ICCID", "User", heading, "Notes"),
        ("BBC-0411", CARD(1), "Priya Nair", "09/02/2026", None),
        ("BBC-0412", CARD(2), "Gareth Pugh", "15/02/2026", "battery 61%"),
        ("BBC-0414", CARD(3), None, None, "spare, in cupboard"),
    )
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [
        ("usage", "Priya Nair"),
        ("usage", "Gareth Pugh"),
    ]
    assert 4 in parser.unread["row"].to_list()


DEVICES = ("设备编号", "绑定用户", "SIM卡ICCID", "销售人员", "状态")
SHOP = "坤达数码店 随身WiFi设备列表"


def devices(*above: str, heading: str = "绑定用户") -> list[tuple[str | None, ...]]:
    """Devices of a shop, one of them in stock, below lines."""
    return [
        *((line, None, None, None, None) for line in (SHOP, *above)),
        tuple(heading if name == "绑定用户" else name for name in DEVICES),
        ("KD0011", "苏远", CARD(1), "邓国坤", "已绑定"),
        ("KD0012", "库存", CARD(2), None, "未售"),
        ("KD0016", "汪雪梅", CARD(3), "邓国坤", "已绑定"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "绑定用户＝实际拿机使用的人；未绑定的填“库存”",
        "注：绑定用户：实际使用人",
        "绑定用户一栏是指实际使用设备的人员",
        "说明：“绑定用户”为现使用人。",
    ],
)
def test_a_line_that_says_who_uses_the_cards_leaves_nothing_to_ask(line: str) -> None:
    loaded, parser = read(*devices(line))
    users = [json.loads(each["extra"] or "{}").get("declared_user") for each in loaded]
    assert ([each["kind"] for each in loaded], users) == (["card_list"] * 3, ["苏远", None, "汪雪梅"])
    assert parser.questions == []


@pytest.mark.parametrize(
    "line",
    [
        "绑定用户＝实际使用人；更正：绑定用户并非实际使用人",
        "绑定用户＝买机的人",
        "购机人＝实际使用人",
        "绑定用户＝实名登记的人，不一定使用",
    ],
)
def test_a_line_that_does_not_say_it_of_the_column_leaves_the_question_which_offers_use(line: str) -> None:
    loaded, parser = read(*devices(line))
    assert [each["kind"] for each in loaded] == ["card_list"] * 3
    (asked,) = parser.questions
    assert "usage" in asked.choices
    assert "usage:[绑定用户]" in asked.forms
    assert not any("销售人员" in form for form in asked.forms)


def test_a_person_may_say_who_used_the_cards_and_on_which_day() -> None:
    handed = parse_handed("usage:[绑定用户]@2025-05-12")
    assert handed == {"kind": "usage", "user": "[绑定用户]", "date": "2025-05-12"}
    loaded, parser = read(*devices(), answers=handed)
    used = [(each["row"], each["receiver_name"]) for each in loaded if each["kind"] == "usage"]
    assert used == [(3, "苏远"), (5, "汪雪梅")]
    assert parser.answered == handed
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*devices(), answers={"kind": "usage", "user": "[绑定用户]"})
    assert caught.value.fields == ("date",)
