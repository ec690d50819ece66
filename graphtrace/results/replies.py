"""Statements of a carrier about the file of its reply, and whether the bytes that were loaded agree with them."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from graphtrace.wire import wire

Algorithm = Literal["SHA256", "SM3", "MD5"]

HASH_DIGITS: Final[dict[Algorithm, int]] = {"SHA256": 64, "SM3": 64, "MD5": 32}
"""The hash functions in which a reply may state a hash, with the number of hexadecimal digits."""

WEAK: Final[frozenset[Algorithm]] = frozenset(("MD5",))
"""Functions for which another file with the same hash can be made: they show errors of transmission only."""


class Reply(NamedTuple):
    """Statements about a reply: its document number, the hash of its file, and whether it bears a seal.

    ``stated`` is in lower case; ``has_seal`` is ``None`` where nobody said.
    """

    number: str
    algorithm: Algorithm
    stated: str
    has_seal: bool | None = None


@wire(name="ReplyArchive")
class Archive(NamedTuple):
    """The archive in which the file of a reply came, and the hash of its bytes."""

    file: str
    actual: str


@wire(
    "file sha256 number=reply.number algorithm=reply.algorithm stated=reply.stated actual=compared agrees",
    "weak=is_weak seal=reply.has_seal archive at by",
    name="Reply",
)
class ReplyCheck(NamedTuple):
    """A file of a carrier's reply: the document number, the hash that is stated, and the one that was found.

    ``agrees`` is null where the hash is that of another file of the archive; ``weak`` says that it proves little;
    ``seal`` is null where nobody said.

    - ``actual``: the hash of the file, by the function of the statement.
    - ``archive``: the archive in which it came; ``None`` where the file itself was given.
    - ``is_of_another``: whether another file of the archive has the stated hash, which then says nothing of this one.
    - ``at``, ``by``: when the statement was recorded, and who did it; ``at`` is ``None`` in a trial run.
    """

    file: str
    sha256: str
    reply: Reply
    actual: str
    archive: Archive | None = None
    is_of_another: bool = False
    at: str | None = None
    by: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether the file is the one of which the hash was stated; ``None`` where it was stated of another one."""
        stated = self.reply.stated
        if stated == self.actual or (self.archive is not None and stated == self.archive.actual):
            return True
        return None if self.is_of_another else False

    @property
    def is_weak(self) -> bool:
        """Whether the hash proves little."""
        return self.reply.algorithm in WEAK

    @property
    def compared(self) -> str:
        """The hash that was compared: that of the archive where the statement is about it, else that of the file."""
        if self.archive is not None and self.reply.stated == self.archive.actual:
            return self.archive.actual
        return self.actual

    @property
    def params(self) -> dict[str, Any]:
        """Parameters of a sentence about it."""
        said = {
            "file": self.file,
            "number": self.reply.number,
            "algorithm": self.reply.algorithm,
            "stated": self.reply.stated,
            "actual": self.compared,
        }
        if self.archive is not None:
            said |= {"archive": self.archive.file, "archive_actual": self.archive.actual}
        return said
