"""Commands, exit codes and the shape of answers (SPEC 6), and Python (SPEC 7)."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pandas
import pytest

import graphtrace as gt
from graphtrace.errors import UsageError

from ..kept_answers import answers_kept
from .conftest import Desk, activations, card, moves

STORY = moves(
    "U>E 2024-03-01 1-100",
    "E>A 2024-03-05 1-10 via 微信",
    "A>B 2024-03-09 #1",
    "C>D 2024-03-12 #2",
    "E>A 2024-03-10 #3 via QQ",
    "A>B 2024-03-09 #4",
    "A>D 2024-03-09 #4",
    "E>Q 2024-03-11 50 cards",
)
ONLINE = activations("2024-03-10T08:30:00 1 B 861234567890123 1064612345678")
SEIZED = "案号,卡号,查获日期,地点\n" + "".join(f"A{n},{card(n)},2024-04-01,云洲\n" for n in (1, 2, 3))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case that these tests only ask."""
    desk = Desk(tmp_path_factory.mktemp("told"))
    desk.load(STORY, ONLINE, SEIZED)
    return desk


def test_the_keys_of_a_trace_stand_in_order(told: Desk) -> None:
    answer = told.ask("trace", card(1)).json
    assert list(answer) == [
        *("graphtrace", "case", "ledger_head", "as_of", "results", "counts", "rests_on", "options", "unread")
    ]
    (result,) = answer["results"]
    assert list(result) == [
        "input",
        "read_as",
        "found",
        "matched_as",
        "since",
        "until",
        "card",
        "outcome",
        "registrant",
        "registrant_basis",
        "holder",
        "end_user",
        "end_user_basis",
        "chains",
        "chains_omitted",
        "activations",
        "seizures",
        "card_lists",
        "chips",
        "judgements",
        "findings",
        "leads",
        "because",
    ]
    assert list(result["card"]) == ["iccid", "key", "checksum", "carrier", "msisdn", "imsi", "eid", "hints"]
    assert list(result["registrant"]) == ["id", "name", "kind"]
    assert list(result["holder"]) == ["id", "name"]
    assert list(result["end_user"]) == ["id", "name"]
    (chain,) = result["chains"]
    assert list(chain) == ["outcome", "registrant", "registrant_basis", "holder", "hops"]
    hop = chain["hops"][1]
    assert list(hop) == [
        "n",
        "kind",
        "from",
        "to",
        "date",
        "precision",
        "gap_before",
        "level",
        "channel",
        "waybill",
        "price",
        "document_basis",
        "carrier_basis",
        "registered",
        "corroboration",
        "origins",
    ]
    assert (hop["n"], hop["kind"], hop["date"], hop["precision"], hop["gap_before"], hop["channel"]) == (
        2,
        "transfer",
        "2024-03-05",
        "range",
        False,
        "微信",
    )
    assert list(hop["origins"][0]) == ["file", "sha256", "sheet", "row", "record_no"]
    assert hop["origins"][0]["row"] == 3
    (active,) = result["activations"]
    assert [key for key in active if key not in ("imsi", "cell")] == [
        *("kind", "date", "imei", "msisdn", "user", "province", "city", "origins"),
    ]
    assert (active["date"], active["imei"], active["msisdn"]) == (
        "2024-03-10T08:30:00+08:00",
        "861234567890123",
        "1064612345678",
    )
    (seizure,) = result["seizures"]
    assert list(seizure) == ["date", "case_no", "place", "holder", "seized_from", "origins"]
    assert (seizure["date"], seizure["case_no"], seizure["place"]) == ("2024-04-01", "A1", "云洲")
    assert (result["registrant"]["kind"], result["chains_omitted"]) == (None, 0)


def test_the_keys_of_findings_and_leads_stand_in_order(told: Desk) -> None:
    (result,) = told.ask("trace", card(2)).json["results"]
    for finding in result["findings"]:
        assert list(finding)[:3] == ["code", "severity", "params"]
        assert "message" in finding
    for lead in result["leads"]:
        assert list(lead) == ["id", "ask", "for", "because", "since", "until", "message"]
        assert list(lead["ask"]) == ["id", "name"]
    (gap,) = [finding for finding in result["findings"] if finding["code"] == "custody_gap"]
    assert (list(gap["params"]), gap["severity"]) == (
        ["after", "before", "since", "until", "alias_candidates"],
        "error",
    )


def test_a_card_that_is_in_no_record_keeps_every_key(told: Desk) -> None:
    (result,) = told.ask("trace", card(900)).json["results"]
    (known,) = told.ask("trace", card(1)).json["results"]
    assert list(result) == list(known)
    assert (result["found"], result["outcome"], result["chains"], result["activations"], result["seizures"]) == (
        False,
        "not_found",
        [],
        [],
        [],
    )
    assert (result["registrant"], result["holder"], result["end_user"]) == (None, None, None)


def test_results_stand_in_the_order_of_the_inputs_then_of_the_keys(told: Desk) -> None:
    results = told.ask("trace", card(7), "898606190000000000?", card(900), card(1)).json["results"]
    assert [(r["input"], r["found"], r["card"] and r["card"]["key"][-3:]) for r in results] == [
        (card(7), True, "007"),
        *(("898606190000000000?", True, f"00{n}") for n in range(1, 10)),
        (card(900), False, results[10]["card"] and results[10]["card"]["key"][-3:]),
        (card(1), True, "001"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("trace", card(1)), 0),
        (("trace", card(900)), 1),
        (("trace", card(900), card(1)), 0),
        (("trace", card(2)), 0),
        (("trace",), 2),
        (("trace", card(2), "--fail-on", "error"), 5),
        (("trace", card(1), "--fail-on", "error"), 0),
        (("trace", card(1), "--fail-on", "severe"), 2),
        (("trace", card(1), "--as-of", "2000-01-01"), 1),
        (("trace", card(1), "--as-of", "gestern"), 2),
        (("audit", "E"), 0),
        (("audit", "B"), 0),
        (("audit", "nobody"), 1),
        (("audit",), 2),
        (("audit", "E", "--fail-on", "info"), 5),
        (("audit", "--all"), 0),
        (("audit", "E", "--bucket", "sold"), 2),
        (("party", "A"), 0),
        (("party", "nobody"), 1),
        (("common", card(1), card(2)), 0),
        (("common", card(900)), 1),
        (("siblings", card(1)), 0),
        (("siblings", card(900)), 1),
        (("query", "records-by-month"), 0),
        (("query", "no-such-question"), 2),
        (("query", "records-by-month", "-p", "nonsense=1"), 2),
        (("query", "--list"), 0),
        (("query", "--show", "records-by-month"), 0),
        (("query",), 2),
        (("status",), 0),
        (("verify",), 0),
        (("graph",), 0),
        (("rules", "list"), 0),
        (("rules", "show", "no_such_rule"), 2),
        (("export", "nonsense", "x.out"), 2),
        (("mapping", "suggest", "absent.csv"), 2),
        (("nonsense",), 2),
        (("trace", card(1), "--nonsense"), 2),
        (("correct", "1.csv:99", "--why", "x"), 1),
        (("correct", "1.csv:2"), 2),
        (("unload", "absent.csv", "--why", "x"), 1),
        (("unload", "1.csv"), 2),
    ],
)
def test_exit_codes(told: Desk, arguments: tuple[str, ...], code: int) -> None:
    got = told.ask(*arguments)
    assert got.code == code, got.out + got.err
    if code in (2, 3) or (code == 1 and not got.out):
        assert list(got.error) == ["code", "message", "hint", "exit"]
        assert got.error["exit"] == code
        assert got.out == ""
    elif arguments[:2] != ("query", "--show"):
        assert next(iter(got.json)) == "graphtrace"


def test_fail_on_counts_every_severity_above(told: Desk) -> None:
    # card 50 has nothing worse than a possible sale onward; card 4 was sold twice
    assert [told.ask("trace", card(50), "--fail-on", level).code for level in ("info", "warning", "error")] == [5, 0, 0]
    assert [told.ask("trace", card(4), "--fail-on", level).code for level in ("info", "warning", "error")] == [5, 5, 5]


def test_a_case_that_does_not_exist_is_an_unavailable_store(desk: Desk) -> None:
    for command in (
        ("trace", card(1)),
        ("audit", "E"),
        ("party", "E"),
        ("status",),
        ("verify",),
        ("query", "records-by-month"),
    ):
        got = desk.ask(*command)
        assert (got.code, got.error["exit"]) == (3, 3)
    assert not desk.case.exists()


def test_case_may_stand_before_or_after_the_command_or_in_the_environment(
    told: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told.run("--case", told.case, "--json", "trace", card(1))
    after = told.run("trace", card(1), "--json", "--case", told.case)
    monkeypatch.setenv("GRAPHTRACE_CASE", str(told.case))
    environment = told.run("trace", card(1), "--json")
    assert before.out == after.out == environment.out


def test_from_file_takes_lines_and_tables(told: Desk) -> None:
    lines = told.file(f"{card(1)}\n\n{card(900)}\n", "ids.txt")
    table = told.file(f"序号,卡号\n1,{card(1)}\n2,{card(900)}\n", "ids.csv")
    for file in (lines, table):
        results = told.ask("trace", "--from-file", file).json["results"]
        assert [(r["input"], r["found"]) for r in results] == [(card(1), True), (card(900), False)]


def test_output_ending_says_the_format(told: Desk) -> None:
    for ending in ("json", "csv", "xlsx", "html"):
        out = told.folder / f"out.{ending}"
        assert told.run("--case", told.case, "trace", card(1), "-o", out).code == 0
        assert out.stat().st_size > 100
    assert json.loads((told.folder / "out.json").read_text())["results"][0]["found"]
    assert told.run("--case", told.case, "trace", card(1), "-o", told.folder / "out.nonsense").code == 2


def test_a_correction_withdraws_and_can_be_lifted(desk: Desk) -> None:
    desk.load(STORY)
    assert desk.ask("correct", "1.csv:4", "--why", "wrong", "--who", "me").code == 0
    assert desk.trace(1).chains == ["continuous: U>E E>A"]
    assert desk.ask("verify", "--deep").json["problems"] == []
    assert desk.ask("correct", "1.csv:4", "--undo", "--why", "right").code == 0
    assert desk.trace(1).chains == ["continuous: U>E E>A A>B"]


def test_a_record_that_was_corrected_and_is_stated_elsewhere_still_counts(desk: Desk) -> None:
    desk.load(STORY)
    desk.load(desk.file(moves("A>B 2024-03-09 #1"), "again.csv"))
    desk.ask("correct", "1.csv:4", "--why", "wrong", "--who", "me")
    got = desk.trace(1)
    assert got.chains == ["continuous: U>E E>A A>B"]
    assert [o["file"] for o in got.json["chains"][0]["hops"][2]["origins"]] == ["again.csv"]


def test_common_ranks_who_several_cards_share(told: Desk) -> None:
    answer = told.ask("common", card(1), card(2), card(3), card(900)).json
    by_name = {p["party"]["name"]: p for p in answer["parties"]}
    assert (by_name["A"]["cards"], by_name["A"]["coverage"]["cards"], by_name["A"]["score"]) == (3, 1, 1)
    assert (by_name["D"]["cards"], by_name["E"]["volume"]) == (1, 100)
    assert answer["asked"]["not_found"] == [card(900)]
    # of 100 cards A handled 10 listed or by range, and had all three of three
    assert by_name["A"]["lift"] == pytest.approx(answer["case_cards"] / by_name["A"]["volume"])


def test_party_says_from_whom_and_to_whom(told: Desk) -> None:
    answer = told.ask("party", "A").json
    text = json.dumps(answer, ensure_ascii=False)
    assert all(f'"{who}"' in text for who in "EBD")


def test_sibling_finds_what_moved_together(told: Desk) -> None:
    (result,) = told.ask("siblings", card(7)).json["results"]
    lots = [lot["lot"]["cards"] for lot in result["lots"]]
    assert lots == [10, 100]
    assert result["same_way"]["cards"] == 6


def test_identify_needs_no_case(desk: Desk) -> None:
    assert desk.run("identify", card(1), "--json").code == 0


def test_lang_changes_sentences_only(told: Desk) -> None:
    english, chinese = (told.ask("trace", card(2), "--lang", lang).json["results"][0] for lang in ("en", "zh"))
    assert english != chinese
    for answer in (english, chinese):
        for sentence in (*answer["findings"], *answer["leads"]):
            del sentence["message"]
    assert json.dumps(english) == json.dumps(chinese)


def test_data_goes_to_stdout_and_nothing_else(told: Desk) -> None:
    got = told.ask("trace", card(1))
    assert got.err == ""
    assert "\x1b" not in told.run("--case", told.case, "trace", card(1)).out


def test_python(told: Desk) -> None:
    with gt.open_case(told.folder / "y.gtrace") as case:
        case.load(told.folder / "1.csv", told.folder / "2.csv")
        trace = case.trace(card(1))
        assert (trace.outcome, trace.registrant.name, len(trace.chains[0].hops)) == ("continuous", "E", 3)
        assert isinstance(trace.to_networkx(), networkx.Graph)
        assert isinstance(trace.to_pandas(), pandas.DataFrame)
        assert [finding.code for finding in trace.findings] == ["user_joined_by_name"]
        assert [lead.because for lead in case.trace(card(5)).leads]
        trace.save(told.folder / "trace.html")
        assert (told.folder / "trace.html").stat().st_size > 1000
        graph = case.graph(level="party")
        assert isinstance(graph, networkx.MultiDiGraph)
        assert isinstance(case.audit("E").to_pandas(), pandas.DataFrame)
    with gt.open_case(str(told.folder / "y.gtrace")) as case:
        assert case.trace(card(1)).outcome == "continuous"


ASKED_AS_OF = [
    ("trace", card(1)),
    *(("audit", "E"), ("audit", "E", "--bucket", "resold", "--cards"), ("party", "A")),
    *(("common", card(1), card(2)), ("siblings", card(1)), ("candidates",), ("graph",), ("verify",)),
    ("query", "depth-of-resale"),
]


@pytest.mark.parametrize("question", ASKED_AS_OF, ids=lambda question: "-".join(question[:2]))
def test_an_answer_as_of_a_day_says_the_day(told: Desk, question: tuple[str, ...]) -> None:
    with answers_kept({}):
        assert told.ask(*question).json["as_of"] is None
        assert told.ask(*question, "--as-of", "2999-01-01").json["as_of"] == "2999-01-01"
        for lang, said in (("en", "as known at the end of 2999-01-01"), ("zh", "截至2999-01-01")):
            text = told.run("--case", told.case, *question, "--as-of", "2999-01-01", "--lang", lang).out
            assert said in text.splitlines()[0]
            assert said not in told.run("--case", told.case, *question, "--lang", lang).out


def test_a_saved_answer_that_names_another_day_than_it_was_asked_for_differs(told: Desk) -> None:
    answer = told.ask("trace", card(1), "--as-of", "2999-01-01").json
    saved = told.file(json.dumps(answer), "saved.json")
    assert told.ask("verify", saved).json["problems"] == []
    saved.write_text(json.dumps({**answer, "as_of": None}))
    assert [each["params"]["about"] for each in told.ask("verify", saved).json["problems"]] == ["as_of"]


def test_the_answer_about_one_card_has_the_fields_of_its_trace_and_writes_its_page(told: Desk, tmp_path: Path) -> None:
    with gt.open_case(told.case) as case:
        answer = case.trace(card(1))
        assert answer.card is not None
        assert answer.card.iccid == card(1)
        fields = ("registrant_basis", "activations", "seizures", "judgements", "holder", "findings", "leads")
        assert [getattr(answer, name) for name in fields] == [getattr(answer[0], name) for name in fields]
        assert (answer.registrant_basis, len(answer.activations), len(answer.seizures)) == ("sold", 1, 1)
        answer.write_html(tmp_path / "trace.html")
        assert card(1) in (tmp_path / "trace.html").read_text("utf-8")
        with pytest.raises(UsageError):
            answer.write_html(tmp_path / "trace.xlsx")
        with pytest.raises(UsageError):
            _ = case.traces([card(1), card(2)]).card


def test_months_count_different_cards_and_no_month_is_called_none(desk: Desk) -> None:
    desk.load(
        activations("2024-03-01 1", "2024-03-02 2"),
        activations("2024-03-01 1 王五"),
        moves("E>A 2024-03-05 1-50", "E>A 2024-03-05 #3"),
        f"ICCID,客户\n{card(9)},丁\n",
    )
    rows = desk.ask("query", "records-by-month").json["rows"]
    assert rows == [
        ["2024-03", "activation", 3, 2, 0],
        ["2024-03", "transfer", 2, 50, 0],
        [None, "card_list", 1, 1, 0],
    ]
    assert "None" not in desk.run("--case", desk.case, "query", "records-by-month").out
