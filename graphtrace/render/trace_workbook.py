"""Traces as a workbook for the file of a case: cards, steps, where each is stated, and whom to ask for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.locale import grammar
from graphtrace.render import Lang, catalogue
from graphtrace.render.format import explain_outcome, finding_message, format_message, party_label, translate
from graphtrace.render.terminal.origins import format_origin, format_time
from graphtrace.render.xlsx import Cell, XlsxColumn, XlsxSheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.analysis.trace import Trace
    from graphtrace.model import Activation, Chain, Lead, Origin, Party, Seizure

_DAMAGED = "damaged_number"


def trace_workbook(case: str, traces: Sequence[Trace], lang: Lang) -> bytes:
    """The XLSX file of the answer of ``trace``: the sheets cards, steps, sources and leads.

    A card that several inputs ask for has one row for each of them in the first sheet, and counts once in the others.
    """
    return workbook_bytes(_Tables(traces, lang).sheets(), lang, about=case)


class _Tables:
    def __init__(self, traces: Sequence[Trace], lang: Lang) -> None:
        self.traces = traces
        self.lang = lang
        self.cards = list({trace.card.key if trace.card else trace.input: trace for trace in reversed(traces)}.values())
        self.cards.reverse()

    def sheets(self) -> list[XlsxSheet]:
        cards = [
            *(
                XlsxColumn("input", widest=22),
                XlsxColumn("iccid"),
                XlsxColumn("carrier"),
                XlsxColumn("registrant", widest=24),
            ),
            *(XlsxColumn("holder", widest=20), XlsxColumn("end_user", widest=20), XlsxColumn("outcome")),
            *(
                XlsxColumn("why", widest=30),
                XlsxColumn("findings", widest=40),
                XlsxColumn("ask_next", widest=26),
                XlsxColumn("key"),
            ),
        ]
        hops = [
            *(
                XlsxColumn("iccid"),
                XlsxColumn("chain", "ordinal"),
                XlsxColumn("chain_outcome"),
                XlsxColumn("n", "ordinal"),
            ),
            *(XlsxColumn("gap_before"), XlsxColumn("kind"), XlsxColumn("from", widest=24), XlsxColumn("to", widest=24)),
            *(XlsxColumn("date", "day"), XlsxColumn("precision"), XlsxColumn("channel", widest=16)),
            *(XlsxColumn("sources", widest=40), XlsxColumn("from_id"), XlsxColumn("to_id")),
        ]
        sources = [
            *(XlsxColumn("file", widest=30), XlsxColumn("sha256", widest=34), XlsxColumn("sheet", widest=16)),
            *(
                XlsxColumn("row", "ordinal"),
                XlsxColumn("record_no", widest=20),
                XlsxColumn("iccid"),
                XlsxColumn("used_for"),
            ),
            XlsxColumn("says", widest=50),
        ]
        leads = [
            *(
                XlsxColumn("ask", widest=30),
                XlsxColumn("ask_number"),
                XlsxColumn("wanted"),
                XlsxColumn("iccid", widest=24),
            ),
            *(XlsxColumn("since", "day"), XlsxColumn("until", "day"), XlsxColumn("because", widest=36)),
        ]
        return [
            XlsxSheet("cards", cards, map(self._card, self.traces), frozen_columns=2, print_columns=len(cards) - 1),
            XlsxSheet("hops", hops, self._hops(), frozen_columns=1, print_columns=len(hops) - 2),
            XlsxSheet("sources", sources, self._sources()),
            XlsxSheet("leads", leads, self._leads(), page_by=0),
        ]

    def _card(self, trace: Trace) -> list[Cell]:
        card, lang = trace.card, self.lang
        return [
            trace.input,
            card.iccid if card else None,
            translate(catalogue.CARRIERS, card.carrier, lang) if card and card.carrier else None,
            self._party(trace.registrant),
            self._party(trace.holder),
            self._party(trace.end_user),
            translate(catalogue.OUTCOMES, trace.outcome, lang),
            explain_outcome(trace, lang),
            [finding_message(finding.code, finding.params, lang) for finding in trace.findings],
            list(dict.fromkeys(map(self._asked_of, trace.leads))),
            card.key if card else None,
        ]

    def _hops(self) -> Iterator[list[Cell]]:
        lang = self.lang
        chains = ((_shown(trace), number, chain) for trace in self.cards for number, chain in _numbered(trace.chains))
        for card, number, chain in chains:
            for hop in chain.hops:
                yield [
                    card,
                    number,
                    translate(catalogue.OUTCOMES, chain.outcome, lang),
                    hop.n,
                    self._label("missing_before") if hop.gap_before else None,
                    translate(catalogue.KINDS, hop.kind, lang),
                    self._party(hop.sender),
                    self._party(hop.receiver),
                    hop.when.day,
                    translate(catalogue.PRECISIONS, hop.precision, lang),
                    hop.channel,
                    [format_origin(origin.file, origin.row, origin.sheet) for origin in hop.origins],
                    hop.sender.id,
                    hop.receiver.id,
                ]

    def _sources(self) -> Iterator[list[Cell]]:
        """What rests on each row, the rows in their order."""
        uses = [use for trace in self.cards for use in self._uses(trace)]
        uses.sort(key=lambda use: (use[0].file, use[0].sort_key))
        for at, card, used_for, says in uses:
            yield [at.file, at.sha256, at.sheet, at.row, at.record_no, card, used_for, says]

    def _uses(self, trace: Trace) -> Iterator[tuple[Origin, str, str, str]]:
        lang, shown = self.lang, _shown(trace)
        for number, chain in _numbered(trace.chains):
            for hop in chain.hops:
                used_for = self._label("step_of_chain", n=hop.n, chain=number)
                parties = f"{party_label(hop.sender, lang)} → {party_label(hop.receiver, lang)}"
                says = self._items(hop.when.day, translate(catalogue.KINDS, hop.kind, lang), parties)
                yield from ((origin, shown, used_for, says) for origin in hop.origins)
        for activation in trace.activations:
            says = self._activation(activation)
            yield from ((at, shown, translate(catalogue.KINDS, "activation", lang), says) for at in activation.origins)
        for seizure in trace.seizures:
            says = self._seizure(seizure)
            yield from ((at, shown, translate(catalogue.KINDS, "seizure", lang), says) for at in seizure.origins)
        for finding in trace.findings:
            says = finding_message(finding.code, finding.params, lang)
            yield from ((at, shown, self._label("finding"), says) for at in finding.evidence)

    def _leads(self) -> Iterator[list[Cell]]:
        """One addressee after the other, as each is first named, and for each what is asked for."""
        asked = dict.fromkeys((lead, _requested(trace)) for trace in self.cards for lead in trace.leads)
        addressees = {lead.ask: place for place, (lead, _) in reversed([*enumerate(asked)])}
        ordered = sorted(asked, key=lambda one: (addressees[one[0].ask], one[0].record_type, one[0].because))
        for lead, card in ordered:
            yield [
                self._asked(lead),
                lead.ask.strong_id if lead.ask else None,
                self._wanted(lead),
                card,
                lead.since,
                lead.until,
                translate(catalogue.REASONS, lead.because, self.lang),
            ]

    def _activation(self, event: Activation) -> str:
        return self._items(
            format_time(event.when.iso),
            self._label("user", user=party_label(event.user, self.lang)) if event.user else None,
            event.province,
            event.city,
            event.imei and f"IMEI {event.imei}",
            event.msisdn and f"MSISDN {event.msisdn}",
        )

    def _seizure(self, event: Seizure) -> str:
        return self._items(
            format_time(event.when.iso) if event.when else self._label("undated"),
            self._label("case_no", case_no=event.case_no) if event.case_no else None,
            event.place,
            self._label("holder_then", holder=event.holder) if event.holder else None,
        )

    def _items(self, *items: str | None) -> str:
        return grammar("clauses", self.lang).join(item for item in items if item)

    def _label(self, code: str, **params: object) -> str:
        return format_message(catalogue.LABELS[code], params, self.lang)

    def _party(self, party: Party | None) -> list[str]:
        """A line with its name and one with its number, as far as it has them."""
        return [] if party is None else [party_label(party, self.lang), *filter(None, [party.strong_id])]

    def _asked_of(self, lead: Lead) -> str:
        return self._label("asked_of", ask=self._asked(lead), wanted=self._wanted(lead))

    def _asked(self, lead: Lead) -> str:
        return party_label(lead.ask, self.lang) if lead.ask else self._label("carrier_unnamed")

    def _wanted(self, lead: Lead) -> str:
        return translate(catalogue.WANTED, lead.record_type, self.lang)


def _shown(trace: Trace) -> str:
    return trace.card.iccid if trace.card else trace.input


def _requested(trace: Trace) -> str:
    """The card that a lead is about; of a damaged number, between which it was."""
    return next(
        (
            f"{finding.params['low']} – {finding.params['high']}"
            for finding in trace.findings
            if finding.code == _DAMAGED
        ),
        _shown(trace),
    )


def _numbered(chains: Sequence[Chain]) -> Iterable[tuple[int | None, Chain]]:
    """The chains with their numbers; one that is alone has none."""
    return enumerate(chains, 1) if len(chains) > 1 else [(None, chain) for chain in chains]
