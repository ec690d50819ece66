"""Which language an answer is given in, unless somebody says it outright."""

from __future__ import annotations

import os

from graphtrace.platform import system
from graphtrace.render import Lang

VARIABLE = "GRAPHTRACE_LANG"


def detect_language(stated: str | None = None) -> Lang:
    """What is stated, else what the environment says, else the desktop; the first variable that is set decides."""
    variables = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    spoken = stated or next((value for name in variables if (value := os.environ.get(name))), "")
    spoken = spoken or system.desktop_language()
    return "zh" if spoken.lower().startswith("zh") else "en"
