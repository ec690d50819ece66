"""What errors say in Chinese."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace
from graphtrace.render import errors
from graphtrace.render.errors import CHINESE, translate_error

PLACE = re.compile(r"\{\w+\}")
FILLED_IN = re.compile(r"'?\{[^{}]*\}'?|FILE")


def texts_of(folder: Path) -> Iterator[str]:
    """Every text of the programs in a folder; what is filled in stands as ``{}``."""
    for path in set(folder.rglob("*.py")) - {Path(errors.__file__)}:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant):
                yield FILLED_IN.sub("{}", str(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                yield FILLED_IN.sub("{}", "".join(parts))


def test_every_english_text_is_one_that_somebody_says() -> None:
    said = set(texts_of(Path(graphtrace.__file__).parent)) | {os.strerror(number) for number in errno.errorcode}
    unknown = [text for text in CHINESE if FILLED_IN.sub("{}", text) not in said and text not in errors.OF_TYPER]
    assert unknown == []


def test_places_are_the_same_in_both_languages() -> None:
    for english, chinese in CHINESE.items():
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(chinese)), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("no case is named", "没有指明案件"),
        ("x.gtrace is being written by another process", "x.gtrace正由另一进程写入"),
        ("a b/c.csv: No such file or directory", "a b/c.csv：没有这个文件或文件夹"),
        ("2 parties bear the name {甲}", "有2个主体同名{甲}"),
        ("neo4j://h:7687: nobody answers at this port", "neo4j://h:7687：此端口无人应答"),
        (
            "rule own: a b/x.sql:10: the query fails: Parser Error: syntax error",
            "规则own：a b/x.sql:10：查询执行失败：Parser Error：syntax error",
        ),
        ("x.sql:3: a query is one SELECT, not DELETE", "x.sql:3：查询应为一条 SELECT 语句，不能是 DELETE"),
        ("No such command 'tracer'. Did you mean 'trace'?", "没有命令“tracer”。是否指“trace”？"),
        ("nobody has put this into Chinese", "nobody has put this into Chinese"),
    ],
)
def test_what_stands_in_an_error_stands_in_its_chinese(english: str, chinese: str) -> None:
    assert translate_error(english, "zh") == chinese
    assert translate_error(english, "en") == english
