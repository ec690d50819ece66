"""Commands of the READMEs for a case on a server work and show what the READMEs state."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ..docs.pages import _commands, find_missing_line, read_page
from ..docs.test_pages import LEDGER_HEAD, Reader
from .server import Place

ADDRESS = "neo4j://localhost:7687"
SECTION = re.compile(r"^```shell\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``make demo`` leaves."""
    reader = Reader(tmp_path_factory.mktemp("demo"), "en")
    reader.type("make demo")
    return reader.folder


@pytest.mark.slow
@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_a_newcomer_gets_the_answers_of_the_demo_from_a_server(
    page: str, lang: str, neo4j_uri: str, neo4j_place: Place, demo: Path, tmp_path: Path
) -> None:
    (block,) = SECTION.findall(read_page(page))
    assert ADDRESS in block
    block = block.replace(ADDRESS, neo4j_uri).replace("=secret", f"={neo4j_place.password}")
    reader = Reader(tmp_path, lang)
    shutil.copytree(demo, reader.folder, dirs_exist_ok=True)
    for command in _commands(block):
        output = LEDGER_HEAD.sub("", reader.type(command.text))
        missing = find_missing_line(command.shown, output)
        assert missing is None, f"{page}: $ {command.text} does not show {missing!r}:\n{output}"
