"""Differences between Linux, macOS and Windows. No other module asks which system it runs on.

:mod:`posix` and :mod:`windows` hold the same names with the same meaning, and ``system`` is the one of them that fits.
Nothing here imports another part of the package, nor anything heavy: the processes of the parsers need it too.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from graphtrace.platform import windows as system
else:
    from graphtrace.platform import posix as system

__all__ = ["quote", "read_password", "system"]


def quote(word: str) -> str:
    """Return a word quoted for the shells of this system.

    Wherever sh, cmd.exe and PowerShell have a form in common it is that one, so that hints and pages say the same.
    """
    if system.PLAIN_WORD.fullmatch(word) and not word.startswith("="):
        return word
    return f'"{word}"' if system.ENCLOSABLE_WORD.fullmatch(word) else system.escape_word(word)


def read_password(question: str) -> str:
    """Ask for a password on the terminal, where it is not shown while it is typed."""
    import getpass

    return getpass.getpass(f"{question} ", stream=sys.stderr)
