"""Client of a server: credentials, queries, and the meaning of its errors.

Every error of the driver is translated here. A password is never part of a text.
"""

from __future__ import annotations

import logging
import re
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

from graphtrace.errors import CaseMissing, QueryError, StoreError
from graphtrace.locale import phrase
from graphtrace.storage.neo4j.address import Address
from graphtrace.storage.neo4j.user_cypher import require_read_only_plan, require_read_only_text

if TYPE_CHECKING:
    import neo4j

MIN_VERSION = (5, 26)
"""Oldest supported version of a server; no older one was tested."""

_LINE = re.compile(r"\(line ([0-9]+), column ")
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
            return self._execute(cypher, parameters, _values)

    def run_user_query(self, cypher: str, parameters: Mapping[str, Any]) -> tuple[list[str], Rows]:
        """Return the names of the columns and all rows of a user's query, which the server runs read-only.

        Raises
        ------
        QueryError
            If the server does not understand it, or it would change something.
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


def _values(result: neo4j.Result) -> Rows:
    return result.values()


def _plan(result: neo4j.Result) -> tuple[str | None, Mapping[str, Any] | None]:
    """Return the type of a query and its plan, if the server was asked to explain it."""
    summary = result.consume()
    return summary.query_type, summary.plan


_MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "Security.Unauthorized": ("wrong_password", "wrong_password", "credentials"),
    "Security.CredentialsExpired": (
        "password_expired",
        "password_expired",
        "new_password",
    ),
    "Security.AuthenticationRateLimit": (
        "wrong_password",
        "too_many_passwords",
        "wait_then_credentials",
    ),
    "Security.Forbidden": (
        "not_allowed",
        "not_allowed",
        "ask_for_rights",
    ),
    "Database.DatabaseNotFound": (
        "no_such_database",
        "no_such_database",
        "correct_database",
    ),
    "Database.DatabaseUnavailable": (
        "store_unavailable",
        "database_not_started",
        "ask_to_start",
    ),
    "General.WriteOnReadOnlyAccessDatabase": (
        "read_only",
        "takes_no_changes",
        "not_read_only",
    ),
    "General.ForbiddenOnReadOnlyDatabase": (
        "read_only",
        "takes_no_changes",
        "name_leader",
    ),
    "Cluster.NotALeader": (
        "read_only",
        "member_takes_no_changes",
        "use_neo4j_scheme",
    ),
    "General.MemoryPoolOutOfMemoryError": (
        "store_unavailable",
        "no_server_memory",
        "raise_server_memory",
    ),
}
"""Meaning of a server's error code, by its suffix: code, phrase for the problem, hint."""


_LOSSES = (
    ("refused", "port_refused", "start_server"),
    (
        "cannot resolve|dns resolve|name or service|getaddrinfo|nodename",
        "unknown_host",
        "correct_host",
    ),
    ("timed? ?out", "no_answer_in_time", "check_network"),
    (
        "couldn't connect|routing information",
        "server_unreachable",
        "check_network",
    ),
)
"""Reasons why a server cannot be reached: text of the driver's error, its meaning, the hint."""


def _translation(
    error: Exception, address: Address, *, has_answered: bool = False, hint: str = "ask_server_again"
) -> StoreError:
    server_code = getattr(error, "code", None) or ""
    for ending, (code, meaning, remedy) in _MEANINGS.items():
        if server_code.endswith(ending):
            return StoreError("at_path", path=address, why=phrase(meaning), hint=remedy, code=code)
    from neo4j.exceptions import (
        ConfigurationError,
        DriverError,
        IncompleteCommit,
        ServiceUnavailable,
        SessionExpired,
    )

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
