"""Whatever is done to a case, in whatever order, it holds what a dictionary of the same rows holds."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping, Sequence
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
from graphtrace.identifiers import normalize_party_name
from graphtrace.model import CustodyEvent, DateSpan, Origin, Party, to_epoch_day

from ..conformance.test_judgements import Verdict, member_of, mention_of, parties_of
from ..conftest import examples
from ..custody.oracle import answer_about

HEADER = ("kind", "from", "from_id", "to", "to_id", "date", "iccid", "record_no")
FILES = ("a.csv", "b.csv", "c.csv")
CARDS = ("8986061900000000001", "8986061900000000002")
CARRIER = "中国联通"
DAYS = ("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04")
SIDES = (
    (CARRIER, ""),
    ("星海", "X7021"),
    ("星海", ""),
    ("老王", "W7021"),
    ("老王", "Q8055"),
    ("老王", ""),
    ("老李", ""),
)
MEMBERS = sorted({f"id:{number}" if number else f"name:{name}" for name, number in SIDES if name != CARRIER})
REASON = {"why": "seen in the files", "by": "me"}
WRONG = {"why": "wrong", "who": "me"}

DONE: set[str] = set()
"""What was done to some case of the run, so that a run that tries little is seen."""

Row = Mapping[str, str]
Place = tuple[str, int]
"""A file and the number of a row in it, as a spreadsheet program shows it."""


def statements() -> st.SearchStrategy[Row]:
    """One card that changed hands; the two sides never bear one name, which would be no change of hands."""
    sides = st.sampled_from([pair for pair in combinations(SIDES, 2) if pair[0][0] != pair[1][0]])
    turned = st.builds(lambda pair, is_turned: pair[::-1] if is_turned else pair, sides, st.booleans())
    return st.builds(_statement, turned, st.sampled_from(DAYS), st.sampled_from(CARDS))


def _statement(sides: tuple[tuple[str, str], tuple[str, str]], day: str, card: str) -> Row:
    (sender, sender_id), (receiver, receiver_id) = sides
    moved = {"kind": "transfer", "from": sender, "from_id": sender_id, "to": receiver, "to_id": receiver_id}
    return {**moved, "date": day, "iccid": card}


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

    def teardown(self) -> None:
        DONE.update(tag for tag, *_ in self.ledger)
        try:
            if self.ledger:
                assert self.case.verify(deep=True) == []
        finally:
            self.case.close()
            shutil.rmtree(self.place, ignore_errors=True)

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
        name, row = place = data.draw(st.sampled_from(self.places()))
        if place not in self.known():
            with pytest.raises(NothingFound):
                self.case.correct(f"{name}:{row}", **WRONG)
            return
        assert self.case.correct(f"{name}:{row}", **WRONG).is_new == (place not in self.withdrawn)
        if place not in self.withdrawn:
            self.withdrawn.add(place)
            self.ledger.append(("correct", *place))

    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        name, row = place = data.draw(st.sampled_from(sorted(self.withdrawn) or self.places()))
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
        present = {member for row in self.in_force().values() for member in members_of(row)} - {"carrier"}
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
                called.setdefault(id_, set()).add(parties[member])
        # one statement of several rows counts once, and one id means one party, which no other id means
        assert set(counted.values()) <= {1}
        assert all(len(meant) == 1 for meant in called.values())
        assert len(called) == len({party for meant in called.values() for party in meant})
        for card in CARDS:
            self.check_holder(card, rows, parties)

    def check_holder(self, card: str, rows: Mapping[Place, Row], parties: Mapping[str, frozenset[str]]) -> None:
        (trace,) = self.case.trace(card)
        events = {stated(row): event_of(row, place, parties) for place, row in rows.items() if row["iccid"] == card}
        if not events:
            assert not trace.found
            return
        answer = answer_about(list(events.values()), carrier="china-unicom")
        assert trace.outcome == answer.outcome
        holder = trace.holder
        assert (None if holder is None else party_id(parties[member_id(holder.id)])) == answer.holder

    @invariant()
    def the_ledger_has_the_lines_of_what_was_done_and_agrees(self) -> None:
        assert [tag_of(line) for line in self.case.ledger()] == self.ledger
        assert self.case.verify() == []
        assert {one.judgement.number for one in self.case.judgements() if one.judgement.undone is None} == set(
            self.judged
        )


def member_id(party: str) -> str:
    return "carrier" if party.startswith("carrier:") else party


def members_of(row: Row) -> tuple[str, str]:
    carriers = {normalize_party_name(CARRIER)}
    sides = ((row["from"], row["from_id"]), (row["to"], row["to_id"]))
    sender, receiver = (member_of(mention_of(*side), carriers) for side in sides)
    return sender, receiver


def party_id(members: frozenset[str]) -> str:
    """One name for a party of the model; the carrier's is that of the product, as the oracle knows carriers by it."""
    return "carrier:china-unicom" if "carrier" in members else min(members)


def event_of(row: Row, place: Place, parties: Mapping[str, frozenset[str]]) -> CustodyEvent:
    sender, receiver = (party_id(parties[member]) for member in members_of(row))
    day = to_epoch_day(date.fromisoformat(row["date"]))
    is_sold, is_returned = sender.startswith("carrier:"), receiver.startswith("carrier:")
    return CustodyEvent(
        kind="purchase" if is_sold else "return" if is_returned else "transfer",
        sender=Party(id=sender, name=sender, is_carrier=is_sold),
        receiver=Party(id=receiver, name=receiver, is_carrier=is_returned),
        when=DateSpan(day, day, -1),
        precision="listed",
        origins=(Origin(file=place[0], sha256=place[0], sheet=None, row=place[1]),),
    )


def tag_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a line of the ledger says was done, in the words of the model."""
    if "load" in line:
        return ("load", line["file"])
    if "unload" in line:
        return ("unload", line["unload"]["file"])
    if "correction" in line:
        return ("lift" if line["lifted"] else "correct", line["record"]["file"], line["record"]["row"])
    return ("undo", line["undone"]) if "undone" in line else ("judge", line["judgement"])


@pytest.mark.slow
def test_a_case_holds_what_a_dictionary_holds_whatever_was_loaded_withdrawn_judged_undone_unloaded_and_copied() -> None:
    run_state_machine_as_test(
        History, settings=settings(max_examples=examples(8), stateful_step_count=10, deadline=None)
    )
    assert {"load", "unload", "correct", "lift", "judge", "undo"} <= DONE
