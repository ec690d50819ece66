"""Change the code in one place at a time and see whether the tests notice; survivors.md says what was found.

``python -m tests.mutation graphtrace/custody --tests tests/custody --sample 200`` tries 200 changes, always the same.
Each is tried in a fork, which runs the tests that came to its line, the quickest first, until one fails. What runs when
a module is imported (tables, patterns, defaults) is not changed. Not on Windows.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import os
import pickle
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import pytest

PAIRS = [(ast.Eq, ast.NotEq), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.In, ast.NotIn), (ast.Is, ast.IsNot),
         (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.BitOr, ast.BitAnd)]  # fmt: skip
OTHER: dict[type[ast.AST], Any] = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}


class Mutant(NamedTuple):
    """One change: the function in which it stands, a node of the tree, and the field that has another value then."""

    path: str
    tree: ast.Module
    function: str
    node: Any
    field: str
    value: Any
    line: int

    def with_it(self, do: Callable[[], Any]) -> Any:
        old = getattr(self.node, self.field)
        setattr(self.node, self.field, self.value)
        done = do()
        setattr(self.node, self.field, old)
        return done

    def code(self) -> CodeType:
        """The code of the changed function."""
        codes = [self.with_it(lambda: compile(self.tree, self.path, "exec", dont_inherit=True))]
        for code in codes:
            codes += [held for held in code.co_consts if isinstance(held, CodeType)]
        return next(code for code in codes if code.co_qualname == self.function)


def mutants_of(path: str, tree: ast.Module, node: ast.AST, prefix: str = "") -> Iterator[Mutant]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from mutants_of(path, tree, child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            for each in [child, *(each for statement in child.body for each in ast.walk(statement))]:
                for field, value, line in changes(each):
                    yield Mutant(path, tree, prefix + child.name, each, field, value, line)


def changes(node: Any) -> Iterator[tuple[str, Any, int]]:
    """Comparisons, operators, constants, returned values, and statements that go."""
    if isinstance(node, ast.Compare):
        for n, of in enumerate(node.ops):
            yield "ops", [*node.ops[:n], OTHER[type(of)](), *node.ops[n + 1 :]], node.lineno
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER:
        yield "op", OTHER[type(node.op)](), node.lineno
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "operand", ast.copy_location(ast.UnaryOp(ast.Not(), node.operand), node), node.lineno
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        yield "value", not node.value if isinstance(node.value, bool) else node.value + 1, node.lineno
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value and " " not in node.value:
        yield "value", f"XX{node.value}", node.lineno
    elif isinstance(node, ast.Return) and node.value and ast.unparse(node.value) not in ("None", "False"):
        yield "value", ast.copy_location(ast.Constant(None), node.value), node.lineno
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        for n, each in enumerate(block if isinstance(block, list) else ()):
            is_call = isinstance(each, ast.Expr) and not isinstance(each.value, ast.Constant)
            if is_call or isinstance(each, ast.AugAssign | ast.Raise | ast.Continue | ast.Break):
                yield field, [*block[:n], ast.copy_location(ast.Pass(), each), *block[n + 1 :]], each.lineno


class Run(NamedTuple):
    """A plugin of pytest: it runs the tests once to see what they reach, and then those of every mutant."""

    asked: argparse.Namespace

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from hypothesis import Phase, settings  # pytest wants to import it first

        for test in [getattr(item.obj, "__func__", item.obj) for item in session.items]:  # type: ignore[attr-defined]
            if usual := getattr(test, "_hypothesis_internal_use_settings", None):
                quick = {"phases": (Phase.explicit, Phase.generate), "max_examples": min(40, usual.max_examples)}
                test._hypothesis_internal_use_settings = settings(usual, **quick)
        gc.unfreeze()
        functions = [held for held in gc.get_objects() if isinstance(held, FunctionType)]
        caches = [held for held in gc.get_objects() if isinstance(held, functools._lru_cache_wrapper)]
        trees = {str(file.resolve()): ast.parse(file.read_bytes()) for file in self.asked.modules}
        mutants = [mutant for path, tree in trees.items() for mutant in mutants_of(path, tree, tree)]
        reached = pickle.loads(in_a_fork(lambda: pickle.dumps(reach(session, {*trees}, caches)))[1])
        ends, told = time.monotonic() + self.asked.seconds, Counter[tuple[str, str]]()
        for mutant in random.Random(1).sample(mutants, min(self.asked.sample, len(mutants))):
            items = [item for item in session.items if (mutant.path, mutant.line) in reached[item.nodeid][1]]
            items.sort(key=lambda item: reached[item.nodeid][0])
            seconds = 10 + int(3 * sum(reached[item.nodeid][0] for item in items))
            here = [each for each in functions if each.__code__.co_filename == mutant.path]
            if time.monotonic() < ends:
                ended, said = in_a_fork(functools.partial(attempt, session, mutant, items, here, caches, seconds))
                outcome = said.decode() or ("timed out" if ended < 0 else "killed")
                told[Path(mutant.path).name, outcome if items else "not reached"] += 1
                if outcome == "survived" and items:
                    after = mutant.with_it(functools.partial(ast.unparse, mutant.node))
                    print(
                        f"\n{Path(mutant.path).name}:{mutant.line}: {ast.unparse(mutant.node)}  =>  {after}", flush=True
                    )
        print(*(f"{name}: {count} {outcome}" for (name, outcome), count in sorted(told.items())), sep="\n")
        return True


def attempt(session: Any, mutant: Mutant, items: Any, functions: Any, caches: Any, seconds: int) -> bytes:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    code = mutant.code()
    for function in functions:
        function.__code__ = code if function.__code__.co_qualname == mutant.function else function.__code__
    for cache in caches:
        cache.cache_clear()
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return b"killed"
    return b"survived"


def reach(session: pytest.Session, paths: set[str], caches: Any) -> dict[str, tuple[float, set[tuple[str, int]]]]:
    """For each test the seconds it took, and the lines it came to; none of a test that fails for being traced."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return trace if frame.f_code.co_filename in paths else None

    reached = {}
    for item in session.items:
        lines: set[tuple[str, int]] = set()
        before, session.testsfailed = time.process_time(), 0
        for cache in caches:
            cache.cache_clear()
        sys.settrace(trace)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        sys.settrace(None)
        reached[item.nodeid] = (time.process_time() - before, set() if session.testsfailed else lines)
    return reached


def in_a_fork(do: Callable[[], bytes]) -> tuple[int, bytes]:
    """How a child ended, and what it gave back."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            os.write(write, do())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="+", type=Path, help="files that are changed")
    parser.add_argument("--tests", nargs="+", required=True, help="tests that must notice")
    parser.add_argument("--sample", type=int, default=10**6, help="how many changes are tried; all if not said")
    parser.add_argument("--seconds", type=float, default=1800, help="no change is tried after these")
    asked = parser.parse_args()
    options = ["-q", "-p", "no:cacheprovider", "-o", "timeout=0", "--capture=no", *asked.tests]
    sys.exit(pytest.main(options, plugins=[Run(asked)]))
