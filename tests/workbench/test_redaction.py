"""Redacted pages and downloads of the workbench hold no name and no number."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from urllib.parse import quote

import pytest
from pypdf import PdfReader

import graphtrace as gt
from graphtrace.evidence.pinned_report import pin_answer

from .bench import CARD, HOSTILE, TRANSFERS, Bench, served, write_files

FIRM = "星海智联科技有限公司"
SAID = ("夏秋冬", "秦明")
"""What persons say: in notes, pins, reasons, the head of the case, rows that were rejected, and a saved chart."""

SECRETS = (
    CARD,
    "8986061900000000002",
    FIRM,
    "91310115MA1K35XR7B",
    "老K",
    "王五",
    "赵六",
    "钱七",
    "A-2024-1",
    "云洲",
    *SAID,
)
FILES = ("sales.csv", "transfers.csv", "seizures.csv", "x.gtrace", HOSTILE[:20])
PAGES = {
    "card": f"/card/{CARD}",
    "siblings": f"/siblings/{CARD}",
    "party": f"/party/{quote('老K')}",
    "audit": f"/audit/{quote(FIRM)}",
    "bucket": f"/audit/{quote(FIRM)}?bucket=resold",
    "query": "/queries/flows-between-parties?ask=1",
    "report": "/report/whole",
    "audits": "/audit",
    "leads": "/leads",
    "find": f"/find?q={quote(CARD + ',8986061900000000002')}",
    "find-text": f"/find?q={quote('A-2024-1')}",
    "chart": f"/chart?party={quote('老K')}",
    "chart-card": f"/chart?card={CARD}",
    "chart-list": f"/chart?list={quote(CARD + ',老K,夏秋')}",
    "chart-channels": f"/chart?party={quote('老K')}&by=channel",
    "judge": f"/judge?one={quote('老K')}&other={quote('王五')}",
    "log": "/log",
    "contents": "/inbox/contents",
    "pins": "/report",
    "questions": "/inbox/questions",
    "question": "/questions/registered_by",
    "rejects": "/rejects",
    "view": f"/chart?view={quote('夏秋冬的图')}",
    "source": f"/source?sha256={sha256(TRANSFERS.encode()).hexdigest()}&row=2",
}
ENDINGS = {
    **dict.fromkeys(PAGES, ("html", "xlsx", "csv", "md", "docx", "pdf", "json")),
    "query": ("html", "xlsx", "csv", "json"),
    "report": ("html", "docx", "pdf", "md", "json"),
    "audits": ("html", "xlsx", "csv", "md", "json"),
}
SAVED = ("card", "siblings", "party", "audit", "bucket", "query", "report", "audits")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("secret")
    place = folder / "x.gtrace"
    (folder / "夏秋冬.csv").write_text(
        "转出方,转入方,日期,卡号,备注\n夏秋冬,秦明,昨天,123,夏秋冬说\n", encoding="utf-8"
    )
    with gt.open_case(place) as case:
        case.load(*write_files(folder), folder / "夏秋冬.csv")
        case.set_head(by="秦明", number="夏秋冬1号", name="夏秋冬案", officer="秦明", ground="夏秋冬")
        pin_answer(case, "trace", [CARD], "夏秋冬给老K的", by="秦明")
        pin_answer(case, "party", ["老K"], "夏秋冬", by="秦明")
        pin_answer(case, "audit", [FIRM], by="秦明")
        case.resolve("老K", "王五", same=None, why="夏秋冬说的", by="秦明")
        about = "lead:|transfer_record|missing_origin||"
        case.add_note("lead", about, {"state": "sent", "text": "问过夏秋冬"}, by="秦明")
        nodes = [
            {"id": "name:老K", "name": "老K", "lines": ["老K"], "kind": "夏秋冬", "note": "夏秋冬", "x": 1, "y": 2},
            {"id": "rest:夏秋冬", "name": "夏秋冬", "lines": ["夏秋冬"], "kind": "rest", "of": "夏秋冬"},
            {
                "id": "group:夏秋冬",
                "name": "夏秋冬",
                "lines": [],
                "kind": "group",
                "of": "夏秋冬",
                "within": {"key": "秦明"},
            },
        ]
        edges = [{"id": "夏秋冬 > 老K", "source": "rest:夏秋冬", "target": "name:老K", "cards": 3}]
        case.add_note("view", "view:夏秋冬的图", {"view": {"nodes": nodes, "edges": edges}}, by="秦明")
        case.watch("夏秋冬", why="秦明")
    with gt.open_case(place, purpose="夏秋冬案") as case:
        case.party("老K")
    with served(place) as running:
        yield running


def _texts(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_texts(archive.read(name)) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(content))
        content += "\n".join([*(page.extract_text() for page in pages.pages), str(pages.metadata)]).encode()
    text = content.decode(errors="replace")  # of pictures in a document, too
    return f"{text}\n{unescape(text)}"


def _leaks(content: bytes) -> list[str]:
    said = _texts(content)
    return [secret for secret in (*SECRETS, *FILES) if secret in said]


def _redacted(address: str, more: str = "") -> str:
    return f"{address}{'&' if '?' in address else '?'}redact=1{more}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_redacted_page_says_so_and_holds_nothing_of_the_case(bench: Bench, page: str, lang: str) -> None:
    plain = bench.ask(PAGES[page])
    assert plain.status == 200
    assert _leaks(plain.body)
    shown = bench.ask(_redacted(PAGES[page], f"&lang={lang}"))
    assert (shown.status, _leaks(shown.body)) == (200, [])
    assert re.search("(person|enterprise|party|card|file|人员|企业|主体|卡|文件)-[0-9a-f]{16}", shown.text)
    assert not re.findall(
        'href="/(?:card|party|source|audit|siblings|questions|find)/?[?a-z0-9]', shown.text.replace('/find"', "")
    )
    assert {"en": "Redacted: ", "zh": "已去标识化"}[lang] in shown.words


@pytest.mark.parametrize("page", SAVED)
def test_a_redacted_download_holds_nothing_of_the_case(bench: Bench, page: str) -> None:
    assert ENDINGS[page]
    for ending in ENDINGS[page]:
        saved = bench.ask(_redacted(PAGES[page], f"&save={ending}"))
        assert (saved.status, _leaks(saved.body)) == (200, []), ending
        assert saved.headers["content-disposition"] == f"attachment; filename*=UTF-8''redacted.{ending}"


def test_every_page_that_can_be_redacted_leads_to_its_redacted_files(bench: Bench) -> None:
    page = unescape(bench.ask(PAGES["card"]).text)
    assert 'href="?redact=1&save=xlsx"' in page
    assert 'href="?redact=1"' in page


@pytest.mark.parametrize(
    "address",
    [
        "/sql?text=select+1",
        "/head",
        "/",
        "/queries",
        "/paste",
        "/card/4711",
        "/tasks/7",
        "/questions/x",
        f"/party/{quote('夏秋')}",
    ],
)
def test_what_nothing_masks_is_refused(bench: Bench, address: str) -> None:
    refused = bench.ask(_redacted(address))
    assert refused.status in (400, 404)
    assert [secret for secret in (*SECRETS, "夏秋") if secret in refused.words] == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/questions/x", 404),
        ("/queries/x?ask=1", 400),
        ("/audit/x", 404),
        ("/chart/path", 400),
        ("/chart/path?from=x&to=y", 400),
        ("/chart/expand", 400),
        ("/source", 400),
        ("/source?ref=x", 400),
        ("/paste/x", 400),
        ("/leads/letters/x.docx", 404),
    ],
)
def test_what_is_not_there_is_no_fault_of_the_program(bench: Bench, address: str, status: int) -> None:
    assert bench.ask(address).status == status
    assert bench.ask(_redacted(address)).status in (400, 404)


def test_pages_of_counts_name_nobody_and_lead_to_redacted_parts(bench: Bench) -> None:
    assert 'data-later="/times/months?redact=1"' in unescape(bench.ask("/times?redact=1").text)
    for address in ("/times", "/times/months", "/times/places"):
        shown = bench.ask(_redacted(address))
        assert (shown.status, _leaks(shown.body)) == (200, [])


def test_a_single_find_leads_to_the_redacted_page_of_what_was_found(bench: Bench) -> None:
    found = bench.ask(f"/find?q={CARD}&redact=1")
    assert (found.status, found.headers["location"]) == (303, f"/card/{CARD}?redact=1")


def test_every_page_of_the_workbench_is_redacted_or_refused() -> None:
    from graphtrace.workbench.app import Workbench
    from graphtrace.workbench.judging import JudgingPages

    bench = Workbench.__new__(Workbench)
    bench.judging = JudgingPages.__new__(JudgingPages)
    asked = {address.partition("?")[0].split("/")[1] for address in PAGES.values()} | {"times"}
    refused = {"", "inbox", "tasks", "head", "mapping", "sql", "paste", "queries"}
    routes = {route.path.split("/")[1] for route in bench.routes() if "GET" in route.methods}
    assert routes - asked - refused == {"cases", "static", "print.css"}
