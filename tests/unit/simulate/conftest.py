"""One small synthetic case, loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.results.simulation import SimulationResult
from graphtrace.simulate.generate import RECORDS, TRUTH, simulate

CARDS = 2_500


@dataclass(frozen=True)
class Loaded:
    made: SimulationResult
    case: gt.Case
    truth: Path


def load(folder: Path, made: SimulationResult) -> Loaded:
    """The case that the records of a synthetic case make."""
    case = gt.open_case(folder / "x.gtrace")
    report = case.load(*sorted((made.folder / RECORDS).iterdir()))
    assert [sheet.error for sheet in report.files if sheet.error] == []
    return Loaded(made, case, made.folder / TRUTH)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("simulated")
    told = load(folder, simulate(folder / "out", CARDS, 1))
    yield told
    told.case.close()
