from __future__ import annotations

import io
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from graphtrace.errors import UnknownHeadings
from graphtrace.identifiers import identify
from graphtrace.model import Outcome
from graphtrace.render import Lang
from graphtrace.render.command_results import Identifications, IntegrityReport, LoadedSheets
from graphtrace.render.format import format_size
from graphtrace.render.text_layout import TerminalView, render_plain
from graphtrace.render.views.card_view import identify_view
from graphtrace.render.views.case_view import status_view, verify_view
from graphtrace.render.views.load_view import load_view
from graphtrace.render.views.trace_view import CARDS, trace_view
from graphtrace.render.writers.terminal_writer import DocumentView
from graphtrace.results.case_status import CaseHead
from graphtrace.results.load_report import SheetReport, UnusedAnswer
from graphtrace.results.reports import OpenQuestion, Reject, RowWarning
from graphtrace.results.trace import Trace

from .answers import (
    ACTIVATION,
    AMBIGUOUS,
    BROKEN,
    CONTINUOUS,
    GAP,
    HEADLESS,
    HOSTILE,
    SHOP,
    TORN,
    UNICOM,
    WANG,
    WHOLE,
    XINGHAI,
    ZHAO,
    chain,
    finding,
    found,
    hop,
    not_found,
    origin,
)

LANGS: tuple[Lang, ...] = get_args(Lang)
EVERYTHING = (CONTINUOUS, BROKEN, AMBIGUOUS, found(HEADLESS), found(), not_found())


def shown(view: TerminalView, width: int = 80) -> str:
    return render_plain(view, width)


def trace(*traces: object, lang: Lang = "en", verbose: bool = False, width: int = 80) -> str:
    return shown(DocumentView(trace_view(traces), lang, verbose=verbose), width)  # type: ignore[arg-type]


def lines_with(text: str, part: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines()) if part in line]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("answer", EVERYTHING)
def test_no_line_runs_over_the_edge(answer: object, width: int, lang: Lang) -> None:
    assert max(cell_len(line) for line in trace(answer, lang=lang, width=width).splitlines()) <= width


def test_the_outcome_comes_first_then_who_then_the_chain() -> None:
    text = trace(CONTINUOUS)
    assert text.splitlines()[0].split() == ["DOCUMENTED", "WITHOUT", "A", "GAP", "89860619001234567858"]
    order = [text.index(part) for part in ("registered by", "last holder", "end user", "● 中国联通", "Activations")]
    assert order == sorted(order)
    assert f"{XINGHAI.name}  91310115MA1K35XR7B" in text


def test_the_ladder_names_every_party_once_in_order_with_dates_between() -> None:
    text = trace(CONTINUOUS)
    ladder = text[text.index("● 中国联通") : text.index("Activations")]
    order = [
        *("中国联通", "2024-03-01", "采购.xlsx:12 (明细)  9f2c4e1ab03d", XINGHAI.name, "2024-03-20", "via 微信"),
        *("transfers.csv:3", SHOP.name, "2024-04-02", "transfers.csv:4", "chat.csv:9", "王五"),
    ]
    places = [ladder.index(part) for part in order]
    assert places == sorted(places)
    assert all(ladder.count(party.name) == 1 for party in (UNICOM, XINGHAI, SHOP, WANG))


def test_a_gap_is_a_visible_break() -> None:
    text = trace(BROKEN)
    (gap,) = lines_with(text, "× missing: no record of how the card came to “王五”")
    before, after = lines_with(text, f"▼ {SHOP.name}")[0], lines_with(text, "● 王五")[0]
    assert before < gap < after
    assert "2024-03-20 and 2024-05-06" in re.sub(r"\s+", " ", text)


def test_a_hop_known_only_by_quantity_is_dashed() -> None:
    (line,) = (line for line in trace(BROKEN).splitlines() if "quantity only" in line)
    assert "┆" in line
    assert "│" not in line


def test_a_chain_without_a_purchase_says_so_at_its_top() -> None:
    text = trace(found(HEADLESS))
    assert lines_with(text, "the carrier's sale is not on record")[0] < lines_with(text, "● 王五")[0]


def test_several_chains_are_labelled_and_each_has_its_outcome() -> None:
    text = trace(AMBIGUOUS)
    assert "Chain A of 2  CONTINUOUS IN ITSELF" in text
    assert "Chain B of 2  BROKEN" in text
    assert text.count("undecided, the chains differ") == 2


def test_what_a_chain_shares_with_the_first_is_said_and_not_drawn_again() -> None:
    forked = chain(*WHOLE.hops[:2], hop(3, SHOP, ZHAO, "2024-04-09"))
    text = trace(found(WHOLE, forked))
    second = text[text.index("Chain B") :]
    assert "steps 1 to 2 as in chain A" in second
    places = [second.index(part) for part in ("● 中国联通", f"▼ {SHOP.name}", "2024-04-09", "▼ 赵六")]
    assert places == sorted(places)
    assert "微信" not in second
    assert "as in chain A" not in trace(found(WHOLE, forked), verbose=True)


def test_a_chain_that_shares_only_its_purchase_is_drawn_whole() -> None:
    forked = chain(WHOLE.hops[0], hop(2, XINGHAI, ZHAO, "2024-04-09"))
    assert "as in chain A" not in trace(found(WHOLE, forked))


def test_findings_stand_by_severity() -> None:
    answer = replace(
        BROKEN,
        findings=(
            finding("order_undetermined", "info", orders=2),
            finding("ambiguous_party", "warning", name="张伟", parties=2),
            GAP,
        ),
    )
    text = trace(answer)
    places = [text.index(part) for part in ("error  ", "warning  ", "info  ")]
    assert places == sorted(places)
    assert "[custody_gap]" in text


def test_a_lead_says_whom_to_ask() -> None:
    assert f"1. Ask “{SHOP.name}” for its transfer records" in trace(BROKEN)


def test_a_list_that_is_cut_says_how_much_is_left_and_verbose_shows_it() -> None:
    many_origins = hop(1, UNICOM, XINGHAI, "2024-03-01", origins=tuple(map(origin, range(2, 12))))
    answer = found(
        *(chain(many_origins, hop(2, XINGHAI, WANG, "2024-03-02")) for _ in range(6)),
        activations=(ACTIVATION,) * 9,
        findings=tuple(finding("order_undetermined", "info", orders=n) for n in range(30)),
    )
    text = trace(answer)
    for left in ("7 more sources", "6 earlier ones", "18 more findings", "2 more chains"):
        assert left in text
    assert "shown with -v" not in trace(answer, verbose=True)
    assert "Chain F of 6" in trace(answer, verbose=True)


def test_chains_that_the_answer_itself_leaves_out_are_counted() -> None:
    assert "4 further chains are possible" in trace(replace(AMBIGUOUS, chains_omitted=4))


def test_the_latest_activations_are_shown_first() -> None:
    early = replace(ACTIVATION, when=WHOLE.hops[0].when)
    text = trace(replace(CONTINUOUS, activations=(early, ACTIVATION)))
    assert text.index("2024-05-20 17:19:12") < text.index("2024-03-01 · activation · user")


def of_card(answer: Trace, number: int) -> Trace:
    """The same answer about another card."""
    assert answer.card is not None
    return replace(answer, card=replace(answer.card, key=f"{answer.card.key[:-4]}{number:04}"))


def test_few_cards_have_an_overview_and_their_chains() -> None:
    text = trace(CONTINUOUS, of_card(BROKEN, 2))
    assert text.startswith("2 cards")
    assert text.count("Chain\n") == 2


def test_many_cards_are_one_line_each() -> None:
    text = trace(*(of_card(CONTINUOUS, number) for number in range(4)), not_found(), lang="en")
    assert "4 NO GAP" in text
    assert "1 NOT FOUND" in text
    assert len(re.findall(r"^NO GAP .*星海智联科技有.* .*赵六$", text, re.MULTILINE)) == 4
    assert "Chain" not in text
    assert "-v" in text
    assert trace(*(CONTINUOUS,) * 4, verbose=True).count("Chain\n") == 4


def test_an_overview_that_is_cut_says_how_many_cards_are_left() -> None:
    text = trace(*(CONTINUOUS,) * (CARDS.terminal + 7))
    assert "7 more cards" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("color_system", [None, "truecolor"])
def test_hostile_names_are_shown_and_do_nothing(lang: Lang, color_system: str | None) -> None:
    torn = chain(hop(1, UNICOM, HOSTILE, "2024-03-01"), hop(2, ZHAO, WANG, "2024-03-01", gap_before=True))
    answer = found(torn, end_user=HOSTILE)
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system=color_system)  # type: ignore[arg-type]
    console.print(DocumentView(trace_view([answer, answer, answer, answer]), lang))
    console.print(DocumentView(trace_view([answer]), lang))
    text = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert "[/foo]␛[31m<script><U+202E>evil␊name<U+200B>" in text.replace("\n", "")
    assert not any(character in text for character in "\x1b\u202e\u200b\r")
    assert "\x1b[31m<script>" not in out.getvalue()


def test_without_colour_no_escape_sequence_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in trace(CONTINUOUS)


def test_a_terminal_that_cannot_draw_gets_plain_signs() -> None:
    text = render_plain(DocumentView(trace_view([BROKEN]), "en"), 80, "ascii")
    assert not set("●▼│┆×·") & set(text)
    assert "V 星海" in text


def reports() -> list[SheetReport]:
    rejects = [Reject(row=n, field="date", reason="ambiguous_date", value=f"0{n}/03/24") for n in range(2, 8)]
    interval = ("89860550000000000000", "89860649999999999999")
    rejects.append(Reject(row=9, field="iccid", reason="damaged_number", value="8.98606E+19", interval=interval))
    remark = RowWarning(field="imei", reason="bad_identifier", rows=12, first_row=7, value="46006\x1b")
    return [
        SheetReport(
            file="a.xlsx", sheet="明细", kind="purchase", rows=9_107, loaded=9_100, rejected=7, rejects=rejects
        ),
        SheetReport(file="b.csv", kind="mixed", rows=12, duplicate=12, already_loaded=True, warnings=[remark]),
        SheetReport(file="c.csv", error=UnknownHeadings("no_header_row", hint="right_file")),
        SheetReport(
            file="d.xlsx",
            sheet="说明",
            rows=3,
            rejected=3,
            rejects=[Reject(row=1, field=None, reason="unknown_headings", value="甲 | 乙")],
            rejects_file="x.gtrace/rejects/d.csv",
        ),
    ]


def test_a_load_report_accounts_for_every_row() -> None:
    text = shown(DocumentView(load_view(LoadedSheets(reports())), "en"))
    assert re.search(r"a\.xlsx \(明细\) +purchase +9,107 +9,100 +0 +7", text)
    assert re.search(r"b\.csv already loaded +mixed +12 +0 +12 +0", text)
    assert re.search(r"total +– +9,122 +9,100 +12 +10", text)


def test_rejected_rows_stand_by_reason_with_their_place_and_value() -> None:
    text = shown(DocumentView(load_view(LoadedSheets(reports())), "en"))
    assert "ambiguous_date  6 × the date can be read in two ways" in text
    assert "a.xlsx:2 (明细)  date  02/03/24" in text
    assert "3 more rows, shown with -v or --json" in text
    assert "could have been 89860550000000000000 to 89860649999999999999" in text
    assert "unknown_headings  3 × " in text
    assert "x.gtrace/rejects/d.csv" in text
    assert "a.xlsx:7" in shown(DocumentView(load_view(LoadedSheets(reports())), "en", verbose=True))


def test_a_folder_is_told_in_short_by_outcome_with_what_was_refused_and_where_all_of_it_stands() -> None:
    many = reports()
    many[0].asked = many[1].asked = many[3].asked = [OpenQuestion(field="from", kind="transfer", rows=7)]
    told = LoadedSheets(many, is_brief=True, unused=[UnusedAnswer(answer="x.csv:to=甲", reason="no_file")])
    text = " ".join(shown(DocumentView(load_view(told), "en")).split())
    assert "purchase 1 9,107 9,100 0 7" in text
    lines = shown(DocumentView(load_view(LoadedSheets(many, is_brief=True)), "en"), 200).splitlines()
    assert len([line for line in lines if line.strip()]) <= 13
    assert "total 4 9,122 9,100 12 10" in text
    assert text.count("Who passed these cards on?") == 2
    assert "1 more, shown with -v or --json" in text
    assert "Rejected rows: 6 × the date can be read in two ways · 3 × none of the headings is known · 1 ×" in text
    # a sheet of notes is none of cards
    assert "No row was read of" not in text
    many[3].rejects = [Reject(row=1, field=None, reason="unknown_kind", value="甲 | 乙")]
    text_unread = " ".join(shown(DocumentView(load_view(told), "en")).split())
    assert "No row was read of: d.xlsx (说明)." in text_unread
    assert "x.gtrace/rejects/d.csv" in text
    assert "x.csv:to=甲" in text
    assert "sheet by sheet, with questions, remarks and unused columns: -v or --json" in text
    assert "a.xlsx:2" not in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "89860612345678901000 to 89860612345678901995: 100 cards"),
        ("zh", "89860612345678901000至89860612345678901995：100张"),
    ],
)
def test_a_quantity_that_is_not_the_size_of_its_range_stands_beside_that_size(lang: Lang, said: str) -> None:
    # the last of the 20 digits is a check digit, which a range does not run over
    ends = ("89860612345678901000", "89860612345678901995")
    reject = Reject(row=4, field="quantity", reason="range_count_mismatch", value="1000", interval=ends)
    sheet = SheetReport(file="a.csv", rows=1, rejected=1, rejects=[reject])
    text = shown(DocumentView(load_view(LoadedSheets([sheet])), lang))
    assert f"{'数量' if lang == 'zh' else 'quantity'}  1000" in text
    assert said in text


def test_warnings_and_unread_files_are_told_with_a_hint() -> None:
    text = shown(DocumentView(load_view(LoadedSheets(reports(), is_dry_run=True)), "en"))
    assert "in 12 rows, first in b.csv:7  46006␛" in re.sub(r"\s+ ", " ", text).replace("b.csv:7 ", "b.csv:7  ")
    assert "c.csv: there is no filled row in which a header could stand" in text
    assert "hint: Check that this is the right file." in text
    assert "nothing was written" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [60, 80])
def test_reports_fit_the_page(width: int, lang: Lang) -> None:
    for tree in (load_view(LoadedSheets(reports())), status_view(STATUS), identify_view(IDENTIFIED)):
        assert max(cell_len(line) for line in shown(DocumentView(tree, lang), width).splitlines()) <= width


STATUS = SimpleNamespace(
    path="x.gtrace",
    files=[
        {
            "file": "a.csv",
            "sha256": "ab" * 32,
            "loaded_at": "2026-11-02T10:00:00+08:00",
            "rows": 12_000,
            "loaded": 11_999,
            "duplicate": 0,
            "rejected": 1,
            "state": "read",
            "unread_rows": 1,
            "questions": [],
        }
    ],
    records={"purchase": 12, "transfer": 90_000, "return": 0},
    parties=7,
    cards_listed=90_000,
    ranges=4,
    quantity_only=2,
    first_day="2024-01-01",
    last_day="2024-06-30",
    rejected=1,
    corrected=2,
    unloaded=0,
    judgements=0,
    suspended=[],
    not_read=(),
    replies=(),
    head=CaseHead(unit="某市公安局网安支队"),
    purpose_required=True,
    findable=False,
    size_bytes=12 * 2**20,
)
TYPED = ("898604B81625D0045436", "460060123456789", "8.98606E+19", "hi\x1b")
IDENTIFIED = Identifications([(text, identify(text)) for text in TYPED])


def test_status_tells_what_is_in_the_case() -> None:
    text = shown(DocumentView(status_view(STATUS), "en"))
    assert text.startswith("x.gtrace  12 MiB")
    for part in ("2024-01-01 – 2024-06-30", "purchase 12 · transfer 90,000", "a.csv  abababababab", "11,999"):
        assert part in text
    assert "return" not in text
    empty = SimpleNamespace(**{**vars(STATUS), "files": []})
    assert "Nothing is loaded yet" in shown(DocumentView(status_view(empty), "en"))


def test_verify_tells_agreement_and_every_disagreement() -> None:
    assert "agree" in shown(DocumentView(verify_view(IntegrityReport([])), "en"))
    problems = [SimpleNamespace(code="source_missing", params={"file": "a.csv", "sha256": "ab"})] * 2
    assert (
        shown(DocumentView(verify_view(IntegrityReport(problems)), "en")).count("The kept copy of a.csv is gone.") == 2
    )


def test_identify_tells_every_reading_and_no_reading() -> None:
    text = shown(DocumentView(identify_view(IDENTIFIED), "en"))
    assert "ICCID  898604B81625D0045436 · China Mobile" in text
    assert text.index("IMSI") < text.index("IMEI")
    assert "damaged by a spreadsheet" in text
    assert "hi␛\n  not a number that" in text


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (12 * 2**20, "12 MiB"), (2**50, "1024.0 TiB")]
)
def test_a_size_is_said_in_a_fitting_unit(count: int, said: str) -> None:
    assert format_size(count) == said


def test_every_outcome_has_a_colour_and_a_word() -> None:
    from graphtrace.render.text_tables import OUTCOMES
    from graphtrace.render.writers.terminal_writer import OUTCOME_COLOURS

    assert set(OUTCOME_COLOURS) == set(OUTCOMES) == set(Outcome)
    assert TORN.outcome in OUTCOME_COLOURS
