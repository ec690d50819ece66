"""What loads since a line of the ledger changed: what traces said then, against what they say now, on both stores."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UsageError
from graphtrace.results.case_status import CardState, CaseChanges

FILES = {
    "seizures": "卡号,查获日期,案件编号\n8986061900000000001,2024-06-01,A-1\n8986061900000000002,2024-06-02,A-1\n",
    "sales": (
        "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量\n"
        "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,100\n"
    ),
    "transfers": (
        "转出方,转入方,日期,卡号\n"
        "星海智联科技有限公司,老K,2024-03-05,8986061900000000001\n"
        "老K,王五,2024-04-01,8986061900000000001\n"
        "捷讯,赵六,2024-04-01,8986061900000000003\n"
    ),
    "activations": "卡号,激活时间,接入号,使用人\n8986061900000000001,2024-04-02 08:30:00,1064612345678,王五\n",
}
CARDS = ("8986061900000000001", "8986061900000000002", "8986061900000000003")
Short = tuple[str, str | None, str | None, str | None]


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address for a case, and its files beside it."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return str(request.getfixturevalue("neo4j_uri") if request.param == "server" else tmp_path / "x.gtrace")


def short(case: gt.Case) -> dict[str, Short]:
    """Outcome, registrant, holder and end user of the cards that some record names."""
    parties = ("registrant", "holder", "end_user")
    return {
        trace.input: (str(trace.outcome), *(getattr(trace, name) and getattr(trace, name).id for name in parties))
        for trace in case.trace(*CARDS)
        if trace.found
    }


def told(found: CaseChanges) -> dict[str, tuple[Short | None, Short]]:
    """The same as the answer states it, of the cards that changed or are new: before and now."""

    def texts(state: CardState) -> Short:
        registrant, holder, user = (party and party.id for party in (state.registrant, state.holder, state.end_user))
        return str(state.outcome), registrant, holder, user

    return {
        one.card: (None if one.before is None else texts(one.before), texts(one.after))
        for one in (*found.changed, *found.new_cards)
    }


def test_before_each_line_stands_what_was_answered_then(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        history: list[dict[str, Short]] = [{}]
        for name in FILES:
            case.load(tmp_path / f"{name}.csv")
            history.append(short(case))
        case.resolve("捷讯", "星海智联科技有限公司", same=True, why="线人")
        history.append(short(case))
        case.correct("transfers.csv:3", why="误录")
        history.append(short(case))
        case.unload("activations.csv", why="误发")
        now = short(case)
        assert len(case.ledger()) == len(FILES) + 3
        loads = list(FILES)
        for line, before in enumerate(history):
            found = case.changes(line)
            assert [load.file for load in found.loads] == [f"{name}.csv" for name in loads[line:]]
            assert found.other_lines == min(3, len(FILES) + 3 - line)
            expected = {card: (before.get(card), now[card]) for card in now if before.get(card) != now[card]}
            # only cards that the new records touch are looked at
            assert told(found).items() <= expected.items()
            if line < 2:
                assert told(found) == expected
        assert case.changes(len(FILES) + 3).loads == []


def test_the_order_of_loads_changes_nothing_but_the_lines(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    seen = []
    for number, order in enumerate(permutations(("sales", "transfers", "activations"))):
        with gt.open_case(tmp_path / f"{number}.gtrace") as case:
            case.load(tmp_path / "seizures.csv")
            for name in order:
                case.load(tmp_path / f"{name}.csv")
            found = case.changes(1)
        assert [load.file for load in found.loads] == [f"{name}.csv" for name in order]
        closed = {(change.lead.record_type, change.cards) for change in found.leads_closed}
        seen.append((told(found), closed, found.compared, found.omitted, found.unlisted))
    assert seen == [seen[0]] * len(seen)
    assert seen[0][0][CARDS[0]][0] is not None
    assert ("purchase_record", CARDS[:2]) in seen[0][1]


def test_cards_that_changed_new_ones_leads_and_watched_values_are_told(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        case.load(tmp_path / "seizures.csv")
        case.watch("王五")
        case.load(*(tmp_path / f"{name}.csv" for name in ("sales", "transfers", "activations")))
        found = case.changes(1)
        assert [one.card for one in found.changed] == list(CARDS[:2])
        assert [one.card for one in found.new_cards] == [CARDS[2]]
        assert (found.compared, found.omitted, found.unlisted) == (3, 0, 97)
        assert {(hit.value, hit.file) for hit in found.watch_hits} == {
            ("王五", "transfers.csv"),
            ("王五", "activations.csv"),
        }
        day = case.ledger()[0]["at"][:10]
        assert case.changes(day) == case.changes(0)
        assert case.changes("2999-01-01").loads == []
        for since in ("5", "-1", "yesterday", "2024-1-1"):
            with pytest.raises(UsageError):
                case.changes(since)


def test_a_list_that_is_cut_says_how_many_are_left_out_and_begins_with_the_seized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphtrace.analysis.watch_hits.MAX_CARDS", 1)
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (tmp_path / "seizures.csv").write_text("卡号,查获日期,案件编号\n8986061900000000003,2024-06-01,A-1\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "seizures.csv", tmp_path / "transfers.csv")
        found = case.changes(1)
    assert (found.compared, found.omitted) == (1, 1)
    assert list(told(found)) == [CARDS[2]]
