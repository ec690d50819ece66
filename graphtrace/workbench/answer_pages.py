"""Pages: an answer of the case in the frame of the workbench, or the same answer as a file.

Thresholds of the rules of an audit stand in an address as query fields, only those that differ from the default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, urlencode

from graphtrace.frozen import frozen
from graphtrace.model import Party
from graphtrace.patterns import late
from graphtrace.render import Lang
from graphtrace.render.html.page import Frame, framed, render_page
from graphtrace.render.i18n import Text, code_text, in_both, label_text, page_hint
from graphtrace.render.provenance import answered_at
from graphtrace.render.text_tables import ERRORS
from graphtrace.rules.rule_loader import rules_of, select_rules

if TYPE_CHECKING:
    from graphtrace.errors import GraphtraceError
    from graphtrace.model import AuditRole, Finding, Origin
    from graphtrace.redaction import Masker
    from graphtrace.render.document import Opened
    from graphtrace.results.case_status import CaseState
    from graphtrace.results.library import ParamValue
    from graphtrace.results.rules import Rule, RuleParameter
    from graphtrace.results.source_rows import TextPlaces


ROOM: Final = "graphtrace.workbench"

MEDIA: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The formats in which an answer can be saved, by ending."""

NAVIGATION: Final = (
    ("find", "/find"),
    ("inbox", "/"),
    ("audit", "/audit"),
    ("leads", "/leads"),
    ("report", "/report"),
    ("judge", "/judge"),
    ("chart", "/chart"),
    ("times", "/times"),
    ("queries", "/queries"),
    ("log", "/log"),
    ("cases", "/cases"),
)
"""The pages that every page leads to."""


Way = Literal["answer", "lines", "record", "row"]


@dataclass(slots=True, kw_only=True)
class Waiting:
    """Rows that were not read, and the way to have them read: an answer, their lines, or a statement of one row."""

    way: Way
    address: str
    rows: list[Text] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: Sequence[Text] = ()
    origin: Origin | None = None
    said: str = ""


@frozen(kw_only=False)
class Notes:
    """The notes on a card or party, and by what they are kept."""

    about: str
    notes: Sequence[Mapping[str, Any]]


@frozen()
class PageAnswer:
    """An answer, not yet rendered.

    - ``page``: makes the page; within a frame for the workbench, without one as a file that needs no other.
    - ``files``: makes the content of each further format, by ending.
    - ``name``: what a file of it is called, without the ending.
    - ``state``: the state of the case that it comes from.
    - ``active``: the entry of the navigation that it belongs to.
    - ``actions``: pages that go on from it: words and address.
    - ``notes``: what people noted about it, where it can be noted.
    - ``pin``: the command and the question of an answer that can be chosen for the report; not of one as of a day.
    - ``letters_of``: the number of the card about which letters can be made where its leads stand.
    - ``waiting``: what the case holds about its card and has not read, before anybody else is asked.
    - ``places``: where else its number stands in the files, which states nothing of it.
    - ``thresholds``: the thresholds of the rules that it was asked with, where they can be changed.
    - ``redacted``: makes the same answer with pseudonyms, in a language; ``None`` of pages that nothing masks.
    - ``is_redacted``: whether it is one that ``redacted`` made: its page leads nowhere, as addresses hold names and
      numbers.
    - ``figure_address``: returns the address of the cards and rows behind a figure.
    """

    page: Callable[[Lang], str]
    name: str
    active: str = ""
    files: Mapping[str, Callable[[Lang], str | bytes]] = field(default_factory=dict)
    state: CaseState | None = None
    actions: Sequence[tuple[Text, str]] = ()
    notes: Notes | None = None
    pin: tuple[str, str] | None = None
    letters_of: str | None = None
    waiting: Sequence[Waiting] = ()
    places: TextPlaces | None = None
    thresholds: Sequence[RuleThresholds] = ()
    redacted: Callable[[Lang], PageAnswer] | None = None
    is_redacted: bool = False
    figure_address: Callable[[Opened], str | None] = lambda _: None
    has_date: bool = False
    is_saved: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def case_answer(
    answer: object,
    *,
    case: str,
    title: str,
    as_of: str | None = None,
    endings: Sequence[str] = (".xlsx", ".csv", ".md", ".docx", ".pdf"),
    masker: Callable[[Lang], Masker] | None = None,
    **about: Any,
) -> PageAnswer:
    """Return an answer of the case ``case``, called ``title``, in every format that its type has; PDF by the extra.

    With ``masker``, which makes what makes the pseudonyms of the case, it can be had redacted.
    """
    from graphtrace.render.registry import make_file, make_values
    from graphtrace.render.writers.pdf_writer import can_write_pdf

    endings = [ending for ending in endings if ending != ".pdf" or can_write_pdf()]

    def file(ending: str) -> Callable[[Lang], str | bytes]:
        return lambda lang: make_file(answer, ending, lang, title=title, as_of=as_of)

    def json(lang: Lang) -> bytes:
        from graphtrace.render.json import to_json_bytes

        return to_json_bytes(make_values(answer, case, lang))

    def page(lang: Lang) -> str:
        return str(make_file(answer, ".html", lang, title=title, as_of=as_of))

    def redacted(lang: Lang) -> PageAnswer:
        assert masker is not None
        masks = masker(lang)
        return case_answer(
            masks.answer(answer),
            case=masks.case,
            title=masks.case,
            as_of=as_of,
            endings=endings,
            name="redacted",
            state=masks.mask(about.get("state")),
            active=about.get("active", ""),
            has_date=False,
            is_redacted=True,
        )

    files = {**{ending: file(ending) for ending in endings}, ".json": json}
    own = {"has_date": True, **about, "redacted": None if masker is None else redacted}
    return PageAnswer(page=page, files=files, **own)


def plain_answer(template: str, data: Mapping[str, Any], scripts: Sequence[str] = (), **about: Any) -> PageAnswer:
    """Return a page of the workbench itself, from a template of its own; it is no answer that could be saved."""
    return PageAnswer(page=lambda lang: render_page(template, data, lang, scripts=scripts), is_saved=False, **about)


def maskable_answer(
    template: str,
    data: Mapping[str, Any],
    mask: Callable[[Masker], Mapping[str, Any]],
    masker: Callable[[Lang], Masker],
    scripts: Sequence[str] = (),
    **about: Any,
) -> PageAnswer:
    """Return a page of the workbench itself that can be had redacted.

    ``mask`` returns all that its template shows then: what is not in it does not stand on the redacted page.
    """

    def redacted(lang: Lang) -> PageAnswer:
        masks = masker(lang)
        return plain_answer(
            template,
            {"title": data["title"], **mask(masks)},
            scripts,
            name="redacted",
            state=masks.mask(about.get("state")),
            active=about.get("active", ""),
            is_redacted=True,
        )

    return plain_answer(template, data, scripts, redacted=redacted, **about)


def no_address(*_: object) -> None:
    """Return the address of anything on a redacted page: none, since an address names what it leads to."""


def render_answer(answer: PageAnswer, lang: Lang, values: Mapping[str, Any], asset: Callable[[str], str]) -> str:
    """Return the page of an answer in the frame of the workbench.

    ``values``: what the frame shows: ``theme``, ``csrf``, ``case``, ``is_read_only``, ``path``, ``query``, ``as_of``.
    ``asset``: the address of a file of the pages.
    """
    shown = {
        **values,
        "navigation": [
            (label_text(f"nav_{code}"), address, code == answer.active)
            for code, address in NAVIGATION
            if values["case"]
        ],
        "actions": list(answer.actions),
        # the address of a page names what was asked
        "files": list(dict.fromkeys((".html", *answer.files))) if answer.is_saved and not answer.is_redacted else [],
        "can_redact": answer.redacted is not None,
        "is_redacted": answer.is_redacted,
        "has_date": answer.has_date,
        "notes": answer.notes,
        "pin": answer.pin,
        "letters_of": answer.letters_of,
        "waiting": answer.waiting,
        "places": answer.places,
        "thresholds": answer.thresholds,
    }
    day = values.get("as_of")

    def opened(one: Opened) -> str | None:
        return card_address(one.name, as_of=day) if one.by == "card" else answer.figure_address(one)

    addresses = (lambda party: party_address(party.id, as_of=day), origin_address, _gap_address, opened)
    frame = Frame(ROOM, shown, asset, *(addresses if not answer.is_redacted else (no_address,) * len(addresses)))
    with framed(frame), answered_at(answer.state, is_redacted=answer.is_redacted):
        return answer.page(lang)


def file_content(answer: PageAnswer, ending: str, lang: Lang) -> bytes:
    """Return an answer as a file."""
    with answered_at(answer.state, is_redacted=answer.is_redacted):
        content = answer.files.get(ending, answer.page)(lang)
    return content if isinstance(content, bytes) else content.encode()


def party_address(party: str, *, as_of: str | None = None) -> str:
    """Return the address of the page of a party, by its id."""
    return _address(f"/party/{quote(party, safe='')}", as_of)


def card_address(number: str, *, as_of: str | None = None) -> str:
    """Return the address of the page of a card, by any number of it."""
    return _address(f"/card/{quote(number, safe='')}", as_of)


def origin_address(origin: Origin) -> str:
    """Return the address of the page that shows a row of a file."""
    about = {"sha256": origin.sha256, "row": origin.row, **({"sheet": origin.sheet} if origin.sheet else {})}
    return f"/source?{urlencode(about)}"


def audit_address(party: Party, *, as_of: str | None = None) -> str:
    """Return the address of the audit of a party."""
    return _address(f"/audit/{quote(party.id, safe='')}", as_of)


def pair_address(one: Party, other: Party, *, order: str = "") -> str:
    """Return the address of the page that compares two parties."""
    return f"/judge?{urlencode({'one': one.id, 'other': other.id, **({'order': order} if order else {})})}"


def _gap_address(finding: Finding) -> str | None:
    """Return the address of the page that compares the parties on both sides of a gap; other findings have none."""
    if finding.code != "custody_gap":
        return None
    return pair_address(Party(**finding.params["after"]), Party(**finding.params["before"]))


def _address(path: str, as_of: str | None) -> str:
    return f"{path}?{urlencode({'as_of': as_of})}" if as_of else path


def error_texts(error: GraphtraceError) -> tuple[Text | None, Text, Text | None]:
    """Return the subject of an error (if it has a name), its sentence and its hint, in both languages."""
    about = code_text(ERRORS, error.code) if error.code in ERRORS else None
    hint = page_hint(error.hint_text)
    return about, in_both(error.text.render), None if hint is None else in_both(hint.render)


_BETWEEN: Final = late(r"[,，、;；\n]")
"""Separators of the values of a list."""


@frozen()
class ThresholdField:
    """One parameter of a rule: its query field, meaning, unit, value and default value."""

    field: str
    meaning: Text
    unit: Text | None
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the default."""
        return self.value != self.default


@frozen()
class RuleThresholds:
    """Thresholds of one rule."""

    title: Text
    fields: Sequence[ThresholdField]


def rules_with_thresholds(rules: Sequence[Rule], fields: Iterable[tuple[str, str]]) -> Sequence[Rule]:
    """Return the rules with the thresholds that the query fields of an address give; other fields are ignored.

    Raises UsageError if a value is of a wrong type.
    """
    return select_rules(rules, (), _assignments(rules, fields))


def _assignments(rules: Sequence[Rule], fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, object]]:
    known = {f"{rule.id}.{one.name}": one for rule in rules for one in rule.parameters}
    for name, text in fields:
        if name in known and text.strip():
            parts = _BETWEEN.split(text) if known[name].parameter.is_list else [text]
            yield from ((name, part.strip()) for part in parts if part.strip())


def thresholds_of(rules: Iterable[Rule], role: AuditRole) -> list[RuleThresholds]:
    """Return the thresholds of the rules that concern a role."""
    return [
        RuleThresholds(
            title=in_both(lambda lang, rule=rule: getattr(rule.title, lang)),  # type: ignore[misc]
            fields=[_threshold_field(rule, one) for one in rule.parameters],
        )
        for rule in rules_of(rules, role)
        if rule.parameters
    ]


def _threshold_field(rule: Rule, one: RuleParameter) -> ThresholdField:
    unit = one.unit
    return ThresholdField(
        field=f"{rule.id}.{one.name}",
        meaning=in_both(lambda lang: getattr(one.parameter.meaning, lang)),
        unit=None if unit is None else in_both(lambda lang: getattr(unit, lang)),
        value=_text(one.value),
        default=_text(one.default),
    )


def _text(value: ParamValue) -> str:
    if isinstance(value, list):
        return ", ".join(_text(member) for member in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def default_fields(rules: Sequence[Rule], fields: Sequence[tuple[str, str]]) -> set[str]:
    """Return query fields that are empty or equal to the default threshold."""
    defaults = {f"{rule.id}.{one.name}": _text(one.default) for rule in rules for one in rule.parameters}
    return {field for field, text in fields if field in defaults and text.strip() in ("", defaults[field])}
