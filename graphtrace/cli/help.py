"""Help of the commands in a language, from the table ``help`` of the catalogues.

``trace`` is what a command does, ``audit.names`` what a parameter of it means, ``.case`` what a parameter means that
several commands have; the words of Typer's own layout are in the table ``help_words``.
"""

from __future__ import annotations

from typing import Any

from graphtrace.locale import Lang, load_catalogue

ROOT = "graphtrace"


def localize_command(command: Any, lang: Lang, name: str) -> None:
    """Set the help of a command and its parameters, and the summaries of its subcommands."""
    catalogue = load_catalogue(lang)
    texts = catalogue["help"]
    command.help = texts.get(name or ROOT, command.help)
    command.words = catalogue["help_words"]
    for param in (*command.params, command.get_help_option(command.context_class(command))):
        param.help = texts.get(f"{name}.{param.name}") or texts.get(f".{param.name}", param.help)
    for word, below in getattr(command, "commands", {}).items():
        below.help = texts.get(f"{name} {word}".lstrip(), below.help)


def localize_help(command: Any, lang: Lang, name: str = "") -> None:
    """Set the help of a command and of all its subcommands."""
    localize_command(command, lang, name)
    for word, below in getattr(command, "commands", {}).items():
        localize_help(below, lang, f"{name} {word}".lstrip())
