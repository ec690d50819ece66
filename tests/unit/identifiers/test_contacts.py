from __future__ import annotations

import pytest

from graphtrace.identifiers.party_ids import contact_key, parse_amount, parse_contacts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+86 138 0013 8000", ("13800138000",)),
        ("008613800138000", ("13800138000",)),
        ("13800138000/13900139000、13800138000", ("13800138000", "13900139000")),
        ("(0571) 8888-6666", ("057188886666",)),
        ("138****8000", ()),
        ("123456", ()),
        ("电话无", ()),
    ],
)
def test_telephones_of_a_cell_are_taken_one_by_one(text: str, found: tuple[str, ...]) -> None:
    assert parse_contacts("telephone", text) == found


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("bank", "6222 0212 3456 7890 123", "6222021234567890123"),
        ("bank", "6222-0212-3456-7890", "6222021234567890"),
        ("bank", "8613800138000", "8613800138000"),  # an account has no country code
        ("bank", "1234567", None),
        ("qq", "12345", "12345"),
        ("qq", "1234", None),
        ("wechat", "'WX_abc", "wx_abc"),
        ("wechat", "+86 13800138000", "13800138000"),
        ("wechat", "abc", "abc"),
        ("wechat", "ab", None),
        ("address", "杭州市文三路1号", "杭州市文三路1号"),
        ("address", "杭州市", None),
        ("account", "8986061900000000001", None),  # the number of a SIM
        ("account", "89860619000000000010", None),
        ("account", "894450010219830482", None),
        ("account", "898606190000000000", "898606190000000000"),  # too short to be one
    ],
)
def test_an_account_is_kept_as_it_is_compared(kind: str, text: str, found: str | None) -> None:
    assert parse_contacts(kind, text) == (() if found is None else (found,))


def test_an_address_is_no_account_and_all_accounts_are_of_one_space() -> None:
    assert [contact_key(kind, "a") for kind in ("address", "qq", "telephone")] == ["address:a", "at:a", "at:a"]


@pytest.mark.parametrize(
    ("text", "is_in_cents", "amount"),
    [
        ("¥1,234.5", False, "1234.50"),
        ("12元", False, "12.00"),
        ("1.005", False, "1.005"),
        ("-3", False, "-3.00"),
        ("12345", True, "123.45"),
        ("1e5", False, None),
        ("X12", False, None),
        ("", False, None),
    ],
)
def test_an_amount_is_in_yuan_and_loses_nothing(text: str, is_in_cents: bool, amount: str | None) -> None:
    assert parse_amount(text, is_in_cents=is_in_cents) == amount


@pytest.mark.parametrize("between", ["\n", "、", " ", ","])
def test_several_cards_in_a_cell_are_no_account(between: str) -> None:
    cards = between.join(("89860625300210200018", "89860625300210200026"))
    assert parse_contacts("account", cards) == ()
    assert parse_contacts("account", "6222021234567890123") == ("6222021234567890123",)
