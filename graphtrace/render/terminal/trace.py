"""The answer of ``trace`` in a terminal: what is known first, then hand by hand why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.model import Outcome
from graphtrace.render import Lang, catalogue
from graphtrace.render.format import (
    explain_chain,
    explain_outcome,
    finding_message,
    format_hint,
    lead_message,
    party_name,
    translate,
)
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextColumn, TextLayout, pad
from graphtrace.render.terminal.origins import add_origins, format_time
from graphtrace.render.terminal.styled_text import Part, line_of

if TYPE_CHECKING:
    from graphtrace.analysis.trace import Card, Trace
    from graphtrace.model import Activation, Chain, Finding, Hop, Party, Seizure

DETAILED = 3
"""Up to so many cards are shown with their chains; of more, one line each."""

CARDS = 50
ORIGINS = 3
EVENTS = 3
CHAINS = 4
FINDINGS = 12
LEADS = 8
SHARED = 2
"""So many hops in common with the chain above are not drawn again."""

REGISTRANTS = 4

_INDENT = "  "
_SEVERITIES = ("error", "warning", "info")


class TraceView(TerminalView):
    """The traces of one question.

    Parameters
    ----------
    traces
        One per card, in the order of the answer.
    lang
        Language of everything that is not data.
    verbose
        Show every card in full, with all its sources, events, chains and findings.
    """

    def __init__(self, traces: Sequence[Trace], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.traces = traces
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw one card, or an overview and the cards below it."""
        if len(self.traces) > 1:
            _draw_overview(page, self.traces, None if self.verbose else CARDS)
        if len(self.traces) > DETAILED and not self.verbose:
            page.blank()
            page.add((page.label("ask_one"), style.LABEL))
            return
        for trace in self.traces:
            if len(self.traces) > 1:
                page.blank()
                page.add((page.glyphs.rule * page.width, style.LABEL))
            page.blank()
            _Card(page, trace, verbose=self.verbose).draw()


def _draw_overview(page: TextLayout, traces: Sequence[Trace], limit: int | None) -> None:
    outcomes = Counter(str(trace.outcome) for trace in traces)
    parts: list[Part] = [(page.label("cards", cards=len(traces)), style.NAME), "  "]
    for outcome in ("continuous", "inferred", "broken", "ambiguous", "not_found"):
        if outcomes[outcome]:
            name = translate(catalogue.OUTCOME_TAGS, outcome, page.lang)
            parts += [f" {page.glyphs.item} ", (f"{outcomes[outcome]:,} {name}", style.OUTCOMES[outcome])]
    page.add(*parts)
    registrants = Counter(trace.registrant for trace in traces if trace.registrant)
    if registrants:
        ranked = sorted(registrants.items(), key=lambda entry: (-entry[1], entry[0].id))
        said = [f"{party.name or party.id} {count:,}" for party, count in ranked[:REGISTRANTS]]
        if len(ranked) > REGISTRANTS:
            said.append(page.label("more_registrants", more=len(ranked) - REGISTRANTS))
        page.add((page.label("registered_by") + "  ", style.LABEL), f" {page.glyphs.item} ".join(said))
    page.blank()
    _draw_table(page, traces[:limit])
    if limit is not None and len(traces) > limit:
        page.add((page.label("more_cards", more=len(traces) - limit), style.LABEL))


def _draw_table(page: TextLayout, traces: Sequence[Trace]) -> None:
    words = {code: translate(catalogue.OUTCOME_TAGS, code, page.lang) for code in catalogue.OUTCOME_TAGS}
    outcome_cells = max(cell_len(text) for text in words.values())
    cards = [trace.card.iccid if trace.card else trace.input for trace in traces]
    card_cells = max(20, *(min(cell_len(card), 24) for card in cards))
    name_cells = max((page.width - outcome_cells - card_cells - 6) // 2, 12)
    widths = (outcome_cells, card_cells, name_cells, name_cells)
    heads = ("outcome", "card", "registered_by", "end_user_or_holder")
    columns = [TextColumn(page.label(head), cells) for head, cells in zip(heads, widths, strict=True)]
    page.add_table(columns, [_overview_row(trace, words) for trace in traces])


def _overview_row(trace: Trace, words: Mapping[str, str]) -> list[Part]:
    outcome = str(trace.outcome)
    last = trace.end_user or trace.holder
    name = "" if last is None else last.name or last.id
    return [
        (words[outcome], style.OUTCOMES[outcome]),
        trace.card.iccid if trace.card else trace.input,
        (trace.registrant.name or trace.registrant.id) if trace.registrant else "",
        name if trace.end_user or not name else (f"({name})", style.LABEL),
    ]


class _Card:
    def __init__(self, page: TextLayout, trace: Trace, *, verbose: bool) -> None:
        self.page = page
        self.trace = trace
        self.verbose = verbose

    def draw(self) -> None:
        self._draw_head()
        if self.trace.outcome is not Outcome.NOT_FOUND:
            self._draw_parties()
        self._draw_chains()
        self._draw_activations()
        self._draw_seizures()
        self._draw_findings()
        self._draw_leads()
        self._draw_judgements()

    def _limit(self, limit: int) -> int | None:
        return None if self.verbose else limit

    def _word(self, table: Mapping[str, catalogue.BilingualText], code: str) -> str:
        return translate(table, code, self.page.lang)

    def _draw_judgements(self) -> None:
        if self.trace.judgements:
            self.page.blank()
            self.page.add((self.page.label("rests_on_judgements"), style.LABEL))
        for named in self.trace.judgements:
            judgement = named.judgement
            self.page.add(
                f"{judgement.number}  {named.names[0]} · {named.names[1]}  ",
                (self.page.label("judged_same" if judgement.same else "judged_different"), style.LABEL),
                margin=_INDENT,
            )
            self.page.add(
                f"   {judgement.why}  ", (f"{judgement.by}, {format_time(judgement.at)}", style.LABEL), margin=_INDENT
            )

    # what is known

    def _draw_head(self) -> None:
        trace, page = self.trace, self.page
        outcome = str(trace.outcome)
        badge = (f" {self._word(catalogue.OUTCOMES, outcome)} ", f"bold reverse {style.OUTCOMES[outcome]}")
        number = trace.card.iccid if trace.card else trace.input
        page.add((number, style.NAME), margin=line_of(badge, "  "))
        page.add(explain_outcome(trace, page.lang), margin=_INDENT)
        if trace.card:
            page.add_items(self._card_said(trace.card), style.LABEL, margin=_INDENT)
        if trace.matched_as and trace.matched_as != "iccid":
            what = self._word(catalogue.IDENTIFIERS, trace.matched_as)
            page.add((page.label("asked_as", what=what, input=trace.input), style.LABEL), margin=_INDENT)
        elif number != trace.input:
            page.add((page.label("asked", input=trace.input), style.LABEL), margin=_INDENT)

    def _card_said(self, card: Card) -> list[str]:
        page = self.page
        carrier = self._word(catalogue.CARRIERS, card.carrier) if card.carrier else page.label("carrier_unknown")
        said = [carrier, self._word(catalogue.CHECKSUMS, card.checksum)]
        said += [f"MSISDN {number}" for number in card.msisdn]
        said += [f"IMSI {number}" for number in card.imsi]
        said += [format_hint(hint.attribute, hint.value, hint.confidence, page.lang) for hint in card.hints]
        return said

    def _draw_parties(self) -> None:
        trace, page = self.trace, self.page
        rows = (("registered_by", trace.registrant), ("last_holder", trace.holder), ("end_user", trace.end_user))
        cells = max(cell_len(page.label(label)) for label, _ in rows)
        page.blank()
        for label, party in rows:
            margin = line_of(_INDENT, (pad(page.label(label), cells) + "  ", style.LABEL))
            if party is None:
                # several chains each have a holder of their own, but an end user can be missing for want of records
                undecided = len(trace.chains) > 1 and (label != "end_user" or bool(trace.activations))
                missing = page.label("chains_differ" if undecided else "not_on_record")
                page.add((missing, style.LABEL), margin=margin)
            else:
                page.add(*_party_parts(party), margin=margin)

    # hand by hand

    def _draw_chains(self) -> None:
        trace, page = self.trace, self.page
        limit = self._limit(CHAINS)
        for number, chain in enumerate(trace.chains[:limit]):
            if len(trace.chains) == 1:
                page.title((page.label("chain"), style.TITLE))
            else:
                outcome = str(chain.outcome)
                title = page.label("chain_of", letter=ascii_uppercase[number], count=len(trace.chains))
                page.title(
                    (title, style.TITLE), "  ", (self._word(catalogue.CHAIN_OUTCOMES, outcome), style.OUTCOMES[outcome])
                )
                page.add((explain_chain(chain, page.lang), style.LABEL), margin=_INDENT)
            is_first = number == 0
            self._draw_chain(chain, shared=0 if is_first or self.verbose else common_prefix(trace.chains[0], chain))
        if limit is not None and len(trace.chains) > limit:
            page.title((page.label("more_chains", more=len(trace.chains) - limit), style.LABEL))
        if trace.chains_omitted:
            page.title((page.label("chains_omitted", more=trace.chains_omitted), style.MISSING))

    def _draw_chain(self, chain: Chain, *, shared: int) -> None:
        page = self.page
        digits = len(str(len(chain.hops)))
        margin = " " * (digits + 3)
        if not chain.hops[0].sender.is_carrier:
            page.add((page.label("carrier_missing"), style.MISSING), margin=f"{margin}{page.glyphs.void} ")
            self._draw_break(margin)
        self._draw_party(margin, page.glyphs.party, chain.hops[0].sender, chain)
        if shared:
            page.add((page.label("as_in_a", last=shared), style.LABEL), margin=f"{margin}{page.glyphs.item}   ")
            self._draw_party(margin, page.glyphs.arrow, chain.hops[shared - 1].receiver, chain)
        for number, hop in enumerate(chain.hops[shared:], shared):
            if number and hop.gap_before:
                self._draw_gap(margin, chain.hops[number - 1], hop)
                self._draw_party(margin, page.glyphs.party, hop.sender, chain)
            self._draw_hop(hop, digits)
            is_last = number + 1 == len(chain.hops)
            self._draw_party(margin, page.glyphs.arrow, hop.receiver, chain, is_last=is_last)

    def _draw_break(self, margin: str) -> None:
        self.page.add((self.page.glyphs.item, style.MISSING), margin=margin)

    def _draw_gap(self, margin: str, before: Hop, after: Hop) -> None:
        page = self.page
        is_window = before.when.earliest <= after.when.latest
        since, until = (before.when.day, after.when.day) if is_window else (None, None)
        said = page.label("gap", before=party_name(after.sender, page.lang), since=since, until=until)
        self._draw_break(margin)
        page.add((said, style.MISSING), margin=line_of(margin, (f"{page.glyphs.gap} ", style.MISSING)))
        self._draw_break(margin)

    def _draw_party(self, margin: str, sign: str, party: Party, chain: Chain, *, is_last: bool = False) -> None:
        page = self.page
        roles = [
            page.label(role)
            for role, applies in (
                ("carrier", party.is_carrier),
                ("registrant", party == chain.registrant),
                ("holder", is_last),
            )
            if applies
        ]
        said: list[Part] = [(party.name or party.id, style.NAME)]
        if roles:
            said += ["  ", (", ".join(roles), style.LABEL)]
        page.add(*said, margin=f"{margin}{sign} ")

    def _draw_hop(self, hop: Hop, digits: int) -> None:
        page = self.page
        is_guessed = hop.precision == "quantity"
        line = page.glyphs.dashed if is_guessed else page.glyphs.line
        said = [hop.when.day, self._word(catalogue.KINDS, hop.kind), self._word(catalogue.PRECISIONS, hop.precision)]
        if hop.channel:
            said.append(page.label("via", channel=hop.channel))
        if hop.dates:
            said.append(page.label("dates", dates=[day for day in hop.dates if day != hop.when.day]))
        below = f"{' ' * (digits + 3)}{line}   "
        page.add_items(
            said,
            style.GUESSED if is_guessed else "",
            margin=line_of((f"{hop.n:>{digits + 2}} ", style.LABEL), f"{line}   "),
            hang=below,
        )
        add_origins(page, hop.origins, margin=below, limit=self._limit(ORIGINS))

    # what else the records say

    def _draw_activations(self) -> None:
        latest_first = sorted(self.trace.activations, key=lambda event: event.when, reverse=True)
        self._draw_events("activations", [self._activation_said(event) for event in latest_first], latest_first)

    def _draw_seizures(self) -> None:
        events = self.trace.seizures
        self._draw_events("seizures", [self._seizure_said(event) for event in events], events)

    def _draw_events(self, label: str, said: Sequence[list[str]], events: Sequence[Activation | Seizure]) -> None:
        page = self.page
        if not events:
            return
        limit = self._limit(EVENTS)
        page.title((page.label(label), style.TITLE), (f"  {len(events):,}", style.LABEL))
        for items, event in list(zip(said, events, strict=True))[:limit]:
            page.add_items(items, margin=_INDENT, hang=_INDENT * 2)
            add_origins(page, event.origins, margin=_INDENT * 2, limit=self._limit(ORIGINS))
        if limit is not None and len(events) > limit:
            page.add((page.label("more_events", more=len(events) - limit), style.LABEL), margin=_INDENT)

    def _activation_said(self, event: Activation) -> list[str]:
        page = self.page
        said = [format_time(event.when.iso)]
        if event.user:
            said.append(page.label("user", user=party_name(event.user, page.lang)))
        where = [place for place in (event.province, event.city) if place]
        if where:
            said.append(" ".join(where))
        said += [f"IMEI {event.imei}"] if event.imei else []
        said += [f"MSISDN {event.msisdn}"] if event.msisdn else []
        return said

    def _seizure_said(self, event: Seizure) -> list[str]:
        page = self.page
        said = [event.when.day if event.when else page.label("undated")]
        said += [page.label("case_no", case_no=event.case_no)] if event.case_no else []
        said += [event.place] if event.place else []
        said += [page.label("holder_then", holder=event.holder)] if event.holder else []
        return said

    # what to make of it

    def _draw_findings(self) -> None:
        page, findings = self.page, self.trace.findings
        if not findings:
            return
        limit = self._limit(FINDINGS)
        ordered = sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity))
        page.title((page.label("findings"), style.TITLE), (f"  {len(findings):,}", style.LABEL))
        for finding in ordered[:limit]:
            self._draw_finding(finding)
        if limit is not None and len(findings) > limit:
            page.add((page.label("more_findings", more=len(findings) - limit), style.LABEL), margin=_INDENT)

    def _draw_finding(self, finding: Finding) -> None:
        page = self.page
        cells = max(cell_len(self._word(catalogue.SEVERITIES, severity)) for severity in _SEVERITIES)
        severity = pad(self._word(catalogue.SEVERITIES, finding.severity), cells)
        page.add(
            finding_message(finding.code, finding.params, page.lang),
            (f" [{finding.code}]", style.LABEL),
            margin=line_of(_INDENT, (f"{severity}  ", style.SEVERITIES[finding.severity])),
        )

    def _draw_leads(self) -> None:
        page, leads = self.page, self.trace.leads
        if not leads:
            return
        limit = self._limit(LEADS)
        page.title((page.label("leads"), style.TITLE))
        for number, lead in enumerate(leads[:limit], 1):
            page.add(lead_message(lead, page.lang), margin=f"{number:>3}. ")
        if limit is not None and len(leads) > limit:
            page.add((page.label("more_leads", more=len(leads) - limit), style.LABEL), margin=_INDENT)


def _party_parts(party: Party) -> list[Part]:
    name: list[Part] = [(party.name or party.id, style.NAME)]
    return name if party.strong_id is None else [*name, ("  " + party.strong_id, style.LABEL)]


def common_prefix(first: Chain, chain: Chain) -> int:
    """How many hops ``chain`` begins with as ``first`` does; 0 where leaving them out would save nothing."""
    count = 0
    for one, other in zip(first.hops, chain.hops, strict=False):
        if one != other:
            break
        count += 1
    return min(count, len(chain.hops) - 1) if count >= SHARED else 0
