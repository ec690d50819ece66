"""The cards and records behind figures of audits as a tree: ranges, and under each the records that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.render import text_tables
from graphtrace.render.document import (
    READERS,
    Audience,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Opened,
    Paragraph,
    Part,
    Records,
    Remark,
    Section,
    TableBlock,
    Text,
    Tone,
    TonedText,
)
from graphtrace.render.format import format_message, party_label, rule_finding_message, translate
from graphtrace.render.i18n import code_text, in_both, label_text, party_text
from graphtrace.render.views.answer_parts import judgements_part, union_of_judgements

if TYPE_CHECKING:
    from graphtrace.model import Party
    from graphtrace.render import Lang
    from graphtrace.render.command_results import Drilldowns
    from graphtrace.results.drilldown import Drilldown, DrilldownLot

DRILLDOWN_COLUMNS = (
    *("enterprise_id", "enterprise", "figure", "finding", "first", "last", "cards", "holder_id", "holder"),
    *("kind", "date", "file", "sheet", "row", "sha256"),
)

LOTS = DisplayLimits(terminal=20, page=200, notebook=20)
RECORDS = DisplayLimits(terminal=5, page=60, notebook=5)

_TONES: dict[str, Tone] = {"error": "bad", "warning": "warn"}


def drilldown_view(found: Drilldowns) -> Document:
    """Return the tree of some figures with what is behind them; a spreadsheet has one row per lot and record."""
    opened = found.figures
    sections: list[Part] = [_figure(figure, f"f{number}") for number, figure in enumerate(opened, 1)]
    if not any(figure.lots for figure in opened):
        sections.append(Paragraph(parts=(TonedText(label_text("nothing_behind"), "quiet"),)))
    name = f"{', '.join(dict.fromkeys(figure.enterprise.name for figure in opened))} · graphtrace"
    return Document(
        title=name,
        kind=label_text("cards_behind"),
        parts=(*sections, _table(opened), *judgements_part(union_of_judgements(opened))),
        records=Records(columns=DRILLDOWN_COLUMNS, rows=drilldown_rows(opened)),
    )


def _figure(figure: Drilldown, code: str) -> Section:
    breach = figure.breach
    if breach is None:
        note: Text = in_both(
            lambda lang: f"{translate(text_tables.FIGURES, figure.figure, lang)}: {_cards(figure.cards, lang)}"
        )
        remarks: tuple[Part, ...] = ()
    else:
        note = breach.rule.title
        sentence_ = in_both(lambda lang: rule_finding_message(breach, lang))
        remarks = (Paragraph(parts=(TonedText(sentence_, _TONES.get(breach.severity, "plain")),)),)
    lots = Entries(
        entries=LazyRows(figure.lots, _lot),
        most=LOTS,
        most_lines=RECORDS,
        more=text_tables.LABELS["more_lots"],
        more_lines=text_tables.LABELS["more_records"],
    )
    return Section(code=code, title=party_text(figure.enterprise), note=note, parts=(*remarks, lots), audience=READERS)


def _lot(lot: DrilldownLot) -> Entry:
    head: Remark = ()
    if lot.first is not None:
        ends = lot.first if lot.first == lot.last else f"{lot.first} – {lot.last}"
        holder = None if lot.holder is None else _held_by(lot.holder)
        head = (
            Opened(TonedText(ends, "name"), "card", lot.first),
            TonedText(label_text("cards", cards=lot.cards), "quiet"),
            holder,
        )
    return Entry(
        head, [(record.day, code_text(text_tables.KINDS, record.kind), record.origin) for record in lot.evidence]
    )


def _held_by(holder: Party) -> Text:
    return in_both(
        lambda lang: f"{format_message(text_tables.LABELS['holder'], {}, lang)}: {party_label(holder, lang)}"
    )


def _cards(cards: int, lang: Lang) -> str:
    return format_message(text_tables.LABELS["cards"], {"cards": cards}, lang)


# -- the flat table --------------------------------------------------------------------------------------------

_COLUMNS = (
    *(Column("enterprise", width=24), Column("figure"), Column("finding_no", "ordinal"), Column("first")),
    *(Column("last"), Column("cards", "amount"), Column("holder", width=24), Column("kind"), Column("date", "day")),
    *(Column("file", width=30), Column("sheet", width=16), Column("row", "ordinal"), Column("sha256", width=34)),
    *(Column("enterprise_id", printed=False), Column("holder_id", printed=False)),
)


def _table(opened: Sequence[Drilldown]) -> TableBlock:
    rows = [
        [
            *(
                row["enterprise"],
                code_text(text_tables.FIGURES, row["figure"]),
                row["finding"],
                row["first"],
                row["last"],
            ),
            *(row["cards"], row["holder"], code_text(text_tables.KINDS, row["kind"]), row["date"], row["file"]),
            *(row["sheet"], row["row"], row["sha256"], row["enterprise_id"], row["holder_id"]),
        ]
        for row in drilldown_rows(opened)
    ]
    return TableBlock(code="cards", columns=_COLUMNS, rows=rows, audience=Audience.SHEET)


def drilldown_rows(opened: Iterable[Drilldown]) -> Iterator[dict[str, Any]]:
    """Yield a dict per lot and record with the keys :data:`DRILLDOWN_COLUMNS`; ``finding`` numbers those of a rule from
    1.
    """
    for figure in opened:
        head = {
            **_party_columns("enterprise", figure.enterprise),
            "figure": figure.figure,
            "finding": None if figure.breach is None else figure.breach.ordinal + 1,
        }
        for lot in figure.lots:
            cards = {"first": lot.first, "last": lot.last, "cards": lot.cards, **_party_columns("holder", lot.holder)}
            for record in lot.evidence:
                origin = record.origin
                place = {"file": origin.file, "sheet": origin.sheet, "row": origin.row, "sha256": origin.sha256}
                yield {**head, **cards, "kind": record.kind, "date": record.day, **place}


def _party_columns(name: str, party: Party | None) -> dict[str, str | None]:
    return {f"{name}_id": party.id if party else None, name: party.name if party else None}
