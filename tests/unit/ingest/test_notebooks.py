"""Notebooks: plain lines that say on a day to whom cards went or who gave them back, and all others."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.notebooks import days_of, notebook_in
from graphtrace.model import format_day

CARD = "898611242080056{:04d}".format
KENYAN = ("8925402260140341276", "8925402260140341284", "8925402260140341292")
BOOK = f"""宏卡通讯  2025年账   袁立国

二月
17号  贴膜3个 45   充电头1个 25
2.20  卖尚海龙电信卡1张  {CARD(4202)}   35元 收了
2.22  交房租1800
2.24  尚海龙又拿1张联通  {CARD(4210)}   35 欠着
      （2.26付清）
2.28  尚海龙把电信那张退了 说没信号  {CARD(4202)}   退他35
3.2   邵丽娟 13605390772  拿走 {CARD(4202)}  电信的  30元
3.19  尚海龙来充值 说那张 {CARD(4210)} 现在给他徒弟薛明用着 续30
3.20  上面那张写错了
"""
SIM_BOOK = """BARAKA DIGITAL CENTRE  NAKURU
sim book - MARCH 2026
(all saf m2m start with 89254022601403, i only write the last 5)

mon 2/3
 opening: 4 sims in the tin

tue 3/3
 41276  sold to Lucy Njeri Mwangi  1500 paid mpesa

wed 4/3
 41284  sold to Daniel Ochieng Otieno  1500, paid 1000 bal 500

fri 6/3
 41284  Daniel brought it back, no network. gave him his 1000 back. card in tin
 41292  Mama Wambo asked for it, did not come, still in tin
"""


def hops_of(case: gt.Case, card: str) -> list[tuple[str, str, str, str, int]]:
    return [
        (hop.kind, hop.sender.name, hop.receiver.name, format_day(hop.when.earliest), hop.origins[0].row)
        for chain in case.trace(card)[0].chains
        for hop in chain.hops
        if hop.when is not None
    ]


def told_of(case: gt.Case, card: str) -> list[tuple[int, str | None]]:
    findings = [each for each in case.trace(card)[0].findings if each.code == "unread_movement"]
    return [(each.params["origin"]["row"], each.params["date"]) for each in findings]


def test_a_notebook_asks_whose_it_is_and_offers_who_stands_above_its_days(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(BOOK, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(tmp_path / "book.txt").files
        (question,) = sheet.asked
        assert (question.field, [offer.value for offer in question.offers]) == ("keeper", ["宏卡通讯"])
        assert question.text is not None
        assert CARD(4202) in question.text.zh
        assert hops_of(case, CARD(4202)) == []
        assert told_of(case, CARD(4202)) == [(5, "2025-02-20"), (9, "2025-02-28"), (10, "2025-03-02")]


def test_by_its_answer_plain_lines_are_read_on_their_day_and_all_others_told(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(BOOK, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "book.txt", answers=["keeper=宏卡通讯"])
        assert (report.unused, report.files[0].kinds) == ([], {"transfer": 3, "return": 1})
        assert hops_of(case, CARD(4202)) == [
            ("transfer", "宏卡通讯", "尚海龙", "2025-02-20", 5),
            ("return", "尚海龙", "宏卡通讯", "2025-02-28", 9),
            ("transfer", "宏卡通讯", "邵丽娟", "2025-03-02", 10),
        ]
        # the line that says who uses it and the one that may take it back are told of the card that stands there
        assert told_of(case, CARD(4210)) == [(11, "2025-03-19"), (12, "2025-03-20")]
        assert case.verify(deep=True) == []


def test_short_numbers_days_by_their_weekday_and_first_names_are_read_as_the_book_explains_them(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(SIM_BOOK, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "book.txt", answers=["keeper=Baraka Digital Centre"])
        assert hops_of(case, KENYAN[0]) == [("transfer", "Baraka Digital Centre", "Lucy Njeri Mwangi", "2026-03-03", 9)]
        assert hops_of(case, KENYAN[1]) == [
            ("transfer", "Baraka Digital Centre", "Daniel Ochieng Otieno", "2026-03-04", 12),
            ("return", "Daniel Ochieng Otieno", "Baraka Digital Centre", "2026-03-06", 15),
        ]
        assert (hops_of(case, KENYAN[2]), told_of(case, KENYAN[2])) == ([], [(16, "2026-03-06")])


@pytest.mark.parametrize(
    "line",
    [
        "明天卖给尚海龙 {}",
        "王五说要拿走 {}",
        "从阿坤那拿走 {}",
        "尚海龙想拿走 {}",
        "尚海龙没拿走 {}",
        "给尚海龙留着 {}",
        "客户拿走 {}",
        "老婆拿走 {}",
        "卖给尚海龙 {} 后来取消",
        "卖给尚海龙2张 {}",
        "卖给尚海龙 {} 送他表弟",
        "问尚海龙拿走没 {}",
        "will be sold to Lucy Mwangi {}",
        "sold to customer {}",
        "sold to Lucy {}",
        "not sold to Lucy Mwangi {}",
        "sold to Lucy Mwangi {} but she never came",
        "sold to Lucy Mwangi for her brother {}",
        "Lucy Mwangi returned from leave {}",
        "if Lucy Mwangi brought it back {}",
    ],
)
def test_a_line_in_which_any_word_is_not_known_says_nothing(line: str) -> None:
    plain = "2025-03-05 卖给钟小曼 " if not line.isascii() else "2025-03-05 sold to Rose Odera "
    book = notebook_in([(1, plain + CARD(1)), (2, f"2025-03-06 {line.format(CARD(2))}")])
    assert book is not None
    assert [entry.line for entry in book.entries] == [1]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("20/03/2025 x", "04/04/2025 x"), ["2025-03-20", "2025-04-04"]),
        (("All dates day/month/year.", "04/05/2025 x"), ["2025-05-04"]),
        (("04/05/2025 x", "06/05/2025 x"), []),
        (("All dates month/day/year.", "20/03/2025 x"), []),
        (("2.30 卖了",), []),
        (("2024年", "2025年", "2.20 卖了"), []),
        (("mon 3/3", "2026"), []),
    ],
)
def test_days_are_those_that_the_text_leaves_in_no_doubt(lines: tuple[str, ...], days: list[str]) -> None:
    assert [day.iso for day in days_of([*enumerate(lines, 1)]).values()] == days
