"""Help of the commands in a language, from the table ``help`` of the catalogues.

``trace`` is what a command does, ``audit.names`` what a parameter of it means, ``.case`` what a parameter means that
several commands have; the words of Typer's own layout are in the table ``help_words``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphtrace.locale import Lang, load_catalogue

ROOT = "graphtrace"


def localize_command(ctx: Any, lang: Lang) -> None:
    """Set the help of the command of a context and its parameters, and the summaries of its subcommands."""
    command = ctx.command
    catalogue = load_catalogue(lang)
    texts = catalogue["help"]
    name = ctx.command_path.removeprefix(ROOT).strip()
    command.help = texts.get(name or ROOT, command.help)
    command.words = catalogue["help_words"]
    for param in (*command.params, command.get_help_option(ctx)):
        param.help = texts.get(f"{name}.{param.name}") or texts.get(f".{param.name}", param.help)
    for word, below in getattr(command, "commands", {}).items():
        below.help = texts.get(f"{name} {word}".lstrip(), below.help)


def localize_help(command: Any, lang: Lang) -> None:
    """Set the help of a group and of all its commands."""
    for ctx in walk_commands(command):
        localize_command(ctx, lang)


def walk_commands(command: Any, name: str = ROOT, parent: Any = None) -> Iterator[Any]:
    """Yield a context of a group and of every command below it, as if it had been called."""
    ctx = command.context_class(command, info_name=name, parent=parent)
    yield ctx
    for word, below in getattr(command, "commands", {}).items():
        yield from walk_commands(below, word, ctx)
