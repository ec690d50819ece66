"""Headings of persons and firms: whose an identifier is that names nobody, and who only lent a hand.

An identifier whose heading says of nobody whose it is (身份证号) is that of the person whose name stands nearest on its
left, as tables are written; where that is no side of the record, it is nobody's of it. Of whom a card was seized from
it is the identifier whatever it says (ID No).

Names of persons in several columns (SURNAME | FIRST NAME; SURNAME / COMPANY) are put together, in the order of their
columns, in a column behind the last one. What the person is to the card the word before the parts says (Customer First
Name), else a day or number of registration beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from graphtrace.identifiers import is_visibly_firm, normalize_party_name
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    field_of_heading,
    normalize_heading,
    without_remark,
)
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.words import pattern_of, patterns_of
from graphtrace.patterns import late

PARTIES: Final = frozenset({"enterprise", "from", "to", "user", "party", "holder", "declared_user"})
"""Fields of the name of a person or firm."""

_OF_PERSON: Final = "身份证"
_OF_NOBODY: Final = late(f"(?:居民)?{_OF_PERSON}件?(?:号码?|码)?|证件?号码?|证照号码?")
"""Headings of a natural person's identifier, or anybody's, that do not say whose it is."""

_NUMBER: Final = late("(?:national_?|identity_?)?id_?(?:card_?)?(?:no[.]?|number)|national_?id|identity_?card|id_?card")
"""The same in English, which stands for the numbers of other things too."""

_ABOUT: Final = late("(?:基本|个人|身份|人员)?(?:信息|资料|情况)$")
_OWN_NAMES: Final = frozenset({"姓名", "名字", "名称"})
_WORDS_FOR_NAME: Final = _OWN_NAMES | {"全称", "名", "name", "fullname"}

_NAMES: Final = patterns_of("name", "person", "firm", "anybody")


def is_persons(heading: str) -> bool:
    """Whether a heading is that of the name of a natural person (受害人, 经办人姓名, 提货人)."""
    return _NAMES["person"].fullmatch(heading) is not None


def is_word_for_name(heading: str) -> bool:
    """Whether a heading says that a name stands below it, and no more (名称, Name)."""
    return without_remark(heading) in _WORDS_FOR_NAME


def is_nobodys_number(heading: str) -> bool:
    """Whether a heading is that of an identifier and says of nobody whose it is (身份证号, ID No)."""
    return _OF_NOBODY.fullmatch(heading) is not None or _NUMBER.fullmatch(heading) is not None


def is_somebodys(heading: str) -> bool:
    """Whether a heading is that of the name of a person or firm."""
    return any(names.fullmatch(heading) for names in _NAMES.values())


def below_person(upper: str, lower: str) -> str | None:
    """Return the heading that a name or identifier has whose upper heading is a person's; ``None`` for any other.

    >>> [below_person(*heading) for heading in (("受害人信息", "姓名"), ("使用人", "身份证号"), ("转出方", "证件号"))]
    ['受害人姓名', '使用人身份证号', None]
    """
    person, heading = _ABOUT.sub("", without_remark(upper)), without_remark(lower)
    is_his = heading in _OWN_NAMES or _OF_NOBODY.fullmatch(heading) is not None
    return f"{person}{heading}" if is_his and is_persons(person) else None


def ids_of_others(
    headings: Sequence[str], served: Mapping[str, Sequence[int]], claimed: Collection[str]
) -> frozenset[int]:
    """Return the columns of identifiers that are those of somebody else than the side that they would serve.

    - ``headings``: in the form in which they are compared.
    - ``served``: the columns of each field.
    - ``claimed``: fields of which a person has said which column serves them.
    """
    numbers = {
        at: name
        for name, columns in served.items()
        if name.endswith("_id") and name.removesuffix("_id") in PARTIES and name not in claimed
        for at in columns
        if _OF_NOBODY.fullmatch(without_remark(headings[at]))
    }
    if not numbers:
        return frozenset()
    owners = _owners(headings, served, numbers)
    return frozenset(
        at
        for at, name in numbers.items()
        if (owner := owners[at]) is not None and owner not in served.get(name.removesuffix("_id"), ())
    )


def ids_beside(
    side: str, headings: Sequence[str], served: Mapping[str, Sequence[int]], claimed: Collection[str]
) -> list[int]:
    """Return the columns of identifiers that say of nobody whose they are and stand beside the name of a side.

    The parameters are those of :func:`ids_of_others`.
    """
    taken = {at for name in claimed for at in served.get(name, ())}
    written = {at: without_remark(heading) for at, heading in enumerate(headings) if at not in taken}
    numbers = [at for at, text in written.items() if is_nobodys_number(text)]
    owners = _owners(headings, served, numbers) if numbers and side in served else {}
    return [at for at, owner in owners.items() if owner in served[side]]


def _owners(
    headings: Sequence[str], served: Mapping[str, Sequence[int]], numbers: Collection[int]
) -> dict[int, int | None]:
    """Return the column of the name that stands nearest to each of some columns of identifiers."""
    named = {at for name in PARTIES for at in served.get(name, ())}
    named |= {at for at, heading in enumerate(headings) if is_somebodys(without_remark(heading))}
    firms = {at for at in named if _NAMES["firm"].fullmatch(without_remark(headings[at]))}
    return {at: _nearest(at, (_OF_PERSON in headings[at] and named - firms) or named) for at in numbers}


def _nearest(column: int, named: Collection[int]) -> int | None:
    """Return the nearest column on the left; where there is none, the first one."""
    return max((at for at in named if at < column), default=min(named, default=None))


_PART: Final = pattern_of("persons", "part")
_SURNAMES: Final = frozenset({"sur", "family", "last"})
_GIVEN: Final = frozenset({"first", "fore", "given"})
_CARDS: Final = frozenset({"iccid", "iccid_first", "msisdn", "imsi"})
_REGISTERED: Final = pattern_of("persons", "registered")

_TITLES: Final = {"billing": "Billed to", "shipping": "Shipped to"}
_FIRM: Final = late("(?:company|corporate|business|organi[sz]ation|entity|firm|enterprise)(?:[-_. ]?name)?")
"""Headings of a firm that is registered in the place of a person."""

Cells = Sequence[str | None]


def join_names(sheet: Sheet) -> None:
    """Put the parts of names of persons in the rows of a table of cards together."""
    for row, cells in sheet.head_rows:
        headings = [normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else "" for cell in cells]
        if not _CARDS & {*map(field_of_heading, filter(None, headings))}:
            continue
        if any(heading in ("name", "fullname") for heading in headings):
            return
        either = [at for at, heading in enumerate(headings) if _part_or_firm(heading) is not None]
        headings = [_part_or_firm(heading) or heading for heading in headings]
        found = [(at, each) for at, heading in enumerate(headings) if (each := _PART.fullmatch(heading))]
        for of in dict.fromkeys(each["whose"] for _, each in found):
            columns = {at: each["part"] for at, each in found if each["whose"] == of}
            parts = {*columns.values()}
            is_name = len(parts) == len(columns) and _SURNAMES & parts and _GIVEN & parts
            if not is_name or sheet.parted.keys() & columns.keys():
                continue
            is_registered = not of and any(map(_REGISTERED.fullmatch, headings))
            title = "Registered name" if is_registered else _TITLES.get(of, f"{of} name".strip().capitalize())
            is_customer = is_registered or bool(of)
            firms = [at for at, heading in enumerate(headings) if is_customer and _is_firm_of(heading, of)]
            firm = firms[0] if len(firms) == 1 and _are_either(sheet, row, firms[0], [*columns]) else None
            sheet.parted |= dict.fromkeys(columns if firm is None else [*columns, firm])
            sheet.made |= {} if firm is None or not is_registered else {"party": sheet.width}
            sheet.make({}, row, partial(_joined, row, [*columns], firm, either, title))
        return


def _is_firm_of(heading: str, whose: str) -> bool:
    """Whether a heading is that of the firm in whose place a person may stand whose name is written in parts."""
    return heading.startswith(whose) and _FIRM.fullmatch(heading[len(whose) :].lstrip("_")) is not None


def _part_or_firm(heading: str) -> str | None:
    """Return the part of a name that a heading names beside a firm (SURNAME / COMPANY); ``None`` for any other."""
    one, slash, other = heading.partition("/")
    pairs = ((one, other), (other, one)) if slash else ()
    return next((part for part, firm in pairs if _PART.fullmatch(part) and _FIRM.fullmatch(firm)), None)


def _are_either(sheet: Sheet, header: int, firm: int, columns: Sequence[int]) -> bool:
    """Whether each row names a firm or a person, and some a person alone: a customer is one of the two."""
    rows = [cells for row, cells in sheet.head_rows if row > header]
    return any(not cells[firm] and any(cells[at] for at in columns) for cells in rows)


def _joined(
    header: int, columns: Sequence[int], firm: int | None, either: Sequence[int], title: str, row: int, cells: Cells
) -> list[str | None]:
    """Return the cells of a row with the whole name behind the last one; one part alone is none but of a firm."""
    if row <= header:
        return [*cells, title if row == header else None]
    if firm is not None and cells[firm]:
        return [*cells, cells[firm]]
    parts = [(at, text) for at in columns if (text := cells[at])]
    is_whole = len(parts) > 1 or any(at in either and is_visibly_firm(normalize_party_name(text)) for at, text in parts)
    return [*cells, " ".join(text for _, text in parts) if is_whole else None]
