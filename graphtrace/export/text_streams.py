"""Text output into a binary stream that the caller opens and closes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO


@contextmanager
def text_writer(out: IO[bytes]) -> Iterator[TextIO]:
    """Open a UTF-8 text stream without newline translation; ``out`` stays open."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()
