"""Rows that say several things of their cards, as a person answers: each becomes a row of its own before the reading.

``kind=云岭→[一级代理]@[一级日期]；[一级代理]→[二级代理]@[二级日期]`` are two legs of each row. A leg that a row does
not state, as one of its columns of names is empty, is none of its records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Final, TypeGuard

import polars as pl

from graphtrace.errors import MappingError
from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import names_nobody
from graphtrace.ingest.acts import BACK, act_of_remark, fold_word, kind_of_word, was_reversed
from graphtrace.ingest.card_cells import is_card, is_number
from graphtrace.ingest.cell_context import DITTOS, CellContext
from graphtrace.ingest.dates_and_quantities import is_no_day
from graphtrace.ingest.given_answers import KIND, OPEN_SIDE, WHERE, named_heading
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading
from graphtrace.ingest.order_sides import may_name_card
from graphtrace.ingest.row_events import names_no_event
from graphtrace.ingest.row_status import is_status_heading, remark_columns
from graphtrace.ingest.sheet import ROW, Sheet, over_all
from graphtrace.ingest.supporting import person_beside_firm
from graphtrace.ingest.words import pattern_of
from graphtrace.locale import phrase
from graphtrace.patterns import late

Leg = Mapping[str, str]
"""By field, what a person says of a leg: its kind, names of parties or ``[heading]`` of their columns, and the day."""

_ORDER: Final = (KIND, "from", "to", "carrier", "enterprise", "user", "holder", "party", "date", "iccid")
_SIDES: Final = frozenset(_ORDER) - {KIND, "date", "iccid"}


def part_legs(sheet: Sheet, legs: Sequence[Leg], *, may_lack_cards: bool = False, is_concluded: bool = False) -> None:
    """Make of each row one for each leg that it states, with fields in columns behind the last one.

    ``is_concluded``: no person says the legs, but the headings do.

    Where rows ``may_lack_cards``, as those of payments do, one whose column of cards names none states no leg.

    The columns that legs name keep their cells and lose their headings, so that nothing else is read of them.
    Raises MappingError when a leg names a column that no row of headings has.
    """
    header, places = _find_columns(sheet, legs)
    headings = dict(sheet.head_rows).get(header, ())
    persons = {
        places[normalize_heading(heading)]: person
        for leg in legs
        for side in ("from", "to")
        if (heading := named_heading(leg.get(side, "")))
        if (person := person_beside_firm(heading, {at: cell for at, cell in enumerate(headings) if cell})) is not None
    }
    _fill_dittos(sheet, header, [*{*places.values(), *persons.values()}])
    # of a row that states none of legs that hold for some rows only nothing is said
    none: Sequence[Leg] = [{}] if may_lack_cards or any(WHERE in leg for leg in legs) else legs[:1]
    used = Counter(text for leg in legs for text in leg.values())
    fields = [name for name in _ORDER if any(name in leg for leg in legs)]
    before = sheet.width
    states = {at for at, cell in enumerate(headings) if cell and is_status_heading(normalize_heading(cell))}
    states |= {*remark_columns([cell or "" for cell in headings], range(len(headings)))}

    days = [named_heading(leg.get("date", "")) for leg in legs if leg[KIND] == "return"]
    back = next((places[normalize_heading(day)] for day in days if day), None)

    def cell_of(text: str | None, cells: Sequence[str | None]) -> str | None:
        heading = None if text is None else named_heading(text)
        if heading is None:
            cell = text
        else:
            cell = cells[at := places[normalize_heading(heading)]]
            # where no firm sent or got the parcel (个人), the person beside it did
            is_person = at in persons and (not cell or names_nobody(normalize_party_name(cell)))
            cell = cells[persons[at]] if is_person else cell
        return cell if cell is None or any(map(str.isalnum, cell)) else None

    def filled(leg: Leg, cells: Sequence[str | None]) -> list[str | None]:
        values = {name: cell_of(leg.get(name), cells) for name in fields}
        if persons and leg.get(KIND) == "transfer" and (back := _SENT_BACK.fullmatch(values.get("iccid") or "")):
            # whoever sends a parcel of a return gives back
            values |= {KIND: "return", "iccid": back[1]}
        return [*values.values()]

    def is_stated(leg: Leg, cells: Sequence[str | None]) -> bool:
        if may_lack_cards and not may_name_card(cell_of(leg.get("iccid", ""), cells) or ""):
            return False
        sides = [leg[name] for name in _SIDES & leg.keys()]
        # whom other legs name, too, is no sign that this one happened: its day is
        is_open = any(named_heading(side) and used[side] == 1 for side in sides)
        days = [] if is_open or "date" not in leg else [leg["date"]]
        column, _, word = leg.get(WHERE, "").partition("=")
        if column and not _fits(cell_of(column.strip(), cells), word):
            return False
        if column and any(cell and was_reversed(cell) for cell in cells):
            # by a payment that was taken back nobody got cards
            return False
        return all(cell_of(text, cells) for text in (*sides, *days))

    def parted(row: int, cells: Sequence[str | None]) -> list[list[str | None]]:
        if row <= header:
            heads = fields if row == header else [None] * len(fields)
            own = [None if row == header and at in places.values() else cell for at, cell in enumerate(cells)]
            return [over_all([*own, *heads])]
        stated = [leg for leg in legs if is_stated(leg, cells)]
        # that the cards came back the leg of their return says
        is_told = back is not None and cells[back] and any(leg[KIND] == "return" for leg in stated)
        sold = [None if is_told and at in states and _says_returned(cell) else cell for at, cell in enumerate(cells)]
        return [[*(cells if leg.get(KIND) == "return" else sold), *filled(leg, cells)] for leg in stated or none]

    sheet.multiply(len(fields), parted)
    sheet.is_concluded = is_concluded
    sheet.made, sheet.made_below = {name: before + at for at, name in enumerate(fields)}, header
    sheet.emptied |= {} if back is None else dict.fromkeys(states, back)
    for leg in legs:
        for name, text in leg.items():
            if heading := named_heading(text):
                at = places[normalize_heading(heading)]
                sheet.parted[at], sheet.headings[at] = name, heading
            elif name not in (KIND, WHERE):
                said = sheet.told.setdefault(leg[KIND], {})
                said[name] = "; ".join(dict.fromkeys(filter(None, (said.get(name), text))))


_SENT_BACK: Final = late(r"(?:退[货卡回还]|return(?:ed)?)\s*[:：]?\s*(89[0-9A-Fa-f]{17}.*)", re.IGNORECASE)
"""Cards of a parcel that was sent back."""


def _fits(cell: str | None, word: str) -> bool:
    """Whether a cell says the word by which rows are told apart; without one, whether it states a number but zero."""
    if word:
        return fold_word(cell or "") == fold_word(word)
    return cell is not None and re.search("[1-9]", cell) is not None


def _says_returned(cell: str | None) -> bool:
    return cell is not None and (kind_of_word(cell) == "return" or act_of_remark(cell) == BACK)


def _fill_dittos(sheet: Sheet, header: int, columns: Sequence[int]) -> None:
    """Put what stands above in place of the marks for it, in the columns that legs name, before rows become several."""
    read, names = sheet.read, [str(at) for at in columns]
    above: dict[int, str | None] = {}
    filled = []
    for row, cells in sheet.head_rows:
        own = list(cells)
        if row > header:
            for at in columns:
                is_ditto = (own[at] or "").casefold() in DITTOS
                own[at] = above[at] = above.get(at, own[at]) if is_ditto else own[at]
        filled.append((row, own))
    sheet.head_rows = filled

    def read_filled(below: int) -> Iterator[pl.DataFrame]:
        context = CellContext(sheet, ())
        for block in read(below):
            yield block.with_columns(context.complete(block.select(ROW, *names)))

    sheet.read = read_filled


def _find_columns(sheet: Sheet, legs: Sequence[Leg]) -> tuple[int, dict[str, int]]:
    """Return the row of headings that has those that legs name, and the columns of these."""
    texts = (text.partition("=")[0].strip() if name == WHERE else text for leg in legs for name, text in leg.items())
    named = {heading: None for text in texts if (heading := named_heading(text))}
    best: tuple[int, dict[str, int]] = (0, {})
    above: Sequence[str | None] = ()
    for row, cells in sheet.head_rows:
        # of headings in two rows the upper one may be merged over several columns
        uppers = _merged(above) if above else repeat(None)
        places: dict[str, int] = {}
        for at, (cell, upper) in enumerate(zip(cells, uppers, strict=False)):
            for writing in (cell, *((f"{upper} {cell}", f"{upper}{cell}") if cell and upper else ())):
                places.setdefault(normalize_heading(writing or ""), at)
        found = {name: places[name] for name in map(normalize_heading, named) if name in places}
        best = max(best, (row, found), key=lambda each: len(each[1]))
        above = cells
    missing = [phrase("quoted", text=name) for name in named if normalize_heading(name) not in best[1]]
    if missing:
        seen = [cell for row, cells in sheet.head_rows if row == best[0] for cell in cells if cell]
        raise MappingError("mapping_without_column", missing=missing, seen=seen, hint="heading_as_written")
    return best


def _merged(cells: Sequence[str | None]) -> Iterator[str | None]:
    """Yield the cells of a row, each empty one as the one before it."""
    last = None
    for cell in cells:
        last = cell or last
        yield last


_FEWEST: Final = 2
"""Days in a row that make several legs."""

_CAME_BACK: Final = late(r"ret(?:urn|d)|rec(?:eive|d|v)|back|退|[收召撤拿交]回|归还")
_CAME_IN: Final = late("[进来收退回]|供|suppl|vendor|from|rec(?:eive|d|v)|bought|purchase|return|back|(?:^|_)in(?:_|$)")
_WENT_OUT: Final = late("suppl|sent|issue|d[ei]sp|deliver|sold|given|handed|replace|发|出|领|给|拿|售|卖|换")


def propose_legs(
    headings: Sequence[str], texts: Mapping[str, Sequence[str]], parties: Sequence[str], keeper: str | None
) -> tuple[str, tuple[str, ...]] | None:
    """Return the answer by which rows that seem to say several things of their cards are read, and its columns of days.

    Either each day stands next to a party of its own, to whom the one before passed the cards on; or all days are of
    one party and of whoever keeps the list, and their headings say which way the cards went.

    - ``texts``: by heading the filled cells of the first rows.
    - ``parties``: the headings below which names stand.
    """
    written = [heading for heading in headings if heading]
    days = [name for name in written if _is_of_days(name, texts[name])]
    if any(_RETURNED.search(normalize_heading(day)) for day in days):
        # of what was ordered, and came back, the order tells when it was sold
        days = [name for name in written if name in days or (is_day_of_order(name) and _are_days(texts[name]))]
    # who uses a card of a firm did not get it from there, and whom it came from got none
    named, parties = (
        parties,
        [name for name in parties if field_of_heading(normalize_heading(name)) not in ("user", "from", "holder")],
    )
    if pairs := paired_legs(written, days, keeper):
        return "; ".join(pairs), tuple(days)
    if len(days) < _FEWEST or not parties or len({*written}) < len(written):
        return None
    legs = _by_levels(written, days, parties, keeper)
    if legs is None and len(named) == len(parties) == 1 and (keeper is not None or any(map(is_day_of_order, days))):
        legs = _by_verbs(written, days, parties[0], keeper or OPEN_SIDE, texts)
    return None if legs is None else ("; ".join(legs), tuple(days))


def find_pairs(sheet: Sheet) -> tuple[int, list[str], list[str]] | None:
    """Return the row of headings that name the day and the side of several acts in pairs, these, and those of days."""
    for row, cells in sheet.head_rows:
        headings = [cell for cell in cells if cell]
        if sum(field_of_heading(normalize_heading(heading)) in ("from", "to") for heading in headings) < _FEWEST:
            continue
        below = [each for number, each in sheet.head_rows if number > row]
        days = [
            heading
            for at, heading in enumerate(cells)
            if heading and _is_of_days(heading, [cell for each in below if states(cell := each[at])])
        ]
        if len({*headings}) == len(headings) and paired_legs(headings, days, None):
            return row, headings, days
    return None


def paired_legs(headings: Sequence[str], days: Sequence[str], keeper: str | None) -> list[str]:
    """Return the legs of headings that name the day and the side of each act by its verb (Sold, Sold to); else none.

    Somebody gave the cards to whoever keeps the list, who gave them to somebody else; he gave them back on a day of
    which the heading says no more than that they came back.

    >>> names = ("Received", "Received from", "Sold", "Sold to", "Came back")
    >>> paired_legs(names, ("Received", "Sold", "Came back"), "A")
    ['[Received from]→A@[Received]', 'A→[Sold to]@[Sold]', 'return:[Sold to]→A@[Came back]']
    >>> paired_legs(("Sold", "Sold to", "Supplier"), ("Sold",), "A")
    []
    """
    keeper = keeper or OPEN_SIDE
    sides = {name: field_of_heading(normalize_heading(name)) for name in headings if name not in days}
    legs, takers, givers = [], [], []
    for day in days:
        verb = _OF_DAY.sub("", normalize_heading(day))
        found = [name for name, side in sides.items() if side in ("from", "to") and verb and _is_of_verb(verb, name)]
        is_back = _CAME_BACK_ON.search(verb) is not None
        kind = "return:" if is_back else ""
        if len(found) == 1 and sides[found[0]] == "from":
            givers += [] if is_back else found
            legs.append(f"{kind}[{found[0]}]→{keeper}@[{day}]")
        elif len(found) == 1:
            takers += [] if is_back else found
            legs.append(f"{kind}{keeper}→[{found[0]}]@[{day}]")
        elif found or (is_back and len(takers) != 1):
            return []
        elif is_back:
            legs.append(f"return:[{takers[0]}]→{keeper}@[{day}]")
    return legs if len(givers) == len(takers) == 1 else []


def states(cell: str | None) -> TypeGuard[str]:
    """Whether a cell states something by itself: it is no mere dash, and no mark for what stands above it."""
    return cell is not None and any(map(str.isalnum, cell)) and cell.casefold() not in DITTOS


def _is_of_verb(verb: str, heading: str) -> bool:
    """Whether the heading of a side names the same act as that of a day (purchase date, purchased from)."""
    own = _OF_SIDE.sub("", normalize_heading(heading))
    return own in (verb, f"{verb}d", f"{verb}ed") or verb in (f"{own}d", f"{own}ed")


_OF_DAY: Final = late("^date_?(?:of_?)?|_?(?:date|day|on)$|(?:日期|时间)$")
_OF_SIDE: Final = late("_?(?:from|to|by)$")
_CAME_BACK_ON: Final = late("return|back|退[货卡回还]|归还")
_RETURNED: Final = late("return(?!by)|退[货卡回还]")
_ORDERED: Final = late("(?:order(?:ed)?|purchase)[-_. ]?(?:date|time|on|at)|下单(?:日期|时间)|订购(?:日期|时间)")


def is_day_of_order(heading: str) -> bool:
    """Whether a heading is that of the day on which goods were ordered."""
    return _ORDERED.fullmatch(normalize_heading(heading)) is not None


def _is_of_days(heading: str, cells: Sequence[str]) -> bool:
    return _are_days(cells) and not names_no_event(normalize_heading(heading))


def _are_days(cells: Sequence[str]) -> bool:
    return bool(cells) and not any(is_number(cell) for cell in cells) and not any(map(is_no_day, cells))


def _by_levels(
    headings: Sequence[str], days: Sequence[str], parties: Sequence[str], keeper: str | None
) -> list[str] | None:
    takers = [*_same_word(headings, days, parties)] or [*_next_to(headings, days, parties)]
    places = [headings.index(taker) for taker in takers]
    if not takers or places != sorted(places):
        return None
    above = [name for name in parties if headings.index(name) < places[0]]
    giver = f"[{above[-1]}]" if above else keeper
    if giver is None:
        return None
    givers = [giver, *(f"[{taker}]" for taker in takers)]
    return [f"{giver}→[{to}]@[{day}]" for giver, to, day in zip(givers, takers, days, strict=False)]


def _same_word(headings: Sequence[str], days: Sequence[str], parties: Sequence[str]) -> Iterator[str]:
    """Yield the column whose heading begins as that of each day (一级代理, 一级提卡日期), where each has one."""
    others = [name for name in headings if name not in days]
    found = [[name for name in others if _LEVEL.match(name) and _is_of_level(day, name)] for day in days]
    if all(len(names) == 1 for names in found) and parties:
        yield from (names[0] for names in found)


def _is_of_level(day: str, name: str) -> bool:
    levels = [found[0] for text in (day, name) if (found := _LEVEL.match(text))]
    return len(levels) > 1 and levels[0].casefold() == levels[1].casefold()


_LEVEL: Final = pattern_of("row_legs", "level", re.IGNORECASE)


def _next_to(headings: Sequence[str], days: Sequence[str], parties: Sequence[str]) -> Iterator[str]:
    """Yield the party on the same side of each day, where on the other side of one of them there is none."""
    places = [headings.index(day) for day in days]
    ways = [[headings[at + step] if 0 <= at + step < len(headings) else "" for at in places] for step in (-1, 1)]
    if any(_CAME_IN.search(normalize_heading(name)) for name in (*days, *parties)):
        return
    fitting = [names for names in ways if all(name in parties for name in names) and len({*names}) == len(names)]
    if len(fitting) == 1:
        yield from fitting[0]


def _by_verbs(
    headings: Sequence[str], days: Sequence[str], party: str, keeper: str, texts: Mapping[str, Sequence[str]]
) -> list[str] | None:
    cards = [name for name in headings if texts[name] and all(map(is_card, texts[name]))]
    legs = []
    for day in days:
        is_back, is_out = (found.search(normalize_heading(day)) for found in (_CAME_BACK, _WENT_OUT))
        if not (is_back or is_out or is_day_of_order(day)):
            return None
        sides = f"return:[{party}]→{keeper}" if is_back else f"{keeper}→[{party}]"
        before = [name for name in cards if headings.index(name) < headings.index(day)] or cards
        legs.append(f"{sides}@[{day}]" + (f"#[{before[-1]}]" if len(cards) > 1 else ""))
    return legs if cards else None
