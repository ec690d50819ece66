"""Pages of judgements: candidates, pair by pair too, what is judged in a form; and the ledger with its look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import yaml
from starlette.exceptions import HTTPException

from graphtrace.errors import AmbiguousName, NothingFound, UsageError
from graphtrace.frozen import frozen
from graphtrace.ingest.transcription import BY, OF
from graphtrace.redaction.meanings import Meaning
from graphtrace.render import text_tables
from graphtrace.render.format import format_time
from graphtrace.render.i18n import Text, code_text, field_text, join_texts, label_text
from graphtrace.render.views.case_view import details_text
from graphtrace.results.case_status import LogLine
from graphtrace.storage.correction_log import READ_AGAIN
from graphtrace.workbench.answer_pages import PageAnswer, error_texts, maskable_answer, no_address, pair_address
from graphtrace.workbench.asked import answer_texts, answers_of_load
from graphtrace.workbench.frame import first_field, page_title

if TYPE_CHECKING:
    from starlette.requests import Request

    from graphtrace.case import Case
    from graphtrace.model import Party
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.results.case_status import CaseState
    from graphtrace.results.judgements import Candidate
    from graphtrace.results.party import PartySummary
    from graphtrace.workbench.case_pool import CasePool


PAIRS_A_PAGE: Final = 100
"""Maximum number of candidates on a page."""

MAX_NAMESAKES: Final = 20
"""Maximum number of parties of one name that are judged together."""

MAX_REASON: Final = 20_000
"""Maximum length of the reason of a judgement, in characters."""

VERDICTS: Final[Mapping[str, bool | None]] = {"same": True, "different": False, "unsure": None}
"""What can be judged of a pair, by its code in a form."""

ORDERS: Final = ("strength", "effect")
"""Orders of the candidates: by their reasons, or by the chains that a merge would close."""


class JudgingPages:
    """The pages of judgements of one case.

    The candidates are kept for as long as the case stays as it is.
    """

    def __init__(self, pool: CasePool, masker: Callable[[Lang], Masker], *, is_read_only: bool) -> None:
        self._pool, self._masker, self._is_read_only = pool, masker, is_read_only
        self._found: tuple[CaseState, Sequence[Candidate]] | None = None

    def page(self, request: Request) -> PageAnswer:
        """Return the page of one or two parties with a form, of the candidates, and of the judgements so far."""
        from graphtrace.render.format import format_time

        query = request.query_params
        asked = [query.get(name, "").strip() for name in ("one", "other")]
        sides: list[tuple[str, PartySummary | None, Text | None]] = []
        with self._pool.case() as case:
            for name in filter(None, asked):
                try:
                    sides += [(name, case.party(each), None) for each in _meant(case, name)]
                except (UsageError, NothingFound) as error:
                    sides.append((name, None, error_texts(error)[1]))
            judgements = list(reversed(case.judgements()))
            state = case.state()
            kept = self._found
            if kept is None or kept[0] != state:
                # a pair is judged by what it dealt in: all others are looked for where the list of them is asked for
                kept = (state, ()) if all(asked) else (state, case.candidates())
                self._found = self._found if all(asked) else kept
        order, text = query.get("order", ""), query.get("q", "").strip()
        sides = list(
            {(name if found is None else found.party.id): (name, found, error) for name, found, error in sides}.values()
        )
        parties = [found.party for _, found, _ in sides if found is not None]
        pairs = _ordered(kept[1], order)
        pair, before, after = _place(pairs, parties)
        shown = [] if all(asked) else _about(pairs, text, parties)
        last = max(1, -(-len(shown) // PAIRS_A_PAGE))
        number = min(max(int(query.get("page", "1")), 1), last) if _is_number(query.get("page", "1")) else 1
        data: dict[str, Any] = {
            "title": page_title(label_text("nav_judge")),
            "asked": asked,
            "sides": sides,
            "parties": parties,
            "pair": pair,
            "pair_before": None if before is None else pair_address(*before.parties, order=order),
            "pair_after": None if after is None else pair_address(*after.parties, order=order),
            "judgements": judgements,
            "candidates": shown[(number - 1) * PAIRS_A_PAGE : number * PAIRS_A_PAGE],
            "all": len(pairs),
            "count": len(shown),
            "number": number,
            "last": last,
            "asked_text": text,
            "order": order if order in ORDERS else ORDERS[0],
            "orders": ORDERS,
            "verdicts": tuple(VERDICTS),
            "most": PAIRS_A_PAGE,
            "list": _list_address("", "", order, 1),
            "page_address": lambda number: _list_address(asked[0], text, order, number),
            "reason": lambda reason: label_text(f"reason_{reason.code}", **reason.params),
            "compare": lambda parties: pair_address(*parties, order=order),
            "clock": format_time,
            "can_change": not self._is_read_only,
        }

        def mask(masks: Masker) -> Mapping[str, Any]:
            return {
                **data,
                "asked": ("", ""),
                "sides": [
                    (
                        masks.apply(Meaning.ASKED_PARTY, name),
                        masks.mask(summary),
                        None if error is None else masks.left_out,
                    )
                    for name, summary, error in sides
                ],
                "parties": (),
                "pair": masks.mask(pair),
                **dict.fromkeys(("pair_before", "pair_after")),
                "judgements": masks.mask(judgements),
                "candidates": masks.mask(tuple(data["candidates"])),
                "asked_text": "",
                "last": 1,
                "compare": no_address,
                "can_change": False,
            }

        about: dict[str, Any] = {"name": "judgements", "active": "judge", "state": state}
        return maskable_answer("judge.html", data, mask, self._masker, **about)

    def judge(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Judge each pair that a verdict was chosen for, all for one reason; return the page to go on with.

        What can be judged is judged; the first refusal is raised after the others were tried.
        """
        ones, others, verdicts = (form.get(name, []) for name in ("one", "other", "verdict"))
        if members := form.get("member", []):
            # all of them are one, or no two are
            apart = verdicts == ["different"]
            pairs = list(combinations(members, 2)) if apart else [(members[0], each) for each in members[1:]]
            ones, others, verdicts = (
                [*map(itemgetter(0), pairs)],
                [*map(itemgetter(1), pairs)],
                verdicts[:1] * len(pairs),
            )
        if not len(ones) == len(others) == len(verdicts) <= PAIRS_A_PAGE or not set(verdicts) - {""} <= set(VERDICTS):
            raise HTTPException(400)
        judged = [each for each in zip(ones, others, verdicts, strict=True) if each[2]]
        if not judged:
            raise HTTPException(400)
        why, refused = first_field(form, "why")[:MAX_REASON], None
        with self._pool.new_case() as case:
            for one, other, verdict in judged:
                try:
                    case.resolve(one, other, same=VERDICTS[verdict], why=why)
                except (UsageError, NothingFound) as error:
                    refused = refused or error
        if refused is not None:
            raise refused
        return _list_address("", first_field(form, "q"), first_field(form, "order"), 1)

    def undo(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Undo a judgement; both lines stay in the ledger."""
        number = first_field(form, "number")
        if not _is_number(number):
            raise HTTPException(400)
        with self._pool.new_case() as case:
            case.undo_judgement(int(number), why=first_field(form, "why")[:MAX_REASON] or None)
        return "/judge"


def _meant(case: Case, text: str) -> Sequence[str]:
    """Return by id the parties that a text means: where several bear a name, all of them, to be judged together."""
    try:
        party = case.party(text).party
        name = party.name or ""
        # one of many customers of a name stands with the others
        is_one_of_many = "#" in party.id and text != name
        return list(dict.fromkeys([party.id, *_meant(case, name)])) if is_one_of_many else [party.id]
    except AmbiguousName as error:
        return list(error.params["parties"])[:MAX_NAMESAKES]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _ordered(found: Sequence[Candidate], order: str) -> Sequence[Candidate]:
    """Return candidates by the order asked for; undecided ones stay last."""
    if order != "effect":
        return found
    return sorted(found, key=lambda each: (each.judged is not None, -(each.chains_closed or 0)))


def _about(pairs: Sequence[Candidate], text: str, parties: Sequence[Party]) -> list[Candidate]:
    """Return the pairs with a party, and of those the ones with a text in a name or an identifier."""
    wanted, known = text.casefold(), {party.id for party in parties}
    return [
        pair
        for pair in pairs
        if (not known or known & {party.id for party in pair.parties})
        and any(wanted in f"{party.name}\n{party.id}".casefold() for party in pair.parties)
    ]


def _place(
    pairs: Sequence[Candidate], parties: Sequence[Party]
) -> tuple[Candidate | None, Candidate | None, Candidate | None]:
    if len(parties) < 2:
        return None, None, None
    asked = {party.id for party in parties}
    place = next((at for at, pair in enumerate(pairs) if {party.id for party in pair.parties} == asked), None)
    if place is None:
        return None, None, next(iter(pairs), None)
    return pairs[place], pairs[place - 1] if place else None, next(iter(pairs[place + 1 : place + 2]), None)


def _list_address(one: str, text: str, order: str, number: int) -> str:
    about = {"one": one, "q": text, "order": order, "page": str(number) if number > 1 else ""}
    asked = urlencode({name: value for name, value in about.items() if value})
    return f"/judge?{asked}" if asked else "/judge"


@frozen()
class LogEntry:
    """One line of the ledger as a person reads it; ``details`` are names with values, ``hash`` is that of the line."""

    number: int
    at: str
    what: Text
    subject: str
    details: tuple[tuple[Text, Text], ...]
    hash: str


def describe_lookups(lines: Iterable[LogLine]) -> list[LogEntry]:
    """Return look-ups and exports, the last one first."""
    return [
        LogEntry(
            number=number,
            at=format_time(line.at),
            what=label_text(f"log_{line.what}"),
            subject=str(line.params.get("path") or line.params.get("command") or ""),
            details=tuple(_details_of_lookup(line)),
            hash=line.hash,
        )
        for number, line in reversed(list(enumerate(lines, 1)))
    ]


def _details_of_lookup(line: LogLine) -> Iterator[tuple[Text, Text]]:
    if line.by:
        yield label_text("log_by"), line.by
    if line.purpose:
        yield label_text("log_purpose"), line.purpose
    yield label_text("details"), details_text(line)


def describe_entries(entries: Iterable[Mapping[str, Any]]) -> list[LogEntry]:
    """Return the lines of the ledger, the last one first."""
    return [_entry(number, entry) for number, entry in reversed(list(enumerate(entries, 1)))]


def _entry(number: int, entry: Mapping[str, Any]) -> LogEntry:
    if "load" in entry:
        what = label_text("log_load")
    elif "unload" in entry:
        what = label_text("log_unload")
    elif "correction" in entry or "corrects" in entry:
        what = label_text("log_correct")
    elif "judgement" in entry:
        what = label_text("log_judge")
    else:
        what = label_text("log_other")
    about = entry.get("unload") or entry
    subject = str(about.get("file") or entry.get("record") or entry.get("row") or "")
    return LogEntry(
        number=number,
        at=format_time(str(entry["at"])),
        what=what,
        subject=subject,
        details=tuple(_details(entry)),
        hash=str(entry["hash"]),
    )


def _details(entry: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    for sheet in entry.get("sheets") or ():
        if isinstance(sheet, Mapping):
            counts = [join_texts(label_text(name), str(sheet[name])) for name in _COUNTS if name in sheet]
            yield str(sheet.get("sheet") or "–"), join_texts(*counts, by=" · ")
    if answers := answer_texts(answers_of_load(entry)):
        yield label_text("log_answers"), join_texts(*answers, by="; ")
    for name, value in entry.items():
        if name in _NAMED and value not in (None, "", [], {}):
            said = (
                label_text("file_again") if value == READ_AGAIN else _mapped(str(value)) if name == "mapping" else None
            )
            yield label_text(f"log_{name}"), _shown(value) if said is None else said


def _mapped(text: str) -> Text | None:
    """Return a mapping in words: its kind, the column of each field, what is said of all rows, the lines confirmed."""
    try:
        said = yaml.safe_load(text)
        kind = [code_text(text_tables.KINDS, said["kind"])] if said.get("kind") else []
        columns = [
            join_texts(field_text(field), str(column["column"] if isinstance(column, Mapping) else column))
            for field, column in (said.get("columns") or {}).items()
        ]
        stated = (said.get("literals") or {}).items()
        literals = [join_texts(field_text(field), str(value)) for field, value in stated]
        lines = dict(said.get("transcribed") or {})
        by, _ = lines.pop(BY, None), lines.pop(OF, None)
        rows = label_text("question_rows", rows=len(lines))
        confirmed = [join_texts(label_text("log_by"), str(by)), rows] if lines else []
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        return None
    told = [*kind, *columns, *literals, *confirmed]
    return join_texts(*told, by=" · ") if told else None


def _shown(value: object) -> str:
    """Return a value as text; of several, such as members of parties, each without the mark of what it is."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each).removeprefix("name:").removeprefix("id:") for each in value)
    return str(value)


_COUNTS = ("rows", "loaded", "duplicate", "rejected")
_NAMED = ("sha256", "size", "kind", "mapping", "parties", "by", "who", "why")
"""Further keys of a line to show, in this order; the rest is for programs."""
