from __future__ import annotations

import subprocess
import sys

import pytest

import graphtrace.identifiers
from graphtrace.identifiers import DamagedNumber, Identification, Interpretation, identify, is_valid_uscc
from graphtrace.model import Hint


def kinds(text: str) -> list[str]:
    return [reading.kind for reading in identify(text).readings]


def test_a_card_says_everything_it_can() -> None:
    assert identify("898607e0102250030751") == Identification(
        (
            Interpretation(
                kind="iccid",
                normalised="898607E0102250030751",
                complete=True,
                key="898607E0102250030751",
                checksum="n/a",
                carrier="china-mobile",
                hints=(
                    Hint(attribute="year", value="2022", confidence="medium"),
                    Hint(attribute="province", value="江苏", confidence="medium"),
                    Hint(attribute="vendor", value="大唐", confidence="medium"),
                ),
            ),
        ),
        None,
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("8986061234567890123", ["iccid"]),
        ("986860214365870921F3", ["iccid"]),
        ("8986061234", ["iccid"]),
        ("8986*045436", ["iccid"]),
        ("898606123456789", ["iccid", "imei"]),
        ("1064812345678", ["msisdn"]),
        ("+8613812345678", ["msisdn"]),
        ("861064812345678", ["msisdn", "imei"]),
        ("460041234567890", ["imsi", "imei", "registration_no"]),
        ("867530912345678", ["imei"]),
        ("35209900176148", ["imei"]),
        ("352099001761481", ["imei", "imsi", "registration_no"]),
        ("110108000000049", ["registration_no", "imei"]),
        ("110105491231003", ["imei", "resident_id", "registration_no"]),
        ("91110000600037341L", ["uscc"]),
        ("11010519491231002X", ["resident_id"]),
        ("89049032000001000000012345670030", ["eid"]),
        ("8904 9032 0000 0100 0000 0123 4567 0031", ["eid"]),
        ("10000000000000000000000000000024", ["eid"]),
        ("10000000000000000000000000000025", []),
        ("8904903200000100000001234567003", []),
        ("星海智联", []),
        ("898606", []),
        ("", []),
    ],
)
def test_the_readings_stand_likeliest_first(text: str, wanted: list[str]) -> None:
    assert kinds(text) == wanted


def test_a_sound_check_digit_goes_before_a_wrong_one_among_the_numbers_of_parties() -> None:
    both = [
        f"441283199001{serial:06d}"
        for serial in range(10000, 19999)
        if len(kinds(f"441283199001{serial:06d}")) == 2 and is_valid_uscc(f"441283199001{serial:06d}")
    ]
    assert both
    for number in both[:20]:
        first, second = identify(number).readings
        assert first.checksum == "ok"
        assert {first.kind, second.kind} == {"uscc", "resident_id"}


def test_what_a_person_types_is_damaged_only_in_scientific_notation() -> None:
    zeroed = identify("89860612345678900000")
    assert zeroed.damaged is None
    assert [reading.kind for reading in zeroed.readings] == ["iccid"]
    assert identify("8.98606E+19") == Identification((), ("89860550000000000000", "89860649999999999999"))
    assert identify("8.98606e-19") == Identification((), None)


def test_a_damaged_number_of_a_file_is_nothing_but_damaged() -> None:
    bounds = ("8986061234567890000", "8986061234567899999")
    number = DamagedNumber("8986061234567890000", bounds)
    assert identify(number) == Identification((), bounds)
    assert number == "8986061234567890000"
    assert identify(str(number)).damaged is None


def test_a_partial_number_has_no_key_but_hints() -> None:
    (reading,) = identify("898604??1622D0045436").readings
    assert (reading.normalised, reading.complete, reading.key) == ("898604??1622D0045436", False, None)
    assert reading.carrier == "china-mobile"
    assert {hint.value for hint in reading.hints} == {"2022", "河南"}


def test_the_carrier_of_a_subscriber_number_is_a_hint() -> None:
    (reading,) = identify("86 138 1234 5678").readings
    assert (reading.normalised, reading.carrier) == ("13812345678", "china-mobile")
    assert reading.hints == (Hint(attribute="carrier", value="china-mobile", confidence="medium"),)


def test_check_digits_are_reported_by_kind() -> None:
    assert [reading.checksum for reading in identify("352099001761481").readings] == ["ok", "n/a", "n/a"]
    assert [reading.checksum for reading in identify("867530912345678").readings] == ["bad"]
    assert [reading.checksum for reading in identify("91110000600037341L").readings] == ["ok"]
    assert [reading.checksum for reading in identify("110105194912310021").readings] == ["bad"]


def test_the_public_names_exist_and_are_sorted() -> None:
    names = graphtrace.identifiers.__all__
    assert names == sorted(names)
    assert all(hasattr(graphtrace.identifiers, name) for name in names)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, graphtrace.identifiers; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"stdnum", "polars", "duckdb", "pandas", "rich", "typer"} & set(loaded)


@pytest.mark.parametrize(("last", "checksum"), [("30", "ok"), ("31", "bad"), ("03", "bad")])
def test_an_eid_says_whether_its_check_digits_are_right(last: str, checksum: str) -> None:
    (reading,) = identify(f"890490320000010000000123456700{last}").readings
    assert (reading.normalised[-2:], reading.checksum) == (last, checksum)
