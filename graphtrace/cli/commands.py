"""Commands whose parameters become what their annotations say without Typer's own conversion.

Typer imports pydantic even to turn text into text, which takes longer than all the rest of ``identify``. Older
versions of Typer do not, and are left alone.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup


class Command(TyperCommand):
    """A command that converts its parameters itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the plain conversion in the place of Typer's."""
        _convert_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)


class Group(TyperGroup):
    """A group of commands that converts its own parameters itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the plain conversion in the place of Typer's."""
        _convert_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, first the one whose name is two words (``simulate check``)."""
        name = " ".join(args[:2])
        if len(args) > 1 and name in self.commands:
            return name, self.commands[name], args[2:]
        return super().resolve_command(ctx, args)


class _Plain:
    """Turns text into text, a path, one of some words, or a list of these."""

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
        if value not in words:
            said = ", ".join(words)
            raise typer.BadParameter(f"{value!r} is none of {said}", ctx=ctx, param=param)
        return value
    try:
        return annotation(value)
    except ValueError as fault:
        raise typer.BadParameter(f"{value!r} is no whole number", ctx=ctx, param=param) from fault
