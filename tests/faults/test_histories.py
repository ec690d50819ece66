"""Whatever is done to a case, in whatever order, it holds what a dictionary of the same rows holds."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import graphtrace as gt
from graphtrace.errors import NothingFound, UsageError
from graphtrace.model import Activation, Chain, CustodyEvent, DateSpan, Origin, Party, to_epoch_day

from ..conformance.test_judgements import Verdict, parties_of
from ..conftest import EXPLORES, examples
from ..custody.oracle import Answer, answer_about

HEADER = ("kind", "from", "from_id", "to", "to_id", "user", "user_id", "date", "iccid", "record_no")
FILES = ("a.csv", "b.csv", "c.csv")
CARDS = ("8986061900000000001", "8986061900000000002")
CARRIER = "中国联通"
DAYS = ("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-20")
SIDES = (
    (CARRIER, ""),
    ("星海", "X7021"),
    ("星海", ""),
    ("老王", "W7021"),
    ("老王", "Q8055"),
    ("老王", ""),
    ("老李", ""),
)
DAY = st.sampled_from(DAYS)
NOTHING = dict.fromkeys(HEADER[:-1], "")
MEMBERS = sorted({f"id:{number}" if number else f"name:{name}" for name, number in SIDES if name != CARRIER})
REASON = {"why": "seen in the files", "by": "me"}
WRONG = {"why": "wrong", "who": "me"}

DONE: set[str] = set()
"""What was done to some case of the run, so that a run that tries little is seen."""

Row = Mapping[str, str]
Parties = Mapping[str, frozenset[str]]
Place = tuple[str, int]
"""A file and the number of a row in it, as a spreadsheet program shows it."""


def statements() -> st.SearchStrategy[Row]:
    """One card that changed hands or was used; the sides never bear one name, which would be no change of hands."""
    sides = st.sampled_from([pair for pair in combinations(SIDES, 2) if pair[0][0] != pair[1][0]])
    turned = st.builds(lambda pair, is_turned: pair[::-1] if is_turned else pair, sides, st.booleans())
    bought = st.sampled_from([(SIDES[0], other) for other in SIDES[1:]])
    used = st.sampled_from([("", ""), *SIDES[1:]])
    what = st.one_of(st.builds(_moved, turned), st.builds(_moved, bought), st.builds(_used, used))
    return st.builds(lambda row, day, card: {**row, "date": day, "iccid": card}, what, DAY, st.sampled_from(CARDS))


def _moved(sides: tuple[tuple[str, str], tuple[str, str]]) -> Row:
    (sender, sender_id), (receiver, receiver_id) = sides
    return NOTHING | {"kind": "transfer", "from": sender, "from_id": sender_id, "to": receiver, "to_id": receiver_id}


def _used(user: tuple[str, str]) -> Row:
    return NOTHING | {"kind": "activation", "user": user[0], "user_id": user[1]}


def stated(row: Row) -> tuple[str, ...]:
    """Everything that two rows of one statement have in common."""
    return tuple(row[name] for name in HEADER[:-1])


class Judged(NamedTuple):
    """A judgement of the model."""

    pair: frozenset[str]
    same: bool | None


class History(RuleBasedStateMachine):
    """A case in a folder, and beside it what it must hold: rows in force, judgements in force, lines of the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.case = gt.open_case(self.place / "0.gtrace")
        self.copies = 0
        self.tables: dict[str, Sequence[Row]] = {}
        self.loaded: dict[str, Sequence[Row]] = {}
        self.withdrawn: set[Place] = set()
        self.lifted: set[Place] = set()
        self.judged: dict[int, Judged] = {}
        self.judgements = 0
        self.ledger: list[tuple[Any, ...]] = []
        self.notes: list[tuple[str, str]] = []

    def teardown(self) -> None:
        DONE.update(tag for tag, *_ in self.ledger)
        try:
            if self.ledger:
                assert self.case.verify(deep=True) == []
                self.check_another_order()
        finally:
            self.case.close()
            shutil.rmtree(self.place, ignore_errors=True)

    def check_another_order(self) -> None:
        """A case to which the same files and statements came in another order gives the same answers."""
        with gt.open_case(self.place / "other.gtrace") as other:
            latest = [name for tag, name, *_ in reversed(self.ledger) if tag == "load"]
            for name in dict.fromkeys([*latest, *FILES]):
                other.load(self.place / name)
            for pair, same in self.judged.values():
                other.resolve(*sorted(pair), same=same, **REASON)
            for name, row in sorted(self.withdrawn, reverse=True):
                other.correct(f"{name}:{row}", **WRONG)
            for name in FILES:
                if name not in self.loaded:
                    other.unload(self.place / name, why="sent by mistake", who="me")
            bought = self.enterprises()
            assert all_answers(other, bought) == all_answers(self.case, bought)

    # -- what is done ------------------------------------------------------------------------------------------

    @initialize(data=st.data())
    def files(self, data: st.DataObject) -> None:
        pool = data.draw(st.lists(statements(), min_size=3, max_size=6, unique_by=stated))
        for name in FILES:
            rows = data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3))
            self.tables[name] = rows
            with (self.place / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, HEADER)
                writer.writeheader()
                # the number of a record is no part of its statement: it keeps two files from being one
                writer.writerows({**row, "record_no": f"{name}-{number}"} for number, row in enumerate(rows))
        self.load("a.csv")

    @rule(name=st.sampled_from(FILES))
    def load(self, name: str) -> None:
        (entry,) = self.case.load(self.place / name).files
        assert entry.error is None
        assert entry.rejected == 0
        assert entry.already_loaded == (name in self.loaded)
        if name not in self.loaded:
            before = {stated(row) for place, row in self.known().items() if place[0] != name}
            fresh = {stated(row) for row in self.tables[name]} - before
            assert entry.loaded == len(fresh)
            self.loaded[name] = self.tables[name]
            self.ledger.append(("load", name))

    @precondition(lambda self: self.loaded)
    @rule(data=st.data())
    def read_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.loaded)))
        (entry,) = self.case.load(self.place / name, again=True).files
        assert entry.error is None
        # corrections that are in force are stated again for the new reading
        kept = sorted(place for place in self.withdrawn if place[0] == name)
        self.lifted = {place for place in self.lifted if place[0] != name}
        self.ledger += [("unload", name), ("load", name), *(("correct", *place) for place in kept)]

    @rule(name=st.sampled_from(FILES))
    def unload(self, name: str) -> None:
        if name not in self.loaded:
            with pytest.raises(NothingFound):
                self.case.unload(self.place / name, why="sent by mistake", who="me")
            return
        self.case.unload(self.place / name, why="sent by mistake", who="me")
        del self.loaded[name]
        self.withdrawn = {place for place in self.withdrawn if place[0] != name}
        self.lifted = {place for place in self.lifted if place[0] != name}
        self.ledger.append(("unload", name))

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        # most are in force; some were corrected before, or are of a file that is not loaded
        name, row = place = data.draw(st.sampled_from([*sorted(self.in_force()) * 2, *self.places()]))
        if place not in self.known():
            with pytest.raises(NothingFound):
                self.case.correct(f"{name}:{row}", **WRONG)
            return
        assert self.case.correct(f"{name}:{row}", **WRONG).is_new == (place not in self.withdrawn)
        if place not in self.withdrawn:
            self.withdrawn.add(place)
            self.ledger.append(("correct", *place))

    @precondition(lambda self: self.withdrawn or self.lifted)
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        name, row = place = data.draw(st.sampled_from([*sorted(self.withdrawn) * 4, *self.places()]))
        if place in self.withdrawn:
            assert self.case.correct(f"{name}:{row}", undo=True, **WRONG).is_new
            self.withdrawn.remove(place)
            self.lifted.add(place)
            self.ledger.append(("lift", *place))
        elif place not in self.lifted:
            with pytest.raises(NothingFound):
                self.case.correct(f"{name}:{row}", undo=True, **WRONG)

    @precondition(lambda self: self.loaded)
    @rule(data=st.data(), same=st.sampled_from([True, True, False, None]))
    def judge(self, data: st.DataObject, same: bool | None) -> None:
        present = {member for row in self.in_force().values() for member in members_of(row) if member} - {"carrier"}
        one, other = data.draw(st.sampled_from(list(combinations(sorted(present) if len(present) > 1 else MEMBERS, 2))))
        if not {one, other} <= present:
            with pytest.raises(NothingFound):
                self.case.resolve(one, other, same=same, **REASON)
            return
        verdict = Judged(frozenset((one, other)), same)
        standing = next((each for each in self.judged.values() if each.pair == verdict.pair), None)
        if (standing is not None and standing.same != same) or (standing is None and self.contradicts(verdict)):
            with pytest.raises(UsageError):
                self.case.resolve(one, other, same=same, **REASON)
            return
        assert self.case.resolve(one, other, same=same, **REASON).is_new == (standing is None)
        if standing is None:
            self.judgements += 1
            self.judged[self.judgements] = verdict
            self.ledger.append(("judge", self.judgements))

    @precondition(lambda self: self.judgements)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self.judgements))
        if number in self.judged:
            self.case.undo_judgement(number, **REASON)
            del self.judged[number]
            self.ledger.append(("undo", number))
        else:
            with pytest.raises(UsageError):
                self.case.undo_judgement(number, **REASON)

    @precondition(lambda self: self.loaded)
    @rule(card=st.sampled_from(CARDS))
    def note(self, card: str) -> None:
        about, text = f"card:{card}", f"seen {len(self.notes)}"
        self.case.add_note("note", about, {"text": text}, by="me")
        self.notes.append((about, text))

    @rule(way=st.sampled_from(["copy", "bundle", "reopen", "compact"]))
    def move(self, way: str) -> None:
        """The case goes on as a copy, as what a bundle opens to, opened anew, or put in order."""
        self.copies += 1
        target = self.place / f"{self.copies}.gtrace"
        if way == "compact":
            self.case.compact()
            return
        if way == "copy":
            assert self.case.copy_to(target).comparison.agrees
        elif way == "bundle":
            sealed = self.case.bundle(self.place / f"{self.copies}.zip")
            target = Path(gt.open_bundle(sealed.path, case=target).case)
        else:
            target = Path(self.case.path)
        self.case.close()
        self.case = gt.open_case(target)

    # -- what must hold ----------------------------------------------------------------------------------------

    def places(self) -> list[Place]:
        """Rows that can be named, those of files that are not loaded among them."""
        return [(name, number) for name in FILES for number in range(2, 2 + len(self.tables[name]))]

    def known(self) -> dict[Place, Row]:
        return {(name, number): row for name, rows in self.loaded.items() for number, row in enumerate(rows, start=2)}

    def enterprises(self) -> list[str]:
        """Ids and names to which a carrier sold."""
        return sorted(
            {to for row in self.in_force().values() for of, to in [members_of(row)] if of == "carrier" and to}
        )

    def in_force(self) -> dict[Place, Row]:
        return {place: row for place, row in self.known().items() if place not in self.withdrawn}

    def contradicts(self, verdict: Judged) -> bool:
        judged = [*self.judged.values(), verdict] if verdict.same is not None else []
        group = {member: {member} for member in MEMBERS}
        for one, other in (sorted(each.pair) for each in judged if each.same):
            joined = group[one] | group[other]
            group |= dict.fromkeys(joined, joined)
        return any(other in group[one] for one, other in (sorted(each.pair) for each in judged if each.same is False))

    @invariant()
    def the_case_holds_what_the_model_holds(self) -> None:
        rows = self.in_force()
        parties = parties_of(
            [list(map(dict, rows.values()))], [Verdict(*sorted(each.pair), each.same) for each in self.judged.values()]
        )
        told = self.case.records().to_arrow().to_pylist()
        assert {(one["file"], one["row"]) for one in told} == set(rows)
        assert len(told) == len(rows)
        counted: dict[tuple[str, ...], int] = dict.fromkeys(map(stated, rows.values()), 0)
        called: dict[str, set[frozenset[str]]] = {}
        for one in told:
            row = rows[one["file"], one["row"]]
            counted[stated(row)] += not one["repeated"]
            assert (one["first_card"], one["day"].isoformat()) == (row["iccid"], row["date"])
            for id_, member in zip((one["from_id"], one["to_id"]), members_of(row), strict=True):
                assert (id_ is None) == (member is None)
                if id_ is not None and member is not None:
                    called.setdefault(id_, set()).add(parties[member])
        # one statement of several rows counts once, and one id means one party, which no other id means
        assert set(counted.values()) <= {1}
        assert all(len(meant) == 1 for meant in called.values())
        assert len(called) == len({party for meant in called.values() for party in meant})
        answers = {card: answer for card in CARDS if (answer := self.check_card(card, rows, parties)) is not None}
        self.check_audits(answers, rows, parties)
        assert [(one["about"], one["text"]) for one in self.case.notes()] == self.notes

    def check_card(self, card: str, rows: Mapping[Place, Row], parties: Parties) -> Answer | None:
        """Who registered, held and used the card, each change of hands with its day and its rows."""
        (trace,) = self.case.trace(card)
        origins: dict[tuple[str, ...], list[Place]] = {}
        for place, row in sorted(rows.items()):
            if row["iccid"] == card:
                origins.setdefault(stated(row), []).append(place)
        if not origins:
            assert not trace.found
            return None
        moved = [event_of(rows[places[0]], places, parties) for places in origins.values() if moves(rows[places[0]])]
        used = [use_of(rows[places[0]], places, parties) for places in origins.values() if not moves(rows[places[0]])]
        answer = answer_about(moved, activations=used, carrier="china-unicom")
        assert trace.outcome == answer.outcome

        def named(party: Party | None) -> str | None:
            return None if party is None else party_id(parties[member_id(party.id)])

        def hops(chain: Chain) -> list[tuple[Any, ...]]:
            return [
                (named(hop.sender), named(hop.receiver), hop.when.day, sorted((of.file, of.row) for of in hop.origins))
                for hop in chain.hops
            ]

        told = (named(trace.registrant), named(trace.holder), named(trace.end_user))
        assert told == (answer.registrant, answer.holder, answer.end_user)
        assert [hops(chain) for chain in trace.chains] == [
            [
                (hop["from"], hop["to"], hop["when"].day, sorted((of.file, of.row) for of in hop["origins"]))
                for hop in chain["hops"]
            ]
            for chain in answer.chains
        ]
        assert {(origin.file, origin.row) for each in trace.activations for origin in each.origins} == {
            (origin.file, origin.row) for each in used for origin in each.origins
        }
        return answer

    def check_audits(self, answers: Mapping[str, Answer], rows: Mapping[Place, Row], parties: Parties) -> None:
        """Every enterprise has each card that a carrier ever sold to it, and has it once."""
        asked = self.enterprises()
        audits = self.case.audit(*asked, role="enterprise", rules=()) if asked else ()
        for member, audit in zip(asked, audits, strict=True):
            enterprise = party_id(parties[member])
            cards = {
                row["iccid"]
                for row in rows.values()
                if members_of(row)[0] == "carrier" and members_of(row)[1] in parties[member]
            }
            buckets = [bucket_of(enterprise, answers[card], card, rows, parties) for card in sorted(cards)]
            assert audit.cards == len(cards)
            assert {bucket: count for bucket, count in audit.buckets.items() if count} == dict(Counter(buckets))

    @invariant()
    def the_ledger_has_the_lines_of_what_was_done_and_agrees(self) -> None:
        assert [tag_of(line) for line in self.case.ledger()] == self.ledger
        assert self.case.verify() == []
        assert {one.judgement.number for one in self.case.judgements() if one.judgement.undone is None} == set(
            self.judged
        )


def member_id(party: str) -> str:
    return "carrier" if party.startswith("carrier:") else party


def members_of(row: Row) -> tuple[str | None, str | None]:
    """Who gave and who received; who used it stands where the receiver does, as in the table of the records."""
    if not moves(row):
        return None, member_of(row["user"], row["user_id"])
    return member_of(row["from"], row["from_id"]), member_of(row["to"], row["to_id"])


def member_of(name: str, number: str) -> str | None:
    return "carrier" if name == CARRIER else f"id:{number}" if number else f"name:{name}" if name else None


def party_id(members: frozenset[str]) -> str:
    """One name for a party of the model; the carrier's is that of the product, as the oracle knows carriers by it."""
    return "carrier:china-unicom" if "carrier" in members else min(members)


def moves(row: Row) -> bool:
    return row["kind"] == "transfer"


def when_of(row: Row) -> DateSpan:
    day = to_epoch_day(date.fromisoformat(row["date"]))
    return DateSpan(day, day, -1)


def origins_of(places: Sequence[Place]) -> tuple[Origin, ...]:
    return tuple(Origin(file=name, sha256=name, sheet=None, row=number) for name, number in places)


def use_of(row: Row, places: Sequence[Place], parties: Parties) -> Activation:
    _, member = members_of(row)
    user = None if member is None else party_id(parties[member])
    named = None if user is None else Party(id=user, name=user)
    return Activation(when=when_of(row), user=named, origins=origins_of(places))


def bucket_of(enterprise: str, answer: Answer, card: str, rows: Mapping[Place, Row], parties: Parties) -> str:
    """Where a card is that a carrier sold to the enterprise, by what followed the last such sale in each chain."""
    found = set()
    ways = [sorted((hop["from"], hop["to"], hop["when"]) for hop in chain["hops"]) for chain in answer.chains]
    is_two_orders = len(ways) == 2 and ways[0] == ways[1]
    for chain in answer.chains:
        hops = chain["hops"]
        sales = [n for n, hop in enumerate(hops) if hop["from"].startswith("carrier:") and hop["to"] == enterprise]
        onward = hops[sales[-1] + 1 :] if sales else hops
        if any(hop["to"].startswith("carrier:") for hop in onward):
            found.add("returned")
        else:
            found.add("held" if chain["holder"] == enterprise else "resold")
    if len(found) > 1 or (len(ways) > 1 and not is_two_orders):
        return "disputed"
    if found != {"held"}:
        return found.pop()
    uses = sorted((row["date"], members_of(row)[1]) for row in rows.values() if not moves(row) and row["iccid"] == card)
    if not uses:
        return "in_stock"
    if answer.end_user_basis != "named":
        return "activated_unnamed"
    return "activated_by_enterprise" if answer.end_user == enterprise else "activated_by_other"


def event_of(row: Row, places: Sequence[Place], parties: Parties) -> CustodyEvent:
    sender, receiver = (party_id(parties[member]) for member in members_of(row) if member is not None)
    is_sold, is_returned = sender.startswith("carrier:"), receiver.startswith("carrier:")
    return CustodyEvent(
        kind="purchase" if is_sold else "return" if is_returned else "transfer",
        sender=Party(id=sender, name=sender, is_carrier=is_sold),
        receiver=Party(id=receiver, name=receiver, is_carrier=is_returned),
        when=when_of(row),
        precision="listed",
        origins=origins_of(places),
    )


def all_answers(case: gt.Case, enterprises: Collection[str]) -> list[str]:
    """What a case answers, without the numbers of its judgements, which are given in their order."""
    told = [*case.trace(*CARDS), *(case.audit(*enterprises, role="enterprise") if enterprises else ())]
    return [json.dumps(each.to_dict() | {"judgements": None}, sort_keys=True) for each in told]


def tag_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a line of the ledger says was done, in the words of the model."""
    if "load" in line:
        return ("load", line["file"])
    if "unload" in line:
        return ("unload", line["unload"]["file"])
    if "correction" in line:
        return ("lift" if line["lifted"] else "correct", line["record"]["file"], line["record"]["row"])
    return ("undo", line["undone"]) if "undone" in line else ("judge", line["judgement"])


class Said:
    """Gives what was said in advance where Hypothesis would draw."""

    def __init__(self, *values: Any) -> None:
        self.values = iter(values)

    def draw(self, _: st.SearchStrategy[Any]) -> Any:
        return next(self.values)


@pytest.mark.slow
def test_a_story_in_which_everything_is_done_once() -> None:
    sold = _moved((SIDES[0], SIDES[1])) | {"date": DAYS[0], "iccid": CARDS[0]}
    passed_on = _moved((SIDES[2], SIDES[3])) | {"date": DAYS[1], "iccid": CARDS[0]}
    sold_on = _moved((SIDES[4], SIDES[6])) | {"date": DAYS[2], "iccid": CARDS[0]}
    other = _moved((SIDES[0], SIDES[1])) | {"date": DAYS[2], "iccid": CARDS[1]}
    used = _used(SIDES[6]) | {"date": DAYS[3], "iccid": CARDS[0]}
    pool = [sold, passed_on, sold_on, other, used]
    state: Any = History()
    steps: list[Callable[[], None]] = [
        lambda: state.files(data=Said(pool, [sold, passed_on, used], [sold_on, sold], [other])),
        lambda: state.load(name="b.csv"),
        lambda: state.judge(data=Said(("id:Q8055", "id:W7021")), same=True),
        lambda: state.note(card=CARDS[0]),
        lambda: state.move(way="bundle"),
        lambda: state.correct(data=Said(("a.csv", 3))),
        lambda: state.load(name="c.csv"),
        lambda: state.read_again(data=Said("a.csv")),
        lambda: state.move(way="compact"),
        lambda: state.lift(data=Said(("a.csv", 3))),
        lambda: state.unload(name="b.csv"),
        lambda: state.move(way="reopen"),
        lambda: state.load(name="b.csv"),
        lambda: state.undo(data=Said(1)),
        lambda: state.move(way="copy"),
    ]
    try:
        for step in steps:
            step()
            state.the_case_holds_what_the_model_holds()
            state.the_ledger_has_the_lines_of_what_was_done_and_agrees()
    finally:
        state.teardown()


@pytest.mark.slow
def test_a_case_holds_what_a_dictionary_holds_whatever_was_loaded_withdrawn_judged_undone_unloaded_and_copied() -> None:
    run_state_machine_as_test(
        History, settings=settings(max_examples=examples(4), stateful_step_count=10, deadline=None)
    )
    assert {"load", "unload", "correct", "lift", "judge", "undo"} <= DONE or not EXPLORES
