"""Interpretations of a number, the most likely first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphtrace.identifiers.damage import DamagedNumber, damage_interval, is_scientific
from graphtrace.identifiers.iccid import Checksum, carrier_from_iccid, derive_hints, parse_iccid
from graphtrace.identifiers.party_ids import (
    is_valid_registration_no,
    is_valid_resident_id,
    is_valid_uscc,
    parse_registration_no,
    parse_resident_id,
    parse_uscc,
)
from graphtrace.identifiers.pattern import parse_pattern
from graphtrace.identifiers.telecom import (
    imsi_carrier,
    is_chinese_imsi,
    is_valid_eid,
    is_valid_imei,
    msisdn_carrier,
    parse_eid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
)
from graphtrace.model import Carrier, Hint

InterpretationKind = Literal["iccid", "eid", "msisdn", "imsi", "imei", "uscc", "registration_no", "resident_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True)
class Identification:
    """All interpretations of a number, and the interval of its true value if it is damaged (both ends included)."""

    readings: tuple[Interpretation, ...]
    damaged: tuple[str, str] | None


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
    """Yield interpretations as a party's number, each with whether its check digit is valid."""
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
