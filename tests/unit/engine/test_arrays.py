from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.arrays import (
    NONE,
    decode_categories,
    factorize,
    filter_intervals,
    group_counts,
    group_starts,
    groups_of,
    index_of,
    indices_in,
    int_array,
    masked_array,
    unique,
    value_counts,
)

few = st.integers(-3, 5)
far = st.one_of(few, st.integers(-(2**40), 2**40))
rows = st.lists(st.tuples(few, far, far), min_size=1, max_size=30)


@given(rows)
def test_rows_have_the_same_number_where_all_their_columns_agree_and_only_there(told: list[tuple[int, ...]]) -> None:
    numbers = factorize(*map(int_array, zip(*told, strict=True))).tolist()
    assert len({*zip(numbers, told, strict=True)}) == len({*numbers}) == len({*told})
    assert sorted(range(len(told)), key=numbers.__getitem__) == sorted(range(len(told)), key=told.__getitem__)


@given(st.lists(st.tuples(few, few, few), max_size=40), st.booleans())
def test_rows_are_counted_and_summed_as_one_would_by_hand(told: list[tuple[int, int, int]], apart: bool) -> None:
    scale = 2**33 if apart else 1  # too far apart for a place each: sorted instead
    first, second, summed = (
        (int_array(values) for values in zip(*told, strict=True))
        if told
        else (int_array([]), int_array([]), int_array([]))
    )
    counts, sums = Counter(), Counter()
    for a, b, more in told:
        counts[a * scale, b] += 1
        sums[a * scale, b] += more
    expected = [(*group, counts[group], sums[group]) for group in sorted(counts)]
    assert group_counts(first * scale, second, sums=[summed]) == expected
    assert value_counts(second) == Counter(second.tolist())


@given(st.lists(far, max_size=40))
def test_rows_are_grouped_by_their_codes_in_order_with_the_first_row_of_each(codes: list[int]) -> None:
    ordered = sorted({*codes})
    known_codes, first, places = groups_of(int_array(codes))
    assert known_codes.tolist() == ordered
    assert first.tolist() == [codes.index(code) for code in ordered]
    assert places.tolist() == [ordered.index(code) for code in codes]


@given(st.lists(far, max_size=40))
def test_values_are_counted_once_each_however_far_they_are_apart(told: list[int]) -> None:
    assert unique(int_array(told)).tolist() == sorted({*told})
    widest = 2**58  # too wide to be sorted together with the rows
    few_told = [number % 8 * widest for number in told]
    assert group_counts(int_array(few_told)) == [(each, few_told.count(each)) for each in sorted({*few_told})]


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_each_key_is_found_at_its_place_and_no_other_is(keys: set[int], among: set[int]) -> None:
    ordered = sorted(among)
    expected = [ordered.index(key) if key in among else NONE for key in sorted(keys)]
    assert index_of(int_array(sorted(keys)), int_array(ordered)).tolist() == expected
    assert indices_in(int_array(sorted(keys)), int_array(ordered)).tolist() == [
        place for place, key in enumerate(sorted(keys)) if key in among
    ]


@given(st.lists(st.integers(0, 30)), st.sets(st.integers(0, 31), max_size=8).map(sorted))
def test_rows_are_kept_within_intervals_with_both_ends_and_one_off_is_not(keys: list[int], ends: list[int]) -> None:
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    low, high = (int_array([pair[side] for pair in pairs]) for side in (0, 1))
    rows = {"key": int_array(keys), "place": np.arange(len(keys))}
    interval = filter_intervals(rows, low, high)
    expected = [
        (key, place, number)
        for place, key in enumerate(keys)
        for number, (first, last) in enumerate(pairs)
        if first <= key <= last
    ]
    assert list(zip(rows["key"].tolist(), rows["place"].tolist(), interval.tolist(), strict=True)) == sorted(expected)


@given(st.lists(few).map(sorted))
def test_runs_of_equal_keys_start_where_they_start(keys: list[int]) -> None:
    assert group_starts(int_array(keys)).tolist() == [keys.index(key) for key in sorted({*keys})]


def test_what_is_not_known_goes_to_the_engine_as_null_and_comes_back_as_none() -> None:
    told = masked_array(int_array([1, NONE, 0]), texts=["江苏", "上海"])
    assert told.to_pylist() == ["上海", None, "江苏"]
    codes, names = decode_categories(pa.table({"province": told}), "province")
    assert [names[code] if code >= 0 else None for code in codes.tolist()] == ["上海", None, "江苏"]
    assert masked_array(int_array([7, 8]), np.array([False, True])).to_pylist() == [None, 8]
