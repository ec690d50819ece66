from __future__ import annotations

import numpy as np
import pytest

from graphtrace.identifiers import carrier_from_iccid, parse_iccid, parse_imsi, parse_msisdn
from graphtrace.identifiers.damage import has_zeroed_tail
from graphtrace.identifiers.telecom import is_valid_imei
from graphtrace.model import CARRIERS
from graphtrace.simulate.numbers import (
    SLOT_SIZE,
    Numbers,
    carrier_of_slots,
    imeis,
    imsis,
    mobile_slots,
    msisdns,
    other_carrier_iccids,
)

SLOTS = 400_000
"""More than a case of a hundred million cards has."""


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return Numbers(SLOTS)


@pytest.fixture(scope="module")
def cards() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return random.integers(0, SLOTS, 2_000), random.integers(0, SLOT_SIZE, 2_000)


def test_every_number_is_complete_and_its_check_digit_right(
    numbers: Numbers, cards: tuple[np.ndarray, np.ndarray]
) -> None:
    assert len(cards[0]) == 2_000
    for key, full, carrier in zip(numbers.keys(*cards), numbers.full(*cards), carrier_of_slots(cards[0]), strict=True):
        read = parse_iccid(full)
        assert read is not None
        assert (read.key, read.complete, read.carrier) == (key, True, CARRIERS[carrier])
        assert read.checksum == ("n/a" if read.carrier == "china-mobile" else "ok")


def test_cards_of_all_operators_are_there_and_some_of_china_mobile_have_letters(
    numbers: Numbers, cards: tuple[np.ndarray, np.ndarray]
) -> None:
    keys = numbers.keys(*cards)
    assert {carrier_from_iccid(key) for key in keys} == set(CARRIERS)
    assert 0 < sum(not key.isdecimal() for key in keys) < len(keys)
    assert all(key.isdecimal() for key in keys if carrier_from_iccid(key) != "china-mobile")


def test_no_two_cards_share_a_number_a_device_or_a_subscriber_number(numbers: Numbers) -> None:
    slots, offsets = np.repeat(np.arange(300), SLOT_SIZE), np.tile(np.arange(SLOT_SIZE), 300)
    for made in (numbers.keys(slots, offsets), msisdns(slots, offsets), imsis(slots, offsets)):
        assert made.n_unique() == len(slots)
    devices = [*imeis(slots, offsets, 0 * slots).str.head(14), *imeis(slots, offsets, 0 * slots + 1).str.head(14)]
    assert len(set(devices)) == 2 * len(slots)


def test_no_number_looks_as_if_a_spreadsheet_had_damaged_it(numbers: Numbers) -> None:
    slots, offsets = np.repeat(np.arange(300), SLOT_SIZE), np.tile(np.arange(SLOT_SIZE), 300)
    for written in (numbers.keys(slots, offsets), numbers.full(slots, offsets)):
        assert not written.str.ends_with("0000").any() or not any(map(has_zeroed_tail, written))


def test_the_other_numbers_of_a_card_are_sound(cards: tuple[np.ndarray, np.ndarray]) -> None:
    assert all(is_valid_imei(imei) for imei in imeis(*cards, np.zeros(2_000, dtype=np.int64)))
    assert all(is_valid_imei(imei) for imei in imeis(*cards, np.ones(2_000, dtype=np.int64)))
    assert all(map(parse_msisdn, msisdns(*cards)))
    assert all(map(parse_imsi, imsis(*cards)))


def test_numbers_of_cards_that_do_not_exist_are_complete_and_no_cards(numbers: Numbers) -> None:
    slots = mobile_slots(5, 40)
    assert set(carrier_of_slots(slots)) == {0}
    offsets = np.arange(40)
    for made in (numbers.lettered(slots, offsets), other_carrier_iccids(slots, offsets)):
        read = [parse_iccid(number) for number in made]
        assert all(card is not None and card.complete for card in read)
    every = numbers.keys(np.repeat(slots, SLOT_SIZE), np.tile(np.arange(SLOT_SIZE), len(slots)))
    assert not set(numbers.lettered(slots, offsets)) & set(every)
