"""Normalisation of numbers, names and contacts of parties, by which two writings are the same company or person.

Any filled number is a strong identifier, valid or not; the ``parse_`` functions only serve to say what a number is.

Standards: unified social credit code GB 32100-2015, registration number GS 15-2006 (check digit GB/T 17710), resident
identity number GB 11643-1999 and its 15-digit predecessor, administrative divisions GB/T 2260.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final, Literal
from unicodedata import normalize

from graphtrace.identifiers.iccid import SHORTEST_SIZE, parse_iccid
from graphtrace.identifiers.normalize import is_masked, strip_noise, strip_whitespace
from graphtrace.patterns import late

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES: Final = {sign: value for value, sign in enumerate(_CREDIT_ALPHABET)}
_CREDIT_CODE: Final = late(f"[{_CREDIT_ALPHABET}]{{18}}")
_PROVINCE: Final = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_PLAUSIBLE_CREDIT_CODE: Final = late(f"[1-9ANY][1-9](?:10|{_PROVINCE})[0-9]{{4}}.{{10}}")
_REGISTRATION_NO: Final = late(f"(?:10|{_PROVINCE})[0-9]{{13}}")
_FIFTEEN_DIGITS: Final = late("[0-9]{15}")
_RESIDENT_ID: Final = late(f"{_PROVINCE}[0-9]{{4}}([0-9]{{8}})[0-9]{{3}}[0-9X]")
_ANY_RESIDENT_ID: Final = late("[1-9][0-9]{5}((?:19|20)[0-9]{6})[0-9]{3}[0-9X]")
_OLD_RESIDENT_ID: Final = late(f"{_PROVINCE}[0-9]{{4}}([0-9]{{6}})[0-9]{{3}}")
_OLD_SIZE: Final = 15
_PERSON: Final = late("[㐀-鿿]{2,4}|[㐀-鿿]{1,8}·[㐀-鿿·]{1,12}")
"""Pattern of what may be the name of a natural person."""

_BRACKETS: Final = str.maketrans(
    dict.fromkeys("[{〔〖〘〚【〈《「『", "(") | dict.fromkeys("]}〕〗〙〛】〉》」』", ")")
)


def normalize_party_id(text: str, *, name: str | None = None) -> str:
    """Return the normal form of any party's number: capitals, without blanks, dashes and text marks.

    A resident id of 15 digits has the form of 18, of the same person: those of 15 were given to people born in the
    20th century only. One that has the check digit of a registration number too may be a firm's, and stays as it is
    unless it stands beside the ``name`` of a person.
    """
    number = strip_noise(text)
    if len(number) != _OLD_SIZE or parse_resident_id(number) is None:
        return number
    is_person = not is_valid_registration_no(number) or (name is not None and _PERSON.fullmatch(name) is not None)
    return _of_18(number) if is_person else number


def forms_of_party_id(text: str) -> list[str]:
    """Return the normal forms that a number may have in a case: two of one that may be a person's or a firm's."""
    return list(dict.fromkeys((normalize_party_id(text), normalize_party_id(text, name="某某"))))


def is_of_person_or_firm(number: str) -> bool:
    """Whether only the name beside a number says what its normal form is."""
    return len(number) == _OLD_SIZE and len(forms_of_party_id(number)) > 1


_MESSRS: Final = late(r"^\s*(?:(?:M/s|Messrs)[.\s]\s*)+(?=\S)", re.IGNORECASE)
"""How letters address a firm, which is no part of its name."""


_KIND_OF_CUSTOMER: Final = late(
    r"(?<=.)\((?:(?:corporate|corp|individual|retail|bulk|m2m|iot|non-?human|prepaid|postpaid)[-–/,&]*)+\)$"
)


_REMARK: Final = late(
    r"(?<=\w)\s*\((?:walk[- ]?in|[^()]*\b(?:paid|pays|picked|he|she|they|him|her|them|his|their|who)\b[^()]*)\)\s*$",
    re.IGNORECASE,
)
"""A remark in brackets behind a name that says in words what somebody did, and is no part of it."""


def normalize_party_name(text: str) -> str:
    """Return the key of a party's name: NFKC without blanks and case, all brackets round, without the address M/s.

    Nor does what kind of customer somebody is, in brackets behind a name as carriers write it, make another one of him,
    or a remark there of what he did.

    >>> [normalize_party_name(name) for name in ("M/s Star Ltd", "Star Ltd (Corporate - M2M)", "Star (Nagpur)")]
    ['starltd', 'starltd', 'star(nagpur)']
    >>> normalize_party_name("Ann Lee (Bob paid for her)")
    'annlee'

    Parties are merged by this key only; :mod:`graphtrace.identifiers.party_names` has looser forms, for candidates. The
    name to display is kept beside the key.
    """
    bare = _REMARK.sub("", text) if text.rstrip()[-1:] == ")" and text.isascii() else text
    key = strip_whitespace(_MESSRS.sub("", bare))
    while (folded := strip_whitespace(key.casefold()).translate(_BRACKETS)) != key:
        key = folded
    return _KIND_OF_CUSTOMER.sub("", key) if key.endswith(")") else key


def parse_uscc(text: str) -> str | None:
    """Return a unified social credit code of 18 characters; ``None`` if the text is none.

    The first two characters (authority and category) may be letters. A code whose check character is wrong still counts
    when authority, category and division are possible.
    """
    code = strip_noise(text)
    if not _CREDIT_CODE.fullmatch(code):
        return None
    return code if is_valid_uscc(code) or _PLAUSIBLE_CREDIT_CODE.fullmatch(code) else None


def is_valid_uscc(code: str) -> bool:
    """Whether the check character is right: the values weighted with powers of 3 add up to 0 modulo 31."""
    weighted = sum(_CREDIT_VALUES[sign] * pow(3, place, 31) for place, sign in enumerate(code[:-1]))
    return (weighted + _CREDIT_VALUES[code[-1]]) % 31 == 0


def parse_registration_no(text: str) -> str | None:
    """Return a company's registration number of 15 digits, the first six the registering authority; else ``None``."""
    number = strip_noise(text)
    return number if _REGISTRATION_NO.fullmatch(number) else None


def is_valid_registration_no(number: str) -> bool:
    """Whether the check digit is right (modulo 11, 10)."""
    carried = 10
    for digit in number[:-1]:
        carried = ((carried + int(digit)) % 10 or 10) * 2 % 11
    return (carried + int(number[-1])) % 10 == 1


def parse_resident_id(text: str) -> str | None:
    """Return a resident identity number of 18 or 15 characters with valid province and day of birth, else ``None``."""
    number = strip_noise(text)
    if new := _RESIDENT_ID.fullmatch(number):
        born = new[1]
    elif old := _OLD_RESIDENT_ID.fullmatch(number):
        born = "19" + old[1]
    else:
        return None
    return number if _is_day(born) else None


def _of_18(number: str) -> str:
    body = f"{number[:6]}19{number[6:]}"
    return body + next(sign for sign in "0123456789X" if is_valid_resident_id(body + sign))


def is_natural_person(text: str) -> bool:
    """Whether a party's number can only be that of a natural person.

    That is a resident identity number, also of a division that is not known if its check character is right. One of 15
    digits that has the check digit of a registration number may be a company's, so nothing is said of it.
    """
    number = strip_noise(text)
    if parse_resident_id(number) is not None:
        return len(number) == 18 or not is_valid_registration_no(number)
    shaped = _ANY_RESIDENT_ID.fullmatch(number)
    is_possible = shaped is not None and _is_day(shaped[1]) and parse_uscc(number) is None
    return is_possible and is_valid_resident_id(number) is True


_PASSPORT: Final = late("[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}")
"""Ordinary passports of China."""

_CENTURIES: Final = ("18", "19", "20")


def is_persons_document(number: str) -> bool:
    """Whether a normalised number is that of a document that only natural persons have, and surely none of a firm's.

    That is a resident id or a passport. What may as well be an organisation's code of 9 characters, a registration
    number or a credit code is none.

    >>> [is_persons_document(number) for number in ("330102199001011234", "E12345670", "91330106MA2KXQ7J3P")]
    [True, True, False]
    """
    if is_natural_person(number):
        is_code = parse_uscc(number) is not None and is_valid_uscc(number)
        is_possible = len(number) == _OLD_SIZE or number[6:8] in _CENTURIES
        return is_possible and not (is_code and not is_valid_resident_id(number))
    return _PASSPORT.fullmatch(number) is not None and not _is_valid_organisation_code(number)


_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def _is_valid_organisation_code(code: str) -> bool:
    """Whether the check character of an organisation's code of 9 characters is right (GB 11714, modulo 11)."""
    weighted = sum(weight * int(sign, 36) for weight, sign in zip(_ORGANISATION_WEIGHTS, code, strict=False))
    return "0123456789X"[-weighted % 11] == code[-1]


LegalForm = Literal["firm", "person"]


@lru_cache(maxsize=65536)
def legal_form_of(text: str) -> LegalForm | None:
    """Whether a party's number is that of a firm or of a natural person; ``None`` where it may be either or neither.

    A number of 15 digits is a firm's only where it is no possible resident identity number.
    """
    if is_natural_person(text):
        return "person"
    number = strip_noise(text)
    if parse_uscc(number) is not None:
        return "firm"
    if parse_resident_id(number) is not None or not _FIFTEEN_DIGITS.fullmatch(number):
        return None
    return "firm" if parse_registration_no(number) is not None or is_valid_registration_no(number) else None


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def is_valid_resident_id(number: str) -> bool | None:
    """Whether the check character is right (modulo 11, 2); ``None`` for 15 digits, which have none."""
    if len(number) == 15:
        return None
    check = (1 - 2 * int(number[:-1], 13)) % 11
    return number[-1] == ("X" if check == 10 else str(check))


ContactKind = str
CONTACT_KINDS: Final = ("telephone", "wechat", "qq", "taobao", "alipay", "bank", "address", "email", "account", "alias")
"""Kinds of contacts; ``account`` is an account of an unknown service, ``alias`` another name in a list of both."""

_SEPARATORS: Final = late(r"[/、,，;；|\n]+")
_MIN_CHARACTERS: Final = {"address": 6, "bank": 8, "qq": 5, "alias": 2}
"""Minimum number of characters of a contact by its kind."""

_MIN_CHARACTERS_OF_OTHERS: Final = 3
"""Minimum number of characters of a contact of any other kind."""

_PHONE: Final = late(r"(?:\+|00)?86(1[0-9]{10})")
_DIGITS: Final = late(r"\+?[0-9]{7,15}")
_PUNCTUATION: Final = late(r"[()\s.\-]")
_LONG_NUMBERS: Final = late(f"(?<![0-9A-Za-z])[0-9A-Za-z]{{{SHORTEST_SIZE},}}(?![0-9A-Za-z])")


def parse_contacts(kind: ContactKind, text: str) -> tuple[str, ...]:
    """Return the contacts in a cell, normalised; none if it is masked or encrypted.

    Several telephones, or other names, may stand in one cell. A number of mainland China has no country code.
    """
    parts = _SEPARATORS.split(text) if kind in ("telephone", "alias") else [text]
    found = (_parse_contact(kind, part) for part in parts)
    return tuple(dict.fromkeys(contact for contact in found if contact))


def _parse_contact(kind: ContactKind, text: str) -> str | None:
    if is_masked(text):
        return None
    if len(text) >= SHORTEST_SIZE and any(map(_is_card, (text, *_LONG_NUMBERS.findall(text)))):
        # the number of a SIM is no account, and so are several
        return None
    bare = strip_whitespace(text).casefold().lstrip("'`") if kind != "bank" else strip_noise(text)
    number = _PUNCTUATION.sub("", normalize("NFKC", bare))
    if mainland := _PHONE.fullmatch(number):
        return mainland[1] if kind != "bank" else bare
    if kind == "telephone":
        return number if _DIGITS.fullmatch(number) else None
    return bare if len(bare) >= _MIN_CHARACTERS.get(kind, _MIN_CHARACTERS_OF_OTHERS) else None


def _is_card(text: str) -> bool:
    card = parse_iccid(text)
    return card is not None and card.complete


def contact_key(kind: ContactKind, value: str) -> str:
    """Return the key by which a contact is looked up; telephones and accounts share one, as accounts can be phones."""
    return f"{kind}:{value}" if kind in ("address", "alias") else f"at:{value}"


def parse_amount(text: str, *, is_in_cents: bool = False) -> str | None:
    """Return an amount of money with two decimals and its sign, ``None`` if the text is none."""
    bare = re.sub(r"[\s,¥$元]|人民币|CNY|RMB", "", normalize("NFKC", text), flags=re.IGNORECASE).lstrip("'`")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,8})?", bare):
        return None
    from decimal import Decimal

    amount = Decimal(bare) / (100 if is_in_cents else 1)
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"
