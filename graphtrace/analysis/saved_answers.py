"""Comparison of saved answers of ``trace`` and ``audit``, JSON or JSON Lines, with those that the case gives now.

The same questions are asked again with the options that the answer states, and the whole answers are compared,
sentences and counts too. Only the version of the program, the name of the case, and what the options say do not count.
What cannot be asked again (cells of a list that are damaged numbers, rules of one's own, redacted answers) is yielded
as not compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from itertools import chain, count
from pathlib import Path
from typing import Any, Final, Literal

from graphtrace._version import __version__
from graphtrace.analysis.audit.enterprise_audit import audit_all, audit_parties
from graphtrace.analysis.card_trace import Tracer
from graphtrace.errors import InputError, NothingFound, UsageError, os_reason
from graphtrace.frozen import frozen
from graphtrace.ingest.small_files import read_small_file
from graphtrace.locale import LANGS
from graphtrace.model import AuditRole
from graphtrace.results.audit import Annex, AnnexedCard, AnnexWriter, AuditResults
from graphtrace.results.case_status import CaseHead, ComparedAnswer
from graphtrace.results.embedded import RepeatedName, carried_by, read_names_once, shown_parts
from graphtrace.results.letters import AskedInLetters, Letter, letters_of
from graphtrace.results.rests_on import rests_on_audits, rests_on_traces
from graphtrace.results.rules import Rule
from graphtrace.results.traces import Traces
from graphtrace.rules.rule_loader import load_rules
from graphtrace.storage.case_notes import heads_stated, readable_notes
from graphtrace.storage.ledger import Moment, content_of, point_after
from graphtrace.storage.lookups import LoggedLookup
from graphtrace.storage.not_read import count_unread
from graphtrace.wire import plain

MAX_ANSWER_BYTES: Final = 512 * 2**20
"""Maximum size of a saved answer: that of some hundred thousand cards."""

_NOT_COMPARED: Final = frozenset(("graphtrace", "case", "ledger_head", "unread", "options", "as_of", "lead_letters"))
"""Keys that say how an answer came about and not what was answered; ledger and notes are looked at for some."""

OpenTracer = Callable[[Moment | None, bool], AbstractContextManager[Tracer]]
"""Opens the case as of a moment, and with the judgements about parties or without."""


_SHOWN: Final = 120
"""Maximum number of characters shown of a value that differs."""

WriteAgain = Callable[["SavedAnswer", Traces | AuditResults], bytes | None]
"""Writes the file of a saved answer anew from what the case answers; ``None`` for JSON."""

WriteJson = Callable[[Mapping[str, Any]], Iterable[bytes]]
"""Writes the JSON of an answer in each form in which it is given."""

Problems = Iterator[tuple[str, dict[str, Any]]]


@frozen(kw_only=False)
class SavedAnswer:
    """Answer in a file. An answer of a version that did not store the head is not ``is_anchored``.

    ``asked`` are the inputs of a trace, or the ids of the audited parties, each once. ``options`` are those with which
    the command was asked; an answer from Python states none, and is asked again with those that are usual. ``damaged``
    are the cells of a list that are damaged numbers: nobody can type them, so they cannot be asked again. One
    ``in_lines`` (JSON Lines) states each result with the head, and nothing of all of them together. ``ending`` is the
    format of the file; of one for people ``content`` are its bytes, and ``told`` what it says of the case.
    """

    file: str
    command: Literal["trace", "audit"]
    ending: str
    content: bytes
    told: Mapping[str, Any]
    document: Mapping[str, Any]
    asked: tuple[str, ...]
    options: Mapping[str, Any]
    sha256: str
    is_anchored: bool
    damaged: tuple[str, ...]
    in_lines: bool
    folder: Path

    @property
    def annex(self) -> Annex | None:
        """Return what it says of the annex with the cards behind its counts, if it has one."""
        stated = self.options.get("annex")
        return None if stated is None else Annex(stated["file"], stated["sha256"], stated["cards"])

    @property
    def annex_beside(self) -> Path | None:
        """Return the annex in the folder of the answer, if it is there."""
        path = None if self.annex is None else self.folder / Path(self.annex.file).name
        return path if path is not None and path.is_file() else None

    @property
    def ledger_head(self) -> str | None:
        """Return the hash of the last line of the ledger when it was given."""
        head = self.document.get("ledger_head")
        return head if isinstance(head, str) else None

    @property
    def as_of(self) -> str | None:
        """Return the day whose knowledge was asked for."""
        return self.document.get("as_of") if self.in_lines else self.options.get("as_of")

    @property
    def lacking(self) -> list[str]:
        """Return what a command of this version states of its rows and the answer does not."""
        parts = () if self.command == "audit" else self.document["results"]
        rows = ["rests_on"] if self.is_anchored and not self.in_lines and "rests_on" not in self.document else []
        unread = ["unread"] if self.is_anchored and "unread" not in self.document else []
        return [*rows, *unread, *(["because"] if any("because" not in part for part in parts) else [])]

    @property
    def is_judged(self) -> bool:
        """Whether the judgements about parties were applied."""
        return self.options.get("judged") is not False


def read_answer(path: Path) -> SavedAnswer:
    """Read the answer in a file.

    Raises InputError if it cannot be read, or is no answer of ``trace`` or ``audit``.
    """
    try:
        content = read_small_file(path, MAX_ANSWER_BYTES)
        ending, document = carried_by(content, MAX_ANSWER_BYTES)
        told = {} if ending == ".json" else _told(document["told"])
        document, in_lines = _document(content.decode("utf-8")) if ending == ".json" else (document["answer"], False)
        parts = _parts(document)
        options = document.get("options") or {}
        _check_options(options)
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="saved_answer") from error
    except RepeatedName as error:
        raise InputError("answer_name_twice", path=path, name=str(error), hint="saved_answer") from error
    except _UnfitOption as error:
        raise InputError("answer_option_unfit", path=path, place=str(error), hint="saved_answer") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("no_saved_answer", path=path, hint="saved_answer") from error
    command: Literal["trace", "audit"] = "trace" if "results" in document else "audit"
    return SavedAnswer(
        path.name,
        command,
        ending,
        b"" if ending == ".json" else content,
        told,
        document,
        tuple(dict.fromkeys(about for about, _ in parts)),
        options,
        hashlib.sha256(content).hexdigest(),
        "ledger_head" in document,
        tuple(dict.fromkeys(about for about, part in parts if _is_damaged(part))) if command == "trace" else (),
        in_lines,
        path.parent,
    )


_HEAD: Final = ("graphtrace", "case", "ledger_head", "as_of", "unread", "redacted")
"""What each line of an answer in JSON Lines says of how it came about."""


def _document(text: str) -> tuple[dict[str, Any], bool]:
    """Return an answer as one document, and whether its results stood in lines of their own with the same head."""
    try:
        whole = read_names_once(text)
    except json.JSONDecodeError:
        results = [read_names_once(line) for line in text.split("\n") if line]
    else:
        if "results" in whole or "enterprises" in whole:
            return whole, False
        results = [whole]
    heads = [{name: result.pop(name) for name in _HEAD if name in result} for result in results]
    if not heads or any(head != heads[0] for head in heads):
        raise ValueError
    return {**heads[0], "enterprises" if "enterprise" in results[0] else "results": results}, True


def check_answers(
    open_tracer: OpenTracer,
    answers: Iterable[tuple[SavedAnswer, LoggedLookup | None]],
    ledger_until: Callable[[str | None], Sequence[str]],
    notes: Sequence[str],
    asked: Sequence[LoggedLookup],
    write: WriteAgain,
) -> Problems:
    """Ask the questions of saved answers again; yield a code and parameters for each difference.

    With each answer stands the look-up that gave it, if one did. ``ledger_until`` returns the lines of the ledger at
    the end of a day; ``notes`` and the look-ups ``asked`` are those of the case; ``write`` writes the file of an answer
    anew.
    """
    for answer, lookup in answers:
        is_logged = lookup is not None
        is_altered = False
        ledger = ledger_until(answer.as_of)
        for code, params in _compared(open_tracer, answer, ledger, notes, write, is_logged=is_logged):
            is_altered |= code in ("answer_differs", "answer_never_given") and not params.get("later")
            yield code, params
        # what differs, or lacks a part, is said to be another answer already
        if answer.is_anchored and not is_logged and not is_altered and not answer.lacking:
            yield "answer_not_logged", _unlogged(answer, asked)


def _compared(
    open_tracer: OpenTracer,
    answer: SavedAnswer,
    ledger: Sequence[str],
    notes: Sequence[str],
    write: WriteAgain,
    *,
    is_logged: bool,
) -> Problems:
    """Yield what of one answer differs from what the case answers, and what cannot be compared."""
    if answer.document.get("redacted"):
        yield "answer_not_compared", {"file": answer.file, "what": "redacted"}
        return
    later = _lines_since(answer.ledger_head, ledger) if answer.is_anchored else 0
    if later is None:
        yield "answer_of_another_ledger", {"file": answer.file, "head": answer.ledger_head}
    elif not answer.is_anchored:
        yield "answer_not_compared", {"file": answer.file, "what": "ledger_head"}
    if not _are_unread(answer.document.get("unread"), ledger[: len(ledger) - (later or 0)], notes):
        yield "answer_differs", {"file": answer.file, "about": "unread", "later": later or None}
    if next(letters_stated(answer.document.get("lead_letters") or (), notes), None) is None:
        change = _change_of_letters(answer.document["lead_letters"], notes)
        yield "answer_differs", {"file": answer.file, "about": "lead_letters", "later": later or None, **change}
    stated = answer.options.get("inputs")
    if answer.command == "trace" and stated is not None and set(stated) != set(answer.asked):
        change = {"part": "", "before": _short(list(answer.asked)), "after": _short(stated)}
        yield "answer_differs", {"file": answer.file, "about": "inputs", "later": None, **change}
    if answer.document.get("as_of", answer.as_of) != answer.as_of:
        yield "answer_differs", {"file": answer.file, "about": "as_of", "later": later or None}
    _, other = _rules_of(answer)
    for rule in other:
        yield "answer_not_compared", {"file": answer.file, "what": rule}
    for alone in () if is_logged else _borne_out_by_the_log(answer):
        yield "answer_not_compared", {"file": answer.file, "what": alone}
    for name, change in _changes_of_head(answer, ledger, notes):
        yield "answer_differs", {"file": answer.file, "about": name, "later": later or None, **change}
    if answer.options.get("extra"):
        yield "answer_not_compared", {"file": answer.file, "what": "extra"}
    for damaged in answer.damaged:
        yield "answer_not_compared", {"file": answer.file, "what": damaged}
    for what in answer.lacking:
        yield "answer_not_compared", {"file": answer.file, "what": what}
    yield from _annex_problems(answer)
    differing, now = _ask_and_compare(open_tracer, answer, answer.as_of, ledger)
    since = _loaded_by(ledger[len(ledger) - later :]) if later else {}
    for about, change in differing:
        yield "answer_differs", {"file": answer.file, "about": about, "later": later or None, **change, **since}
    if differing and later:
        then = ledger[: len(ledger) - later]
        differing, now = _ask_and_compare(open_tracer, answer, point_after(then), then)
        for about, change in differing:
            yield "answer_never_given", {"file": answer.file, "about": about, **change}
    yield from _shown_otherwise(answer, None if differing else write(answer, now))


def lookup_of(answer: SavedAnswer, answered: Mapping[str, LoggedLookup], write_json: WriteJson) -> LoggedLookup | None:
    """Return the look-up that gave an answer; JSON may have been written otherwise since (blanks, escapes).

    ``answered`` are the look-ups by the SHA-256 of what was answered.
    """
    forms = write_json(answer.document) if answer.ending == ".json" and not answer.in_lines else ()
    hashes = chain((answer.sha256,), (hashlib.sha256(form).hexdigest() for form in forms))
    return next((answered[sha256] for sha256 in hashes if sha256 in answered), None)


def _members(answer: SavedAnswer) -> list[str]:
    return list(answer.options.get("names" if answer.command == "audit" else "inputs") or answer.asked)


def _unlogged(answer: SavedAnswer, asked: Iterable[LoggedLookup]) -> dict[str, Any]:
    """Return what is told of an answer that is not in the log: look-ups of the same, and what nothing else bears out.

    Every command and page that states the head of the ledger logs the bytes that it gave. An answer from Python states
    none, and its file is whoever's wrote it.
    """
    members = _members(answer)
    lines = [each.line for each in asked if each.asks_for(answer.command, members)]
    stated = {name: answer.document.get(name) for name in ("graphtrace", "case", "ledger_head")}
    texts = {name: value if isinstance(value, str) else _short(value) for name, value in stated.items()}
    title = answer.told.get("title")
    told = {"file": answer.file, "sha256": answer.sha256, "lines": lines or None}
    told["title"] = None if title == texts["case"] else title
    return told | {"version" if name == "graphtrace" else name: text for name, text in texts.items()}


def compared_answers(
    answers: Iterable[tuple[SavedAnswer, LoggedLookup | None]], ledger_until: Callable[[str | None], Sequence[str]]
) -> list[ComparedAnswer]:
    """Return for each saved answer the look-up of the log that gave it, and how many lines the ledger has since."""
    found = []
    for answer, lookup in answers:
        at, by = ("", "") if lookup is None else (str(lookup.content["at"]), str(lookup.content["by"]))
        later = _lines_since(answer.ledger_head, ledger_until(answer.as_of)) if answer.is_anchored else None
        line = None if lookup is None else lookup.line
        found.append(ComparedAnswer(answer.file, answer.sha256, line, at or None, by or None, later))
    return found


def check_derived(
    open_tracer: OpenTracer,
    answers: Iterable[SavedAnswer],
    ledger_until: Callable[[str | None], Sequence[str]],
    derived: Sequence[str],
) -> Problems:
    """Ask the questions of saved answers of a case that was derived anew from the sources, as of each answer's head.

    ``derived`` are the lines of its ledger, one for each line of the case's own.
    """
    for answer in answers:
        ledger = ledger_until(answer.as_of)
        later = _lines_since(answer.ledger_head, ledger) if answer.is_anchored else 0
        then = derived[: len(ledger) - (later or 0)]
        for about, change in _ask_and_compare(open_tracer, answer, point_after(then), then)[0]:
            yield "answer_not_derived", {"file": answer.file, "about": about, **change}


def _annex_problems(answer: SavedAnswer) -> Problems:
    """Yield what is wrong with the annex beside an answer: it is not there, or its bytes have another hash."""
    if answer.annex is None:
        return
    if answer.annex_beside is None:
        yield "answer_not_compared", {"file": answer.file, "what": answer.annex.file}
        return
    with answer.annex_beside.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != answer.annex.sha256:
        yield "annex_altered", {"file": answer.file, "annex": answer.annex.file}


class _AnnexAgain:
    """The annex of an answer, made anew and compared line by line with the one beside it; nothing is kept."""

    def __init__(self, answer: SavedAnswer) -> None:
        self._stated, self._beside = answer.annex, answer.annex_beside
        self._change: dict[str, Any] = {}
        self._made: Annex | None = None

    @property
    def add(self) -> Callable[[Iterable[AnnexedCard]], None] | None:
        """Return what takes the cards, where the answer has an annex."""
        return None if self._stated is None else self._add

    def _add(self, cards: Iterable[AnnexedCard]) -> None:
        assert self._stated is not None
        with ExitStack() as resources:
            lines = iter(()) if self._beside is None else iter(resources.enter_context(self._beside.open("rb")))
            place = count(1)

            def compare(line: bytes) -> None:
                at, before = next(place), next(lines, line)
                if before != line and not self._change:
                    texts = (each.decode(errors="replace").rstrip() for each in (before, line))
                    self._change = dict(zip(("part", "before", "after"), (f"/{at}", *texts), strict=True))

            writer = AnnexWriter(self._stated.file, compare)
            writer.add(cards)
            self._made = writer.annex

    def differences(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the file of the annex with the first line that differs, where the cards are others now."""
        if self._stated is None or self._made == self._stated:
            return []
        made = None if self._made is None else self._made._asdict()
        return [(self._stated.file, self._change or _first_change(self._stated._asdict(), made))]


def _loaded_by(lines: Sequence[str]) -> dict[str, Any]:
    """Return the files that some lines of a ledger loaded, where there are any."""
    files = list(dict.fromkeys(content["file"] for content in map(content_of, lines) if "load" in content))
    return {"loaded": files} if files else {}


def _ask_and_compare(
    open_tracer: OpenTracer, answer: SavedAnswer, moment: Moment | None, ledger: Sequence[str]
) -> tuple[list[tuple[str, dict[str, Any]]], Traces | AuditResults]:
    """Return about what the case answers otherwise as of a moment, each with the first value that differs; and how."""
    rules, other = _rules_of(answer)
    with open_tracer(moment, answer.is_judged) as tracer:
        slack = answer.options.get("slack", tracer.slack)
        asked = tracer if slack == tracer.slack else Tracer(tracer.store, slack=slack)
        annex = _AnnexAgain(answer)
        now = _ask_again(asked, answer, rules, annex)
    return _differences(answer, now, frozenset(other), ledger) + annex.differences(), now


def _shown_otherwise(answer: SavedAnswer, again: bytes | None) -> Problems:
    """Yield the part of a file for people that the program does not write so for the answer that the file carries.

    ``again`` is the file as it is written now; ``None`` where the case does not give this answer.
    """
    if answer.ending == ".json":
        return
    if again is None or answer.document.get("graphtrace") != __version__:
        yield "answer_not_compared", {"file": answer.file, "what": "shown"}
        return
    before, after = (shown_parts(content, answer.ending) for content in (answer.content, again))
    part = next((name for name in {**before, **after} if before.get(name) != after.get(name)), None)
    if part is not None:
        yield "answer_shown_otherwise", {"file": answer.file, "part": part}


def _ask_again(tracer: Tracer, answer: SavedAnswer, rules: Sequence[Rule], annex: _AnnexAgain) -> Traces | AuditResults:
    if answer.command == "trace":
        stated = answer.options.get("inputs")
        inputs = answer.asked if stated is None else stated
        return Traces(tracer.trace([each for each in inputs if each not in answer.damaged]))
    with suppress(NothingFound, UsageError):
        return _audit_again(tracer, answer, rules, annex)
    return AuditResults(())


def _audit_again(tracer: Tracer, answer: SavedAnswer, rules: Sequence[Rule], annex: _AnnexAgain) -> AuditResults:
    role = answer.options.get("role")
    if answer.options.get("all"):
        return AuditResults(audit_all(tracer, rules, role or "enterprise"))
    if names := answer.options.get("names"):
        return AuditResults(audit_parties(tracer, names, rules, role, annex.add))
    audits: list[Any] = []
    asked = [(about, audited_as["role"]) for about, audited_as in _parts(answer.document)]
    for about, role in dict.fromkeys(asked) if answer.in_lines else asked:
        in_role: AuditRole = "dealer" if role == "dealer" else "enterprise"
        with suppress(NothingFound):
            audits += audit_parties(tracer, [about], rules, in_role)
    return AuditResults(audits)


def _rules_of(answer: SavedAnswer) -> tuple[Sequence[Rule], list[str]]:
    """Return the rules of an audit with the values of their parameters, and the ids of the others.

    A rule of another version is not the product's any more.
    """
    if answer.command == "trace":
        return (), []
    rules = {rule.id: rule for rule in load_rules()}
    if (stated := answer.options.get("rules")) is None:
        return tuple(rules.values()), []
    chosen, other = [], []
    for each in stated:
        rule = rules.get(each["id"])
        if rule is None or rule.version != each["version"]:
            other.append(each["id"])
        else:
            chosen.append(_with_values(rule, each["parameters"]))
    return chosen, other


_OPTIONS: Final = frozenset(
    ("lang", "as_of", "judged", "slack", "inputs", "extra", "all", "names", "role", "rules", "annex")
)
"""The options that trace and audit state."""


def _borne_out_by_the_log(answer: SavedAnswer) -> list[str]:
    """Return what an answer says of how it was asked and no asking again shows.

    These are lines of a list that were passed over, options that are unknown here, rules that were not asked, and
    parameters of rules with another value than the usual one.
    """
    said = [*(["skipped"] if "skipped" in answer.document else []), *sorted(answer.options.keys() - _OPTIONS)]
    if answer.command == "trace" or answer.options.get("rules") is None:
        return said
    usual = {rule.id: rule.plain_values for rule in load_rules()}
    stated = {each["id"]: each["parameters"] for each in answer.options["rules"]}
    return [
        *said,
        *(f"options.rules: {name}" for name in usual.keys() - stated.keys()),
        *(
            f"{rule}.{name} = {value}"
            for rule, values in stated.items()
            for name, value in _changed_values(usual.get(rule, values), values)
        ),
    ]


def _changes_of_head(
    answer: SavedAnswer, ledger: Sequence[str], notes: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a file for people says of its case that the case never stated: its head, the day of its last line."""
    head = answer.told.get("case_head")
    heads = list(heads_stated(notes))
    if head is not None and CaseHead(**head) not in heads:
        yield "case_head", _first_change(head, heads[-1]._asdict() if heads else None, "/case_head")
    day = next((each["at"][:10] for each in map(content_of, ledger) if each["hash"] == answer.ledger_head), None)
    if answer.told.get("day") not in (None, day):
        yield "day", {"part": "/day", "before": _short(answer.told["day"]), "after": _short(day)}


def _changed_values(usual: Mapping[str, Any], stated: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the stated values that are not the usual ones; ``None`` for one that is missing."""
    return [(name, stated.get(name)) for name in {**usual, **stated} if usual.get(name) != stated.get(name)]


def _with_values(rule: Rule, values: Mapping[str, Any]) -> Rule:
    for name, value in values.items():
        if rule.plain_values.get(name) != value:
            rule = rule.with_value(name, value)
    return rule


def _is_damaged(result: Mapping[str, Any]) -> bool:
    return "damaged_number" in {finding["code"] for finding in result["findings"]}


def _differences(
    answer: SavedAnswer, now: Traces | AuditResults, other_rules: frozenset[str], ledger: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the inputs, parties or further keys that are answered otherwise, in the language that fits best."""
    langs = [lang for lang in LANGS if answer.options.get("lang", lang) == lang]
    rows = {} if "rests_on" not in answer.document else {"rests_on": _rests_on(now, ledger)}
    return min((_compare(answer, _plain(now.to_dict(lang=lang) | rows), other_rules) for lang in langs), key=len)


def _rests_on(now: Traces | AuditResults, ledger: Sequence[str]) -> Any:
    return plain(rests_on_audits(now, ledger) if isinstance(now, AuditResults) else rests_on_traces(now, ledger))


def _first_change(before: Any, after: Any, part: str = "") -> dict[str, Any]:
    """Return the first value within two values of JSON that differs, with its place; empty for equal ones."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = [(str(name), before.get(name, _ABSENT), after.get(name, _ABSENT)) for name in {**before, **after}]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(str(at), *both) for at, both in enumerate(zip(before, after, strict=True))]
    else:
        return {} if before == after else {"part": part, "before": _short(before), "after": _short(after)}
    changes = (_first_change(one, other, f"{part}/{name}") for name, one, other in pairs)
    return next(filter(None, changes), {})


_ABSENT: Final = object()
"""Stands for a value whose name is missing."""


def _short(value: Any) -> str:
    if value is _ABSENT:
        return "–"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _compare(
    answer: SavedAnswer, now: Mapping[str, Any], other_rules: frozenset[str]
) -> list[tuple[str, dict[str, Any]]]:
    # the rows that were not read stand behind the audits of a document, not in their lines
    lacking = [*answer.lacking, *(["unread_rows"] if answer.in_lines else [])]
    before, after = (_by_subject(document, other_rules, lacking) for document in (answer.document, now))
    differing = [
        (about, _first_change(before.get(about), after.get(about)))
        for about in {**before, **after}
        if before.get(about) != after.get(about)
    ]
    part = "results" if answer.command == "trace" else "enterprises"
    if not differing and [*before] != [*after]:
        return [(part, {})]
    # the counts of a list are those of its damaged cells too
    left_out = _NOT_COMPARED | {part, "skipped"} | ({"counts"} if answer.damaged else set())
    # other answers rest on other rows
    left_out |= {"rests_on"} if differing else set()
    keys = [] if answer.in_lines else sorted((answer.document.keys() | now.keys()) - left_out)
    document = answer.document
    changed = [(key, _first_change(document.get(key), now.get(key), f"/{key}")) for key in keys]
    return differing + [(key, change) for key, change in changed if change]


def _by_subject(
    document: Mapping[str, Any], other_rules: frozenset[str], lacking: Sequence[str]
) -> dict[str, list[Any]]:
    left_out = {*lacking, *(["extra"] if document.get("options", {}).get("extra") else [])}
    found: dict[str, list[Any]] = {}
    for about, part in _parts(document):
        if not _is_damaged(part):
            compared = {name: value for name, value in part.items() if name not in left_out}
            found.setdefault(about, []).append(_without_rules(compared, other_rules))
    return found


def _without_rules(part: Mapping[str, Any], other_rules: frozenset[str]) -> Mapping[str, Any]:
    """Return a part of an audit without what rules say that cannot be asked again."""
    if not other_rules:
        return part
    return {**part, "findings": [finding for finding in part["findings"] if finding["code"] not in other_rules]}


def _told(told: Any) -> Mapping[str, Any]:
    """Return what a file for people says of the case, checked."""
    for value in (told["title"], told["day"], told["letters_on"], *(told["case_head"] or {}).values()):
        if not isinstance(value, str | None):
            raise TypeError
    stated: Mapping[str, Any] = told
    return stated


def _are_unread(stated: Any, ledger: Sequence[str], notes: Sequence[str]) -> bool:
    """Whether a case had so much that was not read. Of the files that notes tell of, some may have come later."""
    if stated is None:
        return True
    least, most = count_unread(ledger, ()), count_unread(ledger, notes)
    return any(stated == {**least._asdict(), "files": files} for files in range(least.files, most.files + 1))


def letters_stated(stated: Sequence[Any], notes: Sequence[str]) -> Iterator[AskedInLetters]:
    """Yield the letters of a case each time they were as an answer states them, after lines of its notes; last first.

    To an answer that states none, those that the case had then, if any, made no difference.
    """
    if not stated:
        yield AskedInLetters()
        return
    kept = readable_notes(notes)
    for end in range(len(kept), 0, -1):
        if kept[end - 1]["kind"] in ("letter", "lead", "answer"):
            letters = letters_of(kept[:end])
            by_reference = {letter.reference: letter for letter in letters}
            if stated == [_stated_again(each, by_reference) for each in stated]:
                yield AskedInLetters(letters)


def _change_of_letters(stated: Sequence[Any], notes: Sequence[str]) -> dict[str, Any]:
    """Return the first value of letters that an answer states which is another in the case."""
    letters = {letter.reference: letter for letter in letters_of(readable_notes(notes))}
    return _first_change(stated, [_stated_again(each, letters) for each in stated])


def _stated_again(stated: Any, letters: Mapping[str, Letter]) -> Any:
    letter = letters.get(stated["reference"]) if isinstance(stated, dict) and "reference" in stated else None
    return None if letter is None else {**stated, **plain(letter)}


def _lines_since(head: str | None, ledger: Sequence[str]) -> int | None:
    """Return the number of lines of the ledger after the line with this hash; ``None`` if no line has it.

    An answer without a head was given before anything was loaded.
    """
    hashes = [None, *(content_of(line)["hash"] for line in ledger)]
    return len(hashes) - 1 - hashes.index(head) if head in hashes else None


def _parts(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the parts of an answer with their subjects: the input, or the id of the audited party."""
    if "results" in document:
        return [(_text(result["input"]), _checked(result)) for result in document["results"]]
    return [(_text(audit["enterprise"]["id"]), _checked(audit)) for audit in document["enterprises"]]


def _checked(part: Any) -> Mapping[str, Any]:
    """Return a part whose findings and role can be read."""
    if not isinstance(part, dict):
        raise TypeError
    for finding in part["findings"]:
        _text(finding["code"])
    _text(part.get("role", ""))
    return part


class _UnfitOption(ValueError):
    """An option that no command writes so: its place in the answer."""


def _check_options(options: Any) -> None:
    """Raise an error for options that no command writes."""
    for name in ("as_of", "lang", "role"):
        if not isinstance(options.get(name), str | None):
            raise _UnfitOption(f"options.{name}")
    options.get("slack", 0) + 0
    for name in ("inputs", "names"):
        for each in options.get(name) or ():
            _text(each)
    if (annex := options.get("annex")) is not None:
        for name in ("file", "sha256"):
            _text(annex[name])
        annex["cards"] + 0
    for number, rule in enumerate(options.get("rules") or ()):
        for name, kind in (("id", str), ("version", int), ("parameters", dict)):
            if not isinstance(rule.get(name), kind):
                raise _UnfitOption(f"options.rules.{number}.{name}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _plain(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer as JSON gives it back."""
    plain: Mapping[str, Any] = json.loads(json.dumps(document))
    return plain
