"""Network identifiers: subscriber numbers (MSISDN), SIM identities (IMSI) and devices (IMEI).

Numbering: MIIT numbering plan, 3GPP TS 23.003. Public libraries call the ranges for IoT cards invalid, hence the table.
Subscribers may keep an 11-digit number when they change operator (since 2019), so its prefix is a hint only.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from graphtrace.identifiers.iccid import is_luhn_valid
from graphtrace.identifiers.normalize import normalize_number
from graphtrace.model import Carrier
from graphtrace.patterns import late

IMEI_SIZE: Final = 15
"""Number of digits of an IMEI with its check digit; one of 14 has none, one of 16 a software version instead."""

IMEI_CORE_SIZE: Final = 14
"""Number of digits of an IMEI that identify the device."""


def _by_prefix(prefixes: dict[Carrier, str]) -> dict[str, Carrier]:
    return {prefix: carrier for carrier, listed in prefixes.items() for prefix in listed.split()}


_MSISDN: Final = late(r"(?:\+?86)?(1[0-9]{10}|1064[6-9][0-9]{8}|14(?:00|10|40|41)[0-9]{9}|14[68][0-9]{10})")
_CALLING_CODE: Final = (
    "(?:7|2[07]|2(?:1[1-3689]|[2-4][0-9]|5[0-8]|6[0-9]|9[01789])|3[0-469]|3(?:[57][0-9]|8[0-35-79])|4[013-9]|42[013]"
    "|5[1-8]|5[09][0-9]|6[0-6]|6(?:7[02-9]|8[0-35-9]|9[0-2])|8[124]|8(?:0[08]|5[02356]|7[08]|8[0-368])|9[0-58]"
    "|9(?:6[0-8]|7[0-79]|9[2-68]))"
)
"""Country codes of ITU-T E.164, but those of China and of North America."""

_ABROAD: Final = late(f"(?:[+]|00)(1[0-9]{{10}}|(?={_CALLING_CODE})[0-9]{{8,15}})")
_TOO_LONG: Final = "5(?:1[0-9]{10}|3[0-9]{9}|6[0-9]{10}|[78][0-9]{11})"
"""Beginnings of what is longer than the numbers of Peru, Cuba, Chile, Colombia and Venezuela."""
_DIGITS_ABROAD: Final = late(f"(?={_CALLING_CODE})(?!{_TOO_LONG})[0-9]{{8,15}}")
"""Digits that may be a number of another country; with country code 1 they would have the form of a Chinese one."""

_CARD_ABROAD: Final = late(f"89(?P<country>{_CALLING_CODE})[0-9]{{10}}")
_OF_NO_COUNTRY: Final = "8"
"""Begins the codes of global networks and others whose cards have numbers of any country, of three digits."""
_TRUNK_ZERO: Final = frozenset(
    "20 27 31 32 33 40 41 43 44 46 49 55 60 61 62 63 64 66 81 82 84 90 91 92 94 212 213 233 234 251 254 255 256 260 263"  # noqa: SIM905
    " 353 380 880 961 966 971 972".split()
)
"""Countries in which numbers are dialled with a zero before them that is no part of them."""
_NATIONAL: Final[dict[str, re.Pattern[str]]] = {
    country: late(pattern)
    for country, pattern in {
        "44": "7[0-9]{9}",
        "91": "[6-9][0-9]{9}|5[0-9]{12}",
        "234": "[789][0-9]{9}",
        "254": "[17][0-9]{8}",
    }.items()
}
"""Numbers without country code and zero: of the United Kingdom, India (13 digits for machines), Nigeria and Kenya."""
_COUNTRIES_OF_NETWORKS: Final = {
    **dict.fromkeys(("404", "405", "406"), "91"),
    **dict.fromkeys(("234", "235"), "44"),
    "621": "234",
    "639": "254",
}
"""Calling codes of these countries by the beginning of an IMSI."""
_LEAST_NATIONAL: Final = 7
_LONGEST_ABROAD: Final = 15

_DAY: Final = late("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_IMSI: Final = late("[0-9]{15}")
_CHINA: Final = "460"
_COUNTRY_CODES: Final = """
202 204 206 208 212 213 214 216 218 219 220 221 222 226 228 230 231 232 234 235 238 240 242 244 246 247 248 250
255 257 259 260 262 266 268 270 272 274 276 278 280 282 283 284 286 288 289 290 292 293 294 295 297 302 308 310
311 312 313 314 315 316 330 332 334 338 340 342 344 346 348 350 352 354 356 358 360 362 363 364 365 366 368 370
372 374 376 400 401 402 404 405 406 410 412 413 414 415 416 417 418 419 420 421 422 424 425 426 427 428 429 430
431 432 434 436 437 438 440 441 450 452 454 455 456 457 460 461 466 467 470 472 502 505 510 514 515 520 525 528
530 536 537 539 540 541 542 543 544 545 546 547 548 549 550 551 552 553 554 555 602 603 604 605 606 607 608 609
610 611 612 613 614 615 616 617 618 619 620 621 622 623 624 625 626 627 628 629 630 631 632 633 634 635 636 637
638 639 640 641 642 643 645 646 647 648 649 650 651 652 653 654 655 657 658 659 702 704 706 708 710 712 714 716
722 724 730 732 734 736 738 740 742 744 746 748 750 901 902 999
"""
_COUNTRIES: Final = frozenset(_COUNTRY_CODES.split())
"""Country codes of mobile networks (ITU-T E.212), including those of global networks and of tests."""
_EID: Final = late("[0-9]{32}")
_IMEI: Final = late("[0-9]{14,16}")

_IOT_PREFIXES: Final[dict[str, tuple[Carrier, Literal["high", "low"]]]] = {
    "10646": ("china-unicom", "high"),
    "10647": ("china-mobile", "low"),
    "10648": ("china-mobile", "high"),
    "10649": ("china-telecom", "high"),
    "1400": ("china-unicom", "high"),
    "1410": ("china-telecom", "high"),
    "1440": ("china-mobile", "high"),
    "1441": ("china-mobile", "high"),
    "146": ("china-unicom", "high"),
    "148": ("china-mobile", "high"),
}
_PHONE_PREFIXES: Final = _by_prefix(
    {
        "china-mobile": "134 135 136 137 138 139 147 148 150 151 152 157 158 159 172 178 182 183 184 187 188 195 197"
        " 198",
        "china-unicom": "130 131 132 145 146 155 156 166 175 176 185 186 196",
        "china-telecom": "133 149 153 173 177 180 181 189 190 191 193 199",
        "china-broadnet": "192",
    }
)
_NETWORKS: Final = _by_prefix(
    {
        "china-mobile": "00 02 04 07 08 13 24",
        "china-unicom": "01 06 09",
        "china-telecom": "03 05 11",
        "china-broadnet": "15",
    }
)


def parse_msisdn(text: str) -> str | None:
    """Return a subscriber number; ``None`` if the text is none.

    A Chinese one as its 11 or 13 digits without the country code, one of another country (ITU-T E.164, written with
    ``+`` or ``00``) with its ``+``.
    """
    number = normalize_number(text)
    if found := _MSISDN.fullmatch(number):
        return found[1]
    found = _ABROAD.fullmatch(number)
    return f"+{found[1]}" if found else None


def parse_digits_abroad(text: str) -> str | None:
    """Return 8 to 15 digits that fit no Chinese form and do not begin with 0 as a number of another country.

    What is a date, an IMSI or an IMEI with its check digit is none.
    """
    number = normalize_number(text)
    if not _DIGITS_ABROAD.fullmatch(number) or _DAY.fullmatch(number) or parse_imsi(number) or is_valid_imei(number):
        return None
    return f"+{number}"


def calling_code_of(*, card: str | None = None, imsi: str | None = None) -> str | None:
    """Return the calling code of the country of a card's issuer or network; ``None`` for China and where it is unknown.

    >>> calling_code_of(card="89254021000882131305"), calling_code_of(imsi="405840337712012")
    ('254', '91')
    """
    found = _CARD_ABROAD.match(normalize_number(card)) if card else None
    if found is not None:
        code = found["country"]
        return None if code.startswith(_OF_NO_COUNTRY) and len(code) > 2 and code != "880" else code
    return _COUNTRIES_OF_NETWORKS.get(normalize_number(imsi)[:3]) if imsi else None


def parse_national(text: str, country: str) -> str | None:
    """Return a number as people of its country write it, with its calling code; ``None`` if it is none of that country.

    >>> [parse_national(text, "254") for text in ("0112 213130", "112213130", "254112213130", "0044112213130")]
    ['+254112213130', '+254112213130', '+254112213130', None]
    """
    number = normalize_number(text)
    if not (number.isascii() and number.isdigit()) or number.startswith("00"):
        return None
    own = _NATIONAL.get(country)
    if own is not None and own.fullmatch(number):
        return f"+{country}{number}"
    if number.startswith("0"):
        bare = number[1:]
        is_number = country in _TRUNK_ZERO and _LEAST_NATIONAL <= len(bare) <= _LONGEST_ABROAD - len(country)
        return f"+{country}{bare}" if is_number else None
    is_whole = number.startswith(country) and len(country) + _LEAST_NATIONAL <= len(number) <= _LONGEST_ABROAD
    return f"+{number}" if is_whole else None


def nationals(text: str) -> list[str]:
    """Return every number that a text may be which is written as people of some country write theirs."""
    found = (parse_national(text, country) for country in sorted(_TRUNK_ZERO | _NATIONAL.keys()))
    whole = f"+{normalize_number(text)}"
    return [number for number in dict.fromkeys(found) if number is not None and number != whole]


def pack_number(number: str) -> int:
    """Return an MSISDN or IMSI as the integer that is stored: that of another country is negative."""
    return int(number.replace("+", "-"))


def unpack_number(code: int) -> str:
    """Return the MSISDN or IMSI that an integer stands for (:func:`pack_number`)."""
    return str(code).replace("-", "+")


def msisdn_carrier(msisdn: str) -> tuple[Carrier, Literal["high", "medium", "low"]] | None:
    """Return the Chinese operator whose prefix a subscriber number has, and the confidence in it."""
    if msisdn.startswith("+"):
        return None
    if len(msisdn) == 13:
        return next((named for prefix, named in _IOT_PREFIXES.items() if msisdn.startswith(prefix)), None)
    carrier = _PHONE_PREFIXES.get(msisdn[:3])
    return (carrier, "medium") if carrier else None


def is_iot_number(text: str) -> bool:
    """Whether a text is a Chinese number of 13 digits that only cards of the Internet of Things have."""
    number = parse_msisdn(text)
    return number is not None and len(number) == 13 and msisdn_carrier(number) is not None


def parse_imsi(text: str) -> str | None:
    """Return the 15 digits of an IMSI of any country's network; ``None`` if the text is none."""
    number = normalize_number(text)
    return number if _IMSI.fullmatch(number) and number[:3] in _COUNTRIES else None


def is_chinese_imsi(imsi: str) -> bool:
    """Whether the network of an IMSI is Chinese."""
    return imsi.startswith(_CHINA)


def imsi_carrier(imsi: str) -> Carrier | None:
    """Return the operator of the network that an IMSI names."""
    return _NETWORKS.get(imsi[3:5]) if is_chinese_imsi(imsi) else None


def parse_imei(text: str) -> str | None:
    """Return the 14, 15 or 16 digits of an IMEI as written; ``None`` if the text is none. Ignores the check digit."""
    number = normalize_number(text)
    return number if _IMEI.fullmatch(number) else None


def imei14(imei: str) -> str:
    """Return the 14 digits on which two writings of one device agree."""
    return imei[:IMEI_CORE_SIZE]


_RUNS: Final = frozenset(
    "".join(str((start + step * place) % 10) for place in range(IMEI_CORE_SIZE))
    for start in range(10)
    for step in (-1, 0, 1)
)
DEVICES_THAT_ARE_NONE: Final = frozenset(map(int, _RUNS))
"""The first 14 digits of IMEIs that no device has, as numbers: of one repeated digit, or counting up or down."""

IMEI_SERIALS: Final = 10**6
"""The last six of the 14 digits are the serial of a device; none has a serial of zeros."""


def names_no_device(imei: str) -> bool:
    """Whether an IMEI has the form of one that no device has: typed to fill a field, or left as a default."""
    core = int(imei14(imei))
    return core % IMEI_SERIALS == 0 or core in DEVICES_THAT_ARE_NONE


def is_valid_imei(imei: str) -> bool | None:
    """Whether the check digit is right; ``None`` for 14 and 16 digits, which have none."""
    return is_luhn_valid(imei) if len(imei) == IMEI_SIZE else None


def parse_eid(text: str) -> str | None:
    """Return the 32 digits of an EID, the number of an eSIM chip; ``None`` if the text is none.

    A number that begins with 89 is one whatever its check digits, any other only with right ones.
    """
    number = normalize_number(text)
    return number if _EID.fullmatch(number) and (number.startswith("89") or is_valid_eid(number)) else None


def is_valid_eid(eid: str) -> bool:
    """Whether the check digits of an EID are right: the number leaves 1 when it is divided by 97 (SGP.02)."""
    return int(eid) % 97 == 1
