"""What a number says: cards, subscribers, devices, companies and persons. Pure, without any input or output."""

from __future__ import annotations

from graphtrace.identifiers.damage import (
    DamagedNumber,
    damage_interval,
    is_damaged_alone,
    is_damaged_column,
    is_damaged_range,
    is_scientific,
    is_suspect,
)
from graphtrace.identifiers.iccid import (
    Iccid,
    carrier_of,
    checksum_of,
    complete_key,
    has_check_digit,
    hints_of,
    parse_iccid,
)
from graphtrace.identifiers.luhn import has_right_luhn_digit, luhn_digit
from graphtrace.identifiers.network import (
    imei_core,
    imsi_carrier,
    is_imei_intact,
    msisdn_carrier,
    parse_imei,
    parse_imsi,
    parse_msisdn,
)
from graphtrace.identifiers.normal import clean, normalise
from graphtrace.identifiers.operators import operator_of_carrier_cell, operator_of_name
from graphtrace.identifiers.parties import (
    is_natural_person,
    is_registration_no_intact,
    is_resident_id_intact,
    is_uscc_intact,
    normalise_party_id,
    normalise_party_name,
    parse_registration_no,
    parse_resident_id,
    parse_uscc,
)
from graphtrace.identifiers.pattern import Pattern, is_too_vague, parse_pattern
from graphtrace.identifiers.ranges import KeyRange, RangeFault, join_key, parse_range, split_key
from graphtrace.identifiers.readings import Identification, Reading, identify

__all__ = [
    "DamagedNumber",
    "Iccid",
    "Identification",
    "KeyRange",
    "Pattern",
    "RangeFault",
    "Reading",
    "carrier_of",
    "checksum_of",
    "clean",
    "complete_key",
    "damage_interval",
    "has_check_digit",
    "has_right_luhn_digit",
    "hints_of",
    "identify",
    "imei_core",
    "imsi_carrier",
    "is_damaged_alone",
    "is_damaged_column",
    "is_damaged_range",
    "is_imei_intact",
    "is_natural_person",
    "is_registration_no_intact",
    "is_resident_id_intact",
    "is_scientific",
    "is_suspect",
    "is_too_vague",
    "is_uscc_intact",
    "join_key",
    "luhn_digit",
    "msisdn_carrier",
    "normalise",
    "normalise_party_id",
    "normalise_party_name",
    "operator_of_carrier_cell",
    "operator_of_name",
    "parse_iccid",
    "parse_imei",
    "parse_imsi",
    "parse_msisdn",
    "parse_pattern",
    "parse_range",
    "parse_registration_no",
    "parse_resident_id",
    "parse_uscc",
    "split_key",
]
