"""Redacted pages and downloads of the workbench hold no name and no number."""

from __future__ import annotations

import io
import zipfile
from html import unescape
from urllib.parse import quote

import pytest

from .bench import CARD, HOSTILE, Bench

FIRM = "星海智联科技有限公司"
SECRETS = (CARD, "8986061900000000002", FIRM, "91310115MA1K35XR7B", "老K", "王五", "赵六", "钱七", "A-2024-1", "云洲")
FILES = ("sales.csv", "transfers.csv", "seizures.csv", "x.gtrace", HOSTILE[:20])
PAGES = {
    "card": f"/card/{CARD}",
    "siblings": f"/siblings/{CARD}",
    "party": f"/party/{quote('老K')}",
    "audit": f"/audit/{quote(FIRM)}",
    "bucket": f"/audit/{quote(FIRM)}?bucket=resold",
    "query": "/queries/flows-between-parties?ask=1",
}
ENDINGS = {"query": ("html", "xlsx", "csv", "json")}


def _texts(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_texts(archive.read(name)) for name in archive.namelist())
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
    assert "person-" in shown.text or "enterprise-" in shown.text or "企业-" in shown.text or "主体-" in shown.text
    assert {"en": "Redacted: ", "zh": "已去标识化"}[lang] in shown.words


@pytest.mark.parametrize("page", PAGES)
def test_a_redacted_download_holds_nothing_of_the_case(bench: Bench, page: str) -> None:
    endings = ENDINGS.get(page, ("html", "xlsx", "csv", "md", "docx", "json"))
    assert endings
    for ending in endings:
        saved = bench.ask(_redacted(PAGES[page], f"&save={ending}"))
        assert (saved.status, _leaks(saved.body)) == (200, []), ending
        assert saved.headers["content-disposition"] == f"attachment; filename*=UTF-8''redacted.{ending}"


def test_every_page_that_can_be_redacted_leads_to_its_redacted_files(bench: Bench) -> None:
    page = unescape(bench.ask(PAGES["card"]).text)
    assert 'href="?redact=1&save=xlsx"' in page
    assert 'href="?redact=1"' in page


@pytest.mark.parametrize(
    "address",
    ["/find?q=8986", "/log", "/chart", "/judge", "/leads", "/", "/audit", "/card/4711", f"/party/{quote('夏秋')}"],
)
def test_what_nothing_masks_is_refused(bench: Bench, address: str) -> None:
    refused = bench.ask(_redacted(address))
    assert refused.status in (400, 404)
    assert [secret for secret in (*SECRETS, "夏秋") if secret in refused.words] == []
