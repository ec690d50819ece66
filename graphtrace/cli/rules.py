"""``rules``: what an audit looks for, by which law, and with which limits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.commands import Group
from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult

if TYPE_CHECKING:
    from graphtrace.render.terminal.layout import TerminalView

OwnRules = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FILE", help="A rule file of your own, or a folder of them; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Register the command group."""
    group = typer.Typer(cls=Group, help="Show the rules of an audit.", rich_markup_mode=None)
    command(group, name="list")(list_rules)
    command(group, endings=(".json", ".txt", ".sql"))(show)
    app.add_typer(group, name="rules")


def list_rules(common: GlobalOptions, own: OwnRules = None) -> CommandResult:
    """List the rules of an audit, the gravest first."""
    from graphtrace.rules.loader import load_rules

    rules = load_rules(*(own or ()))

    def document() -> dict[str, object]:
        from graphtrace.render.json import rules_document

        return rules_document(rules, common.lang)

    def view() -> TerminalView:
        from graphtrace.render.terminal.rules import RuleListView

        return RuleListView(rules, common.lang, verbose=common.verbose)

    return CommandResult(document=document, view=view)


def show(
    common: GlobalOptions,
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule.")],
    own: OwnRules = None,
) -> CommandResult:
    """Show one rule: what it means, the law, its parameters and its query."""
    from graphtrace.rules.loader import load_rules
    from graphtrace.rules.selection import find_rule

    rule = find_rule(load_rules(*(own or ())), name)

    def document() -> dict[str, object]:
        from graphtrace.render.json import rule_document

        return rule_document(rule, common.lang)

    def view() -> TerminalView:
        from graphtrace.render.terminal.rules import RuleView

        return RuleView(rule, common.lang)

    return CommandResult(document=document, view=view, files={".sql": lambda: rule.query.source("sql")})
