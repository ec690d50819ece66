"""Writes the pages that follow from the program itself: the command reference and the table of headings.

``python docs/generate.py`` writes them; with ``--check`` it writes nothing and ends with 1 where a page is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from graphtrace.cli import app
from graphtrace.ingest.headings import FIELDS, HEADINGS, KIND_WORDS, NEEDS

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py (`make docs`); a change here is overwritten. -->"


def find_commands() -> Iterator[tuple[str, Any, Any]]:
    """Every command that does something: its full name, itself and its context."""
    group: Any = typer.main.get_command(app)
    yield from _below(group, group.context_class(group, info_name="graphtrace"))


def _below(command: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield context.command_path, command, context
        return
    for name, child in children.items():
        yield from _below(child, child.context_class(child, info_name=name, parent=context))


def commands_page() -> str:
    """The command reference."""
    commands = list(find_commands())
    common = _common_options(commands)
    lines = [
        "# Commands",
        "",
        NOTE,
        "",
        "`python -m graphtrace` is the same as `graphtrace`. `graphtrace COMMAND --help` shows what stands here.",
        "",
        *_table(("command", "does"), ((f"[`{name}`](#{_anchor(name)})", one.help) for name, one, _ in commands)),
        "",
        "## Options of every command",
        "",
        "They may stand before or after the name of the command.",
        "",
        *_table(("option", "meaning"), common),
    ]
    for name, command, context in commands:
        parameters = command.get_params(context)
        arguments = [one for one in parameters if one.param_type_name == "argument"]
        usage = " ".join([name, *(_argument(one) for one in arguments), "[OPTIONS]"])
        lines += ["", f"## {name}", "", command.help, "", "```text", usage, "```"]
        own = [(f"`{_argument(one)}`", one.help) for one in arguments]
        own += [row for row in _options(parameters, context) if row not in common]
        if own:
            lines += ["", *_table(("parameter", "meaning"), own)]
    return "\n".join(lines) + "\n"


def _common_options(commands: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, str]]:
    every = [_options(command.get_params(context), context) for _, command, context in commands]
    return [row for row in every[0] if all(row in rows for rows in every)]


def _options(parameters: Iterable[Any], context: Any) -> list[tuple[str, str]]:
    records = [one.get_help_record(context) for one in parameters if one.param_type_name == "option"]
    return [(f"`{names.translate(_BRACKETS)}`", meaning) for names, meaning in records]


_BRACKETS = str.maketrans("", "", "<>[]")
"""The brackets around the words of a choice differ between versions of Typer."""


def _argument(argument: Any) -> str:
    text = argument.metavar + ("…" if argument.nargs == -1 else "")
    return text if argument.required else f"[{text}]"


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def headings_page() -> str:
    """The headings that are understood, the kinds of records and what each must carry."""
    headings = ((f"`{name}`", _words(_headings_of(name))) for name in FIELDS)
    kinds = (
        (
            f"`{kind}`",
            _words(word for word, meant in KIND_WORDS.items() if meant == kind and word != kind),
            "; ".join(need for need, _ in needs),
        )
        for kind, needs in NEEDS.items()
    )
    lines = [
        "# Headings",
        "",
        NOTE,
        "",
        "A column is understood by its heading. Blanks, case, full-width forms and a last remark in brackets make no",
        "difference: `数量（张）` is `数量`. Where two columns mean one field, the heading that names the event of the",
        "record counts, then the one further left. `buyer` is the receiver beside a seller, else the enterprise. For",
        "any other heading write a mapping file; `graphtrace mapping suggest FILE` makes a first one.",
        "",
        *_table(("field", "headings"), headings),
        "",
        "## Kinds of records",
        "",
        "`load --as KIND` says what all rows are; else a column `kind` says it row by row, in the words below; else",
        "the headings do. A row must carry what stands on the right; `cards` are a listed card, both ends of a range,",
        "or a number of cards.",
        "",
        *_table(("kind", "words in a column", "must carry"), kinds),
    ]
    return "\n".join(lines) + "\n"


def _headings_of(name: str) -> list[str]:
    return [heading for heading, meant in HEADINGS.items() if meant == name]


def _words(words: Iterable[str]) -> str:
    return ", ".join(words)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(titles), _row(["---"] * len(titles)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


PAGES = {"commands.md": commands_page, "headings.md": headings_page}


def find_outdated() -> list[str]:
    """The pages that are not what they would be if they were written now."""
    return [name for name, page in PAGES.items() if not _is_current(DOCS / name, page())]


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them."""
    outdated = find_outdated()
    if arguments == ["--check"]:
        for name in outdated:
            print(f"docs/{name} is out of date: make docs", file=sys.stderr)
        return 1 if outdated else 0
    if arguments:
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    for name in outdated:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
