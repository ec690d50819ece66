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
    ran = run("identify", "8.98606E+19", "--json")
    assert ran.code == 1
    assert ran.json["results"][0]["damaged"]["interval"]
