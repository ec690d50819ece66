from __future__ import annotations

from .conftest import Run


def test_a_number_is_told_without_any_case(run: Run) -> None:
    ran = run("identify", "898604B81625D0045436")
    assert ran.code == 0
    assert "China Mobile" in ran.out
    assert "中国移动" in run("identify", "898604B81625D0045436", "--lang", "zh").out


def test_json_keeps_the_order_of_the_inputs(run: Run) -> None:
    ran = run("identify", "hello", "460060123456789", "--json")
    assert ran.code == 0
    assert [result["input"] for result in ran.json["results"]] == ["hello", "460060123456789"]
    assert ran.json["results"][1]["readings"][0]["kind"] == "imsi"


def test_no_reading_at_all_is_1(run: Run) -> None:
    assert run("identify", "hello").code == 1
    assert run("identify", "20240305").code == 1
    ran = run("identify", "8.98606E+19", "--json")
    assert ran.code == 1
    assert ran.json["results"][0]["damaged"]["interval"]


def test_digits_that_can_be_nothing_else_are_a_number_of_another_country(run: Run) -> None:
    ran = run("identify", "447700900123", "13800138000", "--json")
    assert [[one["normalised"] for one in each["readings"]] for each in ran.json["results"]] == [
        ["+447700900123"],
        ["13800138000"],
    ]


def test_letters_for_digits_are_read_and_told(run: Run) -> None:
    typed = {"8986O622000000123454": "iccid", "l0649l2345678": "msisdn", "46OO11234567890": "imsi"}
    results = run("identify", *typed, "--json").json["results"]
    assert [result["readings"][0]["kind"] for result in results] == [*typed.values()]
    assert [result["read_as"] for result in results] == ["89860622000000123454", "1064912345678", "460011234567890"]
    assert "read as 89860622000000123454" in run("identify", *typed).out
