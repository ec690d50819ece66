"""networkx over ranges: parties are nodes, ranges and single sales edges, a card is walked from its carrier on."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from benchmarks.peers import Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records


class NetworkxRanges:
    """A graph in a pickle, in memory when it is asked."""

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        Cards(records.heads).write(place)
        names = records.names.to_list()
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.add_edges_from(
            (names[sender], names[receiver], {"first": first, "last": last, "day": day, "is_purchase": bought})
            for first, last, sender, receiver, day, bought in records.ranges.iter_rows()
        )
        graph.add_edges_from(
            (names[sender], names[receiver], {"first": card, "last": card, "day": day, "is_purchase": False})
            for card, sender, receiver, day in records.singles.iter_rows()
        )
        graph.graph["uses"] = {
            card: None if user is None else names[user] for card, _, user in records.uses.iter_rows()
        }
        graph.graph["carriers"] = sorted({names[row] for row in records.ranges.filter("is_purchase")["sender"]})
        with (place / "graph.pickle").open("wb") as out:
            pickle.dump(graph, out, protocol=5)

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        with (place / "graph.pickle").open("rb") as kept:
            self.graph = pickle.load(kept)

    def _walk(self, card: int) -> Answer:
        at, day, registrant = None, -1, None
        hops = []
        for carrier in self.graph.graph["carriers"]:
            for _, buyer, edge in self.graph.out_edges(carrier, data=True):
                if edge["first"] <= card <= edge["last"] and edge["day"] > day:
                    at, day, registrant = buyer, edge["day"], buyer
                    hops = [(carrier, buyer, day)]
        while at is not None:
            onward = [
                (edge["day"], buyer)
                for _, buyer, edge in self.graph.out_edges(at, data=True)
                if edge["first"] <= card <= edge["last"] and edge["day"] > day
            ]
            if not onward:
                break
            day, buyer = min(onward)
            hops.append((at, buyer, day))
            at = buyer
        return registrant, at, hops

    def trace(self, card: str) -> Answer:
        return self._walk(self.cards.packed(card))

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        return [self._walk(card) for card in self.cards.all_packed(list(cards))]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        return [answer[:2] for answer in self.trace_many(cards)]

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table)

    def audit(self, enterprise: str) -> Buckets:
        counts = dict.fromkeys(("in_stock", "activated_by_enterprise", "activated_by_other", "resold"), 0)
        uses = self.graph.graph["uses"]
        for carrier in self.graph.graph["carriers"]:
            for edge in (self.graph.get_edge_data(carrier, enterprise) or {}).values():
                # All cards of a purchase are sold on together or one by one, never in part: else walk card by card.
                _, holder, _ = self._walk(edge["first"])
                size = edge["last"] - edge["first"] + 1
                if holder != enterprise:
                    counts["resold"] += size
                    continue
                for card in range(edge["first"], edge["last"] + 1):
                    if card not in uses:
                        counts["in_stock"] += 1
                    elif uses[card] in (None, enterprise):
                        counts["activated_by_enterprise"] += 1
                    else:
                        counts["activated_by_other"] += 1
        return counts

    def audit_all(self) -> dict[str, Buckets]:
        buyers = {buyer for carrier in self.graph.graph["carriers"] for _, buyer in self.graph.out_edges(carrier)}
        return {buyer: self.audit(buyer) for buyer in buyers}


make = NetworkxRanges
