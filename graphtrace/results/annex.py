"""The annex of an audit: one line for each card behind its counts, with the rows that name the card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from graphtrace.results.audit import Bucket


class AnnexedCard(NamedTuple):
    """One card of an audit: the figures in which it counts, and the rows that name it.

    ``acquired``, ``left`` and ``first_used`` are days: of its receipt, of its last leaving (of resold cards), of its
    first use. ``holder`` is the id of the last holder of a resold card; ``depth`` and ``channel`` are of those too.
    ``rows`` are short references of rows (:attr:`graphtrace.model.Origin.ref`) in order.
    """

    enterprise: str
    card: str
    bucket: Bucket
    acquired: str | None
    left: str | None
    holder: str | None
    depth: int | None
    channel: str | None
    first_used: str | None
    seized: bool
    rows: tuple[str, ...]

    def line(self) -> bytes:
        """Return it as a line of JSON Lines: the same bytes for the same card, whichever store has it."""
        text = json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))
        return f"{text}\n".encode("utf-8", "backslashreplace")


class Annex(NamedTuple):
    """A written annex: name and SHA-256 of the file, number of its lines."""

    file: str
    sha256: str
    cards: int


class AnnexWriter:
    """Writes the lines of cards one after the other, and counts and hashes them."""

    def __init__(self, file: str, write: Callable[[bytes], object]) -> None:
        self._file, self._write = file, write
        self._hash, self._cards = hashlib.sha256(), 0

    def add(self, cards: Iterable[AnnexedCard]) -> None:
        """Write the lines of some cards."""
        for card in cards:
            line = card.line()
            self._hash.update(line)
            self._write(line)
            self._cards += 1

    @property
    def annex(self) -> Annex:
        """Return what an audit says of what was written."""
        return Annex(self._file, self._hash.hexdigest(), self._cards)
