"""The published schemas hold for what every command answers: no key is missing, and there is none beside theirs."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from graphtrace.cli import main
from graphtrace.render.json_schema import ANSWERS

from .pages import ROOT

SCHEMAS = ROOT / "docs" / "schemas"
STORY = json.loads((ROOT / "examples" / "case" / "demo.json").read_text(encoding="utf-8"))
SEIZED, ENTERPRISE = STORY["seized"], STORY["enterprise"]
FIRST = STORY["files"][0]
CARDS = (SEIZED, "89860123059000007772", "89860123061000125000", "89860323065000043210")
ABSENT = "89860123062000399900"

Answers = dict[str, list[dict[str, Any]]]

ASKED = {
    "audit": [("audit", "--all")],
    "audit-cards": [("audit", ENTERPRISE, "--cards"), ("audit", ENTERPRISE, "--bucket", "resold")],
    "candidates": [("candidates",)],
    "common": [("common", *CARDS)],
    "graph": [("graph",), ("graph", "--around", ENTERPRISE, "--level", "record")],
    "identify": [("identify", SEIZED, "8.98606E+19", "x")],
    "party": [("party", ENTERPRISE)],
    "query": [("query", "activations-by-province"), ("query", "flows-between-parties")],
    "query-list": [("query", "--list")],
    "query-show": [("query", "--show", "activations-by-province")],
    "rules-list": [("rules", "list")],
    "rules-show": [("rules", "show", "many_cards_one_person")],
    "siblings": [("siblings", SEIZED, ABSENT)],
    "status": [("status",)],
    "cases": [("cases", "demo")],
    "find": [("find", SEIZED, "--in", "demo", "--purpose", "p"), ("find", SEIZED, "--in", "others", "--purpose", "p")],
    "status-since": [("status", "--since", "0"), ("status", "--since", "3")],
    "status-questions": [("status", "--questions")],
    "trace": [("trace", *CARDS, ABSENT)],
    "verify": [("verify",)],
    # what follows changes the case or the folder
    "watch": [
        ("watch", "add", SEIZED, "周立冬", "--why", "w", "--by", "p"),
        ("watch", "list"),
        ("watch", "remove", "周立冬"),
    ],
    "pin": [("pin", SEIZED, "--words", "w"), ("pin", "--audit", ENTERPRISE), ("pin", "--party", ENTERPRISE)],
    "report": [("report",)],
    "export": [("export", "json", "graph.json"), ("graph", "around.graphml", "--around", ENTERPRISE)],
    "load": [("load", str(ROOT / "examples" / "case" / FIRST)), ("load", "broken.csv")],
    "correct": [("correct", f"{FIRST}:2", "--why", "w", "--who", "p")],
    "correct-list": [("correct", "--list")],
    "unload": [("unload", FIRST, "--why", "w", "--who", "p")],
    "resolve": [("resolve", "周立冬", "马晓东", "--different", "--why", "w", "--by", "p"), ("resolve", "--list")],
    "compact": [("compact",)],
    "copy": [("copy", "demo/demo.gtrace", "copied.gtrace")],
    "bundle": [("bundle", "demo/demo.gtrace", "sealed.zip")],
    "letters": [("letters", "-o", "letters"), ("letters", "--list"), ("letters", "--templates", "forms")],
    "log": [("log",)],
    "doctor": [("doctor",)],
    "extract": [("extract", "text.txt")],
    "mapping-suggest": [
        ("mapping", "suggest", "broken.csv"),
        ("mapping", "suggest", str(ROOT / "examples" / "case" / FIRST)),
    ],
    "recipes": [("recipes",)],
    "recipe": [("recipes", "show", "taobao_orders")],
    "simulate": [("simulate", "files", "--cards", "2000", "--seed", "7")],
    "error": [("trace",), ("rules", "show", "none")],
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("answers")
    with contextlib.chdir(folder):
        Path("text.txt").write_text(f"卡号 {SEIZED} 2024-03-05\n", encoding="utf-8")
        Path("broken.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
        found: Answers = {"demo": [ask(("demo", "demo"))]}
        ask(("copy", "demo/demo.gtrace", "others/other.gtrace"))
        ask(("status", "--set", "findable=yes", "--case", "others/other.gtrace"))
        for name, commands in ASKED.items():
            found[name] = [ask((*command, "--case", "demo/demo.gtrace")) for command in commands]
        found["open"] = [ask(("open", "sealed.zip", "--case", "opened.gtrace"))]
        tables = sorted(map(str, Path("files", "records").iterdir()))
        ask(("load", *tables, "--case", "simulated.gtrace"))
        found["simulate-check"] = [ask(("simulate", "check", "simulated.gtrace", "files/truth"))]
    return found


def ask(arguments: tuple[str, ...]) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main([*arguments, "--json", "--lang", "en"])
    text = out.getvalue() or err.getvalue()
    answer: dict[str, Any] = json.loads(text)
    return answer


def test_every_answer_is_as_its_schema_says_with_its_keys_in_that_order(answers: Answers) -> None:
    assert answers.keys() >= set(ANSWERS)
    assert [name for name, asked in answers.items() if not asked] == []
    faults = []
    for name, asked in answers.items():
        schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        for answer in asked:
            found = Draft202012Validator(schema).iter_errors(answer)
            faults += [f"{name}: {fault.json_path}: {fault.message}" for fault in found]
            if list(answer) != [key for key in schema["properties"] if key in answer]:
                faults.append(f"{name}: its keys stand in another order")
    assert faults == []
