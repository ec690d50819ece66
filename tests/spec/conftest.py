"""Small records in, answers out: everything here goes through the command line, as a reader of the contract would."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graphtrace.cli import main

CARRIERS = {"U": "中国联通", "T": "中国电信", "M": "中国移动"}
LETTERS = {name: letter for letter, name in CARRIERS.items()}
MOVE = re.compile(
    r"(?P<sender>\S+)>(?P<receiver>\S+) (?P<date>\S+)"
    r"(?: #(?P<listed>\S+)| (?P<first>\d+)-(?P<last>\d+)| (?P<quantity>\d+) cards)?"
    r"(?: via (?P<channel>\S+))?(?: no (?P<number>\S+))?"
)


def card(n: int | str) -> str:
    """The nth card of China Unicom, without a check digit; whatever is no number stands for itself."""
    return f"8986061900000{int(n):06}" if str(n).isdigit() and len(str(n)) < 7 else str(n)


def moves(*lines: str) -> str:
    """A file of transfers: ``E>A 2024-03-05``, then nothing (card 1), ``#2``, ``1-100`` or ``500 cards``."""
    rows = ["from,to,date,iccid,iccid_first,iccid_last,quantity,channel,record_no"]
    for line in lines:
        said = MOVE.fullmatch(line)
        assert said, line
        listed = card(said["listed"] or 1) if not said["first"] and not said["quantity"] else ""
        ends = [card(said["first"]), card(said["last"])] if said["first"] else ["", ""]
        parties = [CARRIERS.get(party, party) for party in (said["sender"], said["receiver"])]
        cells = [*parties, said["date"], listed, *ends, said["quantity"], said["channel"], said["number"]]
        rows.append(",".join(cell or "" for cell in cells))
    return "\n".join(rows) + "\n"


def activations(*lines: str) -> str:
    """A file of activations: date, number of the card, user, IMEI; a dash for what is not stated."""
    rows = ["iccid,activated_at,user,imei,msisdn"]
    for line in lines:
        date, n, *more = line.split()
        user, imei, msisdn = [*more, "-", "-", "-"][:3]
        rows.append(f"{'' if n == '-' else card(n)},{date},{user},{imei},{msisdn}")
    return "\n".join(rows) + "\n"


def name(party: dict[str, Any] | None) -> str | None:
    return party and LETTERS.get(party["name"], party["name"])


def told(chain: dict[str, Any]) -> str:
    """A chain in one line: its outcome, then its hops; ``…`` where a step is missing, ``~`` before a mere quantity."""
    steps = [
        f"{'… ' if hop['gap_before'] else ''}{'~' if hop['precision'] == 'quantity' else ''}"
        f"{name(hop['from'])}>{name(hop['to'])}"
        for hop in chain["hops"]
    ]
    return f"{chain['outcome']}: {' '.join(steps)}"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


class Result:
    """Answer about one card, in values that are quick to compare."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.json = answer
        self.outcome = answer["outcome"]
        self.chains = [told(chain) for chain in answer["chains"]]
        self.registrant = name(answer["registrant"])
        self.holder = name(answer["holder"])
        self.end_user = name(answer["end_user"])
        self.days = [[hop["date"] for hop in chain["hops"]] for chain in answer["chains"]]
        self.codes = sorted({finding["code"] for finding in answer["findings"]})
        self.leads = sorted(
            (name(lead["ask"]), lead["for"], lead["because"], lead["since"], lead["until"]) for lead in answer["leads"]
        )

    def params(self, code: str) -> list[dict[str, Any]]:
        """The params of the findings of a code; what names say about a gap is tested by itself."""
        found = [finding["params"] for finding in self.json["findings"] if finding["code"] == code]
        return [_short({name: params[name] for name in params if name != "alias_candidates"}) for params in found]


def _short(value: Any) -> Any:
    """Parties by their names alone."""
    if isinstance(value, dict):
        return name(value) if set(value) == {"id", "name"} else {key: _short(held) for key, held in value.items()}
    return [_short(held) for held in value] if isinstance(value, list) else value


class Desk:
    """One case and the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case = folder / "x.gtrace"
        self._files = 0
        self._told: dict[int | str, Result] = {}
        self._ledger: bytes | None = None

    def run(self, *arguments: object) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
        return Answer(code, out.getvalue(), err.getvalue())

    def ask(self, *arguments: object) -> Answer:
        return self.run("--case", self.case, *arguments, "--json")

    def file(self, text: str | bytes, filename: str | None = None) -> Path:
        self._files += 1
        path = self.folder / (filename or f"{self._files}.csv")
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def load(self, *texts: str | bytes | Path, options: Iterable[object] = ()) -> Any:
        """Return the report of ``load`` on each sheet."""
        files = [text if isinstance(text, Path) else self.file(text) for text in texts]
        return self.ask("load", *files, *options).json["files"]

    def trace(self, n: int | str = 1) -> Result:
        (result,) = self.traces(n)
        return result

    def traces(self, *numbers: int | str) -> list[Result]:
        """The answers about cards; what was answered at the same line of the ledger is not asked again."""
        ledger = self.case / "ledger.jsonl"
        if (held := ledger.read_bytes() if ledger.exists() else None) != self._ledger:
            self._told, self._ledger = {}, held
        if unknown := [n for n in numbers if n not in self._told]:
            answers = self.ask("trace", *map(card, unknown)).json["results"]
            self._told |= zip(unknown, map(Result, answers), strict=True)
        return [self._told[n] for n in numbers]

    def audit(self, who: str = "E") -> Any:
        (answer,) = self.ask("audit", who).json["enterprises"]
        return answer


@pytest.fixture(autouse=True, scope="package")
def _plain_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("GRAPHTRACE_CASE", "GRAPHTRACE_LANG", "LC_ALL", "LC_MESSAGES", "FORCE_COLOR", "COLUMNS"):
            patch.delenv(variable, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty case."""
    return Desk(tmp_path)


RANGE = "运营商,企业名称,购买日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000100\n"


@pytest.fixture(scope="package")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case of one record, the cards 1 to 100; not to be written to."""
    shared = Desk(tmp_path_factory.mktemp("hundred"))
    shared.load(RANGE)
    return shared
