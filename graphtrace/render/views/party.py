"""The answer of ``party`` as a tree: the party drawn between those it dealt with, and what passed between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.answers.parties import FLOW_COLUMNS, flow_rows
from graphtrace.render import wording
from graphtrace.render.bilingual import both, label, named, party_text
from graphtrace.render.document import (
    READERS,
    Audience,
    Cell,
    Column,
    Document,
    Figure,
    Made,
    Most,
    Paragraph,
    Part,
    Records,
    Section,
    Table,
    Toned,
)
from graphtrace.render.figures.flows import Station, Stream, draw_flows
from graphtrace.render.messages import bare_name, sentence

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.answers.parties import Dealings, Flow
    from graphtrace.render import Lang

PARTIES = Most(terminal=20, page=200, notebook=20)

DRAWN = 8
"""The most parties that are drawn on either side."""

_SHEET = Audience.SHEET


def party_view(dealings: Dealings, *, case: str | None = None, as_of: str | None = None) -> Document:
    """The tree of what a party received and passed on."""
    party = dealings.party
    kind = [] if dealings.kind is None else [Paragraph(parts=(named(wording.PARTY_KINDS, dealings.kind),))]
    drawing = Figure(draw=lambda lang: _draw(dealings, lang), words=party_text(party))
    flows: list[Part] = [*kind, *([drawing] if dealings.received or dealings.passed_on else [])]
    for code, found in (("received_from", dealings.received), ("passed_on_to", dealings.passed_on)):
        nobody = Paragraph(parts=(Toned(label("nobody"), "quiet"),))
        parts: tuple[Part, ...] = (_table(code, found), *([] if found else [nobody]))
        flows.append(Section(code=code, title=label(code), parts=parts))
    name = party_text(party)
    return Document(
        title=both(lambda lang: f"{bare_name(party, lang)} · graphtrace"),
        kind=label("party_page"),
        case=case,
        as_of=as_of,
        parts=(Section(code="party", title=name, note=party.id, parts=tuple(flows)),),
        records=Records(columns=FLOW_COLUMNS, rows=flow_rows(dealings)),
    )


_COLUMNS = (
    Column("party", heading=label("name"), width=30),
    Column("number", audience=_SHEET),
    Column("cards", "amount", label("cards_total"), phrase=lambda cards: label("cards", cards=cards)),
    Column("records", "amount", label("records_head"), phrase=lambda count: label("records_naming", records=count)),
    Column("numbers_only", "short", label("numbers_only"), READERS),
    *(Column("quantity_records", "amount", audience=_SHEET), Column("quantity_cards", "amount", audience=_SHEET)),
    Column("dates", "day", label("dates_of"), READERS, phrase=str),
    *(Column("since", "day", audience=_SHEET), Column("until", "day", audience=_SHEET)),
    Column(
        "seized", "amount", label("seized"), is_alarming=True, phrase=lambda cards: label("seized_cards", cards=cards)
    ),
    Column("party_id", audience=_SHEET, printed=False),
)


def _table(code: str, flows: Sequence[Flow]) -> Table:
    return Table(
        code=code,
        columns=_COLUMNS,
        rows=Made(flows, _row),
        layout="entries",
        most=PARTIES,
        more=wording.LABELS["more_parties"],
        where="to_pandas(), to_dict()",
    )


def _row(flow: Flow) -> Sequence[Cell]:
    total, since, until = flow.quantity_only, flow.since.day, flow.until.day
    return [
        *(flow.party, flow.party.number, flow.cards, flow.records),
        both(lambda lang: _by_number(flow, lang)) if total.records else None,
        *(total.records, total.cards, since if since == until else f"{since} – {until}", since, until),
        *(flow.seized, flow.party.id),
    ]


def _by_number(flow: Flow, lang: Lang) -> str:
    records, cards = flow.quantity_only
    counts = (("records_naming", {"records": records}), ("cards", {"cards": cards}))
    return ("，" if lang == "zh" else ", ").join(sentence(wording.LABELS[code], count, lang) for code, count in counts)


def _draw(dealings: Dealings, lang: Lang | None) -> Markup:
    """The party with those from whom most cards came on one side, and to whom most went on the other."""
    party = dealings.party
    stations = [Station(id="party", name=_name(party_text(party), lang), is_marked=True)]
    streams = []
    for side, flows in (("from", dealings.received), ("to", dealings.passed_on)):
        for flow in flows[:DRAWN]:
            # whoever is on both sides stands on both
            other = Station(id=f"{side} {flow.party.id}", name=_name(party_text(flow.party), lang))
            stations.append(other)
            start, end = (other.id, "party") if side == "from" else ("party", other.id)
            cards = flow.cards or flow.quantity_only.cards
            streams.append(Stream(start=start, end=end, cards=cards, sort="hop" if flow.cards else "guess"))
    return draw_flows(stations, streams, lang)


def _name(name: wording.Wording, lang: Lang | None) -> str:
    return name.zh if lang == "zh" else name.en
