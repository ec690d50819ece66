"""Several tables in one sheet, each read by itself: beside each other, or under each other.

A sheet is cut between rows where a row of other headings, or a new title above the same ones, stands below rows of
data, and between columns where the headings begin anew or an empty column separates blocks that have headings of their
own. A block is a table only if it has its own row of headings with a heading of an identifier, a party or a quantity;
all else belongs to the one table of the sheet. Cells of two tables are never joined: what cannot be decided is asked
(the answer ``table``) or refused (``table_unclear``).

A line within a table may turn what its rows say: it names another receiver or day for the rows below it (收货方：李四),
or says of those above or below that they did not happen (以上作废). These rows are a table of their own under the same
headings, with the line as its title; a line of which that is not certain is refused. So are the rows below a row that
is their heading (二、未成交), up to the next such row.

A plain sheet costs a look at the rows of its top that hold no numbers; it is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise, zip_longest
from typing import Final, NamedTuple

import polars as pl

from graphtrace.errors import InputError, NeedsAnswer, UnknownHeadings
from graphtrace.ingest.acts import fold_word
from graphtrace.ingest.card_cells import CARD_NAMED, is_number
from graphtrace.ingest.contract_roles import roles_in
from graphtrace.ingest.date_orders import share_order
from graphtrace.ingest.footers import are_seals
from graphtrace.ingest.given_answers import TABLE
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading
from graphtrace.ingest.preamble import is_preamble, share_keeper_of_parts, stated_above, verdict_of_titles
from graphtrace.ingest.readers.limits import MAX_FILLED_COLUMNS, MAX_TABLE_CELLS, MAX_TABLES
from graphtrace.ingest.readers.table_reader import part_lines
from graphtrace.ingest.seizure_lines import share_head
from graphtrace.ingest.sheet import ROW, TOP_ROWS, MalformedRow, Sheet
from graphtrace.ingest.tails import share_cards
from graphtrace.ingest.totals import is_total_cell, is_total_row
from graphtrace.ingest.vertical_forms import NUMBERING, are_several_forms, meaning_of_name
from graphtrace.ingest.words import pattern_of
from graphtrace.locale import BilingualText
from graphtrace.model import column_letters
from graphtrace.patterns import late

ONE, SEVERAL = "one", "several"

UNCLEAR: Final = "table_unclear"
"""Code of what is refused or asked because tables cannot be told apart."""

TOO_WIDE: Final = "table_too_wide"
"""Code of a sheet that is refused because it has more filled columns than a table of records."""

Cells = Sequence[str | None]
Rows = Sequence[tuple[int, Cells]]

_CARDS: Final = frozenset({"iccid", "iccid_first", "iccid_last", "msisdn", "imsi", "eid"})
_PARTIES: Final = frozenset(
    ("from", "from_id", "to", "to_id", "enterprise", "enterprise_id", "party", "party_id", "user", "user_id")
) | {"holder", "holder_id", "carrier", "sender", "receiver", "payer", "payee", "name", "account", "telephone"}
_KEYS: Final = _CARDS | _PARTIES | {"quantity", "imei", "waybill", "contact"}
"""Fields of which a table of its own has one: an identifier, a party or a quantity."""

_AMBIGUOUS: Final = frozenset({"卡", "card", "sim", "simcard", "号码", "单位", "用户", "类型"})
"""Headings that may as well be words of a row of data; alone they make no row of headings."""

_OF_DATA: Final = late(r"^\x00|[0-9]{4}|^[-+]?[0-9][0-9.,]*$|[0-9]{1,2}[-/.月][0-9]{1,2}")
"""Found in cells as data have them and headings do not: long numbers, amounts, dates."""


_PAGE: Final = pattern_of("sheet_tables", "page")
"""Marks of pages, by which titles of one list differ."""

_FEWEST_ROWS: Final = 2
_FEWEST_NAMES: Final = 6
"""Cells of a row of headings of which none needs to be known where half of another such row are the same."""

_FRAME_ROWS: Final = 20_000
_SHOWN: Final = 4
"""Headings of a block that a question names."""


class MoreTables(InputError):
    """A row of other headings below the rows at the top: the sheet has to be looked through before it is read."""


class _Block(NamedTuple):
    """A rectangle of a sheet: its rows, and its columns from the left. ``fault`` is why it is not read.

    ``lines`` are the numbers of rows that stand elsewhere in the sheet and are titles or headings of this block.
    """

    rows: Rows
    columns: Sequence[int]
    fault: UnknownHeadings | None = None
    lines: frozenset[int] = frozenset()


def fault_of_width(sheet: Sheet) -> UnknownHeadings | None:
    """Return why a sheet is refused that has more filled columns than any is read with; ``None`` if it has not."""
    filled = 0 if sheet.width <= MAX_FILLED_COLUMNS else sum(map(any, zip(*_cells(sheet.head_rows), strict=True)))
    if filled <= MAX_FILLED_COLUMNS:
        return None
    params = {"count": filled, "most": MAX_FILLED_COLUMNS}
    return UnknownHeadings("table_too_wide", code=TOO_WIDE, **params, hint="fewer_columns")


def split_tables(
    sheet: Sheet, *, answer_for: Callable[[str | None], str | None], is_one: Callable[[], bool], is_whole: bool
) -> list[tuple[Sheet, UnknownHeadings | None]]:
    """Return the tables of a sheet, each as a sheet of its own, or the sheet as it is where it holds one.

    - ``answer_for``: what a person says of a sheet or a table of this name: ``one`` or ``several``. Where the rows of
      ``one`` stand below other headings, they are a table of their own all the same.
    - ``is_one``: asked where nothing else decides: whether a recipe or a mapping says what the columns are.
    - ``is_whole``: whether all rows are looked through, and not only those at the top. A sheet that was not raises
      :class:`MoreTables` while it is read where it meets further headings.
    """
    if (fault := fault_of_width(sheet)) is not None:
        return [(sheet, fault)]
    if len(sheet.head_rows) < _FEWEST_ROWS or are_several_forms(sheet.head_rows):
        return [(sheet, None)]
    finder = _Finder(sheet, answer_for, is_one)
    is_short_sheet = len(sheet.head_rows) < TOP_ROWS
    if not is_whole and not _may_be_several(sheet.head_rows, range(sheet.width)):
        sheet.looked_at = None if is_short_sheet else sheet.head_rows[-1][0]
        return [(sheet, None)]
    if not is_whole or is_short_sheet:
        blocks = finder.find(sheet.head_rows, range(sheet.width))
        if not _is_several(blocks):
            sheet.looked_at = None if is_short_sheet else sheet.head_rows[-1][0]
            return [(sheet, blocks[0].fault)]
    rows = _all_rows(sheet)
    if rows is None:
        return [(sheet, _refused("table_too_large", most=MAX_TABLE_CELLS, hint="split_sheet"))]
    blocks = finder.find(rows, range(sheet.width))
    if len(blocks) > MAX_TABLES:
        return [(sheet, _refused("tables_too_many", count=len(blocks), most=MAX_TABLES, hint="split_sheet"))]
    if not _is_several(blocks):
        _read_anew(sheet)
        return [(sheet, blocks[0].fault)]
    return _tables(sheet, blocks)


def _cells(rows: Rows) -> Iterator[Cells]:
    return (cells for _, cells in rows)


class FurtherTables:
    """A look for headings of further tables among the rows of a sheet that were not searched before it was read."""

    def __init__(self, sheet: Sheet, header: Sequence[Cells]) -> None:
        self._sheet = sheet
        self._header = [[normalize_heading(cell) if cell else "" for cell in cells] for cells in header]
        self._title = 0

    def look(self, rows: pl.DataFrame) -> None:
        """Look at rows, which come in their order and may be some of all; those that are read by columns hold none.

        Raises MoreTables when a row is of other headings than those of the sheet, or of the same below a title.
        """
        if self._sheet.looked_at is None or not rows.height or rows[ROW][-1] <= self._sheet.looked_at:
            return
        columns = range(rows.width - 1)
        for row, *cells in rows.iter_rows():
            if row > self._sheet.looked_at and _turn(cells, columns) is not None:
                raise MoreTables("more_tables", row=row)
            if (texts := {cell for cell in cells if cell}) and len(texts) == 1:
                self._title = row
            elif _heading(cells, columns) is not None and row > self._sheet.looked_at:
                is_same = [normalize_heading(cell) if cell else "" for cell in cells] in self._header
                if not is_same or self._title == row - 1:
                    raise MoreTables("more_tables", row=row)


def _may_be_several(rows: Rows, columns: Sequence[int]) -> bool:
    """Whether the top of a sheet can hold several tables: a look without the meaning of a heading, which takes long."""
    filled: set[int] = set()
    has_headings = has_data = False
    for _, cells in rows:
        texts = [text for column in columns if (text := cells[column])]
        is_narrow = len({*texts}) < 2
        if not is_narrow:
            filled.update(_filled(cells, columns))
        if (has_data or has_headings) and _turn(cells, columns) is not None:
            return True
        if any(len(text) > LONGEST_HEADING or _OF_DATA.search(text) for text in texts):
            has_data = True
        elif not is_narrow and (has_data or (not has_headings and len({*texts}) < len(texts))):
            return True
        else:
            has_headings = has_headings or not is_narrow
    return bool(filled) and len(filled) <= max(filled) - min(filled)


def _is_several(blocks: Sequence[_Block]) -> bool:
    return len(blocks) > 1


class _Finder:
    """Cuts a rectangle of a sheet into the tables that it holds."""

    def __init__(
        self, sheet: Sheet, answer_for: Callable[[str | None], str | None], is_one: Callable[[], bool]
    ) -> None:
        self._sheet = sheet
        self._answer_for = answer_for
        self._is_one = is_one

    def _answer(self, band: _Block) -> str | None:
        return self._answer_for(f"{self._sheet.name or ''}!{_range(self._sheet, band)}")

    def find(self, rows: Rows, columns: Sequence[int]) -> list[_Block]:
        """Return the tables from the top, those beside each other from the left; one that holds all if there is one."""
        found: list[_Block] = []
        bands = self._bands(rows, columns)
        for place, band in enumerate(bands):
            beside = [band] if band.fault is not None or band.lines else self._beside(band, bands[:place])
            beside = _with_titles_of_all(beside)
            for block in beside:
                if len(beside) == 1 or block.fault is not None:
                    found.append(block)
                else:
                    found += self.find(block.rows, block.columns)
        return found

    def _bands(self, rows: Rows, columns: Sequence[int]) -> list[_Block]:
        """Return the tables under each other, and rows of data above the first one as a block that is refused."""
        cuts: list[int] = []
        header: list[tuple[int, Mapping[int, str]]] = []
        title: tuple[str, ...] = ()
        has_data = False
        headings = _headings(rows, columns)
        first = next((at for at, names in enumerate(headings) if names is not None), 0)
        for at, ((number, cells), names) in enumerate(zip(rows, headings, strict=True)):
            if names is None:
                has_data = has_data or (_is_data(cells, columns) if header else _names_number(cells, columns))
                continue
            above = _title_above(rows, _upper_heading(rows, at, first, columns), columns)
            stated = tuple(_PAGE.sub("", text) for _, row in rows[above:at] for text in _texts(row, columns))
            is_same = any(names == known for _, known in header) and (not stated or stated == title)
            if not header or (has_data and not is_same):
                if header or has_data:
                    cuts.append(above)
                header, title, has_data = [(number, names)], stated, False
            elif not has_data:
                header.append((number, names))
        if not cuts:
            return self._turned(_Block(rows, columns))
        bands = [
            part
            for start, end in pairwise([0, *cuts, len(rows)])
            if start < end
            for part in self._turned(_Block(rows[start:end], columns))
        ]
        if cuts[0] > first:
            return bands
        number, value = next(
            (number, _texts(cells, columns)[0]) for number, cells in bands[0].rows if _names_number(cells, columns)
        )
        fault = _refused("rows_without_headings", row=number, value=value, hint="give_headings")
        fault.is_headless = True
        return [bands[0]._replace(fault=fault), *bands[1:]]

    def _turned(self, band: _Block) -> list[_Block]:
        return [band] if self._answer(band) == ONE else _turned(band)

    def _beside(self, band: _Block, above: Sequence[_Block]) -> list[_Block]:
        """Return the tables beside each other; the band with a question where it is not certain.

        Where a table without a gap stands ``above`` under headings that each part repeats, it is one as that is.
        """
        parts = _begun_anew(band)
        if len(parts) > 1:
            return [_Block(band.rows, part) for part in parts]
        runs = _own_headings(band.rows, _runs(band))
        if len(runs) < 2:
            return self._around_notes(band)
        blocks = [_Block(band.rows, columns) for columns in runs]
        answer = self._answer(band)
        if answer == ONE:
            return [band]
        if answer == SEVERAL or all(_are_apart(one, other) for one, other in pairwise(blocks)):
            return blocks
        if self._is_one() or any(_is_laid_out_as(blocks, each) for each in above):
            return [band]
        return [band._replace(fault=self._ask(blocks))]

    def _around_notes(self, band: _Block) -> list[_Block]:
        """Return a band that an empty column would cut in two but for few cells in it, with a question.

        Only where the same cards, or numbers of cards, are named on both sides.
        """
        blocks = [_Block(band.rows, columns) for columns in _own_headings(band.rows, _runs_by_headings(band))]
        if len(blocks) < 2 or not all(_name_the_same(one, other) for one, other in pairwise(blocks)):
            return [band]
        answer = self._answer(band)
        if answer == SEVERAL:
            return blocks
        return [band] if answer == ONE or self._is_one() else [band._replace(fault=self._ask(blocks))]

    def _ask(self, blocks: Sequence[_Block]) -> NeedsAnswer:
        seen = [self._shown(block) for block in blocks]
        one, several = (f"--set {TABLE}={answer}" for answer in (ONE, SEVERAL))
        about = {"seen": seen, "one": one, "several": several}
        error = NeedsAnswer("tables_in_doubt", kind="", missing=(TABLE,), **about, hint="say_tables", code=UNCLEAR)
        error.texts = {
            TABLE: BilingualText(
                f"Are these one table or several: {', '.join(seen)}?",
                f"以下各栏是一张表还是几张表：{'、'.join(seen)}？",
            )
        }
        error.choices = (ONE, SEVERAL)
        return error

    def _shown(self, block: _Block) -> str:
        heading = next(filter(None, (_heading(cells, block.columns) for number, cells in block.rows)), {})
        return f"{_range(self._sheet, block)} ({' | '.join(list(heading.values())[:_SHOWN])})"


def _heading(cells: Cells, columns: Sequence[int]) -> Mapping[int, str] | None:
    """Return the comparable headings of a row by column; ``None`` where it is no row of headings of a table."""
    names = _names(cells, columns)
    if names is None:
        return None
    meant = {column: _meaning(name) for column, name in names.items()}
    if any(meant[column] in _CARDS and name not in _AMBIGUOUS for column, name in names.items()):
        return names
    known = {names[column] for column, field in meant.items() if field is not None}
    is_key = any(field in _KEYS for field in meant.values())
    # a line of names and values has a name in every other cell
    return names if is_key and len(known) >= 2 and 2 * len(known) > len(names) else None


def _names(cells: Cells, columns: Sequence[int]) -> Mapping[int, str] | None:
    """Return the cells of a row by column, comparable as headings are; ``None`` where one of them can be none."""
    texts = {column: text for column in columns if (text := cells[column])}
    if not texts or (len(texts) < 2 and len(columns) > 1):
        return None
    if any(len(text) > LONGEST_HEADING or _OF_DATA.search(text) for text in texts.values()):
        return None
    if are_seals([*texts.values()]):
        return None
    names = {column: normalize_heading(text) for column, text in texts.items()}
    return None if len({*names.values()}) < min(2, len(columns)) else names


def _headings(rows: Rows, columns: Sequence[int]) -> list[Mapping[int, str] | None]:
    """Return of each row what :func:`_heading` does.

    What is laid out as the first row of names is headings too, as that row is, whatever they mean: half of its cells.
    So is a row below a title of its own, half of whose names that row has, in whatever columns.
    """
    found = [_heading(cells, columns) for _, cells in rows]
    first: tuple[int, Mapping[int, str]] | None = None
    for at, (_, cells) in enumerate(rows):
        if (names := found[at] or _names(cells, columns)) is None:
            continue
        if first is None:
            first = (at, names) if any(_meaning(each) in _KEYS for each in names.values()) else None
        elif 2 * len(first[1].items() & names.items()) >= max(_FEWEST_NAMES, len(names), len(first[1])):
            found[first[0]], found[at] = first[1], names
        elif is_heading_of_rows(rows[at - 1][1]) and at - first[0] > _FEWEST_ROWS:
            common = {*first[1].values()} & {*names.values()}
            if 2 * len(common) >= max(_FEWEST_NAMES, len(names)):
                found[first[0]], found[at] = first[1], names
    return found


@lru_cache(maxsize=1 << 12)
def _meaning(name: str) -> str | None:
    return meaning_of_name(name)


_ABOVE: Final = late("^[(（【]?(?:以上|上述|前述|上列)")
_BELOW: Final = late("^[(（【]?(?:以下|下述|下列)")
_LONGEST_TURN: Final = 12
"""Characters up to which a line that speaks of the rows above or below says no more than one thing of them."""

_BODY_FIELDS: Final = frozenset(("from", "from_id", "to", "to_id", "carrier", "enterprise", "enterprise_id", "date"))
"""Fields of which a line within a table says that the rows below have another value."""


_NO_HEADING: Final = pattern_of("sheet_tables", "no_heading", re.IGNORECASE)
"""Found in a line that is no heading of the rows below it: a note, a sentence, a cell of data."""


def is_heading_of_rows(cells: Cells) -> bool:
    """Whether a row of one text can be the heading of the rows below it: it begins the row and is no note."""
    text = cells[0]
    is_alone = bool(text) and not any(cell and cell != text for cell in cells)
    return (
        text is not None
        and is_alone
        and len(text) <= LONGEST_HEADING
        and not _NO_HEADING.search(NUMBERING.sub("", text))
        and not _PAGE.search(text)
        and not is_total_row(text)
    )


def _is_marked(cells: Cells) -> bool:
    """Whether a row of one text is numbered as headings are, or merged over several columns."""
    return NUMBERING.match(cells[0] or "") is not None or sum(map(bool, cells)) > 1


def _turn(cells: Cells, columns: Sequence[int]) -> str | None:
    """Return of which rows of its table a line says something else: ``below``, ``above``, ``unclear``, or ``None``.

    A ``heading`` decides the rows up to the next one, where the table is cut by such rows; else it is unclear.
    """
    texts = _texts(cells, columns)
    if len(texts) != 1:
        return None
    (text,) = texts
    if any(stated.field in _BODY_FIELDS for stated in stated_above([(0, texts)], {})):
        return "below"
    is_above, is_below = _ABOVE.search(text) is not None, _BELOW.search(text) is not None
    verdict = verdict_of_titles(None, [(0, texts)])
    if verdict is None:
        return None
    if not (is_above or is_below):
        own = [cells[column] for column in columns]
        is_heading = is_heading_of_rows(own) and (_is_marked(own) or len(text) <= _LONGEST_TURN)
        return "unclear" if fold_word(text) == fold_word(verdict.word) else "heading" if is_heading else None
    # who gave what back to whom is not said where the columns are those of the sales
    if verdict.meaning == "return" or len(text) > _LONGEST_TURN or _OF_DATA.search(text):
        return "unclear"
    return "above" if is_above else "below"


def _turn_among(row: Cells, columns: Sequence[int], section: Cells | None, *, is_cut: bool) -> str | None:
    """Return what a line says of the rows of a table, where ``section`` is the heading that decides those above it.

    ``is_cut`` tells that the table begins with a heading of rows. ``end`` is a heading that decides nothing.
    """
    turn = _turn(row, columns)
    own = [row[column] for column in columns]
    is_heading = is_heading_of_rows(own)
    if turn in ("heading", "unclear") and is_heading and (is_cut or _is_marked(own)):
        return "section"
    if turn is None and is_heading and section is not None:
        is_numbered = NUMBERING.match(section[columns[0]] or "") is not None
        return "end" if not is_numbered or NUMBERING.match(own[0] or "") is not None else None
    return turn


def _turned(band: _Block) -> list[_Block]:
    """Return a table cut at the lines within it that turn what its rows say; the table alone if there is none."""
    rows, columns = band.rows, band.columns
    header = [at for at, (_, cells) in enumerate(rows) if _heading(cells, columns) is not None][:1]
    if not header:
        return [band]
    top = header[0] + 1
    while top < len(rows) and _heading(rows[top][1], columns) is not None:
        top += 1
    headings = rows[header[0] : top]
    # rows of data up to each place
    known = [0, *accumulate(_is_data(cells, columns) for _, cells in rows)]
    parts: list[_Block] = []
    start, title = top, rows[:top]
    lines: frozenset[int] = frozenset()

    def close(end: int, said: Rows = ()) -> None:
        if known[end] > known[start]:
            more = lines | {number for number, _ in said}
            parts.append(_Block([*said, *title, *rows[start:end]], columns, lines=more))

    section: Cells | None = None
    is_cut = top < len(rows) and is_heading_of_rows([rows[top][1][column] for column in columns])
    for at in range(top, len(rows)):
        number, cells = rows[at]
        turn = _turn_among(cells, columns, section, is_cut=is_cut)
        # what stands below the last row of data is a footer
        is_of_rows = known[-1] > known[top] if turn in ("above", "unclear") else known[-1] > known[at]
        if turn is None or not is_of_rows:
            continue
        if turn in ("heading", "unclear"):
            return [band._replace(fault=_unclear_line(number, _texts(cells, columns)[0]))]
        close(at, [rows[at]] if turn == "above" else ())
        if turn in ("section", "end"):
            section = cells if turn == "section" else None
        # who receives cards is said of rows that a heading decides, too
        decided = [row for row in title if row[1] is section]
        title = [*decided, *([rows[at]] if turn != "above" else ()), *headings]
        lines = frozenset(each for each, _ in title)
        start = at + 1
    if not lines:
        return [band]
    close(len(rows))
    return parts


def _unclear_line(row: int, value: str) -> UnknownHeadings:
    return _refused("line_in_table", row=row, value=value, answer=f"--set {TABLE}={ONE}", hint="say_of_which_rows")


def _texts(cells: Cells, columns: Sequence[int]) -> list[str]:
    return list(dict.fromkeys(text for column in columns if (text := cells[column])))


def _is_pair(texts: Sequence[str]) -> bool:
    """Whether a row begins with a name and its value, or states such within a cell."""
    if is_preamble(texts):
        return True
    names = [_meaning(normalize_heading(text)) if len(text) <= LONGEST_HEADING else None for text in texts[:2]]
    return len(names) == 2 and names[0] is not None and names[1] is None


def _with_titles_of_all(blocks: list[_Block]) -> list[_Block]:
    """Return tables beside each other, each of which has a title of its own, with the titles above these in all."""
    rows = blocks[0].rows
    own = next((at for at, (_, cells) in enumerate(rows) if all(_texts(cells, each.columns) for each in blocks)), 0)
    if len(blocks) < 2 or not own or any(len(_texts(rows[own][1], each.columns)) > 1 for each in blocks):
        return blocks
    said = {number: {text for text in cells if text} for number, cells in rows[:own] if number}
    shared = [
        (number, [*said[number]] * len(cells) if len(said.get(number, ())) == 1 else cells) for number, cells in rows
    ]
    return [each._replace(rows=shared) for each in blocks]


def _is_data(cells: Cells, columns: Sequence[int]) -> bool:
    """Whether a row below headings is one of their table: a title, a remark and a line of name and value are not."""
    texts = _texts(cells, columns)
    if len(columns) > 1 and len(texts) < 2:
        return False
    if is_total_row(texts[0]):
        return False
    if len(texts) > 2 and any(map(CARD_NAMED.search, texts)):
        # the traits of an article are a name and a value, too (ICCID：8986…)
        return True
    return any(_OF_DATA.search(text) for text in texts) and not _is_pair(texts)


def _names_number(cells: Cells, columns: Sequence[int]) -> bool:
    """Whether a row without headings above it holds a card, a number or a range, and is no line of name and value."""
    texts = _texts(cells, columns)
    return bool(texts) and any(map(is_number, texts)) and not _is_pair(texts)


def _upper_heading(rows: Rows, at: int, first: int, columns: Sequence[int]) -> int:
    """Return the place of the upper of two rows of headings, of which the lower stands at a place; else this place.

    Above the first headings of the sheet stands the same row, or some of its cells reach over several columns.
    """
    if not at or rows[at - 1][0] != rows[at][0] - 1 or _names(upper := rows[at - 1][1], columns) is None:
        return at
    if is_preamble(upper) or _is_data(upper, columns):
        return at
    is_repeated = 0 < first < at and _texts(rows[first - 1][1], columns) == _texts(upper, columns)
    is_wide = any(upper[one] and upper[one] == upper[other] for one, other in pairwise(columns))
    return at - 1 if is_repeated or is_wide else at


def _title_above(rows: Rows, at: int, columns: Sequence[int]) -> int:
    """Return the first of the rows that belong to the headings at a place: titles and lines of name and value.

    A remark that directly follows the table above is that table's, where a blank row stands below it.
    """
    start = at
    while start and (texts := _texts(rows[start - 1][1], columns)) is not None:
        is_above = (len(texts) < 2 or is_preamble(texts)) and not any(map(is_number, texts))
        if not is_above or any(is_total_row(text) for text in texts[:1]):
            break
        start -= 1
    lines = {place: texts[0] for place in range(start, at) if (texts := _texts(rows[place][1], columns))}
    closing = len(part_lines([*lines.values()], (), ()).closing) if start else 0
    if closing:
        # signatures below the table above
        return [*lines, at][closing]
    if start and start < at and rows[start][0] == rows[start - 1][0] + 1:
        gaps = [place for place in range(start + 1, at + 1) if rows[place][0] > rows[place - 1][0] + 1]
        return gaps[0] if gaps else start
    return start


def _body(band: _Block) -> list[tuple[int, Cells]]:
    """Return the rows of a band but its titles, which may stand above several tables."""
    return [(number, cells) for number, cells in band.rows if len(_texts(cells, band.columns)) > 1]


def _filled(cells: Cells, columns: Sequence[int]) -> list[int]:
    """Return the columns in which a row is filled; a cell merged across a column and its neighbours is none."""
    inner = columns[1:-1]
    between = {at for at in inner if cells[at] and cells[at - 1] == cells[at] == cells[at + 1]}
    return [column for column in columns if cells[column] and column not in between]


def _runs_by_headings(band: _Block) -> list[list[int]]:
    """Return the columns cut at each that has no heading, which is a run of its own."""
    at = next((at for at, (_, cells) in enumerate(band.rows) if _heading(cells, band.columns) is not None), None)
    if at is None:
        return [[*band.columns]]
    runs: list[list[int]] = [[]]
    for column in band.columns:
        if any(cells[column] for _, cells in band.rows[: at + 1]):
            runs[-1].append(column)
        else:
            runs += [[column], []]
    return [run for run in runs if run]


def _is_total(cells: Cells) -> bool:
    return is_total_cell(next(filter(None, cells), ""))


def _runs(band: _Block) -> list[list[int]]:
    """Return the columns between those that are empty in every row but titles and what stands below the totals."""
    body = _body(band)
    end = next((at for at, (_, cells) in enumerate(body) if at and _is_total(cells)), len(body))
    filled, below = (
        {column for _, cells in rows for column in _filled(cells, band.columns)} for rows in (body[:end], body[end:])
    )
    runs: list[list[int]] = []
    for column in band.columns:
        if column not in filled:
            if column in below and runs:
                # a note below the totals stands in the gap
                runs[-1].append(column)
            runs.append([])
        else:
            runs = runs or [[]]
            runs[-1].append(column)
    return [run for run in runs if run]


def _own_headings(rows: Rows, runs: Sequence[list[int]]) -> list[list[int]]:
    """Return the runs of columns that have headings of their own, each with the others to the right of it."""
    own: list[list[int]] = []
    before: list[int] = []
    for run in runs:
        if _first_heading(rows, run) is not None:
            own.append([*before, *run])
            before = []
        elif own:
            own[-1] += run
        else:
            before += run
    return own


def _first_heading(rows: Rows, columns: Sequence[int]) -> tuple[int, Mapping[int, str]] | None:
    """Return the place of the first headings of an identifier, a party or a quantity that stand above filled rows."""
    for at, (_, cells) in enumerate(rows):
        names = {
            column: normalize_heading(text)
            for column in columns
            if (text := cells[column]) and len(text) <= LONGEST_HEADING and not _OF_DATA.search(text)
        }
        if any(_meaning(name) in _KEYS for name in names.values()) and all(
            column in names for column in columns if cells[column]
        ):
            below = any(row[column] for _, row in rows[at + 1 :] for column in columns)
            return (at, names) if below else None
    return None


def _begun_anew(band: _Block) -> list[Sequence[int]]:
    """Return the columns cut where the first heading of a row stands again and each part names cards by itself."""
    at = next((at for at, (n, cells) in enumerate(band.rows) if _heading(cells, band.columns) is not None), None)
    if at is None:
        return [band.columns]
    upper: Cells = band.rows[at - 1][1] if at and len(_texts(band.rows[at - 1][1], band.columns)) > 1 else ()
    lower: Cells = band.rows[at + 1][1] if at + 1 < len(band.rows) else ()
    is_double = bool(lower) and _heading(lower, band.columns) is not None
    first = next(column for column in band.columns if band.rows[at][1][column])

    def name(column: int) -> tuple[str | None, ...]:
        text = band.rows[at][1][column]
        return (upper[column] if upper else None, text, lower[column] if is_double else None)

    starts = [column for column in band.columns if column == first or name(column) == name(first)]
    parts: list[Sequence[int]] = [
        [column for column in band.columns if (start <= column or start == first) and (end is None or column < end)]
        for start, end in zip_longest(starts, starts[1:])
    ]
    if len(parts) < 2 or not all(any(_names_card_at(band, at, c) for c in part) for part in parts):
        return [band.columns]
    return parts


def _names_card_at(band: _Block, at: int, column: int) -> bool:
    text = band.rows[at][1][column]
    return text is not None and _meaning(normalize_heading(text)) in _CARDS | {"quantity"}


def _name_the_same(one: _Block, other: _Block) -> bool:
    """Whether two blocks of columns both name cards, by headings of one field, or numbers of cards."""
    left, right = _first_heading(one.rows, one.columns), _first_heading(other.rows, other.columns)
    if left is None or right is None:
        return False
    fields, others = ({_meaning(name) for name in found[1].values()} for found in (left, right))
    return bool(fields & others & (_CARDS | {"quantity"}))


def _are_apart(one: _Block, other: _Block) -> bool:
    """Whether two blocks of columns are certainly no parts of one table."""
    left, right = _first_heading(one.rows, one.columns), _first_heading(other.rows, other.columns)
    if left is None or right is None or left[0] != right[0]:
        return True
    fields, others = ({_meaning(name): name for name in found[1].values()} for found in (left, right))
    is_twice = _name_the_same(one, other)
    if is_twice or {*fields.values()} & {*others.values()} & {n for f, n in fields.items() if f in _KEYS}:
        return True
    extents = [
        [at for at, (_, cells) in enumerate(block.rows) if at > left[0] and _texts(cells, block.columns)]
        for block in (one, other)
    ]
    are_whole = all(places == list(range(left[0] + 1, left[0] + 1 + len(places))) for places in extents)
    return are_whole and len(extents[0]) != len(extents[1])


def _is_laid_out_as(blocks: Sequence[_Block], above: _Block) -> bool:
    """Whether each of the blocks has a heading in the column of the same one of the table above, which has no gap."""
    own = next(filter(None, (_heading(cells, above.columns) for _, cells in above.rows)), {})
    found = [_first_heading(block.rows, block.columns) for block in blocks]
    return len(_runs(above)) == 1 and all(first is not None and own.items() & first[1].items() for first in found)


def _refused(text: str, **params: object) -> UnknownHeadings:
    return UnknownHeadings(text, code=UNCLEAR, **params)  # type: ignore[arg-type]


def _all_rows(sheet: Sheet) -> list[tuple[int, Cells]] | None:
    """Return all rows of a sheet, and the lines above it; ``None`` where they are too many to be held."""
    rows: list[tuple[int, Cells]] = [(row, cells) for row, cells in sheet.head_rows if row == 0]
    left = MAX_TABLE_CELLS
    for frame in sheet.read(0):
        left -= frame.height * sheet.width
        if left < 0:
            _read_anew(sheet)
            return None
        rows += [(row, cells) for row, *cells in frame.iter_rows()]
    return rows


def _read_anew(sheet: Sheet) -> None:
    """Forget what a reading found, so that the sheet can be read once more."""
    sheet.faults, sheet.counted, sheet.notes = [], 0, {}


def _range(sheet: Sheet, block: _Block) -> str:
    """Return the cells of a block as spreadsheet programs name them, without its titles."""
    own = [(number, cells) for number, cells in block.rows if number not in block.lines]
    rows = [number for number, cells in own if len(_texts(cells, block.columns)) > 1] or [
        number for number, cells in own if _texts(cells, block.columns)
    ]
    first = next((number for number, cells in own if _heading(cells, block.columns)), min(rows))
    left, right = (column_letters(sheet.number_of(column)) for column in (block.columns[0], block.columns[-1]))
    return f"{left}{first}:{right}{max(*rows, first)}"


def _tables(sheet: Sheet, blocks: Sequence[_Block]) -> list[tuple[Sheet, UnknownHeadings | None]]:
    """Return the blocks as sheets; rows that could not be taken apart, and remarks on columns, go with the first."""
    tables = []
    faults = sheet.faults
    for block in blocks:
        filled = {column for _, cells in _body(block) or block.rows for column in block.columns if cells[column]}
        columns = [column for column in block.columns if column in filled]
        block = block._replace(columns=columns)
        last = max(number for number, _ in block.rows)
        own = [fault for fault in faults if fault.row <= last or block is blocks[-1]]
        faults = [fault for fault in faults if fault not in own]
        tables.append((_table(sheet, block, own), block.fault))
    if faults:
        tables[-1][0].faults += faults
    share_head([table for table, _ in tables])
    share_keeper_of_parts([table for table, _ in tables])
    share_cards([table for table, _ in tables])
    share_order([table for table, _ in tables])
    return tables


def _table(sheet: Sheet, block: _Block, faults: list[MalformedRow]) -> Sheet:
    rows = [
        (number, [cells[column] for column in block.columns])
        for number, cells in block.rows
        if any(cells[column] for column in block.columns)
    ]
    places = {column: place for place, column in enumerate(block.columns)}
    table = Sheet(
        f"{sheet.name or ''}!{_range(sheet, block)}",
        len(block.columns),
        rows[:TOP_ROWS],
        lambda _: iter(()),
        sheet.encoding,
        sheet.uses_1904,
        notes={(places[column], reason): note for (column, reason), note in sheet.notes.items() if column in places},
        numbers=tuple(map(sheet.number_of, block.columns)),
        below=sheet.below,
        text=sheet.text,
        of_others=sheet.of_others,
        said_elsewhere=sheet.said_elsewhere,
        document=sheet.document,
        kept_by=sheet.kept_by,
        roles=roles_in(sheet.head_rows),
        titles_beside=sheet.titles_beside,
        comments=sheet.comments,
        set_aside=sheet.set_aside,
        parts_left=sheet.parts_left,
    )

    def read(below: int) -> Iterator[pl.DataFrame]:
        chosen = [(row, cells) for row, cells in rows if row > below and row not in block.lines]
        table.faults = [fault for fault in faults if fault.row > below]
        table.counted = len(chosen) + len(table.faults)
        schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(len(block.columns))}}
        for start in range(0, len(chosen), _FRAME_ROWS):
            part = chosen[start : start + _FRAME_ROWS]
            yield pl.DataFrame([[row, *cells] for row, cells in part], schema=schema, orient="row")

    table.read = read
    return table
