"""Small files that a person writes and a command names: lists, mappings, rules. None is read without a limit."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.errors import GraphtraceError, RefusedFile, os_reason
from graphtrace.locale import phrase
from graphtrace.patterns import late

if TYPE_CHECKING:
    import yaml

MAX_YAML_BYTES: Final = 2**20
"""Maximum size of a mapping or a rule; those that people write have some kilobytes."""

_DOCUMENT: Final = late(r"^---(?=\s|$)", re.MULTILINE)
"""The line that begins a YAML document."""

MAX_LIST_BYTES: Final = 64 * 2**20
"""Maximum size of a list of identifiers: some three million, more than one answer can be."""


def read_small_file(path: Path, max_bytes: int) -> bytes:
    """Read a file that must not be large.

    A device or a pipe may never end, or never begin, so only files on a disk are opened.

    Raises OSError if it cannot be read, is no file on a disk, or has more than ``max_bytes``; ``os_reason`` says which.
    """
    # a pipe that nobody writes to would hold up a plain open
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise RefusedFile(errno.EINVAL, phrase("not_a_file"), str(path))
        return within(file.read(max_bytes + 1), max_bytes)


def within(content: bytes, max_bytes: int) -> bytes:
    """Return the content, if it is not too much.

    Raises OSError if it is.
    """
    if len(content) > max_bytes:
        raise RefusedFile(errno.EFBIG, phrase("larger_than", size=max_bytes // 2**20))
    return content


def read_yaml(path: Path, error: type[GraphtraceError], what: str) -> tuple[str, yaml.Node | None]:
    """Read a YAML file that a person wrote: its text, and its root, without a guess at types.

    ``error``: what is raised where it cannot be read; the message names the file and, where there is one, the line.
    ``what``: the phrase for what the file should be, for the hint.
    """
    ((text, root),) = _read_parts(path, error, what, lambda text: [(0, text)])
    return text, root


def read_yaml_documents(path: Path, error: type[GraphtraceError], what: str) -> list[tuple[str, yaml.Node | None]]:
    """Read a YAML file of several documents, as :func:`read_yaml` does; empty ones beside others are left out."""
    documents = _read_parts(path, error, what, _split_documents)
    return [each for each in documents if each[1] is not None] or documents[:1]


def _split_documents(text: str) -> list[tuple[int, str]]:
    """The documents of a YAML text, each with the number of lines before it."""
    parts = _DOCUMENT.split(text)
    return [(sum(before.count("\n") for before in parts[:number]), part) for number, part in enumerate(parts)]


def _read_parts(
    path: Path, error: type[GraphtraceError], what: str, split: Callable[[str], list[tuple[int, str]]]
) -> list[tuple[str, yaml.Node | None]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one is not on every machine
    try:
        text = read_small_file(path, MAX_YAML_BYTES).decode("utf-8-sig")
        # the blank lines keep the numbers of the lines in messages
        return [(part, yaml.compose("\n" * lines + part, Loader=loader)) for lines, part in split(text)]
    except OSError as fault:
        raise error("file_unreadable", path=path, why=os_reason(fault), what=phrase(what), hint="yaml_of") from fault
    except UnicodeDecodeError as fault:
        raise error("yaml_not_utf8", path=path, hint="save_as_utf8") from fault
    except RecursionError as fault:
        raise error("not_yaml", path=path, why=phrase("yaml_too_deep"), what=phrase(what), hint="yaml_of") from fault
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        why = getattr(fault, "problem", None) or str(fault)
        raise error("not_yaml", path=path, line=line, why=why, hint="yaml_quotes") from fault
