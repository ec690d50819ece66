"""Questions on the terminal while a command runs."""

from __future__ import annotations

import sys
from collections.abc import Callable

from graphtrace.cli.options import GlobalOptions
from graphtrace.cli.progress import progress_hidden
from graphtrace.locale import phrase
from graphtrace.platform import read_password
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.storage.load_settings import file_password


def password_of(common: GlobalOptions) -> Callable[[str], str | None]:
    """Return a function for the password of a file: from the environment, else asked on the terminal, once a file."""
    given: dict[str, str | None] = {}
    is_watched = sys.stdin.isatty() and sys.stderr.isatty() and not (common.as_json or common.quiet)

    def ask(name: str) -> str | None:
        if (known := file_password(name)) is not None or not is_watched:
            return known
        if name not in given:
            question = phrase("password_of_file", file=escape_control_chars(name)).render(common.lang)
            with progress_hidden():
                given[name] = read_password(question) or None
        return given[name]

    return ask
