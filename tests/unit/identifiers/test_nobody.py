"""What stands where a name or a number should be and identifies nobody, and what only looks so.

The texts stand in nobody.yml, which whoever meets another one can extend.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
import yaml

from graphtrace.identifiers import nobody, normalize_party_id, normalize_party_name
from graphtrace.identifiers.nobody import (
    identifies_nobody,
    is_no_identifier,
    key_of_cell,
    maybe_nobody,
    names_nobody,
)
from graphtrace.identifiers.normalize import simplified_forms

TABLE = yaml.safe_load(Path(__file__).with_name("nobody.yml").read_text("utf-8"))
NO_NAMES: dict[str, str] = TABLE["no_names"]
PHRASES: list[str] = TABLE["no_names_of_words"]
WORDS = json.loads(Path(nobody.__file__).with_name("nobody.json").read_bytes())


@pytest.mark.parametrize("of_class", NO_NAMES)
def test_a_word_that_is_no_name_identifies_nobody(of_class: str) -> None:
    missed = [text for text in NO_NAMES[of_class].split() if not names_nobody(normalize_party_name(text))]
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        *("自用（水表项目）", "自用", "公司自用", "本公司领用", "部门领用"),
        *("研发部测试", "库存", "备用（样机）", "自用-水表项目", "內部使用（門禁）", "Own_use_(meters)"),
    ],
)
def test_a_purpose_for_which_cards_are_kept_is_no_name_whatever_stands_behind_it(text: str) -> None:
    key = normalize_party_name(text.replace("_", " "))
    assert names_nobody(key)
    assert re.search(maybe_nobody(), key)


@pytest.mark.parametrize(
    "text",
    [
        *("库存科技有限公司", "测试（深圳）有限公司", "测试-星海公司", "周转房管理有限公司"),
        *("张三自用", "自用车租赁行", "Test(HK)Ltd", "Test-Rite", "Stockholm"),
    ],
)
def test_a_name_with_the_word_of_a_purpose_in_it_is_a_name(text: str) -> None:
    assert not names_nobody(normalize_party_name(text))


def test_a_phrase_that_is_no_name_identifies_nobody() -> None:
    assert [text for text in PHRASES if not names_nobody(normalize_party_name(text))] == []


def test_a_name_is_one_whatever_word_it_begins_with() -> None:
    assert [
        text
        for text in [*TABLE["names"].split(), *TABLE["names_of_words"]]
        if identifies_nobody(normalize_party_name(text))
    ] == []


def test_a_platform_or_parcel_carrier_is_a_firm_where_a_carrier_names_its_customer() -> None:
    assert [names_nobody(name, is_customer=True) for name in ("顺丰", "京东", "散客", "淘宝买家")] == [
        False,
        False,
        True,
        False,
    ]


def test_a_number_that_many_could_have_is_no_identifier() -> None:
    assert [text for text in TABLE["no_numbers"].split() if not is_no_identifier(normalize_party_id(text))] == []


def test_a_number_of_any_document_is_an_identifier() -> None:
    assert [text for text in TABLE["numbers"].split() if is_no_identifier(normalize_party_id(text))] == []


def test_the_first_sieve_lets_no_word_through() -> None:
    texts = [text for line in NO_NAMES.values() for text in line.split()] + [
        *PHRASES,
        "王**",
        "xxxx",
        "##a##",
    ]
    keys = pl.Series([normalize_party_name(text) for text in texts])
    assert keys.filter(~keys.str.contains(maybe_nobody())).to_list() == []


def test_every_word_of_the_table_is_nobody_and_stands_there_once() -> None:
    classes = {name: texts for name, texts in WORDS.items() if name in nobody.CLASSES}
    listed = [normalize_party_name(text) for texts in classes.values() for text in texts]
    assert sorted({text for text in listed if listed.count(text) > 1}) == []
    assert [text for text in listed if len(text) > 1 and not names_nobody(text)] == []


def test_the_traditional_characters_of_the_table_are_all_there() -> None:
    opencc = pytest.importorskip("opencc")
    pairs = {chr(sign) + form for sign, form in simplified_forms().items()}
    convert = opencc.OpenCC("s2t").convert
    missing = {
        written + sign
        for texts in WORDS.values()
        for text in texts
        for written, sign in zip(convert(text), text, strict=True)
        if written != sign
    }
    assert sorted(missing - pairs) == []


def test_lists_and_objects_of_programs_are_no_names() -> None:
    texts = ['["张某", "李某"]', '{"名称": "张某"}', '["张某"]', "['张某', '李某']", "[]", "{}", '[{"名称": "张某"}]']
    assert [text for text in texts if not identifies_nobody(normalize_party_name(text))] == []
    sieve = pl.Series(map(normalize_party_name, texts)).str.contains(maybe_nobody())
    assert sieve.all()
    names = ['甲"鑫"公司', "O'Neil Ltd", "(甲)公司", '甲公司"老王"', "甲(深圳)公司"]
    assert [name for name in names if identifies_nobody(normalize_party_name(name))] == []


def test_two_names_on_two_lines_of_a_cell_are_no_one_name() -> None:
    keys = [key_of_cell(text) for text in ("蓝讯数码店\n北川经营部", "张三\r\n李四")]
    assert [identifies_nobody(key) for key in keys] == [True, True]
    assert pl.Series(keys).str.contains(maybe_nobody()).all()
    broken = ("杭州星海智联科技\n有限公司", "张三\n13800001111", "蓝讯数码店\n张三", "蓝讯数码店\n")
    assert [key_of_cell(text) for text in broken] == [normalize_party_name(text) for text in broken]


@pytest.mark.parametrize(
    "text",
    [
        *("Ravi cancelled", "Ravi (on loan)", "Ravi - not collected", "Ravi on approval", "not Ravi", "maybe Ravi"),
        *("Ravi or Anil Kumar", "Ravi RTO", "Ravi for testing", "to be decided", "instead of Ravi"),
        *("ex Birch Trading", "Former Birch Trading", "formerly Birch Ltd", "erstwhile Ravi"),
        *("IoT SIM (O2)", "Airtel M2M SIM card", "SIMs"),
    ],
)
def test_a_name_in_english_with_what_became_of_it_names_nobody(text: str) -> None:
    key = key_of_cell(text)
    assert identifies_nobody(key)
    assert re.search(maybe_nobody(), key)
    assert key_of_cell("Ravi") == "ravi"


@pytest.mark.parametrize(
    "text",
    [
        "Notting Hill Mobiles",
        "Sample Trading Ltd",
        "Star Sale House",
        "Demo Systems",
        "Cell Repairs Point",
        "Return Gifts Ltd",
        "Exeter Trading",
        "原力科技",
    ],
)
def test_a_name_in_english_of_such_words_is_a_name(text: str) -> None:
    assert not identifies_nobody(key_of_cell(text))
