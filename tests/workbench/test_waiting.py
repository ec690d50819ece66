"""Before anybody is asked for records of a card stands what the case holds about it and has not read."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

import graphtrace as gt

from .bench import Answer, served
from .test_inbox import load, loaded
from .test_pages import wait_until_idle

CARD, OTHER, THIRD = "89860326619991771291", "89860326619991771309", "89860326619991771317"
LEDGER = f"孟晓霞 2024年4月出卡台账,,\n日期,卡号,下家\n2024-04-12,{CARD},郭小龙\n2024-04-13,{OTHER},李四\n"
REGISTER = (
    "湖北宏泰同城配送有限公司物联网卡登记表,,,\n卡号,登记日期,使用人,备注\n"
    f"{THIRD},2024-03-11,张磊,6月2日起转交李强使用\n"
)
NOTES = f"卡账 2024\n3月5日 胡建军说要1张 {OTHER}\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "x.gtrace"


def waiting(page: Answer) -> str:
    return page.text.split('id="waiting"')[1].split("</div>\n")[0] if 'id="waiting"' in page.text else ""


def test_a_card_that_waits_for_an_answer_or_stands_in_lines_leads_there_before_its_carrier(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"孟晓霞.csv": LEDGER, "便条.txt": NOTES})
        found = bench.ask(f"/find?q={CARD}")
        assert (found.status, found.headers["location"]) == (303, f"/card/{CARD}")
        page = bench.ask(f"/card/{CARD}")
        assert "这些卡由谁转出？" in waiting(page), (page.words[:900], bench.ask("/inbox/tasks").words)
        assert re.search(r'href="/inbox/asked#asked-[0-9a-f]{12}"', waiting(page))
        assert page.text.index('id="waiting"') < page.text.index('<details class="ask" id="c1-leads">')
        address = waiting(page).split('href="')[1].partition("#")[2].partition('"')[0]
        assert f'id="{address}"' in bench.ask("/inbox/asked").text
        page = bench.ask(f"/card/{OTHER}")
        assert re.search(r'href="/paste/[0-9a-f]{64}#line-2"', waiting(page))
        redacted = bench.ask(f"/card/{OTHER}?redact=1")
        assert waiting(redacted) == ""


def test_what_a_remark_of_a_row_says_is_recorded_of_a_copy_of_the_row_by_a_tick(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"登记表.csv": REGISTER})
        page = bench.ask(f"/card/{THIRD}")
        assert "6月2日起转交李强使用" in waiting(page)
        # told once in full, and referred to from the top and from the findings
        assert page.words.count("“6月2日起转交李强使用”") == 2  # in both languages
        assert '<a href="#waiting">' in page.text.partition('class="why"')[0]
        assert ('class="ask no-print" id="waiting"' in page.text, "上文已述1项" in page.words) == (False, True)
        asked = dict(re.findall(r'name="(sha256|sheet|row|said)" value="([^"]*)"', waiting(page)))
        address = bench.post("/source/text", asked).headers["location"]
        page = bench.ask(address)
        values = dict(re.findall(r'name="((?:date|giver|taker|cards)-\d+)" value="([^"]*)"', page.text))
        (line,) = [name.partition("-")[2] for name, value in values.items() if value == "李强"]
        assert (values[f"date-{line}"], values[f"cards-{line}"]) == ("2024-06-02", THIRD)
        given = {
            **values,
            f"kind-{line}": "usage",
            f"quantity-{line}": "",
            "line": line,
            "opened": line,
            "by": "张警官",
        }
        assert bench.post(address.partition("?")[0], given).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (trace,) = opened.trace(THIRD)
        assert trace.end_user is not None
        assert trace.end_user.name == "李强"
        (origin,) = trace.activations[-1].origins
        assert origin.file.startswith("登记表.csv 第3行")
        assert f"卡号：{THIRD}" in str(opened.source_row(origin.sha256, origin.row))


def test_a_number_that_stands_in_a_file_and_in_no_record_is_shown_where_it_stands(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"笔录.txt": f"讯问笔录\n答：另有一张，号码 {CARD} 我没见过。\n"})
        assert bench.ask(f"/find?q={CARD}").headers["location"] == f"/card/{CARD}"
        page = bench.ask(f"/card/{CARD}")
        assert "笔录.txt" in page.words


def test_the_inbox_has_its_sections_in_one_order_and_says_why_rows_of_a_file_count_in_nothing(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        page = bench.ask("/").text
        places = [page.index(f'id="{name}"') for name in ("asked", "work", "contents", "questions")]
        assert places == sorted(places)
        load(bench, **{"便条.txt": NOTES})
        page = bench.ask("/inbox/contents")
        assert 'id="files-refused" open' in page.text
        assert re.search("未读入[12]行：", page.words), page.words


def test_a_row_whose_content_was_recorded_waits_no_more_and_its_copy_leaves_nothing_to_read(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"登记表.csv": REGISTER})
        page = bench.ask(f"/card/{THIRD}")
        asked = dict(re.findall(r'name="(sha256|sheet|row|said)" value="([^"]*)"', waiting(page)))
        address = bench.post("/source/text", asked).headers["location"]
        values = dict(re.findall(r'name="((?:date|giver|taker|cards)-\d+)" value="([^"]*)"', bench.ask(address).text))
        (line,) = [name.partition("-")[2] for name, value in values.items() if value == "李强"]
        said = {**values, f"kind-{line}": "usage", f"quantity-{line}": "", "line": line, "opened": line, "by": "张警官"}
        assert bench.post(address.partition("?")[0], said).status == 303
        wait_until_idle(bench)
        page = bench.ask(f"/card/{THIRD}")
        assert (waiting(page), "未被采用" in page.words) == ("", False)
        assert "未被采用" not in bench.ask(f"/find?q={quote('李强')}").words
        assert loaded(case)["登记表.csv 第3行.txt"] == 1
    with gt.open_case(case) as opened:
        assert opened.trace(THIRD)[0].unread_rows == 0
        assert not opened.unread_rows("李强")
        assert opened.verify(deep=True) == []


def test_of_a_row_that_was_recorded_in_part_the_rest_is_still_told(case: Path) -> None:
    both = LEDGER.replace(CARD, f"{CARD}、{OTHER}").replace(f"2024-04-13,{OTHER},李四\n", "")
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"孟晓霞.csv": both})
        digest = next(file["sha256"] for file in gt.open_case(case).status().files)
        address = bench.post("/source/text", {"sha256": digest, "sheet": "", "row": "3"}).headers["location"]
        page = bench.ask(address)
        values = dict(re.findall(r'name="((?:date|giver|taker|cards)-\d+)" value="([^"]*)"', page.text))
        line = next(name.partition("-")[2] for name, value in values.items() if CARD in value)
        said = {f"kind-{line}": "transfer", f"date-{line}": "2024-04-12", f"giver-{line}": "孟晓霞"}
        said |= {f"taker-{line}": "郭小龙", f"cards-{line}": CARD, "line": line, "by": "张警官"}
        assert bench.post(address.partition("?")[0], said).status == 303
        wait_until_idle(bench)
        assert (waiting(bench.ask(f"/card/{CARD}")), waiting(bench.ask(f"/card/{OTHER}")) != "") == ("", True)
    with gt.open_case(case) as opened:
        assert [trace.unread_rows for trace in opened.trace(CARD, OTHER)] == [0, 1]
        assert not opened.unread_rows("郭小龙")
        assert len(opened.unread_rows(OTHER)) == 1
        copy = next(file["sha256"] for file in opened.status().files if file["file"].endswith(".txt"))
        opened.unload(copy, why="看错")
        assert opened.trace(CARD)[0].unread_rows == 1
