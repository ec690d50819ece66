"""Correction of a record, or unload of a file, on a server: one transaction; parties are resolved after it.

A withdrawn record stays where it hangs, with its label ``Retracted`` and a sheet beyond all sheets, so that whatever
asks for the sheets that count leaves it out. What the graph keeps of mentions, carrier columns and repeated statements
is brought to what counts in the same transaction.

A file may have more records than fit in a transaction. So the one that takes it away writes only the line of the
ledger, by which readers go from then on; :meth:`~graphtrace.storage.neo4j.neo4j_writer.Neo4jWriter.finish` brings the
graph to it.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphtrace.errors import CaseDamaged
from graphtrace.model import Kind
from graphtrace.private_files import create_file
from graphtrace.scratch import subfolder
from graphtrace.storage.correction_log import (
    CorrectionEffects,
    LoadedRow,
    MentionName,
    PortableCorrection,
    SheetRef,
    StoredCorrection,
    corrections_as_of,
    rows_of_records,
)
from graphtrace.storage.duckdb.duckdb_schema import NO_DAY
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.neo4j.batches import WRITINGS
from graphtrace.storage.neo4j.neo4j_schema import (
    DUPLICATE,
    NAMED,
    REINSTATED,
    RETRACTED,
    RETRACTED_BASE,
    STATED_IN,
    UNLOADED,
    UNLOADED_BASE,
    parse_stored_date,
    property_map,
    types_between,
)
from graphtrace.storage.stored_records import COUNTED

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.neo4j.client import Neo4jClient


_ROLES = (
    f"(p)-[:{'|'.join(types_between('Party', 'Record'))}]->(r:Record) WHERE r.sender",
    f"(r:Record)-[:{'|'.join(types_between('Record', 'Party'))}]->(p) WHERE r.receiver",
)
_TWINS = (
    f"OPTIONAL MATCH (w)-[:{NAMED}]->()<-[:{NAMED}]-(near:Record {{statement: w.statement}}) "
    "OPTIONAL MATCH (far:NoCardNumber {statement: w.statement}) "
    "WITH w, collect(DISTINCT near) + collect(DISTINCT far) + [w] AS twins UNWIND twins AS r WITH DISTINCT w, r"
)
"""Pattern of the records ``r`` that make the statement of ``w``, itself included."""


class RecordPlace(NamedTuple):
    """Place of a record; ``cards`` is the key of its card or the id of its lot, as a row may name several."""

    sheet: int
    row: int
    kind: Kind
    cards: str | None


def read_corrections(server: Neo4jClient, most: int) -> list[StoredCorrection]:
    """Return the first ``most`` corrections of a case."""
    rows = server.run_read(
        "MATCH (k:Correction) WHERE k.number <= $most "
        "RETURN k.number, k.loads, k.sheet, k.row, k.is_lifted, k.at, k.effects, k.entry ORDER BY k.number",
        most=most,
    )
    return [StoredCorrection(*row) for row in rows]


def duplicates_of_corrected(server: Neo4jClient, unloaded: Collection[int]) -> Iterable[Sequence[RecordPlace]]:
    """Return the duplicates of each record ever corrected or unloaded, sorted.

    ``unloaded`` are the sheets of unloaded files.
    """
    rows = server.run_read(
        "CALL () { MATCH (:Correction)-[:OF]->(w:Record) RETURN w "
        f"UNION MATCH (r:Record) WHERE size($unloaded) > 0 AND {STATED_IN} IN $unloaded RETURN r AS w }} "
        f"WITH DISTINCT w {_TWINS} "
        f"RETURN elementId(w), {STATED_IN} AS sheet, r.row AS row, r.kind, "
        f"head([(r)-[:{NAMED}]->(c) | coalesce(c.key, c.id)]) ORDER BY sheet, row",
        unloaded=list(unloaded),
    )
    twins: dict[str, list[RecordPlace]] = defaultdict(list)
    for record, *place in rows:
        twins[record].append(RecordPlace(*place))
    return twins.values()


def mark_duplicates(tx: neo4j.ManagedTransaction, also: Sequence[str] = ()) -> None:
    """Update the duplicate marks of the statements of withdrawn records: the first row that counts is unmarked.

    ``also`` are further records, by element id.
    """
    rows = tx.run(
        f"MATCH (w:{RETRACTED}) RETURN elementId(w) UNION MATCH (w:Record) WHERE elementId(w) IN $also "
        "RETURN elementId(w)",
        also=list(also),
    ).values()
    if not rows:
        return
    mark_first(tx, [record for (record,) in rows])


def mark_first(tx: neo4j.ManagedTransaction, records: Sequence[str]) -> None:
    """Mark the duplicates of the statement of each record (element id): all but the first row that counts."""
    found = tx.run(
        f"MATCH (w:Record) WHERE elementId(w) IN $records {_TWINS} WHERE NOT r:{RETRACTED} AND NOT r:{UNLOADED} "
        "RETURN elementId(w), elementId(r), r.sheet AS sheet, r.row AS row ORDER BY sheet, row",
        records=list(records),
    ).values()
    twins: dict[str, list[str]] = defaultdict(list)
    for record, twin, *_ in found:
        twins[record].append(twin)
    first = sorted({group[0] for group in twins.values()})
    others = sorted({twin for group in twins.values() for twin in group[1:]})
    tx.run(f"MATCH (r:Record) WHERE elementId(r) IN $first REMOVE r:{DUPLICATE}", first=first).consume()
    tx.run(f"MATCH (r:Record) WHERE elementId(r) IN $others SET r:{DUPLICATE}", others=others).consume()


class CaseInWriting(Protocol):
    """A case on a server that is being written, as far as corrections look at it."""

    @property
    def server(self) -> Neo4jClient:
        """The connection."""

    @property
    def scratch(self) -> Path:
        """A folder for what is being made."""

    @property
    def sheets(self) -> int:
        """Number of sheets in the case."""

    @property
    def corrections(self) -> int:
        """Number of corrections in the case."""


class Neo4jCorrectionSource:
    """The rows of a case on a server that is being written; implements ``CorrectionSource``."""

    def __init__(self, case: CaseInWriting, *, arriving: int = 0) -> None:
        """``arriving`` sheets were sent and are to be seen soon."""
        self._case = case
        self._ask = case.server.run_read
        self._sheets = case.sheets + arriving
        self.kept = read_corrections(case.server, case.corrections)
        self._planned: list[CorrectionEffects] = []

    def expect(self, planned: StoredCorrection) -> None:
        """Apply a correction from now on that is not written yet."""
        self.kept.append(planned)
        self._planned.append(CorrectionEffects.of_text(planned.effects))

    def sheet_names(self) -> Sequence[SheetRef]:
        rows = self._ask(
            "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet <= $sheets AND NOT s.sheet IN $gone "
            "RETURN s.sheet, f.name, f.sha256, s.name ORDER BY s.sheet",
            sheets=self._sheets,
            gone=list(corrections_as_of(self.kept, None).unloaded),
        )
        return [SheetRef(*row) for row in rows]

    def stored_rows(self, sheets: Sequence[SheetRef], row: int) -> Sequence[LoadedRow]:
        by_number = {sheet.sheet: sheet for sheet in sheets}
        rows = self._ask(
            f"MATCH (r:Record) WHERE r.row = $row AND {STATED_IN} IN $sheets "
            "OPTIONAL MATCH (m:Mention {mention: r.sender}) "
            f"RETURN {STATED_IN} AS sheet, r.record_no, r.sender, r.receiver, "
            "CASE WHEN r:Purchase THEN m.name_key END, r.carrier ORDER BY sheet",
            row=row,
            sheets=list(by_number),
        )
        rows += self._ask(
            f"MATCH (s:Support) WHERE s.row = $row AND s.sheet IN $sheets AND s.{COUNTED} "
            "RETURN s.sheet, s.record_no, null AS sender, null AS receiver, null AS named, null AS carrier "
            "ORDER BY s.sheet",
            row=row,
            sheets=list(by_number),
        )
        return rows_of_records(((by_number[record[0]], *record[1:4], record[4:]) for record in rows), row)

    def states_the_same(self, row: int, one: int, other: int) -> bool:
        stated = self._ask(
            f"MATCH (r:Record) WHERE r.row = $row AND {STATED_IN} IN $sheets "
            f"RETURN {STATED_IN} AS sheet, r.statement AS statement ORDER BY statement",
            row=row,
            sheets=[one, other],
        )
        statements = [[statement for sheet, statement in stated if sheet == each] for each in (one, other)]
        return bool(statements[0]) and statements[0] == statements[1]

    def is_rejected(self, sheets: Sequence[SheetRef], row: int) -> bool:
        return bool(
            self._ask(
                "MATCH (r:Reject)-[:IN]->(s:Sheet) WHERE r.row = $row AND s.sheet IN $sheets RETURN 1 LIMIT 1",
                row=row,
                sheets=[sheet.sheet for sheet in sheets],
            )
        )

    def writings_of(self, mention: int, sheet: int) -> Sequence[MentionName]:
        for correction in self.kept:
            effects = CorrectionEffects.of_text(correction.effects)
            if (mention, sheet) in effects.mention_names:
                return effects.mention_names[mention, sheet][0]
        return [writing for of, writing in self._all_writings(mention) if of == sheet]

    def _all_writings(self, mention: int) -> list[tuple[int, MentionName]]:
        """Return the current spellings of a mention, each with its sheet."""
        ((sheets, *columns),) = self._ask(
            "MATCH (m:Mention {mention: $mention}) RETURN m.sheets, m.days, m.places, m.names", mention=mention
        )
        mention_names = list(zip(sheets, zip(*columns, strict=True), strict=True))
        for effects in self._planned:
            for (of, sheet), (_, after) in effects.mention_names.items():
                if of == mention:
                    mention_names = [each for each in mention_names if each[0] != sheet]
                    mention_names += [(sheet, writing) for writing in after]
        return mention_names

    def earliest_mention(self, mention: int, sheet: int, without: Sequence[int]) -> tuple[int, int, int] | None:
        found = [
            (NO_DAY if when is None else when.earliest, row, role)
            for role, hangs in enumerate(_ROLES)
            for date, row in self._ask(
                f"MATCH (:Mention {{mention: $mention}})-[:REFERS_TO]->(p:Party) MATCH {hangs} = $mention "
                f"AND {STATED_IN} = $sheet AND NOT r.row IN $without RETURN r.date, min(r.row)",
                mention=mention,
                sheet=sheet,
                without=list(without),
            )
            for when in (parse_stored_date(date),)
        ]
        return min(found, default=None)

    def is_carrier_named(self, name: str, sheet: int, without: Sequence[int]) -> bool:
        remains = f"{STATED_IN} = $sheet AND NOT r.row IN $without RETURN 1 LIMIT 1"
        asked: dict[str, Any] = {"name": name, "sheet": sheet, "without": list(without)}
        return bool(
            self._ask(
                "MATCH (m:Mention {name_key: $name})-[:REFERS_TO]->(p:Party) MATCH (p)-[:SENT]->(r:Purchase) "
                f"WHERE r.sender = m.mention AND {remains}",
                **asked,
            )
            or self._ask(f"MATCH (r:Record) WHERE r.carrier = $name AND {remains}", **asked)
        )

    def name_in_source(self, sheet: SheetRef, row: int, role: int) -> str:
        from graphtrace.storage.sheet_plan import source_name

        ((entry,),) = self._ask("MATCH (:Sheet {sheet: $sheet})-[:OF]->(f:File) RETURN f.entry", sheet=sheet.sheet)
        with subfolder(self._case.scratch) as folder:
            source = folder / f"source{Path(sheet.file).suffix}"
            with create_file(source) as out:
                for blocks in self._case.server.stream(
                    "MATCH (c:Chunk)-[:OF]->(:File {sha256: $sha256}) RETURN c.data ORDER BY c.number",
                    size=1,
                    sha256=sheet.sha256,
                ):
                    for (data,) in blocks:
                        out.write(zlib.decompress(data))
            if not source.stat().st_size:
                raise CaseDamaged("source_gone", file=sheet.file, hint="verify_load_database")
            return source_name(source, entry, sheet.name, row, role, folder)

    def arriving(self, correction: PortableCorrection) -> StoredCorrection:
        """Return a correction of another case with this case's numbers of mentions."""
        rows = self._ask(
            "UNWIND $names AS names MATCH (m:Mention {name_key: names[0]}) WHERE m.strong = names[1] "
            "RETURN m.name_key, m.strong, m.mention",
            names=[list(names) for names in correction.mentions.values()],
        )
        return correction.arriving({(name, strong): mention for name, strong, mention in rows})

    def changes(self, correction: StoredCorrection) -> Mapping[str, Any]:
        """Return all changes of a correction on the server."""
        effects = CorrectionEffects.of_text(correction.effects)
        place = (correction.sheet, correction.row)
        first = next((stored.number for stored in self.kept if (stored.sheet, stored.row) == place), correction.number)
        records = self._ask(
            f"MATCH (r:Record) WHERE r.row = $row AND {STATED_IN} = $sheet RETURN elementId(r)",
            sheet=correction.sheet,
            row=correction.row,
        )
        mentions = []
        for mention in {mention for mention, _ in effects.mention_names}:
            others = [each for each in self._all_writings(mention) if (mention, each[0]) not in effects.mention_names]
            fresh = [
                (sheet, writing)
                for (of, sheet), (_, after) in effects.mention_names.items()
                if of == mention
                for writing in after
            ]
            written = sorted([*others, *fresh])
            columns = [[writing[place] for _, writing in written] for place in range(3)]
            mentions.append([mention, [sheet for sheet, _ in written], *columns])
        return {
            **correction._asdict(),
            "records": [record for (record,) in records],
            "code": RETRACTED_BASE + first,
            "mentions": mentions,
            "named": [list(key) for key, is_named in effects.carriers.items() if is_named],
            "unnamed": [list(key) for key, is_named in effects.carriers.items() if not is_named],
        }


def write_correction(tx: neo4j.ManagedTransaction, changes: Mapping[str, Any]) -> None:
    """Write one correction; idempotent."""
    fresh = tx.run(
        "MATCH (c:Case) WHERE coalesce(c.corrections, 0) = $number - 1 SET c.corrections = $number, "
        "c.resolved_through = -1 "
        "RETURN 1",
        number=changes["number"],
    ).values()
    if not fresh:
        return
    change = (
        f"SET r.lifted = r.sheet, r.sheet = r.stated_in, r:{REINSTATED} REMOVE r.stated_in, r:{RETRACTED}"
        if changes["is_lifted"]
        else f"SET r.stated_in = r.sheet, r.sheet = $code, r:{RETRACTED} REMOVE r.lifted, r:{REINSTATED}"
    )
    is_due = f"{'' if changes['is_lifted'] else 'NOT '}r:{RETRACTED}"
    create = (
        f"CREATE (c:Correction {property_map(StoredCorrection._fields, '${0}')}) "
        "WITH c MATCH (r:Record) WHERE elementId(r) IN $records CREATE (c)-[:OF]->(r)"
    )
    mention = (
        "UNWIND $mentions AS row MATCH (m:Mention {mention: row[0]}) "
        "SET m.sheets = row[1], m.days = row[2], m.places = row[3], m.names = row[4]"
    )
    name = "UNWIND $named AS row MATCH (s:Sheet {sheet: row[0]}) SET s.carrier_names = s.carrier_names + row[1]"
    forget = (
        "UNWIND $unnamed AS row MATCH (s:Sheet {sheet: row[0]}) "
        "SET s.carrier_names = [name IN s.carrier_names WHERE name <> row[1]]"
    )
    change = f"MATCH (r:Record) WHERE elementId(r) IN $records AND {is_due} {change}"
    statements = (change, create, mention, name, forget)
    for statement in statements:
        tx.run(statement, **changes).consume()
    mark_duplicates(tx, changes["records"])


InBatches = Callable[[Sequence[Any], Callable[["neo4j.ManagedTransaction", Sequence[Any]], Any]], None]
"""Writes rows, a batch in each transaction."""


def mark_unloaded(server: Neo4jClient, unloaded: Sequence[int], in_batches: InBatches) -> bool:
    """Update records, duplicate marks and mentions to the state without unloaded sheets; return whether one was new.

    Each step may be done again, so that a writer that was stopped is followed by one that does the rest. Meanwhile
    readers go by the ledger.
    """
    sheets = [
        sheet
        for (sheet,) in server.run_read(
            "MATCH (s:Sheet) WHERE s.sheet IN $gone AND s.unloaded IS NULL RETURN s.sheet", gone=list(unloaded)
        )
    ]
    if not sheets:
        return False

    def update(cypher: str, rows: Sequence[Any], **parameters: Any) -> None:
        in_batches(rows, lambda tx, batch: tx.run(cypher, rows=batch, **parameters).consume())

    found = server.run_read(f"MATCH (r:Record) WHERE {STATED_IN} IN $gone RETURN elementId(r)", gone=sheets)
    records = [record for (record,) in found]
    update(
        "UNWIND $rows AS row MATCH (r:Record) WHERE elementId(r) = row AND r.stated_in IS NULL "
        f"SET r.stated_in = r.sheet, r.sheet = {UNLOADED_BASE} + r.sheet",
        records,
    )
    update(f"UNWIND $rows AS row MATCH (r:Record) WHERE elementId(r) = row SET r:{UNLOADED}", records)
    in_batches(records, mark_first)
    mentioned = server.run_read(
        "MATCH (m:Mention) WHERE any(sheet IN m.sheets WHERE sheet IN $gone) RETURN m.mention", gone=sheets
    )
    chosen = "[place IN range(0, size(m.sheets) - 1) WHERE {} m.sheets[place] IN $gone]"
    moved = [f"m.unloaded_{name} = coalesce(m.unloaded_{name}, []) + out[{n}]" for n, name in enumerate(WRITINGS)]
    moved += [f"m.{name} = left[{n}]" for n, name in enumerate(WRITINGS)]
    lists = {name: ", ".join(f"[place IN {name} | m.{each}[place]]" for each in WRITINGS) for name in ("gone", "kept")}
    update(
        "UNWIND $rows AS row MATCH (m:Mention {mention: row}) "
        f"WITH m, {chosen.format('')} AS gone, {chosen.format('NOT')} AS kept "
        f"WITH m, [{lists['gone']}] AS out, [{lists['kept']}] AS left SET {', '.join(moved)}",
        [mention for (mention,) in mentioned],
        gone=sheets,
    )
    update("UNWIND $rows AS row MATCH (s:Sheet {sheet: row}) SET s.unloaded = true", sheets)
    return True


def read_judgement_lines(server: Neo4jClient, most: int) -> list[StoredJudgement]:
    """Return the first ``most`` lines about judgements."""
    rows = server.run_read(
        "MATCH (j:Judgement) WHERE j.line <= $most RETURN j.line, j.loads, j.corrections, j.entry ORDER BY j.line",
        most=most,
    )
    return [StoredJudgement(*row) for row in rows]


def write_judgement(tx: neo4j.ManagedTransaction, stored: StoredJudgement) -> None:
    """Write one line about a judgement; idempotent."""
    tx.run(
        "MATCH (c:Case) WHERE coalesce(c.judgements, 0) = $line - 1 SET c.judgements = $line, c.resolved_through = -1 "
        f"CREATE (:Judgement {property_map(StoredJudgement._fields, '${0}')})",
        **stored._asdict(),
    ).consume()
