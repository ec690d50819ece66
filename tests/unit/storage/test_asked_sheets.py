"""What a sheet asks stays with the case as it was worded, and an answer that leads to a further question is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.locale import LANGS
from graphtrace.render.format import format_question

CARDS = [f"898606190000000000{n}" for n in range(4)]
RETURNED = "日期,对方,卡号,备注\n" + "".join(f"2024-04-1{n},云途公司,{card},坏卡\n" for n, card in enumerate(CARDS))
WORDY = "日期,业务类型,转出方,转入方,卡号\n" + "".join(
    f"2024-04-1{n},{word},甲公司,乙店,{card}\n"
    for n, (card, word) in enumerate(zip(CARDS, ("销售", "销售", "特办", "特办"), strict=True))
)


def load(place: Path, text: str, *answers: str) -> list[tuple[str, tuple[str, ...]]]:
    """Load a text, or its kept bytes with answers; return the fields and choices of what is asked then."""
    with gt.open_case(place) as case:
        if answers:
            (file,) = case.status().files
            case.load_kept(file["sha256"], answers=answers)
        else:
            source = place.with_suffix(".csv")
            source.write_text(text, encoding="utf-8")
            case.load(source)
        assert case.verify(deep=True) == []
    # as in another process, from what the case keeps
    with gt.open_case(place) as case:
        asked = [question for sheet in case.asked_sheets() for question in sheet.asked]
        assert all(format_question(question, lang) for question in asked for lang in LANGS)
        return [(question.field, question.choices) for question in asked]


def test_an_answer_that_leads_to_a_further_question_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "r.gtrace"
    assert [field for field, _ in load(place, RETURNED)] == ["kind"]
    assert [field for field, _ in load(place, RETURNED, "kind=return")] == ["from", "to"]
    assert [field for field, _ in load(place, RETURNED, "from=乙店")] == ["to"]
    assert load(place, RETURNED, "to=[对方]") == []
    with gt.open_case(place) as case:
        (trace,) = case.trace(CARDS[0])
        assert [(hop.kind, hop.sender.name, hop.receiver.name) for hop in trace.chains[0].hops] == [
            ("return", "乙店", "云途公司")
        ]


def test_what_is_asked_only_after_all_rows_were_seen_is_asked_in_the_inbox_too(tmp_path: Path) -> None:
    place, back = tmp_path / "b.gtrace", RETURNED.replace("对方", "退给")
    assert [field for field, _ in load(place, back)] == ["kind"]
    assert [field for field, _ in load(place, back, "kind=return")] == ["from"]
    assert load(place, back, "from=乙店") == []
    with gt.open_case(place) as case:
        assert [(hop.kind, hop.sender.name) for hop in case.trace(CARDS[0])[0].chains[0].hops] == [("return", "乙店")]


@pytest.mark.parametrize(
    "text",
    [
        "日期,客户,客户电话,卡号起,卡号止,数量\n2024-04-10,阿坤,13757300021,8986061900000000000,8986061900000000003,4\n",
        f"运单号,寄件人,收件人,寄件日期,卡号\nSF1234567890123,阿坤,陈伟,2024-04-10,{CARDS[0]}\n",
    ],
)
def test_what_the_cells_of_a_sheet_are_asked_about_is_asked_of_its_kept_content_too(tmp_path: Path, text: str) -> None:
    source = tmp_path / "出货登记.csv"
    source.write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "b.gtrace") as case:
        (report,) = case.load(source).files
        asked = [(question.field, question.text, question.choices) for question in report.asked]
        assert [field for field, *_ in asked] == ["kind"]
        (kept,) = case.asked_sheets()
        assert [(question.field, question.text, question.choices) for question in kept.asked] == asked


def test_an_answer_that_changes_nothing_is_not_loaded_again(tmp_path: Path) -> None:
    place = tmp_path / "r.gtrace"
    load(place, RETURNED)
    with gt.open_case(place) as case:
        before = case.ledger_head()
    load(place, RETURNED, "quantity=3")
    with gt.open_case(place) as case:
        assert case.ledger_head() == before


def test_a_question_about_a_word_keeps_its_wording_and_its_answers(tmp_path: Path) -> None:
    place = tmp_path / "w.gtrace"
    ((field, choices),) = load(place, WORDY)
    assert field == "words.特办"
    assert {"return", "none", "ignore"} < set(choices)
    assert load(place, WORDY, "words.特办=none") == []


def test_an_answer_is_tried_on_a_sheet_whose_recipe_cleans_its_cells(tmp_path: Path) -> None:
    place = tmp_path / "s.gtrace"
    headings = "商品,订单号,订单状态,商家实收金额(元),商品数量(件),收货人,发货时间,快递单号,快递公司,商家备注,售后状态"
    rows = (
        f"物联网流量卡,\t240608-51193028441{n},已收货,49.00,1,李{n},2024-06-09 10:20:00,\tYT883402117703{n},圆通快递,"
        f"卡号{card},无售后或售后取消\n"
        for n, card in enumerate(CARDS)
    )
    assert [field for field, _ in load(place, f"{headings}\n{''.join(rows)}")] == ["from"]
    with gt.open_case(place) as case:
        (file,) = case.status().files
        (tried,) = case.asked_sheets("from=飞鱼数码", only=file["sha256"])
    assert tried.error is None


def test_a_file_that_is_read_again_keeps_its_place_among_the_questions(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    files[0].write_text(RETURNED, encoding="utf-8")
    files[1].write_text(
        "出库日期,收货单位,ICCID,备注\n2024-03-20,沃联数码,8986061900000000001,自提\n", encoding="utf-8"
    )
    with gt.open_case(tmp_path / "o.gtrace") as case:
        case.load(files[0], answers=["kind=return"])
        case.load(files[1])
        assert [sheet.file for sheet in case.asked_sheets()] == ["a.csv", "b.csv"]
        case.load_kept(case.asked_sheets()[0].sha256 or "", answers=["from=乙店"])
        assert [(sheet.file, len(sheet.asked)) for sheet in case.asked_sheets()] == [("a.csv", 1), ("b.csv", 1)]
