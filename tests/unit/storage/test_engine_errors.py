"""What the engine says is told in our words where we know what it means."""

from __future__ import annotations

import duckdb
import pytest

from graphtrace.errors import StoreError
from graphtrace.storage.duckdb.workarounds import engine_reason, read_error

FULL = (
    "FATAL Error: Failed to create checkpoint because of error: Could not write all bytes to file "
    '"/cases/x.gtrace/.scratch/1/case-2.duckdb": wanted=262144 wrote=-1: No space left on device\nmore'
)


@pytest.mark.posix
def test_a_full_disk_is_said_without_the_words_and_paths_of_the_engine() -> None:
    error = read_error(duckdb.FatalException(FULL), "x.gtrace")
    assert isinstance(error, StoreError)
    assert error.text.render("en") == "x.gtrace: the disk is full"
    assert error.text.render("zh") == "x.gtrace：磁盘已满"
    assert "room" in str(error.hint)


def test_another_fault_of_the_engine_keeps_its_first_line() -> None:
    assert engine_reason(duckdb.IOException("IO Error: bad block\nof file x")) == "IO Error: bad block"
