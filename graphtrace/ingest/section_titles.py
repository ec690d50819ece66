"""Headings of parts of a sheet that say what the rows below are, and on which side of them their one party stands.

ISSUED TO AGENTS and 发给代理商 head what went out, RETURNED BY AGENTS and 代理商退回 what came back: what happened, and
whom the column of agents names. Who stands on the other side such a heading does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from graphtrace.ingest.english_sides import names_reseller
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import Rows, texts_beside
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.words import pattern_of, text_of
from graphtrace.model import Kind
from graphtrace.patterns import late

_PARTIES: Final = text_of("section_titles", "parties")
_SUPPLIERS: Final = "(?:(?:our|the)-?)?(?:supplier|vendor|manufacturer|distributor|wholesaler|operator)s?'?"
_GOODS: Final = text_of("section_titles", "goods")
_WERE: Final = text_of("section_titles", "were")
_GAVE: Final = text_of("section_titles", "gave")
_GAVE_BACK: Final = "(?:returned|returns?|handedback|givenback|sentback|broughtback)"
_SOME: Final = text_of("section_titles", "some")
_CARDS: Final = text_of("section_titles", "cards")

_TITLES: Final[tuple[tuple[Kind, str, str], ...]] = (
    ("transfer", "to", f"{_GOODS}{_WERE}{_GAVE}{_GOODS}to(?P<who>{_PARTIES})"),
    ("transfer", "from", f"{_GOODS}{_WERE}(?:received|bought|purchased|supplied)(?:from|by)(?P<who>{_SUPPLIERS})"),
    (
        "return",
        "from",
        f"{_GOODS}{_WERE}(?:{_GAVE_BACK}(?:by|from)|receivedback(?:from)?|takenback(?:from)?)(?P<who>{_PARTIES})",
    ),
    ("return", "to", f"{_GOODS}{_WERE}{_GAVE_BACK}to(?P<who>{_SUPPLIERS})"),
    ("transfer", "to", f"{_CARDS}(?:发放?|卖|售|销售|出货|批发?|拨|划拨|调拨|分配?|交|供)给(?P<who>{_SOME}){_CARDS}"),
    ("transfer", "to", f"(?P<who>{_SOME})(?:领用|领取|领卡|拿卡|拿货|提货|领走|拿走){_CARDS}"),
    ("return", "from", f"(?P<who>{_SOME})(?:退[回还货卡]|交回|还回|退){_CARDS}"),
    ("return", "to", f"{_CARDS}(?:退[回还货卡]?给?|返还给?)(?P<who>供[应货]商|上家|上游|厂家){_CARDS}"),
)
"""What happened, on which side of it the party of the rows stands, and the whole title that says so."""
_PATTERNS: Final = tuple((kind, side, late(pattern)) for kind, side, pattern in _TITLES)
_WENT_OUT: Final = pattern_of("section_titles", "went_out")
"""The whole title of what went out, which leaves to the heading of the party to whom (STOCK OUT, ISSUED, 出库)."""
_SUPPLIER: Final = late("suppl|vendor|manufactur|wholesal|operator|供|上家|上游|厂")
_PARTS: Final = late(r"\s+[-–—|:]+\s+|\s*[|:：(（]\s*")
_PARTY: Final = pattern_of("section_titles", "party")
_CARD: Final = frozenset({"iccid", "iccid_first", "msisdn", "imsi", "quantity"})
_SIDES: Final = frozenset({"kind", "from", "to", "enterprise", "carrier", "holder", "user"})


_IN_DOUBT: Final = pattern_of("section_titles", "in_doubt")
"""Found in what names something that did not happen, or may not have."""
_ANYBODY: Final = late("(?:name|person)s?|part(?:y|ie)s?(?:_?name)?|姓名|名称|对方(?:名称)?|供[应货]商(?:名称)?|上家")
_ALIKE: Final = (
    late("customer|client|buyer|subscriber|part(?:y|ie)"),
    late("outlet|shop|kiosk|branch|retailer"),
    late("agent|freelancer|hawker"),
    late("supplier|vendor|manufacturer|distributor|wholesaler|operator"),
    late("dealer|stockist|reseller|franchisee"),
    late("客户|下家|买家|同行"),
    late("代理|经销|分销|渠道|服务商"),
    late("网点|门店|零售"),
)
"""Words for the same party in the heading of a part and in that of a column."""


class PartHeading(NamedTuple):
    """What the heading of a part says of its rows: a kind, and the ``side`` that the column ``heading`` names."""

    kind: Kind
    side: str
    heading: str
    title: str
    row: int


def section_above(above: Rows, top: Rows) -> PartHeading | None:
    """Return what the heading of a part says of the rows below it; ``None`` where none does, or several differ.

    ``above``: the rows above the table.
    ``top``: the first rows of the sheet, among which its headings stand.
    """
    party = party_alone(top)
    if party is None:
        return None
    said = {
        (kind, side): PartHeading(kind, side, party, text, row)
        for row, text in texts_beside(above)
        if (meant := meaning_of_title(text)) is not None and are_same_party(meant[2], party)
        for kind, side, _ in [meant]
    }
    return next(iter(said.values())) if len(said) == 1 else None


def meaning_of_title(text: str) -> tuple[Kind, str, str] | None:
    """Return what the heading of a part says happened, on which side the party of its rows stands, and its word for it.

    >>> [meaning_of_title(text) for text in ("ISSUED TO AGENTS", "Lines returned by dealers - May", "代理商退回", "X")]
    [('transfer', 'to', 'agents'), ('return', 'from', 'dealers'), ('return', 'from', '代理商'), None]
    >>> [meaning_of_title(text) for text in ("STOCK OUT - FEB 2026", "出库明细", "Stock In - Out", "Out of stock")]
    [('transfer', 'to', ''), ('transfer', 'to', ''), None, None]
    """
    if len(text) > 2 * LONGEST_HEADING or _IN_DOUBT.search(normalize_heading(text)):
        return None
    if _WENT_OUT.fullmatch(normalize_heading(text)):
        return "transfer", "to", ""
    parts = [normalize_heading(part) for part in _PARTS.split(text) if part]
    found = {
        (kind, side, named["who"])
        for part in parts
        for kind, side, pattern in _PATTERNS
        if (named := pattern.fullmatch(part)) is not None
    }
    return found.pop() if len(found) == 1 else None


def are_same_party(title: str, heading: str) -> bool:
    """Whether the heading of a column may name whom the heading of a part speaks of, and nobody else.

    >>> [are_same_party("agents", heading) for heading in ("agentname", "name", "customer")]
    [True, True, False]

    Who got what went out may be anybody but who supplies.

    >>> [are_same_party("", heading) for heading in ("customer", "name", "supplier")]
    [True, True, False]
    """
    if not title:
        return _SUPPLIER.search(heading) is None
    if _ANYBODY.fullmatch(heading):
        return True
    return any(words.search(title) and words.search(heading) for words in _ALIKE)


def party_alone(top: Rows) -> str | None:
    """Return the heading of the one party beside the cards of a table whose sides no heading names."""
    for _, cells in top:
        headings = [normalize_heading(cell) for cell in cells if cell and len(cell) <= LONGEST_HEADING]
        fields = {field_of_heading(heading) for heading in headings}
        if _CARD & fields:
            return None if _SIDES & fields else _one_party(headings)
    return None


def _one_party(headings: Sequence[str]) -> str | None:
    named = [
        heading
        for heading in headings
        if field_of_heading(heading) == "party" or names_reseller(heading) or _PARTY.fullmatch(heading)
        if events_of_date(heading) is None
    ]
    return named[0] if len(named) == 1 else None
