"""The page of a graph: explored with a script, whole without one, and no text in it is more than text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader

import graphtrace as gt
from graphtrace.example import copy_example

from ..unit.render.reports import BIT
from .conftest import Show, lines_of_names, on_paper

LAOK = "微信卡商老K"
XINGHAI = "星海智联科技有限公司"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    folder = tmp_path_factory.mktemp("example")
    story = copy_example(folder)
    with gt.open_case(folder / "x.gtrace") as case:
        for name in story["files"]:
            mapping = story["mappings"].get(name)
            case.load(folder / name, mapping=folder / mapping if mapping else None)
        yield case


@pytest.fixture(scope="module")
def text(example: gt.Case, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "graph.html"
    written = example.export("html", path, title="2024-0318").written
    assert written == {"party": 32, "flow": 47}
    return path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_no_page_asks_the_network_or_is_wider_than_the_window(show: Show, text: str, lang: str, theme: str) -> None:
    for width in (1280, 390):
        page = show(text, width=width, color_scheme=theme)
        page.click(f"label[for=lang-{lang}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1").inner_text() == {"en": "Who passed cards to whom", "zh": "卡的流向"}[lang]
        assert lines_of_names(page) <= 3
        page.click("label[for=theme-dark]")


def test_a_flow_that_is_opened_shows_its_records(show: Show, text: str) -> None:
    page = show(text)
    page.locator("#f1 a[data-open]").focus()
    page.keyboard.press("Enter")
    detail = page.locator("#detail").inner_text()
    for told in ("50,000", XINGHAI, "in a range", "unicom_sales.csv", "row 2", "2023-06-12"):
        assert told in detail, told
    page.keyboard.press("ArrowRight")
    assert "mobile_sales.csv" in page.locator("#detail").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()


def test_a_party_that_is_clicked_in_the_drawing_is_opened_and_drawn_with_its_partners(show: Show, text: str) -> None:
    page = show(text)
    assert page.locator("#ring-drawn").inner_text() == "24"
    assert "Shown: 24 of 32 parties." in page.locator("main").inner_text()
    page.fill("#ring-find", "老k")
    page.locator("#ring-found button").first.click()
    assert LAOK in page.locator("#detail").inner_text()
    assert page.locator("#ring-drawn").inner_text() == "8"
    page.keyboard.press("Escape")
    page.click("#ring-start")
    assert page.locator("#ring-drawn").inner_text() == "24"
    page.click("#ring-all")
    assert page.locator("#ring-drawn").inner_text() == "32"
    page.fill("#ring-find", "星海")
    page.locator("#ring-found button").first.click()
    page.wait_for_timeout(200)
    stage = page.locator("#ring")
    stage.scroll_into_view_if_needed()
    place = stage.bounding_box()
    assert place is not None
    hits = set()
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        page.keyboard.press("Escape")
        for height in (0.25, 0.5, 0.75):
            page.mouse.click(place["x"] + place["width"] * share, place["y"] + place["height"] * height)
            if page.locator("#detail").is_visible():
                hits.add(page.locator("#detail-title").inner_text())
                page.keyboard.press("Escape")
                page.wait_for_timeout(100)
    assert hits


def test_without_script_the_picture_and_every_row_are_there(show: Show, text: str) -> None:
    page = show(text, java_script_enabled=False)
    assert not page.locator("#ring").is_visible()
    assert page.locator(".no-script svg").is_visible()
    assert page.locator("tr[id^=f]").count() == 47
    assert page.locator("#f1").inner_text().count("unicom_sales.csv") == 1


def test_flows_and_their_records_are_on_paper(show: Show, text: str) -> None:
    page = show(text, color_scheme="dark")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert [round(float(size)) for size in sheets[0].mediabox[2:]] == [595, 842]
    told = normalize("NFKC", re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in sheets)))
    for said in ("50,000", "unicom_sales.csv", "2024-0318"):
        assert said in told
    assert page.evaluate("document.getElementById('ring-picture').src.startsWith('data:image/png')")


@pytest.mark.parametrize("has_script", [True, False])
def test_rows_that_are_folded_on_the_screen_are_on_paper(show: Show, text: str, has_script: bool) -> None:
    page = show(text, java_script_enabled=has_script)
    assert page.locator("#f24").is_visible()
    assert not page.locator("#f25").is_visible()
    told = on_paper(page)
    assert "23morerows" not in told
    files = page.locator("tr[id^=f] .sources .nobr").all_text_contents()
    assert sum(told.count(file) for file in set(files)) == len(files)
    assert told.count("32黃志強") == 1  # the last row of the parties
    assert "Shown:24of32parties." in told
    assert not page.locator("#f25").is_visible()


def test_a_part_says_what_bounds_it(example: gt.Case, show: Show, tmp_path: Path) -> None:
    example.export("html", tmp_path / "g.html", around=LAOK, hub=6, depth=2, since="2023-07-01")
    told = show((tmp_path / "g.html").read_text(encoding="utf-8")).locator("main").inner_text()
    for said in (f"around {LAOK}", "since 2023-07-01", "Parties up to 2 steps away", "more than 6 partners", XINGHAI):
        assert said in told, said


def test_hostile_text_stays_text_wherever_it_stands(show: Show, tmp_path: Path) -> None:
    names = [f"{BIT}{n}" for n in range(3)]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out)
        write.writerow(("from", "to", "date", "iccid_first", "iccid_last", "channel"))
        for n, (giver, taker) in enumerate(zip(names, names[1:] + names[:1], strict=True)):
            first = 8986061900000000000 + 100 * n
            write.writerow((giver, taker, "2024-03-01", first, first + 9, BIT))
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert not case.load(tmp_path / "t.csv").has_errors
        case.export("html", tmp_path / "g.html", around=names[0], title=BIT)
    page = show((tmp_path / "g.html").read_text(encoding="utf-8"))
    page.fill("#ring-find", "script")
    page.locator("#ring-found button").first.click()
    for lang in ("zh", "en"):
        page.click(f"label[for=lang-{lang}]")
    assert page.title() != "owned"
    assert page.locator("img:not(#ring-picture)").count() == 0
    told = page.locator("body").inner_text()
    for shown in ("</script><script>", "<img src=x onerror=alert(1)>", "{{7*7}}"):
        assert shown in told
    assert not set("\u2028\u202e\x1b") & set(told)
