"""Saved answers are derived again from the bytes of the sources, and what differs is said with the reason."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.evidence.case_letters import LetterQuery, make_letters, set_letter_state
from graphtrace.results.embedded import carried_by
from graphtrace.storage.case_folder import LOOKUPS

CARD = "8986061900000000001"
SALES = f"from,to,date,iccid\n中国联通,甲公司,2024-03-01,{CARD}\n甲公司,乙,2024-03-05,{CARD}\n"
LATER = f"from,to,date,iccid\n乙,丙,2024-03-09,{CARD}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "sales.csv")
    return tmp_path / "x.gtrace"


def save(place: Path, ending: str = ".json", **how: Any) -> Path:
    """Save an answer as the command does."""
    from graphtrace.cli import main

    saved = place.parent / f"saved{ending}"
    as_of = [word for name, value in how.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert main(["trace", CARD, "--case", str(place), "-q", "-o", str(saved), *as_of]) == 0
    return saved


def problems(place: Path, saved: Path, *, deep: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Return what differs within an answer; that a file which was changed is not in the log is asked elsewhere."""
    with gt.open_case(place) as case:
        found = case.verify(saved, deep=deep)
        return [(each.code, each.params) for each in found if each.code != "answer_not_logged"]


def unlogged(place: Path, saved: Path) -> list[dict[str, Any]]:
    with gt.open_case(place) as case:
        return [each.params for each in case.verify(saved) if each.code == "answer_not_logged"]


def edit(saved: Path) -> None:
    answer = json.loads(saved.read_text(encoding="utf-8"))
    answer["results"][0]["holder"]["name"] = "丁"
    saved.write_text(json.dumps(answer), encoding="utf-8")


def test_a_sound_answer_is_derived_from_the_sources_as_it_was_given(place: Path) -> None:
    saved = save(place)
    assert problems(place, saved, deep=True) == []


def test_an_answer_that_later_records_changed_was_right_when_it_was_given(place: Path) -> None:
    saved = save(place)
    (place.parent / "later.csv").write_text(LATER, encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")
    ((code, params),) = problems(place, saved, deep=True)
    assert code == "answer_differs"
    assert (params["later"], params["loaded"]) == (1, ["later.csv"])
    assert (params["part"], params["before"], params["after"]) == ("/0/holder/id", '"name:乙"', '"name:丙"')


def test_an_answer_that_was_never_given_is_told_from_one_that_later_records_changed(place: Path) -> None:
    saved = save(place)
    edit(saved)
    (place.parent / "later.csv").write_text(LATER, encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")
    found = problems(place, saved, deep=True)
    assert [code for code, _ in found] == ["answer_not_derived", "answer_differs", "answer_never_given"]
    change = {"part": "/0/holder/name", "before": '"丁"', "after": '"乙"'}
    about = {"file": "saved.json", "about": CARD}
    assert [params for code, params in found if code != "answer_differs"] == [{**about, **change}, {**about, **change}]


def test_an_edited_answer_is_not_what_the_sources_give(place: Path) -> None:
    saved = save(place)
    edit(saved)
    assert [code for code, _ in problems(place, saved)] == ["answer_differs"]
    assert [code for code, _ in problems(place, saved, deep=True)] == ["answer_not_derived", "answer_differs"]


def test_an_answer_for_a_day_and_one_without_judgements_are_derived_too(place: Path) -> None:
    with gt.open_case(place) as case:
        case.resolve("甲公司", "乙", same=True, why="one telephone")
        today = case.status().files[0]["loaded_at"][:10]
    saved = save(place, as_of=today)
    assert problems(place, saved, deep=True) == []
    edit(saved)
    assert "answer_not_derived" in [code for code, _ in problems(place, saved, deep=True)]


def load_later(place: Path) -> None:
    (place.parent / "later.csv").write_text(LATER, encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")


CARRIED = "customXml/graphtrace.xml"
SCRIPT = '<script type="application/json" id="graphtrace-answer">'
FOR_PEOPLE = [".xlsx", ".docx", ".html"]


def edit_file(saved: Path, before: str, after: str, *, carried: bool) -> None:
    """Change a text in what a file for people carries, or in what it shows, and nothing else."""
    if saved.suffix == ".html":
        parts = saved.read_text(encoding="utf-8").partition(SCRIPT)
        assert before in parts[2 if carried else 0]
        changed = [each.replace(before, after) if (n == 2) == carried else each for n, each in enumerate(parts)]
        saved.write_text("".join(changed), encoding="utf-8")
        return
    with zipfile.ZipFile(saved) as archive:
        held = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in held.items():
            is_meant = (info.filename == CARRIED) == carried
            archive.writestr(info, content.replace(before.encode(), after.encode()) if is_meant else content)
    assert any(before.encode() in content for info, content in held.items() if (info.filename == CARRIED) == carried)


@pytest.mark.parametrize("ending", FOR_PEOPLE)
def test_a_file_for_people_shows_what_the_program_writes_for_its_answer(place: Path, ending: str) -> None:
    saved = save(place, ending)
    assert problems(place, saved, deep=True) == []
    load_later(place)
    assert [code for code, _ in problems(place, saved)] == ["answer_differs"]
    edit_file(saved, "甲公司", "丙公司", carried=False)
    ((_, differs), (code, params)) = problems(place, saved)
    assert differs["loaded"] == ["later.csv"]
    assert code == "answer_shown_otherwise"
    assert params["part"].startswith({".xlsx": "xl/", ".docx": "word/document.xml", ".html": "/"}[ending])


@pytest.mark.parametrize("ending", FOR_PEOPLE)
def test_what_a_file_for_people_carries_is_compared_as_json_is(place: Path, ending: str) -> None:
    saved = save(place, ending)
    edit_file(saved, '"outcome":"continuous"', '"outcome":"broken"', carried=True)
    # what it shows is compared with a right answer only
    assert [code for code, _ in problems(place, saved)] == ["answer_differs", "answer_not_compared"]
    edit_file(saved, '"outcome":"broken"', '"outcome":[', carried=True)
    with pytest.raises(gt.errors.InputError):
        problems(place, saved)


@pytest.mark.parametrize("ending", FOR_PEOPLE)
def test_a_file_for_people_shows_the_letters_of_its_leads_as_they_were_when_it_was_written(
    place: Path, ending: str
) -> None:
    with gt.open_case(place) as case:
        (first, *_) = make_letters(case, LetterQuery(ids=[CARD]), place.parent / "out").letters
        saved = save(place, ending)
        set_letter_state(case, first.letter.reference, "sent", by="张伟")
    reference = first.letter.reference
    document = carried_by(saved.read_bytes(), 10**8)[1]["answer"]
    assert reference in {letter["reference"] for letter in document["lead_letters"]}
    assert problems(place, saved) == []
    if ending != ".xlsx":  # a workbook has no column for letters
        edit_file(saved, reference, "L-000", carried=False)
        assert [code for code, _ in problems(place, saved)] == ["answer_shown_otherwise"]


def test_a_redacted_file_for_people_is_refused_and_redacted_json_is_not_compared(place: Path) -> None:
    from graphtrace.cli import main

    for ending in (".json", *FOR_PEOPLE):
        saved = place.parent / f"redacted{ending}"
        assert main(["trace", CARD, "--case", str(place), "-q", "--redact", "-o", str(saved)]) == 0
        if ending == ".json":
            assert [params["what"] for _, params in problems(place, saved)] == ["redacted"]
        else:
            with pytest.raises(gt.errors.InputError, match="no saved answer"):
                problems(place, saved)


def test_a_file_that_carries_no_answer_is_none(place: Path) -> None:
    for ending in (".csv", ".md", ".txt"):
        with pytest.raises(gt.errors.InputError):
            problems(place, save(place, ending))


def test_a_pdf_carries_no_answer_and_says_so(place: Path) -> None:
    pytest.importorskip("typst")
    saved = save(place, ".pdf")
    with pytest.raises(gt.errors.InputError) as raised:
        problems(place, saved)
    assert "PDF" in raised.value.hint


def save_audit(place: Path, annex: Path) -> Path:
    from graphtrace.cli import main

    saved = place.parent / "audit.json"
    assert main(["audit", "甲公司", "--case", str(place), "-q", "-o", str(saved), "--annex", str(annex)]) == 0
    return saved


def test_the_annex_of_an_audit_is_made_again_and_compared(place: Path) -> None:
    annex = place.parent / "cards.jsonl"
    saved = save_audit(place, annex)
    (line,) = annex.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["card"], told["bucket"], told["holder"], told["depth"]) == (CARD, "resold", "name:乙", 1)
    assert problems(place, saved, deep=True) == []
    annex.write_text(line.replace("2024-03-05", "2024-03-06") + "\n", encoding="utf-8")
    assert [code for code, _ in problems(place, saved)] == ["annex_altered"]
    annex.unlink()
    assert problems(place, saved) == [("answer_not_compared", {"file": "audit.json", "what": "cards.jsonl"})]


def test_an_annex_that_is_forged_with_its_hash_differs_in_the_line_that_was_changed(place: Path) -> None:
    annex = place.parent / "cards.jsonl"
    saved = save_audit(place, annex)
    annex.write_bytes(annex.read_bytes().replace(b"2024-03-05", b"2024-03-06"))
    answer = json.loads(saved.read_text(encoding="utf-8"))
    answer["options"]["annex"]["sha256"] = hashlib.sha256(annex.read_bytes()).hexdigest()
    saved.write_text(json.dumps(answer), encoding="utf-8")
    for deep in (False, True):
        found = problems(place, saved, deep=deep)
        assert [code for code, _ in found] == [*(["answer_not_derived"] if deep else []), "answer_differs"]
        assert {params["about"] for _, params in found} == {"cards.jsonl"}
        assert {params["part"] for _, params in found} == {"/1"}


def test_an_annex_is_of_named_parties_and_counts_and_never_redacted(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from graphtrace.cli import main

    annex = str(place.parent / "cards.jsonl")
    for how in (["--all"], ["甲公司", "--cards"], ["甲公司", "--redact"], ["甲公司", "-o", annex]):
        assert main(["audit", *how, "--case", str(place), "-q", "--annex", annex]) == 2
        assert capsys.readouterr().err
    assert not (place.parent / "cards.jsonl").exists()


def test_a_rule_with_another_value_is_compared_where_the_log_of_lookups_bears_it_out(place: Path) -> None:
    from graphtrace.cli import main

    saved = place.parent / "audit.json"
    asked = ["audit", "--all", "--case", str(place), "-q", "-o", str(saved)]
    assert main([*asked, "-p", "many_cards_one_person.least_cards=7"]) == 0
    assert problems(place, saved) == []
    answer = json.loads(saved.read_text(encoding="utf-8"))
    rule = next(each for each in answer["options"]["rules"] if each["id"] == "many_cards_one_person")
    rule["parameters"]["least_cards"] = 8
    saved.write_text(json.dumps(answer), encoding="utf-8")
    assert problems(place, saved) == [
        ("answer_not_compared", {"file": "audit.json", "what": "many_cards_one_person.least_cards = 8"})
    ]


def test_an_option_that_no_command_writes_is_named_with_its_place(place: Path) -> None:
    from graphtrace.cli import main
    from graphtrace.errors import InputError

    saved = place.parent / "audit.json"
    assert main(["audit", "--all", "--case", str(place), "-q", "-o", str(saved)]) == 0
    answer = json.loads(saved.read_text(encoding="utf-8"))
    whole = answer["options"]["rules"][3].pop("parameters")
    saved.write_text(json.dumps(answer), encoding="utf-8")
    with gt.open_case(place) as case, pytest.raises(InputError, match=r"options\.rules\.3\.parameters"):
        case.verify(saved)
    answer["options"]["rules"][3]["parameters"] = whole
    rule = next(each for each in answer["options"]["rules"] if each["id"] == "many_cards_one_person")
    del rule["parameters"]["least_cards"]
    saved.write_text(json.dumps(answer), encoding="utf-8")
    assert problems(place, saved) == [
        ("answer_not_compared", {"file": "audit.json", "what": "many_cards_one_person.least_cards = None"})
    ]


def save_changed(saved: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    answer = json.loads(saved.read_text(encoding="utf-8"))
    change(answer)
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return saved


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda answer: answer.pop("unread"), "unread"),
        (lambda answer: [answer.pop("rests_on"), answer.pop("options")], "rests_on"),
        (lambda answer: answer.update(skipped=["4711"]), "skipped"),
        (lambda answer: answer["options"].update(verdict="guilty"), "verdict"),
    ],
)
def test_what_no_asking_again_bears_out_is_named(
    place: Path, change: Callable[[dict[str, Any]], object], what: str
) -> None:
    saved = save_changed(save(place), change)
    assert problems(place, saved) == [("answer_not_compared", {"file": "saved.json", "what": what})]


def test_lines_that_were_passed_over_are_compared_where_the_log_of_lookups_bears_them_out(place: Path) -> None:
    from graphtrace.cli import main

    (place.parent / "list.txt").write_text(f"{CARD}\nhello\n", encoding="utf-8")
    saved = place.parent / "saved.json"
    asked = ["trace", "--from-file", str(place.parent / "list.txt"), "--case", str(place), "-q", "-o", str(saved)]
    assert main(asked) == 0
    assert problems(place, saved) == []
    save_changed(saved, lambda answer: answer.update(skipped=["goodbye"]))
    assert problems(place, saved) == [("answer_not_compared", {"file": "saved.json", "what": "skipped"})]


def test_further_fields_that_were_not_asked_for_are_found(place: Path) -> None:
    saved = save_changed(save(place), lambda answer: answer["results"][0].update(extra={"x": "guilty"}))
    ((code, params),) = problems(place, saved)
    assert (code, params["part"]) == ("answer_differs", "/0/extra")


def test_a_rule_that_an_audit_says_was_not_asked_is_named_where_no_look_up_bears_it_out(place: Path) -> None:
    from graphtrace.cli import main

    saved = place.parent / "audit.json"
    asked = ["audit", "--all", "--case", str(place), "-q", "-o", str(saved)]
    assert main([*asked, "--rule", "sale_twenty"]) == 0
    assert problems(place, saved) == []
    assert main(asked) == 0

    def leave_out(answer: dict[str, Any]) -> None:
        rules = answer["options"]["rules"]
        rules[:] = [each for each in rules if each["id"] != "sale_twenty"]

    save_changed(saved, leave_out)
    assert problems(place, saved) == [
        ("answer_not_compared", {"file": "audit.json", "what": "options.rules: sale_twenty"})
    ]


@pytest.mark.parametrize("ending", [".json", ".jsonl", *FOR_PEOPLE])
def test_a_name_that_stands_twice_in_an_answer_is_refused(place: Path, ending: str) -> None:
    saved = save(place, ending)
    if ending in FOR_PEOPLE:
        edit_file(saved, '"outcome":', '"outcome":"broken","outcome":', carried=True)
    else:
        text = saved.read_text(encoding="utf-8")
        saved.write_text(text.replace('"outcome":', '"outcome":"broken","outcome":', 1), encoding="utf-8")
    with pytest.raises(gt.errors.InputError, match="outcome stands twice"):
        problems(place, saved)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_or_an_answer_that_stands_twice_in_a_file_for_people_is_refused(place: Path) -> None:
    for ending in (".docx", ".xlsx"):
        saved = save(place, ending)
        part = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}[ending]
        with zipfile.ZipFile(saved) as archive:
            held = [(info, archive.read(info)) for info in archive.infolist()]
        with zipfile.ZipFile(saved, "w") as archive:
            for info, content in held:
                if info.filename == part:
                    archive.writestr(part, content.replace("甲公司".encode(), "丙公司".encode()))
                archive.writestr(info, content)
        with pytest.raises(gt.errors.InputError, match=f"{part} stands twice"):
            problems(place, saved)
    saved = save(place, ".html")
    before, script, after = saved.read_text(encoding="utf-8").partition(SCRIPT)
    forged = after.partition("</script>")[0].replace('"outcome":"continuous"', '"outcome":"broken"')
    saved.write_text(f"{before}{SCRIPT}{forged}</script>{script}{after}", encoding="utf-8")
    with pytest.raises(gt.errors.InputError, match="graphtrace-answer stands twice"):
        problems(place, saved)


@pytest.mark.parametrize("ending", FOR_PEOPLE)
def test_a_file_for_people_bears_a_head_that_the_case_had_and_the_day_of_its_ledger(place: Path, ending: str) -> None:
    with gt.open_case(place) as case:
        case.set_head(officer="张伟", by="p")
        saved = save(place, ending)
        assert problems(place, saved) == []
        case.set_head(officer="李娜", by="p")
    assert problems(place, saved) == []
    edit_file(saved, "张伟", "王强", carried=False)
    edit_file(saved, "\\u5f20\\u4f1f", "\\u738b\\u5f3a", carried=True)
    ((code, params),) = problems(place, saved)
    assert (code, params["about"], params["part"]) == ("answer_differs", "case_head", "/case_head/officer")
    day = carried_by(save(place, ending).read_bytes(), 10**8)[1]["told"]["day"]
    edit_file(saved, f'"day":"{day}"', '"day":"2020-01-01"', carried=True)
    assert "day" in [params.get("about") for _, params in problems(place, saved)]


def test_one_of_several_letters_taken_from_an_answer_is_found(place: Path) -> None:
    with gt.open_case(place) as case:
        make_letters(case, LetterQuery(ids=[CARD]), place.parent / "one")
        make_letters(case, LetterQuery(ids=[CARD], form="notice", again=True), place.parent / "two")
    saved = save(place)
    assert problems(place, saved) == []
    save_changed(saved, lambda answer: answer["lead_letters"].pop(0))
    assert [params["about"] for _, params in problems(place, saved)] == ["lead_letters"]


def test_a_value_of_nothing_that_is_missing_is_named(place: Path) -> None:
    saved = save_changed(save(place), lambda answer: answer["results"][0]["chains"][0]["hops"][0].pop("waybill"))
    ((_, params),) = problems(place, saved)
    assert (params["part"], params["before"], params["after"]) == ("/0/chains/0/hops/0/waybill", "–", "null")


def test_an_answer_whose_look_up_is_gone_from_the_log_is_named(place: Path) -> None:
    saved, other = save(place), place.parent / "other.json"
    log = place / LOOKUPS
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    assert unlogged(place, saved) == []
    log.write_text("", encoding="utf-8")
    (params,) = unlogged(place, saved)
    assert (params["sha256"], params["lines"]) == (hashlib.sha256(saved.read_bytes()).hexdigest(), None)
    # the look-up is there, and its answer was another one
    log.write_text(lines[0], encoding="utf-8")
    assert [each["lines"] for each in unlogged(place, saved)] == [[1]]
    log.write_text("".join(lines), encoding="utf-8")
    other.write_text(saved.read_text(encoding="utf-8").replace('"graphtrace": "', '"graphtrace": "9.'), "utf-8")
    (params,) = unlogged(place, other)
    assert params["version"].startswith("9.")
    # blanks and escapes of JSON say nothing
    other.write_text(json.dumps(json.loads(saved.read_bytes())), "utf-8")
    assert unlogged(place, other) == []


@pytest.mark.parametrize("done", ["lost", "exchanged", "cut off"])
def test_lines_that_were_taken_from_an_answer_are_found_by_the_log(place: Path, done: str) -> None:
    from graphtrace.cli import main

    saved = place.parent / "three.jsonl"
    cards = [CARD, CARD[:-1] + "2", CARD[:-1] + "3"]
    assert main(["trace", *cards, "--case", str(place), "-q", "-o", str(saved)]) == 0
    assert unlogged(place, saved) == []
    one, two, three = saved.read_bytes().splitlines(keepends=True)
    saved.write_bytes({"lost": one + three, "exchanged": two + one + three, "cut off": one}[done])
    assert [each["lines"] for each in unlogged(place, saved)] == [[1]]


@pytest.mark.parametrize("ending", FOR_PEOPLE)
def test_a_name_of_the_case_that_no_look_up_bears_out_is_named(place: Path, ending: str) -> None:
    saved = save(place, ending)
    assert unlogged(place, saved) == []
    claim = "he has confessed"
    if ending == ".html":
        saved.write_text(saved.read_text(encoding="utf-8").replace("x.gtrace", claim), encoding="utf-8")
    else:
        with zipfile.ZipFile(saved) as archive:
            held = {info: archive.read(info) for info in archive.infolist()}
        with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
            for info, content in held.items():
                archive.writestr(info, content.replace(b"x.gtrace", claim.encode()))
    assert [each["case"] for each in unlogged(place, saved)] == [claim]


def test_a_page_beside_an_answer_is_in_the_log_too(place: Path) -> None:
    from graphtrace.cli import main

    page = place.parent / "page.html"
    assert main(["trace", CARD, "--case", str(place), "-q", "--html", str(page)]) == 0
    with gt.open_case(place) as case:
        assert case.verify(page) == []
        (asked,) = [line for line in case.log().lines if line.what == "lookup"]
    assert asked.params["page"] == hashlib.sha256(page.read_bytes()).hexdigest()


def test_inputs_that_were_emptied_give_no_results(place: Path) -> None:
    saved = save_changed(save(place), lambda answer: answer["options"].update(inputs=[]))
    assert ("answer_differs", CARD) in [(code, params.get("about")) for code, params in problems(place, saved)]


def test_an_answer_that_still_holds_tells_its_look_up_and_the_lines_since(place: Path) -> None:
    saved = save(place)
    (place.parent / "later.csv").write_text(LATER.replace(CARD, CARD[:-1] + "9"), encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")
        found = case.verify(saved)
    assert (found, found.is_deep) == ([], False)
    assert [(each.file, each.line, each.later) for each in found.answers] == [("saved.json", 1, 1)]


def test_an_answer_from_python_is_in_no_log_and_no_forgery_for_that(place: Path) -> None:
    saved = place.parent / "python.json"
    with gt.open_case(place) as case:
        case.trace(CARD).save(saved)
    assert unlogged(place, saved) == []
    assert {params["what"] for _, params in problems(place, saved)} == {"ledger_head"}


def test_a_document_names_the_program_that_wrote_it_and_no_other(place: Path) -> None:
    with zipfile.ZipFile(save(place, ".docx")) as archive:
        names = archive.namelist()
        about = archive.read("docProps/app.xml") + archive.read("docProps/core.xml")
        text = archive.read("word/document.xml").decode()
    assert (
        f"Made with graphtrace {gt.__version__}. Times at which something was done in the case are China Standard Time"
        in text
    )
    assert "docProps/thumbnail.jpeg" not in names
    assert b"<Application>graphtrace</Application>" in about
    assert not any(other in about for other in (b"Microsoft", b"created", b"modified"))


def test_the_day_on_printed_pages_says_what_it_is_the_day_of(place: Path) -> None:
    with gt.open_case(place) as case:
        case.set_head(officer="张伟", by="p")
        day = str(case.status().files[0]["loaded_at"])[:10]
    with zipfile.ZipFile(save(place, ".docx")) as archive:
        assert f"lines of the case until {day}" in archive.read("word/header1.xml").decode()
