"""Answers of a person to questions that files leave open: ``--set FIELD=VALUE``, for all files or for some.

``--set from=云岭`` answers wherever it is asked. With ``FILE#SHEET:`` before the field an answer holds for the files
and the sheet of these names only. ``--set date=[受理时间]`` names the column that states a field, ``--set kind=转让``
says what happened in each row, ``--set kind=云岭→[客户]`` or ``kind=退货:[客户]→云岭@[日期]`` also who gave the cards
to whom and when. ``kind=云岭→[一级]@[日期1]；[一级]→[二级]@[日期2]`` says several things of each row, and ``#[卡号]``
behind the day of which of its cards. ``--set words.补换=none`` says what a word says of its row. An answer never
overrides what a file states.

A word in a column of carriers that is no operator's name is asked about (``unknown_carrier``), never taken for one:
``carrier.WORD=no`` says that it is another party, ``yes`` that it is a carrier that no table has, and the name of an
operator whom it means.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from graphtrace.errors import UsageError
from graphtrace.identifiers import normalize_party_name, operator_from_cell
from graphtrace.ingest.acts import (
    EXCHANGE,
    NOTHING,
    fold_word,
    kind_of_word,
)
from graphtrace.ingest.cell_context import BLANKS
from graphtrace.ingest.date_orders import DATE_ORDER
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.given_back import RETURNED_BY
from graphtrace.ingest.preamble import TitleVerdict
from graphtrace.ingest.recipes.recipe_model import FIELDS
from graphtrace.ingest.row_events import ROLES
from graphtrace.ingest.row_status import IGNORE, WAY_ANSWERS, WORD_ANSWERS
from graphtrace.locale import phrase
from graphtrace.model import CARRIERS, split_table
from graphtrace.patterns import late
from graphtrace.results.reports import OpenQuestion

CARRIER_WORD: Final = "carrier."
"""Beginning of the field of such an answer; the key of the word follows."""

_NO: Final = "no"
_YES: Final = "yes"
_ANSWERS: Final = {_NO: _NO, "否": _NO, _YES: _YES, "是": _YES}
_MAX_ASKED: Final = 20
"""Maximum number of words of a sheet that are asked about, the most frequent first."""


def parse_carrier_answer(field: str, value: str) -> tuple[str, str] | None:
    """Return field and value of an answer as they are compared; ``None`` for a value that is no answer."""
    key = normalize_party_name(field.removeprefix(CARRIER_WORD))
    said = _ANSWERS.get(value.casefold()) or operator_from_cell(normalize_party_name(value))
    return (CARRIER_WORD + key, said) if said else None


def carrier_question(field: str, rows: int) -> OpenQuestion:
    """Return the question whom a word means."""
    return OpenQuestion(field=field, kind="purchase", rows=rows, choices=(_NO, *CARRIERS, _YES))


def carrier_questions(named: Mapping[str, int]) -> list[OpenQuestion]:
    """Return the questions about names by the number of rows that state less, or nothing, because of them."""
    words: Counter[str] = Counter()
    for name, rows in named.items():
        words[normalize_party_name(name)] += rows
    listed = sorted(words.items(), key=lambda found: (-found[1], found[0]))
    return [carrier_question(CARRIER_WORD + word, rows) for word, rows in listed[:_MAX_ASKED]]


class CarrierWords:
    """A person's answers about words in the columns of carriers of one sheet, by field of the answer."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._said = {field: value for field, value in answers.items() if field.startswith(CARRIER_WORD)}
        self.answered: dict[str, str] = {}
        """The answers that were used so far."""

    def key_of(self, word: str) -> str | None:
        """Return the key of the carrier that the key of a word means; ``None`` if it means none."""
        said = self._answer_about(word)
        if said is None:
            return word if operator_from_cell(word) else None
        return {_NO: None, _YES: word}.get(said, f"carrier:{said}")

    def is_party(self, word: str) -> bool:
        """Whether a person said that the word is the name of a party that is no carrier."""
        return self._answer_about(word) == _NO

    def _answer_about(self, word: str) -> str | None:
        field = CARRIER_WORD + word
        if field in self._said:
            self.answered[field] = self._said[field]
        return self._said.get(field)


NO_WORDS: Final = CarrierWords({})


RECIPE: Final = "recipe"
"""The field that answers which of several recipes a sheet is read by."""

KIND: Final = "kind"
"""The field that answers what happened in each row of a sheet that does not say it."""

YEAR: Final = "year"
"""The field that answers in which year dates are that name none."""

WORDS: Final = "words."
"""What stands before a word (words.补换) whose meaning for its row is answered."""

_HEADING: Final = late(r"\[(.+)\]").fullmatch
_SHOWN: Final = dict.fromkeys(map(ord, "␉␊␍"), " ")
"""How terminals show a line break within a heading, by the blank that headings are compared with."""

TABLE: Final = "table"
"""The field that answers whether blocks of a sheet are one table or several."""

CONFIRMED: Final = "confirmed"
"""The field that answers that a table stands on its page as it was read: by the hash of the table."""

ENCODING: Final = "encoding"
"""The field that answers in which encoding a text file is."""

ANSWERABLE: Final = frozenset(
    (*FIELDS, ENCODING, RECIPE, TABLE, CONFIRMED, YEAR, DATE_ORDER, KEEPER, RETURNED_BY, BLANKS)
)
"""Fields that an answer can be for."""

_FORM: Final = late(
    "(?:(?P<where>.*?):)??(?P<field>"
    + "|".join(sorted(ANSWERABLE))
    + r"|(?:words|carrier)\.[^=]+?)(?P<insists>!?)=(?P<value>.*)",
    re.DOTALL,
).fullmatch
"""An answer as it is typed; the first field with an equals sign after it is the one that is answered."""

_SHEET: Final = late(r"(?<!\[)#|#(?!\])")
"""The sign before the name of a sheet; ``[#]`` is one in the name of a file."""

_SIGNS: Final = late(r"[\[*?#=]")
"""Characters of the name of a file that mean something else in an answer."""


class Answer(NamedTuple):
    """An answer for one field; ``files`` is a pattern for names of files, ``sheet`` the name of a sheet.

    With ``is_insisted`` (``FIELD!=VALUE``) it counts though the sheet contradicts it.
    """

    field: str
    value: str
    files: str = "*"
    sheet: str | None = None
    is_insisted: bool = False

    def text(self) -> str:
        """Return the answer as it is written in a command."""
        sheet = "" if self.sheet is None else f"#{self.sheet}"
        where = f"{self.files}{sheet}:" if sheet or self.files != "*" else ""
        return f"{where}{self.field}{'!' if self.is_insisted else ''}={self.value}"


def word_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Return what answers say of words: a kind, which way cards went, that nothing happened, or nothing at all.

    Raises UsageError when one says anything else.
    """
    said = {name.removeprefix(WORDS): value for name, value in answers.items() if name.startswith(WORDS)}
    meanings = {word: kind_of_word(value) or value for word, value in said.items()}
    for word, meaning in meanings.items():
        if meaning not in (*WORD_ANSWERS, *WAY_ANSWERS):
            raise UsageError("bad_answer", text=f"{WORDS}{word}={meaning}", hint="answer_form")
    return meanings


def named_heading(value: str) -> str | None:
    """Return the heading of the column that an answer (``[heading]``) names as the one that states the field.

    >>> named_heading("[Returned by␊(customer)]")
    'Returned by (customer)'
    """
    found = _HEADING(value.translate(_SHOWN))
    return None if found is None else found[1]


def parse_answers(texts: Sequence[str]) -> tuple[Answer, ...]:
    """Return the answers that a person typed.

    Raises UsageError when one has no value, or a field that nothing asks for.
    """
    return tuple(answer for text in texts for answer in _sides(_parse(text)))


_HANDED: Final = late(
    r"(?:(?P<kind>[^\s:：→>]{1,20})\s*[:：]\s*)?(?P<giver>[^→>]*?)\s*(?:(?P<arrow>→|[-=]+>)\s*(?P<taker>[^→>]*?))?"
    r"(?:\s*@\s*(?P<date>\[[^\]]+\]|[0-9][^@#]*?))?(?:\s*#\s*(?P<iccid>\[[^\]]+\]))?"
    r"(?:\s*[?？]\s*(?P<where>\[[^\]]+\](?:\s*=[^;；]+)?))?"
)
_SIDES_OF: Final[Mapping[str, Mapping[str, str]]] = {
    kind: {role.side: role.name for role in roles} for kind, roles in ROLES.items() if kind != "card_list"
}
"""Fields of who stands before and behind the arrow of an answer, by the kind that it names; a list hands nothing on."""


def parse_handed(value: str) -> dict[str, str] | None:
    """Return kind, sides and day, by field, of an answer that says who gave cards to whom; ``None`` for any other.

    Without a kind both sides are needed; of a seizure or a use the person stands alone. Behind ``@`` stands the day.

    >>> parse_handed("退货：[客户] -> 云岭 @ [日期]")
    {'kind': 'return', 'from': '[客户]', 'to': '云岭', 'date': '[日期]'}
    >>> parse_handed("seizure:[Found with]"), parse_handed("registration:→[Subscriber]"), parse_handed("转让")
    ({'kind': 'seizure', 'holder': '[Found with]'}, {'kind': 'registration', 'enterprise': '[Subscriber]'}, None)
    """
    if (found := _HANDED.fullmatch(value.strip())) is None:
        return None
    kind = kind_of_word(found["kind"]) if found["kind"] else "transfer"
    names = (found["giver"], found["taker"] or "")
    fields = _SIDES_OF.get(kind or "", {})
    sides = (fields.get("sender", ""), fields.get("receiver", ""))
    if not sides[0] and not found["arrow"]:
        # who uses a card stands alone
        names = names[::-1]
    is_whole = all(names) if not found["kind"] else any(names) and (found["arrow"] or not all(sides))
    said = {side: name for side, name in zip(sides, names, strict=True) if name}
    if kind is None or not is_whole or "" in said:
        return None
    return {KIND: kind, **said, **{name: text.strip() for name in ("date", "iccid", WHERE) if (text := found[name])}}


OPEN_SIDE: Final = "…"
"""Stands in a proposed answer for a side that nothing states."""


def both_ways(side: str, on: str = "") -> tuple[str, str]:
    """Return the answers that cards went to a side and that they came back from it; ``on`` says when.

    >>> both_ways("[客户]", "@[日期]")
    ('…→[客户]@[日期]', 'return:[客户]→…@[日期]')
    """
    return f"{OPEN_SIDE}→{side}{on}", f"return:{side}→{OPEN_SIDE}{on}"


WHERE: Final = "where"
"""Of which rows a leg holds: those with a word (``[收/支]=收入``), or with a number (``[贷方发生额]``)."""
_LEGS: Final = late(r"[;；](?![^\[]*\])")


def parse_legs(value: str) -> list[dict[str, str]] | None:
    """Return kind, sides, day and column of cards of each leg that an answer says of every row; ``None`` for any other.

    Behind ``?`` stands which rows state the leg: those with a word in a column.

    >>> [leg["to"] for leg in parse_legs("云岭→[一级]@[一级日期]；[一级]→[二级]@[二级日期]")]
    ['[一级]', '[二级]']
    >>> parse_legs("return:[Customer]→A@[Received on]#[Old SIM]")[0]["iccid"], parse_legs("云岭→[客户]")
    ('[Old SIM]', None)
    >>> parse_legs("云岭→[对方]#[备注]?[收/支]=收入")[0]["where"]
    '[收/支]=收入'
    """
    legs = [parse_handed(part) for part in _LEGS.split(value.strip(" ;；"))]
    stated = [leg for leg in legs if leg is not None]
    of_cards = [leg for leg in stated if "iccid" in leg]
    is_whole = len(stated) == len(legs) and len(of_cards) in (0, len(legs))
    return stated if is_whole and (len(legs) > 1 or of_cards) else None


def _sides(answer: Answer) -> Iterable[Answer]:
    """Return an answer, that for the kind which names sides as well (kind=云岭→[客户]) as one for each of them."""
    answers = [answer]
    is_of_legs = parse_legs(answer.value) is not None
    if answer.field == KIND and not is_of_legs and (handed := parse_handed(answer.value)) is not None:
        # a side that a proposed answer leaves open is asked for
        answers = [answer._replace(field=field, value=said) for field, said in handed.items() if said != OPEN_SIDE]
    return [each._replace(value=UNKNOWN_CARRIER) if _is_no_carrier(each) else each for each in answers]


UNKNOWN_CARRIER: Final = "unknown carrier"
"""Who registered or sold cards where neither their document nor anybody says which carrier it was."""
_NOT_KNOWN: Final = late("unknown|not (?:stated|known|named)|[不未][详明知]|不知道|未写明|未知", re.IGNORECASE)


def _is_no_carrier(answer: Answer) -> bool:
    return answer.field == "carrier" and is_not_known(answer.value)


def is_not_known(value: str) -> bool:
    """Whether a person answers that nothing says it."""
    return _NOT_KNOWN.fullmatch(value.strip()) is not None


def _parse(text: str) -> Answer:
    form = _FORM(text)
    if form is None or not form["value"].strip():
        raise UsageError("bad_answer", text=text, hint="answer_form")
    files, *sheet = _SHEET.split(form["where"] or "", maxsplit=1)
    field, value = form["field"], form["value"].strip()
    if field == ENCODING and not is_encoding(value):
        raise UsageError("encoding_not_known", name=value, hint="encodings_known")
    if field.startswith(CARRIER_WORD):
        if (read := parse_carrier_answer(field, value)) is None:
            raise UsageError("bad_answer", text=text, hint="carrier_word_form")
        field, value = read
    return Answer(field, value, files or "*", sheet[0] if sheet else None, bool(form["insists"]))


_ENCODINGS: Final = late("utf-(?:8|16|32).*|gb.*|big5.*|cp[0-9]+|shift.*|euc.*|iso8859.*|koi8.*|mac.*|ascii|hz")


def is_encoding(name: str) -> bool:
    """Whether text files are read in the encoding of a name.

    >>> [is_encoding(name) for name in ("cp1251", "GBK", "shift-jis", "latin-1", "rot13", "idna", "klingon")]
    [True, True, True, True, False, False, False]
    """
    try:
        return _ENCODINGS.fullmatch(codecs.lookup(name).name.replace("_", "-")) is not None
    except (LookupError, ValueError):
        return False


def is_answerable(field: str) -> bool:
    """Whether an answer can be given for a field."""
    return field in ANSWERABLE or (field.startswith((CARRIER_WORD, WORDS)) and "=" not in field)


def pattern_of(name: str) -> str:
    """Return the pattern that fits exactly the file of this name."""
    return _SIGNS.sub(lambda sign: f"[{sign[0]}]", name)


def is_for_file(answer: Answer, file: str) -> bool:
    """Whether an answer holds for a file."""
    return fnmatchcase(file, answer.files) or file == answer.files


def answers_for_file(answers: Iterable[Answer], file: str) -> tuple[Answer, ...]:
    """Return the answers that hold for a file, the more specific last."""
    found = [answer for answer in answers if is_for_file(answer, file)]
    return tuple(sorted(found, key=lambda each: (each.files != "*", each.sheet is not None, _is_of_table(each))))


def _is_of_table(answer: Answer) -> bool:
    return split_table(answer.sheet)[1] is not None


def is_for_sheet(answer: Answer, sheet: str | None) -> bool:
    """Whether an answer holds for a sheet, or for a table in it."""
    return answer.sheet in (None, sheet, split_table(sheet)[0])


def answers_for_sheet(answers: Iterable[Answer], sheet: str | None) -> dict[str, str]:
    """Return the value of each field that is answered for a sheet."""
    return {answer.field: answer.value for answer in answers if is_for_sheet(answer, sheet)}


def insisted_fields(answers: Iterable[Answer], sheet: str | None) -> frozenset[str]:
    """Return the fields whose answer for a sheet a person insists on."""
    last = {answer.field: answer.is_insisted for answer in answers if is_for_sheet(answer, sheet)}
    return frozenset(field for field, is_insisted in last.items() if is_insisted)


def title_question(verdict: TitleVerdict, kind: str, rows: int) -> OpenQuestion:
    """Return the question whether the word of a title says what it seems to say of all rows."""
    asked = "title_denies" if verdict.is_denial else "title_means"
    asked = "title_of_exchange" if verdict.meaning == EXCHANGE else asked
    return OpenQuestion(
        field=f"{WORDS}{fold_word(verdict.word)}",
        kind=kind,
        rows=rows,
        text=phrase(asked, word=verdict.word, title=verdict.text).in_both(),
        choices=(NOTHING, IGNORE),
        is_required=verdict.meaning == EXCHANGE,
    )
