"""Names of authorities that investigate and judge: cards come to them as evidence, and never by trade."""

from __future__ import annotations

import re
from typing import Final

MAYBE_AUTHORITY: Final = "公安|警|派出所|反诈|诈骗|法院|检察|看守所|police|court|prosecut|procurat"
"""Found in the normalised name of every authority."""

_UNIT: Final = "(?:[^公司店]{0,16}(?:[总支大中]队|警队|[局厅处科所室站组队院]|中心|民警|专班))?"
_AUTHORITY: Final = re.compile(
    ".{0,30}(?:公安(?:[厅部]|分?局|机关|[总支大中]队)|警察局|[刑网巡交特]警|派出所|反诈骗?(?:中心|办|大队|专班)"
    f"|反(?:电信网络)?诈骗中心|(?:人民|中级|高级)?法院|(?:人民)?检察院|看守所){_UNIT}"
    r"|.*police(?:station|department|dept|force|bureau|office)?|.*(?:district|high|supreme|magistrates'?|county)court"
    r"|.*(?:procuratorate|prosecutor'?s?office)"
)


def is_authority(key: str) -> bool:
    """Whether a normalised name is that of the police, a court, a procuratorate or a centre against fraud.

    >>> [is_authority(key) for key in ("云洲市公安局城东派出所", "云洲市公安局反诈中心", "公安路数码店", "法院路商行")]
    [True, True, False, False]
    """
    return _AUTHORITY.fullmatch(key) is not None
