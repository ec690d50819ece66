"""Audits and shared parties built by hand, with figures that no other figure equals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphtrace.model import Hop, Origin, Party
from graphtrace.results.audit import (
    Audit,
    Balance,
    BalanceSource,
    DurationSummary,
    PartyCount,
    ProvinceCount,
    ResaleSummary,
    SeizedCase,
)
from graphtrace.results.flows import CardBounds, QuantityTotals
from graphtrace.results.rules import RuleFinding
from graphtrace.results.shared_parties import CardPassage, Role, SeizedCard, SetCoverStep, SharedParties, SharedParty
from graphtrace.results.trace import Trace
from graphtrace.rules.rule_loader import load_rules

from .answers import BROKEN, CONTINUOUS, SHA256, SHOP, UNICOM, WANG, XINGHAI, ZHAO, not_found, origin, when

BIT = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>{{7*7}}{%x%}\u2028\u202eab\x1b[31m"
SIGNS = "|a|\n# b\n[c](https://example.org)`d`*e*_f_<!-- &lt; www.example.org ~~g~~"
RULES = {rule.id: rule for rule in load_rules()}


def breach(code: str, **params: Any) -> RuleFinding:
    """Return a finding of a rule of the product."""
    rule = RULES[code]
    return RuleFinding(
        code=code, severity=rule.severity, params=params, rule=rule, enterprise="", ordinal=0, cards=8101, records=8202
    )


AUDIT = Audit(
    enterprise=XINGHAI,
    cards=90_017,
    buckets={
        "in_stock": 40_001,
        "activated_by_enterprise": 1_102,
        "activated_unnamed": 0,
        "activated_by_other": 203,
        "resold": 46_304,
        "returned": 2_002,
        "disputed": 405,
    },
    resold=ResaleSummary(
        activated=611,
        by_depth={1: 40_712, 2: 5_592},
        final_holders=(
            PartyCount(party=SHOP, cards=40_713, activated=514, seized=21),
            PartyCount(party=WANG, cards=5_591, activated=97, seized=16),
        ),
        channels={"微信": 44_815, "QQ": 1_489},
    ),
    activated=1_916,
    seized=37,
    seized_cases=(SeizedCase("A2024-0613", 34), SeizedCase(None, 3)),
    to_transfer=DurationSummary(46_304, 40_000, 11, 22, 33),
    to_activation=DurationSummary(1_916, 1_916, 44, 55, 66),
    places=(ProvinceCount("智能表计", "江苏", "云南", 1_318), ProvinceCount(None, None, None, 598)),
    quantity_purchased=QuantityTotals(2, 719),
    quantity_sold=QuantityTotals(3, 821),
    balance=Balance(
        when=when("2024-06-30"),
        declared_stock=45_922,
        declared_sold=30_023,
        acquired=90_017,
        returned=2_002,
        activated=1_224,
        sold=CardBounds(46_304, 47_125),
        quantity_acquired=719,
        quantity_returned=0,
        declarations=(origin(26, "stock.csv"),),
        books=(BalanceSource("purchase", "range", origin(27, "采购.xlsx", "明细"), 29, 9, 90_128),),
    ),
    findings=(breach("many_cards_one_person", person="王五", cards=8_303, least_cards=20),),
)
"""``unaccounted`` is 10,846, and lies between that and 11,565."""

FIGURES = (
    *("90,017", "40,001", "1,102", "203", "46,304", "2,002", "405", "40,712", "5,592", "40,713", "514", "21", "5,591"),
    *("97", "16", "44,815", "1,489", "1,916", "37", "34", "11", "22", "33", "44", "55", "66", "1,318", "598"),
    *("45,922", "30,023", "1,224", "47,125", "10,846", "11,565", "26", "27", "29", "9", "90,128", "8,303"),
    *("611", "719", "821"),
)
"""Every figure of AUDIT that a reader must find, as it is written."""


def hostile_audit(mark: str) -> Audit:
    """An audit all of whose texts are hostile."""
    bad = mark + BIT + SIGNS
    party = Party(f"id:{bad}", bad)
    at = Origin(bad, SHA256, bad, 3, bad)
    assert AUDIT.balance is not None
    return replace(
        AUDIT,
        enterprise=party,
        resold=replace(
            AUDIT.resold,
            final_holders=(PartyCount(party=Party(f"name:{bad}", bad), cards=1, activated=1, seized=1),),
            channels={bad: 1},
        ),
        seized_cases=(SeizedCase(bad, 1),),
        places=(ProvinceCount(bad, bad, bad, 1),),
        balance=replace(AUDIT.balance, declarations=(at,), books=(BalanceSource("purchase", "range", at, 3, 1, 1),)),
        findings=(breach("many_cards_one_person", person=bad, cards=1, least_cards=20),),
    )


def seized(trace: Trace, key: str, *cases: str) -> SeizedCard:
    """A card that was asked for."""
    return SeizedCard(key=key, iccid=key, case_nos=cases, trace=trace)


def passage(card: SeizedCard, party: Party, *roles: Role, is_certain: bool = True) -> CardPassage:
    """Return the passage of a card through a party, by its chains."""
    hops: dict[int, tuple[Hop, ...]] = {
        number: found
        for number, chain in enumerate(card.trace.chains, 1)
        if (found := tuple(hop for hop in chain.hops if party in (hop.sender, hop.receiver)))
    }
    return CardPassage(card=card, hops=hops, roles=roles, is_certain=is_certain)


def shared_party(party: Party, volume: int, *evidence: CardPassage, of: int = 2, cases: int = 1) -> SharedParty:
    """A party with the figures that its evidence gives; the case has 1,000 cards."""
    count, known = len(evidence), {case for one in evidence for case in one.card.case_nos}
    expected = of * volume / 1_000
    roles: dict[Role, int] = {}
    for one in evidence:
        for role in one.roles:
            roles[role] = roles.get(role, 0) + 1
    return SharedParty(
        party=party,
        roles=roles,
        cards=count,
        cases=len(known),
        cards_without_case=sum(not one.card.case_nos for one in evidence),
        certain_cards=sum(one.is_certain for one in evidence),
        card_share=count / of,
        case_share=len(known) / cases,
        score=len(known) / cases,
        volume=volume,
        expected=expected,
        lift=count / expected,
        lift_interval=(count / expected / 3, count / expected * 2),
        evidence=evidence,
    )


FIRST, SECOND = seized(CONTINUOUS, "8986061900123456785", "A2024-0613"), seized(BROKEN, "8986061900123456793")
SHARED = SharedParties(
    by="lift",
    cards=(FIRST, SECOND),
    not_found=(not_found().input,),
    case_numbers=("A2024-0613",),
    cards_without_case=1,
    case_cards=1_000,
    parties=(
        shared_party(SHOP, 37, passage(FIRST, SHOP, "reseller"), passage(SECOND, SHOP, "reseller", is_certain=False)),
        shared_party(XINGHAI, 914, passage(FIRST, XINGHAI, "registrant"), passage(SECOND, XINGHAI, "registrant")),
        shared_party(WANG, 3, passage(FIRST, WANG, "holder"), passage(SECOND, WANG, "reseller")),
        shared_party(ZHAO, 2, passage(FIRST, ZHAO, "end_user")),
    ),
    carriers=(shared_party(UNICOM, 987, passage(FIRST, UNICOM, "carrier"), passage(SECOND, UNICOM, "carrier")),),
    cover=(SetCoverStep(party=SHOP, cards=2, new_cards=2),),
    unexplained=(),
)
"""Two cards, one without a case number; lift, expected and bounds of the first party: 2 / 0.074 = 27, 9.01 to 54.1."""


def hostile_shared() -> SharedParties:
    """Shared parties all of whose texts are hostile; their names are those of the traces."""
    bad = BIT + SIGNS
    at = Origin(bad, SHA256, bad, 3, bad)
    evil, other = Party(f"id:{bad}", bad), Party(f"name:{bad}", bad + "2")
    way = CONTINUOUS.chains[0]
    hops = (
        replace(way.hops[0], receiver=evil, origins=(at,)),
        replace(way.hops[1], sender=evil, receiver=other, channel=bad, origins=(at,)),
    )
    chain = replace(way, hops=hops, registrant=evil, holder=other)
    trace = replace(CONTINUOUS, input=bad, chains=(chain,), registrant=evil, holder=other, end_user=other, findings=())
    card = seized(replace(trace, activations=()), bad, bad)
    return replace(
        SHARED,
        cards=(card,),
        not_found=(bad,),
        case_numbers=(bad,),
        cards_without_case=0,
        parties=(
            shared_party(evil, 2, passage(card, evil, "registrant"), of=1, cases=1),
            shared_party(other, 1, replace(passage(card, other, "holder", "end_user"), origins=(at,)), of=1, cases=1),
        ),
        carriers=(shared_party(UNICOM, 987, passage(card, UNICOM, "carrier"), of=1, cases=1),),
        cover=(SetCoverStep(party=evil, cards=1, new_cards=1),),
        unexplained=(card,),
    )
