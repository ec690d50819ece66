"""The pages that a newcomer reads, taken apart into the blocks that can be run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = {
    "README.md": "en",
    "README.zh.md": "zh",
    "docs/guide.md": "en",
    "docs/guide.zh.md": "zh",
    "docs/bundles.md": "en",
    "docs/bundles.zh.md": "zh",
    "docs/exports.md": "en",
    "docs/exports.zh.md": "zh",
    "docs/notebooks.md": "en",
    "docs/notebooks.zh.md": "zh",
    "docs/seized-cards.md": "en",
    "docs/seized-cards.zh.md": "zh",
    "docs/spreadsheets.md": "en",
    "docs/spreadsheets.zh.md": "zh",
    "docs/simulate.md": "en",
    "docs/simulate.zh.md": "zh",
}
"""Pages that are run from top to bottom, and the language in which their commands answer."""

ELSEWHERE = {"make", "cd", "git", "pip"}
"""Programs that need more than this package; of ``make`` the targets are checked."""

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A line that is typed, and the lines that the page shows below it; ``…`` stands for any lines."""

    text: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Python:
    """A block of Python."""

    text: str


def read_page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def find_steps(page: str) -> list[Command | Python]:
    """Return the steps of a reader of the page, in order."""
    steps: list[Command | Python] = []
    for language, text in _FENCE.findall(page):
        if language == "python":
            steps.append(Python(text))
        elif language == "console":
            steps += _commands(text)
    return steps


def _commands(block: str) -> list[Command]:
    commands: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line.removeprefix("$ "), []))
        else:
            assert commands, f"a console block begins with a command, not with {line!r}"
            commands[-1][1].append(line)
    return [Command(text, tuple(shown)) for text, shown in commands]


def commands_of(page: str) -> list[str]:
    return [step.text for step in find_steps(page) if isinstance(step, Command)]


def find_missing_line(shown: tuple[str, ...], output: str) -> str | None:
    """The first shown line that does not follow, in the output, the one before it; ``…`` lets other lines between."""
    lines = [line.rstrip() for line in output.splitlines()]
    place, is_loose = 0, False
    for line in map(str.rstrip, shown):
        if line == "…":
            is_loose = True
            continue
        rest = lines[place:] if is_loose else lines[place : place + 1]
        if line not in rest:
            return line
        place += rest.index(line) + 1
        is_loose = False
    return None if is_loose or not shown or not any(lines[place:]) else f"(nothing more, but there is {lines[place]!r})"
