"""Commands that convert their parameters by their annotations, without Typer's own conversion.

Typer imports pydantic even to turn text into text, which takes longer than all the rest of ``identify``. Older
versions of Typer do not, and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from graphtrace.errors import UsageError
from graphtrace.locale import Lang, Text, load_catalogue, phrase


class _Help:
    """Layout of a help text, with the words of a language in place of Typer's."""

    lang: Lang = "en"
    words: Mapping[str, str] = MappingProxyType({})

    def get_help_option_names(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return ["-h", "--help"]

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        """Write the help in the language of the command at the top."""
        localize_command(ctx, ctx.find_root().command.lang)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.words.get(piece, piece) for piece in self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.words.get("Usage: "))

    def format_options(self: Any, ctx: Any, formatter: Any) -> None:
        params = [(param.param_type_name, param.get_help_record(ctx)) for param in self.get_params(ctx)]
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            if rows := [record for each, record in params if each == kind and record is not None]:
                with formatter.section(self.words.get(title, title)):
                    formatter.write_dl([(names, self._meaning_text(meaning)) for names, meaning in rows])
        if commands := getattr(self, "commands", None):
            width = formatter.width - 6 - max(map(len, commands))
            with formatter.section(self.words.get("Commands", "Commands")):
                formatter.write_dl([(name, each.get_short_help_str(width)) for name, each in commands.items()])

    def _meaning_text(self, meaning: str) -> str:
        """Return the meaning of a parameter, to which Typer appends whether it is required or its default."""
        own, gap, more = meaning.rpartition("  [")
        for word in ("required", "default: "):
            if gap and more.startswith(word):
                return f"{own}{gap}{self.words.get(word, word)}{more.removeprefix(word)}"
        return meaning


class Command(_Help, TyperCommand):
    """A command that converts its parameters itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the plain conversion in place of Typer's."""
        _convert_plainly(self.get_params(ctx))
        ctx.allow_extra_args = True
        if (rest := super().parse_args(ctx, args)) and not ctx.resilient_parsing:
            raise UsageError("extra_arguments", text=" ".join(rest), command=ctx.command_path, hint="command_help")
        return rest


class Group(_Help, TyperGroup):
    """A group of commands that converts its own parameters itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the plain conversion in place of Typer's."""
        _convert_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, first the one whose name is two words (``simulate check``)."""
        name = " ".join(args[:2])
        if len(args) > 1 and name in self.commands:
            return name, self.commands[name], args[2:]
        if not args[0].startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            import difflib

            near = difflib.get_close_matches(args[0], self.commands)
            raise UsageError(
                "unknown_command",
                name=args[0],
                nearest=[phrase("quoted", text=name) for name in near],
                command=ctx.command_path,
                hint="command_help",
            )
        return super().resolve_command(ctx, args)


class Commands(Mapping[str, Any]):
    """Commands and groups by name, each made when it is first asked for: all together take a tenth of a start."""

    def __init__(self, registered: typer.Typer, order: Sequence[str]) -> None:
        self._alone = {name: typer.Typer(rich_markup_mode=None) for name in order}
        for command in registered.registered_commands:
            self._alone[command.name or ""].registered_commands.append(command)
        for group in registered.registered_groups:
            self._alone[group.name or ""].registered_groups.append(group)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made.update(typer.main.get_group(self._alone[name]).commands)
        return self._made[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._alone)

    def __len__(self) -> int:
        return len(self._alone)

    def __contains__(self, name: object) -> bool:
        return name in self._alone


class _Plain:
    """Converter of text into text, a path, one of some words, or a list of these."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        return _converted(value, self.annotation, param, ctx)


def _convert_plainly(params: list[Any]) -> None:
    for param in params:
        if descriptor := getattr(param, "type_descriptor", None):
            param._runtime_param = _Plain(descriptor.annotation)


def _converted(value: Any, annotation: Any, param: Any, ctx: Any) -> Any:
    if get_origin(annotation) is list:
        (member,) = get_args(annotation)
        return [_converted(item, member, param, ctx) for item in value]
    if get_origin(annotation) is Literal:
        words = get_args(annotation)
        if value not in words and (kind := _kind_named(value)) in words:
            return kind
        if value not in words:
            raise _bad_value(phrase("none_of", value=value, choices=words), param, ctx)
        return value
    try:
        return annotation(value)
    except ValueError as fault:
        what = phrase("no_whole_number" if annotation is int else "no_number", value=value)
        raise _bad_value(what, param, ctx) from fault


def _kind_named(word: str) -> str | None:
    """Return the kind of record that a word names in either language (转让, 登记)."""
    from graphtrace.ingest.acts import kind_of_word
    from graphtrace.render.text_tables import KINDS

    named = next((kind for kind, text in KINDS.items() if word.casefold() in (text.zh, text.en.casefold())), None)
    return named or kind_of_word(word)


def _bad_value(what: Text, param: Any, ctx: Any) -> UsageError:
    return UsageError(
        "bad_option_value", name=param_name(param), what=what, command=ctx.command_path, hint="command_help"
    )


def param_name(param: Any) -> str:
    """Return the name of a parameter as it is typed or shown."""
    return str(param.get_error_hint()).strip("'")


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
