"""The answer of ``common`` as a tree: who had the cards, the most telling first, and what says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    READERS,
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Divider,
    Document,
    Entries,
    Entry,
    Inline,
    Items,
    LazyRows,
    Line,
    Lines,
    Paragraph,
    Part,
    Records,
    Section,
    TableBlock,
    Text,
    TonedText,
)
from graphtrace.render.format import format_lift
from graphtrace.render.i18n import code_text, in_both, in_language, join_texts, label_text, outcome_text, party_text
from graphtrace.render.views.answer_parts import judgements_part, overview_figure
from graphtrace.results.shared_parties import SHARED_COLUMNS, shared_row

if TYPE_CHECKING:
    from graphtrace.model import Hop, Party
    from graphtrace.results.shared_parties import CardPassage, SeizedCard, SetCoverStep, SharedParties, SharedParty

PARTIES = DisplayLimits(terminal=10, page=200, notebook=20)
NUMBERS = DisplayLimits(terminal=5, page=200, notebook=20)

_TERMINAL, _SHEET = Audience.TERMINAL, Audience.SHEET
_WIDE = READERS & ~_TERMINAL


def shared_parties_view(shared: SharedParties) -> Document:
    """Return the tree of the parties that some cards share."""
    page = label_text("shared_parties_page", cards=len(shared.cards))
    asked = [label_text("cards", cards=len(shared.cards))]
    asked.append(label_text("in_criminal_cases", cases=len(shared.case_numbers)))
    if shared.cards_without_case:
        asked.append(label_text("cards_without_case", cards=shared.cards_without_case))
    if shared.not_found:
        asked.append(label_text("in_no_record", inputs=len(shared.not_found)))
    return Document(
        title=in_both(lambda lang: f"{in_language(page, lang)} · graphtrace"),
        kind=page,
        parts=(
            Paragraph(parts=Inline(tuple(asked), "name")),
            overview_figure([card.trace for card in shared.cards]),
            *([_ranking(shared)] if shared.parties else []),
            _evidence(shared),
            *_cover(shared),
            _numbers("unexplained", [card.iccid for card in shared.unexplained]),
            _carriers(shared),
            _numbers("in_no_record_title", shared.not_found),
            *judgements_part(shared.judgements),
            *_sheets(shared),
        ),
        records=Records(columns=SHARED_COLUMNS, rows=map(shared_row, (*shared.parties, *shared.carriers))),
    )


# -- the ranking -----------------------------------------------------------------------------------------------

_RANKED = (
    Column("rank", "ordinal", label_text("number")),
    Column("party", heading=label_text("name"), audience=_WIDE),
    Column("party", audience=_TERMINAL),
    Column("roles", heading=label_text("role"), audience=_WIDE),
    Column("cards", "amount", label_text("cards_total")),
    Column("percent", "share", label_text("share_head"), _WIDE),
    Column("bar", "bar", audience=_TERMINAL | Audience.NOTEBOOK, is_below=True),
    Column("criminal_cases", "amount", label_text("criminal_cases")),
    Column("score", "amount", label_text("score")),
    Column("volume", "amount", label_text("handled")),
    Column("lift", "amount", label_text("lift")),
    Column("lift_bounds", "short", label_text("lift_bounds_head"), _WIDE),
    Column("beside", audience=_TERMINAL, is_below=True),
)


def _ranking(shared: SharedParties) -> Section:
    single = next((at for at, party in enumerate(shared.parties) if party.is_single), None)
    table = TableBlock(
        code="ranking",
        columns=_RANKED,
        rows=LazyRows(list(enumerate(shared.parties, 1)), _ranked),
        dividers={}
        if single is None or not shared.sets_single_apart
        else {single: Divider(label_text("one_case_only"), "quiet")},
        most=PARTIES,
        more=text_tables.LABELS["more_parties"],
        is_apart=True,
        where="to_pandas(), to_dict()",
        audience=READERS,
    )
    return Section(code="ranking", title=code_text(text_tables.RANKINGS, shared.by), parts=(table,))


def _ranked(numbered: tuple[int, SharedParty]) -> Sequence[Cell]:
    place, party = numbered
    name, roles = party_text(party.party), tuple(_roles(party))
    low, high = map(format_lift, party.lift_interval)
    beside: list[Text] = list(roles)
    if party.cards_without_case:
        beside.append(label_text("cards_without_case", cards=party.cards_without_case))
    if party.certain_cards < party.cards:
        beside.append(label_text("certain_cards", certain=party.certain_cards))
    if party.by_name:
        beside.append(label_text("shared_by_name", cards=party.by_name))
    beside.append(label_text("lift_interval", low=low, high=high))
    return [
        *(place, party.party, TonedText(name, "name"), join_texts(*roles, by=", "), party.cards, party.card_share),
        *(party.card_share, party.cases, f"{party.score:.2f}", party.volume, format_lift(party.lift)),
        *(f"{low} – {high}", Inline(tuple(beside), "quiet")),
    ]


def _roles(party: SharedParty) -> Iterator[Text]:
    for role, cards in party.roles.items():
        yield join_texts(code_text(text_tables.ROLES, role), f"{cards:,}")


def _evidence(shared: SharedParties) -> Section:
    sections = tuple(
        Section(code=f"e{place}", title=party_text(one.party), parts=(_passages(one),))
        for place, one in enumerate(shared.parties, 1)
    )
    return Section(
        code="evidence",
        title=label_text("evidence_title"),
        parts=sections,
        is_detail=True,
        audience=_TERMINAL | Audience.MARKDOWN,
    )


def _passages(party: SharedParty) -> Entries:
    return Entries(entries=LazyRows(party.evidence, _passage), sign=False, is_dense=True)


def _passage(passage: CardPassage) -> Entry:
    roles = (code_text(text_tables.ROLES, role) for role in passage.roles)
    lines: list[Line] = []
    for number, hops in passage.hops.items():
        chain = [label_text("chain_number", chain=number)] if len(passage.card.trace.chains) > 1 else []
        for hop in hops:
            lines.append(Inline((*chain, label_text("step", n=hop.n), hop.day or label_text("undated"), _passed(hop))))
            lines += [("", origin) for origin in hop.origins]
    if passage.origins:
        lines.append((code_text(text_tables.KINDS, "activation"),))
        lines += [("", origin) for origin in passage.origins]
    return Entry(Inline((passage.card.iccid, *passage.card.case_nos, *roles)), lines)


def _passed(hop: Hop) -> Text:
    return join_texts(party_text(hop.sender), party_text(hop.receiver), by=" → ")


# -- what explains the cards, and what does not ------------------------------------------------------------------


def _cover(shared: SharedParties) -> Iterator[Part]:
    if not shared.cover:
        return
    explained = len(shared.cards) - len(shared.unexplained)
    steps = [join_texts(party_text(step.party), f"+{step.new_cards:,}") for step in shared.cover]
    items = Items(items=steps, most=PARTIES, more=text_tables.LABELS["more_parties"], is_inline=True)
    yield Section(
        code="cover_readers",
        title=label_text("cover", parties=len(shared.cover), cards=explained),
        parts=(Paragraph(parts=(TonedText(label_text("cover_greedy"), "quiet"),)), items),
        audience=READERS,
    )


def _carriers(shared: SharedParties) -> Section:
    def carrier(party: SharedParty) -> Entry:
        texts = (
            label_text("cards", cards=party.cards),
            label_text("handled_of", volume=party.volume, cards=shared.case_cards),
            label_text("lift_of", lift=format_lift(party.lift)),
        )
        return Entry((party_text(party.party),), [Inline(texts, "quiet")])

    entries = Entries(entries=LazyRows(shared.carriers, carrier), sign=False, is_dense=True)
    title, note = label_text("carriers"), label_text("carriers_apart")
    return Section(code="carriers", title=title, note=note, parts=(entries,), audience=READERS)


def _numbers(title: str, numbers: Sequence[str]) -> Section:
    items = Items(items=numbers, most=NUMBERS, more=text_tables.LABELS["more_cards"], is_inline=True)
    return Section(code=title, title=label_text(title), parts=(items,), audience=READERS)


# -- spreadsheets ----------------------------------------------------------------------------------------------


def _sheets(shared: SharedParties) -> tuple[TableBlock, ...]:
    return (_party_sheet(shared), _evidence_sheet(shared), _cover_sheet(shared), _card_sheet(shared))


def _party_sheet(shared: SharedParties) -> TableBlock:
    columns = (
        *(Column("rank", "ordinal"), Column("party", width=30), Column("roles", width=24)),
        *(Column(code, "amount") for code in ("cards", "certain_cards", "criminal_cases", "cards_without_case")),
        *(
            Column(code, "amount")
            for code in ("card_share", "case_share", "score", "volume", "expected", "lift", "lift_low", "lift_high")
        ),
        *(Column("guarded_lift", "amount"), Column("party_id", width=24, printed=False)),
    )
    ranked = [*enumerate(shared.parties, 1), *((None, carrier) for carrier in shared.carriers)]

    def row(numbered: tuple[int | None, SharedParty]) -> Sequence[Cell]:
        rank, one = numbered
        case_share = None if one.case_share is None else _rounded(one.case_share)
        shares = (_rounded(one.card_share), case_share, _rounded(one.score))
        lifts = map(_rounded, (one.expected, one.lift, *one.lift_interval, one.guarded_lift))
        head: list[Cell] = [rank, party_text(one.party), _lines(_roles(one)), one.cards, one.certain_cards]
        return [*head, one.cases, one.cards_without_case, *shares, one.volume, *lifts, one.party.id]

    return TableBlock(code="parties", columns=columns, rows=LazyRows(ranked, row), frozen=2, audience=_SHEET)


def _evidence_sheet(shared: SharedParties) -> TableBlock:
    columns = (
        *(Column("party", width=30), Column("iccid"), Column("case_no", width=24), Column("roles", width=20)),
        *(Column("certain"), Column("chain", "ordinal"), Column("n", "ordinal"), Column("from", width=24)),
        *(Column("to", width=24), Column("date", "day"), Column("sources"), Column("party_id", printed=False)),
    )
    rows = [
        row
        for one in (*shared.parties, *shared.carriers)
        for passage in one.evidence
        for row in _evidence_rows(one.party, passage)
    ]
    return TableBlock(code="evidence", columns=columns, rows=rows, frozen=2, audience=_SHEET)


def _evidence_rows(party: Party, passage: CardPassage) -> Iterator[Sequence[Cell]]:
    head: list[Cell] = [
        *(party_text(party), passage.card.iccid, _lines(passage.card.case_nos)),
        _lines(code_text(text_tables.ROLES, role) for role in passage.roles),
        label_text("yes") if passage.is_certain else None,
    ]
    for chain, hops in passage.hops.items():
        for hop in hops:
            ends = (party_text(hop.sender), party_text(hop.receiver))
            yield [*head, chain, hop.n, *ends, hop.day, hop.origins, party.id]
    if passage.origins:
        used = code_text(text_tables.KINDS, "activation")
        yield [*head, None, None, used, None, None, passage.origins, party.id]


def _cover_sheet(shared: SharedParties) -> TableBlock:
    columns = (Column("party", width=30), Column("cards", "amount"), Column("new_cards", "amount"))

    def row(step: SetCoverStep) -> Sequence[Cell]:
        return [party_text(step.party), step.cards, step.new_cards]

    return TableBlock(code="cover", columns=columns, rows=LazyRows(shared.cover, row), frozen=0, audience=_SHEET)


def _card_sheet(shared: SharedParties) -> TableBlock:
    columns = (Column("input", width=24), Column("iccid"), Column("case_no", width=24), Column("outcome"))

    def row(card: SeizedCard | str) -> Sequence[Cell]:
        if isinstance(card, str):
            return [card, None, None, code_text(text_tables.OUTCOMES, "not_found")]
        outcome = outcome_text(card.trace.outcome, card.trace.doubts)
        return [card.trace.input, card.iccid, _lines(card.case_nos), outcome]

    found: list[SeizedCard | str] = [*shared.cards, *shared.not_found]
    return TableBlock(code="cards", columns=columns, rows=LazyRows(found, row), audience=_SHEET)


def _rounded(figure: float) -> float:
    return round(figure, 4)


def _lines(texts: Iterable[Text]) -> Lines:
    return Lines(tuple((text,) for text in texts))
