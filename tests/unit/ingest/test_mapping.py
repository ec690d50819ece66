from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import graphtrace as gt
from graphtrace.errors import InputError, MappingError
from graphtrace.ingest.mapping_files import ColumnMapping, load_mappings
from graphtrace.ingest.mapping_suggestion import guess_sheet, suggest_mappings
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.model import to_epoch_day
from graphtrace.storage.load_settings import ReadingRules

from .sheets import read_all, read_rows, sheet_of
from .test_english_papers import word_file


def mapping_of(folder: Path, text: str) -> ColumnMapping:
    path = folder / "m.yml"
    path.write_text(text, encoding="utf-8", newline="\n")
    (mapping,) = load_mappings(path)
    return mapping


def test_a_mapping_says_kind_sheet_header_columns_and_literals(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        kind: 转让
        sheet: 明细
        header_row: 3
        exact_numbers: true
        columns:
          iccid: 卡片编号（新）
          to: {column: AB}
          user:
        literals: {from: 0123, date: 2024-03-05}
        """,
    )
    assert (mapping.kind, mapping.sheet, mapping.exact_numbers) == ("transfer", "明细", True)
    claims = mapping.claims
    assert (claims.header_row, claims.headings, claims.places) == (3, {"iccid": "卡片编号"}, {"to": 27})
    assert (claims.literals, claims.unread) == ({"from": "0123", "date": "2024-03-05"}, frozenset({"user"}))


def test_an_empty_mapping_says_nothing(tmp_path: Path) -> None:
    assert mapping_of(tmp_path, "# nothing yet\n") == ColumnMapping(text="# nothing yet\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums: {}", "unknown key 'colums'"),
        ("columns: {icid: 卡}", "unknown field 'icid'"),
        ("kind: gift", "unknown kind 'gift'"),
        ("header_row: three", "header_row"),
        ("header_row: -1", "header_row"),
        ("exact_numbers: maybe", "exact_numbers"),
        ("columns: {iccid: {letter: C}}", "neither by a heading nor"),
        ("columns: {iccid: {column: 3}}", "neither by a heading nor"),
        ("columns: 卡号", "one line for each field"),
        ("columns: [iccid]", "only keys and texts"),
        ("literals: {carrier: }", "needs a text"),
        ("literals: {kind: transfer}", "kind at the top"),
        ("columns: {to: 甲}\nliterals: {to: 乙}", "a column and a literal"),
        ("kind: transfer\nkind: return", "stands there twice"),
        ("columns: {iccid: 卡}\nheader_row: 0", "only be named by letters"),
        ("just text", "not a text"),
        ("a: [", "is not YAML"),
        ("a: &a {b: {c: {d: {e: 1}}}}", "only keys and texts"),
        ("sheet: {a: b}", "sheet is a text"),
        ("transcribed: 张警官", "number of a line"),
        ("transcribed: {1: {iccid: 卡}}", "name of a person"),
        ("transcribed: {by: 张警官}", "name of a person"),
        ("transcribed: {by: 张警官, x: {iccid: 卡}}", "x is neither"),
        ("transcribed: {by: 张警官, 1: {icid: 卡}}", "unknown field 'icid'"),
        ("transcribed: {by: 张警官, 1: {iccid: 卡}}\nkind: transfer", "nothing else stands beside it, but kind"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong_and_in_which_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(MappingError, match=said) as caught:
        mapping_of(tmp_path, text)
    assert "m.yml" in caught.value.message


def test_a_misspelt_field_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        mapping_of(tmp_path, "columns: {icid: 卡}")
    assert caught.value.hint == "did you mean iccid?"


def test_a_mapping_that_cannot_be_read_is_a_wrong_mapping(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        load_mappings(tmp_path / "none.yml")
    (tmp_path / "gbk.yml").write_bytes("kind: 转让".encode("gbk"))
    with pytest.raises(MappingError, match="not UTF-8"):
        load_mappings(tmp_path / "gbk.yml")


def check_sheets(names: tuple[str | None, ...], *mappings: ColumnMapping) -> None:
    ReadingRules(mappings=mappings).check_sheets([sheet_of(("a",), name=name) for name in names])


REGISTERED = [
    ("ICCID", "所属集团", "开户时间", "激活时间", "卡状态"),
    ("89860426102300450013", "岚江智联科技有限公司", "2024-01-10", "2024-04-03 19:40:58", "已激活"),
    ("89860426102300450021", "岚江智联科技有限公司", "2024-01-10", None, "待激活"),
]


@pytest.mark.parametrize("column", ["{column: C}", "开户时间"])
@pytest.mark.parametrize(
    ("kind", "side"),
    [("purchase", "enterprise"), ("transfer", "to"), ("card_list", "party"), ("registration", "enterprise")],
)
def test_a_kind_and_a_day_that_a_mapping_says_leave_the_uses_that_other_columns_date(
    tmp_path: Path, kind: str, side: str, column: str
) -> None:
    text = f"kind: {kind}\ncolumns: {{{side}: {{column: B}}, date: {column}}}\nliterals: {{carrier: 中国移动"
    text += ", from: 甲公司}" if kind == "transfer" else "}"
    loaded, _ = read_rows(*REGISTERED, mapping=mapping_of(tmp_path, text))
    days = {(each["row"], each["kind"]): each["first_day"] for each in loaded}
    used = [row for row, said in days if said == "activation"]
    assert used == [2]
    assert {said for row, said in days if row == 3} >= {kind}
    assert "activation" not in {said for row, said in days if row == 3}
    assert {each["state"] for each in loaded} >= {"已激活", "待激活"}


def test_the_day_of_a_use_that_a_mapping_says_is_the_only_one(tmp_path: Path) -> None:
    text = "kind: activation\ncolumns: {date: {column: C}}\n"
    loaded, _ = read_rows(*REGISTERED, mapping=mapping_of(tmp_path, text))
    days = {each["first_day"] for each in loaded if each["kind"] == "activation"}
    assert days == {to_epoch_day(date(2024, 1, 10))}


def test_a_mapping_is_for_its_sheet() -> None:
    check_sheets((None,), ColumnMapping(sheet="二"))
    with pytest.raises(MappingError, match="there is no sheet"):
        check_sheets(("一", "二"), ColumnMapping(sheet="三"))


def test_several_mappings_are_each_for_their_sheet() -> None:
    names = ("一", "二", "三")
    first, second, rest = ColumnMapping(sheet="一"), ColumnMapping(sheet="二"), ColumnMapping(kind="return")
    assert [ReadingRules(mappings=(first, second)).mapping_of(name) for name in names] == [first, second, None]
    assert [ReadingRules(mappings=(rest, second)).mapping_of(name) for name in names] == [rest, second, rest]
    check_sheets(names, rest, second)
    for overlapping in ((first, first), (rest, rest)):
        with pytest.raises(MappingError, match="same sheet"):
            check_sheets(names, *overlapping)
    with pytest.raises(MappingError, match="same sheet"):
        check_sheets((None,), first, second)


def test_several_documents_are_each_for_their_sheet(tmp_path: Path) -> None:
    path = tmp_path / "m.yml"
    path.write_text("# two\n---\nsheet: 一\nkind: return\n---\nsheet: 二\n", encoding="utf-8")
    assert [(each.sheet, each.kind) for each in load_mappings(path)] == [("一", "return"), ("二", None)]
    path.write_text("sheet: 一\n---\nsheet: 二\nkind: return\nkind: stock\n", encoding="utf-8")
    with pytest.raises(MappingError, match="line 5"):
        load_mappings(path)


def test_a_suggestion_finds_fields_by_their_values_and_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "激活.csv"
    path.write_text(
        "激活台账,,,,,\n卡片串码,何时,设备串码,手机,备注,收货人(姓名)\n"
        + "".join(
            f"898606123456789{n:04d},2024-03-0{n} 10:00:00,49015420323751{n},1064912345{n:03d},无,张三\n"
            for n in range(1, 6)
        ),
        encoding="utf-8",
    )
    text = suggest_mappings(path).to_yaml()
    mapping = mapping_of(tmp_path, text)
    assert mapping.claims.header_row == 2
    assert mapping.claims.headings == {"iccid": "卡片串码", "date": "何时", "imei": "设备串码", "msisdn": "手机"}
    assert "by its values: 5 of 5 cells" in text
    reading = open_sheet_parser(open_sheets(path)[0], mapping=mapping, as_kind="activation")
    assert len(read_all(reading)) == 5
    assert not reading.rejects


def test_a_card_and_the_one_in_its_place_are_no_ends_of_a_range(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = "".join(f"2025-05-0{n},89861125210001003{n}06,89861125210001006{n}55,x\n" for n in range(1, 5))
    path.write_text(f"何日,旧卡串码,新卡串码,说明\n{rows}", "utf-8")
    (guess,) = suggest_mappings(path).sheets
    assert not {"iccid_first", "iccid_last"} & {column.field for column in guess.columns}


def test_what_the_file_does_not_state_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "id,到期时间,创建时间,联系手机,下家,Roam Nw\n"
        "a1,2027-01-01,2024-01-01,13800000001,甲店,AIR GJ\na2,2027-01-02,2024-01-02,13800000002,乙店,AIR MU\n",
        encoding="utf-8",
    )
    suggestion = suggest_mappings(path)
    (guess,) = suggestion.sheets
    assert [column.field for column in guess.columns] == [None] * 6
    assert guess.kind is None
    assert "columns: {}" in suggestion.to_yaml()
    assert "取其一" in suggestion.to_yaml("zh")
    assert "# FIELD is one of kind, record_no, date, " in suggestion.to_yaml()


@pytest.mark.parametrize(("damaged", "field"), [(1, "iccid"), (2, None)])
def test_nine_of_ten_cells_support_a_guess(damaged: int, field: str | None) -> None:
    cards = [f"89860612345678900{n:02d}" for n in range(10 - damaged)] + ["8.98606E+18"] * damaged
    sheet = sheet_of(["卡片串码"], *([card] for card in cards))
    (column,) = guess_sheet(sheet, is_named=False).columns
    assert (column.field, column.fitting, column.filled) == (field, (10 - damaged) if field else 0, 10)


def test_every_sheet_that_is_not_understood_gets_its_mapping(tmp_path: Path) -> None:
    book = Workbook()
    known = book.create_sheet("出库")
    cards, boxes = book.create_sheet("收卡"), book.create_sheet("内盒")
    del book["Sheet"]
    for row in (["转出方", "转入方", "日期", "卡号"], ["甲公司", "乙店", "2024-03-01", "8986061234567890001"]):
        known.append(row)
    for row in (["串码一", "何时"], ["8986061234567890101", "2024-04-01"]):
        cards.append(row)
    for row in (["头", "尾"], ["8986061234567890000", "8986061234567890999"]):
        boxes.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    suggestion = suggest_mappings(path)
    assert suggestion.understood == ("出库",)
    (tmp_path / "m.yml").write_text(suggestion.to_yaml(), encoding="utf-8")
    first, second = load_mappings(tmp_path / "m.yml")
    assert (first.sheet, first.claims.headings) == ("收卡", {"iccid": "串码一", "date": "何时"})
    assert (second.sheet, second.claims.headings) == ("内盒", {"iccid_first": "头", "iccid_last": "尾"})


def test_a_file_that_is_understood_needs_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("转出方,转入方,日期,卡号\n甲公司,乙店,2024-03-01,8986061234567890001\n", encoding="utf-8")
    suggestion = suggest_mappings(path)
    assert (suggestion.sheets, suggestion.understood) == ((), (None,))
    assert "needs no mapping" in suggestion.to_yaml()


def test_a_file_without_headings_is_suggested_by_letters(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("8986061234567890001,2024-03-05\n8986061234567890002,2024-03-06\n", encoding="utf-8")
    mapping = mapping_of(tmp_path, suggest_mappings(path).to_yaml())
    assert mapping.claims.header_row == 0
    assert mapping.claims.places == {"iccid": 0, "date": 1}
    (sheet,) = open_sheets(path)
    assert mapping.kind is None
    assert len(read_all(open_sheet_parser(sheet, mapping=mapping, as_kind="activation"))) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=2, max_size=4))
def test_every_suggestion_is_a_valid_mapping(tmp_path: Path, headings: list[str]) -> None:
    path = tmp_path / "any.jsonl"
    path.write_text(json.dumps(dict.fromkeys(headings, "x")) + "\n", encoding="utf-8")
    assert mapping_of(tmp_path, suggest_mappings(path).to_yaml())


def test_the_keys_of_json_lines_are_a_header(tmp_path: Path) -> None:
    path = tmp_path / "cards.jsonl"
    path.write_text(json.dumps({"编码": "8986061234567890123", "time": "2024-03-05"}) + "\n", encoding="utf-8")
    mapping = mapping_of(tmp_path, suggest_mappings(path).to_yaml())
    assert mapping.claims.headings == {"date": "time", "iccid": "编码"}
    (sheet,) = open_sheets(path)
    assert mapping.kind is None
    assert len(read_all(open_sheet_parser(sheet, mapping=mapping, as_kind="activation"))) == 1


def test_a_suggestion_knows_the_numbers_of_chips_by_their_values(tmp_path: Path) -> None:
    path = tmp_path / "chips.csv"
    path.write_text(
        "编码,芯片号,别的\n8986061900000000001,89049032000001000000012345670030,x\n"
        "8986061900000000002,89049032000001000000012345670127,89049032000001000000012345670030\n",
        encoding="utf-8",
    )
    suggestion = suggest_mappings(path)
    assert [column.field for column in suggestion.sheets[0].columns] == ["iccid", "eid", None]


@pytest.mark.posix
@pytest.mark.timeout(60)
def test_a_pipe_is_no_file_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="not a file"):
        suggest_mappings(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "columns: {iccid: 卡片编号, from: 转出方, to: {column: AB}, user: {column: B}}",
            "no column '卡片编号', number 28; headings seen: 转出方, 对方, 日期, 号码",
        ),
        ("header_row: 9", "header_row 9 is blank"),
    ],
)
def test_what_a_mapping_names_and_the_sheet_lacks_is_told_and_nothing_else(
    tmp_path: Path, text: str, said: str
) -> None:
    sheet = sheet_of(("转出方", "对方", "日期", "号码"), ("甲", "乙", "2024-03-01", "89860625300210200018"))
    with pytest.raises(MappingError, match=said):
        open_sheet_parser(sheet, mapping=mapping_of(tmp_path, text + "\n"))


@pytest.mark.parametrize("kind", ["seizure", "shipment"])
@pytest.mark.parametrize("first", ["8986061234567890001", "89860612345678900010-89860612345678900028", "13800000001"])
def test_a_row_of_headings_that_holds_a_number_is_refused(tmp_path: Path, first: str, kind: str) -> None:
    text = f"kind: {kind}\nheader_row: 1\ncolumns: {{}}\n"
    with pytest.raises(MappingError) as caught:
        open_sheet_parser(sheet_of([first, "甲"], ["8986061234567890002", "乙"]), mapping=mapping_of(tmp_path, text))
    assert "header_row: 0" in str(caught.value.hint)


@pytest.mark.parametrize("first", ["8986 0612 3456 7890 001", "13800000001", "8986061234567890001~8986061234567890009"])
def test_a_first_row_that_holds_a_number_is_suggested_as_no_headings(tmp_path: Path, first: str) -> None:
    path = tmp_path / "bare.csv"
    path.write_text(f"{first},甲\n8986061234567890002,乙\n", encoding="utf-8")
    (guess,) = suggest_mappings(path).sheets
    assert guess.header_row == 0


def test_a_field_of_another_kind_is_not_proposed_for_itself(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as fault:
        mapping_of(tmp_path, "kind: identity\ncolumns: {from: 甲列}\n")
    assert fault.value.params.get("nearest", []) == [] or "from" not in fault.value.params["nearest"]


def test_lines_that_a_person_confirms_beside_a_table_of_a_document_are_one_more_table(tmp_path: Path) -> None:
    sold, told = "8986061900000000055", "8986061900000000001"
    heads = ["转出方", "转入方", "日期", "卡号"]
    place = tmp_path / "复函.docx"
    word_file(place, f"2024年3月21日，甲公司把{told}交给了李倩。", [heads, ["甲公司", "丙公司", "2024-03-20", sold]])
    stated = f"{{kind: transfer, date: 2024-03-21, from: 甲公司, to: 李倩, iccid: {told}}}"
    (tmp_path / "m.yml").write_text(f"transcribed:\n  by: 张警官\n  1: {stated}\n", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(place)
        case.load(place, mapping=tmp_path / "m.yml", again=True)
        traces = {trace.input: trace for trace in case.trace(sold, told)}
        hands = {card: [hop.receiver.name for hop in trace.chains[0].hops] for card, trace in traces.items()}
        assert hands == {sold: ["丙公司"], told: ["李倩"]}
        assert not case.verify(deep=True)
    lines = [json.loads(line) for line in (tmp_path / "x.gtrace/ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    by = {sheet["sheet"]: "transcribed" in str(sheet["reading"]) for sheet in lines[-1]["sheets"]}
    assert by == {"table 1": False, "text": False, None: True}


def test_the_day_that_a_person_writes_beside_a_line_is_that_of_the_registration(tmp_path: Path) -> None:
    card = "8986032530110007031"
    (tmp_path / "a.txt").write_text(f"您好\n{card} 于2025年3月1日登记\n", encoding="utf-8")
    stated = f"{{kind: registration, date: 2025-03-01, carrier: 中国电信, enterprise: 云栾公司, iccid: {card}}}"
    (tmp_path / "m.yml").write_text(f"transcribed:\n  by: 张警官\n  2: {stated}\n", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.txt", mapping=tmp_path / "m.yml")
        hops = [hop for chain in case.trace(card)[0].chains for hop in chain.hops]
    assert [(hop.kind, hop.receiver.name, hop.when and hop.when.day) for hop in hops] == [
        ("registration", "云栾公司", "2025-03-01")
    ]


def test_a_line_that_says_several_things_has_a_row_for_each_and_one_that_says_nothing_waits_no_more(
    tmp_path: Path,
) -> None:
    card = "8986032530110007031"
    said = f"{card} 机主云栾公司，2025年3月1日入网；2025年4月2日激活\n{card} 没动\n{card} 待查\n"
    (tmp_path / "a.txt").write_text(said, encoding="utf-8")
    owned = f"{{kind: registration, date: 2025-03-01, carrier: 中国电信, enterprise: 云栾公司, iccid: {card}}}"
    used = f"{{kind: activation, date: 2025-04-02, imei: '867530021234563', iccid: {card}}}"
    stated = f"  1: {owned}\n  1.2: {used}\n  2: {{kind: none}}\n"
    (tmp_path / "m.yml").write_text(f"transcribed:\n  by: 张警官\n{stated}", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.txt", mapping=tmp_path / "m.yml")
        (trace,) = case.trace(card)
        hops = [(hop.receiver.name, [each.row for each in hop.origins]) for hop in trace.chains[0].hops]
        assert hops == [("云栾公司", [1])]
        assert [(each.when.day, each.imei, each.origins[0].row) for each in trace.activations] == [
            ("2025-04-02", "867530021234563", 1)
        ]
        unread = [each.params["origin"]["row"] for each in trace.findings if each.code == "unread_movement"]
        assert unread == [3]
        assert not case.verify(deep=True)
