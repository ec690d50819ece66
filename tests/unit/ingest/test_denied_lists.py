"""Lists of cards that somebody does not have: they state nothing of them but that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.ingest.preamble import verdict_of_titles
from graphtrace.results.trace import Trace

CARD = "8986061900000000001"
OTHER = "8986061900000000002"


def told(folder: Path, *texts: str, answers: tuple[str, ...] = ()) -> tuple[Trace, Any]:
    """The trace of the card once the texts are loaded, and the report."""
    for number, text in enumerate(texts):
        (folder / f"{number}.csv").write_text(text, encoding="utf-8")
    with gt.open_case(folder / "c.gtrace") as case:
        report = case.load(*sorted(folder.glob("*.csv")), answers=answers)
        (trace,) = case.trace(CARD)
        return trace, report


TABLES = {
    "list": "客户名称,卡号,状态\n星海,{card},正常\n",
    "numbers": "卡号\n{card}\n",
    "opened": "ICCID,开户日期,客户名称\n{card},2024-03-01,星海\n",
}
LETTER = "贵局协查通知收悉，经我公司业务系统查询核对，下列号码均未查到任何开户及入网信息，特此函复，如需可再联系"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize(
    "title",
    [
        *("未找到", "查无此卡", "无此卡", "非我司卡", "非本公司号码清单", "未入库清单"),
        *("系统中不存在的卡", "未能查询到", "查询结果：未查到", LETTER),
        *("not found", "Not ours", "No record", "cards not in our system", "unmatched"),
        *("中国联通云洲分公司协查反馈 查无记录", "以下12张卡均未找到"),
    ],
)
def test_a_title_that_denies_its_cards_states_nothing_else_of_them(tmp_path: Path, title: str, table: str) -> None:
    trace, report = told(tmp_path, f"{title}\n{table.format(card=CARD)}")
    assert not trace.found
    assert [finding.code for finding in trace.findings] == ["denied_by_list"]
    assert trace.findings[0].params["text"] == title
    (sheet,) = report.files
    assert (sheet.rows, sheet.loaded, sheet.error) == (1, 0, None)


@pytest.mark.parametrize(
    "title",
    [
        *("未发现异常", "其中3张未找到", "部分未找到", "已找到与未找到清单", "除未找到外"),
        *("如未找到请联系", "未入库原因"),
        *("非我司客户转出", "found and not found", "3张未找到", "开户清单", "出库记录"),
    ],
)
def test_a_title_that_denies_some_cards_or_none_decides_nothing(title: str) -> None:
    found = verdict_of_titles(None, [(1, [title])])
    assert found is None or not found.is_denial


def test_what_another_record_states_stays_and_the_denial_is_told_beside(tmp_path: Path) -> None:
    sold = f"运营商,购卡单位,开卡日期,卡号\n中国联通,星海智联有限公司,2024-03-01,{CARD}\n"
    trace, _ = told(tmp_path, sold, f"非我司卡\n客户名称,卡号\n星海智联有限公司,{CARD}\n")
    assert (trace.outcome, trace.holder and trace.holder.name) == ("continuous", "星海智联有限公司")
    assert [finding.code for finding in trace.findings] == ["denied_by_list"]
    assert trace.card_lists == ()


def test_a_person_can_say_that_the_title_means_nothing(tmp_path: Path) -> None:
    text = f"未找到\n客户名称,卡号,状态\n星海,{CARD},正常\n"
    trace, _ = told(tmp_path, text, answers=("words.未找到=ignore",))
    assert [listing.state for listing in trace.card_lists] == ["正常"]
    assert "denied_by_list" not in [finding.code for finding in trace.findings]


def test_a_denial_is_no_row_that_was_not_read(tmp_path: Path) -> None:
    bought = f"运营商,购卡单位,开卡日期,卡号\n中国联通,星海智联有限公司,2024-03-01,{CARD}\n"
    told(tmp_path, bought, f"未找到\n卡号\n{CARD}\n")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        (audit,) = case.audit("星海智联有限公司", rules=())
        assert audit.held_with_unread == 0


@pytest.mark.parametrize("lines", ["其中1张未找到", "以上3张卡，其中1张非我司卡"])
def test_a_line_that_denies_some_of_the_cards_is_quoted_with_all(tmp_path: Path, lines: str) -> None:
    rows = f"星海,丙店,2024-03-01,{CARD}\n星海,丙店,2024-03-01,{OTHER}\n"
    trace, _ = told(tmp_path, f"{lines}\n转出方,转入方,日期,卡号\n{rows}")
    assert trace.holder is not None
    assert [finding.params["text"] for finding in trace.findings if finding.code == "unread_movement"] == [lines]


@pytest.mark.parametrize(
    "table",
    [
        f"转入方,日期,卡号\n丙店,2024-03-01,{CARD}\n",
        f"卡号\n{CARD}\n",
        f"甲,乙\n1,{CARD}\n",
        f"客户名称,卡号\n丙店,{CARD}\n",
    ],
    ids=["side", "numbers", "unknown", "customers"],
)
def test_a_file_that_a_person_leaves_out_is_kept_as_not_read(tmp_path: Path, table: str) -> None:
    trace, report = told(tmp_path, table, answers=("0.csv:kind=none",))
    assert [finding.params["reason"] for finding in trace.findings] == ["left_out"]
    (sheet,) = report.files
    assert (sheet.error, sheet.rejected, sheet.asked, report.unused) == (None, 1, [], [])
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert case.state().unread.rows == 1
        assert [row.reason for row in case.unread_rows("丙店")] == ["left_out"] * ("丙店" in table)


def test_a_file_that_says_what_its_rows_are_is_not_left_out_by_such_an_answer(tmp_path: Path) -> None:
    sold = f"转出方,转入方,日期,卡号\n甲店,丙店,2024-03-01,{CARD}\n"
    trace, report = told(tmp_path, sold, answers=("0.csv:kind=none",))
    assert trace.holder is not None
    assert [answer.answer for answer in report.unused] == ["0.csv:kind=none"]
