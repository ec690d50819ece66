"""Ledgers of dealers that name from whom cards came and to whom they went on: the keeper stands between."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

CARD = "898606253002102{:04d}".format
CAME, WENT = "2024-02-01", "2024-03-01"
KEEPER = {"keeper": "王五"}


def read(*rows: Row, **options: Any) -> tuple[list[tuple[object, ...]], SheetParser]:
    """Return row, sides and day of each statement, read in both ways, which may not differ."""
    loaded, parser = read_both_ways(*rows, **options)
    assert {each["kind"] for each in loaded} <= {"transfer"}
    told = [(each["row"], each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded]
    return sorted(told, key=lambda each: (each[0], each[3], each[1] == "王五")), parser


LEDGERS = [
    (("日期", "上家", "下家", "ICCID"), (WENT, "甲", "李四", CARD(1)), (WENT, "甲", None, CARD(2)), WENT),
    (
        ("ICCID", "进货日期", "上家", "出货日期", "下家"),
        (CARD(1), CAME, "甲", WENT, "李四"),
        (CARD(2), CAME, "甲", None, None),
        CAME,
    ),
    (
        ("ICCID", "入库日期", "供货方", "出库日期", "收货方"),
        (CARD(1), CAME, "甲", WENT, "李四"),
        (CARD(2), CAME, "甲", None, None),
        CAME,
    ),
    (
        ("我从谁那里买的", "买入时间", "我卖给了谁", "卖出时间", "卡号"),
        ("甲", CAME, "李四", WENT, CARD(1)),
        ("甲", CAME, None, None, CARD(2)),
        CAME,
    ),
    (
        ("拿货日期", "上家", "卡号", "下家", "出货日期"),
        (CAME, "甲", CARD(1), "李四", WENT),
        (CAME, "甲", CARD(2), None, None),
        CAME,
    ),
]


@pytest.mark.parametrize(("heads", "sold", "kept", "came"), LEDGERS)
def test_the_keeper_stands_between_the_sides_that_a_row_names(heads: Row, sold: Row, kept: Row, came: str) -> None:
    told, parser = read(heads, sold, kept, answers=KEEPER)
    assert told == [(2, "甲", "王五", came), (2, "王五", "李四", WENT), (3, "甲", "王五", came)]
    assert (parser.rejects, parser.answered, parser.questions) == ([], KEEPER, [])
    told, _ = read(heads, sold, kept, answers=KEEPER, as_kind="transfer")
    assert len(told) == 3


@pytest.mark.parametrize(("heads", "sold", "kept", "came"), LEDGERS)
def test_who_keeps_such_a_ledger_is_asked_and_nothing_is_recorded_before(
    heads: Row, sold: Row, kept: Row, came: str
) -> None:
    for options in ({}, {"as_kind": "transfer"}):
        with pytest.raises(NeedsAnswer) as asked:
            read(heads, sold, kept, **options)
        assert asked.value.fields == ("keeper",), came


def test_a_sale_whose_buyer_has_no_day_is_told_and_not_recorded() -> None:
    told, parser = read(LEDGERS[1][0], (CARD(1), CAME, "甲", None, "李四"), answers=KEEPER)
    assert told == [(2, "甲", "王五", CAME)]
    assert parser.unread.select("kind", "reason", "field").rows() == [("transfer", "missing_field", "date")]


@pytest.mark.parametrize(
    "heads",
    [
        ("日期", "上级代理", "下级代理", "ICCID"),
        ("出库日期", "供货方", "收货方", "ICCID"),
        ("日期", "转出方", "转入方", "ICCID"),
    ],
)
def test_other_sides_hand_over_to_each_other(heads: Row) -> None:
    told, _ = read(heads, (WENT, "甲", "李四", CARD(1)))
    assert told == [(2, "甲", "李四", WENT)]


def test_what_came_back_of_such_a_sale_came_back_to_the_keeper() -> None:
    heads = (*LEDGERS[1][0], "退货日期")
    loaded, _ = read_rows(heads, (CARD(1), CAME, "甲", WENT, "李四", "2024-04-01"), answers=KEEPER)
    told = [
        (each["kind"], each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded
    ]
    assert sorted(told) == [
        ("return", "李四", "王五", "2024-04-01"), ("transfer", "王五", "李四", WENT), ("transfer", "甲", "王五", CAME),
    ]  # fmt: skip


@pytest.mark.parametrize("nobody", ["无", "none"])
def test_a_person_can_say_that_nobody_stands_between(nobody: str) -> None:
    for options in ({}, {"as_kind": "transfer"}):
        told, parser = read(LEDGERS[0][0], LEDGERS[0][1], answers={"keeper": nobody}, **options)
        assert (told, parser.answered) == ([(2, "甲", "李四", WENT)], {"keeper": nobody})


IN_AND_OUT: tuple[Row, ...] = (
    ("S.No.", "Date of Purchase", "Purchased from", "SIM No.", "Date of Sale", "Sold to", "Remarks"),
    ("1", "2026-04-02", "Nexawave Distributors", CARD(1), "2026-04-06", "Sharda School Transport", None),
    ("2", "2026-04-02", "Nexawave Distributors", CARD(2), "2026-04-06", "Sharda School Transport", None),
    ("3", "2026-04-13", "Prakash Comm. Agency", CARD(3), None, "CANCELLED (Blueline Cabs did not take)", None),
)


def test_that_a_card_did_not_go_on_says_nothing_of_where_it_came_from() -> None:
    told, parser = read(*IN_AND_OUT, answers=KEEPER)
    assert [each for each in told if each[0] == 4] == [(4, "Prakash Comm. Agency", "王五", "2026-04-13")]
    assert 4 in parser.unread["row"].to_list()


@pytest.mark.parametrize("remark", ["party gave back on 22/04/26, not working", "customer has sent back on 22/04/26"])
def test_what_went_on_and_came_back_on_a_later_day_is_read_as_all_three(remark: str) -> None:
    rows = [*IN_AND_OUT[:2], (*IN_AND_OUT[2][:-1], remark)]
    loaded, _ = read_both_ways(*rows, answers=KEEPER)
    found = [(each["kind"], each["sender_name"], format_day(each["first_day"])) for each in loaded if each["row"] == 3]
    assert sorted(found, key=lambda each: each[2]) == [
        ("transfer", "Nexawave Distributors", "2026-04-02"),
        ("transfer", "王五", "2026-04-06"),
        ("return", "Sharda School Transport", "2026-04-22"),
    ]
    # 05/06/26 may be a day in May or in June: the return is told
    open_day = [*IN_AND_OUT[:2], (*IN_AND_OUT[2][:-1], "party gave back on 05/06/26")]
    loaded, parser = read_both_ways(*open_day, answers=KEEPER)
    assert [each["kind"] for each in loaded if each["row"] == 3] == ["transfer", "transfer"]
    assert 3 in parser.unread["row"].to_list()
