"""Interpretations of a number, the most likely first, and correction of common slips of people who type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal
from unicodedata import normalize

from graphtrace.frozen import frozen, replace
from graphtrace.identifiers.damage import DamagedNumber, damage_interval, is_scientific
from graphtrace.identifiers.iccid import (
    BODY_SIZE,
    FULL_SIZE,
    Checksum,
    carrier_from_iccid,
    derive_hints,
    has_check_digit,
    parse_iccid,
)
from graphtrace.identifiers.normalize import strip_noise
from graphtrace.identifiers.party_ids import (
    is_valid_registration_no,
    is_valid_resident_id,
    is_valid_uscc,
    parse_registration_no,
    parse_resident_id,
    parse_uscc,
)
from graphtrace.identifiers.ranges import parse_pattern
from graphtrace.identifiers.telecom import (
    imsi_carrier,
    is_chinese_imsi,
    is_valid_eid,
    is_valid_imei,
    msisdn_carrier,
    parse_digits_abroad,
    parse_eid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
)
from graphtrace.model import Carrier, Hint
from graphtrace.patterns import late
from graphtrace.wire import wire

_DIGITS: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
_MIN_DIGITS: Final = 8
_SIGNS: Final = late("[0-9A-Z?*.+]+")
_SCIENTIFIC: Final = late(r"[0-9.]+E\+?[0-9]+")


def repair_typed(text: str) -> str:
    """Return the number that was meant: O, l and I are read as digits, wide forms as narrow ones.

    Text that needs no repair comes back as it is, blanks and dashes included. The 20th character of a Unicom or Telecom
    number is never repaired: a letter may be printed there.
    """
    narrow = normalize("NFKC", text)
    repaired = narrow.translate(_DIGITS)
    if repaired == text:
        return text
    number = strip_noise(repaired)
    if not number.startswith("89"):
        return repaired if number.rstrip("?*").isdecimal() else narrow
    if len(number) == FULL_SIZE and has_check_digit(number):
        last = strip_noise(narrow)[BODY_SIZE]
        if last != number[BODY_SIZE]:
            return number[:BODY_SIZE] + last
    return repaired


def is_number(text: str) -> bool:
    """Whether text may be a number or part of one: eight characters of one at least, nearly all of them digits.

    A name and a few digits are none, whatever else they are.
    """
    number = strip_noise(repair_typed(text))
    if not _SIGNS.fullmatch(number):
        return False
    known = [sign for sign in number if sign not in "?*.+"]
    digits = sum(sign.isdecimal() for sign in known)
    if _SCIENTIFIC.fullmatch(number):
        return True
    # a pattern with too few known characters is a number all the same, and refused or not found as one
    is_card = number.startswith("89") and (len(known) >= _MIN_DIGITS or len(known) < len(number))
    return is_card or (len(known) >= _MIN_DIGITS and 2 * digits > len(known))


InterpretationKind = Literal["iccid", "eid", "msisdn", "imsi", "imei", "uscc", "registration_no", "resident_id"]


@wire(
    "kind:str normalised complete key checksum:str carrier:str|None hints",
    name="Reading",
    doc="One interpretation of a number.",
)
@frozen()
class Interpretation:
    """One interpretation of a number.

    ``key`` is the card key and ``None`` for all kinds but ``iccid``. ``checksum`` is ``n/a`` where the kind has no
    check digit or this writing lacks it. ``carrier`` is the operator that the number points to.
    """

    kind: InterpretationKind
    normalised: str
    complete: bool = True
    key: str | None = None
    checksum: Checksum = "n/a"
    carrier: Carrier | None = None
    hints: tuple[Hint, ...] = ()


@frozen(kw_only=False)
class Identification:
    """All interpretations of a number, and the interval of its true value if it is damaged (both ends included).

    ``read_as`` is the number that was read where letters or wide forms were typed in the place of digits.
    """

    readings: tuple[Interpretation, ...]
    damaged: tuple[str, str] | None
    read_as: str | None = None


def identify(text: str) -> Identification:
    """Identify a number by itself, without any case.

    Parameters
    ----------
    text
        What a person typed. It is called damaged only when it is in scientific notation, for of a single number nobody
        knows whether its zeros are a spreadsheet's. A :class:`~graphtrace.identifiers.DamagedNumber` of a file is.

    Returns
    -------
    Identification
        Readings in the order in which a trace tries them (ICCID, EID, MSISDN, IMSI, IMEI), then those of parties. A
        device number whose check digit is wrong stands behind a party's number whose own check is right, unless the
        number is also an IMSI, which is often found in the place of an IMEI.

    Examples
    --------
    >>> [(reading.kind, reading.carrier) for reading in gt.identify("898604B81625D0045436").readings]
    [('iccid', 'china-mobile')]
    """
    if isinstance(text, DamagedNumber):
        return Identification((), text.interval)
    if is_scientific(text):
        return Identification((), damage_interval(text))
    read = repair_typed(text)
    return replace(_identify(read), read_as=None if read == text else read)


def identify_typed(text: str) -> Identification:
    """Identify a number as a question is read: digits that can be nothing else are a number of another country.

    >>> [reading.normalised for reading in identify_typed("447700900123").readings]
    ['+447700900123']
    """
    found = identify(text)
    if found.readings or found.damaged is not None or (abroad := parse_digits_abroad(repair_typed(text))) is None:
        return found
    return replace(found, readings=_identify(abroad).readings)


def _identify(text: str) -> Identification:
    cards = [*_card_readings(text)]
    devices = [*_device_readings(text)]
    parties = [*_party_readings(text)]
    proven = [reading for reading, is_proven in parties if is_proven]
    unproven = [reading for reading, is_proven in parties if not is_proven]
    if cards or not any(device.checksum == "bad" for device in devices):
        return Identification((*cards, *devices, *proven, *unproven), None)
    return Identification((*proven, *devices, *unproven), None)


def _card_readings(text: str) -> Iterator[Interpretation]:
    if card := parse_iccid(text):
        yield Interpretation(
            kind="iccid",
            normalised=card.text,
            complete=card.complete,
            key=card.key,
            checksum=card.checksum,
            carrier=card.carrier,
            hints=card.hints,
        )
    elif pattern := parse_pattern(text):
        known = pattern.text
        yield Interpretation(
            kind="iccid", normalised=known, complete=False, carrier=carrier_from_iccid(known), hints=derive_hints(known)
        )
    if eid := parse_eid(text):
        yield Interpretation(kind="eid", normalised=eid, checksum=_checksum(is_valid_eid(eid)))
    if msisdn := parse_msisdn(text):
        named = msisdn_carrier(msisdn)
        hints = () if named is None else (Hint(attribute="carrier", value=named[0], confidence=named[1]),)
        yield Interpretation(kind="msisdn", normalised=msisdn, carrier=named and named[0], hints=hints)
    if (imsi := parse_imsi(text)) and is_chinese_imsi(imsi):
        yield Interpretation(kind="imsi", normalised=imsi, carrier=imsi_carrier(imsi))


def _device_readings(text: str) -> Iterator[Interpretation]:
    """Yield interpretations as a device and as a foreign SIM: 15 digits may be either, and the check digit decides."""
    imei, imsi = parse_imei(text), parse_imsi(text)
    devices = [Interpretation(kind="imei", normalised=imei, checksum=_checksum(is_valid_imei(imei)))] if imei else []
    abroad = [Interpretation(kind="imsi", normalised=imsi)] if imsi and not is_chinese_imsi(imsi) else []
    is_device = bool(imei) and is_valid_imei(imei or "") is not False
    yield from (*devices, *abroad) if is_device else (*abroad, *devices)


def _party_readings(text: str) -> Iterator[tuple[Interpretation, bool]]:
    if resident := parse_resident_id(text):
        is_intact = is_valid_resident_id(resident)
        yield Interpretation(kind="resident_id", normalised=resident, checksum=_checksum(is_intact)), is_intact is True
    if code := parse_uscc(text):
        yield Interpretation(kind="uscc", normalised=code, checksum=_checksum(is_valid_uscc(code))), is_valid_uscc(code)
    if number := parse_registration_no(text):
        yield Interpretation(kind="registration_no", normalised=number), is_valid_registration_no(number)


def _checksum(is_intact: bool | None) -> Checksum:
    if is_intact is None:
        return "n/a"
    return "ok" if is_intact else "bad"
