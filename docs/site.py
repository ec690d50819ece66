"""Builds the documentation as a site that needs no server and no network: ``python docs/site.py`` (`make site`).

The pages are read in two places: beside the sources, where they link to files above ``docs/`` and a Chinese page has
the name ``NAME.zh.md``, and as a site with a part for each language. For that, the pages of a language and what they
link to are copied to ``build/pages``, the files above ``docs/`` below ``project/``, with the links turned.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ROOT / "build" / "pages"
SITE: Final = ROOT / "build" / "site"
PROJECT: Final = PurePosixPath("project")
DOCS: Final = PurePosixPath("docs")
LANGUAGES: Final = {"en": "en", "zh": "zh_CN"}
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_START: Final = """\
<!doctype html>
<meta charset="utf-8">
<title>graphtrace</title>
<ul>
<li><a href="en/index.html" lang="en">Documentation in English</a>
<li><a href="zh/index.html" lang="zh">中文文档</a>
</ul>
"""


def stage_pages(target: Path, lang: str) -> None:
    """Write the pages of one language, with everything in the project that they link to, into an empty folder.

    A page without a Chinese twin is the same in both languages.
    """
    every = [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".md", ".svg", ".json"}]
    waiting = [
        PurePosixPath(path.relative_to(ROOT).as_posix())
        for path in every
        if path.suffix != ".md" or (lang == "zh" if _is_chinese(path) else lang == "en" or not _twin(path).exists())
    ]
    written = set()
    while waiting:
        source = waiting.pop()
        if source in written or not (ROOT / source).is_file():
            continue
        written.add(source)
        place = target / _place_of(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix != ".md":
            shutil.copyfile(ROOT / source, place)
            continue
        text = (ROOT / source).read_text("utf-8")
        linked = (_target(source, link, lang) for _, link, _ in _LINK.findall(text))
        waiting += [page for page in linked if page is not None]
        place.write_text(_LINK.sub(lambda found, page=source: _turned(page, found, lang), text), "utf-8")


def _is_chinese(path: PurePath) -> bool:
    return path.name.endswith(".zh.md")


def _twin(path: PurePath) -> Path:
    return Path(path.with_name(f"{path.stem}.zh.md"))


def _place_of(source: PurePosixPath) -> PurePosixPath:
    """Return the path of a file of the project among the pages of a language."""
    place = source.relative_to(DOCS) if source.is_relative_to(DOCS) else PROJECT / source
    return place.with_name(place.name.replace(".zh.md", ".md"))


def _turned(page: PurePosixPath, found: re.Match[str], lang: str) -> str:
    """A link of a page as it reads on the site; its text alone where the site has no such page."""
    text, link, anchor = found.groups(default="")
    target = _target(page, link, lang)
    up = "../" * (len(_place_of(page).parts) - 1)
    return text if target is None else f"[{text}]({up}{_place_of(target)}{anchor})"


def _target(page: PurePosixPath, link: str, lang: str) -> PurePosixPath | None:
    """The file that a link of a page means, as a path within the project; of a folder its README.

    None for a folder without one, and for a page in the other language.
    """
    parts: list[str] = []
    for part in (*page.parent.parts, *link.split("/")):
        if part == "..":
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    target = PurePosixPath(*parts)
    if (ROOT / target).is_dir():
        target /= "README.zh.md" if lang == "zh" and (ROOT / target / "README.zh.md").exists() else "README.md"
    is_other = target.suffix == ".md" and (
        lang == "en" if _is_chinese(target) else lang == "zh" and (ROOT / _twin(target)).exists()
    )
    return None if is_other or not (ROOT / target).exists() else target


def build_site(pages: Path, site: Path) -> int:
    """Build the site of both languages; a link that leads nowhere, or a directive that is wrong, is an error."""
    from sphinx.cmd.build import build_main

    for folder in (pages, site):
        shutil.rmtree(folder, ignore_errors=True)
    for lang, language in LANGUAGES.items():
        stage_pages(pages / lang, lang)
        options: Sequence[str] = (
            "-q",
            "-W",
            "--keep-going",
            "-c",
            str(ROOT / "docs"),
            "-d",
            str(pages / "read" / lang),
        )
        code = build_main([*options, "-D", f"language={language}", str(pages / lang), str(site / lang)])
        if code:
            return int(code)
    (site / "index.html").write_text(_START, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(build_site(*map(Path, sys.argv[1:])) if sys.argv[1:] else build_site(PAGES, SITE))
