"""What files leave open is asked in the inbox, answered there, and read again there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.errors import AmbiguousName, InternalError
from graphtrace.locale import LANGS, Text, load_catalogue
from graphtrace.render.i18n import page_hint
from graphtrace.results.load_report import SheetReport
from graphtrace.workbench import app, load_process
from graphtrace.workbench.load_worker import AskedRequest

from .bench import CARD, SALES, Answer, Bench, served
from .test_pages import upload, wait_until_idle

HEAD = "出库日期,收货单位,ICCID,备注\n"
OUT = HEAD + "2024-03-20,沃联数码,8986061900000000001,自提\n2024-03-21,老王手机店,8986061900000000002,\n"
IN = "到货日期,供货商,品名,卡号\n2024-04-10,沃联数码,流量卡,8986061900000000001\n"
FIRM = "深圳市卓讯通通信设备有限公司"
COMMANDS = "audit [A-Z]|extract|letters|load|mapping|party|recipes|siblings|status|trace [0-9]|verify"
COMMAND = re.compile(f"--[a-z]|graphtrace (?:{COMMANDS})|GRAPHTRACE_")


def load(bench: Bench, **files: bytes | str) -> Answer:
    for name, content in files.items():
        body = content if isinstance(content, bytes) else content.encode()
        assert bench.post("/inbox/load", {"ticket": upload(bench, name, body)}).status == 303
    return wait_until_idle(bench)


def card_of(page: Answer, name: str) -> str:
    """The card of the first sheet of a file of this name."""
    assert f"<h2>{name}" in page.text, (page.status, page.words)
    return next(part for part in page.text.split('class="bench-asked"')[1:] if f"<h2>{name}" in part)


def key_of(card: str) -> str:
    found = re.search(r'name="card" value="([^"]*)"', card)
    assert found is not None
    return found[1]


def answered(bench: Bench, card: str, *, same: str = "", **fields: str) -> Answer:
    """Send what answers the questions of a card: ``answer_from`` is what is typed to the question for ``from``."""
    key = key_of(card)
    form = {f"{what}:{key}:{name}": text for how, text in fields.items() for what, _, name in (how.partition("_"),)}
    return bench.post("/inbox/answer", {"card": key, **form, **({f"same:{key}": same} if same else {})})


def loaded(case: Path) -> dict[str, int]:
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        return {file["file"]: file["loaded"] for file in opened.status().files}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "x.gtrace"


def test_a_question_is_answered_on_its_card_though_the_workbench_was_started_again(case: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("捷通数码收货登记.csv", IN)
    rows = f"中国联通,{FIRM},,2024-03-01,8986061900000000001,8986061900000000100,100\n"
    with served(case, "--lang", "zh") as bench:
        done = load(
            bench,
            **{
                "销售.csv": SALES + rows,
                "卓讯通出库明细.csv": f"甲方：{FIRM}\n{OUT}",
                "补充.zip": packed.getvalue(),
            },
        )
        assert COMMAND.search(done.words) is None
    with served(case, "--lang", "zh") as bench:
        page = bench.ask("/inbox/asked")
        assert COMMAND.search(page.words) is None
        card = card_of(page, "卓讯通出库明细.csv")
        # the question, the first rows with what is not used, and who may be meant
        assert f"甲方：{FIRM}" in card
        assert "这些卡由谁转出" in card
        assert ("自提" in card, "备注" in card, "未采用" in card) == (True, True, True)
        offered = re.findall(r'class="bench-offer"[^>]* value="([^"]*)"', card)
        assert offered == [FIRM, "卓讯通"]
        assert '<option value="星海智联科技有限公司">' in card
        answer = answered(bench, card, answer_from=FIRM)
        assert answer.status == 303
        wait_until_idle(bench)
        member = card_of(bench.ask("/inbox/asked"), "补充.zip!/捷通数码收货登记.csv")
        assert answered(bench, member, answer_to="捷通数码").status == 303
        wait_until_idle(bench)
        assert 'class="bench-asked"' not in bench.ask("/inbox/asked").text
    told = loaded(case)
    assert (told["卓讯通出库明细.csv"], told["补充.zip!/捷通数码收货登记.csv"]) == (2, 1)


def test_an_answer_that_cannot_be_is_refused_beside_its_input(case: Path) -> None:
    with served(case) as bench:
        load(bench, **{"a.csv": OUT, "b.csv": IN.replace("到货日期", "甲").replace("2024-04-10", "x")})
        card = card_of(bench.ask("/inbox/asked"), "a.csv")
        empty = answered(bench, card)
        assert (empty.status, loaded(case).get("a.csv")) == (400, 0)
        word = answered(bench, card, answer_from="退货")
        assert (word.status, 'role="alert"' in word.text, 'name="insist:' in word.text) == (400, True, False)
        contradicted = answered(bench, card, answer_from="中国移动")
        assert contradicted.status == 400
        assert "China Unicom" in contradicted.text.partition('role="alert"')[2].partition("</p>")[0]
        assert f'name="insist:{key_of(card)}:from" value="1">' in contradicted.text
        other_side = answered(bench, card, answer_from="中国移动", column_from="x")
        assert other_side.status == 400
        assert answered(bench, card, answer_from="中国移动", insist_from="1").status == 303
        wait_until_idle(bench)
    assert loaded(case)["a.csv"] == 2


def test_a_column_can_be_the_answer(case: Path) -> None:
    rows = "收货单位,发卡人,ICCID,出库日期\n沃联数码,老周,8986061900000000001,2024-03-20\n"
    with served(case) as bench:
        load(bench, **{"a.csv": rows})
        card = card_of(bench.ask("/inbox/asked"), "a.csv")
        assert answered(bench, card, column_from="发卡人").status == 303
        wait_until_idle(bench)
        assert "老周" in bench.ask("/card/8986061900000000001").words


def test_an_answer_is_for_further_sheets_only_where_they_are_ticked(case: Path) -> None:
    files = {f"卓讯通出库{month}月.csv": OUT.replace("00000000", f"000{month}0000") for month in (3, 4, 5)}
    with served(case) as bench:
        load(bench, **files, **{"老王出库.csv": OUT.replace("00000000", "00090000")})
        page = bench.ask("/inbox/asked")
        first, second = card_of(page, "卓讯通出库3月.csv"), card_of(page, "卓讯通出库4月.csv")
        boxes = re.findall(r'name="same:[^"]*" value="([^"]*)"( checked)?', first)
        assert [checked for _, checked in boxes] == ["", ""]
        assert key_of(card_of(page, "老王出库.csv")) not in {value for value, _ in boxes}
        assert answered(bench, first, answer_from=FIRM, same=key_of(second)).status == 303
        wait_until_idle(bench)
    assert loaded(case) == {**dict.fromkeys(files, 2), "卓讯通出库5月.csv": 0, "老王出库.csv": 0}


def test_all_questions_are_answered_at_once_and_a_party_of_several_sheets_is_asked_once(case: Path) -> None:
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    firm = "深圳市云拓通信技术有限公司"
    for sheet, above, start in ((notes, "白卡出库登记", 1), (book.create_sheet("裸卡出库"), "裸卡出库登记", 5)):
        sheet.append([above])
        sheet.append(["出库日期", "收货单位", "ICCID", "备注"])
        sheet.append(["2024-03-20", "沃联数码", f"898606190000000000{start}", "自提"])
    notes.title = "白卡"
    packed = io.BytesIO()
    book.save(packed)
    orders = OUT.replace("00000000", "00090000").replace("收货单位", "客户")
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"云拓通信_出货及裸卡出库(2024).xlsx": packed.getvalue(), "老王出库.csv": OUT, "x.csv": orders})
        page = bench.ask("/inbox/asked")
        assert page.text.count('<form method="post" action="/inbox/answer"') == 1
        cards = page.text.split('class="bench-asked"')[1:]
        assert len(cards) == 3
        first, other = card_of(page, "云拓通信_出货及裸卡出库(2024).xlsx"), card_of(page, "老王出库.csv")
        # both sheets stand on the card, and what is proposed are parties
        assert ("白卡出库登记" in first, "裸卡出库登记" in first) == (True, True)
        assert re.findall(r'class="bench-offer"[^>]* value="([^"]*)"', first)[0] == "云拓通信"
        joined = re.findall(r'name="(joined:[^"]*)" value="([^"]*)" checked', first)
        assert len(joined) == 1
        keys = {name: key_of(card) for name, card in (("first", first), ("other", other))}
        answers = {
            "card": [*keys.values()],
            f"answer:{keys['first']}:from": firm,
            joined[0][0]: joined[0][1],
            f"answer:{keys['other']}:from": "退货",
        }
        refused = bench.post("/inbox/answer", answers)
        # beside what cannot be an answer all that was typed stays
        assert (refused.status, f'value="{firm}" maxlength' in refused.text) == (400, True)
        assert bench.post("/inbox/answer", {**answers, f"answer:{keys['other']}:from": "老王"}).status == 303
        wait_until_idle(bench)
        # what was answered stands where the file can be read again
        assert "转出方: 老王" in bench.ask(f"/mapping/{keys['other'][:64]}").words
        left = bench.ask("/inbox/asked").text.split('class="bench-asked"')[1:]
        assert [part.partition("<h2>")[2].partition("<")[0] for part in left] == ["x.csv"]
    told = loaded(case)
    assert (told["云拓通信_出货及裸卡出库(2024).xlsx"], told["老王出库.csv"]) == (2, 2)


def test_a_fault_of_the_program_loses_nothing_of_what_was_typed(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = load_process.asked_in_process

    def fails(request: AskedRequest) -> Sequence[SheetReport]:
        if request.answers:
            raise InternalError("own_fault", kind="IndexError", hint="report_fault")
        return ask(request)

    with served(case, "--lang", "zh") as bench:
        load(bench, **{"a.csv": OUT})
        card = card_of(bench.ask("/inbox/asked"), "a.csv")
        monkeypatch.setattr(app, "asked_in_process", fails)
        failed = answered(bench, card, answer_from=FIRM)
        assert (failed.status, f'value="{FIRM}" maxlength' in failed.text) == (400, True)
        assert "IndexError" in failed.words
        assert COMMAND.search(failed.words) is None
        # and it stands there when the page is opened again
        assert f'value="{FIRM}" maxlength' in bench.ask("/inbox/asked").text
        monkeypatch.setattr(app, "asked_in_process", ask)
        assert answered(bench, card, answer_from=FIRM).status == 303
        wait_until_idle(bench)
    assert loaded(case) == {"a.csv": 2}


def test_a_file_of_the_case_is_read_again_by_a_mapping_or_as_the_program_reads_it(case: Path) -> None:
    text = "转出方,转入方,日期,卡号\n沃联数码,老王手机店,2024-04-10,8986061900000000001\n"
    with served(case) as bench:
        load(bench, **{"a.csv": text})
        address = re.search(r'href="(/mapping/[0-9a-f]{64})"', bench.ask("/inbox/contents").text)
        assert address is not None
        columns = {"column-A": "to", "column-B": "from", "column-C": "date", "column-D": "iccid"}
        form = {"kind": "transfer", "header_row": "1", **columns}
        tried = bench.post(address[1], {**form, "do": "try"})
        assert 'id="tried"' in tried.text
        assert "a.csv" in tried.words
        assert bench.post(address[1], {**form, "do": "load"}).status == 303
        wait_until_idle(bench)
        assert moves(case) == [("老王手机店", "沃联数码")]
        again = bench.ask(address[1]).text
        assert re.search(r'<select name="column-A".*?<option value="to"[^>]* selected', again)
        assert re.search(r'<select id="kind".*?<option value="transfer"[^>]* selected', again)
        assert bench.post(address[1], {**form, "do": "plain", "kind": "return"}).status == 303
        wait_until_idle(bench)
        assert bench.ask("/mapping/" + "0" * 64).status == 404
    assert moves(case) == [("沃联数码", "老王手机店")]


def test_a_file_that_is_taken_away_comes_back_as_it_was_read(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        load(bench, **{"a.csv": OUT})
        card = card_of(bench.ask("/inbox/asked"), "a.csv")
        answered(bench, card, answer_from=FIRM)
        wait_until_idle(bench)
        before = moves(case)
        contents = bench.ask("/inbox/contents").text
        sha256 = re.search(r'action="/inbox/unload".*?name="sha256" value="([0-9a-f]{64})"', contents)
        assert sha256 is not None
        assert bench.post("/inbox/unload", {"sha256": sha256[1], "why": ""}).status == 400
        assert bench.post("/inbox/unload", {"sha256": sha256[1], "why": "of another case"}).status == 303
        with gt.open_case(case) as opened:
            assert [trace.found for trace in opened.trace(CARD)] == [False]
        contents = bench.ask("/inbox/contents").words
        assert "of another case" in contents
        assert bench.post("/inbox/restore", {"sha256": "0" * 64}).status == 404
        assert bench.post("/inbox/restore", {"sha256": sha256[1]}).status == 303
        wait_until_idle(bench)
        assert "of another case" not in bench.ask("/inbox/contents").words
        assert bench.post("/inbox/restore", {"sha256": sha256[1]}).status == 404
    assert moves(case) == before != []


def test_a_file_of_an_archive_that_could_not_be_read_has_a_page_to_say_what_its_columns_are(case: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("材料/甲乙.csv", f"甲栏,乙栏,丙栏,丁栏\n沃联数码,老王手机店,2024-04-10,{CARD}x\n")
        archive.writestr("材料/出库.csv", f"转出方,转入方,日期,卡号\n甲,乙,2024-03-05,{CARD}\n")
    with served(case) as bench:
        page = load(bench, **{"补充材料.zip": packed.getvalue()})
        address = re.search(r'href="(/mapping/[0-9a-f]{16})"><span lang="en">[^<]* 甲乙.csv are<', page.text)
        assert address is not None
        assert len(re.findall("/mapping/", page.text)) == 1
        assert "丙栏" in bench.ask(address[1]).text
        columns = {"column-A": "from", "column-B": "to", "column-C": "date", "column-D": "iccid"}
        form = {"kind": "transfer", "header_row": "1", **columns, "do": "load"}
        assert bench.post(address[1], form).status == 303
        wait_until_idle(bench)
    assert loaded(case).keys() == {"补充材料.zip!/材料/出库.csv", "甲乙.csv"}


def test_every_sheet_of_a_workbook_can_be_mapped(case: Path) -> None:
    book = openpyxl.Workbook()
    for sheet, title, to in ((book.active, "进", "甲店"), (book.create_sheet("出"), "出", "乙店")):
        sheet.title = title
        sheet.append(["甲栏", "乙栏", "丙栏", "丁栏"])
        sheet.append(["沃联数码", to, "2024-04-10", CARD if title == "进" else "8986061900000000002"])
    packed = io.BytesIO()
    book.save(packed)
    columns = {"column-A": "from", "column-B": "to", "column-C": "date", "column-D": "iccid"}
    form = {"kind": "transfer", "header_row": "1", **columns, "do": "load"}
    with served(case) as bench:
        load(bench, **{"台账.xlsx": packed.getvalue()})
        address = re.search(r'href="(/mapping/[0-9a-f]{64})"', bench.ask("/inbox/contents").text)
        assert address is not None
        first = bench.ask(address[1]).text
        assert ("甲店" in first, "乙店" in first) == (True, False)
        second = re.search(r'href="(/mapping/[^"]*sheet=[^"]*)"', first)
        assert second is not None
        assert ("甲店" in bench.ask(second[1]).text, "乙店" in bench.ask(second[1]).text) == (False, True)
        for sheet in ("出", "进"):
            assert bench.post(address[1], {**form, "sheet": sheet}).status == 303
            wait_until_idle(bench)
    with gt.open_case(case) as opened:
        found = opened.trace(CARD, "8986061900000000002")
        assert [trace.chains[0].holder.name for trace in found] == ["甲店", "乙店"]


def moves(case: Path) -> list[tuple[str | None, str | None]]:
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        return [(hop.sender.name, hop.receiver.name) for hop in opened.trace(CARD)[0].chains[0].hops]


def test_what_the_case_keeps_of_unread_files_is_said_as_it_is(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        said = load(bench, **{"a.csv": OUT}).words
        assert ("The case keeps these files" in said, "names and hashes" in said) == (True, False)
        odd = "车位号,业主\n1,张三\n"
        said = load(bench, **{"b.csv": odd}).words.partition("a.csv · done")[0]
        assert ("The case keeps these files" in said, "names and hashes" in said) == (False, True)
        contents = bench.ask("/inbox/contents").words
        assert "b.csv" in contents.partition("only name and hash are kept")[2]
    with served(case.with_name("y.gtrace"), "--lang", "en") as bench:
        said = load(bench, **{"b.csv": odd}).words
        assert ("b.csv" in said, "names and hashes" in said) == (True, False)


def test_a_question_that_may_be_left_open_has_its_control(case: Path) -> None:
    listed = f"ICCID,客户名称,SIM卡状态,激活日期\n{CARD},沃联数码有限公司,已激活,2024-04-22\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"深圳联通_协查反馈.csv": listed})
        page = bench.ask("/inbox/asked")
        card = card_of(page, "深圳联通_协查反馈.csv")
        assert "运营商自己的客户清单" in card
        assert re.search(r'<select[^>]*name="answer:[^"]*:kind".*?value="registration"', card)
        assert answered(bench, card, answer_kind="registration").status == 303
        wait_until_idle(bench)
        assert "运营商自己的客户清单" not in bench.ask("/inbox/asked").text
    with gt.open_case(case) as opened:
        registrant = opened.trace(CARD)[0].registrant
        assert registrant is not None
        assert registrant.name == "沃联数码有限公司"


def test_customers_of_one_name_that_a_carrier_lists_row_by_row_are_judged_together(case: Path) -> None:
    cards = [f"898606190000000000{number}" for number in (1, 2, 3)]
    listed = "ICCID,客户名称,SIM卡状态,激活日期\n" + "".join(f"{card},穗朴共享,已激活,2024-04-22\n" for card in cards)
    firm = "南京穗朴共享设备有限公司"
    sold = f"转出方,转入方,日期,卡号\n{firm},萍姐,2024-05-01,{cards[0]}\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"南京联通_协查反馈.csv": listed, "送货.csv": sold})
        card = card_of(bench.ask("/inbox/asked"), "南京联通_协查反馈.csv")
        assert answered(bench, card, answer_kind="registration").status == 303
        wait_until_idle(bench)
        page = bench.ask(f"/judge?one={quote('穗朴共享')}&other={quote(firm)}").text
        form = page.partition('id="verdict"')[2].partition("</form>")[0]
        # an id that says no more than the name is not shown
        assert re.search(r'<p class="mono small quiet">name:[^#<]*</p>', page) is None
        members = re.findall(r'name="member" value="([^"]*)" checked', form)
        assert (len(members), len(set(members))) == (4, 4)
        # one of them leads to the others, too
        assert page.count('name="member"') == 4
        alone = bench.ask(f"/judge?one={quote(members[0])}").text
        assert len(re.findall('name="member"', alone)) == 3
        said = {"member": members, "verdict": "same", "why": "来函写明", "order": ""}
        assert bench.post("/judge", said).status == 303
    with gt.open_case(case) as opened:
        assert opened.party("穗朴共享").party.id == opened.party(firm).party.id
        (chain,) = opened.trace(cards[0])[0].chains
        assert [hop.receiver.name for hop in chain.hops] == [firm, "萍姐"]
        assert opened.verify(deep=True) == []


def test_a_judgement_by_a_name_means_the_one_customer_who_bears_it_or_names_them_all(case: Path) -> None:
    listed = "ICCID,客户名称,SIM卡状态,激活日期\n{},穗朴共享,已激活,2024-04-22\n"
    with gt.open_case(case) as opened:
        path = case.with_name("南京联通_协查反馈.csv")
        path.write_text(listed.format("8986061900000000001"), encoding="utf-8")
        opened.load(path, answers=["kind=registration"])
        other = case.with_name("送货.csv")
        other.write_text("转出方,转入方,日期,卡号\n甲公司,乙公司,2024-05-01,8986061900000000009\n", encoding="utf-8")
        opened.load(other)
        opened.resolve("穗朴共享", "甲公司", same=True, why="来函")
        assert opened.party("穗朴共享").party.id == opened.party("甲公司").party.id
        path.write_text(listed.format("8986061900000000005") * 1, encoding="utf-8")
        opened.load(path, answers=["kind=registration"])
        with pytest.raises(AmbiguousName) as raised:
            opened.resolve("穗朴共享", "乙公司", same=True, why="来函")
    assert len(raised.value.params["parties"]) == 2


def test_the_files_of_a_case_stand_in_groups_by_what_became_of_them(case: Path) -> None:
    odd = "车位号,业主\n1,张三\n"
    text = f"转出方,转入方,日期,卡号\n甲,乙,2024-03-05,{CARD}\n"
    with served(case, "--lang", "en") as bench:
        load(bench, **{"asks.csv": OUT, "read.csv": text})
        load(bench, **{"odd.txt": odd})
        page = bench.ask("/inbox/contents").text
        groups = dict(
            re.findall(r'<details class="bench-group" id="files-(\w+)">(.*?)</ul></details>', page, re.DOTALL)
        )
        named = {code: re.findall(r"<strong>([^<]*)</strong>", part) for code, part in groups.items()}
        assert named == {"waiting": ["asks.csv"], "read": ["read.csv"], "not_read": ["odd.txt"]}
        assert list(groups) == ["waiting", "read", "not_read"]
        for address in re.findall(r'href="(/(?:mapping|paste)/[^"]*)"', page):
            assert bench.ask(address).status == 200, address
        assert len(re.findall(r'href="/paste/', groups["not_read"])) == 1
    with served(case, "--lang", "en") as bench:
        # what was not kept has to be chosen again
        (part,) = re.findall(r'id="files-not_read">(.*?)</details>', bench.ask("/inbox/contents").text, re.DOTALL)
        assert "/paste/" not in part
        assert 'href="/#files"' in part


def test_no_page_of_a_case_with_questions_names_a_command(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(
            bench, **{"1.csv": f"转出方,转入方,日期,卡号\n甲,乙,2024-03-05,{CARD}\n", "a.csv": OUT, "b.csv": "甲\n1\n"}
        )
        for path in (
            "/",
            "/inbox/contents",
            "/inbox/questions",
            "/rejects",
            "/leads",
            f"/card/{CARD}",
            "/audit",
            "/log",
        ):
            assert COMMAND.search(bench.ask(path).words) is None, path


def test_the_number_of_rejected_rows_is_that_of_the_list_that_it_opens(case: Path) -> None:
    with served(case, "--lang", "en") as bench:
        load(bench, **{"a.csv": OUT, "b.csv": "转出方,转入方,日期,卡号\n甲,乙,2024-13-01,8986061900000000001\n"})
        for name, rows in (("a.csv", 2), ("b.csv", 1)):
            assert re.search(f'href="/rejects\\?file={name}">{rows}<', bench.ask("/inbox/contents").text)
            page = bench.ask(f"/rejects?file={name}")
            assert f'<span class="count">{rows}</span>' in page.text
            assert ("in 2 rows" in page.words) == (rows == 2)
        assert '<span class="count">3</span>' in bench.ask("/rejects").text


def test_no_hint_of_a_page_names_a_command() -> None:
    params = dict.fromkeys(("file", "hint", "numbers", "names", "levels", "way"), "x")
    shown = [page_hint(Text("hints", hint, params)) for hint in load_catalogue("en")["hints"]]
    texts = [hint.render(lang) for hint in shown if hint is not None for lang in LANGS]
    assert [text for text in texts if COMMAND.search(text)] == []


def test_loads_that_are_over_make_room_for_what_is_asked(case: Path) -> None:
    with served(case) as bench:
        for number in range(1, 6):
            load(bench, **{f"{number}.csv": f"{HEAD}2024-03-2{number},甲,898606190000000030{number},\n"})
        tasks = bench.ask("/inbox/tasks").text
        before, _, folded = tasks.partition("<details><summary class")
        assert [f'id="task-{number}"' in before for number in range(1, 6)] == [False, False, True, True, True]
        assert [f'id="task-{number}"' in folded for number in (1, 2)] == [True, True]
        assert "2 earlier loads" in folded


BOOK = "日期,客户,客户电话,卡号起,卡号止\n2024-04-10,阿坤,13757300021,8986061900000000000,8986061900000000009\n"


def test_who_gave_cards_to_whom_is_said_by_controls_with_what_happened_to_them(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"出货登记.csv": BOOK})
        card = card_of(bench.ask("/inbox/asked"), "出货登记.csv")
        key = f"{key_of(card)}:kind"
        # no page says how an answer is typed
        assert not re.search(r"→\[|kind=|…→", re.sub(r'value="[^"]*"', "", card))
        assert f'name="from:{key}"' in card
        assert re.search(rf'name="to-column:{re.escape(key)}">.*?<option value="客户" selected>', card)
        form = {
            "card": key_of(card),
            f"answer:{key}": "transfer",
            f"from:{key}": "云桥科技",
            f"to-column:{key}": "客户",
        }
        assert bench.post("/inbox/answer", {"card": key_of(card), **form}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (chain,) = opened.trace("8986061900000000003")[0].chains
        assert [(hop.sender.name, hop.receiver.name) for hop in chain.hops] == [("云桥科技", "阿坤")]


def test_the_column_proposed_for_sales_is_no_side_of_what_came_back_and_nothing_is_said_by_default(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"登记.csv": BOOK})
        card = card_of(bench.ask("/inbox/asked"), "登记.csv")
        key = f"{key_of(card)}:kind"
        form = {"card": key_of(card), f"to-column:{key}": "客户"}
        assert bench.post("/inbox/answer", form).status == 400
        assert bench.post("/inbox/answer", {**form, f"answer:{key}": "return"}).status == 400
        assert bench.post("/inbox/answer", {**form, f"answer:{key}": "identity"}).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        assert opened.trace("8986061900000000003")[0].chains == ()


def test_who_of_the_two_in_a_chat_gave_the_other_cards_is_answered_by_a_way_or_by_names(case: Path) -> None:
    chat = f"2025-03-29 14:37:18 捷联小周\n发了鹏哥 {CARD}\n2025-03-29 14:40:02 大鹏流量\n好\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"一.txt": chat, "二.txt": chat.replace("03-29", "04-02")})
        page = bench.ask("/inbox/asked")
        first, second = (card_of(page, name) for name in ("一.txt", "二.txt"))
        assert "发了鹏哥" in first
        assert answered(bench, first, answer_kind="捷联小周→大鹏流量").status == 303
        wait_until_idle(bench)
        assert answered(bench, second, from_kind="捷联小周", to_kind="大鹏数码店").status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        hops = [hop for chain in opened.trace(CARD)[0].chains for hop in chain.hops]
        assert [(hop.sender.name, hop.receiver.name, hop.day) for hop in hops] == [
            ("捷联小周", "大鹏流量", "2025-03-29"),
            ("捷联小周", "大鹏数码店", "2025-04-02"),
        ]


def test_a_seizure_without_its_day_is_answered_by_its_case_and_no_field_is_named(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"扣押清单.csv": f"扣押物品清单\n卡号,持有人\n{CARD},王五\n"})
        card = card_of(bench.ask("/inbox/asked"), "扣押清单.csv")
        assert ("哪一天，或哪个案件？" in card, "case_no=" in card) == (True, False)
        key = key_of(card)
        sent = bench.post("/inbox/answer", {"card": key, f"case:{key}:date": "A-2024-7"})
        assert sent.status == 303
        wait_until_idle(bench)
        assert 'class="bench-asked"' not in bench.ask("/inbox/asked").text
    with gt.open_case(case) as opened:
        (seizure,) = opened.trace(CARD)[0].seizures
        assert (seizure.case_no, seizure.when) == ("A-2024-7", None)


def test_whoever_gave_the_cards_is_not_offered_as_who_got_them(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"销售.csv": SALES, "出库登记.csv": f"{FIRM}出库登记\n出库日期,ICCID\n2024-03-20,{CARD}\n"})
        card = card_of(bench.ask("/inbox/asked"), "出库登记.csv")
        assert ":to" in card
        assert f'value="{FIRM}"' not in card


def test_the_counts_of_the_inbox_fit_together(case: Path) -> None:
    total = f"合计,,,,,,\n中国联通,{FIRM},,x,8986061900000000101,8986061900000000102,2\n"
    optional = f"ICCID,入网日期,单位名称\n8986061900000000201,2024-11-18,{FIRM}\n"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"销售.csv": SALES + total, "出库.csv": OUT, "用户资料.csv": optional})
        digest = next(file["sha256"] for file in gt.open_case(case).status().files if file["file"] == "销售.csv")
        page = bench.ask("/inbox/contents").words
        assert "not loaded 未采用 3 no records (totals, headings) 不是记录（合计、表头等） 1" in page
        assert "已载入 1 · not loaded 未采用 1 · no records (totals, headings) 不是记录（合计、表头等） 1" in page
        assert "1个文件、3行、1个问题" in page
        asked = bench.ask("/inbox/asked").words
        assert "待回答的问题 1 and 1 that may be left open 另有1个可不回答" in asked
        address = bench.post("/source/text", {"sha256": digest, "sheet": "", "row": "4"}).headers["location"]
        card = "8986061900000000101"
        said = {"kind-2": "purchase", "date-2": "2024-03-02", "giver-2": "中国联通", "taker-2": FIRM, "cards-2": card}
        assert bench.post(address, {**said, "line": "2", "opened": "2", "by": "张警官"}).status == 303
        wait_until_idle(bench)
        page = bench.ask("/inbox/contents").words
        assert "files 文件 3 rows recorded by hand 人工录入的行 1" in page


def test_a_corrected_file_of_the_same_name_replaces_the_earlier_one_and_offers_its_answers(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"出库.csv": OUT})
        assert answered(bench, card_of(bench.ask("/inbox/asked"), "出库.csv"), answer_from="老周").status == 303
        wait_until_idle(bench)
        assert "同名的前一份文件" not in bench.ask("/inbox/contents").words
        load(bench, **{"出库.csv": OUT.replace("沃联数码", "沃联通信")})
        card = card_of(bench.ask("/inbox/asked"), "出库.csv")
        offers = card.partition("该名称的前一份文件曾回答")[2].partition("</p>")[0]
        assert 'value="老周"' in offers
        page = bench.ask("/inbox/contents")
        assert page.words.count("同名的前一份文件") == 1
        form = page.text.partition('action="/inbox/unload" class="ask')[2].partition("</form>")[0]
        old = re.search(r'name="sha256" value="([0-9a-f]{64})"', form)
        assert old is not None
        assert bench.post("/inbox/unload", {"sha256": old[1], "why": "更正后重发"}).status == 303
        assert "同名的前一份文件" not in bench.ask("/inbox/contents").words
        card = card_of(bench.ask("/inbox/asked"), "出库.csv")
        assert "该名称的前一份文件曾回答" in card
        assert answered(bench, card, answer_from="老周").status == 303
        wait_until_idle(bench)
        page = bench.ask(f"/card/{CARD}").words
        assert ("沃联通信" in page, "沃联数码" in page) == (True, False)


def test_answers_stand_in_the_inbox_and_in_the_log_and_are_undone_there(case: Path) -> None:
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"出库.csv": OUT})
        card = card_of(bench.ask("/inbox/asked"), "出库.csv")
        assert answered(bench, card, answer_from="老周").status == 303
        wait_until_idle(bench)
        assert "回答 from: 老周 转出方: 老周" in bench.ask("/log").words
        page = bench.ask("/inbox/contents")
        assert "已回答： from: 老周 转出方: 老周" in page.words
        assert "撤销这些回答" in bench.ask(f"/mapping/{key_of(card)[:64]}").words
        form = page.text.partition("已回答：")[2].partition("</form>")[0]
        assert "撤销这些回答" in form
        address = re.search(r'action="(/mapping/[0-9a-f]{64})"', form)
        assert address is not None
        assert bench.post(address[1], {"do": "plain"}).status == 303
        wait_until_idle(bench)
        assert "已回答" not in bench.ask("/inbox/contents").words
        assert 'class="bench-asked"' in bench.ask("/inbox/asked").text
    assert loaded(case) == {"出库.csv": 0}


def test_no_page_says_a_question_in_the_form_of_a_command(case: Path) -> None:
    out, back = f"2024-02-20,划拨,{CARD},云岭公司,老王\n", f"2024-03-04,回收,{CARD},老王,云岭公司\n"
    rows = f"操作时间,操作类型,ICCID,甲栏,乙栏\n{out}{back}"
    with served(case, "--lang", "zh") as bench:
        load(bench, **{"操作.csv": rows})
        assert 'class="bench-asked"' in bench.ask("/inbox/asked").text
        for page in ("/", "/inbox/asked", "/inbox/contents", f"/card/{CARD}"):
            assert re.search(r"\b[a-z_]+=[\[\w…]", bench.ask(page).words) is None
        # who gave and who got them is said by the columns
        key = key_of(card_of(bench.ask("/inbox/asked"), "操作.csv"))
        sides = {f"from-column:{key}:kind": "甲栏", f"to-column:{key}:kind": "乙栏"}
        assert bench.post("/inbox/answer", {"card": key, **sides}).status == 303
        wait_until_idle(bench)
    assert loaded(case) == {"操作.csv": 2}
