from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.identifiers.luhn_columns import luhn_digits

WHOLE = st.integers(0, 2**63 - 1)


@given(st.lists(WHOLE, min_size=1))
def test_a_column_has_the_digits_of_its_numbers(numbers: list[int]) -> None:
    digits = luhn_digits(np.array(numbers, np.int64))
    assert [str(digit) for digit in digits] == [luhn_digit(str(number)) for number in numbers]


def test_a_number_that_does_not_fit_ends_no_column() -> None:
    """Numbers that wrapped around below 0 are in rows whose digit nobody asks for."""
    digits = luhn_digits(np.array([-1, -(2**63), 8986061234567890123], np.int64))
    assert digits[2] == 2
