"""Identification of the parties of an answer: which records say so, and which joints of a chain rest on a name alone.

A name without an identifier joins the only party that bears it anywhere in the case (SPEC 3). That serves order and
continuity, and is no statement about a person: 王伟 of one file need not be 王伟 of another. So an answer shows the
identifier of a party only where a record about the card, or a row of a file that names the card by this party, states
it with the name, or a judgement says so (SPEC 13); else the party stands by its name, and what the case also knows is
said apart.

Cost: a look at the mentions of each hop; the store is asked only where a name joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from graphtrace.custody import FINDING_SEVERITIES, sort_findings
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import is_persons_document, normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person, is_familiar
from graphtrace.identifiers.party_names import simplify_name
from graphtrace.model import (
    CUSTODY_KINDS,
    Activation,
    CardListing,
    Chain,
    Finding,
    Hop,
    Lead,
    Origin,
    Party,
    Seizure,
    Severity,
    hop_reference,
    party_dict,
)
from graphtrace.results.lone_names import LoneNames
from graphtrace.results.trace import Trace
from graphtrace.storage.base import Backend, Scope
from graphtrace.storage.stored_records import LoneName, StoredRecord

if TYPE_CHECKING:
    from graphtrace.analysis.corroboration import SupportBook
    from graphtrace.storage.duckdb.session import CaseSession

Key = TypeVar("Key")
Value = TypeVar("Value")


class IdentityCache(Generic[Key, Value]):
    """Cache of a function of one object, by the identity of the object: equal objects are computed anew.

    It keeps each object, so that no other object can get its identity while the cache exists. For objects that are
    costly to hash or to compare, such as chains and lists of lots; they must not be changed.
    """

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        self._compute = compute
        self._known: dict[int, tuple[Key, Value]] = {}

    def get(self, key: Key) -> Value:
        """Return the value for an object, computed once."""
        if (found := self._known.get(id(key))) is None:
            found = self._known[id(key)] = key, self._compute(key)
        return found[1]


_Stated = TypeVar("_Stated", Activation, Seizure, CardListing, Lead)

_CONTACTS = ("telephone", "wechat", "qq", "alipay", "taobao", "bank", "account")
"""Kinds of contacts of which different ones at the two sides of a joint speak against one person."""


_name_key = lru_cache(maxsize=1 << 14)(normalize_party_name)
"""Names repeat from card to card."""


@frozen(kw_only=False)
class Joint:
    """Two hops that follow each other, and how the records of both sides name the party between them.

    ``shown`` are the hops with parties as they are shown; ``strong`` has the identifiers and ``names`` the normalised
    names that the records of the receipt and those of passing on state.
    """

    before: Hop
    after: Hop
    shown: tuple[Hop, Hop]
    strong: tuple[frozenset[str], frozenset[str]]
    names: tuple[frozenset[str], frozenset[str]]

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
        return files.isdisjoint([origin.sha256 for origin in self.after.origins])


class IdentityChecker:
    """Says of traces what identifies their parties, and keeps what it learned of the case."""

    def __init__(self, store: Backend) -> None:
        self._store = store
        self._writings: dict[tuple[str, str], str] = {}
        self._identifications: dict[tuple[str, Sequence[tuple[str, str, str]]], _Identification] = {}
        # with the chains and rows, so that their numbers stay theirs
        self._histories: dict[tuple[int, ...], tuple[_OfChains, Sequence[Chain], Sequence[StoredRecord]]] = {}

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
        has_number = party.strong_id is not None and not party.strong
        return has_number and (party.id, party.name_key, sha256) in self._lone

    def named_in(self, party: Party, origins: Iterable[Origin]) -> Party:
        """Return a party as the records at some places name it: by its name alone where these say no more."""
        return self.lone.shown(party) if all(self.is_lone(party, origin.sha256) for origin in origins) else party

    def check(self, trace: Trace, rows: Sequence[StoredRecord], supports: SupportBook | None) -> Trace:
        """Return the trace with parties as the records about the card identify them, and what speaks against one.

        ``rows``: the records about the card.
        ``supports``: the supporting records of the case; ``None`` if it has none.
        """
        moving = [row for row in rows if row.kind in CUSTODY_KINDS]
        of_chains = self._of_chains(trace.chains, moving, supports)
        stated = _mentions((), [row for row in rows if row.kind not in CUSTODY_KINDS])
        again = {
            party_id: self._identification((*of_chains.named.get(party_id, ()), *mentions))
            for party_id, mentions in stated.items()
        }
        if any(of_chains.parties.get(party_id, known) != known for party_id, known in again.items()):
            of_chains = self._conclude(trace.chains, moving, supports, again)
        new = {
            party_id: known
            for party_id, known in again.items()
            if any(known) and party_id not in of_chains.parties  # what is of the chains stands there
        }
        shown = _shown({**of_chains.parties, **new}) if new else of_chains.shown
        findings = of_chains.found
        found = [finding for finding in shown.found if finding not in of_chains.shown.found] if new else []
        found += self._events_joined_by_name(trace, of_chains.received, rows)
        if found or trace.findings:
            hops = of_chains.references(trace.chains) if trace.findings else {}
            findings = sort_findings([*(shown.finding(each, hops) for each in trace.findings), *found], findings)
        if beside := [origin for origin in trace.stated if origin.extra]:
            findings = tuple(
                each
                for each in findings
                if each.code != "known_by_name" or not _stands_beside(each.params["number"], beside)
            )
        return _with_identified_sides(_renamed(trace, shown, of_chains.chains, findings), rows, shown)

    def _of_chains(
        self, chains: tuple[Chain, ...], moving: Sequence[StoredRecord], supports: SupportBook | None
    ) -> _OfChains:
        """Return what is concluded from the changes of hands, once for cards of which only the same ranges tell."""
        key = (id(chains), *map(id, moving))
        if key in self._histories:
            return self._histories[key][0]
        concluded = self._conclude(chains, moving, supports, {})
        if all(row.lot is not None for row in moving):
            self._histories[key] = (concluded, chains, moving)
        return concluded

    def _conclude(
        self,
        chains: tuple[Chain, ...],
        moving: Sequence[StoredRecord],
        supports: SupportBook | None,
        known: Mapping[str, _Identification],
    ) -> _OfChains:
        """Return what is concluded from the changes of hands; ``known`` are parties that other records name too."""
        named = _mentions(chains, moving)
        parties = {
            party_id: known.get(party_id) or self._identification(mentions) for party_id, mentions in named.items()
        }
        shown = _shown(parties)
        renamed = shown.chains(chains)
        joints = [joint for pair in zip(chains, renamed, strict=True) for joint in _joints(*pair, moving)]
        by_name = [
            joint
            for joint in joints
            if joint.rests_on_name and not self._store.judgements.join(joint.before.receiver.id)
        ]
        found = list(self._joined_by_name(joint for joint in by_name if joint.is_across_files and joint.share_name))
        found += [finding for joint in joints if (finding := _differing(joint, by_name, supports)) is not None]
        received = {
            hop.receiver.id: renamed_hop
            for chain, renamed_chain in zip(reversed(chains), reversed(renamed), strict=True)
            for hop, renamed_hop in zip(chain.hops, renamed_chain.hops, strict=True)
        }
        return _OfChains(named, parties, shown, renamed, received, sort_findings([*found, *shown.found]))

    def _joined_by_name(self, joints: Iterable[Joint]) -> Iterator[Finding]:
        """Yield one finding for each party that joins hops of different files by its name."""
        by_party: dict[str, list[Joint]] = defaultdict(list)
        for joint in joints:
            if not joint.after.gap_before:
                by_party[joint.before.receiver.id].append(joint)
        for of_party in by_party.values():
            hops = {hop.n: hop for joint in of_party for hop in joint.shown}
            origins = tuple(dict.fromkeys(origin for n in sorted(hops) for origin in hops[n].origins))
            party = of_party[0].before.receiver
            yield Finding(
                code="joined_by_name",
                severity=_severity("joined_by_name", party),
                params={
                    "hops": [hop_reference(hops[n]) for n in sorted(hops)],
                    "name": self._own_writing(party) or party.name,
                    "files": sorted({origin.file for origin in origins}),
                },
                evidence=origins,
            )

    def _events_joined_by_name(
        self, trace: Trace, received: Mapping[str, Hop], rows: Sequence[StoredRecord]
    ) -> Iterator[Finding]:
        """Yield a finding for each user, and person from whom the card was seized, whom only a name makes a holder."""
        events: dict[tuple[str, Party], list[Activation | Seizure]] = defaultdict(list)
        for used in trace.activations:
            if used.user is not None and used.user.id in received:
                events["user_joined_by_name", used.user].append(used)
        for taken in trace.seizures:
            if taken.seized_from is not None and taken.seized_from.id in received:
                events["seized_joined_by_name", taken.seized_from].append(taken)
        for (code, party), stated in events.items():
            hop = received[party.id]
            if not party.is_carrier and not self._store.judgements.join(party.id):
                places = [origin for event in stated for origin in event.origins]
                number = party.id.removeprefix("id:")
                is_beside = number != party.id and _stands_beside(number, (*hop.origins, *places))
                if not is_beside and _rests_on_name(_named_at(hop.origins, rows), _named_at(places, rows)):
                    yield self._event_by_name(code, party, hop, stated)

    def _event_by_name(self, code: str, party: Party, hop: Hop, stated: Sequence[Activation | Seizure]) -> Finding:
        origins = tuple(dict.fromkeys((*hop.origins, *(origin for event in stated for origin in event.origins))))
        return Finding(
            code=code,
            severity=_severity(code, party),
            params={
                "hop": hop_reference(hop),
                "name": self._own_writing(party) or party.name,
                "dates": sorted({event.when.day for event in stated if event.when is not None}),
                "files": sorted({origin.file for origin in origins}),
            },
            evidence=origins,
        )

    def _identification(self, mentions: Sequence[_Mention]) -> _Identification:
        """Return how a party is shown of which these are all mentions about a card."""
        if all(map(_is_identified, mentions)):
            return _IDENTIFIED
        first = mentions[0].party
        key = first.id, tuple((party.name_key, party.strong, file) for party, file in mentions)
        if key not in self._identifications:
            self._identifications[key] = self._identify(first, mentions)
        return self._identifications[key]

    def _identify(self, party: Party, mentions: Sequence[_Mention]) -> _Identification:
        written = {
            (party.id, named.name_key): writing
            for named, _ in mentions
            if (writing := self._own_writing(named)) is not None
        }
        if all(self.is_lone(*mention) for mention in mentions):
            # no record about the card, no row of its files and no judgement states the identifier
            return _Identification(party.by_name(party.name_key, party.name), written, _known_by_name(party))
        own = {written.get((party.id, named.name_key), named.name) for named, _ in mentions if named.name_key}
        if _has_businesses(party) and own and party.name not in own:
            # a branch or shop that only the records of other cards name has no part in this one
            shown = replace(party, name=min(own))
            return _Identification(shown, written, _of_several_persons(party, own))
        return _Identification(None, written)

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


class _Identification(NamedTuple):
    """Display of a party of an answer, by all its mentions about a card.

    ``instead`` is set for one that stands by its name only, and for a carrier or person that no record about the card
    calls by its name; ``written`` is the writing of mentions by id and normalised name.
    """

    instead: Party | None
    written: Mapping[tuple[str, str], str]
    finding: Finding | None = None


_IDENTIFIED: Final = _Identification(None, {})


class _OfChains(NamedTuple):
    """Conclusions from the chains of a card, whoever used it.

    ``named`` has the mentions of the parties, ``received`` the hop by which each party received the card; chains, hops
    and findings have parties as they are shown.
    """

    named: Mapping[str, Sequence[_Mention]]
    parties: Mapping[str, _Identification]
    shown: _Shown
    chains: tuple[Chain, ...]
    received: Mapping[str, Hop]
    found: tuple[Finding, ...]

    def references(self, chains: tuple[Chain, ...]) -> _HopReferences:
        """Return the references to the hops by those before their parties were shown."""
        return {
            _hop_key(hop_reference(before)): hop_reference(after)
            for was, now in zip(chains, self.chains, strict=True)
            for before, after in zip(was.hops, now.hops, strict=True)
            if before is not after
        }


class _Shown(NamedTuple):
    """Parties by id as they are shown instead, the writing of mentions by id and normalised name, and findings."""

    instead: Mapping[str, Party]
    written: Mapping[tuple[str, str], str]
    found: Sequence[Finding]

    def of(self, party: Party | None) -> Party | None:
        """Return a party as it is shown."""
        return None if party is None else self.instead.get(party.id, party)

    def changes(self, party: Party | None) -> bool:
        """Whether a party is shown as another than it is."""
        return party is not None and party.id in self.instead

    def each(self, stated: Sequence[_Stated], field: str) -> tuple[_Stated, ...]:
        """Return what is stated of parties in a field, with each as it is shown."""

        def shown(one: _Stated) -> _Stated:
            party = getattr(one, field)
            if not self.changes(party):
                return one
            change: dict[str, Any] = {field: self.of(party)}
            return replace(one, **change)

        return tuple(map(shown, stated))

    def side(self, party: Party) -> Party:
        """Return a side of a hop with the name that its own record writes."""
        shown = self.instead.get(party.id)
        if shown is not None and shown.identified_by == "name":
            return shown
        writing = self.written.get((party.id, party.name_key))
        return party if writing is None else replace(party, name=writing)

    def chains(self, chains: tuple[Chain, ...]) -> tuple[Chain, ...]:
        """Return chains with their parties as they are shown."""
        if not self.instead and not self.written:
            return chains

        def hop_of(hop: Hop) -> Hop:
            sender, receiver = self.side(hop.sender), self.side(hop.receiver)
            is_same = sender is hop.sender and receiver is hop.receiver
            return hop if is_same else replace(hop, sender=sender, receiver=receiver)

        def chain_of(chain: Chain) -> Chain:
            hops = tuple(map(hop_of, chain.hops))
            holder = self.instead.get(chain.holder.id, chain.holder)
            return replace(chain, registrant=self.of(chain.registrant), holder=holder, hops=hops)

        return tuple(map(chain_of, chains))

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
        if not self.instead and not hops:
            return finding
        params = self.params(finding.params, hops)
        return finding if params == finding.params else replace(finding, params=params)


_HopReferences = Mapping[tuple[int, str, str], Mapping[str, Any]]
_HOP_KEYS: Final = frozenset(("n", "from", "to"))


def _shown(parties: Mapping[str, _Identification]) -> _Shown:
    return _Shown(
        {party_id: known.instead for party_id, known in parties.items() if known.instead is not None},
        {key: writing for known in parties.values() for key, writing in known.written.items()},
        [known.finding for known in parties.values() if known.finding is not None],
    )


def _hop_key(reference: Mapping[str, Any]) -> tuple[int, str, str]:
    return reference["n"], reference["from"]["id"], reference["to"]["id"]


def _mentions(chains: Sequence[Chain], rows: Sequence[StoredRecord]) -> Mapping[str, Sequence[_Mention]]:
    """Return by party how the records about the card, and quantity-only ones in its chains, name it."""
    found: dict[str, list[_Mention]] = defaultdict(list)
    for row in rows:
        for party in (row.sender, row.receiver):
            if party is not None:
                found[party.id].append(_Mention(party, row.origin.sha256))
    for chain in chains:
        for hop in chain.hops:
            if hop.precision == "quantity":
                for party in (hop.sender, hop.receiver):
                    found[party.id] += [_Mention(party, origin.sha256) for origin in hop.origins]
    return found


def _has_businesses(party: Party) -> bool:
    """Whether a party may have names of several places of business: branches of a carrier, shops of a person."""
    return party.is_carrier or (party.strong_id is not None and is_persons_document(party.strong_id))


def _is_identified(mention: _Mention) -> bool:
    """Whether a mention states who is meant, by the name of the party: nothing has to be said of it then."""
    party = mention.party
    return (party.is_carrier or bool(party.strong)) and party.name_key in ("", _name_key(party.name))


def _joints(chain: Chain, shown: Chain, rows: Sequence[StoredRecord]) -> Iterator[Joint]:
    by_row = {row.origin: row for row in rows} if any(len(hop.origins) > 1 for hop in chain.hops) else {}
    for (before, after), shown_hops in zip(pairwise(chain.hops), pairwise(shown.hops), strict=True):
        if not before.receiver.is_carrier:
            receivers = [row.receiver for row in _rows_of(before, by_row)] or [before.receiver]
            senders = [row.sender for row in _rows_of(after, by_row)] or [after.sender]
            sides = [[each for each in side if each is not None] for side in (receivers, senders)]
            strong = [frozenset([each.strong for each in side if each.strong]) for side in sides]
            names = [frozenset([each.name_key for each in side if each.name_key]) for side in sides]
            yield Joint(before, after, shown_hops, (strong[0], strong[1]), (names[0], names[1]))


def _rows_of(hop: Hop, by_row: Mapping[Origin, StoredRecord]) -> list[StoredRecord]:
    return [by_row[origin] for origin in hop.origins if origin in by_row] if len(hop.origins) > 1 else []


def _named_at(origins: Sequence[Origin], rows: Sequence[StoredRecord]) -> list[_Mention]:
    """Return how the rows at some places name the receiver or user, or the person from whom a card was seized."""
    return [
        _Mention(party, row.origin.sha256)
        for row in rows
        if row.origin in origins
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
        params={"hop": hop_reference(joint.shown[1]), "values": sorted(values)},
        evidence=tuple(dict.fromkeys((*joint.before.origins, *joint.after.origins))),
    )


def _are_other_names(ones: Set[str], others: Set[str]) -> bool:
    """Whether names differ in more than the script in which they are written."""
    return ones.isdisjoint(others) and set(map(simplify_name, ones)).isdisjoint(map(simplify_name, others))


def _differing_contacts(joint: Joint, supports: SupportBook) -> set[str]:
    """Return the contacts of a kind of which both sides state different ones."""
    from graphtrace.analysis.corroboration import source_row_of

    keys = {f"name:{key}" for names in joint.names for key in names}
    keys |= {f"id:{number}" for numbers in joint.strong for number in numbers}
    records = [record for record in supports.find(sorted(keys)) if record.kind == "contact"]
    stated: tuple[dict[str, set[str]], dict[str, set[str]]] = (defaultdict(set), defaultdict(set))
    for found, hop in zip(stated, (joint.before, joint.after), strict=True):
        places = {source_row_of(origin) for origin in hop.origins}
        for record in records:
            if source_row_of(record.origin) in places and record.first is not None and record.first.mention in keys:
                for kind, value in record.first.contacts:
                    found[kind].add(value)
    return {
        value
        for kind in _CONTACTS
        if stated[0][kind] and stated[1][kind] and stated[0][kind].isdisjoint(stated[1][kind])
        for value in stated[0][kind] | stated[1][kind]
    }


def _severity(code: str, party: Party) -> Severity:
    """Return how grave it is that a party is joined by its name: graver where that name can be many people's."""
    return "warning" if party.namesakes or is_familiar(party.name_key) else FINDING_SEVERITIES[code]


def _stands_beside(number: str, origins: Iterable[Origin]) -> bool:
    """Whether an unread cell of one of these rows holds an identifier: then nothing may say that none does."""
    return any(number in "".join(cell.split()).upper() for origin in origins for cell in origin.unread_cells.values())


def _of_several_persons(party: Party, own: Set[str]) -> Finding | None:
    """Return the finding that other records write the number of a person beside the name of another."""
    names = sorted({party.name, *own})
    are_persons = all(map(is_certainly_person, names))
    if not are_persons or not _are_other_names({party.name}, own) or party.strong_id is None:
        return None
    return Finding(
        code="number_of_persons",
        severity=FINDING_SEVERITIES["number_of_persons"],
        params={"number": party.strong_id, "names": names},
    )


def _known_by_name(party: Party) -> Finding:
    return Finding(
        code="known_by_name",
        severity=FINDING_SEVERITIES["known_by_name"],
        params={"party": party_dict(party.by_name(party.name_key, party.name)), "number": party.id.removeprefix("id:")},
    )


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


def _renamed(trace: Trace, shown: _Shown, chains: tuple[Chain, ...], findings: tuple[Finding, ...]) -> Trace:
    """Return a trace with these chains and findings, and its other parties as they are shown."""
    if not shown.instead:
        is_same = chains is trace.chains and findings == trace.findings
        return trace if is_same else replace(trace, chains=chains, findings=findings)
    return replace(
        trace,
        registrant=shown.of(trace.registrant),
        holder=shown.of(trace.holder),
        end_user=shown.of(trace.end_user),
        chains=chains,
        activations=shown.each(trace.activations, "user"),
        seizures=shown.each(trace.seizures, "seized_from"),
        card_lists=shown.each(trace.card_lists, "party"),
        findings=findings,
        leads=shown.each(trace.leads, "ask"),
    )
