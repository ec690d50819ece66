"""The answers of ``siblings`` and ``identify`` as trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    READERS,
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Inline,
    LazyRows,
    Paragraph,
    Part,
    Records,
    Section,
    Sections,
    TableBlock,
    Text,
    TonedText,
)
from graphtrace.render.format import format_message, party_label
from graphtrace.render.i18n import code_text, hint_text, in_both, label_text, party_text
from graphtrace.render.views.answer_parts import judgements_part
from graphtrace.results.siblings import SUSPENSION_COLUMNS, suspension_row

if TYPE_CHECKING:
    from graphtrace.identifiers import Identification, Interpretation
    from graphtrace.model import Hop
    from graphtrace.render import Lang
    from graphtrace.render.command_results import Identifications
    from graphtrace.results.siblings import CardGroup, CardSiblings, SiblingLot, Siblings, SuspensionCandidate


FULL = DisplayLimits(terminal=3, page=20, notebook=3)
"""More cards are shown in one line each."""

RANGES = DisplayLimits(terminal=20, page=1_000, notebook=20)
LINES = DisplayLimits(terminal=20, page=1_000, notebook=20)

_SHEET, _TERMINAL = Audience.SHEET, Audience.TERMINAL
_WIDE = READERS & ~_TERMINAL
_FILED = Audience.PAGE | Audience.MARKDOWN | _SHEET


def siblings_view(siblings: Siblings) -> Document:
    """Return the tree of the siblings of some cards, with those that were activated and are not seized."""
    cards = len(siblings)
    return Document(
        title=in_both(
            lambda lang: f"{format_message(text_tables.PAGES['siblings_page'], {'cards': cards}, lang)} · graphtrace"
        ),
        kind=label_text("siblings_page", cards=cards),
        parts=(
            *_suspension(siblings),
            _ranking(siblings),
            Sections(
                sections=[_card(card, f"c{number}") for number, card in enumerate(siblings, 1)],
                most=FULL,
                more_terminal=label_text("more_siblings"),
                more_page=label_text("siblings_held_back", shown=FULL.page),
            ),
            *([_not_found(siblings.not_found)] if siblings.not_found else []),
            *judgements_part(siblings.judgements),
        ),
        records=Records(columns=SUSPENSION_COLUMNS, rows=map(suspension_row, siblings.suspension)),
    )


# -- the cards for suspension ----------------------------------------------------------------------------------


def _suspension(siblings: Siblings) -> tuple[Part, ...]:
    """Return the cards for suspension, the nearest first for readers; by carrier in a spreadsheet."""
    entries, unread = siblings.suspension, siblings.suspension_unread
    total = sum(entry.cards.cards for entry in entries)
    title = label_text("for_suspension_in_service" if siblings.out_of_service else "for_suspension", cards=total)
    by_carrier = sorted(entries, key=lambda entry: entry.cards.carrier or "")
    how = Paragraph(parts=(TonedText(label_text("for_suspension_how"), "quiet"),), audience=_TERMINAL)
    warning: tuple[Part, ...] = ()
    if unread:
        warning = (Paragraph(parts=(TonedText(label_text("suspension_unread", cards=unread), "warn"),)),)
    parts = (*warning, _ranges(entries, READERS), _ranges(by_carrier, _SHEET), how)
    section = Section(code="suspension", title=title, parts=parts)
    beside = tuple(Paragraph(parts=(text,)) for text in _out_of_service(siblings))
    return (section, *beside) if total else (section, Paragraph(parts=(title,)), *beside)


def _out_of_service(siblings: Siblings) -> Iterable[Text]:
    """Yield how many cards are not offered because a list has them closed or stopped, with the states as written."""
    if siblings.out_of_service:
        states = ", ".join(f"{state} {cards:,}" for state, cards in siblings.out_of_service)
        total = sum(cards for _, cards in siblings.out_of_service)
        yield label_text("out_of_service", cards=total, states=states)


def _ranges(entries: Sequence[SuspensionCandidate], audience: Audience) -> TableBlock:
    columns = (
        Column("carrier", heading=label_text("carrier"), audience=_FILED),
        Column("range", audience=_TERMINAL),
        Column("range_first", "short", label_text("first_card"), ~_TERMINAL),
        Column("range_last", "short", label_text("last_card"), ~_TERMINAL),
        Column("cards", "amount", label_text("cards_total"), phrase=lambda cards: label_text("cards", cards=cards)),
        Column("sibling", "short", text_tables.HEADINGS["sibling"], _FILED),
        Column("moved_with_it", heading=label_text("step"), width=30, phrase=lambda step: step),
        Column("date", "day", label_text("date"), _FILED),
        Column("same_way", "short", label_text("way"), phrase=lambda way: way),
    )

    def row(entry: SuspensionCandidate) -> Sequence[Cell]:
        cards, hop = entry.cards, entry.hop
        ends = cards.first if cards.cards == 1 else f"{cards.first} – {cards.last}"
        return [
            code_text(text_tables.CARRIERS, cards.carrier) if cards.carrier else None,
            *(ends, cards.first, cards.last, cards.cards),
            *(entry.sibling, label_text("in_every_step") if hop is None else _passage(hop)),
            *(None if hop is None else hop.day, _way(is_same=entry.is_same_way)),
        ]

    return TableBlock(
        code="suspension",
        columns=columns,
        rows=LazyRows(entries, row),
        most=RANGES,
        more=text_tables.LABELS["more_ranges"],
        layout="entries",
        where="to_pandas(), to_dict()",
        has_page_each=True,
        frozen=0,
        audience=audience,
    )


def _passage(hop: Hop) -> Text:
    return in_both(lambda lang: _names(hop, lang))


def _way(*, is_same: bool) -> Text:
    return label_text("same_way_so_far" if is_same else "any_way_so_far")


# -- card by card ----------------------------------------------------------------------------------------------

_COUNTS = (
    Column("cards", "amount", label_text("cards_total"), phrase=lambda cards: label_text("cards", cards=cards)),
    Column(
        "activated",
        "amount",
        label_text("activated"),
        phrase=lambda cards: label_text("activated_cards", activated=cards),
    ),
    Column("seized", "amount", label_text("seized"), phrase=lambda cards: label_text("seized_count", seized=cards)),
    Column(
        "at_large",
        "amount",
        label_text("at_large_head"),
        phrase=lambda cards: label_text("at_large", cards=cards),
    ),
)


def _counts(group: CardGroup | None) -> Sequence[Cell]:
    return [None] * 4 if group is None else [group.cards, group.activated, group.seized, group.active_unseized]


def _ranking(siblings: Siblings) -> Section:
    table = TableBlock(
        code="same_way",
        columns=(Column("iccid", "short", label_text("card")), *_COUNTS),
        rows=LazyRows(siblings, lambda card: [card.trace.number, *_counts(card.same_way)]) if len(siblings) > 1 else (),
        most=LINES,
        more=text_tables.LABELS["more_cards"],
        audience=READERS,
    )
    return Section(code="same_way", title=label_text("same_way"), parts=(table,))


_LOTS = (
    Column("passage", audience=_TERMINAL),
    Column("step", "short", label_text("step"), _WIDE),
    *(Column("chain", "ordinal", audience=_SHEET), Column("n", "ordinal", audience=_SHEET)),
    *(Column("from", width=24, audience=_SHEET), Column("to", width=24, audience=_SHEET)),
    Column("date", "day", label_text("date"), ~_TERMINAL),
    Column("passage", heading=label_text("passage"), audience=_WIDE),
    Column("same_way", "short", label_text("way"), phrase=lambda way: way),
    *_COUNTS,
    Column("sources", heading=label_text("sources"), is_detail=True, audience=~Audience.NOTEBOOK),
)


def _card(card: CardSiblings, code: str) -> Section:
    number = card.trace.number
    rows: list[Sequence[Cell]] = []
    if card.same_way is not None:
        step, way = label_text("in_every_step"), _way(is_same=True)
        rows.append([label_text("same_way"), step, None, None, step, *[None] * 3, way, *_counts(card.same_way), None])
        has_chains = len({lot.chain for lot in card.lots}) > 1
        rows += [row for lot in card.lots for row in _lot_rows(lot, has_chains=has_chains)]
    table = TableBlock(code="lots", columns=_LOTS, rows=rows, layout="entries")
    nothing = [] if rows else [Paragraph(parts=(label_text("no_lot"),))]
    return Section(code=code, title=number, subject=(Column("iccid"), number), parts=(table, *nothing))


def _lot_rows(lot: SiblingLot, *, has_chains: bool) -> Iterable[Sequence[Cell]]:
    """Yield a row of the cards that came the same way, then one of all cards of the lot, if those are more."""
    hop = lot.hop
    step = in_both(lambda lang: _step(lot, lang, has_chains=has_chains))
    what = in_both(
        lambda lang: (
            f"{_step(lot, lang, has_chains=has_chains)} · {_names(hop, lang)}"
            if hop.day is None
            else f"{_step(lot, lang, has_chains=has_chains)} · {hop.day} · {_names(hop, lang)}"
        )
    )
    names = (party_text(hop.sender), party_text(hop.receiver))
    head: list[Cell] = [what, step, lot.chain, hop.n, *names, hop.day, _passage(hop)]
    is_counted = lot.together is not None
    way = _way(is_same=True) if is_counted else code_text(text_tables.PRECISIONS, hop.precision)
    yield [*head, way, *_counts(lot.together), hop.origins]
    if lot.lot != lot.together:
        yield [*head, _way(is_same=False), *_counts(lot.lot), hop.origins]


def _names(hop: Hop, lang: Lang) -> str:
    return f"{party_label(hop.sender, lang)} → {party_label(hop.receiver, lang)}"


def _step(lot: SiblingLot, lang: Lang, *, has_chains: bool) -> str:
    chain = f"{format_message(text_tables.LABELS['chain_number'], {'chain': lot.chain}, lang)} · " if has_chains else ""
    return f"{chain}{format_message(text_tables.LABELS['step'], {'n': lot.hop.n}, lang)}"


def _not_found(inputs: Sequence[str]) -> Section:
    table = TableBlock(
        code="not_found",
        columns=(Column("input"),),
        rows=LazyRows(inputs, lambda asked: [asked]),
        layout="items",
        most=LINES,
        where="not_found, to_dict()",
    )
    return Section(code="not_found", title=label_text("in_no_record_title"), count=len(inputs), parts=(table,))


def identify_view(found: Identifications) -> Document:
    """Return the tree of what some numbers can be."""
    kind = label_text("identify_page")
    sections = [_interpretations(text, answer, f"n{at}") for at, (text, answer) in enumerate(found.answers, 1)]
    return Document(title=kind, kind=kind, caveat=None, parts=tuple(sections))


def _interpretations(text: str, answer: Identification, code: str) -> Section:
    parts: list[Part] = []
    if answer.read_as is not None:
        parts.append(Paragraph(parts=(TonedText(label_text("read_as", number=answer.read_as), "warn"),)))
    if answer.damaged is not None:
        low, high = answer.damaged
        parts.append(Paragraph(parts=(TonedText(label_text("damaged", low=low, high=high), "bad"),)))
    elif not answer.readings:
        parts.append(Paragraph(parts=(TonedText(label_text("no_reading"), "bad"),)))
    rows = LazyRows(answer.readings, _reading)
    parts.append(TableBlock(code="readings", columns=KEY_COLUMNS, rows=rows, layout="key"))
    return Section(code=code, title=text, parts=tuple(parts))


def _reading(reading: Interpretation) -> Sequence[Cell]:
    return [code_text(text_tables.IDENTIFIERS, reading.kind), Inline(tuple(_known(reading)))]


def _known(reading: Interpretation) -> Iterator[Text]:
    yield reading.normalised
    if not reading.complete:
        yield label_text("incomplete")
    if reading.carrier:
        yield code_text(text_tables.CARRIERS, reading.carrier)
    if reading.checksum != "n/a":
        yield code_text(text_tables.CHECKSUMS, reading.checksum)
    if reading.key and reading.key != reading.normalised:
        yield label_text("key", key=reading.key)
    for hint in reading.hints:
        yield hint_text(hint)
