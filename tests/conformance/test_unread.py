"""Rows about a card that were not read: a server keeps and tells them as a folder does."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

import graphtrace as gt
from graphtrace.render.json import to_json_text, trace_document

CARDS = [f"898606190000000000{number}" for number in range(1, 10)]
FILES = {
    "bought.csv": f"运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,星海,2024-03-01,{CARDS[0]},{CARDS[8]}\n",
    "numbers.csv": f"ICCID,MSISDN,日期,状态\n{CARDS[1]},1064612345671,2024-01-01,正常\n",
    "sales.csv": "转出方,转入方,日期,卡号,起始卡号,结束卡号,数量,MSISDN\n"
    f"星海,未知,2024-03-05,{CARDS[0]},,,,\n星海,,2024-03,,{CARDS[3]},{CARDS[6]},,\n"
    f"星海,未知,2024-03-05,,,,,1064612345671\n星海,甲,2024-03-06,{CARDS[8]},,,,\n星海,甲,,,{CARDS[4]},{CARDS[3]},,\n",
    "waiting.csv": f"卡号,MSISDN,客户名称,出库日期\n{CARDS[2]},1064612345672,甲,2024-03-05\n",
}


def answers(case: gt.Case) -> list[str]:
    found = to_json_text(trace_document("", case.trace(*CARDS, "1064612345671"), "en"))
    return [found, str(case.audit("星海")[0].to_dict()), str(case.siblings(CARDS[1]).to_dict())]


def test_both_stores_tell_the_rows_about_a_card_that_were_not_read(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    for case in cases:
        case.load(*(tmp_path / name for name in FILES))
    folder, server = map(answers, cases)
    assert server == folder
    told = [
        [finding.params["reason"] for finding in trace.findings if finding.code == "unread_movement"]
        for trace in cases[1].trace(*CARDS)
    ]
    missing = ["missing_field"]
    assert told == [missing, missing, ["unanswered"], missing * 2, missing * 2, missing, missing, [], []]
    for case in cases:
        case.unload("sales.csv", why="wrong")
    folder, server = map(answers, cases)
    assert server == folder
    assert "missing_field" not in server[0]


def test_both_stores_bridge_at_most_as_many_cards_as_a_lot_states(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    (tmp_path / "lot.csv").write_text(
        "转出方,转入方,日期,卡号,起始卡号,结束卡号,数量\n星海,甲,2024-03-02,,,,3\n"
        f"甲,乙,2024-04-01,{CARDS[0]},,,\n甲,丙,2024-04-01,,{CARDS[1]},{CARDS[3]},\n",
        encoding="utf-8",
    )
    told = []
    for case in cases:
        case.load(tmp_path / "bought.csv", tmp_path / "lot.csv")
        told.append([to_json_text(trace_document("", [trace], "en")) for trace in case.trace(*CARDS)])
        told[-1].append(str(case.audit("星海")[0].to_dict()))
    assert told[0] == told[1]
    assert ["lot_exceeded" in text for text in told[0][:5]] == [True] * 4 + [False]


def test_both_stores_conclude_no_step_holder_or_user_from_a_day_after_the_load(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    (tmp_path / "later.csv").write_text(
        "转出方,转入方,日期,卡号,起始卡号,结束卡号,数量\n"
        f"星海,甲,2024-03-05,{CARDS[0]},,,\n甲,乙,2098-03-05,{CARDS[0]},,,\n"
        f"星海,丙,2098-01,,{CARDS[1]},{CARDS[3]},\n星海,丁,2098-01-01,,,,3\n",
        encoding="utf-8",
    )
    (tmp_path / "used.csv").write_text(
        f"ICCID,激活时间,使用人,IMEI\n{CARDS[0]},2098-05-06 10:00:00,戊,\n{CARDS[1]},2024-05-06,己,\n", encoding="utf-8"
    )
    told = []
    for case in cases:
        report = case.load(*(tmp_path / name for name in ("bought.csv", "later.csv", "used.csv")))
        assert [(file.loaded + file.duplicate, file.rejected) for file in report.files] == [(1, 0), (4, 0), (2, 0)]
        assert [[warning.reason for warning in file.warnings] for file in report.files[1:]] == [["later_than_load"]] * 2
        first, second = case.trace(*CARDS[:2])
        assert [party and party.name for party in (first.holder, first.end_user)] == ["甲", None]
        assert first.activations == ()
        assert [party and party.name for party in (second.holder, second.end_user)] == ["星海", "己"]
        unread = [each for trace in (first, second) for each in trace.findings if each.code == "unread_movement"]
        assert [(each.params["reason"], each.params["date"]) for each in unread] == [
            ("later_than_load", "2098-03-05"),
            ("later_than_load", "2098-01"),
        ]
        assert not case.verify()
        told.append(answers(case))
    assert told[0] == told[1]


def test_both_stores_tell_the_cards_of_a_sheet_that_was_not_understood(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    sheets = {
        "understood": [("转出方", "转入方", "日期", "卡号"), ("星海", "甲", "2024-03-05", CARDS[0])],
        "waiting": [("卡号", "客户名称", "出库日期"), (CARDS[0], "乙", "2024-04-05"), (CARDS[1], "乙", "2024-04-05")],
        "unknown": [("色", "形"), ("红", CARDS[2]), ("蓝", "898606190")],
        "used": [("卡号", "激活时间", "x"), (CARDS[3], "", "")],
    }
    with xlsxwriter.Workbook(tmp_path / "several.xlsx") as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, cells in enumerate(rows):
                sheet.write_row(at, 0, cells)
    told = []
    for case in cases:
        case.load(tmp_path / "bought.csv", tmp_path / "several.xlsx")
        unread = [
            [
                (each.params["origin"]["sheet"], each.params["origin"]["row"])
                for each in trace.findings
                if each.code == "unread_movement"
            ]
            for trace in case.trace(*CARDS[:5])
        ]
        assert unread == [[("waiting", 2)], [("waiting", 3)], [("unknown", 2)], [("used", 2)], []]
        assert not case.verify()
        told.append(answers(case))
    assert told[0] == told[1]


def test_a_copy_from_a_server_tells_the_same_and_is_sound(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    _, server = cases
    server.load(*(tmp_path / name for name in FILES))
    told = answers(server)
    assert server.verify() == []
    copied = tmp_path / "copied.gtrace"
    server.copy_to(copied)
    with gt.open_case(copied) as copy:
        assert answers(copy) == told
        assert copy.verify(deep=True) == []


def test_both_stores_keep_a_file_of_which_no_sheet_was_read(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text(f"日期,卡号,出库数量\n2024-03-05,{CARDS[0]},1\n", encoding="utf-8")
    (tmp_path / "used.csv").write_text(
        "ICCID,激活时间\n" + "".join(f"{card},2024-05-06\n" for card in CARDS), encoding="utf-8"
    )
    told = []
    for case in cases:
        case.load(tmp_path / "bought.csv", tmp_path / "out.csv")
        case.load(tmp_path / "used.csv")
        assert case.siblings(CARDS[1]).suspension_unread == 1
        states = [(file["file"], file["rows"], file["loaded"], file["state"]) for file in case.status().files]
        assert sorted(states) == [
            ("bought.csv", 1, 1, "read"),
            ("out.csv", 1, 0, "waiting"),
            ("used.csv", 9, 9, "read"),
        ]
        (again,) = case.load(tmp_path / "out.csv").files
        assert (again.already_loaded, again.error and again.error.code) == (True, "unknown_kind")
        assert "unread_movement" in [each.code for each in case.trace(CARDS[0])[0].findings]
        assert not case.verify()
        told.append(answers(case))
        given = ["kind=transfer", "from=星海", "to=甲"]
        (read,) = case.load(tmp_path / "out.csv", answers=given).files
        assert (read.loaded, read.error) == (1, None)
        assert "unread_movement" not in [each.code for each in case.trace(CARDS[0])[0].findings]
        assert {file["state"] for file in case.status().files} == {"read"}
        told.append(answers(case))
    assert told[:2] == told[2:]


def test_both_stores_quote_what_rows_say_besides_and_copies_take_it_along(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    (tmp_path / "besides.csv").write_text(
        "转出方,转入方,日期,卡号,起始卡号,结束卡号,备注,仓库\n"
        f"星海,甲,2024-03-05,{CARDS[0]},,,实发乙,东仓\n星海,甲,2024-03-05,,{CARDS[1]},{CARDS[3]},,西仓\n以上均未交付,,,,,,,\n",
        encoding="utf-8",
    )
    told = []
    for case in cases:
        case.load(tmp_path / "bought.csv", tmp_path / "besides.csv")
        assert case.copy_to(tmp_path / f"{len(told)}.gtrace").comparison.agrees
        with gt.open_case(tmp_path / f"{len(told)}.gtrace") as copy:
            for each in (case, copy):
                traces = each.trace(*CARDS[:3])
                told.append([(trace.unread_cells, [finding.params for finding in trace.findings]) for trace in traces])
                assert each.verify(deep=True) == []
    assert told[1:] == told[:1] * 3
    ((listed, findings), (of_range, _), _) = told[0]
    assert [cells for _, cells in listed] == [{"备注": "实发乙", "仓库": "东仓"}]
    assert [cells for _, cells in of_range] == [{"仓库": "西仓"}]
    assert [each["text"] for each in findings if "text" in each] == ["实发乙", "以上均未交付"]


def test_both_stores_name_no_user_by_a_number_of_another_time_or_beside_a_person_not_read(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    files = {
        "links.csv": "ICCID,号码,换卡日期,客户名称\n"
        + "".join(f"{CARDS[n]},144012345678{n},2024-08-01,星海\n" for n in (0, 1)),
        "used.csv": "激活时间,使用人,号码\n2024-07-01,张三,1440123456780\n2024-10-01,李四,1440123456781\n",
        "driven.csv": f"ICCID,激活日期,车主\n{CARDS[2]},2024-08-01,王五\n{CARDS[3]},2024-08-01,\n",
        "active.csv": f"ICCID,激活时间,使用人\n{CARDS[4]},2024-99-01,张三\n{CARDS[5]},2024-08-01,张三\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = []
    for case in cases:
        case.load(tmp_path / "bought.csv", *(tmp_path / name for name in files))
        traces = case.trace(*CARDS[:6])
        found.append(to_json_text(trace_document("", traces, "en")))
        users = [None if trace.end_user is None else trace.end_user.name for trace in traces]
        assert users == [None, "李四", None, "星海", None, "张三"]
        codes = [{finding.code for finding in trace.findings} for trace in traces]
        assert ["number_at_other_time" in each for each in codes] == [True, *[False] * 5]
        assert ["unread_movement" in each for each in codes] == [True, True, True, False, True, False]
    assert found[0] == found[1]


def test_both_stores_say_nothing_of_the_unread_cells_of_a_withdrawn_row(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    (tmp_path / "besides.csv").write_text(
        f"转出方,转入方,日期,卡号,备注\n星海,甲,2024-03-05,{CARDS[0]},实发乙\n星海,甲,2024-03-05,{CARDS[1]},实发丙\n",
        encoding="utf-8",
    )
    for number, case in enumerate(cases):
        case.load(tmp_path / "bought.csv", tmp_path / "besides.csv")

        def texts(case: gt.Case) -> list[str]:
            traces = case.trace(*CARDS[:2])
            return [
                finding.params["text"]
                for trace in traces
                for finding in trace.findings
                if finding.code == "unread_movement"
            ]

        assert texts(case) == ["实发乙", "实发丙"]
        case.correct("besides.csv:2", why="it never happened", who="p")
        assert texts(case) == ["实发丙"]
        assert case.copy_to(tmp_path / f"copy{number}.gtrace").comparison.agrees
        assert case.verify(deep=True) == []
        case.correct("besides.csv:2", why="it did", who="p", undo=True)
        assert texts(case) == ["实发乙", "实发丙"]
