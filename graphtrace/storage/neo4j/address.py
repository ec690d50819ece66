"""Address of a case on a server, as users write it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from graphtrace.errors import UsageError

_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[^/]*:[^/]*@")
"""A text with ``user:password@`` is an address without a scheme too: names of folders are displayed, passwords not."""

_SECRET = re.compile(r"user|pass|pwd|secret|token|key|auth|cred|sig", re.IGNORECASE)


def is_server(name: str) -> bool:
    """Whether the name of a case is an address, and not a path."""
    return _ADDRESS.match(name) is not None


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


@dataclass(frozen=True, slots=True)
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

        Raises
        ------
        UsageError
            If the address holds a name or password, which every list of processes would show, or is none.
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
