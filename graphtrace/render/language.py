"""Default language of an answer, unless the caller states one."""

from __future__ import annotations

import os
import re

from graphtrace.locale import LANGS
from graphtrace.platform import system
from graphtrace.render import Lang

LANGUAGE_VARIABLE = "GRAPHTRACE_LANG"


def detect_language(stated: str | None = None) -> Lang:
    """Return the stated language, else that of the environment, else of the desktop; the first variable set decides."""
    variables = (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    spoken = stated or next((value for name in variables if (value := os.environ.get(name))), "")
    spoken = spoken or system.desktop_language()
    return "zh" if spoken.lower().startswith("zh") else "en"


def preferred_language(accepted: str) -> Lang | None:
    """Return the first of the languages of pages that a browser says that its user reads; ``None`` for neither.

    >>> [preferred_language(said) for said in ("zh-CN,zh;q=0.9,en;q=0.8", "de, en-GB;q=0.7, zh;q=0.8", "de", "")]
    ['zh', 'zh', None, None]
    """
    ranked: list[tuple[float, Lang]] = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        for lang in LANGS:
            if tag.partition("-")[0] == lang:
                ranked.append((float(weight) if re.fullmatch("[01](?:[.][0-9]{1,3})?", weight) else 1.0, lang))
    return max(ranked, key=lambda each: each[0], default=(0.0, None))[1]
