"""Limits of reading, equal for every format. One place, so that no format knows a limit that another lacks.

What is within a row is refused with the row (``unreadable_row``); what is beyond is refused with the file.
"""

from __future__ import annotations

from typing import Final

MAX_CELL_CHARACTERS: Final = 131_072
"""Of one cell: four times what spreadsheet programs hold, and the limit of Python's reader of CSV."""

MAX_CELL_LINES: Final = 1_000
"""Of one quoted cell in text: beyond, its quote is a stray one."""

MAX_COLUMNS: Final = 16_384
"""As many as a worksheet has. More names are data, not headings."""

MAX_FILLED_COLUMNS: Final = 1_000
"""Of one sheet that is read: each costs some milliseconds. Empty ones between and behind them are not counted."""

MAX_TABLES: Final = 256
"""Of one sheet."""

MAX_TABLE_CELLS: Final = 8_000_000
"""Of a sheet that holds several tables, which is held in memory."""

MAX_LINE_BYTES: Final = 4 * 2**20
"""Of a line of text. A file without line ends is no table, and each try to cut it costs as much as the line is long."""

MAX_SHOWN_CHARACTERS: Final = 4_096
"""Of the text of a row that could not be taken apart. All of it stands in the kept source."""
