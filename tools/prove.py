"""Prove the sentences of a saved answer of graphtrace from the bytes of its sources, without graphtrace.

    python prove.py ANSWER.json FOLDER [-v]

ANSWER.json is an answer of ``trace`` or ``audit``; FOLDER holds the sources, each named by its SHA-256, at any depth.
Python suffices; workbooks need openpyxl. Each sentence is ``proved``, ``not checked`` or ``NOT PROVED``, with reason,
file and row. Exit: 0 where nothing is NOT PROVED, 1 where something is, 2 where answer or folder cannot be read.

The answer says in ``rests_on`` which column is which field; all else is read here anew, by this program's own rules.
What it does not understand it never calls proved. It compares codes and values, not the words of ``message``, and
cannot say whether what documents state is true.
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
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

PROVED, NOT_CHECKED, NOT_PROVED = "proved", "not checked", "NOT PROVED"
SIDES = {  # fields that state the sender and the receiver of a hop, by the kind of the record; the best kind first
    "purchase": (("carrier", "from"), ("enterprise", "to", "party")),
    "registration": (("carrier", "from"), ("enterprise", "party", "to")),
    "return": (("from",), ("to",)),
    "transfer": (("from", "carrier"), ("to", "enterprise")),
}
STATED = {  # of what moves no card: the party in the answer, the fields that name it, and what else is compared
    "activation": ("user", ("user",), ("province", "city", "cell", "imei", "msisdn", "imsi")),
    "usage": ("user", ("user",), ("province", "city", "cell", "imei", "msisdn", "imsi")),
    "seizure": ("seized_from", ("holder",), ("case_no", "place")),
    "card_list": ("party", ("party", "enterprise"), ("state",)),
    "registration": ("party", ("enterprise", "party", "to"), ()),
}
KIND_WORDS = {
    "purchase": "purchase|采购|购卡|开户|进货|入库",
    "transfer": "transfer|转让|销售|出库|批发|零售",
    "return": "return|退货|退卡|退回",
}
MINUS = ("returned", "activated_while_held", "declared_sold", "declared_stock")
NO_EVENT = r"作废|取消|未发|撤销|cancel|void|^\d{15}0{4,5}$"
ISSUERS = {
    **dict.fromkeys(("898600", "898602", "898604", "898607", "898608"), "china-mobile"),
    **dict.fromkeys(("898601", "898606", "898609"), "china-unicom"),
    **dict.fromkeys(("898603", "898611"), "china-telecom"),
    "898615": "china-broadnet",
}
CARRIERS = {
    "china-mobile": "移动|china mobile|cmcc",
    "china-unicom": "联通|联合网络通信|china unicom",
    "china-telecom": "电信|china telecom",
    "china-broadnet": "广电|广播电视|broadnet",
}
EMPTY = {"", "-", "－", "—", "/", "／", "无", "空", "null", "none", "n/a", "nan"}
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
CHINA = timezone(timedelta(hours=8))
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?)?月?(?!\d)(.*)", re.DOTALL)
TIME = re.compile(
    r"[T\s]*(上午|下午|AM|PM)?\s*(\d\d?)[:时](\d\d)[:分]?(\d\d)?(?:\.\d+)?秒?\s*(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d)?)?\s*"
)


class Doubt(Exception):
    """Something that this program does not understand: the sentence is not checked."""


class Fault(Exception):
    """Something that the sources do not say, or say otherwise: the sentence is not proved."""


def need(holds: object, why: str, judged: bool = False) -> None:
    if not holds:
        raise Doubt(f"{why}; a judgement of a person may say so") if judged else Fault(why)


def plain(text: object) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text or ""))).strip()


def bare(text: object) -> str:
    """Return a number as it is compared: no blanks, dashes or invisible characters, upper case."""
    number = plain(text).upper().removeprefix('="').removesuffix('"').lstrip("'`’‘")
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
    for part in re.split(r"[、,;,;\n\r]+", plain(text)):
        ends = re.fullmatch(r"\s*([0-9A-F]{18,20})\s*(?:-|~|至|—|–|到)+\s*([0-9A-F]{1,20})\s*", part.upper())
        if ends:
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
    return re.sub(r"\s", "", plain(text)).casefold()


def carrier_of(text: object) -> str | None:
    found = [slug for slug, words in CARRIERS.items() if re.search(words, plain(text).casefold())]
    return found[0] if len(found) == 1 else None


def whole(text: object) -> int | None:
    found = re.fullmatch(r"(\d+)(?:\.0+)?\D*", plain(text).replace(",", ""))
    return int(found[1]) if found else None


class Source:
    """One file: ``tables`` has its rows by sheet and number, each a list of texts; ``why`` it is not read here."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self.is_sound = hashlib.sha256(content).hexdigest() == path.stem
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
        self.keys, rows = [], {}
        for number, line in enumerate(text.split("\n"), 1):
            try:
                values = json.loads(line, parse_int=lambda n: n if int(n) < 2**53 else "", parse_float=str)
                self.keys += [key for key in values if key not in self.keys]
            except (ValueError, TypeError):
                continue  # what is no JSON states nothing
            rows[number] = ["" if values.get(key) is None else str(values[key]) for key in self.keys]
        self.tables[None] = rows

    def _read_workbook(self, content: bytes) -> None:
        import openpyxl

        for sheet in openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets:
            cells = [[text_of(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            for merged in sheet.merged_cells.ranges:
                for row in cells[merged.min_row - 1 : merged.max_row]:
                    first = cells[merged.min_row - 1][merged.min_col - 1]
                    row[merged.min_col - 1 : merged.max_col] = [first] * (merged.max_col - merged.min_col + 1)
            self.tables[sheet.title] = {number: row for number, row in enumerate(cells, 1) if any(row)}

    def cell(self, sheet: str | None, row: int, letters: str, heading: str | None) -> str:
        at = 0
        for char in letters:
            at = at * 26 + ord(char) - 64
        if self.keys is not None:
            at = self.keys.index(heading) + 1 if heading in self.keys else 0
        cells = self.tables[sheet].get(row, [])
        text = cells[at - 1] if 0 < at <= len(cells) else ""
        return "" if plain(text).casefold() in EMPTY else text


def text_of(value: object) -> str:
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return "" if value is None else str(int(value) if is_whole else value)


def decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030", "big5"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\ue000-\uf8ff]", text):  # private characters: it was another encoding
            return text
    raise Doubt("its encoding is neither UTF-8 nor GB18030 nor Big5")


class Checker:
    """Checks an answer; ``lines`` are the sentences with what was found of each."""

    def __init__(self, answer: dict, folder: Path) -> None:
        self.answer, self.lines = answer, []
        paths = (each for each in sorted(folder.rglob("*")) if re.fullmatch("[0-9a-f]{64}", each.stem))
        self.sources = {path.stem: Source(path) for path in paths if path.is_file()}
        self.tables = {ref_of({**table, "row": ""}): table for table in answer.get("rests_on", [])}
        self.files = {table["sha256"]: table["file"] for table in self.tables.values()}
        forms = [t for t in self.tables.values() if (t["reading"] or {}).get("headings") and not t["reading"]["header"]]
        for one in (self.sources[form["sha256"]] for form in forms if form["sha256"] in self.sources):
            one.why = one.why or ("" if one.keys else "forms of names and values are not read here")
        unread = {sha256 for sha256, one in self.sources.items() if one.why} | self.files.keys() - self.sources.keys()
        self.unread, self.judged = ", ".join(self.files.get(sha256, sha256[:12]) for sha256 in sorted(unread)), False
        self.beside, self.listed = {}, {}
        tables = ((sha256, sheet, rows) for sha256, one in self.sources.items() for sheet, rows in one.tables.items())
        rows = (((sha256, sheet, row), cells) for sha256, sheet, rows in tables for row, cells in rows.items())
        self.ranges = sorted((lot for place, cells in rows for lot in self._index(place, cells)), key=str)
        self.reach = [*itertools.accumulate((high for _, high, _ in self.ranges), max)]

    def _index(self, place: tuple[str, str | None, int], cells: list[str]) -> list[tuple]:
        keys = {key for cell in cells if cell and len(cell) < 200 for key in (name_key(cell), bare(cell).casefold())}
        for key in keys:
            self.beside.setdefault(key, set()).update(keys)
        ranges, ends = [], []
        for cell in cells:
            for precision, low, high in lots_in_cell(cell) if len(cell) > 17 else ():
                if precision == "range":
                    ranges.append((low, high, place))
                else:
                    self.listed.setdefault(low, set()).add(place)
                    ends.append(cell)
        pairs = (range_keys(*pair) for pair in itertools.pairwise(ends))
        return ranges + [(*pair, place) for pair in pairs if pair and pair[0] < pair[1]]

    def hits(self, key: str) -> list[tuple[str, str | None, int]]:
        found = set(self.listed.get(key, ()))
        at = bisect.bisect_right(self.ranges, key, key=lambda each: each[0]) - 1
        while at >= 0 and self.reach[at] >= key:
            found |= {self.ranges[at][2]} if is_within(key, *self.ranges[at][:2]) else set()
            at -= 1
        return sorted(found, key=str)

    def say(self, sentence: str, check, *arguments) -> None:
        state, why = PROVED, ""
        try:
            check(*arguments)
        except (Doubt, Fault, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            state = NOT_CHECKED if isinstance(error, Doubt) else NOT_PROVED
            why = str(error) if isinstance(error, (Doubt, Fault)) else f"the answer is no answer here ({error!r})"
        self.lines.append((sentence, state, why))

    def source_of(self, origin: dict, annexed: bool) -> tuple[Source, dict]:
        where, source = place_of(origin), self.sources.get(origin["sha256"])
        table = self.tables.get(ref_of({**origin, "row": ""}))
        need(table and (annexed or origin["row"] in table["rows"]), f"{where} is no row that the answer rests on")
        need(table["file"] == origin["file"], f"{where} is called {table['file']}, too")
        need(source is None or source.is_sound, f"the bytes of {where} have another hash than {origin['sha256']}")
        reading = table["reading"] or {}
        if source is None or source.why or "fields" not in reading:
            why = "its source is not in the folder" if source is None else source.why
            raise Doubt(f"{where}: {why or 'the answer does not say which column is which field'}")
        need(origin["row"] in source.tables.get(origin["sheet"], ()), f"there is no row {where}")
        if source.keys is None and reading["header"]:
            for letters, heading in reading["headings"].items():
                there = source.cell(origin["sheet"], reading["header"], letters, None)
                need(name_key(there) in name_key(heading), f"{where}: column {letters} is headed {there!r}")
        return source, reading

    def readings(self, origin: dict, kinds: tuple[str, ...], annexed: bool = False):
        """Yield the cells of a row by field, and what was said of all rows, by each kind that it may be of."""
        source, reading = self.source_of(origin, annexed)
        for kind in (kind for kind in kinds if kind in reading["fields"]):
            values = {}
            for field, letters in reading["fields"][kind].items():
                heading, row = reading["headings"].get(letters), origin["row"]
                while (text := source.cell(origin["sheet"], row, letters, heading)).strip() in ("同上", "同前") and row:
                    row -= 1
                values |= {field: text} if text else {}
            said = plain(values.get("kind")).casefold()
            stated = [one for one, words in KIND_WORDS.items() if re.search(words, said)]
            if stated in ([], [kind]) or len(stated) > 1:
                yield kind, values, reading.get("said", {}).get(kind, {}), reading

    def best(self, origin: dict, kinds: tuple[str, ...], check):
        errors: list[Exception] = []
        for kind, values, said, reading in self.readings(origin, kinds):
            try:
                return kind, values, check(kind, values, said)
            except Doubt as doubt:
                errors.insert(0, doubt)
            except Fault as fault:
                errors.append(Doubt(f"{fault} (a recipe cleans cells)") if "recipe" in reading else fault)
        raise errors[0] if errors else Fault(f"{place_of(origin)} states none of {', '.join(kinds)}")

    def check_party(self, party: dict, values: dict, said: dict, fields: tuple, where: str, card: dict) -> None:
        kind, _, key = party["id"].partition(":")
        field = next((f for f in fields if f in values or f"{f}_id" in values), None)
        if field is None:
            told = next((f for f in fields if f in said or f"{f}_id" in said), None)
            if told is None and kind == "carrier":
                is_its = ISSUERS.get((card["key"] or "")[:6]) == key
                need(is_its, f"{where}: no cell names {party['name']}, nor does the number")
                return
            ids, names = {bare(said.get(f"{told}_id")).casefold()}, {name_key(said.get(told))}
            is_said = name_key(party["name"]) in names or key.casefold() in ids or carrier_of(said.get(told)) == key
            need(told is None or is_said or self.judged, f"{where}: {said.get(told)!r} was said, not {party['name']!r}")
            raise Doubt(f"{where}: no cell names {party['name']}" + (": somebody said it of all rows" if told else ""))
        name, number = values.get(field, ""), bare(values.get(f"{field}_id")).casefold()
        if kind == "carrier":
            if key.startswith("vno-"):
                raise Doubt(f"{where}: virtual operators are not known here")
            need(carrier_of(name) == key, f"{where}: {name!r} is not {party['name']!r}")
        elif kind == "id" and number != key.casefold():
            is_none = number == key[:6] + key[8:17] or re.fullmatch(r"\D*|.{0,4}|(.)\1*|.*\*.*", number)
            need(is_none, f"{where}: {number!r} is not {key!r}", self.judged)
            self._need_pair(key, name, where)
        elif kind != "id":
            need(name_key(name) == name_key(key.split("#")[0]), f"{where}: {name!r} is not {key!r}", self.judged)
        self._need_name(party, where)

    def _need_name(self, party: dict, where: str) -> None:
        (kind, _, key), name = party["id"].partition(":"), party["name"]
        same = carrier_of(name) == key if kind == "carrier" else name_key(name) == name_key(key.split("#")[0])
        if kind == "id":
            self._need_pair(key, name, where)
            return
        need(same and (name_key(name) in self.beside or self.unread), f"{where}: {name!r} is not {key!r}", self.judged)

    def _need_pair(self, number: str, name: str, where: str) -> None:
        if not name or name_key(name) == name_key(number) or name_key(name) in self.beside.get(name_key(number), ()):
            return
        if self.unread:
            raise Doubt(f"{where}: that {name} has the number {number} is stated by no row that is read here")
        need(False, f"{where}: {name!r} is stated with {number} by no row of these sources", self.judged)

    def check_card(self, values: dict, card: dict, origin: dict) -> str:
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
        if not whole(values.get("quantity")):
            raise Doubt(f"{place_of(origin)}: no column that is known here names the card")
        return "quantity"

    def check_hop(self, hop: dict, card: dict) -> None:
        days: dict[str, set[str]] = {}
        found, texts, doubt = [], {name: {""} for name in ("channel", "waybill", "price")}, None
        need(hop["origins"], "no row states it")
        for origin in hop["origins"]:
            where = place_of(origin)

            def check(kind: str, values: dict, said: dict, where: str = where, origin: dict = origin) -> str:
                precision = self.check_card(values, card, origin)
                for party, fields in zip((hop["from"], hop["to"]), SIDES[kind], strict=True):
                    self.check_party(party, values, said, fields, where, card)
                return precision

            try:
                kind, values, precision = self.best(origin, tuple(SIDES), check)
                number, told = plain(values.get("record_no")), plain(origin["record_no"])
                need(number in ("", told) or not told, f"{where}: the number of the record is {number!r}")
                when = day_of(values.get("date"))
                if when is None and values.get("date"):
                    raise Doubt(f"{where}: the day {values['date']!r} is not understood here")
            except Doubt as one:
                doubt = one
                continue
            found.append((kind, precision))
            days.setdefault("known" if kind == "registration" else "moved", set()).update([when[0]] if when else [])
            for name, stated in texts.items():
                stated.add(plain(values.get(name)))
        if doubt is not None:
            raise doubt
        stated = days.get("moved") or days.get("known") or {None}
        need(hop["date"] in stated, f"its rows state {', '.join(map(str, sorted(stated, key=str)))}, not {hop['date']}")
        earlier = [day for day in stated if day and (day < hop["date"][: len(day)] or day[:7] < hop["date"][:7])]
        need(not earlier, f"a row states the earlier day {earlier}")
        best = next(one for one in ("listed", "range", "quantity") if one in {precision for _, precision in found})
        need(hop["precision"] == best, f"its rows name the card as {best}, not as {hop['precision']}")
        kind = next(kind for kind in SIDES if kind in {kind for kind, _ in found})
        kind = "purchase" if is_carrier(hop["from"]) and kind != "registration" else kind
        kind = "return" if is_carrier(hop["to"]) else kind
        need(hop["kind"] == kind, f"its rows state a {kind}, not a {hop['kind']}")
        for name, said in texts.items():
            need(plain(hop[name]) in said and (hop[name] or said == {""}), f"{name}: {hop[name]!r} is not in {said}")

    def _joins(self, chain: dict) -> None:
        hops = chain["hops"]
        order = [*range(1, len(hops) + 1)]
        need([h["n"] for h in hops] == order and not hops[0]["gap_before"], "the hops are not numbered in order")
        for one, two in itertools.pairwise(hops):
            joined = (one["to"]["id"] != two["from"]["id"]) == two["gap_before"]
            need(joined, f"hop {two['n']} and a gap before it do not fit {one['to']['name']}")

    def _ends(self, chain: dict) -> None:
        sold = [hop["to"] for hop in chain["hops"] if is_carrier(hop["from"])][-1:]
        known = sold or [each["party"] for hop in chain["hops"] for each in hop["registered"]]
        for role, parties in (("holder", [chain["hops"][-1]["to"]]), ("registrant", known)):
            party, ids = chain[role], {each["id"] for each in parties}
            need(party["id"] in ids if party else not sold, f"{role} is {side(party)}, by the hops {ids or None}")
            self._need_name(party, role) if party else None
        need(chain["outcome"] == own_outcome(chain), f"the chain is {own_outcome(chain)}, not {chain['outcome']}")

    def _agreed(self, result: dict, role: str) -> None:
        chains, stated = result["chains"], result[role]
        if role == "outcome":
            expected = "ambiguous" if len(chains) > 1 else own_outcome(chains[0]) if chains else "broken"
        else:
            each, stated = {side(chain[role]) for chain in chains}, side(stated)
            expected = each.pop() if len(each) == 1 else None
        need(stated == expected, f"the chains make it {expected}, not {stated}")

    def check_result(self, result: dict) -> None:
        card, about = result["card"], result["input"]
        self.judged = any(each.get("same") for each in result["judgements"])
        if not result["found"]:
            self.say(f"{about}: not found", self._not_found, result)
            return
        self.say(f"{about}: the card", self._card, result)
        for number, chain in enumerate(result["chains"], 1):
            which = about if len(result["chains"]) == 1 else f"{about}, chain {number}"
            for hop in chain["hops"]:
                sides = f"{hop['from']['name']} > {hop['to']['name']}"
                self.say(f"{which}: hop {hop['n']} {sides}", self.check_hop, hop, card)
                for each in hop["registered"]:
                    self.say(f"{which}: hop {hop['n']} registered", self._statement, each, "registration", card)
            self.say(f"{which}: the hops join", self._joins, chain)
            self.say(f"{which}: registrant and holder", self._ends, chain)
        for role in ("registrant", "holder", "outcome"):
            self.say(f"{about}: {role}", self._agreed, result, role)
        for kind, part in (("activation", "activations"), ("seizure", "seizures"), ("card_list", "card_lists")):
            for place, item in enumerate(result[part], 1):
                of_kind = item.get("kind", kind)
                self.say(f"{about}: {of_kind} {place}", self._statement, item, of_kind, card)
        self.say(f"{about}: end user", self._end_user, result)
        for place, finding in enumerate(result["findings"]):
            self.say(f"{about}: finding {finding['code']}", self._finding, finding, result, place)
        for lead in result["leads"]:
            self.say(f"{about}: lead {lead['for']}", self._lead, lead, result)
        self.say(f"{about}: the rows of each sentence", self._because, result)
        self.say(f"{about}: no other row names the card", self._complete, result)

    def _not_found(self, result: dict) -> None:
        is_bare = not any(result[name] for name in ("chains", "registrant", "holder", "end_user", "activations"))
        need(is_bare and result["outcome"] == "not_found", "what is not found has a history")
        key = card_key(result["read_as"] or result["input"])
        if key is None:
            raise Doubt("the input is no whole number of a card")
        self._complete({**result, "card": {"key": key}})

    def _card(self, result: dict) -> None:
        card = result["card"]
        if card["iccid"] is None:
            raise Doubt("records know it by another number only")
        key, asked, number = card["key"], card_key(result["read_as"] or result["input"]), card["iccid"]
        need(card_key(number) == key, f"{number} and {key} are two cards")
        need(result["matched_as"] != "iccid" or asked in (None, key), f"{result['input']} is not {key}")
        need(ISSUERS.get(key[:6]) in (None, card["carrier"]), f"the number is one of {ISSUERS.get(key[:6])}")
        if ISSUERS.get(key[:6]) not in (None, "china-mobile") and number.isdecimal():
            right = "n/a" if len(number) == 19 else "ok" if luhn(number[:19]) == number[19] else "bad"
            need(card["checksum"] == right, f"its check digit is {right}, not {card['checksum']}")
        stated = {
            national(c) for at, sheet, row in self.listed.get(key, ()) for c in self.sources[at].tables[sheet][row]
        }
        missing = [each for name in ("msisdn", "imsi", "eid") for each in card[name] if national(each) not in stated]
        if missing:
            raise Doubt(f"no row that lists the card writes {', '.join(missing)}")

    def _statement(self, item: dict, kind: str, card: dict) -> None:
        role, fields, texts = STATED[kind]
        need(item["origins"], "no row states it")
        for origin in item["origins"]:
            where = place_of(origin)

            def check(_: str, values: dict, said: dict, where: str = where, origin: dict = origin) -> None:
                self.check_card(values, card, origin)
                if kind != "card_list" or values.get("date"):
                    self._same_day(item["date"], values, where)
                if item[role] is not None:
                    self.check_party(item[role], values, said, fields, where, card)
                for name in texts:
                    cell, told = national(values.get(name, said.get(name))), national(item[name])
                    same = told[:14] == cell[:14] if name == "imei" else told == cell
                    need(not told or same, f"{where}: {name} is {values.get(name)!r}, not {item[name]!r}")
                if item[role] is None and name_key(values.get(fields[0])) and kind != "card_list":
                    raise Doubt(f"{where}: the row says {values[fields[0]]!r}, the answer nobody")

            self.best(origin, (kind, "stock") if kind == "card_list" else (kind,), check)

    def _same_day(self, stated: str | None, values: dict, where: str) -> None:
        cell = plain(values.get("date"))
        when = (day_of(f"{cell} {plain(values['time'])}") if values.get("time") else None) or day_of(cell)
        if when is None and cell:
            raise Doubt(f"{where}: the day {cell!r} is not understood here")
        is_day = (when[0] if when else None) == (stated[: len(when[0])] if when and stated else stated)
        is_time = not (when and when[1] and stated and len(stated) > 10) or when[1] == stated[11:19]
        need(is_day and is_time, f"{where}: the row states {cell!r}, not {stated}")

    def _end_user(self, result: dict) -> None:
        user, basis, uses = result["end_user"], result["end_user_basis"], result["activations"]
        named = [use["user"] for use in uses if use["user"] is not None][-1:]
        need((user is None) == (basis is None), "user and basis do not belong together")
        need(uses == sorted(uses, key=lambda use: use["date"][:10]), "the uses are not in the order of their days")
        if basis == "named":
            need(named and side(named[0]) == side(user), f"the latest use names {[each['name'] for each in named]}")
            return
        need(not named or (user is None and is_carrier(named[0])), f"a use names {[each['name'] for each in named]}")
        need(user is None or uses, "a user is presumed where no use is on record")
        is_open = {"unread_movement", "listed_with_other"} & {finding["code"] for finding in result["findings"]}
        for chain in result["chains"] if uses else ():
            held = holder_at(chain, uses[-1]["date"])
            if held is None or is_open or (user is None and len(result["chains"]) > 1):
                raise Doubt("days or rows that are not known here decide who held the card then")
            need(side(held) == side(user) or (user is None and is_carrier(held)), f"{held['name']} held the card then")

    def _finding(self, finding: dict, result: dict, place: int) -> None:
        code, params = finding["code"], finding["params"]
        hops = [hop for chain in result["chains"] for hop in chain["hops"]]
        cells = {name_key(cell) for ref in result["because"]["findings"][place] for cell in self._cells(ref)}
        told = {side(each) for each in walk({**result, "findings": []}) if {"id", "name"} <= each.keys()}
        for each in walk(params):
            if {"n", "from", "to"} <= each.keys():
                same = [h for h in hops if all(h[name] == each[name] for name in ("n", "from", "to"))]
                need(same, f"there is no hop {each['n']} {each['from']['name']} > {each['to']['name']}")
            elif {"id", "name"} <= each.keys() and side(each) not in told and name_key(each["name"]) not in cells:
                is_known = code == "delivered_to_other" and name_key(each["name"]) in self.beside
                need(is_known or self.unread, f"neither hops nor rows name {each['name']}", self.judged)
        pairs = [pair for chain in result["chains"] for pair in itertools.pairwise(chain["hops"])]
        gaps = [(side(one["to"]), side(two["from"])) for one, two in pairs if two["gap_before"]]
        days, used = {hop["date"] for hop in hops}, {use["date"][:10] for use in result["activations"]}
        known = {(side(hop["from"]), side(hop["to"]), hop["date"]) for hop in hops}
        users, taken = ([e[n] for e in result[p]] for p, n in (("activations", "user"), ("seizures", "seized_from")))
        tests = {
            "custody_gap": lambda at: (side(at["after"]), side(at["before"])) in gaps,
            "no_purchase": lambda _: not any(is_carrier(chain["hops"][0]["from"]) for chain in result["chains"]),
            "date_inversion": lambda at: {at["date"], at["previous"]} <= days,
            "activated_before_purchase": lambda at: at["activated"][:10] in used and at["purchased"] in days,
            "user_differs_from_holder": lambda at: side(at["user"]) in map(side, users),
            "double_transfer": lambda at: {(side(at["at"]), side(to["party"]), to["date"]) for to in at["to"]} <= known,
            "seized_from_another": lambda at: side(at["seized_from"]) in map(side, taken),
            "check_digit_differs": lambda p: luhn((e := p["expected"])[:-1]) == e[-1] and e[:-1] in bare(p["written"]),
        }
        if code not in tests:
            raise Doubt(f"of findings of the kind {code} only the parties and hops are checked here")
        need(tests[code](params), "hops, uses and seizures of the answer do not say so")

    def _cells(self, ref: str) -> list[str]:
        table, row = self.tables.get(f"{ref.rpartition(':')[0]}:"), int(ref.rpartition(":")[2])
        need(table and row in table["rows"], f"{ref} is not among the rows that the answer rests on")
        source = self.sources.get(table["sha256"])
        return source.tables.get(table["sheet"], {}).get(row, []) if source else []

    def _lead(self, lead: dict, result: dict) -> None:
        found = [finding["params"] for finding in result["findings"] if finding["code"] == lead["because"]]
        is_unused = lead["because"] == "no_activation" and all(u["kind"] != "activation" for u in result["activations"])
        need(found or is_unused or lead["because"] == "not_found", f"there is no finding {lead['because']}")
        asked = [side(each[role]) for each in found for role in ("after", "before") if role in each]
        need(not lead["ask"] or not asked or side(lead["ask"]) in asked, f"{lead['ask']} stands at no gap")

    def _because(self, result: dict) -> None:
        because, hops = result["because"], [hop for chain in result["chains"] for hop in chain["hops"]]

        def refs(items: list[dict]) -> set[str]:
            return {ref_of(origin) for item in items for origin in item["origins"]}

        sold = [hop for hop in hops if side(hop["to"]) == side(result["registrant"])]
        known = {
            "registrant": refs(sold + [each for hop in hops for each in hop["registered"]]),
            "holder": refs([chain["hops"][-1] for chain in result["chains"]]),
            "end_user": refs(hops + result["activations"]),
        }
        for role, rows in known.items():
            need(set(because[role]) <= rows, f"the rows of {role} are not those of its hop")
            need(result[role] is None or because[role], f"the {role} rests on no row")
        for ref in itertools.chain(*because["findings"], *because["leads"]):
            self._cells(ref)

    def _complete(self, result: dict) -> None:
        stated = {ref_of({**each, "table": None}) for each in walk(result) if {"sha256", "row"} <= each.keys()}
        stated |= {re.sub("!.*:", ":", ref) for each in result.get("because", {}).get("findings", []) for ref in each}
        self._no_other(result["card"]["key"], stated)

    def _no_other(self, key: str | None, stated: set[str]) -> None:
        doubt = ""
        for sha256, sheet, row in self.hits(key) if key else ():
            origin = {"sha256": sha256, "sheet": sheet, "row": row, "file": self.files.get(sha256, sha256[:12])}
            if ref_of(origin) in stated:
                continue
            tables = [one for one in self.tables.values() if (one["sha256"], one["sheet"]) == (sha256, sheet)]
            kinds = {kind for one in tables for kind in (one["reading"] or {}).get("fields", {})}
            texts = (plain(cell).casefold() for cell in self.sources[sha256].tables[sheet][row] if len(cell) < 30)
            is_other = kinds and kinds <= {"stock", "identity", "shipment", "payment"}
            is_none = any(re.search(NO_EVENT, text) for text in texts)
            need(is_other or is_none, f"{place_of(origin)} names the card, and no sentence rests on it")
            doubt = f"{place_of(origin)} names the card in a record that moves none"
        doubt = doubt or (self.unread and f"sources that are not read here may say more: {self.unread}")
        if doubt:
            raise Doubt(doubt)

    def check(self) -> None:
        for sha256 in sorted(self.files.keys() & self.sources.keys()):
            is_sound = self.sources[sha256].is_sound
            self.say(f"source {sha256[:12]} {self.files[sha256]}", need, is_sound, "its bytes have another hash")
        for result in self.answer.get("results", []):
            self.check_result(result)
        if "results" in self.answer:
            self.say("counts", self._counts)
        for audit in self.answer.get("enterprises", []):
            self.check_audit(audit)

    def _counts(self) -> None:
        results, counts = self.answer["results"], self.answer["counts"]
        keys = [one["found"] and str(one["card"]["key"] or one["card"]["iccid"] or one["card"]) for one in results]
        cards = {key: one for key, one in zip(keys, results, strict=True) if key}
        inputs = self.answer.get("options", {}).get("inputs") or {result["input"] for result in results}
        cases = {seizure["case_no"] for one in cards.values() for seizure in one["seizures"]} - {None}
        found = {"inputs": len(inputs), "cards": len(cards), "cases": len(cases), "not_found": keys.count(False)}
        for what, count in found.items():
            need(count == counts[what], f"{what} are {count}, not {counts[what]}")
        for outcome, count in Counter(one["outcome"] for one in cards.values()).items():
            need(count == counts["outcomes"].get(outcome), f"{count} cards are {outcome}")

    def check_audit(self, audit: dict) -> None:
        about, acquired = audit["enterprise"]["name"], "purchased" if audit["role"] == "enterprise" else "received"
        base, resold, balance = audit[acquired], audit["buckets"]["resold"], audit["balance"]
        rest = balance["unaccounted"]
        in_months = resold - sum(each["cards"] for each in audit["questioned"] if each["kind"] == "custody_gap")
        for what, count, total in (
            ("buckets", sum(audit["buckets"].values()), base),
            ("months", sum(month[acquired] for month in audit["by_month"]), base),
            ("months of resale", sum(month["resold"] for month in audit["by_month"]), in_months),
            ("holders", sum(holder["cards"] for holder in audit["resold"]["final_holders"]), resold),
            ("depths", sum(audit["resold"]["by_depth"].values()), resold),
            ("balance", rest and balance[acquired] - sum(map(balance.get, MINUS)), rest),
        ):
            self.say(f"{about}: the {what} add up", need, count == total, f"the {what} come to {count}, not {total}")
        self.lines.append((f"{about}: the cards behind the counts", NOT_CHECKED, "prove_annex.py checks their annex"))


def side(party: dict | None) -> tuple[str, str] | None:
    return party and (party["id"], party["name"])


def is_carrier(party: dict) -> bool:
    return party["id"].startswith("carrier:")


def walk(value: object):
    yield from [value] if isinstance(value, dict) else []
    for held in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(held)


def ref_of(origin: dict) -> str:
    table = f"!{origin['table']}" if origin.get("table") else ""
    sheet = f"{origin['sheet'] or ''}{table}:" if origin["sheet"] is not None or table else ""
    return f"{origin['sha256'][:12]}:{sheet}{origin['row']}"


def place_of(origin: dict) -> str:
    return ":".join(str(each) for each in (origin["file"], origin["sheet"], origin["row"]) if each is not None)


def own_outcome(chain: dict) -> str:
    hops = chain["hops"]
    if any(hop["gap_before"] for hop in hops) or not is_carrier(hops[0]["from"]):
        return "broken"
    days = [hop["date"] for hop in hops if hop["date"] and hop["kind"] != "registration"]
    falls = any(two[: len(one)] < one[: len(two)] for one, two in itertools.pairwise(days))
    return "inferred" if falls or any(hop["precision"] == "quantity" for hop in hops) else "continuous"


def holder_at(chain: dict, when: str) -> dict | None:
    days = [hop["date"] or "" for hop in chain["hops"]]
    if len(when) < 10 or any(len(day) < 10 for day in days) or days != sorted(days):
        return None
    done = [hop for hop in chain["hops"] if hop["date"] <= when[:10]]
    if len(done) < len(days) and chain["hops"][len(done)]["gap_before"]:
        return None
    return done[-1]["to"] if done else chain["hops"][0]["from"]


def main() -> int:
    try:
        saved, folder = (Path(each) for each in sys.argv[1:] if each != "-v")
        answer = json.loads(saved.read_text(encoding="utf-8"))
        if not folder.is_dir() or not {"results", "enterprises"} & answer.keys():
            raise ValueError("no answer of trace or audit, or no folder of sources")
        checker = Checker(answer, folder)
        checker.check()
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        print(f"cannot be checked: {error}", __doc__.splitlines()[2].strip(), sep="\n", file=sys.stderr)
        return 2
    counts = Counter(state for _, state, _ in checker.lines)
    for sentence, state, why in checker.lines:
        if state != PROVED or "-v" in sys.argv:
            line = f"{state}: {sentence}{': ' if why else ''}{why}"
            print("".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in line))
    print(f"{counts[PROVED]} proved, {counts[NOT_CHECKED]} not checked, {counts[NOT_PROVED]} NOT PROVED")
    return 1 if counts[NOT_PROVED] else 0


if __name__ == "__main__":
    sys.exit(main())
