"""A pasted text is gone through line by line; what a person confirms of a line is recorded with the text as source."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import graphtrace as gt

from .bench import CARD, Answer, Bench, served
from .test_inbox import load, loaded
from .test_pages import wait_until_idle

OTHER = "8986061900000000055"
CHAT = f"""豪哥 2024年3月20日
卡都发了：{CARD} 两张一起
<script>alert(1)</script>
李倩把{OTHER}拿走了
2024-03-25 民警从王五处扣押{OTHER}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "x.gtrace"


def paste(bench: Bench, text: str = CHAT, name: str = "豪哥聊天记录") -> tuple[str, Answer]:
    """Paste a text; return the address of its lines with the page."""
    address = bench.post("/paste", {"name": name, "text": text}).headers["location"]
    return address, bench.ask(address)


def ticked(page: Answer) -> list[str]:
    return re.findall(r'name="line" value="([\d.]+)" checked', page.text)


def line(number: int, **stated: str) -> dict[str, str]:
    return {f"{name}-{number}": value for name, value in stated.items()}


def test_the_lines_of_a_text_propose_cards_and_the_day_above_them_and_nothing_is_ticked(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        _, page = paste(bench)
        values = dict(re.findall(r'name="(\w+-\d+)" value="([^"]*)"', page.text))
        assert values["cards-2"] == CARD
        assert (values["quantity-2"], values["quantity-4"]) == ("2", "")
        assert [values[f"date-{number}"] for number in (2, 4, 5)] == ["2024-03-20", "2024-03-20", "2024-03-25"]
        assert "day (as above)" in page.words
        assert 'name="line" value="2"' in page.text
        assert re.search(r'name="line" value="\d+" checked', page.text) is None
        assert "<script>alert" not in page.text
        assert "alert(1)" in page.words
    assert not case.exists()


def test_those_who_write_in_a_chat_are_proposed_as_sides_and_what_one_sent_the_other(case: Path) -> None:
    chat = (
        f"2024-03-20 14:20:31 阿坤\n你要的卡发了 {CARD}\n2024-03-20 14:21:02 流量王\n收到\n"
        f"2024-03-22 09:02:11 流量王\n{OTHER} 这张还没发吗\n"
    )
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, chat, "微信聊天记录")
        assert re.findall(r'<option value="(阿坤|流量王)">', page.text) == ["阿坤", "流量王"]
        values = dict(re.findall(r'name="(\w+-\d+)" value="([^"]*)" size="14"', page.text))
        assert [values[f"{side}-{number}"] for number in (2, 6) for side in ("giver", "taker")] == [
            *("阿坤", "流量王"),
            *("", ""),
        ]
        kinds = re.findall(r'<select name="kind-\d+">.*?</select>', page.text)
        assert ['value="transfer"' in each and "selected" in each for each in kinds] == [True, False]
        # a box in which nothing stands is not drawn
        assert re.search(r"<fieldset[^>]*>\s*</fieldset>", page.text) is None
        filled = dict(re.findall(r'name="(\w+-\d+)" value="([^"]*)"', page.text))
        assert bench.post(address, {"line": ticked(page), "by": "周", **filled, "kind-2": "transfer"}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (chain,) = opened.trace(CARD)[0].chains
        assert [(hop.sender.name, hop.receiver.name, str(hop.when.day)) for hop in chain.hops] == [
            ("阿坤", "流量王", "2024-03-20")
        ]
        assert opened.trace(OTHER)[0].chains == ()


def test_a_page_of_lines_without_a_proposal_draws_no_empty_box(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        _, page = paste(bench, f"2024-03-20 卡号 {CARD}\n", "便条")
        assert re.search(r"<fieldset[^>]*>\s*</fieldset>", page.text) is None


def test_confirmed_lines_are_records_of_the_text_and_say_who_confirmed_them(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        address, _ = paste(bench)
        seized = line(5, kind="seizure", date="2024-03-25", giver="王五", taker="", cards=OTHER, quantity="")
        moved = line(4, kind="transfer", date="2024-03-20", giver="豪哥", taker="李倩", cards=OTHER, quantity="")
        given = {"line": ["4", "5"], "by": "张警官", **moved, **seized}
        assert bench.post(address, given).status == 303
        wait_until_idle(bench)
        assert "confirmed" not in bench.ask("/").words
        page = bench.ask(f"/card/{OTHER}").words
        assert "transcribed by: 张警官" in page
        again = paste(bench)[1].text
        assert 'value="4" checked' in again
        assert 'value="2" checked' not in again
        assert 'name="taker-4" value="李倩"' in again
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        (trace,) = opened.trace(OTHER)
        (hop,) = trace.chains[0].hops
        assert [(each.file, each.row) for each in hop.origins] == [("豪哥聊天记录.txt", 4)]
        assert (hop.sender.name, hop.receiver.name, hop.day) == ("豪哥", "李倩", "2024-03-20")
        assert [each.holder for each in trace.seizures] == ["王五"]
        assert not opened.trace(CARD)[0].found
        excerpt = opened.source_row(hop.origins[0].sha256, 4)
        assert OTHER in str(excerpt)
        copied = opened.copy_to(case.with_name("y.gtrace"))
        assert copied is not None
    assert loaded(case) == {"豪哥聊天记录.txt": 2}


def test_a_line_that_only_counts_cards_may_be_confirmed_and_is_not_ticked_with_all(case: Path) -> None:
    chat = f"2026-04-20 12:31:40 孙丽\n两张移动卡放丰巢了\n陈志强\n拿到了\n再要20张\n{CARD} 一张\n"
    with served(case, "--lang", "en") as bench:
        address, page = paste(bench, chat)
        values = dict(re.findall(r'name="(\w+-\d+)" value="([^"]*)"', page.text))
        assert [values.get(f"quantity-{number}") for number in (2, 4, 5, 6)] == ["2", None, "20", "1"]
        assert (values["cards-2"], values["date-2"][:10]) == ("", "2026-04-20")
        moved = line(2, kind="transfer", date="2026-04-20", giver="孙丽", taker="陈志强", cards="", quantity="2")
        every = {"kind-all": "transfer", "giver-all": "甲", "taker-all": "乙"}
        own = line(6, kind="", date="2026-04-20", giver="", taker="", cards=CARD, quantity="1")
        given = {"line": ["2", "all"], "by": "张警官", **moved, **every, **own}
        assert bench.post(address, given).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        flow = opened.party("孙丽").to_dict()
        assert "陈志强" in str(flow)
    assert loaded(case) == {"豪哥聊天记录.txt": 2}


def test_a_line_that_says_too_little_is_asked_again_with_what_was_typed(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        address, _ = paste(bench)
        stated = line(4, kind="transfer", date="2024-03-20", giver="豪哥", taker="", cards=OTHER, quantity="")
        for given, said in (
            ({"line": "4", "by": "张警官", **stated}, "Still missing: who got"),
            ({"line": "4", "by": "张警官", **stated, "kind-4": ""}, "Say what happened"),
            ({"line": "4", "by": "张警官", **stated, "kind-4": "seizure", "taker-4": "李倩"}, "only one party"),
            ({"by": "张警官", **stated}, "no line is ticked"),
            ({"line": "4", "by": "", **stated, "taker-4": "李倩"}, "Nothing was loaded"),
        ):
            page = bench.post(address, given)
            assert (page.status, said in page.words) == (400, True)
            assert 'name="giver-4" value="豪哥"' in page.text
    assert not case.exists()


def test_a_telephone_is_proposed_as_a_card_only_where_the_case_knows_it_as_one(case: Path) -> None:
    chat = "2024-04-20 何大伟 18607315520\n张警官 13974310826 17207316501\n拿了 17207316501 和 1440812036201\n"
    listed = f"ICCID,MSISDN,卡状态\n{CARD},17207316501,已激活\n"
    with served(case, "--lang", "zh") as bench:
        values = dict(re.findall(r'name="(cards-\d)" value="([^"]*)"', paste(bench, chat)[1].text))
        assert values == {"cards-3": "1440812036201"}
        load(bench, **{"卡.csv": listed})
        values = dict(re.findall(r'name="(cards-\d)" value="([^"]*)"', paste(bench, chat)[1].text))
        assert values == {"cards-2": "17207316501", "cards-3": "17207316501、1440812036201"}


def test_who_used_cards_is_recorded_of_a_line_that_names_none(case: Path) -> None:
    said = f"讯问笔录 2024-06-19\n手机里的是 {CARD}、{OTHER}。\n问：谁在用？\n答：都是我在用。\n"
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, said, "讯问笔录（草稿）")
        assert re.findall(r'name="open" value="(\d)"', page.text) == ["1", "3", "4"]
        typed = line(2, kind="transfer", date="2024-06-19", giver="甲", taker="", cards=CARD, quantity="")
        page = bench.post(address, {"by": "张警官", "line": "2", "open": "4", **typed})
        assert page.status == 200
        values = dict(re.findall(r'name="(\w+-4)" value="([^"]*)"', page.text))
        # the cards of the nearest line above and the day are proposed; what was typed elsewhere stays
        assert (values["cards-4"], values["date-4"], values["taker-4"]) == (f"{CARD}、{OTHER}", "2024-06-19", "")
        assert 'name="giver-2" value="甲"' in page.text
        assert 'name="line" value="2" checked' in page.text
        assert not case.exists()
        used = line(4, kind="usage", date="2024-06-19", giver="", taker="何大伟", cards=f"{CARD}、{OTHER}", quantity="")
        assert bench.post(address, {"by": "张警官", "line": "4", "opened": "4", **used}).status == 303
        wait_until_idle(bench)
        assert 'name="taker-4" value="何大伟"' in bench.ask(paste(bench, said)[0]).text
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        users = [trace.end_user.name for trace in opened.trace(CARD, OTHER) if trace.end_user is not None]
        assert users == ["何大伟", "何大伟"]
        # the name of the text says nothing against what a person confirmed; another line still waits
        unread = [each for each in opened.trace(CARD)[0].findings if each.code == "unread_movement"]
        assert [each.params["origin"]["row"] for each in unread] == [2]


def test_what_is_said_of_all_lines_is_for_those_that_leave_it_blank(case: Path) -> None:
    seized = "扣押清单 2024-03-25\n" + "\n".join(f"{n}、898606190000000005{n} 一张" for n in (1, 2, 3))
    with served(case, "--lang", "en") as bench:
        address, _ = paste(bench, seized)
        own = line(3, kind="", date="2024-03-26", giver="赵六", taker="", cards="8986061900000000052", quantity="")
        given = {"by": "张警官", "line": "all", "kind-all": "seizure", "giver-all": "王五", **own}
        for number in (2, 4):
            card = f"898606190000000005{number - 1}"
            given |= line(number, kind="", date="2024-03-25", giver="", taker="", cards=card, quantity="1")
        assert bench.post(address, given).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        taken = opened.trace("8986061900000000051", "8986061900000000052", "8986061900000000053")
        assert [each.holder for trace in taken for each in trace.seizures] == ["王五", "赵六", "王五"]


def test_a_text_that_was_dropped_and_not_read_leads_to_its_lines(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        page = load(bench, **{"笔记.txt": "三月的事\n" + CHAT})
        address = re.search(r'href="(/paste/[0-9a-f]{16})"', page.text)
        assert address is not None
        assert OTHER in bench.ask(address[1]).text
        # its lines name cards, so that the case keeps it
        kept = re.search(r'href="(/paste/[0-9a-f]{64})"', bench.ask("/inbox/contents").text)
        assert kept is not None
        stated = line(5, kind="transfer", date="2024-03-20", giver="豪哥", taker="李倩", cards=OTHER, quantity="")
        assert bench.post(kept[1], {"line": "5", "by": "张警官", **stated}).status == 303
        wait_until_idle(bench)
    assert loaded(case) == {"笔记.txt": 1}


def test_the_proof_does_not_check_what_a_person_said_of_lines(case: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, encoding="utf-8")
    stated = f"{{kind: transfer, date: 2024-03-20, from: 豪哥, to: 李倩, iccid: {OTHER}}}"
    (tmp_path / "m.yml").write_text(f"transcribed:\n  by: 张警官\n  4: {stated}\n", encoding="utf-8")
    with gt.open_case(case) as opened:
        opened.load(tmp_path / "chat.txt", mapping=tmp_path / "m.yml")
    answer, program = tmp_path / "answer.json", Path(__file__).parents[2] / "tools/prove_more.py"
    asked = [sys.executable, "-m", "graphtrace", "--case", str(case), "trace", OTHER, "-o", str(answer)]
    assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
    proving = [sys.executable, str(program), str(answer), str(case / "sources")]
    ran = subprocess.run(proving, capture_output=True, text=True, check=False, encoding="utf-8")
    assert "what a person said of lines is not read" in ran.stdout
    assert " 0 NOT PROVED" in ran.stdout


def test_a_pasted_text_that_the_case_has_is_read_again_under_its_own_name_and_its_other_lines_wait(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        load(bench, **{"chat of the case.txt": CHAT})
        address, page = paste(bench)
        assert page.status == 200
        moved = line(4, kind="transfer", date="2024-03-20", giver="豪哥", taker="李倩", cards=OTHER, quantity="")
        assert bench.post(address, {"line": ["4"], "by": "张警官", **moved}).status == 303
        wait_until_idle(bench)
        assert "chat of the case.txt" in bench.ask("/inbox/contents").words
        left = bench.ask("/rejects")
        # what was not read stands with its words, leads to its row, and to the page where something can be done
        assert f"民警从王五处扣押{OTHER}" in left.words
        row = re.search(r'href="(/source[?][^"]*row=5)"', left.text)
        assert row is not None
        digest = re.search('href="(/paste/[0-9a-f]{64})"', left.text)
        assert digest is not None
        assert digest[1] in bench.ask(unescape(row[1])).text
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        assert [file["file"] for file in opened.status().files] == ["chat of the case.txt"]
        assert [(row["row"], row["reason"]) for row in opened.rejects()] == [(2, "unanswered"), (5, "unanswered")]
        (trace,) = opened.trace(OTHER)
        unread = [finding.params["origin"]["row"] for finding in trace.findings if finding.code == "unread_movement"]
        assert unread == [5]


FIELDS = ("date", "giver", "taker", "cards", "quantity")
NOTES = f"""提取自段志强华为手机  标题：卡账

3月2日 从武汉顺联老周（周立文）那拿2张 50一张
  {OTHER}
  {CARD}
3月5日 卖给胡建军1张 {OTHER} 收160
3月9日 胡建军退回来1张 {OTHER} 说上不了网 退他80
3月15日 问胡建军要不要 {CARD}，他说不要了
"""


def test_notes_are_confirmed_at_once_with_the_year_of_their_name_and_what_their_sentences_say(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, NOTES, "段志强手机备忘录(2024年)")
        values = dict(re.findall(r'name="(\w+-\d+)" value="([^"]*)"', page.text))
        days = [values[f"date-{number}"] for number in (3, 4, 6, 7, 8)]
        assert days == ["2024-03-02", "2024-03-02", "2024-03-05", "2024-03-09", "2024-03-15"]
        sides = [(values[f"giver-{number}"], values[f"taker-{number}"]) for number in (3, 4, 5, 6, 7, 8)]
        taken, sold = ("周立文", "段志强"), ("段志强", "胡建军")
        assert sides == [("", ""), taken, taken, sold, sold[::-1], ("", "")]
        assert ticked(page) == ["4", "5", "6", "7"]
        shown = {f"{name}-{number}": values[f"{name}-{number}"] for number in (3, 4, 5, 6, 7, 8) for name in FIELDS}
        kinds = {f"kind-{n}": chosen_kind(page, n) for n in (3, 4, 5, 6, 7, 8)}
        assert bench.post(address, {"line": ticked(page), "by": "张警官", **shown, **kinds}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (trace,) = opened.trace(OTHER)
        hops = [(hop.sender.name, hop.receiver.name, hop.day) for hop in trace.chains[0].hops]
        assert hops == [(*taken, "2024-03-02"), (*sold, "2024-03-05"), (*sold[::-1], "2024-03-09")]
        (kept,) = opened.trace(CARD)
        assert [hop.receiver.name for hop in kept.chains[0].hops] == ["段志强"]
    assert loaded(case) == {"段志强手机备忘录(2024年).txt": 4}


def chosen_kind(page: Answer, line: int | str) -> str:
    chosen = page.text.split(f'name="kind-{line}"')[1].split("</select>")[0]
    found = re.search(r'value="(\w*)"[^>]* selected', chosen)
    return "" if found is None else found[1]


def test_days_without_a_year_get_the_one_that_is_said_and_writers_stand_where_a_line_names_nobody(case: Path) -> None:
    notes = f"3月5日 卖给胡建军1张 {OTHER}\n"
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, notes, "便条")
        assert 'name="date-1" value="3月5日"' in page.text
        given = line(1, kind="transfer", date="3月5日", giver="", taker="胡建军", cards=OTHER, quantity="1")
        page = bench.post(address, {"line": ticked(page), "by": "张警官", "writer": "段志强", "year": "", **given})
        assert (page.status, "日期未写年份" in page.words) == (400, True)
        assert 'name="writer" value="段志强"' in page.text
        assert "日期（沿用上文）" not in page.words
        given = {"line": ticked(page), "by": "张警官", "writer": "段志强", "year": "2023", **given}
        assert bench.post(address, given).status == 303
        wait_until_idle(bench)
        assert "未写年份的日期是哪一年" not in bench.ask("/inbox/asked").words
    with gt.open_case(case) as opened:
        (hop,) = opened.trace(OTHER)[0].chains[0].hops
        assert (hop.sender.name, hop.receiver.name, hop.day) == ("段志强", "胡建军", "2023-03-05")


def test_the_year_of_a_confirmed_line_is_asked_once(tmp_path: Path) -> None:
    """A mapping of a person may state a day without its year; its answer holds for the lines of the text."""
    text, mapping = tmp_path / "便条.txt", tmp_path / "m.yml"
    text.write_text(f"3月5日 卖给胡建军1张 {OTHER}\n", encoding="utf-8")
    stated = f'kind: "transfer", date: "3月5日", from: "段志强", to: "胡建军", iccid: "{OTHER}"'
    mapping.write_text(f"transcribed:\n  by: 张警官\n  1: {{{stated}}}\n", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as opened:
        report = opened.load(text, mapping=mapping)
        assert [each.field for each in report.files[0].asked] == ["year"]
        report = opened.load_kept(report.files[0].sha256 or "", answers=["year=2024"])
        assert [each.field for each in report.files[0].asked] == []
        (hop,) = opened.trace(OTHER)[0].chains[0].hops
        assert hop.day == "2024-03-05"


def test_a_line_without_its_day_is_asked_for_it_where_it_would_count_for_nothing(case: Path) -> None:
    text = f"实名企业：智慧农联 {CARD}\n李强在用 {OTHER}\n"
    with served(case, "--lang", "zh") as bench:
        address, _ = paste(bench, text)
        opened_by = line(1, kind="purchase", date="", giver="中国联通", taker="智慧农联", cards=CARD, quantity="")
        user = line(2, kind="usage", date="", giver="", taker="李强", cards=OTHER, quantity="")
        given = {"line": ["1", "2"], "by": "张警官", **opened_by, **user}
        page = bench.post(address, given)
        assert (page.status, page.words.count("没有日期或月份")) == (400, 2)
        page = bench.post(address, {**given, "date-1": "不详", "date-2": "2024-03"})
        assert (page.status, page.words.count("无法识别为日期或月份")) == (400, 1)
        assert (
            bench.post(
                address, {**given, "kind-1": "card_list", "giver-1": "", "taker-1": "智慧农联", "kind-2": "card_list"}
            ).status
            == 303
        )
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        for card, name in ((CARD, "智慧农联"), (OTHER, "李强")):
            (trace,) = opened.trace(card)
            assert name in str(trace.to_dict())
            assert (trace.registrant, trace.end_user) == (None, None)
    assert loaded(case) == {"豪哥聊天记录.txt": 2}


def test_the_days_of_a_chat_are_read_in_the_order_that_one_of_them_tells(case: Path) -> None:
    def days(*stamps: str) -> dict[str, str]:
        said = "".join(f"{stamp}, 09:14 - Kamau: {each}\n" for stamp, each in zip(stamps, (CARD, OTHER), strict=True))
        with served(case, "--lang", "en") as bench:
            return dict(re.findall(r'name="(date-\d)" value="([^"]*)"', paste(bench, said)[1].text))

    assert days("12/03/2025", "15/03/2025") == {"date-1": "2025-03-12", "date-2": "2025-03-15"}
    assert days("3/12/2025", "3/15/2025") == {"date-1": "2025-03-12", "date-2": "2025-03-15"}
    assert days("12/03/2025", "11/03/2025") == {"date-1": "", "date-2": ""}


def test_a_row_of_a_reply_is_recorded_as_registration_and_as_activation_without_a_person(case: Path) -> None:
    text = f"ICCID {CARD}\n客户名称 柏城云联科技有限公司 {CARD}\n激活时间 2024-03-20 {CARD}\n"
    blank = {"date": "", "giver": "", "taker": "", "cards": CARD, "quantity": ""}
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, text)
        assert ["登记" in page.words, 'name="imei-3"' in page.text, 'name="place-3"' in page.text] == [True] * 3
        owned = {**blank, "kind": "registration", "giver": "中国联通", "taker": "柏城云联科技有限公司"}
        active = {**blank, "kind": "activation", "date": "2024-03-20", "imei": "867530021234563", "place": "柏城"}
        given = {"line": ["2", "3"], "by": "张警官", **line(2, **owned)}
        bad = bench.post(address, {**given, **line(3, **{**active, "imei": "12345"})})
        assert (bad.status, "这不是IMEI" in bad.words, "已勾选行中还缺内容" in bad.words) == (400, True, True)
        assert bench.post(address, {**given, **line(3, **active)}).status == 303
        wait_until_idle(bench)
        again = paste(bench, text)[1].text
        assert ['name="imei-3" value="867530021234563"' in again, 'name="place-3" value="柏城"' in again] == [
            True,
            True,
        ]
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        (trace,) = opened.trace(CARD)
        assert trace.registrant is not None
        assert (trace.registrant.name, trace.registrant_basis) == ("柏城云联科技有限公司", "registered")
        (used,) = trace.activations
        assert (used.user, used.imei, used.city) == (None, "867530021234563", "柏城")


def test_a_user_without_a_day_is_listed_and_a_seizure_has_its_case(case: Path) -> None:
    blank = {"date": "", "giver": "", "taker": "", "cards": CARD, "quantity": ""}
    with served(case, "--lang", "zh") as bench:
        address, _ = paste(bench, f"苏远 使用 {CARD}\n从王五处扣押 {CARD}\n")
        used = {**blank, "kind": "usage", "taker": "苏远"}
        found = {**blank, "kind": "seizure", "giver": "王五", "case_no": "A-2024-7", "place": "云洲"}
        given = {"line": ["1", "2"], "by": "张警官", **line(1, **used)}
        dateless = bench.post(address, {**given, **line(2, **found)})
        assert (dateless.status, dateless.words.count("没有日期或月份")) == (400, 1)
        nowhere = bench.post(address, {**given, **line(2, **found), "date-1": "不详", "place-1": "云洲"})
        assert (nowhere.status, "无法识别为日期或月份" in nowhere.words) == (400, True)
        assert bench.post(address, {**given, **line(2, **found), "date-1": "不详"}).status == 303
        wait_until_idle(bench)
        assert "申报使用人 苏远" in bench.ask(f"/card/{CARD}").words
        again = paste(bench, f"苏远 使用 {CARD}\n从王五处扣押 {CARD}\n")[1].text
        assert ['name="taker-1" value="苏远"' in again, 'name="date-1" value="不详"' in again] == [True, True]
    with gt.open_case(case) as opened:
        (trace,) = opened.trace(CARD)
        assert trace.end_user is None
        assert [(each.case_no, each.place) for each in trace.seizures] == [("A-2024-7", "云洲")]


def test_it_is_said_whether_no_line_is_ticked_something_lacks_or_nobody_confirms(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        address, _ = paste(bench)
        moved = line(4, kind="transfer", date="2024-03-20", giver="豪哥", taker="李倩", cards=OTHER, quantity="")
        for given, said in (
            ({"by": "张警官", **moved}, "没有勾选任何行"),
            ({"by": "", "line": "4", **moved}, "请在下方填写确认人"),
            ({"by": "张警官", "line": "4", **moved, "taker-4": ""}, "已勾选行中还缺内容"),
        ):
            refused = bench.post(address, given)
            assert (refused.status, said in refused.words) == (400, True)


def proposed(page: Answer) -> dict[str, tuple[str, ...]]:
    """By the key of each ticked row: kind, day, both sides, cards, IMEI and place."""
    values = dict(re.findall(r'name="(\w+-[\d.]+)" value="([^"]*)"', page.text))
    names = ("date", "giver", "taker", "cards", "imei", "place")
    return {key: (chosen_kind(page, key), *(values[f"{name}-{key}"] for name in names)) for key in ticked(page)}


def shown(page: Answer) -> dict[str, str]:
    """What a browser sends when the button is pressed and nothing was typed."""
    values = dict(re.findall(r'name="(\w+-[\d.]+)" value="([^"]*)"', page.text))
    kinds = {f"kind-{key}": proposed(page)[key][0] for key in ticked(page)}
    return {**values, **kinds}


SECOND, THIRD = "8986061900000000063", "89860719251900301538"


def test_each_thing_that_a_line_of_a_letter_says_is_a_row_and_all_are_recorded_at_once(case: Path) -> None:
    letter = (
        "您发来的号码查好了：\n\n"
        f"1、{CARD}  机主 云栾公司，2025年3月1日入网；2025年4月23日在东湖区首次激活，设备串号867530021234563。\n"
        f"2、{OTHER}  机主 云栾公司，2025年3月1日入网；到现在没有激活过。\n\n中国联通云洲分公司 汤敏\n"
    )
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, letter, "回复")
        carrier, owner = "中国联通云洲分公司", "云栾公司"
        assert proposed(page) == {
            "3": ("registration", "2025-03-01", carrier, owner, CARD, "", ""),
            "3.2": ("activation", "2025-04-23", "", "", CARD, "867530021234563", "东湖区"),
            "4": ("registration", "2025-03-01", carrier, owner, OTHER, "", ""),
        }
        assert bench.post(address, {"line": ticked(page), "by": "周", **shown(page)}).status == 303
        wait_until_idle(bench)
        again = paste(bench, letter, "回复")[1]
        assert proposed(again) == proposed(page)
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        (trace,) = opened.trace(CARD)
        assert [(hop.kind, hop.receiver.name, hop.day) for hop in trace.chains[0].hops] == [
            ("registration", owner, "2025-03-01")
        ]
        assert [(each.when.day, each.city) for each in trace.activations] == [("2025-04-23", "东湖区")]
        assert [each.code for each in trace.findings if each.code == "unread_movement"] == []


def test_notes_of_a_shop_with_month_and_day_are_filled_in_and_what_came_to_nothing_is_not(case: Path) -> None:
    notes = (
        f"宋记手机维修部 卡和杂账 2025年\n4.5  {CARD} 黎志鹏拿走 35\n4.12  卡立得又划来8张联通 还没付钱\n"
        f"4.20  {OTHER} 卖给黎志鹏 40，4.26 退回来了\n5.6  钟小曼说{CARD}要退 后来又不退了 没动\n"
    )
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, notes, "卡 记账")
        shop, buyer = "宋记手机维修部", "黎志鹏"
        assert proposed(page) == {
            "2": ("transfer", "2025-04-05", shop, buyer, CARD, "", ""),
            "4": ("transfer", "2025-04-20", shop, buyer, OTHER, "", ""),
            "4.2": ("return", "2025-04-26", buyer, shop, OTHER, "", ""),
        }
        # one more row of a line, and a line of which nothing is to be recorded
        more = bench.post(address, {"line": ticked(page), "by": "周", "open": "2.2", **shown(page)})
        assert ('name="kind-2.2"' in more.text, 'name="cards-2.2" value="' + CARD in more.text) == (True, True)
        given = {"line": [*ticked(page), "5"], "by": "周", **shown(page), "kind-5": "none"}
        assert bench.post(address, given).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        traces = opened.trace(CARD, OTHER)
        assert [[hop.kind for hop in trace.chains[0].hops] for trace in traces] == [
            ["transfer"],
            ["transfer", "return"],
        ]
        unread = [each.params for trace in traces for each in trace.findings if each.code == "unread_movement"]
        assert unread == []


def test_answers_of_an_interview_are_filled_in_with_the_cards_that_they_mean_and_denials_are_not(case: Path) -> None:
    said = (
        "讯问笔录\n被讯问人：仲伟强　男\n问：你买过卡吗？\n"
        "答：买过两张，在“流量侠通信专营店”买的，2025年4月18日收到的。\n问：两张卡的卡号？\n"
        f"答：一张移动的{THIRD}，一张联通的{CARD}。\n问：移动的那张现在在谁手里？\n"
        "答：2025年4月20日我给薛涛了，之后一直是薛涛在用，没还给我。\n问：联通的那张呢？\n"
        f"答：联通的我自己用，没给过别人。\n问：钟小曼有没有给过你卡？\n"
        f"答：没有。她问我要不要一张卡，号码是{OTHER}，我没要，她也没给我。\n"
    )
    with served(case, "--lang", "zh") as bench:
        address, page = paste(bench, said, "笔录")
        both = f"{THIRD}、{CARD}"
        assert proposed(page) == {
            "4": ("transfer", "2025-04-18", "流量侠通信专营店", "仲伟强", both, "", ""),
            "6": ("none", "", "", "", both, "", ""),
            "8": ("transfer", "2025-04-20", "仲伟强", "薛涛", THIRD, "", ""),
            "8.2": ("usage", "不详", "", "薛涛", THIRD, "", ""),
            "10": ("usage", "不详", "", "仲伟强", CARD, "", ""),
        }
        assert bench.post(address, {"line": ticked(page), "by": "周", **shown(page)}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (trace, refused) = opened.trace(THIRD, OTHER)
        assert [hop.receiver.name for hop in trace.chains[0].hops] == ["仲伟强", "薛涛"]
        assert refused.chains == ()
        assert "薛涛" in str(trace.to_dict())


def test_what_a_firm_says_of_itself_in_a_letter_is_a_purchase_and_who_is_not_named_stays_blank(case: Path) -> None:
    letter = f"我公司云栾市蓝鲸科技有限公司于2025年1月15日向中国联通办理物联网卡2张，卡号{CARD}、{OTHER}。\n"
    with served(case, "--lang", "zh") as bench:
        page = paste(bench, letter, "说明")[1]
        bought = ("purchase", "2025-01-15", "中国联通", "云栾市蓝鲸科技有限公司", f"{CARD}、{OTHER}", "", "")
        assert proposed(page) == {"1": bought}
        page = paste(bench, f"{CARD} 机主 云栾公司，2025年3月1日入网\n", "便条")[1]
        assert proposed(page) == {}
        assert 'name="giver-1" value=""' in page.text
        assert 'name="taker-1" value="云栾公司"' in page.text
