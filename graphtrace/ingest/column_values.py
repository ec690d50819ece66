"""Values of whole columns: numbers of cards in their parts, time stamps, further numbers, counts.

Each is stricter than what :mod:`~graphtrace.ingest.row_parser` accepts, and null for every other text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from graphtrace.identifiers.luhn_columns import luhn_digits
from graphtrace.identifiers.telecom import DEVICES_THAT_ARE_NONE, IMEI_CORE_SIZE, IMEI_SERIALS
from graphtrace.ingest.dates_and_quantities import DAY_SECONDS, EARLIEST, LATEST

_CHECKED_ISSUERS: Final = (898601, 898603, 898606, 898609, 898611, 898615)
_MOBILE_ISSUERS: Final = (898600, 898602, 898604, 898607, 898608)
_MOBILE_ISSUER_ENDS: Final = ("00", "02", "04", "07", "08")
_DIGITS: Final = "0123456789"

_NUMBER: Final = "^8986(?:(?:00|02|04|07|08)[0-9A-F]{14}|(?:01|03|06|09|11|15)[0-9]{13}[0-9A-EG-Z]?)$"
"""Numbers of the four in which letters are where they may be; an F in the 20th place may be padding."""

_TIMESTAMP: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
_TIMESTAMP_SIZE: Final = 19
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MONTHS: Final = np.arange(f"{_FIRST_YEAR}-01", f"{_LAST_YEAR + 1}-02", dtype="datetime64[M]").astype("datetime64[D]")
_MONTH_STARTS: Final = _MONTHS.astype(np.int64)[:-1]
_MONTH_LENGTHS: Final = np.diff(_MONTHS).astype(np.int64)
_MAX_COUNT_DIGITS: Final = 18
_SHORT, _FULL, RUN = 19, 20, 10**11


class CardColumn(NamedTuple):
    """The card numbers of a column in their parts; ``first`` is null for no number.

    ``head`` and ``size`` are single values where all numbers share them, ``check_char`` is ``None`` where none has one.
    """

    head: str | pl.Series
    size: int | pl.Series
    first: pl.Series
    check_char: pl.Series | None

    def shares_head(self, other: CardColumn) -> pl.Series:
        """Whether two numbers beside each other are of one head."""
        is_one = pl.repeat(value=True, n=len(self.first), eager=True)
        if isinstance(self.head, str) and isinstance(other.head, str):
            return is_one & (self.head == other.head and self.size == other.size)
        return (self.series_of(self.head) == other.series_of(other.head)) & (
            self.series_of(self.size) == other.series_of(other.size)
        )

    def series_of(self, part: str | int | pl.Series) -> pl.Series:
        return part if isinstance(part, pl.Series) else pl.repeat(part, len(self.first), eager=True)


def parse_decimal_iccids(texts: pl.Series) -> CardColumn:
    """Read card numbers of one of the four that are all decimal."""
    return _read_like_cards(texts) or _read_each_card(texts, _decimal_card)


def parse_hex_iccids(texts: pl.Series) -> CardColumn:
    """Read card numbers of one of the four in which there may be letters."""
    return _read_each_card(texts, _lettered_card)


def _read_like_cards(texts: pl.Series) -> CardColumn | None:
    """Read card numbers that are all decimal, of one length and of one head; ``None`` where they are not.

    The first 19 characters of a number become an integer that begins with 8986, so there is no sign among them.
    """
    sizes = texts.str.len_bytes()
    size = sizes.min()
    if texts.null_count() or size not in (_SHORT, _FULL) or size != sizes.max():
        return None
    leading = (texts if size == _SHORT else texts.str.slice(0, _SHORT)).cast(pl.Int64, strict=False)
    least, most = leading.min(), leading.max()
    if leading.null_count() or not isinstance(least, int) or not isinstance(most, int):
        return None
    head = least // RUN
    if head != most // RUN:
        return None
    if head // 100 in _CHECKED_ISSUERS:
        check_char = None
        if size == _FULL:
            check_char = texts.str.slice(_SHORT)
            if check_char.cast(pl.Int8, strict=False).null_count():
                return None
        return CardColumn(str(head), _SHORT, leading - head * RUN, check_char)
    return None


def _read_each_card(texts: pl.Series, read: Callable[[pl.LazyFrame, str], pl.LazyFrame]) -> CardColumn:
    parts = read(pl.DataFrame({"card": texts}).lazy(), "card").collect()
    return CardColumn(*(parts[f"card.{part}"] for part in ("head", "size", "first", "check_char")))


def _decimal_card(frame: pl.LazyFrame, field: str) -> pl.LazyFrame:
    """Read card numbers of one of the four that are all decimal.

    The first 19 digits fit an integer of 64 bits and begin with 8986, so the cast lets no sign or blank through.
    """
    text, check_char = pl.col(field), pl.col(f"{field}.check_char")
    leading, last, size = pl.col(f"{field}.leading"), pl.col(f"{field}.last"), pl.col(f"{field}.size")
    issuer, is_full = leading // 10**13, (size == 20) & last.is_not_null()
    is_checked = issuer.is_in(_CHECKED_ISSUERS) & ((size == 19) | is_full)
    is_mobile = issuer.is_in(_MOBILE_ISSUERS) & is_full
    first = pl.when(is_checked).then(leading % 10**11).when(is_mobile).then(leading % 10**10 * 10 + last)
    frame = frame.with_columns(
        text.str.slice(0, 19).cast(pl.Int64, strict=False).alias(f"{field}.leading"),
        text.str.slice(19).alias(f"{field}.check_char"),
        text.str.len_bytes().alias(f"{field}.size"),
    )
    frame = frame.with_columns(check_char.cast(pl.Int8, strict=False).alias(f"{field}.last"))
    frame = frame.with_columns(is_mobile.alias(f"{field}.mobile"), first.alias(f"{field}.first"))
    is_mobile = pl.col(f"{field}.mobile")
    return frame.with_columns(
        text.str.slice(0, pl.when(is_mobile).then(9).otherwise(8)).alias(f"{field}.head"),
        pl.when(is_mobile).then(20).when(size.is_not_null()).then(19).alias(f"{field}.size"),
        pl.when(~is_mobile & (size == 20)).then(check_char).alias(f"{field}.check_char"),
    )


def _lettered_card(frame: pl.LazyFrame, field: str) -> pl.LazyFrame:
    """Read card numbers of one of the four in which there may be letters."""
    number = pl.when(pl.col(field).str.contains(_NUMBER)).then(pl.col(field))
    text, cut, is_mobile, check_char = (pl.col(f"{field}.{part}") for part in ("text", "cut", "mobile", "check_char"))
    letters_end = text.str.strip_chars_end(_DIGITS).str.len_bytes()
    frame = frame.with_columns(number.alias(f"{field}.text"))
    frame = frame.with_columns(
        text.str.slice(4, 2).is_in(_MOBILE_ISSUER_ENDS).alias(f"{field}.mobile"),
        text.str.slice(19).alias(f"{field}.check_char"),
    )
    frame = frame.with_columns(
        pl.when(is_mobile).then(pl.max_horizontal(letters_end, pl.lit(9))).otherwise(8).alias(f"{field}.cut"),
        pl.when(is_mobile).then(20).when(text.is_not_null()).then(19).alias(f"{field}.size"),
        pl.when(~is_mobile & (check_char != "")).then(check_char).alias(f"{field}.check_char"),
    )
    return frame.with_columns(
        text.str.slice(0, cut).alias(f"{field}.head"),
        text.str.slice(cut, 11).cast(pl.Int64, strict=False).alias(f"{field}.first"),
    )


def fails_check_digit(heads: str | pl.Series, running: pl.Series, check_chars: pl.Series) -> pl.Series:
    """Whether the 20th character is a digit and not the check digit of the 19 before it."""
    lead = pl.Series([heads]) if isinstance(heads, str) else heads
    bodies = lead.cast(pl.Int64, strict=False) * RUN + running
    digits = pl.Series(luhn_digits(bodies.fill_null(0).to_numpy()))
    return (check_chars.cast(pl.Int64, strict=False) != digits).fill_null(value=False)


def ends_in_zeros(texts: pl.Series, cards: CardColumn, zeros: int) -> pl.Series:
    if cards.check_char is None and isinstance(cards.size, int):
        ending: pl.Series = cards.first % 10**zeros
        return ending == 0
    return texts.str.ends_with("0" * zeros).fill_null(value=False)


def read_timestamps(texts: pl.Series) -> pl.Series | None:
    """Return seconds since 1970-01-01 in China Standard Time; null for other texts, ``None`` if the first is no stamp.

    The check of the characters comes beside the parser, which by itself is too lenient.
    """
    first = next(iter(texts.drop_nulls().head(1)), "")
    separator = first[10:11]
    if len(first) != _TIMESTAMP_SIZE or separator not in ("T", " "):
        return None
    if (
        texts.null_count()
        or texts.str.len_bytes().max() != _TIMESTAMP_SIZE
        or (texts.str.len_bytes() < _TIMESTAMP_SIZE).any()
    ):
        return _timestamps_among(texts, separator)
    return _like_timestamps(texts, separator)


def _like_timestamps(texts: pl.Series, separator: str) -> pl.Series:
    """Return the same of texts that all have the length of a time stamp, character by character."""
    written = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    start = written.offset
    offsets = np.frombuffer(written.buffers()[1], np.int64)
    characters = np.frombuffer(written.buffers()[2], np.uint8)[offsets[start] :][: len(texts) * _TIMESTAMP_SIZE]
    by_place = characters.reshape(-1, _TIMESTAMP_SIZE).T.copy()
    is_stamp = np.ones(len(texts), np.bool_)
    for place, sign in enumerate(f"0000-00-00{separator}00:00:00"):
        if sign != "0":
            is_stamp &= by_place[place] == ord(sign)
    by_place -= ord("0")
    for place, sign in enumerate(f"0000-00-00{separator}00:00:00"):
        if sign == "0":
            is_stamp &= by_place[place] <= 9

    def number(*places: int) -> npt.NDArray[np.int32]:
        value: npt.NDArray[np.int32] = by_place[places[0]].astype(np.int32)
        for place in places[1:]:
            value *= 10
            value += by_place[place]
        return value

    year, month, day = number(0, 1, 2, 3), number(5, 6), number(8, 9)
    hour, minute, second = number(11, 12), number(14, 15), number(17, 18)
    is_stamp &= (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    is_stamp &= (hour <= 23) & (minute <= 59) & (second <= 59)
    nth_month = np.where(is_stamp, (year - _FIRST_YEAR) * 12 + month - 1, 0)
    is_stamp &= day <= _MONTH_LENGTHS[nth_month]
    days = (_MONTH_STARTS[nth_month] + day - 1).astype(np.int64)
    seconds = pl.Series(days * DAY_SECONDS + (hour * 3600 + minute * 60 + second))
    return seconds if is_stamp.all() else _only(seconds, pl.Series(is_stamp))


def _timestamps_among(texts: pl.Series, separator: str) -> pl.Series:
    """Return the same of any texts."""
    moment = texts.str.to_datetime(f"%Y-%m-%d{separator}%H:%M:%S", time_unit="ms", strict=False, cache=False)
    seconds = moment.cast(pl.Int64) // 1000
    is_within = seconds.is_between(EARLIEST * DAY_SECONDS, (LATEST + 1) * DAY_SECONDS - 1)
    is_stamp = is_within & texts.str.contains(_TIMESTAMP)
    if is_stamp.null_count() or not is_stamp.all():
        return _only(seconds, is_stamp)
    return seconds


def _only(values: pl.Series, condition: pl.Series) -> pl.Series:
    return values.set(~condition.fill_null(value=False), None)


def _msisdn(texts: pl.Series) -> pl.Series:
    number, size = texts.cast(pl.Int64, strict=False), texts.str.len_bytes()
    leading = number // 10**8
    is_iot = (
        leading.is_between(10646, 10649)
        | (leading // 10).is_in((1400, 1410, 1440, 1441))
        | (leading // 100).is_in((146, 148))
    )
    return _only(number, ((size == 13) & is_iot) | ((size == 11) & (leading // 100 == 1)))


def _imsi(texts: pl.Series) -> pl.Series:
    number = texts.cast(pl.Int64, strict=False)
    return _only(number, (texts.str.len_bytes() == 15) & (number // 10**12 == 460))


def _eid(texts: pl.Series) -> pl.Series:
    """Return EIDs with right check digits, as text: the number modulo 97, by its halves, is 1."""
    is_number = texts.str.contains("^89[0-9]{30}$")
    high = texts.str.slice(0, 16).cast(pl.Int64, strict=False) % 97
    low = texts.str.slice(16).cast(pl.Int64, strict=False) % 97
    return _only(texts, is_number & ((high * (10**16 % 97) + low) % 97 == 1))


def _imei(texts: pl.Series) -> pl.Series:
    """Return IMEIs; an integer with as many digits as its text has characters has no sign and no leading zero."""
    number, size = texts.cast(pl.Int64, strict=False), texts.str.len_bytes()
    least = pl.Series([10 ** (digits - 1) if 14 <= digits <= 16 else 2**62 for digits in range(32)], dtype=pl.Int64)
    if not number.null_count() and len(number) and size.max() == size.min():
        shortest = least[min(int(str(size.min())), 31)]
        lowest = number.min()
        core = number // (shortest // 10 ** (IMEI_CORE_SIZE - 1))
        if (
            isinstance(lowest, int)
            and lowest >= shortest
            and not ((number // (shortest // 100) == 460) | _are_no_devices(core)).any()
        ):
            return number
    core = texts.str.slice(0, IMEI_CORE_SIZE).cast(pl.Int64, strict=False)
    return _only(number, texts.str.contains("^[0-9]{14,16}$") & ~texts.str.starts_with("460") & ~_are_no_devices(core))


def _are_no_devices(cores: pl.Series) -> pl.Series:
    """Whether the 14 digits of IMEIs are such as no device has (:func:`~graphtrace.identifiers.names_no_device`)."""
    return (cores % IMEI_SERIALS == 0) | cores.is_in(sorted(DEVICES_THAT_ARE_NONE))


def _count(texts: pl.Series) -> pl.Series:
    number = texts.cast(pl.Int64, strict=False)
    return _only(number, (number >= 0) & (texts.str.len_bytes() <= _MAX_COUNT_DIGITS))


NUMBER_READERS: Final[Mapping[str, Callable[[pl.Series], pl.Series]]] = {
    "msisdn": _msisdn,
    "imsi": _imsi,
    "eid": _eid,
    "imei": _imei,
    **dict.fromkeys(("quantity", "stock", "sold"), _count),
}
