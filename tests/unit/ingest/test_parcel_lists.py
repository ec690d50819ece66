"""Lists of parcels that name their cards: the day and the sides of each hand-over."""

from __future__ import annotations

from graphtrace.model import format_day

from .sheets import Row, read_both_ways

HEADINGS = ("AWB", "BOOKED", "SHIPPER", "CONSIGNEE", "DEST", "CONTENTS", "STATUS", "DELIVERED", "POD")
SHIPPER, TAKER = "Lekki Meters Ltd", "Ade & Sons Telecoms Ltd"
CARDS = ("8923417250009023071", "8923417250009023154")
ROWS: list[Row] = [
    HEADINGS,
    ("NX1", "12-MAY-25", SHIPPER, TAKER, "Mushin", f"SIM CARD {CARDS[0]}", "DELIVERED", "13-MAY-25", "FUNMI"),
    ("NX2", "20-MAY-25", SHIPPER, TAKER, "Mushin", f"SIM CARD {CARDS[1]}", "DELIVERED", "24-MAY-25", "SECURITY"),
    ("END OF LIST", "2 ROWS", *[None] * 7),
]


def test_a_parcel_is_dated_by_the_day_it_was_booked_and_whoever_signed_for_it_is_no_word_to_ask_about() -> None:
    loaded, parser = read_both_ways(*ROWS)
    found = [(each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded]
    assert found == [(SHIPPER, TAKER, "2025-05-12"), (SHIPPER, TAKER, "2025-05-20")]
    assert not parser.questions
    # the foot of the list is none of its rows
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "not_a_record")]
    (booked,) = [each for each in parser.columns if each.heading == "BOOKED"]
    assert booked.field == "date"
    # where it went is a place, and says nothing of who has the card
    assert [each for each in parser.remarks if each.heading == "DEST"] == []
