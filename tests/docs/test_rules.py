"""The rule that the guide writes does what the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import graphtrace as gt
from graphtrace.render.format import rule_finding_message
from graphtrace.rules.rule_loader import load_rules, select_rules

from .pages import ROOT, read_page


def test_the_rule_that_the_guide_writes_finds_the_large_holder(tmp_path: Path) -> None:
    guide = read_page("docs/guide.md")
    for name, language in (("large-holders.sql", "sql"), ("large_holder.yml", "yaml")):
        below = guide[guide.index(f"`my-rules/{name}`") :]
        written = re.findall(rf"^```{language}\n(.*?)^```$", below, re.MULTILINE | re.DOTALL)[0]
        (tmp_path / name).write_text(written, encoding="utf-8")
    (rule,) = select_rules(load_rules(tmp_path), ["large_holder"], [("least_percent", "25")])
    case = gt.open_case(tmp_path / "x.gtrace")
    examples = ROOT / "examples" / "case"
    case.load(
        *(examples / name for name in ("unicom_sales.csv", "mobile_sales.csv", "xinghai_ledger.xlsx", "chat_list.txt"))
    )
    (audit,) = case.audit("星海智联科技有限公司", rules=[rule])
    (breach,) = audit.findings
    assert rule_finding_message(breach, "en") == "“周立冬” is the last documented holder of 26,000 cards, 28.9% of all."
    assert not case.audit("星海智联科技有限公司", rules=[rule.with_value("least_percent", 28.9)])[0].findings
