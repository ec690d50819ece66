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
