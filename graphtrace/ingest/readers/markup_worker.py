"""The process in which a web page is parsed: ``python -m … PATH SECONDS BYTES``, its tables as JSON on stdout.

The parser of pages may take the square of their size for tags that never end, and merged cells can cover more than the
memory holds: neither can be foreseen, and neither can be stopped in the process that wants the tables.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO

from graphtrace.ingest.readers.child_side import WorkerStatus, limit_resources
from graphtrace.ingest.readers.markup_reader import MAX_CELLS, tables_of, text_of_page
from graphtrace.ingest.readers.table_reader import spread


def main(path: Path, seconds: int, memory_bytes: int, output: IO[bytes]) -> int:
    """Write the tables of a page; returns 0 or a :class:`WorkerStatus`, with the reason on stderr."""
    limit_resources(seconds, memory_bytes)
    text, _ = text_of_page(path, path.read_bytes())
    try:
        found = tables_of(text)
    except AssertionError as error:
        # what the parser raises where a declaration is none
        sys.stderr.write(str(error).partition("\n")[0])
        return WorkerStatus.DAMAGED
    tables = [spread(parsed.rows, MAX_CELLS) for parsed in found]
    if any(table is None for table in tables):
        sys.stderr.write(json.dumps(("merged_cells_too_many", {})))
        return WorkerStatus.UNSAFE
    pages = [{**parsed._asdict(), "table": table} for table, parsed in zip(tables, found, strict=True)]
    for page in pages:
        del page["rows"]
    output.write(json.dumps(pages).encode())
    output.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.stdout.buffer))
