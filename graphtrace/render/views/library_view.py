"""The rules of an audit and the questions of the query library as trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Code,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Line,
    Paragraph,
    Section,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.flat_tables import cell_text
from graphtrace.render.format import rule_law
from graphtrace.render.i18n import code_text, in_both, join_texts, label_text

if TYPE_CHECKING:
    from graphtrace.render.command_results import QueryList, RuleList
    from graphtrace.results.library import Query
    from graphtrace.results.rules import Rule, RuleParameter

TONES: dict[str, Tone] = {"error": "bad", "warning": "warn"}


def rules_view(found: RuleList, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of all rules, in a few words each."""
    kind = label_text("rules_page")
    rules = Entries(entries=LazyRows(found.rules, _rule), sign=False, is_dense=True)
    count = remark(label_text("rules_listed", rules=len(found.rules)))
    return Document(title=kind, kind=kind, case=case, as_of=as_of, caveat=None, parts=(rules, count))


def rule_view(rule: Rule, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of one rule: its meaning, law, parameters, evidence, sentence and the text of its query."""
    entry = _rule(rule)
    whole = Entry(entry.head, (*entry.lines, *entry.details))
    kinds = Inline(tuple(code_text(text_tables.KINDS, kind) for kind in rule.evidence))
    parts = (
        Entries(entries=[whole], sign=False),
        Section(code="says", title=label_text("rule_says"), parts=(Paragraph(parts=(rule.message,)),)),
        Section(code="evidence", title=label_text("rule_rests_on"), parts=(Paragraph(parts=kinds),)),
        Section(
            code="query",
            title=label_text("rule_query"),
            note=rule.query.name,
            parts=(Code(text=rule.query.source("sql")),),
        ),
    )
    kind = label_text("rules_page")
    return Document(title=f"{rule.id} · graphtrace", kind=kind, case=case, as_of=as_of, caveat=None, parts=parts)


def _rule(rule: Rule) -> Entry:
    tone = TONES.get(rule.severity, "plain")
    version = TonedText(label_text("rule_version", version=rule.version), "quiet")
    head = (TonedText(rule.id, "name"), TonedText(code_text(text_tables.SEVERITIES, rule.severity), tone), version)
    lines: list[Line] = [(rule.title,)]
    if rule.path is not None:
        lines.append((TonedText(str(rule.path), "quiet"),))
    law = in_both(lambda lang: rule_law(rule, lang))
    details: list[Line] = [(TonedText(rule.rationale, "quiet"),), (TonedText(law, "quiet"),)]
    details += [_parameter(parameter) for parameter in rule.parameters]
    return Entry(head, lines, details)


def _parameter(parameter: RuleParameter) -> Line:
    """Return the value in force of a parameter with its unit, and its meaning."""
    value = "null" if parameter.value is None else cell_text(parameter.value).removesuffix(".0")
    stated = f"-p {parameter.name}={value}"
    unit = parameter.unit
    with_unit = stated if unit is None else join_texts(stated, unit)
    return (TonedText(with_unit, "code"), parameter.parameter.meaning)


def queries_view(found: QueryList, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of every query by name, with its meaning, its parameters and its columns."""
    kind = label_text("queries_page")
    sections = []
    for over, title in (("case", "asked_of_case"), ("audit", "asked_by_audits")):
        of_kind = [query for query in found.queries if query.header.over == over]
        entries = Entries(entries=LazyRows(of_kind, _query), sign=False, is_dense=True)
        sections.append(Section(code=over, title=label_text(title), parts=(entries,)))
    count = remark(label_text("queries_listed", queries=len(found.queries)))
    return Document(title=kind, kind=kind, case=case, as_of=as_of, caveat=None, parts=(*sections, count))


def _query(query: Query) -> Entry:
    header = query.header
    details: list[Line] = [(TonedText(header.counts, "quiet"),)]
    for parameter in header.parameters:
        default = "" if parameter.default is None else f" = {parameter.default}"
        details.append(
            (TonedText(f"-p {parameter.name}", "code"), f"{parameter.type_text}{default}", parameter.meaning)
        )
    details += [(TonedText(column.name, "quiet"), column.meaning) for column in header.columns]
    return Entry((TonedText(query.name, "name"),), [(header.question,)], details)
