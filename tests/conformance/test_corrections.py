"""A case in which a record was withdrawn answers as one in which it never stood, and as before on the days before."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import GraphtraceError, NothingFound
from graphtrace.query_library import load_queries
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document
from graphtrace.results.library import Language
from graphtrace.results.subgraph import Level
from graphtrace.storage import ledger

from ..conftest import EXPLORES
from ..neo4j.server import Place

HEADER = (
    *("kind", "carrier", "enterprise", "enterprise_id", "from", "from_id", "to", "to_id", "date"),
    *("iccid", "iccid_first", "iccid_last", "quantity", "msisdn", "imei", "user", "user_id"),
    *("party", "stock", "channel", "record_no", "case_no"),
)
CARDS = [f"898606190000000000{number}" for number in range(1, 5)]
PHONES = ["1064612345678", "1064687654321"]
DEVICES = ["490154203237518", "356938035643809"]
NAMES = ["星海", "星 海", "老王", "老李"]
NUMBERS = ["", "", "91310115MA1K35XR7B", "X7021"]
DAYS = ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03"]

Cells = dict[str, str]
Table = Sequence[Cells]


def kinds() -> st.SearchStrategy[Cells]:
    names, numbers, days = st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(DAYS)
    listed = st.builds(lambda card: {"iccid": card}, st.sampled_from(CARDS))
    ranged = st.just({"iccid_first": CARDS[0], "iccid_last": CARDS[2]})
    counted = st.builds(
        lambda count, number: {"quantity": count, "record_no": number},
        st.sampled_from(["5", "9"]),
        st.sampled_from(["", "1"]),
    )
    cards = st.one_of(listed, listed, ranged, counted)
    moved = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["transfer", "transfer", "return"]),
            "from": st.one_of(names, st.just("中国联通")),
            "from_id": numbers,
            "to": st.one_of(names, st.just("联通星海分公司")),
            "to_id": numbers,
            "date": days,
            "channel": st.sampled_from(["", "微信"]),
        }
    )
    bought = st.fixed_dictionaries(
        {
            "kind": st.just("purchase"),
            "carrier": st.sampled_from(["中国联通", "联通星海分公司"]),
            "enterprise": names,
            "enterprise_id": numbers,
            "date": days,
        }
    )
    used = st.fixed_dictionaries(
        {
            "kind": st.just("activation"),
            "date": days,
            "user": st.one_of(st.just(""), names),
            "msisdn": st.sampled_from(["", *PHONES]),
            "imei": st.sampled_from(["", *DEVICES]),
            "iccid": st.sampled_from(CARDS),
        }
    )
    waiting = st.builds(
        lambda day, phone, name: {"kind": "activation", "date": day, "msisdn": phone, "user": name},
        days,
        st.sampled_from(PHONES),
        names,
    )
    seized = st.builds(lambda card: {"kind": "seizure", "case_no": "A1", "iccid": card}, st.sampled_from(CARDS))
    declared = st.builds(lambda name, day: {"kind": "stock", "party": name, "stock": "3", "date": day}, names, days)
    with_cards = st.one_of(*(st.builds(lambda a, b: {**a, **b}, base, cards) for base in (moved, moved, bought)))
    return st.one_of(with_cards, with_cards, with_cards, used, waiting, seized, declared)


class Story(NamedTuple):
    """Tables as they are loaded, and the rows (table, place) that are withdrawn, one after the other."""

    tables: Sequence[Table]
    withdrawn: Sequence[tuple[int, int]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    said = draw(st.lists(kinds(), min_size=1, max_size=6))
    tables = draw(
        st.lists(st.lists(st.one_of(st.sampled_from(said), kinds()), min_size=1, max_size=5), min_size=1, max_size=3)
    )
    places = [(table, row) for table, rows in enumerate(tables) for row in range(len(rows))]
    return Story(tables, draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True)))


def text_of(table: Table, without: frozenset[int] = frozenset()) -> str:
    """A table as CSV; a row that is left out is a blank one, so that the others keep their numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for place, cells in enumerate(table):
        writer.writerow([] if place in without else [cells.get(heading, "") for heading in HEADER])
    return out.getvalue()


def write(place: Path, tables: Sequence[str]) -> list[Path]:
    place.mkdir()
    paths = [place / f"{number}.csv" for number in range(len(tables))]
    for path, text in zip(paths, tables, strict=True):
        path.write_text(text, "utf-8")
    return paths


def in_the_order_of(texts: Sequence[str], example: Sequence[str]) -> list[str]:
    """The texts with blank lines at their ends, so that their hashes are in the order of those of the example."""
    order = sorted(range(len(example)), key=lambda number: digest(example[number]))
    made = list(texts)
    least = ""
    for number in order:
        while digest(made[number]) <= least:
            made[number] += "\n"
        least = digest(made[number])
        if least > "f":
            # too high to be followed by others: begin anew with other hashes
            return in_the_order_of([f"{text}\n" for text in texts], example)
    return made


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


QUERIES = [
    query
    for query in load_queries()
    if query.header.over == "case" and not any(parameter.is_required for parameter in query.header.parameters)
]
# they count the rows that files had, or show the rows as loaded
LEVELS: tuple[Level, ...] = ("party", "record")
EXAMPLES = 100 if EXPLORES else 1
"""Of chance, beside the histories made by hand; one of them is the least that a case can hold."""
OF_FILES = {"sources-of-case", "flows-told-by-several-files"}


def told(case: gt.Case, as_of: str | None = None) -> list[str]:
    """Return the answers of a case about all cards, and about the counterparties of one party, without file hashes."""
    asked = (*CARDS, *PHONES, *DEVICES, "89860619000000000*")
    answers = [to_json_text(trace_document("", case.at(as_of).trace(*asked), "en"))]
    return [*map(without_hashes, answers), *dealings(case, NAMES[1:2], as_of)]


def dealings(case: gt.Case, names: Sequence[str], as_of: str | None = None) -> Iterator[str]:
    for name in names:
        try:
            yield without_hashes(to_json_text(answer_document("", case.at(as_of).party(name))))
        except GraphtraceError as error:
            yield error.message


def everything(case: gt.Case) -> list[str]:
    """All that a case answers, without the hashes of its files."""
    return [*told(case), *the_rest(case)]


def the_rest(case: gt.Case) -> list[str]:
    """What a case answers besides ``told``."""
    answers = [
        to_json_text(answer_document("", case.siblings(*CARDS[:2]))),
        to_json_text(answer_document("", case.common(*CARDS))),
    ]
    answers += [to_json_text(answer_document("", case.graph(level))) for level in LEVELS]
    try:
        answers.append(to_json_text(audit_document("", case.audit(all=True), "en")))
    except NothingFound as error:
        answers.append(error.message)
    return [*dealings(case, (*NAMES[2:], "carrier:china-unicom")), *map(without_hashes, answers)]


def counted(case: gt.Case) -> dict[str, Any]:
    """Return the counts of ``status``."""
    status = asdict(case.status())
    return {name: status[name] for name in status if name not in ("path", "files", "size_bytes", "corrected")}


def without_hashes(text: str) -> str:
    return re.sub("[0-9a-f]{64}|[0-9a-f]{12}(?=:)", "#", text)


def library(case: gt.Case, language: Language) -> list[str]:
    """Return the answers of the query library to queries without a required parameter."""
    told = []
    for query in QUERIES:
        if query.name not in OF_FILES and language in query.texts:
            rows = case.query(query.name).rows
            told.append(without_hashes(f"{query.name}: {sorted(map(repr, rows))}"))
    return told


def record(table: int, row: int) -> str:
    return f"{table}.csv:{row + 2}"


class Clock(datetime):
    """The time of day at which cases are written."""

    today_is = datetime(2024, 5, 1)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromtimestamp(cls.today_is.timestamp(), tz)


def on(days: int) -> str:
    """Set the clock to ``days`` days after the load."""
    Clock.today_is = datetime(2024, 5, 1, 12) + timedelta(days=days)
    return Clock.today_is.date().isoformat()


def check(case: gt.Case, place: Path, story: Story, language: Language) -> None:
    texts = [text_of(table) for table in story.tables]
    days = [on(0)]
    report = case.load(*write(place / "as-sent", texts))
    assert not report.has_errors
    rejected = {(int(file.file[0]), reject.row - 2) for file in report.files for reject in file.rejects}
    withdrawn = [where for where in story.withdrawn if where not in rejected]
    # of a server, which answers slowly, the days of all rows and of those without what was withdrawn
    asked = range(len(withdrawn) + 1) if language == "sql" or EXPLORES else (0, len(withdrawn))
    answers = {0: told(case)}
    before = [*answers[0], *the_rest(case), repr(counted(case))]
    for number, (table, row) in enumerate(withdrawn, 1):
        days.append(on(len(days)))
        assert case.correct(record(table, row), why="wrong", who="me").is_new
        if number in asked:
            answers[number] = told(case)
        assert not case.correct(record(table, row), why="wrong again").is_new
    without = [
        text_of(table, frozenset(row for of, row in withdrawn if of == number))
        for number, table in enumerate(story.tables)
    ]
    with gt.open_case(place / "without.gtrace") as other:
        assert not other.load(*write(place / "without", in_the_order_of(without, texts))).has_errors
        assert [*answers[len(withdrawn)], *the_rest(case)] == everything(other)
        assert counted(case) == counted(other)
        assert library(case, language) == library(other, "sql")
    assert case.status().corrected == len(withdrawn)
    assert case.verify() == []
    for table, row in reversed(withdrawn):
        days.append(on(len(days)))
        assert case.correct(record(table, row), why="was right", undo=True).is_new
    answers |= {2 * len(withdrawn) - number: answer for number, answer in answers.items()}
    assert [*everything(case), repr(counted(case))] == before
    assert case.status().corrected == 0
    assert case.verify() == []
    assert len(days) == 2 * len(withdrawn) + 1
    for number, answer in answers.items():
        assert told(case, days[number]) == answer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "datetime", Clock)


RANDOM = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
)
BY_HAND = settings(RANDOM, phases=(Phase.explicit, Phase.generate) if EXPLORES else (Phase.explicit,))
"""Where one is enough, as a server is some ten times as slow: the history made by hand, those of chance in a search."""

TWINS: Table = [
    {"kind": "transfer", "from": "星 海", "to": "老王", "date": "2024-03-05", "iccid": CARDS[0]},
    {"kind": "transfer", "from": "星海", "to": "老李", "date": "2024-03-06", "iccid": CARDS[0]},
    {"kind": "activation", "date": "2024-03-07", "iccid": CARDS[0], "imei": DEVICES[0], "msisdn": PHONES[0]},
]
MENDED = Story(
    [
        [*TWINS, {"kind": "activation", "date": "2024-03-07", "msisdn": PHONES[0], "user": "老李"}],
        [
            {
                "kind": "purchase",
                "carrier": "联通星海分公司",
                "enterprise": "星海",
                "date": "2024-03",
                "iccid": CARDS[0],
            },
            {"kind": "transfer", "from": "星海", "to": "老王", "date": "2024-03-05", "iccid": CARDS[0]},
        ],
    ],
    [(0, 0), (1, 0), (0, 2)],
)
"""The first of two rows that state the same, the only purchase, the only link of a phone number to its card."""


@pytest.mark.slow
@RANDOM
@example(story=MENDED)
@given(story=stories())
def test_a_withdrawn_record_is_as_if_it_never_stood(
    tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    with gt.open_case(place / "x.gtrace") as case:
        check(case, place, story, "sql")


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_on_a_server_too(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    neo4j_place.empty()
    with gt.open_case(neo4j_uri) as case:
        check(case, place, story, "cypher")


def correct_as_loads_go(case: gt.Case, place: Path, story: Story) -> list[str]:
    """Loads file by file, withdraws a record after each and the others at the end, and lifts half of them; the days."""
    days = [on(0)]
    waiting = list(story.withdrawn)

    def withdraw(where: tuple[int, int]) -> None:
        days.append(on(len(days)))
        waiting.remove(where)
        with suppress(NothingFound):
            case.correct(record(*where), why="wrong", who="me")

    for number, path in enumerate(write(place / "files", [text_of(table) for table in story.tables])):
        days.append(on(len(days)))
        assert not case.load(path).has_errors
        for where in [where for where in waiting if where[0] <= number][:1]:
            withdraw(where)
    for where in [*waiting]:
        withdraw(where)
    for where in story.withdrawn[::2]:
        days.append(on(len(days)))
        with suppress(NothingFound):
            case.correct(record(*where), why="was right", undo=True)
    return days


def all_of(case: gt.Case, days: Sequence[str]) -> list[object]:
    """Return everything that must be the same in every copy of a case."""
    assert case.verify() == []
    return [everything(case), counted(case), *(told(case, day) for day in days[::3]), case.corrections()]


def go_on(case: gt.Case, story: Story) -> None:
    """Corrects a case further: what is withdrawn is lifted, the rest is withdrawn again."""
    on(50)
    for where in story.withdrawn:
        with suppress(NothingFound):
            undo = any(each.record.row == where[1] + 2 and not each.is_lifted for each in case.corrections()[-1:])
            case.correct(record(*where), why="again", who="me", undo=undo)


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_a_copy_takes_corrections_along(tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story) -> None:
    place = tmp_path_factory.mktemp("story")
    with gt.open_case(place / "x.gtrace") as case, gt.open_case(place / "y.gtrace") as copy:
        days = correct_as_loads_go(case, place, story)
        assert case.copy_to(copy.path).comparison.agrees
        assert all_of(copy, days) == all_of(case, days)
        for each in (case, copy):
            go_on(each, story)
        assert all_of(copy, days) == all_of(case, days)


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_a_copy_to_a_server_and_back_takes_corrections_along_and_those_that_are_made_since(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    neo4j_place.empty()
    with gt.open_case(place / "x.gtrace") as case, gt.open_case(neo4j_uri) as server:
        days = correct_as_loads_go(case, place, story)
        for first, second in ((case, neo4j_uri), (server, place / "y.gtrace")):
            comparison = first.copy_to(second).comparison
            assert [each for each in (*comparison.counts, *comparison.checksums) if not each.agrees] == []
            assert comparison.differing == []
        with gt.open_case(place / "y.gtrace") as back:
            assert all_of(server, days) == all_of(case, days) == all_of(back, days)
            on(40)
            with suppress(NothingFound):
                case.correct(record(*story.withdrawn[0]), why="wrong after all")
            for target in (neo4j_uri, place / "y.gtrace"):
                copied = case.copy_to(target)
                assert (copied.files, copied.comparison.agrees) == (0, True)
            assert told(server) == told(case) == told(back)
            for each in (case, server, back):
                go_on(each, story)
            assert all_of(server, []) == all_of(case, []) == all_of(back, [])
        assert (place / "y.gtrace" / "ledger.jsonl").read_bytes() == (place / "x.gtrace" / "ledger.jsonl").read_bytes()
