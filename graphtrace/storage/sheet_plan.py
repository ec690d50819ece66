"""Sheets of a file, opened by the rules of a load and ready to be read.

Earlier reading of a file that is in the case, sheet by sheet, and the sheets to read anew. A reading is kind, mapping
or recipe by their content, and given answers. An answer to a question that is still open makes no other reading: the
sheet is read anew and gives what answering at once would have given.
"""

from __future__ import annotations

import codecs
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.errors import AnswerContradicts, GraphtraceError, InputError, NeedsAnswer, UnknownHeadings
from graphtrace.frozen import frozen, replace
from graphtrace.ingest.chats import Chat, chat_in, chat_question, may_be_chat
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.given_answers import (
    CARRIER_WORD,
    KIND,
    answers_for_sheet,
    carrier_question,
)
from graphtrace.ingest.heading_grammar import SECRET, reject_without_secrets
from graphtrace.ingest.notebooks import Notebook, may_be_notebook, notebook_in
from graphtrace.ingest.sheet import TOP_ROWS
from graphtrace.ingest.text_files import PROSE, TEXT_ENDINGS, lines_of
from graphtrace.ingest.transcription import sheet_of_lines
from graphtrace.locale import BilingualText
from graphtrace.model import BETWEEN_PARTIES, split_table, to_epoch_day
from graphtrace.platform import system
from graphtrace.results.reports import ColumnReport, OpenQuestion, Reject
from graphtrace.storage.load_settings import (
    CONFIRMED_BY,
    TABLES,
    LoadWriter,
    ReadingRules,
    rules_of,
    settings_from_ledger,
)

if TYPE_CHECKING:
    from graphtrace.ingest.mapping_files import ColumnMapping
    from graphtrace.ingest.pipeline import SheetParser
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.ingest.recipes.recipe_selection import RecipeChoice
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.ingest.supporting import SupportSheetParser
    from graphtrace.ingest.unread_sheets import LeftOutSheet


_ROLES = ("sender_name", "receiver_name")


class SheetToRead(NamedTuple):
    """A sheet, the rules by which it is read, the recipes that it may be read by, and what is answered of it.

    ``taken`` are the answers that say which tables it holds, ``fault`` is why it cannot be read; ``text`` are all lines
    of a text of which a person transcribed some, or of a chat, ``sent_on`` is the day of the mail of that text.
    """

    sheet: Sheet
    rules: ReadingRules
    choice: RecipeChoice | None
    answers: dict[str, str]
    insisted: frozenset[str]
    taken: dict[str, str]
    fault: UnknownHeadings | None = None
    text: Sheet | None = None
    sent_on: str | None = None

    @property
    def lines(self) -> list[int]:
        """The numbers of the lines of a text that are read."""
        return [row for row, _ in self.sheet.head_rows if row]

    @property
    def said(self) -> dict[str, dict[str, str]]:
        """The sides of what lines of a chat or a notebook state, by kind, as far as a person said them."""
        names, *rows = [cells for _, cells in self.sheet.head_rows]
        given = {*self.taken.values()}
        found: dict[str, dict[str, str]] = {}
        for each in (dict(zip(names, cells, strict=True)) for cells in rows):
            sides = {side: name for side in ("from", "to") if (name := each[side]) in given and name}
            found.setdefault(each["kind"] or "", {}).update(sides)
        return found

    @property
    def recipe(self) -> Recipe | None:
        """The recipe by which the sheet is read."""
        return None if self.choice is None or self.choice.match is None else self.choice.match.recipe

    def open_parser(self) -> SheetParser | SupportSheetParser | LeftOutSheet:
        """Open the parser of the sheet; raises as :func:`graphtrace.ingest.sheet_opening.open_sheet_parser`."""
        from graphtrace.ingest.pipeline import SheetParser
        from graphtrace.ingest.sheet_opening import open_sheet_parser

        if self.fault is not None:
            raise self.fault
        parser = open_sheet_parser(
            self.sheet,
            as_kind=self.rules.as_kind,
            mapping=self.rules.mapping_of(self.sheet.name),
            choice=self.choice,
            answers=self.answers,
            insisted=self.insisted,
            is_strict=self.rules.is_strict,
        )
        if self.rules.loaded_on is not None and isinstance(parser, SheetParser):
            parser.today = to_epoch_day(self.rules.loaded_on)
        if isinstance(parser, SheetParser):
            parser.sent_on = self.sent_on
        return parser

    def decided_rows(self, error: NeedsAnswer) -> list[Reject]:
        """Return the rows of a sheet that waits for the name of a side and that are no records whoever it is.

        Only a sheet of few rows, of which all are known, is read once more for that.
        """
        from graphtrace.ingest.pipeline import SheetParser

        if not {*error.fields} <= _SIDES_ASKED or len(self.sheet.head_rows) >= TOP_ROWS:
            return []
        answers = {**self.answers, **dict.fromkeys(error.fields, _ANYBODY)}
        again = self._replace(sheet=self.sheet.again(), answers=answers, insisted=frozenset(error.fields))
        try:
            parser = again.open_parser()
            if not isinstance(parser, SheetParser):
                return []
            deque(parser.frames(), maxlen=0)
        except GraphtraceError:
            return []
        secret = {column.heading for column in parser.columns if column.field == SECRET}
        decided = (reject for reject in parser.rejects if reject.reason == "not_a_record")
        return [reject_without_secrets(reject, secret) for reject in decided]


_SIDES_ASKED: Final = frozenset({"from", "to", "sender", "receiver", "party", KEEPER})
_ANYBODY: Final = "甲乙丙物联科技有限公司"
"""Stands for whoever a person will name, while rows are looked at that do not depend on it."""


def open_sheets_to_read(
    copy: Path,
    how: ReadingRules,
    rules_for: Callable[[str | None], ReadingRules] | None = None,
    *,
    is_whole: bool = False,
) -> list[SheetToRead]:
    """Return the sheets of a file that are to be read, with the recipe by which each can be read.

    Of a text that a person transcribed there is the transcription alone; beside the tables of a document it is one
    more. A sheet that holds several tables is several.
    Rows below the top are searched for further tables with ``is_whole``;
    else a sheet in which reading meets one raises :class:`~graphtrace.ingest.sheet_tables.MoreTables`.
    """
    from graphtrace.ingest.given_answers import ENCODING, answers_for_sheet
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.ingest.readers.decryption import decrypted_copy

    transcribed = how.transcription
    said = answers_for_sheet(how.answers, None)
    lines = None if transcribed is None else SheetToRead(transcribed.sheet(), how, None, said, frozenset(), {})
    every = [how, *how.others.values()]
    is_exact = any(mapping.exact_numbers for one in every for mapping in one.mappings)
    readable = decrypted_copy(copy, how.password)
    try:
        text = text_in(readable, said.get(ENCODING))
        sheets = open_sheets(text or readable, exact_numbers=is_exact, tables=how.tables)
    except GraphtraceError as error:
        if lines is not None:
            return [lines]
        error.replace_path(readable, copy)
        raise
    plain: Chat | Notebook | None = None
    if readable.suffix.lower() in TEXT_ENDINGS and len(sheets) == 1:
        top = [cells for _, cells in sheets[0].head_rows]
        is_chat, is_book = may_be_chat(top), readable.suffix.lower() in PROSE and may_be_notebook(top)
        with suppress(InputError):
            told = [*lines_of(text or readable)] if is_chat or is_book else []
            plain = (notebook_in(told) if is_book else None) or (chat_in(told) if is_chat else None)
            sheets[0].unread_lines = None if plain is None else plain.unread
    if lines is not None and len(sheets) <= 1:
        return [lines._replace(text=sheets[0]) if sheets else lines]
    how.check_sheets(sheets)
    rules_for = rules_for or how.of_sheet
    tables = [found for sheet in sheets for found in _tables_of(sheet, rules_for, plain, is_whole=is_whole)]
    if how.sent_on is not None:
        tables = [found._replace(sent_on=how.sent_on) for found in tables]
    if text is not None:
        for found in tables:
            found.sheet.encoding = codecs.lookup(said[ENCODING]).name
            found.taken[ENCODING] = said[ENCODING]
    return tables if lines is None else [*tables, lines]


def text_in(path: Path, encoding: str | None) -> Path | None:
    """Return a copy of a text file in UTF-8 where somebody says its encoding; ``None`` for any other file."""
    from graphtrace.ingest.readers import is_text
    from graphtrace.ingest.readers.encodings import utf8_copy

    return utf8_copy(path, encoding) if encoding is not None and is_text(path) else None


def _tables_of(
    sheet: Sheet, rules_for: Callable[[str | None], ReadingRules], plain: Chat | Notebook | None, *, is_whole: bool
) -> Iterator[SheetToRead]:
    """Yield the tables of a sheet that are to be read; one in most; of a chat or notebook what its lines state."""
    from graphtrace.ingest.exhibit_lines import read_exhibits
    from graphtrace.ingest.given_answers import CONFIRMED, RECIPE, TABLE, answers_for_sheet, insisted_fields
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.ingest.recipes.recipe_selection import choose_recipe
    from graphtrace.ingest.sheet_tables import split_tables
    from graphtrace.ingest.vertical_forms import read_forms

    def recipe_of(sheet: Sheet, rules: ReadingRules) -> RecipeChoice | None:
        if rules.as_kind is not None or rules.mapping_of(sheet.name) is not None:
            return None
        own = {recipe.id for recipe in rules.recipes}
        recipes = [*(recipe for recipe in load_recipes() if recipe.id not in own), *rules.recipes]
        return choose_recipe(sheet, recipes, answer=answers_for_sheet(rules.answers, sheet.name).get(RECIPE))

    def is_one() -> bool:
        choice = recipe_of(sheet, rules)
        return rules.mapping_of(sheet.name) is not None or (choice is not None and choice.match is not None)

    rules = rules_for(sheet.name)
    if plain is not None and (said := _lines_to_read(sheet, plain, rules)) is not None:
        yield said
        return
    if (digest := sheet.to_confirm) is not None:
        if answers_for_sheet(rules.answers, sheet.name).get(CONFIRMED) != digest:
            yield SheetToRead(sheet, rules, None, {}, frozenset(), {}, _unconfirmed(sheet, digest))
            return
        confirmed = {CONFIRMED: digest}
    else:
        confirmed = {}

    def answer_for(name: str | None) -> str | None:
        return answers_for_sheet(rules_for(name).answers, name).get(TABLE)

    tables = split_tables(sheet, answer_for=answer_for, is_one=is_one, is_whole=is_whole)
    for table, fault in tables:
        own = rules_for(table.name)
        answer = answer_for(table.name)
        taken = confirmed | ({} if answer is None else {TABLE: answer})
        if fault is not None:
            yield SheetToRead(table, own, None, {}, frozenset(), taken, fault)
            continue
        formed = read_exhibits(read_forms(table))
        answers, insisted = answers_for_sheet(own.answers, table.name), insisted_fields(own.answers, table.name)
        yield SheetToRead(formed, own, recipe_of(formed, own), answers, insisted, taken)


def _lines_to_read(sheet: Sheet, plain: Chat | Notebook, rules: ReadingRules) -> SheetToRead | None:
    """Return the lines that state something by the answer whose notebook it is, or who of a chat gave the other cards.

    Without it the question for it; ``None`` where no line says so, or the text is read otherwise.
    """
    answers = answers_for_sheet(rules.answers, sheet.name)
    is_said = rules.as_kind is not None or rules.mapping_of(sheet.name) is not None
    if is_said or answers.get(KIND, "transfer") not in BETWEEN_PARTIES:
        return None
    if isinstance(plain, Notebook):
        taken = {KEEPER: answers[KEEPER]} if KEEPER in answers else {}
        stated, question = plain.said_by(taken.get(KEEPER, "")), plain.question
    else:
        if not plain.ways():
            return None
        taken = {name: answers[name] for name in (KIND, "from", "to") if name in answers}
        stated, question = plain.said_by(taken), partial(chat_question, plain)
    if not stated:
        return SheetToRead(sheet, rules, None, {}, frozenset(), {}, question())
    return SheetToRead(sheet_of_lines(sorted(stated.items())), rules, None, {}, frozenset(), taken, text=sheet)


def _unconfirmed(sheet: Sheet, digest: str) -> NeedsAnswer:
    """Return the question whether a table stands on its page as it was read."""
    from graphtrace.ingest.given_answers import CONFIRMED

    typed = f"--set {CONFIRMED}={digest}"
    error = NeedsAnswer(
        "table_to_confirm", kind="", missing=(CONFIRMED,), sheet=sheet.name, answer=typed, hint="confirm_table"
    )
    error.texts = {
        CONFIRMED: BilingualText(
            "Does the table stand on its page as it is shown here? Compare it with the PDF, cell by cell.",
            "以下表格与 PDF 该页上的是否一致？请逐格核对。",
        )
    }
    error.choices = (digest,)
    return error


def tables_to_ledger(how: ReadingRules, sheets: Sequence[SheetToRead]) -> dict[str, Any]:
    """Return the tables of a PDF for the ledger, and who confirmed one of them; nothing for other files."""
    from graphtrace.ingest.given_answers import CONFIRMED

    tables = next((found.sheet.tables for found in sheets if found.sheet.tables), ())
    is_confirmed = any(CONFIRMED in found.taken for found in sheets)
    by = {CONFIRMED_BY: how.confirmed_by or system.account_name()} if is_confirmed else {}
    return {TABLES: tables, **by} if tables else {}


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """Return the spelling of the sender (role 0) or receiver (1) of a row in its source.

    ``source`` must have the suffix under which the file was loaded; ``scratch`` is a folder for temporary files. Cost:
    reads all of the sheet.
    """
    import polars as pl

    rules = rules_of(settings_from_ledger(json.loads(entry), scratch))
    is_table = split_table(sheet)[1] is not None
    (found,) = (one for one in open_sheets_to_read(source, rules, is_whole=is_table) if one.sheet.name == sheet)
    found.sheet.looked_at = None
    for frame in found.open_parser().frames():
        rows = frame.filter(pl.col("row") == row)
        if rows.height:
            return str(rows[_ROLES[role]][0] or "") if _ROLES[role] in rows.columns else ""
    return ""


def reading_to_ledger(
    recipe: str | None, answered: Mapping[str, str], questions: Sequence[OpenQuestion], places: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the reading of one sheet for the ledger: its recipe, the answers that it took, the open questions.

    With them come the ``places`` of its fields, by which others read its rows again. A question that is not known by
    its field has its text and possible answers with it.
    """
    asked = [_asked(question, recipe) for question in questions if question.is_required]
    may_be_answered = [question.field for question in questions if not question.is_required]
    return {
        **({"recipe": recipe} if recipe is not None else {}),
        **({"answered": dict(answered)} if answered else {}),
        **({"asked": asked} if asked else {}),
        **({"may_be_answered": may_be_answered} if may_be_answered else {}),
        **({"places": dict(places)} if places else {}),
    }


def _asked(question: OpenQuestion, recipe: str | None) -> list[Any]:
    asked: list[Any] = [question.field, question.kind, question.rows]
    known = _known_question(question.field, question.kind, question.rows, recipe)
    own: dict[str, Any] = {}
    if question.text not in (None, known.text):
        own["text"] = dict(question.text._asdict())
    if question.choices != known.choices:
        own["choices"] = list(question.choices)
    return [*asked, own] if own else asked


def questions_in(reading: Mapping[str, Any]) -> list[OpenQuestion]:
    """Return the questions that are open by what the ledger keeps of the reading of a sheet."""
    found = []
    for field, kind, rows, *own in reading.get("asked", ()):
        question = _known_question(field, kind, rows, reading.get("recipe"))
        for stated in own:
            text = BilingualText(**stated["text"]) if "text" in stated else question.text
            question = replace(question, text=text, choices=tuple(stated.get("choices", question.choices)))
        found.append(question)
    return found


def _known_question(field: str, kind: str, rows: int, recipe: str | None) -> OpenQuestion:
    """Return a question as its field and recipe word it."""
    if field.startswith(CARRIER_WORD):
        return carrier_question(field, rows)
    text = None
    if recipe is not None:
        from graphtrace.ingest.recipes.recipe_loader import load_recipes

        known = next((one for one in load_recipes() if one.id == recipe), None)
        text = (
            next((BilingualText(**each.text) for each in known.questions if each.field == field), None)
            if known
            else None
        )
    return OpenQuestion(field=field, kind=kind, rows=rows, text=text)


@frozen(kw_only=False)
class EarlierSheet:
    """A sheet as it was loaded; ``reading`` is ``None`` where it was not understood, ``asked`` what was asked then."""

    rules: ReadingRules
    loaded: Mapping[str, Any]
    reading: Mapping[str, Any] | None
    asked: frozenset[str] = frozenset()
    columns: Sequence[ColumnReport] = ()

    @property
    def answered(self) -> dict[str, str]:
        """Return the answers that the sheet took."""
        return {} if self.reading is None else dict(self.reading.get("answered", {}))

    @property
    def questions(self) -> list[OpenQuestion]:
        """Return the questions of the sheet that are still open."""
        return [] if self.reading is None else questions_in(self.reading)

    def would_change_reading(self, found: SheetToRead, how: ReadingRules) -> bool:
        """Whether the new settings would read the sheet differently; a setting that is not given changes nothing."""
        if self.reading is None:
            return False
        name = found.sheet.name
        mapping, before = how.mapping_of(name), self.rules.mapping_of(name)
        if mapping is not None and _content(mapping) != _content(before):
            return True
        if how.as_kind not in (None, self.rules.as_kind, self.loaded["kind"]):
            return True
        given = answers_for_sheet(how.answers, name)
        if any(given.get(field, value) != value for field, value in self.answered.items()):
            return True
        own = found.choice.match.recipe if found.choice is not None and found.choice.match is not None else None
        if own is None or own.path is None or self.rules.as_kind is not None or before is not None:
            return False
        known = {recipe.id: recipe.text for recipe in self.rules.recipes}
        return self.reading.get("recipe") != own.id or known.get(own.id, own.text) != own.text

    def is_answered(self, how: ReadingRules) -> bool:
        """Whether a question that was open is answered now."""
        given = answers_for_sheet(how.answers, self.loaded["name"])
        if self.reading is None:
            return False
        asked = [field for field, *_ in self.reading.get("asked", ())]
        return any(field in given for field in (*asked, *self.reading.get("may_be_answered", ())))

    def asks_further(self, how: ReadingRules, fault: UnknownHeadings) -> bool:
        """Whether an answer that is new was taken, and the sheet, which was not understood, asks for something else."""
        new = self.new_answers(how)
        if not new or not isinstance(fault, NeedsAnswer) or isinstance(fault, AnswerContradicts):
            return False
        return new.isdisjoint(fault.fields)

    def new_answers(self, how: ReadingRules) -> frozenset[str]:
        """Return the fields that were asked, the kind among them, of which something else is answered now."""
        name = self.loaded["name"]
        known = answers_for_sheet(self.rules.answers, name)
        given = answers_for_sheet(how.answers, name)
        wanted = {*self.asked, KIND}
        return frozenset(field for field, value in given.items() if field in wanted and known.get(field) != value)


class Rereading(NamedTuple):
    """Plan for a file that is in the case: its rules sheet by sheet, and the sheets that are read anew.

    ``refused`` are the sheets that would be read in another way, ``faults`` is why those that were not understood
    still are not. ``asked_further`` are sheets that took an answer and ask more: they are loaded with the answer, so
    that it is kept. ``new_answers`` are the fields that are answered anew, by sheet.
    """

    rules: ReadingRules
    fresh: frozenset[str | None]
    refused: frozenset[str | None]
    faults: Mapping[str | None, UnknownHeadings]
    asked_further: frozenset[str | None]
    new_answers: Mapping[str | None, frozenset[str]]


class EarlierReading:
    """The reading that a file has in the case."""

    def __init__(self, case: LoadWriter, file: int, scratch: Path) -> None:
        content = case.reading_of(file)
        place = scratch / "earlier"
        place.mkdir()
        rules = rules_of(settings_from_ledger(content, place))
        self._rules = rules
        self.sheets = {
            sheet["name"]: EarlierSheet(
                replace(rules.of_sheet(sheet["name"]), others={}),
                sheet,
                entry.get("reading"),
                frozenset(field for field, *_ in entry.get("asked", ())),
                [
                    ColumnReport(heading=heading, field=field, because=because, filled=filled)
                    for heading, field, because, filled in entry.get("columns", ())
                ],
            )
            for sheet, entry in zip(case.sheets_of(file), content["sheets"], strict=True)
        }

    def is_unchanged_request(self, how: ReadingRules, recipes: Sequence[Recipe]) -> bool:
        """Whether no setting could change the reading, so that the file need not be opened."""
        is_all = any(mapping.sheet is None for mapping in self._rules.mappings) or not self._rules.mappings
        has_own = any(recipe.path is not None for recipe in recipes)
        is_understood = all(sheet.reading is not None for sheet in self.sheets.values() if sheet.loaded["row_count"])
        return is_understood and is_all and how == ReadingRules(is_strict=how.is_strict) and not has_own

    def plan(self, sheets: Sequence[SheetToRead], how: ReadingRules, *, again: bool) -> Rereading:
        """Decide for each sheet whether it is read anew, and by which rules.

        ``sheets``: those that are asked for, opened by the rules of :meth:`rules_for`; none of them is read after this.
        """
        fresh, refused, further = set(), set(), set()
        faults: dict[str | None, UnknownHeadings] = {}
        for found in sheets:
            name = found.sheet.name
            known = self.sheets.get(name)
            if known is None or (again and how.is_for(name)):
                fresh.add(name)
            elif known.would_change_reading(found, how):
                refused.add(name)
            elif known.is_answered(how):
                fresh.add(name)
            elif known.reading is None and found.sheet.head_rows:
                if (fault := _fault_of(found)) is None:
                    fresh.add(name)
                elif known.asks_further(how, fault):
                    fresh.add(name)
                    further.add(name)
                else:
                    faults[name] = fault
        found_names = {found.sheet.name for found in sheets}
        # a sheet that was one table, and is several by an answer to the question about it
        parted = {split_table(name)[0] for name in found_names} & self.sheets.keys() - found_names
        unchanged = [name for name in self.sheets if name not in fresh and name not in parted]
        new = [*parted, *(found.sheet.name for found in sheets if found.sheet.name in fresh)]
        others = {name: self.sheets[name].rules for name in unchanged} if new else {}
        others |= {name: self.rules_for(how, name, again=again) for name in new}
        rules = replace(_joined(others, how), sent_on=how.sent_on or self._rules.sent_on)
        answers = {name: sheet.new_answers(how) for name, sheet in self.sheets.items()}
        return Rereading(rules, frozenset(fresh), frozenset(refused), faults, frozenset(further), answers)

    def rules_for(self, how: ReadingRules, name: str | None, *, again: bool = False) -> ReadingRules:
        """Return the rules by which a sheet would be read now: new settings merged over those of the earlier load."""
        known = self.sheets.get(name)
        if known is None or (again and how.is_for(name)):
            return how
        before = known.rules
        is_stated = how.as_kind is not None or how.mapping_of(name) is not None
        from graphtrace.ingest.recipes.recipe_loader import load_recipes

        ids = {recipe.id for recipe in load_recipes()}
        return ReadingRules(
            as_kind=how.as_kind if is_stated else before.as_kind,
            mappings=how.mappings if is_stated else before.mappings,
            answers=(*before.answers, *(answer for answer in how.answers if answer not in before.answers)),
            recipes=tuple(recipe for recipe in before.recipes if recipe.id not in ids),
            is_strict=how.is_strict or before.is_strict,
        )


def _fault_of(found: SheetToRead) -> UnknownHeadings | None:
    """Return why a sheet that was not understood still is not; ``None`` if it is by what is said and known now."""
    try:
        found.open_parser()
    except UnknownHeadings as error:
        return error
    return None


def _joined(others: Mapping[str | None, ReadingRules], how: ReadingRules) -> ReadingRules:
    """Rules for a whole file; those of most of its sheets are said once."""
    if not others:
        return how
    every = list(others.values())
    most = max(every, key=every.count)
    chosen = {name: rules for name, rules in others.items() if rules != most}
    return replace(most, others=chosen, password=how.password)


def _content(mapping: ColumnMapping | None) -> ColumnMapping | None:
    """A mapping without its writing, and without the sheets for which it is."""
    return None if mapping is None else replace(mapping, text="", sheet=None)
