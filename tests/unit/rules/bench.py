"""A workbench of hand-made tables: what an audit would lay out, as small as a test needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from graphtrace.engine.audit_session import AuditSession, Rows
from graphtrace.engine.rule_relations import HANDOVERS, HISTORIES, LISTS, SIDES, TRADERS
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.rules.evaluation import RuleEvidence, collect_evidence, evaluate_rules
from graphtrace.rules.rule_loader import load_rules, parse_assignment, select_rules
from graphtrace.storage.duckdb.duckdb_schema import reach_before

DOCS = Path(__file__).parents[3] / "docs"
RULE_TABLES = {one["name"]: one["columns"] for one in yaml.safe_load((DOCS / "rule_tables.yml").read_text("utf-8"))}
"""Columns of each relation, as they are described for authors of rules."""

SHEET = 1 << 32
E = "id:91310115MA1K35XR7B"
OTHER = "name:other"
CARRIER = "carrier:china-unicom"
PERSON = "id:110101199001011237"
SHOP = "name:shop"

TABLES: Mapping[str, Mapping[str, str]] = {
    "enterprises": {
        "enterprise": "VARCHAR",
        "name": "VARCHAR",
        **dict.fromkeys(
            (
                *("purchased", "in_stock", "activated_by_enterprise", "activated_unnamed", "activated_by_other"),
                *("resold", "returned"),
                *("disputed", "activated", "seized"),
            ),
            "BIGINT DEFAULT 0",
        ),
        "declared_on": "DATE",
        **dict.fromkeys(
            ("declared_stock", "declared_sold", "unaccounted", "unaccounted_at_least", "unaccounted_at_most"), "BIGINT"
        ),
        **dict.fromkeys(
            (
                "activated_sold",
                "sold_undeclared",
                "quantity_purchased",
                "quantity_sold",
                "listed_active",
                "held_with_unread",
            ),
            "BIGINT DEFAULT 0",
        ),
    },
    "accounts": {
        "enterprise": f"VARCHAR DEFAULT '{E}'",
        "first": "BIGINT",
        "last": "BIGINT",
        "cards": "BIGINT",
        "fate": "VARCHAR DEFAULT 'resold'",
        "outcome": "VARCHAR DEFAULT 'continuous'",
        "holder": "VARCHAR",
        "holder_by_name": "BOOLEAN DEFAULT false",
        "depth": "INTEGER DEFAULT 1",
        "channel": "VARCHAR",
        "onward_channels": "VARCHAR[] DEFAULT []",
        "purchased": "DATE DEFAULT '2024-01-01'",
        "departed": "DATE",
        "departed_by": "DATE GENERATED ALWAYS AS (departed)",
        "declared_use": "VARCHAR",
        "declared_province": "VARCHAR",
    },
    "movements": {
        "record": "BIGINT",
        "kind": "VARCHAR DEFAULT 'transfer'",
        "sender": f"VARCHAR DEFAULT '{E}'",
        "receiver": f"VARCHAR DEFAULT '{SHOP}'",
        "first": "BIGINT",
        "last": "BIGINT",
        "quantity": "BIGINT",
        "day": "DATE DEFAULT '2024-02-01'",
        "until": "DATE",
        "channel": "VARCHAR",
        "repeated": "BOOLEAN DEFAULT false",
    },
    "activations": {
        "record": "BIGINT",
        "card": "BIGINT",
        "day": "DATE DEFAULT '2024-03-01'",
        "until": "DATE",
        '"user"': "VARCHAR",
        "imei": "BIGINT",
        "province": "VARCHAR",
        "city": "VARCHAR",
    },
    "seizures": {
        "record": "BIGINT",
        "card": "BIGINT",
        "day": "DATE DEFAULT '2024-04-01'",
        "until": "DATE",
        "case_no": "VARCHAR",
        "place": "VARCHAR",
    },
    "declarations": {
        "record": "BIGINT",
        "party": f"VARCHAR DEFAULT '{E}'",
        "day": "DATE",
        "stock": "BIGINT",
        "sold": "BIGINT",
    },
    "parties": {
        "party": "VARCHAR",
        "name": "VARCHAR",
        "is_carrier": "BOOLEAN",
        "is_person": "BOOLEAN",
        "bearers": "INTEGER DEFAULT 0",
        "number": "VARCHAR GENERATED ALWAYS AS (party)",
    },
    "contacts": {
        "party": "VARCHAR",
        "record": "BIGINT",
        "kind": "VARCHAR DEFAULT 'identity'",
        "day": "DATE",
        "contact": "VARCHAR DEFAULT 'at:13700000009'",
        "value": "VARCHAR DEFAULT '13700000009'",
    },
    **{name: LISTS[name] for name in ("several_persons", "unread", "judged_different")},
    "sheets": {
        "sheet": "INTEGER",
        "file": "VARCHAR",
        "sha256": "VARCHAR",
        "name": "VARCHAR",
        "rows": "BIGINT",
        "rejected": "BIGINT",
    },
    "rejects": {"record": "BIGINT", "field": "VARCHAR", "reason": "VARCHAR"},
}
"""The relations of an audit, with what most tests do not care about as a default."""

_PLACED = "JOIN accounts ON card BETWEEN first AND last"
_ACCOUNT = "fate, purchased, declared_use, declared_province"

CUT = {
    "moves": "FROM movements",
    "owned": f"""
        SELECT enterprise, min(first) AS first, max(last) AS last
        FROM (
            SELECT *, count(*) FILTER (is_apart) OVER (PARTITION BY enterprise ORDER BY first) AS piece
            FROM (
                SELECT enterprise, first, last, first > 1 + {reach_before("enterprise")} AS is_apart FROM accounts
            )
        ) GROUP BY enterprise, piece
    """,
    **HISTORIES,
}
"""What is made of the rows when a rule is asked; numbers of parties are their ids here."""

VIEWS = {
    "dealings": """
        SELECT enterprise, movements.* FROM movements JOIN enterprises ON enterprise IN (sender, receiver)
    """,
    "transfers": "SELECT * EXCLUDE (kind, repeated) FROM histories WHERE kind = 'transfer' AND NOT repeated",
    "handovers": HANDOVERS,
    "sides": SIDES,
    "trades": """
        SELECT sender AS seller, receiver AS buyer, record, first, last, quantity, day, until FROM movements
        JOIN parties AS sellers ON sender = sellers.party JOIN parties AS buyers ON receiver = buyers.party
        WHERE kind = 'transfer' AND NOT repeated AND NOT sellers.is_carrier AND NOT buyers.is_carrier
    """,
    "deals": "SELECT trades.*, segment FROM trades ASOF LEFT JOIN cuts ON trades.first >= cuts.first",
    "traders": TRADERS,
    "activated": f"""
        SELECT enterprise, card, min(day) AS day, {_ACCOUNT}
        FROM activations {_PLACED} WHERE day IS NOT NULL GROUP BY ALL
    """,
    "used_by": f"""
        SELECT DISTINCT enterprise, card, "user", is_person, {_ACCOUNT}
        FROM activations JOIN parties ON "user" = party {_PLACED}
    """,
    **{
        view: f"""
            SELECT DISTINCT enterprise, imei, card, {_ACCOUNT}
            FROM activations SEMI JOIN (
                SELECT {one} FROM activations GROUP BY {one} HAVING min({several}) < max({several})
            ) USING ({one}) {_PLACED}
            WHERE imei IS NOT NULL
        """
        for view, one, several in (("shared_devices", "imei", "card"), ("moved_cards", "card", "imei"))
    },
    "active_in": f"""
        SELECT DISTINCT enterprise, card, province, {_ACCOUNT} FROM activations {_PLACED} WHERE province IS NOT NULL
    """,
    "taken": f"SELECT DISTINCT enterprise, card, day, until, holder, {_ACCOUNT} FROM seizures {_PLACED}",
}


class Bench(AuditSession):
    """The relations in memory; rows are given by name, and ``until`` is ``day`` unless it is said."""

    def __init__(self) -> None:
        self.con = duckdb.connect(config={"threads": 1})
        super().__init__(self.con, place="bench", release=self.con.close, memory_bytes=10**9)
        for table, columns in TABLES.items():
            self.con.execute(f"CREATE TABLE {table} ({', '.join(' '.join(one) for one in columns.items())})")
        self._cut()
        for view, sql in VIEWS.items():
            self.con.execute(f"CREATE VIEW {view} AS {sql}")
        for party in (E, OTHER, CARRIER, PERSON, SHOP):
            self.add("parties", party=party, name=party, is_carrier=party == CARRIER, is_person=party == PERSON)
        self.records = 0

    def _cut(self) -> None:
        for table, sql in CUT.items():
            self.con.execute(f"CREATE OR REPLACE TABLE {table} AS {sql}")
        self._has_new_rows = False

    def ask_rule(self, *asked: Any, **framed: Any) -> tuple[list[str], Rows]:
        """Ask the rows as they are now."""
        if self._has_new_rows:
            self._cut()
        return super().ask_rule(*asked, **framed)

    def add(self, table: str, **values: Any) -> None:
        """Lay out one row; days are written as text."""
        self._has_new_rows = True
        names = [f'"{name}"' for name in values]
        self.con.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", list(values.values())
        )

    def _add_record(self, table: str, values: Mapping[str, Any]) -> int:
        self.records += 1
        record = values.get("record", SHEET + self.records)
        default = TABLES[table]["day"].rpartition("'")[0].rpartition("'")[2]
        self.add(table, **{"until": values.get("day", default or None), **values, "record": record})
        return int(record)

    def account(self, first: int, last: int, **values: Any) -> None:
        """Cards of an enterprise that went one way."""
        self.add("accounts", first=first, last=last, cards=last - first + 1, **values)

    def enterprise(self, enterprise: str = E, **values: Any) -> None:
        """An audited enterprise."""
        self.add("enterprises", enterprise=enterprise, name=enterprise, **values)

    def move(self, first: int | None, last: int | None = None, **values: Any) -> int:
        """A purchase, transfer or return."""
        return self._add_record("movements", {"first": first, "last": first if last is None else last, **values})

    def activate(self, card: int, **values: Any) -> int:
        """A card goes online."""
        return self._add_record("activations", {"card": card, **values})

    def seize(self, card: int, **values: Any) -> int:
        """A card is taken by the police."""
        return self._add_record("seizures", {"card": card, **values})

    def reach(self, party: str, **values: Any) -> int:
        """A record states a contact of a party."""
        self.records += 1
        self.add("contacts", party=party, record=SHEET + self.records, **values)
        return SHEET + self.records

    def declare(self, day: str, **values: Any) -> int:
        """A declaration of stock and sales."""
        self.records += 1
        self.add("declarations", record=SHEET + self.records, day=day, **values)
        return SHEET + self.records

    def found(self, rule: str, *assignments: str, enterprise: str = E) -> tuple[RuleFinding, ...]:
        """The findings of one of the product's rules about an enterprise."""
        return evaluate_rules(self, _chosen(rule, assignments)).get(enterprise, ())

    def opened(self, rule: str, *assignments: str, enterprise: str = E) -> list[RuleEvidence]:
        """The same with their cards and records."""
        return list(collect_evidence(self, _chosen(rule, assignments), [enterprise]))

    def params(self, rule: str, *assignments: str) -> dict[str, Any]:
        """The parameters of the one finding that there is."""
        (breach,) = self.found(rule, *assignments)
        return dict(breach.params)

    def cards(self, rule: str, *assignments: str) -> int:
        """Return the number of cards of the findings; 0 if there is none."""
        return sum(breach.cards for breach in self.found(rule, *assignments))


RULES = load_rules()


def _chosen(rule: str, assignments: Sequence[str]) -> Sequence[Rule]:
    return select_rules(RULES, [rule], map(parse_assignment, assignments))


def days_after(day: str, days: int) -> str:
    """A day so many days later."""
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()
