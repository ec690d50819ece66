from __future__ import annotations

import pytest

from graphtrace.identifiers import (
    calling_code_of,
    imei14,
    imsi_carrier,
    is_valid_imei,
    msisdn_carrier,
    nationals,
    parse_digits_abroad,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_national,
)


@pytest.mark.parametrize(
    "msisdn",
    [
        "1064612345678",
        "1064712345678",
        "1064812345678",
        "1064912345678",
        "1400123456789",
        "1410123456789",
        "1440123456789",
        "1441123456789",
        "1461234567890",
        "1481234567890",
        "13812345678",
        "14712345678",
        "10012345678",
    ],
)
def test_subscriber_numbers_are_read_with_and_without_the_country_code(msisdn: str) -> None:
    assert parse_msisdn(msisdn) == msisdn
    assert parse_msisdn("86" + msisdn) == msisdn
    assert parse_msisdn("+86" + msisdn) == msisdn
    assert parse_msisdn(f" +86-{msisdn[:3]} {msisdn[3:]}") == msisdn
    assert parse_msisdn("＋８６" + msisdn) == msisdn


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1064512345678",
        "1420123456789",
        "1490123456789",
        "106481234567",
        "10648123456789",
        "23812345678",
        "008613812345678",
        "8513812345678",
        "1381234567",
        "138123456789",
        "13812345678.0",
    ],
)
def test_other_numbers_are_no_subscriber_numbers(text: str) -> None:
    assert parse_msisdn(text) is None


@pytest.mark.parametrize(
    ("msisdn", "said"),
    [
        ("1064812345678", ("china-mobile", "high")),
        ("1064712345678", ("china-mobile", "low")),
        ("1064612345678", ("china-unicom", "high")),
        ("1410123456789", ("china-telecom", "high")),
        ("1461234567890", ("china-unicom", "high")),
        ("13812345678", ("china-mobile", "medium")),
        ("13012345678", ("china-unicom", "medium")),
        ("13312345678", ("china-telecom", "medium")),
        ("19212345678", ("china-broadnet", "medium")),
        ("10012345678", None),
    ],
)
def test_a_prefix_hints_at_the_operator(msisdn: str, said: tuple[str, str] | None) -> None:
    assert msisdn_carrier(msisdn) == said


@pytest.mark.parametrize(
    ("imsi", "carrier"),
    [
        ("460001234567890", "china-mobile"),
        ("460041234567890", "china-mobile"),
        ("460241234567890", "china-mobile"),
        ("460011234567890", "china-unicom"),
        ("460111234567890", "china-telecom"),
        ("460151234567890", "china-broadnet"),
        ("460201234567890", None),
        # networks of other countries
        ("404989900000001", None),
        ("901409900000001", None),
    ],
)
def test_an_imsi_names_its_network(imsi: str, carrier: str | None) -> None:
    assert parse_imsi(f" {imsi} ") == imsi
    assert imsi_carrier(imsi) == carrier


@pytest.mark.parametrize("text", ["46000123456789", "4600012345678901", "861001234567890", "46000123456789A"])
def test_other_numbers_are_no_imsi(text: str) -> None:
    assert parse_imsi(text) is None


def test_three_writings_of_one_device_agree_on_fourteen_digits() -> None:
    writings = ["35-209900-176148", "352099001761481", "3520990017614823"]
    read = [parse_imei(writing) for writing in writings]
    assert read == ["35209900176148", "352099001761481", "3520990017614823"]
    assert {imei14(imei) for imei in read if imei} == {"35209900176148"}
    assert [is_valid_imei(imei) for imei in read if imei] == [None, True, None]
    assert is_valid_imei("352099001761482") is False


@pytest.mark.parametrize("text", ["3520990017614", "35209900176148123", "35209900176148X"])
def test_other_numbers_are_no_imei(text: str) -> None:
    assert parse_imei(text) is None


def test_a_number_abroad_keeps_its_country_code() -> None:
    assert parse_msisdn("+44 7911 123456") == parse_msisdn("00447911123456") == "+447911123456"
    assert parse_msisdn("447911123456") is None


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("89254021000882131305", "254"),
        ("8991864000077120126", "91"),
        ("8944300240200110401", "44"),
        ("89234300000615022155", "234"),
        ("898606269000000000", None),
        ("898822809900000001", None),
    ],
)
def test_a_card_says_the_country_of_its_issuer_unless_it_is_china_or_a_global_network(
    card: str, code: str | None
) -> None:
    assert calling_code_of(card=card) == code


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("0112213130", "254", "+254112213130"),
        ("0722 415 501", "254", "+254722415501"),
        ("254722415501", "254", "+254722415501"),
        ("08131502215", "234", "+2348131502215"),
        ("07924511040", "44", "+447924511040"),
        ("5755124450055", "91", "+915755124450055"),
        ("9198765432", "91", "+919198765432"),
        ("447924511040", "254", None),
        ("5755124450055", "254", None),
        ("00254722415501", "254", None),
        ("0390601", "39", None),
    ],
)
def test_beside_a_card_of_another_country_a_number_is_one_of_that_country(
    text: str, country: str, number: str | None
) -> None:
    assert parse_national(text, country) == number


def test_thirteen_digits_of_india_are_no_number_of_colombia() -> None:
    assert [parse_digits_abroad(text) for text in ("5755124450055", "573001234567")] == [None, "+573001234567"]
    assert "+915755124450055" in nationals("5755124450055")
