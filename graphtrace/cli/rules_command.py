"""``rules``: rules of an audit, their laws and their thresholds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.commands import Group
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer

OwnRules = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FILE"),
]


def register(app: typer.Typer) -> None:
    """Register the command group."""
    group = typer.Typer(cls=Group, rich_markup_mode=None)
    command(group, name="list", redact="not_redacted_no_case")(list_rules)
    command(group, endings=(".json", ".txt", ".sql"), redact="not_redacted_no_case")(show)
    app.add_typer(group, name="rules")


def list_rules(common: GlobalOptions, own: OwnRules = None) -> CommandResult:
    """List the rules of an audit, the gravest first."""
    from graphtrace.render.command_results import RuleList
    from graphtrace.rules.rule_loader import load_rules

    return show_answer(RuleList(load_rules(*(own or ()))), common)


def show(
    common: GlobalOptions,
    name: Annotated[str, typer.Argument(metavar="ID")],
    own: OwnRules = None,
) -> CommandResult:
    """Show one rule: what it means, the law, its parameters and its query."""
    from graphtrace.rules.rule_loader import load_rules
    from graphtrace.rules.rule_selection import find_rule

    rule = find_rule(load_rules(*(own or ())), name)

    return show_answer(rule, common, files={".sql": lambda: rule.query.source("sql")})
