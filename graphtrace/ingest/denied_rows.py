"""Rows that a line beside their table takes back by their numbers: “strike line 4”, 第4行作废.

They leave the sheet before it is read. What they say of their cards is told with the line, and is no record.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import polars as pl

from graphtrace.identifiers import parse_iccid
from graphtrace.ingest.card_cells import split_cards
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.said_beside import COUNTS_ROWS, LINE_NOT_READ, MAY_COUNT_ROWS
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, TOP_ROWS, Sheet
from graphtrace.ingest.unread_events import LONGEST_QUOTED, UNREAD_SCHEMA, UnreadEvent, lots_between
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late
from graphtrace.results.reports import Reject

_NUMBERS: Final = r"(?P<{0}>[0-9]{{1,4}}(?:\s*(?:,|、|和|及|与|&|and|-|–|~|至|到|to)\s*[0-9]{{1,4}})*)"
_ROW_EN: Final = r"(?:lines?|rows?|items?|entr(?:y|ies)|s[lr]|s/n)\.?\s*(?:no\.?|nos\.?|numbers?)?\s*"
_ROW_ZH: Final = "(?:行|项|条|笔|单)"
_END_EN: Final = (
    r"(?=\s*(?:$|[.,:)\]（）–—-](?![0-9])|[;；。，!(\[]"
    r"|\b(?:as|because|since|please|pls|thanks?|due|above|below|entirely|completely)\b))"
)
_END_ZH: Final = r"(?:了|掉)?(?=\s*(?:$|[。，,；;：:！!、()（）\]】—–-]|处理$))"
"""What is taken back is the row, and no more stands behind that (not 第2行取消折扣, remove line 2 from invoice 7)."""
_DENIALS: Final = late(
    r"\b(?:strike|delete|remove|cancel|void|disregard|ignore|omit|cross)\b(?:\s+(?:out|off))?\s+(?:the\s+)?"
    rf"{_ROW_EN}{_NUMBERS.format('a')}(?![0-9%/]|\.[0-9]){_END_EN}"
    rf"|\b{_ROW_EN}{_NUMBERS.format('b')}\s+(?:is|are|was|were|has been|have been|to be)\s+"
    rf"(?:now\s+)?(?:void(?:ed)?|cancel+ed|deleted|struck(?:\s+(?:out|off))?|withdrawn|(?:keyed|entered)\s+in\s+error|an\s+error)\b{_END_EN}"
    rf"|(?:第|序号|编号|行号|项次)\s*{_NUMBERS.format('c')}\s*{_ROW_ZH}?(?:系|为|已|予以|应)?"
    rf"(?:作废|取消|划掉|划去|删除|删去|剔除|无效|不算|误录|误登|录错|填错|写错|登记错误){_END_ZH}"
    rf"|(?:作废|取消|划掉|划去|删除|删去|剔除)\s*(?:第|序号|编号)\s*{_NUMBERS.format('d')}\s*{_ROW_ZH}?(?![0-9]){_END_ZH}",
    re.IGNORECASE,
)
"""Found in lines that take rows back by their numbers."""
_SENTENCE: Final = late(r"[^。；;!！?？\n]+[?？]?")
_BEFORE: Final = pattern_of("denied_rows", "before", re.IGNORECASE)
"""Found before a denial that is itself denied, wished or laid down, or that speaks of another paper."""
_OTHERWISE: Final = pattern_of("denied_rows", "otherwise", re.IGNORECASE)
"""Found in sentences that ask for a denial, lay down when it holds, or undo it."""
_BETWEEN: Final = late(r"(?P<first>[0-9]+)\s*(?:-|–|~|至|到|to)\s*(?P<last>[0-9]+)")
_NUMBER: Final = late("[0-9]+")
_MOST: Final = 100
"""Rows that one line takes back at most."""
_LINE: Final = late(r"lines?|item(?:_?no)?|项次|编号")
"""Further headings of a column that numbers the rows, where its cells count from 1."""


def part_denied(sheet: Sheet) -> None:
    """Take the rows that a line beside the table takes back out of a sheet, where all of its rows are seen."""
    rows = sheet.head_rows
    if not 1 < len(rows) < TOP_ROWS:
        return
    alone = (texts[0] for _, cells in rows if len(texts := [*dict.fromkeys(filter(None, cells))]) == 1)
    lines = {line: [*_denied_in(line)] for line in (*sheet.text, *sheet.below, *alone)}
    said_of = {number: line for line, numbers in lines.items() for number in numbers}
    if not said_of or (found := _find_numbers(rows)) is None:
        return
    header, column, headings = found
    denied: dict[int, str] = {}
    for row, cells in rows:
        number = cells[column] if row > header else None
        if number is not None and (line := said_of.get(number.rstrip(".)"))) is not None:
            denied[row] = line
            raw = tuple(
                (name or "", cell and cell.removeprefix(INEXACT_MARK))
                for name, cell in zip(headings, cells, strict=False)
            )
            sheet.left_out.append(Reject(row=row, field=None, reason="not_a_record", value=line, raw=raw))
            named = [part for cell in cells if cell for part in split_cards(cell)]
            ends = [card for part in named for end in part if end and (card := parse_iccid(end)) and card.complete]
            event = UnreadEvent(row, None, LINE_NOT_READ, None, None, line[:LONGEST_QUOTED])
            lots = lots_between(*ends) if len(ends) == 2 else [lot for end in ends for lot in lots_between(end, None)]
            sheet.unread_left_out.append(pl.DataFrame([*event.of(lots, ())], schema=UNREAD_SCHEMA, orient="row"))
    if denied:
        read = sheet.read
        sheet.head_rows = [each for each in rows if each[0] not in denied]
        sheet.read = lambda first: (block.filter(~pl.col(ROW).is_in([*denied])) for block in read(first))


def _denied_in(line: str) -> Iterator[str]:
    """Yield the numbers of the rows that a line takes back.

    >>> [*_denied_in("Please strike lines 2 and 4-6.")], [*_denied_in("第3、5行作废")], [*_denied_in("line 4 went out")]
    (['4', '5', '6', '2'], ['3', '5'], [])
    >>> [*_denied_in("Do not strike line 4")], [*_denied_in("第2行取消折扣")], [*_denied_in("如未付款，第2行作废")]
    ([], [], [])
    """
    for found in _denials_of(line):
        text = next(filter(None, found.groupdict().values()))
        for span in _BETWEEN.finditer(text):
            first, last = int(span["first"]), int(span["last"])
            yield from (str(number) for number in range(first, min(last, first + _MOST) + 1))
        yield from (str(int(number)) for number in _NUMBER.findall(_BETWEEN.sub("", text)))


def _denials_of(line: str) -> Iterator[re.Match[str]]:
    """Yield where a line takes rows back, by sentences that do no more than that."""
    for sentence in _SENTENCE.finditer(line):
        if _OTHERWISE.search(sentence[0]) is None:
            at = sentence.start()
            for found in _DENIALS.finditer(line, *sentence.span()):
                if _BEFORE.search(line, at, found.start()) is not None:
                    break
                at = found.end()
                yield found


def without_denials(line: str, kept: Collection[str]) -> str:
    """Return a line without what takes rows back of whose numbers none is among those that were read.

    >>> without_denials("共扣押8张（编号5作废）。", {"6", "7"}), without_denials("编号6作废", {"6", "7"})
    ('共扣押8张。', '编号6作废')
    """
    bare = line
    for found in reversed([*_denials_of(line)]):
        bare = bare[: found.start()] + bare[found.end() :]
    bare = _EMPTY_BRACKETS.sub("", bare)
    return line if {*kept}.intersection(_denied_in(line)) else bare


_EMPTY_BRACKETS: Final = late(r"[(（][\s,，、;；]*[)）]")


def _find_numbers(rows: Sequence[tuple[int, Sequence[str | None]]]) -> tuple[int, int, Sequence[str | None]] | None:
    """Return the row of headings and the column that numbers the rows below it, from 1 on."""
    for place, (row, cells) in enumerate(rows):
        for at, cell in enumerate(cells):
            heading = normalize_heading(cell or "")
            if not any(pattern.fullmatch(heading) for pattern in (COUNTS_ROWS, MAY_COUNT_ROWS, _LINE)):
                continue
            numbers = [text.rstrip(".)") for _, below in rows[place + 1 :] if (text := below[at])]
            counted = [text for text in numbers if _NUMBER.fullmatch(text)]
            if counted and counted == [str(number) for number in range(1, len(counted) + 1)]:
                return row, at, cells
    return None
