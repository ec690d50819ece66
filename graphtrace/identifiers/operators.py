"""Names of the four operators in files.

Both functions take the key of a name (:func:`~graphtrace.identifiers.party_ids.normalize_party_name`). A carrier column
says that its cells are operators, so there a name may merely contain the word. Elsewhere a company such as
某某移动科技 is not China Mobile, so there the name itself must be the operator's.
"""

from __future__ import annotations

import re
from typing import Final

from graphtrace.model import CARRIERS, Carrier

_WORDS: Final[dict[str, Carrier]] = {
    "移动": "china-mobile",
    "移動": "china-mobile",
    "chinamobile": "china-mobile",
    "联通": "china-unicom",
    "聯通": "china-unicom",
    "联合网络通信": "china-unicom",
    "聯合網絡通信": "china-unicom",
    "unicom": "china-unicom",
    "电信": "china-telecom",
    "電信": "china-telecom",
    "chinatelecom": "china-telecom",
    "广电": "china-broadnet",
    "廣電": "china-broadnet",
    "broadnet": "china-broadnet",
}
_ONLY_IN_A_CARRIER_COLUMN: Final[dict[str, Carrier]] = {"mobile": "china-mobile", "telecom": "china-telecom"}
NAMES: Final[dict[str, Carrier]] = {
    **_WORDS,
    **{nation + word: carrier for word, carrier in _WORDS.items() if not word.isascii() for nation in ("中国", "中國")},
    **{carrier.replace("-", ""): carrier for carrier in CARRIERS},
    **{carrier.replace("-", joint): carrier for carrier in CARRIERS for joint in "-_"},
    **{"carrier:" + carrier: carrier for carrier in CARRIERS},
}
"""Keys of the names that mean an operator in every column."""

_SOME_WORD: Final = re.compile("|".join(_WORDS))
_JOINTS: Final = re.compile(r"[-_\u2010-\u2015]")


def operator_from_cell(name_key: str) -> Carrier | None:
    """Return the operator that a cell of a carrier column names; of several the first one (中国广电移动网络)."""
    name = _bare(name_key)
    found = _SOME_WORD.search(name)
    return _WORDS[found[0]] if found else _ONLY_IN_A_CARRIER_COLUMN.get(name)


def match_operator_name(name_key: str) -> Carrier | None:
    """Return the operator whose full name this is, also as ``china-unicom`` and ``carrier:china-unicom``."""
    return NAMES.get(name_key)


def _bare(name_key: str) -> str:
    return _JOINTS.sub("", name_key)
