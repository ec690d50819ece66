"""How places and times are written: a row of a file by file, row, sheet and the beginning of the file's hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render.terminal.style import PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.model import Origin
    from graphtrace.render.terminal.layout import TextLayout

HASH_SHOWN = 12
"""Enough of a SHA-256 to tell the files of a case apart."""


def format_origin(file: str, row: int, sheet: str | None = None, sha256: str | None = None) -> str:
    """``file:row (sheet) sha256``."""
    named = f"{file}:{row}"
    if sheet:
        named += f" ({sheet})"
    return f"{named}  {sha256[:HASH_SHOWN]}" if sha256 else named


def format_time(time: str) -> str:
    """An ISO time of China Standard Time as a person writes it; a day stays as it is."""
    return time.replace("T", " ").removesuffix("+08:00")


def add_origins(
    page: TextLayout, origins: Sequence[Origin], *, margin: tuple[str, str] | str, limit: int | None
) -> None:
    """One dim line per origin, at most ``limit`` of them, and how many more there are."""
    for origin in origins[:limit]:
        named = format_origin(origin.file, origin.row, origin.sheet, origin.sha256)
        page.add((named, PLACE), margin=margin, hang=margin)
    if limit is not None and len(origins) > limit:
        page.add((page.label("more_sources", more=len(origins) - limit), PLACE), margin=margin, hang=margin)
