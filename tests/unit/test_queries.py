from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graphtrace.errors import QueryError, UsageError
from graphtrace.queries import CardKey, PartyName, load_queries, load_query

HEADER = """-- question: Who sold?
-- question.zh: 谁卖了？
-- counts: Statements, each once.
-- counts.zh: 每个陈述计一次。
-- param at_least: integer = 2 | the fewest | 最少
-- column party_id: the party | 主体
-- column records: statements | 陈述数
-- mode: read
"""
BODY = """
SELECT from_id AS party_id, count(*) AS records FROM moves GROUP BY from_id HAVING records >= $at_least
"""
CYPHER = (
    HEADER.replace("--", "//") + "\nMATCH (p:Party) WHERE p.n >= $at_least RETURN p.id AS party_id, p.n AS records\n"
)

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
    """What a query is asked with when a value is given for a parameter of a type."""
    write(HEADER.replace("integer = 2", kind) + BODY)
    return load_query("who-sold").bind({"at_least": given})["at_least"]


def test_a_query_is_read_with_all_that_its_header_says(write: Write) -> None:
    path = write()
    query = load_query("who-sold")
    assert (query.header.question.en, query.header.question.zh) == ("Who sold?", "谁卖了？")
    assert (query.header.version, query.header.mode, query.header.over) == (1, "read", "case")
    assert [(one.name, one.type_text, one.default, one.meaning.zh) for one in query.header.parameters] == [
        ("at_least", "integer", "2", "最少")
    ]
    assert [column.name for column in query.header.columns] == ["party_id", "records"]
    assert query.text_in("sql") == path.read_text(encoding="utf-8")


def test_a_header_may_go_on_in_indented_lines_and_ends_with_the_first_line_that_is_no_comment(write: Write) -> None:
    write(HEADER.replace("each once.", "each\n--     once: really.") + "\n-- not: a header any more\n" + BODY)
    assert load_query("who-sold").header.counts.en == "Statements, each once: really."


def test_a_file_with_the_line_ends_of_another_system_and_a_byte_order_mark_is_read(
    tmp_path: Path, write: Write
) -> None:
    write()
    (tmp_path / "who-sold.sql").write_bytes(b"\xef\xbb\xbf" + (HEADER + BODY).replace("\n", "\r\n").encode())
    assert load_query("who-sold").header.question.en == "Who sold?"


def test_what_an_audit_is_asked_is_marked_and_versions_are_kept(write: Write) -> None:
    write(HEADER + "-- over: audit\n-- version: 3\n" + BODY)
    header = load_query("who-sold").header
    assert (header.over, header.version) == ("audit", 3)


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ("-- mode: read\n", "-- mode: write\n", 8, "mode cannot be write"),
        ("-- mode: read\n", "", 1, "lacks mode"),
        ("-- question: Who sold?\n", "", 1, "lacks question"),
        ("-- mode: read\n", "-- mode: read\n-- author: me\n", 9, "author is no key"),
        ("-- mode: read\n", "-- mode: read\n-- just words\n", 9, "a line without a key"),
        ("-- mode: read\n", "-- mode: read\n--\n", 9, "a line without a key"),
        ("-- mode: read\n", "-- mode: read\n-- over: everything\n", 9, "over cannot be everything"),
        ("-- mode: read\n", "-- mode: read\n-- version: 0\n", 9, "0 is no version"),
        ("-- mode: read\n", "-- mode: read\n-- mode: read\n", 9, "mode is there already (line 8)"),
        (
            "-- mode: read\n",
            "-- mode: read\n-- param at_least: day | a | 一\n",
            9,
            "param at_least is there already (line 5)",
        ),
        ("column records: ", "column party_id: ", 7, "column party_id is there already (line 6)"),
        ("integer = 2 | the fewest | 最少", "integer = 2 | the fewest", 5, "not there in both languages"),
        ("integer = 2", "whole = 2", 5, "no known type: whole"),
        ("integer = 2", "integer[ = 2", 5, "no known type"),
        ("integer = 2", "integer = two", 5, "the default does not fit"),
        ("integer = 2", "integer =", 5, "the default of at_least is empty"),
        ("at_least", "known_on", 5, "can be called known_on"),
        ("at_least", "At", 5, "At cannot be a name"),
        ("-- column party_id: the party | 主体\n-- column records: statements | 陈述数\n", "", 1, "names no column"),
        (">= $at_least", ">= 2", 5, "parameter at_least is not used"),
        ("$at_least", "$at_least + $more", 10, "$more is not declared"),
        ("$at_least", "'$at_least'", 5, "is not used"),
        ("$at_least", "1 -- $at_least", 5, "is not used"),
        ("$at_least", "/* $at_least\n*/ 1", 5, "is not used"),
        ("$at_least", "$at_least AND '''$no' <> $$no$$", 10, "$ is no parameter"),
        ("$at_least", "$1", 10, "$1 is no parameter"),
        ("$at_least", "?", 10, "? is no parameter"),
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
    assert refused.value.hint


def test_a_dollar_in_text_and_in_quoted_names_is_no_parameter(write: Write) -> None:
    write(HEADER + BODY + "   AND '$a' <> \"$b\" AND E'\\'$c' <> '' -- $d\n")
    assert load_query("who-sold").bind({}) == {"at_least": 2}


def test_both_languages_of_a_query_have_one_header(write: Write) -> None:
    write()
    write(CYPHER, "who-sold.cypher")
    query = load_query("who-sold")
    assert query.text_in("cypher").startswith("//")
    path = write(CYPHER.replace("the fewest", "the least"), "who-sold.cypher")
    with pytest.raises(QueryError, match="differs from that of") as refused:
        load_query("who-sold")
    assert str(path) in refused.value.message or "who-sold.sql" in refused.value.message
    assert "parameters" in refused.value.message


def test_marks_in_cypher_are_told_from_its_strings_and_quoted_names(write: Write) -> None:
    write(CYPHER + "// $a\n/* $b */ WITH '\\'$c' AS x, \"$d\" AS y, `$e` AS z\n", "who-sold.cypher")
    assert load_query("who-sold").bind({}) == {"at_least": 2}
    write(CYPHER.replace("$at_least", "$`at_least`"), "who-sold.cypher")
    with pytest.raises(QueryError, match="is no parameter"):
        load_query("who-sold")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CYPHER.replace("$at_least", "$other"), "who-sold.cypher:10: $other is not declared"),
        (CYPHER.replace("$at_least", "2"), "parameter at_least is not used"),
        (CYPHER.replace("integer = 2", "whole = 2"), "of no known type"),
        (CYPHER.replace("// mode: read", "// mode: write"), "mode cannot be write"),
    ],
)
def test_a_file_in_cypher_is_refused_as_one_in_sql_is(text: str, said: str, write: Write) -> None:
    write(text, "who-sold.cypher")
    with pytest.raises(QueryError) as refused:
        load_query("who-sold")
    assert said in refused.value.message


def test_a_query_that_is_not_written_in_a_language_says_in_which_it_is(write: Write) -> None:
    write(CYPHER, "who-sold.cypher")
    with pytest.raises(QueryError, match=r"written in \.cypher only"):
        load_query("who-sold").text_in("sql")


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
        ("party", "老K", PartyName("老K")),
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


def test_a_value_may_be_absent_where_the_default_is_null_and_only_there(write: Write) -> None:
    write(HEADER.replace("integer = 2", "integer = null") + BODY)
    assert load_query("who-sold").bind({}) == {"at_least": None}
    assert load_query("who-sold").bind({"at_least": None}) == {"at_least": None}
    write(HEADER.replace("integer = 2", "integer") + BODY)
    with pytest.raises(UsageError, match="needs a value for at_least") as refused:
        load_query("who-sold").bind({})
    assert "-p at_least=" in refused.value.hint


def test_a_parameter_that_is_not_declared_is_refused(write: Write) -> None:
    write()
    with pytest.raises(UsageError, match="has no parameter atleast") as refused:
        load_query("who-sold").bind({"atleast": "2"})
    assert refused.value.hint == "it takes: at_least"


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


def test_an_unknown_query_is_answered_with_the_nearest_names() -> None:
    with pytest.raises(UsageError) as refused:
        load_query("purchase")
    assert refused.value.code == "unknown_query"
    assert "purchases" in refused.value.hint
    with pytest.raises(UsageError) as refused:
        load_query("../../etc/passwd")
    assert refused.value.code == "unknown_query"
