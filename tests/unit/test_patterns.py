import ast
import re
from pathlib import Path

import pytest

import graphtrace
from graphtrace.patterns import late


def test_a_late_pattern_answers_as_a_compiled_one():
    compiled, pattern = re.compile("(?P<card>8986[0-9]+)", re.IGNORECASE), late("(?P<card>8986[0-9]+)", re.IGNORECASE)
    text = "卡 898601, 898602"
    assert [found["card"] for found in pattern.finditer(text)] == [found["card"] for found in compiled.finditer(text)]
    assert pattern.search(text)
    assert pattern.sub("x", text) == compiled.sub("x", text)
    assert (pattern.pattern, pattern.flags, pattern.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert late(b"[0-9]+").fullmatch(b"8986")


def test_a_late_pattern_has_no_other_attributes_and_says_what_is_wrong_when_it_is_used():
    with pytest.raises(AttributeError, match="no_such"):
        late("a").no_such  # noqa: B018
    pattern = late("(")
    with pytest.raises(re.error):
        pattern.search("a")


def _compiled_by_an_import(node):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            if isinstance(child, ast.Call) and ast.unparse(child.func) == "re.compile":
                yield child.lineno
            yield from _compiled_by_an_import(child)


def test_no_pattern_of_the_package_is_compiled_by_an_import():
    files = sorted(Path(graphtrace.__file__).parent.rglob("*.py"))
    assert [
        (path.name, line) for path in files for line in _compiled_by_an_import(ast.parse(path.read_text("utf-8")))
    ] == []
