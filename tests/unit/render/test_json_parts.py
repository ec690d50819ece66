from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from graphtrace.model import Party
from graphtrace.render import json_parts
from graphtrace.render.json import answer_document, audit_document, to_json_bytes
from graphtrace.render.json_parts import Members, to_json_parts
from graphtrace.results.audit import AuditResults, PartyShares
from graphtrace.results.lone_names import LoneNames
from graphtrace.results.party_table import PartyColumns, PartyTable

from .reports import AUDIT

NAMES = ('甲"公司', "a\\b", "\t制表", "\u202e反", "\x7f", "", "😀", "普通", "a\u2028b", ",\n  ]")


def shares(count: int, *, contested: bool = False) -> PartyShares:
    """Parties of hostile names, of which every third rests on names alone, some only for a part of their cards."""
    numbers = np.arange(count, dtype=np.int64)
    names = [f"{NAMES[number % len(NAMES)]}{number}" for number in range(count)]
    ids = [f"name:{number:06}{NAMES[number % 7]}" for number in range(count)]
    table = pa.table(
        {
            "party": pa.array(numbers),
            "id": ids,
            "name": names,
            "is_carrier": [False] * count,
            "bearers": [0] * count,
        }
    ).sort_by("id")
    lone = LoneNames({ids[number]: {names[number]: names[number]} for number in range(0, count, 3)})
    cards = numbers % 9 + 1
    by_name = np.where(numbers % 3 == 0, cards - numbers % 2, 0)
    columns = PartyColumns(numbers, cards, cards - 1, numbers % 2, by_name)
    return PartyShares(PartyTable(table, lone), columns, (5, 4, 3) if contested else None)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 60])
@pytest.mark.parametrize("is_redacted", [False, True])
def test_parties_written_by_columns_are_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, count: int, is_redacted: bool
) -> None:
    monkeypatch.setattr(json_parts, "_SHARES_AT_ONCE", 7)
    monkeypatch.setattr("graphtrace.render.json.MANY", -1)
    parties = [shares(count), shares(count, contested=True)]
    if is_redacted:
        parties = [each.changed(lambda party: Party(f"id:P{party.id}", f"P {party.name}")) for each in parties]
    audit = replace(
        AUDIT,
        suppliers=parties[0],
        buyers=parties[0],
        resold=replace(AUDIT.resold, final_holders=parties[1]),
    )
    audits = AuditResults([audit, AUDIT, audit])
    parts = list(to_json_parts(answer_document("x.gtrace", audits, "zh", is_streamed=True)))
    assert b"".join(parts) == to_json_bytes(audit_document("x.gtrace", [audit, AUDIT, audit], "zh"))
    assert len(parts) > 6 * (count // 7)


def test_members_stand_at_any_depth_and_are_made_anew_each_time() -> None:
    made: list[int] = []

    def squares() -> list[dict[str, int]]:
        made.append(1)
        return [{"square": number * number} for number in range(3)]

    deep = {"a": [{"b": Members(lambda: [{"c": Members(squares), "d": Members(list)}])}], "e": "\x00"}
    whole = {"a": [{"b": [{"c": squares(), "d": []}]}], "e": "\x00"}
    for _ in range(2):
        assert b"".join(to_json_parts(deep)) == to_json_bytes(whole)
    assert len(made) == 3


def test_what_the_faster_way_cannot_write_is_written_all_the_same() -> None:
    members = Members(lambda: [{"half": "\ud800"}, {"long": 2**70}])
    assert b"".join(to_json_parts({"a": members})) == to_json_bytes({"a": list(members)})
    with pytest.raises(TypeError, match="set has no JSON"):
        to_json_bytes({"a": {1}})
