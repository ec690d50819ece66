"""Changes of hands of a card that rows state and that were not recorded, on a server: nodes linked to their sheet.

Whether the case has any stands in the node of the case, so that a question about a case without them asks nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.identifiers import split_key
from graphtrace.model import DateSpan, Origin
from graphtrace.storage.neo4j.neo4j_schema import prefix_pattern
from graphtrace.storage.stored_records import UnreadMovement

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.neo4j_reader import Neo4jReader

_FOUND = "WHERE u.sheet IN $seen RETURN asked, " + ", ".join(
    f"u.{name} AS {name}" for name in ("kind", "reason", "field", "text", "day", "span", "sheet", "row")
)
_FIND = f"""
UNWIND $keys AS asked MATCH (u:Unread {{key: asked}}) {_FOUND}
UNION UNWIND $places AS place WITH place, place.key AS asked
MATCH (u:Unread {{head: place.head}}) WHERE u.low <= place.number AND u.high >= place.number WITH u, asked {_FOUND}
UNION UNWIND $numbers AS asked MATCH (u:Unread {{number: asked}}) {_FOUND}
"""


def find_unread(
    reader: Neo4jReader, keys: Iterable[str], numbers: Iterable[str]
) -> Mapping[str, Sequence[UnreadMovement]]:
    """Return the unread changes of hands by card and by MSISDN or IMSI, in order of their rows."""
    asked = list(keys)
    places = []
    for key in asked:
        text, size, number = split_key(key)
        places.append({"key": key, "head": prefix_pattern(text, size), "number": number})
    found: dict[str, list[UnreadMovement]] = defaultdict(list)
    rows = reader.query(_FIND, keys=asked, places=places, numbers=list(numbers), seen=list(reader.sheet_sources))
    for name, kind, reason, field, text, day, span, sheet, row in rows:
        when = None if day is None else DateSpan(day, day + span)
        found[name].append(
            UnreadMovement(kind, reason, field, text, when, Origin(*reader.sheet_sources[sheet], row, None))
        )
    for movements in found.values():
        movements.sort(key=lambda each: (each.origin.file, each.origin.sort_key, each.kind or ""))
    return found
