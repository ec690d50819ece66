"""Notes of a case on a server, and its log of look-ups: nodes without a relationship, one for each line.

Whoever adds one first counts it at the node of the case, which no two transactions change at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.storage.case_notes import OF_REPLY
from graphtrace.storage.ledger import Chain, PlanLine, head_of, note_head
from graphtrace.storage.neo4j.client import Neo4jClient, case_missing_error
from graphtrace.storage.neo4j.neo4j_schema import ENTRIES, create_nodes

if TYPE_CHECKING:
    import neo4j


NOTE_LINES: Final = "MATCH (n:Note) RETURN n.entry ORDER BY n.line"
LOOKUP_LINES: Final = "MATCH (n:Lookup) RETURN n.entry ORDER BY n.line"

_LABELS: Final[Mapping[Chain, str]] = {"notes": "Note", "lookups": "Lookup"}
"""Labels of the nodes of a chain, whose name is the property of the node of the case that counts them."""


class ServerChains:
    """Chains in nodes of a server; in a trial run nothing is added."""

    def __init__(self, server: Neo4jClient, *, is_trial: bool = False) -> None:
        self._server = server
        self._is_trial = is_trial

    def lines(self, chain: Chain, *, holding: str = "") -> list[str]:
        listed = f"MATCH (n:{_LABELS[chain]}) WHERE n.entry CONTAINS $holding RETURN n.entry ORDER BY n.line"
        return [entry for (entry,) in self._server.run_read(listed, holding=holding)]

    def head(self, chain: Chain) -> str | None:
        if chain == "ledger":
            return head_of([entry for *_, entry in sorted(self._server.run_read(ENTRIES))])
        last = f"MATCH (n:{_LABELS[chain]}) RETURN n.entry ORDER BY n.line DESC LIMIT 1"
        return note_head([entry for (entry,) in self._server.run_read(last)])

    def add(self, chain: Chain, plan: PlanLine, *, beside: Sequence[Chain]) -> str:
        if self._is_trial:
            return ""
        heads: dict[str, str | None] = {name: self.head(name) for name in beside}

        def work(tx: neo4j.ManagedTransaction) -> str | None:
            found = tx.run(
                f"MATCH (c:Case {{id: 'case'}}) SET c.{chain} = coalesce(c.{chain}, 0) + 1 "
                f"WITH c.{chain} AS line OPTIONAL MATCH (n:{_LABELS[chain]} {{line: line - 1}}) RETURN line, n.entry"
            ).values()
            if not found:
                return None
            ((line, last),) = found
            entry = plan(last, heads)
            tx.run(create_nodes(_LABELS[chain], ("line", "entry")), rows=[(line, entry)]).consume()
            if chain == "notes" and OF_REPLY in entry:
                tx.run("MATCH (c:Case {id: 'case'}) SET c.replies = coalesce(c.replies, 0) + 1").consume()
            return entry

        added: str | None = self._server.write(work)
        if added is None:
            raise case_missing_error(self._server.address)
        return added

    def take(self, chain: Chain, lines: Sequence[str]) -> None:
        for line in lines:
            self.add(chain, lambda *_, line=line: line, beside=())
