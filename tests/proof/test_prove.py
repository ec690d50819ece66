"""Answers are proved again from the bytes of their sources by a program that shares nothing with graphtrace."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import PROGRAM, Case, load, prove

SALES = "from,to,date,iccid\n中国联通,甲公司,2024-03-01,8986061900000000001\n甲公司,乙,2024-03-05,8986061900000000001\n"
CARD = "8986061900000000001"


def run(answer: dict[str, Any], sources: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    saved = folder / "saved.json"
    saved.write_text(json.dumps(answer), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", PROGRAM, saved, sources, "-v"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(("name", "most"), [("prove.py", 800), ("prove_more.py", 350), ("prove_annex.py", 310)])
def test_the_programs_are_small_and_import_nothing_of_graphtrace(name: str, most: int) -> None:
    text = PROGRAM.with_name(name).read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= most
    assert max(map(len, lines)) <= 120
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    roots = {
        (each.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in imports
        for each in node.names
    }
    # the one program stands alone; the two others lean on it
    assert roots - {"openpyxl", *(["prove"] if name != "prove.py" else [])} <= sys.stdlib_module_names


def test_no_sentence_about_any_card_of_the_example_is_contradicted(example: Case) -> None:
    cards = example.cards()
    found = example.prove(example.trace(cards))
    assert found["NOT PROVED"] == []
    assert len(found["proved"]) > 10 * len(cards)
    # what is not checked says why: no Parquet is read, a person said who sold, findings of other kinds
    assert all(why for _, why in found["not checked"])


@pytest.mark.parametrize(
    ("cards", "seed"),
    [(1400, 5), *(pytest.param(2000, seed, marks=pytest.mark.slow) for seed in (1, 2, 3))],
)
def test_no_sentence_about_any_simulated_card_is_contradicted(
    simulate: Callable[[int, int], Case], cards: int, seed: int
) -> None:
    case = simulate(cards, seed)
    asked = case.cards(most=cards)
    found = case.prove(case.trace(asked))
    assert found["NOT PROVED"] == []
    assert len(found["proved"]) > 10 * len(asked)
    # of hops, chains and roles everything is proved; only findings of some kinds, and what rests on them, are not
    of_cards = [sentence for sentence, _ in found["not checked"] if not sentence.startswith("columns of")]
    assert {sentence.partition(": ")[2].split(" ")[0] for sentence in of_cards} <= {"finding", "lead", "no", "end"}
    audits = case.prove(case.ask("audit", "--all"))
    assert audits["NOT PROVED"] == []
    assert audits["proved"]


@pytest.mark.slow
def test_no_sentence_about_cards_in_files_as_people_send_them_is_contradicted(
    simulate: Callable[..., Case],
) -> None:
    case = simulate(1500, 11, "--messy", "--supports", "3", "--aliases", "3")
    asked = case.cards(most=40)
    found = case.prove(case.trace(asked))
    assert found["NOT PROVED"] == []
    assert len(found["proved"]) > 10 * len(asked)


def test_the_audits_of_the_example_add_up(example: Case) -> None:
    found = example.prove(example.ask("audit", "--all"))
    assert found["NOT PROVED"] == []
    told = {sentence.partition(": ")[2] for sentence, _ in found["proved"]}
    assert {"the buckets add up", "the months add up", "the holders add up", "the balance add up"} <= told


@pytest.mark.parametrize("figure", ["in_stock", "resold", "month", "left", "unaccounted", "holder"])
def test_an_audit_with_another_figure_does_not_add_up(example: Case, figure: str) -> None:
    answer = example.ask("audit", "--all")
    audit = next(one for one in answer["enterprises"] if one["balance"]["unaccounted"] is not None)
    if figure in audit["buckets"]:
        audit["buckets"][figure] += 1
    elif figure == "month":
        audit["by_month"][0]["purchased"] += 1
    elif figure == "left":
        next(month for month in audit["by_month"] if month["resold"])["resold"] -= 1
    elif figure == "unaccounted":
        audit["balance"]["unaccounted"] -= 1
    else:
        audit["resold"]["final_holders"][0]["cards"] += 1
    assert example.prove(answer)["NOT PROVED"]


def test_the_program_says_of_each_sentence_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    case = load(tmp_path, tmp_path / "sales.csv")
    answer = case.trace([CARD])
    ran = run(answer, case.sources, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"proved: {CARD}: hop 1 中国联通 > 甲公司" in ran.stdout.splitlines()
    assert ran.stdout.splitlines()[-1].endswith(" 0 NOT PROVED")
    answer["results"][0]["chains"][0]["hops"][1]["date"] = "2024-03-06"
    ran = run(answer, case.sources, tmp_path)
    assert ran.returncode == 1
    assert (
        f"NOT PROVED: {CARD}: hop 2 甲公司 > 乙: its rows state 2024-03-05, not 2024-03-06" in ran.stdout.splitlines()
    )


def test_a_source_of_other_bytes_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    case = load(tmp_path, tmp_path / "sales.csv")
    answer = case.trace([CARD])
    copied = tmp_path / "copied"
    shutil.copytree(case.sources, copied)
    (source,) = copied.iterdir()
    source.chmod(0o600)
    source.write_text(SALES.replace("乙", "丙"), encoding="utf-8")
    ran = run(answer, copied, tmp_path)
    assert ran.returncode == 1
    assert "NOT PROVED: source" in ran.stdout
    source.unlink()
    ran = run(answer, copied, tmp_path)
    assert ran.returncode == 0
    assert f"not checked: {CARD}: hop 1 中国联通 > 甲公司" in ran.stdout


def test_a_row_that_the_answer_passes_over_is_found(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    case = load(tmp_path, tmp_path / "sales.csv")
    answer = case.trace([CARD])
    later = f"转出方,转入方,日期,起始卡号,结束卡号\n乙,丙,2024-04-01,{CARD},8986061900000000009\n"
    (tmp_path / "later.csv").write_text(later, encoding="utf-8")
    load(tmp_path, tmp_path / "later.csv")
    (unproved,) = case.prove(answer)["NOT PROVED"]
    assert unproved[0] == f"{CARD}: no other row names the card"
    assert unproved[1].endswith(":2 names the card, and no sentence rests on it")


HEAD = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000009\n"
TRUE: dict[str, tuple[str, ...]] = {
    "a row of a renewal": (f"转出方,转入方,日期,卡号,订单状态\nE,A,2024-03-05,{CARD},续费\n",),
    "a number of a card where a name should stand": (
        f"转出方,转入方,日期,卡号\n{CARD},A,2024-03-05,8986061900000000002\n",
    ),
    "a day that a person said of all rows": (f"转出方,转入方,卡号\nE,A,{CARD}\n", "date=2024-03-05"),
    "two transfers after a return": (
        f"转出方,转入方,日期,卡号\nE,A,2024-03-05,{CARD}\nA,E,2024-03-06,{CARD}\nE,B,2024-03-07,{CARD}\nE,C,2024-03-08,{CARD}\n",
    ),
    "an order that waits to be sent": (f"转出方,转入方,日期,卡号,订单状态\nE,A,2024-03-05,{CARD},等待卖家发货\n",),
    "a sum": (f"转出方,转入方,日期,卡号\nE,A,2024-03-05,8986061900000000002\n合计,,,{CARD}\n",),
    "a row of a day to come": (f"转出方,转入方,日期,卡号\nE,A,2100-12-31,{CARD}\n",),
    "a book of one keeper": (
        f"Date,Party Name,Vch Type,Vch No.,ICCID\n2024-03-05,Star Ltd,Purchase,12,{CARD}\n",
        "keeper=Moon Mobiles",
    ),
    "a kind that one row does not say": (
        "业务类型,运营商,企业名称,转出方,转入方,日期,卡号\n开户,中国联通,E,,,2024-03-01,%s2\n零售,,,E,A,2024-03-02,%s1\n"
        "退卡,,,A,E,2024-03-03,%s1\n,,,E,B,2024-03-05,%s1\n".replace("%s", CARD[:-1]),
    ),
    "a purchase from somebody who is no carrier": (
        f"运营商,企业名称,日期,卡号\n联通代理商老王,F,2024-03-05,{CARD}\n",
        "carrier.联通代理商老王=no",
    ),
}


@pytest.mark.parametrize("what", TRUE)
def test_a_true_answer_is_not_contradicted(tmp_path: Path, what: str) -> None:
    text, *said = TRUE[what]
    for name, content in (("1.csv", HEAD), ("2.csv", text)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    load(tmp_path, tmp_path / "1.csv")
    case = load(tmp_path, tmp_path / "2.csv", *(word for each in said for word in ("--set", each)))
    found = case.prove(case.trace([CARD]))
    assert found["NOT PROVED"] == []
    assert any(" > " in sentence for sentence, _ in found["proved"])


def test_of_a_number_that_is_none_no_carrier_is_asked(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEAD, encoding="utf-8")
    case = load(tmp_path, tmp_path / "1.csv")
    answer = case.trace([CARD, "8986071900000000001Z"])
    assert case.prove(answer)["NOT PROVED"] == []
    answer["results"][1]["leads"][0]["ask"] = {"id": "carrier:china-mobile", "name": "中国移动"}
    assert [each for each, _ in case.prove(answer)["NOT PROVED"]] == ["8986071900000000001Z: lead purchase_record"]


def test_what_is_no_answer_cannot_be_checked(tmp_path: Path) -> None:
    assert run({"records": []}, tmp_path, tmp_path).returncode == 2
    assert run({"results": []}, tmp_path / "nowhere", tmp_path).returncode == 2


@pytest.mark.parametrize("name", ["prove.py", "prove_more.py"])
def test_an_answer_in_which_a_name_stands_twice_cannot_be_checked(tmp_path: Path, name: str) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text('{"results": [{"outcome": "broken", "outcome": "continuous"}]}', encoding="utf-8")
    command = [sys.executable, "-X", "utf8", PROGRAM.with_name(name), saved, tmp_path]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "a name stands twice" in ran.stderr


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-08-22", "2023-08-22"),
        ("2023/8/2", "2023-08-02"),
        ("2023年8月22号", "2023-08-22"),
        ("2023.08.22 下午3:05", "2023-08-22 15:05:00"),
        ("20230822", "2023-08-22"),
        ("20230822171912", "2023-08-22 17:19:12"),
        ("2023-08-22T20:00:00Z", "2023-08-23 04:00:00"),
        ("2023-08", "2023-08"),
        ("2023年8月", "2023-08"),
        ("202308", "2023-08"),
        ("45160", "2023-08-22"),
        ("1692700000", "2023-08-22 18:26:40"),
        ("03/04/2023", None),
        ("2023-13-01", None),
        ("昨天", None),
    ],
)
def test_days_are_read_as_the_contract_says(text: str, day: str | None) -> None:
    found = prove.day_of(text)
    assert (found and " ".join(filter(None, found))) == day


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("89860619000000000017", "8986061900000000001"),
        ("8986061900000000001", "8986061900000000001"),
        ("8986061900000000001F", "8986061900000000001"),
        ("8986 0619-0000 0000 001X", "8986061900000000001"),
        ("898604B80119D0000058", "898604B80119D0000058"),
        ("898604B80119D000005", None),
        ("98686091000000000071", "8986061900000000001"),
        ("ICCID 89860619000000000017", "8986061900000000001"),
        ("SIM卡号：8986061900000000001", "8986061900000000001"),
        ("旧卡号8986061900000000001", None),
        ("6222021234567890123", None),
    ],
)
def test_numbers_of_cards_are_read_as_the_contract_says(text: str, key: str | None) -> None:
    assert prove.card_key(text) == key
