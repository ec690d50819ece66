"""Client of a server: credentials, queries, and the meaning of its errors.

Every error of the driver is translated here. A password is never part of a text.

Check of a user's Cypher: it may read the case, and nothing else on the server or beyond it. Two walls. Before a text is
sent, its words are looked at: no clause that writes, loads files, calls procedures, leaves the database or asks the
server about itself, and no function of a plugin. Then the server plans it without running it (``EXPLAIN``), and the
plan has to be that of a reading. It runs in read mode in any case.
"""

from __future__ import annotations

import logging
import os
import re
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from graphtrace.errors import CaseMissing, QueryError, StoreError, UsageError
from graphtrace.frozen import frozen
from graphtrace.locale import Text, phrase
from graphtrace.patterns import late

if TYPE_CHECKING:
    import neo4j


_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_SECRET = late(r"user|pass|pwd|secret|token|key|auth|cred|sig", re.IGNORECASE)


def without_secrets(address: str) -> str:
    """Return scheme, host, port and path of an address, the parts that hold no password."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Credentials(NamedTuple):
    """User and password of a server; never part of a text."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "<Credentials>"


@frozen(kw_only=False)
class Address:
    """Address of a case: the URI without its path, and the database (``None``: the user's home database).

    Without ``credentials`` user and password are those of ``NEO4J_USERNAME`` and ``NEO4J_PASSWORD``.
    """

    uri: str
    database: str | None
    credentials: Credentials | None = field(default=None, repr=False, compare=False)

    @classmethod
    def parse(cls, name: str, credentials: Credentials | None = None) -> Address:
        """Read ``neo4j://host:port/database``; the path goes before ``NEO4J_DATABASE``.

        Parameters of routing (``neo4j://host?region=eu``) are handed on to the server.

        Raises UsageError if the address holds a name or password, which every list of processes would show, or is none.
        """
        try:
            parts = urlsplit(name)
            parts.port  # noqa: B018  raises where it is no number
            shown = without_secrets(name)
        except ValueError as error:
            raise UsageError("address_unreadable", hint="address_shape") from error
        asked = parse_qsl(parts.query, keep_blank_values=True)
        if "@" in name or parts.fragment or any(_SECRET.search(key) for key, _ in asked):
            raise UsageError("address_with_password", hint="credentials_instead")
        database = parts.path.strip("/")
        if parts.scheme not in _SCHEMES or not parts.hostname or "/" in database:
            raise UsageError("address_form", address=shown, hint="address_shape")
        if parts.query and not parts.scheme.startswith("neo4j"):
            raise UsageError("address_parameters", address=shown, hint="address_shape")
        uri = urlunsplit((parts.scheme, parts.netloc, "", parts.query, ""))
        return cls(uri, database or os.environ.get("NEO4J_DATABASE") or None, credentials)

    def login(self) -> Credentials | None:
        """Return the user and password by which the server is asked; ``None`` for a server that wants none."""
        if self.credentials is not None:
            return self.credentials
        user = os.environ.get("NEO4J_USERNAME") or os.environ.get("NEO4J_USER") or ""
        password = os.environ.get("NEO4J_PASSWORD") or ""
        return Credentials(user, password) if user or password else None

    def __str__(self) -> str:
        shown = without_secrets(self.uri)
        return shown if self.database is None else f"{shown}/{self.database}"


_TOKEN: Final = late(
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
_ESCAPE: Final = late(r"\\u+00[0-7][0-9A-Fa-f]|\\U+000000[0-7][0-9A-Fa-f]")
"""A letter or sign of ASCII; the server puts it there before it looks for words and quotes."""

_BEGINS: Final = frozenset(("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"))
_CHANGES: Final = frozenset(("CREATE", "DELETE", "DETACH", "FOREACH", "INSERT", "MERGE", "REMOVE", "SET", "USE"))
_COMPUTES: Final = frozenset(("date", "datetime", "duration", "localdatetime", "localtime", "point", "time"))
"""Namespaces whose functions only compute; all others are of the server or of plugins."""

_REACHES_OUT: Final = late("LoadCSV|ProcedureCall|Show|Terminate|AdministrationCommand")
"""Prefixes of plan operators that count as reading but read outside the case."""


@frozen(kw_only=False)
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

    Raises QueryError with the line of the first word that is too much.
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

    Raises QueryError that names the operator.
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


MIN_VERSION = (5, 26)
"""Oldest supported version of a server; no older one was tested."""

_LINE = late(r"\(line ([0-9]+), column ")
_TIMEOUT_S = 5.0
"""Maximum number of seconds to wait for a connection."""

_RETRY_S = 5.0
"""Number of seconds after which a question that fails is not tried again: a cluster has a new leader by then."""

_IDLE_S = 30.0
"""Number of seconds after which a connection is tested before it is used: a firewall may have dropped it."""

COMMIT_UNKNOWN = "commit_unknown"
"""Code of an error that leaves open whether a transaction was committed."""

Rows = list[list[Any]]
_Found = TypeVar("_Found")


class Neo4jClient:
    """Driver and the database that it queries; ``close`` disconnects from the server."""

    def __init__(self, address: Address) -> None:
        import neo4j

        # without a handler the driver's remarks on a server that is not there would stand beside the error
        logging.getLogger(neo4j.__name__).addHandler(logging.NullHandler())
        self.address = address
        self._has_answered = False
        with self.translated():
            self._driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=address.login(),
                user_agent="graphtrace",
                telemetry_disabled=True,
                notifications_min_severity="OFF",
                connection_timeout=_TIMEOUT_S,
                connection_acquisition_timeout=_TIMEOUT_S,
                max_transaction_retry_time=_RETRY_S,
                liveness_check_timeout=_IDLE_S,
            )
        self._bookmarks = _bookmarks_of(address) or self._driver.execute_query_bookmark_manager
        # a case that nobody closes lets go of the server when it is forgotten
        self.close = weakref.finalize(self, self._driver.close)
        try:
            self._check_version()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_version(self) -> None:
        with self.translated():
            agent = self._driver.get_server_info().agent
        self._has_answered = True
        if is_unsupported(agent):
            raise StoreError(
                "server_too_old",
                address=self.address,
                agent=agent,
                version=".".join(map(str, MIN_VERSION)),
                hint="newer_server",
                code="server_too_old",
            )

    def run_read(self, cypher: str, **parameters: Any) -> Rows:
        """Return all rows of a read-only query."""
        with self.translated():
            return self._execute(cypher, parameters, lambda result: result.values())

    def run_user_query(self, cypher: str, parameters: Mapping[str, Any]) -> tuple[list[str], Rows]:
        """Return the names of the columns and all rows of a user's query, which the server runs read-only.

        Raises QueryError if the server does not understand it, or it would change something.
        """
        from neo4j.exceptions import Neo4jError

        require_read_only_text(cypher)
        with self.translated():
            try:
                require_read_only_plan(*self._execute(f"EXPLAIN {cypher}", parameters, _plan))
                return self._execute(cypher, parameters, lambda result: (list(result.keys()), result.values()))
            except Neo4jError as error:
                if not (error.code or "").startswith("Neo.ClientError.Statement"):
                    raise
                line = _LINE.search(str(error))
                raise QueryError(
                    "query_fails", why=_first_line(error), hint="see_graph", line=None if line is None else int(line[1])
                ) from error

    def _execute(self, cypher: str, parameters: Mapping[str, Any], found: Callable[[neo4j.Result], _Found]) -> _Found:
        """Run a read-only query and return its result; a reader of a cluster may answer it."""
        import neo4j

        answer: _Found = self._driver.execute_query(
            cypher,
            dict(parameters),
            routing_=neo4j.RoutingControl.READ,
            database_=self.address.database,
            result_transformer_=found,
            bookmark_manager_=self._bookmarks,
        )
        return answer

    def stream(self, cypher: str, *, size: int, **parameters: Any) -> Iterator[Rows]:
        """Yield the rows of a read-only query, in batches of ``size``."""
        import neo4j

        with (
            self.translated(),
            self._driver.session(
                database=self.address.database,
                default_access_mode=neo4j.READ_ACCESS,
                fetch_size=size,
                bookmark_manager=self._bookmarks,
            ) as session,
            session.begin_transaction() as transaction,
        ):
            result = transaction.run(cypher, parameters)
            while rows := [record.values() for record in result.fetch(size)]:
                yield rows

    def write(self, work: Callable[[neo4j.ManagedTransaction], Any]) -> Any:
        """Run one transaction, repeated if the server permits it; ``work`` must be idempotent."""
        with self.translated("load_again"), self._writing_session() as session:
            return session.execute_write(work)

    def write_once(self, cypher: str, **parameters: Any) -> None:
        """Run one statement in a transaction that is not repeated, for work that is not worth a wait."""
        with self.translated("load_again"), self._writing_session() as session:
            session.run(cypher, parameters).consume()

    def _writing_session(self) -> neo4j.Session:
        return self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks)

    @contextmanager
    def translated(self, hint: str = "ask_server_again") -> Iterator[None]:
        """Translate errors of the driver into store errors; one without a hint of its own gets ``hint``."""
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (DriverError, Neo4jError) as error:
            code = getattr(error, "code", None) or ""
            if "Bookmark" in code:
                # the database at this address is no longer the one that was written
                _BOOKMARKS.pop(self.address, None)
            if code.startswith("Neo.ClientError.Statement."):
                raise  # the text of a question is at fault, not the server
            raise _translation(error, self.address, has_answered=self._has_answered, hint=hint) from error
        except ValueError as error:
            # the driver resolves and parses addresses by itself
            raise StoreError("at_path", path=self.address, why=str(error), hint="address_shape") from error


_BOOKMARKS: dict[Address, neo4j.BookmarkManager] = {}
"""Bookmarks by address: the state of a cluster that this process has seen, on whichever member."""


def _bookmarks_of(address: Address) -> neo4j.BookmarkManager | None:
    """Return the bookmarks by which a query sees earlier writes of this process; ``None`` for a single server."""
    import neo4j

    if not address.uri.startswith("neo4j"):
        return None
    if address not in _BOOKMARKS:
        _BOOKMARKS[address] = neo4j.GraphDatabase.bookmark_manager()
    return _BOOKMARKS[address]


def is_unsupported(agent: str) -> bool:
    """Whether a server with this agent string (``Neo4j/5.26.0``) lacks required features."""
    found = re.search(r"/([0-9]+)\.([0-9]+)", agent)
    return found is not None and (int(found[1]), int(found[2])) < MIN_VERSION


def _plan(result: neo4j.Result) -> tuple[str | None, Mapping[str, Any] | None]:
    """Return the type of a query and its plan, if the server was asked to explain it."""
    summary = result.consume()
    return summary.query_type, summary.plan


_MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "Security.Unauthorized": ("wrong_password", "wrong_password", "credentials"),
    "Security.CredentialsExpired": ("password_expired", "password_expired", "new_password"),
    "Security.AuthenticationRateLimit": ("wrong_password", "too_many_passwords", "wait_then_credentials"),
    "Security.Forbidden": ("not_allowed", "not_allowed", "ask_for_rights"),
    "Database.DatabaseNotFound": ("no_such_database", "no_such_database", "correct_database"),
    "Database.DatabaseUnavailable": ("store_unavailable", "database_not_started", "ask_to_start"),
    "General.WriteOnReadOnlyAccessDatabase": ("read_only", "takes_no_changes", "not_read_only"),
    "General.ForbiddenOnReadOnlyDatabase": ("read_only", "takes_no_changes", "name_leader"),
    "Cluster.NotALeader": ("read_only", "member_takes_no_changes", "use_neo4j_scheme"),
    "General.MemoryPoolOutOfMemoryError": ("store_unavailable", "no_server_memory", "raise_server_memory"),
}
"""Meaning of a server's error code, by its suffix: code, phrase for the problem, hint."""


_LOSSES = (
    ("refused", "port_refused", "start_server"),
    ("cannot resolve|dns resolve|name or service|getaddrinfo|nodename", "unknown_host", "correct_host"),
    ("timed? ?out", "no_answer_in_time", "check_network"),
    ("couldn't connect|routing information", "server_unreachable", "check_network"),
)
"""Reasons why a server cannot be reached: text of the driver's error, its meaning, the hint."""


def _translation(
    error: Exception, address: Address, *, has_answered: bool = False, hint: str = "ask_server_again"
) -> StoreError:
    server_code = getattr(error, "code", None) or ""
    for ending, (code, meaning, remedy) in _MEANINGS.items():
        if server_code.endswith(ending):
            return StoreError("at_path", path=address, why=phrase(meaning), hint=remedy, code=code)
    from neo4j.exceptions import ConfigurationError, DriverError, IncompleteCommit, ServiceUnavailable, SessionExpired

    if isinstance(error, IncompleteCommit):
        return StoreError(
            "at_path", path=address, why=phrase("connection_lost"), hint="load_again", code=COMMIT_UNKNOWN
        )
    causes = "; ".join(_chain(error))
    if isinstance(error, ServiceUnavailable | SessionExpired):
        meaning = "connection_lost"
        if not has_answered:
            for pattern, *translation in _LOSSES:
                if re.search(pattern, causes, re.IGNORECASE):
                    meaning, hint = translation
                    break
        return StoreError("at_path", path=address, why=phrase(meaning), hint=hint)
    if isinstance(error, ConfigurationError):
        return StoreError("at_path", path=address, why=_first_line(error), hint="address_shape")
    if isinstance(error, DriverError):
        return StoreError("at_path", path=address, why=_first_line(error), hint=hint)
    return StoreError(
        "server_error", address=address, server_code=server_code, why=_first_line(error), hint="server_log"
    )


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


def _first_line(error: Exception) -> str:
    return str(getattr(error, "message", None) or error).partition("\n")[0]


def case_missing_error(address: Address) -> CaseMissing:
    """Return the error for a database into which nothing was loaded yet."""
    return CaseMissing("server_no_case", address=address, case=address, hint="make_case")
