"""Prove registrant, hops, holder, user and counts of a saved trace of graphtrace from its sources, without graphtrace.

    python prove.py ANSWER.json FOLDER [-v]

ANSWER.json is an answer of ``trace``; FOLDER holds the sources, each named by its SHA-256, at any depth. Workbooks
need openpyxl. Each sentence is ``proved``, ``not checked`` or ``NOT PROVED``, with reason, file and row. Exit: 0 where
nothing is NOT PROVED, 1 where something is, 2 where answer or folder cannot be read. The answer says in ``rests_on``
which column is which field; all else is read here anew, by this program's own rules. It never calls proved what it
does not understand, and cannot say whether what documents state is true.
"""

from __future__ import annotations

import bisect
import csv
import hashlib
import io
import itertools
import json
import re
import sys
import unicodedata
from collections import Counter, namedtuple
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

PROVED, NOT_CHECKED, NOT_PROVED = "proved", "not checked", "NOT PROVED"
CARRIERS = {  # their usual names, the words that name them, and how their numbers begin
    "china-mobile": ("中国移动", "移动|china mobile|cmcc", "898600 898602 898604 898607 898608"),
    "china-unicom": ("中国联通", "联通|联合网络通信|china unicom|^cucc$", "898601 898606 898609"),
    "china-telecom": ("中国电信", "电信|china telecom|^ctcc$", "898603 898611"),
    "china-broadnet": ("中国广电", "广电|广播电视|broadnet|^cbn$", "898615"),
}
ISSUERS = {number: slug for slug, (_, _, numbers) in CARRIERS.items() for number in numbers.split()}
KIND_WORDS = {
    "purchase": "purchase|采购|购卡|开户|进货|入库",
    "transfer": "transfer|转让|销售|出库|批发|零售",
    "return": "return|退货|退卡|退回",
}
NO_EVENT = r"续费|充值|等待|待发|^(?:合计|总计|小计|total)$|作废|取消|未发|撤销|cancel|void|^\d{15}0{4,5}$"
CHINA, ZONE = timezone(timedelta(hours=8)), r"(:\d\d(?:\.\d+)?) ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$"
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?)?月?(?!\d)(.*)", re.DOTALL)
TIME = re.compile(
    r"[T\s]*(上午|下午|AM|PM)?\s*(\d\d?)[:时](\d\d)[:分]?(\d\d)?(?:\.\d+)?秒?\s*(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d)?)?\s*"
)
EMPTY = {"", "-", "－", "—", "/", "／", "无", "空", "null", "none", "n/a", "nan"}
BRACKETS = str.maketrans("[{〔〖〘〚【〈《「『]}〕〗〙〛】〉》」』", "(" * 11 + ")" * 11)
LABEL = re.compile(r"(?i)(?:[(\[]?(?:(?:SIM|物联网?)?卡?(?:号码?|ICC?ID(?:号码?)?)|NO\.)[)\]]?\s*[:=.]?\s*)+(?=\d)")
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
HOP = {  # of each kind of record that may state a hop, the best first: the fields that name its sides
    "purchase": {"from": ("carrier", "from"), "to": ("enterprise", "to", "party")},
    "registration": {"from": ("carrier", "from"), "to": ("enterprise", "party", "to")},
    "return": {"from": ("from",), "to": ("to",)},
    "transfer": {"from": ("from", "carrier"), "to": ("to", "enterprise")},
}
STATEMENTS = {  # what rows state, by the kinds of record that may: each with the fields that name its parties
    "hop": HOP,
    "registration": {"registration": {"party": ("enterprise", "party", "to")}},
    "activation": {"activation": {"user": ("user",)}},
    "usage": {"usage": {"user": ("user",)}},
}
PRECISIONS = ("listed", "range", "quantity")
Row = namedtuple("Row", "kind precision values said days doubts is_open")
OPEN = ("unread_movement", "listed_with_other", "number_at_other_time", "registration_ended")
SAID = "a person or a title says it of all rows"
JUDGED = "a judgement of a person may say so"
REDACTED = "redacted, not checked"


class Doubt(Exception):
    """Something that this program does not understand: the sentence is not checked."""


class Fault(ValueError):
    """Something that the sources do not say, or say otherwise: the sentence is not proved."""


def need(holds: object, why: str, doubt: str = "") -> None:
    """Refuse what does not hold: as not proved, or as not checked where something may say it that is not read."""
    if not holds:
        raise Doubt(f"{why}; {doubt}") if doubt else Fault(why)


def once(pairs: list) -> dict:
    need(len(named := dict(pairs)) == len(pairs), "a name stands twice in one object, and could be read in two ways")
    return named


def plain(text: object) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text or ""))).strip()


def bare(text: object) -> str:
    """Return a number as it is compared: no blanks, dashes or invisible characters, upper case."""
    number = LABEL.sub("", plain(text)).upper().removeprefix('="').removesuffix('"').lstrip("'`’‘")
    return "".join(c for c in number if c != "_" and unicodedata.category(c) not in ("Cf", "Zs", "Pd", "Cc"))


def luhn(digits: str) -> str:
    doubled = (int(char) * (1 if place % 2 else 2) for place, char in enumerate(reversed(digits)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def iccid(text: object) -> str | None:
    number = bare(text)
    if number.startswith("98") and len(number) in (18, 20):
        swapped = "".join(b + a for a, b in zip(number[::2], number[1::2], strict=True))
        number = swapped if swapped.startswith("89") else number
    if re.fullmatch("[0-9]{19}F", number) and ISSUERS.get(number[:6]) != "china-mobile":
        number = number[:19]
    return number if re.fullmatch("89[0-9A-F]{15,17}[0-9A-Z]", number) else None


def card_key(text: object) -> str | None:
    """Return the key of a card: what two writings of one card have in common."""
    number = iccid(text)
    whose = ISSUERS.get((number or "")[:6])
    if number is None or whose == "china-mobile":
        return number if number and len(number) == 20 else None
    if whose is not None:
        return number[:19] if number[:19].isdecimal() and len(number) > 18 else None
    has_check = number.isdecimal() and len(number) > 18 and luhn(number[:-1]) == number[-1]
    return number[:-1] if has_check else number


def head_of(key: str) -> int:
    """Return how many characters of a key do not run in a range: up to the last letter, and all but the last 11."""
    return max([len(key) - 11, 0, *(at + 1 for at, char in enumerate(key) if not char.isdecimal())])


def range_keys(first: object, last: object) -> tuple[str, str] | None:
    low, high = iccid(first) or "", iccid(last) or ""
    keys = (card_key(low) or "", card_key(high) or "")
    if ISSUERS.get(low[:6]) is None and (keys[0] == low) != (keys[1] == high):
        keys = low, high
    head = head_of(keys[0])
    is_range = keys[0] and len(keys[0]) == len(keys[1]) and keys[0] <= keys[1] and keys[0][:head] == keys[1][:head]
    return keys if is_range and keys[1][head:].isdecimal() else None


def is_within(key: str, low: str, high: str) -> bool:
    return len(key) == len(low) and low <= key <= high and (key == low or key[head_of(low) :].isdecimal())


def lots_in_cell(text: str) -> list[tuple[str, str, str]]:
    """Return the cards and ranges that one cell names, as (precision, first key, last key)."""
    lots = []
    for part in re.split(r"[、,;,;\n\r]+", LABEL.sub("", plain(text))):
        if ends := re.fullmatch(r"\s*([0-9A-F]{18,20})\s*(?:[-~至—–到])+\s*([0-9A-F]{1,20})\s*", part.upper()):
            last = ends[2] if len(ends[2]) > 17 else ends[1][: -len(ends[2])] + ends[2]
            lots += [("range", *keys)] if (keys := range_keys(ends[1], last)) else []
        else:
            lots += [("listed", k, k) for one in ([part] if card_key(part) else part.split()) if (k := card_key(one))]
    return lots


def lots_of(values: dict) -> list[tuple[str, str, str]]:
    first, last = values.get("iccid_first", ""), values.get("iccid_last", "")
    lots = lots_in_cell(values.get("iccid", "")) + (lots_in_cell(first) if not last else [])
    if first and last:
        return lots + ([("range", *keys)] if (keys := range_keys(first, last)) else [])
    if (count := whole(values.get("quantity"))) and first and (low := card_key(first)):
        head = head_of(low)
        lots = [("range", low, low[:head] + str(int(low[head:]) + count - 1).zfill(len(low) - head))]
    return lots


def day_of(text: object) -> tuple[str, str | None] | None:
    """Return the day or month that a cell states, in China, and its time; ``None`` where it is not understood."""
    cell = plain(text)
    if short := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)?(?:(\d\d)(\d\d)(\d\d))?", cell):
        cell = "-".join(filter(None, short.groups()[:3])) + (f" {':'.join(short.groups()[3:])}" if short[4] else "")
    elif re.fullmatch(r"\d{5}(\.\d+)?", cell) and 20000 <= float(cell) <= 80000:
        cell = str(datetime(1899, 12, 30) + timedelta(seconds=round(float(cell) * 86400)))[: 99 if "." in cell else 10]
    elif re.fullmatch(r"1\d{9}(\d{3})?", cell):
        cell = datetime.fromtimestamp(int(cell[:10]), CHINA).isoformat()
    found = DAY.fullmatch(cell)
    clock = TIME.fullmatch(found[4]) if found and found[4].strip(" T") else None
    if found is None or (clock is None and found[4].strip(" T")) or (clock and not found[3]):
        return None
    try:
        when = datetime(int(found[1]), int(found[2]), int(found[3] or 1), tzinfo=CHINA)
        if clock is None:
            return when.strftime("%Y-%m-%d" if found[3] else "%Y-%m"), None
        hour = int(clock[2]) + (12 if (clock[1] or "").upper() in ("下午", "PM") and int(clock[2]) < 12 else 0)
        when = when.replace(hour=hour, minute=int(clock[3]), second=int(clock[4] or 0))
    except ValueError:
        return None
    if clock[5] or re.search("Z|UTC|GMT", clock[0]):
        east = timedelta(hours=int(clock[6] or 0), minutes=int(clock[7] or 0)) * (-1 if clock[5] == "-" else 1)
        when = when.replace(tzinfo=timezone(east)).astimezone(CHINA)
    return when.strftime("%Y-%m-%d"), when.strftime("%H:%M:%S")


def national(number: object) -> str:
    return bare(number).removeprefix("+").removeprefix("86")


def name_key(text: object) -> str:
    return re.sub(r"(?i)^\s*(?:m/s|messrs)[.\s]\s*(?=\S)|\s", "", plain(text)).casefold().translate(BRACKETS)


def carrier_of(text: object) -> str | None:
    found = [slug for slug, (_, words, _) in CARRIERS.items() if re.search(words, plain(text).casefold())]
    return found[0] if len(found) == 1 else None


def kinds_said(cell: object) -> list[str]:
    """Return the kinds of which a cell says that its row is one."""
    return [kind for kind, words in KIND_WORDS.items() if re.search(words, plain(cell).casefold())]


def whole(text: object) -> int | None:
    return int(found[1]) if (found := re.fullmatch(r"(\d+)(?:\.0+)?\D*", plain(text).replace(",", ""))) else None


class Source:
    """One file: ``tables`` has its rows by sheet and number, each a list of texts; ``why`` it is not read here."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self.hash = hashlib.sha256(content).hexdigest()
        self.why, self.tables, self.keys = "", {}, None
        try:
            self._read(content)
        except Exception as error:  # whatever a hostile file does to a reader, it is told and proves nothing
            self.why = str(error) if isinstance(error, Doubt) else f"it cannot be read here ({error!r:.80})"

    def _read(self, content: bytes) -> None:
        if content.startswith((b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0")):
            raise Doubt("Parquet files, PDF and old workbooks are not read here")
        text = "" if content.startswith(b"PK") else decode(content)
        if text.lstrip().startswith("<"):
            raise Doubt("pages and documents are not read here")
        if not text and content:
            self._read_workbook(content)
        elif text.lstrip().startswith("{"):
            self._read_lines(text)
        else:
            lines = text.splitlines()[:50]
            mark = max(",\t;|", key=lambda mark: (sum(mark in line for line in lines), text[:20000].count(mark)))
            rows = enumerate(csv.reader(io.StringIO(text), delimiter=mark), 1)
            self.tables[None] = {number: cells for number, cells in rows if any(cells)}

    def _read_lines(self, text: str) -> None:
        self.keys, self.tables[None] = [], {}
        for number, line in enumerate(text.split("\n"), 1):
            with suppress(ValueError, TypeError):  # what is no JSON states nothing
                values = json.loads(line, parse_int=lambda n: n if int(n) < 2**53 else "\ufffd", parse_float=str)
                self.keys += [key for key in values if key not in self.keys]
                self.tables[None][number] = ["" if values.get(key) is None else str(values[key]) for key in self.keys]

    def _read_workbook(self, content: bytes) -> None:
        import openpyxl

        for sheet in openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets:
            cells = [[as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            for merged in sheet.merged_cells.ranges:
                for row in cells[merged.min_row - 1 : merged.max_row]:
                    first = cells[merged.min_row - 1][merged.min_col - 1]
                    row[merged.min_col - 1 : merged.max_col] = [first] * (merged.max_col - merged.min_col + 1)
            self.tables[sheet.title] = {number: row for number, row in enumerate(cells, 1) if any(row)}

    def cell(self, sheet: str | None, row: int, letters: str) -> str:
        at, cells = 0, self.tables[sheet].get(row, [])
        for char in letters:
            at = at * 26 + ord(char) - 64
        text = cells[at - 1] if 0 < at <= len(cells) else ""
        return "" if plain(text).casefold() in EMPTY else text


def as_text(cell: object) -> str:
    is_whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53
    return "" if cell is None else str(int(cell) if is_whole else cell).removesuffix(" 00:00:00")


def decode(content: bytes) -> str:
    for encoding in ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030", "big5"]:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if not re.search("[\ue000-\uf8ff]", text):  # private characters: it was another encoding
                return text
    raise Doubt("its encoding is neither UTF-8 nor GB18030 nor Big5")


def place_of(origin: dict) -> str:
    return ":".join(str(each) for each in (origin["file"], origin["sheet"], origin["row"]) if each is not None)


def ref_of(origin: dict) -> str:
    table = f"!{origin['table']}" if origin.get("table") else ""
    sheet = f"{origin['sheet'] or ''}{table}:" if origin["sheet"] is not None or table else ""
    return f"{origin['sha256'][:12]}:{sheet}{origin['row']}"


def side(party: dict | None) -> tuple[str, str] | None:
    return party and (party["id"], party["name"])


def is_party(value: object) -> bool:
    return isinstance(value, dict) and {"id", "name"} <= value.keys()


def is_carrier(party: dict) -> bool:
    return party["id"].startswith("carrier:")


def is_earlier(day: str | None, other: str | None) -> bool:
    size = min(len(day or ""), len(other or ""))
    return (day or "")[:size] < (other or "")[:size]


def walk(value: object):
    """Yield all objects in a value."""
    yield from [value] if isinstance(value, dict) else []
    for held in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(held)


def leaves(value: dict | list, path: str = ""):
    """Yield the values of an answer, each by the object that has it and its name there, with its path."""
    for name, held in value.items() if isinstance(value, dict) else enumerate(value):
        there = f"{path}.{name}".lstrip(".") if isinstance(value, dict) else path
        if isinstance(held, dict) or (isinstance(held, list) and any(isinstance(each, (dict, list)) for each in held)):
            yield from leaves(held, there)
        elif held != []:
            yield (id(value), name), there


def leaves_of(owner: dict, name: str) -> set[tuple[int, object]]:
    """Return the values for which a proved value of an object stands: of a party its identifier and name."""
    held = owner[name]
    inner = {name: held[name] for name in ("id", "name")} if is_party(held) else held
    below = leaves(inner) if isinstance(inner, (dict, list)) else ()
    return {(id(owner), name)} | {(id(held) if of == id(inner) else of, each) for (of, each), _ in below}


def days_of(values: dict, where: str) -> set[str]:
    """Return the day that a row states, and with its time; both as it is in China and, of cards abroad, as written."""
    cells = {cell := plain(values.get("date")), cell if "8986" in str(values) else re.sub(ZONE, r"\1", cell)}
    whens = [day_of(f"{each} {plain(values.get('time'))}".strip()) or day_of(each) for each in cells]
    if not any(whens) and cell:
        raise Doubt(f"{where}: the day {cell!r} is not understood here")
    return {day + more for day, time in filter(None, whens) for more in ("", f"T{time}+08:00" if time else "")}


def cells_of_side(values: dict, said: dict, fields: tuple[str, ...]) -> tuple[dict, str]:
    """Return where a party is named, in cells or in what was said of all rows, and the field; else nothing."""
    named = ((at, field) for at in (values, said) for field in fields if field in at or f"{field}_id" in at)
    return next(named, ({}, ""))


class Checker:
    """Checks an answer; ``lines`` are the sentences with what was found of each."""

    statements = STATEMENTS

    def __init__(self, answer: dict, folder: Path) -> None:
        self.answer, self.lines, self.stated, self.open, self.said = answer, [], set(), set(), set()
        self.redacted = bool(answer.get("redacted"))
        paths = (each for each in sorted(folder.rglob("*")) if re.fullmatch("[0-9a-f]{64}", each.stem))
        self.sources = {path.stem: Source(path) for path in paths if path.is_file()}
        self.tables = {ref_of({**table, "row": ""}): table for table in answer.get("rests_on", [])}
        self.files = {table["sha256"]: table["file"] for table in self.tables.values()}
        for table in self.tables.values():
            reading, source = table["reading"] or {}, self.sources.get(table["sha256"])
            is_form = reading.get("headings") and not reading["header"] and not (source and source.keys)
            if source and (is_form or "transcribed" in reading):
                source.why = source.why or ("a form" if is_form else "what a person said of lines") + " is not read"
            self.said |= {name_key(text) for of in reading.get("said", {}).values() for text in of.values()}
        unread = {sha256 for sha256, one in self.sources.items() if one.why} | self.files.keys() - self.sources.keys()
        self.unread, self.judged = ", ".join(self.files.get(sha256, sha256[:12]) for sha256 in sorted(unread)), ""
        self.beside, self.listed, self.ranges = {}, {}, []
        for sha256, source in self.sources.items():
            for sheet, rows in source.tables.items():
                for row, cells in rows.items():
                    self._index((sha256, sheet, row), cells)
        self.ranges.sort(key=str)
        self.reach = [*itertools.accumulate((high for _, high, _ in self.ranges), max)]

    def _index(self, place: tuple[str, str | None, int], cells: list[str]) -> None:
        """Note which texts stand beside each other in a row, and the cards and ranges that it names."""
        keys = {key for cell in cells if cell and len(cell) < 200 for key in (name_key(cell), bare(cell).casefold())}
        for key in keys:
            self.beside.setdefault(key, set()).update(keys)
        ends = []
        for cell in cells:
            for precision, low, high in lots_in_cell(cell) if len(cell) > 17 else ():
                if precision == "range":
                    self.ranges.append((low, high, place))
                else:
                    self.listed.setdefault(low, set()).add(place)
                    ends.append(cell)
        pairs = (range_keys(*pair) for pair in itertools.pairwise(ends))
        self.ranges += [(*pair, place) for pair in pairs if pair and pair[0] < pair[1]]

    def say(self, sentence: str, check, about: dict, *arguments) -> None:
        """Check a sentence about an object, and note its values for which it stands where it is proved.

        ``check`` returns what they have to be, by name (a Doubt where that is not known), and from what they follow.
        """
        state, why, expected, more = PROVED, "", {}, []
        try:
            expected, ground, *more = check(about, *arguments)
            for name, value in expected.items():
                stated = side(about[name]) if is_party(about[name]) else about[name]
                need(isinstance(value, Doubt) or value in (about[name], stated), f"{name} is {value}, not {stated}")
            if ground and (self.redacted or any(id(item) in self.open for item in ground)):
                raise Doubt("it agrees with what is not checked, or not wholly")
        except (Doubt, Fault, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            state = NOT_CHECKED if isinstance(error, Doubt) else NOT_PROVED
            why = str(error) if isinstance(error, (Doubt, Fault)) else f"the answer is no answer here ({error!r})"
        self.lines.append((sentence, state, why))
        doubts = {name: doubt for name, doubt in expected.items() if isinstance(doubt, Doubt)}
        self.lines += [(f"{sentence}: {name}", NOT_CHECKED, str(doubt)) for name, doubt in doubts.items()]
        if state == PROVED:
            self.stated.update(*more, *(leaves_of(about, name) for name in expected.keys() - doubts.keys()))
        if state != PROVED or doubts:
            self.open.add(id(about))

    @property
    def elsewhere(self) -> str:
        """Return what else may state what no row states that is read here; nothing where nothing does."""
        return self.judged or (self.unread and f"sources that are not read here may say it: {self.unread}")

    def readings(self, origin: dict, kinds, annexed: bool = False):
        """Yield the cells of a row by field, and what was said of all rows, by each kind that it may be of."""
        if self.redacted:
            raise Doubt(REDACTED)
        where, sheet, source = place_of(origin), origin["sheet"], self.sources.get(origin["sha256"])
        table = self.tables.get(ref_of({**origin, "row": ""}))
        need(table and (annexed or origin["row"] in table["rows"]), f"{where} is no row that the answer rests on")
        need(table["file"] == origin["file"], f"{where} is called {table['file']}, too")
        need(source is None or source.hash == origin["sha256"], f"the bytes of {where} have another hash")
        reading = table["reading"] or {}
        if source is None or source.why or not reading.get("fields"):
            why = "its source is not in the folder" if source is None else source.why
            raise Doubt(f"{where}: {why or 'the answer does not say which column is which field'}")
        need(origin["row"] in source.tables.get(sheet, ()), f"there is no row {where}")
        for letters, heading in reading["headings"].items() if reading["header"] else ():
            rows = range(reading["header"], max(reading["header"] - 3, 0), -1)  # a heading may stand in several
            there = [source.cell(sheet, row, letters) for row in rows]
            is_it = not there[0] or any(text and name_key(text) in name_key(heading) for text in there)
            need(is_it, f"{where}: column {letters} is headed {there[0]!r}")
        for kind in (kind for kind in kinds if kind in reading["fields"]):
            values = {}
            for field, letters in reading["fields"][kind].items():
                row = origin["row"]
                while (text := source.cell(sheet, row, letters)).strip() in ("同上", "同前") and row:
                    row -= 1
                values |= {field: text} if text else {}
            said, stated = reading.get("said", {}).get(kind, {}), kinds_said(values.get("kind"))
            need("\ufffd" not in "".join(values.values()), where, "a number of it is one that no program holds exactly")
            need("keeper" not in {*reading["fields"][kind], *said}, where, "books of one keeper are not read here")
            if stated in ([], [kind]) or len(stated) > 1:
                yield kind, values, said, reading

    def rows_of(self, item: dict, what: str, card: dict) -> list[Row]:
        """Check the card and the parties of an item with each row on which it rests; return what the rows state."""
        need(item["origins"], "no row states it")
        return [self.row_of(origin, self.statements[what], item, card) for origin in item["origins"]]

    def row_of(self, origin: dict, kinds: dict, item: dict, card: dict) -> Row:
        where, errors = place_of(origin), []
        for kind, values, said, reading in self.readings(origin, kinds):
            try:
                number = plain(values.get("record_no"))
                need(number == plain(origin["record_no"]), f"{where}: its record has the number {number!r}")
                precision, days = self.check_card(values, card, origin), days_of(values, where)
                doubts = {}
                for role, fields in kinds[kind].items():
                    try:
                        self._check_party(item[role], values, said, fields, where, card)
                    except Doubt as doubt:
                        doubts[role] = doubt
                is_open = len(HOP.keys() & reading["fields"]) > 1 and len(kinds_said(values.get("kind"))) != 1
                return Row(kind, precision, values, said, days, doubts, is_open)
            except Doubt as doubt:
                errors.insert(0, doubt)
            except Fault as fault:
                errors.append(Doubt(f"{fault} (a recipe cleans cells)") if "recipe" in reading else fault)
        raise errors[0] if errors else Fault(f"{where} states none of {', '.join(kinds)}")

    def _check_party(self, party: dict | None, values: dict, said: dict, fields: tuple, where: str, card: dict) -> None:
        """Refuse a party that a row does not name."""
        at, field = cells_of_side(values, said, fields)
        name, number = at.get(field, ""), bare(at.get(f"{field}_id")).casefold()
        if party is None:
            need(not name_key(name), f"{where}: the row says {name!r}", "the answer nobody")
            return
        kind, _, key = party["id"].partition(":")
        if kind == "carrier":
            slug = carrier_of(name) if field else ISSUERS.get((card["key"] or "")[:6])
            need(slug == key or (field and key not in CARRIERS), f"{where}: {name!r} is not {party['name']!r}")
        elif not field:
            raise Doubt(f"{where}: no cell names {party['name']}")
        else:
            is_masked = number == key[:6] + key[8:17] or re.fullmatch(r"\D*|.{0,4}|(.)\1*|.*\*.*", number)
            is_it = number == key.casefold() or is_masked if kind == "id" else is_called(name, party)
            need(is_it, f"{where}: {name!r} {number!r} is not {key!r}", self.judged)
            if kind == "id" and number != key.casefold():
                self._need_pair(key, name or key, where)
        need(at is not said, f"{where}: no cell names {party['name']}", SAID)
        self.need_name(party, where)

    def need_name(self, party: dict, where: str) -> None:
        """Refuse the name of a party that is not its own, or that no row writes."""
        (kind, _, key), name = party["id"].partition(":"), party["name"]
        if kind == "id":
            self._need_pair(key, name, where)
            return
        need(kind != "carrier" or key in CARRIERS, f"{where}: {name!r}", "virtual operators are not known here")
        need(is_called(name, party), f"{where}: {name!r} is not {key!r}", self.judged)
        is_written = name_key(name) in self.beside or (kind == "carrier" and name == CARRIERS[key][0])
        doubt = SAID if name_key(name) in self.said else self.elsewhere
        need(is_written, f"{where}: {name!r} is written by no row that is read here", doubt)

    def _need_pair(self, number: str, name: str, where: str) -> None:
        same = name_key(name) in (name_key(number), *self.beside.get(name_key(number), ()))
        need(same, f"{where}: {name!r} is stated with {number} by no row that is read here", self.elsewhere)

    def check_card(self, values: dict, card: dict, origin: dict) -> str:
        """Return how a row names a card: listed, in a range or by quantity."""
        for precision, low, high in lots_of(values):
            if any(is_within(key, low, high) for key in (card["key"], card["iccid"]) if key):
                return precision
        for name in ("msisdn", "imsi", "eid"):
            if values.get(name) and national(values[name]) in map(national, card[name]):
                return "listed"
        written = values.get("iccid") or values.get("iccid_first")
        need(not written, f"{place_of(origin)}: the row is about {written}, and not about this card")
        if (origin["sha256"], origin["sheet"], origin["row"]) in self.listed.get(card["key"], ()):
            return "listed"
        need(whole(values.get("quantity")), place_of(origin), "no column that is known here names the card")
        return "quantity"

    def statement(self, item: dict, what: str, card: dict):
        rows = self.rows_of(item, what, card)
        days = {day for row in rows for day in row.days} or {None}
        (role,) = self.statements[what][rows[0].kind]
        expected = {name: item[name] for name in (role, "date", "origins", "kind") if name in item}
        need(item["date"] in days, f"its rows state {', '.join(map(str, days))}, not {item['date']}")
        return expected | {role: doubt for row in rows for role, doubt in row.doubts.items()}, ()

    def hop(self, hop: dict, card: dict):
        rows = self.rows_of(hop, "hop", card)
        moved = [row for row in rows if row.kind != "registration"]
        days = {day for row in moved for day in row.days} or {day for row in rows for day in row.days}
        is_said = not days and hop["date"] in {day for row in rows for day in days_of(row.said, SAID)}
        is_day = hop["date"] in (days or {None}) and not any(is_earlier(day, hop["date"]) for day in days)
        need(is_said or is_day, f"its rows state {', '.join(sorted(days)) or 'nothing'}, not {hop['date']}")
        kind = next(kind for kind in HOP if any(row.kind == kind for row in rows))
        if kind != "registration":  # a carrier sells, and nobody else does
            kind = "purchase" if is_carrier(hop["from"]) else "transfer" if kind == "purchase" else kind
        kind = "return" if is_carrier(hop["to"]) else kind
        if hop["kind"] != kind and any(row.is_open for row in rows):
            kind = Doubt("its row may be of several kinds, and does not say which")
        expected = {"kind": kind, "date": Doubt(SAID) if is_said else hop["date"], "origins": hop["origins"]}
        expected["precision"] = min((row.precision for row in rows), key=PRECISIONS.index)
        for role in ("from", "to"):
            doubts = [row.doubts.get(role) for row in rows]
            expected[role] = doubts[-1] if all(doubts) else side(hop[role])
        return expected, ()

    def _joins(self, chain: dict):
        hops, stated = chain["hops"], set()
        for number, (before, hop) in enumerate(zip([None, *hops], hops, strict=False), 1):
            is_gap = before is not None and before["to"]["id"] != hop["from"]["id"]
            need((hop["n"], hop["gap_before"]) == (number, is_gap), f"hop {number} and a gap before it do not fit")
            stated |= {(id(hop), "n"), (id(hop), "gap_before")}
        return {}, hops, stated

    def _ends(self, chain: dict):
        sold = [hop["to"] for hop in chain["hops"] if is_carrier(hop["from"])][-1:]
        known = [*sold, *(each["party"] for hop in chain["hops"] for each in hop["registered"])]
        for role, parties in (("holder", [chain["hops"][-1]["to"]]), ("registrant", known)):
            party, ids = chain[role], {each["id"] for each in parties}
            need(party["id"] in ids if party else known is parties, f"{role} is {side(party)}, by hops {ids or None}")
            if party and not self.redacted:
                self.need_name(party, role)
        expected = {"outcome": own_outcome(chain), "holder": chain["holder"], "registrant": chain["registrant"]}
        expected |= {"registrant": Doubt("its buyer may be a dealer")} if sold and side(party) != side(*sold) else {}
        return expected, chain["hops"]

    def _agreed(self, result: dict, role: str):
        chains = result["chains"]
        if role == "outcome":
            expected = "ambiguous" if len(chains) > 1 else own_outcome(chains[0]) if chains else "broken"
        else:
            each = {side(chain[role]) for chain in chains}
            expected = each.pop() if len(each) == 1 else None
        return {role: expected}, chains

    def check_result(self, result: dict) -> None:
        card, about, is_found = result["card"], result["input"], result["found"]
        self.judged = JUDGED if any(each.get("same") for each in result["judgements"]) else ""
        if is_found:
            self.say(f"{about}: the card", self._card, card, result)
        else:
            self.say(f"{about}: not found", self._not_found, result)
        for number, chain in enumerate(result["chains"], 1):
            which = about if len(result["chains"]) == 1 else f"{about}, chain {number}"
            for hop in chain["hops"]:
                self.say(f"{which}: hop {hop['n']} {hop['from']['name']} > {hop['to']['name']}", self.hop, hop, card)
                for each in hop["registered"]:
                    self.say(f"{which}: hop {hop['n']} registered", self.statement, each, "registration", card)
            self.say(f"{which}: the hops join", self._joins, chain)
            self.say(f"{which}: registrant and holder", self._ends, chain)
        for role in ("registrant", "holder", "outcome") if is_found else ():
            self.say(f"{about}: {role}", self._agreed, result, role)
        for place, use in enumerate(result["activations"], 1):
            self.say(f"{about}: {use['kind']} {place}", self.statement, use, use["kind"], card)
        self.conclude(result)
        if is_found:
            self.say(f"{about}: end user", self._end_user, result)
            self.say(f"{about}: no other row names the card", self._complete, result, card["key"])

    def conclude(self, result: dict) -> None:
        """Name what is concluded from hops, uses and seizures: another program checks it."""
        for kind, part in (("finding", "code"), ("lead", "for")):
            for each in result[f"{kind}s"]:
                self.lines.append((f"{result['input']}: {kind} {each[part]}", NOT_CHECKED, "prove_more.py checks it"))

    def _not_found(self, result: dict):
        names = ("chains", "registrant", "holder", "end_user", "activations")
        need(not any(result[name] for name in names), "what is not found has a history")
        key = card_key(result["read_as"] or result["input"])
        need(key, "the input is no whole number of a card", "it cannot be looked for")
        self._complete(result, key)
        return {"outcome": "not_found", "found": False, **{name: result[name] for name in names}}, ()

    def _card(self, card: dict, result: dict):
        asked = bare(result["read_as"] or result["input"])
        need(card["iccid"] and not self.redacted, "its number is not there", "it is redacted, or known by another only")
        key, number, issuer = card["key"], card["iccid"], ISSUERS.get(card["key"][:6])
        need(result["matched_as"] != "iccid" or card_key(asked) in (None, key), f"{result['input']} is not {key}")
        is_beginning = number.startswith(asked) and not result["read_as"]
        stated = {(id(result), "found"), *([(id(result), "input")] if is_beginning else ())}
        carrier = issuer or Doubt("whose such numbers are is not known here")
        return {"iccid": number, "key": card_key(number), "carrier": carrier}, (), stated

    def _end_user(self, result: dict):
        user, basis, uses, chains = (result[n] for n in ("end_user", "end_user_basis", "activations", "chains"))
        named = [use["user"] for use in uses if use["user"] is not None][-1:]
        need((user is None) == (basis is None), "user and basis do not belong together")
        need(uses == sorted(uses, key=lambda use: use["date"][:10]), "the uses are not in the order of their days")
        expected = {"end_user": side(user), "end_user_basis": basis}
        if basis == "named":
            need(named and side(named[0]) == side(user), f"the latest use names {[each['name'] for each in named]}")
            return expected, uses
        is_open = any(finding["code"] in OPEN for finding in result["findings"])
        need(basis in (None, "holder_that_day"), f"{basis} is no ground")
        need(user or not is_open, "nobody is said to have used it", "rows that are not known here decide that")
        need(not named or (user is None and is_carrier(named[0])), f"a use names {[each['name'] for each in named]}")
        need(user is None or uses, "a user is presumed where no use is on record")
        for chain in chains if uses else ():
            held = holder_at(chain, uses[-1]["date"])
            if held is None or is_open or (user is None and len(chains) > 1):
                raise Doubt("days or rows that are not known here decide who held the card then")
            need(side(held) == side(user) or (user is None and is_carrier(held)), f"{held['name']} held the card then")
        return expected, [result["because"], *uses, *(hop for chain in chains for hop in chain["hops"] if uses)]

    def _complete(self, result: dict, key: str | None):
        stated = {ref_of(each) for each in walk(result) if {"sha256", "row"} <= each.keys()}
        self.need_no_other(key, stated.union(*result["because"]["findings"]))
        return {}, ()

    def need_no_other(self, key: str | None, stated: set[str]) -> None:
        """Refuse where a row lists the card, or has a range around it, that is none of the stated ones."""
        found, at = {*self.listed.get(key, ())}, bisect.bisect(self.ranges, key or "", key=lambda each: each[0]) - 1
        while key and at >= 0 and self.reach[at] >= key:
            found |= {self.ranges[at][2]} if is_within(key, *self.ranges[at][:2]) else set()
            at -= 1
        stated, doubt = {re.sub("!.*:", ":", ref) for ref in stated}, ""
        for sha256, sheet, row in sorted(found, key=str):
            origin = {"sha256": sha256, "sheet": sheet, "row": row, "file": self.files.get(sha256, sha256[:12])}
            if ref_of(origin) in stated:
                continue
            where, source = place_of(origin), self.sources[sha256]
            tables = (one for one in self.tables.values() if (one["sha256"], one["sheet"]) == (sha256, sheet))
            fields = [each for one in tables for each in (one["reading"] or {}).get("fields", {}).items()]
            rows = [{name: source.cell(sheet, row, letters) for name, letters in of.items()} for _, of in fields]
            is_named = any(is_within(key, low, high) for values in rows for _, low, high in lots_of(values))
            is_other = fields and {kind for kind, _ in fields} <= {"stock", "identity", "shipment", "payment"}
            texts = (plain(cell).casefold() for cell in source.tables[sheet][row] if len(cell) < 30)
            is_none = source.why or any(re.search(NO_EVENT, text) for text in texts) or (fields and not is_named)
            doubt = "some rows were not read" if not fields and any(self.answer.get("unread", {}).values()) else ""
            need(is_other or is_none, f"{where} names the card, and no sentence rests on it", doubt)
            doubt = f"{where} names the card in a record that moves none, or in a column that is not of cards"
        doubt = doubt or (self.unread and f"sources that are not read here may say more: {self.unread}")
        if doubt:
            raise Doubt(doubt)

    def check(self) -> None:
        for sha256 in sorted(self.files.keys() & self.sources.keys()):
            state = PROVED if self.sources[sha256].hash == sha256 else NOT_PROVED
            self.lines.append((f"source {sha256[:12]} {self.files[sha256]}", state, "the hash of its bytes"))
        for table in self.tables.values():
            reading = table["reading"] or {}
            for kind, fields in reading.get("fields", {}).items():
                told = [f"{name} is {at} {reading['headings'].get(at, '')}".strip() for name, at in fields.items()]
                told += [f"{name} is {text!r}" for name, text in reading.get("said", {}).get(kind, {}).items()]
                where = ":".join(filter(None, (table["file"], table["sheet"])))
                why = f"the answer alone says {', '.join(told)}"
                self.lines.append((f"columns of {where}, {kind}", NOT_CHECKED, why))
        for result in self.answer.get("results", []):
            self.check_result(result)
        if "results" in self.answer:
            self.say("counts", self._counts, self.answer["counts"], self.answer["results"])

    def _counts(self, _: dict, results: list[dict]):
        options, asked = self.answer.get("options", {}), [result["input"] for result in results]
        keys = [one["found"] and str(one["card"]["key"] or one["card"]["iccid"] or one["card"]) for one in results]
        cards = {key: one for key, one in zip(keys, results, strict=True) if key}
        need(options.get("inputs", asked) == asked, "the options have other inputs")
        cases = [{each["case_no"] for each in one["seizures"]} - {None} for one in cards.values()]
        expected = {
            "inputs": len(set(asked)),
            "cards": len(cards),
            "not_found": len({about for about, key in zip(asked, keys, strict=True) if not key}),
            "cases": len(set().union(*cases)),
            "cards_without_case": sum(not each for each in cases),
            "outcomes": Counter(one["outcome"] for one in cards.values()),
        }
        return expected, (), {leaf for leaf, _ in leaves(options) if leaf == (id(options), "inputs")}


def is_called(name: str, party: dict) -> bool:
    kind, _, key = party["id"].partition(":")
    return carrier_of(name) == key if kind == "carrier" else name_key(name) == name_key(key.split("#")[0])


def own_outcome(chain: dict) -> str:
    hops = chain["hops"]
    if any(hop["gap_before"] for hop in hops) or not is_carrier(hops[0]["from"]):
        return "broken"
    days = [hop["date"] for hop in hops if hop["date"] and hop["kind"] != "registration"]
    falls = any(is_earlier(two, one) for one, two in itertools.pairwise(days))
    return "inferred" if falls or any(hop["precision"] == "quantity" for hop in hops) else "continuous"


def holder_at(chain: dict, when: str) -> dict | None:
    """Return who held the card on a day; nobody where the days do not say so."""
    days = [hop["date"] or "" for hop in chain["hops"]]
    if len(when) < 10 or any(len(day) < 10 for day in days) or days != sorted(days):
        return None
    done = [hop for hop in chain["hops"] if hop["date"] <= when[:10]]
    if len(done) < len(days) and chain["hops"][len(done)]["gap_before"]:
        return None
    return done[-1]["to"] if done else chain["hops"][0]["from"]


def unstated(answer: dict, stated: set[tuple[int, object]]) -> list[str]:
    """Return the paths of the values for which no proved sentence stands: the top of those that none below has."""
    every, missing, told = Counter({"": 1}), Counter(), {}
    for leaf, path in leaves(answer):
        for above in ("", *itertools.accumulate(path.split("."), "{}.{}".format)):
            every[above] += 1
            missing[above] += leaf not in stated
    inner = {path.rpartition(".")[0] for path in every}
    for path in sorted(+missing):
        (above, _, name), is_whole = path.rpartition("."), missing[path] == every[path]
        if missing[above] < every[above] and (is_whole or path not in inner):
            count = "" if is_whole else f" ({missing[path]} of {every[path]})"
            told.setdefault(above or "answer", []).append(f"{name}{count}")
    return [f"{above}: {', '.join(names)}" for above, names in told.items()]


def tell(lines, is_long: bool) -> int:
    """Print the sentences that are not proved, or all, and the counts; return the exit code."""
    counts = Counter()
    for sentence, state, why, number in lines:
        counts[state] += number
        if state != PROVED or is_long:
            line = f"{state}: {sentence}{': ' if why else ''}{why}"
            print("".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in line))
    print(f"{counts[PROVED]} proved, {counts[NOT_CHECKED]} not checked, {counts[NOT_PROVED]} NOT PROVED")
    return 1 if counts[NOT_PROVED] else 0


def main(kind: type[Checker] = Checker) -> int:
    try:
        saved, folder = (Path(each) for each in sys.argv[1:] if each != "-v")
        answer = json.loads(saved.read_text(encoding="utf-8"), object_pairs_hook=once)
        if not folder.is_dir() or "results" not in answer:
            raise ValueError("no answer of trace, or no folder of sources; prove_annex.py proves audits")
        checker = kind(answer, folder)
        checker.check()
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        print(f"cannot be checked: {error}", __doc__.splitlines()[2].strip(), sep="\n", file=sys.stderr)
        return 2
    if checker.redacted:
        print("The answer is redacted: no row is compared with it, only its sentences with each other.")
    values = ((f"no proved sentence states {path}", NOT_CHECKED, "", 0) for path in unstated(answer, checker.stated))
    return tell([*((*line, 1) for line in checker.lines), *values], "-v" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
