"""Questions offer answers that lead somewhere, and name columns of their own sheet alone."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import AnswerContradicts, NeedsAnswer
from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.by_content import Layout, layout_by_content
from graphtrace.ingest.given_answers import parse_answers
from graphtrace.ingest.sheet_evidence import read_evidence, with_offers
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.locale import LANGS
from graphtrace.render.format import format_question
from graphtrace.results.load_report import SheetReport
from graphtrace.results.reports import OpenQuestion

from .sheets import Row, read_all, read_rows, sheet_of

CARDS = [body + luhn_digit(body) for body in (f"898606253002102{n:04}" for n in range(3))]


def read(tmp_path: Path, head: str, *rows: str, answers: list[str] | None = None) -> SheetReport:
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(tmp_path / "a.csv", answers=answers or []).files
    return sheet


def columns_in(text: str) -> set[str]:
    return set(re.findall(r"\[([^\[\]]+)\]", text))


def test_no_clerk_remark_or_column_without_heading_is_offered_as_a_side(tmp_path: Path) -> None:
    head = "ICCID,出库日期,出库人,验收,备注,客户甲方,"
    rows = [f"{card},2024-03-0{n},小陈,阿芬,张三,李四海,王五" for n, card in enumerate(CARDS, 1)]
    sheet = read(tmp_path, head, *rows, answers=["kind=transfer"])
    assert {question.field for question in sheet.asked} >= {"from"}
    assert not {"出库人", "验收", "备注", "G"} & {*sheet.evidence.of_names}


def test_how_rows_may_be_said_names_columns_of_the_sheet_alone(tmp_path: Path) -> None:
    for head, heads in (("Dealer", {"Dealer", "Date"}), ("Beat", set())):
        (tmp_path / head).mkdir()
        rows = [f"{card},2024-03-0{n},{'Om Sai Mobile Ltd' if heads else '-'}" for n, card in enumerate(CARDS, 1)]
        sheet = read(tmp_path / head, f"ICCID,Date,{head}", *rows)
        assert sheet.error is not None
        assert sheet.error.code == "unknown_kind"
        assert columns_in(sheet.error.hint) == heads


def test_the_question_for_a_day_offers_the_columns_of_days(tmp_path: Path) -> None:
    rows = [
        f"{card},YT74410000{n}0,{name},2024-05-0{n}"
        for n, (card, name) in enumerate(zip(CARDS, "甲乙丙", strict=True), 1)
    ]
    sheet = read(tmp_path, "卖家备注,物流单号,收货人姓名,订单付款时间", *rows, answers=["kind=transfer"])
    assert ({question.field for question in sheet.asked}, sheet.evidence.of_days) == (
        {"from", "date"},
        ("订单付款时间",),
    )


def test_that_the_cards_of_parcels_changed_hands_is_offered_with_the_sides(tmp_path: Path) -> None:
    rows = [f"SF123456789012{n},张三丰,李四海,2024-03-0{n},卡 {card}" for n, card in enumerate(CARDS, 1)]
    sheet = read(tmp_path, "运单号,寄件人,收件人,寄件日期,托寄物说明", *rows)
    (asked,) = (question for question in sheet.asked if question.field == "kind")
    assert "transfer" not in asked.choices
    assert columns_in(asked.choices[0]) == {"寄件人", "收件人", "寄件日期", "托寄物说明"}
    (tmp_path / "x.gtrace").rename(tmp_path / "y.gtrace")
    sheet = read(
        tmp_path,
        "运单号,寄件人,收件人,寄件日期,托寄物说明",
        *rows,
        answers=[f"kind={asked.choices[0]}"],
    )
    assert ("transfer" in sheet.kinds, sheet.loaded) == (True, 3)


def test_that_the_cards_of_parcels_without_a_giver_changed_hands_asks_for_him(tmp_path: Path) -> None:
    head = "订单编号,收货人姓名,订单付款时间,物流单号,卖家备注"
    rows = [f"21308817726500{n},邹兰英,2024-05-0{n},YT74410000{n}0,发卡 {card}" for n, card in enumerate(CARDS, 1)]
    (asked,) = (question for question in read(tmp_path, head, *rows).asked if question.field == "kind")
    assert "transfer" in asked.choices
    (tmp_path / "x.gtrace").rename(tmp_path / "y.gtrace")
    sheet = read(tmp_path, head, *rows, answers=["kind=transfer"])
    assert {question.field for question in sheet.asked} == {"from", "date"}


GIVEN = ("SIM serial given out", "Collected by")
TILL: list[Row] = [
    (*("Receipt No.", "Completion Time", "Details", "Transaction Status", "Paid In", "Withdrawn", "Balance"), *GIVEN),
    *(
        (
            f"UE{n}",
            f"2026-05-0{n} 10:22:13",
            f"Merchant Payment from 25471{n}***326 - {name}",
            "Completed",
            "1200",
            None,
            "1200",
            card,
            by,
        )
        for n, (card, name, by) in enumerate(
            [
                ("89254023098806257899", "BRIAN OTIENO OKOTH", "self"),
                ("89254033286171902771", "HASSAN ABDI", "Mercy Wanjiru Kamau (Hassan paid for her)"),
            ],
            1,
        )
    ),
]


def test_of_cards_in_payments_the_column_is_offered_whose_heading_says_who_got_them() -> None:
    heads = ("Receipt No.", "Date", "Payer", "Payee", "Amount", *GIVEN)
    parser = open_sheet_parser(
        sheet_of(heads, ("UE1", "2026-05-01", "Hassan Abdi", "Pamoja Ltd", "1200", TILL[1][7], "Mercy Kamau")),
        as_kind="payment",
    )
    list(parser.frames())
    (asked,) = [each for each in parser.questions if each.field == "kind"]
    assert asked.text is not None
    assert "→[Collected by]" in asked.forms[0]


def test_an_answer_that_names_another_column_than_the_heading_says_is_refused_and_one_that_names_it_is_taken() -> None:
    answers = {"kind": "transfer", "from": "Pamoja", "to": "[Details]", "date": "[Completion Time]"}
    with pytest.raises(AnswerContradicts):
        read_rows(*TILL, answers=answers)
    _, parser = read_rows(*TILL, answers={**answers, "to": "[Collected by]"})
    assert parser.answered.keys() >= {"kind", "from", "to", "date"}
    loaded = read_all(open_sheet_parser(sheet_of(*TILL), answers=answers, insisted=("to",)))
    assert {each["receiver_name"] for each in loaded if each["kind"] == "transfer"} <= {row[2] for row in TILL}


def test_a_remark_in_brackets_of_what_somebody_did_is_no_part_of_his_name() -> None:
    names = ("Mercy Wanjiru Kamau (Hassan paid for her, she picked the SIM)", "Hitesh Arora (walk-in)", "Star (Nagpur)")
    assert [normalize_party_name(name) for name in names] == ["mercywanjirukamau", "hitesharora", "star(nagpur)"]


@pytest.mark.parametrize("heading", ["My item note", "Seller notes", "Misc 2"])
def test_the_column_of_the_cards_that_orders_only_count_is_read_or_asked_for(heading: str) -> None:
    heads = ("Order number", "Buyer name", "Item title", "Quantity", "Dispatched on date", heading)
    numbers = ("89443092188491372379", "89443086346028604874", "89443067116770004992")
    rows = (
        ("83-1", "Darren Whitlock", "Roaming IoT SIM card", "1", "04-Mar-26", f"SIM {numbers[0]}"),
        ("99-2", "Simi Oyelaran", "Roaming IoT SIM card", "2", "06-Mar-26", f"SIMs {numbers[1]} + {numbers[2]}"),
    )
    loaded, parser = read_rows(heads, *rows, answers={"from": "northmere"})
    if not loaded:
        (asked,) = parser.questions
        assert (asked.field, asked.choices) == ("iccid", (f"[{heading}]",))
        loaded, parser = read_rows(heads, *rows, answers={"from": "northmere", "iccid": f"[{heading}]"})
    assert (heading == "Misc 2") == ("iccid" in parser.answered)
    found = sorted((each["receiver_name"], each["first"] % 10**5) for each in loaded if each["kind"] == "transfer")
    assert [name for name, _ in found] == ["Darren Whitlock", "Simi Oyelaran", "Simi Oyelaran"]


@pytest.mark.parametrize(
    ("heads", "name", "named", "offered"),
    [
        (("ICCID", "Customer Name", "Plan"), "Anil Traders", ["Customer Name"], "…→[Customer Name]"),
        (("ICCID", "Full Name", "MSISDN"), "Ann Otieno", ["Full Name"], "…→[Full Name]"),
        (("卡号", "使用人", "部门"), "张伟", ["使用人"], "…→[使用人]"),
        (("ICCID", "客户名称", "套餐"), "安顺商贸有限公司", ["客户名称"], "…→[客户名称]"),
    ],
)
def test_what_happened_to_cards_beside_which_somebody_stands_is_asked(
    heads: Row, name: str, named: list[str], offered: str
) -> None:
    _, parser = read_rows(heads, *[(card, name, "919812345678") for card in CARDS[:2]])
    (asked,) = parser.questions
    assert (asked.field, asked.is_required, asked.text is not None) == ("kind", False, True)
    assert asked.text is not None
    assert all(each in asked.text.en for each in named)
    assert offered in asked.forms
    assert all(f"kind={offered}" in format_question(asked, lang) for lang in LANGS)
    _, parser = read_rows(heads, *[(card, name, "919812345678") for card in CARDS[:2]], answers={"kind": "card_list"})
    assert parser.questions == []


@pytest.mark.parametrize("heads", [("ICCID", "Plan", "MSISDN"), ("卡号", "套餐", "激活状态")])
def test_a_list_of_cards_that_names_nobody_asks_nothing(heads: Row) -> None:
    _, parser = read_rows(heads, *[(card, "10M", "919812345678") for card in CARDS[:2]])
    assert parser.questions == []


def test_a_title_of_sales_above_a_list_of_customers_asks_between_whom() -> None:
    titled = ("SALES REGISTER - Shree Balaji Telelinks", None, None)
    _, parser = read_rows(titled, ("Date", "ICCID", "Customer"), ("2024-03-04", CARDS[0], "Anil Traders"))
    (asked,) = parser.questions
    assert asked.text is not None
    assert titled[0] in asked.text.en


def test_whoever_gave_back_is_not_proposed_as_the_giver_of_what_was_given_out() -> None:
    rows = [("2024-03-04", CARDS[0], "张伟", "2024-03-20", "张伟"), ("2024-03-05", CARDS[1], "李强", None, None)]
    _, parser = read_rows(("日期", "ICCID", "领用人", "归还日期", "归还人"), *rows)
    (asked,) = parser.questions
    assert asked.text is not None
    assert all("[归还人]→[领用人]" not in form for form in asked.forms)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("transfer", ("from", "date")),
        ("return", ("to", "date")),
        ("activation", ("date",)),
        ("seizure:[Customer Name]", ("date",)),
    ],
)
def test_each_answer_that_a_list_with_names_offers_is_taken_and_asks_for_what_it_lacks(
    answer: str, missing: tuple[str, ...]
) -> None:
    rows: list[Row] = [("ICCID", "Customer Name", "Plan"), *[(card, "Anil Traders", "10M") for card in CARDS[:2]]]
    answers = {each.field: each.value for each in parse_answers([f"kind={answer}"])}
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows, answers=answers)
    assert (caught.value.event, caught.value.fields) == (answer.partition(":")[0], missing)


AGENTS = ("序号", "ICCID起始", "ICCID结束", "出库时间", "代理商名称")
SENT = [(str(n), card, card, f"2025-03-1{n}", "聚点数码经营部") for n, card in enumerate(CARDS, 1)]


@pytest.mark.parametrize(
    ("kind", "title", "giver", "taker"),
    [
        (
            "transfer",
            "鹭江星途通信技术有限公司-代理订货平台",
            (["鹭江星途通信技术有限公司"], ()),
            ([], ("代理商名称",)),
        ),
        ("transfer", None, ([], ("代理商名称",)), ([], ("代理商名称",))),
        (
            "return",
            "鹭江星途通信技术有限公司",
            (["鹭江星途通信技术有限公司"], ("代理商名称",)),
            (["鹭江星途通信技术有限公司"], ()),
        ),
    ],
)
def test_the_firm_of_a_title_may_have_passed_on_what_agents_got(
    kind: str, title: str | None, giver: tuple[list[str], tuple[str, ...]], taker: tuple[list[str], tuple[str, ...]]
) -> None:
    above: list[Row] = [] if title is None else [(title, None, None, None, None)]
    evidence = read_evidence(sheet_of(*above, AGENTS, *SENT), "a.csv", len(above) + 1, AGENTS, AGENTS[:4])
    for field, expected in (("from", giver), ("to", taker)):
        asked = with_offers(OpenQuestion(field=field, kind=kind, rows=3), evidence)
        assert ([offer.value for offer in asked.offers if offer.because == "title"], asked.columns) == expected


def test_of_agents_beside_days_of_coming_in_and_going_out_only_the_giver_is_asked(tmp_path: Path) -> None:
    rows = [f"{','.join(row)},2025-02-27" for row in SENT]
    sheet = read(tmp_path, f"{','.join(AGENTS)},入库时间", *rows)
    assert [question.field for question in sheet.asked] == ["from"]


def test_the_words_by_which_a_writer_means_his_own_firm_are_no_name() -> None:
    lines = (
        "关于我公司物联网卡去向的情况说明",
        "我公司云栾市蓝鲸共享充电科技有限公司办理物联网卡100张，均登记在我公司名下",
    )
    rows = [("日期", "接收单位", "卡号"), *(("2025-03-01", "北岐数码店", card) for card in CARDS)]
    evidence = read_evidence(sheet_of(*((line, None, None) for line in lines), *rows), "情况说明.docx", 3, rows[0])
    named = {offer.value for _, offer in evidence.keepers if offer.because == "title"}
    assert named == {"云栾市蓝鲸共享充电科技有限公司"}


def test_a_line_that_begins_with_a_day_is_no_row_of_headings() -> None:
    rows = (
        ("4.12", "卡立得又划来8张 还没付钱"),
        *((f"4.{day}", f"{card} 卖给钟小曼 40") for day, card in enumerate(CARDS, 18)),
    )
    assert layout_by_content([*enumerate(rows, 1)]) == Layout(0, {"iccid": 1, "date": 0})
    heads = (("什么时候", "记了什么"), *rows[1:])
    assert layout_by_content([*enumerate(heads, 1)]) == Layout(1, {"iccid": 1})


def test_a_mail_of_what_was_sent_offers_who_signed_it_and_whom_it_addresses(tmp_path: Path) -> None:
    heads = ("发货日期", "起始ICCID", "结束ICCID", "数量")
    row = ("7/15", "89860924011273400011", "89860924011273401506", "150")
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in (heads, row))
    message = EmailMessage()
    message["Subject"], message["Date"] = "发货通知", "Tue, 23 Jul 2024 10:12:05 +0800"
    message.set_content(
        "<html><body><div><div>北岐菜单有限公司</div></div><div>您好！</div>"
        "<div>贵司（云栾链卡通信技术有限公司）7月订购的联通物联卡，<span>发货情况如下</span>：</div>"
        f"<table>{cells}</table><div>收到后请回签收单。</div><div>--</div>"
        "<div>合岐禾芯物联科技有限公司　商务部　崔晓燕</div></body></html>",
        subtype="html",
    )
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(tmp_path / "a.eml").files
    offered = {question.field: [offer.value for offer in question.offers] for question in sheet.asked}
    sender, receiver = "合岐禾芯物联科技有限公司", "云栾链卡通信技术有限公司"
    assert offered == {"from": [sender], "to": [receiver, sender]}
