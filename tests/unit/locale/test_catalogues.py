"""The catalogues say the same in every language, and a template means what its docstring says."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.locale import LANGS, Lang, Text, fill_template, load_catalogue, placeholders

EN = load_catalogue("en")
TABLES = sorted(EN)


@pytest.mark.parametrize("lang", LANGS)
def test_the_catalogues_have_the_same_tables_and_ids(lang: Lang) -> None:
    assert {name: set(table) for name, table in load_catalogue(lang).items()} == {
        name: set(table) for name, table in EN.items()
    }


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("table", TABLES)
def test_a_text_has_the_same_placeholders_in_every_language(table: str, lang: Lang) -> None:
    texts = load_catalogue(lang)[table]
    assert {code: placeholders(text) for code, text in texts.items()} == {
        code: placeholders(text) for code, text in EN[table].items()
    }
    assert all(texts.values()) or table == "grammar"


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
