"""Runs in this process what has a process of its own, where that is not what is tested: its start takes most time."""

from __future__ import annotations

import importlib
import io
import logging
import subprocess
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO

import pytest

from graphtrace.cli import main
from graphtrace.ingest.readers import child_process


def run_command(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the environment and the folder of this process; its outputs are in UTF-8, as of a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(arguments))
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(list(arguments), code, *said)


@cache
def _worker(name: str) -> ModuleType:
    """A module of the readers; here it limits nothing, as it is no process of its own."""
    worker = importlib.import_module(name)
    worker.limit_resources = lambda *_: None  # type: ignore[attr-defined]
    return worker


_ONE_AT_A_TIME = threading.Lock()


def _parse(command: list[str], output: IO[bytes], log: IO[bytes], *, timeout_s: int, memory_bytes: int) -> int:
    """Take the place of :func:`child_process.run`: the same parser, which may neither crash nor take long."""
    name, path, *rest = command[command.index("-m") + 1 :]
    numbers = [int(each) for each in rest]
    options = {"has_struck_text": bool(numbers[2])} if len(numbers) > 2 else {}
    said, disabled = io.StringIO(), logging.root.manager.disable
    with _ONE_AT_A_TIME, redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code: int = _worker(name).main(Path(path), *numbers[:2], output, **options)
        except KeyboardInterrupt:
            raise
        except BaseException:  # what is compiled panics with one that is no Exception
            traceback.print_exc()
            code = 1
        finally:
            logging.disable(disabled)
    output.flush()
    log.write(said.getvalue().encode())
    return code


_parse_apart = child_process.run


@contextmanager
def parsers(*, are_apart: bool) -> Iterator[None]:
    """Have documents parsed by processes of their own, as they are where nobody tests, or by this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child_process, "run", _parse_apart if are_apart else _parse)
        yield
