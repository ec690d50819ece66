"""Carriers that a sheet proposes as whoever passed its cards on: those of China for cards that may be of it."""

from __future__ import annotations

import pytest

from graphtrace.ingest.sheet_evidence import offers_for, read_evidence

from .sheets import sheet_of


@pytest.mark.parametrize(
    ("cells", "are_offered"),
    [
        (("89441000012605502017 - 89441000012605502058", "89441000012605502090 not posted"), False),
        (("89234300002881204723", "ee 8944300421118743034"), False),
        (("89441000012605502017", "89860623000000000012"), True),
        (("5", "3"), True),
    ],
)
def test_carriers_of_china_are_proposed_only_for_cards_that_may_be_of_china(
    cells: tuple[str, str], *, are_offered: bool
) -> None:
    names = ("Buyer", "Note")
    sheet = sheet_of(names, *(("Star Ltd", cell) for cell in cells))
    evidence = read_evidence(sheet, file="orders.csv", header_row=1, names=names)
    offered = {offer.value for offer in offers_for("from", evidence)}
    assert bool(offered & {"中国移动", "中国联通"}) == are_offered


@pytest.mark.parametrize(
    ("title", "person"),
    [
        ("孟晓霞 2024年4月进出卡台账", "孟晓霞"),
        ("段志强2024年上半年给下线放卡统计", "段志强"),
        ("湖北省2024年出库", None),
        ("江西 2024年出库", None),
    ],
)
def test_whose_list_a_title_says_it_is_is_proposed_and_no_carrier_then(title: str, person: str | None) -> None:
    names = ("日期", "卡号")
    sheet = sheet_of((title, None), names, ("4月12日", "89860326619991771291"))
    evidence = read_evidence(sheet, file="a.xlsx", header_row=2, names=names)
    offered = [offer.value for offer in offers_for("from", evidence)]
    assert offered == ([person] if person else ["中国电信"])
    assert [offer.value for offer in offers_for("year", evidence)] == ["2024"]
    named = read_evidence(sheet_of(names), file="04 孟晓霞进出卡台账2024年4月.xlsx", header_row=1, names=names)
    assert [(offer.value, offer.because) for offer in offers_for("to", named)] == [("孟晓霞", "file_name")]
    assert [(offer.value, offer.because) for offer in offers_for("year", named)] == [("2024", "file_name")]


@pytest.mark.parametrize(
    ("title", "offered"),
    [
        ("KAVERIA CELLULAR LIMITED – Nodal Cell (LEA), Tamil Nadu circle", ["KAVERIA CELLULAR LIMITED"]),
        ("ZUBA WIRELESS NIGERIA LTD - Law Enforcement Liaison, Abuja", ["ZUBA WIRELESS NIGERIA LTD"]),
        ("To: Zuba Wireless Nigeria Ltd, Law Enforcement Liaison", []),
        ("Zuba Wireless Nigeria Ltd", []),
    ],
)
def test_whose_desk_answers_the_police_is_proposed_as_the_carrier(title: str, offered: list[str]) -> None:
    names = ("SIM No", "Subscriber Name")
    sheet = sheet_of((title, None), names, ("89234090000007702137", "Eko Cold Chain Ltd"))
    evidence = read_evidence(sheet, file="a.csv", header_row=2, names=names)
    assert [offer.value for offer in offers_for("carrier", evidence)] == offered
