"""Lists of bought cards that name a seller beside the carrier: 运营商 is the network of the cards there.

Who sold is the seller, and nothing says that the carrier sold to the buyer. Where it is not clear what another firm in
the row was (代理商, 来源, 原购卡单位), nothing is concluded and it is asked what happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.identifiers import normalize_party_name, operator_from_cell
from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.words import pattern_of
from graphtrace.model import Kind
from graphtrace.patterns import late

_SELLER: Final = pattern_of("resellers", "seller")
"""Headings of a seller beside those of a carrier and a buyer."""

_OTHER_FIRM: Final = pattern_of("resellers", "other_firm")
"""Headings of a firm that may have sold the cards, or have got them later."""

_BOUGHT: Final = late("购|采|bought|purchase|buy")


_ANOTHER_PART: Final = pattern_of("resellers", "another_part")
"""Found in headings of firms that neither sold nor bought."""

_FIRM: Final = pattern_of("resellers", "firm")
"""Found in names that are visibly those of firms."""

_BUYERS: Final = {"enterprise": "to", "enterprise_id": "to_id"}


def names_seller(heading: str) -> bool:
    """Whether a comparable heading is that of a seller where a buyer is named beside it."""
    return _SELLER.fullmatch(without_remark(heading)) is not None


def names_other_firm(headings: Sequence[str], served: Collection[int], firms: Collection[int]) -> bool:
    """Whether a column that serves no field names a firm of which it is not clear what it did.

    ``firms`` are the columns whose values are visibly firms (:func:`are_firms`).
    """
    return any(
        (column in firms and _ANOTHER_PART.search(heading) is None)
        or _OTHER_FIRM.fullmatch(without_remark(heading)) is not None
        for column, heading in enumerate(headings)
        if column not in served
    )


def are_firms(texts: Collection[str], others: Collection[str]) -> bool:
    """Whether most of the texts are visibly firms, other than carriers and than ``others``."""
    names = {normalize_party_name(text) for text in texts} - {normalize_party_name(text) for text in others}
    names = {name for name in names if operator_from_cell(name) is None}
    return 2 * sum(_FIRM.search(name) is not None for name in names) > len(names)


def sides_of_resale(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], stated: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return what headings mean in a list of bought cards that names a seller; empty for another list.

    ``stated`` are the fields that the rows above the table state for all its rows.
    """
    fields = {name for heading in known for name in table.get(heading, ())}.union(stated)
    if "enterprise" not in fields or {"to", "to_id", "kind"} & fields:
        return {}
    sellers = [heading for heading in known if "from" in table.get(heading, ())]
    sellers = sellers or [heading for heading in headings if names_seller(heading)]
    if not sellers and "from" not in stated:
        return {}
    turned = {heading: (_BUYERS[name],) for heading in known for name in table.get(heading, ())[:1] if name in _BUYERS}
    return {**dict.fromkeys(sellers, ("from",)), **turned}


def stated_of_resale(literals: Mapping[str, str]) -> dict[str, str]:
    """Return what is stated for all rows of such a list, with the buyer as the side that got the cards."""
    return {_BUYERS.get(name, name): text for name, text in literals.items()}


def days_of_resale(headings: Sequence[str], dates: Mapping[int, frozenset[Kind]]) -> dict[int, frozenset[Kind]]:
    """Return the dates of such a list: a day of buying is that of the sale."""
    sale: frozenset[Kind] = frozenset({"transfer"})
    return {
        column: sale if "purchase" in kinds and _BOUGHT.search(headings[column]) else kinds
        for column, kinds in dates.items()
    }
