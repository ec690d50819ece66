"""Identifiers of cards, subscribers, devices, companies and persons. Pure functions without input or output."""

from __future__ import annotations

from graphtrace.identifiers.damage import (
    DamagedNumber,
    damage_interval,
    fails_check_digit,
    has_zeroed_tail,
    is_damaged_column,
    is_damaged_range,
    is_scientific,
)
from graphtrace.identifiers.iccid import (
    Iccid,
    carrier_from_iccid,
    checksum_status,
    derive_hints,
    has_check_digit,
    parse_iccid,
    with_check_digit,
)
from graphtrace.identifiers.interpretations import Identification, Interpretation, identify
from graphtrace.identifiers.luhn import is_luhn_valid, luhn_digit
from graphtrace.identifiers.normalize import normalize_number, strip_noise
from graphtrace.identifiers.operators import match_operator_name, operator_from_cell
from graphtrace.identifiers.party_ids import (
    LegalForm,
    is_natural_person,
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
from graphtrace.identifiers.pattern import Pattern, has_too_few_digits, parse_pattern
from graphtrace.identifiers.ranges import InvalidRange, KeyRange, join_key, parse_range, split_key
from graphtrace.identifiers.telecom import (
    imei14,
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
from graphtrace.identifiers.typed import is_number, repair_typed

__all__ = [
    "DamagedNumber",
    "Iccid",
    "Identification",
    "Interpretation",
    "InvalidRange",
    "KeyRange",
    "LegalForm",
    "Pattern",
    "carrier_from_iccid",
    "checksum_status",
    "damage_interval",
    "derive_hints",
    "fails_check_digit",
    "has_check_digit",
    "has_too_few_digits",
    "has_zeroed_tail",
    "identify",
    "imei14",
    "imsi_carrier",
    "is_chinese_imsi",
    "is_damaged_column",
    "is_damaged_range",
    "is_luhn_valid",
    "is_natural_person",
    "is_number",
    "is_scientific",
    "is_valid_eid",
    "is_valid_imei",
    "is_valid_registration_no",
    "is_valid_resident_id",
    "is_valid_uscc",
    "join_key",
    "legal_form_of",
    "luhn_digit",
    "match_operator_name",
    "msisdn_carrier",
    "normalize_number",
    "normalize_party_id",
    "normalize_party_name",
    "operator_from_cell",
    "parse_eid",
    "parse_iccid",
    "parse_imei",
    "parse_imsi",
    "parse_msisdn",
    "parse_pattern",
    "parse_range",
    "parse_registration_no",
    "parse_resident_id",
    "parse_uscc",
    "repair_typed",
    "split_key",
    "strip_noise",
    "with_check_digit",
]
