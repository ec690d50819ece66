"""The annex of an audit is proved line by line from the bytes of the sources, and no forgery of a line passes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import PROGRAM, Case, load, prove_annex

FIRST, LAST, USED, BACK, OTHER = (f"898606190000000000{n}" for n in (1, 8, 5, 7, 9))
FILES = {
    "carrier.csv": "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID\n"
    f"中国联通,星海智联,91310115MA1K35XR7B,2024-02-01,{FIRST},{LAST}\n",
    "moves.csv": "转出方,转出方证件号,转入方,日期,ICCID,渠道\n"
    f"星海智联,91310115MA1K35XR7B,乙店,2024-03-05,{FIRST},微信\n"
    f"乙店,,王五,2024-03-09,{FIRST},\n"
    f"星海智联,91310115MA1K35XR7B,中国联通,2024-03-06,{BACK},\n",
    "uses.csv": f"ICCID,激活时间,使用人\n{USED},2024-04-02,赵六\n",
}
ABOUT = "id:91310115MA1K35XR7B"


def ask(case: Case, *names: str) -> tuple[dict[str, Any], Path]:
    """Return an audit with its annex."""
    annex = case.folder.parent / "cards.jsonl"
    annex.unlink(missing_ok=True)
    return case.ask("audit", *names, "--annex", annex), annex


def proved(case: Case, audit: dict[str, Any], annex: Path) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {"proved": [], "not checked": [], "NOT PROVED": []}
    for about, card, state, why in prove_annex.AnnexChecker(audit, case.sources).check_annex(annex):
        found[state].append((about, card, why))
    return found


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("case")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder, *(folder / name for name in FILES))


@pytest.fixture(scope="module")
def asked(case: Case) -> tuple[str, bytes]:
    """The audit of the case and its annex, as they were saved."""
    audit, annex = ask(case, "星海智联")
    return json.dumps(audit), annex.read_bytes()


def test_each_line_and_all_sums_are_proved(case: Case) -> None:
    audit, annex = ask(case, "星海智联")
    lines = [json.loads(line) for line in annex.read_text(encoding="utf-8").splitlines()]
    assert Counter(line["bucket"] for line in lines) == {
        bucket: cards for bucket, cards in audit["enterprises"][0]["buckets"].items() if cards
    }
    assert [line["card"][:19] for line in lines] == sorted(line["card"][:19] for line in lines)
    first = lines[0]
    assert (first["bucket"], first["depth"], first["holder"], first["channel"]) == ("resold", 2, "name:王五", "微信")
    found = proved(case, audit, annex)
    assert found["NOT PROVED"] == found["not checked"] == []
    # every card, the hash, and the sums of the one audit
    assert len(found["proved"]) == len(lines) + 2 == 10


CHANGES: dict[str, dict[str, Any]] = {
    "bucket": {"bucket": "in_stock", "left": None, "holder": None, "depth": None, "channel": None},
    "day": {"left": "2024-03-06"},
    "receipt": {"acquired": "2024-02-02"},
    "holder": {"holder": "name:乙店"},
    "depth": {"depth": 1},
    "channel": {"channel": "淘宝"},
    "use": {"first_used": "2024-04-02"},
    "seizure": {"seized": True},
    "another card": {"card": OTHER},
    "a row too few": {"rows": 1},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_forged_line_is_not_proved_even_if_hash_and_counts_are_forged_too(
    case: Case, asked: tuple[str, bytes], change: str, tmp_path: Path
) -> None:
    audit, annex = json.loads(asked[0]), tmp_path / "cards.jsonl"
    lines = [json.loads(line) for line in asked[1].splitlines()]
    forged = CHANGES[change]
    lines[0] |= {"rows": lines[0]["rows"][:1]} if change == "a row too few" else forged
    annex.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    audit["options"]["annex"]["sha256"] = hashlib.sha256(annex.read_bytes()).hexdigest()
    found = proved(case, audit, annex)["NOT PROVED"]
    assert any(card == lines[0]["card"] for _, card, _ in found)
    # what the sums tell of the same change
    told = {about.rpartition(": ")[2] for about, card, _ in found if not card}
    assert told <= {"the counts are sums of the lines"}
    assert bool(told) == (change not in ("day", "receipt", "another card", "a row too few"))


def test_a_line_less_twice_or_other_bytes_are_found(case: Case) -> None:
    audit, annex = ask(case, "星海智联")
    content = annex.read_bytes()
    for other in (content + content.splitlines(keepends=True)[0], content.partition(b"\n")[2]):
        annex.write_bytes(other)
        told = {about.rpartition(": ")[2] for about, _, _ in proved(case, audit, annex)["NOT PROVED"]}
        assert told == {"the annex", "the counts are sums of the lines"}


def test_the_program_counts_what_it_found(case: Case, tmp_path: Path) -> None:
    audit, annex = ask(case, "星海智联")
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(audit), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", PROGRAM.with_name("prove_annex.py"), saved, case.sources, annex]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    # the three sources, six sums of the audit and ten of the annex; the columns are what the answer says of them
    assert ran.stdout.splitlines()[-1] == "19 proved, 3 not checked, 0 NOT PROVED"
    assert ran.stdout.count("not checked: columns of ") == 3
    counts = "cards of the annex: 8 proved, 0 not checked, 0 NOT PROVED; sources that were not read: none"
    assert counts in ran.stdout.splitlines()
    without = subprocess.run(command[:-1], capture_output=True, encoding="utf-8", check=False)
    assert (without.returncode, without.stderr) == (0, "")
    assert without.stdout.splitlines()[-1] == "9 proved, 4 not checked, 0 NOT PROVED"
    assert "not checked: the cards behind the counts" in without.stdout
    audit["enterprises"][0]["buckets"]["resold"] += 1
    saved.write_text(json.dumps(audit), encoding="utf-8")
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 1
    assert "('bucket', 'resold') 1, not 2" in ran.stdout
    text = json.dumps(audit)
    for unfit in ("{}", text.replace('"buckets":', '"buckets": {}, "buckets":', 1)):
        saved.write_text(unfit, encoding="utf-8")
        assert subprocess.run(command, capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize(
    ("cards", "seed", "options"),
    [(1400, 5, ()), *(pytest.param(2000, seed, ("--messy",), marks=pytest.mark.slow) for seed in (1, 2))],
)
def test_no_line_of_simulated_annexes_is_contradicted(
    simulate: Callable[..., Case], cards: int, seed: int, options: tuple[str, ...]
) -> None:
    case = simulate(cards, seed, *options)
    lines = 0
    for role in ("enterprise", "dealer"):
        everyone = case.ask("audit", "--all", "--role", role)
        # each named party has the unread rows of all files searched, which takes long where there are many files
        names = [one["enterprise"]["id"] for one in everyone["enterprises"]][: 6 if options else None]
        audit, annex = ask(case, *names, "--role", role)
        found = proved(case, audit, annex)
        assert found["NOT PROVED"] == []
        assert options or len(found["proved"]) > 2 * len(found["not checked"])
        lines += len(annex.read_bytes().splitlines())
    assert lines > cards / (8 if options else 2)
