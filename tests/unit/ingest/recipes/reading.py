"""A text read by the recipes of the product, as lines that a person can compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from graphtrace.errors import UnknownHeadings
from graphtrace.identifiers import join_key, unpack_number
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.recipes.recipe_loader import load_recipes
from graphtrace.ingest.recipes.recipe_selection import RecipeChoice, choose_recipe
from graphtrace.ingest.record_schema import decode
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.supporting import is_supporting
from graphtrace.model import EPOCH

_SHOWN = (
    "quantity",
    "msisdn",
    "imsi",
    "imei",
    "state",
    "waybill",
    "channel",
    "price",
    "cell",
    "city",
    "record_no",
    "case_no",
)


@dataclass
class ReadText:
    """Result of reading a text: the recipe, the records and rejects as lines, the open questions, the error's code."""

    recipe: str | None = None
    records: list[str] = field(default_factory=list)
    supports: list[str] = field(default_factory=list)
    """Supporting records: identities, shipments, payments and contacts."""
    rejects: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    """Rows that are told with their cards, with the reason."""
    columns: dict[str, str | None] = field(default_factory=dict)
    error: str | None = None
    choice: RecipeChoice = field(default_factory=RecipeChoice)


def records_of(text: str, answers: Mapping[str, str], folder: Path, *, bulk: bool = True) -> ReadText:
    """Read a text as a CSV file."""
    path = folder / "sample.csv"
    path.write_text(text, encoding="utf-8")
    (sheet,) = open_sheets(path)
    choice = choose_recipe(sheet, load_recipes())
    read = ReadText(recipe=choice.match.recipe.id if choice.match else None, choice=choice)
    try:
        parser = open_sheet_parser(sheet, choice=choice, answers=answers, bulk=bulk)
        frames = list(parser.frames())
    except UnknownHeadings as error:
        read.error = error.code
        return read
    beside = [row for frame in frames if is_supporting(frame) for row in frame.iter_rows(named=True)]
    read.supports = [_support_line(row) for row in sorted(beside, key=lambda row: (row["row"], row["kind"]))]
    custody = [frame for frame in frames if not is_supporting(frame)]
    rows = [row for frame in custody for row in decode(frame).iter_rows(named=True)]
    read.records = [_line(row) for row in sorted(rows, key=lambda row: (row["row"], row["kind"], row["first"] or 0))]
    read.rejects = [f"{reject.field} {reject.reason}" for reject in parser.rejects]
    read.unread = parser.unread.select("row", "reason").rows()
    read.questions = [question.field for question in parser.questions]
    read.columns = {column.heading: column.field for column in parser.columns}
    return read


def _support_line(row: Mapping[str, Any]) -> str:
    said = json.loads(row["said"])
    parts = [row["kind"]]
    if row["day"] is not None:
        parts.append((EPOCH + timedelta(days=row["day"])).isoformat())
    sides = [
        "" if side is None else ",".join([side[0], *([side[2]] if side[2] else []), *(text for _, text in side[3])])
        for side in said["sides"]
    ]
    parts.append(">".join(sides) if row["kind"] in ("shipment", "payment") else sides[0])
    parts += [f"{name}={said[name]}" for name in ("waybill", "order_no", "amount") if name in said]
    return " ".join(parts)


def _line(row: Mapping[str, Any]) -> str:
    parts = [row["kind"]]
    if row["first_day"] is not None:
        parts.append((EPOCH + timedelta(days=row["first_day"])).isoformat())
    if row["first"] is not None:
        ends = [join_key(row["head"], row["size"], row[end]) for end in ("first", "last")]
        parts.append(ends[0] if row["precision"] == "listed" else "-".join(ends))
    sender, receiver = row["sender_name"], row["receiver_name"]
    if row["receiver_id"]:
        receiver = f"{receiver}({row['receiver_id']})"
    if sender or receiver:
        parts.append(f"{sender or ''}>{receiver or ''}")
    shown = {**row, "msisdn": None if row["msisdn"] is None else unpack_number(row["msisdn"])}
    parts += [f"{name}={shown[name]}" for name in _SHOWN if shown[name] is not None]
    return " ".join(str(part) for part in parts)
