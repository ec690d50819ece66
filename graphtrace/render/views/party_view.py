"""The answer of ``party`` as a tree: the party drawn between those it dealt with, and what passed between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.model import Origin, Party, day_text, origin_of
from graphtrace.render import text_tables
from graphtrace.render.document import (
    READERS,
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Figure,
    LazyRows,
    Paragraph,
    Part,
    Records,
    Section,
    TableBlock,
    TonedText,
)
from graphtrace.render.format import drawn_name, format_time, party_label
from graphtrace.render.i18n import code_text, in_both, label_text, party_text
from graphtrace.render.views.answer_parts import (
    bounds_text,
    by_number_text,
    judgements_part,
    party_words,
    reply_remarks,
    unread_rows_part,
)
from graphtrace.results.flows import bounds_columns
from graphtrace.results.party import FLOW_COLUMNS, flow_rows

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.render import Lang
    from graphtrace.results.flows import RowsByName
    from graphtrace.results.party import (
        CounterpartyFlow,
        PartyContact,
        PartySeizure,
        PartySummary,
        PartySupport,
        PartyUse,
    )

PARTIES = DisplayLimits(terminal=20, page=200, notebook=20)

USES = DisplayLimits(terminal=5, page=200, notebook=20)

DRAWN = 8
"""The most parties that are drawn on either side."""

_SHEET = Audience.SHEET


def party_view(dealings: PartySummary) -> Document:
    """Return the tree of a party's flows: what it received and passed on."""
    party = dealings.party
    words = party_words(party, None if dealings.kind == "person" else dealings.kind)
    kind = [] if words is None else [Paragraph(parts=(words,))]
    drawing = Figure(draw=lambda lang: _draw(dealings, lang), words=party_text(party))
    flows: list[Part] = [
        *reply_remarks(dealings.reply_findings),
        *kind,
        *([drawing] if dealings.received or dealings.passed_on else []),
    ]
    for code, found in (("received_from", dealings.received), ("passed_on_to", dealings.passed_on)):
        nobody = Paragraph(parts=(TonedText(label_text("nobody"), "quiet"),))
        parts: tuple[Part, ...] = (_table(code, found), *([] if found else [nobody]))
        flows.append(Section(code=code, title=label_text(code), parts=parts))
    if dealings.listed:
        flows.append(Paragraph(parts=(label_text("listed_under", cards=dealings.listed),)))
    flows += unread_rows_part(dealings.unread_rows, PARTIES)
    flows += _rows_by_name(dealings.by_name)
    flows += _uses(dealings.uses, dealings.uses_left_out)
    flows += _seizures(dealings.seizures)
    flows += _support(dealings.support)
    name = party_text(party)
    return Document(
        title=in_both(lambda lang: f"{party_label(party, lang)} · graphtrace"),
        kind=label_text("party_page"),
        parts=(
            Section(code="party", title=name, note=party.id, parts=tuple(flows)),
            *judgements_part(dealings.judgements),
        ),
        records=Records(columns=FLOW_COLUMNS, rows=flow_rows(dealings)),
    )


def _rows_by_name(found: Sequence[RowsByName]) -> Iterator[Section]:
    if not found:
        return
    columns = (
        Column("file", heading=label_text("file"), width=30),
        Column("sheet", heading=label_text("sheet_head")),
        Column("rows", "amount", label_text("rows")),
        Column("first_rows", heading=label_text("first_rows")),
    )

    def row(each: RowsByName) -> Sequence[Cell]:
        rest = " …" if each.total > len(each.rows) else ""
        return [each.file, each.sheet, each.total, f"{', '.join(map(str, each.rows))}{rest}"]

    table = TableBlock(code="rows_by_name", columns=columns, rows=LazyRows(found, row), most=PARTIES, where="to_dict()")
    note = Paragraph(parts=(label_text("rows_by_name_mean"),))
    rows = sum(each.total for each in found)
    yield Section(code="rows_by_name", title=label_text("rows_by_name"), count=rows, parts=(note, table))


def _seizures(seizures: Sequence[PartySeizure]) -> Iterator[Section]:
    if not seizures:
        return
    columns = (
        Column("date", "day", label_text("date")),
        Column("case_no", heading=label_text("case_heading")),
        Column("card", heading=label_text("card"), width=24),
        Column("place", heading=label_text("place")),
        Column("sources", heading=label_text("sources")),
        *([Column("by_name", heading=label_text("seized_by_name_head"))] if any(e.by_name for e in seizures) else []),
    )

    def row(each: PartySeizure) -> Sequence[Cell]:
        return [
            None if each.when is None else each.when.iso,
            each.case_no,
            each.card or each.number,
            each.place,
            each.origins,
            *([label_text("seized_by_name")] if each.by_name else [None]),
        ][: len(columns)]

    yield _section("seizures", columns, LazyRows(seizures, row), len(seizures))


def _uses(uses: Sequence[PartyUse], left_out: int) -> Iterator[Section]:
    if not uses:
        return
    columns = (
        Column("date", "day", label_text("date")),
        Column("kind", "short", label_text("kind")),
        Column("card", heading=label_text("card"), width=24),
        Column("device", "short", label_text("device")),
        Column("sources", heading=label_text("sources")),
        *([Column("by_name", heading=label_text("seized_by_name_head"))] if any(e.by_name for e in uses) else []),
    )

    def row(each: PartyUse) -> Sequence[Cell]:
        return [
            None if each.when is None else format_time(each.when.iso),
            code_text(text_tables.KINDS, each.kind),
            each.card or each.number,
            each.imei,
            each.origins,
            *([label_text("seized_by_name")] if each.by_name else [None]),
        ][: len(columns)]

    more = (Paragraph(parts=(label_text("cards_more", more=left_out),)),) if left_out else ()
    table = TableBlock(code="uses", columns=columns, rows=LazyRows(uses, row), most=USES, where="uses, to_dict()")
    yield Section(code="uses", title=label_text("uses"), count=len(uses), parts=(table, *more))


def _support(support: PartySupport) -> Iterator[Section]:
    sources = Column("sources", heading=label_text("sources"))
    if support.contacts:
        columns: tuple[Column, ...] = (
            Column("contact_kind", heading=label_text("contact_kind")),
            Column("contact", heading=label_text("contact"), width=30),
            sources,
        )
        rows = LazyRows(
            support.contacts,
            _contact,
        )
        yield _section("contacts", columns, rows, len(support.contacts))
    if support.identities:
        columns = (
            Column("name", heading=label_text("name"), width=24),
            Column("identity_number", heading=label_text("identity_number"), width=24),
            Column("contact", heading=label_text("contact"), width=30),
            sources,
        )
        people = LazyRows(
            support.identities,
            lambda each: [
                *(each["name"], each["id"], ", ".join(contact["value"] for contact in each["contacts"])),
                _origins(each),
            ],
        )
        yield _section("identities", columns, people, len(support.identities))
    for code, found, key in (("shipments", support.shipments, "waybill"), ("payments", support.payments, "order_no")):
        if found:
            columns = (
                Column("date", "day", label_text("date")),
                Column("from", heading=label_text("from"), width=24),
                Column("to", heading=label_text("to"), width=24),
                Column(key, heading=label_text(key)),
                *([Column("amount", heading=label_text("amount"))] if code == "payments" else []),
                sources,
            )
            yield _section(code, columns, LazyRows(found, _passage), len(found))


def _section(code: str, columns: tuple[Column, ...], rows: Sequence[Sequence[Cell]], count: int) -> Section:
    table = TableBlock(code=code, columns=columns, rows=rows, most=PARTIES, where="support, to_dict()")
    return Section(code=code, title=label_text(code), count=count, parts=(table,))


def _contact(contact: PartyContact) -> Sequence[Cell]:
    return [code_text(text_tables.CONTACT_KINDS, contact.kind), contact.value, contact.origins]


def _passage(found: Mapping[str, Any]) -> Sequence[Cell]:
    sides = [side and party_text(Party(**side)) for side in (found["from"], found["to"])]
    date = found["date"] and format_time(found["date"])
    if "waybill" in found:
        return [date, *sides, found["waybill"], _origins(found)]
    return [date, *sides, found["order_no"], found["amount"], _origins(found)]


def _origins(found: Mapping[str, Any]) -> tuple[Origin, ...]:
    return tuple(origin_of(each) for each in found["origins"])


_COLUMNS = (
    Column("party", heading=label_text("name"), width=30),
    Column("number", audience=_SHEET),
    Column(
        "cards",
        "amount",
        label_text("cards_total"),
        phrase=lambda cards: label_text("cards", cards=cards) if cards else None,
    ),
    Column(
        "records",
        "amount",
        label_text("records_head"),
        phrase=lambda count: label_text("records_naming", records=count) if count else None,
    ),
    Column("numbers_only", "short", label_text("numbers_only"), READERS),
    *(Column("quantity_records", "amount", audience=_SHEET), Column("quantity_cards", "amount", audience=_SHEET)),
    Column(
        "records_by_name",
        "amount",
        label_text("by_name_head"),
        phrase=lambda count: label_text("records_by_name", records=count) if count else None,
    ),
    Column("card_bounds", "short", label_text("card_bounds_head"), READERS),
    *(Column("cards_at_least", "amount", audience=_SHEET), Column("cards_at_most", "amount", audience=_SHEET)),
    Column("dates", "day", label_text("dates_of"), READERS, phrase=lambda days: days),
    *(Column("since", "day", audience=_SHEET), Column("until", "day", audience=_SHEET)),
    Column(
        "seized",
        "amount",
        label_text("seized"),
        is_alarming=True,
        phrase=lambda cards: label_text("seized_cards", cards=cards) if cards else None,
    ),
    Column(
        "seized_from_others",
        "amount",
        label_text("seized_from_others"),
        phrase=lambda cards: label_text("seized_cards_from_others", cards=cards) if cards else None,
    ),
    Column("party_id", audience=_SHEET, printed=False),
)


def _table(code: str, flows: Sequence[CounterpartyFlow]) -> TableBlock:
    return TableBlock(
        code=code,
        columns=_COLUMNS,
        rows=LazyRows(flows, _row),
        layout="entries",
        most=PARTIES,
        more=text_tables.LABELS["more_parties"],
        where="to_pandas(), to_dict()",
    )


def _row(flow: CounterpartyFlow) -> Sequence[Cell]:
    total, since, until = flow.quantity_only, day_text(flow.since), day_text(flow.until)
    days = since if since == until else f"{since} – {until}"
    return [
        *(flow.party, flow.party.strong_id, flow.cards, flow.records),
        by_number_text(total),
        *(total.records, total.cards, flow.by_name),
        bounds_text(flow.bounds, is_named=bool(flow.cards and total.records)),
        *bounds_columns(flow.bounds),
        *(days or label_text("undated"), since, until),
        *(flow.seized, flow.seized_from_others, flow.party.id),
    ]


def _draw(dealings: PartySummary, lang: Lang | None) -> Markup:
    from graphtrace.render.figures.sankey import FlowLink, FlowNode, draw_sankey

    party = dealings.party
    nodes = [FlowNode(id="party", name=drawn_name(party, lang), is_marked=True)]
    links = []
    for side, flows in (("from", dealings.received), ("to", dealings.passed_on)):
        for flow in flows[:DRAWN]:
            # whoever is on both sides stands on both
            other = FlowNode(id=f"{side} {flow.party.id}", name=drawn_name(flow.party, lang))
            nodes.append(other)
            start, end = (other.id, "party") if side == "from" else ("party", other.id)
            cards = flow.cards or flow.quantity_only.cards
            links.append(FlowLink(start=start, end=end, cards=cards, sort="hop" if flow.cards else "guess"))
    return draw_sankey(nodes, links, lang)
