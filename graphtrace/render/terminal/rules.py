"""The rules of an audit in a terminal: all of them in a few words, or one in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang, catalogue
from graphtrace.render.csv import cell_text
from graphtrace.render.format import rule_law, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout
from graphtrace.render.terminal.styled_text import line_of

if TYPE_CHECKING:
    from graphtrace.rules.model import Rule, RuleParameter

_INDENT = "  "


class RuleListView(TerminalView):
    """Every rule by id and title; with ``verbose`` what it means, its law and its parameters."""

    def __init__(self, rules: Sequence[Rule], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.rules = rules
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw a paragraph per rule."""
        for rule in self.rules:
            _draw_head(page, rule)
            if self.verbose:
                _draw_meaning(page, rule)
                page.blank()
        page.blank()
        page.add((page.label("rules_listed", rules=len(self.rules)), style.LABEL))


class RuleView(TerminalView):
    """One rule with its meaning, law, parameters, evidence, sentence and the text of its query."""

    def __init__(self, rule: Rule, lang: Lang) -> None:
        super().__init__(lang)
        self.rule = rule

    def draw(self, page: TextLayout) -> None:
        """Draw all of it."""
        rule = self.rule
        _draw_head(page, rule)
        _draw_meaning(page, rule)
        page.title((page.label("rule_says"), style.TITLE))
        page.add(getattr(rule.message, self.lang), margin=_INDENT)
        page.title((page.label("rule_rests_on"), style.TITLE))
        page.add_items([translate(catalogue.KINDS, kind, self.lang) for kind in rule.evidence], margin=_INDENT)
        page.title((page.label("rule_query"), style.TITLE), (f"  {rule.query.name}", style.LABEL))
        for line in rule.query.source("sql").splitlines():
            code = line.lstrip(" ")
            margin = _INDENT + " " * (len(line) - len(code))
            page.add(code, margin=margin, hang=margin + _INDENT * 2)


def _draw_head(page: TextLayout, rule: Rule) -> None:
    look = style.SEVERITIES[rule.severity]
    version = page.label("rule_version", version=rule.version)
    page.add(
        line_of(
            (rule.id, style.NAME),
            "  ",
            (translate(catalogue.SEVERITIES, rule.severity, page.lang), look),
            (f"  {version}", style.LABEL),
        )
    )
    page.add(getattr(rule.title, page.lang), margin=_INDENT)
    if rule.path is not None:
        page.add((str(rule.path), style.PLACE), margin=_INDENT)


def _draw_meaning(page: TextLayout, rule: Rule) -> None:
    page.add((getattr(rule.rationale, page.lang), style.LABEL), margin=_INDENT)
    page.add((rule_law(rule, page.lang), style.LABEL), margin=_INDENT)
    for parameter in rule.parameters:
        page.add(
            format_parameter(parameter, page.lang),
            margin=line_of(f"{_INDENT}-p ", (f"{parameter.name}=", style.COMMAND)),
        )


def format_parameter(parameter: RuleParameter, lang: Lang) -> str:
    """The value in force of a parameter with its unit, and what it means."""
    value = "null" if parameter.value is None else cell_text(parameter.value).removesuffix(".0")
    unit = f" {getattr(parameter.unit, lang)}" if parameter.unit else ""
    return f"{value}{unit}  {getattr(parameter.parameter.meaning, lang)}"
