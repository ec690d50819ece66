"""One measurement of one subject, in a process of its own; benchmarks/bench.py starts it and reads what it prints.

usage: python -m benchmarks.timing ACTION SUBJECT PLACE [FILES | QUESTIONS]
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers import BUCKETS, Buckets, Subject, WithRules, subject_named

COMPARED = 1_000
"""Of so many cards the answers are handed back to be compared."""


def main() -> None:
    action, name, place, *rest = sys.argv[1:]
    subject = subject_named(name)
    if action == "load":
        subject.load(Path(rest[0]), Path(place))
        return
    questions = json.loads(Path(rest[0]).read_text())
    began = time.perf_counter()
    subject.open(Path(place))
    opened = time.perf_counter() - began
    if action == "cold":
        print(subject.trace(questions["cold"])[:2])
        return
    print(json.dumps({"open_s": opened, **(ACTIONS | OWN_ACTIONS)[action](subject, questions)}))


def _warm(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    cards = questions["warm"]
    for card in cards[:20]:
        subject.trace(card)
    spent = []
    for card in cards[20:]:
        began = time.perf_counter()
        subject.trace(card)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    answers = [subject.trace(card)[:2] for card in cards[:100]]
    return {"p50_ms": statistics.median(spent), "p99_ms": spent[int(len(spent) * 0.99)], "answers": answers}


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    began = time.perf_counter()
    found = call()
    return time.perf_counter() - began, found


def _many(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    cards = questions["cards"]
    subject.trace_many(questions["warm"])
    seconds, found = _timed(lambda: subject.trace_many(cards))
    return {"seconds": seconds, "answers": [subject.answer_of(one)[:2] for one in found[:COMPARED]]}


def _table(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    cards = questions["cards"]
    subject.table(questions["warm"])
    seconds, found = _timed(lambda: subject.table(cards))
    return {"seconds": seconds, "answers": subject.rows_of(found)[:COMPARED]}


def _audit(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    subject.audit(questions["other_enterprise"])
    seconds, found = _timed(lambda: subject.audit(questions["enterprise"]))
    return {"seconds": seconds, "answers": {questions["enterprise"]: _plain(found)}}


def _audit_all(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    subject.audit(questions["other_enterprise"])
    seconds, found = _timed(subject.audit_all)
    return {"seconds": seconds, "answers": {name: _plain(buckets) for name, buckets in found.items()}}


def _audit_without_rules(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    assert isinstance(subject, WithRules)
    return _audit(subject.without_rules(), questions)


def _audit_all_without_rules(subject: Subject, questions: dict[str, Any]) -> dict[str, Any]:
    assert isinstance(subject, WithRules)
    return _audit_all(subject.without_rules(), questions)


def _plain(buckets: Buckets) -> dict[str, int]:
    return {bucket: int(buckets[bucket]) for bucket in BUCKETS if buckets[bucket]}


ACTIONS: dict[str, Callable[[Subject, dict[str, Any]], dict[str, Any]]] = {
    "warm": _warm,
    "many": _many,
    "table": _table,
    "audit": _audit,
    "audit_all": _audit_all,
}
OWN_ACTIONS: dict[str, Callable[[Subject, dict[str, Any]], dict[str, Any]]] = {
    "audit_without_rules": _audit_without_rules,
    "audit_all_without_rules": _audit_all_without_rules,
}

if __name__ == "__main__":
    main()
