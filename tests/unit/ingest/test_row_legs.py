"""Rows that say several things of their cards: proposed by their headings, read as a person answers."""

from __future__ import annotations

import pytest

from graphtrace.errors import MappingError, NeedsAnswer
from graphtrace.identifiers import luhn_digit
from graphtrace.ingest.given_answers import parse_answers
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.row_legs import propose_legs
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

BODIES = [f"898606276{n:02}5988329{n % 7}" for n in range(10, 20)]
CARDS = [f"{body}{luhn_digit(body)}" for body in BODIES]
LEVELS = ("ICCID", "开卡主体", "一级代理", "一级提卡日期", "二级代理", "二级提卡日期", "备注")
ROWS = (
    (CARDS[0], "成都锐达车联科技有限公司", "成都星网信息咨询部", "20240110", "蒋海龙", "20240118", None),
    (CARDS[1], "成都锐达车联科技有限公司", "何芳", "20240222", None, None, None),
    (CARDS[2], "成都锐达车联科技有限公司", "何芳", "20240222", "蒋海龙", None, None),
)
CHAIN = "[开卡主体]→[一级代理]@[一级提卡日期]; [一级代理]→[二级代理]@[二级提卡日期]"

SWAPS = (
    *("RMA No", "Customer", "Old SIM ICCID", "Supplied to customer on"),
    *("Old SIM recd back on", "New SIM ICCID", "New SIM sent on"),
)
SWAPPED = ("RMA/031", "Shree Sai Roadlines", CARDS[5], "08-Apr-25", "02-Jun-25", CARDS[1], "04-Jun-25")
AWAITED = ("RMA/032", "Mehul Patel", CARDS[6], "30-May-25", None, CARDS[3], "07-Jul-25")
OF_SWAPS = (
    "Trinetra Telematics Pvt Ltd→[Customer]@[Supplied to customer on]#[Old SIM ICCID]; "
    "return:[Customer]→Trinetra Telematics Pvt Ltd@[Old SIM recd back on]#[Old SIM ICCID]; "
    "Trinetra Telematics Pvt Ltd→[Customer]@[New SIM sent on]#[New SIM ICCID]"
)


def moves(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return sorted(tuple(each[name] for name in ("row", "kind", "sender_name", "receiver_name")) for each in loaded)


def offered(parser: object) -> list[str]:
    assert isinstance(parser, SheetParser)
    return [offer.value for question in parser.questions for offer in question.offers]


def test_levels_with_a_day_each_are_asked_about_and_no_leg_is_stated_before() -> None:
    loaded, parser = read_rows(LEVELS, *ROWS)
    assert {each["kind"] for each in loaded} == {"card_list"}
    assert offered(parser) == [CHAIN]


def test_each_leg_is_a_record_of_its_own_with_its_day() -> None:
    loaded, parser = read_both_ways(LEVELS, *ROWS, answers={"kind": CHAIN})
    assert moves(loaded) == [
        (2, "transfer", "成都星网信息咨询部", "蒋海龙"),
        (2, "transfer", "成都锐达车联科技有限公司", "成都星网信息咨询部"),
        (3, "transfer", "成都锐达车联科技有限公司", "何芳"),
        (4, "transfer", "成都锐达车联科技有限公司", "何芳"),
    ]
    assert len({(each["row"], each["first_day"]) for each in loaded}) == 4
    # of a leg with a party and without a day the row is told
    assert parser.unread.select("row", "field", "reason").rows() == [(4, "date", "missing_field")]
    assert parser.answered == {"kind": CHAIN}
    fields = {each.heading: each.field for each in parser.columns}
    assert [fields[name] for name in LEVELS] == ["iccid", "from", "from", "date", "to", "date", None]


def test_a_card_that_came_back_and_the_one_sent_for_it_have_their_own_legs() -> None:
    title = ("Trinetra Telematics Pvt Ltd, Bhosari - SIM replacement (RMA) log", *[None] * 6)
    loaded, parser = read_rows(title, SWAPS, SWAPPED, AWAITED)
    assert {each["kind"] for each in loaded} == {"card_list"}
    assert offered(parser) == [OF_SWAPS]
    loaded, parser = read_both_ways(title, SWAPS, SWAPPED, AWAITED, answers={"kind": OF_SWAPS})
    keeper, customer = "Trinetra Telematics Pvt Ltd", "Shree Sai Roadlines"
    assert moves(loaded) == [
        (3, "return", customer, keeper),
        (3, "transfer", keeper, customer),
        (3, "transfer", keeper, customer),
        (4, "transfer", keeper, "Mehul Patel"),
        (4, "transfer", keeper, "Mehul Patel"),
    ]
    assert not parser.rejects
    assert parser.places["by_person"] == ["from", "to"]
    assert parser.places["said"] == {"transfer": {"from": keeper}, "return": {"to": keeper}}


@pytest.mark.parametrize(
    "headings",
    [
        ("ICCID", "来料供应商", "来料日期", "退往单位", "退料日期"),
        ("ICCID", "使用人", "领用日期", "保管人", "归还日期"),
        ("ICCID", "甲方", "日期一", "乙方", "日期二", "丙方"),
    ],
)
def test_no_legs_are_proposed_where_it_is_open_who_got_the_cards(headings: tuple[str, ...]) -> None:
    rows = [(CARDS[0], "王志强", "2024-01-02", "李建国", "2024-02-03", "赵晓明")[: len(headings)]]
    texts = dict(zip(headings, rows[0], strict=True))
    names = [name for name, text in texts.items() if not text[0].isdigit()]
    assert propose_legs(headings, {name: [text] for name, text in texts.items()}, names, "云岭") is None


def test_a_leg_of_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(MappingError):
        read_rows(
            LEVELS, *ROWS, answers={"kind": "[开卡主体]→[一级代理]@[提卡日]; [一级代理]→[二级代理]@[二级提卡日期]"}
        )
    (answer,) = parse_answers([f"kind={CHAIN}"])
    assert answer.value == CHAIN


ORDERS: list[Row] = [
    ("Order Number", "Order Date", "Customer Name", "Shipping City", "Status", "Return Date", "Serial No."),
    ("1001", "2026-02-02 08:41", "Ngozi Okafor", "Enugu", "Delivered", None, "89234308076464750205"),
    ("1002", "2026-02-14 07:55", "Femi Ogunleye", "Ibadan", "Returned", "2026-02-20", "89234304515016342023"),
    ("1003", "2026-02-15 07:55", "Blessing Etim", "Uyo", "Canceled", None, "89234303068012585493"),
]


def test_orders_with_a_day_of_return_are_asked_about_as_both() -> None:
    _, parser = read_rows(*ORDERS)
    (asked,) = parser.questions
    assert asked.field == "kind"
    assert asked.forms == ("…→[Customer Name]@[Order Date]; return:[Customer Name]→…@[Return Date]",)
    assert set(parser.unread["row"]) == {2, 3, 4}


def test_of_an_order_that_came_back_both_the_sale_and_the_return_are_read_each_on_its_day() -> None:
    answer = "Tobex→[Customer Name]@[Order Date]; return:[Customer Name]→Tobex@[Return Date]"
    loaded, parser = read_rows(*ORDERS, answers={"kind": answer})
    found = [
        (each["row"], each["kind"], each["sender_name"], each["receiver_name"], format_day(each["first_day"]))
        for each in loaded
        if each["kind"] != "card_list"
    ]
    assert found == [
        (2, "transfer", "Tobex", "Ngozi Okafor", "2026-02-02"),
        (3, "return", "Femi Ogunleye", "Tobex", "2026-02-20"),
        (3, "transfer", "Tobex", "Femi Ogunleye", "2026-02-14"),
    ]
    assert set(parser.unread["row"]) == {4}


def test_a_return_of_which_the_sale_is_not_read_tells_of_it() -> None:
    loaded, parser = read_rows(*ORDERS, answers={"to": "Tobex"})
    assert (3, "return") in [(each["row"], each["kind"]) for each in loaded]
    told = parser.unread.filter(parser.unread["row"] == 3)
    assert "2026-02-14 07:55" in told["text"].to_list()


STOCK: list[Row] = [
    ("Tobex Phones - SIM STOCK 2026", *[None] * 7),
    ("SIM serial", "Received", "Received from", "Sold", "Sold to", "Price", "Came back", "Remarks"),
    ("89234308076464750205", "12/05/26", "Zuma Tracking", "18/05/26", "Ngozi Okafor", "700", None, "cash"),
    ("89234308076464750213", '"', '"', None, None, None, None, None),
    ("89234515016342023014", "03/06/26", "Zuma Tracking", "14/06/26", "Femi Ogunleye", "600", "20/06/26", "refunded"),
    ("89234515016342023014", "-", "-", "25/06/26", "Blessing Etim", "600", None, "re-sold"),
    ("89234515016342023022", '"', '"', None, None, None, None, None),
]
OF_STOCK = "[Received from]→{0}@[Received]; {0}→[Sold to]@[Sold]; return:[Sold to]→{0}@[Came back]"


def dated(loaded: list[dict[str, object]]) -> set[tuple[object, ...]]:
    return {
        (each["row"], each["kind"], each["sender_name"], each["receiver_name"], format_day(day))
        for each in loaded
        if isinstance(day := each["first_day"], int)
    }


def test_headings_that_pair_days_and_sides_by_their_verb_are_read_as_legs_of_whose_list_a_title_says_it_is() -> None:
    loaded, parser = read_both_ways(*STOCK)
    assert dated(loaded) == {
        (3, "transfer", "Zuma Tracking", "Tobex Phones", "2026-05-12"),
        (3, "transfer", "Tobex Phones", "Ngozi Okafor", "2026-05-18"),
        # a mark for what stands above is filled before a row becomes several
        (4, "transfer", "Zuma Tracking", "Tobex Phones", "2026-05-12"),
        (5, "transfer", "Zuma Tracking", "Tobex Phones", "2026-06-03"),
        (5, "transfer", "Tobex Phones", "Femi Ogunleye", "2026-06-14"),
        (5, "return", "Femi Ogunleye", "Tobex Phones", "2026-06-20"),
        (6, "transfer", "Tobex Phones", "Blessing Etim", "2026-06-25"),
    }
    # as above a dash is a dash
    assert [(each.row, each.reason) for each in parser.rejects] == [(7, "missing_field")]
    assert not parser.questions
    # no person said it: it is remarked as concluded
    assert parser.answered == {}
    assert "by_person" not in parser.places
    assert parser.places["said"]["return"] == {"to": "Tobex Phones"}
    (said,) = [each for each in parser.remarks if each.reason == "legs_concluded"]
    assert (said.field, said.value) == ("kind", OF_STOCK.format("Tobex Phones"))


@pytest.mark.parametrize("answers", [{}, {"date_order": "dmy"}])
def test_of_such_headings_nothing_is_read_before_a_person_says_whose_list_it_is(answers: dict[str, str]) -> None:
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*STOCK[1:], answers=answers)
    assert caught.value.fields == ("kind",)
    assert caught.value.forms == (OF_STOCK.format("…"),)
    loaded, parser = read_both_ways(*STOCK[1:], answers={"kind": OF_STOCK.format("Tobex")})
    assert (4, "return", "Femi Ogunleye", "Tobex", "2026-06-20") in dated(loaded)
    assert parser.places["by_person"] == ["from", "to"]


PARCELS = ("序号", "寄方公司", "寄方姓名", "收方公司", "收方姓名", "寄件时间", "寄方备注")
OF_PARCELS = "[寄方公司]→[收方公司]@[寄件时间]#[寄方备注]"


def parcel(number: int, to: str | None, said: str) -> tuple[str | None, ...]:
    return (str(number), "云芯物联科技有限公司", "段海波", to, "秦立冬", "2025-05-16 11:05", said)


def test_where_no_firm_got_a_parcel_the_person_beside_it_did_and_a_return_goes_the_way_of_the_parcel() -> None:
    firm = "讯达通信设备有限公司"
    rows = (
        parcel(1, firm, CARDS[0]),
        parcel(2, "个人", CARDS[1]),
        parcel(3, None, CARDS[2]),
        parcel(4, firm, f"退货 {CARDS[3]}"),
        parcel(5, firm, f"退卡：{CARDS[4]}"),
    )
    loaded, parser = read_both_ways(PARCELS, *rows, answers={"kind": OF_PARCELS})
    sender = "云芯物联科技有限公司"
    assert moves(loaded) == [
        (2, "transfer", sender, firm),
        (3, "transfer", sender, "秦立冬"),
        (4, "transfer", sender, "秦立冬"),
        (5, "return", sender, firm),
        (6, "return", sender, firm),
    ]
    assert parser.rejects == []


def test_what_a_cell_says_beside_its_card_is_quoted_at_the_card() -> None:
    said = f"{CARDS[0]} 放前台小周处"
    row = parcel(1, "讯达通信设备有限公司", said)
    loaded, parser = read_both_ways(PARCELS, row, answers={"kind": OF_PARCELS})
    assert loaded == []
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "words_beside_card", said)]
