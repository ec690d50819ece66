"""Pages of ``trace`` and ``common``: the cards or parties as a drawing, and all details in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_uppercase
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

from graphtrace.render import Lang
from graphtrace.render.document import Audience, Part, Section
from graphtrace.render.figures.chain import RowAnchors, draw_chain
from graphtrace.render.figures.tree import build_trees, links_of, parties_of
from graphtrace.render.format import (
    explain_chain,
    format_lift,
    format_share,
    format_time,
    lead_message,
)
from graphtrace.render.html.overview_page import DRAWN, LINKED, OverviewGraph
from graphtrace.render.html.page import page_title, render_page
from graphtrace.render.i18n import Phrase, Text, field_text, in_both, label_text
from graphtrace.render.views.answer_parts import about_text, party_words
from graphtrace.render.views.trace_view import (
    TakenFrom,
    asked_as,
    beside_party,
    card_facts,
    corroboration_sections,
    count_outcomes,
    each_card_once,
    earlier_letters,
    explained_outcome,
    head_texts,
    letters_of_leads,
    list_sections,
    may_have_moved_times,
    named_by_lists,
    other_findings,
    said_texts,
    taken_from,
    told_in_head,
)
from graphtrace.results.letters import AskedInLetters

if TYPE_CHECKING:
    from graphtrace.model import (
        Activation,
        CardListing,
        Chain,
        ChipLink,
        Corroboration,
        Finding,
        Hop,
        Lead,
        Origin,
        Party,
        Seizure,
    )
    from graphtrace.results.shared_parties import CardPassage, SharedParties, SharedParty
    from graphtrace.results.trace import Trace


FULL = 100
"""Maximum number of cards with a section of their own; each other card, which the page states, has one row."""

ON_PAPER = 4
"""Maximum number of parties beside each other on a sheet of A4."""


def trace_page(traces: Sequence[Trace], lang: Lang, *, case: str | None = None, as_of: str | None = None) -> str:
    """Return the page of some traces.

    - ``traces``: one per card, in the order of the answer.
    - ``lang``: the language that the page opens in.
    - ``case``: name of the case, if it is shown on the page.
    - ``as_of``: the day as of which the question was answered.
    """
    from graphtrace.render.writers.html_writer import HtmlLayout

    letters = letters_of_leads(traces)
    cards = [TracePageModel(trace, number, letters) for number, trace in enumerate(traces, 1)]
    distinct = each_card_once(traces)
    names = [card.trace.number for card in cards]
    data = {
        "title": page_title(names),
        "cards": cards,
        "distinct": len(distinct),
        "inputs": len({trace.input for trace in traces}),
        "layout": HtmlLayout((), Audience.PAGE),
        "full": FULL,
        "outcomes": count_outcomes(distinct),
        "case": case,
        "as_of": as_of,
    }
    if len(cards) == 1:
        return render_page("trace.html", data, lang)
    ring = OverviewGraph(traces)
    scripts = ("cytoscape.min.js", "ring.js") if ring.members else ()
    return render_page("trace.html", {**data, "ring": ring, "linked": LINKED, "drawn": DRAWN}, lang, scripts=scripts)


@dataclass(frozen=True)
class TracePageModel:
    """Template model of one trace; ``number`` counts the cards of the page."""

    trace: Trace
    number: int
    letters: AskedInLetters = field(default_factory=AskedInLetters)

    @property
    def ident(self) -> str:
        """Return the id of its section, the prefix of the ids of its rows."""
        return f"c{self.number}"

    @property
    def explanation(self) -> Phrase:
        """Return the explanation of the outcome."""
        return explained_outcome(self.trace)

    def head(self, elsewhere: Collection[Finding]) -> list[Phrase]:
        """Return what is told before the outcome and puts the whole answer in question, but what stands elsewhere."""
        return head_texts(self.trace, elsewhere)

    def told(self, elsewhere: Collection[Finding]) -> list[Finding]:
        """Return the findings of :meth:`head`."""
        return told_in_head(self.trace, elsewhere)

    def findings(self, elsewhere: Collection[Finding]) -> list[Finding]:
        """Return the findings that stand neither there nor elsewhere."""
        return other_findings(self.trace, elsewhere)

    @property
    def facts(self) -> Iterator[Text]:
        """Yield the texts about the number: carrier, check digit, MSISDNs, IMSIs, hints, and the input as given."""
        yield from card_facts(self.trace)
        if (asked := asked_as(self.trace)) is not None:
            yield asked

    @property
    def key_parties(self) -> list[tuple[str, Party | None, Phrase]]:
        """Return registrant, last holder and end user, each with the text for an unknown one."""
        trace = self.trace
        rows = (
            (trace.registrant_code, trace.registrant),
            (trace.holder_code, trace.holder),
            (trace.end_user_code, trace.end_user),
        )
        return [
            (code, party, label_text("chains_differ" if self._is_undecided(code) else "not_on_record"))
            for code, party in rows
        ]

    def basis_of(self, code: str) -> tuple[Phrase, ...]:
        """Return what is told beside the party with this word."""
        return beside_party(self.trace, code)

    @property
    def taken_from(self) -> list[TakenFrom]:
        """Return from whom the card was taken, and on which days."""
        return taken_from(self.trace)

    @property
    def named_by_lists(self) -> list[Party]:
        """Return whom lists without a day name for the card, and no chain."""
        return named_by_lists(self.trace)

    @property
    def declared_users(self) -> tuple[str, ...]:
        """Return whom lists call a user of the card, where no record of a use names one."""
        return self.trace.declared_users if self.trace.end_user is None else ()

    declared_heading: ClassVar[Phrase] = field_text("declared_user")

    def _is_undecided(self, code: str) -> bool:
        # several chains each have a holder of their own, but an end user can be missing for want of records
        return len(self.trace.chains) > 1 and (code != "end_user" or bool(self.trace.activations))

    @cached_property
    def parties(self) -> list[Party]:
        """Return all parties of the trace."""
        return parties_of(self.trace)

    @cached_property
    def anchors(self) -> RowAnchors:
        """Return the ids of the rows."""
        return RowAnchors(self.ident, {party.id: number for number, party in enumerate(self.parties, 1)})

    @cached_property
    def drawing(self) -> Markup:
        """Return the drawing of the chain for a screen."""
        return draw_chain(self.trace, anchors=self.anchors)

    @cached_property
    def drawing_on_paper(self) -> Markup | None:
        """Return the drawing in narrower bands, if it would be too small on paper."""
        longest = max((len(chain.hops) for chain in self.trace.chains), default=0)
        return draw_chain(self.trace, columns=ON_PAPER) if longest >= ON_PAPER else None

    @property
    def legend(self) -> list[str]:
        """Return the legend of the drawing."""
        links = [link for _, link in links_of(build_trees(self.trace))]
        precisions = {link.hop.precision for link in links if link.hop}
        uses = {
            "solid": bool(precisions - {"quantity"}),
            "dashed": "quantity" in precisions,
            "gap": any(link.sort == "gap" for link in links),
            "use": any(link.sort == "use" for link in links),
            "falls": any(link.falls for link in links),
            "activation": bool(self.trace.activations),
            "seizure": any(seizure.when for seizure in self.trace.seizures),
            "unaccounted": any(link.window for link in links),
        }
        return [sign for sign, is_used in uses.items() if is_used]

    @property
    def chains(self) -> list[tuple[Chain, int, Phrase, Phrase | None]]:
        """Return each chain with its number, its title, and the explanation of its outcome if there are several."""
        chains = self.trace.chains
        if len(chains) == 1:
            return [(chains[0], 0, label_text("steps"), None)]
        return [
            (
                chain,
                place,
                label_text("chain_of", letter=ascii_uppercase[place], count=len(chains)),
                in_both(lambda lang, chain=chain: explain_chain(chain, lang)),  # type: ignore[misc]
            )
            for place, chain in enumerate(chains)
        ]

    @property
    def corroboration(self) -> list[Section]:
        """Return the sections of records that share a key with the hops."""
        return corroboration_sections(self.trace)

    @property
    def lists(self) -> list[Part]:
        """Return the lists that name the card, and the judgements on which the trace rests."""
        return list_sections(self.trace)

    def gap_text(self, before: Hop, after: Hop) -> Phrase:
        """Return the text of a gap between two hops."""
        is_window = before.span.earliest <= after.span.latest
        window = {"since": before.day, "until": after.day} if is_window else {"since": None, "until": None}
        return label_text("gap", before={"id": after.sender.id, "name": after.sender.name}, **window)

    def other_dates(self, hop: Hop) -> list[str]:
        """Return the days that records state for a hop other than its date."""
        return [day for day in hop.dates if day != hop.day]

    def form_text(self, party: Party) -> Text | None:
        """Whether a party is a firm or a natural person, where its number says so."""
        return party_words(party, None)

    @cached_property
    def said(self) -> list[Phrase]:
        """Return what a person said at load and the answer rests on."""
        return said_texts(self.trace)

    def lead_text(self, lead: Lead) -> Phrase:
        """Return the text of a lead: the party to ask, and the record to ask for."""
        return in_both(lambda lang: lead_message(lead, lang))

    def letter_texts(self, lead: Lead) -> list[tuple[str, Text]]:
        """Return reference and text of each letter that asks what a lead asks."""
        return [(each.letter.reference, about_text(each, self.letters.day)) for each in self.letters.about(lead)]

    @property
    def earlier_letters(self) -> list[tuple[str, Text]]:
        """Return reference and text of each letter that asks what no lead of the card asks any more."""
        found = earlier_letters(self.trace, self.letters)
        return [(each.letter.reference, about_text(each, self.letters.day)) for each in found]

    @property
    def has_moved_times(self) -> bool:
        """Whether it has to be said in which zone times of day are shown."""
        return may_have_moved_times(self.trace)

    def clock(self, text: str) -> str:
        """Return a time in readable form."""
        return format_time(text)

    def roles(self, party: Party) -> list[Phrase]:
        """Return the roles of a party in the custody of the card."""
        trace = self.trace
        registrants = {chain.registrant for chain in trace.chains}
        roles = {
            "carrier": party.is_carrier,
            "registrant": party in registrants,
            "holder": any(chain.holder == party for chain in trace.chains),
            trace.end_user_code: party == trace.end_user,
        }
        names = [label_text(role) for role, applies in roles.items() if applies]
        return names or [label_text(self._lesser_role(party))]

    def _lesser_role(self, party: Party) -> str:
        """Return the role of a party that is no key party; only a party that a record of use names is called a user."""
        if any(party in (hop.sender, hop.receiver) for chain in self.trace.chains for hop in chain.hops):
            return "hop_hand"
        if any(used.user == party for used in self.trace.activations):
            return "user_heading"
        is_listed = any(listing.party == party for listing in self.trace.card_lists)
        return "listed_heading" if is_listed else "seized_from_heading"

    def dates(self, party: Party, direction: str) -> Iterator[str]:
        """Yield the days on which a party received the card or passed it on."""
        days = (
            hop.day
            for chain in self.trace.chains
            for hop in chain.hops
            if hop.day is not None and (hop.receiver if direction == "received" else hop.sender) == party
        )
        return iter(dict.fromkeys(days))

    @property
    def files(self) -> list[tuple[str, str, list[Origin]]]:
        """Return name and full SHA-256 of each file on which the answer rests, with its rows."""
        trace = self.trace
        hops = [hop for chain in trace.chains for hop in chain.hops]
        stated: tuple[Hop | Corroboration | CardListing | ChipLink | Activation | Seizure, ...] = (
            *hops,
            *(each for hop in hops for each in hop.corroboration),
            *trace.card_lists,
            *trace.chips,
            *trace.activations,
            *trace.seizures,
        )
        origins = {origin for statement in stated for origin in statement.origins}
        origins.update(origin for finding in trace.findings for origin in finding.evidence)
        return source_files(origins)


def source_files(origins: Collection[Origin]) -> list[tuple[str, str, list[Origin]]]:
    """Return name and full SHA-256 of the files of some rows, with these rows."""
    rows: dict[tuple[str, str], list[Origin]] = {}
    for origin in sorted(origins, key=lambda origin: (origin.file, origin.sort_key)):
        rows.setdefault((origin.file, origin.sha256), []).append(origin)
    return [(file, sha256, found) for (file, sha256), found in rows.items()]


FULL_PARTIES = 20
"""Maximum number of parties with evidence on the page; the page states where the evidence of the others is."""

PASSAGES = 40
"""Maximum number of cards that are named as the evidence of a party."""

NAMED = 3
"""Maximum number of parties of the smallest set in the head of the page."""

CARDS = 200
"""Maximum number of cards that are open at once; the page folds the others."""


def shared_parties_page(shared: SharedParties, lang: Lang, *, case: str | None = None, as_of: str | None = None) -> str:
    """Return the page of the parties that cards share.

    - ``shared``: the answer.
    - ``lang``: the language that the page opens in.
    - ``case``: name of the case, if it is shown on the page.
    - ``as_of``: the day as of which the question was answered.
    """
    ring = OverviewGraph([card.trace for card in shared.cards])
    everyone = [
        # somebody who used a card that no chain leads to is not drawn
        RankedParty(party, place, ring.idents.get(party.party.id, f"u{place}"))
        for place, party in enumerate((*shared.parties, *shared.carriers), 1)
    ]
    ranked = everyone[: len(shared.parties)]
    evidence = ranked[:FULL_PARTIES]
    origins = {origin for one in evidence for passage in one.passages for origin in _origins(passage)}
    data = {
        "title": in_both(
            lambda lang: f"{getattr(label_text('shared_parties_page', cards=len(shared.cards)), lang)} · graphtrace"
        ),
        "shared": shared,
        "ring": ring,
        "cards": [TracePageModel(card.trace, number) for number, card in enumerate(shared.cards, 1)],
        "card_numbers": {card.key: number for number, card in enumerate(shared.cards, 1)},
        "ranked": ranked,
        "carriers": everyone[len(ranked) :],
        "evidence": evidence,
        "files": source_files(origins),
        "lift": format_lift,
        "full": FULL_PARTIES,
        "most_passages": PASSAGES,
        "most_cards": CARDS,
        "share_text": format_share,
        "named_in_key": NAMED,
        "drawn": DRAWN,
        "linked": LINKED,
        "case": case,
        "as_of": as_of,
    }
    return render_page("shared.html", data, lang, scripts=("cytoscape.min.js", "ring.js") if ring.members else ())


@dataclass(frozen=True)
class RankedParty:
    """Template model of one party, with its rank and the id of its row."""

    shared: SharedParty
    place: int
    ident: str

    @property
    def passages(self) -> tuple[CardPassage, ...]:
        """Return the cards that the page names as evidence."""
        return self.shared.evidence[:PASSAGES]


def _origins(passage: CardPassage) -> Iterator[Origin]:
    for hops in passage.hops.values():
        for hop in hops:
            yield from hop.origins
    yield from passage.origins
