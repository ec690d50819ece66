"""The documentation can be built as a site, in both languages, that asks for nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from .pages import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    ran = subprocess.run(
        [sys.executable, ROOT / "docs" / "site.py", folder / "pages", folder / "site"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder / "site"


class Fetched(HTMLParser):
    """Addresses that a page fetches by itself: scripts, styles, pictures, fonts."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "img", "iframe"} and given.get("src"):
            self.addresses.append(str(given["src"]))
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload", "preconnect"}:
            self.addresses.append(str(given["href"]))


@pytest.mark.slow
def test_the_site_has_every_page_in_both_languages_and_an_index(site: Path) -> None:
    for page in (ROOT / "docs").glob("*.md"):
        lang, name = ("zh", page.name.removesuffix(".zh.md")) if page.name.endswith(".zh.md") else ("en", page.stem)
        assert (site / lang / f"{name}.html").exists(), page.name
    assert "open_case" in (site / "en" / "api.html").read_text("utf-8")
    for lang in ("en", "zh"):
        assert f"{lang}/index.html" in (site / "index.html").read_text("utf-8")
        index = (site / lang / "index.html").read_text("utf-8")
        listed = set(re.findall(r'href="([a-z0-9-]+)\.html', index))
        assert listed >= {path.stem for path in (site / lang).glob("*.html")} - {"genindex", "search", "index"}


@pytest.mark.slow
def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    seen = 0
    for page in site.rglob("*.html"):
        found = Fetched()
        found.feed(page.read_text("utf-8"))
        for address in found.addresses:
            seen += 1
            assert not re.match(r"(?:[a-z]+:)?//", address), (page.name, address)
    assert seen > 100
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", style.read_text("utf-8")), style.name
