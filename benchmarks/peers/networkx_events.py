"""networkx as most people begin: every card a node, every event of a card an edge."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from benchmarks.peers import BUCKETS, Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records


class NetworkxEvents:
    """A graph in a pickle, in memory when it is asked."""

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        Cards(records.heads).write(place)
        names = records.names.to_list()
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for first, last, sender, receiver, day, bought in records.ranges.iter_rows():
            graph.add_edges_from(
                (card, names[receiver], {"from": names[sender], "day": day, "is_purchase": bought})
                for card in range(first, last + 1)
            )
        for card, sender, receiver, day in records.singles.iter_rows():
            graph.add_edge(card, names[receiver], **{"from": names[sender], "day": day, "is_purchase": False})
        for card, moment, user in records.uses.iter_rows():
            graph.add_edge(card, "" if user is None else names[user], moment=moment)
        with (place / "graph.pickle").open("wb") as out:
            pickle.dump(graph, out, protocol=5)

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        with (place / "graph.pickle").open("rb") as kept:
            self.graph = pickle.load(kept)

    def _steps(self, card: int) -> Answer:
        moves = sorted(
            (edge["day"], edge["from"], receiver, edge["is_purchase"])
            for _, receiver, edge in self.graph.out_edges(card, data=True)
            if "day" in edge
        )
        registrant = next((move[2] for move in reversed(moves) if move[3]), None)
        hops = [(sender, receiver, day) for day, sender, receiver, _ in moves]
        return registrant, hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        return self._steps(self.cards.packed(card))

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        return [self._steps(card) for card in self.cards.all_packed(list(cards))]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        return [answer[:2] for answer in self.trace_many(cards)]

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table)

    def _count(self, cards: Sequence[int], found: dict[str, dict[str, int]]) -> None:
        for card in cards:
            registrant, holder, _ = self._steps(card)
            if registrant is None:
                continue
            counts = found.setdefault(registrant, dict.fromkeys(BUCKETS, 0))
            if holder != registrant:
                counts["resold"] += 1
                continue
            used = [
                (edge["moment"], user) for _, user, edge in self.graph.out_edges(card, data=True) if "moment" in edge
            ]
            if not used:
                counts["in_stock"] += 1
            elif max(used)[1] in ("", registrant):
                counts["activated_by_enterprise"] += 1
            else:
                counts["activated_by_other"] += 1

    def audit(self, enterprise: str) -> Buckets:
        found: dict[str, dict[str, int]] = {}
        cards = {card for card, _, edge in self.graph.in_edges(enterprise, data=True) if edge.get("is_purchase")}
        self._count(list(cards), found)
        return found[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        found: dict[str, dict[str, int]] = {}
        self._count([node for node in self.graph if isinstance(node, int)], found)
        return found


make = NetworkxEvents
