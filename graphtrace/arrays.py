"""Columns of whole numbers: what an audit does with millions of rows at once.

A column is a numpy array with one number a row; what is not known is :data:`NONE`, below every number that a record can
state. Each function costs a few passes over its columns, at most one sort.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graphtrace.arrow import as_arrow, as_numpy, texts_as_arrow, valid_mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

IntArray = npt.NDArray[np.signedinteger[Any]]
Indices = npt.NDArray[np.signedinteger[Any]]
Mask = npt.NDArray[np.bool_]

NONE = -1
"""Stands for what is not known."""

FAR_FUTURE = 1 << 30
"""A day after all others."""

_MAX_PACKED = 1 << 62
"""Values below it can be packed with others into 64 bits."""

_FEW = 1 << 20
"""Maximum value range for direct addressing; above it, sorting is cheaper."""

_SORTED_ROWS = 200_000
"""Fewer rows are sorted in less time than the import of Arrow's own functions takes, 70 ms."""

_BITS = 32
"""Number of slots for each known value, so that other values rarely fall on a taken one."""

_MAX_ENDS = 1 << 24

_SMALL = 1 << 15
"""Numbers that fit into two bytes are below."""


def int_array(values: Sequence[int]) -> IntArray:
    """Return a column of the values."""
    return np.array(values, dtype=np.int64)


def factorize(first: npt.NDArray[Any], *others: npt.NDArray[Any]) -> IntArray:
    """Return a number for each row, equal where and only where all columns are equal, in the order of the columns."""
    return numbered_by(len(first), (first, *others))


def numbered_by(length: int, columns: Iterable[npt.NDArray[Any]]) -> IntArray:
    """Number the distinct rows of columns that arrive one at a time, so that only one is in memory."""
    code: IntArray = np.zeros(length, dtype=np.int64)
    if not length:
        return code
    size = 1
    for values in columns:
        low = int(values.min())
        span = int(values.max()) - low + 1
        if span == 1:
            continue
        shifted = values.astype(np.int64)
        shifted -= low
        if size * span >= _MAX_PACKED:
            known, code = np.unique(code, return_inverse=True)
            size = len(known)
        if size * span >= _MAX_PACKED:
            known, shifted = np.unique(shifted, return_inverse=True)
            span = len(known)
        code *= span
        code += shifted
        size *= span
    return code


def groups_of(codes: IntArray) -> tuple[IntArray, Indices, IntArray]:
    """Return the different codes in order, the first row of each, and for each row the place of its code among them."""
    if len(codes) < _SORTED_ROWS:
        known, first, places = np.unique(codes, return_index=True, return_inverse=True)
        return known, first, places.astype(np.int32)
    found = as_arrow(codes).dictionary_encode()
    known, numbers = as_numpy(found.dictionary), as_numpy(found.indices)
    order = np.argsort(known, kind="stable")
    places = np.empty(len(known), dtype=np.int32)
    places[order] = np.arange(len(known), dtype=np.int32)
    # the dictionary is in the order in which codes are met
    return known[order], group_starts(np.maximum.accumulate(numbers))[order], places[numbers]


def isin_sorted(values: IntArray, known: IntArray) -> Mask:
    """Return a mask of the values that are in ``known``, which is sorted."""
    if not len(known):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Mask = known[place] == values
    return found


def indices_in(values: IntArray, known: IntArray) -> Indices:
    """Return the rows whose value is in ``known``, which is sorted, where few are.

    Values are filtered by a hash of their low bits first; this avoids most binary searches.
    """
    if not len(known):
        return np.zeros(0, dtype=np.intp)
    ends = min(1 << (_BITS * len(known)).bit_length(), _MAX_ENDS)
    is_end = np.zeros(ends, dtype=np.bool_)
    is_end[known & (ends - 1)] = True
    likely = np.flatnonzero(is_end[values & (ends - 1)])
    return likely[isin_sorted(values[likely], known)]


def index_of(values: IntArray, known: IntArray) -> Indices:
    """Return the index of each value in ``known``, which is sorted and has no duplicates; ``NONE`` if it is absent."""
    if not len(known):
        return np.full(len(values), NONE, dtype=np.intp)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[place] == values, place, NONE)


def where(marks: Mask) -> Indices | slice:
    """Return the rows that are marked; a slice, which takes them without a copy, where these are all."""
    return slice(None) if marks.all() else np.flatnonzero(marks)


def filter_intervals(rows: dict[str, npt.NDArray[Any]], low: IntArray, high: IntArray) -> IntArray:
    """Filter columns to the rows with a ``key`` in one of the intervals, in the order of the keys.

    The intervals are disjoint and in order; the answer says in which of them each row is. A case keeps its rows in few
    runs that are in order; where these do not overlap, nothing has to be sorted.
    """
    runs = _runs_of(rows["key"])
    if any(rows["key"][one.stop - 1] >= rows["key"][other.start] for one, other in pairwise(runs)):
        order = np.argsort(rows["key"], kind="stable")
        rows |= {name: values[order] for name, values in rows.items()}
    elif len(runs) > 1:
        _join_parts(rows, runs)
    first = np.searchsorted(rows["key"], low, side="left")
    counts = np.searchsorted(rows["key"], high, side="right") - first
    interval = np.repeat(np.arange(len(low), dtype=np.int32), counts)
    if len(interval) < len(rows["key"]):
        _join_parts(rows, map(slice, first.tolist(), (first + counts).tolist()))
    return interval


def _runs_of(keys: IntArray) -> list[slice]:
    """Return the longest runs of keys that do not fall, by their first keys."""
    falls = np.flatnonzero(keys[1:] < keys[:-1]) + 1
    runs = [slice(*ends) for ends in pairwise([0, *falls.tolist(), len(keys)])]
    return sorted(runs, key=lambda run: keys[run.start]) if len(keys) else []


def _join_parts(rows: dict[str, npt.NDArray[Any]], parts: Iterable[slice]) -> None:
    some = list(parts)
    for name, values in rows.items():
        rows[name] = np.concatenate([values[:0], *(values[part] for part in some)])


def group_starts(keys: IntArray) -> Indices:
    """Return the index of the first element of each run of equal keys."""
    if not len(keys):
        return np.zeros(0, dtype=np.intp)
    is_start = np.empty(len(keys), dtype=np.bool_)
    is_start[0] = True
    np.not_equal(keys[1:], keys[:-1], out=is_start[1:])
    return np.flatnonzero(is_start)


def numpy_columns(table: pa.Table, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return some columns of a table, without nulls, as arrays."""
    return {name: as_numpy(table.column(name)) for name in names}


def decode_categories(table: pa.Table, name: str) -> tuple[npt.NDArray[Any], list[str]]:
    """Return a column of texts as numbers, and the texts by these numbers; :data:`NONE` where there is none."""
    if not table.num_rows:  # to join no chunks, pyarrow imports pandas
        return np.zeros(0, dtype=np.int32), []
    coded = table.column(name).combine_chunks()
    codes, texts = coded.indices, coded.dictionary.to_pylist()
    numbers = as_numpy(codes).astype(np.int16 if len(texts) < _SMALL else np.int32)
    if codes.null_count:
        numbers[~valid_mask(codes)] = NONE
    return numbers, texts


def unique(values: IntArray) -> IntArray:
    """Return the different values in order: ``np.unique`` takes a hundred times as long where most values differ."""
    if not len(values):
        return values
    low = int(values.min())
    span = int(values.max()) - low + 1
    if span <= max(len(values), _FEW):
        is_met = np.zeros(span, dtype=np.bool_)
        is_met[values - low] = True
        return (np.flatnonzero(is_met) + low).astype(values.dtype)
    ordered = np.sort(values)
    return ordered[group_starts(ordered)]


def value_counts(values: npt.NDArray[Any]) -> dict[int, int]:
    """Count the occurrences of each value."""
    met, counts = np.unique(values, return_counts=True)
    return dict(zip(met.tolist(), counts.tolist(), strict=True))


def group_counts(*columns: npt.NDArray[Any], sums: Sequence[npt.NDArray[Any]] = ()) -> list[tuple[int, ...]]:
    """Return the different rows of the columns in order, each with its count and the sums of further columns."""
    groups, counts, totals = group_by(*columns, sums=sums)
    return list(zip(*(part.tolist() for part in (*groups, counts, *totals)), strict=True))


def group_by(
    *columns: npt.NDArray[Any], sums: Sequence[npt.NDArray[Any]] = ()
) -> tuple[list[npt.NDArray[Any]], IntArray, list[IntArray]]:
    """Group rows by all columns; return the distinct rows in order, their counts and the sums of further columns."""
    if not len(columns[0]):
        return [*columns], np.zeros(0, dtype=np.int64), [np.zeros(0, dtype=np.int64) for _ in sums]
    lows = [int(values.min()) for values in columns]
    spans = [int(values.max()) - low + 1 for values, low in zip(columns, lows, strict=True)]
    if math.prod(spans) <= max(len(columns[0]), _FEW):
        return _grouped_by_place(columns, lows, spans, sums)
    code = factorize(*columns)
    order = _in_order(code)
    starts = group_starts(code[order])
    firsts = order[starts]
    counts = np.diff(np.append(starts, len(order)))
    totals = [np.add.reduceat(values[order], starts, dtype=np.int64) for values in sums]
    return [values[firsts] for values in columns], counts, totals


def _in_order(codes: IntArray) -> Indices:
    """Return the stable order of the rows by code, none below 0; sorts code and row as one number if both fit."""
    bits = len(codes).bit_length()
    if int(codes.max(initial=0)) >= _MAX_PACKED >> bits:
        return np.argsort(codes, kind="stable")
    packed = codes << bits
    packed |= np.arange(len(codes))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def _grouped_by_place(
    columns: Sequence[npt.NDArray[Any]], lows: Sequence[int], spans: Sequence[int], sums: Sequence[npt.NDArray[Any]]
) -> tuple[list[npt.NDArray[Any]], IntArray, list[IntArray]]:
    """Group rows by direct addressing where the ranges of values are small; no sort is needed."""
    place = np.zeros(len(columns[0]), dtype=np.int64)
    for values, low, span in zip(columns, lows, spans, strict=True):
        place *= span
        place += values
        place -= low
    counts = np.bincount(place)
    met = np.flatnonzero(counts)
    totals = [np.bincount(place, weights=values)[met].astype(np.int64) for values in sums]
    rest, groups = met, []
    for low, span in zip(reversed(lows), reversed(spans), strict=True):
        rest, values = np.divmod(rest, span)
        groups.append(values + low)
    return groups[::-1], counts[met], totals


def masked_array(
    values: npt.NDArray[Any], is_known: Mask | None = None, *, texts: Sequence[str] | None = None
) -> pa.Array:
    """Return a column as the engine reads it, null where unknown; ``texts`` are the texts that the numbers mean."""
    import pyarrow as pa

    whole = as_arrow(values, values >= 0 if is_known is None else is_known)
    return whole if texts is None else pa.DictionaryArray.from_arrays(whole, texts_as_arrow(texts))
