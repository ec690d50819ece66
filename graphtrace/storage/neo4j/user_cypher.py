"""Check of a user's Cypher: it may read the case, and nothing else on the server or beyond it.

Two walls. Before a text is sent, its words are looked at: no clause that writes, loads files, calls procedures, leaves
the database or asks the server about itself, and no function of a plugin. Then the server plans it without running it
(``EXPLAIN``), and the plan has to be that of a reading. It runs in read mode in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphtrace.errors import QueryError
from graphtrace.locale import Text, phrase

_TOKEN: Final = re.compile(
    r"""
    (?P<blank>\s+|//[^\n\r]*|/\*.*?\*/)
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<word>[^\W\d]\w*)
    | (?P<number>\d\w*)
    | (?P<unclosed>['"`]|/\*)
    | (?P<sign>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\u+00[0-7][0-9A-Fa-f]|\\U+000000[0-7][0-9A-Fa-f]")
"""A letter or sign of ASCII; the server puts it there before it looks for words and quotes."""

_BEGINS: Final = frozenset(("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"))
_CHANGES: Final = frozenset(("CREATE", "DELETE", "DETACH", "FOREACH", "INSERT", "MERGE", "REMOVE", "SET", "USE"))
_COMPUTES: Final = frozenset(("date", "datetime", "duration", "localdatetime", "localtime", "point", "time"))
"""Namespaces whose functions only compute; all others are of the server or of plugins."""

_REACHES_OUT: Final = re.compile("LoadCSV|ProcedureCall|Show|Terminate|AdministrationCommand")
"""Prefixes of plan operators that count as reading but read outside the case."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int

    @property
    def name(self) -> str:
        """Return the name without its quotes."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text


_END: Final = _Token("sign", "", 0)


def require_read_only_text(cypher: str) -> None:
    """Refuse a text with a word that a read-only query does not have.

    Raises
    ------
    QueryError
        With the line of the first word that is too much.
    """
    if escape := _ESCAPE.search(cypher):
        line = cypher.count("\n", 0, escape.start()) + 1
        raise QueryError("escape_hides", escape=escape[0], hint="write_letter", line=line)
    tokens = [*_tokens(cypher), _END, _END]
    if unclosed := next((token for token in tokens if token.kind == "unclosed"), None):
        raise QueryError("never_closed", sign=unclosed.text, hint="close_text", line=unclosed.line)
    first = _first_clause(tokens)
    if first.text.upper() not in _BEGINS:
        raise _refused(first.text or "nothing", first.line or None)
    for place, token in enumerate(tokens[:-2]):
        following = tokens[place + 1]
        if token.text == "(" and _is_foreign(path := _path_before(tokens, place)):
            raise _refused(f"{path}()", token.line)
        if token.kind != "word" or following.text == ":" or _is_property(tokens, place):
            continue
        word = token.text.upper()
        if word in _CHANGES or (word == "LOAD" and following.text.upper() == "CSV"):
            raise _refused(word, token.line)
        if word == "CALL" and following.text not in ("{", "("):
            raise _refused(phrase("procedure_call"), token.line)


def require_read_only_plan(query_type: str | None, plan: Mapping[str, Any] | None) -> None:
    """Refuse a query whose plan does more than read.

    Raises
    ------
    QueryError
        That names the operator.
    """
    reaching = [operator for operator in _operators(plan or {}) if _REACHES_OUT.match(operator)]
    if query_type != "r" or reaching:
        raise _refused(reaching or phrase("what_it_does"), None)


def _tokens(cypher: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(cypher):
        if found.lastgroup != "blank":
            yield _Token(str(found.lastgroup), found[0], line)
        line += found[0].count("\n")


def _first_clause(tokens: Sequence[_Token]) -> _Token:
    """Return the first word after the planner options (``CYPHER 5 runtime=slotted``)."""
    place = 0
    if tokens[0].text.upper() == "CYPHER":
        place = 2 if tokens[1].kind == "number" else 1
        while tokens[place + 1].text == "=" and place + 3 < len(tokens):
            place += 3
    return tokens[place]


def _is_property(tokens: Sequence[_Token], place: int) -> bool:
    """Whether a word follows a full stop (``r.use``) that is no decimal point, or a colon (``:Set``)."""
    before = tokens[place - 1].text if place else ""
    return before == ":" or (before == "." and place > 1 and tokens[place - 2].kind != "number")


def _path_before(tokens: Sequence[_Token], place: int) -> str:
    """Return the name with its namespaces that ends before a place."""
    names: list[str] = []
    while place > 0 and tokens[place - 1].kind in ("word", "quoted"):
        names.append(tokens[place - 1].name)
        if place < 2 or tokens[place - 2].text != ".":
            break
        place -= 2
    return ".".join(reversed(names))


def _is_foreign(path: str) -> bool:
    """Whether a function is outside the namespaces that only compute."""
    namespace, dot, _ = path.partition(".")
    return bool(dot) and namespace.lower() not in _COMPUTES


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    yield str(plan.get("operatorType", ""))
    for child in plan.get("children", ()):
        yield from _operators(child)


def _refused(what: Sequence[str] | Text | str, line: int | None) -> QueryError:
    return QueryError("query_reads_only", what=what, hint="cypher_reads", line=line)
