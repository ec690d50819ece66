"""Masked and encrypted texts: names, contacts and numbers of which an export shows a part, or a cipher.

Such a text identifies nobody: two that are equal may be of different persons, so nothing is compared with them.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = r"[*＊]|#{2}|^#.*#$|^[$]|~[A-Za-z0-9+/=]{8}|^~.*~$|[xX×]{4}"
"""Pattern found in masked (138****0000) and encrypted (##…, $$…) contacts and numbers."""

_MASKED: Final = re.compile(MASK)
_MASKED_NAME: Final = re.compile(
    r"(?=[^*＊]*[*＊])[\w.·@()（）*＊-]+|[xX×]{3,}|##.*|[$].*[$][0-9A-Za-z+/=]*[$]*|~[A-Za-z0-9+/=]{8}.*"
)
"""Pattern of a whole name that is masked (王**, tb55**) or encrypted."""

_OWN_ASTERISK: Final = re.compile("[*＊]?st[^*＊]+|[^*＊]*[a-z][*＊][a-z][^*＊]*", re.IGNORECASE)
"""A name with an asterisk of its own: of a firm under special treatment at the exchange (*ST云网), or A*STAR."""


def is_masked(text: str) -> bool:
    """Whether a contact or number is masked or encrypted."""
    return _MASKED.search(text) is not None


def is_masked_name(name: str) -> bool:
    """Whether a name is masked or encrypted; other text with an asterisk somewhere is not."""
    return _MASKED_NAME.fullmatch(name) is not None and _OWN_ASTERISK.fullmatch(name) is None
