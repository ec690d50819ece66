"""Folders and archives: every file that may hold a table, and nothing that leads out or fills the disk."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

import pytest

from graphtrace import open_case
from graphtrace.errors import UsageError
from graphtrace.ingest.containers import Limits, Refused, Source, find_sources, parse_limits
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.readers.plain_tables import paragraphs, tables_in_text
from graphtrace.results.load_report import PassedOver

TABLE = "卡号,日期\n"


def found(path: Path, tmp_path: Path, limits: Limits | None = None, password: str | None = None) -> list[object]:
    scratch = tmp_path / f"scratch{len(list(tmp_path.iterdir()))}"
    scratch.mkdir()
    return list(find_sources(path, scratch, limits or Limits(), password=lambda _: password))


def names(sources: list[object]) -> list[str]:
    return [one.name for one in sources if isinstance(one, Source)]


def archive_of(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    assert found(path, tmp_path) == [Source("a.csv", path)]


def passed_over(sources: Iterable[object]) -> list[tuple[str, str]]:
    return [(one.name, one.what) for one in sources if isinstance(one, PassedOver)]


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_folder_gives_its_files_in_the_order_of_their_paths(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    for name in ("b.csv", "a/z.csv", "a/b.xlsx", ".hidden.csv", "~$b.csv", ".git/x.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TABLE)
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "scan.heic").write_bytes(b"....ftypheic")
    (folder / "tool.exe").write_bytes(b"MZ")
    sources = found(folder, tmp_path)
    assert names(sources) == ["a/b.xlsx", "a/z.csv", "b.csv"]
    assert passed_over(sources) == [("photo.jpg", "picture"), ("scan.heic", "picture"), ("tool.exe", "program")]
    assert all(one.sha256 == sha256_of(folder / one.name) for one in sources if isinstance(one, PassedOver))


def test_a_case_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    (folder / "x.gtrace" / "rejects").mkdir(parents=True)
    (folder / "x.gtrace" / "case.duckdb").touch()
    (folder / "x.gtrace" / "rejects" / "1.csv").write_text(TABLE)
    (folder / "a.csv").write_text(TABLE)
    assert names(found(folder, tmp_path)) == ["a.csv"]


@pytest.mark.posix
def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(TABLE)
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "a.csv").write_text(TABLE)
    (folder / "link.csv").symlink_to(outside / "secret.csv")
    (folder / "folder").symlink_to(outside)
    (folder / "dangling.csv").symlink_to(tmp_path / "nothing.csv")
    (folder / "inside.csv").symlink_to(folder / "a.csv")
    given = found(folder, tmp_path)
    assert names(given) == ["a.csv", "inside.csv"]
    assert {each for each in given if isinstance(each, PassedOver)} == {
        PassedOver(name, "link_outside") for name in ("dangling.csv", "folder", "link.csv")
    }


@pytest.mark.posix
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    os.mkfifo(folder / "pipe.csv")
    (only,) = found(folder, tmp_path)
    assert isinstance(only, Refused)
    assert "no file is in it" in str(only.error)


def test_a_folder_with_too_many_files_is_refused_whole(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.csv").write_text(TABLE)
    (refused,) = found(folder, tmp_path, Limits(files=4))
    assert isinstance(refused, Refused)
    assert refused.error.code == "too_many_files"
    assert len(found(folder, tmp_path, Limits(files=5))) == 5


def test_an_archive_gives_its_members_by_their_names(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x/明细.csv", TABLE)
    path = archive_of(
        {"b.csv": b"1", "a/c.csv": b"2", "in.zip": inner.getvalue(), "p.png": b"\x89PNG", "__MACOSX/._b.csv": b"3"},
        tmp_path / "all.zip",
    )
    sources = found(path, tmp_path)
    assert names(sources) == ["all.zip!/a/c.csv", "all.zip!/b.csv", "all.zip!/in.zip!/x/明细.csv"]
    assert passed_over(sources) == [("all.zip!/p.png", "picture")]


def test_names_in_gb_18030_are_read(tmp_path: Path) -> None:
    path = archive_of({"xxxx.csv": b"1"}, tmp_path / "all.zip")
    path.write_bytes(path.read_bytes().replace(b"xxxx.csv", "明细.csv".encode("gb18030")))
    assert names(found(path, tmp_path)) == ["all.zip!/明细.csv"]


def test_members_that_climb_out_of_the_archive_stay_within_the_scratch_folder(tmp_path: Path) -> None:
    path = archive_of({"../../evil.csv": b"1", "/etc/evil.csv": b"2"}, tmp_path / "all.zip")
    sources = [one for one in found(path, tmp_path) if isinstance(one, Source)]
    assert [one.name for one in sources] == ["all.zip!/etc/evil.csv", "all.zip!/evil.csv"]
    assert all(one.path.is_relative_to(tmp_path) for one in sources)
    assert not (tmp_path.parent / "evil.csv").exists()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(files=2), "too_many_files"),
        (Limits(bytes=100), "unsafe_file"),
        (Limits(depth=1), "unsafe_file"),
    ],
)
def test_an_archive_beyond_a_limit_is_refused_whole(tmp_path: Path, limits: Limits, code: str) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.csv", TABLE)
    path = archive_of({"a.csv": b"1" * 90, "b.csv": b"2" * 90, "in.zip": inner.getvalue()}, tmp_path / "all.zip")
    assert len(found(path, tmp_path)) == 3
    (refused,) = found(path, tmp_path, limits)
    assert isinstance(refused, Refused)
    assert (refused.name, refused.error.code) == ("all.zip", code)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = archive_of({"bomb.csv": bytes(64 * 2**20)}, tmp_path / "bomb.zip")
    (refused,) = found(path, tmp_path)
    assert isinstance(refused, Refused)
    assert refused.error.code == "unsafe_file"


def test_a_damaged_archive_is_an_error(tmp_path: Path) -> None:
    path = archive_of({"a.csv": TABLE.encode() * 1000}, tmp_path / "all.zip")
    path.write_bytes(path.read_bytes()[:-30])
    (refused,) = found(path, tmp_path)
    assert isinstance(refused, Refused)
    assert "damaged" in refused.error.message


def test_an_office_file_is_no_archive(tmp_path: Path) -> None:
    path = archive_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}, tmp_path / "book.zip")
    assert found(path, tmp_path) == [Source("book.zip", path)]


def encrypted(path: Path) -> Path:
    """An archive that says of its member that it is encrypted."""
    archive_of({"a.csv": b"1"}, path)
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    return path


def test_an_encrypted_archive_asks_for_its_password(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "all.zip")
    (missing,) = found(path, tmp_path)
    assert isinstance(missing, Refused)
    assert missing.error.code == "password_missing"
    (wrong,) = found(path, tmp_path, password="x")
    assert isinstance(wrong, Refused)
    assert wrong.error.code == "password_wrong"


def test_limits_are_changed_by_name() -> None:
    assert parse_limits(["files=5", "ratio=9"]) == Limits(files=5, ratio=9)
    for text in ("files", "files=0", "files=-1", "rows=5", "files=x"):
        with pytest.raises(UsageError):
            parse_limits([text])


CARDS = ("8944300240200110005", "8944300240200110997")
BODY = f"""Dear Sir,

The cards below were supplied by us.

ICCID from            ICCID to              Quantity
-----------------------------------------------------
{CARDS[0]}   {CARDS[1]}   100

The first of them, {CARDS[0]}, was lost.
"""


def mail_of(path: Path, text: str, subtype: str = "plain", attached: bytes | None = None, *, subject: str = "") -> Path:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text, subtype=subtype)
    if attached is not None:
        message.add_attachment(attached, maintype="text", subtype="csv", filename="a.csv")
    path.write_bytes(message.as_bytes())
    return path


def test_the_text_of_a_mail_that_names_cards_is_a_file_of_it(tmp_path: Path) -> None:
    (source,) = found(mail_of(tmp_path / "reply.eml", BODY), tmp_path)
    assert isinstance(source, Source)
    assert source.name == "reply.eml!/text.txt"
    table, text = open_sheets(source.path)
    assert [row for row in table.head_rows if row[0]] == [
        (5, ["ICCID from", "ICCID to", "Quantity"]),
        (7, [*CARDS, "100"]),
    ]
    assert (table.head_rows[0][1][0], table.below) == ("Dear Sir,", (f"The first of them, {CARDS[0]}, was lost.",))
    assert text.name == "text"


@pytest.mark.parametrize(
    ("text", "subtype", "expected"),
    [
        ("see attached", "plain", []),
        (f"{CARDS[0]} is in the list", "plain", []),
        (f"{CARDS[0]} was sold to Star Ltd", "plain", ["m.eml!/text.txt"]),
        (f"<table><tr><td>ICCID</td></tr><tr><td>{CARDS[0]} sold</td></tr></table>", "html", ["m.eml!/text.html"]),
    ],
)
def test_beside_a_file_the_text_of_a_mail_counts_where_it_says_something_of_cards(
    tmp_path: Path, text: str, subtype: str, expected: list[str]
) -> None:
    sources = found(mail_of(tmp_path / "m.eml", text, subtype, TABLE.encode()), tmp_path)
    assert names(sources) == ["m.eml!/a.csv", *expected]


def test_a_mail_or_archive_in_which_nothing_is_is_named_among_the_files_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    mail_of(folder / "a.eml", "we shall answer next week")
    archive_of({}, folder / "b.zip")
    sources = found(folder, tmp_path)
    assert passed_over(sources) == [("a.eml", "mail"), ("b.zip", "archive_without_files")]
    assert [one.sha256 for one in sources if isinstance(one, PassedOver)] == [
        sha256_of(folder / name) for name in ("a.eml", "b.zip")
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"ICCID from   ICCID to   Quantity\n{CARDS[0]}   {CARDS[1]}\n",
        f"ICCID,  Customer\n{CARDS[0]},  Star Ltd\n",
        f"card  {CARDS[0]}\ncard  {CARDS[1]}\n",
        "Item   Price\nGarment   12\n",
    ],
)
def test_lines_that_are_cut_otherwise_or_by_delimiters_are_no_table_of_a_text(text: str) -> None:
    assert tables_in_text(text.splitlines()) == []


def test_lines_broken_for_their_length_are_one() -> None:
    long = "The SIMs in the ranges below were supplied by EE Limited to Star Fleet Ltd"
    assert paragraphs([long, "on 5 February 2024.", "", "Regards", "EE"]) == [
        f"{long} on 5 February 2024.",
        "Regards",
        "EE",
    ]


def test_a_mail_whose_text_is_not_understood_is_kept_and_told_with_the_number_of_its_cards(tmp_path: Path) -> None:
    path = mail_of(tmp_path / "m.eml", f"Dear Sir,\nwe hold {CARDS[0]} and {CARDS[1]}.\nRegards\nAnn, Star Ltd, Leeds")
    with open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path).files
        assert report.file == "m.eml!/text.txt"
        assert report.error is not None
        assert report.error.hint_text is not None
        assert (report.error.hint_text.params["numbers"], report.error.hint_text.params["file"]) == (2, "m.eml")
        (trace,) = case.trace(CARDS[0])
    assert [finding.code for finding in trace.findings] == ["unread_movement"]


SOLD = "日期,转出方,转入方,ICCID\n2024-03-05,甲公司,乙店,8986062300000000001\n".encode()


def told_of_mail(tmp_path: Path, subject: str, text: str, subtype: str = "plain") -> list[object]:
    path = mail_of(tmp_path / "b.eml", text, subtype, SOLD, subject=subject)
    case = open_case(tmp_path / "x.gtrace")
    (report,) = case.load(path).files
    (trace,) = case.trace("8986062300000000001")
    assert report.loaded == 1
    assert [each.value for each in report.warnings] == [
        each.params["text"] for each in trace.findings if each.code == "unread_movement"
    ]
    return [each.value for each in report.warnings]


@pytest.mark.parametrize(
    ("subject", "text", "said"),
    [
        ("出库", "附件的出库单作废，请勿使用", "附件的出库单作废"),
        ("作废：2月出库单", "请查收", "作废：2月出库单"),
        ("出库", "此单取消。谢谢", "此单取消"),
        ("出库", "附件为样张", "附件为样张"),
        ("出库", "稍后重发，附件将替换", "附件将替换"),
        ("Delivery list", "Please disregard the attached list.", "Please disregard the attached list."),
        ("List / draft", "see below", "List draft"),
        ("出库", "附件内容系张三口述", "附件内容系张三口述"),
        ("出库", "您好，这是对方发来的表，我们没有卖过这些卡", "“我们没有卖过这些卡”"),
        ("出库", "附件里的收货方应为李四通信店", "“附件里的收货方应为李四通信店”"),
        ("Stock", "Attached is what he claims he sold.", "“Attached is what he claims he sold.”"),
        ("Stock", "Hi, the list is attached.\nThese were never delivered.", "“These were never delivered.”"),
    ],
)
def test_a_mail_that_speaks_against_its_files_is_told_with_their_rows(
    tmp_path: Path, subject: str, text: str, said: str
) -> None:
    assert told_of_mail(tmp_path, subject, text) == [said]


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        ("附件为2月出库单，请查收。请安排付款，以附件为准", "plain"),
        ("请查收\n> 附件作废", "plain"),
        ("王警官：您好，附件是我司3月物联网卡出库明细，请查收，如有问题请随时联系。", "plain"),
        ("Dear Sir, attached herewith the ICCID register for your reference. Kind regards", "plain"),
        ("<style>.void{}</style><p title='作废'>请查收附件</p>", "html"),
    ],
)
def test_a_mail_that_says_nothing_against_its_files_leaves_their_names_alone(
    tmp_path: Path, text: str, subtype: str
) -> None:
    assert told_of_mail(tmp_path, "2月出库单", text, subtype) == []


def test_the_page_of_a_mail_speaks_against_its_files_as_its_text_does(tmp_path: Path) -> None:
    assert told_of_mail(tmp_path, "出库", "<div>附件<b>作废</b></div>", "html") == ["附件作废"]


QUOTED = "Gaz <gaz@sample.example> wrote:"


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        (
            f"Please see attached list.\n\nOn Thu, 12 Jun 2025 at 21:05, {QUOTED}\n> disregard the attached list",
            "plain",
        ),
        (f"See below\n\nOn Thu, 12 Jun 2025 at 21:05, {QUOTED}\nPlease disregard the attached list.", "plain"),
        ("See attached\n-----Original Message-----\nFrom: Ann\nPlease disregard the attached list.", "plain"),
        (
            "<p>See attached</p><blockquote>disregard the <blockquote>old</blockquote> attached list</blockquote>",
            "html",
        ),
    ],
)
def test_what_a_mail_quotes_of_another_mail_does_not_speak_against_its_files(
    tmp_path: Path, text: str, subtype: str
) -> None:
    assert told_of_mail(tmp_path, "RE: list", text, subtype) == []


def test_the_own_words_below_a_quoted_mail_speak_against_its_files(tmp_path: Path) -> None:
    text = f"On Thu, 12 Jun 2025 at 21:05, {QUOTED}\n> the list?\nPlease disregard the attached list."
    assert told_of_mail(tmp_path, "RE: list", text) == ["Please disregard the attached list."]


OWN = """Please see attached packing list, 15 pieces MTN data sim.
They are from the lot I bought from Okunade Metering on 2nd June.

On Thu, 12 Jun 2025 at 21:05, Gaz <gaz@tarrantcomms.example> wrote:
> can you do 25
"""


def test_the_words_of_a_mail_about_cards_are_told_kept_and_found_beside_its_files(tmp_path: Path) -> None:
    with open_case(tmp_path / "x.gtrace") as case:
        text, table = case.load(mail_of(tmp_path / "m.eml", OWN, attached=SOLD)).files
        said = "“They are from the lot I bought from Okunade Metering on 2nd June.”"
        assert (table.file, table.loaded, text.file) == (f"m.eml!/{said}/a.csv", 1, "m.eml!/text.txt")
        assert text.error is not None
        assert [row.origin.row for row in case.unread_rows("Okunade Metering")] == [2, 1]
