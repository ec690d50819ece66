"""The address of a case on a server, as people write it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from graphtrace.errors import UsageError

CREDENTIALS = "set NEO4J_USERNAME and NEO4J_PASSWORD"
SHAPE = "write it as neo4j://HOST:7687/DATABASE"

_SCHEME = re.compile(r"(neo4j|bolt)(\+s|\+ssc)?://")


def is_server(name: str) -> bool:
    """Whether the name of a case is the address of a server."""
    return _SCHEME.match(name) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a case is: the address without its path, and the database (``None``: the user's home database)."""

    uri: str
    database: str | None

    @classmethod
    def parse(cls, name: str) -> Address:
        """Read ``neo4j://host:port/database``; the path goes before ``NEO4J_DATABASE``.

        Raises
        ------
        UsageError
            If the address holds a name or password, which every list of processes would show, or is none.
        """
        try:
            parts = urlsplit(name)
            parts.port  # noqa: B018  raises where it is no number
        except ValueError as error:
            raise UsageError("the address of the server cannot be read", hint=SHAPE) from error
        if "@" in parts.netloc:
            raise UsageError("an address holds no user and no password", hint=f"{CREDENTIALS} instead")
        database = parts.path.strip("/")
        if not parts.hostname or "/" in database:
            raise UsageError(f"{name} is no address of a server", hint=SHAPE)
        uri = urlunsplit((parts.scheme, parts.netloc, "", parts.query, ""))
        return cls(uri, database or os.environ.get("NEO4J_DATABASE") or None)

    def __str__(self) -> str:
        return self.uri if self.database is None else f"{self.uri}/{self.database}"
