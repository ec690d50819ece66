"""A real browser without a window, and a trap for everything that a page must not do."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest

from graphtrace.render import Lang

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GIVEN = "GRAPHTRACE_TEST_CHROMIUM"
REQUIRED = "GRAPHTRACE_REQUIRE_SERVICES"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
]

PATIENCE_MS = 120_000
"""Time that a browser waits for anything: long, because on a busy machine how long something takes says nothing."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped and counted, with ``GRAPHTRACE_REQUIRE_SERVICES`` they fail."""
    program = os.environ.get(GIVEN) or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing = f"no Chromium on the path, and none named by {GIVEN}"
        pytest.fail(missing) if os.environ.get(REQUIRED) else pytest.skip(missing)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Trap:
    """Forbidden actions of a page."""

    caught: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self.caught.append(f"socket {socket.url}"))
        page.on("dialog", self._spoke)
        page.on("console", lambda message: self.caught.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.caught.append(f"error: {error}"))
        page.on("popup", lambda popup: self.caught.append(f"window {popup.url}"))
        page.on("download", lambda download: self.caught.append(f"download {download.url}"))

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:")):
            self.caught.append(f"request {url}")

    def _spoke(self, dialog: Any) -> None:
        self.caught.append(f"dialog {dialog.message}")
        dialog.dismiss()


Show = Callable[..., "Page"]

LINES = """() => Math.max(...[...document.querySelectorAll("td strong")].map(name => name.getClientRects().length))"""


def lines_of_names(page: Page) -> int:
    """Over how many lines the most broken name of a table runs."""
    lines: int = page.evaluate(LINES)
    return lines


def check_fit(show: Show, text_in: Callable[[Lang], str], *, most_lines: int | None = None) -> list[Page]:
    """Check that a page is not wider than a wide and a narrow window; in each it comes in one language and changes.

    With ``most_lines`` no name of a table runs over more lines. The pages are returned.
    """
    langs: tuple[Lang, ...] = ("en", "zh")
    pages = []
    for width, (first, other) in ((1280, langs), (390, langs[::-1])):
        page = show(text_in(first), width=width)
        for lang in (first, other):
            if lang == other:
                page.click(f"label[for=lang-{lang}]")
            assert page.evaluate("document.documentElement.lang") == lang
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert most_lines is None or lines_of_names(page) <= most_lines
        pages.append(page)
    return pages


def on_paper(page: Page) -> str:
    """The text of all sheets, without blanks."""
    from pypdf import PdfReader

    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    return normalize("NFKC", re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in sheets)))


@pytest.fixture
def trap() -> Trap:
    return Trap()


@pytest.fixture
def show(browser: Browser, trap: Trap, tmp_path: Path) -> Iterator[Show]:
    """Open the text of a page; whatever it does that it must not do fails the test."""
    contexts = []

    def show(text: str, *, width: int = 1280, **context: Any) -> Page:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_bytes(text.encode())
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        trap.watch(page)
        page.goto(file.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()
    assert trap.caught == []
