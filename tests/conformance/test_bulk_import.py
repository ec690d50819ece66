"""A case that ``neo4j-admin`` imported from exported files is the case: the same answers, rows, sources and ledger."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli.example_commands import copy_example
from graphtrace.errors import UsageError
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document
from graphtrace.storage.neo4j.neo4j_schema import NODES, RELATIONSHIPS

from ..neo4j.graph import allowed_types, declared_indexes, found_indexes, found_links, found_properties
from ..neo4j.server import REQUIRED, CannotStart, Server
from ..neo4j.test_model import FILES

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
ASKED = [asked["ask"] for asked in (*EXPECTED["cards"], *EXPECTED["questions"])]
CARD = "8986061900000000001"
HOSTILE = [
    "kind,from,from_id,to,to_id,date,iccid,iccid_first,iccid_last,quantity,channel,record_no",
    f'transfer,"a;b",,"c,""d""\\",,2024-03-05,{CARD},,,,"two\nlines",1',
    f'transfer,"a\\,b",,\\N店,,2024-03-06,{CARD},,,,"=cmd()",2',
    f"transfer,,X70201,,X70202,2024-03-07,{CARD},,,,'quoted',3",
    f"transfer,甲\u2028乙,,<b>&amp;,,2024-03-08,{CARD},,,,null,4",
    "return,<b>&amp;,,甲\u2028乙,,2024-03-09,,8986061900000000000,8986061900000000999,1000,;,5",
    "transfer,甲,,乙,,2024-13-09,8986061900000000001,,,,\\N,6",
    "transfer,甲,,乙,,2024-03,,,,500,,7",
]
NAMELESS = [HOSTILE[0], "transfer,,X70201,韩强,,2024-03-08,,,,7,,8", "transfer,章伟,X70201,韩强,,2024-03-08,,,,7,,9"]

GONE = [HOSTILE[0], HOSTILE[1], "transfer,,X70209,韩强,,2024-03-08,,,,8,,", "transfer,甲,,乙,,2024-13-09,1,,,,,"]
"""A file that is taken away: what another one states too, somebody without a name, and a row that is refused."""

FURTHER = ("usage.csv", "listed.csv", "paid.csv", "stock.csv")
"""Files with the kinds of records that the others lack."""

CORRECTED = ["hostile.csv:3", "hostile.csv:4", "nameless.csv:2", "unicom_sales.csv:2"]
"""One that is lifted again, two that are all that says of somebody without a name, and a purchase."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """A case in a folder, and a server into which it was imported."""
    folder = tmp_path_factory.mktemp("bulk")
    story = copy_example(folder)
    (folder / "hostile.csv").write_bytes("\n".join(HOSTILE).encode())
    (folder / "nameless.csv").write_bytes("\n".join(NAMELESS).encode())
    for name in FURTHER:
        (folder / name).write_text(FILES[name], "utf-8")
    with gt.open_case(folder / "x.gtrace") as case:
        (folder / "gone.csv").write_bytes("\n".join(GONE).encode())
        for name in ["gone.csv", *story["files"], "hostile.csv", "nameless.csv", *FURTHER]:
            mapping = story["mappings"].get(name)
            case.load(folder / name, mapping=folder / mapping if mapping else None)
        (found,) = case.trace(CARD)
        assert len(found.chains[0].hops) > 3
        for record in CORRECTED:
            case.correct(record, why="wrong", who="me")
        case.correct(CORRECTED[0], why="was right", who="me", undo=True)
        case.unload("gone.csv", why="wrong", who="me")
        case.load(folder / "gone.csv")
        case.unload("gone.csv", why="wrong again", who="me")
        for text in ("first", "a,b;\n\"'\u2028"):
            case.add_note("note", f"card:{CARD}", {"text": text})
        exported = case.export("neo4j-admin", folder / "files")
        assert exported.command is not None
        assert exported.command[:4] == ("neo4j-admin", "database", "import", "full")
    try:
        server = Server()
        program = server.admin(folder)
    except CannotStart as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(f"no Neo4j server: {error}")
    done = subprocess.run(
        ["sh", str(folder / "files" / "import.sh")],
        env={**os.environ, "NEO4J_ADMIN": str(program)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_USERNAME", server.place.user)
        patch.setenv("NEO4J_PASSWORD", server.place.password)
        patch.delenv("NEO4J_DATABASE", raising=False)
        yield folder / "x.gtrace", server


@pytest.mark.slow
def test_an_imported_case_is_the_case_and_can_be_loaded_further(imported: tuple[Path, Server], tmp_path: Path) -> None:
    folder, server = imported
    assert server.place.rows("SHOW CONSTRAINTS") == []
    found = found_properties(server.place)
    assert found["Case"]["is_bare"] == {"Boolean"}
    for label, properties in found.items():
        for name, types in properties.items():
            assert types <= allowed_types(NODES[label].types()[name]), f"{label}.{name}"
    declared = {(link.source, link.type, target) for link in RELATIONSHIPS for target in link.targets}
    assert {link[:3] for link in found_links(server.place)} == declared
    with gt.open_case(folder) as case:
        here = [
            to_json_text(trace_document("", case.trace(*ASKED, CARD, "898606190000000050?"), "en")),
            to_json_text(audit_document("", case.audit(all=True), "en")),
            *(to_json_text(answer_document("", case.party(name))) for name in ("a;b", "X70201", "甲\u2028乙", "\\N店")),
        ]
    with gt.open_case(server.uri) as case:
        there = [
            to_json_text(trace_document("", case.trace(*ASKED, CARD, "898606190000000050?"), "en")),
            to_json_text(audit_document("", case.audit(all=True), "en")),
            *(to_json_text(answer_document("", case.party(name))) for name in ("a;b", "X70201", "甲\u2028乙", "\\N店")),
        ]
        assert there == here
        assert case.verify() == []
        assert [note["text"] for note in case.notes()] == ["first", "a,b;\n\"'\u2028"]
        # every row, reject, mention, source and line of the ledger, compared by checksum
        comparison = case.copy_to(tmp_path / "back.gtrace").comparison
        assert comparison.agrees
    with gt.open_case(folder) as case:
        assert case.copy_to(server.uri).comparison.agrees
    assert found_indexes(server.place) == declared_indexes()
    assert server.place.rows("MATCH (c:Case) RETURN c.is_bare") == [[None]]

    more = tmp_path / "more.csv"
    more.write_text(
        f"转出方,转入方,日期,卡号\na;b,丙,2024-04-01,{CARD}\n丙,丁,2024-04-02,8986061900000000002\n", "utf-8"
    )
    told = []
    for place in (folder, server.uri):
        with gt.open_case(place) as case:
            (report,) = case.load(more).files
            assert report.loaded == 2
            for record in CORRECTED[1:]:
                assert case.correct(record, why="was right", who="me", undo=True).is_new
            told.append(to_json_text(answer_document("", case.party("X70201"))))
            told.append(to_json_text(audit_document("", case.audit(all=True), "en")))
            told.append(to_json_text(trace_document("", case.trace(CARD, "8986061900000000002"), "en")))
    assert told[:3] == told[3:]


def test_a_part_of_a_case_is_not_written_for_bulk_import(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"转出方,转入方,日期,卡号\n甲,乙,2024-04-01,{CARD}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
        with pytest.raises(UsageError, match="whole case"):
            case.export("neo4j-admin", tmp_path / "files", around="甲")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("x")
    (tmp_path / "t.csv").write_text(f"转出方,转入方,日期,卡号\n甲,乙,2024-04-01,{CARD}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
        with pytest.raises(UsageError, match="is not empty"):
            case.export("neo4j-admin", tmp_path / "files")
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["a.txt"]
