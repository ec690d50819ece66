"""Vertical forms: sheets whose lines are name and value, as replies to letters come, turned into a table.

A form is one row, that of its first line; a name that comes again begins the next form. A sheet is taken for forms only
where its names are headings and a value is what its name says, such as the number of a card beside 卡号; what the row
then states is decided as for any table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from graphtrace.identifiers import parse_eid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.ingest.card_cells import is_card, is_number
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.headers import HEADINGS
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import start_of_table
from graphtrace.ingest.preamble import kind_of_title
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, Sheet
from graphtrace.ingest.supporting_headings import support_meaning
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_MIN_NAMES: Final = 3
"""Names of a form that must be headings; two of them can stand in any table."""

_MAX_PAIRS: Final = 4
"""Names that stand side by side in a line."""

NUMBERING: Final = pattern_of("vertical_forms", "numbering")
"""Begins a heading or a line that is numbered."""

_LINE: Final = late(r"\s*([^:：]+?)\s*[:：]\s*(.*?)\s*")


_CHECKS: Final[Mapping[str, Callable[[str], object]]] = {
    "iccid": lambda text: is_card(text) or parse_msisdn(text),
    "msisdn": lambda text: parse_msisdn(text) or is_card(text),
    "iccid_first": is_card,
    "iccid_last": is_card,
    "imsi": parse_imsi,
    "eid": parse_eid,
    "imei": parse_imei,
    "date": lambda text: not isinstance(parse_date(text), str),
}
"""Fields whose values show whether a name means what it says."""


_Row = tuple[int, Sequence[str | None]]


class _Pair(NamedTuple):
    name: str
    value: str | None


def read_forms(sheet: Sheet) -> Sheet:
    """Return the sheet as a table of one row a form, or as it is where it holds no forms.

    Costs the top of the sheet where it holds none; forms are read whole.
    """
    if start_of_table(sheet.head_rows) is not None:
        return sheet
    top = _lines_of(sheet.head_rows)
    if top is None or not _are_forms(top):
        return sheet
    rows: list[_Row] = [(row, cells) for frame in sheet.read(0) for row, *cells in frame.iter_rows()]
    rows = _from_first_column(rows)
    known = _names_of(rows)
    lines = _below_each_other([(row, _pairs(cells, known) or []) for row, cells in rows])
    if lines is None:
        return sheet
    numbered = _numbered_names(lines)
    lines = [(row, [pair._replace(name=numbered.get(pair.name, pair.name)) for pair in pairs]) for row, pairs in lines]
    first = _first_of_each(lines)
    if first is not None and _is_note(lines):
        # a note below several forms is about all of them
        lines[-1] = (lines[-1][0], [])
    names: dict[str, str] = {}
    forms: list[tuple[int, dict[str, str | None]]] = []
    starts = _starts_of_blocks(lines, first)
    for row, pairs in lines:
        for at, (name, value) in enumerate(pairs):
            key = normalize_heading(name)
            begins = key in forms[-1][1] if forms and starts is None else at == 0 and row in (starts or ())
            if not forms or begins:
                # lines above the first form, such as the number of the letter, are kept with it
                forms.append((row if forms else first or row, {}))
            names.setdefault(key, name)
            forms[-1][1][key] = value
    if (kinds := _titles_of_forms(rows, lines, [row for row, _ in forms])) is not None:
        names[_TITLE_OF_FORM] = _TITLE_OF_FORM
        for (_, form), title in zip(forms, kinds, strict=True):
            form[_TITLE_OF_FORM] = title
    found = [(row, [form.get(key) for key in names]) for row, form in forms]
    table = table_of_forms(sheet, list(names.values()), [(row, cells) for row, cells in found if any(cells)])
    titles = {row for row, pairs in lines if not pairs}
    # row 0 is none of the sheet: a line of the document
    of_document = [(row, cells) for row, cells in sheet.head_rows if not row]
    table.titles = (*of_document, *((row, cells) for row, cells in rows if row in titles))
    return table


_TITLE_OF_FORM: Final = "单据类型"


def _titles_of_forms(
    rows: Sequence[tuple[int, Sequence[str | None]]],
    lines: Sequence[tuple[int, Sequence[_Pair]]],
    starts: Sequence[int],
) -> list[str | None] | None:
    """Return the title above each form, where the titles of forms below the first say what kind of form these are."""
    titled = {row for row, pairs in lines if not pairs}
    titles = [(row, next(filter(None, cells))) for row, cells in rows if row in titled and any(cells)]
    if not any(row > starts[0] and kind_of_title([(row, [text])]) is not None for row, text in titles):
        return None
    return [next((text for row, text in reversed(titles) if row < start), None) for start in starts]


def _below_each_other(lines: Sequence[tuple[int, list[_Pair]]]) -> list[tuple[int, list[_Pair]]] | None:
    """Return the lines of forms that stand side by side, those of the first form first; others as they are.

    ``None`` where only some lines have the names of several forms, so that nothing says to which the others belong.
    """
    filled = [(row, pairs) for row, pairs in lines if pairs]
    counts = {_forms_in(pairs) for _, pairs in filled}
    if counts <= {1}:
        return [*lines]
    if len(counts) > 1 or None in counts:
        return None
    (count,) = counts
    titles = [(row, pairs) for row, pairs in lines if not pairs]
    assert count is not None
    parts = [
        (row, pairs[at * len(pairs) // count : (at + 1) * len(pairs) // count])
        for at in range(count)
        for row, pairs in filled
    ]
    return [*titles, *parts]


def _forms_in(pairs: Sequence[_Pair]) -> int | None:
    """Return how many forms a line has the same names of, one behind the other; ``None`` where the names differ."""
    names = [normalize_heading(pair.name) for pair in pairs]
    count = names.count(names[0])
    size = len(names) // count
    is_repeated = names == names[:size] * count and len({*names[:size]}) == size
    return count if is_repeated else None


def are_several_forms(rows: Sequence[tuple[int, Sequence[str | None]]]) -> bool:
    """Whether the rows at the top of a sheet are several forms below each other, which are no tables of their own."""
    if start_of_table(rows) is not None:
        return False
    top = _lines_of(rows)
    return top is not None and _are_repeated(top) and _are_forms(top)


def _from_first_column(rows: Sequence[_Row]) -> list[_Row]:
    """Return rows without the columns at their left in which none of them has anything."""
    first = min((at for _, cells in rows for at, cell in enumerate(cells) if cell), default=0)
    return [(row, cells[first:]) for row, cells in rows]


def _lines_of(rows: Sequence[_Row]) -> list[list[_Pair]] | None:
    """Return names and values of the lines of a sheet; ``None`` where some line is none of a form."""
    rows = _from_first_column(rows)
    names = _names_of(rows)
    lines = [_pairs(cells, names) for _, cells in rows]
    found = [pairs for pairs in lines if pairs is not None]
    return found if len(found) == len(lines) else None


def _names_of(rows: Sequence[tuple[int, Sequence[str | None]]]) -> frozenset[str]:
    """Return the names that stand beside a value in some line: in another form they may stand beside none."""
    return frozenset(pair.name for _, cells in rows for pair in _pairs(cells) or () if pair.value)


def _numbered_names(lines: Sequence[tuple[int, Sequence[_Pair]]]) -> dict[str, str]:
    """Return the bare names of those by which forms are counted: 查询号码1, 查询号码2, each beside a number."""
    found: dict[str, list[tuple[str, int]]] = {}
    for _, pairs in lines:
        for name, value in pairs:
            counted = _COUNTED.fullmatch(name)
            if counted is not None and value and is_number(value):
                found.setdefault(counted[1], []).append((name, int(counted[2])))
    return {
        name: bare
        for bare, counts in found.items()
        if len(counts) > 1
        and [at for _, at in counts] == [*range(1, len(counts) + 1)]
        and _are_repeated([pairs for _, pairs in lines])
        for name, _ in counts
    }


_COUNTED: Final = late(r"(.*[^0-9(（])[(（]?([0-9]{1,4})[)）]?")


def _are_repeated(lines: Sequence[Sequence[_Pair]]) -> bool:
    """Whether names of several forms stand in some lines: as many as make one form come again."""
    counts = Counter(normalize_heading(pair.name) for pairs in lines for pair in pairs)
    again = [name for name, count in counts.items() if count > 1]
    return len(again) >= _MIN_NAMES and sum(meaning_of_name(name) is not None for name in again) >= _MIN_NAMES


def _starts_of_blocks(lines: Sequence[tuple[int, Sequence[_Pair]]], first: int | None) -> set[int] | None:
    """Return the lines with which forms begin behind the first, where blank rows or titles part each from the others.

    ``None`` where they may part the lines of a form, too: a name of each form has to stand once in every block.
    """
    starts: list[int] = []
    keys: dict[int, list[str]] = {}
    last = -1
    for row, pairs in lines:
        if pairs and last != row - 1:
            starts.append(row)
        last = row if pairs else -1
        keys.setdefault(starts[-1] if starts else 0, []).extend(normalize_heading(pair.name) for pair in pairs)
    begun = max((start for start in starts if first is not None and start <= first), default=None)
    blocks = [keys[start] for start in starts if begun is not None and start >= begun]
    if (
        len(blocks) < 2
        or any(len(names) > len({*names}) for names in blocks)
        or not set.intersection(*map(set, blocks))
    ):
        return None
    return {start for start in starts if begun is not None and start > begun}


def _is_note(lines: Sequence[tuple[int, Sequence[_Pair]]]) -> bool:
    """Whether the last line has one name, which no other line has."""
    *above, (_, pairs) = lines
    return len(pairs) == 1 and all(pairs[0].name != pair.name for _, others in above for pair in others)


def _first_of_each(lines: Sequence[tuple[int, Sequence[_Pair]]]) -> int | None:
    """Return the line of the name with which each of several forms begins, where it stands first; ``None`` for one."""
    seen: dict[str, int] = {}
    for row, pairs in lines:
        for name, _ in pairs:
            key = normalize_heading(name)
            if key in seen:
                return seen[key]
            seen[key] = row
    return None


def _pairs(cells: Sequence[str | None], known: Collection[str] = ()) -> list[_Pair] | None:
    """Return the names and values of a line; ``None`` where it cannot be one of a form, empty where it is a title.

    A name beside no value has to be a heading, or ``known`` from other lines.
    """
    filled = [column for column, cell in enumerate(cells) if cell]
    if len(filled) > 1 and len({cells[column] for column in filled}) == 1:
        # a title in cells that are merged
        return []
    found = [_LINE.fullmatch(cells[column] or "") for column in filled]
    if len(filled) > 1 and found[0] is not None and found[0][2] and not all(found):
        # a line of a letter, which has its value behind the colon
        return []
    stated = [_Pair(_bare_name(line[1]), line[2] or None) for line in found if line is not None]
    if stated and len(stated) == len(filled) and (len(filled) == 1 or all(pair.value for pair in stated)):
        return stated
    if filled and filled[-1] >= 2 * _MAX_PAIRS:
        return None
    pairs = []
    for column in range(0, len(cells), 2):
        name, value = cells[column], cells[column + 1] if column + 1 < len(cells) else None
        if name and column and not value and meaning_of_name(name) is None and _bare_name(name) not in known:
            return None
        if name:
            # the colon may begin the value where names are filled up with blanks
            pairs.append(_Pair(_bare_name(name), (value or "").lstrip(":： ") or None))
        elif value:
            return None
    if len(pairs) == 1 and pairs[0].value is None and meaning_of_name(pairs[0].name) is None:
        return []
    return pairs


def _bare_name(name: str) -> str:
    """Return a name without the number of its line: 一、查询号码, (2) 客户名称."""
    return NUMBERING.sub("", name).rstrip(":： ")


def _are_forms(lines: Sequence[Sequence[_Pair]]) -> bool:
    pairs = [pair for line in lines for pair in line]
    if len(lines) < 2 or len(pairs) < _MIN_NAMES:
        return False
    meanings = {normalize_heading(pair.name): meaning_of_name(pair.name) for pair in pairs}
    known = sum(meaning is not None for meaning in meanings.values())
    if known < _MIN_NAMES or (2 * known < len(meanings) and not _are_repeated(lines)):
        return False
    values = [pair.value for pair in pairs if pair.value]
    if 2 * sum(meaning_of_name(value) is not None for value in values) >= len(values):
        # two rows of headings
        return False
    checked = [
        bool(_CHECKS[field](pair.value.removeprefix(INEXACT_MARK)))
        for pair in pairs
        if pair.value and (field := meanings[normalize_heading(pair.name)] or "") in _CHECKS
    ]
    return any(checked)


def meaning_of_name(name: str) -> str | None:
    """Return the field that a name means as a heading."""
    key = normalize_heading(name.rstrip(":： "))
    if not key or len(key) > LONGEST_HEADING:
        return None
    if key in HEADINGS:
        return HEADINGS[key]
    if events_of_date(key) is not None:
        return "date"
    if (field := field_of_heading(key)) is not None:
        return field
    meaning = support_meaning(key)
    return None if meaning is None else meaning.field or meaning.contact


def table_of_forms(
    sheet: Sheet,
    names: Sequence[str],
    rows: Sequence[tuple[int, list[str | None]]],
    above: Sequence[str] = (),
    at: int = 0,
) -> Sheet:
    """Return the rows that were made of the lines of a sheet as a table, whose headings are no row of the sheet.

    ``above`` are lines that stand above the table, ``at`` the row in whose place its headings stand.
    """
    table = Sheet(
        sheet.name,
        len(names),
        [*((0, [line, *[None] * (len(names) - 1)]) for line in above), (at, list(names)), *rows[:64]],
        lambda _: iter(()),
        sheet.encoding,
        sheet.uses_1904,
        faults=sheet.faults,
        below=sheet.below,
        of_others=sheet.of_others,
        said_elsewhere=sheet.said_elsewhere,
        document=sheet.document,
        kept_by=sheet.kept_by,
        titles_beside=sheet.titles_beside,
        comments=sheet.comments,
        set_aside=sheet.set_aside,
        parts_left=sheet.parts_left,
    )

    def read(below: int) -> Iterator[pl.DataFrame]:
        chosen = [(row, cells) for row, cells in rows if row > below]
        table.counted = len(chosen) + len(table.faults)
        schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(len(names))}}
        if chosen:
            yield pl.DataFrame([[row, *cells] for row, cells in chosen], schema=schema, orient="row")

    table.read = read
    return table
