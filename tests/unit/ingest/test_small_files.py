from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from graphtrace.cli.inputs import read_ids
from graphtrace.errors import GraphtraceError, InputError, MappingError, RuleError
from graphtrace.ingest.mapping_files import load_mappings
from graphtrace.ingest.small_files import MAX_LIST_BYTES, MAX_YAML_BYTES, read_small_file
from graphtrace.rules.rule_loader import load_rule

READERS = [
    pytest.param(load_mappings, MappingError, MAX_YAML_BYTES, id="mapping"),
    pytest.param(load_rule, RuleError, MAX_YAML_BYTES, id="rule"),
    pytest.param(read_ids, InputError, MAX_LIST_BYTES, id="list"),
]
SECONDS = 3


def refuse(read: object, path: Path, error: type[GraphtraceError], why: str) -> None:
    assert callable(read)
    started = time.monotonic()
    with pytest.raises(error, match=why) as caught:
        read(path)
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert time.monotonic() - started < SECONDS


@pytest.mark.posix
@pytest.mark.parametrize(("read", "error", "_limit"), READERS)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(
    tmp_path: Path, read: object, error: type[GraphtraceError], _limit: int
) -> None:
    os.mkfifo(tmp_path / "pipe")
    refuse(read, tmp_path / "pipe", error, "not a file")


@pytest.mark.posix
@pytest.mark.parametrize(("read", "error", "_limit"), READERS)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_read(read: object, error: type[GraphtraceError], _limit: int, device: str) -> None:
    refuse(read, Path(device), error, "not a file")


@pytest.mark.parametrize(("read", "error", "limit"), READERS)
def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, read: object, error: type[GraphtraceError], limit: int
) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(limit + 1)
    refuse(read, path, error, "larger than")


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1" * 10)
    assert read_small_file(tmp_path / "x", 10) == b"1" * 10
    with pytest.raises(OSError, match="larger than"):
        read_small_file(tmp_path / "x", 9)


@pytest.mark.parametrize("depth", [500, 3_000, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "\n"), ("? ", "\n")])
@pytest.mark.parametrize("read", [load_mappings, load_rule])
def test_deep_nesting_is_no_yaml(tmp_path: Path, depth: int, opening: str, closing: str, read: object) -> None:
    (tmp_path / "m.yml").write_text("kind: " * (opening in "[{a: ") + opening * depth + closing * depth)
    refuse(read, tmp_path / "m.yml", (MappingError if read is load_mappings else RuleError), "m.yml")


def test_a_short_mapping_cannot_mean_millions_of_keys(tmp_path: Path) -> None:
    keys = ", ".join(f"k{number}: *a" for number in range(2_000))
    inner = ", ".join(f"k{number}: x" for number in range(2_000))
    outer = "\n".join(f"o{number}: *b" for number in range(2_000))
    (tmp_path / "m.yml").write_text(f"a: &a {{{inner}}}\nb: &b {{{keys}}}\n{outer}\n")
    refuse(load_mappings, tmp_path / "m.yml", MappingError, "aliases")
