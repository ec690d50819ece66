"""Commands of the pages work and show what the pages state."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

from graphtrace.render.text_tables import FINDINGS, OUTCOMES

from ..in_process import run_command
from .pages import ELSEWHERE, ROOT, RUN, Command, Python, commands_of, find_missing_line, find_steps, read_page

READMES = ("README.md", "README.zh.md")
WRITTEN = sorted(
    str(page.relative_to(ROOT))
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md"))
)
MAKE_TARGETS = set(
    re.findall(r"^TASKS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
)


LEDGER_HEAD = re.compile(r"\n(Ledger head|台账末行) [0-9a-f]{64}\n")
"""Pages leave it out: it depends on the time of a load."""


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Reader:
    """Somebody who types what a page says, in an empty folder."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        (folder / "bin").mkdir()
        program = folder / "bin" / "graphtrace"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graphtrace "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRAPHTRACE", "LC_"))}
        self.environment = {
            **kept,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "LANG": "zh_CN.UTF-8" if lang == "zh" else "C.UTF-8",
            "COLUMNS": "80",
        }

    def type(self, command: str) -> str:
        if command.startswith("export "):
            name, value = command.removeprefix("export ").split("=")
            self.environment[name] = value
            return ""
        if command.split()[0] == "make":
            assert set(command.split()[1:]) <= MAKE_TARGETS, f"the Makefile does not have all of: {command}"
            return self.type("graphtrace demo build/demo") if command == "make demo" else ""
        assert command.split()[0] not in ELSEWHERE, f"{command!r} cannot be tried; show it in a block of text"
        if command.startswith("graphtrace ") and not set("|<>&;$`\\\n") & set(command):
            with self._at_work():
                return _output(run_command([name for word in shlex.split(command)[1:] for name in self._names(word)]))
        return self._run(["sh", "-c", command])

    def _names(self, word: str) -> list[str]:
        found = sorted(str(path.relative_to(self.folder)) for path in self.folder.glob(word)) if "*" in word else []
        return found or [word]

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """The environment and the folder of the reader, without a process, which takes most of its time to start."""
        with mock.patch.dict(os.environ, self.environment, clear=True), contextlib.chdir(self.folder):
            yield

    def run_python(self, text: str, *, without_extras: bool = False) -> None:
        absent = mock.patch.dict(sys.modules, {"pandas": None} if without_extras else {})
        with self._at_work(), absent, contextlib.redirect_stdout(io.StringIO()):
            exec(text, {"__name__": "__main__"})

    def _run(self, arguments: list[str]) -> str:
        done = subprocess.run(
            arguments, cwd=self.folder, env=self.environment, capture_output=True, encoding="utf-8", check=False
        )
        return _output(done)


def _output(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.args} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def demo_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What ``make demo`` leaves, by language; the pages that do not type it find a copy."""

    @cache
    def made(lang: str) -> Path:
        reader = Reader(tmp_path_factory.mktemp("demo"), lang)
        reader.type("make demo")
        return reader.folder / "build"

    return made


@pytest.mark.slow
@pytest.mark.parametrize(("page", "lang"), RUN.items())
def test_what_a_page_tells_to_type_works_and_shows_what_it_says(
    page: str, lang: str, demo_in: Callable[[str], Path], tmp_path: Path
) -> None:
    reader = Reader(tmp_path, lang)
    steps = find_steps(read_page(page))
    assert steps
    if Command("make demo", ()) not in [Command(step.text, ()) for step in steps]:
        shutil.copytree(demo_in(lang), reader.folder / "build")
    for step in steps:
        if isinstance(step, Python):
            # the front page says what make demo installs, and no more
            reader.run_python(step.text, without_extras=page in READMES)
            continue
        output = LEDGER_HEAD.sub("", reader.type(step.text))
        missing = find_missing_line(step.shown, output)
        assert missing is None, f"{page}: $ {step.text} does not show {missing!r}:\n{output}"


def test_a_shown_line_that_is_not_in_the_output_is_found() -> None:
    output = "one\ntwo\nthree\n"
    assert find_missing_line((), output) is None
    assert find_missing_line(("one", "two", "three"), output) is None
    assert find_missing_line(("…", "three"), output) is None
    assert find_missing_line(("one", "…"), output) is None
    assert find_missing_line(("one", "three"), output) == "three"
    assert find_missing_line(("…", "two", "…", "one"), output) == "one"
    assert find_missing_line(("one",), output) == "(nothing more, but there is 'two')"


def test_both_readmes_tell_the_same_things_in_the_same_order() -> None:
    english, chinese = map(read_page, READMES)
    assert commands_of(english) == commands_of(chinese)
    assert _code_of(english) == _code_of(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n| ") == chinese.count("\n| ")


def _code_of(page: str) -> list[str]:
    return [re.sub("#.*", "", step.text) for step in find_steps(page) if isinstance(step, Python)]


TWINS = sorted(
    str(page.relative_to(ROOT))
    for page in (
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "validation").glob("*.md"),
        ROOT / "queries" / "README.md",
    )
    if not page.name.endswith(".zh.md")
)
PARTS = {"headings": r"^##+ ", "rows of tables": r"^\| ", "blocks": r"^```\w+$", "commands": r"^\$ graphtrace (\w+)"}


def test_every_page_is_there_in_chinese_with_the_same_parts_and_sends_no_reader_to_the_english_one() -> None:
    own = {twin.rpartition("/")[2] for twin in TWINS}
    faults: list[tuple[str, object]] = []
    for page in TWINS:
        english, chinese = read_page(page), read_page(page.replace(".md", ".zh.md"))
        for part, pattern in PARTS.items():
            found = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
            if len(found[0]) != len(found[1]) or (part == "commands" and found[0] != found[1]):
                faults.append((page, part))
        links = {target.rpartition("/")[2] for target in re.findall(r"\]\(([^)#]+)", chinese) if "://" not in target}
        faults += [(page, link) for link in sorted(links & own)]
    assert faults == []


@pytest.mark.parametrize("page", READMES)
def test_every_command_is_in_the_readme(page: str, generate: ModuleType) -> None:
    rows = set(re.findall(r"^\| `(graphtrace [a-z ]+)` \|", read_page(page), re.MULTILINE))
    assert rows == {name for name, _, _ in generate.find_commands()}


def test_every_command_that_is_written_of_exists(generate: ModuleType) -> None:
    known = {name.removeprefix("graphtrace ") for name, _, _ in generate.find_commands()} | {"COMMAND", "--version"}
    absent = []
    for page in WRITTEN:
        text = read_page(page)
        quoted = re.findall(r"`(?:\$ )?graphtrace ([^`]*)`", text)
        blocks = "".join(re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        typed = re.findall(r"^(?:\$ )?graphtrace (.+)$", blocks, re.MULTILINE)
        commands = [re.sub(r"--case \S+ ", "", written).split() for written in (*quoted, *typed)]
        absent += [(page, words) for words in commands if not {words[0], " ".join(words[:2])} & known]
    assert absent == []


def test_every_make_target_and_link_that_is_written_leads_somewhere() -> None:
    absent = []
    for page in WRITTEN:
        text = read_page(page)
        made = set(re.findall(r"(?:`|^\$ )make ([a-z0-9-]+)", text, re.MULTILINE))
        targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
        absent += [(page, target) for target in sorted(made - MAKE_TARGETS)]
        absent += [(page, to) for to in targets if "://" not in to and not (ROOT / page).parent.joinpath(to).exists()]
    assert absent == []


@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_every_outcome_is_explained_in_the_words_of_the_answers(page: str, lang: str) -> None:
    for wording in OUTCOMES.values():
        assert f"**{getattr(wording, lang).lower()}**" in read_page(page)


@pytest.mark.parametrize("page", ["docs/guide.md", "docs/guide.zh.md"])
def test_every_finding_is_explained_in_the_guide(page: str) -> None:
    explained = re.findall(r"^\| `([a-z_]+)` \|", read_page(page), re.MULTILINE)
    assert set(explained) == {code.split("/")[0] for code in FINDINGS}


def test_the_generated_pages_are_up_to_date(generate: ModuleType) -> None:
    assert generate.find_outdated() == []


def test_a_page_that_is_out_of_date_fails_the_check(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "commands.md is out of date" in capsys.readouterr().err
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
