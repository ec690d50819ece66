"""The answer of ``trace`` as a tree: what the cards have in common, then each with its chains and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from graphtrace.identifiers import has_check_digit, normalize_party_name
from graphtrace.locale import grammar
from graphtrace.model import Outcome, day_text, party_dict
from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    READERS,
    Audience,
    Cell,
    Column,
    ColumnKind,
    DisplayLimits,
    Divider,
    Document,
    Entries,
    Entry,
    Figure,
    Gap,
    Inline,
    Items,
    LazyRows,
    Lines,
    Paragraph,
    Part,
    Path,
    PathNode,
    PathStep,
    Records,
    Section,
    Sections,
    TableBlock,
    Text,
    Tone,
    TonedText,
    in_language,
    remark,
    table_of,
)
from graphtrace.render.format import (
    explain_chain,
    explain_outcome,
    finding_message,
    format_message,
    format_origin,
    format_time,
    lead_message,
    party_label,
    party_name,
    unread_row,
)
from graphtrace.render.i18n import (
    Phrase,
    answer_text,
    code_text,
    field_text,
    hint_text,
    in_both,
    join_texts,
    label_text,
    outcome_text,
    party_text,
)
from graphtrace.render.provenance import ledger_lines
from graphtrace.render.views.answer_parts import about_text, judgements_part, overview_figure
from graphtrace.results.letters import AskedInLetters
from graphtrace.results.rests_on import SaidAtLoad, said_at_load
from graphtrace.results.trace import BY_WHAT_WAS_READ
from graphtrace.results.traces import HOP_COLUMNS, Traces
from graphtrace.results.traces import hop_rows as rows_of_hops

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from graphtrace.model import (
        Activation,
        CardListing,
        Chain,
        ChipLink,
        Corroboration,
        DateSpan,
        Finding,
        Hop,
        Lead,
        Origin,
        Party,
        Seizure,
    )
    from graphtrace.render import Lang
    from graphtrace.results.letters import LetterAbout
    from graphtrace.results.trace import Trace

COLUMNS = tuple(name.removesuffix("_name") for name in HOP_COLUMNS)
"""Columns of the flat table of a trace."""

FULL = DisplayLimits(terminal=3, page=100, notebook=3)
"""More cards have one line each."""

CARDS = DisplayLimits(terminal=50, notebook=50)
CHAINS = DisplayLimits(terminal=4)
EVENTS = DisplayLimits(terminal=3, notebook=5)
ORIGINS = DisplayLimits(terminal=3, notebook=5)
HEAD = 5
"""Maximum number of findings that are told before the outcome; the others stand among the findings."""

FINDINGS = DisplayLimits(terminal=12, notebook=20)
LEADS = DisplayLimits(terminal=8)

SHARED = 2
"""The fewest hops in common with the chain above that are not drawn again."""

REGISTRANTS = 4
"""Maximum number of registrants that the summary names; the others are counted."""

_TERMINAL, _SHEET = Audience.TERMINAL, Audience.SHEET
_WIDE = READERS & ~_TERMINAL
_CODED = _TERMINAL | Audience.NOTEBOOK
_TAGS = ("continuous", "continuous_read", "inferred", "broken", "ambiguous", "not_found")
_TONES: dict[str, Tone] = {
    "continuous": "continuous",
    "continuous_read": "inferred",
    "inferred": "inferred",
    "broken": "broken",
    "ambiguous": "ambiguous",
    "error": "error",
    "warning": "warning",
    "info": "info",
}
_SEVERITIES = ("error", "warning", "info")
_DAMAGED = "damaged_number"


def trace_view(traces: Sequence[Trace]) -> Document:
    """Return the tree of some traces, one a card, in the order of the answer."""
    names = [trace.number for trace in traces[:3]]
    cards = each_card_once(traces)
    letters = letters_of_leads(traces)
    many: tuple[Part, ...] = ()
    if len(traces) > 1:
        many = (_counts(traces, cards), *_registrants(cards), overview_figure(traces), _overview(traces))
    return Document(
        title=f"{', '.join(names)}{' …' if len(traces) > 3 else ''} · graphtrace",
        kind=label_text("trace_page", cards=len(cards)),
        parts=(
            *many,
            Sections(
                sections=LazyRows(list(enumerate(traces, 1)), lambda numbered: _card(numbered, letters)),
                most=FULL,
                more_terminal=label_text("ask_one"),
                more_page=label_text("ask_one"),
                audience=READERS,
            ),
            *_sheets(traces, cards),
        ),
        records=Records(columns=COLUMNS, rows=hop_rows(traces)),
    )


def _outcome(trace: Trace, *, is_tag: bool = False) -> TonedText:
    tone = _TONES.get("inferred" if trace.doubts else trace.outcome, "plain")
    words = code_text(text_tables.OUTCOME_TAGS, _tag(trace)) if is_tag else outcome_text(trace.outcome, trace.doubts)
    return TonedText(words, tone)


def _tag(trace: Trace) -> str:
    return f"{trace.outcome}_read" if BY_WHAT_WAS_READ in trace.doubts else trace.outcome


# -- several cards ---------------------------------------------------------------------------------------------


def each_card_once(traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces of an answer, of several inputs that mean one card only the first."""
    return list({trace.card.key if trace.card else trace.input: trace for trace in reversed(traces)}.values())[::-1]


def _counts(traces: Sequence[Trace], cards: Sequence[Trace]) -> Paragraph:
    found = [
        TonedText(join_texts(f"{count:,}", code_text(text_tables.OUTCOME_TAGS, tag)), _TONES.get(tag, "plain"))
        for tag, count in count_outcomes(cards)
    ]
    inputs = len({trace.input for trace in traces})
    asked = [TonedText(label_text("inputs", inputs=inputs), "quiet")] if inputs > len(cards) else []
    return Paragraph(parts=Inline((*asked, TonedText(label_text("cards", cards=len(cards)), "name"), *found)))


def count_outcomes(cards: Sequence[Trace]) -> list[tuple[str, int]]:
    """Return how many cards have each outcome; those without a gap by what was read are counted apart."""
    counts = Counter(map(_tag, cards))
    return [(tag, counts[tag]) for tag in _TAGS if counts[tag]]


def _registrants(traces: Sequence[Trace]) -> Iterator[Part]:
    registrants = Counter(trace.registrant for trace in traces if trace.registrant)
    if not registrants:
        return
    ranked = sorted(registrants.items(), key=lambda entry: (-entry[1], entry[0].id))
    texts: list[Text] = [f"{party.name or party.id} {count:,}" for party, count in ranked[:REGISTRANTS]]
    if len(ranked) > REGISTRANTS:
        texts.append(label_text("more_registrants", more=len(ranked) - REGISTRANTS))
    rows: list[Sequence[Cell]] = [[label_text("registered_by"), Inline(tuple(texts))]]
    yield TableBlock(code="registrants", columns=KEY_COLUMNS, rows=rows, layout="key", audience=READERS)


def _overview(traces: Sequence[Trace]) -> TableBlock:
    columns = (
        Column("outcome", "short", label_text("outcome")),
        Column("card", "short", label_text("card")),
        Column("registrant", heading=label_text("registered_by")),
        Column("end", heading=label_text("end_user_or_holder"), audience=_TERMINAL),
        Column("holder", heading=label_text("last_holder"), audience=_WIDE),
        Column("end_user", heading=label_text("end_user"), audience=_WIDE),
    )
    return TableBlock(
        code="overview",
        columns=columns,
        rows=LazyRows(traces, _overview_row),
        most=CARDS,
        more=text_tables.LABELS["more_cards"],
        is_apart=True,
        where="to_pandas(), to_dict()",
        audience=READERS,
    )


def _overview_row(trace: Trace) -> Sequence[Cell]:
    registrant, holder, user = (
        "" if party is None else party.name or party.id for party in (trace.registrant, trace.holder, trace.end_user)
    )
    used: Text = user
    if user and trace.end_user_code == "presumed_user":
        used = join_texts(user, label_text("presumed_user"), by=" · ")
    end = used if user or not holder else TonedText(f"({holder})", "quiet")
    return [_outcome(trace, is_tag=True), trace.number, registrant, end, holder, used]


# -- one card --------------------------------------------------------------------------------------------------


def _card(numbered: tuple[int, Trace], letters: AskedInLetters) -> Section:
    at, trace = numbered
    parts: list[Part] = [remark(text, "bad") for text in head_texts(trace)]
    parts += [Paragraph(parts=(explained_outcome(trace),))]
    if trace.card:
        parts.append(Paragraph(parts=Inline(tuple(card_facts(trace)), "quiet")))
    if (asked := asked_as(trace)) is not None:
        parts.append(Paragraph(parts=(TonedText(asked, "quiet"),)))
    if trace.outcome is not Outcome.NOT_FOUND:
        parts.append(_parties(trace))
    if trace.chains:
        parts += [_drawing(trace), _chains(trace)]
    if trace.chains_omitted:
        parts.append(remark(label_text("chains_omitted", more=trace.chains_omitted), "bad"))
    parts += corroboration_sections(trace)
    parts += [_activations(trace), _seizures(trace.seizures), *_card_lists(trace.card_lists)]
    parts += _chips(trace.chips)
    parts += [*_said_at_load(trace), *_cells_unread(trace), _findings(trace), _leads(trace, letters)]
    parts += judgements_part(trace.judgements)
    return Section(code=f"c{at}", title=trace.number, badge=_outcome(trace), parts=tuple(parts))


def told_in_head(trace: Trace, elsewhere: Collection[Finding] = ()) -> list[Finding]:
    """Return the findings that are told before the outcome, but those that the page tells ``elsewhere``."""
    return [finding for finding in trace.head_findings if finding not in elsewhere][:HEAD]


def other_findings(trace: Trace, elsewhere: Collection[Finding] = ()) -> list[Finding]:
    """Return the findings that are told after the outcome: those that were not told before, nor ``elsewhere``."""
    told = [*elsewhere, *told_in_head(trace, elsewhere)]
    return [finding for finding in trace.findings if finding not in told]


def head_texts(trace: Trace, elsewhere: Collection[Finding] = ()) -> list[Phrase]:
    """Return what is told before the outcome: what puts the whole answer in question.

    Several rows of a kind are one text. What the page tells ``elsewhere`` is left out.
    """
    texts = []
    told = told_in_head(trace, elsewhere)
    for (code, many), group in groupby(told, lambda one: (one.code, _of_rows(one))):
        findings = list(group)
        if code == "unread_movement" and len(findings) > 1:
            texts.append(_unread_rows(many, findings))
        else:
            texts += map(_message, findings)
    more = sum(finding not in elsewhere for finding in trace.head_findings) - len(told)
    return [*texts, label_text("more_unread", more=more)] if more > 0 else texts


def _of_rows(finding: Finding) -> str:
    """Return the text of several rows like that of a finding: read in part, denied by themselves, or not read."""
    if finding.params.get("recorded"):
        return "card_rows_unread_in_part"
    return "card_rows_taken_back" if finding.params.get("reason") == "taken_back" else "card_rows_unread"


def _unread_rows(code: str, findings: Sequence[Finding]) -> Phrase:
    def listed(lang: Lang) -> str:
        rows = grammar("items", lang).join(unread_row(finding.params, lang) for finding in findings)
        return in_language(label_text(code, rows=rows), lang)

    return in_both(listed)


def card_facts(trace: Trace) -> Iterator[Text]:
    """Yield the texts about the number of a card: carrier, check digit, further numbers, hints; none without a card.

    Where the number does not say the carrier, it is the one from which a chain starts.
    """
    if (card := trace.card) is None:
        return
    starts = (chain.hops[0].sender for chain in trace.chains if chain.hops)
    if card.carrier:
        yield code_text(text_tables.CARRIERS, card.carrier)
    elif first := dict.fromkeys(party for party in starts if party.is_carrier):
        yield label_text("carrier_of_records", names=[party.name or party.id for party in first])
    else:
        yield label_text("carrier_unknown")
    if card.is_in_ranges and card.iccid != card.key:
        yield label_text("check_digit_computed")
    elif card.is_in_ranges and card.carrier is None:
        yield label_text("number_as_counted")
    elif card.is_in_ranges and has_check_digit(card.iccid or ""):
        yield label_text("number_by_check_digit")
    else:
        yield code_text(text_tables.CHECKSUMS, card.checksum)
    yield from (f"MSISDN {number}" for number in card.msisdn)
    yield from (f"IMSI {number}" for number in card.imsi)
    yield from (f"EID {number}" for number in card.eid)
    yield from map(hint_text, card.hints)


def asked_as(trace: Trace) -> Text | None:
    """Return the text of how a card was asked for, where that was not by its number as shown."""
    asked = trace.input
    if trace.matched_as and trace.matched_as != "iccid":
        what = code_text(text_tables.IDENTIFIERS, trace.matched_as)
        return in_both(
            lambda lang: in_language(label_text("asked_as", what=in_language(what, lang), input=asked), lang)
        )
    return label_text("asked", input=asked) if trace.number != asked else None


def _parties(trace: Trace) -> TableBlock:
    """Return the table of registrant, last holder and end user; an unknown one has a text in its place.

    Below them stands whom the card was taken from, who need be none of them.
    """
    parties = (
        (trace.registrant_code, trace.registrant),
        (trace.holder_code, trace.holder),
        (trace.end_user_code, trace.end_user),
    )
    rows = [
        [label_text(code), _party(trace, code) if party is None else _named(party, *beside_party(trace, code))]
        for code, party in parties
    ]
    rows += [[label_text("seized_from_heading"), _taken_from(taken)] for taken in taken_from(trace)]
    rows += [[label_text("named_by_list"), _named(party, label_text("undated"))] for party in named_by_lists(trace)]
    if trace.end_user is None and (declared := trace.declared_users):
        rows.append([field_text("declared_user"), Lines(tuple((name,) for name in declared))])
    return TableBlock(code="key", columns=KEY_COLUMNS, rows=rows, layout="key", is_apart=True, audience=READERS)


def beside_party(trace: Trace, code: str) -> tuple[Phrase, ...]:
    """Return what is told beside a party with this word: on which basis it is presumed to have used the card.

    Beside an end user by record stand the others whom records call users.
    """
    if code == "end_user" and trace.end_user is not None:
        users = {event.user.id: event.user for event in trace.activations if event.user is not None}
        others = [party_dict(user) for ident, user in users.items() if ident != trace.end_user.id]
        return (label_text("users_stated", count=len(users), users=others),) if others else ()
    if code != "presumed_user" or not trace.activations:
        return ()
    received = {hop.kind for chain in trace.chains for hop in chain.hops if hop.receiver == trace.end_user}
    basis = "presumed_as_customer" if received == {"registration"} else "presumed_because"
    return (label_text(basis, day=max(event.when for event in trace.activations).day),)


def named_by_lists(trace: Trace) -> list[Party]:
    """Return whom lists of cards without a day name for the card, and no chain: that contradicts no step."""
    known = {party for chain in trace.chains for hop in chain.hops for party in (hop.sender, hop.receiver)}
    listed = (each.party for each in trace.card_lists if each.party is not None and each.when is None)
    return [party for party in dict.fromkeys(listed) if party not in known]


class TakenFrom(NamedTuple):
    """The person a card was taken from, by the name in the record, and when; ``counted_as``: another of the party."""

    party: Party
    name: str
    counted_as: Phrase | None
    days: Sequence[str]


def taken_from(trace: Trace) -> list[TakenFrom]:
    """Return from whom a card was taken, by party and name as written, with the days."""
    days: dict[tuple[Party, str], list[str]] = {}
    for seizure in trace.seizures:
        if (party := seizure.seized_from) is not None:
            is_other = seizure.holder and normalize_party_name(seizure.holder) != normalize_party_name(party.name)
            written = seizure.holder if seizure.holder and is_other and party.name else party.name or party.id
            days.setdefault((party, written), []).extend([] if seizure.when is None else [seizure.when.day])
    return [
        TakenFrom(
            party,
            written,
            None if written in (party.name, party.id) else label_text("counted_as", name=party.name),
            list(dict.fromkeys(known)),
        )
        for (party, written), known in days.items()
    ]


def _taken_from(taken: TakenFrom) -> Lines:
    beside = (each for each in (taken.counted_as, *taken.days) if each is not None)
    return _named(taken.party, *beside, name=None if taken.counted_as is None else taken.name)


def _named(party: Party, *beside: Text, name: str | None = None) -> Lines:
    shown = name or (party_text(party) if party.identified_by else party.name or party.id)
    number = None if party.strong_id is None else TonedText(party.strong_id, "quiet")
    return Lines(((TonedText(shown, "name"), number, *(TonedText(each, "quiet") for each in beside)),))


def _party(trace: Trace, code: str) -> TonedText:
    # several chains each have a holder of their own, but an end user can be missing for want of records
    is_undecided = len(trace.chains) > 1 and (code != "end_user" or bool(trace.activations))
    return TonedText(label_text("chains_differ" if is_undecided else "not_on_record"), "quiet")


# -- hand by hand ----------------------------------------------------------------------------------------------


def _drawing(trace: Trace) -> Figure:
    def draw(lang: Lang | None) -> Markup:
        from graphtrace.render.figures.chain import draw_chain

        return draw_chain(trace, lang)

    return Figure(draw=draw, words=join_texts(*map(_in_words, trace.chains), by="; "), audience=Audience.NOTEBOOK)


def _in_words(chain: Chain) -> Text:
    parties = (chain.hops[0].sender, *(hop.receiver for hop in chain.hops))
    return join_texts(*map(party_text, parties), by=" → ")


def _chains(trace: Trace) -> Sections:
    chains = trace.chains

    def section(numbered: tuple[int, Chain]) -> Section:
        at, chain = numbered
        drawn = _path(chain, _common_hops(chains[0], chain) if at else 0)
        if len(chains) == 1:
            return Section(code="chain", title=label_text("chain"), parts=(drawn, _hop_table(chain)))
        why = Paragraph(parts=(TonedText(in_both(lambda lang: explain_chain(chain, lang)), "quiet"),))
        return Section(
            code=f"chain{at + 1}",
            title=label_text("chain_of", letter=ascii_uppercase[at], count=len(chains)),
            note=TonedText(code_text(text_tables.CHAIN_OUTCOMES, chain.outcome), _TONES[chain.outcome]),
            parts=(why, drawn, _hop_table(chain)),
        )

    more = len(chains) - (CHAINS.terminal or 0)
    return Sections(
        sections=LazyRows(list(enumerate(chains)), section),
        most=CHAINS,
        shows_first=True,
        more_terminal=label_text("more_chains", more=more),
        more_page="",
    )


def _common_hops(first: Chain, chain: Chain) -> int:
    """Return the number of first hops that ``chain`` shares with ``first``; 0 if too few to leave them out."""
    count = 0
    for one, other in zip(first.hops, chain.hops, strict=False):
        if one != other:
            break
        count += 1
    return min(count, len(chain.hops) - 1) if count >= SHARED else 0


def _path(chain: Chain, common: int) -> Path:
    first = chain.hops[0].sender
    stops: list[PathNode | PathStep | Gap] = []
    if not first.is_carrier:
        stops += [PathNode((), missing=label_text("carrier_missing")), Gap(None)]
    stops.append(_station(first, chain, is_first=True))
    folded = slice(0, 0)
    for number, hop in enumerate(chain.hops):
        if number and hop.gap_before:
            stops += [Gap(_gap_text(chain.hops[number - 1], hop)), _station(hop.sender, chain, is_first=True)]
        is_last = number + 1 == len(chain.hops)
        stops += [_leg(hop), _station(hop.receiver, chain, level=hop.level, is_last=is_last)]
        if number + 1 == common:
            start = next(at for at, stop in enumerate(stops) if isinstance(stop, PathStep))
            folded = slice(start, len(stops) - 1)
    return Path(
        stops=tuple(stops),
        common=folded,
        as_above=label_text("as_in_a", last=common),
        most=ORIGINS,
        more=text_tables.LABELS["more_sources"],
    )


def _leg(hop: Hop) -> PathStep:
    is_guess = hop.precision == "quantity"
    line = Inline(tuple(_hop_items(hop)), "inferred" if is_guess else "plain")
    return PathStep(hop.n, line, hop.origins, is_guess=is_guess)


def _station(
    party: Party, chain: Chain, *, level: int | None = None, is_first: bool = False, is_last: bool = False
) -> PathNode:
    roles = {"carrier": party.is_carrier, "registrant": party == chain.registrant, "holder": is_last}
    names = [label_text(role) for role, applies in roles.items() if applies]
    if level is not None and not is_last:
        names.append(label_text("dealer_level", level=level))
    name = TonedText(party.name or party.id, "name")
    line = (name, TonedText(join_texts(*names, by=", "), "quiet")) if names else (name,)
    return PathNode(line, is_reached=not is_first)


def _gap_text(before: Hop, after: Hop) -> Phrase:
    is_window = before.span.earliest <= after.span.latest
    since, until = (before.day, after.day) if is_window else (None, None)
    return in_both(
        lambda lang: format_message(
            text_tables.LABELS["gap"], {"before": party_name(after.sender, lang), "since": since, "until": until}, lang
        )
    )


def _hop_items(hop: Hop) -> Iterator[Text]:
    yield hop.day or label_text("undated")
    if hop.date_basis is not None:
        yield label_text("day_concluded")
    yield code_text(text_tables.KINDS, hop.kind)
    yield code_text(text_tables.PRECISIONS, hop.precision)
    if hop.channel:
        yield label_text("via", channel=hop.channel)
    for each in hop.registered:
        customer = None if each.party == hop.receiver else each.party.name or each.party.id
        of_whom: dict[str, object] = {} if customer is None else {"party": customer}
        yield label_text("registered_other" if of_whom else "registered_with", date=day_text(each.when), **of_whom)
    if hop.dates:
        yield label_text("dates", dates=_other_dates(hop))


def _other_dates(hop: Hop) -> list[str]:
    return [day for day in hop.dates if day != hop.day]


_HOPS = (
    Column("step", "ordinal", label_text("step")),
    Column("date", "day", label_text("date")),
    Column("from", heading=label_text("from")),
    Column("to", heading=label_text("to")),
    Column("how", heading=label_text("how")),
    Column("sources", heading=label_text("sources")),
)


def _hop_table(chain: Chain) -> TableBlock:
    rows: list[Sequence[Cell]] = []
    missing: dict[int, Divider] = {}
    if not chain.hops[0].sender.is_carrier:
        missing[0] = Divider(join_texts("×", label_text("carrier_missing")), "bad")
    for number, hop in enumerate(chain.hops):
        if number and hop.gap_before:
            missing[number] = Divider(join_texts("×", _gap_text(chain.hops[number - 1], hop)), "bad")
        how = join_texts(
            code_text(text_tables.KINDS, hop.kind), code_text(text_tables.PRECISIONS, hop.precision), by=" · "
        )
        channel = () if not hop.channel else ((label_text("via", channel=hop.channel),),)
        beside = [label_text("also_dated", dates=others)] if (others := _other_dates(hop)) else []
        beside += [label_text("day_concluded")] if hop.date_basis is not None else []
        day: Cell = Lines(((hop.day or "",), *((text,) for text in beside))) if beside else hop.day
        ends = (party_text(hop.sender), party_text(hop.receiver))
        rows.append([hop.n, day, *ends, Lines(((how,), *channel)), hop.origins])
    return TableBlock(code="steps", columns=_HOPS, rows=rows, dividers=missing, audience=_WIDE)


def list_sections(trace: Trace) -> list[Part]:
    """Return the sections of the lists that hold a card, its chips, and the judgements that its trace rests on."""
    return [*_card_lists(trace.card_lists), *_chips(trace.chips), *judgements_part(trace.judgements)]


def corroboration_sections(trace: Trace) -> list[Section]:
    """Return the shipments and payments that share a key with a step, each pair once; no section without any."""
    found = {
        (hop.sender.id, hop.receiver.id, hop.when, each): (hop, each)
        for chain in trace.chains
        for hop in chain.hops
        for each in hop.corroboration
    }
    if not found:
        return []
    return [
        _event_section(
            "corroboration",
            list(found.values()),
            lambda pair: (_step(pair[0]), _corroborates(pair[1])),
            (
                (_labelled("step"), lambda pair: _step(pair[0])),
                (_labelled("corroboration"), lambda pair: _corroborates(pair[1])),
            ),
            origins=lambda pair: pair[1].origins,
            where="chains",
        )
    ]


def _step(hop: Hop) -> Text:
    return join_texts(party_text(hop.sender), party_text(hop.receiver), by=" → ")


def _corroborates(found: Corroboration) -> Phrase:
    """Return the statement of a shipment or payment, with the key by which it belongs to the step."""
    code = "shipment" if found.kind == "shipment" else found.by

    def sentence(lang: Lang) -> str:
        sender, receiver = (side and party_name(side, lang) for side in (found.sender, found.receiver))
        date = None if found.when is None else format_time(found.when.iso)
        params = {"value": found.value, "date": date, "sender": sender, "receiver": receiver, "amount": found.amount}
        return format_message(text_tables.LABELS[f"corroborated_{code}"], params, lang)

    return in_both(sentence)


# -- what else the records say ---------------------------------------------------------------------------------


def may_have_moved_times(trace: Trace) -> bool:
    """Whether times of day are shown of a card abroad: those that a record states with a zone are not as written."""
    is_abroad = trace.card is not None and trace.card.is_abroad
    return is_abroad and any(event.when.second_of_day >= 0 for event in trace.activations)


def _activations(trace: Trace) -> Section:
    note = [Paragraph(parts=(TonedText(label_text("times_moved"), "quiet"),))] if may_have_moved_times(trace) else []
    return _event_section(
        "activations",
        trace.activations,
        _activation,
        (
            (_labelled("when", "day"), lambda event: format_time(event.when.iso)),
            (_labelled("kind", "short"), lambda event: code_text(text_tables.KINDS, event.kind)),
            (_labelled("user", label="user_heading"), lambda event: party_text(event.user) if event.user else None),
            (_labelled("place"), lambda event: _where(event)),
            (_labelled("device", "short"), lambda event: event.imei),
            (_labelled("number_used", "short"), lambda event: event.msisdn),
        ),
        listed=sorted(trace.activations, key=lambda event: event.when, reverse=True),
        more=note,
    )


def _seizures(events: Sequence[Seizure]) -> Section:
    return _event_section(
        "seizures",
        events,
        _seizure,
        (
            (_labelled("date", "day"), lambda event: _day_of(event.when)),
            (_labelled("case_no", label="case_heading"), lambda event: event.case_no),
            (_labelled("place"), lambda event: event.place),
            (_labelled("held_by"), _held_by),
        ),
    )


def _card_lists(listings: Sequence[CardListing]) -> list[Section]:
    columns: _Described[CardListing] = (
        (_labelled("date", "day"), lambda listing: _day_of(listing.when)),
        (_labelled("list_party"), lambda listing: party_text(listing.party) if listing.party else None),
        (_labelled("list_state"), lambda listing: listing.state),
        (Column("imei", "short", code_text(text_tables.IDENTIFIERS, "imei")), lambda listing: listing.imei),
    )
    section = _event_section("card_lists", listings, lambda listing: (_listing_says(listing),), columns)
    return [section] if listings else []


def _chips(links: Sequence[ChipLink]) -> list[Section]:
    columns: _Described[ChipLink] = (
        (Column("eid", "short", code_text(text_tables.IDENTIFIERS, "eid")), lambda link: link.eid),
        (_labelled("since", "day", label="chip_since"), lambda link: _day_of(link.since)),
        (
            _labelled("until", "day", label="chip_until"),
            lambda link: format_time(link.until.iso) if link.until else None,
        ),
    )
    section = _event_section("chips", links, lambda link: (_link_says(link),), columns)
    return [section] if links else []


def _link_says(link: ChipLink) -> Phrase:
    until = None if link.until is None else label_text("other_chip_by", date=format_time(link.until.iso))
    return _listed(_day_of(link.since), f"EID {link.eid}", until)


def _listing_says(listing: CardListing) -> Phrase:
    party = None if listing.party is None else party_text(listing.party)
    return _listed(_day_of(listing.when), party, listing.state, listing.imei and f"IMEI {listing.imei}")


def _day_of(when: DateSpan | None) -> Text:
    return format_time(when.iso) if when else label_text("undated")


_Event = TypeVar("_Event")
_Described = Sequence[tuple[Column, Callable[[_Event], Cell]]]


def _labelled(code: str, kind: ColumnKind = "text", *, label: str | None = None) -> Column:
    return Column(code, kind, label_text(label or code))


def _event_section(
    code: str,
    events: Sequence[_Event],
    says: Callable[[_Event], Iterable[Text]],
    columns: _Described[_Event],
    *,
    origins: Callable[[_Event], Sequence[Origin]] = attrgetter("origins"),
    listed: Sequence[_Event] | None = None,
    where: str | None = None,
    more: Sequence[Part] = (),
) -> Section:
    """Return what records say of a card in one respect: a list in a terminal, elsewhere a table with its sources."""
    entries = [
        Entry(Inline(tuple(says(event))), [(origin,) for origin in origins(event)]) for event in listed or events
    ]
    short = Entries(
        entries=entries,
        most=EVENTS,
        most_lines=ORIGINS,
        more=text_tables.LABELS["more_events"],
        more_lines=text_tables.LABELS["more_sources"],
        sign=False,
        is_dense=True,
        audience=_TERMINAL,
    )
    described = (*columns, (_labelled("sources"), origins))
    table = table_of(code, events, described, most=EVENTS, where=f"{where or code}, to_dict()", audience=_WIDE)
    return Section(code=code, title=label_text(code), count=len(events), parts=(short, table, *more))


def _where(event: Activation) -> str:
    return " ".join(filter(None, (event.province, event.city, event.cell)))


def _activation(event: Activation) -> Iterator[Text]:
    yield format_time(event.when.iso)
    yield code_text(text_tables.KINDS, event.kind)
    if event.user:
        yield _user(event.user, party_name)
    if where := _where(event):
        yield where
    if event.imei:
        yield f"IMEI {event.imei}"
    if event.msisdn:
        yield f"MSISDN {event.msisdn}"


def _seizure(event: Seizure) -> Iterator[Text]:
    yield event.when.day if event.when else label_text("undated")
    if event.case_no:
        yield label_text("case_no", case_no=event.case_no)
    if event.place:
        yield event.place
    if (holder := _held_by(event)) is not None:
        yield label_text("holder_then", holder=holder)


def _held_by(event: Seizure) -> str | None:
    """Return who had a card when it was seized, as written, and his number where records about the card state it."""
    party = event.seized_from
    written = [event.holder, party.strong_id] if party is not None else [event.holder]
    return " ".join(dict.fromkeys(text for text in written if text)) or None


# -- what to make of it ----------------------------------------------------------------------------------------


def explained_outcome(trace: Trace) -> Phrase:
    """Return the explanation of an answer, which says where a part of it is what the loader of a file stated."""
    said = said_at_load(trace, ledger_lines() or ())
    files = [*dict.fromkeys(each.file for each in said)]
    return in_both(lambda lang: explain_outcome(trace, lang, files))


def said_texts(trace: Trace) -> list[Phrase]:
    """Return what the answer rests on that no file states but a person who loaded it, one text for each."""
    ledger = ledger_lines()
    return [] if ledger is None else list(map(_said, said_at_load(trace, ledger)))


def _said(said: SaidAtLoad) -> Phrase:
    place = said.file if said.sheet is None else join_texts(said.file, f"({said.sheet})", by=" ")
    return join_texts(place, answer_text(said.field, said.value), by=" · ")


def _said_at_load(trace: Trace) -> list[Section]:
    texts = said_texts(trace)
    if not texts:
        return []
    return [Section(code="said_at_load", title=label_text("said_at_load"), parts=(Items(items=texts, most=LEADS),))]


def _cells_unread(trace: Trace) -> list[Section]:
    rows = trace.unread_cells
    if not rows:
        return []

    def row(said: tuple[Origin, Mapping[str, str]]) -> Sequence[Cell]:
        origin, cells = said
        return [
            origin,
            Lines(
                tuple((join_texts(code_text(text_tables.FIELDS, name), text, by=": "),) for name, text in cells.items())
            ),
        ]

    table = TableBlock(
        code="cells_unread",
        columns=KEY_COLUMNS,
        rows=LazyRows(rows, row),
        layout="key",
        most=FINDINGS,
        where="trace --json --extra",
        audience=READERS,
    )
    return [Section(code="cells_unread", title=label_text("cells_unread"), count=len(rows), parts=(table,))]


def _findings(trace: Trace) -> Section:
    """Return the findings but those that stand before the outcome; codes are for who asks by commands."""
    ordered = sorted(other_findings(trace), key=lambda finding: _SEVERITIES.index(finding.severity))
    total = len(trace.findings)

    def table(audience: Audience) -> TableBlock:
        def row(finding: Finding) -> Sequence[Cell]:
            severity = TonedText(code_text(text_tables.SEVERITIES, finding.severity), _TONES[finding.severity])
            code = (TonedText(f"[{finding.code}]", "quiet"),) if audience == _CODED else ()
            return [severity, Lines(((_message(finding), *code),))]

        return TableBlock(
            code="findings",
            columns=KEY_COLUMNS,
            rows=LazyRows(ordered, row),
            layout="key",
            most=FINDINGS,
            more=text_tables.LABELS["more_findings"],
            where="findings, to_dict()",
            audience=audience,
        )

    above = total - len(ordered)
    told = (Paragraph(parts=(TonedText(label_text("findings_above", count=above), "quiet"),)),) if above else ()
    parts = (*told, table(_CODED), table(READERS & ~_CODED))
    return Section(code="findings", title=label_text("findings"), count=total, parts=parts)


def _message(finding: Finding) -> Phrase:
    return in_both(lambda lang: finding_message(finding.code, finding.params, lang))


def hop_rows(traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    """Yield one dict per hop with the keys :data:`COLUMNS`; ``chain`` counts the chains of a card from 1.

    A card without a chain has one row with empty hop columns, so that no input is lost.
    """
    for row in rows_of_hops(traces):
        *rest, origins = row.values()
        places = (f"{format_origin(at.file, at.row, at.sheet)} {at.sha256}" for at in origins or ())
        yield dict(zip(COLUMNS, (*rest, "; ".join(places) or None), strict=True))


def letters_of_leads(traces: Sequence[Trace]) -> AskedInLetters:
    """Return what the letters of the case asked when some traces were; a trace by itself knows none."""
    return traces.letters if isinstance(traces, Traces) else AskedInLetters()


def earlier_letters(trace: Trace, letters: AskedInLetters) -> list[LetterAbout]:
    """Return the letters that ask about the card of a trace what none of its leads asks any more."""
    return [] if trace.card is None or trace.card.key is None else letters.earlier(trace.card.key, trace.leads)


def _leads(trace: Trace, letters: AskedInLetters) -> Section:
    leads = trace.leads
    items = Items(
        items=LazyRows(leads, lambda lead: in_both(lambda lang: lead_message(lead, lang))),
        most=LEADS,
        more=text_tables.LABELS["more_leads"],
        is_numbered=True,
    )
    numbers: dict[str, tuple[LetterAbout, list[str]]] = {}
    for number, lead in enumerate(leads, 1):
        for about in letters.about(lead):
            numbers.setdefault(about.letter.reference, (about, []))[1].append(str(number))
    asked = [
        join_texts(label_text("letter_of_leads", leads=", ".join(places)), about_text(about, letters.day), by=" · ")
        for about, places in numbers.values()
    ]
    asked += [
        join_texts(label_text("letter_earlier"), about_text(about, letters.day), by=" · ")
        for about in earlier_letters(trace, letters)
    ]
    more: tuple[Part, ...] = (Items(items=asked, most=LEADS, more=text_tables.LABELS["more_leads"]),) if asked else ()
    return Section(code="leads", title=label_text("leads"), parts=(items, *more))


# -- spreadsheets ----------------------------------------------------------------------------------------------


def _sheets(traces: Sequence[Trace], cards: Sequence[Trace]) -> tuple[TableBlock, ...]:
    """Return the tables of cards, hops, their sources, and leads.

    A card that several inputs ask for has one row for each of them in the first table, and counts once in the others.
    """
    return (_card_sheet(traces), _hop_sheet(cards), _source_sheet(cards), _lead_sheet(cards))


def _card_sheet(traces: Sequence[Trace]) -> TableBlock:
    columns = (
        *(Column("input", width=22), Column("iccid"), Column("carrier"), Column("registrant", width=24)),
        *(Column("holder", width=20), Column("end_user", width=20), Column("end_user_basis", width=14)),
        *(Column("outcome"), Column("why", width=30)),
        *(Column("findings"), Column("ask_next", width=26), Column("key", printed=False)),
    )

    def row(trace: Trace) -> Sequence[Cell]:
        card = trace.card
        return [
            *(trace.input, card.iccid if card else None),
            code_text(text_tables.CARRIERS, card.carrier) if card and card.carrier else None,
            *map(_with_number, (trace.registrant, trace.holder, trace.end_user)),
            label_text(trace.end_user_code) if trace.end_user else None,
            outcome_text(trace.outcome, trace.doubts),
            in_both(lambda lang: explain_outcome(trace, lang)),
            Lines(tuple((_message(finding),) for finding in trace.findings)),
            Lines(tuple((request,) for request in _requests(trace.leads))),
            card.key if card else None,
        ]

    return TableBlock(code="cards", columns=columns, rows=LazyRows(traces, row), frozen=2, audience=_SHEET)


def _with_number(party: Party | None) -> Lines | None:
    """Return a line with the party's name and one with its number, if it has one; ``None`` for no party."""
    if party is None:
        return None
    return Lines(((party_text(party),), *([(party.strong_id,)] if party.strong_id else [])))


def _requests(leads: Sequence[Lead]) -> Iterator[Text]:
    first: dict[tuple[Party | None, str], Lead] = {}
    for lead in leads:
        first.setdefault((lead.ask, lead.record_type), lead)
    yield from map(_request, first.values())


def _request(lead: Lead) -> Phrase:
    asked, wanted = _asked(lead), code_text(text_tables.WANTED, lead.record_type)
    return in_both(
        lambda lang: in_language(
            label_text("asked_of", ask=in_language(asked, lang), wanted=in_language(wanted, lang)), lang
        )
    )


def _asked(lead: Lead) -> Phrase:
    return party_text(lead.ask) if lead.ask else label_text("carrier_unnamed")


def _numbered(chains: Sequence[Chain]) -> Iterable[tuple[int | None, Chain]]:
    return enumerate(chains, 1) if len(chains) > 1 else [(None, chain) for chain in chains]


def _hop_sheet(cards: Sequence[Trace]) -> TableBlock:
    hops = [
        (trace.number, number, chain.outcome, hop)
        for trace in cards
        for number, chain in _numbered(trace.chains)
        for hop in chain.hops
    ]
    # a case without shipments and payments has no column for them
    has_beside = any(hop.corroboration for *_, hop in hops)
    columns = (
        *(Column("iccid"), Column("chain", "ordinal"), Column("chain_outcome"), Column("n", "ordinal")),
        *(Column("gap_before"), Column("kind"), Column("from", width=24), Column("to", width=24)),
        *(
            Column("level", "ordinal"),
            Column("date", "day"),
            Column("precision"),
            Column("channel", width=16),
            Column("sources"),
        ),
        *([Column("corroboration", width=40)] if has_beside else []),
        *(Column("from_id", printed=False), Column("to_id", printed=False)),
    )

    def row(one: tuple[str, int | None, Outcome, Hop]) -> Sequence[Cell]:
        card, number, outcome, hop = one
        return [
            *(card, number, code_text(text_tables.OUTCOMES, outcome), hop.n),
            label_text("missing_before") if hop.gap_before else None,
            *(code_text(text_tables.KINDS, hop.kind), _with_number(hop.sender), _with_number(hop.receiver)),
            *(hop.level, hop.day, code_text(text_tables.PRECISIONS, hop.precision), hop.channel, hop.origins),
            *([Lines(tuple((_corroborates(each),) for each in hop.corroboration))] if has_beside else []),
            *(hop.sender.id, hop.receiver.id),
        ]

    return TableBlock(code="hops", columns=columns, rows=LazyRows(hops, row), audience=_SHEET)


_Use = tuple["Origin", str, Text, Text]
"""A row of a file, the card, what the row is used for, and what it says."""


def _source_sheet(cards: Sequence[Trace]) -> TableBlock:
    columns = (
        *(Column("file", width=30), Column("sha256", width=34), Column("sheet", width=16), Column("row", "ordinal")),
        *(Column("record_no", width=20), Column("iccid"), Column("used_for"), Column("says", width=50)),
        Column("extra", width=50),
    )
    uses = [use for trace in cards for use in _uses(trace)]
    uses.sort(key=lambda use: (use[0].file, use[0].sort_key))

    def row(use: _Use) -> Sequence[Cell]:
        at, card, used_for, says = use
        return [at.file, at.sha256, at.sheet, at.row, at.record_no, card, used_for, says, at.extra]

    return TableBlock(code="sources", columns=columns, rows=LazyRows(uses, row), frozen=0, audience=_SHEET)


def _uses(trace: Trace) -> Iterator[_Use]:
    shown = trace.number
    for number, chain in _numbered(trace.chains):
        for hop in chain.hops:
            used_for = label_text("step_of_chain", n=hop.n, chain=number)
            parties = join_texts(party_text(hop.sender), party_text(hop.receiver), by=" → ")
            says = _listed(hop.day, code_text(text_tables.KINDS, hop.kind), parties)
            yield from ((origin, shown, used_for, says) for origin in hop.origins)
            for each in hop.corroboration:
                yield from ((origin, shown, used_for, _corroborates(each)) for origin in each.origins)
    for event in trace.activations:
        kind, text = code_text(text_tables.KINDS, event.kind), _activation_says(event)
        yield from ((origin, shown, kind, text) for origin in event.origins)
    for seizure in trace.seizures:
        kind, text = code_text(text_tables.KINDS, "seizure"), _seizure_says(seizure)
        yield from ((origin, shown, kind, text) for origin in seizure.origins)
    for listing in trace.card_lists:
        kind, text = code_text(text_tables.KINDS, "card_list"), _listing_says(listing)
        yield from ((origin, shown, kind, text) for origin in listing.origins)
    for finding in trace.findings:
        yield from ((origin, shown, label_text("finding"), _message(finding)) for origin in finding.evidence)


def _activation_says(event: Activation) -> Phrase:
    return _listed(
        format_time(event.when.iso),
        None if event.user is None else _user(event.user),
        event.province,
        event.city,
        event.cell,
        event.imei and f"IMEI {event.imei}",
        event.msisdn and f"MSISDN {event.msisdn}",
    )


def _user(user: Party, name: Callable[[Party, Lang], str] = party_label) -> Phrase:
    return in_both(lambda lang: in_language(label_text("user", user=name(user, lang)), lang))


def _seizure_says(event: Seizure) -> Phrase:
    return _listed(
        _day_of(event.when),
        label_text("case_no", case_no=event.case_no) if event.case_no else None,
        event.place,
        label_text("holder_then", holder=event.holder) if event.holder else None,
    )


def _listed(*texts: Text | None) -> Phrase:
    filled = [text for text in texts if text]
    return in_both(lambda lang: grammar("clauses", lang).join(in_language(text, lang) for text in filled))


def _lead_sheet(cards: Sequence[Trace]) -> TableBlock:
    columns = (
        *(Column("ask", width=30), Column("ask_number"), Column("wanted"), Column("iccid", width=24)),
        *(Column("since", "day"), Column("until", "day"), Column("because", width=36)),
    )
    asked = dict.fromkeys((lead, _requested(trace)) for trace in cards for lead in trace.leads)
    addressees = {lead.ask: place for place, (lead, _) in reversed([*enumerate(asked)])}
    ordered = sorted(asked, key=lambda one: (addressees[one[0].ask], one[0].record_type, one[0].because))

    def row(one: tuple[Lead, str]) -> Sequence[Cell]:
        lead, card = one
        return [
            *(_asked(lead), lead.ask.strong_id if lead.ask else None, code_text(text_tables.WANTED, lead.record_type)),
            *(card, lead.since, lead.until, code_text(text_tables.REASONS, lead.because)),
        ]

    return TableBlock(
        code="leads", columns=columns, rows=LazyRows(ordered, row), has_page_each=True, frozen=0, audience=_SHEET
    )


def _requested(trace: Trace) -> str:
    """Return the number of the card that a lead is about; for a damaged number, the range in which it lies."""
    damaged = (finding.params for finding in trace.findings if finding.code == _DAMAGED)
    return next((f"{params['low']} – {params['high']}" for params in damaged), trace.number)
