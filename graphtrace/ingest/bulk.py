"""Clean rows column by column, so that a million of them takes about half a second.

Invariant: nothing is decided here. A row whose every filled field passes a check that is stricter than what
:mod:`~graphtrace.ingest.rows` accepts becomes the statement that rows.py would have made of it; every other row is
handed back untouched. What a check on characters cannot tell is told by the same functions as there, run on the
distinct texts only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import polars as pl

from graphtrace.identifiers import normalise_party_name, operator_of_name
from graphtrace.ingest.rows import (
    ENDS,
    ROLES,
    TEXTS,
    Plan,
    RowReader,
    Unreadable,
    has_ranges,
    is_total,
    read_extra,
    read_party_number,
)
from graphtrace.ingest.sheet import INEXACT, ROW
from graphtrace.ingest.statements import STATEMENTS
from graphtrace.ingest.values import DAY_SECONDS, EARLIEST, LATEST, parse_date
from graphtrace.model import MOVES, Kind, When

_CHECKED_ISSUERS: Final = (898601, 898603, 898606, 898609, 898611, 898615)
_MOBILE_ISSUERS: Final = (898600, 898602, 898604, 898607, 898608)
_MOBILE_ISSUER_ENDS: Final = ("00", "02", "04", "07", "08")
_DIGITS: Final = "0123456789"

_NUMBER: Final = "^8986(?:(?:00|02|04|07|08)[0-9A-F]{14}|(?:01|03|06|09|11|15)[0-9]{13}[0-9A-EG-Z]?)$"
"""Numbers of the four in which letters are where they may be; an F in the 20th place may be padding."""

_TIMESTAMP: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
_TIMESTAMP_SIZE: Final = 19
_OWN_KEY: Final = "^[\u4e00-\u9fffa-z0-9]+$"
"""Names that are their own key."""

_OWN_NUMBER: Final = "^[0-9A-Z]+$"
"""Parties' numbers that are written as they are compared."""

_MAYBE_OPERATOR: Final = r"移动|联通|联合网络通信|电信|广电|mobile|unicom|telecom|broadnet|[-_\u2010-\u2015]"
"""Found in every key that may be an operator's name: those with a dash are left to be looked at."""

_MAYBE_TOTAL: Final = r"^[^!-~\u4e00-\u9fff]|^[tT][^!-NP-np-~\u4e00-\u9fff]"
"""Found in every text that may be a total, if it holds no 计, and in few others."""

_MOST_COUNT_DIGITS: Final = 18
_SAMPLE: Final = 1000
_FEW: Final = 4

CardReader = Callable[[pl.LazyFrame, str], pl.LazyFrame]
"""Adds to a frame the parts of a field's card numbers, as ``FIELD.head`` and so on; ``first`` is null for no number."""


def read_clean(block: pl.DataFrame, rows: RowReader) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Read the clean rows of a block.

    Returns
    -------
    list of DataFrame, DataFrame
        Statements, and the rows that have to be read one by one.
    """
    clean: list[pl.DataFrame] = []
    rest: list[pl.DataFrame] = []
    is_total_row = _find_totals(block)
    if is_total_row.any():
        rest.append(block.filter(is_total_row))
        block = block.filter(~is_total_row)
    for kind, part in _by_kind(block, rows):
        unread = part
        if kind is not None:
            for read_card in (_decimal_card, _lettered_card):
                if unread.height:
                    statements, unread = _CleanRows(unread, rows.plan(kind), kind, read_card).read()
                    clean.append(statements)
        rest.append(unread)
    return [frame for frame in clean if frame.height], pl.concat(rest).sort(ROW)


def _find_totals(block: pl.DataFrame) -> pl.Series:
    """Which rows begin with the word for a total."""
    first, *others = (block[column] for column in block.columns if column != ROW)
    for other in others:
        if not first.null_count():
            break
        first = first.zip_with(first.is_not_null(), other)
    candidates = first.filter(first.str.contains("计", literal=True) | first.str.contains(_MAYBE_TOTAL)).unique()
    totals = [text for text in candidates if is_total(text)]
    return first.is_in(totals)


def _by_kind(block: pl.DataFrame, rows: RowReader) -> Iterator[tuple[Kind | None, pl.DataFrame]]:
    if rows.kind_column is None:
        yield rows.kind, block
        return
    cells = block[str(rows.kind_column)]
    words: dict[Kind | None, list[str | None]] = {}
    for cell in cells.unique():
        words.setdefault(rows.kind_of(cell), []).append(cell)
    for kind, said in words.items():
        yield kind, block.filter(cells.is_in(said, nulls_equal=True))


class _CleanRows:
    """Builds, field by field, the columns of the statements and the conditions under which they hold.

    All rows are of one kind. A condition that is null does not hold.
    """

    def __init__(self, block: pl.DataFrame, plan: Plan, kind: Kind, read_card: CardReader) -> None:
        fields = {field: pl.col(str(column)) for field, column in plan.columns.items()}
        fields |= {field: pl.lit(text, pl.String) for field, text in plan.literals.items()}
        self._block = block
        self._frame = block.select(ROW, **fields)
        self._plan = plan
        self._fields = plan.fields
        self._kind: Kind = kind
        self._read_card = read_card
        self._conditions: list[pl.Expr] = []
        self._columns: dict[str, pl.Expr] = {ROW: pl.col(ROW), "kind": pl.lit(kind)}

    def read(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Statements of the clean rows, and the other rows as they were."""
        self._parse()
        self._combine_cards()
        self._read_date()
        self._read_parties()
        self._read_texts()
        self._read_extra()
        is_clean = self._frame.select(pl.all_horizontal(self._conditions).fill_null(False)).to_series()
        frame, rest = self._frame, self._block.clear()
        if not is_clean.all():
            frame, rest = frame.filter(is_clean), self._block.filter(~is_clean)
        columns = (self._columns.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in STATEMENTS.items())
        return frame.select(columns), rest

    def _has(self, *fields: str) -> pl.Expr:
        """Whether one of the fields is filled."""
        served = [pl.col(field).is_not_null() for field in fields if field in self._fields]
        return pl.any_horizontal(served) if served else pl.lit(False)

    def _parse(self) -> None:
        """Parse cards, numbers, counts and time stamps, each by itself, in one parallel pass over the frame."""
        parsed = {field + ".read": _NUMBERS[field](pl.col(field)) for field in _NUMBERS if field in self._fields}
        if "date" in self._fields:
            parsed["date.seconds"] = _timestamp(self._frame["date"])
        frame = self._frame.lazy().with_columns(**parsed)
        for field in self._card_fields:
            frame = self._read_card(frame, field)
        self._frame = frame.collect()
        for field in _NUMBERS:
            if field in self._fields:
                self._columns[field] = pl.col(field + ".read")
                self._conditions.append(pl.col(field).is_null() | pl.col(field + ".read").is_not_null())
        for field in self._card_fields:
            self._conditions.append(pl.col(field).is_null() | pl.col(field + ".first").is_not_null())

    @property
    def _card_fields(self) -> list[str]:
        names_cards = ("iccid", *ENDS) if has_ranges(self._kind) else ("iccid",)
        return [field for field in names_cards if field in self._fields]

    def _combine_cards(self) -> None:
        """Put together what cards, ranges and quantities say."""
        served = self._card_fields
        self._conditions.append(self._has(*_NAMED_BY[self._kind]))
        is_listed, is_range = self._has("iccid"), pl.lit(False)
        if "iccid" in served:
            self._conditions.append(~_ends_in_zeros("iccid", 4).fill_null(False))
            self._columns |= {part: pl.col(f"iccid.{part}") for part in ("head", "size", "first", "tail")}
            self._columns["last"] = pl.col("iccid.first")
        if {*ENDS} <= {*served}:
            is_range = self._has(*ENDS)
            self._conditions.append(~is_range | (~is_listed & _is_range()))
            for part, end in _RANGE_COLUMNS.items():
                self._columns[part] = pl.coalesce(self._columns.get(part, pl.lit(None)), pl.col(end))
        else:
            self._conditions += [pl.col(end).is_null() for end in ENDS if end in served]
        precision = pl.when(is_listed).then(pl.lit("listed")).when(is_range).then(pl.lit("range"))
        if "quantity" in self._fields:
            count = pl.col("quantity.read")
            if has_ranges(self._kind):
                cards = self._columns["last"] - self._columns["first"] + 1 if "last" in self._columns else pl.lit(None)
                precision = precision.when(count.is_not_null()).then(pl.lit("quantity"))
                agrees = pl.when(is_listed | is_range).then(count == cards).otherwise(count >= 1)
            else:
                agrees = count == 1
            self._conditions.append(count.is_null() | agrees)
        self._columns["precision"] = precision

    def _read_date(self) -> None:
        """Use the time stamps, and read every other writing by its distinct texts."""
        self._conditions.append(self._has("date", "case_no") if self._kind == "seizure" else self._has("date"))
        if "date" not in self._fields:
            return
        seconds = pl.col("date.seconds")
        day = seconds // DAY_SECONDS
        self._columns |= {"first_day": day, "last_day": day, "second": seconds % DAY_SECONDS}
        others = self._frame["date"].filter(self._frame["date.seconds"].is_null()).drop_nulls().unique()
        if len(others):
            read = [(text, parse_date(text, uses_1904=self._plan.uses_1904)) for text in others]
            days = pl.DataFrame(
                [
                    (text, when.first, when.last, when.second if when.second >= 0 else None)
                    for text, when in read
                    if isinstance(when, When)
                ],
                schema=_DAY_SCHEMA,
                orient="row",
            )
            self._frame = self._frame.join(days, on="date", how="left", maintain_order="left")
            for name in ("first_day", "last_day", "second"):
                self._columns[name] = pl.coalesce(self._columns[name], pl.col(f"date.{name}"))
        self._conditions.append(pl.col("date").is_null() | self._columns["first_day"].is_not_null())

    def _read_parties(self) -> None:
        """Read names and numbers of both sides; of what is not its own key, by its distinct texts."""
        if "carrier" in self._fields:
            self._read_name("carrier", "carrier")
        for role in ROLES[self._kind]:
            if role.name in self._fields:
                self._read_name(role.side, role.name)
            if role.number in self._fields:
                self._resolve(role.number, role.side + "_id", _OWN_NUMBER, _party_number)
            if role.is_required:
                self._conditions.append(self._has(role.name, role.number))
        if self._kind in MOVES:
            self._exclude_self_transfers()

    def _read_name(self, side: str, field: str) -> None:
        self._resolve(field, side + "_key", _OWN_KEY, _party_key)
        self._columns[side + "_name"] = pl.col(field)

    def _resolve(self, field: str, column: str, own: str, read: Callable[[str], str | None]) -> None:
        """Fill ``column`` with what ``read`` makes of the texts of ``field``; what matches ``own`` is that itself."""
        texts = self._frame[field]
        if _has_few_distinct(texts):
            is_own = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
        else:
            is_own = texts.str.contains(own)
        others = texts.filter(~is_own).drop_nulls().unique()
        resolved = texts
        if len(others):
            found = {text: value for text in others if (value := read(text))}
            looked_up = texts.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.String)
            resolved = texts.zip_with(is_own, looked_up)
        self._frame = self._frame.with_columns(resolved.alias(column))
        self._columns[column] = pl.col(column)
        self._conditions.append(pl.col(field).is_null() | pl.col(column).is_not_null())

    def _exclude_self_transfers(self) -> None:
        for part in ("id", "key"):
            sender, receiver = self._columns.get(f"sender_{part}"), self._columns.get(f"receiver_{part}")
            if sender is not None and receiver is not None:
                self._conditions.append((sender != receiver).fill_null(True))
        sides = ("receiver_key",) if self._kind == "purchase" else ("sender_key", "receiver_key")
        if all(side in self._columns for side in sides):
            operators = [pl.col(side).is_in(_find_operators(self._frame[side])) for side in sides]
            self._conditions.append(~pl.all_horizontal(operators).fill_null(False))

    def _read_texts(self) -> None:
        for field in TEXTS:
            if field in self._fields:
                is_marked = self._frame[field].str.starts_with(INEXACT).any()
                self._columns[field] = pl.col(field).str.strip_prefix(INEXACT) if is_marked else pl.col(field)

    def _read_extra(self) -> None:
        """Read what the kind has no column for, once for each combination of texts."""
        fields = [field for field in self._plan.extra if self._frame[field].null_count() < self._frame.height]
        if not fields:
            return
        rows = []
        for texts in self._frame.select(fields).unique().iter_rows():
            extra, left_out = read_extra({field: text for field, text in zip(fields, texts, strict=True) if text})
            rows.append((*texts, extra, not left_out))
        schema = {**dict.fromkeys(fields, pl.String), "extra": pl.String, "extra.ok": pl.Boolean}
        said = pl.DataFrame(rows, schema=schema, orient="row")
        self._frame = self._frame.join(said, on=fields, how="left", nulls_equal=True, maintain_order="left")
        self._columns["extra"] = pl.col("extra")
        self._conditions.append(pl.col("extra.ok"))


_NAMED_BY: Final[dict[Kind, tuple[str, ...]]] = {
    **dict.fromkeys(MOVES, ("iccid", "iccid_first", "quantity")),
    "stock": ("iccid", "iccid_first", "quantity", "stock", "sold"),
    "activation": ("iccid", "msisdn", "imsi"),
    "seizure": ("iccid", "msisdn", "imsi"),
}
"""Fields one of which names the cards or stands in for them."""

_DAY_SCHEMA: Final = {
    "date": pl.String,
    "date.first_day": pl.Int64,
    "date.last_day": pl.Int64,
    "date.second": pl.Int64,
}

_RANGE_COLUMNS: Final = {
    "head": "iccid_first.head",
    "size": "iccid_first.size",
    "first": "iccid_first.first",
    "last": "iccid_last.first",
}


def _decimal_card(frame: pl.LazyFrame, field: str) -> pl.LazyFrame:
    """Read card numbers of one of the four that are all decimal.

    The first 19 digits fit an integer of 64 bits and begin with 8986, so the cast lets no sign or blank through.
    """
    text, tail = pl.col(field), pl.col(f"{field}.tail")
    leading, last, size = pl.col(f"{field}.leading"), pl.col(f"{field}.last"), pl.col(f"{field}.size")
    issuer, is_full = leading // 10**13, (size == 20) & last.is_not_null()
    is_checked = issuer.is_in(_CHECKED_ISSUERS) & ((size == 19) | is_full)
    is_mobile = issuer.is_in(_MOBILE_ISSUERS) & is_full
    first = pl.when(is_checked).then(leading % 10**11).when(is_mobile).then(leading % 10**10 * 10 + last)
    frame = frame.with_columns(
        text.str.slice(0, 19).cast(pl.Int64, strict=False).alias(f"{field}.leading"),
        text.str.slice(19).alias(f"{field}.tail"),
        text.str.len_bytes().alias(f"{field}.size"),
    )
    frame = frame.with_columns(tail.cast(pl.Int8, strict=False).alias(f"{field}.last"))
    frame = frame.with_columns(is_mobile.alias(f"{field}.mobile"), first.alias(f"{field}.first"))
    is_mobile = pl.col(f"{field}.mobile")
    return frame.with_columns(
        text.str.slice(0, pl.when(is_mobile).then(9).otherwise(8)).alias(f"{field}.head"),
        pl.when(is_mobile).then(20).when(size.is_not_null()).then(19).alias(f"{field}.size"),
        pl.when(~is_mobile & (size == 20)).then(tail).alias(f"{field}.tail"),
    )


def _lettered_card(frame: pl.LazyFrame, field: str) -> pl.LazyFrame:
    """Read card numbers of one of the four in which there may be letters."""
    number = pl.when(pl.col(field).str.contains(_NUMBER)).then(pl.col(field))
    text, cut, is_mobile, tail = (pl.col(f"{field}.{part}") for part in ("text", "cut", "mobile", "tail"))
    letters_end = text.str.strip_chars_end(_DIGITS).str.len_bytes()
    frame = frame.with_columns(number.alias(f"{field}.text"))
    frame = frame.with_columns(
        text.str.slice(4, 2).is_in(_MOBILE_ISSUER_ENDS).alias(f"{field}.mobile"),
        text.str.slice(19).alias(f"{field}.tail"),
    )
    frame = frame.with_columns(
        pl.when(is_mobile).then(pl.max_horizontal(letters_end, pl.lit(9))).otherwise(8).alias(f"{field}.cut"),
        pl.when(is_mobile).then(20).when(text.is_not_null()).then(19).alias(f"{field}.size"),
        pl.when(~is_mobile & (tail != "")).then(tail).alias(f"{field}.tail"),
    )
    return frame.with_columns(
        text.str.slice(0, cut).alias(f"{field}.head"),
        text.str.slice(cut, 11).cast(pl.Int64, strict=False).alias(f"{field}.first"),
    )


def _ends_in_zeros(field: str, zeros: int) -> pl.Expr:
    return pl.col(field).str.ends_with("0" * zeros)


def _is_range() -> pl.Expr:
    """Whether both ends are there and surely make a range that no rule on damaged numbers touches."""
    first, last = ENDS
    is_one_head = (pl.col(f"{first}.head") == pl.col(f"{last}.head")) & (
        pl.col(f"{first}.size") == pl.col(f"{last}.size")
    )
    may_be_damaged = (
        _ends_in_zeros(first, 5) | _ends_in_zeros(last, 5) | (_ends_in_zeros(first, 4) & _ends_in_zeros(last, 4))
    )
    return is_one_head & (pl.col(f"{first}.first") <= pl.col(f"{last}.first")) & ~may_be_damaged


def _timestamp(texts: pl.Series) -> pl.Expr:
    """Seconds of China Standard Time since 1970-01-01; null for other texts, and for all where the first is no stamp.

    The check of the characters comes beside the parser, which by itself is too lenient.
    """
    first = next(iter(texts.drop_nulls().head(1)), "")
    separator = first[10:11]
    if len(first) != _TIMESTAMP_SIZE or separator not in ("T", " "):
        return pl.lit(None, pl.Int64)
    text = pl.col(texts.name)
    moment = text.str.to_datetime(f"%Y-%m-%d{separator}%H:%M:%S", time_unit="ms", strict=False, cache=False)
    seconds = moment.dt.epoch("s")
    is_within = seconds.is_between(EARLIEST * DAY_SECONDS, (LATEST + 1) * DAY_SECONDS - 1)
    return pl.when(is_within & text.str.contains(_TIMESTAMP)).then(seconds)


def _msisdn(text: pl.Expr) -> pl.Expr:
    number, size = text.cast(pl.Int64, strict=False), text.str.len_bytes()
    leading = number // 10**8
    is_iot = (
        leading.is_between(10646, 10649)
        | (leading // 10).is_in((1400, 1410, 1440, 1441))
        | (leading // 100).is_in((146, 148))
    )
    return pl.when(((size == 13) & is_iot) | ((size == 11) & (leading // 100 == 1))).then(number)


def _imsi(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Int64, strict=False)
    return pl.when((text.str.len_bytes() == 15) & (number // 10**12 == 460)).then(number)


def _imei(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains("^[0-9]{14,16}$") & ~text.str.starts_with("460")).then(text)


def _count(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Int64, strict=False)
    return pl.when((number >= 0) & (text.str.len_bytes() <= _MOST_COUNT_DIGITS)).then(number)


_NUMBERS: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    "msisdn": _msisdn,
    "imsi": _imsi,
    "imei": _imei,
    **dict.fromkeys(("quantity", "stock", "sold"), _count),
}


def _party_number(text: str) -> str | None:
    read = read_party_number(text)
    return None if isinstance(read, Unreadable) else read


def _party_key(text: str) -> str | None:
    return None if text.startswith(INEXACT) else normalise_party_name(text) or None


def _find_operators(keys: pl.Series) -> list[str]:
    """The keys that are an operator's name and nothing else."""
    if _has_few_distinct(keys):
        keys = keys.unique()
    return [key for key in keys.filter(keys.str.contains(_MAYBE_OPERATOR)).unique() if operator_of_name(key)]


def _has_few_distinct(texts: pl.Series) -> bool:
    """Whether it is likely cheaper to look at the distinct texts than at all."""
    sample = texts.head(_SAMPLE)
    return sample.n_unique() * _FEW < len(sample)
