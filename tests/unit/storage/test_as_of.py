from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UsageError
from graphtrace.results.trace import Trace
from graphtrace.storage import ledger

TRANSFERS = "转出方,转出方证件号,转入方,转入方证件号,日期,卡号\n"
CARD = "8986061900000000001"


class Clock(datetime):
    today_is = datetime(2024, 1, 1)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromtimestamp(cls.today_is.timestamp(), tz)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gt.Case]:
    """Three loads on three days; each changes what the one before seemed to say."""
    monkeypatch.setattr(ledger, "datetime", Clock)
    files = {
        (2024, 5, 1): f"星海公司,,老王,,2024-03-05,{CARD}\n",
        (
            2024,
            5,
            3,
        ): f"星海 公司,91310115MA1K35XR7B,老王,,2024-03-01,8986061900000000009\n老王,,小李,,2024-04-01,{CARD}\n",
        (
            2024,
            5,
            5,
        ): f"小李,,老赵,,2024-04-09,{CARD}\n星海公司,91110000100000001X,小李,,2024-04-09,8986061900000000008\n",
    }
    with gt.open_case(tmp_path / "x.gtrace") as opened:
        for day, rows in files.items():
            monkeypatch.setattr(Clock, "today_is", datetime(*day, 12))
            path = tmp_path / f"{day[2]}.csv"
            path.write_text(TRANSFERS + rows, "utf-8")
            assert not opened.load(path).has_errors
        yield opened


def traced(case: gt.Case, as_of: str | None) -> Trace:
    (trace,) = case.at(as_of).trace(CARD)
    return trace


def hops(trace: Trace) -> list[tuple[str, str]]:
    return [(hop.sender.name, hop.receiver.name) for chain in trace.chains for hop in chain.hops]


def test_before_the_first_load_nothing_is_known(case: gt.Case) -> None:
    assert not traced(case, "2024-04-30").found


def test_a_day_is_known_until_its_end(case: gt.Case) -> None:
    assert hops(traced(case, "2024-05-01")) == hops(traced(case, "2024-05-02")) == [("星海公司", "老王")]


def test_an_older_day_is_answered_without_what_came_later(case: gt.Case) -> None:
    assert [receiver for _, receiver in hops(traced(case, "2024-05-03"))] == ["老王", "小李"]
    assert [receiver for _, receiver in hops(traced(case, "2024-05-05"))] == ["老王", "小李", "老赵"]


def test_who_is_the_same_party_is_answered_as_of_the_day(case: gt.Case) -> None:
    senders = [traced(case, day).chains[0].hops[0].sender for day in ("2024-05-01", "2024-05-03", "2024-05-05")]
    # no record of the card states the number: it is said apart
    assert [party.id for party in senders] == ["name:星海公司"] * 3
    assert [party.identified_by for party in senders] == [None, "name", None]
    assert [party.namesakes for party in senders] == [0, 0, 2]
    codes = [{finding.code for finding in traced(case, day).findings} for day in ("2024-05-03", "2024-05-05")]
    assert ["ambiguous_party" in found for found in codes] == [False, True]
    assert ["known_by_name" in found for found in codes] == [True, False]


def test_a_party_bears_the_name_of_the_earliest_record_known_on_the_day(case: gt.Case) -> None:
    names = [traced(case, day).chains[0].hops[0].sender.name for day in ("2024-05-01", "2024-05-03")]
    assert names == ["星海公司", "星海 公司"]


def test_the_latest_day_is_answered_as_today_while_the_case_is_open(case: gt.Case) -> None:
    today = traced(case, None)
    assert hops(traced(case, "2024-05-05")) == hops(traced(case, "2030-01-01")) == hops(today)
    assert hops(traced(case, None)) == hops(today)


@pytest.mark.parametrize("day", ["2024", "yesterday", "2024-5-1", "20240501", ""])
def test_what_is_no_day_is_refused(case: gt.Case, day: str) -> None:
    with pytest.raises(UsageError, match="no day"):
        case.at(day).trace(CARD)
