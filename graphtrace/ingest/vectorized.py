"""Clean rows column by column, so that a million of them takes about half a second.

Invariant: nothing is decided here. A row whose every filled field passes a check that is stricter than what
:mod:`~graphtrace.ingest.row_parser` accepts becomes the statement that row_parser.py would have made of it; every other
row is handed back untouched. What a check on characters cannot tell is told by the same functions as there, run on the
distinct texts only.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from graphtrace.frozen import frozen
from graphtrace.identifiers import is_persons_document, is_visibly_company, match_operator_name
from graphtrace.identifiers.nobody import identifies_nobody, is_no_identifier, key_of_cell, maybe_nobody
from graphtrace.identifiers.normalize import is_masked_name
from graphtrace.identifiers.operators import (
    MAYBE_AUTHORITY,
    MAYBE_OPERATOR,
    MAYBE_PARCEL_FIRM,
    is_authority,
    is_parcel_firm,
)
from graphtrace.identifiers.party_ids import is_of_person_or_firm
from graphtrace.ingest.column_values import (
    NUMBER_READERS,
    CardColumn,
    ends_in_zeros,
    fails_check_digit,
    parse_decimal_iccids,
    parse_hex_iccids,
    read_timestamps,
)
from graphtrace.ingest.dates_and_quantities import DAY_SECONDS, DayOrder, day_order, parse_date, with_time
from graphtrace.ingest.given_back import new_customer, returned_on, says_nothing
from graphtrace.ingest.goods_cells import are_other_goods
from graphtrace.ingest.record_schema import CATEGORICAL_COLUMNS, PRECISIONS, encoded_schema
from graphtrace.ingest.row_events import ONE_CARD_KINDS, ROLES
from graphtrace.ingest.row_parser import (
    CARRIERS_OWN,
    ENDS,
    LISTED_ALONE,
    NEVER_OF_AUTHORITIES,
    TEXTS,
    ColumnPlan,
    ParseFailure,
    RowParser,
    allows_ranges,
    parse_extra,
    parse_party_number,
)
from graphtrace.ingest.row_status import is_credit
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, find_texts
from graphtrace.ingest.totals import LONGEST_TOTAL, SPACED_WORD, TOTAL_ROOTS, is_total_cell, is_total_row
from graphtrace.model import CUSTODY_KINDS, KINDS, DateSpan, Kind

_OWN_KEY: Final = "^[\u4e00-\u9fffa-z0-9]+$"
"""Names that are their own key."""

_OWN_NUMBER: Final = "^(?:[0-9A-Z]{1,14}|[0-9A-Z]{16,})$"
"""Parties' numbers that are written as they are compared; those of 15 digits may be resident ids."""

_IDENTIFIER: Final = (
    "^[0-9A-Z]{5,}$",
    "0[2-8]|1[3-9]|2[04-9]|3[015-9]|4[0-26-9]|5[0-37-9]|6[0-489]|7[0-59]|8[0-6]|9[1-7]",
    "[^0]$|[^0].$|[^0]..$",
    "^(?:X{0,3}[^X])*X{0,3}$",
)
"""Patterns of parties' numbers that surely identify somebody: no word, no run, neither masked nor ending in zeros."""

_MAYBE_DOCUMENT: Final = "^[0-9]{15}$|^[0-9]{17}[0-9X]$|^[EG][0-9A-Z][0-9]{7}$"
"""Found in every number of a document that only natural persons have."""

_WIDE: Final = f"[\uff00-\uffef]|{SPACED_WORD}"
_TOTAL_ROOTS: Final = list(TOTAL_ROOTS)
_MAYBE_TOTAL: Final = r"^[^!-~\u4e00-\u9fff]|^[tT][^!-NP-np-~\u4e00-\u9fff]"
"""Found in every text that may be a total, if it holds no 计, and in few others."""

_UNMARKED: Final = f"^[^{INEXACT_MARK}]|^$"
_SAMPLE: Final = 1000
_FEW: Final = 4


class VectorizedParser:
    """Reads the clean rows of the blocks of one sheet, and remembers what it made of each text."""

    def __init__(self, rows: RowParser) -> None:
        self._rows = rows
        self.words: pl.DataType = pl.Categorical(pl.Categories.random())
        # polars forgets the categories of a type, and their numbers, with the last series of it
        self._anchor = pl.Series([], dtype=self.words)
        self._texts = _Texts(
            words=self.words,
            name_key=_Readings(self.words, _OWN_KEY, _party_key),
            party_number=_Readings(self.words, _OWN_NUMBER, _party_number),
            bare=_Readings(self.words, _UNMARKED, lambda text: text.removeprefix(INEXACT_MARK)),
            carrier=_Readings(self.words, None, lambda key: rows.carrier_words.key_of(key)),
            operator=_Readings(self.words, None, match_operator_name, only=MAYBE_OPERATOR),
            nobody=_Readings(self.words, None, _if(identifies_nobody), only=maybe_nobody()),
            no_customer=_Readings(self.words, None, _if(_is_no_customer), only=maybe_nobody()),
            no_side=_Readings(self.words, None, _if(_is_no_side), only=f"{MAYBE_AUTHORITY}|{MAYBE_PARCEL_FIRM}"),
            masked=_Readings(self.words, None, _if(is_masked_name), only=maybe_nobody()),
            identifier=_Readings(self.words, _IDENTIFIER, _identifier, only="[0-9]"),
            document=_Readings(self.words, None, _if(is_persons_document), only=_MAYBE_DOCUMENT),
            company=_Readings(self.words, None, _if(is_visibly_company)),
            days=_Days(),
            orders={},
        )

    @property
    def day_orders(self) -> Mapping[int, set[DayOrder]]:
        """By column of dates, the orders of day and month that dates with one reading have."""
        return self._texts.orders

    def days_of(self, block: pl.DataFrame, plan: ColumnPlan) -> pl.DataFrame:
        """Return the numbers of the rows of a block, with day and span by a plan where a date has one reading."""
        column = plan.columns.get("date")
        if column is None:
            return block.select(ROW, pl.lit(None, pl.Int64).alias("day"), pl.lit(None, pl.Int64).alias("span"))
        written = block[str(column)]
        read = self._texts.days.of(written.fill_null(""), uses_1904=plan.uses_1904)
        return block.select(ROW, read["day"], read["span"])

    def read(self, block: pl.DataFrame, waiting: pl.Series | None = None) -> tuple[list[pl.DataFrame], pl.DataFrame]:
        """Read the clean rows of a block, without those of a mask that have to wait.

        Returns packed statements, and the rows that have to be read one by one.
        """
        clean: list[pl.DataFrame] = []
        left_out: list[LeftOut] = []
        rest = [block.clear()]
        whole = block
        told: list[tuple[int, Callable[[str], object], bool, str | None]] = [
            (check.column, self._rows.may_speak_against(check), check.is_prose, check.only)
            for check in self._rows.checks
        ]
        told += [(column, are_other_goods, False, None) for column in self._rows.goods_columns]
        told += [(column, is_credit, False, None) for column in self._rows.credit_columns]
        if "registration" in self._rows.kinds:
            told += [(column, new_customer, True, None) for column in self._rows.remark_columns]
        if "transfer" in self._rows.kinds:
            told += [(column, returned_on, False, None) for column in self._rows.remark_columns]
        masks = [
            _find_totals(block),
            self._find_total_cells(block),
            *(
                find_texts(block[str(at)], says_so, are_digits_alike=is_prose, only=only)
                for at, says_so, is_prose, only in told
            ),
            self._find_undelivered(block),
            self._find_short(block),
            waiting,
        ]
        if found := [mask for mask in masks if mask is not None]:
            no_records = reduce(operator.or_, found)
            rest.append(block.filter(no_records))
            block = block.filter(~no_records)
        for plan, part in _by_plan(block, self._rows):
            unread = part
            if plan is not None and plan.kind is not None:
                for read_cards in (parse_decimal_iccids, parse_hex_iccids):
                    if unread.height:
                        reading = _Block(unread, plan, plan.kind, self._texts, read_cards)
                        statements, unread = reading.read()
                        clean.append(statements)
                        left_out += reading.left_out
            rest.append(unread)
        if self._rows.states_several:
            # a row is read as a whole by one of the two
            rows = pl.concat(rest)[ROW].unique()
            self._remark_left_out(
                (field, reason, found.filter(~pl.col(ROW).is_in(rows.implode()))) for field, reason, found in left_out
            )
            if len(rows):
                clean = [frame.filter(~pl.col(ROW).is_in(rows.implode())) for frame in clean if frame.height]
                return [frame for frame in clean if frame.height], whole.filter(pl.col(ROW).is_in(rows.implode()))
        else:
            self._remark_left_out(left_out)
        return [frame for frame in clean if frame.height], pl.concat(rest).sort(ROW)

    def _find_total_cells(self, block: pl.DataFrame) -> pl.Series | None:
        """Return a mask of the rows that name no card of their own and hold the word for a total."""
        columns = [pl.col(str(column)).is_null() for column in self._rows.card_columns]
        is_cardless = block.select(pl.all_horizontal(pl.lit(value=True), *columns)).to_series()
        if is_cardless.len() < block.height:
            is_cardless = pl.repeat(value=True, n=block.height, eager=True)
        masks = []
        for column in self._rows.total_columns if is_cardless.any() else ():
            cells = block[str(column)]
            short = cells.filter(is_cardless & (cells.str.len_bytes() <= 4 * LONGEST_TOTAL))
            is_likely = short.str.contains_any(_TOTAL_ROOTS, ascii_case_insensitive=True) | short.str.contains(_WIDE)
            if totals := [text for text in short.filter(is_likely).unique() if is_total_cell(text)]:
                masks.append(cells.is_in(totals).fill_null(value=False) & is_cardless)
        return reduce(operator.or_, masks) if masks else None

    def _find_short(self, block: pl.DataFrame) -> pl.Series | None:
        """Return a mask of the rows whose card lacks a digit."""
        short = pl.Series(sorted(self._rows.short_cards), dtype=pl.String)
        masks = [block[str(at)].is_in(short).fill_null(value=False) for at in self._rows.card_columns if len(short)]
        return reduce(operator.or_, masks) if masks else None

    def _find_undelivered(self, block: pl.DataFrame) -> pl.Series | None:
        """Return a mask of the rows that say how many cards were delivered, and not the number that they state."""
        if not self._rows.delivered_columns:
            return None
        plans = self._rows.plans()
        numbers = sorted({at for plan in plans if (at := plan.columns.get("quantity")) is not None})
        is_listed = _none_of(block) if any({*ENDS} & plan.columns.keys() for plan in plans) else ~_none_of(block)
        masks = []
        for column in self._rows.delivered_columns:
            cells = block[str(column)]
            same = [(cells == block[str(at)]).fill_null(value=False) for at in numbers]
            same.append((cells == "1").fill_null(value=False) & is_listed)
            masks.append(cells.is_not_null() & ~reduce(operator.or_, same))
        return reduce(operator.or_, masks)

    def _remark_left_out(self, left_out: Iterable[LeftOut]) -> None:
        for field, reason, found in left_out:
            if found.height:
                self._rows.remark_left_out(field, reason, found)


def _none_of(block: pl.DataFrame) -> pl.Series:
    return pl.repeat(value=False, n=block.height, eager=True)


def _find_totals(block: pl.DataFrame) -> pl.Series | None:
    """Return a mask of the rows that begin with the word for a total; ``None`` if there are none."""
    first, *others = (block[column] for column in block.columns if column != ROW)
    for other in others:
        if not first.null_count():
            break
        first = first.zip_with(first.is_not_null(), other)
    if _has_few_distinct(first):
        candidates = first.unique()
    elif _begins_with_digit(first):
        return None
    else:
        candidates = first
    candidates = candidates.filter(candidates.str.contains("[计共]") | candidates.str.contains(_MAYBE_TOTAL)).unique()
    totals = [text for text in candidates if is_total_row(text)]
    return first.is_in(totals) if totals else None


def _begins_with_digit(texts: pl.Series) -> bool:
    least, most = texts.min(), texts.max()
    return isinstance(least, str) and isinstance(most, str) and least >= "0" and most < ":"


def _by_plan(block: pl.DataFrame, rows: RowParser) -> Iterator[tuple[ColumnPlan | None, pl.DataFrame]]:
    """Yield the plans by which rows are read and the rows that each is for; ``None`` for rows that no plan reads."""
    if rows.kind_column is not None:
        cells = block[str(rows.kind_column)]
        for cell in cells.unique():
            plan = rows.plan_of_kind_cell(cell)
            yield None if plan.kind is None else plan, block.filter(cells.eq_missing(cell))
        return
    if not (rows.events or rows.card_list_only):
        yield rows.plan(rows.kind), block
        return
    states_any = pl.repeat(value=False, n=block.height, eager=True)
    for plan, date, marks, _, beside in rows.events:
        if marks:
            # what came back of a sale is told together with it
            found = [find_texts(block[str(at)], lambda text: not says_nothing(text)) for at in marks]
            yield (
                None,
                block.filter(reduce(operator.or_, (mask for mask in found if mask is not None), _none_of(block))),
            )
            continue
        states = pl.repeat(value=date is None, n=block.height, eager=True)
        for column in () if date is None else (date, *beside):
            states = states | block[str(column)].is_not_null()
        states_any = states_any | states
        yield plan, block if date is None else block.filter(states)
    if rows.card_list_only is not None:
        is_listed = _is_filled(block, rows.card_list_only, LISTED_ALONE) if rows.events else ~states_any
        yield rows.card_list_only, block.filter(~states_any & is_listed)
        if rows.events:
            yield None, block.filter(~states_any & ~is_listed)
        if rows.card_list_too is not None:
            yield (
                rows.card_list_too,
                block.filter(states_any & _is_filled(block, rows.card_list_too, rows.listed_beside)),
            )
    else:
        yield None, block.filter(~states_any)


def _is_filled(block: pl.DataFrame, plan: ColumnPlan, fields: Sequence[str]) -> pl.Series:
    has = pl.repeat(value=any(field in plan.literals for field in fields), n=block.height, eager=True)
    for field in fields:
        if field in plan.columns:
            has = has | block[str(plan.columns[field])].is_not_null()
    return has


LeftOut = tuple[str, str, pl.DataFrame]
"""A field, why its cell is left out, and the rows with their cells."""


class _Readings:
    """Cached results of a function over texts; it is called once for each different text.

    - ``words``: the categorical type of the texts and of the results.
    - ``own``: pattern, or several, of texts that are their own result; ``None`` for no such texts.
    - ``read``: function for the other texts; its result ``None`` becomes null.
    - ``only``: a text that does not contain this has the result null, without a call.
    """

    def __init__(
        self,
        words: pl.DataType,
        own: str | tuple[str, ...] | None,
        read: Callable[[str], str | None],
        *,
        only: str | None = None,
    ) -> None:
        self._words, self._read, self._only = words, read, only
        self._own = (own,) if isinstance(own, str) else own
        self._read_as = pl.Series([], dtype=pl.UInt32)
        self._is_all_own = own is not None

    def of(self, texts: pl.Series) -> pl.Series:
        """Return the result for each text of a categorical series; null for none."""
        codes = texts.to_physical()
        self._learn(codes)
        return texts if self._is_all_own else self._read_as.gather(codes).cat.to(self._words)

    def find(self, texts: pl.Series) -> pl.Series | None:
        """Return a mask of the texts of a categorical series that have a result; ``None`` if no text has one."""
        codes = texts.to_physical()
        self._learn(codes)
        if self._read_as.null_count() == len(self._read_as):
            return None
        return self._read_as.is_not_null().gather(codes).fill_null(value=False)

    def _learn(self, codes: pl.Series) -> None:
        most, known = codes.max(), len(self._read_as)
        if most is None or int(str(most)) < known:
            return
        fresh = pl.Series(range(known, int(str(most)) + 1), dtype=pl.UInt32)
        texts = fresh.cat.to(self._words).cast(pl.String)
        is_own = reduce(operator.and_, map(texts.str.contains, self._own)) if self._own else texts.is_null()
        others = texts.filter(~is_own & texts.str.contains(self._only)) if self._only else texts.filter(~is_own)
        read_as = fresh.zip_with(is_own, pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(fresh)))
        if len(others):
            read = pl.Series([self._read(text) for text in others], dtype=pl.String).cast(self._words).to_physical()
            places = (~is_own & texts.str.contains(self._only) if self._only else ~is_own).arg_true()
            read_as = read_as.scatter(places, read)
        self._is_all_own = self._is_all_own and bool(is_own.all())
        self._read_as = self._read_as.append(read_as)


class _Days:
    """Cached results of :func:`parse_date`, which is called once for each different text."""

    def __init__(self) -> None:
        self._type: pl.DataType = pl.Categorical(pl.Categories.random())
        self._anchor = pl.Series([], dtype=self._type)
        self._read: dict[bool, pl.DataFrame] = {}

    def of(self, texts: pl.Series, *, uses_1904: bool) -> pl.DataFrame:
        """Return day, span and second of each text; the day is null where it is no date."""
        codes = texts.cast(self._type).to_physical()
        read = self._read.get(uses_1904, pl.DataFrame(schema=_DAY_SCHEMA))
        most = codes.max()
        if most is not None and int(str(most)) >= read.height:
            fresh = pl.Series(range(read.height, int(str(most)) + 1), dtype=pl.UInt32).cat.to(self._type)
            written = fresh.cast(pl.String).to_list()
            dates = [parse_date(text, uses_1904=uses_1904) for text in written]
            days = [
                (date.earliest, date.latest - date.earliest, date.second_of_day, _ORDERS[day_order(text)])
                if isinstance(date, DateSpan)
                else (None, None, None, 0)
                for text, date in zip(written, dates, strict=True)
            ]
            read = self._read[uses_1904] = read.vstack(pl.DataFrame(days, schema=_DAY_SCHEMA, orient="row"))
        return read.select(pl.all().gather(codes))


@frozen(kw_only=False)
class _Texts:
    """Cached readings of the texts of a sheet."""

    words: pl.DataType
    name_key: _Readings
    party_number: _Readings
    bare: _Readings
    carrier: _Readings
    operator: _Readings
    nobody: _Readings
    no_customer: _Readings
    no_side: _Readings
    masked: _Readings
    identifier: _Readings
    document: _Readings
    company: _Readings
    days: _Days
    orders: dict[int, set[DayOrder]]


CardReader = Callable[[pl.Series], CardColumn]


class _Block:
    """Builds, field by field, the packed columns of the statements and the conditions under which they hold.

    All rows are of one kind. A condition that is null does not hold.
    """

    def __init__(
        self, block: pl.DataFrame, plan: ColumnPlan, kind: Kind, texts: _Texts, read_cards: CardReader
    ) -> None:
        self._block = block
        self._cells = {field: block[str(column)] for field, column in plan.columns.items()}
        self._cells |= {
            field: pl.repeat(text, block.height, dtype=pl.String, eager=True) for field, text in plan.literals.items()
        }
        self._plan = plan
        self._kind: Kind = kind
        self._texts = texts
        self._read_cards = read_cards
        self._conditions: list[pl.Series] = []
        self._blanked: dict[tuple[str, str], pl.Series] = {}
        self.left_out: list[LeftOut] = []
        """Fields whose cell was left out in some of the clean rows."""
        self._columns: dict[str, pl.Series | pl.Expr] = {
            ROW: block[ROW],
            "kind": pl.lit(KINDS.index(kind), pl.UInt8),
            "second": pl.lit(-1, pl.Int32),
        }

    def read(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the statements of the clean rows, and the other rows as they were."""
        self._read_numbers()
        self._combine_cards()
        self._read_date()
        self._read_parties()
        self._read_texts()
        self._read_extra()
        is_clean = pl.select(pl.all_horizontal(self._conditions).fill_null(value=False)).to_series()
        self.left_out = [
            (field, why, pl.DataFrame({ROW: self._block[ROW], "cell": self._cells[field]}).filter(is_clean & is_out))
            for (field, why), is_out in self._blanked.items()
        ]
        types = encoded_schema(self._texts.words)
        clean = pl.select(
            (column if isinstance(column, pl.Expr) else pl.lit(column)).cast(types[name]).alias(name)
            for name, column in self._columns.items()
        )
        rest = self._block.clear()
        if not is_clean.all():
            clean, rest = clean.filter(is_clean), self._block.filter(~is_clean)
        return clean.select(column.name for column in clean if column.null_count() < clean.height), rest

    def _has(self, *fields: str) -> pl.Series:
        """Whether one of the fields is filled."""
        has = pl.repeat(value=False, n=self._block.height, eager=True)
        for field in fields:
            if field in self._cells:
                has = has | self._cells[field].is_not_null()
        return has

    def _read_numbers(self) -> None:
        """Parse numbers and counts, each by itself."""
        for field, read in NUMBER_READERS.items():
            if field in self._cells:
                number = self._columns[field] = read(self._cells[field])
                self._conditions.append(self._cells[field].is_null() | number.is_not_null())
                if field == "imei":
                    self._columns["imei_size"] = self._cells[field].str.len_bytes().cast(pl.UInt8)

    def _combine_cards(self) -> None:
        """Put together what cards, ranges and quantities say."""
        names_cards = ("iccid", *ENDS) if allows_ranges(self._kind) else ("iccid",)
        cards = {field: self._read_cards(self._cells[field]) for field in names_cards if field in self._cells}
        for field, parts in cards.items():
            self._conditions.append(self._cells[field].is_null() | parts.first.is_not_null())
            if parts.check_char is not None:
                self._conditions.append(~fails_check_digit(parts.head, parts.first, parts.check_char))
        self._conditions.append(self._has(*_NAMED_BY[self._kind]))
        if self._kind == "stock" and isinstance(stock := self._columns.get("stock"), pl.Series):
            # beside a stock of nought the cards of a row are not there
            self._conditions.append((stock != 0).fill_null(value=True) | ~self._has(*names_cards, "quantity"))
        is_listed, is_range = self._has("iccid"), self._has()
        count_of_cards = pl.repeat(1, self._block.height, dtype=pl.Int64, eager=True)
        if "iccid" in cards:
            self._conditions.append(~ends_in_zeros(self._cells["iccid"], cards["iccid"], 4))
            self._set_cards(cards["iccid"], cards["iccid"].first)
        if {*ENDS} <= {*cards}:
            first, last = (cards[end] for end in ENDS)
            is_range = self._has(*ENDS)
            self._conditions.append(~is_range | (~is_listed & self._is_range(first, last)))
            count_of_cards = count_of_cards.zip_with(~is_range, last.first - first.first + 1)
            if is_listed.any():
                listed = cards["iccid"]
                first, last = (_beside(listed, end) for end in (first, last))
                self._set_cards(first._replace(check_char=listed.check_char), last.first)
            else:
                self._set_cards(first._replace(check_char=None), last.first)
        else:
            self._conditions += [self._cells[end].is_null() for end in ENDS if end in cards]
        if is_listed.all():
            precision: pl.Expr = pl.lit(PRECISIONS.index("listed"), pl.UInt8)
        else:
            precision = pl.when(pl.lit(is_listed)).then(0).when(pl.lit(is_range)).then(1)
        if "quantity" in self._cells:
            count = self._columns["quantity"]
            assert isinstance(count, pl.Series)
            if allows_ranges(self._kind):
                if not is_listed.all():
                    precision = (
                        pl.when(pl.lit(is_listed)).then(0).when(pl.lit(is_range)).then(1)
                        .when(pl.lit(count.is_not_null())).then(2)
                    )  # fmt: skip
                agrees = (count == count_of_cards).zip_with(is_listed | is_range, count >= 1)
            else:
                agrees = count == 1
            self._conditions.append(count.is_null() | agrees)
        self._columns["precision"] = pl.select(precision).to_series() if not is_listed.all() else precision

    def _set_cards(self, cards: CardColumn, last: pl.Series) -> None:
        if any(end.null_count() == len(end) for end in (cards.first, last)):
            return  # no row has both ends
        self._columns |= {"first": cards.first, "last": last}
        for name, part in (("head", cards.head), ("size", cards.size)):
            filled = part if isinstance(part, pl.Series) else pl.lit(part)
            if isinstance(filled, pl.Expr) and cards.first.null_count():
                filled = pl.select(pl.when(pl.lit(cards.first.is_not_null())).then(filled)).to_series()
            self._columns[name] = filled
        if cards.check_char is not None:
            self._columns["check_char"] = cards.check_char

    def _is_range(self, first: CardColumn, last: CardColumn) -> pl.Series:
        """Whether both ends are there and surely make a range that no rule on damaged numbers touches."""
        texts = [self._cells[end] for end in ENDS]
        may_be_damaged = (
            ends_in_zeros(texts[0], first, 5)
            | ends_in_zeros(texts[1], last, 5)
            | (ends_in_zeros(texts[0], first, 4) & ends_in_zeros(texts[1], last, 4))
        )
        return first.shares_head(last) & (first.first <= last.first) & ~may_be_damaged

    def _with_times(self, dates: pl.Series, times: pl.Series) -> pl.Series:
        """Return the dates with the times of day that another column states."""
        pairs = zip(dates, times, strict=True)
        both = pl.Series([date and with_time(date, time) for date, time in pairs], dtype=pl.String)
        self._conditions.append(times.is_null() | (both != dates))
        return both

    def _read_date(self) -> None:
        """Use the time stamps, and read every other writing by its distinct texts."""
        if self._kind not in ("card_list", "registration"):
            self._conditions.append(self._has("date", "case_no") if self._kind == "seizure" else self._has("date"))
        if "date" not in self._cells:
            return
        texts = self._cells["date"]
        if "time" in self._cells:
            texts = self._with_times(texts, self._cells["time"])
        seconds = read_timestamps(texts)
        if seconds is not None and not seconds.null_count():
            day = seconds // DAY_SECONDS
            self._columns |= {"day": day, "second": seconds - day * DAY_SECONDS}
            self._columns["span"] = pl.lit(0, pl.UInt8)
            return
        days = self._texts.days.of(texts, uses_1904=self._plan.uses_1904)
        if days["order"].max():
            seen = self._texts.orders.setdefault(self._plan.columns.get("date", -1), set())
            seen |= {name for name, number in _ORDERS.items() if name and (days["order"] == number).any()}
        if seconds is not None:
            is_stamp, day = seconds.is_not_null(), seconds // DAY_SECONDS
            found = {"day": day, "second": seconds - day * DAY_SECONDS, "span": pl.zeros(len(day), eager=True)}
            days = days.with_columns(
                found[name].cast(days[name].dtype).zip_with(is_stamp, days[name]).alias(name) for name in found
            )
        self._columns |= {"day": days["day"], "span": days["span"], "second": days["second"].fill_null(-1)}
        self._conditions.append(texts.is_null() | days["day"].is_not_null())
        if self._plan.needs_time:
            self._conditions.append(days["second"] >= 0)

    def _read_parties(self) -> None:
        """Read names and numbers of both sides; of what is not its own key, by its distinct texts."""
        if "carrier" in self._cells:
            self._read_name("carrier", "carrier")
            if "carrier" not in self._plan.literals:
                self._settle_carrier()
        for role in ROLES[self._kind]:
            known = [pl.repeat(value=False, n=self._block.height, eager=True)]
            if role.name in self._cells:
                known.append(self._read_name(role.side, role.name))
            if role.number in self._cells:
                known.append(self._read_party_number(role.side, role.number))
            if self._plan.requires(role):
                self._conditions.append(reduce(operator.or_, known))
        if self._kind in CARRIERS_OWN and "carrier" in self._cells:
            self._columns["sender_key"] = self._columns["carrier_key"]
        if self._kind in CUSTODY_KINDS:
            self._exclude_self_transfers()

    def _settle_carrier(self) -> None:
        """Keep what stands in a column of carriers only where it is a carrier; other rows of purchases are asked."""
        key, names = self._columns["carrier_key"], self._columns["carrier_name"]
        assert isinstance(key, pl.Series)
        assert isinstance(names, pl.Series)
        self._columns["carrier_key"] = meant = self._texts.carrier.of(key)
        is_unknown = key.is_not_null() & meant.is_null()
        if self._kind in CARRIERS_OWN:
            self._conditions.append(~is_unknown)
        elif is_unknown.any():
            self._columns["carrier_name"] = _blank(names, is_unknown)
            self._blanked["carrier", "unknown_carrier"] = is_unknown

    def _read_name(self, side: str, field: str) -> pl.Series:
        """Read the names of a side without those that identify nobody; return where there is one."""
        names = self._cells[field].cast(self._texts.words)
        key = self._texts.name_key.of(names)
        self._conditions.append(names.is_null() | key.is_not_null())
        is_nobody = (self._texts.no_customer if field == "enterprise" else self._texts.nobody).find(key)
        if is_nobody is not None:
            is_masked = self._texts.masked.find(key)
            if is_masked is not None:
                self._blanked[field, "hidden_name"] = is_masked
            self._blanked[field, "names_nobody"] = is_nobody if is_masked is None else is_nobody & ~is_masked
            key, names = _blank(key, is_nobody), _blank(names, is_nobody)
        if self._kind in NEVER_OF_AUTHORITIES and (is_no_side := self._texts.no_side.find(key)) is not None:
            self._conditions.append(~is_no_side)
        self._columns |= {f"{side}_key": key, f"{side}_name": names}
        return key.is_not_null()

    def _read_party_number(self, side: str, field: str) -> pl.Series:
        """Read the numbers of a side without those that identify nobody; return where there is one."""
        texts = self._cells[field]
        number = self._texts.party_number.of(texts.cast(self._texts.words))
        self._conditions.append(texts.is_null() | number.is_not_null())
        identifier = self._texts.identifier.of(number)
        is_none = number.is_not_null() & identifier.is_null()
        if is_none.any():
            self._blanked[field, "no_identifier"] = is_none
        key, is_persons = self._columns.get(f"{side}_key"), self._texts.document.find(identifier)
        is_company = self._texts.company.find(key) if is_persons is not None and isinstance(key, pl.Series) else None
        if is_persons is not None and is_company is not None and (is_anothers := is_persons & is_company).any():
            self._blanked[field, "id_of_person"] = is_anothers
            identifier = _blank(identifier, is_anothers)
        self._columns[f"{side}_id"] = identifier
        return identifier.is_not_null()

    def _exclude_self_transfers(self) -> None:
        for part in ("id", "key"):
            sender, receiver = self._columns.get(f"sender_{part}"), self._columns.get(f"receiver_{part}")
            if isinstance(sender, pl.Series) and isinstance(receiver, pl.Series):
                self._conditions.append((sender.to_physical() != receiver.to_physical()).fill_null(value=True))
        sides = ("receiver_key",) if self._kind in ("purchase", "registration") else ("sender_key", "receiver_key")
        keys = [key for side in sides if isinstance(key := self._columns.get(side), pl.Series)]
        if len(keys) == len(sides):
            found = [self._texts.operator.find(key) for key in keys]
            are_operators = [mask for mask in found if mask is not None]
            if len(are_operators) == len(keys):
                self._conditions.append(~reduce(operator.and_, are_operators))

    def _read_texts(self) -> None:
        for field in TEXTS:
            if field in self._cells:
                texts = self._cells[field]
                if field in CATEGORICAL_COLUMNS:
                    self._columns[field] = self._texts.bare.of(texts.cast(self._texts.words))
                elif texts.str.starts_with(INEXACT_MARK).any():
                    self._columns[field] = texts.str.strip_prefix(INEXACT_MARK)
                else:
                    self._columns[field] = texts

    def _read_extra(self) -> None:
        """Read what the kind has no column for, once for each combination of texts."""
        fields = [field for field in self._plan.extra if self._cells[field].null_count() < self._block.height]
        if not fields:
            return
        cells = pl.DataFrame([self._cells[field].alias(field) for field in fields])
        rows = []
        for texts in cells.unique().iter_rows():
            extra, left_out = parse_extra({field: text for field, text in zip(fields, texts, strict=True) if text})
            rows.append((*texts, extra, not left_out))
        schema = {**dict.fromkeys(fields, pl.String), "extra": pl.String, "extra.ok": pl.Boolean}
        said = cells.join(
            pl.DataFrame(rows, schema=schema, orient="row"),
            on=fields, how="left", nulls_equal=True, maintain_order="left",
        )  # fmt: skip
        self._columns["extra"] = said["extra"]
        self._conditions.append(said["extra.ok"])


def _beside(listed: CardColumn, end: CardColumn) -> CardColumn:
    """Return the cards of a column of listed ones, and where there is none, those of an end of a range."""
    is_listed = listed.first.is_not_null()

    def either(one: str | int | pl.Series, other: str | int | pl.Series) -> str | int | pl.Series:
        if not isinstance(one, pl.Series) and not isinstance(other, pl.Series) and one == other:
            return one
        return listed.series_of(one).zip_with(is_listed, end.series_of(other))

    head, size = either(listed.head, end.head), either(listed.size, end.size)
    assert not isinstance(head, int)
    assert not isinstance(size, str)
    return CardColumn(head, size, listed.first.zip_with(is_listed, end.first), None)


_NAMED_BY: Final[dict[Kind, tuple[str, ...]]] = {
    **dict.fromkeys(CUSTODY_KINDS, ("iccid", "iccid_first", "quantity")),
    "stock": ("iccid", "iccid_first", "quantity", "stock", "sold"),
    **dict.fromkeys(ONE_CARD_KINDS, ("iccid", "msisdn", "imsi")),
}
"""Fields one of which names the cards or stands in for them."""

_DAY_SCHEMA: Final = {"day": pl.Int64, "span": pl.Int64, "second": pl.Int64, "order": pl.Int8}
_ORDERS: Final[Mapping[DayOrder | None, int]] = {None: 0, "day_first": 1, "month_first": 2}


def _blank(words: pl.Series, is_out: pl.Series) -> pl.Series:
    """Return a categorical series with null in some rows."""
    return words.to_physical().set(is_out, None).cat.to(words.dtype)


def _party_number(text: str) -> str | None:
    read = parse_party_number(text)
    return None if isinstance(read, ParseFailure) or (read and is_of_person_or_firm(read)) else read


def _identifier(number: str) -> str | None:
    return None if is_no_identifier(number) else number


def _is_no_customer(key: str) -> bool:
    return identifies_nobody(key, is_customer=True)


def _is_no_side(key: str) -> bool:
    return is_authority(key) or is_parcel_firm(key)


def _if(holds: Callable[[str], bool]) -> Callable[[str], str | None]:
    """Return a function that returns a text for which something holds, else ``None``."""
    return lambda text: text if holds(text) else None


def _party_key(text: str) -> str | None:
    return None if text.startswith(INEXACT_MARK) else key_of_cell(text) or None


def _has_few_distinct(texts: pl.Series) -> bool:
    sample = texts.head(_SAMPLE)
    return sample.n_unique() * _FEW < len(sample)
