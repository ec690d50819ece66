"""Run a user's SQL, of the query library or of a rule: exactly one SELECT on one connection.

What is no single SELECT is refused before it runs, also where a part of it would change something: ``WITH x AS (DELETE
…)`` is a SELECT to DuckDB. It then runs in a read-only transaction that is rolled back, so that nothing stays on the
connection for the next question to read, whatever a text found a way to do.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import QueryError
from graphtrace.patterns import late
from graphtrace.storage.duckdb.workarounds import read_error
from graphtrace.storage.memory_budget import bounded, out_of_memory

if TYPE_CHECKING:
    import duckdb

Answer = tuple[list[str], list[tuple[Any, ...]]]
"""Names of the columns and all rows."""

_READING: Final = frozenset(("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"))
"""Node types of a parsed query that change nothing."""

_CHANGING: Final = ("insert", "update", "delete", "merge", "copy")
_LINE: Final = late(r"\s*LINE ([0-9]+):.*", re.DOTALL)
_LOOKS_EVERY_S: Final = 0.05
_FETCHED_ROWS: Final = 10_000


def ask_select(
    con: duckdb.DuckDBPyConnection,
    text: str,
    parameters: Mapping[str, object],
    *,
    place: str,
    frame: str = "{}",
    relations: str = "see_views",
    memory_bytes: int,
    is_bundled: bool = False,
) -> Answer:
    """Run the one SELECT of a text.

    - ``place``: name of the case, for faults that are not the text's.
    - ``frame``: SQL of the program around that of the user, which stands in the place of ``{}`` on lines of its own.
    - ``relations``: hint that says where the relations are described.
    - ``memory_bytes``: maximum memory of the answer, in addition to that of the process.
    - ``is_bundled``: the text is part of the program. A test checks those texts, so that no answer waits for it.

    Raises QueryError if the text is anything but one SELECT, or fails; its ``line`` is that of the text, where it is
    known. Raises StoreError if the database cannot be read, or the answer does not fit into the memory.
    """
    import duckdb

    before, after = frame.split("{}")
    lines_before = 0
    try:
        select = text.rstrip().removesuffix(";") if is_bundled else single_select(con, text)
        sql = f"{before}{select}{after}"
        lines_before = before.count("\n")
        con.execute("BEGIN TRANSACTION READ ONLY")
        try:
            with bounded(memory_bytes) as is_nearly_full:
                return _supervised(con, sql, parameters, is_nearly_full)
        finally:
            con.rollback()
    except (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as error:
        raise read_error(error, place) from error
    except MemoryError as error:
        raise out_of_memory(place) from error
    except duckdb.Error as error:
        found = _LINE.search(str(error))
        reason = " ".join(_LINE.sub("", str(error)).split())
        line = None if found is None else int(found[1]) - lines_before
        raise QueryError("query_fails", why=reason, hint=relations, line=line) from error


def single_select(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Return the text up to the semicolon behind its only statement.

    Raises QueryError if it is anything but one SELECT that changes nothing.
    """
    import duckdb

    tokens = list(_tokens(text))
    statements = con.extract_statements(text)
    if not statements:
        raise QueryError("query_no_select", hint="write_select")
    first = next(line for _, line, _ in tokens)
    if statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("query_not_select", kind=statements[0].type.name, hint="only_select", line=first)
    ends = [number for number, (word, _, _) in enumerate(tokens) if word == ";"]
    if len(statements) > 1:
        raise QueryError("query_several_statements", hint="only_select", line=tokens[ends[0] + 1][1])
    ((parsed,),) = con.execute("SELECT json_serialize_sql($1)", [text]).fetchall()
    if other := set(_nodes(json.loads(parsed))) - _READING:
        line = next((line for word, line, _ in tokens if word.lower() in _CHANGING), first)
        kinds = sorted(kind.removesuffix("_NODE").removesuffix("_QUERY") for kind in other)
        raise QueryError("query_changes", kinds=kinds, hint="only_select", line=line)
    return text.encode()[: tokens[ends[0]][2]].decode() if ends else text


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each token outside comments: its text, its line, its offset in bytes."""
    import duckdb

    whole = text.encode()
    found = duckdb.tokenize(text)
    ends = [start for start, _ in found[1:]] + [len(whole)]
    for (start, kind), end in zip(found, ends, strict=False):
        if kind is not duckdb.token_type.comment:
            yield whole[start:end].decode().strip(), whole.count(b"\n", 0, start) + 1, start


def _nodes(parsed: Any) -> Iterator[str]:
    """Yield the node types of all queries in a parsed text, nested ones too."""
    members: Any = ()
    if isinstance(parsed, dict):
        if "cte_map" in parsed or parsed.get("error"):
            yield str(parsed.get("type", parsed.get("error_message")))
        members = parsed.values()
    elif isinstance(parsed, list):
        members = parsed
    for member in members:
        yield from _nodes(member)


def _supervised(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object], is_nearly_full: Callable[[], bool]
) -> Answer:
    """Run SQL in a thread of its own; stop it at a keyboard interrupt, and before it exhausts the memory."""
    from concurrent.futures import ThreadPoolExecutor, wait

    import duckdb

    is_stopped = threading.Event()

    def answer() -> Answer:
        found = con.execute(sql, dict(parameters) or None)
        rows: list[tuple[Any, ...]] = []
        while part := found.fetchmany(_FETCHED_ROWS):
            rows += part
            if is_stopped.is_set():
                raise MemoryError
        return [column[0] for column in found.description or ()], rows

    with ThreadPoolExecutor(1) as worker:
        try:
            asked = worker.submit(answer)
        except RuntimeError as error:  # no memory for a thread
            raise MemoryError from error
        try:
            while not asked.done():
                wait([asked], timeout=_LOOKS_EVERY_S)
                if not is_stopped.is_set() and is_nearly_full():
                    is_stopped.set()
                    con.interrupt()
        except KeyboardInterrupt:
            while not asked.done():
                con.interrupt()
                wait([asked], timeout=_LOOKS_EVERY_S)
            raise
    try:
        return asked.result()
    except (duckdb.InterruptException, RuntimeError) as error:
        if not is_stopped.is_set():
            raise
        raise MemoryError from error
