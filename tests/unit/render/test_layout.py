from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from graphtrace.render.text_layout import TextColumn, TextLayout, line_of, symbols_for, wrap_cjk

NAMES = st.text(st.sampled_from("星海科技，。“”（） ab-1"), max_size=60)


@given(NAMES, st.integers(20, 40))
def test_no_line_is_wider_than_the_page_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap_cjk(line_of(text), width)
    assert all(line.cells <= width for line in lines)
    assert "".join(line.plain for line in lines).replace(" ", "") == text.replace(" ", "")


def test_a_chinese_sentence_fills_its_lines() -> None:
    lines = wrap_cjk(line_of("该卡在未收回的情况下多次转出" * 5), 40)
    assert all(line.cells == 40 for line in lines[:-1])


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    for width in range(20, 44):
        lines = wrap_cjk(line_of("该卡（甲），在。乙“丙丁戊己庚辛壬癸子丑”未收回" * 4), width)
        assert len(lines) > 1
        for line in lines:
            assert line.plain[0] not in "，。）”"
            assert line.plain[-1] not in "（“"


def test_the_name_of_a_person_is_not_torn() -> None:
    for width in range(20, 44):
        text = "\n".join(line.plain for line in wrap_cjk(line_of("卡由“王小五”转给“赵六”使用" * 6), width))
        assert text.count("“王小五”") == 6


def test_english_breaks_between_words() -> None:
    assert [line.plain for line in wrap_cjk(line_of("one two three four five six"), 10)] == [
        *("one two", "three four", "five six"),
    ]


def test_a_paragraph_keeps_its_margin() -> None:
    page = TextLayout(24, symbols_for("utf-8"), "en")
    page.add("one two three four five six seven", margin="│ ", hang="┆ ")
    assert [line.plain[:2] for line in page.lines] == ["│ ", "┆ "]


def test_items_stay_whole() -> None:
    page = TextLayout(26, symbols_for("utf-8"), "en")
    page.add_items(["year 2019 (medium)", "province 河南 (low)"], margin="  ")
    assert [line.plain for line in page.lines] == ["  year 2019 (medium)", "  province 河南 (low)"]


def test_columns_stand_below_their_headings_also_with_wide_characters() -> None:
    page = TextLayout(60, symbols_for("utf-8"), "en")
    page.add_table(
        [TextColumn("名称", 8), TextColumn("n", 5, is_number=True)], [["星海科技有限", "12"], ["a", "1,234"]]
    )
    heading, first, rest, second = (line.plain for line in page.lines)
    assert cell_len(heading) == cell_len(first) == cell_len(second) == 15
    assert rest == "有限"


def test_parts_are_never_markup_and_controls_are_visible() -> None:
    line = line_of("[bold]a[/bold]", ("\x1b[31m", "dim"))
    assert line.plain == "[bold]a[/bold]␛[31m"
    assert line.as_rich().plain == line.plain


def test_a_divided_line_keeps_the_style_of_each_piece() -> None:
    line = line_of("ab", ("cd ", "bold"), ("  ", "dim"))
    assert [part.pieces for part in line.divide([1, 3])] == [
        (("a", ""),),
        (("b", ""), ("c", "bold")),
        (("d ", "bold"), ("  ", "dim")),
    ]
    assert line.without_end_blanks().pieces == (("ab", ""), ("cd", "bold"))


def test_signs_are_plain_where_the_encoding_lacks_the_drawn_ones() -> None:
    assert symbols_for("ascii").arrow.isascii()
    assert symbols_for("no-such-encoding").arrow.isascii()
    assert symbols_for("gbk").arrow == symbols_for("utf-8").arrow == "▼"
