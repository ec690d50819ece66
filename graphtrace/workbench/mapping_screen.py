"""Screen of what a person says of the headings of a file.

It shows the first rows of the file, what each column is taken for, and the mapping that comes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import GraphtraceError, UsageError
from graphtrace.frozen import frozen, replace
from graphtrace.ingest.acts import fold_word, kind_of_word
from graphtrace.ingest.dealer_ledgers import KEEPER, way_of
from graphtrace.ingest.given_answers import KIND, WORDS, Answer, answers_for_sheet, parse_answers, parse_legs
from graphtrace.ingest.headers import FIELDS
from graphtrace.ingest.mapping_files import SUPPORT_FIELDS, known_fields, load_mappings
from graphtrace.ingest.mapping_suggestion import CARD_FIELDS, columns_read, guess_sheet, readable_sheets
from graphtrace.ingest.row_status import WAY_ANSWERS, WORD_ANSWERS
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.vertical_forms import read_forms
from graphtrace.locale.text import Text as Message
from graphtrace.model import RECORD_KINDS
from graphtrace.render import text_tables
from graphtrace.render.format import format_choice
from graphtrace.render.i18n import Text, in_both
from graphtrace.results.reports import OpenQuestion

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet


ROWS: Final = 8
"""Number of rows that the grid shows."""

_FIELDS: Final = tuple(dict.fromkeys((*FIELDS, *SUPPORT_FIELDS)))

LITERALS: Final = (
    *("carrier", "enterprise", "from", "to", "party", "date", "holder", "case_no", "channel", "payer"),
    KEEPER,
)
"""Fields that a file often does not state because they are the same for all its rows."""

MAX_WORDS: Final = 20
"""Maximum number of words of a column that says the kind of each row, which a person can say the meaning of."""

_WORD: Final = "word:"
_LONGEST_WORD: Final = 20


@frozen()
class MappingForm:
    """Content of the form: a field for each column, literals, kind, row of the header; the sheets, where several.

    ``read`` are the fields that the program reads without a mapping: only what differs from them is said by one; of a
    sheet that is not understood there are none. ``kinds_read`` are the kinds of records that it reads so, ``dated`` by
    column those whose day it takes from there. ``words`` are the texts of the columns that have few, ``meanings`` what
    somebody says of those in the column of the kind. ``kept`` are the columns that would be read otherwise beside what
    is said of others: of them the mapping says what the page shows.
    """

    sheet: str | None
    sheets: tuple[str | None, ...]
    header_row: int
    kind: str
    fields: tuple[str, ...]
    literals: Mapping[str, str]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    letters: tuple[str, ...]
    read: tuple[str, ...] = ()
    kinds_read: tuple[str, ...] = ()
    dated: tuple[tuple[str, ...], ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @property
    def is_ledger(self) -> bool:
        """Whether each row says which way cards went between the keeper and somebody else."""
        return {"kind", "party"} <= {*self.fields} and not {"from", "to"} & {*self.fields}

    @property
    def words_of_kind(self) -> tuple[str, ...]:
        """The words of the column that says the kind of each row."""
        return next((words for name, words in zip(self.fields, self.words, strict=True) if name == "kind"), ())

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be said of such a word."""
        return WAY_ANSWERS if self.is_ledger else WORD_ANSWERS

    def meaning_of(self, word: str) -> str:
        """Return what a word of the kind means: as somebody says, else as the program understands it."""
        known = way_of(word) if self.is_ledger else kind_of_word(word)
        return self.meanings.get(word) or known or ""

    @property
    def answers(self) -> tuple[str, ...]:
        """What is said of words, and who keeps the ledger, as answers to the questions of a load."""
        said = {f"{WORDS}{fold_word(word)}": meaning for word, meaning in self.meanings.items()}
        said |= {KEEPER: self.literals[KEEPER]} if self.literals.get(KEEPER) else {}
        return tuple(Answer(name, text, sheet=self.sheet).text() for name, text in said.items())

    def holds(self, answer: Answer) -> bool:
        """Whether an earlier answer is still one: of the kind, of a word or of a field nothing else is said here."""
        if answer.sheet != self.sheet:
            return True
        if answer.field == KIND:
            return not self.kind and KIND not in self.fields and parse_legs(answer.value) is None
        if answer.field.startswith(WORDS):
            return answer.field.removeprefix(WORDS) not in map(fold_word, self.words_of_kind)
        changed = {name for name, was in zip_longest(self.fields, self.read) if name and name != was}
        return answer.field not in changed and not self.literals.get(answer.field)

    def to_yaml(self) -> str:
        """Return the mapping as the file for ``load --mapping``; every text is quoted as JSON, which YAML reads."""
        lines = [f"kind: {self.kind}"] if self.kind else []
        lines += [f"sheet: {quoted(self.sheet)}"] if self.sheet is not None else []
        lines.append(f"header_row: {self.header_row}")
        before = self.read or ("",) * len(self.fields)
        named = {
            field: letters
            for field, letters, read in zip(self.fields, self.letters, before, strict=True)
            if field and (field != read or letters in self.kept)
        }
        known = known_fields(self.kind)
        unread = dict.fromkeys(name for name in self.read if name in known and name not in self.fields)
        lines.append("columns:" if named or unread else "columns: {}")
        lines += [f"  {field}: {{column: {letters}}}" for field, letters in named.items()]
        stated = [(field, text) for field, text in self.literals.items() if text and field != KEEPER]
        lines += [f"  {field}:" for field in unread if field not in dict(stated)]
        lines += ["literals:"] if stated else []
        lines += [f"  {field}: {quoted(text)}" for field, text in stated]
        return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as YAML reads it in quotation marks, with what people can read as it is."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def suggest_form(
    path: Path,
    sheet: str | None = None,
    answers: Sequence[str] = (),
    given: Mapping[str, Sequence[str]] | None = None,
) -> MappingForm:
    """The form with what the program reads of a sheet with answers, else with what headings and values suggest.

    It is that of the sheet asked for, else of the first one with a column of cards, else of the widest. With what a
    person filled in (``given``) it is the form that says all that the page shows.

    Raises InputError if the file cannot be read.
    """
    form = _suggested(path, sheet, answers)
    filled = form if given is None else filled_form(form, given)
    return _in_full(filled, path, answers) if filled.header_row == form.header_row else filled


def _suggested(path: Path, sheet: str | None, answers: Sequence[str]) -> MappingForm:
    sheets = [read_forms(each) for each in readable_sheets(path)]
    names = [one.name for one in sheets]
    guesses = {
        at: guess_sheet(one, is_named=len(sheets) > 1) for at, one in enumerate(sheets) if sheet in (None, one.name)
    }
    guesses = guesses or {at: guess_sheet(one, is_named=len(sheets) > 1) for at, one in enumerate(sheets)}
    with_cards = [at for at, guess in guesses.items() if {column.field for column in guess.columns} & {*CARD_FIELDS}]
    at = next(iter(with_cards), max(guesses, key=lambda at: sheets[at].width))
    best, guess = sheets[at], guesses[at]
    head = [
        (number, [None if cell is None else cell.removeprefix(INEXACT_MARK) for cell in cells])
        for number, cells in best.head_rows[:ROWS]
    ]
    read = columns_read(best, _answers_of(best, answers))
    served = {} if read is None else read.fields
    places = range(len(guess.columns))
    fields = tuple(next(iter(served.get(at, {})), "") if read else guess.columns[at].field or "" for at in places)
    kinds = dict.fromkeys(kind for named in served.values() for kinds in named.values() for kind in kinds)
    return MappingForm(
        sheet=guess.sheet,
        sheets=tuple(names) if len(sheets) > 1 else (),
        header_row=guess.header_row if read is None else read.header_row,
        kind=guess.kind or "" if read is None else "",
        fields=fields,
        literals={},
        rows=tuple((number, tuple(cells)) for number, cells in head),
        letters=tuple(column.letters for column in guess.columns),
        read=() if read is None else fields,
        kinds_read=tuple(kinds),
        dated=tuple(tuple(dict.fromkeys(served.get(at, {}).get("date", ()))) for at in places),
        words=tuple(_words(best, guess.header_row if read is None else read.header_row, at) for at in places),
    )


def _answers_of(sheet: Sheet, answers: Sequence[str]) -> dict[str, str]:
    """Return the answers for a sheet, but for one that states several things of each row: no column is their place."""
    found = answers_for_sheet(parse_answers(answers), sheet.name)
    return {name: value for name, value in found.items() if name != KIND or parse_legs(value) is None}


def _in_full(form: MappingForm, path: Path, answers: Sequence[str]) -> MappingForm:
    """Return a form of which each column that the page shows as read is read so beside what is said of others."""
    if form.fields == form.read or not any(form.read) or form.kind not in ("", *form.kinds_read):
        return form
    while True:
        with TemporaryDirectory() as folder:
            (file := Path(folder, "mapping.yml")).write_text(form.to_yaml(), encoding="utf-8", newline="\n")
            try:
                (mapping,) = load_mappings(file)
                sheet = next(one for one in map(read_forms, readable_sheets(path)) if form.sheet in (None, one.name))
                read = columns_read(sheet, _answers_of(sheet, (*answers, *form.answers)), mapping)
            except GraphtraceError:
                return form
        served = {} if read is None else read.fields
        columns = enumerate(zip(form.letters, form.fields, form.read, strict=True))
        lost = {
            letters: name
            for at, (letters, name, was) in columns
            if name == was != "" and name not in served.get(at, ())
        }
        fresh = {letters for letters, name in lost.items() if letters not in form.kept and form.fields.count(name) == 1}
        if not fresh:
            return form
        form = replace(form, kept=form.kept | fresh)


def _words(sheet: Sheet, header_row: int, column: int) -> tuple[str, ...]:
    """Return the texts of a column that has few short ones; none of other columns."""
    cells = (cells[column] for cells in sheet.peek(header_row, _ROWS_LOOKED_AT) if column < len(cells))
    found = dict.fromkeys(cell.removeprefix(INEXACT_MARK).strip() for cell in cells if cell)
    is_few = len(found) <= MAX_WORDS and all(len(word) <= _LONGEST_WORD and "=" not in word for word in found)
    return tuple(found) if is_few else ()


_ROWS_LOOKED_AT: Final = 1000


def filled_form(form: MappingForm, given: Mapping[str, Sequence[str]]) -> MappingForm:
    """Return the form as a person filled it in; what is no field, kind or number is left out."""

    def value(name: str) -> str:
        return next(iter(given.get(name, [])), "").strip()

    chosen = [field if (field := value(f"column-{letters}")) in _FIELDS else "" for letters in form.letters]
    row = value("header_row")
    filled = replace(
        form,
        header_row=int(row) if row.isdecimal() and len(row) < 8 else form.header_row,
        kind=kind if (kind := value("kind")) in RECORD_KINDS else "",
        fields=tuple(chosen),
        literals={field: value(f"literal-{field}") for field in LITERALS},
        meanings={},
    )
    said = {word: value(f"{_WORD}{word}") for word in filled.words_of_kind}
    return replace(
        filled,
        meanings={
            word: text for word, text in said.items() if text in filled.choices and text != filled.meaning_of(word)
        },
    )


def require_fields(form: MappingForm) -> None:
    """Check that the chosen fields are those of records of the chosen kind, and that each is said once.

    Beside a day that is said may stand the one that is read of records of another kind.

    Raises UsageError if some are of records of another kind, or one is said of several columns, or of a column and of
    all rows.
    """
    if doubled := [name for name, text in form.literals.items() if text and name in form.fields]:
        letters = [form.letters[form.fields.index(name)] for name in doubled]
        names = [Message("fields", name, {}) for name in doubled]
        raise UsageError("fields_and_literals", fields=names, columns=letters)
    said = [field for field, read in zip_longest(form.fields, form.read) if field and field != read]
    if doubled := [
        field for field in dict.fromkeys(said) if (said if field == "date" else form.fields).count(field) > 1
    ]:
        raise UsageError("fields_twice", fields=[Message("fields", each, {}) for each in doubled])
    known = known_fields(form.kind)
    others = dict.fromkeys(field for field in form.fields if field and field not in known)
    if others:
        kind = Message("kinds", form.kind, {}) if form.kind else None
        raise UsageError("fields_of_other_kind", fields=[Message("fields", each, {}) for each in others], kind=kind)


def headings_of(form: MappingForm) -> tuple[str, ...]:
    """Return the headings that a form names; nothing where its row of headings is not among those shown."""
    return next((_headings(cells) for number, cells in form.rows if number == form.header_row), ())


def _headings(cells: Sequence[str | None]) -> tuple[str, ...]:
    texts = [(cell or "").strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def note_of_mapping(form: MappingForm, file: str) -> dict[str, Any] | None:
    """Return the mapping as the content of a note, by which it is offered for the same headings.

    ``None`` where the headings are not among the rows shown.
    """
    headings = headings_of(form)
    if not headings:
        return None
    named = {f"column-{letters}": field for field, letters in zip(form.fields, form.letters, strict=True) if field}
    stated = {f"literal-{field}": text for field, text in form.literals.items() if text}
    said = {f"{_WORD}{word}": meaning for word, meaning in form.meanings.items()}
    return {"file": file, "headings": list(headings), "fields": {"kind": form.kind, **named, **stated, **said}}


def key_of_headings(headings: Sequence[str]) -> str:
    """Return what the note of a mapping is about."""
    return f"mapping:{sha256(json.dumps(list(headings), ensure_ascii=False).encode()).hexdigest()}"


def earlier_mapping(
    form: MappingForm, notes: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], MappingForm] | None:
    """Return the latest mapping that somebody made for the headings of a row shown, and the form filled in by it."""
    rows = {key_of_headings(found): number for number, cells in reversed(form.rows) if (found := _headings(cells))}
    made = [note for note in notes if note["kind"] == "mapping" and note["about"] in rows]
    if not made:
        return None
    latest = made[-1]
    given = {name: [str(value)] for name, value in latest["fields"].items()}
    return latest, filled_form(form, {**given, "header_row": [str(rows[latest["about"]])]})


def field_texts() -> dict[str, Text]:
    """Return every field of statements, identities, shipments and payments by its code, in words of the catalogue."""
    return {field: text_tables.FIELDS[field] for field in (*_FIELDS, KEEPER)}


def field_groups() -> list[tuple[str, list[str]]]:
    """Return the fields in the groups in which a person looks for them: cards, parties, the rest with payments last."""
    paid = ("sender", "receiver", "payer", "payee")
    groups: dict[str, list[str]] = {"of_cards": [], "of_parties": [], "of_others": []}
    for name in _FIELDS:
        is_of_party = name in _OF_PARTIES or name.removesuffix("_id") in _OF_PARTIES
        is_of_card = name in ("kind", "date", *CARD_FIELDS, "eid", "imei", "state")
        group = "of_cards" if is_of_card else "of_parties" if is_of_party else "of_others"
        groups[group].append(name)
    groups["of_others"].sort(key=lambda name: name.startswith(paid))
    return list(groups.items())


_OF_PARTIES: Final = frozenset(
    {"carrier", "enterprise", "from", "to", "user", "party", "holder", "declared_user", "name", "id"}
)


def choice_texts(form: MappingForm) -> dict[str, Text]:
    """Return what may be said of a word of the kind, in words."""
    question = OpenQuestion(field=WORDS, kind="", rows=0)
    return {value: in_both(partial(format_choice, question, value)) for value in form.choices}
