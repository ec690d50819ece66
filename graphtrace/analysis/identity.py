"""What identifies the parties of an answer: which records say so, and which joints of a chain rest on a name alone.

A name without an identifier joins the only party that bears it anywhere in the case (SPEC 3). That serves order and
continuity, and is no statement about a person: 王伟 of one file need not be 王伟 of another. So an answer shows the
identifier of a party only where a record about the card, or a row of a file that names the card by this party, states
it with the name, or a judgement says so (SPEC 13); else the party stands by its name, and what the case also knows is
said apart.

Cost: a look at the mentions of each hop; the store is asked only where a name joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.analysis.corroboration import SupportBook, place_of
from graphtrace.custody import FINDING_SEVERITIES, sort_findings
from graphtrace.identifiers import is_persons_document, normalize_party_name
from graphtrace.identifiers.names import simplify_name
from graphtrace.model import Activation, Chain, Finding, Hop, Origin, Party, Seizure, hop_reference, party_dict
from graphtrace.results.lone_names import LoneNames
from graphtrace.results.trace import Trace
from graphtrace.storage.base import Backend
from graphtrace.storage.records import StoredRecord

if TYPE_CHECKING:
    from graphtrace.storage.base import Scope
    from graphtrace.storage.duckdb.session import CaseSession
    from graphtrace.storage.records import LoneName

_CONTACTS = ("telephone", "wechat", "qq", "alipay", "taobao", "bank", "account")
"""Kinds of contacts of which different ones at the two sides of a joint speak against one person."""


_name_key = lru_cache(maxsize=1 << 14)(normalize_party_name)
"""Names repeat from card to card."""


class Joint(NamedTuple):
    """Two hops that follow each other, and the mentions by which their records name the party between them."""

    before: Hop
    after: Hop
    receivers: Sequence[Party]
    senders: Sequence[Party]

    @property
    def strong(self) -> tuple[set[str], set[str]]:
        """Return the identifiers that the records of both sides state."""
        return {each.strong for each in self.receivers} - {""}, {each.strong for each in self.senders} - {""}

    @property
    def names(self) -> tuple[set[str], set[str]]:
        """Return the normalised names that the records of both sides state."""
        return {each.name_key for each in self.receivers} - {""}, {each.name_key for each in self.senders} - {""}

    @property
    def rests_on_name(self) -> bool:
        """Whether no identifier stands on both sides."""
        return self.strong[0].isdisjoint(self.strong[1])

    @property
    def share_name(self) -> bool:
        """Whether both sides name it alike, or one of them gives no name."""
        return not all(self.names) or not self.names[0].isdisjoint(self.names[1])

    @property
    def is_across_files(self) -> bool:
        """Whether no file states both hops."""
        files = {origin.sha256 for origin in self.before.origins}
        return files.isdisjoint(origin.sha256 for origin in self.after.origins)


class IdentityChecker:
    """Says of traces what identifies their parties, and keeps what it learned of the case."""

    def __init__(self, store: Backend) -> None:
        self._store = store
        self._writings: dict[tuple[str, str], str] = {}
        # with the rows, so that their numbers stay theirs
        self._concluded: dict[tuple[int, ...], tuple[tuple[Sequence[Finding], _Shown], Sequence[StoredRecord]]] = {}

    @cached_property
    def lone_names(self) -> Sequence[LoneName]:
        """The names in sheets that join a party with an identifier where no row of the file and no judgement does."""
        names = self._store.lone_names
        return (
            [name for name in names if not self._store.judgements.join(name.party_id)]
            if self._store.judgements
            else names
        )

    @cached_property
    def _lone(self) -> frozenset[tuple[str, str, str]]:
        """Parties by id with the normalised names and the hashes of the files that know them by these alone."""
        return frozenset((name.party_id, name.name_key, name.sha256) for name in self.lone_names)

    def session(self, scope: Scope) -> CaseSession:
        """Return tables with the records of a scope, which know what is a name alone."""
        session = self._store.session(scope)
        session.mark_lone_names(self.lone_names)
        return session

    @cached_property
    def lone(self) -> LoneNames:
        """The parties that these names join."""
        writings: dict[str, dict[str, str]] = defaultdict(dict)
        for name in sorted(self.lone_names, key=lambda each: (each.sha256, each.sheet, each.name)):
            writings[name.party_id].setdefault(name.name_key, name.name)
        return LoneNames(writings)

    def is_lone(self, party: Party, sha256: str) -> bool:
        """Whether a record of a file knows a party with an identifier by its name alone, as do all rows of the file."""
        return not party.strong and (party.id, party.name_key, sha256) in self._lone

    def named_in(self, party: Party, origins: Iterable[Origin]) -> Party:
        """Return a party as the records at some places name it: by its name alone where these say no more."""
        return self.lone.shown(party) if all(self.is_lone(party, origin.sha256) for origin in origins) else party

    def check(self, trace: Trace, rows: Sequence[StoredRecord], supports: SupportBook | None) -> Trace:
        """Return the trace with parties as the records about the card identify them, and what speaks against one.

        Parameters
        ----------
        rows
            The records about the card.
        supports
            The supporting records of the case; ``None`` if it has none.
        """
        found, shown = self._conclude(trace, rows, supports)
        if found:
            trace = replace(trace, findings=_with_findings(trace.findings, found))
        return _with_identified_sides(_renamed(trace, shown), rows, shown)

    def _conclude(
        self, trace: Trace, rows: Sequence[StoredRecord], supports: SupportBook | None
    ) -> tuple[Sequence[Finding], _Shown]:
        """Return what has to be said and how parties are shown; asked once for cards that only the same ranges name."""
        key = tuple(map(id, rows))
        if key in self._concluded:
            return self._concluded[key][0]
        concluded = self._judge(trace, rows, supports)
        if all(row.lot is not None for row in rows):
            self._concluded[key] = (concluded, rows)
        return concluded

    def _judge(
        self, trace: Trace, rows: Sequence[StoredRecord], supports: SupportBook | None
    ) -> tuple[Sequence[Finding], _Shown]:
        named = _mentions(trace, rows)
        if all(_is_identified(party) for mentions in named.values() for party, _ in mentions):
            return (), _Shown({}, {})
        joints = [joint for chain in trace.chains for joint in _joints(chain, rows)]
        by_name = [
            joint
            for joint in joints
            if joint.rests_on_name and not self._store.judgements.join(joint.before.receiver.id)
        ]
        found = list(self._joined_by_name(joint for joint in by_name if joint.is_across_files and joint.share_name))
        found += [finding for joint in joints if (finding := _differing(joint, by_name, supports)) is not None]
        found += self._events_joined_by_name(trace, rows)
        unproven = {party.id: party for party in self._unproven(named)}
        found += [_known_by_name(party) for party in unproven.values()]
        return found, self._shown(named, unproven)

    def _joined_by_name(self, joints: Iterable[Joint]) -> Iterator[Finding]:
        """Yield one finding for each party that joins hops of different files by its name."""
        by_party: dict[str, list[Joint]] = defaultdict(list)
        for joint in joints:
            if not joint.after.gap_before:
                by_party[joint.before.receiver.id].append(joint)
        for of_party in by_party.values():
            hops = {hop.n: hop for joint in of_party for hop in (joint.before, joint.after)}
            origins = tuple(dict.fromkeys(origin for n in sorted(hops) for origin in hops[n].origins))
            party = of_party[0].before.receiver
            yield Finding(
                code="joined_by_name",
                severity="warning" if party.namesakes else FINDING_SEVERITIES["joined_by_name"],
                params={
                    "hops": [hop_reference(hops[n]) for n in sorted(hops)],
                    "name": self._own_writing(party) or party.name,
                    "files": sorted({origin.file for origin in origins}),
                },
                evidence=origins,
            )

    def _events_joined_by_name(self, trace: Trace, rows: Sequence[StoredRecord]) -> Iterator[Finding]:
        """Yield a finding for each user, and person from whom the card was seized, whom only a name makes a holder."""
        received = {hop.receiver.id: hop for chain in reversed(trace.chains) for hop in chain.hops}
        events: dict[tuple[str, Party], list[Activation | Seizure]] = defaultdict(list)
        for used in trace.activations:
            if used.user is not None:
                events["user_joined_by_name", used.user].append(used)
        for taken in trace.seizures:
            if taken.seized_from is not None:
                events["seized_joined_by_name", taken.seized_from].append(taken)
        for (code, party), stated in events.items():
            hop = received.get(party.id)
            if hop is not None and not party.is_carrier and not self._store.judgements.join(party.id):
                places = [origin for event in stated for origin in event.origins]
                if _rests_on_name(_named_at(hop.origins, rows), _named_at(places, rows)):
                    yield self._event_by_name(code, party, hop, stated)

    def _event_by_name(self, code: str, party: Party, hop: Hop, stated: Sequence[Activation | Seizure]) -> Finding:
        origins = tuple(dict.fromkeys((*hop.origins, *(origin for event in stated for origin in event.origins))))
        return Finding(
            code=code,
            severity="warning" if party.namesakes else FINDING_SEVERITIES[code],
            params={
                "hop": hop_reference(hop),
                "name": self._own_writing(party) or party.name,
                "dates": sorted({event.when.day for event in stated if event.when is not None}),
                "files": sorted({origin.file for origin in origins}),
            },
            evidence=origins,
        )

    def _unproven(self, named: Mapping[str, Sequence[_Mention]]) -> Iterator[Party]:
        """Yield the parties whose identifier no record about the card, no file of it and no judgement states."""
        for mentions in named.values():
            if all(self.is_lone(*mention) for mention in mentions):
                yield mentions[0].party

    def _shown(self, named: Mapping[str, Sequence[_Mention]], unproven: Mapping[str, Party]) -> _Shown:
        written = {
            (party.id, party.name_key): writing
            for mentions in named.values()
            for party, _ in mentions
            if (writing := self._own_writing(party)) is not None
        }
        instead = {party_id: party.by_name(party.name_key, party.name) for party_id, party in unproven.items()}
        for party_id, mentions in named.items():
            party = mentions[0].party
            own = {written.get((party_id, each.name_key), each.name) for each, _ in mentions if each.name_key}
            if _has_businesses(party) and party_id not in instead and own and party.name not in own:
                # a branch or shop that only the records of other cards name has no part in this one
                instead[party_id] = replace(party, name=min(own))
        return _Shown(instead, written)

    def _own_writing(self, party: Party) -> str | None:
        """Return the name that the records of a mention write, where it is another than that of the party."""
        if not party.name_key or party.name_key == _name_key(party.name) or self._store.judgements.join(party.id):
            return None
        key = (party.id, party.name_key)
        if key not in self._writings:
            writings = [name for _, name in self._store.names_of_party(party)]
            own = sorted(name for name in writings if normalize_party_name(name) == party.name_key)
            self._writings[key] = own[0] if own else party.name
        return self._writings[key]


class _Mention(NamedTuple):
    """A party as a record names it, and the hash of the record's file."""

    party: Party
    file: str


class _Shown(NamedTuple):
    """Parties by id as they are shown, and the writing of mentions by id and normalised name.

    ``instead`` has those that stand by their name only, and carriers and persons that no record about the card calls by
    their name.
    """

    instead: Mapping[str, Party]
    written: Mapping[tuple[str, str], str]

    def side(self, party: Party) -> Party:
        """Return a side of a hop with the name that its own record writes."""
        shown = self.instead.get(party.id)
        if shown is not None and shown.identified_by == "name":
            return shown
        writing = self.written.get((party.id, party.name_key))
        return party if writing is None else replace(party, name=writing)

    def params(self, value: Any, hops: _HopReferences) -> Any:
        """Return the parameters of a finding with parties as they are shown, and those of a hop as it shows them."""
        if isinstance(value, dict):
            if value.keys() == _HOP_KEYS:
                return hops.get(_hop_key(value), value)
            known = self.instead.get(value.get("id", ""))
            if known is not None and value.keys() == {"id", "name"}:
                return party_dict(known)
            return {name: self.params(each, hops) for name, each in value.items()}
        return [self.params(each, hops) for each in value] if isinstance(value, list) else value

    def finding(self, finding: Finding, hops: _HopReferences) -> Finding:
        """Return a finding with the parties as they are shown."""
        params = self.params(finding.params, hops)
        return finding if params == finding.params else replace(finding, params=params)


_HopReferences = Mapping[tuple[int, str, str], Mapping[str, Any]]
_HOP_KEYS: Final = frozenset(("n", "from", "to"))


def _hop_key(reference: Mapping[str, Any]) -> tuple[int, str, str]:
    return reference["n"], reference["from"]["id"], reference["to"]["id"]


def _mentions(trace: Trace, rows: Sequence[StoredRecord]) -> Mapping[str, Sequence[_Mention]]:
    """Return by party how the records about the card, and quantity-only ones in its chains, name it."""
    found: dict[str, list[_Mention]] = defaultdict(list)
    for row in rows:
        for party in (row.sender, row.receiver):
            if party is not None:
                found[party.id].append(_Mention(party, row.origin.sha256))
    for chain in trace.chains:
        for hop in chain.hops:
            if hop.precision == "quantity":
                for party in (hop.sender, hop.receiver):
                    found[party.id] += [_Mention(party, origin.sha256) for origin in hop.origins]
    return found


def _has_businesses(party: Party) -> bool:
    """Whether a party may have names of several places of business: branches of a carrier, shops of a person."""
    return party.is_carrier or (party.strong_id is not None and is_persons_document(party.strong_id))


def _is_identified(party: Party) -> bool:
    """Whether a mention states who is meant, by the name of the party: nothing has to be said of it then."""
    return (party.is_carrier or bool(party.strong)) and party.name_key in ("", _name_key(party.name))


def _joints(chain: Chain, rows: Sequence[StoredRecord]) -> Iterator[Joint]:
    by_row = {row.origin: row for row in rows} if any(len(hop.origins) > 1 for hop in chain.hops) else {}
    for before, after in pairwise(chain.hops):
        if not before.receiver.is_carrier:
            receivers = [row.receiver for row in _rows_of(before, by_row)] or [before.receiver]
            senders = [row.sender for row in _rows_of(after, by_row)] or [after.sender]
            yield Joint(before, after, [each for each in receivers if each], [each for each in senders if each])


def _rows_of(hop: Hop, by_row: Mapping[Origin, StoredRecord]) -> list[StoredRecord]:
    return [by_row[origin] for origin in hop.origins if origin in by_row] if len(hop.origins) > 1 else []


def _named_at(origins: Sequence[Origin], rows: Sequence[StoredRecord]) -> list[_Mention]:
    """Return how the rows at some places name the receiver or user, or the person from whom a card was seized."""
    places = set(origins)
    return [
        _Mention(party, row.origin.sha256)
        for row in rows
        if row.origin in places
        if (party := row.sender if row.kind == "seizure" else row.receiver) is not None
    ]


def _rests_on_name(ones: Sequence[_Mention], others: Sequence[_Mention]) -> bool:
    """Whether mentions of different files have a name in common and no identifier."""
    strong = [{party.strong for party, _ in mentions} - {""} for mentions in (ones, others)]
    names = [{party.name_key for party, _ in mentions} - {""} for mentions in (ones, others)]
    files = [{file for _, file in mentions} for mentions in (ones, others)]
    return files[0].isdisjoint(files[1]) and not names[0].isdisjoint(names[1]) and strong[0].isdisjoint(strong[1])


def _differing(joint: Joint, by_name: Sequence[Joint], supports: SupportBook | None) -> Finding | None:
    """Return the finding that the two sides of a joint state different persons, if they do."""
    names, strong = joint.names, joint.strong
    if joint.after.gap_before:
        same_name = names[0] & names[1]
        values = strong[0] | strong[1] if same_name and all(strong) and joint.rests_on_name else set()
    elif all(names) and _are_other_names(*names) and (not joint.rests_on_name or joint in by_name):
        values = names[0] | names[1]
    elif supports is not None and joint in by_name:
        values = _differing_contacts(joint, supports)
    else:
        values = set()
    if not values:
        return None
    return Finding(
        code="identity_differs",
        severity=FINDING_SEVERITIES["identity_differs"],
        params={"hop": hop_reference(joint.after), "values": sorted(values)},
        evidence=tuple(dict.fromkeys((*joint.before.origins, *joint.after.origins))),
    )


def _are_other_names(ones: set[str], others: set[str]) -> bool:
    """Whether names differ in more than the script in which they are written."""
    return ones.isdisjoint(others) and set(map(simplify_name, ones)).isdisjoint(map(simplify_name, others))


def _differing_contacts(joint: Joint, supports: SupportBook) -> set[str]:
    """Return the contacts of a kind of which both sides state different ones."""
    keys = {f"name:{key}" for names in joint.names for key in names}
    keys |= {f"id:{number}" for numbers in joint.strong for number in numbers}
    records = [record for record in supports.find(sorted(keys)) if record.kind == "contact"]
    stated: tuple[dict[str, set[str]], dict[str, set[str]]] = (defaultdict(set), defaultdict(set))
    for found, hop in zip(stated, (joint.before, joint.after), strict=True):
        places = {place_of(origin) for origin in hop.origins}
        for record in records:
            if place_of(record.origin) in places and record.first is not None and record.first.mention in keys:
                for kind, value in record.first.contacts:
                    found[kind].add(value)
    return {
        value
        for kind in _CONTACTS
        if stated[0][kind] and stated[1][kind] and stated[0][kind].isdisjoint(stated[1][kind])
        for value in stated[0][kind] | stated[1][kind]
    }


def _known_by_name(party: Party) -> Finding:
    return Finding(
        code="known_by_name",
        severity=FINDING_SEVERITIES["known_by_name"],
        params={"party": party_dict(party.by_name(party.name_key, party.name)), "number": party.id.removeprefix("id:")},
    )


def _with_findings(known: Sequence[Finding], found: Sequence[Finding]) -> tuple[Finding, ...]:
    first = [finding for finding in known[:1] if finding.code == "check_digit_differs"]
    return (*first, *sort_findings([*known[len(first) :], *found]))


def _with_identified_sides(trace: Trace, rows: Sequence[StoredRecord], shown: _Shown) -> Trace:
    """Return a trace with the sides of corroborating records whom the records about the card identify."""
    sides = [
        side
        for chain in trace.chains
        for hop in chain.hops
        for found in hop.corroboration
        for side in (found.sender, found.receiver)
    ]
    if not any(side is not None and side.joins for side in sides):
        return trace
    named = {party.id for row in rows for party in (row.sender, row.receiver) if party is not None}
    known = named.difference(party_id for party_id, party in shown.instead.items() if party.identified_by)

    def side_of(party: Party | None) -> Party | None:
        return party.resolved if party is not None and party.joins in known else party

    def hop_of(hop: Hop) -> Hop:
        corroboration = tuple(
            replace(found, sender=side_of(found.sender), receiver=side_of(found.receiver))
            for found in hop.corroboration
        )
        return replace(hop, corroboration=corroboration) if corroboration else hop

    return replace(trace, chains=tuple(replace(chain, hops=tuple(map(hop_of, chain.hops))) for chain in trace.chains))


def _renamed(trace: Trace, shown: _Shown) -> Trace:
    """Return a trace with its parties as they are shown."""
    if not shown.instead and not shown.written:
        return trace

    def maybe(party: Party | None) -> Party | None:
        return None if party is None else shown.instead.get(party.id, party)

    def hop_of(hop: Hop) -> Hop:
        sender, receiver = shown.side(hop.sender), shown.side(hop.receiver)
        is_same = sender is hop.sender and receiver is hop.receiver
        return hop if is_same else replace(hop, sender=sender, receiver=receiver)

    def chain_of(chain: Chain) -> Chain:
        holder = shown.instead.get(chain.holder.id, chain.holder)
        return replace(chain, registrant=maybe(chain.registrant), holder=holder, hops=tuple(map(hop_of, chain.hops)))

    chains = trace.chains
    trace = replace(
        trace,
        registrant=maybe(trace.registrant),
        holder=maybe(trace.holder),
        end_user=maybe(trace.end_user),
        chains=tuple(map(chain_of, trace.chains)),
    )
    hops = {
        _hop_key(hop_reference(before)): hop_reference(after)
        for was, now in zip(chains, trace.chains, strict=True)
        for before, after in zip(was.hops, now.hops, strict=True)
    }
    return replace(
        trace,
        activations=tuple(replace(each, user=maybe(each.user)) for each in trace.activations),
        seizures=tuple(replace(each, seized_from=maybe(each.seized_from)) for each in trace.seizures),
        card_lists=tuple(replace(each, party=maybe(each.party)) for each in trace.card_lists),
        findings=tuple(shown.finding(each, hops) for each in trace.findings),
        leads=tuple(replace(each, ask=maybe(each.ask)) for each in trace.leads),
    )
