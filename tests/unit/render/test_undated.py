"""Hops of which no record states a day: every answer about their cards can be had in every format."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import graphtrace as gt
from graphtrace.locale import LANGS
from graphtrace.render.registry import ENDINGS, make_document, make_file, make_values
from graphtrace.render.text_layout import render_plain
from graphtrace.render.writers.html_writer import render_notebook
from graphtrace.render.writers.terminal_writer import DocumentView

CARDS = [f"8986062311500012{n}" for n in range(1001, 1005)]
FIRM = "鑫联科技有限公司"
FILES = {
    "console.csv": "中国联通物联网连接管理平台 卡号列表,\nICCID,客户名称\n"
    + "".join(f"{card},{FIRM}\n" for card in CARDS),
    "sold.csv": f"ICCID,转出方,转入方,转让日期\n{CARDS[1]},{FIRM},捷讯,2023-05-01\n{CARDS[2]},速达,捷讯,2023-05-02\n",
    "seized.csv": f"ICCID,查获日期,案件编号,持有人\n{CARDS[0]},2023-07-01,A1,甲\n{CARDS[1]},2023-07-01,A1,乙\n",
    "used.csv": f"ICCID,激活时间,使用人\n{CARDS[1]},2023-06-01,丁\n{CARDS[3]},2023-01-01,丁\n",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    folder = tmp_path_factory.mktemp("undated")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with gt.open_case(folder / "c.gtrace") as case:
        case.load(*(folder / name for name in FILES))
        yield case


def answers(case: gt.Case) -> Iterator[object]:
    yield case.trace(*CARDS)
    yield from (case.trace(card) for card in CARDS)
    yield case.common(*CARDS)
    yield from (case.siblings(card) for card in CARDS)
    yield from (case.party(name) for name in (FIRM, "捷讯", "中国联通"))
    yield case.audit(all=True)
    yield case.graph()
    yield case.guided_questions()
    yield case.query("purchases")


def test_every_answer_about_cards_without_a_day_can_be_had_in_every_format(case: gt.Case) -> None:
    assert case.trace(CARDS[0])[0].chains[0].hops[0].day is None
    for answer in answers(case):
        document = make_document(answer)
        for lang in LANGS:
            make_values(answer, "c", lang)
            made = {
                ending: make_file(answer, ending, lang, title="c")
                for ending in ENDINGS[2:]
                if ending != ".pdf" and (ending != ".csv" or document.records is not None)
            }
            texts = [str(made[".html"]), str(made[".md"]), render_notebook(document, lang)]
            texts += [render_plain(DocumentView(document, lang, verbose=verbose), 100) for verbose in (False, True)]
            assert not [text for text in texts if "None" in text or "无 – 无" in text]


def test_the_page_of_a_graph_has_flows_without_a_day(case: gt.Case) -> None:
    for lang, undated in {"en": "no day read", "zh": "未读到日期"}.items():
        assert undated in case.graph_page("party", lang, "c").decode()  # type: ignore[arg-type]


def test_an_undated_partner_prints_words_where_the_day_belongs(case: gt.Case) -> None:
    view = DocumentView(make_document(case.party("中国联通")), "zh", verbose=True)
    assert "未读到日期" in (text := render_plain(view, 100))
    assert "Phrase object" not in text
