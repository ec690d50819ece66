"""The catalogues say the same in every language, and a template means what its docstring says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from graphtrace.locale import LANGS, Lang, Text, fill_template, load_catalogue, placeholders

EN, ZH = load_catalogue("en"), load_catalogue("zh")


@pytest.mark.parametrize("lang", LANGS)
def test_the_catalogues_have_the_same_tables_and_ids(lang: Lang) -> None:
    assert {name: set(table) for name, table in load_catalogue(lang).items()} == {
        name: set(table) for name, table in EN.items()
    }


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_stands_once_under_its_id(lang: Lang) -> None:
    twice: list[str] = []

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        ids = [name for name, _ in pairs]
        twice.extend(name for name in set(ids) if ids.count(name) > 1)
        return dict(pairs)

    content = files("graphtrace.locale").joinpath(f"{lang}.json").read_text("utf-8")
    assert json.loads(content, object_pairs_hook=read).keys() == EN.keys()
    assert twice == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_has_the_same_placeholders_in_every_language(lang: Lang) -> None:
    texts = [(table, code, text) for table, of in load_catalogue(lang).items() for code, text in of.items()]
    assert [each for each in texts if placeholders(each[2]) != placeholders(EN[each[0]][each[1]])] == []
    assert [each for each in texts if not each[2] and each[0] != "grammar"] == []


PARTY = {"id": "name:a", "name": "甲"}


@pytest.mark.parametrize(
    ("template", "params", "english"),
    [
        ("{path}: no cell", {"path": "a.csv"}, "a.csv: no cell"),
        ("{n:card|cards}", {"n": 1}, "1 card"),
        ("{n:card|cards}", {"n": 1200}, "1,200 cards"),
        ("line {line:#}", {"line": 1200}, "line 1200"),
        ("{sum}", {"sum": 2.0}, "2"),
        ("{ok}", {"ok": True}, "true"),
        ("none is {what}", {"what": None}, "none is unknown"),
        ("it takes {names:*}", {"names": list("abcdefg")}, "it takes a, b, c, d, e, f, g"),
        ("it takes {names}", {"names": list("abcdefg")}, "it takes a, b, c, d, e, and 2 more"),
        ("{cards}", {"cards": ["a", "b"], "count": 9}, "a, b, and 7 more"),
        ("by {ways:or}", {"ways": ("--since", "--until")}, "by --since or --until"),
        ("{at} sold", {"at": PARTY}, "“甲” sold"),
        ("{hop}", {"hop": {"n": 2, "from": PARTY, "to": {"id": "x", "name": ""}}}, "step 2 (“甲” to “x”)"),
        ("{to}", {"to": [{"party": PARTY, "date": "2024-01-02"}]}, "“甲” (2024-01-02)"),
        ("a[ on {day}]", {"day": None}, "a"),
        ("a[ on {day}]", {"day": "2024"}, "a on 2024"),
        ("below [params], {column: C}, { … }", {}, "below [params], {column: C}, { … }"),
    ],
)
def test_a_template_is_filled_in(template: str, params: dict[str, Any], english: str) -> None:
    assert fill_template(template, params, "en") == english


def test_what_is_filled_in_is_no_template() -> None:
    hostile = "{path} [x {n:a|b}] \\1 {names:*}"
    assert (
        fill_template("{path}: {n}[ {path}]", {"path": hostile, "n": hostile}, "en")
        == f"{hostile}: {hostile} {hostile}"
    )


def test_a_text_can_be_a_parameter_of_a_text() -> None:
    inner = Text("kinds", "purchase", {})
    assert fill_template("{a}", {"a": inner}, "en") == "purchase"
    assert fill_template("{a}", {"a": [inner, "x"]}, "zh") == "采购、x"


def test_an_id_that_no_catalogue_has_stands_for_itself() -> None:
    assert Text("labels", "no such label", {}).render("zh") == "no such label"


TECHNICAL = re.compile(
    r"""graphtrace(?:[ ](?:[a-z]+[ ])?[a-z-]+)?  # a command
    | (?<![A-Za-z])--?[a-z][a-z-]*               # an option
    | `[^`]+`                                    # code
    | \.[a-z]+\b                                 # an ending
    | [A-Z0-9]+_[A-Z_]+                             # a variable of the environment
    | [a-z]+(?:[-_.][a-z0-9]+)+                  # a field, a setting, a query
    """,
    re.VERBOSE,
)
FORMATS = """
    CSV Cypher JSON MATCH CALL WITH WHERE UNWIND RETURN SELECT SQL TOML YAML XLS XLSB XLSX ODS RTF PDF Parquet UTF
    Big GB Zip RAR Zstandard gzip SQLite Word Office MD SHA SM Lines csv cypher export ftm gexf graphml html json
    networkx pandas parquet typst xlsx zip
"""
NAMES = """
    Windows LongPathsEnabled Python JavaScript pip install en zh
    age Browser Community Neo QQ Wilson eSIM EID ICCID ID IMEI IMSI MSISDN NUL PID Esc Shift MB MiB YYYY MM DD
    README TMPDIR PEM RFC minisign FILE NAME OR OUT FIELD SHEET VALUE KEY
    RATE neo bolt shell sh docs
"""
CODES = """
    audit by bytes card cards case column columns contains correct dealer default depth dmy enterprise event
    events false files gap gave goods hash headings iccid id kind letters literals load mdy moves name no
    params purchased purchases query ratio received recipe records reply resolve scope seal seized sent shape
    registration sheet signature source to tr trace traces transcribed true truth unless yes ymd
"""
ALLOWED = {*FORMATS.split(), *NAMES.split(), *CODES.split()}
"""Words that Chinese readers type or find in files as they are."""


def latin_words(text: str) -> set[str]:
    """The words of a template in Latin letters that are no names of commands, options, files, variables or fields."""
    plain = TECHNICAL.sub(" ", re.sub(r"\{\w+(?::\S[^{}]*)?\}|@\w+@", " ", text))
    return set(re.findall(r"[A-Za-z]{2,}", plain))


def test_no_english_word_stands_in_a_chinese_text() -> None:
    texts = [(table, code, text) for table, of in ZH.items() for code, text in of.items()]
    assert {(table, code): words for table, code, text in texts if (words := latin_words(text) - ALLOWED)} == {}


def test_every_word_that_is_allowed_in_a_chinese_text_stands_in_one() -> None:
    said = {word for table in ZH.values() for text in table.values() for word in latin_words(text)}
    assert said >= ALLOWED


@pytest.mark.parametrize("catalogue", [EN, ZH])
def test_a_text_of_the_workbench_takes_the_place_of_no_other(catalogue: Mapping[str, Mapping[str, str]]) -> None:
    labels, workbench = catalogue["labels"], catalogue["workbench"]
    assert [code for code in workbench if labels.get(code, workbench[code]) != workbench[code]] == []


def test_an_english_word_is_found_among_chinese_ones() -> None:
    assert latin_words("用 --wait 或 graphtrace trace 查 the card {name:one|two} a.csv") == {"the", "card"}
