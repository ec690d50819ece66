"""Default language of an answer, unless the caller states one."""

from __future__ import annotations

import os

from graphtrace.platform import system
from graphtrace.render import Lang

VARIABLE = "GRAPHTRACE_LANG"


def detect_language(stated: str | None = None) -> Lang:
    """Return the stated language, else that of the environment, else of the desktop; the first variable set decides."""
    variables = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    spoken = stated or next((value for name in variables if (value := os.environ.get(name))), "")
    spoken = spoken or system.desktop_language()
    return "zh" if spoken.lower().startswith("zh") else "en"
