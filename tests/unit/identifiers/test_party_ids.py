from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers import (
    is_natural_person,
    is_persons_document,
    is_valid_registration_no,
    is_valid_resident_id,
    is_valid_uscc,
    legal_form_of,
    normalize_party_id,
    normalize_party_name,
    parse_registration_no,
    parse_resident_id,
    parse_uscc,
)

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(body: str) -> str:
    return next(body + sign for sign in CREDIT_ALPHABET if is_valid_uscc(body + sign))


@pytest.mark.parametrize("code", ["91110000600037341L", "91110000802100433B", "91350100M000100Y43"])
def test_published_credit_codes_are_intact(code: str) -> None:
    assert parse_uscc(code.lower()) == code
    assert is_valid_uscc(code)


@pytest.mark.parametrize("first", ["91", "12", "A1", "N1", "Y1", "52"])
def test_a_credit_code_may_begin_with_letters(first: str) -> None:
    code = with_check(first + "330106MA2CFLDG4")
    assert parse_uscc(code) == code


def test_a_credit_code_with_a_wrong_check_character_is_still_one_if_its_division_is_possible() -> None:
    right = with_check("91330106MA2CFLDG4")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert parse_uscc(wrong) == wrong
    assert not is_valid_uscc(wrong)
    assert parse_uscc("99990106" + wrong[8:]) is None


@pytest.mark.parametrize(
    "text", ["91330106MI2CFLDG4X", "91330106MA2CFLDG4", "91330106MA2CFLDG4XX", "星海智联科技有限公司一二三四五六七八"]
)
def test_other_texts_are_no_credit_code(text: str) -> None:
    assert parse_uscc(text) is None


@given(st.text(CREDIT_ALPHABET, min_size=17, max_size=17), st.integers(0, 16))
def test_one_changed_character_of_a_credit_code_is_always_noticed(body: str, place: int) -> None:
    code = with_check(body)
    changed = CREDIT_ALPHABET[(CREDIT_ALPHABET.index(code[place]) + 1) % 31]
    assert not is_valid_uscc(code[:place] + changed + code[place + 1 :])


@pytest.mark.parametrize("number", ["360426199101010071", "11010519491231002X", "11010519491231002x"])
def test_resident_numbers_of_eighteen_are_read_and_checked(number: str) -> None:
    assert parse_resident_id(number) == number.upper()
    assert is_valid_resident_id(number.upper()) is True


def test_a_resident_number_agrees_with_stdnum() -> None:
    from stdnum.cn import ric

    for serial in range(200):
        body = f"11010519491231{serial:03d}"
        check = ric.calc_check_digit(body + "0")
        for sign in "0123456789X":
            assert is_valid_resident_id(body + sign) is (sign == check)


def test_a_resident_number_with_a_wrong_check_character_is_still_one() -> None:
    assert parse_resident_id("110105194912310021") == "110105194912310021"
    assert is_valid_resident_id("110105194912310021") is False


def test_a_resident_number_of_fifteen_has_no_check() -> None:
    assert parse_resident_id("110105491231002") == "110105491231002"
    assert is_valid_resident_id("110105491231002") is None


@pytest.mark.parametrize(
    "text", ["990105194912310021", "110105194913310021", "110105491331002", "11010519491231002", "1101051949123100XX"]
)
def test_impossible_provinces_and_days_make_no_resident_number(text: str) -> None:
    assert parse_resident_id(text) is None


def test_a_registration_number_has_fifteen_digits_of_an_authority() -> None:
    assert parse_registration_no("110108000000016") == "110108000000016"
    assert parse_registration_no("990108000000016") is None
    assert parse_registration_no("11010800000001") is None
    assert [digit for digit in range(10) if is_valid_registration_no(f"11010800000001{digit}")] == [6]


@pytest.mark.parametrize(
    "written",
    [
        "星海智联（北京）科技",
        "星海智联(北京)科技",
        " 星海 智联【北京】科技\n",
        "星海智联〔北京〕科技",
        "星海智联［北京］\u200b科技",
        "星海智联{北京}科技",
    ],
)
def test_blanks_and_kinds_of_brackets_do_not_make_another_name(written: str) -> None:
    assert normalize_party_name(written) == "星海智联(北京)科技"


@pytest.mark.parametrize("written", ["M/s Star Ltd", "M/s. Star Ltd", "m/s.Star Ltd", "Messrs Star Ltd"])
def test_the_address_of_a_firm_is_no_part_of_its_name(written: str) -> None:
    assert normalize_party_name(written) == normalize_party_name("STAR LTD")
    assert normalize_party_name("M/Star Ltd") == "m/starltd"


def test_case_and_width_do_not_make_another_name_but_a_dash_does() -> None:
    assert normalize_party_name("ＡＢＣ Tech") == normalize_party_name("abc tech") == "abctech"
    assert normalize_party_name("abc-tech") != "abctech"
    assert normalize_party_name("Straße") == normalize_party_name("STRASSE")


@given(st.text(max_size=20))
def test_normalising_a_name_twice_changes_nothing(text: str) -> None:
    assert normalize_party_name(normalize_party_name(text)) == normalize_party_name(text)


@pytest.mark.parametrize(
    ("number", "is_person"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", True),  # a division that exists carries a wrong check character
        ("990103197911280193", True),  # an intact one carries a division that does not
        ("990103197911280194", False),
        ("990103197913280191", False),
        ("91310115MA1K35XR7B", False),
        ("110105491231003", True),
        ("110105491231002", False),  # as a registration number it is intact too
        ("E12345678", False),
        ("", False),
    ],
)
def test_whose_number_can_only_be_a_natural_persons(number: str, is_person: bool) -> None:
    assert is_natural_person(number) is is_person


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("11010519491231002X", "person"),
        ("110105491231003", "person"),
        ("110105491231002", None),  # a resident identity number or a registration number
        ("91310115MA1K35XR7B", "firm"),
        ("91990100MA7XH00108", "firm"),
        ("110108000000016", "firm"),
        ("990100600123455", "firm"),  # an intact number carries a division that does not exist
        ("990100600123456", None),
        ("990103197911280194", None),
        ("E12345678", None),
        ("", None),
    ],
)
def test_whether_a_number_is_a_firms_or_a_natural_persons(number: str, form: str | None) -> None:
    assert legal_form_of(number) == form


def test_fifteen_digits_that_may_be_a_company_are_no_persons() -> None:
    (company,) = (f"11010549123100{check}" for check in range(10) if is_valid_registration_no(f"11010549123100{check}"))
    assert parse_resident_id(company) == company
    assert not is_natural_person(company)


@pytest.mark.parametrize(
    "number",
    ["330102199001011234", "110101199001010939", "11010519491231002X", "330102900101123", "E12345670", "EA1234567"],
)
def test_a_resident_id_and_a_passport_are_documents_of_persons_only(number: str) -> None:
    assert is_persons_document(number)


@pytest.mark.parametrize(
    "number",
    [
        "91330106MA2KXQ7J3P",
        "600037341",
        "E12345673",
        "110105491231002",
        "123301004912050014",
        "13800138000",
        "",
        "110101199001010030",
    ],
)
def test_what_may_be_a_firms_number_is_no_document_of_a_person(number: str) -> None:
    assert not is_persons_document(number)


def test_a_resident_id_of_fifteen_digits_has_the_form_of_eighteen() -> None:
    assert normalize_party_id("330102900101123") == "330102199001011234"
    for no_day in ("330102901301123", "330102900431123", "330102900132123"):
        assert normalize_party_id(no_day) == no_day
    (company,) = (f"11010549123100{check}" for check in range(10) if is_valid_registration_no(f"11010549123100{check}"))
    assert normalize_party_id(company) == normalize_party_id(company, name="星海科技有限公司") == company
    person = normalize_party_id(company, name="王伟")
    assert (person[:17], is_valid_resident_id(person)) == (f"110105194912310{company[13:]}"[:17], True)
