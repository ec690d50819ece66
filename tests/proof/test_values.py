"""Whichever one value of a saved answer is changed, the change is contradicted, or the value is called unchecked."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .changed_values import Value, changes_of, silent_changes, values_of
from .conftest import PROGRAM, Case, prove, prove_more

CARDS = {
    "whole": "89860123061000001011",
    "presumed": "8986012306100001234",
    "torn": "8986012306100005500",
    "gone twice": "8986012306100007002",
    "by order": "8986032401200000100",
    "said": "898604B81623D0103002",
    "unknown": "8986012305900000777",
}


@pytest.fixture(scope="module")
def answer(example: Case) -> dict[str, Any]:
    return example.trace([*CARDS.values()])


@pytest.mark.parametrize("kind", [prove.Checker, prove_more.FullChecker])
def test_no_change_of_one_value_is_silent(example: Case, answer: dict[str, Any], kind: Any) -> None:
    first: dict[str, Value] = {}
    for value in values_of(answer):
        if changes_of(value.owner[value.name]):
            first.setdefault(value.path, value)
    assert len(first) > 150
    changes = []
    for place, value in enumerate(first.values()):
        others = changes_of(value.owner[value.name])
        changes.append((value, others[place % len(others)]))
    assert silent_changes(example, answer, changes, kind) == []


def test_a_side_that_a_person_said_leaves_the_rest_of_the_hop_proved(example: Case, answer: dict[str, Any]) -> None:
    checker = prove_more.FullChecker(answer, example.sources)
    checker.check()
    of_card = {line[0]: line[1:] for line in checker.lines if line[0].startswith(CARDS["said"])}
    hop = next(sentence for sentence in of_card if "港通電訊貿易行 > " in sentence)
    assert of_card[hop] == (prove.PROVED, "")
    assert of_card[f"{hop}: from"] == (
        prove.NOT_CHECKED,
        "gangtong_list.csv:3: no cell names 港通電訊貿易行; a person or a title says it of all rows",
    )
    assert of_card[f"{hop}: channel"] == (prove.NOT_CHECKED, "a person or a title says it of all rows")
    result = next(each for each in answer["results"] if each["input"] == CARDS["said"])
    said = next(each for each in result["chains"][0]["hops"] if each["from"]["name"] == "港通電訊貿易行")
    paths = {path for leaf, path in prove.leaves(said) if leaf in checker.stated}
    assert {"date", "to.id", "to.name", "origins.row", "precision"} <= paths
    assert not {"from.id", "from.name", "channel"} & paths


@pytest.mark.parametrize("name", ["channel", "from", "to", "date"])
def test_a_hop_of_which_a_side_was_said_is_contradicted_where_it_is_changed(
    example: Case, answer: dict[str, Any], name: str
) -> None:
    forged = copy.deepcopy(answer)
    result = next(each for each in forged["results"] if each["input"] == CARDS["said"])
    hop = next(each for each in result["chains"][0]["hops"] if each["from"]["name"] == "港通電訊貿易行")
    other = {"id": "name:假人甲", "name": "假人甲"}
    hop[name] = {"channel": "假渠道", "date": "2020-01-01"}.get(name, other)
    wrong = [sentence for sentence, _ in example.prove(forged)["NOT PROVED"] if " > " in sentence]
    assert len(wrong) == 1


def test_what_follows_from_rows_that_are_not_read_is_not_proved(example: Case, answer: dict[str, Any]) -> None:
    """Forge a hop from a file that is not read, and whatever follows from it, so that everything fits."""
    forged = copy.deepcopy(answer)
    result = next(each for each in forged["results"] if each["input"] == CARDS["by order"])
    party = {"id": "name:假人甲", "name": "假人甲"}
    hop = result["chains"][0]["hops"][-1]
    result["holder"] = result["chains"][0]["holder"] = hop["to"] = party
    found = example.prove(forged)
    about = [sentence for sentence, _ in found["proved"] if sentence.startswith(CARDS["by order"])]
    assert not [each for each in about if each.endswith(("holder", "outcome", "the hops join")) or " hop " in each]


def test_a_redacted_answer_is_compared_with_itself_and_not_refused(example: Case) -> None:
    answer = example.ask("trace", CARDS["whole"], CARDS["torn"], "--redact")
    found = example.prove(answer)
    assert found["NOT PROVED"] == []
    proved = {sentence.rpartition(": ")[2] for sentence, _ in found["proved"]}
    assert proved == {"counts", "the rows of each sentence"}
    assert ("redacted, not checked") in {why for _, why in found["not checked"]}
    answer["results"][0]["chains"][0]["outcome"] = "broken"
    answer["results"][1]["leads"][0]["since"] = "2023-07-04"
    wrong = {sentence.rpartition(": ")[2] for sentence, _ in example.prove(answer)["NOT PROVED"]}
    assert wrong == {"registrant and holder", "lead transfer_record"}


def test_the_values_for_which_no_proved_sentence_stands_are_printed(
    example: Case, answer: dict[str, Any], tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(answer), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", PROGRAM, saved, example.sources]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    listed = [line for line in ran.stdout.splitlines() if line.startswith("not checked: no proved sentence states ")]
    assert any(re.search("results.card: .*hints", line) for line in listed)
    assert any("answer: as_of, case, graphtrace, ledger_head, rests_on, unread" in line for line in listed)
    columns = "not checked: columns of gangtong_list.csv, transfer: the answer alone says "
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith(columns)]
    assert "from is '港通電訊貿易行'" in line
