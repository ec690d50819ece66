from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

CARD = "894478250061203{:04d}".format
ENGLISH = "Line,From,To,Date,ICCID\n" + "".join(
    f"{at},Alpha Ltd,Beta Ltd,2025-02-24,{card}\n" for at, card in ((1, CARD(76)), (2, CARD(1181)), (3, CARD(84)))
)
CHINESE = "序号,转出方,转入方,日期,卡号\n" + "".join(
    f"{at},甲公司,乙公司,2025-02-24,8986061900000000{at:03d}\n" for at in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("table", "line", "left"),
    [
        (ENGLISH, "Please strike line 2. I keyed the wrong card.", [1, 3]),
        (ENGLISH, "Items 1 and 3 were entered in error", [2]),
        (ENGLISH, "Ignore lines 1-2", [3]),
        (ENGLISH, "Line 2 went out by courier", [1, 2, 3]),
        (CHINESE, "第2行作废，卡号写错", [1, 3]),
        (CHINESE, "（序号1、3已取消）", [2]),
        (CHINESE, "删除第1至2条", [3]),
        (CHINESE, "第2批作废", [1, 2, 3]),
        (CHINESE, "请勿作废第2行", [1, 2, 3]),
        (CHINESE, "如客户未付款，第2行作废", [1, 2, 3]),
        (CHINESE, "第2行取消折扣", [1, 2, 3]),
        (CHINESE, "合同第3条作废", [1, 2, 3]),
        (CHINESE, "第2行作废，后又恢复", [1, 2, 3]),
        (CHINESE, "除第2行作废外其余有效", [1, 2, 3]),
        (ENGLISH, "Please do not strike line 2", [1, 2, 3]),
        (ENGLISH, "If line 2 is not paid by Friday, cancel line 2", [1, 2, 3]),
        (ENGLISH, "Should we cancel line 2?", [1, 2, 3]),
        (ENGLISH, "Line 2 was cancelled and reinstated", [1, 2, 3]),
        (ENGLISH, "Remove line 2 from invoice 4471", [1, 2, 3]),
        (ENGLISH, "Strike line 2, not ours", [1, 3]),
    ],
)
def test_rows_that_a_line_takes_back_by_their_numbers_are_told_with_it(
    tmp_path: Path, table: str, line: str, left: list[int]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f'{table},,,,\n"{line}",,,,\n', "utf-8")
    cards = [row.split(",")[4] for row in table.splitlines()[1:]]
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (sheet,) = case.load(file).files
        traces = [case.trace(card)[0] for card in cards]
    assert [at for at, trace in enumerate(traces, 1) if trace.chains] == left
    assert {reject.row for reject in sheet.rejects if reject.value == line} >= {
        at + 1 for at in (1, 2, 3) if at not in left
    }
    denied = [trace for at, trace in enumerate(traces, 1) if at not in left]
    told = [[each.params["text"] for each in trace.findings if each.code == "unread_movement"] for trace in denied]
    assert told == [[line]] * len(denied)


def test_a_table_whose_rows_are_not_numbered_keeps_them_all(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = "".join(",".join(row.split(",")[1:]) + "\n" for row in CHINESE.splitlines())
    file.write_text(f"{rows},,,\n第2行作废,,,\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(file)
        trace = case.trace("8986061900000000002")[0]
    assert (len(trace.chains), "unread_movement" in [each.code for each in trace.findings]) == (1, True)


def test_what_is_told_of_all_rows_is_told_of_a_card_abroad_whose_number_a_range_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "From,To,Date,First ICCID,Last ICCID,Qty\n"
        "Alpha Ltd,Beta Ltd,2025-02-24,8944782500612004014,8944782500612004402,40\n"
        "Alpha Ltd,Beta Ltd,2025-02-24,8944782500612030076,,1\n"
        ",,,,,\nAll of these were cancelled by the customer,,,,,\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(file)
        traces = [case.trace(card)[0] for card in ("8944782500612004121", "8944782500612030076")]
    assert [[each.code for each in trace.findings].count("unread_movement") for trace in traces] == [1, 1]


@pytest.mark.parametrize(
    "line",
    [
        "All four lines are registered at Northmere Mobile UK Ltd in our name (Alpha Ltd, BAN 70055128).",
        "以上卡均以甲公司名义开户",
        "本批卡全部登记在甲公司名下",
    ],
)
def test_a_line_that_says_who_registered_the_cards_is_told_with_each(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f'{CHINESE},,,,\n"{line}",,,,\n', "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(file)
        trace = case.trace("8986061900000000002")[0]
    assert [each.params["text"] for each in trace.findings if each.code == "unread_movement"] == [line]
