"""Document tree of an answer: headings, paragraphs, figures, lists and tables, independent of the format.

A view (:mod:`graphtrace.render.views`) makes one tree of each answer; a writer (:mod:`graphtrace.render.writers`)
writes any tree in one format. A part that is added to a tree is in every format; what only some readers need names
them as its ``audience``. Texts of the case stand in the tree as the files wrote them: the writers make them inert.

Parts are made once and never changed. They are not frozen, compared or printed, because making the methods for that
takes a tenth of the start of a command.

Parts without content are left out by those who read (:data:`READERS`) and kept by spreadsheets, which show an empty
table: an absent row is a statement there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from graphtrace.model import Origin, Party
from graphtrace.render.i18n import Text as Text
from graphtrace.render.i18n import in_language as in_language
from graphtrace.render.i18n import label_text
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.render import Lang

_Item = TypeVar("_Item")
_Row = TypeVar("_Row")

Tone = (
    Literal["plain", "name", "quiet", "code", "good", "bad", "warn"]
    | Literal["continuous", "inferred", "broken", "ambiguous", "not_found"]
    | Literal["error", "warning", "info"]
)
"""Role of a text for its reader, also the outcome or the severity that it names.

A writer may give it a colour, the words alone must do.
"""


class Audience(Flag):
    """Audiences of a part of a document."""

    TERMINAL = auto()
    PAGE = auto()
    NOTEBOOK = auto()
    MARKDOWN = auto()
    SHEET = auto()


READERS = Audience.TERMINAL | Audience.PAGE | Audience.NOTEBOOK | Audience.MARKDOWN
"""Audiences that read from the top: formats of text, in contrast to the cells of a spreadsheet."""

ALL = READERS | Audience.SHEET


@dataclass(slots=True, eq=False, repr=False)
class TonedText:
    text: Text
    tone: Tone


Remark = tuple["Text | TonedText | Opened | Origin | None", ...]
"""Parts of one line; ``None`` is left out."""


@dataclass(slots=True, eq=False, repr=False)
class Lines:
    """Several lines in one cell."""

    lines: tuple[Remark, ...]


@dataclass(slots=True, eq=False, repr=False)
class Inline:
    """Short texts in a line, with a separator; lines break between two of them where possible."""

    texts: tuple[Text | TonedText, ...]
    tone: Tone = "plain"


Line = Remark | Inline | Lines
"""One text, or several lines one below the other."""


@dataclass(slots=True, eq=False, repr=False)
class Link:
    """A text that links to a section of the same document, if the format and the document have it."""

    text: Text
    code: str


@dataclass(slots=True, eq=False, repr=False)
class Opened:
    """A value that a served page opens: the cards and rows behind a figure of an audit (``name`` is that of a bucket or
    the id of a rule), or a card.

    Other formats show it as any value.
    """

    value: Text | TonedText | int
    by: Literal["bucket", "rule", "card"]
    name: str


@dataclass(slots=True, eq=False, repr=False)
class DualValue:
    """A value for spreadsheets that readers see as ``text``."""

    value: Text | int | float | None
    text: Text | TonedText


Cell = (
    Text
    | int
    | float
    | TonedText
    | Lines
    | Inline
    | Link
    | Opened
    | DualValue
    | Party
    | Origin
    | Sequence[Origin]
    | None
)
"""Value of a table cell; ``None`` is unknown."""

ColumnKind = Literal["text", "short", "amount", "ordinal", "day", "share", "bar", "severity", "hash"]
"""Format of the cells of a column.

``short`` is text that is not broken; ``share`` and ``bar`` are parts of a whole from 0 to 1, of which ``bar`` is drawn.
"""


@dataclass(slots=True, eq=False, repr=False)
class Column:
    """A column of a table.

    - ``code``: content of the column, a code of ``catalogue.HEADINGS`` if spreadsheets have it.
    - ``heading``: heading for readers.
    - ``is_alarming``: whether an amount that is not zero is worth a warning.
    - ``width``: the most cells of a line in a spreadsheet; a Chinese character takes two.
    - ``printed``: whether it is printed; columns that are not stand last.
    - ``is_detail``: whether a terminal shows it only when told to show everything.
    - ``is_below``: whether a terminal shows it in a line below the row.
    - ``phrase``: text of a cell without a heading, nothing for ``None``; else the heading names it.
    """

    code: str
    kind: ColumnKind = "text"
    heading: Text = ""
    audience: Audience = ALL
    is_alarming: bool = False
    width: int = 40
    printed: bool = True
    is_detail: bool = False
    is_below: bool = False
    phrase: Callable[[Any], Text | None] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DisplayLimits:
    """Maximum number of rows or sections in each format; ``None`` for all. A verbose terminal shows all."""

    terminal: int | None = None
    page: int | None = None
    notebook: int | None = None


class LazyRows(Sequence[_Row], Generic[_Item, _Row]):
    """Rows or entries that are made lazily from their items: there may be millions."""

    def __init__(self, items: Sequence[_Item], make: Callable[[_Item], _Row]) -> None:
        self._items = items
        self._make = make

    @overload
    def __getitem__(self, index: int) -> _Row: ...
    @overload
    def __getitem__(self, index: slice) -> LazyRows[_Item, _Row]: ...
    def __getitem__(self, index: int | slice) -> _Row | LazyRows[_Item, _Row]:
        return LazyRows(self._items[index], self._make) if isinstance(index, slice) else self._make(self._items[index])

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[_Row]:
        return map(self._make, self._items)


@dataclass(slots=True, eq=False, repr=False)
class Divider:
    """A line above a row of a table for readers; spreadsheets and programs have a column for it."""

    text: Text
    tone: Tone = "plain"


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class TableBlock:
    """Rows of cells below headings.

    - ``code``: its name; in a spreadsheet tables of one code are one sheet (``catalogue.SHEETS``).
    - ``layout``: ``grid`` with headings; ``bars``, ``pairs`` and ``items`` without; ``account`` for a sum: the first
      row less those after it is the last; ``list`` for rows that are read one after the other: the first cell says how
      grave they are, the second is a sentence, the others stand beside it; ``entries`` for rows that are too wide for a
      terminal, which puts what is known of the first cell below it; ``key`` for what is looked for first: a word and
      what stands beside it.
    - ``more``: text of a terminal about the rows that it does not show, a phrase with ``{more}``.
    - ``where``: methods of an answer that give all rows to a notebook.
    - ``has_page_each``: whether each value of the first column begins a printed page in a spreadsheet.
    - ``frozen``: number of columns that are frozen in a spreadsheet.
    - ``dividers``: divider above a row, by the row's index.
    - ``is_apart``: whether an empty line stands above it in a terminal.
    """

    code: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    layout: Literal["grid", "bars", "pairs", "items", "account", "list", "entries", "key"] = "grid"
    most: DisplayLimits = DisplayLimits()
    more: BilingualText | None = None
    where: str = "to_dict()"
    has_page_each: bool = False
    frozen: int = 1
    dividers: Mapping[int, Divider] = field(default_factory=dict)
    is_apart: bool = False
    audience: Audience = ALL


def table_of(
    code: str, items: Sequence[_Item], columns: Iterable[tuple[Column, Callable[[_Item], Cell]]], **look: Any
) -> TableBlock:
    """Return the table of some items: beside each column stands what its cell says of one of them."""
    heads, cells = zip(*columns, strict=True)
    return TableBlock(
        code=code, columns=heads, rows=LazyRows(items, lambda item: [cell(item) for cell in cells]), **look
    )


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Facts:
    """The main figures, each with its name."""

    pairs: tuple[tuple[Text, int | Text | Opened], ...]
    audience: Audience = READERS


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Paragraph:
    """Texts in one line or more."""

    parts: Line
    audience: Audience = READERS


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Items:
    """A list of texts, or of rows of files; with their numbers, or in one line where they are short."""

    items: Sequence[Text | Origin]
    most: DisplayLimits = DisplayLimits()
    more: BilingualText | None = None
    is_numbered: bool = False
    is_inline: bool = False
    audience: Audience = READERS


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """A heading and lines below it; a terminal shows the details only on demand."""

    head: Line
    lines: Sequence[Line]
    details: Sequence[Line] = ()


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Entries:
    """Entries one below the other, for readers; spreadsheets have a table of them.

    - ``most``, ``most_lines``: the most entries, and the most lines of one.
    - ``more``, ``more_lines``: texts of a terminal about those that it does not show, phrases with ``{more}``.
    - ``sign``: whether a terminal draws a sign before each head.
    - ``is_dense``: whether they stand below each other without an empty line.
    """

    entries: Sequence[Entry]
    most: DisplayLimits = DisplayLimits()
    most_lines: DisplayLimits = DisplayLimits()
    more: BilingualText | None = None
    more_lines: BilingualText | None = None
    sign: bool = True
    is_dense: bool = False
    audience: Audience = READERS


@dataclass(slots=True, eq=False, repr=False)
class PathNode:
    """A party on the path of a card; an unknown one has no name, but the text ``missing``."""

    name: Remark
    is_reached: bool = False
    missing: Text | None = None


@dataclass(slots=True, eq=False, repr=False)
class PathStep:
    """A step from one node to the next, with the rows that state it."""

    number: int
    statement: Inline
    origins: Sequence[Origin]
    is_guess: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Gap:
    """A step that no record states."""

    text: Text | None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Path:
    """The path of a card from node to node, drawn with the symbols of a terminal.

    - ``common``: how many stops from the first step on are those of the path above; a terminal that shall not show
      everything has ``as_above`` in their place.
    - ``most``: maximum number of rows of a step.
    """

    stops: tuple[PathNode | PathStep | Gap, ...]
    common: slice
    as_above: Text
    most: DisplayLimits = DisplayLimits()
    more: BilingualText | None = None
    audience: Audience = Audience.TERMINAL


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Code:
    """The text of a program, line by line."""

    text: str
    audience: Audience = READERS


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Figure:
    """A drawing: SVG in a language, or in both for ``None``, and what it shows in words."""

    draw: Callable[[Lang | None], Markup]
    words: Text
    audience: Audience = Audience.PAGE | Audience.NOTEBOOK


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Section:
    """Parts below a heading.

    - ``code``: its name among the parts of the document; links lead to it.
    - ``count``: number of the items that the heading names.
    - ``note``: a quiet remark beside the heading, unless it has a tone of its own.
    - ``badge``: a word before the heading that is seen first.
    - ``subject``: for a section about one of several things: the column that names it in a spreadsheet, and the name.
    - ``is_detail``: whether a terminal shows it only when told to show everything.
    """

    code: str
    title: Text
    parts: tuple[Part, ...]
    count: int | None = None
    note: Text | TonedText | None = None
    badge: TonedText | None = None
    subject: tuple[Column, Text] | None = None
    is_detail: bool = False
    audience: Audience = ALL


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Sections:
    """One section for each of several items, and the text for those beyond the maximum of a format.

    A terminal and a notebook show all or none, a page the first ones; with ``shows_first`` a terminal too, and a page
    and a notebook show all.
    """

    sections: Sequence[Section]
    most: DisplayLimits
    more_terminal: Text
    more_page: Text
    shows_first: bool = False
    audience: Audience = ALL


Part = TableBlock | Facts | Paragraph | Items | Entries | Path | Code | Figure | Section | Sections


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Records:
    """The flat table of an answer for programs: columns by code, ids beside names."""

    columns: tuple[str, ...]
    rows: Iterable[Mapping[str, Any]]


CAVEAT = label_text("caveat")
"""Caveat of every answer: records that agree are not therefore true."""


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Document:
    """An answer as a tree.

    - ``title``: title of the file.
    - ``kind``: type of the answer, in one line.
    - ``case``: name of the case, if it is shown.
    - ``as_of``: the day as of which the question was answered.
    - ``caveat``: final note in every format; none if the answer rests on no records.
    - ``made_at``: when it was made, where it says so itself; other documents are the same bytes each time.
    """

    title: Text
    kind: Text
    parts: tuple[Part, ...]
    records: Records | None = None
    case: str | None = None
    as_of: str | None = None
    caveat: Text | None = CAVEAT
    made_at: str | None = None


def shown_to(parts: Iterable[Part], audience: Audience) -> Iterator[Part]:
    """Yield the parts for an audience that have content for it."""
    return (part for part in parts if part.audience & audience and _has_content(part, audience))


def _has_content(part: Part, audience: Audience) -> bool:
    match part:
        case Section(parts=parts):
            return any(True for _ in shown_to(parts, audience))
        case (
            TableBlock(rows=content)
            | Facts(pairs=content)
            | Items(items=content)
            | Entries(entries=content)
            | Sections(sections=content)
        ):
            return bool(len(content))
        case _:
            return True


def columns_for(
    table: TableBlock, audience: Audience, *, with_details: bool = True
) -> tuple[list[Column], Callable[[Sequence[Cell]], list[Cell]]]:
    """Return the columns of a table for an audience, and the function that takes their cells from a row."""
    seen = [column.audience & audience and (with_details or not column.is_detail) for column in table.columns]
    places = [place for place, is_seen in enumerate(seen) if is_seen]
    return [table.columns[place] for place in places], lambda row: [row[place] for place in places]


KEY_COLUMNS = (Column("what"), Column("value"))
"""The columns of a table of the layout ``key``: a word and what stands beside it."""


def remark(text: Text, tone: Tone = "quiet") -> Entries:
    """Return a remark that stands apart."""
    return Entries(entries=[Entry((TonedText(text, tone),), ())], sign=False)
