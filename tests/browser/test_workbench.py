"""A whole story in the workbench, as a person at a desk does it, with a trap for whatever a page must not do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest

import graphtrace as gt
from graphtrace.evidence.pinned_report import pin_answer
from graphtrace.render import Lang

from ..workbench.bench import CARD, HOSTILE, Bench, write_files
from ..workbench.bench import served_apart as served
from .conftest import PATIENCE_MS, Trap, on_paper

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route


class OwnTrap(Trap):
    """The trap of pages that are served: they may ask their own server, and nobody else."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.origin = origin

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:")):
            self.caught.append(f"request {url}")


def arrive(page: Page, bench: Bench) -> None:
    """Let a browser in by an address that is printed."""
    page.goto(bench.take_address())
    page.wait_for_url(lambda url: url.startswith(bench.origin) and "token" not in url)


@contextmanager
def opened(browser: Browser, bench: Bench, lang: Lang, *, downloads: int = 0, **context: Any) -> Iterator[Page]:
    tab = browser.new_context(viewport={"width": 1280, "height": 900}, **context)
    page = tab.new_page()
    page.set_default_timeout(PATIENCE_MS)
    trap = OwnTrap(bench.origin)
    arrive(page, bench)
    trap.watch(page)
    if lang == "zh":
        page.click("label[for=lang-zh]")
    yield page
    tab.close()
    came = [each for each in trap.caught if each.startswith("download blob:")]
    assert (len(came), [each for each in trap.caught if each not in came]) == (downloads, [])


WORDS = {
    "en": {
        "done": "done",
        "leads": "Leads",
        "sent": "sent",
        "broken": "missing",
        "chart": "Chart",
        "judge": "Same party?",
    },
    "zh": {"done": "已完成", "leads": "线索", "sent": "已发", "broken": "缺少", "chart": "关系图", "judge": "主体归并"},
}


@pytest.mark.slow
def test_from_files_to_a_chain_that_closes(browser: Browser, tmp_path: Path) -> None:
    files = write_files(tmp_path)
    place = tmp_path / "案件.gtrace"
    with served(place, "--lang", "en") as bench, opened(browser, bench, "en", color_scheme="dark") as page:
        live_through(page, files, "en")
    with gt.open_case(place) as case:
        assert case.verify() == []


@pytest.mark.slow
def test_the_same_on_a_server_in_the_other_language(browser: Browser, tmp_path: Path, neo4j_uri: str) -> None:
    files = write_files(tmp_path)
    with served(neo4j_uri) as bench, opened(browser, bench, "zh", color_scheme="light") as page:
        live_through(page, files, "zh")
    with gt.open_case(neo4j_uri) as case:
        assert case.verify() == []


def live_through(page: Page, files: Sequence[Path], lang: Lang) -> None:
    """Load files, find a card, read its chain and a row behind it, note, chart, ask, and judge two names the same."""
    from playwright.sync_api import expect

    words = WORDS[lang]
    # files come in and are loaded in the background
    page.set_input_files("#files", [str(file) for file in files])
    page.click("#load")
    page.wait_for_selector(".bench-done")
    assert words["done"] in page.locator("main").inner_text()
    page.wait_for_selector("text=seizures.csv", state="attached")
    # a number leads to its card, by the keyboard alone
    page.keyboard.press("/")
    page.keyboard.type("8986 O619 0000 0000 002")
    page.keyboard.press("Enter")
    page.wait_for_url("**/card/**")
    assert page.evaluate("document.documentElement.lang") == lang
    assert words["broken"] in page.locator("main").inner_text()
    assert page.locator("figure svg").first.is_visible()
    # the row behind a step, with its cells as they stand in the file
    page.locator("main a", has_text="transfers.csv").first.click()
    page.wait_for_url("**/source?**")
    assert "8986061900000000002" in page.locator("tr.chosen").inner_text()
    page.go_back()
    # a note on it
    page.fill("#note", HOSTILE)
    page.locator("#notes button").click()
    page.wait_for_selector(".bench-note-list li")
    assert "{{7*7}}" in page.locator(".bench-note-list").inner_text()
    # from the card to a party, from there to the chart, one step further
    page.locator("main td a", has_text="赵六").first.click()
    page.wait_for_url("**/party/**")
    page.locator(".bench-onward a", has_text=words["chart"]).click()
    page.wait_for_url("**/chart?**")
    rows = page.locator("#chart-rows tr")
    expect(rows).to_have_count(1)
    page.fill("#chart-party", "老K")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    page.click("#chart-undo")
    expect(rows).to_have_count(1)
    page.click("#chart-redo")
    expect(rows).to_have_count(3)
    page.fill("#chart-since", "2024-04-15")
    expect(rows).to_have_count(1)
    page.fill("#chart-since", "")
    page.fill("#chart-name", "v")
    page.locator("#chart-save button").click()
    page.wait_for_url("**/chart?view=v")
    expect(rows).to_have_count(3)
    # the lead is sent
    page.locator(".bench-nav a", has_text=words["leads"]).click()
    page.locator("td details summary").first.click()
    page.locator("td details[open] input[value=sent]").check()
    page.locator("td details[open] button").click()
    page.wait_for_selector(f"td:has-text('{words['sent']}')")
    # two names that may be one party: the queue proposes them, and the chain closes
    page.locator(".bench-nav a", has_text=words["judge"]).click()
    page.locator("#candidates tr", has_text="赵六").locator("a[href^='/judge?']").first.click()
    page.wait_for_url("**/judge?**")
    page.locator("input[name=verdict][value=same]").check()
    page.locator("#why").fill("same telephone")
    page.locator("#verdict button").click()
    page.wait_for_selector("text=same telephone")
    page.goto(page.url.partition("/judge")[0] + "/card/8986061900000000002")
    assert page.locator(".outcome-continuous").count() == 1
    # on paper stand the answer and the notes, and nothing of the workbench around them
    paper = on_paper(page)
    assert "赵六" in paper
    assert "{{7*7}}" in paper
    assert words["leads"] not in paper.partition(paper[:1])[2][:200]


SVG = "{http://www.w3.org/2000/svg}"
GEXF = "{http://gexf.net/1.3}"


def saved(page: Page, button: str) -> str:
    """The file that a button of the chart saves."""
    with page.expect_download() as download:
        page.click(button)
    return Path(download.value.path()).read_text("utf-8")


def test_the_chart_is_brushed_coloured_noted_and_saved_as_it_is_shown(browser: Browser, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    # thirty buyers, of whom a step draws twelve
    rows = "".join(f"老K,丙{n},2024-0{1 + n % 6}-05,{8986061900000000100 + n}\n" for n in range(30))
    (tmp_path / "many.csv").write_text(f"转出方,转入方,日期,卡号\n{rows}", "utf-8")
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(*write_files(tmp_path), tmp_path / "many.csv")
    with served(case) as bench, opened(browser, bench, "en", downloads=4) as page:
        page.goto(f"{bench.origin}/chart?party=" + quote("老K"))
        shown = page.locator("#chart-rows tr")
        # one sender, twelve of thirty-one receivers, and one element for the others
        expect(shown).to_have_count(14)
        assert "19 more parties 19 cards" in page.locator("#chart-rows").inner_text()
        # the same by month, and the parties of one month behind it
        page.select_option("#chart-by", "month")
        page.locator("#chart-rows button[aria-label='Expand 老K']").first.click()
        expect(shown).to_have_count(14 + 6 + 1)
        page.locator("#chart-rows button[aria-label^='Expand 2024-01']").click()
        expect(shown).to_have_count(14 + 7 + 5)
        page.click("#chart-undo")
        page.click("#chart-undo")
        page.select_option("#chart-by", "party")
        expect(shown).to_have_count(14)
        # the name of a party is data, whatever it holds
        page.fill("#chart-party", "星海智联科技有限公司")
        page.keyboard.press("Enter")
        expect(shown).to_have_count(16)
        page.focus("#stage")
        page.keyboard.press("ArrowRight")
        page.fill("#chart-note", "<b>asked</b> & noted")
        page.keyboard.press("Tab")
        page.select_option("#chart-mark", "2")
        svg = ElementTree.fromstring(saved(page, "#chart-svg"))
        assert len(svg.findall(f"./{SVG}rect")) == 1 + 17
        texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
        assert "✎ <b>asked</b> & noted" in texts
        assert any("<script>" in text for text in texts)
        gexf = ElementTree.fromstring(saved(page, "#chart-gexf"))
        assert len(list(gexf.iter(f"{GEXF}node"))) == 17
        edges = list(gexf.iter(f"{GEXF}edge"))
        assert len(edges) == 16
        times = {(edge.get("start"), edge.get("end")) for edge in edges}
        assert [graph.get("mode") for graph in gexf.iter(f"{GEXF}graph")] == ["dynamic"]
        assert all(start and end and start <= end for start, end in times - {(None, None)})
        assert times != {(None, None)}
        whole = saved(page, "#chart-html")
        assert "<script" not in whole.replace("&#60;script", "")
        assert whole.count("<tr>") == 1 + 16
        # the first month is drawn over: what is later is not shown, and not saved
        brush = page.locator("#chart-brush")
        box = brush.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 3, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + 6, box["y"] + 10)
        page.mouse.up()
        assert page.input_value("#chart-since") == "2024-01-01"
        assert page.input_value("#chart-until") == "2024-01-31"
        less = ElementTree.fromstring(saved(page, "#chart-gexf"))
        assert 0 < len(list(less.iter(f"{GEXF}edge"))) < 16
        page.fill("#chart-since", "")
        page.fill("#chart-until", "")
        # what was noted stands in a view that is saved, and can be undone before
        page.fill("#chart-name", "v")
        page.locator("#chart-save button").click()
        page.wait_for_url("**/chart?view=v")
        expect(shown).to_have_count(16)
    view = gt.open_case(case).notes()[0]["view"]
    assert [node.get("mark") for node in view["nodes"] if node.get("note")] == [2]


PAGES = (
    "/",
    "/inbox/contents",
    "/inbox/questions",
    "/questions/registered_by",
    "/cases",
    "/find",
    "/find?q=" + quote("星海"),
    "/find?q=" + quote(f"{CARD}\n8986061900000000002"),
    f"/card/{CARD}",
    f"/siblings/{CARD}",
    "/party/" + quote("老K"),
    "/audit",
    "/audit?role=dealer",
    "/audit/" + quote("星海智联科技有限公司"),
    "/leads",
    "/judge",
    "/judge?" + urlencode({"one": "老K", "other": "赵六"}),
    f"/chart?card={CARD}",
    "/chart?list=" + quote("老K,王五,无此人"),
    "/times",
    "/times/places",
    "/queries",
    "/queries/cards-of-party",
    "/sql?" + urlencode({"text": "SELECT * FROM moves"}),
    "/report",
    "/report/whole",
    "/log",
    "/rejects",
    "/paste",
)
LOOKS = [(1280, 390, "light", "en"), (390, 1280, "dark", "zh")]
"""The width in which a page comes and the one to which its window is drawn then, colours and language."""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "other_width", "theme", "lang"), LOOKS)
def test_every_page_fits_its_window_and_is_read_to_those_who_do_not_see_it(
    browser: Browser, tmp_path: Path, width: int, other_width: int, theme: Any, lang: Lang
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(*write_files(tmp_path))
        pin_answer(loaded, "trace", [CARD], "a remark")
        pin_answer(loaded, "audit", ["星海智联科技有限公司"])
    with served(case, home=tmp_path) as bench, opened(browser, bench, lang, color_scheme=theme) as page:
        for path in PAGES:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{bench.origin}{path}")
            assert page.evaluate("document.documentElement.lang") == lang
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.locator("h1").count() == 1, path
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            bad = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
            assert bad == [], path
            page.set_viewport_size({"width": other_width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= other_width, path


@contextmanager
def another_server() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A server of somebody else on this machine, and what browsers sent it: host and cookies of each request."""
    seen: list[tuple[str, str]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.headers.get("Host", ""), self.headers.get("Cookie", "")))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>elsewhere</h1>")

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], seen
        server.shutdown()


def test_a_server_on_another_port_gets_nothing_that_opens_the_workbench(browser: Browser, tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(*write_files(tmp_path))
    with served(case) as bench, another_server() as (port, seen):
        tab = browser.new_context(viewport={"width": 1280, "height": 900})
        page = tab.new_page()
        arrive(page, bench)
        cookies = {cookie["name"]: cookie["domain"] for cookie in tab.cookies()}
        assert cookies["graphtrace"] == bench.host.partition(":")[0]
        # a page that leads the browser elsewhere on this machine, under every name that its maker can know
        for host in ("127.0.0.1", "localhost", "gt-0.localhost", f"x.{bench.host.partition(':')[0][3:]}"):
            other = tab.new_page()
            other.goto(f"http://{host}:{port}/")
            other.evaluate("fetch('/', {credentials: 'include'}).then(answer => answer.text())")
            other.close()
        assert len(seen) >= 8
        assert [sent for _, sent in seen if sent] == []
        # with what it saw of the address nobody gets in: the door knows the token no more
        stranger = browser.new_context().new_page()
        for address in (f"http://127.0.0.1:{bench.port}/", f"http://localhost:{bench.port}/card/{CARD}"):
            answer = stranger.goto(address)
            assert answer is not None
            assert answer.status == 401
            assert "星海" not in stranger.content()
        # the browser that was let in goes on: reloads, further tabs, links, files, a second case
        page.reload()
        page.goto(f"{bench.origin}/card/{CARD}")
        assert "王五" in page.inner_text("main")
        # nothing to fill in stands on paper beside the evidence
        assert "Newnote" not in on_paper(page)
        with page.expect_download() as download:
            page.locator(".bench-save a", has_text="XLSX").first.click()
        assert Path(download.value.path()).read_bytes()[:2] == b"PK"
        second = tab.new_page()
        second.goto(f"{bench.origin}/party/" + quote("老K"))
        assert "王五" in second.inner_text("main")
        page.goto(f"{bench.origin}/cases")
        page.fill("#name", "new")
        page.get_by_role("button", name="Make a new case").first.click()
        page.wait_for_url(lambda url: "gt-" in url and not url.startswith(bench.origin) and "token" not in url)
        assert "There is no case yet" in page.inner_text("main")
        # whoever opens the address of a page without having been let in is told how
        assert "王五" in second.inner_text("main")
        tab.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_page_asks_the_questions_and_leads_to_the_answers(
    browser: Browser, tmp_path: Path, lang: Lang
) -> None:
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(*write_files(tmp_path))
    with served(case, "--lang", lang, home=tmp_path) as bench, opened(browser, bench, lang) as page:
        page.goto(f"{bench.origin}/")
        listed = page.locator("#questions .bench-questions > li")
        listed.nth(7).wait_for()
        assert listed.count() == 8
        assert page.locator("#question-registered_by .bench-answered").count() == 1
        assert page.locator("#question-passed_on_by .bench-in_part").count() == 1
        page.click("#question-passed_on_by a")
        page.wait_for_url("**/questions/passed_on_by")
        assert "老K" in page.inner_text("main")
        page.go_back()
        page.locator("#question-ready_to_send a").click()
        page.wait_for_url("**/leads")


STORY = {
    "en": {"make": "Make the letter", "sent": "sent", "asked": "asked before", "came": "1 of 1 card answered"},
    "zh": {"make": "制作函件", "sent": "已发", "asked": "此前已调取", "came": "1张卡中已回复1张"},
}


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), [("zh", "light"), ("en", "dark")])
def test_from_a_lead_on_the_page_of_a_card_to_its_letter_and_the_mail_that_answers_it(
    browser: Browser, tmp_path: Path, lang: Lang, scheme: str
) -> None:
    """Make the letter where the lead stands, follow it to its row, say it was sent, load the mail that comes back."""
    card, words = "8986061900000000002", STORY[lang]
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(*write_files(tmp_path))
    with (
        served(case, "--lang", lang, home=tmp_path) as bench,
        opened(browser, bench, lang, color_scheme=scheme) as page,
    ):
        page.goto(f"{bench.origin}/card/{card}")
        first = page.locator(".ask li").first
        first.get_by_role("button", name=words["make"]).click()
        page.wait_for_url(f"**/card/{card}#c1-leads")
        link = page.locator(".ask li a").first
        reference = (link.get_attribute("href") or "").rpartition("#")[2]
        assert reference.startswith("GT-")
        link.click()
        page.wait_for_url(f"**/leads#{reference}")
        row = page.locator(f"[id='{reference}']")
        assert "老K" in row.inner_text()
        row.locator("summary").click()
        row.locator("input[value=sent]").check()
        row.locator("button").click()
        page.wait_for_url(f"**/leads#{reference}")
        assert words["sent"] in row.inner_text()
        mail = EmailMessage()
        mail["Subject"] = f"回复 {reference}"
        rows = f"转出方,转入方,日期,卡号\n老K,赵六,2024-04-01,{card}\n".encode()
        mail.add_attachment(rows, maintype="text", subtype="csv", filename="附件.csv")
        (tmp_path / "回函.eml").write_bytes(mail.as_bytes())
        page.goto(f"{bench.origin}/")
        page.set_input_files("#files", str(tmp_path / "回函.eml"))
        page.click("#load")
        page.wait_for_selector(".bench-done")
        page.locator("main details").evaluate_all("all => all.forEach(each => each.open = true)")
        assert reference in page.locator("main").inner_text()
        page.goto(f"{bench.origin}/leads")
        assert words["came"] in row.inner_text()
        page.goto(f"{bench.origin}/card/{card}")
        assert words["asked"] in page.locator(".ask").inner_text()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_a_question_of_a_file_on_a_server_is_answered_by_a_click_and_the_file_is_read_again(
    browser: Browser, tmp_path: Path, neo4j_uri: str
) -> None:
    files = {
        "1.csv": f"转出方,转入方,日期,卡号\n星海智联科技有限公司,捷通数码店,2024-03-05,{CARD}\n",
        "捷通数码出库.csv": f"出库日期,收货单位,ICCID,备注\n2024-04-10,老王,{CARD},自提\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with served(neo4j_uri, "--lang", "zh") as bench, opened(browser, bench, "zh") as page:
        page.set_input_files("#files", [str(tmp_path / name) for name in files])
        page.click("#load")
        card = page.locator(".bench-asked")
        card.locator("h2", has_text="捷通数码出库.csv").wait_for()
        card.locator("summary").click()
        assert "自提" in card.inner_text()
        card.locator(".bench-offer", has_text="捷通数码店").click()
        assert card.locator("input[type=text]").input_value() == "捷通数码店"
        page.locator("#asked button[type=submit]").click()
        page.locator("#tasks:not([data-busy])").wait_for(state="attached")
        page.locator("#files-read > summary").click()
        page.locator("#files-read li", has_text="捷通数码出库.csv").locator("a", has_text="重新读取").first.click()
        page.wait_for_url("**/mapping/*")
        page.select_option("#kind", "card_list")
        page.locator("button[value=load]").click()
        page.locator(".bench-done", has_text="卡清单").first.wait_for()
    with gt.open_case(neo4j_uri) as case:
        assert case.verify() == []
        loads = [line["file"] for line in case.ledger() if "load" in line]
    assert loads == ["1.csv", *["捷通数码出库.csv"] * 3]


@pytest.mark.slow
def test_going_back_leads_to_the_page_before_and_never_sends_a_form_again(browser: Browser, tmp_path: Path) -> None:
    place, chain = tmp_path / "x.gtrace", tmp_path / "链.csv"
    chain.write_text(f"卡号,一级代理,二级代理\n{CARD},星网,蒋海龙\n", encoding="utf-8")
    with served(place, "--lang", "zh") as bench, opened(browser, bench, "zh") as page:
        page.set_input_files("#files", chain)
        page.click("#load")
        link = page.wait_for_selector("#contents a[href^='/mapping/']", state="attached")
        page.goto(f"{bench.origin}{link.get_attribute('href')}")
        page.select_option("[name=kind]", "transfer")
        page.select_option("[name=column-B]", "from")
        page.click("button[value=try]")
        page.wait_for_load_state()
        page.click("nav a[href='/find']")
        page.go_back()
        assert page.input_value("[name=column-B]") == "from"
        page.go_back()
        page.go_back()
        page.click("a[href='/paste']")
        page.fill("[name=text]", f"2024-03-05 {CARD}")
        page.click("form[action='/paste'] button")
        page.select_option("[name=kind-1]", "transfer")
        page.fill("[name=giver-1]", "星网")
        page.fill("[name=taker-1]", "蒋海龙")
        page.click("form[action^='/paste/'] p.bench-tools > button[type=submit]")
        page.wait_for_selector("#task-2.bench-done")
        page.go_back()
        assert page.input_value("[name=taker-1]") == "蒋海龙"


def test_a_chart_fits_its_sheet_of_paper(browser: Browser, tmp_path: Path) -> None:
    cards = [8986061900000000100 + number for number in range(5)]
    names = ["甲公司", "乙商行", "丙商行", "丁商行", "戊商行", "己商行"]
    rows = "".join(
        f"{giver},{taker},2024-0{month}-05,{cards[0]}\n" for month, (giver, taker) in enumerate(pairwise(names), 1)
    )
    (tmp_path / "chain.csv").write_text(f"转出方,转入方,日期,卡号\n{rows}", "utf-8")
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(tmp_path / "chain.csv")
    with served(case) as bench, opened(browser, bench, "zh") as page:
        page.goto(f"{bench.origin}/chart?card={cards[0]}")
        page.locator("#chart-rows tr").nth(4).wait_for()
        page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")
        page.set_viewport_size({"width": 718, "height": 1000})
        page.emulate_media(media="print")
        drawn = page.locator("#chart-paper svg").bounding_box()
        assert drawn is not None
        assert drawn["x"] + drawn["width"] <= 718
        assert page.locator("#stage").is_hidden()
        assert page.locator("#chart-rows button").first.is_hidden()
        assert all(name in page.locator("#chart-paper").inner_html() for name in names)


def test_no_number_of_a_chart_stands_on_another_or_on_an_arrow_that_crosses_its_own(
    browser: Browser, tmp_path: Path
) -> None:
    # both shops sell to both buyers: the arrows cross in their middles
    sales = [("甲公司", "丙", 1), ("甲公司", "丁", 2), ("乙商行", "丙", 3), ("乙商行", "丁", 4)]
    numbers = iter(range(8986061900000000100, 8986061900000000200))
    rows = [f"{giver},{taker},2024-03-05,{next(numbers)}\n" for giver, taker, count in sales for _ in range(count)]
    (tmp_path / "sales.csv").write_text(f"转出方,转入方,日期,卡号\n{''.join(rows)}", "utf-8")
    case = tmp_path / "x.gtrace"
    with gt.open_case(case) as loaded:
        loaded.load(tmp_path / "sales.csv")
    with served(case) as bench, opened(browser, bench, "zh", downloads=1) as page:
        page.goto(f"{bench.origin}/chart?party=" + quote("甲公司"))
        page.locator("#chart-rows tr").nth(1).wait_for()
        for name in ("丙", "丁"):
            page.locator(f"#chart-rows button[aria-label$='{name}']").first.click()
        page.locator("#chart-rows tr").nth(3).wait_for()
        svg = ElementTree.fromstring(saved(page, "#chart-svg"))
    told = {
        text.text: (float(text.get("x", 0)), float(text.get("y", 0)) - 4)
        for text in svg.iter(f"{SVG}text")
        if text.get("font-size") == "11"
    }
    assert sorted(told) == ["1", "2", "3", "4"]
    for (_, one), (_, other) in combinations(sorted(told.items()), 2):
        assert abs(one[0] - other[0]) > 30 or abs(one[1] - other[1]) > 15


def test_what_a_load_changes_is_shown_though_answers_come_late_or_the_case_is_busy(
    browser: Browser, tmp_path: Path
) -> None:
    case = tmp_path / "x.gtrace"
    sales, transfers, seizures = write_files(tmp_path)
    question = tmp_path / "出库.csv"
    question.write_text("出库日期,收货单位,ICCID\n2024-03-20,沃联数码,8986061900000000001\n", encoding="utf-8")
    with gt.open_case(case) as loaded:
        loaded.load(sales, transfers, question)
    asked: dict[str, list[Route]] = {"asked": [], "contents": [], "questions": []}
    # without a trap: that the case is busy is an error of its console
    with served(case, "--lang", "zh", home=tmp_path) as bench, browser.new_context() as tab:
        page = tab.new_page()
        page.set_default_timeout(PATIENCE_MS)
        arrive(page, bench)
        first = bench.ask("/").text.replace('data-refresh="/inbox/tasks"', 'data-refresh="/inbox/tasks" data-busy')
        is_over: list[bool] = []

        def part(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            asked[name].append(route)
            if name == "contents" and len(asked[name]) == 2:
                route.fulfill(status=503, body="")
            elif name != "questions" or len(asked[name]) > 1:
                route.continue_()
            # what was asked first of the questions is answered last

        def tasks(route: Route) -> None:
            if is_over:
                route.continue_()
            else:
                route.fulfill(status=500)

        page.route(f"{bench.origin}/", lambda route: route.fulfill(body=first, content_type="text/html"))
        for name in asked:
            page.route(f"**/inbox/{name}", part)
        page.route("**/inbox/tasks", tasks)
        page.goto(f"{bench.origin}/")
        page.locator("#asked input[type=text]").first.fill("老周")
        with gt.open_case(case) as more:
            more.load(seizures)
        is_over.append(True)
        page.locator("#contents", has_text="seizures.csv").wait_for()
        cards = page.locator("#question-which_cards", has_text="2")
        cards.wait_for()
        asked["questions"][0].fulfill(body='<div id="questions">no seized card</div>', content_type="text/html")
        page.click("#asked [data-bring]")
        page.locator("#asked [data-bring]").wait_for(state="detached")
        assert cards.count() == 1
        assert [len(asked[name]) for name in ("asked", "contents", "questions")] == [2, 3, 2]
