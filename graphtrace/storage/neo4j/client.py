"""The way to a server: who asks, how a question is put, and what its errors mean.

Every error of the driver is translated here. A password comes from the environment only and is never part of a text.
"""

from __future__ import annotations

import logging
import os
import re
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

from graphtrace.errors import CaseMissing, QueryError, StoreError
from graphtrace.storage.neo4j.address import CREDENTIALS, SHAPE, Address
from graphtrace.storage.neo4j.user_cypher import check_plan, check_text

if TYPE_CHECKING:
    import neo4j

LEAST_VERSION = (5, 26)
"""The oldest server that this was tried with."""

_LINE = re.compile(r"\(line ([0-9]+), column ")
_TIMEOUT_S = 5.0
"""Maximum number of seconds to wait for a connection."""

_RETRY_S = 5.0
"""Number of seconds after which a question that fails is not tried again: a cluster has a new leader by then."""

_IDLE_S = 30.0
"""Number of seconds after which a connection is tested before it is used: a firewall may have dropped it."""

_ASK_AGAIN = "see to the server and the network, then ask again"
_LOAD_AGAIN = "see to the server, then load again: what is on it stays, and the load goes on where it stopped"

COMMIT_UNKNOWN = "commit_unknown"
"""Code of an error that leaves open whether a transaction was committed."""

Rows = list[list[Any]]
_Found = TypeVar("_Found")


class Neo4jClient:
    """A driver and the database that it asks; ``close`` lets go of the server."""

    def __init__(self, address: Address) -> None:
        import neo4j

        # without a handler the driver's remarks on a server that is not there would stand beside the error
        logging.getLogger(neo4j.__name__).addHandler(logging.NullHandler())
        self.address = address
        self._has_answered = False
        user = os.environ.get("NEO4J_USERNAME") or os.environ.get("NEO4J_USER") or ""
        password = os.environ.get("NEO4J_PASSWORD") or ""
        with self.translated():
            self._driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(user, password) if user or password else None,
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
                f"{self.address} runs {agent}",
                hint=f"ask for a server of Neo4j {LEAST_VERSION[0]}.{LEAST_VERSION[1]} or newer",
                code="server_too_old",
            )

    def run_read(self, cypher: str, **parameters: Any) -> Rows:
        """All rows of a question that changes nothing."""
        with self.translated():
            return self._execute(cypher, parameters, _values)

    def run_user_query(self, cypher: str, parameters: Mapping[str, Any]) -> tuple[list[str], Rows]:
        """The names of the columns and all rows of a question that somebody else wrote; the server lets it read only.

        Raises
        ------
        QueryError
            If the server does not understand it, or it would change something.
        """
        from neo4j.exceptions import Neo4jError

        check_text(cypher)
        with self.translated():
            try:
                check_plan(*self._execute(f"EXPLAIN {cypher}", parameters, _plan))
                return self._execute(cypher, parameters, lambda result: (list(result.keys()), result.values()))
            except Neo4jError as error:
                if not (error.code or "").startswith("Neo.ClientError.Statement"):
                    raise
                line = _LINE.search(str(error))
                raise QueryError(
                    f"the query fails: {_first_line(error)}",
                    hint="docs/model.md has the graph",
                    line=None if line is None else int(line[1]),
                ) from error

    def _execute(self, cypher: str, parameters: Mapping[str, Any], found: Callable[[neo4j.Result], _Found]) -> _Found:
        """What a question that changes nothing finds; a reader of a cluster may answer it."""
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
        """The rows of a question that changes nothing, so many at a time."""
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
        """One transaction, run again where the server says that it may be; ``work`` has to bear that."""
        with self.translated(_LOAD_AGAIN), self._writing_session() as session:
            return session.execute_write(work)

    def write_once(self, cypher: str, **parameters: Any) -> None:
        """One statement in a transaction that is not run again, for what is not worth waiting for."""
        with self.translated(_LOAD_AGAIN), self._writing_session() as session:
            session.run(cypher, parameters).consume()

    def _writing_session(self) -> neo4j.Session:
        return self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks)

    @contextmanager
    def translated(self, hint: str = _ASK_AGAIN) -> Iterator[None]:
        """Turns what the driver raises into errors that say what is wrong and, where that is all there is, ``hint``."""
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
            raise StoreError(f"{self.address}: {error}", hint=SHAPE) from error


_BOOKMARKS: dict[Address, neo4j.BookmarkManager] = {}
"""By address: how far this process has seen a cluster, whichever of its members did what."""


def _bookmarks_of(address: Address) -> neo4j.BookmarkManager | None:
    """What lets a question see what this process wrote before it; ``None`` where there is one server only."""
    import neo4j

    if not address.uri.startswith("neo4j"):
        return None
    if address not in _BOOKMARKS:
        _BOOKMARKS[address] = neo4j.GraphDatabase.bookmark_manager()
    return _BOOKMARKS[address]


def is_unsupported(agent: str) -> bool:
    """Whether a server that calls itself so (``Neo4j/5.26.0``) lacks what is needed."""
    found = re.search(r"/([0-9]+)\.([0-9]+)", agent)
    return found is not None and (int(found[1]), int(found[2])) < LEAST_VERSION


def _values(result: neo4j.Result) -> Rows:
    return result.values()


def _plan(result: neo4j.Result) -> tuple[str | None, Mapping[str, Any] | None]:
    """The kind of a question and its plan, where the server was asked to explain it."""
    summary = result.consume()
    return summary.query_type, summary.plan


_MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "Security.Unauthorized": ("wrong_password", "the server does not know this user and password", CREDENTIALS),
    "Security.CredentialsExpired": (
        "password_expired",
        "the password has expired",
        "set a new one with cypher-shell or the Browser, then NEO4J_PASSWORD",
    ),
    "Security.AuthenticationRateLimit": (
        "wrong_password",
        "too many wrong passwords; the server makes this user wait",
        f"wait some seconds, then {CREDENTIALS}",
    ),
    "Security.Forbidden": (
        "not_allowed",
        "this user may not do that",
        "ask whoever runs the server for the right to read and write this database",
    ),
    "Database.DatabaseNotFound": (
        "no_such_database",
        "there is no such database",
        "correct NEO4J_DATABASE or the end of the address; Neo4j Community has one, called neo4j",
    ),
    "Database.DatabaseUnavailable": (
        "store_unavailable",
        "the database is not started",
        "ask whoever runs the server to start it",
    ),
    "General.WriteOnReadOnlyAccessDatabase": (
        "read_only",
        "the database takes no changes",
        "take it out of server.databases.read_only, or name another one",
    ),
    "General.ForbiddenOnReadOnlyDatabase": (
        "read_only",
        "the database takes no changes",
        "name the server that takes changes, by neo4j:// instead of bolt:// in a cluster",
    ),
    "Cluster.NotALeader": (
        "read_only",
        "this member of the cluster takes no changes",
        "write neo4j:// instead of bolt://",
    ),
    "General.MemoryPoolOutOfMemoryError": (
        "store_unavailable",
        "the server has no memory left for a transaction",
        "raise db.memory.transaction.max and dbms.memory.transaction.total.max, then load again: what is there stays",
    ),
}
"""By the end of a code of the server: code, what is wrong, what to do."""


_LOSSES = (
    ("refused", "nobody answers at this port", "start the server, or correct the port in the address"),
    (
        "cannot resolve|dns resolve|name or service|getaddrinfo|nodename",
        "no machine of this name is known",
        "correct the name in the address",
    ),
    ("timed? ?out", "no answer in time", "check the address, the network and any firewall between"),
    (
        "couldn't connect|routing information",
        "the server cannot be reached",
        "check the address, the network and any firewall between",
    ),
)
"""Why a server does not answer from the first: what the driver's errors say, what that means, what to do."""


_LOST = "the connection to the server was lost"


def _translation(
    error: Exception, address: Address, *, has_answered: bool = False, hint: str = _ASK_AGAIN
) -> StoreError:
    server_code = getattr(error, "code", None) or ""
    for ending, (code, meaning, remedy) in _MEANINGS.items():
        if server_code.endswith(ending):
            return StoreError(f"{address}: {meaning}", hint=remedy, code=code)
    from neo4j.exceptions import (
        ConfigurationError,
        DriverError,
        IncompleteCommit,
        ServiceUnavailable,
        SessionExpired,
    )

    if isinstance(error, IncompleteCommit):
        return StoreError(f"{address}: {_LOST}", hint=_LOAD_AGAIN, code=COMMIT_UNKNOWN)
    causes = "; ".join(_chain(error))
    if isinstance(error, ServiceUnavailable | SessionExpired):
        meaning = _LOST
        if not has_answered:
            for pattern, *said in _LOSSES:
                if re.search(pattern, causes, re.IGNORECASE):
                    meaning, hint = said
                    break
        return StoreError(f"{address}: {meaning}", hint=hint)
    if isinstance(error, ConfigurationError):
        return StoreError(f"{address}: {_first_line(error)}", hint=SHAPE)
    if isinstance(error, DriverError):
        return StoreError(f"{address}: {_first_line(error)}", hint=hint)
    return StoreError(f"{address}: {server_code}: {_first_line(error)}", hint="see the log of the server")


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


def _first_line(error: Exception) -> str:
    return str(getattr(error, "message", None) or error).partition("\n")[0]


def case_missing_error(address: Address) -> CaseMissing:
    """The error for a database in which nothing was loaded yet."""
    return CaseMissing(
        f"{address} holds no case", hint=f"make it by loading files: graphtrace --case {address} load FILE…"
    )
