"""Evidence in a sheet itself of whoever keeps it: its first rows, its title, the issuer of its cards.

It is shown beside a question, proposes answers, and refuses an answer that it contradicts. Only the top of the sheet is
looked at (:data:`~graphtrace.ingest.sheet.TOP_ROWS`), so that the cost does not depend on its size.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from graphtrace.errors import AnswerContradicts
from graphtrace.identifiers import carrier_from_iccid, normalize_number, normalize_party_name, operator_from_cell
from graphtrace.identifiers.nobody import is_certainly_person
from graphtrace.identifiers.operators import USUAL_NAMES, find_operator_name
from graphtrace.identifiers.party_names import is_visibly_firm
from graphtrace.ingest.acts import fold_word, is_of_officer, kind_of_word
from graphtrace.ingest.dates_and_quantities import is_no_day
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.english_books import parse_entry
from graphtrace.ingest.english_papers import BOOK_OF_STOCK
from graphtrace.ingest.english_sides import names_reseller
from graphtrace.ingest.given_answers import OPEN_SIDE, YEAR, named_heading
from graphtrace.ingest.given_back import RETURN
from graphtrace.ingest.goods_cells import goods_columns
from graphtrace.ingest.headers import SheetHeader, names_customer
from graphtrace.ingest.heading_grammar import field_of_heading, is_secret_heading, normalize_heading
from graphtrace.ingest.mail import is_text_of_mail
from graphtrace.ingest.order_sides import role_of
from graphtrace.ingest.own_lists import names_desk, speaks_of_others
from graphtrace.ingest.persons import is_persons, is_word_for_name
from graphtrace.ingest.preamble import is_short_name, keeper_of_book, keepers_in_name, parcel_above
from graphtrace.ingest.row_legs import find_pairs, paired_legs, propose_legs, states
from graphtrace.ingest.row_status import CUT, is_credit, remark_columns
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet
from graphtrace.ingest.words import pattern_of
from graphtrace.locale import Text, phrase
from graphtrace.model import CARRIERS, column_letters
from graphtrace.patterns import late
from graphtrace.results.reports import Offer, OpenQuestion, SampleCell, SheetEvidence, may_head_names

_ROWS_SHOWN: Final = 3
_MORE_SHOWN: Final = 7
_LINES_SHOWN: Final = 6
_LONGEST_LINE: Final = 200
_LONGEST_CARD: Final = 40
_CARD: Final = late("8986[0-9]{2}")
ANY_SIDE: Final = ""
"""The side of a firm that a line above a table names, of which nothing says which side it is."""
_PARTIES: Final = frozenset({"from", "to", "enterprise", "party", KEEPER})
_SIDES: Final = frozenset({"from", "to", "carrier"})
_OTHER_SIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "from": ("to", "party", "enterprise"),
    "to": ("from", "party"),
    "carrier": ("enterprise", "party", "to"),
}
_KEEPER: Final = late(r"[\u4e00-\u9fff()（）·]{2,30}?(?:公司|分公司|商行|经营部|营业部|工作室|商店|[总分]店|厂|中心)")
_OWN_FIRM: Final = pattern_of("sheet_evidence", "own_firm")
"""Before the name of a firm, or in the place of one, the words by which its writer means his own (均登记在我公司)."""
_ADDRESSEE: Final = pattern_of("sheet_evidence", "addressee")
"""Before the name of a firm, the words by which whoever writes of what was sent means the one to whom it went."""
_FIRM_ABROAD: Final = pattern_of("sheet_evidence", "firm_abroad")
_PARTY_WORD: Final = late("^(?:[甲乙丙供需买卖]方|(?:供货|收货|采购|购货|付款|收款|送货|客户)(?:单位|方|人))")
_DAYS_AND_NUMBERS: Final = late(r"[0-9]+|[年月日号]|[-_.#()（）\[\]\s]+")


def read_evidence(
    sheet: Sheet,
    file: str,
    header_row: int,
    names: Sequence[str],
    used: Collection[str] | None = None,
    words: Collection[str] = (),
) -> SheetEvidence:
    """Return what the top of a sheet says.

    - ``file``: name of the file, which counts where no title names the keeper.
    - ``header_row``, ``names``: where the headings stand, and the headings as shown.
    - ``used``: the headings whose columns are read as a field; ``None`` if that is not known.
    - ``words``: words that are asked about, as they are compared: a row with one of them is shown.
    """
    rows_above = (*sheet.titles, *(row for row in sheet.head_rows if row[0] < header_row))
    above = [cell for _, cells in rows_above for cell in cells if cell]
    below = [cells for number, cells in sheet.head_rows if number > header_row]
    titles = [*above, sheet.name or ""]
    operator = next((found for title in titles if (found := find_operator_name(title)) is not None), None)
    shown = below if sheet.to_confirm else _telling(below, names, words)
    rows = tuple(_sample(cells, names, used) for cells in shown)
    # what stands in parts is said by the column in which these are joined
    parts = {names[at] for at, field in sheet.parted.items() if field is None and at < len(names)}
    return SheetEvidence(
        headings=tuple(name for name in names if name not in parts),
        above=tuple(_line(cells) for _, cells in rows_above if any(cells))[-_LINES_SHOWN:],
        rows=rows,
        keeper=_keeper_of(above, file),
        operator_name=None if operator is None else operator[0],
        operator=None if operator is None else operator[1],
        issuers=frozenset(_issuers(below)),
        are_abroad=_are_abroad(below),
        keepers=(
            *((each.field, Offer(each.value, "title")) for each in parcel_above(rows_above) if each.field != "date"),
            *_firms_above(above),
            *((ANY_SIDE, Offer(name, "title")) for line in above if (name := person_in_title(line))),
            *(_signed_by(sheet.below) if is_text_of_mail(file) else ()),
            *_keepers_in_names(sheet.name, file),
            *_years(sheet.name, file, above),
        ),
        of_names=tuple(name for name in _may_state_sides(names, rows) if name not in parts),
        of_days=_may_state_days(rows),
    )


_CLERKS: Final = pattern_of("sheet_evidence", "clerks")
"""Headings of whoever did a thing for a firm, and is no side of what its rows state."""


def _unread(rows: Sequence[Sequence[SampleCell]]) -> dict[str, list[str]]:
    """Return the texts of the columns that are not read."""
    texts: dict[str, list[str]] = {}
    for cell in (cell for row in rows for cell in row if not cell.is_used):
        texts.setdefault(cell.heading, []).append(cell.text)
    return texts


def _may_state_sides(names: Sequence[str], rows: Sequence[Sequence[SampleCell]]) -> tuple[str, ...]:
    """Return the headings of columns that are not read and may state a side; a column without a heading is none."""
    letters = {column_letters(at) for at in range(len(names))}
    return tuple(
        name
        for name in _unread(rows)
        if name not in letters
        if (may_be_side(name) and _holds_names(name, rows)) or names_reseller(normalize_heading(name))
    )


def _may_state_days(rows: Sequence[Sequence[SampleCell]]) -> tuple[str, ...]:
    """Return the headings of columns that are not read and hold days."""
    return tuple(name for name, texts in _unread(rows).items() if not any(map(is_no_day, texts)))


def may_be_side(heading: str) -> bool:
    """Whether a column may name a side of its rows: it is no remark, and none of whoever did a thing for a firm.

    >>> [may_be_side(each) for each in ("谁拿的", "Retailer", "出库人", "验收", "备注", "Packed by", "1月")]
    [True, True, False, False, False, False, False]
    >>> [may_be_side(each) for each in ("名称", "存货名称", "商品", "处警民警", "报警人")]
    [True, False, False, False, False]
    """
    if heading != "名称" and goods_columns([heading], [0]):
        return False
    is_clerks = _CLERKS.fullmatch(normalize_heading(heading)) is not None
    return may_head_names(heading) and not is_clerks and not remark_columns([heading], [0])


_OF_PARTY: Final = pattern_of("sheet_evidence", "of_party")
"""Headings that speak of somebody who sold, got, had or uses what a row lists."""


def tells_of_party(heading: str) -> bool:
    """Whether the cells of a column may tell who had or has the card of its row.

    >>> [tells_of_party(each) for each in ("SIM Supplier", "Current user Name", "Customer phone", "IMEI")]
    [True, True, False, False]
    """
    return may_be_side(heading) and _OF_PARTY.match(normalize_heading(heading)) is not None


def names_person(heading: str) -> bool:
    """Whether a column of a list of cards names whoever stands beside each of them: a person, and no clerk.

    >>> [names_person(each) for each in ("Full Name", "Employee", "负责人", "Product name", "Checked by", "民警")]
    [True, True, True, False, False, False]
    """
    bare = normalize_heading(heading)
    return may_be_side(heading) and (is_word_for_name(bare) or is_persons(bare))


_CODE: Final = late("(?<![0-9A-Za-z])89([0-9]{2})[0-9]{13,16}(?![0-9])")


def _sample(cells: Sequence[str | None], names: Sequence[str], used: Collection[str] | None) -> tuple[SampleCell, ...]:
    return tuple(
        SampleCell(name, cell.removeprefix(INEXACT_MARK), is_used=used is None or name in used)
        for name, cell in zip(names, cells, strict=False)
        if cell and name and not is_secret_heading(name)
    )


def _line(cells: Sequence[str | None]) -> str:
    """Return the different texts of a line above the headings; cells of a merged one may each hold its text."""
    return "  ".join(dict.fromkeys(cell.removeprefix(INEXACT_MARK) for cell in cells if cell))[:_LONGEST_LINE]


def _keeper_of(above: Iterable[str], file: str) -> str:
    """Return what tells the keepers of lists apart: a name in a title, else the title, else the name of the file."""
    for title in above:
        if (operator := find_operator_name(title)) is not None:
            return operator[0]
        if (named := _KEEPER.search(title)) is not None:
            return named[0]
    texts = [*above, file.rpartition("/")[2].rpartition(".")[0] or file]
    return next((bare for text in texts if (bare := _DAYS_AND_NUMBERS.sub("", text))), "")


def _telling(
    rows: Sequence[Sequence[str | None]], names: Sequence[str], words: Collection[str]
) -> list[Sequence[str | None]]:
    """Return the first rows, and those after them that say more than these: by a word, a remark, a negative number."""
    remarks = remark_columns(names, range(len(names)))
    seen = {cells[at] for cells in rows[:_ROWS_SHOWN] for at in remarks if at < len(cells)}
    told = {*words}.difference(*(map(fold_word, filter(None, cells)) for cells in rows[:_ROWS_SHOWN]))
    asked: list[int] = []
    more: list[int] = []
    for place, cells in enumerate(rows[_ROWS_SHOWN:], _ROWS_SHOWN):
        said = {cells[at] for at in remarks if at < len(cells) and cells[at]} - seen
        if told and (
            meant := {word for cell in map(fold_word, filter(None, cells)) for word in told if _is_word(cell, word)}
        ):
            told -= meant
            asked.append(place)
        elif said or any(cell and is_credit(cell) for cell in cells):
            more.append(place)
        else:
            continue
        seen |= said
    return [rows[place] for place in (*range(min(_ROWS_SHOWN, len(rows))), *sorted((*asked, *more[:_MORE_SHOWN])))]


def _firms_above(above: Iterable[str]) -> Iterator[tuple[str, Offer]]:
    """Yield the firms that lines above a table name, any of which may be a side; the keeper of a book first.

    Whom a line calls the customer is no giver.
    """
    lines = [*dict.fromkeys(above)]
    book = keeper_of_book([(0, [line]) for line in lines])
    found = dict.fromkeys([book.value] if book is not None else [], ANY_SIDE)
    for line in lines:
        for named in _KEEPER.finditer(line):
            label = _LABEL.search(line[: named.end()])
            meant = None if label is None else field_of_heading(normalize_heading(label[1]))
            if name := _PARTY_WORD.sub("", _OWN_FIRM.sub("", named[0])):
                is_taker = meant in ("to", "party", "enterprise") or _ADDRESSEE.match(line[: named.end()]) is not None
                found.setdefault(name, "to" if is_taker else ANY_SIDE)
        for named in _FIRM_ABROAD.finditer(line):
            if line.rpartition(":")[1] == "":
                found.setdefault(named[0], ANY_SIDE)
        firms = {named[0] for named in _FIRM_ABROAD.finditer(line)} if names_desk(line) and ":" not in line else set()
        if len(firms) == 1:
            # whose desk answers the police may be the carrier of the cards
            yield "carrier", Offer(firms.pop(), "title")
    for name, side in found.items():
        if find_operator_name(name) is None:
            yield side, Offer(name, "title")


def _signed_by(below: Iterable[str]) -> Iterator[tuple[str, Offer]]:
    """Yield the firm of whoever signed a mail: the first with which a line below its table begins, any side of it."""
    for line in below:
        found = _KEEPER.match(line) or _FIRM_ABROAD.match(line)
        if found is not None and _SIGNS.match(line, found.end()) and find_operator_name(found[0]) is None:
            yield ANY_SIDE, Offer(found[0], "title")
            return


_SIGNS: Final = late(r"$|[\s,，|]+[\u4e00-\u9fff]{2,8}(?:[\s,，|]+[\u4e00-\u9fff]{2,4})?\s*$|\s*\|")
"""Behind the name of a firm in a signature: its department and a name, or nothing."""


def _is_word(cell: str, word: str) -> bool:
    return cell == word or (word.endswith(CUT) and cell.startswith(word.removesuffix(CUT)))


_LABEL: Final = late(r"([^\s:：(（,，;；]{2,10})[:：]\s*[^\s:：]+$")


def _keepers_in_names(sheet: str | None, file: str) -> Iterator[tuple[str, Offer]]:
    bare = bare_name(file)
    yield from ((side, Offer(name, "sheet_name")) for side, name in keepers_in_name(sheet or ""))
    yield from ((side, Offer(name, "file_name")) for side, name in keepers_in_name(bare))

    named = {name for _, name in keepers_in_name(bare)}
    yield from ((ANY_SIDE, Offer(name, "file_name")) for name in [person_in_title(bare)] if name and name not in named)


_PERSON_KEEPS: Final = pattern_of("sheet_evidence", "person_keeps")


def person_in_title(title: str) -> str:
    """Return the person whose list a title says it is at its beginning (孟晓霞进出卡台账); else nothing.

    >>> person_in_title("04 孟晓霞进出卡台账2024年4月"), person_in_title("湖北省2024年出库")
    ('孟晓霞', '')
    """
    found = _PERSON_KEEPS.match(title)
    return found["name"] if found is not None and is_certainly_person(found["name"]) else ""


_NAMES_YEAR: Final = late("(?<![0-9])20[0-9]{2}(?=年|[-.](?:0[1-9]|1[0-2])(?![0-9])|$)")


def _years(sheet: str | None, file: str, above: Iterable[str]) -> Iterator[tuple[str, Offer]]:
    """Yield the one year that lines above a table, else the name of sheet or file, name: it may be that of the rows."""
    places: tuple[tuple[Literal["title", "sheet_name", "file_name"], Iterable[str]], ...] = (
        ("title", above),
        ("sheet_name", [sheet or ""]),
        ("file_name", [bare_name(file)]),
    )
    for because, texts in places:
        named = {year for text in texts for year in _NAMES_YEAR.findall(text)}
        if named:
            yield from ((YEAR, Offer(year, because)) for year in named if len(named) == 1)
            return


def bare_name(file: str) -> str:
    """Return the name of a file without its folders and its ending."""
    return re.split(r"[/\\]", file)[-1].rpartition(".")[0]


def _issuers(rows: Iterable[Sequence[str | None]]) -> Iterable[str]:
    for cells in rows:
        for cell in cells:
            if cell and len(cell) < _LONGEST_CARD and _CARD.match(number := normalize_number(cell)):
                carrier = carrier_from_iccid(number)
                if carrier is not None:
                    yield carrier


def _are_abroad(rows: Iterable[Sequence[str | None]]) -> bool:
    """Whether some cells name cards, also among words, and all of these are of other countries than China."""
    codes = {code for cells in rows for cell in cells if cell for code in _CODE.findall(cell)}
    return bool(codes) and "86" not in codes


def offers_for(field: str, evidence: SheetEvidence) -> tuple[Offer, ...]:
    """Return the answers that a sheet proposes to the question who passed its cards on, or got them.

    They are the firms that lines above the table name, the carrier that they name, whoever the names of sheet and file
    name, and where no line names anybody the carrier of the cards; those of China only where these may be of it.
    """
    sides = (field, ANY_SIDE) if field in _PARTIES else (field,)
    keepers = tuple(dict.fromkeys(offer for side, offer in evidence.keepers if side in sides))
    titled = tuple(offer for offer in keepers if offer.because == "title")
    named = tuple(offer for offer in keepers if offer.because != "title")
    if field not in ("from", "carrier"):
        return keepers
    if evidence.operator_name is not None:
        return (*titled, Offer(evidence.operator_name, "title"), *named)
    if field == "from" and titled:
        return keepers
    if len(evidence.issuers) == 1:
        return (*keepers, *(Offer(USUAL_NAMES[issuer], "issuer") for issuer in evidence.issuers))
    if evidence.are_abroad:
        return keepers
    return (*keepers, *(Offer(name, "carrier") for name in USUAL_NAMES.values()))


_MOST_OFFERED: Final = 4
_NO_NAME: Final = late("[0-9]|元|张$")
_BACK: Final = late("return|退|归还|交还")
_USES: Final = late("user|used|using|使用|用户|用卡|绑定|机主|车主|户主")


def handed_offers(evidence: SheetEvidence) -> tuple[Offer, ...]:
    """Return who may have given the cards of a sheet to whom, as answers (云岭→[客户]).

    They are made of whoever titles, sheet and file name, and of the columns in whose cells names of parties stand.
    """
    legs = legs_offered(evidence)
    columns = columns_of_names(evidence)
    keepers = [offer for side, offer in evidence.keepers if side in _PARTIES | {ANY_SIDE}]
    found = [
        Offer(handed, offer.because)
        for offer in dict.fromkeys(keepers)
        for column in columns
        for handed in handed_by_column(column, offer.value)
    ]
    stated = {side: offer.value for side, offer in reversed(evidence.keepers) if side and offer.because == "title"}
    if {"from", "to"} <= stated.keys():
        # lines above the table name both
        found.insert(0, Offer(f"{stated['from']}→{stated['to']}", "title"))
    says = {column: field_of_heading(normalize_heading(column)) for column in columns}
    pairs = [(one, other) for one in columns for other in columns if one != other]
    # whoever gave something back is no side of what was given out
    back = {column for column in columns if _BACK.search(normalize_heading(column))}
    pairs = [(one, other) for one, other in pairs if (one in back) == (other in back)]
    pairs = [(one, other) for one, other in pairs if says[one] != "to" and says[other] != "from"]
    # an agent has customers, and not the other way round
    pairs = [(one, other) for one, other in pairs if not (_is_customer(one) and _is_agent(other))]
    found += [Offer(f"[{giver}]→[{taker}]", "title") for giver, taker in pairs]
    found = [*([] if legs is None else [Offer(legs[0], "title")]), *found]
    return tuple(dict.fromkeys(found))[:_MOST_OFFERED]


def _is_agent(heading: str) -> bool:
    return names_reseller(normalize_heading(heading)) or speaks_of_others([heading])


def _is_customer(heading: str) -> bool:
    return names_customer(normalize_heading(heading)) and not _is_agent(heading)


def handed_forms(evidence: SheetEvidence, days: Sequence[str]) -> list[str]:
    """Return how what rows say may be typed, with columns of the sheet alone; ``days`` are those of the dates it reads.

    Nothing where no column holds names.
    """
    named = columns_of_names(evidence)
    if not named:
        return [offer.value for offer in handed_offers(evidence)][:1]
    column, on = named[0], "".join(f"@[{day}]" for day in (*days, *evidence.of_days)[:1])
    first = next((offer.value for offer in handed_offers(evidence)), handed_by_column(column, OPEN_SIDE)[0])
    heading = normalize_heading(column)
    says_side = field_of_heading(heading) in ("from", "to")
    others = [] if says_side else [f"return:[{column}]→…{on}"]
    if _USES.search(heading):
        others.insert(0, f"usage:[{column}]{on}")
    others += [] if says_side or names_reseller(heading) else [f"seizure:[{column}]", f"registration:…→[{column}]"]
    return [*dict.fromkeys([f"{first}{on}" if "@" not in first and "+" not in first else first, *others])]


def legs_offered(evidence: SheetEvidence) -> tuple[str, tuple[str, ...]] | None:
    """Return the answer by which rows that may say several things of their cards are read, and its columns of days."""
    named = {offer.value for side, offer in evidence.keepers if side in _PARTIES | {ANY_SIDE}}
    texts = {
        heading: [cell.text for row in evidence.rows for cell in row if cell.heading == heading and states(cell.text)]
        for heading in evidence.headings
    }
    return propose_legs(evidence.headings, texts, columns_of_names(evidence), min(named) if len(named) == 1 else None)


def legs_stated(sheet: Sheet) -> tuple[str, int, bool] | None:
    """Return the legs whose headings pair verb and side, the row of these, and whether a title says whose list it is.

    ``None`` for any other sheet.
    """
    if (found := find_pairs(sheet)) is None:
        return None
    row, headings, days = found
    above = [*sheet.titles, *(each for each in sheet.head_rows if each[0] < row)]
    keeper = keeper_of_book(above, sheet.head_rows, BOOK_OF_STOCK)
    legs = paired_legs(headings, days, None if keeper is None else keeper.value)
    return "; ".join(legs), row, keeper is not None


def handed_by_column(column: str, other: str) -> list[str]:
    """Return the answers by which a column names one side of the rows: of a heading that says its side only that one.

    >>> handed_by_column("Returned by", "…"), handed_by_column("客户", "云岭")
    (['return:[Returned by]→…'], ['云岭→[客户]', '[客户]→云岭'])
    """
    heading = normalize_heading(column)
    said = field_of_heading(heading)
    kind = "return:" if said in ("from", "to") and _BACK.search(heading) else ""
    ways = {"to": f"{kind}{other}→[{column}]", "from": f"{kind}[{column}]→{other}"}
    return [ways[said]] if said in ways else [*ways.values()]


def columns_of_names(evidence: SheetEvidence) -> list[str]:
    """Return the headings below which the rows that are shown have names of firms or persons.

    None of whoever did a thing for a firm, where somebody else is named too.
    """
    named = [
        heading
        for heading in evidence.headings
        if heading and may_be_side(heading) and _holds_names(heading, evidence.rows)
    ]
    return [heading for heading in named if not is_of_officer(normalize_heading(heading))] or named


def _holds_names(heading: str, rows: Sequence[Sequence[SampleCell]]) -> bool:
    """Whether the cells of a column in the rows that are shown are names of firms or persons, most of them visibly."""
    texts = [cell.text for row in rows for cell in row if cell.heading == heading]
    named = sum(
        is_visibly_firm(normalize_party_name(text)) or is_certainly_person(text) or is_short_name(text)
        for text in texts
    )
    is_said = field_of_heading(normalize_heading(heading)) in _PARTIES
    return (2 * named > len(texts) or (is_said and bool(texts))) and not any(map(_NO_NAME.search, texts))


class Contradiction(NamedTuple):
    """A contradiction of an answer by the ``issuer`` of the cards, a ``title``, ``row`` or ``heading``, ``entries``.

    An answer that is a heading itself is ``unbracketed``.
    """

    because: str
    stated: tuple[str, ...]

    @property
    def text(self) -> Text:
        """Return the text of what is contradicted."""
        if self.because == "issuer":
            return phrase("contradicts_issuer", carriers=[Text("carriers", slug, {}) for slug in self.stated])
        if self.because == "unbracketed":
            return phrase("contradicts_unbracketed", name=self.stated[0], typed=f"[{self.stated[0]}]")
        return phrase(_CONTRADICTED[self.because], name=self.stated[0])


_CONTRADICTED: Final = {
    "served": "contradicts_column",
    "title": "contradicts_title",
    "row": "contradicts_row",
    "entries": "contradicts_entries",
    "heading": "contradicts_heading",
}


def find_contradiction(field: str, value: str, evidence: SheetEvidence) -> Contradiction | None:
    """Return what an answer for a side contradicts; ``None`` if nothing does.

    A virtual operator or one abroad may have sold cards of any issuer.
    """
    if field not in _SIDES:
        return None
    operator = operator_from_cell(normalize_party_name(value))
    if operator not in CARRIERS:
        return None
    if evidence.issuers and operator not in evidence.issuers:
        return Contradiction("issuer", tuple(sorted(evidence.issuers)))
    if evidence.operator in CARRIERS and evidence.operator != operator:
        return Contradiction("title", (evidence.operator_name or "",))
    return None


def check_answers(sheet: Sheet, header: SheetHeader, answered: Mapping[str, str]) -> None:
    """Refuse answers for sides that contradict the sheet.

    Raises AnswerContradicts for the first such answer.
    """
    asked = sorted(_SIDES & answered.keys())
    if not asked:
        return
    evidence = read_evidence(sheet, "", header.row, header.names)
    below = [cells for number, cells in sheet.head_rows if number > header.row]
    for field in asked:
        value = answered[field]
        if (heading := named_heading(value)) is not None:
            if _is_of_entries(heading, below, header):
                raise _refusal(header, field, value, Contradiction("entries", (heading,)))
            if _says_other_side(field, heading, kind_of_word(answered.get("kind", "")) or header.kind):
                raise _refusal(header, field, value, Contradiction("heading", (heading,)))
            continue
        if normalize_heading(value) in map(normalize_heading, header.names):
            raise _refusal(header, field, value, Contradiction("unbracketed", (value,)))
        found = find_contradiction(field, value, evidence)
        if found is None and _is_other_side(field, value, below, header.served):
            found = Contradiction("row", (value,))
        if found is not None:
            raise _refusal(header, field, value, found)


def check_columns(header: SheetHeader, answers: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Return the answers that name the columns from which the sides and the day of a sheet are read anyway.

    Raises AnswerContradicts for one that names another column than the heading that says the side.
    """
    used = {}
    for field in ("from", "to", "date", "enterprise"):
        heading = named_heading(answers.get(field, ""))
        # whom a list of registrations names beside the carrier is its customer, and whom a book names beside its keeper
        # is the other side
        is_other = field == "enterprise" or OPPOSITE.get(field) in {*taken, *header.literals}
        places = header.served.get(field, ()) or (header.served.get("party", ()) if is_other else ())
        if heading is None or field in taken or not places:
            continue
        names = [header.names[at] for at in places if at < len(header.names)]
        if normalize_heading(heading) in map(normalize_heading, names):
            used[field] = answers[field]
        elif field != "date" and names and normalize_heading(heading) in map(normalize_heading, header.names):
            raise _refusal(header, field, answers[field], Contradiction("served", (names[0],)))
    return used


def _is_of_entries(heading: str, rows: Sequence[Sequence[str | None]], header: SheetHeader) -> bool:
    """Whether the cells of a column say which way cards went (From X, To Y, Return from Y): no one side of all rows."""
    wanted = normalize_heading(heading)
    columns = [at for at, name in enumerate(header.names) if normalize_heading(name) == wanted]
    cells = [cell for at in columns for row in rows if at < len(row) and (cell := row[at])]
    return 2 * sum(parse_entry(cell) is not None for cell in cells) > len(cells)


OPPOSITE: Final = {"from": "to", "to": "from"}
"""The other side of a change of hands."""


def _says_other_side(field: str, heading: str, kind: str | None) -> bool:
    """Whether a heading says itself that it is the other side: Returned by is who gave, 上家 of whom cards came.

    In a return those who sold and bought stand where the sale had them.

    >>> [_says_other_side("to", "Returned by", kind) for kind in ("transfer", "return")]
    [True, True]
    >>> [_says_other_side("from", "Sold to", kind) for kind in ("transfer", "return")]
    [True, False]
    """
    name = normalize_heading(heading)
    is_other = field_of_heading(name) == OPPOSITE.get(field)
    return is_other and (kind != "return" or RETURN.search(name) is not None)


def _is_other_side(
    field: str, value: str, rows: Sequence[Sequence[str | None]], served: Mapping[str, Sequence[int]]
) -> bool:
    """Whether every row at the top names the answered side as the other one."""
    key = normalize_party_name(value)
    for column in (column for other in _OTHER_SIDES[field] for column in served.get(other, ())):
        names = [name for cells in rows if column < len(cells) and (name := cells[column])]
        if names and all(normalize_party_name(name) == key for name in names):
            return True
    return False


def _refusal(header: SheetHeader, field: str, value: str, found: Contradiction) -> AnswerContradicts:
    error = AnswerContradicts(
        "answer_contradicts",
        field=Text("fields", field, {}),
        answer=value,
        what=found.text,
        hint="insist_on_answer",
        insisted=f"{field}!={value}",
        kind=header.kind,
        missing=(field,),
    )
    error.header_row, error.headings, error.used = header.row, header.names, header.used
    return error


def with_offers(question: OpenQuestion, evidence: SheetEvidence) -> OpenQuestion:
    """Return a question with the answers that its sheet proposes; a shop, of which a recipe asks, is no carrier."""
    offers = question.offers or offers_for(question.field, evidence)
    if question.text is not None and question.field != "carrier":
        offers = tuple(offer for offer in offers if offer.because not in ("issuer", "carrier"))
    columns = _columns_for(question, evidence, is_titled=any(offer.because == "title" for offer in offers))
    if question.field == "to" and question.kind == "transfer" and any(map(_names_taker, columns)):
        # whoever is titled above a list of those who got cards passed them on
        offers = tuple(offer for offer in offers if offer.because != "title")
    return replace(question, offers=offers, columns=columns)


def without_named(question: OpenQuestion) -> OpenQuestion:
    """Return a question without the one party that titles and names propose, where that is the other side."""
    named = {offer.value for offer in question.offers if offer.because in ("title", "sheet_name", "file_name")}
    return replace(question, offers=tuple(one for one in question.offers if len(named) != 1 or one.value not in named))


_STATED_BY_NAMES: Final = frozenset({"from", "to", "enterprise", "party", "holder", "user"})
_GIVERS: Final = frozenset({"supplier", "shop", "sender", "superior"})
_TAKERS: Final = frozenset({"account", "customer", "consignee"})


def _columns_for(question: OpenQuestion, evidence: SheetEvidence, *, is_titled: bool) -> tuple[str, ...]:
    """Return the headings below which a sheet may state what is asked; of a side none whose heading says the other.

    ``is_titled``: whether a title names somebody for the field, so that agents in a column are those who got cards.
    """
    if question.field == "date":
        return evidence.of_days
    if question.field not in _STATED_BY_NAMES:
        return ()
    gives = {"transfer": "from", "return": "to"}.get(question.kind)
    if gives is None or question.field not in ("from", "to"):
        return evidence.of_names
    is_of_taker = _names_taker if is_titled else _is_taker
    is_other = is_of_taker if question.field == gives else _is_giver
    return tuple(name for name in evidence.of_names if not is_other(name))


def _is_giver(heading: str) -> bool:
    name = normalize_heading(heading)
    return role_of(name) in _GIVERS or field_of_heading(name) == "from"


def _is_taker(heading: str) -> bool:
    name = normalize_heading(heading)
    return role_of(name) in _TAKERS or field_of_heading(name) == "to"


def _names_taker(heading: str) -> bool:
    name = normalize_heading(heading)
    return _is_taker(heading) or names_reseller(name) or role_of(name) in ("reseller", "member")
