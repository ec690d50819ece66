from __future__ import annotations

import pytest

from graphtrace.ingest.readers import excel_reader


@pytest.fixture(autouse=True)
def _parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of parsers do not see what a parser gave another test for the same bytes."""
    monkeypatch.setattr(excel_reader, "_parsed", {})
