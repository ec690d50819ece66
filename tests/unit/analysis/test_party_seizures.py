"""The answer about a person from whom cards were seized says which, when and in which criminal case."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli import main

CARDS = ["89860623000000000010", "89860623000000000028"]
LIST = f"""案号,查获日期,ICCID,持有人,查获人,查获地点
A2,2024-03-02,{CARDS[1]},唐骏,王警官,宁波
A1,2024-03-01,{CARDS[0]},唐骏,王警官,宁波
A1,2024-03-01,89860623000000000036,李四,王警官,宁波
"""
BY_NUMBER = "案号,扣押日期,MSISDN,被扣押人\nA3,2024-03-03,1064912345678,唐骏\n"


@pytest.fixture
def case(tmp_path: Path) -> gt.Case:
    for name, text in (("list.csv", LIST), ("number.csv", BY_NUMBER)):
        (tmp_path / name).write_text(text, "utf-8")
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(tmp_path / "list.csv", tmp_path / "number.csv")
    return case


def test_the_cards_taken_from_a_party_are_in_its_answer(case: gt.Case) -> None:
    found = case.party("唐骏").to_dict()["seizures"]
    assert [(each["date"], each["case_no"], each["card"], each["number"], each["place"]) for each in found] == [
        ("2024-03-01", "A1", CARDS[0], None, "宁波"),
        ("2024-03-02", "A2", CARDS[1], None, "宁波"),
        ("2024-03-03", "A3", None, "1064912345678", None),
    ]
    assert [(each["origins"][0]["file"], each["origins"][0]["row"]) for each in found] == [
        ("list.csv", 3),
        ("list.csv", 2),
        ("number.csv", 2),
    ]


def test_an_officer_is_no_party_and_nothing_is_said_of_others(case: gt.Case) -> None:
    assert len(case.party("李四").to_dict()["seizures"]) == 1
    with pytest.raises(gt.GraphtraceError):
        case.party("王警官")


def test_a_card_named_later_is_that_of_a_seizure_by_its_number(case: gt.Case, tmp_path: Path) -> None:
    (tmp_path / "cards.csv").write_text(f"ICCID,MSISDN,状态\n{CARDS[1]},1064912345678,正常\n", "utf-8")
    case.load(tmp_path / "cards.csv")
    (last,) = case.party("唐骏").to_dict()["seizures"][2:]
    assert (last["card"], last["number"]) == (CARDS[1], "1064912345678")


def test_a_card_is_shown_by_the_writing_whose_check_digit_is_right(case: gt.Case, tmp_path: Path) -> None:
    (tmp_path / "typed.csv").write_text(f"案号,查获日期,ICCID,持有人\nA1,2024-03-01,{CARDS[0][:-1]}9,唐骏\n", "utf-8")
    case.load(tmp_path / "typed.csv")
    assert {each.card for each in case.party("唐骏").seizures} == {*CARDS, None}
    assert case.cards_seized_in("A2") == CARDS[1:]


@pytest.mark.parametrize(("lang", "heading"), [("en", "Seizures"), ("zh", "扣押记录")])
def test_the_command_shows_them(
    case: gt.Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, heading: str
) -> None:
    assert main(["--lang", lang, "--case", str(tmp_path / "x.gtrace"), "party", "唐骏"]) == 0
    shown = capsys.readouterr().out
    assert heading in shown
    assert CARDS[0] in shown
    assert "A1" in shown
    assert "list.csv:3" in shown


def test_what_a_party_used_is_in_its_answer(case: gt.Case, tmp_path: Path) -> None:
    used = f"ICCID,激活时间,使用人,IMEI\n{CARDS[0]},2024-02-01 08:00:00,唐骏,867251207789208\n"
    by_number = "MSISDN,激活时间,使用人\n1064912345679,2024-02-02,唐骏\n"
    for name, text in (("used.csv", used), ("used_number.csv", by_number)):
        (tmp_path / name).write_text(text, "utf-8")
        assert not case.load(tmp_path / name).has_errors
    answer = case.party("唐骏").to_dict()
    assert [(each["date"], each["kind"], each["card"], each["number"], each["imei"]) for each in answer["uses"]] == [
        ("2024-02-01T08:00:00+08:00", "activation", CARDS[0], None, "867251207789208"),
        ("2024-02-02", "activation", None, "1064912345679", None),
    ]
    assert {(use.role, use.cards) for use in case.known_uses("唐骏") if use.role == "user"} == {
        ("user", (CARDS[0],)),
        ("user", ()),
    }
    assert "uses" not in case.party("李四").to_dict()


@pytest.mark.parametrize(
    ("lang", "heading"), [("en", "Activations and uses that name it"), ("zh", "记录其激活或使用的卡")]
)
def test_the_page_of_a_party_shows_what_it_used(case: gt.Case, tmp_path: Path, lang: str, heading: str) -> None:
    (tmp_path / "used.csv").write_text(f"ICCID,激活时间,使用人\n{CARDS[0]},2024-02-01,唐骏\n", "utf-8")
    case.load(tmp_path / "used.csv")
    out = str(tmp_path / "x.html")
    assert main(["--lang", lang, "--case", str(tmp_path / "x.gtrace"), "party", "唐骏", "-o", out]) == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    assert heading in page
    assert "used.csv" in page


def test_who_is_not_in_the_case_is_told_by_the_name_alone(case: gt.Case) -> None:
    with pytest.raises(gt.GraphtraceError, match="called 不存在的主体") as fault:
        case.party("name:不存在的主体")
    assert "name:" not in str(fault.value)
