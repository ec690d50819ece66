from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graphtrace.errors import QueryError, UsageError
from graphtrace.query_library import MAX_QUERY_BYTES, load_queries, load_query
from graphtrace.results.library import CardKey, PartyRef

HEADER = """/*
question.en = "Who sold?"
question.zh = "谁卖了？"
description.en = "Statements, each once."
description.zh = "每个陈述计一次。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest", zh = "最少"}
[returns]
party_id = {en = "the party", zh = "主体"}
records = {en = "statements", zh = "陈述数"}
*/
"""
BODY = """
SELECT from_id AS party_id, count(*) AS records FROM moves GROUP BY from_id HAVING records >= $at_least
"""
CYPHER = "MATCH (p:Party) WHERE p.n >= $at_least RETURN p.id AS party_id, p.n AS records\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a query of one's own, ``who-sold.sql`` unless told otherwise."""
    monkeypatch.setenv("GRAPHTRACE_QUERIES", str(tmp_path))

    def write(text: str = HEADER + BODY, name: str = "who-sold.sql") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def typed(kind: str, write: Write, given: object) -> Any:
    """Return the parameter value of a query for a value given with a type."""
    write(HEADER.replace('"integer", default = 2', f'"{kind}"') + BODY)
    return load_query("who-sold").bind({"at_least": given})["at_least"]


def test_a_query_is_read_with_all_that_its_header_says(write: Write) -> None:
    path = write()
    query = load_query("who-sold")
    assert (query.header.question.en, query.header.question.zh) == ("Who sold?", "谁卖了？")
    assert (query.header.version, query.header.over) == (1, "case")
    assert [(one.name, one.type_text, one.default, one.meaning.zh) for one in query.header.parameters] == [
        ("at_least", "integer", "2", "最少")
    ]
    assert [column.name for column in query.header.columns] == ["party_id", "records"]
    assert query.source("sql") == path.read_text(encoding="utf-8")


def test_a_long_text_of_a_header_may_go_on_in_more_lines(write: Write) -> None:
    write(HEADER.replace('"Statements, each once."', '"""\nStatements, each\n  once: really."""') + BODY)
    assert load_query("who-sold").header.counts.en == "Statements, each once: really."


def test_a_text_in_one_language_serves_for_both(write: Write) -> None:
    write(re.sub('question.en.*\n|, zh = "最少"', "", HEADER) + BODY)
    header = load_query("who-sold").header
    assert (header.question.en, header.question.zh) == ("谁卖了？", "谁卖了？")
    assert (header.parameters[0].meaning.en, header.parameters[0].meaning.zh) == ("the fewest", "the fewest")


def test_a_file_with_the_line_ends_of_another_system_and_a_byte_order_mark_is_read(
    tmp_path: Path, write: Write
) -> None:
    write()
    (tmp_path / "who-sold.sql").write_bytes(b"\xef\xbb\xbf" + (HEADER + BODY).replace("\n", "\r\n").encode())
    assert load_query("who-sold").header.question.en == "Who sold?"


def test_what_an_audit_is_asked_is_marked_and_versions_are_kept(write: Write) -> None:
    write(HEADER.replace("[params]", 'scope = "audit"\nversion = 3\n[params]') + BODY)
    header = load_query("who-sold").header
    assert (header.over, header.version) == ("audit", 3)


QUESTION = 'question.en = "Who sold?"\nquestion.zh = "谁卖了？"\n'
RETURNS = 'party_id = {en = "the party", zh = "主体"}\nrecords = {en = "statements", zh = "陈述数"}\n'


@pytest.mark.parametrize(
    ("before", "after", "key", "what"),
    [
        (QUESTION, "", "question", "is missing"),
        (QUESTION, "question = {}\n", "question", "is missing"),
        (QUESTION, 'question = "Who sold?"\n', "question", "needs keys below it"),
        ("question.zh", "question.cn", "question.cn", "is no key"),
        ('"谁卖了？"', '" "', "question", "needs a text"),
        ('"谁卖了？"', "5", "question", "needs a text"),
        ("[params]", 'author = "me"\n[params]', "author", "is no key"),
        ("[params]", 'mode = "read"\n[params]', "mode", "is no key"),
        ("[params]", 'scope = "everything"\n[params]', "scope", "is not known"),
        ("[params]", "version = 0\n[params]", "version", "is not a whole number"),
        ("[params]", "version = true\n[params]", "version", "is not a whole number"),
        ("[params]", "params = 1\n[others]", "others", "is no key"),
        ("[params]\n", "", "at_least", "is no key"),
        (', en = "the fewest", zh = "最少"', "", "params.at_least", "needs a text"),
        (
            '{type = "integer", default = 2, en = "the fewest", zh = "最少"}',
            '"integer"',
            "params.at_least",
            "needs keys",
        ),
        ('type = "integer", ', "", "params.at_least.type", "is missing"),
        ('"integer"', '"whole"', "params.at_least.type", "is not known"),
        ('"integer"', '"integer["', "params.at_least.type", "is not known"),
        ('"integer"', "3", "params.at_least.type", "is not known"),
        ("default = 2", 'default = "two"', "params.at_least.default", "does not fit the type"),
        ("default = 2", "default = [2]", "params.at_least.default", "does not fit the type"),
        ("default = 2", "default = {}", "params.at_least.default", "does not fit the type"),
        ("default = 2", "default = 2, optional = true", "params.at_least.optional", "only without a default"),
        ("default = 2", "optional = false", "params.at_least.optional", "only be true"),
        ("default", "fallback", "params.at_least.fallback", "is no key"),
        ("at_least", "as_of", "params.as_of", "can have this name"),
        ("at_least", "At", "params.At", "cannot be a name"),
        (RETURNS, "", "returns", "is missing"),
        ("records = {", '"two words" = {', "returns.two words", "cannot be a name"),
        (">= $at_least", ">= 2", "params.at_least", "is not used"),
        ("$at_least", "'$at_least'", "params.at_least", "is not used"),
        ("$at_least", "1 -- $at_least", "params.at_least", "is not used"),
        ("$at_least", "/* $at_least\n*/ 1", "params.at_least", "is not used"),
    ],
)
def test_a_header_that_is_wrong_is_refused_with_its_file_and_key_in_both_languages(
    before: str, after: str, key: str, what: str, write: Write
) -> None:
    text = HEADER + BODY
    assert before in text
    path = write(text.replace(before, after))
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert refused.value.message.startswith(f"{path}: header key {key}: ")
    assert what in refused.value.message
    assert_is_in_both_languages(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ("[params]", "[params]\n[params]", 7, "is not TOML here"),
        ('"谁卖了？"', '"谁卖了？', 3, "is not TOML here"),
        ("question.zh", "question zh", 3, "is not TOML here"),
        ("question.zh", "question.en", 3, "is not TOML here"),
        ("$at_least", "$at_least + $more", 13, "$more is not declared"),
        ("$at_least", "$at_least AND '''$no' <> $$no$$", 13, "$ is no parameter"),
        ("$at_least", "$1", 13, "$1 is no parameter"),
        ("$at_least", "?", 13, "? is no parameter"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_line(
    before: str, after: str, line: int, what: str, write: Write
) -> None:
    text = HEADER + BODY
    assert before in text
    path = write(text.replace(before, after))
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert refused.value.message.startswith(f"{path}:{line}: ")
    assert what in refused.value.message
    assert_is_in_both_languages(refused.value)


def assert_is_in_both_languages(error: QueryError) -> None:
    """Message and hint have a Chinese text, in which no English sentence is left."""
    assert error.hint_text is not None
    for text in (error.text, error.hint_text):
        said = text.render("zh")
        assert said != text.render("en")
        assert not re.search(r"\b(the|is|not|an|in|and|no)\b", said), said


@pytest.mark.parametrize(
    "text",
    [
        "-- question: Who sold?\n-- counts: x\n\nSELECT 1\n",
        "-- mode: read\n-- question.zh: 谁卖了？\nSELECT 1\n",
        "-- param x: text | a text |\n--     一段文字\n-- question: Who sold?\nSELECT 1\n",
    ],
)
def test_a_header_in_the_form_of_an_earlier_version_is_refused_and_the_hint_says_what_to_do(
    text: str, write: Write
) -> None:
    path = write(text)
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert refused.value.message == f"{path}: the header is in the form of an earlier version"
    assert "as TOML between /* and */" in refused.value.hint
    assert_is_in_both_languages(refused.value)


def test_a_file_without_a_header_is_refused(write: Write) -> None:
    for text in (BODY, "-- a remark\n" + HEADER + BODY, ""):
        path = write(text)
        with pytest.raises(QueryError) as refused:
            load_query("who-sold")
        assert refused.value.message == f"{path}: the query has no header"
        assert_is_in_both_languages(refused.value)


def test_a_dollar_in_text_and_in_quoted_names_is_no_parameter(write: Write) -> None:
    write(HEADER + BODY + "   AND '$a' <> \"$b\" AND E'\\'$c' <> '' -- $d\n")
    assert load_query("who-sold").bind({}) == {"at_least": 2}


@pytest.mark.parametrize("headed", ["sql", "cypher"])
def test_the_header_in_one_of_the_files_serves_for_both(headed: str, write: Write) -> None:
    statements = {"sql": BODY, "cypher": CYPHER}
    files = {ending: (HEADER if ending == headed else "") + text for ending, text in statements.items()}
    for ending, text in files.items():
        write(text, f"who-sold.{ending}")
    query = load_query("who-sold")
    assert query.bind({}) == {"at_least": 2}
    assert query.texts == files
    for ending, text in statements.items():
        whole = query.with_header("sql" if ending == "sql" else "cypher")
        assert whole.startswith(HEADER.strip())
        assert whole.endswith(text)
        assert whole.count("question.en") == 1


def test_a_header_in_both_files_is_refused(write: Write) -> None:
    write()
    path = write(HEADER + CYPHER, "who-sold.cypher")
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert refused.value.message == f"{path}: the header is in who-sold.sql already"
    assert_is_in_both_languages(refused.value)


def test_marks_in_cypher_are_told_from_its_strings_and_quoted_names(write: Write) -> None:
    write(HEADER + CYPHER + "// $a\n/* $b */ WITH '\\'$c' AS x, \"$d\" AS y, `$e` AS z\n", "who-sold.cypher")
    assert load_query("who-sold").bind({}) == {"at_least": 2}
    write(HEADER + CYPHER.replace("$at_least", "$`at_least`"), "who-sold.cypher")
    with pytest.raises(QueryError, match="is no parameter"):
        load_query("who-sold")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CYPHER.replace("$at_least", "$other"), ":1: $other is not declared"),
        (CYPHER.replace("$at_least", "2"), ": header key params.at_least: is not used"),
    ],
)
def test_the_file_of_the_other_language_takes_the_same_parameters(text: str, said: str, write: Write) -> None:
    write()
    path = write(text, "who-sold.cypher")
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert refused.value.message == f"{path}{said}"


def test_a_query_that_is_not_written_in_a_language_says_in_which_it_is(write: Write) -> None:
    write(HEADER + CYPHER, "who-sold.cypher")
    with pytest.raises(QueryError, match=r"written in \.cypher only") as refused:
        load_query("who-sold").source("sql")
    assert_is_in_both_languages(refused.value)


@pytest.mark.parametrize(
    ("kind", "default", "value", "text"),
    [
        ("integer", "-3", -3, "-3"),
        ("number", "0.5", 0.5, "0.5"),
        ("boolean", "true", True, "true"),
        ("day", "2024-02-29", date(2024, 2, 29), "2024-02-29"),
        ("day", '"2024-02-29"', date(2024, 2, 29), "2024-02-29"),
        ("text", '"微信"', "微信", "微信"),
        ("text[]", '["微信", "QQ"]', ["微信", "QQ"], "微信, QQ"),
        ("card", '"8986 0619 0000 0000 001"', CardKey("8986061900000000001"), "8986 0619 0000 0000 001"),
    ],
)
def test_a_default_is_a_value_of_toml_that_fits_the_type(
    kind: str, default: str, value: object, text: str, write: Write
) -> None:
    write(HEADER.replace('"integer", default = 2', f'"{kind}", default = {default}') + BODY)
    query = load_query("who-sold")
    assert query.bind({}) == {"at_least": value}
    assert (query.header.parameters[0].default, query.header.parameters[0].is_required) == (text, False)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", "  '; DROP TABLE moves; --  ", "'; DROP TABLE moves; --"),
        ("integer", "-12", -12),
        ("integer", 12, 12),
        ("number", "0.25", 0.25),
        ("number", 3, 3.0),
        ("boolean", "TRUE", True),
        ("boolean", False, False),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("party", "老K", PartyRef("老K")),
        ("card", "８９８６ 0619-0000 0000 001", CardKey("8986061900000000001")),
        ("card", "898604b81625d0045436", CardKey("898604B81625D0045436")),
        ("text[]", ["a", "b,c"], ["a", "b,c"]),
        ("text[]", "b,c", ["b,c"]),
        ("integer[]", ("1", 2), [1, 2]),
    ],
)
def test_a_value_is_taken_as_text_or_as_a_value_of_python(
    kind: str, given: object, value: object, write: Write
) -> None:
    bound = typed(kind, write, given)
    assert (bound, type(bound)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", "1_000"),
        ("integer", "1.0"),
        ("integer", "１２"),
        ("integer", 1.5),
        ("integer", True),
        ("integer", "9" * 19),
        ("integer", 10**18),
        ("number", "nan"),
        ("number", "1e3"),
        ("number", float("inf")),
        ("number", True),
        ("boolean", "ja"),
        ("boolean", 1),
        ("day", "2024-2-29"),
        ("day", "2023-02-29"),
        ("day", "2024-02"),
        ("card", "8986061900000000"),
        ("card", "8.98606E+18"),
        ("card", 8986061900000000001),
        ("text", ""),
        ("text", 5),
        ("text", None),
        ("text[]", []),
        ("text[]", ["a", ""]),
        ("text[]", 5),
        ("party", ["老K"]),
    ],
)
def test_a_value_of_another_type_is_refused_and_the_parameter_named(kind: str, given: object, write: Write) -> None:
    with pytest.raises(UsageError, match="at_least") as refused:
        typed(kind, write, given)
    assert refused.value.code == "bad_parameter"
    assert refused.value.text.render("zh").startswith("参数 at_least ")


def test_a_value_may_be_absent_where_the_default_is_null_and_only_there(write: Write) -> None:
    write(HEADER.replace("default = 2", "optional = true") + BODY)
    assert load_query("who-sold").bind({}) == {"at_least": None}
    assert load_query("who-sold").bind({"at_least": None}) == {"at_least": None}
    write(HEADER.replace(", default = 2", "") + BODY)
    with pytest.raises(UsageError, match="needs a value for at_least") as refused:
        load_query("who-sold").bind({})
    assert "-p at_least=" in refused.value.hint
    assert refused.value.text.render("zh") == "who-sold 需要给出 at_least 的值"


def test_a_parameter_that_is_not_declared_is_refused(write: Write) -> None:
    write()
    with pytest.raises(UsageError, match="has no parameter atleast") as refused:
        load_query("who-sold").bind({"atleast": "2"})
    assert refused.value.hint == "it takes: at_least"
    assert refused.value.text.render("zh") == "who-sold 没有参数 atleast"


def test_a_name_of_the_library_cannot_be_taken(tmp_path: Path, write: Write) -> None:
    write(name="purchases.sql")
    for name in ("purchases.cypher", "purchases.sql"):
        (tmp_path / "purchases.sql").rename(tmp_path / name) if name.endswith("cypher") else write(name=name)
        with pytest.raises(QueryError, match="has a query of this name already"):
            load_query("purchases")
    with pytest.raises(QueryError, match="has a query of this name already"):
        load_queries()
    assert load_query("returns").name == "returns", "the others can be asked meanwhile"


def test_a_name_that_cannot_be_typed_is_refused_and_other_files_are_left_alone(tmp_path: Path, write: Write) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder.sql").mkdir()
    write()
    assert {"who-sold", "purchases"} <= {query.name for query in load_queries()}
    write(name="Who Sold.sql")
    with pytest.raises(QueryError, match="cannot be typed"):
        load_query("Who Sold")


def test_a_folder_that_is_not_there_and_a_file_that_is_no_text_are_said_to_be_so(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write().write_bytes("谁卖了".encode("gb18030"))
    with pytest.raises(QueryError, match="cannot be read"):
        load_query("who-sold")
    monkeypatch.setenv("GRAPHTRACE_QUERIES", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="which is no folder"):
        load_query("purchases")


def test_a_file_that_is_too_large_is_not_read(write: Write) -> None:
    write("-- " + "x" * MAX_QUERY_BYTES)
    with pytest.raises(QueryError, match="cannot be read: larger than 1 MiB") as caught:
        load_query("who-sold")
    assert caught.value.hint_text is not None
    assert caught.value.hint_text.render("zh") == "请指定不大的文本文件"


def test_an_unknown_query_is_answered_with_the_nearest_names() -> None:
    with pytest.raises(UsageError) as refused:
        load_query("purchase")
    assert refused.value.code == "unknown_query"
    assert "purchases" in refused.value.hint
    with pytest.raises(UsageError) as refused:
        load_query("../../etc/passwd")
    assert refused.value.code == "unknown_query"
