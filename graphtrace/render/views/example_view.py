"""The example and synthetic cases as trees: what was made, and how a case answers against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.document import (
    Cell,
    Column,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TableBlock,
    Text,
    TonedText,
    in_language,
)
from graphtrace.render.format import format_message
from graphtrace.render.i18n import Phrase, code_text, in_both, join_texts, label_text
from graphtrace.render.views.audit_view import audit_view
from graphtrace.render.views.load_view import load_view
from graphtrace.render.views.trace_view import trace_view

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.command_results import DemoReport, SimulatedCase
    from graphtrace.results.simulation import AliasCount, AliasReport, CheckReport, Mismatch, RecallCount, ScenarioCount


def demo_view(demo: DemoReport) -> Document:
    """Return the tree of the parts one below the other."""
    trees = (load_view(LoadedSheets(demo.sheets, is_brief=True)), trace_view(demo.traces), audit_view(demo.audits))
    parts: list[Part] = [part for tree in trees for part in tree.parts]
    parts.append(_commands("pages", label_text("look_at"), map(str, demo.pages)))
    parts.append(_commands("next", label_text("try_next"), demo.commands))
    return Document(title=demo.case, kind=label_text("status_page"), parts=tuple(parts))


def _commands(code: str, title: Text, lines: Iterable[str]) -> Section:
    return Section(code=code, title=title, parts=tuple(Paragraph(parts=(TonedText(line, "code"),)) for line in lines))


_COUNTS = ("found", "missed", "invented")
_SHARES = ("precision", "recall")


def simulation_view(simulated: SimulatedCase) -> Document:
    """Return the tree of a synthetic case: its figures, its planted scenarios, and the next command."""
    made = simulated.made
    counts = {"cards": made.cards, "rows": sum(made.rows.values()), "files": len(made.rows)}
    lines: list[Line] = [
        (_label("made", **counts),),
        (_label("rows_to_refuse", rejected=made.rejected, duplicates=made.duplicates),),
    ]
    if made.scenarios:
        planted = {"stories": len(made.scenarios), "cards": sum(one.cards for one in made.scenarios)}
        lines.append((_label("stories", **planted, folder=str(made.folder)),))
    details = LazyRows(made.scenarios, _scenario)
    seed = TonedText(_label("seed", seed=str(made.seed)), "quiet")
    whole = Entries(entries=[Entry((TonedText(str(made.folder), "name"), seed), lines, details)], sign=False)
    commands = tuple(Paragraph(parts=(TonedText(command, "code"),)) for command in simulated.commands)
    kind = label_text("simulation_page")
    following = Section(code="next", title=_label("next"), parts=commands)
    return Document(title=kind, kind=kind, caveat=None, parts=(whole, following))


def _scenario(one: ScenarioCount) -> Line:
    return (
        TonedText(one.name, "name"),
        one.scenario,
        f"{one.cards:,}",
        code_text(text_tables.SIMULATION_SCENARIOS, one.name),
    )


def check_view(report: CheckReport, case: str | None) -> Document:
    """Return the tree of a check against the truth: cards, findings, rejected rows, and the first wrong answers."""
    kinds = tuple(join_texts(_label(kind), f"{count:,}") for kind, count in report.wrong.items() if count)
    audits_wrong = report.audits - report.audits_right
    counts = {"audits": report.audits, "right": report.audits_right, "wrong": audits_wrong}
    rejects: dict[Text, RecallCount] = {
        **{code_text(text_tables.REJECTS, code): tally for code, tally in report.rejects.items()},
        _label("duplicates"): report.duplicates,
    }
    parts: list[Part] = [
        Paragraph(parts=(_label("asked", asked=report.asked, right=report.right, wrong=report.asked - report.right),)),
        *([Paragraph(parts=Inline(kinds, "bad"))] if kinds else []),
        Paragraph(parts=(TonedText(_label("audited", **counts), "bad" if audits_wrong else "plain"),)),
        Paragraph(parts=(_label("all_right") if report.is_right else TonedText(_label("not_right"), "bad"),)),
        Section(code="findings", title=label_text("findings"), parts=(_tallies("finding", report.faults),)),
        Section(code="rejects", title=label_text("rejects"), parts=(_tallies("reason", rejects),)),
    ]
    if report.aliases is not None:
        parts.append(_aliases(report.aliases))
    if report.supports:
        stated: dict[Text, RecallCount] = {_label(kind): tally for kind, tally in report.supports.items()}
        table = _tallies("corroboration", stated)
        parts.append(Section(code="supports", title=_label("supports"), parts=(table,)))
    mistakes = Entries(entries=[Entry((), list(map(_mistake, report.mistakes)))], is_dense=True)
    wrong = Section(code="wrong", title=_label("wrong"), parts=(mistakes,))
    if report.mistakes:
        parts.append(wrong)
    kind = label_text("check_page")
    section = Section(code="check", title=case or "", parts=tuple(parts))
    return Document(title=kind, kind=kind, caveat=None, parts=(section,))


def _aliases(report: AliasReport) -> Section:
    def row(one: AliasCount) -> Sequence[Cell]:
        return [
            code_text(text_tables.ALIAS_KINDS, one.kind),
            *(_label("one_party" if one.is_same else "two_parties"), one.planted, one.proposed),
        ]

    columns = (
        *(Column("what", heading=_label("names")), Column("truth", heading=_label("truth"))),
        *(Column("planted", "amount", _label("planted")), Column("proposed", "amount", _label("proposed"))),
    )
    table = TableBlock(code="aliases", columns=columns, rows=LazyRows(report.kinds, row))
    shares = {"precision": _share(report.precision) or "–", "recall": _share(report.recall) or "–"}
    paragraph = Paragraph(parts=(_label("alias_shares", others=report.others, **shares),))
    return Section(code="aliases", title=_label("aliases"), parts=(table, paragraph))


def _tallies(heading: str, tallies: Mapping[str, RecallCount] | Mapping[Text, RecallCount]) -> TableBlock:
    def row(one: tuple[Text, RecallCount]) -> Sequence[Cell]:
        name, tally = one
        is_wrong = tally.missed or tally.invented
        counts = (getattr(tally, count) for count in _COUNTS)
        return [
            TonedText(name, "bad") if is_wrong else name,
            *counts,
            *(_share(getattr(tally, share)) for share in _SHARES),
        ]

    columns = (
        Column("what", heading=_label(heading)),
        *(Column(count, "amount", _label(count)) for count in _COUNTS),
        *(Column(share, "amount", _label(share)) for share in _SHARES),
    )
    rows: list[tuple[Text, RecallCount]] = list(tallies.items())
    return TableBlock(code=heading, columns=columns, rows=LazyRows(rows, row))


def _mistake(mistake: Mismatch) -> Line:
    nothing = _label("nothing")

    def sentence(lang: Lang) -> str:
        params = {
            "card": mistake.card,
            "story": mistake.story or "",
            "kind": in_language(_label(mistake.kind), lang),
            "true": mistake.true or in_language(nothing, lang),
            "answered": mistake.answered or in_language(nothing, lang),
        }
        return format_message(text_tables.SIMULATION_LABELS["mistake"], params, lang)

    return (in_both(sentence),)


def _label(code: str, **params: object) -> Phrase:
    return in_both(lambda lang: format_message(text_tables.SIMULATION_LABELS[code], params, lang))


def _share(share: float | None) -> str:
    """Return a share with six digits at most, so that one miss among a million is not rounded to 1."""
    return "" if share is None else f"{share:.6f}".rstrip("0").rstrip(".")
