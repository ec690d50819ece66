"""Forged answers: whatever changes a sentence is found by the small program, and so is what hides a row."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Case, prove

Document = dict[str, Any]
CARDS = {
    # continuous, used by somebody whom a record names, and seized
    "whole": "89860123061000001011",
    # whose holder is presumed to have used it
    "presumed": "8986012306100001234",
    # with a gap
    "torn": "8986012306100005500",
    # of another enterprise
    "other": "898602A82223DE000002",
}
NOBODY = {"id": "name:假人甲", "name": "假人甲"}


@pytest.fixture(scope="module")
def answer(example: Case) -> Document:
    return example.trace([*CARDS.values()])


def of(answer: Document, which: str = "whole") -> Document:
    result: Document = next(each for each in answer["results"] if each["input"] == CARDS[which])
    return result


def hop(answer: Document, at: int, which: str = "whole") -> Document:
    found: Document = of(answer, which)["chains"][0]["hops"][at]
    return found


def role(answer: Document, name: str, party: Document | None, which: str = "whole") -> None:
    """Name another party, for the card and in its chain."""
    of(answer, which)[name] = party
    of(answer, which)["chains"][0][name] = party


def name_another(answer: Document) -> None:
    hop(answer, 1)["to"] = dict(NOBODY)
    hop(answer, 2)["from"] = dict(NOBODY)


def register_another(answer: Document) -> None:
    party = of(answer, "other")["registrant"]
    role(answer, "registrant", party)
    hop(answer, 0)["to"] = hop(answer, 1)["from"] = {name: party[name] for name in ("id", "name")}


def leave_out(answer: Document, at: int) -> None:
    hops = of(answer)["chains"][0]["hops"]
    del hops[at]
    for number, each in enumerate(hops, 1):
        each["n"] = number


def leave_out_last(answer: Document) -> None:
    """Take away the last hop with everything that speaks of it."""
    leave_out(answer, -1)
    result = of(answer)
    last = result["chains"][0]["hops"][-1]
    role(answer, "holder", last["to"])
    result["because"]["holder"] = [prove.ref_of(origin) for origin in last["origins"]]
    for part in ("findings", "leads"):
        result[part], result["because"][part] = [], []


def leave_out_and_join(answer: Document) -> None:
    leave_out(answer, 1)
    hop(answer, 1)["from"] = dict(hop(answer, 0)["to"])


def swap_hops(answer: Document) -> None:
    hops = of(answer)["chains"][0]["hops"]
    hops[1], hops[2] = hops[2], hops[1]
    hops[1]["n"], hops[2]["n"] = 2, 3


def swap_sides(answer: Document) -> None:
    each = hop(answer, 1)
    each["from"], each["to"] = each["to"], each["from"]


def next_row(answer: Document) -> None:
    """Name the next row, and have the answer rest on it too."""
    (origin,) = hop(answer, 1)["origins"]
    for table in answer["rests_on"]:
        if table["sha256"] == origin["sha256"]:
            table["rows"] = sorted({*table["rows"], origin["row"] + 1})
    origin["row"] += 1


def hide_gap(answer: Document) -> None:
    for each in of(answer, "torn")["chains"][0]["hops"]:
        each["gap_before"] = False


def mend_gap(answer: Document) -> None:
    of(answer, "torn")["outcome"] = of(answer, "torn")["chains"][0]["outcome"] = "continuous"


def forget_use(answer: Document) -> None:
    of(answer)["activations"].clear()
    of(answer)["end_user"] = of(answer)["end_user_basis"] = None


def swap_fields(answer: Document) -> None:
    for table in answer["rests_on"]:
        for fields in table["reading"]["fields"].values():
            if {"from", "to"} <= fields.keys():
                fields["from"], fields["to"] = fields["to"], fields["from"]


def gap_of(answer: Document) -> Document:
    found: Document = next(each for each in of(answer, "torn")["findings"] if each["code"] == "custody_gap")["params"]
    return found


def ask_another(answer: Document) -> None:
    next(lead for lead in of(answer, "torn")["leads"] if lead["because"] == "custody_gap")["ask"] = dict(NOBODY)


FORGERIES: dict[str, Callable[[Document], object]] = {
    "a receiver is somebody else": name_another,
    "a receiver has another name": lambda it: hop(it, 1)["to"].update(name="假人甲"),
    "a seller is another carrier": lambda it: hop(it, 0)["from"].update(id="carrier:china-telecom"),
    "a carrier has another name": lambda it: hop(it, 0)["from"].update(name="中国联通假公司"),
    "a hop is of another year": lambda it: hop(it, 1).update(date="2021-01-01"),
    "a hop is of the day before": lambda it: hop(it, 1).update(date="2023-07-02"),
    "a hop has no day": lambda it: hop(it, 1).update(date=None),
    "a range is listed": lambda it: hop(it, 0).update(precision="listed"),
    "a sale is a return": lambda it: hop(it, 1).update(kind="return"),
    "a purchase is a registration": lambda it: hop(it, 0).update(kind="registration"),
    "a channel": lambda it: hop(it, 1).update(channel="假渠道"),
    "a waybill": lambda it: hop(it, 1).update(waybill="SF123"),
    "a price": lambda it: hop(it, 1).update(price="5"),
    "a card without a case more": lambda it: it["counts"].update(cards_without_case=2),
    "an input twice": lambda it: it["options"]["inputs"].append(CARDS["whole"]),
    "one card more": lambda it: it["counts"].update(cards=it["counts"]["cards"] + 1),
    "one outcome more": lambda it: it["counts"]["outcomes"].update(continuous=9),
    "one that is not found": lambda it: it["counts"].update(not_found=1),
    "one case more": lambda it: it["counts"].update(cases=it["counts"]["cases"] + 1),
    "the holder everywhere": lambda it: role(it, "holder", dict(NOBODY)),
    "the holder of the card alone": lambda it: of(it).update(holder=dict(NOBODY)),
    "the holder is who had it before": lambda it: role(it, "holder", hop(it, 0)["to"]),
    "the registrant": lambda it: role(it, "registrant", {**NOBODY, "kind": None}),
    "the registrant of another card": lambda it: role(it, "registrant", of(it, "other")["registrant"]),
    "the registrant of another card in the hops": register_another,
    "no registrant": lambda it: role(it, "registrant", None),
    "the user": lambda it: of(it).update(end_user=dict(NOBODY)),
    "the ground of the user": lambda it: of(it).update(end_user_basis="holder_that_day"),
    "a presumed user": lambda it: of(it, "presumed").update(end_user=hop(it, 0, "presumed")["from"]),
    "a presumed user who is named": lambda it: of(it, "presumed").update(end_user_basis="named"),
    "the number of a row": lambda it: hop(it, 1)["origins"][0].update(row=hop(it, 1)["origins"][0]["row"] + 1),
    "the number of a row, also where the answer rests on": next_row,
    "the origins of another hop": lambda it: hop(it, 1).update(origins=copy.deepcopy(hop(it, 0)["origins"])),
    "the origins of another card": lambda it: hop(it, 0).update(origins=copy.deepcopy(hop(it, 0, "other")["origins"])),
    "no origins": lambda it: hop(it, 1).update(origins=[]),
    "another hash": lambda it: hop(it, 1)["origins"][0].update(sha256="0" * 64),
    "another file": lambda it: hop(it, 1)["origins"][0].update(file="other.xlsx"),
    "a hop taken out": lambda it: leave_out(it, 1),
    "a hop taken out, and the next made to fit": leave_out_and_join,
    "the last hop taken out, and everything made to fit": leave_out_last,
    "two hops exchanged": swap_hops,
    "both sides exchanged": swap_sides,
    "a gap hidden": hide_gap,
    "a gap made": lambda it: hop(it, 1).update(gap_before=True),
    "a broken chain": lambda it: of(it).update(outcome="broken"),
    "a chain mended": mend_gap,
    "the day of a use": lambda it: of(it)["activations"][0].update(date="2020-01-01T00:00:00+08:00"),
    "the hour of a use": lambda it: of(it)["activations"][0].update(date="2023-10-12T09:31:07+08:00"),
    "the user of a use": lambda it: of(it)["activations"][0].update(user=dict(NOBODY)),
    "the device of a use": lambda it: of(it)["activations"][0].update(imei="86000000000001"),
    "the place of a use": lambda it: of(it)["activations"][0].update(province="北京"),
    "a use taken out": forget_use,
    "the number of a criminal case": lambda it: of(it)["seizures"][0].update(case_no="假0001"),
    "the day of a seizure": lambda it: of(it)["seizures"][0].update(date="2020-02-02"),
    "from whom a row says that it was taken": lambda it: of(it)["seizures"][0].update(holder="假人甲"),
    "whom it was taken from": lambda it: of(it)["seizures"][0].update(seized_from=dict(NOBODY)),
    "a seizure taken out": lambda it: of(it)["seizures"].clear(),
    "another card": lambda it: of(it).update(card=of(it, "other")["card"]),
    "the carrier of the number": lambda it: of(it)["card"].update(carrier="china-broadnet"),
    "a side of a gap in its finding": lambda it: gap_of(it).update(after=dict(NOBODY)),
    "whom to ask": ask_another,
    "whom to ask about a seizure": lambda it: of(it)["leads"][0].update(ask=of(it)["seizures"][0]["seized_from"]),
    "of what day to ask": lambda it: of(it, "torn")["leads"][0].update(since="2023-07-04"),
    "until when to ask": lambda it: of(it, "torn")["leads"][0].update(until=None),
    "what to ask for": lambda it: of(it, "torn")["leads"][0].update({"for": "purchase_record"}),
    "the number of a lead": lambda it: of(it)["leads"][0].update(id="7e8b4514ffaa9596"),
    "the rows of a lead": lambda it: of(it)["because"]["leads"][0].clear(),
    "a day of a gap": lambda it: gap_of(it).update(until="2023-10-06"),
    "how severe a finding is": lambda it: of(it)["findings"][0].update(severity="info"),
    "who held the card by a finding": lambda it: of(it)["findings"][0]["params"].update(holder=hop(it, 1)["to"]),
    "the level of a hop": lambda it: hop(it, 1).update(level=2),
    "not found": lambda it: of(it).update(found=False),
    "the rows of the holder": lambda it: of(it)["because"].update(holder=of(it)["because"]["registrant"]),
    "no rows of the registrant": lambda it: of(it)["because"].update(registrant=[]),
    "the fields of the columns": swap_fields,
    "the rows of a table": lambda it: it["rests_on"][0].update(rows=it["rests_on"][0]["rows"][1:]),
}


def test_the_answer_before_it_is_forged_is_not_contradicted(example: Case, answer: Document) -> None:
    assert example.prove(answer)["NOT PROVED"] == []
    outcomes = {name: of(answer, name)["outcome"] for name in CARDS}
    assert outcomes == {"whole": "continuous", "presumed": "inferred", "torn": "broken", "other": "continuous"}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_answer_is_not_proved(example: Case, answer: Document, forgery: str) -> None:
    forged = copy.deepcopy(answer)
    FORGERIES[forgery](forged)
    assert forged != answer
    unproved = example.prove(forged)["NOT PROVED"]
    assert unproved
    assert all(why for _, why in unproved)
