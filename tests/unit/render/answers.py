"""Answers built by hand, small enough to say what must be read in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from graphtrace.model import (
    Activation,
    Chain,
    DateSpan,
    Finding,
    Hint,
    Hop,
    Kind,
    Lead,
    Origin,
    Outcome,
    Party,
    Precision,
    Seizure,
    Severity,
)
from graphtrace.results.trace import Card, Trace

SHA256 = "9f2c4e1ab03d" + "0" * 52

UNICOM = Party("carrier:china-unicom", "中国联通", is_carrier=True)
XINGHAI = Party("id:91310115MA1K35XR7B", "星海智联科技有限公司")
SHOP = Party("name:通达", "深圳市通达物联卡批发部（个体工商户）")
WANG = Party("name:王五", "王五")
ZHAO = Party("name:赵六", "赵六")
HOSTILE = Party("name:x", "[/foo]\x1b[31m<script>\u202eevil\nname\u200b")


def when(text: str) -> DateSpan:
    return DateSpan.of_day(date.fromisoformat(text))


def origin(row: int, file: str = "transfers.csv", sheet: str | None = None) -> Origin:
    return Origin(file, SHA256, sheet, row, f"No-{row}")


def hop(n: int, sender: Party, receiver: Party, day: str, *, precision: Precision = "listed", **rest: Any) -> Hop:
    kind: Kind = "purchase" if sender.is_carrier else "return" if receiver.is_carrier else "transfer"
    rest.setdefault("origins", (origin(n + 1),))
    return Hop(n=n, kind=kind, sender=sender, receiver=receiver, when=when(day), precision=precision, **rest)


def chain(*hops: Hop, outcome: Outcome = Outcome.CONTINUOUS) -> Chain:
    registrant = hops[0].receiver if hops[0].sender.is_carrier else None
    return Chain(outcome=outcome, registrant=registrant, holder=hops[-1].receiver, hops=hops)


CARD = Card(
    iccid="89860619001234567858",
    key="8986061900123456785",
    checksum="ok",
    carrier="china-unicom",
    msisdn=("1064612345678",),
    imsi=("460060123456789",),
    hints=(Hint(attribute="year", value="2019", confidence="medium"),),
)

WHOLE = chain(
    hop(1, UNICOM, XINGHAI, "2024-03-01", precision="range", origins=(origin(12, "采购.xlsx", "明细"),)),
    hop(2, XINGHAI, SHOP, "2024-03-20", channel="微信"),
    hop(3, SHOP, WANG, "2024-04-02", origins=(origin(4), origin(9, "chat.csv"))),
)
TORN = chain(
    WHOLE.hops[0],
    hop(2, XINGHAI, SHOP, "2024-03-20", precision="quantity"),
    hop(3, WANG, ZHAO, "2024-05-06", gap_before=True),
    outcome=Outcome.BROKEN,
)
HEADLESS = chain(hop(1, WANG, ZHAO, "2024-05-06"), outcome=Outcome.BROKEN)

ACTIVATION = Activation(
    when=DateSpan(when("2024-05-20").earliest, when("2024-05-20").earliest, 62352),
    origins=(origin(31, "activations.csv"),),
    imei="861234567890123",
    msisdn="1064612345678",
    user=ZHAO,
    province="江苏",
    city="南京",
)
SEIZURE = Seizure(when=when("2024-06-01"), case_no="A2024-0613", place="环翠区", origins=(origin(3, "seized.xlsx"),))


def finding(code: str, severity: Severity, **params: Any) -> Finding:
    return Finding(code=code, severity=severity, params=params)


def named(party: Party) -> dict[str, str]:
    return {"id": party.id, "name": party.name}


GAP = finding("custody_gap", "error", after=named(SHOP), before=named(WANG), since="2024-03-20", until="2024-05-06")
GAP_LEAD = Lead(ask=SHOP, record_type="transfer_record", because="custody_gap", since="2024-03-20", until="2024-05-06")


def found(*chains: Chain, **rest: Any) -> Trace:
    outcome = chains[0].outcome if len(chains) == 1 else Outcome.AMBIGUOUS if chains else Outcome.BROKEN
    only = chains[0] if len(chains) == 1 else None
    told: dict[str, Any] = {
        "input": CARD.iccid,
        "matched_as": "iccid",
        "outcome": outcome,
        "registrant": only.registrant if only else None,
        "holder": only.holder if only else None,
        **rest,
    }
    return Trace(found=True, card=CARD, chains=chains, **told)


def not_found(text: str = "8986999", **rest: Any) -> Trace:
    return Trace(input=text, found=False, matched_as=None, card=None, outcome=Outcome.NOT_FOUND, **rest)


CONTINUOUS = found(WHOLE, end_user=ZHAO, activations=(ACTIVATION,), seizures=(SEIZURE,))
BROKEN = found(TORN, findings=(GAP,), leads=(GAP_LEAD,))
AMBIGUOUS = found(WHOLE, TORN)
