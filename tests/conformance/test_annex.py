"""The annex of an audit has the same bytes whichever store has the case, and is verified in both."""

from __future__ import annotations

import json
from pathlib import Path

import graphtrace as gt
from graphtrace.cli import main

FIRST, SECOND, THIRD = (f"898606190000000000{n}" for n in (1, 2, 3))
FILES = {
    "carrier.csv": "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID\n"
    f"中国联通,星海智联,91310115MA1K35XR7B,2024-02-01,{FIRST},{THIRD}\n",
    "moves.csv": f"转出方,转入方,日期,ICCID\n星海智联,乙店,2024-03-05,{FIRST}\n乙店,王五,2024-03-09,{FIRST}\n",
    "uses.csv": f"ICCID,激活时间,使用人\n{FIRST},2024-04-01,王五\n{SECOND},2024-04-02,赵六\n",
}


def test_the_annex_is_the_same_bytes_and_verifies_in_both_stores(neo4j_uri: str, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    written = {}
    for place, names in ((str(tmp_path / "x.gtrace"), list(FILES)), (neo4j_uri, list(FILES)[::-1])):
        folder = tmp_path / str(len(written))
        folder.mkdir()
        with gt.open_case(place) as case:
            for name in names:
                assert not case.load(tmp_path / name).has_errors
        saved, annex = folder / "audit.json", folder / "cards.jsonl"
        asked = ["audit", "星海智联", "--case", place, "-q", "-o", str(saved), "--annex", str(annex)]
        assert main(asked) == 0
        stated = json.loads(saved.read_text(encoding="utf-8"))["options"]["annex"]
        written[place] = annex.read_bytes(), stated
        with gt.open_case(place) as case:
            assert case.verify(saved) == []
    one, other = written.values()
    assert one == other
    lines = [json.loads(line) for line in one[0].splitlines()]
    buckets = ["resold", "activated_by_other", "in_stock"]
    assert [(line["card"][:19], line["bucket"]) for line in lines] == list(
        zip((FIRST, SECOND, THIRD), buckets, strict=True)
    )
