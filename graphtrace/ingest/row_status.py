"""Columns that say of each row whether it happened: statuses, yes and no, remarks, credits.

A withdrawn order, a failed allotment, a void waybill state no event. The state of a card (停机, 销户) is another thing:
a column of those is read as such and not judged here. What the words mean is in :mod:`graphtrace.ingest.acts`.

Of sparse columns only all their cells tell whether their words decide: a row in which such a one says that nothing
happened waits until the whole column is known.
"""

from __future__ import annotations

import operator
import re
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from functools import lru_cache, reduce
from typing import Final, NamedTuple
from unicodedata import normalize

import polars as pl

from graphtrace.identifiers.normalize import has_traditional, to_simplified
from graphtrace.ingest.acts import (
    BACK,
    DONE,
    LONGEST_CELL,
    NO_RETURN,
    NOTHING,
    OPEN,
    RETURN_REFUSED,
    ROOTS,
    STATE,
    VOID,
    act_of,
    act_of_kind,
    act_of_outcome,
    flag_words,
    fold_word,
    is_of_bill,
    is_status_of_bill,
    moved_nothing,
)
from graphtrace.ingest.dealer_ledgers import WAYS
from graphtrace.ingest.heading_grammar import normalize_heading, own_heading, without_remark
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.words import pattern_of
from graphtrace.model import CUSTODY_KINDS, KINDS
from graphtrace.patterns import late

ROW_STATUS: Final = "row_status"
"""Field of a column of such statuses in the report of a sheet."""

TAKEN_BACK: Final = "taken_back"
"""Reason of a row that is no record because its cards came back, or because a remark says so: they may have moved."""

SAID_SO: Final = "said_so"
"""Reason of a row that is no record because it says so: what another row states of its cards is contradicted."""

TO_SUPPLIER: Final = "to_supplier"
"""Result of a remark by which a row of what went out gave cards back to whoever had supplied them."""

OF_RETURN: Final = "of_return"
"""Reason of a row whose return came to nothing, while what it handed over stays."""

UNDONE: Final = "undone"
"""Reason of a row that counts cards of it that were called off or came back."""

OF_PART: Final = "of_part"
"""Reason of a row that speaks of cards of its range that are not meant; it counts only where the row names several."""

CARDS_ELSEWHERE: Final = "cards_not_read"
"""Reason of a row that only counts its cards, while a cell that is not read names some: it counts where it does."""

ONE_END: Final = "one_end"
"""Reason of a row whose card is one end of a range; another row has the other end."""

IGNORE: Final = "ignore"
"""Answer by which a word says nothing of its row."""

NEGATIVE: Final = "负数"
"""The word that stands for every negative amount of a sheet in an answer."""

WORD_ANSWERS: Final = (*KINDS, NOTHING, IGNORE)
"""What a person can say of a word."""

WAY_ANSWERS: Final = (*WAYS, NOTHING, IGNORE)
"""What a person can say of a word in a book whose rows say which way cards went."""

_HEADING: Final = pattern_of("row_status", "heading")
_REMARKS: Final = pattern_of("row_status", "remarks")
_AMOUNT: Final = pattern_of("row_status", "amount")
_NEGATIVE: Final = late(
    r"\(?[¥$]?(?:[-−–△▲▽]|负|minus|cr\.?)[¥$]?{0}元?\)?|\([¥$]?{0}元?\)|[¥$]?{0}元?(?:[-−–]|cr\.?)".format(
        r"[0-9][0-9,]*(?:\.[0-9]+)?"
    ),
    re.IGNORECASE,
)
_POSITIVE: Final = late(r"[¥$]?[0-9][0-9,]*(?:\.[0-9]+)?元?")
_NO_SUCH_NUMBER: Final = pattern_of("row_status", "no_such_number", re.IGNORECASE | re.DOTALL)
_ASKS: Final = late("^(?:是否|有无|is_?|has_?|was_?)(?:已经?|为|被)?|(?:与否|否|标志|标识|标记|确认|_?flag)$")
_STATE: Final = late("(?:状态|情况|_?status)$")
_CODE: Final = late(r"([0-9]{1,2})\s*[:：=＝\-－.、．]?\s*([^\s0-9:：=,，、;；/／|()（）\[\]【】]{1,10})")
_FLAGS: Final = ("undoes", BACK, "doubts", "affirms", "approves")
"""What columns of yes and no are about."""

_FEWEST: Final = 2
_SHARE: Final = 0.9
"""Share of the filled cells of a column that must be words, for the column to decide its rows."""


@lru_cache(maxsize=1 << 10)
def is_status_heading(heading: str) -> bool:
    """Whether a heading names the status of what the row is about, and not that of its card."""
    return _HEADING.fullmatch(own_heading(heading)) is not None


def status_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading names the status of what the row is about."""
    return [column for column in columns if is_status_heading(headings[column])]


def remark_columns(
    headings: Sequence[str], columns: Iterable[int], headless: Collection[int] = frozenset()
) -> list[int]:
    """Return those of some columns whose heading is that of remarks, or which have none: written beside the table."""
    return [at for at in columns if at in headless or _REMARKS.fullmatch(own_heading(headings[at]))]


def amount_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading is that of money."""
    return [column for column in columns if _AMOUNT.fullmatch(without_remark(headings[column]))]


@lru_cache(maxsize=1 << 12)
def is_credit(text: str) -> bool:
    """Whether an amount is negative: a row of sales that bears one gives money back."""
    return _NEGATIVE.fullmatch(_amount(text)) is not None


def are_signed(texts: Iterable[str]) -> bool:
    """Whether a column of amounts has positive ones above all, so that a negative one says something."""
    written = [_amount(text) for text in texts]
    return bool(written) and 2 * sum(_POSITIVE.fullmatch(text) is not None for text in written) >= len(written)


def _amount(text: str) -> str:
    return normalize("NFKC", text.removeprefix(INEXACT_MARK)).replace(" ", "")


@lru_cache(maxsize=1 << 12)
def says_no_such_number(text: str) -> bool:
    """Whether a cell says that there is no such number, card or customer: nothing is listed then.

    >>> [says_no_such_number(cell) for cell in ("查无此号", "我司系统查无此号码", "No record found in our system.")]
    [True, True, True]
    >>> [says_no_such_number(cell) for cell in ("Not in Service", "无锡查询", "No 12 Data Ltd", "No Limits Ltd")]
    [False, False, False, False]
    """
    return any(map(_NO_SUCH_NUMBER.fullmatch, (text.strip(), without_remark(text))))


@lru_cache(maxsize=1 << 10)
def codes_of(heading: str) -> Mapping[str, str]:
    """Return the word of each code that a heading explains (状态(0存档、1已下单、3作废)); empty if it explains none."""
    codes = dict(_CODE.findall(to_simplified(normalize("NFKC", heading))))
    return codes if len(codes) >= _FEWEST else {}


@lru_cache(maxsize=1 << 10)
def flag_of(heading: str) -> tuple[str, frozenset[str]] | None:
    """Return what a column of yes and no is about, and the cells by which its row did not happen or came back.

    Digits count only where the heading asks (是否退货); else they are a number of goods. ``None`` for other columns.
    """
    bare = own_heading(heading)
    core = _ASKS.sub("", _ASKS.sub("", bare)).removeprefix("已")
    meaning = next((name for name in _FLAGS if core in flag_words(name)), None)
    if meaning is None and (core := _STATE.sub("", core)) in flag_words("undoes"):
        # Yes below it; any other word is that of a status
        meaning = "undoes"
    if meaning is None:
        return None
    words = flag_words("no" if meaning in ("affirms", "approves") else "yes")
    return meaning, words if core != bare else frozenset(word for word in words if not word.isdigit())


class RowCheck(NamedTuple):
    """A column whose text may say that its row is no record.

    ``reason_of`` gives the reason of the reject for rows of some kinds; :data:`TAKEN_BACK` where cards may have moved.
    It does not depend on which digits stand in texts that ``is_prose``. ``only`` is a pattern that is found in every
    text for which there is one.
    """

    column: int
    reason_of: Callable[[str, Collection[str]], str | None]
    is_prose: bool = False
    only: str | None = None


CUT: Final = "…"
"""Sign at the end of the beginning of a word or sentence that stands for all of it in an answer."""

_LONGEST_WORD: Final = 12
_BEGINNING: Final = 6


def short_word(word: str, others: Collection[str]) -> str:
    """Return a sentence as an answer names it: by its beginning, where no other one begins so.

    >>> short_word("3月2号拿的那张,连不上网,退回", ["补换"]), short_word("补换", [])
    ('3月2号拿的…', '补换')
    """
    start = word[:_BEGINNING]
    if len(word) <= _LONGEST_WORD or any(other != word and other.startswith(start) for other in others):
        return word
    return f"{start}{CUT}"


class ColumnWords:
    """Meanings of the words of the columns of one sheet, where a person's answers go before the table of words.

    ``used`` holds the answers that some word asked for.
    """

    def __init__(self, headings: Sequence[str], answers: Mapping[str, str]) -> None:
        self._codes = {column: codes for column, heading in enumerate(headings) if (codes := codes_of(heading))}
        self._of_bills = {column for column, heading in enumerate(headings) if is_status_of_bill(own_heading(heading))}
        whole = {word: meaning for word, meaning in answers.items() if not word.endswith(CUT)}
        self._answers = {fold_word(word): (word, meaning) for word, meaning in whole.items()}
        cut = [(word, meaning) for word, meaning in answers.items() if word not in whole and word != CUT]
        self._beginnings = {fold_word(word.removesuffix(CUT)): (word, meaning) for word, meaning in cut}
        self.used: dict[str, str] = {}

    @property
    def roots(self) -> tuple[str, ...]:
        """Texts one of which every word contains, where no heading explains codes."""
        return (*ROOTS, *self._answers, *self._beginnings)

    @property
    def tells_digits(self) -> bool:
        """Whether an answer or a heading is about words with digits."""
        return bool(self._codes) or any(re.search("[0-9]", word) for word in (*self._answers, *self._beginnings))

    def answered(self, column: int, text: str) -> str | None:
        """Return what a person says of the word of a cell; ``None`` where nobody does."""
        answer = self._answer(self.written(column, text))
        return DONE if answer == IGNORE else answer

    def has_codes(self, column: int) -> bool:
        """Whether the heading of a column explains its codes."""
        return column in self._codes

    def written(self, column: int, text: str) -> str:
        """Return the word of a cell, where the heading explains the codes of its column."""
        return self._codes.get(column, {}).get(text.strip(), text)

    def act(self, column: int, text: str) -> str | None:
        """Return what a cell says of its row."""
        answer = self.answered(column, text)
        if answer is None and column in self._of_bills and is_of_bill(text):
            return DONE
        return act_of(self.written(column, text)) if answer is None else answer

    def act_of_outcome(self, column: int, text: str, *, is_signed: bool = False) -> str | None:
        """Return what a cell below a heading of what became of its row says of that."""
        answer = self.answered(column, text)
        if answer is None and column in self._of_bills and is_of_bill(text):
            return DONE
        return act_of_outcome(self.written(column, text), is_signed=is_signed) if answer is None else answer

    def tells_outcome(self, column: int, text: str) -> bool:
        """Whether a cell is a word for what became of its row and not for the state of a card."""
        act = self.act(column, text)
        return (self.act_of_outcome(column, text) if act is None else act) in (*VOID, OPEN)

    def act_of_kind(self, column: int, text: str) -> str | None:
        """Return what a cell of a column of kinds says of its row; the state of a card says nothing there either."""
        written = self.written(column, text)
        if (answer := self._answer(written)) is not None:
            return DONE if answer == IGNORE else answer
        return act_of_kind(written)

    def decide(self, column: int, texts: Sequence[str]) -> bool:
        """Whether the cells of a column decide its rows: nine in ten are words, not of the states of cards alone.

        库存 is such a state, too.
        """
        acts = [self.act(column, text) for text in texts]
        says_more = any(act not in (None, STATE, "stock") for act in acts)
        return says_more and are_words(len(texts), len(acts) - acts.count(None))

    def _answer(self, written: str) -> str | None:
        if not (self._answers or self._beginnings):
            return None
        folded = fold_word(written)
        found = self._answers.get(folded)
        if found is None:
            found = next((said for start, said in self._beginnings.items() if folded.startswith(start)), None)
        if found is None:
            return None
        word, meaning = found
        self.used[word] = meaning
        return meaning


_OF_ENDS: Final = late("[起首始]/?[止尾末终讫](?:标[志识记]|号?码?)?|端点?")
_END: Final = {
    **dict.fromkeys(
        ("起", "始", "首", "头", "从", "自", "开始", "起始", "起号", "首号", "start", "first", "begin", "from"), "first"
    ),
    **dict.fromkeys(
        ("止", "末", "终", "尾", "到", "至", "结束", "终止", "截止", "止号", "尾号", "end", "last", "to", "thru"),
        "last",
    ),
}
_OF_NUMBERS: Final = frozenset({"card", "cards", "sim", "sims", "iccid", "iccids", "serial", "no", "nos", "number"}) | {
    *("serials", "numbers", "sr", "ser", "num", "id", "icc", "range", "series")
}


def tells_ends(heading: str) -> bool:
    """Whether a column says which end of a range the card of each row is (起止)."""
    return _OF_ENDS.fullmatch(heading) is not None


def end_of(text: str) -> str | None:
    """Return which end a cell of such a column says: ``first`` or ``last``; ``None`` for neither."""
    return _END.get(fold_word(text))


def end_in_heading(heading: str) -> str | None:
    """Return which end of a range a heading says, of numbers or alone (止, To, Card No. From); ``None`` for none.

    >>> [end_in_heading(heading) for heading in ("止", "止号（后5位）", "Card No. From", "序列号(止)", "串号")]
    ['last', 'last', 'first', 'last', None]
    """
    if (end := end_of(heading) or end_of(normalize_heading(heading))) is not None or not heading.isascii():
        found = None if end else _END_OF_SERIALS.fullmatch(normalize_heading(heading))
        return end if found is None else end_of(found["before"] or found["behind"])
    said = {end_of(word) for word in _words_of(heading) - _OF_NUMBERS}
    return said.pop() if len(said) == 1 else None


_END_OF: Final = late("(?P<of>.{2,})(?P<end>起始?|始|首|开始|止|终止?|末|尾|结束|截止)(?:号码?|值)?")


def ends_beside(names: Sequence[str], first: int, columns: Collection[int]) -> int | None:
    """Return which of some columns has the last number of the range whose first one a column has, by their headings.

    >>> ends_beside(["所属号段起", "卡号", "所属号段止"], 0, [0, 2])
    2
    """
    heads = {at: _END_OF.fullmatch(own_heading(names[at])) for at in {first, *columns}}
    begin = heads[first]
    if begin is None or end_of(begin["end"]) != "first":
        return None
    ends = (at for at, head in heads.items() if head and head["of"] == begin["of"] and end_of(head["end"]) == "last")
    return next(ends, None)


_END_OF_SERIALS: Final = pattern_of("row_status", "end_of_serials")
"""Headings of the ends of ranges of whatever has numbers."""


def names_numbers(heading: str) -> bool:
    """Whether an English heading is that of numbers of cards, or of any (Card No., Serial Nos)."""
    words = _words_of(heading) if heading.isascii() else set[str]()
    return bool(words) and words <= _OF_NUMBERS


def _words_of(heading: str) -> set[str]:
    return {*re.findall("[a-z]+", heading.casefold())}


def are_ends(texts: Iterable[str]) -> bool:
    """Whether the texts of a column say nothing but which end the card of a row is, and both occur."""
    return {*map(end_of, texts)} == {"first", "last"}


def are_words(filled: int, words: int) -> bool:
    """Whether enough of the filled cells of a column are words."""
    return filled >= _FEWEST and words >= _SHARE * filled


def reason_of_act(act: str | None, kinds: Collection[str], *, is_status: bool, is_decided: bool) -> str | None:
    """Return why a row is no record by what a cell says of it; ``None`` if the cell does not speak against it.

    - ``act``: what the cell says.
    - ``kinds``: what the rows of the sheet are about.
    - ``is_status``: whether the heading names a status: a return there is one of what the row states.
    - ``is_decided``: whether the words of the column decide its rows, so that a word that is unknown has to be asked
      about.
    """
    if act == BACK or (act == "return" and is_status):
        return TAKEN_BACK
    if act in VOID:
        return SAID_SO if act == NOTHING else "not_a_record"
    if act == OPEN or (act is None and is_decided):
        return "unknown_kind"
    is_moved = bool({*CUSTODY_KINDS} & {*kinds})
    return "kind_differs" if is_moved and act in CUSTODY_KINDS and (act == "return") != ("return" in kinds) else None


def reason_of_other(topic: str, act: str | None, text: str) -> str | None:
    """Return why a row of a sale is no record by a status that is not its own: of its return, its payment, its card.

    A return that was carried out takes the sale back, one that came to nothing is none; money that came back does too,
    while cards are sold before they are paid; the state of a card says nothing.
    """
    if topic == "return":
        is_done = act == "return" or (act == DONE and NO_RETURN.search(text) is None)
        if act == NOTHING:
            return OF_RETURN if RETURN_REFUSED.search(fold_word(text)) else SAID_SO
        return TAKEN_BACK if act == BACK or is_done else reason_of_open(act)
    if topic == "payment":
        return TAKEN_BACK if act == BACK else None
    return None


def reason_of_open(act: str | None) -> str | None:
    """Return why a row waits for an answer, by an act of which a person has to say what it means."""
    return "unknown_kind" if act == OPEN else None


def reason_of_flag(heading: str, text: str) -> str | None:
    """Return why a row is no record by a cell of a column of yes and no."""
    flag = flag_of(heading)
    if flag is None or fold_word(text) not in flag[1]:
        return None
    return SAID_SO if flag[0] in ("undoes", "affirms") else TAKEN_BACK


def reason_of_status(text: str, act: str | None) -> str | None:
    """Return why a row is no record by the cell of a status, which may be a sentence."""
    return SAID_SO if act is None and moved_nothing(text) else None


_LONGEST: Final = 4 * LONGEST_CELL
"""Bytes of the longest cell that may hold a word."""


class UndecidedColumns:
    """Counts of the words of some columns, block by block.

    - ``columns``: the columns of a sheet whose first rows do not decide.
    - ``words``: what their words say.
    - ``speaks_against``: whether what a cell of a column says speaks against its row.
    """

    def __init__(self, columns: Iterable[int], words: ColumnWords, speaks_against: Callable[[int, str], bool]) -> None:
        self._words = words
        self._speaks_against = speaks_against
        self._filled = dict.fromkeys(columns, 0)
        self._known = dict.fromkeys(self._filled, 0)
        self._against: dict[int, set[str]] = {column: set() for column in self._filled}
        self._roots = list(words.roots)

    def waiting(self, block: pl.DataFrame) -> pl.Series | None:
        """Count the words of a block, and return a mask of the rows that have to wait; ``None`` if there are none."""
        masks = []
        for column in self._filled:
            cells = block[str(column)]
            self._filled[column] += len(cells) - cells.null_count()
            against = self._count(column, self._candidates(column, cells))
            if against:
                masks.append(cells.is_in(against).fill_null(value=False))
        return reduce(operator.or_, masks) if masks else None

    def is_waiting(self, column: int, cell: str | None) -> bool:
        """Whether a cell is one whose row has to wait."""
        return cell is not None and cell in self._against[column]

    @property
    def columns(self) -> list[int]:
        """The columns that are counted."""
        return [*self._filled]

    def decided(self) -> list[int]:
        """Return the columns whose words decide, once all blocks were counted."""
        return [
            column
            for column, filled in self._filled.items()
            if self._against[column] and are_words(filled, self._known[column])
        ]

    def _candidates(self, column: int, cells: pl.Series) -> pl.Series:
        """Return the cells that may be words; most columns have none."""
        if cells.null_count() == len(cells):
            return cells.head(0)
        if self._words.has_codes(column):
            return cells.drop_nulls()
        short = cells.filter(cells.str.len_bytes() <= _LONGEST)
        may_be = short.str.contains_any(self._roots, ascii_case_insensitive=True)
        return short.filter(may_be | short.str.contains(has_traditional()))

    def _count(self, column: int, cells: pl.Series) -> list[str]:
        """Count the words among some cells and return those that speak against their row."""
        against = []
        for text, rows in cells.value_counts().iter_rows() if len(cells) else ():
            if self._words.act(column, text) is None:
                continue
            self._known[column] += rows
            if self._speaks_against(column, text):
                against.append(text)
        self._against[column].update(against)
        return against
