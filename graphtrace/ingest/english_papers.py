"""Papers in English by which goods are handed over: what their titles, letterheads and boxes say of all rows below.

A delivery note, challan, invoice or sales register bears the name of whoever hands over. Names and values stand in
cells beside each other (From (Consignor) | Ojas Fleet Telematics Pvt. Ltd., Pune).

A sentence of a letter above a table (issued by X to Y on 5 February 2024) holds for its rows where it points to them
(these, the ranges below) and states what happened; a request, a doubt, a denial or a plan says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.ingest.date_orders import without_period
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.english_headings import classes_of_heading
from graphtrace.ingest.english_sides import names_firm
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading
from graphtrace.ingest.labelled_values import label_of, labelled_values, texts_beside
from graphtrace.ingest.words import HAN, pattern_of
from graphtrace.model import DateSpan
from graphtrace.patterns import late

_KIND_OF_PAPER: Final = (
    "(?:note|challan|list|register|ledger|book|report|sheet|record|log|advice|memo|docket|invoice|pass|notice|slip"
    "|voucher)s?"
)
_OF_A_NUMBER: Final = r"(?!s?\.?(?:no|num|date|dt|ref|#|:))"
"""Not before what makes the number or day of another paper of its name (Challan No: 12)."""
_TAKERS: Final = (
    "(?:sub-?)?(?:dealer|agent|retailer|distributor|reseller|franchisee|stockist|outlet|branch|customer)s?'?"
)
PAPERS_OF_DELIVERY: Final = (
    f"(?:(?:outward)?gatepass(?:register|book)?|(?:goods)?(?:outward|delivery|despatch|dispatch|issue|shipping|shipment|packing|(?:stock)?transfer|(?:sim|card)?sales?"
    f"|allocation|allotment|distribution)"
    f"(?:day-?)?{_KIND_OF_PAPER}|{_TAKERS}(?:allocation|allotment|distribution|dispatch|despatch)s?|stocktransfer|salesby(?:customer|product|item)"
    f"|(?:sims?|simcards?|cards?|lines?|numbers?)(?:sold|issued|givenout|supplied|allocated|allott?ed|distributed)(?=$|20[0-9]{{2}}|todealer|toretailer|toagent|tocustomer)|(?:sims?|simcards?)sales$|(?:delivery|dispatch|despatch|shipping)(?:order|confirmation)s?(?!date)|sign(?:ed)?-?out(?:sheet|log|list|register)?s?(?![a-z])"
    f"|hand-?over(?:note|form|sheet|list|register)s?|challan|cashmemo|billofsupply|taxinvoice|^invoice(?=$|[a-z]{{0,4}}[-/]?[0-9])){_OF_A_NUMBER}"
)
"""Found in titles of papers by which goods went from whoever issues them, as headings are compared."""

_OF_RECEIPTS: Final = pattern_of("english_papers", "of_receipts", re.IGNORECASE)
"""Found in titles of books of what came in or back, and of what somebody else sent."""
_TITLE: Final = late(PAPERS_OF_DELIVERY)
BOOK_OF_BOTH: Final = pattern_of("english_papers", "book_of_both")
"""Found in titles of books of what came in and what went out."""
BOOK_OF_STOCK: Final = late("(?:sims?|(?:sim)?cards?|phones?)?stock(?:book|list|sheet)?[-–(]?(?:20[0-9]{2})?[)]?$")
"""Found in titles of lists of stock whose columns say what came in and what went out."""
BOOK: Final = pattern_of("english_papers", "book")
"""Found in titles of books that a firm keeps, whatever they are of."""
RETURNS: Final = pattern_of("english_papers", "returns")
"""Found in titles of lists of what came back."""
CREDITS: Final = late("^credit(?:note|memo)s?$")
"""Titles of papers by which money was credited: for goods only where a line of it says that these came back."""
_THEIR_CUSTOMERS: Final = frozenset({"customer", "customername", "client", "clientname"})
"""Headings of whoever sent goods back to the firm that keeps a list of returns."""
_BOOK: Final = late(r"\b(?:register|log|book|ledger|list|report|sheet|record)s?$", re.IGNORECASE)
"""Ends of titles of what a firm keeps, and does not send to anybody."""
RECEIPTS: Final = pattern_of("english_papers", "receipts")
"""Found in titles of books of what came in to the firm that keeps them."""
STOCK: Final = late("(?:closing|opening|physical)stock|stock(?:summary|tak(?:e|ing)|count|verification|inhand)")
"""Found in titles of lists of what their keeper has."""
MONEY: Final = late("(?:receipts?|payments?|bank|cash)(?:register|book|vouchers?)")
"""Found in titles of registers of money that a firm got and paid."""
_OF_WHAT_CAME: Final = (RETURNS, CREDITS, RECEIPTS, STOCK, MONEY)
_PARTS: Final = late(r"\s+[-–—|]+\s+|\s*[|:]\s*|\n")
_REMARK: Final = late(r"\s*\([^()]*\)\s*$")
_OF: Final = late(r"(?P<title>.+?)\s+(?:of|from)\s+(?:m/s\.?\s+)?(?P<firm>.+)", re.IGNORECASE)
_ADDRESSED: Final = pattern_of("english_papers", "addressed", re.IGNORECASE)
"""Found in lines that name whom a paper goes to, or somebody else than who issues it."""
_LEGAL: Final = pattern_of("english_papers", "legal", re.IGNORECASE)
_LEGAL_FORM: Final = late(r"(?:ltd|limited|inc|llc|llp|plc|pvt)\b", re.IGNORECASE)
_OF_ADDRESS: Final = pattern_of("english_papers", "of_address", re.IGNORECASE)
"""Behind a name and a comma, whose firm it is or where."""
_PERSON: Final = late(r"\s*(?:and\s+)?[A-Z][A-Za-z.'-]*(?: [A-Z][A-Za-z.'-]*){1,4}\s*")
"""What may be the name of another person."""
_LONGEST_NAME: Final = 60


def name_of_address(text: str) -> str:
    """Return the name with which an address begins; other texts as they are.

    >>> [name_of_address(text) for text in ("Harrow Telecare Ltd, 3 Station Approach", "Kavach Gadgets, Jaipur")]
    ['Harrow Telecare Ltd', 'Kavach Gadgets']
    >>> name_of_address("Om Sai Infotech, Prop. Hitesh Vaghela, Shop 14, Ring Road, Surat. GSTIN 24BKQPV2211M1Z8")
    'Om Sai Infotech'
    >>> [name_of_address(text) for text in ("Luminar Devices Co., Ltd", "Okafor, Emeka", "Smith, Jones & Co")]
    ['Luminar Devices Co., Ltd', 'Okafor, Emeka', 'Smith, Jones & Co']
    """
    if HAN.search(text):
        return text
    if (found := _LEGAL.match(text)) is not None and not _LEGAL_FORM.match(text[found.end() :]):
        return found["firm"]
    name, comma, rest = text.partition(",")
    is_other = names_firm(rest) or _LEGAL_FORM.match(rest.strip())
    is_name = len(name.split()) > 1 and (_OF_ADDRESS.match(rest) or not is_other)
    return name.strip() if comma and is_name else text


def person_alone(text: str) -> str:
    """Return the name of a person without the number and the place behind it; other texts as they are.

    >>> [person_alone(text) for text in ("Musa Kamau, 0722 000111, Room 4", "Musa Kamau, Ann Otieno")]
    ['Musa Kamau', 'Musa Kamau, Ann Otieno']
    """
    name, *others = text.split(",")
    return text if not text.isascii() or any(map(_PERSON.fullmatch, others)) else name.strip()


_ELSEWHERE: Final = pattern_of("english_papers", "elsewhere", re.IGNORECASE)


def refers_to_annexe(rows: Sequence[tuple[int, Sequence[str | None]]]) -> bool:
    """Whether a line of a paper says that the numbers of its goods stand in another list (as per Annexure A)."""
    return any(_ELSEWHERE.search(cell) for _, cells in rows for cell in cells if cell)


def is_row_of_titles(cells: Sequence[str | None]) -> bool:
    """Whether texts that stand apart in a row above a table are titles of it, as on a letterhead, and no headings."""
    texts = [text for _, text in texts_beside([(0, cells)])]
    are_titles = not any(HAN.search(text) or label_of(text) is not None for text in texts)
    is_letterhead = any(_is_title(text) or _firm_alone(text) is not None for text in texts)
    columns = [at for at, cell in enumerate(cells) if cell]
    are_apart = 1 < len(texts) <= _MOST_TITLES and columns[-1] - columns[0] >= len(columns)
    return are_titles and is_letterhead and are_apart


_MOST_TITLES: Final = 3


def keeper_in_english(
    rows: Sequence[tuple[int, Sequence[str | None]]], pattern: re.Pattern[str] = _TITLE
) -> tuple[int, str] | None:
    """Return the row and the name of the one firm that issues a paper of delivery; ``None`` where that is not clear.

    Its name stands in the title (Luminar Devices Co., Ltd – Factory shipping list), or alone above the table.
    ``pattern`` is found in the titles of another kind of paper.
    """
    texts = [(row, text) for row, text in texts_beside(rows) if not HAN.search(text)]
    titles = [(row, text) for row, text in texts if _is_title(text, pattern)]
    if not titles:
        return None
    named = {(row, firm) for row, text in titles for firm in _firms_in(text, pattern)}
    if (
        not named
        and pattern not in _OF_WHAT_CAME
        and any(_OF_RECEIPTS.search(without_period(text)) for _, text in titles)
    ):
        return None
    alone = {
        (row, firm) for row, text in texts if (row, text) not in titles and (firm := _firm_alone(text)) is not None
    }
    if named and not any(_LEGAL_FORM.search(firm) for _, firm in named):
        # beside a firm that stands alone its title names a place or a part of it
        named = {(row, firm) for row, firm in alone if _LEGAL_FORM.search(firm)} or named
    named = named or alone
    return min(named) if len({normalize_party_name(firm) for _, firm in named}) == 1 else None


def letterhead_of(
    rows: Sequence[tuple[int, Sequence[str | None]]], pattern: re.Pattern[str] | None = None
) -> tuple[int, str] | None:
    """Return the name with which a paper of delivery, or of what ``pattern`` is found in, begins, its title aside.

    Names of firms are of all words: only where it stands, and that it is a name, tells that it is one.
    """
    pattern = pattern or _TITLE
    texts = [(row, text) for row, text in texts_beside(rows) if label_of(text) is None]
    first = tuple(next((cell for cell in cells if cell), "") for _, cells in rows)
    heads = [(at, text) for at, text in texts if any(cell.startswith(text) for cell in first)]
    if not any(_is_title(text, pattern) for _, text in texts) or any(HAN.search(text) for _, text in texts):
        return None
    row, text = next(((at, text) for at, text in heads if not _is_title(text, pattern)), (0, ""))
    name = name_of_address(text)
    is_name = _NAME_ALONE.fullmatch(name) is not None and classes_of_heading(normalize_heading(name)) is None
    is_other = _ADDRESSED.search(name) or _NO_ISSUER.search(name) or _OF_RECEIPTS.search(name)
    is_carrier = match_operator_name(normalize_party_name(name)) is not None
    return None if not is_name or is_other or is_carrier or len(name) > _LONGEST_NAME else (row, name)


_NAME_ALONE: Final = late(r"[A-Z][\w'’.&-]*(?: (?:&|of|and|the|[A-Z][\w'’.&-]*)){1,6}")
_NO_ISSUER: Final = pattern_of("english_papers", "no_issuer", re.IGNORECASE)
_CAME: Final = late("(?:inwards?|receipts?|received|stockin|in)(?:$|date|qty|from)")
_WENT: Final = late("(?:outwards?|issues?|issued|sales?|stockout|out)(?:$|date|qty|to)")


def letterhead_of_book(
    rows: Sequence[tuple[int, Sequence[str | None]]], top: Sequence[tuple[int, Sequence[str | None]]]
) -> tuple[int, str] | None:
    """Return the one firm that stands alone above a table whose headings tell what came in and what went out."""
    headings = {normalize_heading(cell) for _, cells in top for cell in cells if cell and len(cell) <= LONGEST_HEADING}
    if not any(map(_CAME.match, headings)) or not any(map(_WENT.match, headings)):
        return None
    return firm_above(rows)


def firm_above(rows: Sequence[tuple[int, Sequence[str | None]]]) -> tuple[int, str] | None:
    """Return the row and the name of the one firm that stands alone in a cell above a table."""
    named = {(row, firm) for row, cells in rows for cell in cells if cell and (firm := _firm_alone(cell.strip()))}
    return next(iter(named)) if len(named) == 1 else None


_CUSTOMER_ABOVE: Final = pattern_of("english_papers", "customer_above")


def names_customer_above(rows: Sequence[tuple[int, Sequence[str | None]]]) -> bool:
    """Whether a line above a table names the one customer whom a note is about (Party : Star Ltd)."""
    return sum(_CUSTOMER_ABOVE.fullmatch(each.heading) is not None for each in labelled_values(rows)) == 1


def side_in_returns(rows: Sequence[tuple[int, Sequence[str | None]]]) -> str | None:
    """Return the side of whoever keeps a list of returns, by a heading among its first rows that names the other one.

    >>> [side_in_returns([(2, ["Date", name, "ICCID"])]) for name in ("Returned by (agent)", "Returned to", "Customer")]
    ['to', 'from', 'to']
    """
    texts = [cell for _, cells in rows for cell in cells if cell and len(cell) <= LONGEST_HEADING]
    headings = {_WHO.sub("", normalize_heading(text)) for text in texts}
    named = {
        side
        for side, others in (("to", {"returnedby", "returnedfrom", *_THEIR_CUSTOMERS}), ("from", {"returnedto"}))
        if others & headings
    }
    return named.pop() if len(named) == 1 else None


_WHO: Final = late(rf"\({_TAKERS}\)$")
"""Behind the heading of a side, what its members are to the firm: Returned by (customer)."""


def is_paper_of_delivery(text: str) -> bool:
    """Whether a text is the title of a paper by which goods went from whoever issues it."""
    return _is_title(text)


def _is_title(text: str, pattern: re.Pattern[str] = _TITLE) -> bool:
    parts = [part for part in _PARTS.split(text) if part and len(part) <= 2 * LONGEST_HEADING]
    texts = [text] if len(text) <= 2 * LONGEST_HEADING else parts if len(text) <= 4 * LONGEST_HEADING else []
    return any(pattern.search(normalize_heading(each)) for each in texts)


def _firms_in(title: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the firm whose paper a title says it is."""
    title = _REMARK.sub("", title)
    if (found := _OF.fullmatch(title)) is not None and " from " not in title.casefold():
        is_other = pattern not in _OF_WHAT_CAME and _OF_RECEIPTS.search(found["title"]) is not None
        if not is_other and (firm := _firm_alone(found["firm"])) is not None:
            yield firm
        return
    parts = [part for part in _PARTS.split(title) if part]
    rest = [part for part in parts[1:] if _is_title(part, pattern)]
    is_of_others = pattern not in _OF_WHAT_CAME and any(map(_OF_RECEIPTS.search, parts[1:]))
    if rest and not is_of_others and (firm := _firm_alone(parts[0])) is not None:
        yield firm
    elif len(parts) == 2 and _BOOK.search(parts[0]) and _is_title(parts[0], pattern):
        is_of_others = pattern not in _OF_WHAT_CAME and _OF_RECEIPTS.search(parts[0]) is not None
        if not is_of_others and (firm := _firm_alone(parts[1])) is not None:
            yield firm


def _firm_alone(text: str) -> str | None:
    """Return the firm that a line names, with or without its address; ``None`` for any other line."""
    name = name_of_address(text)
    is_plain = len(name) <= _LONGEST_NAME and not any(map(str.isdigit, name)) and not _ADDRESSED.search(name)
    if not is_plain or ":" in name or _TITLE.search(normalize_heading(name)) or not names_firm(name):
        return None
    return None if match_operator_name(normalize_party_name(name)) is not None else name


_BY_TO: Final = pattern_of("english_papers", "by_to", re.DOTALL)
_END_OF_NAME: Final = pattern_of("english_papers", "end_of_name")
_UNNAMED: Final = pattern_of("english_papers", "unnamed", re.IGNORECASE)
_PERSON_ALONE: Final = late(r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|[sdw]/o|bin|binti)){1,4}")
_DAY: Final = pattern_of("english_papers", "day")
_DOUBTED: Final = pattern_of("english_papers", "doubted", re.IGNORECASE)
"""Found in sentences that do not state what happened."""
_POINTS: Final = pattern_of("english_papers", "points", re.IGNORECASE)
"""Found in sentences that speak of the cards of the table below them, and not of any."""
_SUBJECT: Final = pattern_of("english_papers", "subject", re.IGNORECASE)
"""What stands before the verb in a sentence that states it of the cards of its table, and of nothing else."""
_BEGUN: Final = late(r"(?:dear|respected|hi|hello|sirs?|madam|to|ref|date|sub|subject|re)\b.*|.*[.:;]|", re.IGNORECASE)
"""Lines behind which a sentence begins."""
_SENTENCE: Final = pattern_of("english_papers", "sentence")
_LONGEST: Final = 1200


class Handed(NamedTuple):
    """Sides of a sentence that hands cards over: who gave them, who got them and when; ``row`` is where it stands."""

    row: int
    giver: str
    taker: str | None
    day: str | None


def handed_over(rows: Sequence[tuple[int, Sequence[str | None]]]) -> Handed | None:
    """Return what the sentences above a table say of who gave its cards; ``None`` where none does, or they differ."""
    found = {
        (each.giver, each.taker, each.day): each
        for row, cells in rows
        for cell in dict.fromkeys(cell for cell in cells if cell and len(cell) <= _LONGEST)
        for each in _in_sentences(row, _SENTENCE.split(_NUMBER.sub("", cell)))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _in_sentences(row: int, sentences: Iterable[str]) -> Iterator[Handed]:
    for sentence in sentences:
        said = _BY_TO.search(sentence)
        if said is None or _DOUBTED.search(sentence):
            continue
        before = sentence[: said.start()]
        # what is no more than that is the title of its table: Cards issued by Star Ltd to field agents
        is_title = len(sentence) <= 2 * LONGEST_HEADING and _CARDS.fullmatch(before) is not None
        if not is_title and not (_POINTS.search(sentence) and _is_of_cards(before)):
            continue
        giver = said["giver"].strip()
        is_firm = names_firm(giver) or match_operator_name(normalize_party_name(giver)) is not None
        if not is_firm or "\n" in giver:
            continue
        taker, day = _taker(said["taker"])
        yield Handed(row, name_of_address(giver), taker, day)


_NUMBER: Final = late(r"^\s*\(?(?:[0-9]{1,2}|[a-zA-Z])[.):]\s+")
_CARDS: Final = late(r"(?:(?:sims?|cards?|lines?)\s+)*", re.IGNORECASE)


def _is_of_cards(before: str) -> bool:
    """Whether what stands before the verb is the cards of the table, and nothing that takes it back or hedges it."""
    lines = before.splitlines() or [""]
    begun = [0, *(at for at in range(1, len(lines)) if _BEGUN.fullmatch(lines[at - 1].strip()))]
    return any(_SUBJECT.fullmatch(" ".join(" ".join(lines[at:]).split()) + " ") for at in begun)


def _taker(text: str) -> tuple[str | None, str | None]:
    """Return whom a sentence names behind "to", and the day behind the name."""
    text = re.sub(r"^(?:M/s\.?|Messrs\.?|Mr\.?|Mrs\.?|Ms\.?|Shri|Smt\.?)\s+", "", text)
    end = _END_OF_NAME.search(text)
    name = text[: end.start()] if end is not None else text
    # an abbreviation in a name is no end of it (Star Pvt. Ltd. on …)
    while end is not None and end[0].strip().startswith(".") and _ABBREVIATION.search(name):
        end = _END_OF_NAME.search(text, end.start() + 1)
        name = text[: end.start()] if end is not None else text
    is_named = not (_UNNAMED.match(name) or _ROLES.fullmatch(name)) and (
        names_firm(name) or _PERSON_ALONE.fullmatch(name) is not None
    )
    if not is_named:
        return None, None
    dated = _DAY.match(text, len(name))
    day = dated["day"] if dated is not None and isinstance(parse_date(dated["day"]), DateSpan) else None
    return name, day


_ROLES: Final = late(rf"(?:[a-z-]+\s+)?(?:{_TAKERS}|staff|users|riders|drivers|members|employees)", re.IGNORECASE)
"""Persons that a text calls by what they are (field agents), in any case of letters."""
_ABBREVIATION: Final = late(r"(?:^|\s)(?:Pvt|Ltd|Co|Inc|[A-Z])$")
