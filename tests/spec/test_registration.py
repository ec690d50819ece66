"""Who registered a card: a carrier's own replies and lists of its customers (SPEC 12 and 13, Registration)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.ingest.own_lists import find_own_list
from graphtrace.render.json import answer_document, audit_document, trace_document

from .conftest import Desk, card

CARD, OTHER, MOBILE = "8986062311500012074", "8986062311500012082", "89860402102000000001"
CODE = "91330200MA2ABC1234"

REPLY = f"中国联通协查结果反馈单,\n查询号码,{CARD}\n客户名称,鑫联科技有限公司\n证件号码,{CODE}\n入网时间,2023-03-01\n"
CONSOLE = "中国联通物联网连接管理平台 卡号列表,,\nICCID,客户名称,卡状态\n" + "".join(
    f"{card},鑫联科技有限公司,已激活\n" for card in (CARD, OTHER)
)
SALE = f"ICCID,转出方,转入方,转让日期\n{CARD},鑫联科技有限公司,捷讯,2023-05-01\n"
PURCHASE = f"ICCID,运营商,购卡单位,采购日期\n{CARD},中国联通,鑫联科技有限公司,2023-04-01\n"


def told(folder: Path, *texts: str, card: str = CARD, **options: Any) -> dict[str, Any]:
    """The answer about a card after loading some texts, each as a file."""
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.csv")
        paths[-1].write_text(text, "utf-8")
    with gt.open_case(folder / "x.gtrace") as case:
        case.load(*paths, **options)
        answer: dict[str, Any] = trace_document("", case.trace(card), "en")["results"][0]
        return answer


def codes(answer: dict[str, Any]) -> list[str]:
    """The findings, but for joints by name alone, which every story across files has."""
    return [finding["code"] for finding in answer["findings"] if not finding["code"].endswith("joined_by_name")]


@pytest.mark.parametrize("day", ["开户日期", "入网时间", "开卡日期", "订购时间"])
def test_a_day_of_opening_beside_a_customer_alone_asks_whether_the_list_is_a_carriers_own(desk: Desk, day: str) -> None:
    text = f"ICCID,客户名称,{day}\n{card(1)},E,2024-01-05\n"
    (sheet,) = desk.load(text)
    assert [(each["field"], each["required"]) for each in sheet["asked"]] == [("kind", False)]
    assert "own list" in sheet["asked"][0]["question"]
    assert (sheet["kind"], desk.trace().json["registrant_basis"]) == ("card_list", None)
    desk.load(desk.folder / "1.csv", options=("--set", "kind=registration"))
    trace = desk.trace().json
    assert (trace["registrant"]["name"], trace["registrant_basis"]) == ("E", "registered")
    assert [hop["kind"] for hop in trace["chains"][0]["hops"]] == ["registration"]


def test_a_carriers_reply_says_who_registered_the_card_and_when(tmp_path: Path) -> None:
    answer = told(tmp_path, REPLY, SALE)
    assert answer["registrant"] == {"id": f"id:{CODE}", "name": "鑫联科技有限公司", "kind": "enterprise"}
    assert (answer["outcome"], answer["registrant_basis"], codes(answer)) == ("continuous", "registered", [])
    first, second = answer["chains"][0]["hops"]
    assert (first["kind"], first["from"]["id"], first["date"]) == ("registration", "carrier:china-unicom", "2023-03-01")
    assert (first["document_basis"], first["carrier_basis"]) == ("title", "document")
    assert (second["kind"], second["document_basis"], second["carrier_basis"]) == ("transfer", None, None)


def test_a_carriers_console_list_registers_without_a_day_and_stands_first(tmp_path: Path) -> None:
    answer = told(tmp_path, CONSOLE, SALE)
    assert (answer["outcome"], answer["registrant_basis"], codes(answer)) == ("continuous", "registered", [])
    assert [(hop["kind"], hop["date"]) for hop in answer["chains"][0]["hops"]] == [
        ("registration", None),
        ("transfer", "2023-05-01"),
    ]
    assert [(each["state"], each["party"]) for each in answer["card_lists"]] == [("已激活", None)]


def test_who_dealt_with_whom_is_drawn_with_registrations(tmp_path: Path) -> None:
    told(tmp_path, REPLY, SALE)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        dealings = {(one, other) for one, other in case.graph().edges()}
    assert dealings == {("carrier:china-unicom", f"id:{CODE}"), (f"id:{CODE}", "name:捷讯")}


def test_a_purchase_and_a_registration_of_the_same_sides_are_one_hop_dated_by_the_purchase(tmp_path: Path) -> None:
    answer = told(tmp_path, REPLY, PURCHASE, SALE)
    first = answer["chains"][0]["hops"][0]
    assert (first["kind"], first["date"], len(first["origins"])) == ("purchase", "2023-04-01", 2)
    assert (answer["registrant_basis"], first["carrier_basis"], codes(answer)) == ("both", None, [])


def test_two_customers_of_carriers_documents_are_two_registrants(tmp_path: Path) -> None:
    other = (
        REPLY.replace("鑫联科技", "云岭科技").replace(CODE, "91530100MA6ABC1234").replace("2023-03-01", "2023-09-01")
    )
    answer = told(tmp_path, REPLY, other)
    assert (answer["outcome"], answer["registrant"], answer["registrant_basis"]) == ("ambiguous", None, None)
    assert codes(answer)[0] == "multiple_registrants"
    assert answer["findings"][0]["params"]["alias_candidates"] == []
    firsts = [chain["hops"][0]["date"] for chain in answer["chains"]]
    assert firsts == ["2023-09-01", "2023-03-01"], "the latest day stands first"


def test_registrations_on_different_days_are_not_said_to_exclude_each_other(desk: Desk) -> None:
    for day, name in (("2023-03-01", "鑫联科技有限公司"), ("2023-09-01", "云岭科技有限公司")):
        desk.load(f"中国联通协查结果反馈单,\n查询号码,{CARD}\n客户名称,{name}\n入网时间,{day}\n")
    text = "".join(desk.run("trace", CARD, "--case", desk.case, "--lang", "zh").out.split())
    assert "该卡在不同日期登记于不同客户，已读记录未说明卡如何由一方到另一方" in text
    assert "不可能都成立" not in text


def test_two_customers_of_alike_names_are_proposed_as_one(tmp_path: Path) -> None:
    answer = told(tmp_path, CONSOLE, CONSOLE.replace("鑫联科技有限公司", "宁波鑫联科技有限公司"))
    (finding,) = answer["findings"]
    assert finding["code"] == "multiple_registrants"
    (candidate,) = finding["params"]["alias_candidates"]
    assert {party["name"] for party in candidate["parties"]} == {"鑫联科技有限公司", "宁波鑫联科技有限公司"}


def test_where_the_chain_begins_with_somebody_else_the_customer_stands_first_with_a_gap(tmp_path: Path) -> None:
    answer = told(tmp_path, CONSOLE, SALE.replace("鑫联科技有限公司", "速达"))
    assert (answer["outcome"], codes(answer)) == ("broken", ["custody_gap"])
    assert answer["registrant"]["name"] == "鑫联科技有限公司"
    assert [hop["gap_before"] for hop in answer["chains"][0]["hops"]] == [False, True]
    (gap,) = (finding["params"] for finding in answer["findings"])
    assert (gap["since"], gap["until"]) == (None, "2023-05-01")
    assert answer["leads"][0]["ask"]["name"] == "鑫联科技有限公司"


def test_a_day_of_registering_after_the_card_moved_on_is_told_and_is_no_inversion(tmp_path: Path) -> None:
    answer = told(tmp_path, REPLY.replace("2023-03-01", "2023-08-01"), SALE)
    assert (answer["outcome"], codes(answer)) == ("continuous", ["registered_later"])
    assert answer["findings"][0]["params"]["first_move"] == "2023-05-01"


@pytest.mark.parametrize(
    "title",
    [
        *("中国联通协查申请表", "中国联通协查请求单", "中国联通调证申请", "中国联通协查函", "中国联通调取证据通知书"),
        *("Vodafone Ltd - Request for subscriber information", "Vodafone Ltd - Notice u/s 94 BNSS: subscriber details"),
        *("中国联通 vs 中国移动 查询结果", "中国联通和中国移动查询结果", "中国联通、中国电信协查反馈"),
        "鑫联物联卡管理平台 卡号列表",
        "联通代理商老王 协查反馈",
        "中国联通合作伙伴分销平台",
        "移动电源公司管理平台",
        "客户资料",
        "中国联通云洲市分公司2023年度物联网卡销售台账",
    ],
)
def test_a_list_that_is_not_surely_a_carriers_own_registers_nobody(tmp_path: Path, title: str) -> None:
    answer = told(tmp_path, CONSOLE.replace("中国联通物联网连接管理平台 卡号列表", title))
    assert (answer["registrant"], answer["registrant_basis"]) == (None, None)
    assert [each["party"]["name"] for each in answer["card_lists"]] == ["鑫联科技有限公司"]


@pytest.mark.parametrize(
    "words",
    [
        "查询异常",
        "系统内无此用户",
        "请联系省公司",
        "见原件",
        "敏感客户",
        "Y",
        "N/A see original",
        "no record in our system",
    ],
)
def test_what_a_look_up_came_to_is_nobodys_name(tmp_path: Path, words: str) -> None:
    answer = told(tmp_path, f"中国联通协查结果,\nICCID,客户名称\n{CARD},{words}\n")
    assert (answer["registrant"], codes(answer)) == (None, ["unread_movement"])


@pytest.mark.parametrize(
    "receiver", ["张三拒收", "张三（借用）", "李四[待定]", "代张三", "c/o Ramesh Kumar", "Mohan Traders refused"]
)
def test_what_was_done_to_somebody_is_no_part_of_his_name(tmp_path: Path, receiver: str) -> None:
    answer = told(tmp_path, REPLY, SALE.replace("捷讯", receiver))
    assert (answer["holder"]["name"], codes(answer)) == ("鑫联科技有限公司", ["unread_movement"])


@pytest.mark.parametrize("user", ["激活失败", "自动", "见实名", "同登记人", "张三手机"])
def test_what_is_no_person_used_no_card(tmp_path: Path, user: str) -> None:
    answer = told(tmp_path, REPLY, f"激活时间,ICCID,使用人\n2024-03-01,{CARD},{user}\n")
    assert answer["end_user_basis"] != "named"
    assert [each["user"] for each in answer["activations"]] in ([None], [])


def test_headings_that_speak_of_agents_are_never_concluded_to_be_a_carriers_list(tmp_path: Path) -> None:
    answer = told(tmp_path, CONSOLE.replace("卡状态", "代理商").replace("已激活", "速达"))
    assert answer["registrant"] is None


def test_a_person_says_that_a_list_is_a_carriers_own_and_its_cards_say_which(tmp_path: Path) -> None:
    plain = CONSOLE.partition("\n")[2]
    assert told(tmp_path, plain)["registrant"] is None
    (tmp_path / "b").mkdir()
    answer = told(tmp_path / "b", plain, answers=["kind=登记"])
    hop = answer["chains"][0]["hops"][0]
    assert (hop["kind"], hop["document_basis"], hop["carrier_basis"]) == ("registration", "answer", "issuer")
    assert hop["from"]["id"] == "carrier:china-unicom"


def test_cards_of_two_issuers_leave_the_carrier_to_be_asked(tmp_path: Path) -> None:
    mixed = f"CMP平台 卡号列表,\nICCID,客户名称\n{CARD},鑫联科技有限公司\n{MOBILE},鑫联科技有限公司\n"
    answer = told(tmp_path, mixed)
    assert answer["registrant"] is None
    (tmp_path / "b").mkdir()
    answer = told(tmp_path / "b", mixed, answers=["carrier=中国移动"])
    assert answer["chains"][0]["hops"][0]["carrier_basis"] == "answer"


def test_a_mapping_may_say_which_branch_of_a_carrier_a_list_is_of(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yml"
    columns = "columns: {iccid: ICCID, party: 账户, date: 已发货日期}\nliterals: {carrier: 中国联通广东省分公司}\n"
    mapping.write_text(f"kind: registration\n{columns}", "utf-8")
    answer = told(tmp_path, f"ICCID,账户,已发货日期\n{CARD},鑫联科技有限公司,2024-02-26\n", mapping=mapping)
    hop = answer["chains"][0]["hops"][0]
    assert (hop["carrier_basis"], hop["date"], hop["from"]["name"]) == ("answer", "2024-02-26", "中国联通广东省分公司")


def test_a_mixed_list_beyond_its_first_rows_is_asked_too(tmp_path: Path) -> None:
    rows = "".join(f"{int(CARD) + number},鑫联科技有限公司\n" for number in range(200))
    answer = told(tmp_path, f"CMP平台 卡号列表,\nICCID,客户名称\n{rows}{MOBILE},鑫联科技有限公司\n", SALE)
    assert (answer["registrant"], answer["card_lists"]) == (None, []), "nothing of the sheet is recorded before"


def test_customers_who_may_be_anybody_of_their_name_join_nobody(tmp_path: Path) -> None:
    persons = f"中国联通协查结果,\nICCID,客户名称\n{CARD},张伟\n{OTHER},王**\n"
    sale = SALE.replace("鑫联科技有限公司", "张伟")
    answer = told(tmp_path, persons, sale)
    assert answer["registrant"]["id"].startswith("name:张伟#")
    assert answer["registrant"]["kind"] is None
    assert codes(answer) == ["custody_gap"], "that 张伟 passed it on nobody says"
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (other,) = case.trace(OTHER)
    assert other.registrant is not None
    assert other.registrant.id.startswith("name:王**#")


def test_a_card_of_a_reply_without_customer_is_one_of_a_list(tmp_path: Path) -> None:
    text = f"中国联通查询结果,,\nICCID,MSISDN,客户名称\n{CARD},1064612345671,\n"
    answer = told(tmp_path, text)
    assert (answer["found"], answer["registrant"]) == (True, None)
    assert answer["card"]["msisdn"] == ["1064612345671"]


def test_the_audit_counts_registered_cards_as_bought_without_a_month(tmp_path: Path) -> None:
    for name, text in (("a.csv", CONSOLE), ("b.csv", SALE)):
        (tmp_path / name).write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv", tmp_path / "b.csv")
        document = audit_document("", case.audit("鑫联科技有限公司"), "en")
    (audit,) = document["enterprises"]
    assert (audit["purchased"], audit["buckets"]["in_stock"], audit["buckets"]["resold"]) == (2, 1, 1)
    assert (audit["registered_only"], audit["by_month"][-1]) == (
        2,
        {"month": None, "purchased": 2, "resold": 0, "first_used": 0},
    )
    assert audit["days_to_first_transfer"] == {
        "cards": 2,
        "known": 0,
        "quarter": None,
        "median": None,
        "three_quarters": None,
    }


def test_the_author_of_a_reply_may_stand_in_a_letterhead_or_a_line(tmp_path: Path) -> None:
    branch = "中国联合网络通信有限公司云洲市分公司"
    for above in ([branch, "协查结果反馈单"], ["协查结果反馈单", f"反馈单位：{branch}"]):
        own = find_own_list([(row, [text]) for row, text in enumerate(above, 1)])
        assert own is not None
        assert own.carrier == branch
    assert find_own_list([(1, ["云洲市公安局"]), (2, [f"协查函 致：{branch}"])]) is None


@pytest.mark.parametrize("headings", ["ICCID,使用单位,卡状态", "ICCID,使用单位,证件号码"])
def test_whoever_is_said_to_use_a_card_is_nobodys_customer(tmp_path: Path, headings: str) -> None:
    text = f"中国联通物联网连接管理平台 卡号列表,,\n{headings}\n{CARD},鑫联科技有限公司,{CODE}\n"
    answer = told(tmp_path, text)
    assert (answer["found"], answer["registrant"], answer["end_user"], answer["chains"]) == (True, None, None, [])
    assert [each["party"] for each in answer["card_lists"]] == [None]
    with gt.open_case(tmp_path / "y.gtrace") as case:
        (sheet,) = case.load(tmp_path / "0.csv").files
    assert [column.field for column in sheet.columns][:2] == ["iccid", "declared_user"]


def test_the_customer_of_a_list_is_not_who_is_said_to_use_the_card(tmp_path: Path) -> None:
    text = f"中国联通查询结果,,\nICCID,使用单位,客户名称\n{CARD},云岭科技有限公司,鑫联科技有限公司\n"
    answer = told(tmp_path, text)
    assert (answer["registrant"]["name"], answer["end_user"]) == ("鑫联科技有限公司", None)


@pytest.mark.parametrize("heading", ["客户电话", "联系电话"])
def test_one_name_with_one_telephone_in_a_list_is_one_customer(tmp_path: Path, heading: str) -> None:
    rows = ["张伟,13900001111", "张伟,139 0000 1111", "张伟,13900002222", "王*,13900001111", "王*,", "王*,139****1111"]
    cards = [str(int(CARD) + number) for number in range(6)]
    lines = "".join(f"{card},{row}\n" for card, row in zip(cards, rows, strict=True))
    (tmp_path / "a.csv").write_text(f"中国联通查询结果,,\nICCID,客户名称,{heading}\n{lines}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        ids = [trace.registrant.id for trace in case.trace(*cards) if trace.registrant]
    assert (ids[0], len(set(ids)), ids[3].startswith("name:王*#")) == (ids[1], 5, True)


def test_the_telephone_of_a_customer_is_nobody_elses_of_his_name(tmp_path: Path) -> None:
    person = f"中国联通查询结果,,\nICCID,客户名称,客户电话\n{CARD},张伟,13900001111\n"
    answer = told(tmp_path, person, f"ICCID,转出方,转入方,转让日期\n{OTHER},张伟,捷讯,2023-05-01\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        pages = [answer_document("", case.party(name)) for name in ("name:张伟", answer["registrant"]["id"])]
    assert [[each["value"] for each in page["party"]["contacts"]] for page in pages] == [[], ["13900001111"]]


@pytest.mark.parametrize("headings", ["原客户,新客户,过户日期", "过户前机主,过户后机主,过户时间"])
def test_a_carriers_row_of_the_former_and_the_new_customer_is_a_transfer(tmp_path: Path, headings: str) -> None:
    row = f"{CARD},鑫联科技有限公司,云岭科技有限公司,2023-09-01"
    passed_on = f"中国联通查询结果,,,\nICCID,{headings}\n{row}\n"
    answer = told(tmp_path, CONSOLE, passed_on, CONSOLE.replace("鑫联科技有限公司", "云岭科技有限公司"))
    (chain,) = answer["chains"]
    assert [(hop["kind"], hop["to"]["name"], hop["date"]) for hop in chain["hops"]] == [
        ("registration", "鑫联科技有限公司", None),
        ("transfer", "云岭科技有限公司", "2023-09-01"),
    ]
    assert (answer["registrant"]["name"], codes(answer)) == ("鑫联科技有限公司", [])


def test_a_former_and_a_new_name_alone_may_be_one_customers(tmp_path: Path) -> None:
    row = f"{CARD},鑫联科技有限公司,云岭科技有限公司,2023-09-01"
    answer = told(tmp_path, CONSOLE, f"中国联通查询结果,,,\nICCID,原户名,新户名,更名日期\n{row}\n")
    assert [[hop["kind"] for hop in chain["hops"]] for chain in answer["chains"]] == [["registration"]]


LIST = f"ICCID,客户名称\n{CARD},鑫联科技有限公司\n"


@pytest.mark.parametrize(
    ("file", "text", "ground"),
    [
        ("客户资料.csv", LIST, "客户资料.csv"),
        ("a.csv", "业务受理清单,\n" + LIST, "业务受理清单"),
        ("a.csv", f"ICCID,客户名称,运营商\n{CARD},鑫联科技有限公司,中国联通\n", "运营商"),
        ("a.csv", LIST, None),
        ("代理商客户资料.csv", LIST, None),
        ("客户资料.csv", LIST.replace("客户名称", "使用人"), None),
    ],
)
def test_what_looks_like_a_carriers_own_list_is_asked_about(
    tmp_path: Path, file: str, text: str, ground: str | None
) -> None:
    (tmp_path / file).write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(tmp_path / file).files
        (trace,) = case.trace(CARD)
    asked = [(each.kind, each.choices, each.is_required) for each in sheet.asked]
    of_parties = ("transfer", ("transfer", "return", "registration", "activation", "usage", "card_list"), False)
    assert asked == [("registration", ("registration", "card_list"), False) if ground else of_parties]
    assert ground is None or (sheet.asked[0].text is not None and ground in sheet.asked[0].text.zh)
    assert (sheet.kinds, trace.registrant) == ({"card_list": 1}, None)


@pytest.mark.parametrize(("said", "basis"), [("registration", "registered"), ("card_list", None)])
def test_the_answer_whether_a_list_is_the_carriers_own_is_taken(tmp_path: Path, said: str, basis: str | None) -> None:
    (tmp_path / "客户资料.csv").write_text(LIST, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "客户资料.csv")
        report = case.load(tmp_path / "客户资料.csv", answers=[f"kind={said}"])
        (trace,) = case.trace(CARD)
    assert (report.files[0].asked, trace.registrant_basis) == ([], basis)
    assert report.unused == []


AGENT = "330102199001011234"
AGENTS = f"""中国联通协查结果反馈单
ICCID,客户名称,经办人,证件号码,开户日期
{CARD},星海智联科技有限公司,张三,{AGENT},2023-06-01
{OTHER},杭州捷讯通信有限公司,张三,{AGENT},2023-06-02
"""


def test_two_firms_with_one_agent_are_two_parties_and_his_id_is_that_of_neither(tmp_path: Path) -> None:
    sale = f"转出方,转入方,转让日期,ICCID\n星海智联科技有限公司,蓝讯数码店,2023-07-01,{OTHER}\n"
    answer = told(tmp_path, AGENTS, sale, card=OTHER)
    assert answer["registrant"]["id"] == "name:杭州捷讯通信有限公司"
    assert (answer["outcome"], codes(answer)[0]) == ("broken", "custody_gap")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (audit,) = audit_document("", case.audit("星海智联科技有限公司"), "en")["enterprises"]
    assert (audit["purchased"], audit["buckets"]["resold"]) == (1, 0)


def test_two_shops_that_one_person_runs_each_stand_by_the_name_of_their_own_records(tmp_path: Path) -> None:
    shops = AGENTS.replace(",经办人", "").replace(",张三", "")
    shops = shops.replace("星海智联科技有限公司", "蓝讯数码店").replace("杭州捷讯通信有限公司", "北川经营部")
    assert told(tmp_path, shops, card=OTHER)["registrant"]["name"] == "北川经营部"
    assert told(tmp_path, shops)["registrant"] == {"id": f"id:{AGENT}", "name": "蓝讯数码店", "kind": "person"}


def ended(*rows: str) -> str:
    return "中国联通协查结果反馈单\nICCID,客户名称,开户日期,销户日期\n" + "".join(f"{CARD},{row}\n" for row in rows)


def test_a_registration_that_the_reply_itself_ends_does_not_contradict_the_next(tmp_path: Path) -> None:
    both = ended("星海智联科技有限公司,2022-06-01,2022-12-01", "蓝讯数码店有限公司,2023-02-01,")
    used = f"ICCID,激活时间\n{CARD},2022-07-01\n"
    answer = told(tmp_path, both, used)
    assert (answer["outcome"], answer["registrant"]["name"]) == ("continuous", "蓝讯数码店有限公司")
    assert [(hop["to"]["name"], hop["date"]) for hop in answer["chains"][0]["hops"]] == [
        ("蓝讯数码店有限公司", "2023-02-01")
    ]
    found = {each["code"]: each["params"] for each in answer["findings"]}
    assert found["registration_ended"]["party"]["name"] == "星海智联科技有限公司"
    assert (found["registration_ended"]["date"], found["registration_ended"]["until"]) == ("2022-06-01", "2022-12-01")
    assert (answer["end_user"]["name"], answer["end_user_basis"]) == ("星海智联科技有限公司", "holder_that_day")


@pytest.mark.parametrize(
    "rows",
    [
        ("星海智联科技有限公司,2022-06-01,2023-03-01", "杭州捷讯通信有限公司,2023-02-01,"),
        ("星海智联科技有限公司,2022-06-01,", "杭州捷讯通信有限公司,2023-02-01,"),
        ("星海智联科技有限公司,2022-06-01,2022-12-01", "杭州捷讯通信有限公司,,"),
        ("星海智联科技有限公司,2022-06-01,不详", "杭州捷讯通信有限公司,2023-02-01,"),
    ],
)
def test_registrations_that_may_overlap_still_contradict_each_other(tmp_path: Path, rows: tuple[str, ...]) -> None:
    answer = told(tmp_path, ended(*rows))
    assert (answer["outcome"], answer["registrant"], codes(answer)[0]) == ("ambiguous", None, "multiple_registrants")


def test_a_customer_who_passed_the_card_on_stays_in_the_story_though_his_registration_ended(tmp_path: Path) -> None:
    both = ended("鑫联科技有限公司,2022-06-01,2022-12-01", "杭州捷讯通信有限公司,2023-02-01,")
    answer = told(tmp_path, both, SALE)
    assert answer["outcome"] == "ambiguous"
    assert {"multiple_registrants", "registration_ended"} <= {*codes(answer)}


def test_the_only_registration_is_told_to_have_ended(tmp_path: Path) -> None:
    answer = told(tmp_path, ended("星海智联科技有限公司,2022-06-01,2022-12-01"))
    assert (answer["outcome"], codes(answer)) == ("continuous", ["registration_ended"])


def test_that_a_number_was_passed_on_since_is_told_with_it(tmp_path: Path) -> None:
    answer = told(tmp_path, ended("星海智联科技有限公司,2022-06-01,2022-12-01").replace("销户", "过户"))
    assert codes(answer) == ["unread_movement"]
    params = answer["findings"][0]["params"]
    assert (params["heading"], params["text"]) == ("过户日期", "2022-12-01")


BRANCH = "中国移动通信集团广东有限公司广州分公司"


@pytest.mark.parametrize(
    "lines",
    [
        (
            "中国移动苏州分公司集团客户物联网卡批量开户清单",
            "集团客户名称：云岭物联科技有限公司    受理日期：2026-03-12",
        ),
        (
            "协助查询反馈单",
            f"{BRANCH}     反馈日期：2026年6月10日     文号：穗移协〔2026〕0611",
            "客户名称：云岭物联科技有限公司",
        ),
    ],
)
def test_the_branch_in_the_title_or_letterhead_registered_the_customer(desk: Desk, lines: tuple[str, ...]) -> None:
    head = "".join(f"{line},,\n" for line in lines)
    (read,) = desk.load(f"{head}ICCID,服务号码,开户时间\n{CARD},1064726010015,2026-03-12 14:00:00\n")
    assert (read["asked"], read["kinds"]) == ([], {"registration": 1})
    (chain,) = desk.trace(CARD).chains
    assert chain.endswith("分公司>云岭物联科技有限公司")


def test_the_number_beside_the_customer_above_the_table_is_his_and_takes_no_name_away(desk: Desk) -> None:
    head = f"{BRANCH},,\n协助查询反馈单,,\n客户名称：云岭物联科技有限公司,,\n证件号码：91320214MA27WD5C8H,,\n"
    desk.load(f"{head}ICCID,服务号码,开户时间\n{CARD},1064726010015,2026-03-12 14:00:00\n")
    registrant = desk.trace(CARD).json["registrant"]
    assert (registrant["name"], registrant["id"]) == ("云岭物联科技有限公司", "id:91320214MA27WD5C8H")


@pytest.mark.parametrize(
    "title", ["中国移动苏州开户清单", "中国移动苏州分公司代理商开户清单", "云岭物联中国移动苏州分公司开户清单"]
)
def test_whose_list_of_registrations_it_is_is_asked_where_no_branch_or_somebody_else_is_named(
    desk: Desk, title: str
) -> None:
    text = f"{title},,\n客户名称：云岭物联科技有限公司,,\nICCID,服务号码,开户时间\n{CARD},1064726010015,2026-03-12\n"
    desk.load(text)
    assert desk.trace(CARD).chains == []


USED = (
    f"中国联通协查结果反馈单,\n查询号码,{CARD}\n客户名称,鑫联科技有限公司\n入网时间,2023-05-16\n激活时间,2023-05-17\n"
)


def test_a_row_that_was_not_read_before_a_registration_keeps_its_customer_from_being_presumed(tmp_path: Path) -> None:
    sale = f"ICCID,转出方,转入方,转让日期\n{CARD},捷讯,***,2023-05-15\n"
    (tmp_path / "with").mkdir()
    alone, answer = told(tmp_path, USED), told(tmp_path / "with", USED, sale)
    assert (alone["end_user"]["name"], alone["end_user_basis"]) == ("鑫联科技有限公司", "holder_that_day")
    assert (answer["registrant"]["name"], answer["end_user"]) == ("鑫联科技有限公司", None)


def test_of_a_presumed_user_who_was_registered_alone_no_holding_is_told(desk: Desk) -> None:
    desk.load(USED)
    for lang, held, registered in (
        ("en", "held the card on", "registered customer"),
        ("zh", "持有此卡", "为其登记客户"),
    ):
        text = "".join(desk.run("trace", CARD, "--case", desk.case, "--lang", lang).out.split())
        assert "".join(registered.split()) in text
        assert "".join(held.split()) not in text
