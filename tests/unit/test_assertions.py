"""Every test asserts something in every run: an assertion in a loop or a condition alone may never be reached."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ASSERTING = {"raises", "warns", "fail"}
"""Functions that fail a test by themselves: those of pytest, and helpers of the tests, which are added to them."""
OVER_ALL = {"enumerate", "sorted", "list", "tuple", "set", "reversed", "zip", "items", "values", "keys"}
"""Calls that yield something if what they are called with, or on, holds something."""


@cache
def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """All functions of the tests with their modules: found by a test, as every worker of a run imports this."""
    return [
        (path.relative_to(TESTS).as_posix(), node)
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def asserts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function asserts in every call, as far as its text shows it."""
    return any(map(Reached(function).is_sure, function.body))


class Reached:
    """The statements of a function that are reached in every call."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        # a parameter that is declared to be a tuple of a certain length is not empty
        annotated = ((argument.arg, argument.annotation) for argument in function.args.args)
        self.filled = {
            name for name, type_ in annotated if type_ and re.match(r"tuple\[(?!.*\.\.\.)", ast.unparse(type_))
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and self.is_filled(node.value):
                self.filled |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        self.is_assumed = any(isinstance(node, ast.Expr) and _calls(node, {"assume"}) for node in function.body)

    def is_sure(self, node: ast.stmt) -> bool:
        """Whether this statement asserts whenever it is reached."""
        match node:
            case ast.Assert() | ast.Raise():
                return True
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                return any(_is_call_that_asserts(item.context_expr) for item in items) or any(map(self.is_sure, body))
            case ast.Try(body=body, finalbody=last):
                return any(map(self.is_sure, [*body, *last]))
            case ast.If(body=body, orelse=other):
                return any(map(self.is_sure, body)) and any(map(self.is_sure, other))
            case ast.For(iter=over, body=body):
                return (self.is_assumed or self.is_filled(over)) and any(map(self.is_sure, body))
            case ast.While() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
        return _is_call_that_asserts(node)

    def is_filled(self, node: ast.expr) -> bool:
        """Whether an expression holds something, as a literal, a constant of the module, or what is made of them."""
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return any(not isinstance(part, ast.Starred) or self.is_filled(part.value) for part in parts)
            case ast.Dict(keys=keys):
                return bool(keys)
            case ast.Constant(value=str() | bytes() as text):
                return bool(text)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name.isupper() or name in self.filled
            case ast.IfExp(body=one, orelse=other):
                return self.is_filled(one) and self.is_filled(other)
            case ast.BinOp(left=left, right=right):
                return self.is_filled(left) or self.is_filled(right)
            case ast.Call(func=ast.Name(id="range"), args=ends):
                return all(isinstance(end, ast.Constant) or self.is_filled(end) for end in ends)
            case ast.Call(func=ast.Name(id=name), args=[first, *_]):
                return name in OVER_ALL and self.is_filled(first)
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                return name in OVER_ALL and self.is_filled(value)
        return False


def _is_call_that_asserts(node: ast.AST) -> bool:
    return _calls(node, ASSERTING)


def _calls(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(each, ast.Call) and _called(each) in names for each in ast.walk(node))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _extend_asserting() -> bool:
    """Add the helpers that assert in every call, whichever of that name is meant; tell whether there are new ones."""
    helpers = [node for _, node in functions() if node.name not in ASSERTING]
    doubtful = {node.name for node in helpers if not asserts(node)}
    found = {node.name for node in helpers} - doubtful
    ASSERTING.update(found)
    return bool(found)


def test_every_test_asserts_in_every_run() -> None:
    tests = [(place, node) for place, node in functions() if node.name.startswith("test_")]
    assert len(tests) > 2000
    while _extend_asserting():
        pass
    assert [f"{place}:{node.lineno} {node.name}" for place, node in tests if not asserts(node)] == []


@pytest.mark.parametrize(
    ("body", "is_sure"),
    [
        ("assert x", True),
        ("for each in x: assert each", False),
        ("for each in (1, 2): assert each", True),
        ("for each in two: assert each", True),
        ("if x: assert x", False),
        ("if x: assert x\nelse: assert not x", True),
        ("with pytest.raises(ValueError): x()", True),
        ("with open(x) as y: assert y", True),
        ("x()", False),
        ("def inner(): assert x", False),
        ("assume(x)\nfor each in x: assert each", True),
        ("for each in enumerate(CONSTANT): assert each", True),
        ("for each in [*x]: assert each", False),
    ],
)
def test_the_check_itself_tells_them_apart(body: str, is_sure: bool) -> None:
    indented = body.replace("\n", "\n    ")
    (function,) = ast.parse(f"def test(x, two: tuple[int, int], many: tuple[int, ...]):\n    {indented}\n").body
    assert isinstance(function, ast.FunctionDef)
    assert asserts(function) == is_sure
