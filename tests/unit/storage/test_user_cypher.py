"""Cypher queries that only read the case, by their words; the server is asked in ``tests/neo4j``."""

from __future__ import annotations

import pytest

from graphtrace.errors import QueryError
from graphtrace.query_library import load_queries
from graphtrace.storage.neo4j.client import require_read_only_plan, require_read_only_text

REFUSED = (
    ("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", 1),
    ("load csv with headers from 'http://127.0.0.1/x' as l return l", 1),
    ("// a remark\nLOAD /* x */\nCSV FROM 'file:///x' AS l RETURN l", 2),
    ("MATCH (n) CALL (n) {\n LOAD CSV FROM 'file:///x' AS l RETURN l } RETURN l", 2),
    ("MATCH (n) RETURN COLLECT { LOAD CSV FROM 'file:///x' AS l RETURN l }", 1),
    ("\\u004cOAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("\\u004COAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("\\uuu004cOAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("RETURN '\\u0027 LOAD CSV FROM \\u0027file:///x\\u0027 AS l RETURN l //'", 1),
    ("RETURN 1 AS x //\\u000aLOAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("RETURN 'it\\\\' LOAD CSV FROM 'file:///x' AS l RETURN l //'", 1),
    ("RETURN `a``b` AS x LOAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("RETURN \"it's\" AS x LOAD CSV FROM 'file:///x' AS l RETURN l //'", 1),
    ("WITH 1.LOAD CSV FROM 'file:///x' AS l RETURN l", 1),
    ("CALL db.labels()", 1),
    ("CALL db.labels() YIELD label RETURN label", 1),
    ("CALL dbms.listConfig", 1),
    ("CALL `dbms`.`listConfig`() YIELD name RETURN name", 1),
    ("CALL apoc.cypher.run('MATCH (n) RETURN n', {}) YIELD value RETURN value", 1),
    ("MATCH (n)\nCALL apoc.load.json('file:///x') YIELD value RETURN value", 2),
    ("OPTIONAL CALL db.labels() YIELD label RETURN label", 1),
    ("RETURN apoc.load.json('file:///x')", 1),
    ("RETURN `apoc`.`load` . json ('file:///x')", 1),
    ("RETURN genai.vector.encode('x', 'OpenAI', {})", 1),
    ("RETURN graph.names()", 1),
    ("SHOW SETTINGS", 1),
    ("SHOW DATABASES YIELD name", 1),
    ("/* SHOW */ SHOW USERS", 1),
    ("CYPHER 5 SHOW SETTINGS", 1),
    ("CYPHER runtime=slotted planner=cost SHOW SETTINGS", 1),
    ("TERMINATE TRANSACTION 'x'", 1),
    ("USE system MATCH (n) RETURN n", 1),
    ("MATCH (n) RETURN COUNT { USE other MATCH (m) RETURN m }", 1),
    ("CREATE (n) RETURN n", 1),
    ("MATCH (n)\n\nDETACH DELETE n", 3),
    ("MATCH (n) SET n.x = 1 RETURN n", 1),
    ("MATCH (n) REMOVE n.x RETURN n", 1),
    ("MERGE (n:X) RETURN n", 1),
    ("MATCH (n) FOREACH (x IN [1] | CREATE ()) RETURN n", 1),
    ("INSERT (n) RETURN n", 1),
    ("DROP DATABASE neo4j", 1),
    ("ALTER CURRENT USER SET PASSWORD FROM 'x' TO 'y'", 1),
    ("GRANT ROLE admin TO x", 1),
    ("PROFILE MATCH (n) RETURN n", 1),
    ("EXPLAIN MATCH (n) RETURN n", 1),
    ("DRYRUN DEALLOCATE DATABASES FROM SERVER 'x'", 1),
    ("RETURN 'never closed", 1),
    ("RETURN 1 AS `never closed", 1),
    ("RETURN 1 /* never closed", 1),
    ("", None),
    ("// nothing", None),
)

READ = (
    "MATCH (p:Party) RETURN p.name",
    "  // LOAD CSV\nMATCH (p) WHERE p.name = 'LOAD CSV FROM \\'x\\'' RETURN p",
    "RETURN \"it's SET\" AS `CREATE (n)`, 'SHOW' AS show /* CALL db.labels() */",
    "MATCH (r:Record) WHERE r.use IS NULL AND r.set = 1 AND NOT r:Set RETURN r.load",
    "MATCH (r) RETURN {set: 1, create: r.create, use: 'x'} AS found",
    "CALL () { MATCH (n) RETURN count(n) AS n } RETURN n",
    "CALL { MATCH (n) RETURN count(n) AS n } RETURN n",
    "MATCH (n) CALL (n) { RETURN n.x AS x UNION RETURN 1 AS x } RETURN x",
    "CYPHER 5 runtime=slotted MATCH (n) RETURN n",
    "RETURN duration.inDays(date('2024-01-01'), date.truncate('month', date())).days",
    "RETURN '\\u4e2d\\u6587' AS text",
    "UNWIND [1, 2.5, 1e3, 0x1f] AS load RETURN load AS csv",
)


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_what_is_no_reading_of_the_case_is_refused_with_its_line(text: str, line: int | None) -> None:
    with pytest.raises(QueryError) as raised:
        require_read_only_text(text)
    assert raised.value.line == line
    assert raised.value.hint


@pytest.mark.parametrize("text", READ)
def test_words_in_texts_names_and_remarks_are_no_clauses(text: str) -> None:
    assert require_read_only_text(text) is None


def test_every_query_of_the_library_is_a_reading() -> None:
    texts = [query.texts["cypher"] for query in load_queries() if "cypher" in query.texts]
    assert len(texts) > 20
    for text in texts:
        require_read_only_text(text)


def test_a_plan_that_reaches_out_or_writes_is_refused() -> None:
    def plan(operator: str) -> dict[str, object]:
        return {"operatorType": "ProduceResults@neo4j", "children": [{"operatorType": f"{operator}@neo4j"}]}

    require_read_only_plan("r", plan("NodeByLabelScan"))
    for kind, operator in (("r", "LoadCSV"), ("r", "ProcedureCall"), ("r", "ShowSettings"), ("rw", "Filter")):
        with pytest.raises(QueryError, match="a query reads the case"):
            require_read_only_plan(kind, plan(operator))
