"""The page on which a person says what the columns of a sheet are: it begins with what was read."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt

from .bench import Bench, served
from .test_inbox import answered, card_of, load
from .test_pages import wait_until_idle

CARDS = ("89860426102300450013", "89860426102300450021")
LISTED = [
    ["ICCID", "MSISDN", "所属集团客户", "开户时间", "激活时间", "卡状态"],
    [CARDS[0], "1440812036201", "岚江智联科技有限公司", "2024-01-10", "2024-04-03 19:40:58", "已激活"],
    [CARDS[1], "1440812036202", "岚江智联科技有限公司", "2024-01-10", None, "待激活"],
]
LEDGER = f"哪天,谁,怎么,卡,几张\n2024-03-29,强哥,拿进,{CARDS[0]},1\n2024-04-02,大鹏,卖了,{CARDS[0]},1\n"


def workbook(**sheets: list[list[str | None]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def address_of(bench: Bench, name: str) -> str:
    entry = next(part for part in bench.ask("/inbox/contents").text.split("<li>") if f"<strong>{name}" in part)
    found = re.search(r'href="(/mapping/[^"]*)"', entry)
    assert found is not None
    return found[1]


def chosen(page: str) -> dict[str, str]:
    """What the page takes each column for."""
    found = {}
    for letters, options in re.findall(r'<select name="column-([A-Z]+)"(.*?)</select>', page):
        value = re.search(r'value="([a-z_]*)"[^>]* selected', options)
        found[f"column-{letters}"] = value[1] if value else ""
    return found


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "x.gtrace"


def test_a_person_who_names_the_buyer_of_a_list_loses_nothing_that_was_read(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"卡表.xlsx": workbook(导出说明=[["导出人", "某甲"], ["导出时间", "2024-07-04"]], SIM卡=LISTED)})
        with gt.open_case(case) as opened:
            before = opened.trace(CARDS[0])[0]
        address = address_of(bench, "卡表.xlsx")
        page = bench.ask(address).text
        # of several sheets the first one that has cards
        assert CARDS[0] in page
        form = chosen(page)
        assert form == {
            "column-A": "iccid",
            "column-B": "msisdn",
            "column-C": "",
            "column-D": "",
            "column-E": "date",
            "column-F": "state",
        }
        assert "按已读出的 · 激活 · " in page
        form |= {"sheet": "SIM卡", "header_row": "1", "kind": "purchase", "column-C": "enterprise"}
        form |= {"column-D": "date", "literal-carrier": "中国移动"}
        assert bench.post(address, {**form, "do": "load"}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        after = opened.trace(*CARDS)
        assert after[0].registrant is not None
        assert after[0].registrant.name == "岚江智联科技有限公司"
        assert (
            [each.kind for each in after[0].activations] == [each.kind for each in before.activations] == ["activation"]
        )
        assert [each.state for each in after[0].card_lists] == ["已激活"]
        assert [each.state for each in after[1].card_lists] == ["待激活"]
        assert after[1].activations == ()


def test_a_mapping_says_only_what_a_person_changes(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"卡表.xlsx": workbook(SIM卡=LISTED)})
        address = address_of(bench, "卡表.xlsx")
        form = {**chosen(bench.ask(address).text), "header_row": "1", "kind": ""}
        tried = bench.post(address, {**form, "column-C": "party", "column-F": "", "do": "try"}).text
    said = re.search(r'<pre class="mono">(.*?)</pre>', tried, re.DOTALL)
    assert said is not None
    assert said[1].split("\n") == ["header_row: 1", "columns:", "  party: {column: C}", "  state:", ""]


def test_a_trial_shows_one_line_for_a_row_that_names_many_cards(case: Path) -> None:
    rows = f"转出方,转入方,日期,起始卡号,终止卡号,数量\n甲,乙,2024-03-05,{CARDS[0]},89860426102300450500,50\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"a.csv": rows + f"丙,丁,2024-03-06,{CARDS[1]},,1\n"})
        address = address_of(bench, "a.csv")
        form = {**chosen(bench.ask(address).text), "header_row": "1", "kind": "transfer"}
        shown = bench.post(address, {**form, "do": "try"}).text.partition('id="read-as"')[2].partition("</table>")[0]
    assert [name in shown for name in ("甲", "丙", "×50")] == [True, True, True]
    assert shown.count("<tr>") == 3


def test_the_words_of_a_column_say_which_way_the_cards_of_a_ledger_went(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"石头.csv": LEDGER})
        address = address_of(bench, "石头.csv")
        columns = {
            "column-A": "date",
            "column-B": "party",
            "column-C": "kind",
            "column-D": "iccid",
            "column-E": "quantity",
        }
        form = {**columns, "header_row": "1", "kind": "transfer"}
        page = bench.post(address, {**form, "do": "try"}).text
        words = page.partition('id="words"')[2].partition("</fieldset>")[0]
        assert [word in words for word in ("拿进", "卖了", "出，卡由记账人给对方")] == [True, True, True]
        assert 'name="literal-keeper"' in page
        said = {"word:拿进": "in", "word:卖了": "out", "literal-keeper": "石头"}
    with served(case, "--lang", "zh") as bench:
        # also of a case that was there when the workbench was started
        tried = bench.post(address, {**form, **said, "do": "try"}).words
        assert "强哥 石头" in tried
        assert bench.post(address, {**form, **said, "do": "load"}).status == 303
        wait_until_idle(bench)
        again = bench.ask(address).text
        assert re.search(r'<select name="word:卖了">.*?<option value="out"[^>]* selected', again)
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        hops = opened.trace(CARDS[0])[0].chains[0].hops
        assert [(hop.sender.name, hop.receiver.name) for hop in hops] == [("强哥", "石头"), ("石头", "大鹏")]


def test_one_meaning_is_not_said_of_two_columns(case: Path) -> None:
    chain = f"卡号,一级代理,二级代理,日期\n{CARDS[0]},星网,蒋海龙,2024-01-10\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"链.csv": chain})
        address = address_of(bench, "链.csv")
        form = {"column-A": "iccid", "column-B": "to", "column-C": "to", "column-D": "date", "header_row": "1"}
        for do in ("try", "load"):
            page = bench.post(address, {**form, "kind": "transfer", "literal-from": "锐达", "do": do})
            assert "转入方选给了不止一列" in page.words
            assert chosen(page.text)["column-B"] == "to"
    with gt.open_case(case) as opened:
        assert not opened.trace(CARDS[0])[0].chains


SOLD = f"""店铺,订单编号,买家旺旺,收件人,数量,发货时间,快递单号,备注
随行卡社,3901,河西小苏,苏**,1,2025-04-09,SF100001,{CARDS[0]}
随行卡社,3902,柏城老何,何先生,1,2025-04-10,SF100002,{CARDS[1]}
"""


def tried(page: str) -> str:
    return page.partition('id="read-as"')[2].partition("</table>")[0]


def test_what_the_page_shows_of_a_column_holds_whatever_is_said_of_others(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"发货.csv": SOLD})
        address = address_of(bench, "发货.csv")
        form = {**chosen(bench.ask(address).text), "header_row": "1", "kind": ""}
        assert (form["column-A"], form["column-C"], form["column-D"]) == ("from", "to", "")
        changed = {**form, "column-C": "", "column-D": "to"}
        page = bench.post(address, {**changed, "do": "try"}).text
        assert [name in tried(page) for name in ("随行卡社", "何先生")] == [True, True]
        # what is said not to count does not come back
        page = bench.post(address, {**changed, "column-A": "", "do": "try"}).text
        assert "这些卡由谁转出" in page


def test_a_name_typed_beside_its_column_is_asked_about_and_kept(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"发货.csv": SOLD})
        address = address_of(bench, "发货.csv")
        form = {**chosen(bench.ask(address).text), "header_row": "1", "kind": "", "literal-from": "甲店"}
        for do in ("try", "load"):
            page = bench.post(address, {**form, "do": do})
            assert "转出方既选在A列，又在下方填写" in page.words
            assert 'name="literal-from" value="甲店"' in page.text
        assert "甲店" in tried(bench.post(address, {**form, "column-A": "", "do": "try"}).text)


def test_the_columns_are_shown_as_they_were_read_with_the_answers_which_stay(case: Path) -> None:
    rows = f"ICCID,入网日期,单位名称,备注\n{CARDS[0]},2024-11-18,榕海寒潭冷链科技有限公司,李四\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"中国移动_用户资料.csv": rows})
        card = card_of(bench.ask("/inbox/asked"), "中国移动_用户资料.csv")
        assert answered(bench, card, answer_kind="registration").status == 303
        wait_until_idle(bench)
        address = address_of(bench, "中国移动_用户资料.csv")
        page = bench.ask(address)
        assert "按已读出的 · 登记" in page.words
        form = {**chosen(page.text), "header_row": "1", "kind": ""}
        assert form["column-B"] == "date"
        assert bench.post(address, {**form, "column-D": "declared_user", "do": "load"}).status == 303
        wait_until_idle(bench)
        assert 'class="bench-asked"' not in bench.ask("/inbox/asked").text
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        hop = opened.trace(CARDS[0])[0].chains[0].hops[0]
        assert (hop.kind, hop.receiver.name) == ("registration", "榕海寒潭冷链科技有限公司")
