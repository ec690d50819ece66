"""Sides of a movement in English headings that name only what a party is: distributor, dealer, retailer, customer.

Such a word is a side where the other side is named by what it did (sold to, supplied by), or where a paper by which
goods are handed over (Challan No, Dispatch Date) is quoted beside two of them: the one that stands higher gave.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.identifiers import normalize_party_name
from graphtrace.ingest.english_headings import is_of_paper, may_be_clerks, names_giver, names_receiver
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.labelled_values import Rows
from graphtrace.ingest.row_events import events_of_word
from graphtrace.ingest.words import pattern_of
from graphtrace.model import Kind
from graphtrace.patterns import late

_NAME: Final = "(?:_?name)?s?"
_LEVELS: Final = tuple(
    late(f"(?:{words}){_NAME}")
    for words in (
        "supplier|vendor|manufacturer",
        "(?:super|master|main|national)_?(?:distributor|dealer|stockist|agent)",
        "distributor|stockist|wholesaler",
        "dealer",
        "sub_?-?(?:dealer|distributor|stockist)",
        "retailer|(?:retail_?)?(?:shop|outlet|kiosk)|pos_?name|point_?of_?sale",
    )
)
"""Who passes cards on, from the top down."""
_PASSED_TO: Final = 3
"""The first level to which a distributor passes cards on: dealers."""

_GIVEN: Final = late("given|issued|handed_?over|supplied")
"""Headings of days on which whoever keeps a list gave."""
_AGENT: Final = late(f"(?:field_?|sales_?|mobile_?)?agent{_NAME}")
"""Who got the cards of a paper that another firm issued; elsewhere he may as well be who sold or registered them."""

_FIELD_STAFF: Final = late(f"(?:fos|dse|dsr|fso|field_?(?:officer|staff|executive)){_NAME}")
_RETAILER: Final = late(f"(?:retailer|outlet|retail_?(?:shop|outlet)){_NAME}")
_CUSTOMER: Final = late("(?:customer|client|buyer|party)(?:'?s)?(?:_?name)?")
_SENT_ON: Final = late("(?:ship|deliver)[a-z]*_?to")
_FIRM: Final = pattern_of("english_sides", "firm", re.IGNORECASE)
_CLERK: Final = pattern_of("name", "clerk")
"""Found in names of offices of persons, which bear words of firms as well."""
_NEARLY_ALL: Final = 0.9


def are_english_firms(texts: Sequence[str]) -> bool:
    """Whether nearly all texts are visibly names of firms, as English writes them."""
    return sum(names_firm(text) for text in texts) >= _NEARLY_ALL * len(texts)


def names_firm(text: str) -> bool:
    """Whether a text has a word of the names of firms, as English writes them."""
    return _FIRM.search(text) is not None and _CLERK.search(text.casefold()) is None


def names_other_giver(top: Rows, keeper: str) -> bool:
    """Whether some who handed out the cards of a list are no clerks of the firm that its title names.

    They are visibly firms, or got cards in other rows. ``top``: the first rows of a sheet.
    """
    for at, (_, cells) in enumerate(top):
        headings = [normalize_heading(cell or "") for cell in cells]
        givers = [column for column, heading in enumerate(headings) if may_be_clerks(heading)]
        if not givers:
            continue
        takers = [at for at, heading in enumerate(headings) if names_receiver(heading) or _CUSTOMER.fullmatch(heading)]
        given, taken = (
            {cell for _, row in top[at + 1 :] for column in columns if column < len(row) and (cell := row[column])}
            for columns in (givers, takers)
        )
        known = {normalize_party_name(text) for text in taken}
        others = {text for text in given if not are_one_firm(text, keeper)}
        return any(names_firm(text) or normalize_party_name(text) in known for text in others)
    return False


def are_one_firm(one: str, other: str) -> bool:
    """Whether a name is another one, or its beginning (Star Telecom, Star Telecom Pvt Ltd)."""
    names = sorted(map(normalize_party_name, (one, other)), key=len)
    return names[1].startswith(names[0])


def _level(heading: str) -> int | None:
    return next((level for level, words in enumerate(_LEVELS) if words.fullmatch(heading)), None)


def names_reseller(heading: str) -> bool:
    """Whether a heading calls whoever stands below it one who passes cards on (Dealer, Agent Name).

    >>> [names_reseller(heading) for heading in ("dealername", "agentname", "customername", "issuedto")]
    [True, True, False, False]
    """
    return _level(heading) is not None or _AGENT.fullmatch(heading) is not None


def sides_by_level(
    headings: Sequence[str],
    known: Sequence[str],
    table: Mapping[str, tuple[str, ...]],
    dates: Collection[frozenset[Kind]],
    stated: Collection[str] = (),
) -> dict[str, tuple[str, ...]]:
    """Return which side the headings are that only say what a party is; empty where that is not clear.

    - ``headings``: the comparable headings of all columns.
    - ``known``: those by which a column was understood.
    - ``table``: fields of headings.
    - ``dates``: for the dates of the sheet, the kinds whose event each names.
    - ``stated``: the fields that a paper states for all its rows: whoever issues it gave.
    """
    retailers = [heading for heading in headings if _RETAILER.fullmatch(heading)]
    if any(map(_FIELD_STAFF.fullmatch, headings)) and len(retailers) == 1:
        # whoever goes round for a distributor hands out to retailers
        others = {field for heading in known for field in table.get(heading, ())} & {"from", "to"}
        return {} if others else {retailers[0]: ("to",)}
    agents = [heading for heading in headings if _AGENT.fullmatch(heading)]
    if not agents and not any(
        heading.isascii() and (_level(heading) is not None or _SENT_ON.match(heading)) for heading in headings
    ):
        return _customer_of_invoices(headings, known, table, stated)
    givers, takers = ([heading for heading in known if side in table.get(heading, ())] for side in ("from", "to"))
    if givers and len(takers) > 1:
        # goods that were billed to one and shipped to another place
        return (
            {heading: () for heading in takers if _SENT_ON.match(heading)}
            if not all(map(_SENT_ON.match, takers))
            else {}
        )
    levels = sorted((level, heading) for heading in headings if (level := _level(heading)) is not None)
    customers = [heading for heading in headings if _CUSTOMER.fullmatch(heading)]
    if takers and not givers and all(map(_SENT_ON.match, takers)) and (customers or levels):
        # where goods went is a place of the customer, who got them; a dealer beside it may have sold or got them
        if len(levels) == len(takers) == 1 and not customers and not levels[0][0]:
            # a supplier ships to whoever buys
            return {levels[0][1]: ("from",)}
        is_clear = len(customers) == 1 and not levels
        return {**dict.fromkeys(takers, ()), **({customers[0]: ("to",)} if is_clear else {})}
    is_handed_over = any(map(is_of_paper, headings)) or any("transfer" in kinds for kinds in dates)
    # below the mere word the cells are the days on which goods were handed over
    is_handed_over = is_handed_over or "from" in stated or any("transfer" in events_of_word(at) for at in headings)
    if not is_handed_over or any(kinds - {"transfer"} for kinds in dates) or (givers and takers):
        return {}
    ranks = [heading for heading in (*(name for _, name in levels), *customers) if heading not in (*givers, *takers)]
    if "from" in stated and not givers and not takers and "to" not in stated:
        ranks = ranks or agents
        if ranks == agents:
            return {agents[0]: ("to",)} if len(agents) == 1 else {}
        # below the one level that a paper names beside who issues it stand those who got the cards
        return {ranks[0]: ("to",)} if len(ranks) == 1 and levels and levels[0][0] >= _PASSED_TO else {}
    if len(ranks) == len(levels) == 1 and levels[0][0] >= _PASSED_TO and any(map(_GIVEN.fullmatch, headings)):
        return {ranks[0]: ("to",)} if not givers and not takers else {}
    if givers or takers:
        return {ranks[0]: ("to",) if givers else ("from",)} if len(ranks) == 1 else {}
    is_clear = len(ranks) == 2 and len({level for level, _ in levels}) == len(levels) > 0
    return {ranks[0]: ("from",), ranks[1]: ("to",)} if is_clear else {}


def _customer_of_invoices(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], stated: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the customer to whom invoices bill a number of goods at a price, as whoever got them.

    So did the customer beside whoever sold, issued or supplied.
    """
    fields = {field for heading in known for field in table.get(heading, ())}
    parties = [heading for heading in headings if _CUSTOMER.fullmatch(heading)]
    if (
        "to" not in {*fields, *stated}
        and "carrier" not in fields
        and len(parties) == 1
        and any(map(names_giver, known))
    ):
        return {parties[0]: ("to",)}
    customers = [heading for heading in headings if _CUSTOMER.fullmatch(heading) and not heading.startswith("party")]
    is_sold = {"quantity", "price"} <= fields and not {"from", "to", "carrier"} & {*fields, *stated}
    is_billed = any(map(is_of_paper, headings)) and len(customers) == 1
    return {customers[0]: ("to",)} if is_sold and is_billed else {}
