"""Histories of cards as files: what the tests of custody state as movements, written as somebody would send it."""

from __future__ import annotations

import csv
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graphtrace.model import Activation, CustodyEvent, Party

from ..custody.cards import activation, lot, movement
from ..custody.histories import load_histories

OPERATORS = {"china-unicom": "中国联通", "china-mobile": "中国移动"}
MOVED = ("kind", "from", "from_id", "to", "to_id", "date", "iccid", "iccid_first", "iccid_last", "quantity", "channel")
USED = ("iccid", "date", "user", "user_id")


@dataclass(frozen=True)
class History:
    """All records of one card."""

    movements: Sequence[CustodyEvent] = ()
    quantities: Sequence[CustodyEvent] = ()
    activations: Sequence[Activation] = ()
    name: str = field(default="", compare=False)


def key_of(number: int) -> str:
    """The card of a history; nine others follow it."""
    return f"8986061900{number * 10:09d}"


def write_files(histories: Sequence[History], place: Path) -> list[Path]:
    """Two files with all histories, each with a card and parties of its own."""
    moved: list[list[Any]] = []
    used: list[list[Any]] = []
    for number, history in enumerate(histories):
        key = key_of(number)
        namesakes: set[str] = set()

        def cells(party: Party | None, number: int = number, namesakes: set[str] = namesakes) -> list[str]:
            if party is None:
                return ["", ""]
            if party.is_carrier:
                return [OPERATORS.get(party.carrier or "", "中国广电"), ""]
            name = f"{party.name}·{number}"
            if party.namesakes:
                namesakes.add(name)
            return [name, f"{party.id[3:]}X{number}" if party.id.startswith("id:") else ""]

        for each in (*history.movements, *history.quantities):
            kind = "return" if each.kind == "return" else "transfer"
            cards = {
                "listed": [key, "", "", ""],
                "range": ["", key, f"{key[:-1]}4", 5],
                "quantity": ["", "", "", each.quantity],
            }
            moved.append(
                [kind, *cells(each.sender), *cells(each.receiver), each.when.iso, *cards[each.precision], each.channel]
            )
        used += [[key, each.when.iso, *cells(each.user)] for each in history.activations]
        for name in sorted(namesakes):
            for other in ("A", "B"):
                moved.append(
                    [
                        "transfer",
                        name,
                        f"{other}Y{number}",
                        f"谁·{number}",
                        "",
                        "2024-01-01",
                        f"{key[:-1]}9",
                        "",
                        "",
                        "",
                        "",
                    ]
                )
    paths = []
    for name, header, rows in (("moved.csv", MOVED, moved), ("used.csv", USED, used)):
        if rows:
            paths.append(place / name)
            with paths[-1].open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([header, *rows])
    return paths


def written_histories() -> Iterator[History]:
    """The histories of histories.yml."""
    for title, written in load_histories().items():
        used = [activation(line, row) for row, line in enumerate(written.activated, 2)]
        yield History(written.movements, written.quantities, used, title)


def scenarios_of(module: ModuleType) -> Iterator[History]:
    """Every history that the tests of a module trace with ``tell``."""
    told: list[History] = []
    tell = module.tell

    def record(*events: Any, lots: Sequence[Any] = (), activated: Sequence[str] = (), **rest: Any) -> Any:
        told.append(
            History(
                [each if isinstance(each, CustodyEvent) else movement(each, row) for row, each in enumerate(events, 2)],
                [each if isinstance(each, CustodyEvent) else lot(each, row) for row, each in enumerate(lots, 2)],
                [activation(each, row) for row, each in enumerate(activated, 2)],
                name,
            )
        )
        return tell(*events, lots=lots, activated=activated, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "tell", record)
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_"):
                for arguments in _arguments(test):
                    test(**arguments)
    yield from told


def _arguments(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield {}
    for mark in marks:
        for value in mark.args[1]:
            names = mark.args[0]
            yield {names: value} if isinstance(names, str) else dict(zip(names, value, strict=True))
