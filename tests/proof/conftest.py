"""The small programs that prove saved answers again, and the cases that they are run over."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graphtrace.cli import main

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tools" / "prove.py"
EXAMPLE = ROOT / "examples" / "case"
DEMO = json.loads((EXAMPLE / "demo.json").read_text(encoding="utf-8"))


def load_program(name: str) -> ModuleType:
    """Import one of the programs of ``tools``."""
    spec = importlib.util.spec_from_file_location(name, PROGRAM.with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


prove = load_program("prove")
prove_more = load_program("prove_more")
prove_annex = load_program("prove_annex")


def checker_of(answer: dict[str, Any], sources: Path) -> Any:
    """Return what checks most of an answer."""
    kind = prove_annex.AnnexChecker if "enterprises" in answer else prove_more.FullChecker
    return kind(answer, sources)


@dataclass(frozen=True)
class Case:
    """A case whose sources lie in its folder, and every card that these name."""

    folder: Path

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    def cards(self, most: int = 60) -> list[str]:
        """Return the keys of the cards that the sources list, and of at most so many of each range."""
        found = prove.Checker({"results": []}, self.sources)
        keys = set(found.listed)
        for low, high, _ in found.ranges:
            head = prove.head_of(low)
            first, last = int(low[head:]), int(high[head:])
            keys.update(f"{low[:head]}{n:0{len(low) - head}}" for n in range(first, min(last, first + most) + 1))
        return sorted(keys)

    def ask(self, *arguments: object) -> dict[str, Any]:
        """Return a saved answer."""
        saved = self.folder.parent / "answer.json"
        main([*map(str, arguments), "--case", str(self.folder), "-q", "-o", str(saved)])
        answer: dict[str, Any] = json.loads(saved.read_text(encoding="utf-8"))
        return answer

    def trace(self, cards: list[str]) -> dict[str, Any]:
        asked = self.folder.parent / "cards.txt"
        asked.write_text("\n".join(cards) + "\n", encoding="utf-8")
        return self.ask("trace", "--from-file", asked)

    def prove(self, answer: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
        """Return the sentences of an answer with the reasons, by what was found of them."""
        checker = checker_of(answer, self.sources)
        checker.check()
        states: dict[str, list[tuple[str, str]]] = {state: [] for state in ("proved", "not checked", "NOT PROVED")}
        for sentence, state, why in checker.lines:
            states[state].append((sentence, why))
        return states


def load(folder: Path, *files: object) -> Case:
    case = Case(folder / "x.gtrace")
    with redirect_stdout(io.StringIO()):
        main(["load", *map(str, files), "--case", str(case.folder), "-q", "--lang", "en"])
    return case


@pytest.fixture(scope="package")
def example(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The example case."""
    folder = tmp_path_factory.mktemp("example")
    for name in DEMO["files"]:
        mapping = DEMO["mappings"].get(name)
        load(folder, EXAMPLE / name, *(() if mapping is None else ("--mapping", EXAMPLE / mapping)))
    return Case(folder / "x.gtrace")


@pytest.fixture(scope="package")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Case]:
    """Make a simulated case of so many cards."""

    def made(cards: int, seed: int, *options: str) -> Case:
        folder = tmp_path_factory.mktemp("simulated")
        with redirect_stdout(io.StringIO()):
            main(["simulate", str(folder / "made"), "--cards", str(cards), "--seed", str(seed), "-q", *options])
        return load(folder, *sorted((folder / "made" / "records").iterdir()))

    return made
