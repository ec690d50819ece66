from __future__ import annotations

import csv
import io

from graphtrace.model import Party
from graphtrace.render.views.trace_view import COLUMNS, hop_rows, trace_view
from graphtrace.render.writers.sheet_writer import render_csv
from graphtrace.results.traces import Traces

from .answers import AMBIGUOUS, CONTINUOUS, HOSTILE, SHA256, UNICOM, chain, found, hop, not_found


def test_a_trace_has_one_row_per_hop_of_each_chain() -> None:
    rows = list(hop_rows([AMBIGUOUS]))
    assert [(row["chain"], row["n"]) for row in rows] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert rows[0]["origins"] == f"采购.xlsx:12 (明细) {SHA256}"


def test_a_card_without_a_chain_is_not_lost() -> None:
    (row,) = hop_rows([not_found("8986999")])
    assert (row["input"], row["outcome"], row["n"]) == ("8986999", "not_found", None)


def test_csv_opens_as_utf_8_in_a_spreadsheet_and_holds_no_formula() -> None:
    evil = Party("name:evil", "=cmd|' /C calc'!A0")
    traced = found(chain(hop(1, UNICOM, evil, "2024-03-01"), hop(2, evil, HOSTILE, "2024-03-02")))
    text = render_csv(trace_view([traced]))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0]["to"] == "'" + evil.name
    assert rows[1]["to"] == "[/foo]␛[31m<script><U+202E>evil\nname\u200b"
    assert "\x1b" not in text
    assert list(rows[0]) == list(COLUMNS)


def test_csv_has_a_line_per_hop() -> None:
    assert len(render_csv(trace_view([CONTINUOUS])).splitlines()) == 1 + 3


def test_a_data_frame_has_the_same_hops_in_the_columns_that_it_promises() -> None:
    frame = Traces([AMBIGUOUS, not_found("8986999")]).to_pandas()
    assert list(frame.columns) == [
        *("input", "iccid", "outcome", "registrant", "end_user", "chain", "n", "kind", "from_id", "from_name"),
        *("to_id", "to_name", "date", "precision", "gap_before", "channel", "origins"),
    ]
    rows = list(hop_rows([AMBIGUOUS, not_found("8986999")]))
    assert list(frame["to_name"][:-1]) == [row["to"] for row in rows[:-1]]
    assert frame["origins"][0] == "采购.xlsx:12"
    assert (frame["input"].iloc[-1], frame["n"].isna().iloc[-1]) == ("8986999", True)
