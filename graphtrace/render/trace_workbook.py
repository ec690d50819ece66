"""Traces as a workbook for the file of a case: cards, steps, where each is stated, and whom to ask for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import bare_name, explanation, finding_message, sentence, word
from graphtrace.render.terminal.places import clock, place
from graphtrace.render.workbook import Cell, Column, Sheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.answers.trace import Trace
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

    def sheets(self) -> list[Sheet]:
        cards = [
            *(Column("input", widest=22), Column("iccid"), Column("carrier"), Column("registrant", widest=24)),
            *(Column("holder", widest=20), Column("end_user", widest=20), Column("outcome")),
            *(Column("why", widest=30), Column("findings", widest=40), Column("ask_next", widest=26), Column("key")),
        ]
        hops = [
            *(Column("iccid"), Column("chain", "ordinal"), Column("chain_outcome"), Column("n", "ordinal")),
            *(Column("gap_before"), Column("kind"), Column("from", widest=24), Column("to", widest=24)),
            *(Column("date", "day"), Column("precision"), Column("channel", widest=16)),
            *(Column("sources", widest=40), Column("from_id"), Column("to_id")),
        ]
        sources = [
            *(Column("file", widest=30), Column("sha256", widest=34), Column("sheet", widest=16)),
            *(Column("row", "ordinal"), Column("record_no", widest=20), Column("iccid"), Column("used_for")),
            Column("says", widest=50),
        ]
        leads = [
            *(Column("ask", widest=30), Column("ask_number"), Column("wanted"), Column("iccid", widest=24)),
            *(Column("since", "day"), Column("until", "day"), Column("because", widest=36)),
        ]
        return [
            Sheet("cards", cards, map(self._card, self.traces), fixed=2, printed=len(cards) - 1),
            Sheet("hops", hops, self._hops(), fixed=1, printed=len(hops) - 2),
            Sheet("sources", sources, self._sources()),
            Sheet("leads", leads, self._leads(), page_by=0),
        ]

    def _card(self, trace: Trace) -> list[Cell]:
        card, lang = trace.card, self.lang
        return [
            trace.input,
            card.iccid if card else None,
            word(wording.CARRIERS, card.carrier, lang) if card and card.carrier else None,
            self._party(trace.registrant),
            self._party(trace.holder),
            self._party(trace.end_user),
            word(wording.OUTCOMES, trace.outcome, lang),
            explanation(trace, lang),
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
                    word(wording.OUTCOMES, chain.outcome, lang),
                    hop.n,
                    self._label("missing_before") if hop.gap_before else None,
                    word(wording.KINDS, hop.kind, lang),
                    self._party(hop.sender),
                    self._party(hop.receiver),
                    hop.when.day,
                    word(wording.PRECISIONS, hop.precision, lang),
                    hop.channel,
                    [place(origin.file, origin.row, origin.sheet) for origin in hop.origins],
                    hop.sender.id,
                    hop.receiver.id,
                ]

    def _sources(self) -> Iterator[list[Cell]]:
        """What rests on each row, the rows in their order."""
        uses = [use for trace in self.cards for use in self._uses(trace)]
        uses.sort(key=lambda use: (use[0].file, use[0].place))
        for at, card, used_for, says in uses:
            yield [at.file, at.sha256, at.sheet, at.row, at.record_no, card, used_for, says]

    def _uses(self, trace: Trace) -> Iterator[tuple[Origin, str, str, str]]:
        lang, shown = self.lang, _shown(trace)
        for number, chain in _numbered(trace.chains):
            for hop in chain.hops:
                used_for = self._label("step_of_chain", n=hop.n, chain=number)
                parties = f"{bare_name(hop.sender, lang)} → {bare_name(hop.receiver, lang)}"
                says = self._items(hop.when.day, word(wording.KINDS, hop.kind, lang), parties)
                yield from ((origin, shown, used_for, says) for origin in hop.origins)
        for activation in trace.activations:
            says = self._activation(activation)
            yield from ((at, shown, word(wording.KINDS, "activation", lang), says) for at in activation.origins)
        for seizure in trace.seizures:
            says = self._seizure(seizure)
            yield from ((at, shown, word(wording.KINDS, "seizure", lang), says) for at in seizure.origins)
        for finding in trace.findings:
            says = finding_message(finding.code, finding.params, lang)
            yield from ((at, shown, self._label("finding"), says) for at in finding.evidence)

    def _leads(self) -> Iterator[list[Cell]]:
        """One addressee after the other, as each is first named, and for each what is asked for."""
        asked = dict.fromkeys((lead, _requested(trace)) for trace in self.cards for lead in trace.leads)
        addressees = {lead.ask: place for place, (lead, _) in reversed([*enumerate(asked)])}
        ordered = sorted(asked, key=lambda one: (addressees[one[0].ask], one[0].wanted, one[0].because))
        for lead, card in ordered:
            yield [
                self._asked(lead),
                lead.ask.number if lead.ask else None,
                self._wanted(lead),
                card,
                lead.since,
                lead.until,
                word(wording.REASONS, lead.because, self.lang),
            ]

    def _activation(self, event: Activation) -> str:
        return self._items(
            clock(event.when.text),
            self._label("user", user=bare_name(event.user, self.lang)) if event.user else None,
            event.province,
            event.city,
            event.imei and f"IMEI {event.imei}",
            event.msisdn and f"MSISDN {event.msisdn}",
        )

    def _seizure(self, event: Seizure) -> str:
        return self._items(
            clock(event.when.text) if event.when else self._label("undated"),
            self._label("case_no", case_no=event.case_no) if event.case_no else None,
            event.place,
            self._label("holder_then", holder=event.holder) if event.holder else None,
        )

    def _items(self, *items: str | None) -> str:
        return {"en": ", ", "zh": "，"}[self.lang].join(item for item in items if item)

    def _label(self, code: str, **params: object) -> str:
        return sentence(wording.LABELS[code], params, self.lang)

    def _party(self, party: Party | None) -> list[str]:
        """A line with its name and one with its number, as far as it has them."""
        return [] if party is None else [bare_name(party, self.lang), *filter(None, [party.number])]

    def _asked_of(self, lead: Lead) -> str:
        return self._label("asked_of", ask=self._asked(lead), wanted=self._wanted(lead))

    def _asked(self, lead: Lead) -> str:
        return bare_name(lead.ask, self.lang) if lead.ask else self._label("carrier_unnamed")

    def _wanted(self, lead: Lead) -> str:
        return word(wording.WANTED, lead.wanted, self.lang)


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
