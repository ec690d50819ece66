"""Pieces that the trees of several answers have."""

from __future__ import annotations

from graphtrace.render.document import Column, Entries, Entry, Text, Toned

KEY = (Column("what"), Column("value"))
"""The columns of a table of the layout ``key``: a word and what stands beside it."""


def remark(text: Text) -> Entries:
    """A quiet remark that stands apart."""
    return Entries(entries=[Entry((Toned(text, "quiet"),), ())], sign=False)
