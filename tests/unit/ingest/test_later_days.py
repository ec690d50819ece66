"""Nothing is concluded from a day after that of the load; the cards of the row are kept."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from graphtrace.ingest.record_schema import decode
from graphtrace.ingest.sheet import ROW
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.split_days import LATER, part_later
from graphtrace.model import KINDS, Kind, to_epoch_day
from graphtrace.render import Lang
from graphtrace.render.format import finding_message

from .sheets import sheet_of

CARD = "898606253002102{:04d}".format


@pytest.mark.parametrize("bulk", [True, False])
def test_of_a_day_after_that_of_the_load_only_the_card_is_kept(bulk: bool) -> None:
    heads = ("转出方", "转入方", "日期", "卡号", "激活时间")
    rows = [("甲", "乙", "2024-03-05", CARD(0), "2098-05-06"), ("乙", "丙", "2099-01-01 10:00:00", CARD(1), "")]
    parser = open_sheet_parser(sheet_of(heads, *rows), bulk=bulk)
    loaded = pl.concat([decode(frame) for frame in parser.frames()]).sort("row", "kind")
    kept = loaded.select("kind", "sender_name", "receiver_name", "first_day", "second").rows()
    assert [row[0] for row in kept] == ["card_list", "transfer", "card_list"]
    assert [row[1:] for row in kept if row[0] == "card_list"] == [(None,) * 4] * 2
    assert parser.unread.select("row", "kind", "reason", "day").rows() == [
        (3, "transfer", "later_than_load", to_epoch_day(date(2099, 1, 1)))
    ]


@pytest.mark.parametrize("kind", ["registration", "seizure"])
def test_what_orders_no_hands_stays_when_its_day_is_after_the_load(kind: Kind) -> None:
    frame = pl.DataFrame(
        {ROW: [2, 3], "kind": [KINDS.index(kind)] * 2, "day": [1, 2], "span": [0, 0], "second": [0, 5]}
    )
    parted = part_later(frame, pl.Series([False, True]))
    (kept,) = parted.frames
    assert kept["day"].to_list() == ([1, None] if kind == "registration" else [1, 2])
    assert kept["second"].to_list() == ([0, -1] if kind == "registration" else [0, 5])
    assert parted.unread == []


@pytest.mark.parametrize(("lang", "said"), [("en", "a day after that of the load"), ("zh", "日期晚于载入之日")])
def test_an_answer_says_in_words_why_such_a_row_counts_for_nothing(lang: Lang, said: str) -> None:
    params = {"origin": {"file": "a.csv", "sheet": None, "row": 3}, "date": "2098-01-01", "reason": LATER}
    assert said in finding_message("unread_movement", params, lang)
