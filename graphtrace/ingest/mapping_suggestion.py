"""First mappings for the sheets of a file that are not understood.

A field is guessed only where its heading is known or its values show it, and only where at least nine of ten filled
cells of its column can be read as that field. What the file does not state is left open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.errors import GraphtraceError, InputError, UnknownHeadings
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import parse_eid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.ingest.acts import kind_of_word
from graphtrace.ingest.card_cells import cards_in, is_card, split_cards
from graphtrace.ingest.dates_and_quantities import parse_date, parse_quantity
from graphtrace.ingest.headers import (
    HEADINGS,
    NO_OVERRIDES,
    Row,
    SheetHeader,
    likeliest_header,
    looks_like_data,
    no_header,
)
from graphtrace.ingest.heading_grammar import is_secret_heading, normalize_heading
from graphtrace.ingest.mapping_files import known_fields
from graphtrace.ingest.row_events import names_no_event
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet
from graphtrace.ingest.supporting_headings import support_meaning
from graphtrace.locale import phrase
from graphtrace.model import RECORD_KINDS, column_letters
from graphtrace.patterns import late
from graphtrace.results.recipes import ColumnGuess, Ground, SheetGuess

if TYPE_CHECKING:
    from graphtrace.ingest.mapping_files import ColumnMapping
    from graphtrace.locale import Lang, Text
    from graphtrace.model import Kind


_ROWS: Final = 1000
"""Number of rows below the header whose cells are looked at."""

CARD_FIELDS: Final = ("iccid", "iccid_first", "iccid_last", "msisdn", "imsi", "quantity")
"""Fields by which a row names or counts its cards."""

_NAMES: Final = ("carrier", "enterprise", "from", "to", "party", "user", "holder")
_OF_CARDS: Final = (*_NAMES, "state", "kind")
"""Fields that a column serves only beside one of cards."""


@frozen()
class MappingSuggestion:
    """First mappings for a file: one for each sheet that needs one, and the names of the sheets that need none."""

    file: str
    sheets: tuple[SheetGuess, ...]
    understood: tuple[str | None, ...]

    def to_yaml(self, lang: Lang = "en") -> str:
        """Return the file for ``load --mapping``: a YAML document for each sheet that needs a mapping."""
        file = _quoted(self.file)
        title = phrase("mapping_title", file=file) if self.sheets else phrase("mapping_not_needed", file=file)
        lines = [f"# {title.render(lang)}"]
        if self.sheets:
            names = [_quoted(name) for name in self.understood]
            lines += [f"# {phrase('sheet_understood', sheet=name).render(lang)}" for name in names]
        for number, guess in enumerate(self.sheets):
            lines += ["---"] if number else []
            lines += _sheet_lines(guess, lang)
        return "\n".join(lines) + "\n"


def _sheet_lines(sheet: SheetGuess, lang: Lang) -> list[str]:
    """Return the mapping of a sheet as YAML, with what is not known and the grounds as comments."""
    lines = [f"sheet: {_quoted(sheet.sheet)}"] if sheet.sheet is not None else []
    because = phrase("ground_headings").render(lang)
    lines += [f"kind: {sheet.kind}    # {because}"] if sheet.kind else [_kinds(lang)]
    if any(column.heading and not column.field for column in sheet.columns):
        lines.append(f"# {phrase('mapping_fields', fields=', '.join(known_fields(sheet.kind))).render(lang)}")
    if sheet.header_row or not any(column.heading for column in sheet.columns):
        lines.append(f"header_row: {sheet.header_row}")
    lines.append("columns:" if any(column.field for column in sheet.columns) else "columns: {}")
    headings = [normalize_heading(column.heading) for column in sheet.columns]
    for column, heading in zip(sheet.columns, headings, strict=True):
        is_named = bool(column.heading) and headings.count(heading) == 1
        place = _quoted(column.heading) if is_named else f"{{column: {column.letters}}}"
        notes = [] if column.sample is None else [_quoted(column.sample)]
        if column.field:
            notes.append(_ground(column).render(lang))
        if column.field or column.heading or notes:
            note = f"    # {' · '.join(notes)}" if notes else ""
            lines.append(f"  {column.field or '# FIELD'}: {place}{note}")
    return [
        *lines,
        f"# literals:    # {phrase('mapping_literals').render(lang)}",
        f"#   carrier: {phrase('mapping_carrier').render(lang)}",
    ]


def suggest_mappings(path: Path, *, password: Callable[[str], str | None] = lambda _: None) -> MappingSuggestion:
    """Return first mappings for the sheets of a file that ``load`` does not understand.

    Parameters
    ----------
    path
        A file, or an archive that holds one.
    password
        Asked for the password of an encrypted workbook or archive by its name.

    Raises
    ------
    InputError
        When the file cannot be read, an archive holds several, or no sheet has few enough columns to be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> gt.suggest_mappings(Path("sales.csv")).understood
    (None,)
    """
    from graphtrace.ingest.readers.guard import guarded
    from graphtrace.ingest.vertical_forms import read_forms

    with TemporaryDirectory(prefix="graphtrace-") as place:
        readable = _readable(path, Path(place), password)
        try:
            with guarded(readable, (OSError,)):
                # looking for the meaning of a sheet begins to read it, and a sheet is read once
                needed = [_needs_mapping(read_forms(sheet)) for sheet in readable_sheets(readable)]
                sheets = list(zip(map(read_forms, readable_sheets(readable)), needed, strict=True))
            return MappingSuggestion(
                file=path.name,
                sheets=tuple(guess_sheet(sheet, is_named=len(sheets) > 1) for sheet, needs in sheets if needs),
                understood=tuple(sheet.name for sheet, needs in sheets if not needs),
            )
        except GraphtraceError as error:
            error.replace_path(readable, path)
            raise


def readable_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a file but for those with more columns than any is read with.

    Raises UnknownHeadings when there is no other.
    """
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.ingest.sheet_tables import fault_of_width

    sheets = open_sheets(path)
    faults = [fault_of_width(sheet) for sheet in sheets]
    if faults and (fault := faults[0]) is not None and None not in faults:
        raise fault
    return [sheet for sheet, fault in zip(sheets, faults, strict=True) if fault is None]


def _readable(path: Path, scratch: Path, password: Callable[[str], str | None]) -> Path:
    """Return the file itself, or what is in it as a file of ``scratch``: of an archive, of an encrypted workbook."""
    from graphtrace.ingest.containers import Limits, Refused, Source, find_sources
    from graphtrace.ingest.readers.decryption import decrypted_copy

    if not path.is_file():
        return path  # reading it says what is wrong, and waits for no pipe
    unpacked, decrypted = scratch / "unpacked", scratch / "decrypted"
    unpacked.mkdir()
    decrypted.mkdir()
    found = list(find_sources(path, unpacked, Limits(), password=password))
    for each in found:
        if isinstance(each, Refused):
            raise each.error
    files = [each.path for each in found if isinstance(each, Source)]
    if len(files) != 1:
        names = [each.name for each in found]
        raise InputError("archive_several_files", path=path, names=names, hint="unpack_one_file")
    return decrypted_copy(files[0], password, decrypted)


def _needs_mapping(sheet: Sheet) -> bool:
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.ingest.recipes.recipe_selection import choose_recipe
    from graphtrace.ingest.sheet_opening import open_sheet_parser

    choice = choose_recipe(sheet, load_recipes())
    if choice.tied or choice.match is not None:
        return False
    try:
        open_sheet_parser(sheet, choice=choice)
    except UnknownHeadings:
        return True
    return False


class ColumnsRead(NamedTuple):
    """Columns of a sheet as its headings are read: by column the fields with the kinds that take them."""

    header_row: int
    fields: Mapping[int, Mapping[str, Sequence[Kind]]]


def columns_read(
    sheet: Sheet, answers: Mapping[str, str] | None = None, mapping: ColumnMapping | None = None
) -> ColumnsRead | None:
    """Return how the columns of a sheet are read with answers, and by a mapping if one is given.

    ``None`` where they are not understood, and without a mapping where a known format names them, whose place it takes.
    Of a sheet that lacks a side or a day by a mapping, it is what its columns serve.
    """
    from graphtrace.ingest.pipeline import SheetParser
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.ingest.recipes.recipe_selection import choose_recipe
    from graphtrace.ingest.sheet_opening import open_sheet_parser

    choice = choose_recipe(sheet, load_recipes()) if mapping is None else None
    if choice is not None and choice.match is not None:
        return None
    try:
        parser = open_sheet_parser(sheet, choice=choice, mapping=mapping, answers=answers)
    except UnknownHeadings as error:
        served = {} if mapping is None else error.served
        return ColumnsRead(error.header_row, {at: {name: ()} for at, name in served.items()}) if served else None
    return ColumnsRead(parser.header_row, parser.fields_read) if isinstance(parser, SheetParser) else None


def guess_sheet(sheet: Sheet, *, is_named: bool) -> SheetGuess:
    """Return what a sheet seems to hold; ``is_named``: whether a mapping has to say for which sheet it is."""
    header = likeliest_header(sheet.head_rows)
    number = 0 if header is None else header.row
    below = [(number + 1, [_bare(cell) for cell in cells]) for cells in sheet.peek(number, _ROWS)]
    if header is None:
        width = max((len(cells) for _, cells in sheet.head_rows), default=0)
        header = no_header(width)
    header = header.by_values(below, NO_OVERRIDES).below(below)
    names = [name if any(cells) else None for name, *cells in zip(header.names, *header.cells, strict=True)]
    samples = [[cell for _, cells in below if (cell := cells[column])] for column in range(len(names))]
    grounds = _by_heading(header, samples)
    _add_by_values(grounds, names, samples, below)
    fields = {name for name, _ in grounds.values()}
    if not fields.intersection(CARD_FIELDS):
        # names and states beside no cards may be those of anybody and anything
        grounds = {column: guess for column, guess in grounds.items() if guess[0] not in _OF_CARDS}
        fields = fields.difference(_OF_CARDS)
    events = replace(header.meaning, fields=frozenset(fields)).events()
    complete = [event.kind for event in events if not (event.missing or event.marks)]
    return SheetGuess(
        sheet=sheet.name if is_named else None,
        header_row=number,
        kind=complete[0] if len(complete) == 1 else None,
        columns=tuple(
            _column(sheet, column, name or "", samples[column], grounds.get(column))
            for column, name in enumerate(names)
        ),
    )


def _column(
    sheet: Sheet, column: int, name: str, texts: Sequence[str], guess: tuple[str, Ground] | None
) -> ColumnGuess:
    field, ground = guess or (None, None)
    fitting = 0 if field is None else _fitting(field, texts)
    sample = None if not texts or is_secret_heading(name) else texts[0]
    return ColumnGuess(name, column_letters(sheet.number_of(column)), field, ground, fitting, len(texts), sample)


def _by_heading(header: SheetHeader, samples: Sequence[Sequence[str]]) -> dict[int, tuple[str, Ground]]:
    """By column, the field that its heading names where its cells can be read as that field.

    Several columns of dates are left to their headings, which name the events; of other fields the leftmost serves.
    """
    found: dict[int, tuple[str, Ground]] = {}
    for field, columns in header.served.items():
        fitting = [column for column in columns if _supports(field, samples[column])]
        if fitting and (field != "date" or len(columns) == 1) and fitting[0] not in found:
            found[fitting[0]] = (field, "heading")
    return found


def _add_by_values(
    found: dict[int, tuple[str, Ground]],
    names: Sequence[str | None],
    samples: Sequence[Sequence[str]],
    below: Sequence[Row],
) -> None:
    """Add the fields that values show, each where one column alone shows it and no heading says otherwise."""
    headings = [normalize_heading(name or "") for name in names]
    taken: set[int] = set()
    for field in _BY_VALUES:
        columns = [
            column
            for column, heading in enumerate(headings)
            if column not in found
            and column not in taken
            and heading not in HEADINGS
            and not names_no_event(heading)
            and (field == "msisdn" or support_meaning(heading) is None or field == "date")
            and _supports(field, samples[column])
            and (field != "msisdn" or all(len(_bare_msisdn(text)) == _IOT_DIGITS for text in samples[column]))
        ]
        taken.update(columns)
        known = {name for name, _ in found.values()}
        if field in known or (field == "iccid" and {"iccid_first", "iccid_last"} & known):
            continue
        if len(columns) == 1:
            found[columns[0]] = (field, "values")
        elif (
            field == "iccid"
            and len(columns) == 2
            and not any(_OF_EXCHANGE.search(headings[column]) for column in columns)
            and _are_ends(below, *columns)
        ):
            found[columns[0]], found[columns[1]] = ("iccid_first", "values"), ("iccid_last", "values")


_OF_EXCHANGE: Final = late("旧|舊|新|原|换|換|补|補|old|new|former|previous|replace|swap")
"""Found in the headings of two cards of which one took the place of the other: they are no ends of a range."""


def _are_ends(below: Sequence[Row], first: int, last: int) -> bool:
    """Whether the cards of two columns are ends of ranges: as long, and never the last before the first."""
    pairs = [(cells[first], cells[last]) for _, cells in below]
    return all(one and other and len(one) == len(other) and one <= other for one, other in pairs if one or other)


def _bare(cell: str | None) -> str | None:
    return None if cell is None else cell.removeprefix(INEXACT_MARK)


def _bare_msisdn(text: str) -> str:
    return parse_msisdn(text) or ""


_IOT_DIGITS: Final = 13
"""Digits of the number of an IoT card; one of 11 digits may be anybody's telephone."""


def _is_name(text: str) -> bool:
    return any(sign.isalpha() for sign in text) and not looks_like_data(text)


def _is_date(text: str) -> bool:
    return not isinstance(parse_date(text), str)


def _is_count(text: str) -> bool:
    return isinstance(parse_quantity(text), int)


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "iccid": lambda text: cards_in(split_cards(text)) is not None,
    "iccid_first": is_card,
    "iccid_last": lambda text: is_card(text) or text.isascii(),
    "eid": parse_eid,
    "imsi": parse_imsi,
    "msisdn": parse_msisdn,
    "date": _is_date,
    "imei": parse_imei,
    **dict.fromkeys(("quantity", "stock", "sold"), _is_count),
    "kind": lambda text: kind_of_word(text) is not None,
    **dict.fromkeys((*_NAMES, "state"), _is_name),
}
"""What the cells of a field can be read by; any text may serve a field that is not here."""

_BY_VALUES: Final = ("iccid", "eid", "imsi", "msisdn", "date", "imei")
"""Fields that values show by themselves."""


def _fitting(field: str, texts: Sequence[str]) -> int:
    read = _READERS.get(field)
    return len(texts) if read is None else sum(bool(read(text)) for text in texts)


def _supports(field: str, texts: Sequence[str]) -> bool:
    """Whether at least nine of ten filled cells can be read as the field."""
    return bool(texts) and _fitting(field, texts) * 10 >= len(texts) * 9


def _ground(column: ColumnGuess) -> Text:
    if column.ground == "heading":
        return phrase("ground_heading", fitting=column.fitting, filled=column.filled)
    return phrase("ground_values", fitting=column.fitting, filled=column.filled)


def _kinds(lang: Lang) -> str:
    return f"# kind:    # {phrase('mapping_kinds', kinds=', '.join(RECORD_KINDS)).render(lang)}"


def _quoted(text: str | None) -> str:
    """``text`` as a YAML scalar on one line, whatever it holds."""
    shown = json.dumps(text or "", ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in shown)
