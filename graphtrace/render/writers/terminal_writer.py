"""Writer of documents for a terminal: sections below each other, tables as wide as their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from rich.cells import cell_len

from graphtrace.locale import grammar
from graphtrace.model import Origin, Party
from graphtrace.render import Lang, text_tables
from graphtrace.render.document import (
    Audience,
    Cell,
    Code,
    Column,
    Divider,
    DualValue,
    Entries,
    Facts,
    Gap,
    Inline,
    Items,
    Lines,
    Link,
    Opened,
    Paragraph,
    Path,
    PathNode,
    PathStep,
    Section,
    Sections,
    TableBlock,
    Text,
    TonedText,
    columns_for,
    in_language,
    shown_to,
)
from graphtrace.render.format import format_message, format_origin, format_share, party_label, translate
from graphtrace.render.i18n import Phrase, label_text
from graphtrace.render.text_layout import Part as Piece
from graphtrace.render.text_layout import TerminalView, TextLayout, line_of, pad, wrap_cjk
from graphtrace.render.text_layout import TextColumn as PageColumn
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from graphtrace.render.document import Document, Line, Part, Remark

# each colour accompanies a word with the same meaning
OUTCOME_COLOURS = {
    "continuous": "green",
    "inferred": "yellow",
    "broken": "red",
    "ambiguous": "magenta",
    "not_found": "",
}
SEVERITY_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}

_LABEL = "dim"
_NAME = "bold"
_PLACE = "dim"
_TITLE = "bold"
_MISSING = "red"
_GUESSED = "yellow"
_COMMAND = "cyan"

_Row = TypeVar("_Row")

_INDENT = "  "
_NUMBER = 12
_SHARE = 7
_BAR = 10
"""Minimum width of a bar in cells, however long its label."""

_NARROWEST = 20
"""Width of a card number in cells, which is not broken: with narrower columns each row is a block of lines."""

_NOTHING = "–"

_BAR_BELOW = 20
"""Width of a bar below a row, in cells."""

_NARROW = 8
"""Minimum width of a column of text, in cells."""

_STYLES: dict[str, str] = {
    "plain": "",
    "name": _NAME,
    "quiet": _LABEL,
    "code": _COMMAND,
    "good": OUTCOME_COLOURS["continuous"],
    "bad": _MISSING,
    "warn": _GUESSED,
    **OUTCOME_COLOURS,
    **SEVERITY_COLOURS,
}
_NUMBERS = frozenset({"amount", "ordinal", "share"})


class DocumentView(TerminalView):
    """A document; with ``verbose`` all rows and sections."""

    def __init__(self, document: Document, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.document = document
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw all parts, after the day that the answer was asked as of."""
        if self.document.as_of is not None:
            page.title((in_language(label_text("as_of", date=self.document.as_of), page.lang), _LABEL))
        _Writer(page, verbose=self.verbose).add(self.document.parts, 0)
        if self.document.caveat is not None:
            page.title((in_language(self.document.caveat, page.lang), _LABEL))


class _Writer:
    def __init__(self, page: TextLayout, *, verbose: bool) -> None:
        self.page = page
        self.verbose = verbose

    def add(self, parts: Iterable[Part], depth: int) -> None:
        margin = _INDENT * max(depth - 1, min(depth, 1))
        for part in shown_to(parts, Audience.TERMINAL):
            match part:
                case Section(is_detail=True) if not self.verbose:
                    continue
                case Section():
                    self._add_section(part, depth)
                case Sections():
                    self._add_sections(part, depth)
                case Facts():
                    pairs = (f"{self._text(name)} {self._plain(value)}" for name, value in part.pairs)
                    self.page.add_items(list(pairs), margin=margin)
                case Paragraph():
                    self._add_line(part.parts, " ", margin)
                case Entries():
                    self._add_entries(part, margin)
                case Code():
                    for line in part.text.splitlines():
                        code = line.lstrip(" ")
                        inner = margin + " " * (len(line) - len(code))
                        self.page.add(code, margin=inner, hang=inner + _INDENT * 2)
                case Path():
                    self._add_path(part)
                case Items():
                    self._add_items(part, margin)
                case TableBlock():
                    self._add_table(part, margin)

    def _add_section(self, section: Section, depth: int) -> None:
        page, title = self.page, self._text(section.title)
        beside = [] if section.count is None else [f"{section.count:,}"]
        margin: Piece = _INDENT * max(depth - 1, 0)
        note, badge = section.note, section.badge
        pieces: list[Piece] = [(f"  {text}", _LABEL) for text in beside]
        if note is not None:
            pieces += [_INDENT, self._piece(note) if isinstance(note, TonedText) else (self._text(note), _LABEL)]
        if badge is not None:
            margin = line_of(margin, (f" {self._text(badge.text)} ", f"bold reverse {_STYLES[badge.tone]}"), _INDENT)
        page.blank()
        page.add((title, _TITLE if depth else _NAME), *pieces, margin=margin)
        self.add(section.parts, depth + 1)

    def _add_sections(self, part: Sections, depth: int) -> None:
        page, most = self.page, part.most.terminal
        if part.shows_first:
            for section in self._limited(part.sections, most):
                self._add_section(section, depth)
            if not self.verbose and most is not None and len(part.sections) > most:
                page.title((self._text(part.more_terminal), _LABEL))
            return
        if not self.verbose and most is not None and len(part.sections) > most:
            page.blank()
            page.add((self._text(part.more_terminal), _LABEL))
            return
        for section in part.sections:
            if len(part.sections) > 1:
                page.blank()
                page.add((page.glyphs.rule * page.width, _LABEL))
            self._add_section(section, depth)

    def _add_entries(self, part: Entries, margin: str) -> None:
        page = self.page
        for entry in self._limited(part.entries, part.most.terminal):
            if not part.is_dense:
                page.blank()
            if entry.head:
                sign = f"{page.glyphs.party} " if part.sign else ""
                self._add_line(entry.head, "  ", f"{margin}{sign}", hang=margin + _INDENT)
            for line in self._limited(entry.lines, part.most_lines.terminal):
                self._add_line(line, "  ", margin + _INDENT)
            self._add_more(len(entry.lines), part.most_lines.terminal, part.more_lines, margin + _INDENT)
            for line in entry.details if self.verbose else ():
                self._add_line(line, "  ", margin + _INDENT)
        self._add_more(len(part.entries), part.most.terminal, part.more, margin)

    def _add_line(self, line: Line, between: str, margin: Piece, hang: Piece | None = None) -> None:
        if isinstance(line, Inline):
            self.page.add_items(list(map(self._piece, line.texts)), _STYLES[line.tone], margin=margin, hang=hang)
        elif isinstance(line, Lines):
            for each in line.lines:
                self.page.add(*self._line(each, between), margin=margin)
                margin = line_of(" " * line_of(margin).cells, _INDENT if each is line.lines[0] else "")
        else:
            self.page.add(*self._line(line, between), margin=margin)

    def _line(self, remark: Remark, between: str) -> list[Piece]:
        pieces = [piece for text in remark if text is not None for piece in (between, self._piece(text))]
        return pieces[1:]

    # -- tables ------------------------------------------------------------------------------------------------

    def _add_table(self, table: TableBlock, margin: str) -> None:
        columns, take = columns_for(table, Audience.TERMINAL, with_details=self.verbose)
        rows = [take(row) for row in self._limited(table.rows, table.most.terminal)]
        if table.is_apart:
            self.page.blank()
        match table.layout:
            case "bars":
                self._add_bars(rows, margin)
            case "account":
                self._add_account(rows, margin)
            case "list":
                self._add_list(columns, rows, margin)
            case "pairs" | "items":
                between = ": " if table.layout == "pairs" else " "
                for row in rows:
                    self.page.add(between.join(map(self._plain, row)), margin=margin, hang=margin + _INDENT)
            case "key":
                self._add_key(rows, margin)
            case "entries":
                self._add_rows_as_entries(columns, rows, margin)
            case "grid":
                self._add_grid(columns, rows, table.dividers, margin)
        self._add_more(len(table.rows), table.most.terminal, table.more, margin)

    def _add_key(self, rows: Sequence[Sequence[Cell]], margin: str) -> None:
        words = [self._key_piece(word) for word, _ in rows]
        cells = max((line_of(word).cells for word in words), default=0)
        for word, (_, cell) in zip(words, rows, strict=True):
            beside = line_of(margin, word, " " * (cells - line_of(word).cells), _INDENT)
            if isinstance(cell, Inline):
                self._add_line(cell, " ", beside)
            elif isinstance(cell, Lines):
                for line in cell.lines:
                    self.page.add(*self._line(line, _INDENT), margin=beside)
                    beside = line_of(" " * beside.cells)
            else:
                self.page.add(self._piece(cell), margin=beside)

    def _key_piece(self, word: Cell) -> Piece:
        return self._piece(word) if isinstance(word, TonedText) else (self._plain(word), _LABEL)

    def _add_items(self, part: Items, margin: str) -> None:
        page, shown = self.page, self._limited(part.items, part.most.terminal)
        if part.is_inline:
            page.add_items(list(map(self._piece, shown)), margin=margin)
        for number, item in enumerate(() if part.is_inline else shown, 1):
            if part.is_numbered:
                page.add(self._piece(item), margin=f"{number:>3}. ")
            else:
                page.add(self._piece(item), margin=margin, hang=margin + _INDENT)
        self._add_more(len(part.items), part.most.terminal, part.more, margin)

    # -- the way of a card -------------------------------------------------------------------------------------

    def _add_path(self, path: Path) -> None:
        digits = len(str(max((stop.number for stop in path.stops if isinstance(stop, PathStep)), default=1)))
        margin, glyphs = " " * (digits + 3), self.page.glyphs
        common = slice(0, 0) if self.verbose else path.common
        for at, stop in enumerate(path.stops):
            if common.start <= at < common.stop:
                if at == common.start:
                    self.page.add((self._text(path.as_above), _LABEL), margin=f"{margin}{glyphs.item}   ")
                continue
            match stop:
                case PathNode(name=name, missing=None):
                    sign = glyphs.arrow if stop.is_reached else glyphs.party
                    self.page.add(*self._line(name, _INDENT), margin=f"{margin}{sign} ")
                case PathNode(missing=missing) if missing is not None:
                    self.page.add((self._text(missing), _MISSING), margin=f"{margin}{glyphs.void} ")
                case PathStep():
                    self._add_leg(stop, path, digits)
                case Gap(text=text):
                    self._add_gap(text, margin)

    def _add_leg(self, leg: PathStep, path: Path, digits: int) -> None:
        line = self.page.glyphs.dashed if leg.is_guess else self.page.glyphs.line
        below = f"{' ' * (digits + 3)}{line}   "
        texts = list(map(self._piece, leg.statement.texts))
        margin = line_of((f"{leg.number:>{digits + 2}} ", _LABEL), f"{line}   ")
        self.page.add_items(texts, _STYLES[leg.statement.tone], margin=margin, hang=below)
        for origin in self._limited(leg.origins, path.most.terminal):
            self.page.add(self._piece(origin), margin=below, hang=below)
        if path.most.terminal is not None and len(leg.origins) > path.most.terminal and not self.verbose:
            self._add_more(len(leg.origins), path.most.terminal, path.more, below)

    def _add_gap(self, text: Text | None, margin: str) -> None:
        page, sign = self.page, (self.page.glyphs.item, _MISSING)
        page.add(sign, margin=margin)
        if text is not None:
            cross = line_of(margin, (f"{page.glyphs.gap} ", _MISSING))
            page.add((self._text(text), _MISSING), margin=cross)
            page.add(sign, margin=margin)

    def _add_more(self, count: int, most: int | None, more: BilingualText | None, margin: str) -> None:
        if most is not None and count > most and not self.verbose:
            text = format_message(more or text_tables.LABELS["more_places"], {"more": count - most}, self.page.lang)
            self.page.add((text, _LABEL), margin=margin)

    def _add_grid(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        dividers: Mapping[int, Divider],
        margin: str,
    ) -> None:
        beside = [at for at, column in enumerate(columns) if not column.is_below]
        across = [columns[at] for at in beside]
        cells = [[self._piece(row[at], columns[at]) for at in beside] for row in rows]
        heads = [self._text(column.heading) for column in across]
        widths = [
            max(cell_len(head), *(line_of(piece).cells for piece in below))
            for head, *below in zip(heads, *cells, strict=True)
        ]
        room = self.page.width - len(margin) - 2 * (len(across) - 1)
        if sum(min(width, _NARROWEST) for width in widths) > room:
            self._add_blocks(heads, cells, margin)
            return
        while sum(widths) > room:
            # whatever is widest is broken first, numbers never
            widest = max(
                (at for at, column in enumerate(across) if column.kind not in _NUMBERS), key=widths.__getitem__
            )
            if widths[widest] <= _NARROW:
                break
            widths[widest] -= 1
        drawn = [
            PageColumn(head, width, is_number=column.kind in _NUMBERS)
            for head, width, column in zip(heads, widths, across, strict=True)
        ]
        self.page.add_table(drawn, [], margin=margin)
        for at, (row, line) in enumerate(zip(rows, cells, strict=True)):
            if at in dividers:
                self.page.add((self._text(dividers[at].text), _LABEL), margin=margin + _INDENT * 2)
            self.page.add_row(drawn, line, margin)
            below = [(column, cell) for column, cell in zip(columns, row, strict=True) if column.is_below]
            self._add_below(below, margin + _INDENT * 2)

    def _add_below(self, cells: Sequence[tuple[Column, Cell]], margin: str) -> None:
        beside: Piece = margin
        for column, cell in cells:
            if column.kind == "bar" and isinstance(cell, float):
                full = max(round(cell * _BAR_BELOW), 1)
                bar = self.page.glyphs.bar * full + self.page.glyphs.rule * (_BAR_BELOW - full)
                beside = line_of(beside, bar, f" {cell:>4.0%}  ")
            elif isinstance(cell, Inline):
                texts = list(map(self._piece, cell.texts))
                self.page.add_items(texts, _STYLES[cell.tone], margin=beside, hang=margin)

    def _add_blocks(self, heads: Sequence[str], rows: Sequence[Sequence[Piece]], margin: str) -> None:
        """Add each row as a block of lines, if a table of all columns would break card numbers."""
        width = max(map(cell_len, heads))
        for row in rows:
            self.page.blank()
            for head, piece in zip(heads, row, strict=True):
                if piece != _NOTHING:
                    self.page.add(piece, margin=line_of(margin, (pad(head, width) + _INDENT, _LABEL)))

    def _add_rows_as_entries(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], margin: str) -> None:
        page = self.page
        previous = None
        for first, *others in rows:
            named = (self._plain(first), first.id if isinstance(first, Party) else "")
            if named != previous:
                beside = (f"  {first.id}", _LABEL) if isinstance(first, Party) else ""
                page.add((named[0], _NAME), beside, margin=f"{margin}{page.glyphs.party} ")
            previous = named
            stated = [(column, cell) for column, cell in zip(columns[1:], others, strict=True) if cell is not None]
            look = _MISSING if any(column.is_alarming and cell for column, cell in stated) else ""
            phrases = [phrase for column, cell in stated if (phrase := self._phrase(column, cell))]
            page.add_items(phrases, look, margin=margin + _INDENT)
            for cell in (cell for column, cell in stated if column.is_detail):
                for origin in cell if isinstance(cell, Sequence) else ():
                    page.add((self._plain(origin), _LABEL), margin=margin + _INDENT)

    def _phrase(self, column: Column, cell: Cell) -> str:
        if column.is_detail:
            return ""
        if column.phrase is not None:
            phrase = column.phrase(cell)
            return "" if phrase is None else self._text(phrase)
        between = grammar("colon", self.page.lang)
        return f"{self._text(column.heading)}{between}{self._plain(cell)}"

    def _add_bars(self, rows: Sequence[Sequence[Cell]], margin: str) -> None:
        page = self.page
        labels = [self._plain(row[0]) for row in rows]
        room = page.width - len(margin) - _NUMBER - _SHARE - 2
        cells = min(max(map(cell_len, labels)), max(room - _BAR, _NARROW))
        room = max(room - cells, 0)
        for label, (first, cards, share, bar) in zip(labels, rows, strict=True):
            amount = cards.value if isinstance(cards, Opened) else cards
            assert isinstance(amount, int)
            assert isinstance(share, float)
            assert isinstance(bar, float)
            look = _STYLES[first.tone] if isinstance(first, TonedText) else ""
            # What is there at all is seen, however little it is.
            drawn = page.glyphs.bar * max(round(bar * room), 1 if amount else 0)
            count = f"{amount:>{_NUMBER},}{format_share(share):>{_SHARE}}  "
            head, *others = wrap_cjk(line_of(label), cells)
            page.lines.append(
                line_of(margin, head, " " * (cells - head.cells), count, (drawn, look)).without_end_blanks()
            )
            page.lines += [line_of(margin, other) for other in others]

    def _add_account(self, rows: Sequence[Sequence[Cell]], margin: str) -> None:
        page, last = self.page, len(rows) - 1
        cells = max(cell_len(self._plain(label)) for label, _ in rows)
        for place_, (label, value) in enumerate(rows):
            amount = value if place_ in (0, last) or not isinstance(value, int) else -value
            sign = " " if place_ == 0 else "=" if place_ == last else "-"
            amount_text = self._plain(amount)
            is_open = place_ == last and isinstance(value, int)
            look = "" if not is_open else _MISSING if value else OUTCOME_COLOURS["continuous"]
            gap = " " * max(_NUMBER - cell_len(amount_text), 0)
            page.lines.append(line_of(margin, pad(self._plain(label), cells), f" {sign} ", gap, (amount_text, look)))

    def _add_list(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], margin: str) -> None:
        """Add each sentence in the colour of its severity; a remark on several in a row is added once below them."""
        page = self.page

        def beside(row: Sequence[Cell]) -> str:
            (first, _, *others), (column, *_) = row, columns
            # the colour alone would not reach a file, nor whoever sees none
            return " · ".join([line_of(self._piece(first, column)).plain, *map(self._plain, others)])

        for note, group in groupby(rows, beside):
            for row in group:
                look = SEVERITY_COLOURS.get(str(row[0]), "")
                page.add((self._plain(row[1]), look), margin=margin, hang=margin + _INDENT)
            page.add((note, _LABEL), margin=margin + _INDENT)

    # -- texts -------------------------------------------------------------------------------------------------

    def _limited(self, rows: Sequence[_Row], most: int | None) -> Sequence[_Row]:
        return rows if self.verbose else rows[:most]

    def _text(self, text: Text) -> str:
        return in_language(text, self.page.lang)

    def _plain(self, cell: Cell) -> str:
        return line_of(self._piece(cell)).plain

    def _piece(self, cell: Cell, column: Column | None = None) -> Piece:
        kind = "amount" if column is None else column.kind
        match cell:
            case None | "":
                return _NOTHING
            case DualValue(text=text):
                return self._piece(text, column)
            case str() if kind == "severity":
                return translate(text_tables.SEVERITIES, cell, self.page.lang), SEVERITY_COLOURS.get(cell, "")
            case str() | BilingualText() | Phrase():
                return self._text(cell)
            case TonedText(text=text, tone=tone):
                return self._text(text), _STYLES[tone]
            case Opened(value=value):
                return self._piece(value, column)
            case Link(text=text):
                return self._text(text)
            case int() | float():
                shown = format_share(cell) if kind == "share" else str(cell) if kind == "ordinal" else f"{cell:,}"
                return shown, _MISSING if column is not None and column.is_alarming and cell else ""
            case Inline(texts=texts):
                return f" {self.page.glyphs.item} ".join(line_of(self._piece(text)).plain for text in texts)
            case Lines(lines=lines):
                return "; ".join(line_of(*self._line(line, " ")).plain for line in lines)
            case Party():
                return party_label(cell, self.page.lang)
            case Origin():
                return format_origin(cell.file, cell.row, cell.sheet, cell.sha256), _PLACE
            case _:
                return "; ".join(format_origin(origin.file, origin.row, origin.sheet, origin.sha256) for origin in cell)
