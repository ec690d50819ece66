"""A value that no load writes is an answer or an error with one sentence, for every question; ``verify`` names it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

import graphtrace as gt
from graphtrace.errors import CaseDamaged, NothingFound
from graphtrace.storage.case_folder import find_database

from .cases import CARDS, run_here, write_files

VALUES = {
    "a day after all days": "UPDATE wide_card_records SET day = 2147483647 WHERE row = 2",
    "a day before all days": "UPDATE wide_card_records SET day = -2147483648 WHERE row = 2",
    "an unknown kind": "UPDATE wide_card_records SET kind = 200 WHERE row = 2",
    "an unknown sender": "UPDATE wide_card_records SET sender = 999 WHERE row = 2",
    "an unknown receiver": "UPDATE wide_card_records SET receiver = 999 WHERE row = 2",
    "an unknown sheet": "UPDATE wide_card_records SET sheet = 999 WHERE row = 2",
    "an unknown head": "UPDATE wide_card_records SET key = 99900000000001 WHERE row = 2",
    "a card below zero": "UPDATE wide_card_records SET key = -1 WHERE row = 2",
    "a second of no day": "UPDATE wide_card_records SET second = 100000 WHERE row = 2",
    "a span of a year": "UPDATE wide_card_records SET span = 255 WHERE row = 2",
    "a day without a span": "UPDATE wide_card_records SET span = NULL WHERE row = 2",
    "a device of negative size": "UPDATE wide_card_records SET imei = -5, imei_size = 0 WHERE row = 2",
    "a range of all numbers": "UPDATE range_records SET first = 0, last = 9223372036854775807",
    "a range that runs down": "UPDATE range_records SET first = last + 5",
    "a range of an unknown head": "UPDATE range_records SET first = first + 9e14::BIGINT, last = last + 9e14::BIGINT",
    "a head with a control character": "UPDATE key_prefixes SET text = chr(27) || '[31m' || text",
    "a head of no size": "UPDATE key_prefixes SET size = 0",
    "a head of 255 characters": "UPDATE key_prefixes SET size = 255",
    "no head": "DELETE FROM key_prefixes",
    "a party of no kind": "UPDATE resolved_parties SET id = 'x''y' WHERE name = '老K'",
    "a party of another name": "UPDATE resolved_parties SET id = 'name:x''y' WHERE name = '老K'",
    "a party without a name": "UPDATE resolved_parties SET name = NULL WHERE name = '老K'",
    "a party without an id": "UPDATE resolved_parties SET id = NULL WHERE name = '老K'",
    "a party that is nobody": "UPDATE resolved_parties SET party = 999 WHERE name = '老K'",
    "no parties": "DELETE FROM resolved_parties",
    "a name of 30 million characters": "UPDATE resolved_parties SET name = repeat('x', 30000000) WHERE name = '老K'",
    "no files": "DELETE FROM files",
    "no sheets": "DELETE FROM sheets",
    "a file without a hash": "UPDATE files SET sha256 = ''",
    "a remark that is no JSON": "UPDATE sheets SET remarks = '[[[['",
    "a reject that is no JSON": "UPDATE rejects SET raw = repeat('[', 100000)",
    "a line of the ledger that is deep": "UPDATE files SET entry = repeat('[', 100000)",
    "a line of the ledger that is none": "UPDATE files SET entry = '{}'",
    "effects without content": (
        "INSERT INTO corrections SELECT 1, 2, 2, 2, false, '2024-01-01', '{}', entry FROM files WHERE file = 1"
    ),
    "told by nobody knows whom": "UPDATE meta SET value = '999' WHERE key = 'resolved_through'",
}

QUESTIONS: dict[str, Callable[[gt.Case], object]] = {
    "status": lambda case: case.status(),
    "trace": lambda case: [trace.to_dict() for trace in [case.trace(*CARDS)]],
    "trace many": lambda case: case.trace(*(str(8986061900000000001 + n) for n in range(20))).to_dict(),
    "audit": lambda case: case.audit(all=True).to_dict(),
    "party": lambda case: case.party("老K").to_dict(),
    "common": lambda case: case.common(*CARDS[:2]).to_dict(),
    "siblings": lambda case: case.siblings(CARDS[0]).to_dict(),
    "graph": lambda case: case.graph(),
    "as known on": lambda case: case.at("2100-01-01").trace(CARDS[0]).to_dict(),
    "query": lambda case: case.query("records-of-card", card=CARDS[0]),
    "corrections": lambda case: case.corrections(),
    "ledger head": lambda case: case.ledger_head(),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*write_files(place, cards=30))
    return place / "x.gtrace"


@pytest.mark.slow
@pytest.mark.parametrize("kind", VALUES)
def test_a_value_that_no_load_writes_is_no_traceback(loaded: Path, tmp_path: Path, kind: str) -> None:
    case = Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))
    with duckdb.connect(str(find_database(case))) as con:
        ((changed,),) = con.execute(VALUES[kind]).fetchall()
    assert changed
    # another question is the first of each kind, before any other has put something aside
    first = list(VALUES).index(kind) % len(QUESTIONS)
    with gt.open_case(case) as opened:
        for ask in [*QUESTIONS.values()][first:] + [*QUESTIONS.values()][:first]:
            with suppress(NothingFound, CaseDamaged):
                ask(opened)
        try:
            found = [problem.code for problem in opened.verify()]
        except CaseDamaged as error:
            found = [error.code]
    assert found


def test_the_value_is_named_in_both_languages(loaded: Path, tmp_path: Path) -> None:
    case = Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))
    with duckdb.connect(str(find_database(case))) as con:
        con.execute(VALUES["an unknown kind"])
    for lang, said in (
        ("en", "1 rows of wide_card_records hold in kind what no load writes"),
        ("zh", "数据表wide_card_records的kind列有1行的值不可能由载入写入"),
    ):
        ran = run_here("--case", case, "--lang", lang, "trace", CARDS[0])
        assert ran.returncode == 3
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_fault_of_the_program_is_no_damage_of_a_sound_case(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphtrace.analysis.card_trace import Tracer

    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(Tracer, "trace", fail)
    with gt.open_case(loaded) as opened, pytest.raises(KeyError, match="a bug"):
        opened.trace(CARDS[0])


def test_a_case_in_which_no_file_is_loaded_yet_agrees(tmp_path: Path) -> None:
    from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter

    case = tmp_path / "x.gtrace"
    with DuckDBWriter(case) as writer:
        writer.con.execute("CHECKPOINT")
        writer.publish_file(writer.release())
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        assert opened.ledger_head() is None
