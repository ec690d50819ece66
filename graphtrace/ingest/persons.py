"""Headings of persons and firms: whose an identifier is that names nobody, and who only lent a hand.

An identifier whose heading says of nobody whose it is (身份证号) is that of the person whose name stands nearest on its
left, as tables are written; where that is no side of the record, it is nobody's of it. Of whom a card was seized from
it is the identifier whatever it says (ID No).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.words import patterns_of
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
