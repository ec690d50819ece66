"""Checks of a case folder that need no source: values, references, and tables that are derived from rows.

Everything is asked of the tables themselves, whatever stands before them, and every block of every table is read once:
the engine checks the sum of each block that it reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

import duckdb

from graphtrace.errors import CaseDamaged, GraphtraceError, StoreError
from graphtrace.model import KINDS, LONGEST_TEXT, SUPPORT_KINDS
from graphtrace.private_files import read_file
from graphtrace.results.corrections import Correction
from graphtrace.storage.case_folder import INCOMING, LOOKUPS, NOTES, REJECTS, SOURCES
from graphtrace.storage.correction_log import CorrectionEffects, StoredCorrection
from graphtrace.storage.duckdb.duckdb_schema import (
    FOLDER_TABLE_NAMES,
    KEYS_PER_PREFIX,
    LEDGER_SQL,
    NO_DAY,
    RECORD_COLUMNS,
)
from graphtrace.storage.duckdb.visibility import (
    base_schema,
    made_of_card_records,
    not_unloaded,
    read_judgements,
    read_suspended,
    stored_judgements,
    unloaded_sheets,
)
from graphtrace.storage.duckdb.workarounds import is_ours, read_error
from graphtrace.storage.ledger import content_of
from graphtrace.storage.ledger_check import check_held
from graphtrace.storage.not_read import decode_warnings, hash_of, reject_from_row, rejects_name
from graphtrace.storage.resolution import RESOLUTION_PENDING, resolve_parties
from graphtrace.storage.stored_records import CONTACT, support_record

if TYPE_CHECKING:
    from pathlib import Path

    from graphtrace.results.judgements import Judgement
    from graphtrace.storage.base import LoadedFile
    from graphtrace.storage.duckdb.session import CaseSession

Problems = Iterator[tuple[str, dict[str, Any]]]

_FIRST_DAY, _LAST_DAY = -25_567, 84_006
"""1900-01-01 and 2199-12-31: no record outside is loaded."""

_DIGITS: Final = 11
"""Number of digits of the longest running part of a card."""


def _or_null(column: str, condition: str) -> str:
    return f"{column} IS NULL OR {condition}"


def _positive(column: str) -> str:
    return _or_null(column, f"{column} >= 0")


def _subscriber(column: str) -> str:
    """Return the condition that an integer may stand for an MSISDN or IMSI; an MSISDN of abroad is negative."""
    return f"({column} >= 0 OR {column} BETWEEN {1 - 10**15} AND {-(10**7)})"


def _short(column: str) -> str:
    return _or_null(column, f"length({column}) <= {LONGEST_TEXT}")


_DAY: Final = f"day BETWEEN {_FIRST_DAY} AND {_LAST_DAY}"
_SHEET: Final = {"sheet": "sheet IN (SELECT sheet FROM {base}.sheets)"}
_WHEN: Final = {
    "day": _or_null("day", _DAY),
    "span": "(span IS NULL) = (day IS NULL) AND coalesce(span <= 30, true)",
    "second": "CASE WHEN second IS NULL THEN day IS NULL ELSE second BETWEEN -1 AND 86399 END "
    "AND (span IS NULL OR span = 0 OR second = -1)",
}
_TEXTS: Final = [name for name, kind in RECORD_COLUMNS.items() if kind.startswith("VARCHAR") and name != "extra"]
_OF_BODY: Final = {
    "kind": f"kind < {len(KINDS)}",
    "sender": _or_null("sender", "sender IN (SELECT ident FROM {base}.mentions)"),
    "receiver": _or_null("receiver", "receiver IN (SELECT ident FROM {base}.mentions)"),
    **_WHEN,
    **{name: _positive(name) for name in ("quantity", "stock", "sold", "imsi")},
    "msisdn": _or_null("msisdn", _subscriber("msisdn")),
    "imei": "CASE WHEN imei IS NULL THEN imei_size IS NULL ELSE imei BETWEEN 0 AND 9999999999999999 END",
    "imei_size": "(imei_size IS NULL) = (imei IS NULL) AND coalesce(imei_size BETWEEN 14 AND 16, true)",
    **{name: _short(name) for name in _TEXTS},
    **_SHEET,
}
_NARROW_WHEN: Final = {"day": _WHEN["day"], "second": _WHEN["second"].partition(" AND (span")[0]}


def _card(column: str) -> str:
    """Return the condition that a packed card has a known head and a number that the head leaves room for."""
    return f"{column} >= 0 AND room IS NOT NULL AND {column} % {KEYS_PER_PREFIX} < room"


_ROOM: Final = f"""
LEFT JOIN (SELECT head AS of_head, pow(10, greatest(size - length(text), 0)) AS room FROM {{base}}.key_prefixes)
ON {{card}} // {KEYS_PER_PREFIX} = of_head
"""
"""Join that adds ``room``, the number of cards that the head of a card leaves room for."""

_SOUND: Final[Mapping[str, Mapping[str, str]]] = {
    "files": {"file": "file > 0", "name": _short("name"), "size": "size >= 0"},
    "sheets": {
        "file": "file IN (SELECT file FROM {base}.files)",
        "row_count": "row_count = loaded + duplicate + rejected",
        "loaded": "least(loaded, duplicate, rejected) >= 0",
        "records": "records >= loaded + duplicate",
    },
    "key_prefixes": {
        "head": f"head IN (SELECT key // {KEYS_PER_PREFIX} FROM {{base}}.card_records UNION SELECT first // "
        f"{KEYS_PER_PREFIX} FROM {{base}}.range_records UNION SELECT first // {KEYS_PER_PREFIX} FROM "
        "{base}.unread_cards WHERE first IS NOT NULL) "
        "AND head NOT IN (SELECT head FROM {base}.key_prefixes GROUP BY head HAVING count(*) > 1)",
        "text": "regexp_full_match(text, '[0-9A-Z]*') AND (text, size) NOT IN "
        "(SELECT (text, size) FROM {base}.key_prefixes GROUP BY text, size HAVING count(*) > 1)",
        "size": f"size - length(text) BETWEEN 0 AND {_DIGITS} AND size <= 32",
    },
    "mentions": {
        "ident": "ident IN (SELECT ident FROM {base}.mention_names) "
        "AND ident NOT IN (SELECT ident FROM {base}.mentions GROUP BY ident HAVING count(*) > 1)",
        "name_key": _short("name_key"),
        "strong": f"{_short('strong')} AND name_key || strong <> ''",
    },
    "mention_names": {
        "ident": "ident IN (SELECT ident FROM {base}.mentions)",
        "day": f"{_DAY} OR day = {NO_DAY}",
        "place": "place >= 0",
        "name": _short("name"),
        **_SHEET,
    },
    "carrier_names": {"name_key": _short("name_key"), **_SHEET},
    "rejects": {"reason": _short("reason"), "value": _short("value"), **_SHEET},
    "unread_cards": {
        "kind": _or_null("kind", f"kind < {len(KINDS)}"),
        "reason": _short("reason"),
        "field": _short("field"),
        "day": _or_null("day", _DAY),
        "span": _WHEN["span"],
        "first": f"CASE WHEN first IS NULL THEN last IS NULL ELSE {_card('first')} END",
        "last": f"CASE WHEN last IS NULL THEN number IS NOT NULL ELSE {_card('last')} AND last >= first "
        f"AND last // {KEYS_PER_PREFIX} = first // {KEYS_PER_PREFIX} END",
        "number": _or_null("number", f"first IS NULL AND {_subscriber('number')}"),
        "text": _short("text"),
        **_SHEET,
    },
    "narrow_card_records": {
        "key": _card("key"),
        "kind": _OF_BODY["kind"],
        "sender": _OF_BODY["sender"],
        "receiver": _OF_BODY["receiver"],
        **_NARROW_WHEN,
        "imei": _or_null("imei", "imei BETWEEN 0 AND 999999999999999"),
        "province": _short("province"),
        **_SHEET,
    },
    "wide_card_records": {"key": _card("key"), "check_char": _short("check_char"), **_OF_BODY},
    "range_records": {
        "first": _card("first"),
        "last": f"{_card('last')} AND last >= first AND last // {KEYS_PER_PREFIX} = first // {KEYS_PER_PREFIX}",
        **_OF_BODY,
    },
    "cardless_records": _OF_BODY,
    "supports": {
        "kind": f"kind IN {(*SUPPORT_KINDS, CONTACT)}",
        **{name: condition for name, condition in _WHEN.items() if name != "second"},
        "second": "second BETWEEN -1 AND 86399 AND (coalesce(span, 1) = 0 OR second = -1)",
        "record_no": _short("record_no"),
        "said": _short("said"),
        "statement": "length(statement) = 32",
        **_SHEET,
    },
    "device_cards": {"device": "device BETWEEN 0 AND 99999999999999", "key": _card("key"), **_SHEET},
    "subscriber_links": {"number": _subscriber("number"), "key": _card("key"), **_WHEN, **_SHEET},
    "corrections": {**_SHEET, "loads": "loads >= 0"},
    "judgements": {"line": "line > 0", "loads": "loads >= 0", "corrections": "corrections >= 0"},
    "resolved_parties": {
        "ident": "ident IN (SELECT ident FROM {base}.mentions)",
        "party": "party IN (SELECT ident FROM {base}.resolved_parties)",
        "id": f"id IS NOT NULL AND ({_short('id')}) AND regexp_matches(id, '^(carrier|id|name):')",
        "name": f"name IS NOT NULL AND ({_short('name')})",
        "is_carrier": "is_carrier IS NOT NULL",
        "bearers": "bearers IS NOT NULL AND bearers >= 0",
        "member": f"member IS NOT NULL AND ({_short('member')}) AND regexp_matches(member, '^(carrier|id|name):')",
    },
}
"""Conditions on the columns of each table that every row meets, whatever files were loaded."""


_MOST_TOLD: Final = 200
"""Maximum number of characters of a row that is told."""


def check_values(con: duckdb.DuckDBPyConnection) -> Problems:
    """Yield ``value_impossible`` with table, column and number of rows that no load writes, and the first of these.

    Cost: one pass a table that has rows.
    """
    base = base_schema(con)
    counted = ", ".join(f"(SELECT count(*) FROM {base}.{table})" for table in _SOUND)
    (heights,) = con.execute(f"SELECT {counted}").fetchall()
    filled = [*compress(_SOUND, heights)]
    for table in filled:
        columns = _SOUND[table]
        unsound = [f"coalesce(NOT ({condition.replace('{base}', base)}), true)" for condition in columns.values()]
        counted = ", ".join(f"count(*) FILTER ({condition})" for condition in unsound)
        card = next((column for column in ("key", "first") if column in columns), None)
        room = "" if card is None else _ROOM.format(base=base, card=card)
        ((*counts,),) = con.execute(f'SELECT {counted} FROM {base}."{table}" {room}').fetchall()
        for column, condition, count in zip(columns, unsound, counts, strict=True):
            if count:
                rows = con.execute(f'SELECT * FROM {base}."{table}" {room} WHERE {condition} ORDER BY ALL LIMIT 1')
                names = [name for name, *_ in rows.description]
                first = ", ".join(f"{name} {cell}" for name, cell in zip(names, rows.fetchall()[0], strict=True))
                yield "value_impossible", {"table": table, "column": column, "rows": count, "first": first[:_MOST_TOLD]}
    for table, column, parse in (each for each in _PARSED if each[0] in filled):
        for text, rows in con.execute(f"SELECT {column}, count(*) FROM {base}.{table} GROUP BY ALL").fetchall():
            if not _is_parsed(parse, text):
                yield "value_impossible", {"table": table, "column": column, "rows": rows}
                break
    # the parties of a file that is loaded later would not be resolved
    if con.execute(_RESOLVED_TOO_FAR.format(base=base)).fetchall() == [(True,)]:
        yield "value_impossible", {"table": "meta", "column": "resolved_through", "rows": 1}


_RESOLVED_TOO_FAR: Final = """
SELECT (SELECT value::INTEGER FROM {base}.meta WHERE key = 'resolved_through') > coalesce(max(file), 0)
FROM {base}.files
"""


def _is_parsed(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, CaseDamaged):
        return False
    return True


def _cells(text: str) -> object:
    return reject_from_row((1, None, "", None, None, None, text))


def _sides(text: str) -> object:
    return support_record((CONTACT, None, None, -1, None, text, 1, 1), "", "", "", None)


_PARSED: Final = (
    ("files", "entry", content_of),
    ("sheets", "remarks", decode_warnings),
    ("corrections", "effects", CorrectionEffects.of_text),
    ("corrections", "entry", Correction.of_entry),
    ("judgements", "entry", content_of),
    ("rejects", "raw", _cells),
    ("supports", "said", _sides),
)
"""Columns of JSON, and their parsers."""


def read_every_block(con: duckdb.DuckDBPyConnection) -> None:
    """Read all columns of all rows, so that the engine reports every block that it cannot read.

    Raises duckdb.Error if something cannot be read.
    """
    base = base_schema(con)
    for table in FOLDER_TABLE_NAMES:
        con.execute(f'SELECT bit_xor(hash(whole)) FROM {base}."{table}" AS whole').fetchall()


def find_inconsistencies(store: CaseSession, files: Sequence[LoadedFile]) -> Problems:
    """Yield the problems in the tables and files of a case folder, as (code, parameters).

    Cost: some passes over all rows, and the derivation of the parties anew.
    """
    con = store.new_connection()
    try:
        read_every_block(con)
        impossible = list(check_values(con))
        yield from impossible
        if impossible:
            # what follows from impossible values says nothing more
            return
        yield from _check_ledger_lines(con)
        yield from _check_derived(con)
    finally:
        con.close()
    yield from _check_files(store, files)


def _check_derived(con: duckdb.DuckDBPyConnection) -> Problems:
    base = base_schema(con)
    ((through,),) = con.execute(f"SELECT value::INTEGER FROM {base}.meta WHERE key = 'resolved_through'").fetchall()
    is_pending = con.execute(RESOLUTION_PENDING).fetchall() == [(True,)]
    # a writer that was killed leaves the parties of the files before; what it left after a correction is never used
    judgements: list[Judgement] | None = None
    try:
        judgements = read_judgements(con)
    except CaseDamaged as fault:
        yield "judgement_unreadable", {"line": fault.params["line"]}
    if judgements is not None and (through or not is_pending):
        known = f"(SELECT sheet FROM {base}.sheets WHERE file <= {through})" if is_pending else "main.sheets"
        suspended = resolve_parties(con, judgements, table="TEMP TABLE resolved_again", sheets=known)
        for number in () if is_pending else sorted(suspended ^ read_suspended(con)):
            yield "judgement_differs", {"number": number}
        one, other = f"FROM {base}.resolved_parties", "FROM temp.resolved_again"
        differing = con.execute(
            f"SELECT DISTINCT id FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})) ORDER BY id"
        ).fetchall()
        if differing:
            yield "parties_differ", {"parties": len(differing), "party": differing[0][0]}
    for table, sql in made_of_card_records(f"{base}.card_records").items():
        columns = {"device_cards": "device, key, sheet", "subscriber_links": "number, key, day, span, second, sheet"}[
            table
        ]
        distinct = "DISTINCT" if table == "subscriber_links" else ""
        sums = [
            con.execute(
                f"SELECT count(*), coalesce(sum(digest::HUGEINT), 0) FROM "
                f"(SELECT {distinct} hash({columns}) AS digest FROM ({relation}))"
            ).fetchall()
            for relation in (f"FROM {base}.{table}", sql)
        ]
        if sums[0] != sums[1]:
            one, other = f"SELECT {columns} FROM {base}.{table}", f"SELECT {columns} FROM ({sql})"
            kept = "" if distinct else "ALL"
            differing = con.execute(
                f"SELECT name FROM {base}.files WHERE file = (SELECT min(file) FROM {base}.sheets WHERE sheet IN "
                f"(SELECT sheet FROM (({one} EXCEPT {kept} {other}) UNION ALL ({other} EXCEPT {kept} {one}))))"
            ).fetchall()
            yield "index_differs", {"table": table, "file": differing[0][0] if differing else None}


# -- against the lines of the ledger ---------------------------------------------------------------------------


def _check_ledger_lines(con: duckdb.DuckDBPyConnection) -> Problems:
    base = base_schema(con)
    files = con.execute(f"SELECT file, name, sha256, size, loaded_at, entry FROM {base}.files ORDER BY file").fetchall()
    sheets = con.execute(
        "SELECT file, sheet, name, row_count, loaded, duplicate, rejected, rejects_file "
        f"FROM {base}.sheets ORDER BY sheet"
    ).fetchall()
    corrections = con.execute(
        f"SELECT number, loads, sheet, row, is_lifted, made_at, effects, entry FROM {base}.corrections ORDER BY number"
    ).fetchall()
    entries = [entry for (entry,) in con.execute(LEDGER_SQL).fetchall()]
    yield from check_held(
        entries, files, sheets, [StoredCorrection(*row) for row in corrections], stored_judgements(con)
    )
    if [row[1] for row in sheets] != list(range(1, len(sheets) + 1)):
        yield "value_impossible", {"table": "sheets", "column": "sheet", "rows": len(sheets)}


# -- the files beside the database -----------------------------------------------------------------------------


def _check_files(store: CaseSession, files: Sequence[LoadedFile]) -> Problems:
    sources: set[str] = set()
    rejects: dict[str, str] = {}
    is_known = not_unloaded(unloaded_sheets(store.con))
    known = {load for (load,) in store.query(f"SELECT file FROM main.sheets WHERE {is_known}")}
    # the files of a load that was taken away may be there until the next writer comes
    known_names: set[str] = set()
    earlier: Counter[str] = Counter()
    for file in files:
        sources.add(file.sha256)
        for number, sheet in enumerate(content_of(file.entry).get("sheets") or (), 1):
            if (digest := sheet.get("rejects_sha256")) is not None:
                name = rejects_name(file.sha256, number, earlier[file.sha256])
                known_names.add(name)
                if file.load in known:
                    rejects[name] = digest
        earlier[file.sha256] += 1
    for name in sorted(rejects):
        path = store.folder / REJECTS / name
        if not path.is_file():
            yield "rejects_missing", {"file": name}
        elif (found := hash_of(path)) != rejects[name]:
            yield "rejects_file_changed", {"file": name, "sha256": rejects[name], "found": found}
    for chain, name in (("notes", NOTES), ("lookups", LOOKUPS)):
        content = read_file(store.folder / name)
        if content and not content.endswith(b"\n"):
            yield f"{chain}_unfinished", {"line": content.count(b"\n") + 1}
    for folder, known, code in ((REJECTS, known_names, "rejects_unknown"), (SOURCES, sources, "source_unknown")):
        for path in sorted((store.folder / folder).iterdir()):
            if path.name not in known and not path.name.startswith(INCOMING):
                yield code, {"file": path.name}


# -- why a question failed -------------------------------------------------------------------------------------


def explain(
    con: duckdb.DuckDBPyConnection, place: Path, error: Exception, *, is_whole: bool, is_now: bool
) -> StoreError | None:
    """Return the store error for a failure that the case caused; ``None`` for a defect of the program.

    Code that meets a value that no load writes can fail in any way. Therefore the case is checked and not the failure:
    if the case holds such a value, that is the error. ``is_whole``: the tables are all of a case; ``is_now``: the
    failure is not of a question about an earlier day.
    """
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(error, GraphtraceError) and not isinstance(cause, duckdb.DataError):
        return None
    if type(error) is RuntimeError or isinstance(error, MemoryError):
        # an interrupt, or no memory for the question
        return None
    if isinstance(error, duckdb.Error) and not is_ours(error):
        return None if isinstance(error, duckdb.InterruptException) else read_error(error, place)
    if not is_whole:
        return None
    try:
        for _, where in check_values(con):
            return CaseDamaged(
                "value_impossible",
                place=place,
                count=where["rows"],
                table=where["table"],
                column=where["column"],
                hint="restore_case",
            )
        if is_now and any(_check_derived(con)):
            return CaseDamaged("parties_differ", place=place, hint="restore_case")
    except duckdb.InterruptException:
        return None
    except duckdb.Error as further:
        return None if is_ours(further) else read_error(further, place)
    return None
