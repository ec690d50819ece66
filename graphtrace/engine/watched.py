"""Rows of some loads that name watched values, by one query over the records of these loads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.model import KINDS
from graphtrace.results.watch import MAX_ROWS
from graphtrace.storage.base import TEXT_FIELDS_LOOKED_UP, WatchedScope
from graphtrace.storage.sql_fragments import DEVICE

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_TABLES = ("card_records", "range_records", "cardless_records")


def rows_with_watched(session: CaseSession, scope: WatchedScope) -> Sequence[tuple[Any, ...]]:
    """Return value number, kind, role, sheet, reason why not recorded, number of rows and the first rows.

    Cost: one pass over the columns of the records of these loads that can hold one of the values; every value more
    costs next to nothing.
    """
    rows = session.query(f"SELECT sheet FROM sheets WHERE {session.visible_clause} file = ANY($1)", list(scope.loads))
    sheets = ", ".join(str(sheet) for (sheet,) in rows)
    if not sheets:
        return []
    found = _Found(f"sheet IN ({sheets})")
    found.add_cards(session, scope)
    found.add_numbers(scope)
    found.add_texts(scope)
    found.add_parties(scope)
    if not found.parts:
        return []
    return session.query(
        f"""
        WITH {", ".join(found.values)},
        found AS ({" UNION ALL ".join(found.parts)})
        SELECT n, kind, role, sheet, unread, count(DISTINCT row), min(DISTINCT row, {MAX_ROWS})
        FROM found GROUP BY ALL ORDER BY ALL
        """,
        *found.parameters,
    )


class _Found:
    """The parts of the query, the tables of values that they join, and the values."""

    def __init__(self, of_loads: str) -> None:
        self.of_loads = of_loads
        self.parts: list[str] = []
        self.values: list[str] = []
        self.parameters: list[list[Any]] = []

    def add_cards(self, session: CaseSession, scope: WatchedScope) -> None:
        """Add the cards and ranges of cards, on either side."""
        ends = {key: card for card, key in session.card_ids({key for _, *lot in scope.lots for key in lot}).items()}
        lots = [(n, ends[first], ends[last]) for n, first, last in scope.lots if first in ends and last in ends]
        if not lots:
            return
        self._add_values("lots", ("n", "low", "high"), ("INTEGER", "BIGINT", "BIGINT"), lots)
        # whole numbers are joined by a hash, which costs a fraction of comparing with ranges
        if singles := [(n, low) for n, low, high in lots if low == high]:
            self._add_values("cards", ("n", "card"), ("INTEGER", "BIGINT"), singles)
            self._add("card_records", "cards", "key = card", "'iccid'")
        if len(singles) < len(lots):
            self._add("card_records", "lots", "low < high AND key BETWEEN low AND high", "'range'")
        self._add("range_records", "lots", "first <= high AND last >= low", "'range'")
        is_one = "CASE WHEN first = last AND low = high THEN 'iccid' ELSE 'range' END"
        self._add_unread("lots", "first <= high AND last >= low", is_one)

    def add_numbers(self, scope: WatchedScope) -> None:
        """Add MSISDNs, IMSIs, devices and chips."""
        if scope.numbers:
            self._add_values("numbers", ("n", "low", "high"), ("INTEGER", "BIGINT", "BIGINT"), scope.numbers)
            singles = [(n, low) for n, low, high in scope.numbers if low == high]
            if singles:
                self._add_values("whole", ("n", "whole"), ("INTEGER", "BIGINT"), singles)
            for table in _TABLES:
                for column in ("msisdn", "imsi"):
                    if singles:
                        self._add(table, "whole", f"{column} = whole", f"'{column}'")
                    if len(singles) < len(scope.numbers):
                        on = f"low < high AND {column} BETWEEN low AND high"
                        self._add(table, "numbers", on, f"'{column}'")
            is_imsi = "CASE WHEN number BETWEEN 100000000000000 AND 999999999999999 THEN 'imsi' ELSE 'msisdn' END"
            self._add_unread("numbers", "number BETWEEN low AND high", is_imsi)
        if scope.devices:
            self._add_values("devices", ("n", "device"), ("INTEGER", "BIGINT"), scope.devices)
            for table in _TABLES:
                self._add(table, "devices", f"{DEVICE} = device", "'imei'")
        if scope.chips:
            self._add_values("chips", ("n", "chip"), ("INTEGER", "VARCHAR"), scope.chips)
            for table in _TABLES:
                self._add(table, "chips", "eid = chip", "'eid'")

    def add_texts(self, scope: WatchedScope) -> None:
        """Add numbers of parcels, orders, contracts and criminal cases, as they are written."""
        if scope.texts:
            self._add_values("texts", ("n", "said"), ("INTEGER", "VARCHAR"), scope.texts)
            for table in _TABLES:
                for field in TEXT_FIELDS_LOOKED_UP:
                    self._add(table, "texts", f"{field} = said", f"'{field}'")

    def add_parties(self, scope: WatchedScope) -> None:
        """Add both sides of the records, by the mentions that bear a name or identifier."""
        named = (("names", "name_key", scope.names), ("identifiers", "strong", scope.identifiers))
        known = [(name, column, values) for name, column, values in named if values]
        for name, _, values in known:
            self._add_values(name, ("n", "said"), ("INTEGER", "VARCHAR"), values)
        if known:
            bearers = " UNION ".join(
                f"SELECT n, ident FROM mentions JOIN {name} ON {column} = said" for name, column, _ in known
            )
            self.values.append(f"bearers AS MATERIALIZED ({bearers})")
            for table in _TABLES:
                for side in ("sender", "receiver"):
                    self._add(table, "bearers", f"{side} = ident", f"'{side}'")

    def _add_values(
        self, name: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        start = len(self.parameters) + 1
        self.parameters += [list(column) for column in zip(*rows, strict=True)]
        lists = ", ".join(
            f"unnest(${start + at}::{kind}[]) AS {column}"
            for at, (column, kind) in enumerate(zip(columns, types, strict=True))
        )
        self.values.append(f"{name} AS MATERIALIZED (SELECT {lists})")

    def _add(self, table: str, values: str, on: str, role: str) -> None:
        kinds = f"{list(KINDS)}[kind + 1]"
        self.parts.append(
            f"SELECT n, {kinds} AS kind, {role} AS role, sheet, row, NULL::VARCHAR AS unread "
            f"FROM (FROM {table} WHERE {self.of_loads}) JOIN {values} ON {on}"
        )

    def _add_unread(self, values: str, on: str, role: str) -> None:
        kinds = f"{list(KINDS)}[kind + 1]"
        self.parts.append(
            f"SELECT n, {kinds}, {role}, sheet, row, reason "
            f"FROM (FROM unread_cards WHERE {self.of_loads}) JOIN {values} ON {on}"
        )
