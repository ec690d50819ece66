"""The guided questions (SPEC 12): how far the records of a case answer each for its seized cards, and what is missing.

States follow from outcomes, rows that were not read, leads and letters; nobody sets one by hand. A card of which a row
that was not read may say more counts as answered in no question about its way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.sibling_cards import find_siblings
from graphtrace.analysis.typed_cards import cards_seized_in
from graphtrace.model import Lead, Outcome, Party, party_dict
from graphtrace.results.case_status import GuidedQuestion, GuidedQuestions, GuidedStatement, QuestionCode, Unread
from graphtrace.results.letters import AskedInLetters, letters_of
from graphtrace.results.siblings import Siblings
from graphtrace.results.trace import Trace

MAX_CARDS: Final = 5_000
"""Maximum number of cards that are traced."""

MAX_SIBLINGS: Final = 200
"""Maximum number of cards whose siblings are looked for: each transfer that one moved in is a pass of its own."""

_WITHOUT_GAP: Final = (Outcome.CONTINUOUS, Outcome.INFERRED)
_ASKED: Final = ("sent", "answered", "void")


def answer_guided(
    tracer: Tracer, ids: Sequence[str] | None, unread: Unread, notes: Sequence[Mapping[str, Any]]
) -> GuidedQuestions:
    """Return the guided questions about some cards; about the seized cards of the case with ``None``.

    Cost: a trace for each card, :data:`MAX_CARDS` at most, and the siblings of :data:`MAX_SIBLINGS` at most.
    """
    is_list = ids is not None
    if ids is None:
        ids = cards_seized_in(tracer.store, None)
    asked = ids[:MAX_CARDS]
    traces = tracer.trace(asked, near_misses=False)
    siblings = find_siblings(tracer, asked[:MAX_SIBLINGS])
    cards = _Cards(traces, len(ids) - len(asked), unread)
    questions = (
        cards.which_cards(),
        cards.registered_by(),
        cards.passed_on_by(),
        cards.used_by(),
        cards.broken_where(),
        cards.still_active(siblings),
        cards.who_else(),
        cards.ready_to_send(notes),
    )
    return GuidedQuestions(questions=questions, cards=cards.total, omitted=cards.omitted, is_list=is_list)


class _Cards:
    """The traces of the cards, and what they say to each question.

    ``omitted`` cards were not traced; they count as open in every question.
    """

    def __init__(self, traces: Sequence[Trace], omitted: int, unread: Unread) -> None:
        self.traces = traces
        self.omitted = omitted
        self.total = len(traces) + omitted
        self._unread = unread
        self._doubtful = {
            id(trace): (finding.params["recorded"], finding.params["origin"]["file"])
            for trace in traces
            for finding in sorted(trace.findings, key=lambda each: not each.params.get("recorded"))
            if finding.code == "unread_movement"
        }

    def which_cards(self) -> GuidedQuestion:
        """Answer which cards: those whose ICCID is known, with the numbers of their criminal cases."""
        known = [trace for trace in self.traces if trace.found and trace.card is not None and trace.card.iccid]
        by_case = Counter(
            case_no for trace in known for case_no in {seizure.case_no for seizure in trace.seizures if seizure.case_no}
        )
        answer = [_statement("cards_known", known)] if known else []
        answer += [
            GuidedStatement(code="case_cards", count=count, params={"case_no": case_no})
            for case_no, count in sorted(by_case.items(), key=lambda each: (-each[1], each[0]))
        ]
        missing = []
        if not self.total:
            missing.append(GuidedStatement(code="no_cards"))
        if unlinked := [trace for trace in self.traces if trace.found and trace not in known]:
            missing.append(_statement("number_only", unlinked))
        if absent := [trace for trace in self.traces if not trace.found]:
            missing.append(_statement("in_no_record", absent))
        if any(self._unread):
            missing.append(GuidedStatement(code="not_read", params=self._unread._asdict()))
        return self._question("which_cards", known, answer, missing)

    def registered_by(self) -> GuidedQuestion:
        """Answer who registered them: cards with one registrant."""
        known = self._certain(lambda trace: trace.registrant is not None)
        answer = _by_party("party_cards", self.traces, lambda trace: [trace.registrant])
        return self._question("registered_by", known, answer, self._missing(known, "purchase_record"))

    def passed_on_by(self) -> GuidedQuestion:
        """Answer who passed them on: cards whose way to the last holder is documented without a gap."""
        known = self._certain(lambda trace: trace.outcome is Outcome.CONTINUOUS)
        passed = _by_party("passed_on", self.traces, _resellers)
        held = _by_party("held_last", self.traces, lambda trace: [trace.holder])
        answer = sorted((*passed, *held), key=lambda one: -one.card_count)
        if kept := [trace for trace in known if not _resellers(trace)]:
            answer.append(_statement("passed_on_by_nobody", kept))
        missing = self._missing(known, "transfer_record", "purchase_record")
        if inferred := self._certain(lambda trace: trace.outcome is Outcome.INFERRED):
            missing.append(_statement("inferred", inferred))
        return self._question("passed_on_by", known, answer, missing)

    def used_by(self) -> GuidedQuestion:
        """Answer who used them: cards with a user on record; who is presumed to have used one comes after them."""
        known = self._certain(lambda trace: trace.end_user_basis == "named")
        named, presumed = (
            [trace for trace in self.traces if trace.end_user_basis == basis] for basis in ("named", "holder_that_day")
        )
        answer = [
            *_by_party("party_cards", named, lambda trace: [trace.end_user]),
            *_by_party("presumed_cards", presumed, lambda trace: [trace.end_user]),
        ]
        missing = self._missing(known, "activation_record", "number_assignment")
        unnamed = [trace for trace in self.traces if trace.end_user is None and trace.activations]
        if unnamed:
            missing.append(_statement("user_not_stated", unnamed))
        return self._question("used_by", known, answer, missing)

    def broken_where(self) -> GuidedQuestion:
        """Answer where the chain is broken, and whom to ask: done are cards without a gap."""
        known = self._certain(lambda trace: trace.outcome in _WITHOUT_GAP)
        gaps: dict[tuple[Party, Party], list[Trace]] = defaultdict(list)
        for trace in self.traces:
            for finding in trace.findings:
                if finding.code == "custody_gap":
                    after, before = (_party_of(finding.params[side]) for side in ("after", "before"))
                    gaps[after, before].append(trace)
        answer = [
            _statement("gap", traces, after, params={"before": party_dict(before)})
            for (after, before), traces in sorted(gaps.items(), key=lambda each: (-len(each[1]), each[0]))
        ]
        if known:
            answer.append(_statement("no_gap", known))
        missing = self._missing(known, "transfer_record", "purchase_record")
        return self._question("broken_where", known, answer, missing)

    def still_active(self, siblings: Siblings) -> GuidedQuestion:
        """Answer which of their cards are still active: done are cards that records say moved with others."""
        moved = {id(trace): trace for trace in self.traces if trace.chains}
        looked_at = {each.trace.card.key for each in siblings if each.trace.card is not None and each.same_way}
        known = [
            trace
            for trace in self.traces
            if id(trace) in moved and trace.card is not None and trace.card.key in looked_at
        ]
        by_carrier: Counter[str] = Counter()
        for entry in siblings.suspension:
            by_carrier[entry.cards.carrier or ""] += entry.cards.cards
        answer = [
            GuidedStatement(code="active", count=count, params={"carrier": carrier or None})
            for carrier, count in sorted(by_carrier.items(), key=lambda each: (-each[1], each[0]))
        ]
        if known and not answer:
            answer.append(_statement("none_active", known))
        missing = []
        if len(self.traces) > MAX_SIBLINGS:
            missing.append(GuidedStatement(code="siblings_omitted", count=len(self.traces) - MAX_SIBLINGS))
        if still := [trace for trace in self.traces if id(trace) not in moved]:
            missing.append(_statement("no_movement", still))
        return self._question("still_active", known, answer, missing)

    def who_else(self) -> GuidedQuestion:
        """Answer who else: done are cards that passed through somebody through whom another of the cards passed."""
        by_party: dict[Party, list[Trace]] = defaultdict(list)
        for trace in self.traces:
            for party in dict.fromkeys(_hands(trace)):
                by_party[party].append(trace)
        shared = {party: traces for party, traces in by_party.items() if len(traces) > 1}
        joined = {id(trace) for traces in shared.values() for trace in traces}
        known = [trace for trace in self.traces if id(trace) in joined]
        answer = [
            _statement("shared", traces, party)
            for party, traces in sorted(shared.items(), key=lambda each: (-len(each[1]), each[0]))
        ]
        missing = []
        if self.total == 1:
            missing.append(GuidedStatement(code="one_card_only"))
        elif alone := [trace for trace in self.traces if id(trace) not in joined]:
            missing.append(_statement("shares_nobody", alone))
        return self._question("who_else", known, answer, missing)

    def ready_to_send(self, notes: Sequence[Mapping[str, Any]]) -> GuidedQuestion:
        """Answer what is ready to be sent: of the cards with leads, done are those with all requests sent or closed."""
        sent = _sent(notes)
        asked = [trace for trace in self.traces if trace.leads]
        known = [trace for trace in asked if all(sent(lead) for lead in trace.leads)]
        requests: dict[Party | None, list[Trace]] = defaultdict(list)
        for trace in asked:
            for party in dict.fromkeys(lead.ask for lead in trace.leads if not sent(lead)):
                requests[party].append(trace)
        answer = [
            _statement("to_send", traces, party)
            for party, traces in sorted(requests.items(), key=lambda each: (-len(each[1]), _id_of(each[0])))
        ]
        by_state = Counter(letter.state.state for letter in letters_of(notes))
        if by_state:
            counts = {state: by_state[state] for state in ("new", "sent", "answered")}
            answer.insert(0, GuidedStatement(code="letters", count=len(asked), params=counts))
        if known:
            answer.append(_statement("all_sent", known))
        if self.traces and not asked:
            answer.append(GuidedStatement(code="no_lead", count=len(self.traces)))
        total = len(asked) + self.omitted
        return GuidedQuestion(
            code="ready_to_send", done=len(known), total=total, answer=tuple(answer), missing=self._cut()
        )

    # -- what is missing ----------------------------------------------------------------------------------------

    def _question(
        self,
        code: QuestionCode,
        known: Sequence[Trace],
        answer: Sequence[GuidedStatement],
        missing: Sequence[GuidedStatement],
    ) -> GuidedQuestion:
        return GuidedQuestion(
            code=code, done=len(known), total=self.total, answer=tuple(answer), missing=(*missing, *self._cut())
        )

    def _cut(self) -> tuple[GuidedStatement, ...]:
        return (GuidedStatement(code="omitted", count=self.omitted),) if self.omitted else ()

    def _certain(self, is_known: Callable[[Trace], bool]) -> list[Trace]:
        """Return the cards of which something is known and no row that was not read may say otherwise."""
        return [trace for trace in self.traces if id(trace) not in self._doubtful and is_known(trace)]

    def _missing(self, known: Sequence[Trace], *record_types: str) -> list[GuidedStatement]:
        """Return which records of whom would answer for the other cards, and the files with rows that were not read."""
        done = {id(trace) for trace in known}
        wanted: dict[tuple[Party | None, str], list[Trace]] = defaultdict(list)
        unread: dict[tuple[bool, str], list[Trace]] = defaultdict(list)
        for trace in self.traces:
            if id(trace) in done:
                continue
            if id(trace) in self._doubtful:
                unread[self._doubtful[id(trace)]].append(trace)
            for asked in dict.fromkeys((lead.ask, lead.record_type) for lead in trace.leads):
                if asked[1] in record_types:
                    wanted[asked].append(trace)
        found = [
            _statement("remarks_not_understood" if recorded else "rows_not_read", traces, params={"file": file})
            for (recorded, file), traces in sorted(unread.items(), key=lambda each: (-len(each[1]), each[0]))
        ]
        ordered = sorted(wanted.items(), key=lambda each: (-len(each[1]), each[0][1], _id_of(each[0][0])))
        found += [_statement("record_of", traces, party, params={"wanted": kind}) for (party, kind), traces in ordered]
        return found


def _statement(
    code: str, traces: Sequence[Trace], party: Party | None = None, *, params: Mapping[str, Any] | None = None
) -> GuidedStatement:
    cards = tuple(dict.fromkeys(trace.card.label if trace.card else trace.input for trace in traces))
    return GuidedStatement(code=code, party=party, cards=cards, params=params or {})


def _by_party(
    code: str, traces: Sequence[Trace], parties_of: Callable[[Trace], Iterable[Party | None]]
) -> list[GuidedStatement]:
    """Return the parties of some cards, those of most cards first."""
    by_party: dict[Party, list[Trace]] = defaultdict(list)
    for trace in traces:
        for party in dict.fromkeys(parties_of(trace)):
            if party is not None:
                by_party[party].append(trace)
    ordered = sorted(by_party.items(), key=lambda each: (-len(each[1]), each[0]))
    return [_statement(code, found, party) for party, found in ordered]


def _resellers(trace: Trace) -> list[Party]:
    """Return who passed a card on: the senders of its hops but carriers and the registrant."""
    senders = [hop.sender for chain in trace.chains for hop in chain.hops]
    return [party for party in senders if not party.is_carrier and party != trace.registrant]


def _hands(trace: Trace) -> list[Party]:
    """Return everybody but carriers through whose hands a card went."""
    hands = [party for chain in trace.chains for hop in chain.hops for party in (hop.sender, hop.receiver)]
    return [party for party in hands if not party.is_carrier]


def _id_of(party: Party | None) -> str:
    return "" if party is None else party.id


def _party_of(params: Mapping[str, Any]) -> Party:
    return Party(params["id"], params["name"])


def _sent(notes: Sequence[Mapping[str, Any]]) -> Callable[[Lead], bool]:
    """Return whether a lead was sent, answered or given up: by a letter, or by the last note about its request."""
    states = {note["about"]: note["state"] for note in notes if note["kind"] == "lead"}
    in_letters = AskedInLetters(letters_of(notes))

    def is_sent(lead: Lead) -> bool:
        asked = lead.ask.id if lead.ask else ""
        about = f"{asked}|{lead.record_type}|{lead.because}|{lead.since or ''}|{lead.until or ''}"
        return in_letters.is_sent(lead) or states.get(f"lead:{about}") in _ASKED

    return is_sent
