"""Comments on the cells of a workbook: what somebody noted beside a row without changing it.

Only XLSX tells them here: notes (``xl/comments1.xml``) and threads (``xl/threadedComments/…``). Workbooks without them
cost nothing; of others at most :data:`MAX_BYTES` are read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Final
from xml.parsers import expat

from graphtrace.ingest.readers.set_aside import LAST_ROW, walk
from graphtrace.patterns import late

MAX_BYTES: Final = 8 * 2**20
"""Of all parts with comments together."""
MAX_LINK_BYTES: Final = 2**16
"""Of the part that says which parts belong to a sheet."""
MAX_COMMENTS: Final = 10_000
LONGEST: Final = 1_000
"""Characters of a comment that are kept."""

_PART: Final = late(r"xl/(?:threaded)?comments?/?[^/]*\.xml$", re.IGNORECASE)
_KINDS: Final = ("/comments", "/threadedComment")
_REF: Final = late(r"\$?[A-Z]{1,3}\$?([0-9]{1,7})", re.IGNORECASE)
_MADE_BY_PROGRAM: Final = late(r"^\[[^\]]{2,40}\]\s.*?https?://\S+\s+\w+[:：]\s*", re.DOTALL)
"""Begins the note that stands for a thread in programs that know none."""

Comments = tuple[tuple[int, str], ...]
"""Row and text of each comment on the cells of one sheet, by row."""


def read_comments(
    parts: Collection[str], sheets: Mapping[str, str], read: Callable[[str, int], bytes]
) -> tuple[dict[str, Comments], frozenset[str]]:
    """Return the comments of each sheet by its name, and the sheets of which not all were read.

    - ``parts``: the names of all parts of the workbook, in lower case.
    - ``sheets``: the names of sheets by the part, in lower case, that holds each.
    - ``read``: returns a part up to so many bytes.
    """
    found: dict[str, Comments] = {}
    partial: set[str] = set()
    left, room = MAX_BYTES, MAX_COMMENTS
    for part, sheet in sheets.items() if any(map(_PART.search, parts)) else ():
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if links not in parts:
            continue
        texts: dict[tuple[int, str], None] = {}
        for target in _targets(read(links, MAX_LINK_BYTES), folder):
            if target not in parts:
                continue
            xml = read(target, left + 1)
            if len(xml) > left or room <= 0:
                partial.add(sheet)
                continue
            left -= len(xml)
            texts |= dict.fromkeys(_comments_in(xml))
        kept = sorted(texts)[: max(room, 0)]
        partial |= {sheet} if len(kept) < len(texts) else set()
        room -= len(kept)
        if kept:
            found[sheet] = tuple(kept)
    return found, frozenset(partial)


def _targets(links: bytes, folder: str) -> list[str]:
    targets: list[str] = []

    def take(tag: str, given: Mapping[str, str]) -> None:
        if tag == "Relationship" and given.get("Type", "").endswith(_KINDS):
            targets.append(posixpath.normpath(posixpath.join("/", folder, given.get("Target", "")))[1:].lower())

    walk(links, take)
    return targets


def _comments_in(xml: bytes) -> list[tuple[int, str]]:
    """Return the row and the text of each comment of a part; damaged XML and such with a type ends it."""
    found: list[tuple[int, str]] = []
    row = 0
    texts: list[str] = []
    is_text = False

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal row, is_text
        name = tag.rpartition(":")[2]
        if name in ("comment", "threadedComment"):
            ref = _REF.match(given.get("ref", ""))
            row = int(ref[1]) if ref is not None else 0
            texts.clear()
        is_text = is_text or name in ("t", "text")

    def end(tag: str) -> None:
        nonlocal is_text
        name = tag.rpartition(":")[2]
        if name in ("t", "text"):
            is_text = False
        elif name in ("comment", "threadedComment"):
            text = " ".join(_MADE_BY_PROGRAM.sub("", "".join(texts)[: 2 * LONGEST]).split())[:LONGEST]
            if text and 0 < row <= LAST_ROW:
                found.append((row, text))

    def take(text: str) -> None:
        if is_text:
            texts.append(text)

    if b"<!DOCTYPE" not in xml:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, take
        with suppress(expat.ExpatError, ValueError):
            parser.Parse(xml, True)
    return found
