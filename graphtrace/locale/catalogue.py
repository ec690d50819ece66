"""Catalogues: every text for users, by table and id, one file for each language.

``en.json`` and ``zh.json`` have the same tables, ids and placeholders. A file is read when the first text is needed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

Lang = Literal["en", "zh"]
"""Languages of everything that is not data."""

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@cache
def load_catalogue(lang: Lang) -> dict[str, dict[str, str]]:
    """Return the tables of a language: templates by table and id."""
    tables: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name(f"{lang}.json").read_bytes())
    return tables
