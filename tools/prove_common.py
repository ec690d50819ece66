"""Read files, numbers, days, names and parts of answers, and print what was found, for the programs that prove them.

It lies beside ``prove.py`` and ``prove_annex.py`` and is no program of its own. Nothing of graphtrace is used.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

PROVED, NOT_CHECKED, NOT_PROVED = "proved", "not checked", "NOT PROVED"
ISSUERS = {
    **dict.fromkeys(("898600", "898602", "898604", "898607", "898608"), "china-mobile"),
    **dict.fromkeys(("898601", "898606", "898609"), "china-unicom"),
    **dict.fromkeys(("898603", "898611"), "china-telecom"),
    "898615": "china-broadnet",
}
CARRIERS = {
    "china-mobile": "移动|china mobile|cmcc",
    "china-unicom": "联通|联合网络通信|china unicom|^cucc$",
    "china-telecom": "电信|china telecom|^ctcc$",
    "china-broadnet": "广电|广播电视|broadnet|^cbn$",
}
KIND_WORDS = {
    "purchase": "purchase|采购|购卡|开户|进货|入库",
    "transfer": "transfer|转让|销售|出库|批发|零售",
    "return": "return|退货|退卡|退回",
}
NO_EVENT = r"续费|充值|^(?:合计|总计|小计|total)$|作废|取消|未发|撤销|cancel|void|^\d{15}0{4,5}$"
CHINA = timezone(timedelta(hours=8))
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?)?月?(?!\d)(.*)", re.DOTALL)
TIME = re.compile(
    r"[T\s]*(上午|下午|AM|PM)?\s*(\d\d?)[:时](\d\d)[:分]?(\d\d)?(?:\.\d+)?秒?\s*(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d)?)?\s*"
)
EMPTY = {"", "-", "－", "—", "/", "／", "无", "空", "null", "none", "n/a", "nan"}
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


class Doubt(Exception):
    """Something that this program does not understand: the sentence is not checked."""


class Fault(Exception):
    """Something that the sources do not say, or say otherwise: the sentence is not proved."""


def need(holds: object, why: str, doubt: str = "") -> None:
    """Refuse what does not hold: as not proved, or as not checked where something may say it that is not read."""
    if not holds:
        raise Doubt(f"{why}; {doubt}") if doubt else Fault(why)


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


def kinds_said(cell: object) -> list[str]:
    """Return the kinds of which a cell says that its row is one."""
    said = plain(cell).casefold()
    return [kind for kind, words in KIND_WORDS.items() if re.search(words, said)]


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


def leaves(value: dict | list, path: str = "", only: Iterable[str] = ()) -> Iterator[tuple[tuple[int, object], str]]:
    """Yield the values of an answer, each by the object that has it and its name there, with its path."""
    for name, held in value.items() if isinstance(value, dict) else enumerate(value):
        there = f"{path}.{name}".lstrip(".") if isinstance(value, dict) else path
        if held == [] or (only and name not in only):
            continue
        if isinstance(held, dict) or (isinstance(held, list) and any(isinstance(each, (dict, list)) for each in held)):
            yield from leaves(held, there)
        else:
            yield (id(value), name), there


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


def is_below(path: str, names) -> bool:
    """Return whether a value is one of those, or of a party or row that is one."""
    of_names = not path.endswith((".identified_by", "registrant.kind"))
    return of_names and any(path == name or path.startswith(f"{name}.") for name in names)


def is_earlier(day: str | None, other: str | None) -> bool:
    size = min(len(day or ""), len(other or ""))
    return (day or "")[:size] < (other or "")[:size]


def refs(items: list[dict]) -> list[str]:
    return [*dict.fromkeys(ref_of(origin) for item in items for origin in item["origins"])]


def gap_of(one: dict, two: dict) -> tuple | None:
    """Return the sides of a gap between two hops, and the days between which it lies."""
    falls = is_earlier(two["date"], one["date"])
    is_false = falls and "registration" not in (one["kind"], two["kind"])
    days = (None if falls else one["date"], None if is_false else two["date"])
    return (side(one["to"]), side(two["from"]), *days) if two["gap_before"] else None


def hops_of(named: dict, hops) -> list[dict]:
    of = ("n", "from", "to")
    return [hop for hop in hops if all(hop[name] == named[name] for name in of)]


def unstated(answer: dict, stated: set[tuple[int, object]]) -> list[tuple[str, int, int]]:
    """Return the paths of the values for which no proved sentence stands: how many, and of how many.

    A path stands for all below it where nothing there is proved.
    """
    every, missing = Counter(), Counter()
    for leaf, path in leaves(answer):
        names = path.split(".")
        for above in range(1, len(names) + 1):
            every[".".join(names[:above])] += 1
            missing[".".join(names[:above])] += leaf not in stated
    shown: list[tuple[str, int, int]] = []
    inner = {path.rpartition(".")[0] for path in every}
    for path in sorted(path for path, count in missing.items() if count):
        is_told = path not in inner or missing[path] == every[path]
        if is_told and not (shown and path.startswith(f"{shown[-1][0]}.")):
            shown.append((path, missing[path], every[path]))
    return shown


def visible(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def tell(lines: Iterable[tuple[str, str, str, int]], is_long: bool, values: Iterable[tuple[str, int, int]] = ()) -> int:
    """Print the sentences that are not proved, or all, the values without one, and the counts; return the exit code."""
    counts, below = Counter(), {}
    for sentence, state, why, number in lines:
        counts[state] += number
        if state != PROVED or is_long:
            print(visible(f"{state}: {sentence}{': ' if why else ''}{why}"))
    for path, missing, every in values:
        above, _, name = path.rpartition(".")
        below.setdefault(above, []).append(name if missing == every else f"{name} ({missing} of {every})")
    for above, names in below.items():
        print(visible(f"not checked, no proved sentence states them: {above or 'answer'}: {', '.join(names)}"))
    print(f"{counts[PROVED]} proved, {counts[NOT_CHECKED]} not checked, {counts[NOT_PROVED]} NOT PROVED")
    return 1 if counts[NOT_PROVED] else 0
