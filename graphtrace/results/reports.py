"""Reports of a reading beside its statements. Needs no data-frame library, so that questions start without one."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.locale import BilingualText
from graphtrace.patterns import late
from graphtrace.wire import wire


@wire("row field reason value interval")
@frozen()
class Reject:
    """A row that was not loaded.

    - ``interval``: of a damaged number those between which it was; where the quantity is not the size of the range, its
      ends.
    - ``raw``: every cell of the row as read, by heading.
    """

    row: int
    field: str | None
    reason: str
    value: str | None
    interval: tuple[str, str] | None = None
    raw: tuple[tuple[str, str | None], ...] = ()


@wire(
    "field reason rows first_row value heading?:str|None column? kind?",
    name="LoadWarning",
    doc="Values that were left out of rows that were loaded.",
)
@frozen()
class RowWarning:
    """Warning about rows that were loaded, counted over a sheet (``warnings`` of a report).

    An optional field that could not be read and was left out, or something about a column.

    - ``field``: the field that the cells were read as, or would have been; ``None`` for a column that no field is read
      from.
    - ``rows``, ``first_row``, ``value``: number of rows concerned, the first of them, and its cell.
    - ``heading``, ``column``: of a remark about a column: its heading, and its letters in a spreadsheet program.
    - ``kind``: of a row that states other events: the one that it could not be read as.
    """

    field: str | None
    reason: str
    rows: int
    first_row: int
    value: str
    heading: str | None = None
    column: str | None = None
    kind: str | None = None


@wire(
    "heading field because filled",
    name="ColumnUse",
    doc="Use of one column: the field that it was read as, null where it was not used.",
)
@frozen()
class ColumnReport:
    """Use of one column of a sheet: the field that it was read as, on what ground, and its number of filled rows.

    ``field`` and ``because`` are ``None`` for a column that was not used.
    """

    heading: str
    field: str | None
    because: str | None
    filled: int


@wire(doc="An answer that a sheet proposes.")
class Offer(NamedTuple):
    """An answer that a sheet proposes: ``because`` of its ``title``, of the ``issuer`` of its cards, or for choice.

    ``sheet_name`` and ``file_name`` are those of whoever keeps such a list, ``case`` are parties that the case knows.
    """

    value: str
    because: Literal["title", "sheet_name", "file_name", "issuer", "carrier", "case"]


_MONTH: Final = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_NO_HEADING_OF_NAMES: Final = late(
    r"[\s0-9.,:/()（）-]+|(?:[0-9]{2,4}\s*年\s*)?第?\s*[0-9一二三四五六七八九十]+\s*(?:月份?|[日号周天]|季度?)(?:\s*[0-9]+\s*[日号])?"
    rf"|(?:[0-9]{{1,4}}[\s/-]*)?{_MONTH}[\s/,'.-]*[0-9]*|(?:week|wk|day|q|w|h)[\s.-]*[0-9]+"
    "|(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    "|(?!.*(?:谁|who)).*(?:没有?|[?？吗否])",
    re.IGNORECASE,
)
"""Headings of a month, a day or a number, and those that ask something: no heading of parties."""


def may_head_names(heading: str) -> bool:
    """Whether a heading may be that of parties: it is no month, day or number, and does not ask whether.

    >>> [may_head_names(heading) for heading in ("1月", "Feb 2026", "2024-03-01", "3", "付钱没", "Paid?", "Week 12")]
    [False, False, False, False, False, False, False]
    >>> [may_head_names(heading) for heading in ("谁拿的", "Customer 1", "客户1", "Marketed by", "三月科技")]
    [True, True, True, True, True]
    """
    return _NO_HEADING_OF_NAMES.fullmatch(heading.strip()) is None


class SampleCell(NamedTuple):
    """A filled cell of one of the first rows of a sheet; ``is_used`` tells whether its column is read as a field."""

    heading: str
    text: str
    is_used: bool


@frozen()
class SheetEvidence:
    """Evidence at the top of a sheet of whoever keeps it.

    ``above`` are the lines above its headings, ``rows`` the filled cells of its first rows. ``keeper`` is a name in the
    title, else the title, else the name of the file without days and numbers; ``operator_name`` and ``operator`` are
    the carrier of the title as written and its slug, ``issuers`` those of the cards; ``are_abroad`` where all of
    these are of other countries than China. ``keepers`` are proposed by the names of sheet and file, by side.
    """

    headings: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    rows: tuple[tuple[SampleCell, ...], ...] = ()
    keeper: str = ""
    operator_name: str | None = None
    operator: str | None = None
    issuers: frozenset[str] = frozenset()
    are_abroad: bool = False
    keepers: tuple[tuple[str, Offer], ...] = ()
    of_names: tuple[str, ...] = ()
    """The headings of columns that are not read and below which names of firms or persons stand, clerks aside."""
    of_days: tuple[str, ...] = ()
    """The headings of columns that are not read and hold days."""


@wire(
    "field question! choices offers required=is_required rows",
    name="Question",
    doc="A required field that a sheet does not state; ``offers`` are answers that it proposes.",
)
@frozen()
class OpenQuestion:
    """Field that the events of a sheet must carry and the sheet does not state, and the number of rows concerned.

    ``text`` is the question by language where a recipe words it, ``choices`` are the only possible answers.
    ``is_answerable`` says whether an answer can be given to the load (``--set``). ``offers`` are answers that the sheet
    proposes, ``columns`` the headings below which it may state the field itself. ``forms`` are answers of what happened
    that say between whom, too, with ``…`` for a side that nothing states.
    """

    field: str
    kind: str
    rows: int
    text: BilingualText | None = None
    choices: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    is_required: bool = True
    is_answerable: bool = True
    offers: tuple[Offer, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def blank(self) -> str:
        """What stands for the value of an answer: which column names cards is said by its heading, in brackets."""
        return "[…]" if self.field == "iccid" else "…"
