"""What a memo of seizure says in words: the case and the day above its table, the card among the traits of an article.

Police write both in sentences (FIR No. 0147/2026; Drawn on Sunday, 7 June 2026). They are taken only where the lines
name one case, or one day, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers.nobody import usual_surnames
from graphtrace.ingest.acts import casts_doubt, doubts_seizure, names_seized_person
from graphtrace.ingest.card_cells import cards_among_words, subscriber_numbers_among_words
from graphtrace.ingest.dates_and_quantities import DayOrder, parse_date, with_arabic_days
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import labelled_in, meaning_of
from graphtrace.ingest.preamble import StatedAbove, kind_of_title, rows_above
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.row_status import remark_columns
from graphtrace.ingest.sheet import TOP_ROWS, Sheet
from graphtrace.ingest.words import pattern_of, text_of
from graphtrace.model import Kind, format_day
from graphtrace.patterns import late

_CASE: Final = pattern_of("seizure_lines", "case", re.IGNORECASE)
DAY_AMONG_WORDS: Final = pattern_of("seizure_lines", "day_among_words", re.IGNORECASE)


_FROM: Final = pattern_of("seizure_lines", "from", re.ASCII)
"""The title of a list of what was taken from one."""
_FROM_CALLED: Final = pattern_of("seizure_lines", "from_called", re.ASCII)
"""The same where it calls the person one, or says whose place it was."""
_BEFORE_PERSON: Final = r"\b(?:accused|suspect|one|mr\.?|mrs\.?|ms\.?|shri|smt\.?)\s+"
_BEHIND_PERSON: Final = r"\s*,?\s*(?:[sdw]/o\b|r/o\b|aged?\b)"


def _person_of(cell: str, text: Sequence[str]) -> str | None:
    """Return the person from whom a title says that its list was seized, where the document calls him a person."""
    if _SOMEBODY_ELSE.search(cell):
        return None
    if taken := [*_FROM_CALLED.finditer(cell)]:
        named = {each["name"] for each in taken}
        return named.pop() if len(named) == 1 and not any(each["more"] or each["also"] for each in taken) else None
    found = _FROM.fullmatch(cell.strip())
    if found is None:
        return None
    name = re.escape(found["name"])
    called = re.compile(f"{_BEFORE_PERSON}{name}\\b|\\b{name}{_BEHIND_PERSON}", re.IGNORECASE)
    return found["name"] if any(map(called.search, text)) else None


_CALLED: Final = pattern_of("seizure_lines", "called")
"""A person whose father or age a sentence says."""
_TAKEN: Final = pattern_of("seizure_lines", "taken", re.IGNORECASE)
_SOMEBODY_ELSE: Final = pattern_of("seizure_lines", "somebody_else", re.IGNORECASE)
"""Found in clauses that name somebody from whom nothing was taken, or not now."""
_PRESENT: Final = late(r"\b(?:presence|owned|let(?: out)?)\b", re.IGNORECASE)
"""Found before the name of somebody from whom nothing was taken."""
_OF_ELSE: Final = pattern_of("seizure_lines", "of_else", re.IGNORECASE)
"""Found in clauses whose day is that of something else."""
_CLAUSE: Final = late(r"(?<!\bM[rs])(?<!\bMrs)(?<!\bNo)(?<!\bSmt)(?<!\bd[Tt])(?<!\bD[Tt])(?<!\b[A-Za-z])[.;]\s+")


def persons_searched(line: str) -> set[str]:
    """Return the persons from whom, or at whose place, a line says that articles were taken.

    >>> persons_searched("Part A. Place: Flat 302, Indore, in possession of Devendra s/o Kailash Solanki, age 33.")
    {'Devendra s/o Kailash Solanki'}
    >>> persons_searched("Panch: 1. Mohanlal Chourasia, age 44, Vijay Nagar")
    set()
    """
    if _SOMEBODY_ELSE.search(line) is not None:
        return set()
    clauses = [clause for clause in _CLAUSE.split(line) if _TAKEN.search(clause)]
    named = [(found, clause) for clause in clauses for found in _CALLED.finditer(clause)]
    return {found["name"] for found, clause in named if _PRESENT.search(clause[: found.start()]) is None}


def part_holders(sheet: Sheet) -> None:
    """Put the person whom the line above a part of a list of seized articles names into a column behind the last one.

    Below another line the articles are somebody else's, or nobody's who is known.
    """
    lines = [(row, lone[0]) for row, cells in sheet.head_rows if len(lone := _lone(cells)) == 1]
    header = next((row for row, cells in sheet.head_rows if row and _may_be_headings(cells)), None)
    if header is None:
        return
    headings = dict(sheet.head_rows)[header]
    if any(cell and field_of_heading(normalize_heading(cell)) == "holder" for cell in headings):
        return
    named = [*dict.fromkeys(name for row, line in lines if row < header for name in sorted(persons_searched(line)))]
    first = named[0] if len(named) == 1 else None
    if first is None and not any(len(persons_searched(line)) == 1 for row, line in lines if row > header):
        return
    last, holder = header, first

    def with_holder(row: int, cells: Sequence[str | None]) -> list[str | None]:
        nonlocal last, holder
        # the rows are read more than once
        last, holder = row, first if row <= last else holder
        lone = _lone(cells)
        if row > header and len(lone) == 1:
            persons = persons_searched(lone[0])
            holder = persons.pop() if len(persons) == 1 else None
        is_article = row > header and len(lone) > 1 and list(cells) != headings
        title = "Seized from" if row == header else None
        return [*cells, holder if is_article else title]

    sheet.make({"holder": sheet.width}, header, with_holder)


_SURNAMED: Final = f"[{usual_surnames()}][㐀-鿿]{{1,2}}"
_KIN: Final = (
    "同住|合租|室友|舍友|妻|丈夫|老婆|老公|爱人|配偶|父|母|儿子|女儿|兄|弟|姐|妹|女友|男友|朋友|房东|房客|同事|同案|同伙|他人|另一|司机"
    "|员工|老板|某"
)
_OTHERS_PLACE: Final = (
    "的?(?:随身|处|身上|手[中里上提]|[挎背提]?包|衣|口袋|家|住|暂住|租|车|店|宿舍|办公|卧室|房|床"
    "|所有|持有|使用|保管|交)"
)
_HELD_BY: Final = late(
    rf"(?:持有人|被扣押人|被搜查人)(?:为|是|系|[:：])?(?P<name>{_SURNAMED})(?=$|[,，。;；\s(（])"
    rf"|(?:从|自)(?:{_KIN}|[人者]){{0,3}}(?P<from>{_SURNAMED}?)"
    rf"(?={_OTHERS_PLACE}[^,，。;；]{{0,12}}(?:查获|扣押|起获|搜出|缴获|搜查|提取))"
    r"|\b(?i:(?:seized|recovered|taken|confiscated) from|found (?:on|with)|held by|possession of|holder(?: is|:)?)\s+"
    r"(?P<called>[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){1,3})(?=$|\s*[.,;(]|\s+(?:at|in|on|during)\b)"
)
"""From whom, or as whose holder, a remark says that an article was taken."""
_OF_OTHERS: Final = late(
    rf"{_KIN}|(?:从|在|于|自|向|由|经|系|为|是|[:：]|[持所]有人)(?!其|本人|随身)[^,，。;；]{{0,6}}?{_SURNAMED}?{_OTHERS_PLACE}"
    rf"|(?:持有人|所有人|物主|[归属系])(?:为|是|系|于|[:：])?{_SURNAMED}"
    r"|\b(?i:wife|husband|brother|sister|son|daughter|father|mother|friend|girlfriend|boyfriend|flat-?mate|room-?mate"
    r"|house-?mate|co-?accused|landlord|another|someone|somebody|belong\w*|owned|holder)\b"
    r"|\b(?i:from|with|of)\s+(?:(?i:mr|mrs|ms|one|accused|suspect)\.?\s+[A-Z]\w+|[A-Z]\w+ [A-Z]\w+)"
)
"""Found in remarks that may name somebody else than the lines above a list do."""


_SEIZED_SO: Final = "(?:查获|扣押|起获|搜出|缴获|搜查|收缴|查扣|提取)"
_ON_DAY: Final = late(rf"(?P<day>20[0-9]{{2}}年[0-9]{{1,2}}月[0-9]{{1,2}}日)(?P<between>[^。；;]*?){_SEIZED_SO}")
_OWN_OF: Final = late(
    rf"(?:持有人|嫌疑人|被扣押人|被搜查人|被查获人|当事人|涉案人员?|(?<![自跟])从|对|扣押|查获)(?:为|是|系|[:：])?(?P<name>{_SURNAMED}?)"
    rf"(?=(?:{_OTHERS_PLACE}|的?(?:下列|以下|涉案|作案))[^。；;]*?{_SEIZED_SO}|(?:{_OTHERS_PLACE}|的?(?:下列|以下|涉案|作案)).{{0,12}}(?:物品|财物|卡))"
)
_CAUGHT: Final = late(rf"(?:将|嫌疑人)(?P<name>{_SURNAMED}?)(?=抓获|查获|控制)[^。；;]*[从在]其[^。；;]*{_SEIZED_SO}")
_SENTENCE: Final = late(r"[。；;\n]")
_NOT_SEIZED: Final = pattern_of("seizure_lines", "not_seized")
_UNOWNED: Final = pattern_of("seizure_lines", "unowned")
"""Found in lines of which the listed articles, or others, were on nobody when they were found."""


def told_in_chinese(line: str) -> tuple[set[str], set[str]]:
    """Return the days on which, and the persons from whom, the sentences of a line say that articles were seized.

    >>> told_in_chinese("2024年1月18日，侦查人员对持有人陈伟强持有的下列物品予以扣押。")
    ({'2024年1月18日'}, {'陈伟强'})
    >>> told_in_chinese("现于2024年1月18日扣押陈伟强下列物品"), told_in_chinese("2024年1月18日立案，从张三、李四处查获")
    (({'2024年1月18日'}, {'陈伟强'}), (set(), set()))
    >>> told_in_chinese("二〇二四年一月十八日从陈伟强之妻吴倩处扣押")
    ({'2024年1月18日'}, set())
    >>> told_in_chinese("2024年1月18日前扣押"), told_in_chinese("2024年1月18日，未从张三处扣押任何物品")
    ((set(), set()), (set(), set()))
    >>> told_in_chinese("2024年1月18日从张三处扣押钥匙；以下卡片系路边捡获")
    ({'2024年1月18日'}, set())
    """
    days, persons = set[str](), set[str]()
    for sentence in _SENTENCE.split(with_arabic_days(line)):
        if _NOT_SEIZED.search(sentence):
            continue
        on_days = [each for each in _ON_DAY.finditer(sentence) if not _NO_DAY.search(each["between"])]
        days |= {each["day"] for each in on_days if not _OF_ELSE.search(each["between"])}
        if not re.search(_KIN, sentence) and not _UNOWNED.search(line):
            persons |= {each["name"] for pattern in (_OWN_OF, _CAUGHT) for each in pattern.finditer(sentence)}
    return days, persons


_NO_DAY: Final = pattern_of("seizure_lines", "no_day")
"""Found behind a day before which, or from which on, something was seized."""


class SeizurePart(NamedTuple):
    """The day on which the articles of a numbered part were seized, and where, as far as its heading says one place."""

    day: str
    place: str | None


_ORDINAL: Final = pattern_of("seizure_lines", "ordinal")
_COUNTER: Final = late("[一二三四五六七八九十]+|[0-9]+|[A-Z](?![a-z])|[IVX]+(?![a-z])")
_FULL_DAY: Final = pattern_of("seizure_lines", "full_day")
_PERIOD_BEHIND: Final = late(r"\s*(?:[至到~～—–-]|to\b|until\b)\s*[0-9]")
_BETWEEN: Final = " \t\u3000,，、:：;；。.-–—"
_EMPTY_BRACKETS: Final = late(r"[(（]\s*[)）]")
_PLACE: Final = pattern_of("seizure_lines", "place")
_NOT_ON_DAY: Final = pattern_of("seizure_lines", "not_on_day")
"""Found behind or before a day on which nothing need have happened: what did, did so before, after or about it."""
_OTHER_ACT: Final = pattern_of("seizure_lines", "other_act")
"""Found in headings whose day may be that of another act than a seizure."""
_SEVERAL_PLACES: Final = pattern_of("seizure_lines", "several_places", re.IGNORECASE)


def heading_of_part(line: str) -> SeizurePart | None:
    """Return day and place of the numbered heading of a part of a list of seized articles; ``None`` for other lines.

    >>> heading_of_part("一、2025年5月20日，坤达数码店（学府街22号）")
    SeizurePart(day='2025年5月20日', place='坤达数码店（学府街22号）')
    >>> heading_of_part("二、何秋生住处及其他地点（二〇二五年五月二十一日）")
    SeizurePart(day='2025年5月21日', place=None)
    >>> heading_of_part("Part B: Flat 302, 12 June 2025"), heading_of_part("三、2025年5月19日接报案")
    (SeizurePart(day='12 June 2025', place='Flat 302'), None)
    >>> heading_of_part("一、2025年5月20日前，学府街22号"), heading_of_part("Part C: Purchased at shop, 12 June 2025")
    (None, None)
    """
    number = _ORDINAL.match(line)
    rest = "" if number is None else with_arabic_days(line[number.end() :])
    days = [*_FULL_DAY.finditer(rest)] or [*DAY_AMONG_WORDS.finditer(rest)]
    if len(days) != 1 or _PERIOD_BEHIND.match(rest, days[0].end()):
        return None
    said = _EMPTY_BRACKETS.sub(
        "", rest[: days[0].start()].rstrip(_BETWEEN) + "，" + rest[days[0].end() :].lstrip(_BETWEEN)
    )
    said = said.strip(_BETWEEN)
    if any(each.search(said) for each in (_OF_ELSE, _NOT_SEIZED, _SOMEBODY_ELSE, _OTHER_ACT)):
        return None
    if _NOT_ON_DAY.search(rest[days[0].end() :]) or _NOT_ON_DAY.search(rest[: days[0].start()]):
        return None
    is_place = _PLACE.search(said) is not None
    if said and not is_place and not re.search(_SEIZED_SO, said):
        return None
    is_one = is_place and not (_SEVERAL_PLACES.search(said) or re.search(_SEIZED_SO, said))
    written = written_day(days[0]) if "numbers" in days[0].groupdict() else days[0][1]
    return SeizurePart(written, said if is_one else None)


def holder_of_remark(text: str, above: str) -> str | None:
    """Return who held the article of a row by its remark, beside the holder ``above``; empty where that is not sure.

    ``None`` where the remark says nothing of it.

    >>> [holder_of_remark(text, "何俊峰") for text in ("从同住人吴倩手提包内查获", "从吴倩处查获", "随身携带")]
    ['吴倩', '吴倩', None]
    >>> [holder_of_remark(text, "何俊峰") for text in ("室友的", "系吴倩所有", "从吴倩、李四处查获", "插于编号1手机内")]
    ['', '', '', None]
    >>> [holder_of_remark(text, "Ann Okoro") for text in ("Recovered from Musa Kamau", "his wife's bag", "on bed")]
    ['Musa Kamau', '', None]
    """
    if named := {name for found in _HELD_BY.finditer(text) for name in found.groups() if name}:
        is_sure = len(named) == 1 and not doubts_seizure(text) and not _BESIDE.match(text.partition(max(named))[2])
        return named.pop() if is_sure else ""
    rest = text.replace(above, "")
    return "" if _OF_OTHERS.search(rest) else above if rest != text else None


def may_name_holder(remark: str) -> bool:
    """Whether a remark may say who held the article of its row."""
    return holder_of_remark(remark, "\0") is not None


def part_remarked(sheet: Sheet, holder: str, number: str | None) -> dict[str, str]:
    """Put the holder of each row into a column behind the last one, where a remark of some row names somebody else.

    Return the headings of what was made, by field.

    ``holder`` is the person above the table, ``number`` the one of this person, which is nobody else's.
    """
    for header, headings in sheet.head_rows:
        if not _may_be_headings(headings):
            continue
        columns = remark_columns([cell or "" for cell in headings], [at for at, cell in enumerate(headings) if cell])
        below = [cells for row, cells in sheet.head_rows if row > header]
        texts = {text for cells in below for at in columns if (text := cells[at])}
        is_whole = len(sheet.head_rows) < TOP_ROWS
        if not columns or (is_whole and all(holder_of_remark(text, holder) in (None, holder) for text in texts)):
            return {}

        def held(cells: Sequence[str | None], columns: Sequence[int] = tuple(columns)) -> str | None:
            said = {
                who for at in columns if (text := cells[at]) and (who := holder_of_remark(text, holder)) is not None
            }
            return holder if not said else said.pop() if len(said) == 1 else None

        def with_holder(row: int, cells: Sequence[str | None], header: int = header) -> list[str | None]:
            is_article = row > header and len(_lone(cells)) > 1
            return [*cells, _MADE["holder"] if row == header else (held(cells) or None) if is_article else None]

        def with_number(row: int, cells: Sequence[str | None], header: int = header) -> list[str | None]:
            is_holder = row > header and cells[-1] == holder
            return [*cells, _MADE["holder_id"] if row == header else number if is_holder else None]

        sheet.make({"holder": sheet.width}, header, with_holder)
        if number is not None:
            sheet.make({"holder_id": sheet.width}, header, with_number)
        sheet.holder_above = holder
        return {field: heading for field, heading in _MADE.items() if field in sheet.made}
    return {}


_USES: Final = late(
    f"(?:{_SURNAMED}?|其)(?:本人|自己)?(?:用[于来]?|一直|平时|日常|在|实际|[于自][^,，。;；]{{0,8}}?)?(?:上网|通话|联系)?使用"
    f"|使用[人者](?:为|是|系|[:：])?{_SURNAMED}"
    r"|\b(?i:in use by|used by)\s+(?:(?i:the\s+|(?:his|her|their)\s+[a-z]+(?:-[a-z]+)*\s+)?"
    r"[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}|(?i:him|her|accused|suspect)\b)"
    r"|\b(?i:using|used|uses)\s+(?i:it|the\s+(?:card|line|sim|number))\s+(?i:himself|herself)\b"
)
_SAID: Final = pattern_of("seizure_lines", "said", re.IGNORECASE)
_UNSURE: Final = pattern_of("seizure_lines", "unsure", re.IGNORECASE)
_PART_OF_REMARK: Final = late(r"[,，。;；]|\.\s")
USER_REMARKED: Final = "user_remarked"
"""Reason of a remark naming who used a seized card, and no day of that use, not being recorded as a use."""
USER_TOLD: Final = "user_told"
"""The same where it is somebody's statement that the remark quotes."""


def user_remarked(remark: str) -> str | None:
    """Return the reason for which a remark that plainly says who used a seized card is kept as quoted.

    ``None`` where it says nothing of it, or something else besides that may speak against its row.

    >>> [user_remarked(text) for text in ("插于红米手机，韦立冬使用", "苏远供述由其本人上网使用", "Used by A. Kamau")]
    ['user_remarked', 'user_told', 'user_remarked']
    >>> [user_remarked(text) for text in ("未使用", "韦立冬使用，已发还", "车间使用", "插于手机")]
    [None, None, None, None]
    """
    parts = _PART_OF_REMARK.split(remark)
    rest = "，".join(part for part in parts if not _USES.search(part))
    if not any(map(_USES.search, parts)) or casts_doubt(rest) or _UNSURE.search(remark):
        return None
    return USER_TOLD if _SAID.search(remark) else USER_REMARKED


_MADE: Final = {"holder": "Seized from", "holder_id": "Holder ID No"}


def names_holder_alone(line: str, holder: str) -> bool:
    """Whether a line tells that articles were taken from one person, whose name is known, and nothing against it.

    >>> [names_holder_alone(f"对嫌疑人{name}持有的物品予以扣押", "胡建军") for name in ("胡建军", "胡建军、王五")]
    [True, False]
    """
    before, name, behind = line.partition(holder)
    is_alone = bool(name) and not _BESIDE.search(before[-1:]) and not _BESIDE.match(behind)
    is_told = names_seized_person(line) or told_in_chinese(line)[1] == {holder}
    return is_alone and is_told and not doubts_seizure(NUMBERED.sub("", line))


NUMBERED: Final = late(r"\bNos?(?:\.\s*[0-9A-Z]|\s*[0-9])", re.IGNORECASE)
_BESIDE: Final = late(r"\s*(?:[、/&和及与]|(?:and\b|[,，])\s*(?!aged?\b|[0-9]|[sdw]/o\b|r/o\b|[男女]|身份证)[^\s0-9])")

_WITH_DAY: Final = late("(?:&|and|/|with)(?:date|dt)[.]?$")


class ToldOfPart(NamedTuple):
    """From whom, when and where a sentence says that the articles below it were taken, and the number of the person."""

    holder: str | None
    day: str | None
    place: str | None
    holder_id: str | None = None


_TAKEN_FROM: Final = pattern_of("seizure_lines", "taken_from")
"""The clause by which what stands below a sentence was taken from somebody."""
_PART_DENIED: Final = pattern_of("seizure_lines", "part_denied", re.IGNORECASE)
"""Found before it where nothing was taken then, or nothing but words and copies, or where somebody claims it."""
_PERSON_TAKEN_FROM: Final = pattern_of("seizure_lines", "person_taken_from")
"""The person behind it, with what may stand behind the name of one."""
_PRONOUN: Final = pattern_of("seizure_lines", "pronoun")
_PERSON_BEFORE: Final = pattern_of("seizure_lines", "person_before")
"""Somebody whom a sentence names by what he is where articles were taken."""
_MAY_BE_PERSON_BEFORE: Final = pattern_of("seizure_lines", "may_be_person_before")
_KIN_BEFORE: Final = pattern_of("seizure_lines", "kin_before", re.IGNORECASE)
_PLACE_TAKEN_AT: Final = pattern_of("seizure_lines", "place_taken_at")


_BY_LAW: Final = late(text_of("seizure_lines", "by_law").replace("SURNAMED", _SURNAMED))
"""The sentence of an inventory by which the articles below it are seized, in full."""


def seized_by_law(line: str) -> ToldOfPart | None:
    """Return what the sentence says by which a Chinese inventory seizes the articles below it; ``None`` for any other.

    >>> seized_by_law("根据《刑事诉讼法》第一百四十一条，于2025年4月22日在江湾小区7幢，对庞俊持有的下列物品予以扣押：")
    ToldOfPart(holder='庞俊', day='2025年4月22日', place='江湾小区7幢', holder_id=None)
    >>> seized_by_law("于2025年4月22日在义乌市江湾小区7幢，对庞俊、张三持有的下列物品予以扣押：")
    """
    found = _BY_LAW.fullmatch(with_arabic_days(line).strip())
    return None if found is None else ToldOfPart(found["name"], found["day"], found["place"], found["id"])


def told_of_part(line: str) -> ToldOfPart | None:
    """Return from whom, when and where the articles below a sentence were taken; ``None`` for any other line.

    A pronoun is the person whom the sentence names before it, where it names nobody else.

    >>> told_of_part("On 3 May 2026 at about 0540 hrs at House 14, Nairobi, recovered from JOHN M. DOE:")
    ToldOfPart(holder='JOHN M. DOE', day='3 May 2026', place='House 14, Nairobi', holder_id=None)
    >>> told_of_part("At Stall 2, in the presence of the occupant Ann Doe (ID 304188), these were seized from her:")
    ToldOfPart(holder='Ann Doe', day=None, place='Stall 2', holder_id='304188')
    >>> told_of_part("In presence of the occupant Ann Doe and PC Musa Ali the following were taken from her:").holder
    >>> told_of_part("On 3 May 2026 recovered from Ann Doe and Musa Ali:")
    ToldOfPart(holder=None, day='3 May 2026', place=None, holder_id=None)
    >>> told_of_part("On 3 May 2026 not seized from Ann Doe:")
    >>> told_of_part("On 3 May 2026 items to be seized from Ann Doe:")
    """
    head = _TAKEN_FROM.search(line)
    if head is None or doubts_seizure(NUMBERED.sub("", line[: head.end()])):
        return None
    if _PART_DENIED.search(DAY_AMONG_WORDS.sub("@", line[: head.end()])):
        return None
    days = {written_day(day) for day in DAY_AMONG_WORDS.finditer(line)}
    is_day = len(days) == 1 and not isinstance(parse_date(min(days)), str)
    places = [*_PLACE_TAKEN_AT.finditer(line, 0, head.start())]
    place = places[0]["place"].rstrip(" ,") if len(places) == 1 else None
    person = _PERSON_TAKEN_FROM.match(line, head.end())
    if person is None and _PRONOUN.match(line, head.end()) is not None:
        before = line[: head.start()] if place is None else line[: head.start()].replace(place, "")
        named = [*_PERSON_BEFORE.finditer(before)]
        others = named and _MAY_BE_PERSON_BEFORE.search(DAY_AMONG_WORDS.sub("", before.replace(named[0][0], "")))
        person = named[0] if len(named) == 1 and not others and _KIN_BEFORE.search(before) is None else None
    if person is not None and _PLACE.search(person["name"]):
        person = None
    day = min(days) if is_day else None
    return ToldOfPart(None, day, place) if person is None else ToldOfPart(person["name"], day, place, person["id"])


_WHERE_FOUND: Final = pattern_of("seizure_lines", "where_found")
"""A comparable heading of where at the place of a seizure an article was found."""


def _comma_of(text: str) -> str:
    return "，" if re.search("[㐀-鿿]", text) else ", "


def part_places(sheet: Sheet, place: str) -> None:
    """Put the place above a list of seized articles before where in it each was found, in a column behind the last."""
    for header, headings in sheet.head_rows:
        found_at = [at for at, cell in enumerate(headings) if cell and _WHERE_FOUND.fullmatch(normalize_heading(cell))]
        if not _may_be_headings(headings) or len(found_at) != 1:
            continue

        def with_place(
            row: int, cells: Sequence[str | None], header: int = header, column: int = found_at[0]
        ) -> list[str | None]:
            if row < header or len(_lone(cells)) < 2:
                return [*cells, None]
            others = [*cells[:column], None, *cells[column + 1 :]]
            if row == header:
                return [*others, "Place"]
            found = cells[column] or ""
            is_whole = _PLACE.search(found) is not None and any(map(str.isdigit, found))
            told = found if is_whole or not found else _comma_of(place).join((place, found))
            return [*others, told or place]

        sheet.make({"place": sheet.width}, header, with_place)
        return


def part_case_days(sheet: Sheet) -> None:
    """Put the day that stands behind the number of a case (OB No. & Date) into a column behind the last one."""
    for row, cells in sheet.head_rows:
        for column, cell in enumerate(cells):
            heading = normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else ""
            if _WITH_DAY.search(heading) is None or field_of_heading(_WITH_DAY.sub("", heading)) != "case_no":
                continue
            title = f"{cell}: date"

            def with_day(
                at: int, below: Sequence[str | None], header: int = row, column: int = column, title: str = title
            ) -> list[str | None]:
                days = [*_LAST_DAY.finditer(below[column] or "")] if at > header else []
                return [*below, title if at == header else days[0]["day"] if len(days) == 1 else None]

            sheet.make({"date": sheet.width}, row, with_day)
            return


_LAST_DAY: Final = late(r"(?<![0-9])(?P<day>[0-9]{1,2}(?P<sep>[-/.])[0-9]{1,2}(?P=sep)(?:20)[0-9]{2})\s*$")


def _lone(cells: Sequence[str | None]) -> list[str]:
    """Return the different texts of a row."""
    return [*dict.fromkeys(cell for cell in cells if cell)]


def _may_be_headings(cells: Sequence[str | None]) -> bool:
    texts = _lone(cells)
    return len(texts) > 2 and not any(len(text) > LONGEST_HEADING or re.search("[0-9]{3}", text) for text in texts)


def stated_of_seizure(
    rows: Iterable[tuple[int, Sequence[str | None]]], text: Sequence[str] = (), order: DayOrder | None = None
) -> list[StatedAbove]:
    """Return the case, the day and the person that the lines above a list of seized articles state.

    ``text`` are all lines of the document, ``order`` that in which it states day and month.
    """
    holders: dict[str, StatedAbove] = {}
    cases: dict[str, StatedAbove] = {}
    entries: dict[str, StatedAbove] = {}
    days: dict[str, int] = {}
    sentences: dict[ToldOfPart, int] = {}
    rows = _without_former_parts([*rows])
    for row, cells in rows:
        for cell in dict.fromkeys(cell for cell in cells if cell):
            if (person := _person_of(cell, text)) is not None:
                holders.setdefault(person, StatedAbove("holder", person, row))
            days_told, persons_told = told_in_chinese(cell)
            days |= dict.fromkeys(days_told, row)
            for person in persons_told:
                holders.setdefault(person, StatedAbove("holder", person, row))
            if (told := told_of_part(cell) or seized_by_law(cell)) is not None:
                sentences[told] = row
            for case in _CASE.finditer(cell):
                # the entry in an occurrence book is the case where no case has a number of its own
                of_kind = entries if case["entry"] else cases
                of_kind.setdefault(case["number"].casefold(), StatedAbove("case_no", case["number"], row))
    cases = cases or entries
    told, at = next(iter(sentences.items())) if len(sentences) == 1 else (ToldOfPart(None, None, None), 0)
    if told.holder is not None and holders.keys() <= {told.holder}:
        holders[told.holder] = StatedAbove("holder", told.holder, at)
    persons = [*holders.values()] if len(holders) == 1 else []
    if told.holder_id is not None and [*holders] == [told.holder]:
        persons.append(StatedAbove("holder_id", told.holder_id, at))
    day = day_above(rows, "seizure", order)
    if day is None and len(days) == 1:
        ((written, row),) = days.items()
        day = StatedAbove("date", written, row, frozenset({"seizure"}))
    part = part_above(rows)
    place = None if told.place is None else StatedAbove("place", told.place, at)
    if part is not None:
        row, heading = part
        when = parse_date(heading.day, order=order)
        written = heading.day if isinstance(when, str) else format_day(when.earliest)
        day = StatedAbove("date", written, row, frozenset({"seizure"}))
        place = None if heading.place is None else StatedAbove("place", heading.place, row)
    return [*persons, *(cases.values() if len(cases) == 1 else ()), *filter(None, (day, place))]


def part_above(rows: Sequence[tuple[int, Sequence[str | None]]]) -> tuple[int, SeizurePart] | None:
    """Return the last numbered heading of a part among the lines above a list of seized articles, with its row."""
    for row, cells in reversed(rows):
        lone = _lone(cells)
        if len(lone) == 1 and (heading := heading_of_part(lone[0])) is not None:
            return row, heading
    return None


def _without_former_parts(
    rows: Sequence[tuple[int, Sequence[str | None]]],
) -> list[tuple[int, Sequence[str | None]]]:
    """Return the rows above a list without those of parts with a day, up to the next that is numbered alike."""
    kept: list[tuple[int, Sequence[str | None]]] = []
    begun: dict[str, int] = {}
    for row, cells in rows:
        lone = _lone(cells)
        if len(lone) == 1 and (number := _ORDINAL.match(lone[0])) is not None:
            way = _COUNTER.sub("#", number[0].strip())
            if way in begun:
                del kept[begun.pop(way) :]
                begun = {other: at for other, at in begun.items() if at < len(kept)}
            if heading_of_part(lone[0]) is not None:
                begun[way] = len(kept)
        kept.append((row, cells))
    return kept


def share_head(tables: Sequence[Sheet]) -> None:
    """Have further tables of a document know the title and the case that stand once above its lists of seizures.

    A title holds for a table above which nothing stands but of which part it is, or whose articles, when and where; a
    case for every one of seized articles that names none.
    """
    heads = [rows_above(table) for table in tables] if len(tables) > 1 else []
    titles: list[str] = []
    cases: dict[str, str] = {}
    seen: set[str] = set()
    for table, rows in zip(tables, heads, strict=False):
        lines = [line for _, cells in rows for line in _lone(cells)]
        stated = [each for _, cells in rows for each in labelled_in(cells)]
        own = {each.value: f"{each.label}：{each.value}" for each in stated if meaning_of(each.heading) == "case_no"}
        own = {each["number"]: line for line in lines for each in _CASE.finditer(line) if not each["entry"]} or own
        parts = [line for line in lines if line not in seen]
        is_part = bool(titles and parts) and (all(map(_is_of_part, parts)) or any(map(told_of_part, parts)))
        told = titles if is_part else []
        is_seized = is_part or any(_OF_SEIZED.search(text) for text in (*lines, *_headings_of(table, rows)))
        told = [*told, *(cases.values() if len(cases) == 1 and is_seized and not own else ())]
        table.head_rows = [*((0, [line, *[None] * (table.width - 1)]) for line in told), *table.head_rows]
        if kind_of_title(rows) is not None:
            title = kind_of_title(rows)
            titles = [title.value] if title is not None and "seizure" in title.kinds else []
        cases |= own
        seen |= {*lines}


_OF_SEIZED: Final = late("扣押|查获|查扣|缴获|收缴|起获|seiz|confiscat|exhibit|recovered", re.IGNORECASE)
_OF_PART: Final = frozenset({"date", "holder", "holder_id", "place", "case_no"})


def _is_of_part(line: str) -> bool:
    """Whether a line says of which part a table is, or whose articles it lists, when and where they were seized."""
    stated = labelled_in([line])
    is_labelled = bool(stated) and all(meaning_of(each.heading) in _OF_PART for each in stated)
    return is_labelled or heading_of_part(line) is not None


def _headings_of(table: Sheet, above: Sequence[tuple[int, Sequence[str | None]]]) -> list[str]:
    """Return the texts of the first row of a table below the rows above it."""
    return _lone(table.head_rows[len(above)][1]) if len(above) < len(table.head_rows) else []


def day_above(
    rows: Iterable[tuple[int, Sequence[str | None]]], kind: Kind, order: DayOrder | None = None
) -> StatedAbove | None:
    """Return the one day that the lines above a list name, as that of what its rows state."""
    days: dict[object, StatedAbove] = {}
    own: set[object] = set()
    for row, cells in rows:
        line = "  ".join(dict.fromkeys(filter(None, cells)))
        found = [(clause, day) for clause in _CLAUSE.split(line) for day in DAY_AMONG_WORDS.finditer(clause)]
        for clause, day in found:
            when = parse_date(written_day(day), order=order)
            written = written_day(day) if isinstance(when, str) else format_day(when.earliest)
            days.setdefault(when, StatedAbove("date", written, row, frozenset({kind})))
            own |= {when} if kind != "seizure" or _may_be_of_seizure(clause, day) else set()
    is_one = len(days) == 1 and bool(own) and not any(isinstance(day, str) for day in days)
    return next(iter(days.values())) if is_one else None


_NEVER_TAKEN: Final = pattern_of("seizure_lines", "never_taken", re.IGNORECASE)
"""Found in clauses by which nothing, or nothing that lists tell of, was taken."""


def _may_be_of_seizure(clause: str, day: re.Match[str]) -> bool:
    """Whether a clause of a list of seized articles does not say that its day is that of something else."""
    taking = _TAKEN.search(clause, day.end())
    said = clause[: day.start()] + (clause[day.end() : taking.end()] if taking else "")
    if _PART_DENIED.search(said) or _NEVER_TAKEN.search(said):
        return False
    *taken, before = _TAKEN.split(clause[: day.start()])
    if _OF_ELSE.search(before) is not None:
        return False
    return bool(taken) or _TAKEN.search(clause) is not None or _OTHER_ACT.search(clause) is None


def written_day(day: re.Match[str]) -> str:
    """Return a day that a line names among words as a cell would write it."""
    if day["numbers"]:
        return day["numbers"]
    return f"{day['day'] or day['day_last']} {day['month'] or day['month_first']} {day['year'] or day['year_last']}"


_TRAITS: Final = pattern_of("seizure_lines", "traits")


def is_of_traits(heading: str) -> bool:
    """Whether a comparable heading is that of the traits of seized articles, among which the number of a card stands.

    >>> [is_of_traits(heading) for heading in ("特征", "卡号/特征", "规格型号及特征", "卡号")]
    [True, True, True, False]
    """
    return _TRAITS.fullmatch(heading) is not None


def traits_with_cards(
    top: Sequence[tuple[int, Sequence[str | None]]], table: Mapping[str, tuple[str, ...]], *, is_of_seizures: bool
) -> dict[str, tuple[str, ...]]:
    """Return the heading of traits that name the cards of seized articles; empty where another heading names cards.

    ``top``: the first filled rows of a sheet.
    ``table``: fields of headings.
    ``is_of_seizures``: whether it is a list of seized articles; otherwise a heading of the day of a seizure says so.
    """
    for at, (_, cells) in enumerate(top):
        headings = [normalize_heading(cell or "") for cell in cells]
        if any({"iccid", "iccid_first"} & {*table.get(heading, ())} for heading in headings):
            return {}
        if not is_of_seizures and not any("seizure" in (events_of_date(heading) or ()) for heading in headings):
            continue
        for column, heading in enumerate(headings):
            below = [text for _, row in top[at + 1 :] if column < len(row) and (text := row[column])]
            if is_of_traits(heading) and any(
                cards_among_words(text) or subscriber_numbers_among_words(text) for text in below
            ):
                return {heading: ("iccid",)}
    return {}


_OF_PERSONS: Final = late("name|person|whom|whose|with|from|possess|suspect|[人谁]")
_OF_OFFICERS: Final = pattern_of("seizure_lines", "of_officers")
_MAY_BE_PERSON: Final = late(r"[A-Z][\w.'-]*(?: [A-Za-z][\w.'/-]*){1,5}|[\u4e00-\u9fff·]{2,6}")


def may_hold_persons(heading: str, texts: Sequence[str]) -> bool:
    """Whether a column of a list of what was seized may name from whom, though its heading is not understood.

    >>> [may_hold_persons(heading, ["Otieno Odhiambo"]) for heading in ("personconcerned", "seizedby", "brand")]
    [True, False, False]
    """
    is_of_persons = _OF_PERSONS.search(heading) is not None and _OF_OFFICERS.search(heading) is None
    return is_of_persons and bool(texts) and all(map(_MAY_BE_PERSON.fullmatch, texts))
