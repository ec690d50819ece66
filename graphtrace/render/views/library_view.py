"""The rules of an audit, the questions of the query library and the known file formats as trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Code,
    Column,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Line,
    Paragraph,
    Section,
    TableBlock,
    Text,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import rule_law
from graphtrace.render.i18n import code_text, in_both, join_texts, label_text
from graphtrace.render.writers.sheet_writer import cell_text

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.command_results import QueryList, RecipeList, RuleList
    from graphtrace.results.library import Query
    from graphtrace.results.recipes import FormatColumn, RecipeSummary
    from graphtrace.results.rules import Rule, RuleParameter


TONES: dict[str, Tone] = {"error": "bad", "warning": "warn"}


def rules_view(found: RuleList) -> Document:
    """Return the tree of all rules, in a few words each."""
    kind = label_text("rules_page")
    rules = Entries(entries=LazyRows(found.rules, _rule), sign=False, is_dense=True)
    count = remark(label_text("rules_listed", rules=len(found.rules)))
    return Document(title=kind, kind=kind, caveat=None, parts=(rules, count))


def rule_view(rule: Rule) -> Document:
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
    return Document(title=f"{rule.id} · graphtrace", kind=kind, caveat=None, parts=parts)


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
    value = "null" if parameter.value is None else cell_text(parameter.value).removesuffix(".0")
    stated = f"-p {parameter.name}={value}"
    unit = parameter.unit
    with_unit = stated if unit is None else join_texts(stated, unit)
    return (TonedText(with_unit, "code"), parameter.parameter.meaning)


def queries_view(found: QueryList) -> Document:
    """Return the tree of every query by name, with its meaning, its parameters and its columns."""
    kind = label_text("queries_page")
    sections = []
    for over, title in (("case", "asked_of_case"), ("audit", "asked_by_audits")):
        of_kind = [query for query in found.queries if query.header.over == over]
        entries = Entries(entries=LazyRows(of_kind, _query), sign=False, is_dense=True)
        sections.append(Section(code=over, title=label_text(title), parts=(entries,)))
    count = remark(label_text("queries_listed", queries=len(found.queries)))
    return Document(title=kind, kind=kind, caveat=None, parts=(*sections, count))


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


def recipes_view(found: RecipeList) -> Document:
    """Return the tree of all formats, by family, in a few words each."""
    kind = label_text("recipes_page")
    families = dict.fromkeys(recipe.family for recipe in found.recipes)
    sections = [
        Section(
            code=family,
            title=label_text(f"family_{family}"),
            parts=(
                Entries(
                    entries=LazyRows([recipe for recipe in found.recipes if recipe.family == family], _entry),
                    sign=False,
                    is_dense=True,
                ),
            ),
        )
        for family in families
    ]
    count = remark(label_text("recipes_listed", recipes=len(found.recipes)))
    return Document(title=kind, kind=kind, parts=(*sections, count))


def recipe_view(recipe: RecipeSummary) -> Document:
    """Return the tree of one format: what it is, its columns, the events of a row and what is asked."""
    columns = TableBlock(
        code="columns",
        columns=(Column("heading", heading=label_text("recipe_heading")), Column("field", heading=label_text("field"))),
        rows=[(rule.heading, _meaning(rule)) for rule in recipe.columns],
    )
    asked = Entries(
        entries=[
            Entry((TonedText(question.field, "code"), _localized(question.text)), ()) for question in recipe.questions
        ],
        sign=False,
        is_dense=True,
    )
    about = Entry(
        (TonedText(recipe.id, "name"), _localized(recipe.name)), [(_localized(recipe.about),), *_marks(recipe)]
    )
    parts = (
        Entries(entries=[about], sign=False),
        Section(code="columns", title=label_text("recipe_columns"), parts=(columns,)),
        Section(code="questions", title=label_text("questions"), parts=(asked,)),
    )
    kind = label_text("recipes_page")
    return Document(title=f"{recipe.id} · graphtrace", kind=kind, parts=parts)


def _entry(recipe: RecipeSummary) -> Entry:
    return Entry(
        (TonedText(recipe.id, "name"), _localized(recipe.name)),
        [(states(recipe),)],
        [(TonedText(_localized(recipe.about), "quiet"),)],
    )


def _marks(recipe: RecipeSummary) -> list[Line]:
    lines: list[Line] = [
        (states(recipe),),
        (join_texts(label_text("recipe_recognised"), ", ".join((*recipe.headings, *recipe.preamble, *recipe.shape))),),
    ]
    lines += [(TonedText(source, "quiet"),) for source in recipe.sources]
    return lines


def states(recipe: RecipeSummary) -> Text:
    """Return the kinds of records that a row may state."""
    if recipe.is_context_only:
        return label_text("recipe_context_only")

    def kinds(lang: Lang) -> str:
        names = [getattr(code_text(text_tables.KINDS, kind), lang) for kind in recipe.kinds]
        return ("、" if lang == "zh" else ", ").join(names)

    return in_both(kinds)


def _meaning(rule: FormatColumn) -> Text:
    if rule.field is not None:
        return rule.field
    if rule.contact is not None:
        return label_text("recipe_contact", side=rule.contact[0], kind=rule.contact[1])
    return label_text("recipe_secret" if rule.is_secret else "recipe_no_field")


def _localized(text: Mapping[str, str]) -> Text:
    return in_both(lambda lang: text[lang])
