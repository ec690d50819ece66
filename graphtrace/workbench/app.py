"""Routes of the workbench. Every page asks the case as the command line does; none changes it but by a form."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from graphtrace.errors import CaseLocked, CaseMissing, GraphtraceError, UsageError
from graphtrace.ingest.chats import speakers_in
from graphtrace.ingest.given_answers import Answer, parse_answers
from graphtrace.ingest.transcription import NOTHING_SAID, LineKey, line_key
from graphtrace.model import AUDIT_ROLES, KINDS, RECORD_KINDS, AuditRole, Origin
from graphtrace.platform import system
from graphtrace.private_files import create_file
from graphtrace.redaction.meanings import Meaning
from graphtrace.render import text_tables
from graphtrace.render.command_results import Drilldowns, LoadedSheets
from graphtrace.render.i18n import Text, code_text, in_both, in_language, join_texts, label_text
from graphtrace.render.registry import make_document
from graphtrace.render.views.answer_parts import reply_outcome
from graphtrace.render.views.case_view import why_not_read
from graphtrace.render.views.evidence_view import guided_rows
from graphtrace.scratch import subfolder
from graphtrace.storage.case_folder import CASE_SUFFIX, folder_of_name
from graphtrace.storage.case_notes import is_view
from graphtrace.storage.location import is_server
from graphtrace.storage.lookups import MAX_PURPOSE
from graphtrace.workbench import chart
from graphtrace.workbench.access import MAX_NAME, AccessControl, AccessSecrets, file_name, receive_file
from graphtrace.workbench.answer_pages import (
    MEDIA,
    Notes,
    PageAnswer,
    audit_address,
    card_address,
    case_answer,
    error_texts,
    maskable_answer,
    no_address,
    origin_address,
    party_address,
    plain_answer,
)
from graphtrace.workbench.asked import (
    QuestionCard,
    answer_texts,
    answers_in,
    answers_of_load,
    cards_of,
    earlier_of,
    fill_cards,
    is_copy_of_row,
    last_loads,
    note_contradictions,
    offer_earlier,
    rejected_in_sheets,
    rows_of_entries,
    sheet_key,
)
from graphtrace.workbench.audit_list import audits_page
from graphtrace.workbench.case_pool import CasePool
from graphtrace.workbench.frame import (
    BUSY,
    Desk,
    FirstPage,
    Settings,
    WorkbenchPages,
    as_of,
    first_field,
    page_title,
)
from graphtrace.workbench.judging import JudgingPages
from graphtrace.workbench.load_process import (
    asked_in_process,
    form_in_process,
    lines_in_process,
    load_in_process,
    try_in_process,
)
from graphtrace.workbench.load_worker import AskedRequest, FormRequest, LoadRequest, Trial
from graphtrace.workbench.search import search, split_terms
from graphtrace.workbench.tasks import FileInCase, Task, Tasks, remove_files
from graphtrace.workbench.text_lines import (
    FURTHER,
    MAX_LINES,
    SIDES,
    TextLine,
    confirm,
    is_text,
    lines_to_confirm,
    telephones_in,
    to_mapping,
)
from graphtrace.workbench.waiting import line_saying, row_copied, rows_waiting, text_of_row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from graphtrace.case import Case
    from graphtrace.case_questions import CaseQuestions
    from graphtrace.evidence.leads_by_addressee import LeadList
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.render.document import Document
    from graphtrace.results.case_status import CaseHead, CaseState, GuidedQuestions
    from graphtrace.results.evidence_report import Pin
    from graphtrace.results.library import Query
    from graphtrace.results.load_report import LoadReport, SheetReport
    from graphtrace.workbench.mapping_screen import MappingForm

LETTER_ENDINGS: Final[Mapping[str, str]] = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": MEDIA[".html"],
    ".xlsx": MEDIA[".xlsx"],
}
"""The files of a letter by their endings."""

MAX_LISTED: Final = 1_000
"""Maximum number of cards of a list that a page shows; it says how many more there are."""

MAX_ROWS: Final = 10
"""Maximum number of rows that the page of a search names for one use of a text; it says how many more there are."""

MAX_NOTE: Final = 20_000
"""Maximum length of a note in characters."""

_MAX_CHARTED: Final = 30
"""Maximum number of seized cards whose hops the chart shows where nothing is asked for."""

_ROW_DIGITS: Final = 9
"""Maximum number of digits of the number of a row in an address."""

LONG: Final = frozenset(
    {
        *("/audit", "/audit/{party:path}", "/leads", "/judge", "/chart/path", "/times/months", "/times/places"),
        *(
            "/inbox/asked",
            "/inbox/contents",
            "/inbox/questions",
            "/questions/{code}",
            "/queries/{name}",
            "/sql",
            "/rejects",
            "/report/whole",
        ),
    }
)
"""Pages whose questions may go over all records: they wait for each other, and not others for them."""

LOAD_WAIT_S: Final = 600.0
"""Time for which a load waits for another writer of the case, in seconds."""

FILE_STATES: Final = ("waiting", "read", "refused")
"""Groups of the files of a case, by their states, in the order in which the inbox shows them."""

GUIDED_PAGES: Final[Mapping[str, str]] = {"broken_where": "/leads", "ready_to_send": "/leads"}
"""The pages of the case that answer a guided question, where it is not its own."""

MAX_COUNTS: Final = 16
"""Maximum number of counts over all records that are kept for later pages."""

MAX_OPENED: Final = 80
"""Maximum number of cards of an opened figure that are listed with their states; an address holds no more."""

MAX_ADDRESS: Final = 2_000
"""Maximum length of a list in an address, in characters."""

MAX_ABOUT: Final = 1_000
"""Maximum length of the subject of a note, of a lead or of a figure, in characters."""


def create_app(settings: Settings, access: AccessSecrets, desk: Desk) -> ASGIApp:
    """Return the workbench on a case, or the page that chooses one, behind its walls."""
    pages = FirstPage(settings, access, desk) if settings.case is None else Workbench(settings, access, desk)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(pages.close)

    app = Starlette(routes=pages.routes(), lifespan=lifespan, exception_handlers=pages.exception_handlers())
    return AccessControl(app, access)


class Workbench(WorkbenchPages):
    """The pages of one case."""

    def __init__(self, settings: Settings, access: AccessSecrets, desk: Desk) -> None:
        super().__init__(settings, access, desk)
        assert settings.case is not None
        self.case_name = settings.case
        self.pool = CasePool(
            settings.case,
            wait_s=settings.wait_s,
            memory_limit=settings.memory_limit,
            credentials=settings.credentials,
        )
        self.judging = JudgingPages(self.pool, self._masker, is_read_only=settings.is_read_only)
        self.tasks = Tasks()
        self._guided: dict[str | None, tuple[tuple[CaseState, int], GuidedQuestions]] = {}
        self._asked: tuple[CaseState, Sequence[SheetReport]] | None = None
        self._typed: Mapping[str, list[str]] = {}
        self._mapped: dict[str, Mapping[str, list[str]]] = {}
        self._loaded: dict[str, str] = {}
        self._counts: dict[tuple[str, str | None], tuple[CaseState, Sequence[tuple[Any, ...]]]] = {}

    @property
    def running(self) -> Sequence[Task]:
        return [task for task in self.tasks.all() if not task.is_over]

    def close(self) -> None:
        """Stop what is under way and let go of the case."""
        self.tasks.close()
        self.pool.close()

    def routes(self) -> list[Route]:
        """Return all routes."""
        pages: list[tuple[str, Callable[[Request], PageAnswer | Response]]] = [
            ("/", self.inbox),
            ("/inbox/tasks", self.task_list),
            ("/inbox/contents", self.contents),
            ("/inbox/asked", self.asked),
            ("/inbox/questions", self.guided),
            ("/questions/{code}", self.guided_question),
            ("/tasks/{number:int}", self.task),
            ("/find", self.find),
            ("/card/{number:path}", self.card),
            ("/siblings/{number:path}", self.siblings),
            ("/party/{party:path}", self.party),
            ("/audit", self.audits),
            ("/audit/{party:path}", self.audit),
            ("/queries", self.queries),
            ("/queries/{name}", self.query),
            ("/leads", self.leads),
            ("/leads/letters/{reference}.{ending}", self.letter_file),
            ("/report", self.pins),
            ("/report/whole", self.report),
            ("/log", self.log),
            ("/head", self.head),
            ("/rejects", self.rejects),
            ("/mapping/{ticket}", self.mapping),
            ("/source", self.source),
            ("/judge", self.judging.page),
            ("/chart", self.chart),
            ("/chart/expand", self.chart_step),
            ("/chart/path", self.chart_path),
            ("/times", self.times),
            ("/times/months", self.months),
            ("/times/places", self.places),
            ("/sql", self.sql),
            ("/paste", self.paste),
            ("/paste/{ticket}", self.text_lines),
        ]
        return [
            *(Route(path, self._page(make, is_long=path in LONG), methods=["GET"]) for path, make in pages),
            *self.shared_routes(),
            Route("/inbox/files", self.upload, methods=["POST"]),
            Route("/inbox/load", self._change(self.start_load), methods=["POST"]),
            Route("/inbox/answer", self._change(self.answer_questions), methods=["POST"]),
            Route("/inbox/reply", self._change(self.state_reply), methods=["POST"]),
            Route("/inbox/unload", self._change(self.unload), methods=["POST"]),
            Route("/inbox/restore", self._change(self.restore), methods=["POST"]),
            Route("/source", self._change(self.correct_row), methods=["POST"]),
            Route("/source/text", self._change(self.copy_row), methods=["POST"]),
            Route("/tasks/{number:int}/cancel", self._change(self.cancel), methods=["POST"]),
            Route("/paste", self._change(self.pasted), methods=["POST"]),
            Route("/paste/{ticket}", self._change(self.confirm_lines), methods=["POST"]),
            Route("/chart", self._form(self.chart_list), methods=["POST"]),
            Route("/mapping/{ticket}", self._change(self.apply_mapping), methods=["POST"]),
            Route("/judge", self._change(self.judging.judge), methods=["POST"]),
            Route("/judge/undo", self._change(self.judging.undo), methods=["POST"]),
            Route("/head", self._change(self.set_head), methods=["POST"]),
            Route("/purpose", self._form(self.state_purpose), methods=["POST"]),
            Route("/notes", self._change(self.add_note), methods=["POST"]),
            Route("/leads/state", self._change(self.set_lead_state), methods=["POST"]),
            Route("/leads/letters", self._change(self.make_letters), methods=["POST"]),
            Route("/leads/letters/state", self._change(self.set_letter_state), methods=["POST"]),
            Route("/report/pin", self._change(self.pin), methods=["POST"]),
            Route("/report/remove", self._change(self.remove_pin), methods=["POST"]),
            Route("/chart/views", self._change(self.save_view), methods=["POST"]),
        ]

    # -- finding ----------------------------------------------------------------------------------------------------

    def find(self, request: Request) -> PageAnswer | Response:
        """Return the results of the search box; redirect to the page of a single result."""
        text = request.query_params.get("q", "").strip()
        day = as_of(request)
        if not text:
            return plain_answer("find.html", {"title": page_title(label_text("nav_find")), "found": None}, **_FIND)
        with self.pool.at(day) as case:
            found = search(case, text)
            state = case.state()
        if found.only_card is not None:
            return RedirectResponse(card_address(found.only_card, as_of=day), status_code=303)
        if found.only_party is not None:
            return RedirectResponse(party_address(found.only_party.id, as_of=day), status_code=303)
        if found.only_unknown is not None:
            return RedirectResponse(card_address(found.only_unknown, as_of=day), status_code=303)
        data = {
            "title": page_title(label_text("nav_find")),
            "found": found,
            "terms": ", ".join(split_terms(text)),
            "error": None if found.error is None else error_texts(found.error),
            "card_address": lambda number: card_address(number, as_of=day),
            "most": MAX_LISTED,
            "rows": MAX_ROWS,
        }

        def mask(masks: Masker) -> Mapping[str, Any]:
            masked = masks.mask(found)
            error = None if masked.error is None else error_texts(masked.error)
            return {**data, "found": masked, "terms": "", "error": error, **_NO_ADDRESSES}

        return maskable_answer("find.html", data, mask, self._masker, state=state, has_date=True, **_FIND)

    def _answer(self, answer: object, day: str | None, **about: Any) -> PageAnswer:
        return case_answer(
            answer, case=self.case_name, title=self.settings.title, as_of=day, masker=self._masker, **about
        )

    def _masker(self, lang: Lang) -> Masker:
        with self.pool.case() as case:
            return case.masker(lang)

    # -- answers ----------------------------------------------------------------------------------------------------

    def card(self, request: Request) -> PageAnswer | Response:
        """Return the page of the trace of a card, by any number of it; what is no card is found by the search."""
        number = path_param(request, "number")
        day = as_of(request)
        with self.pool.at(day) as case:
            traces = case.trace(number)
            state = case.state()
            cards = [trace.card for trace in traces if trace.found and trace.card]
            notes = Notes(f"card:{cards[0].label}", case.notes_on(cards[0])) if len(cards) == 1 else None
            only = traces[0] if len(traces) == 1 and day is None else None
            waiting = [] if only is None or not only.unread_rows else rows_waiting(only, last_loads(case.ledger()))
            places = None if only is None or only.found or waiting else case.places_of_text(number)
        if any(finding.code == "known_otherwise" for trace in traces for finding in trace.findings):
            return RedirectResponse(f"/find?{urlencode({'q': number, **_day(day)})}", status_code=303)
        actions = [
            (label_text("nav_siblings"), _with_day(f"/siblings/{quote(number, safe='')}", day)),
            (label_text("nav_chart"), f"/chart?{urlencode({'card': number, **_day(day)})}"),
        ]
        return self._answer(
            traces,
            day,
            name=f"trace-{number}",
            state=state,
            active="find",
            actions=actions if traces and traces[0].found else (),
            notes=notes,
            pin=_pin("trace", number, day),
            letters_of=number if len(traces) == 1 and day is None else None,
            waiting=waiting,
            places=places if places is not None and any(places) else None,
        )

    def siblings(self, request: Request) -> PageAnswer:
        """Return the page of the siblings of a card."""
        number = path_param(request, "number")
        day = as_of(request)
        with self.pool.at(day) as case:
            siblings = case.siblings(number)
            state = case.state()
        return self._answer(
            siblings,
            day,
            name=f"siblings-{number}",
            state=state,
            active="find",
            actions=[(label_text("nav_card"), card_address(number, as_of=day))],
        )

    def party(self, request: Request) -> PageAnswer:
        """Return the page of a party: from whom it received cards, and to whom it passed them on."""
        name = path_param(request, "party")
        day = as_of(request)
        with self.pool.at(day) as case:
            dealings = case.party(name)
            state = case.state()
            notes = Notes(f"party:{dealings.party.id}", case.notes_on(dealings.party))
        actions = [(label_text("nav_chart"), f"/chart?{urlencode({'party': dealings.party.id, **_day(day)})}")]
        actions.append((label_text("nav_judge"), f"/judge?{urlencode({'one': dealings.party.id})}"))
        if not dealings.party.is_carrier:
            actions.append((label_text("nav_audit"), audit_address(dealings.party)))
        return self._answer(
            dealings,
            day,
            name=f"party-{dealings.party.name or dealings.party.id}",
            state=state,
            active="find",
            actions=actions,
            notes=notes,
            pin=_pin("party", dealings.party.id, day),
        )

    def audits(self, request: Request) -> PageAnswer:
        """Return the page of the totals of all enterprises, or of all dealers, some at a time; rules are not asked.

        Only a file of it is the whole answer, with what the rules find.
        """
        from graphtrace.rules.rule_loader import load_rules
        from graphtrace.workbench.answer_pages import rules_with_thresholds

        day, role = as_of(request), _role(request) or "enterprise"
        with self.pool.at(day) as case:
            audits = case.audit(all=True, role=role, rules=())
            state = case.state()
        rules = rules_with_thresholds(load_rules(), request.query_params.multi_items())

        def whole() -> PageAnswer:
            with self.pool.at(day) as case:
                return self._answer(case.audit(all=True, role=role, rules=rules), day, name="audit")

        return audits_page(
            audits,
            role=role,
            page=request.query_params.get("page", ""),
            as_of=day,
            state=state,
            actions=[
                (label_text(_ALL[other]), f"/audit?{urlencode({'role': other, **_day(day)})}")
                for other in AUDIT_ROLES
                if other != role
            ],
            whole=whole,
            masker=self._masker,
        )

    def audit(self, request: Request) -> PageAnswer | Response:
        """Return the page of the audit of one party, or of the cards behind a figure of it."""
        name = path_param(request, "party")
        if bucket := request.query_params.get("bucket"):
            return self._opened(name, request, f"audit-{name}-{bucket}", bucket=bucket)
        if rule := request.query_params.get("rule"):
            from graphtrace.rules.rule_loader import load_rules
            from graphtrace.workbench.answer_pages import rules_with_thresholds

            rules = rules_with_thresholds(load_rules(), request.query_params.multi_items())
            opened = [one for one in rules if one.id == rule]
            if not opened:
                raise HTTPException(404)
            return self._opened(name, request, f"audit-{name}-{rule}", rules=opened)
        return self._audit(name, request)

    def _audit(self, name: str, request: Request) -> PageAnswer | Response:
        from graphtrace.rules.rule_loader import load_rules
        from graphtrace.workbench.answer_pages import default_fields, rules_with_thresholds, thresholds_of

        day, role = as_of(request), _role(request)
        fields = request.query_params.multi_items()
        own = load_rules()
        if default := default_fields(own, fields):
            # the form sends every limit; the address keeps those that were changed
            kept = [(field, value) for field, value in fields if field not in default]
            return RedirectResponse(f"{quote(request.url.path)}?{urlencode(kept)}".rstrip("?"), status_code=303)
        rules = rules_with_thresholds(own, fields)
        with self.pool.at(day) as case:
            audits = case.audit(name, role=role, rules=rules)
            state = case.state()
        asked = {**({"role": role} if role else {}), **_day(day)}
        address = f"/audit/{quote(name, safe='')}"
        limits = [(field, value) for field, value in fields if field not in ("role", "as_of")]
        return self._answer(
            audits,
            day,
            name=f"audit-{name}",
            state=state,
            active="audit",
            figure_address=lambda one: f"{address}?{urlencode([(one.by, one.name), *asked.items(), *limits])}",
            thresholds=thresholds_of(rules, audits[0].role),
            # a pin asks with the rules as they are, in the party's own role
            pin=None if role or rules != own else _pin("audit", name, day),
        )

    def _opened(self, name: str, request: Request, called: str, **figure: Any) -> PageAnswer:
        day, role = as_of(request), _role(request)
        asked = {**({"role": role} if role else {}), **_day(day)}
        with self.pool.at(day) as case:
            opened = case.audit_details(name, role=role, **figure)
            state = case.state()
        actions = [(label_text("nav_audit"), f"/audit/{quote(name, safe='')}{asked and '?'}{urlencode(asked)}")]
        ends = (end for figure in opened for lot in figure.lots for end in (lot.first, lot.last) if end)
        if cards := ",".join(islice(dict.fromkeys(ends), MAX_OPENED)):
            actions.append((label_text("cards_listed"), f"/find?{urlencode({'q': cards, **_day(day)})}"))
        return self._answer(Drilldowns(opened), day, name=called, state=state, active="audit", actions=actions)

    # -- queries ----------------------------------------------------------------------------------------------------

    def queries(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the page of the query library; queries over an audit are asked by their rules."""
        from graphtrace.query_library import load_queries

        asked = [query for query in load_queries() if query.header.over == "case"]
        data = {"title": page_title(label_text("nav_queries")), "queries": [(one, _texts(one)) for one in asked]}
        return plain_answer("queries.html", data, name="queries", active="queries")

    def query(self, request: Request) -> PageAnswer:
        """Return the page of a query of the library: its form, and its answer once it is asked."""
        from graphtrace.query_library import load_query

        query = load_query(request.path_params["name"])
        names = {parameter.name for parameter in query.header.parameters}
        given: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            if name in names and value.strip():
                given.setdefault(name, []).append(value)
        lists = {parameter.name for parameter in query.header.parameters if parameter.is_list}
        values: dict[str, object] = {
            name: [term for value in entered for term in value.replace("\r", "").split("\n") if term.strip()]
            if name in lists
            else entered[0]
            for name, entered in given.items()
        }
        is_asked = "ask" in request.query_params or not names
        day = as_of(request)
        texts = _texts(query)
        data: dict[str, Any] = {
            "title": page_title(texts["question"]),
            "form": {"query": query, "texts": texts, "given": given},
            "error": None,
        }
        if not is_asked:
            return plain_answer("query.html", data, name=query.name, active="queries", has_date=True)
        try:
            with self.pool.at(day) as case:
                answer = case.query(query.name, **values)
                state = case.state()
        except UsageError as error:
            data["error"] = error_texts(error)
            return plain_answer("query.html", data, name=query.name, active="queries", has_date=True, status=400)
        address = f"/queries/{query.name}?{urlencode([(n, v) for n, entered in given.items() for v in entered])}"
        return self._answer(
            answer,
            day,
            endings=(".xlsx", ".csv"),
            name=query.name,
            state=state,
            active="queries",
            actions=[(label_text("ask_otherwise" if names else "nav_queries"), address if names else "/queries")],
        )

    # -- leads ------------------------------------------------------------------------------------------------------

    def leads(self, request: Request) -> PageAnswer:
        """Return the page of the leads of all seized cards, by addressee."""
        from graphtrace.evidence.case_letters import MAX_DAYS
        from graphtrace.evidence.leads_by_addressee import leads_by_addressee
        from graphtrace.evidence.letter_forms import form_names
        from graphtrace.model import china_today
        from graphtrace.render.views.answer_parts import addressee_text, deadline_texts
        from graphtrace.results.letters import STATES, AskedInLetters, count_of, letters_of

        day = as_of(request)

        with self.pool.at(day) as case:
            found = leads_by_addressee(case)
            notes = case.notes()
            states = {note["about"]: note for note in notes if note["kind"] == "lead"}
            letters = letters_of(notes)
            forms = form_names(case.path)
            head = case.head()
            state = case.state()

        today = day or china_today().isoformat()
        asked = AskedInLetters(letters, today)
        data = {
            "title": page_title(label_text("nav_leads")),
            "found": found,
            "states": states,
            "all_states": STATES,
            "letters": letters,
            "letters_about": lambda request: asked.about(request.lead),
            "addressee_text": addressee_text,
            "deadline_texts": lambda letter: deadline_texts(letter, today),
            "overdue": sum(letter.days_overdue(today) is not None for letter in letters),
            "most_days": MAX_DAYS,
            "forms": forms,
            "unstated": [name for name, stated in head._asdict().items() if not stated],
            "example": next((letter.number for letter in reversed(letters) if letter.number), "云公网调〔2026〕001号"),
            "endings": LETTER_ENDINGS,
            "letter_address": lambda letter, ending: f"/leads/letters/{quote(letter.reference, safe='')}{ending}",
            "count_of": count_of,
            "can_change": not self.settings.is_read_only,
            "card_address": lambda number: card_address(number, as_of=day),
        }
        about: dict[str, Any] = {"name": "leads", "active": "leads", "state": state, "has_date": True}
        return maskable_answer("leads.html", data, partial(_masked_leads, found, states), self._masker, **about)

    def make_letters(self, request: Request, form: dict[str, list[str]]) -> str:
        """Make the letters to one addressee of the leads, or to all; of one card, about what no letter asks yet."""
        from graphtrace.evidence.case_letters import LetterQuery, make_letters

        asked, card, days = (first_field(form, name).strip() for name in ("addressee", "card", "reply_within"))
        if days and not (days.isascii() and days.isdigit() and len(days) < 5):
            raise HTTPException(400)
        query = LetterQuery(
            form=first_field(form, "form") or None,
            lang=self.lang(request),
            pattern=first_field(form, "number").strip() or None,
            addressee=None if asked == "*" else asked,
            suspend=first_field(form, "suspend") == "yes",
            reply_within=int(days) if days else None,
        )
        with self.pool.case() as case:
            if card:
                traces = case.trace(card)
                open_leads = [lead for lead in traces.only.leads if not traces.letters.about(lead)]
                leads = [lead for lead in open_leads if asked in ("*", lead.ask.id if lead.ask else "")]
                query = replace(query, ids=(card,), leads=frozenset(lead.id for lead in leads))
                if not leads:
                    return f"{card_address(card)}#c1-leads"
            made = make_letters(case, query, None)
        if card:
            return f"{card_address(card)}#c1-leads"
        return f"/leads#{made.letters[0].letter.reference}" if len(made.letters) == 1 else "/leads#letters"

    def letter_file(self, request: Request) -> Response:
        """Return a file of a letter, made anew; the same bytes as long as head and template are the same."""
        from graphtrace.evidence.case_letters import LetterWriter, find_letter

        reference, ending = path_param(request, "reference"), f".{path_param(request, 'ending')}"
        with self.pool.case() as case:
            files = LetterWriter(case).files(find_letter(case, reference))
        for name, content in files.items():
            if name.endswith(ending):
                headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
                return Response(content, media_type=LETTER_ENDINGS[ending], headers=headers)
        raise HTTPException(404)

    def set_letter_state(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Record what became of a letter."""
        from graphtrace.evidence.case_letters import set_letter_state

        reference, remark = first_field(form, "reference"), first_field(form, "text")[:MAX_NOTE]
        with self.pool.case() as case:
            set_letter_state(case, reference, first_field(form, "state"), remark=remark)
        return f"/leads#{reference}"

    def set_lead_state(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Record the state of asking one party for something."""
        from graphtrace.results.letters import STATES

        state, about = first_field(form, "state"), first_field(form, "about")
        if state not in STATES or not about or len(about) > MAX_ABOUT:
            raise HTTPException(400)
        with self.pool.case() as case:
            case.add_note("lead", f"lead:{about}", {"state": state, "text": first_field(form, "text")[:MAX_NOTE]})
        return "/leads"

    def add_note(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Add a note on a card or party."""
        about, text = first_field(form, "about"), first_field(form, "text").strip()
        subject, _, name = about.partition(":")
        if subject not in ("card", "party") or not name or len(about) > MAX_ABOUT or len(text) > MAX_NOTE:
            raise HTTPException(400)
        if not text:
            raise UsageError("note_without_text", hint="write_select")
        with self.pool.case() as case:
            case.add_note("note", about, {"text": text})
        return f"{card_address(name) if subject == 'card' else party_address(name)}#notes"

    # -- the report -------------------------------------------------------------------------------------------------

    def pins(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the page of the answers that were chosen for the report."""
        from graphtrace.evidence.pinned_report import pins_of
        from graphtrace.render.format import format_time
        from graphtrace.render.views.evidence_view import pin_question
        from graphtrace.render.writers.pdf_writer import can_write_pdf

        with self.pool.case() as case:
            found = pins_of(case)
            state = case.state()
        data = {
            "title": page_title(label_text("evidence_report_page")),
            "pins": found.pins,
            "question": pin_question,
            "address": _pin_address,
            "clock": format_time,
            "can_change": not self.settings.is_read_only,
            "files": [".docx", *([".pdf"] if can_write_pdf() else []), ".html", ".md", ".json"],
        }
        about: dict[str, Any] = {"name": "report", "active": "report", "state": state}
        return plain_answer("pins.html", data, redacted=self._answer(found, None, **about).redacted, **about)

    def report(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the report itself: each chosen answer asked anew, with the rows that it rests on."""
        from graphtrace.evidence.pinned_report import make_report

        with self.pool.case() as case:
            made = make_report(case)
            state = case.state()
        actions = [(label_text("nav_report"), "/report")]
        about: dict[str, Any] = {"name": "report", "active": "report", "actions": actions, "has_date": False}
        return self._answer(made, None, endings=(".docx", ".pdf", ".md"), state=state, **about)

    def pin(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Choose an answer for the report."""
        from graphtrace.evidence.pinned_report import MAX_WORDS, pin_answer
        from graphtrace.results.evidence_report import PINNED_COMMANDS

        asked, words = first_field(form, "asked"), first_field(form, "words")
        command = next((each for each in PINNED_COMMANDS if each == first_field(form, "command")), None)
        if command is None or not asked or len(asked) > MAX_ABOUT or len(words) > MAX_WORDS:
            raise HTTPException(400)
        with self.pool.case() as case:
            pin_answer(case, command, [asked], words)
        return "/report"

    def remove_pin(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Take an answer out of the report; both notes stay in the case."""
        from graphtrace.evidence.pinned_report import remove_pin

        number = first_field(form, "number")
        if not number.isdecimal() or len(number) > 9:
            raise HTTPException(400)
        with self.pool.case() as case:
            remove_pin(case, int(number))
        return "/report"

    # -- parties to judge -------------------------------------------------------------------------------------------

    # -- sources ----------------------------------------------------------------------------------------------------

    def source(self, request: Request) -> PageAnswer:
        """Return the page of a row of a file as it stood there."""
        asked = request.query_params
        row = asked.get("row", "")
        if not row.isdecimal() or len(row) > _ROW_DIGITS:
            raise HTTPException(400)
        with self.pool.case() as case:
            excerpt = case.source_row(asked.get("sha256", ""), int(row), sheet=asked.get("sheet"))
            state = case.state()
            place = (excerpt.sha256, excerpt.sheet, excerpt.row)
            made = [
                each for each in case.corrections() if (each.record.sha256, each.record.sheet, each.record.row) == place
            ]
        from graphtrace.render.format import format_time

        data: dict[str, Any] = {
            "title": page_title(label_text("nav_source")),
            "excerpt": excerpt,
            "correction": made[-1] if made and not made[-1].is_lifted else None,
            "is_text": is_text,
            "can_change": not self.settings.is_read_only,
            "clock": format_time,
        }
        about: dict[str, Any] = {"name": "source", "active": "find", "state": state}

        def mask(masks: Masker) -> dict[str, Any]:
            return {"excerpt": masks.mask(excerpt), "correction": None, "can_change": False}

        return maskable_answer("source.html", data, mask, self._masker, **about)

    def correct_row(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Withdraw the statement of a row, or let it count again."""
        sha256, sheet, row = (first_field(form, name) for name in ("sha256", "sheet", "row"))
        if not _is_hash(sha256) or not row.isdecimal() or len(row) > _ROW_DIGITS:
            raise HTTPException(400)
        record = ":".join(filter(None, (sha256, sheet, row)))
        with self.pool.new_case() as case:
            case.correct(record, why=first_field(form, "why")[:MAX_NOTE], undo=first_field(form, "undo") == "yes")
        return f"/source?{urlencode({'sha256': sha256, 'row': row, **({'sheet': sheet} if sheet else {})})}"

    def copy_row(self, request: Request, form: dict[str, list[str]]) -> str:
        """Copy a row of a file as a text of which a person says what it states, and lead to its lines.

        The line that a remark of the row makes is opened.
        """
        sha256, sheet, row = (first_field(form, name) for name in ("sha256", "sheet", "row"))
        if not _is_hash(sha256) or not row.isdecimal() or len(row) > _ROW_DIGITS:
            raise HTTPException(400)
        with self.pool.case() as case:
            excerpt = case.source_row(sha256, int(row), sheet=sheet or None)
        said_row = in_language(label_text("row", row=row), self.lang(request))
        name = " ".join(filter(None, (excerpt.file, excerpt.sheet, said_row)))
        lines = text_of_row(excerpt, name)
        opened = line_saying(lines, first_field(form, "said"))
        address = self._keep_text(f"{name}.txt", "\n".join(lines))
        return f"{address}?{urlencode([('open', number) for number in opened])}"

    # -- the chart --------------------------------------------------------------------------------------------------

    def chart(self, request: Request) -> PageAnswer:
        """Return the page of parties on a canvas: of a party, a card, a list or a view, else of the seized cards."""
        asked = request.query_params
        if text := asked.get("list", "").strip():
            return self._chart_of_list(text, as_of(request))
        day = as_of(request)
        try:
            by = chart.parse_group_by(asked.get("by", "party"))
        except ValueError as error:
            raise HTTPException(400) from error
        start: Mapping[str, Any] = chart.NOTHING
        view = ""
        with self.pool.case() as now:
            views, case = _views(now), now.at(day)
            if (wanted := asked.get("view", "")) in views:
                view, start = wanted, views[wanted]
            elif party := asked.get("party"):
                start = chart.expand_party(case, party, by=by)
            elif card := asked.get("card"):
                start = chart.chart_of_card(case.trace(card))
            elif not asked.keys() - {"as_of"} and (seized := case.cards_seized_in()[:_MAX_CHARTED]):
                start = chart.chart_of_card(case.trace(*seized))
            state = case.state()
        return self._chart_page(start, views, state, view=view, by=by)

    def chart_list(self, request: Request, form: dict[str, list[str]]) -> PageAnswer | Response:
        """Return the chart of a list of cards and parties; one that fits an address gets one."""
        text = first_field(form, "list").strip()
        if len(text) <= MAX_ADDRESS:
            return RedirectResponse(f"/chart?{urlencode({'list': text, **_day(as_of(request))})}", status_code=303)
        return self._chart_of_list(text, as_of(request))

    def _chart_of_list(self, text: str, day: str | None) -> PageAnswer:
        with self.pool.case() as now:
            views, case = _views(now), now.at(day)
            start, unknown = chart.chart_of_list(case, text)
            state = case.state()
        return self._chart_page(start, views, state, terms=", ".join(split_terms(text)), unknown=unknown)

    def _chart_page(
        self,
        start: Mapping[str, Any],
        views: Mapping[str, Any],
        state: CaseState | None,
        *,
        view: str = "",
        by: str = "party",
        terms: str = "",
        unknown: Sequence[str] = (),
    ) -> PageAnswer:
        data = {
            "title": page_title(label_text("nav_chart")),
            "start": start,
            "view": view,
            "head": ((state and state.ledger_head) or "–")[:12],
            "views": sorted(views),
            "groupings": chart.GROUPINGS,
            "by": by,
            "terms": terms,
            "unknown": unknown,
            "most": MAX_LISTED,
            "can_change": not self.settings.is_read_only,
            "words": {code: _both(f"chart_{code}") for code in _CHART_WORDS},
        }

        def mask(masks: Masker) -> Mapping[str, Any]:
            own = {"start": chart.masked(start, masks), "view": "", "views": [], "terms": "", "can_change": False}
            return {**data, **own, "unknown": [masks.left_out] * len(unknown)}

        about: dict[str, Any] = {"name": "chart", "active": "chart", "state": state, "has_date": True}
        return maskable_answer(
            "chart.html", data, mask, self._masker, scripts=("cytoscape.min.js", "chart.js"), **about
        )

    def chart_step(self, request: Request) -> Response:
        """Return the partners of a party, or groups of them, as data for the chart."""
        asked = request.query_params
        skip = asked.get("skip", "0")
        try:
            by, within = chart.parse_group_by(asked.get("by", "party")), chart.parse_group(asked)
        except ValueError as error:
            raise HTTPException(400) from error
        return self._data(
            lambda case: chart.expand_party(
                case,
                asked.get("party", ""),
                by=by,
                within=within,
                skip=int(skip) if skip.isdecimal() and len(skip) < 7 else 0,
            ),
            request,
        )

    def chart_path(self, request: Request) -> Response:
        """Return the shortest connection of two parties, as data for the chart."""
        one, other = (request.query_params.get(name, "") for name in ("one", "other"))
        return self._data(lambda case: chart.path_between(case, one, other), request)

    def _data(self, ask: Callable[[CaseQuestions], Mapping[str, Any]], request: Request) -> Response:
        try:
            with self.pool.at(as_of(request)) as case:
                return JSONResponse(ask(case))
        except GraphtraceError as error:
            text = in_language(error_texts(error)[1], self.lang(request))
            return JSONResponse({"error": text}, status_code=BUSY if isinstance(error, CaseLocked) else 400)

    def save_view(self, request: Request, form: dict[str, list[str]]) -> Response:  # noqa: ARG002
        """Save the content and the layout of the chart under a name."""
        name = first_field(form, "name").strip()
        try:
            view = json.loads(first_field(form, "view"))
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error
        is_right = is_view(view) and len(view["nodes"]) + len(view["edges"]) <= chart.MAX_ELEMENTS
        if not name or len(name) > MAX_ABOUT or not is_right:
            raise HTTPException(400)
        with self.pool.case() as case:
            case.add_note("view", f"view:{name}", {"view": view})
        return JSONResponse({"address": f"/chart?{urlencode({'view': name})}"})

    # -- time and places --------------------------------------------------------------------------------------------

    def times(self, request: Request) -> PageAnswer:
        """Return the page of times and places; later requests count the records, which takes as long as reading all."""
        day = as_of(request)
        data = {"title": page_title(label_text("nav_times")), "asked": _with_day("", day)}
        with self.pool.at(day) as case:
            state = case.state()

        def mask(_: Masker) -> Mapping[str, Any]:
            return {"asked": f"?{urlencode({**_day(day), 'redact': '1'})}"}

        about: dict[str, Any] = {"name": "times", "active": "times", "state": state, "has_date": True}
        return maskable_answer("times.html", data, mask, self._masker, **about)

    def months(self, request: Request) -> PageAnswer:
        """Return the records of each kind in each month, and their different cards."""
        rows, state = self._counted("records-by-month", as_of(request))
        by_month: dict[str | None, dict[str, tuple[int, int, int]]] = {}
        for month, kind, *counts in rows:
            by_month.setdefault(month, {})[str(kind)] = (counts[0], counts[1], counts[2])
        data = {
            "title": page_title(label_text("month_head")),
            "months": by_month,
            "kinds": [kind for kind in KINDS if any(kind in found for found in by_month.values())],
            "most": max((cards for found in by_month.values() for _, cards, _ in found.values()), default=0) or 1,
        }
        about: dict[str, Any] = {"name": "months", "active": "times", "state": state, "has_date": True}
        # months, kinds of records and counts name nobody
        return maskable_answer("months.html", data, lambda _: data, self._masker, **about)

    def places(self, request: Request) -> PageAnswer:
        """Return the provinces in which cards were online."""
        rows, state = self._counted("activations-by-province", as_of(request))
        data = {"title": page_title(label_text("places_title")), "places": rows}

        def mask(masks: Masker) -> Mapping[str, Any]:
            return {"places": [(masks.apply(Meaning.PROVINCE, province), *counted) for province, *counted in rows]}

        about: dict[str, Any] = {"name": "places", "active": "times", "state": state, "has_date": True}
        return maskable_answer("places.html", data, mask, self._masker, **about)

    def _counted(self, query: str, day: str | None) -> tuple[Sequence[tuple[Any, ...]], CaseState]:
        """Return the rows of a query over all records, and the state of the case; asked once for each state."""
        with self.pool.at(day) as case:
            state = case.state()
            known = self._counts.get((query, day))
            if known is None or known[0] != state:
                if len(self._counts) >= MAX_COUNTS:
                    self._counts.clear()
                known = self._counts[query, day] = (state, case.query(query).rows)
        return known[1], state

    # -- free questions ---------------------------------------------------------------------------------------------

    def sql(self, request: Request) -> PageAnswer:
        """Return the page of one SELECT over the views of the case, or of a Cypher query to a server."""
        text = request.query_params.get("text", "").strip()
        day = as_of(request)
        data: dict[str, Any] = {
            "title": page_title(label_text("nav_sql")),
            "text": text,
            "table": None,
            "error": None,
            "most": MAX_LISTED,
        }
        about: dict[str, Any] = {"name": "sql", "active": "queries", "has_date": True}
        if not text:
            return plain_answer("sql.html", data, **about)
        try:
            with self.pool.at(day) as case:
                table = case.cypher(text) if is_server(self.case_name) else case.sql(text)
                data |= {"table": table, "rows": list(islice(table, MAX_LISTED))}
                about["state"] = case.state()
        except UsageError as error:
            data["error"] = error_texts(error)
            return plain_answer("sql.html", data, status=400, **about)
        return plain_answer("sql.html", data, **about)

    def paste(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the page with a box for any text."""
        return plain_answer("paste.html", {"title": page_title(label_text("nav_paste"))}, name="paste", active="inbox")

    def pasted(self, request: Request, form: dict[str, list[str]]) -> str:
        """Keep a pasted text as a file until it is loaded, and lead to its lines."""
        name = file_name(first_field(form, "name") or in_language(label_text("pasted_name"), self.lang(request)))
        return self._keep_text(name if name.lower().endswith(".txt") else f"{name}.txt", first_field(form, "text"))

    def _keep_text(self, name: str, text: str) -> str:
        """Keep a text as a file until it is loaded; return the address of its lines."""
        path = self._new_folder() / file_name(name)
        with create_file(path) as file:
            file.write(text.replace("\r\n", "\n").encode())
        return f"/paste/{path.parent.name}"

    def text_lines(self, request: Request) -> PageAnswer | Response:
        """Return the page of the lines of a text, with what is proposed that each says of its cards."""
        ticket = str(request.path_params["ticket"])
        if ticket in self._loaded:
            return RedirectResponse(f"/paste/{self._loaded[ticket]}", status_code=303)
        with self._file_of(ticket) as (name, path):
            lines, has_more = self._lines_of(ticket, name, path, _keys(request.query_params.getlist("open")))
        return self._text_page(ticket, name, lines, has_more=has_more)

    def confirm_lines(self, request: Request, form: dict[str, list[str]]) -> str | PageAnswer:
        """Load the lines of a text that a person confirms as what he says they are, or open a further line."""
        ticket, by = str(request.path_params["ticket"]), first_field(form, "by").strip()[:MAX_NAME]
        opened = _keys(form.get("opened", ()))
        further = _keys(form.get("open", ())) - opened
        with self._file_of(ticket) as (name, path):
            # of a text that the case has, under whatever name, it is another reading
            digest = ticket if _is_hash(ticket) else sha256(path.read_bytes()).hexdigest()
            known = {line["sha256"]: str(line["file"]) for line in self._ledger() if "load" in line}
            ticket, name = (digest, known[digest]) if digest in known else (ticket, name)
            lines, has_more = self._lines_of(ticket, name, path, opened | further)
            confirmed = confirm(lines, form, fresh=further)
            if "open" in form:
                for line in lines:
                    line.fault = None
                return self._text_page(ticket, name, lines, has_more=has_more, by=by, said=form)
            at_fault = "lines_at_fault" if any(line.fault for line in lines) else "" if by else "lines_without_by"
            if refused := at_fault if confirmed else "lines_none_ticked":
                return self._text_page(ticket, name, lines, has_more=has_more, by=by, said=form, refused=refused)
            kept = [ticket] if _is_hash(ticket) else []
            mapping = self._new_folder() / "mapping.yml" if kept else path.parent / ".mapping.yml"
            copied = row_copied([line.text for line in lines])
            mapping.write_text(to_mapping(by, confirmed, of=copied), encoding="utf-8", newline="\n")
            about: dict[str, Any] = {"paths": [] if kept else [path], "kept": kept, "mapping": mapping}
            self._load(self._request(**about, is_again=True), [name] if kept else [])
        return "/"

    def _lines_of(
        self, ticket: str, name: str, path: Path, opened: Collection[LineKey] = ()
    ) -> tuple[list[TextLine], bool]:
        lines, has_more = lines_in_process(path, MAX_LINES)
        earlier, known = None, set[str]()
        with suppress(CaseMissing), self.pool.case() as case:
            digest = ticket if _is_hash(ticket) else sha256(path.read_bytes()).hexdigest()
            earlier = case.transcription_of(digest)
            known = case.numbers_of_cards(telephones_in(lines))
        return lines_to_confirm(lines, earlier, name=name, known=known, opened=opened), has_more

    def _text_page(
        self,
        ticket: str,
        name: str,
        lines: Sequence[TextLine],
        *,
        has_more: bool,
        by: str = "",
        said: Mapping[str, list[str]] = MappingProxyType({}),
        refused: str = "",
    ) -> PageAnswer:
        from graphtrace.ingest.dates_and_quantities import lacks_year

        head = self.case_head()
        data = {
            "title": page_title(label_text("nav_paste")),
            "ticket": ticket,
            "name": name,
            "lines": lines,
            "has_more": has_more,
            "most": MAX_LINES,
            "said": said,
            "speakers": list(dict.fromkeys(speakers_in([(line.number, line.text) for line in lines]).values())),
            "lacks_year": any(lacks_year(line.stated.get("date", "")) for line in lines),
            "by": by or (head.officer if head is not None else None) or system.account_name(),
            "opened": {*said.get("opened", ()), *said.get("open", ())},
            "kinds": (*SIDES, NOTHING_SAID),
            "further": tuple(FURTHER),
            "refused": refused,
            "can_change": not self.settings.is_read_only,
        }
        status = 400 if refused else 200
        return plain_answer("lines.html", data, name="paste", active="inbox", status=status)

    # -- the case itself --------------------------------------------------------------------------------------------

    def case_head(self) -> CaseHead | None:
        """Return the head of the case as it was when a page was last made of it, or at the first page."""
        if not self._has_head:
            with suppress(GraphtraceError), self.pool.case() as case:
                head = case.head()
                self._head, self._has_head = head if any(head) else None, True
        return super().case_head()

    def head(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the page with the form of the head of the case."""
        with self.pool.case() as case:
            (head, switches), state = case.head_and_switches(), case.state()
        data = {
            "title": page_title(label_text("head_page")),
            "fields": head._asdict().items(),
            "switches": switches.items(),
        }
        return plain_answer("head.html", data, name="head", active="inbox", state=state)

    def set_head(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """State the fields of the head that a form changes."""
        with self.pool.case() as case:
            head, switches = case.head_and_switches()
            stated = {**head._asdict(), **{name: "yes" if is_on else "no" for name, is_on in switches.items()}}
            given = {name: first_field(form, name) for name in stated if name in form}
            changed = {name: value for name, value in given.items() if value.strip() != (stated[name] or "")}
            case.set_head(**changed)
            self._has_head = False
        return "/head"

    def log(self, request: Request) -> PageAnswer:
        """Return the page of the ledger and of the log of look-ups."""
        day = as_of(request)
        with self.pool.at(day) as case:
            entries = case.ledger()
            lines = case.log()
            asked = [line for line in lines.lines if line.what in ("lookup", "export")]
            apart = case.notes_on_nothing()
            state = case.state()
        from graphtrace.workbench.judging import describe_entries, describe_lookups

        data = {
            "title": page_title(label_text("nav_log")),
            "entries": describe_entries(entries),
            "lookups": describe_lookups(asked[-MAX_LISTED:]),
            "apart": apart,
            "asked": len(asked),
            "purpose": self.purpose or "",
            "most_purpose": MAX_PURPOSE,
        }
        about: dict[str, Any] = {"name": "log", "active": "log", "state": state, "has_date": True}
        return plain_answer("log.html", data, redacted=self._answer(lines, day, **about).redacted, **about)

    def rejects(self, request: Request) -> PageAnswer:
        """Return the page of the rejected rows."""
        name = request.query_params.get("file", "")
        with self.pool.case() as case:
            rows = [dict(row) for row in case.rejects() if not name or row["file"] == name]
            counted = rejected_in_sheets(case.ledger())
            state = case.state()
        counts = rows_of_entries(rows, counted)
        total = sum(rows for (file, _), rows in counted.items() if not name or file == name)
        data = {
            "title": page_title(label_text("rejected_rows")),
            "rows": list(zip(rows, counts, strict=True)),
            "total": total,
            "most": MAX_LISTED,
            "file": name,
            "cells_of": _cells_of,
            "is_text": is_text,
            "address": lambda row: origin_address(Origin(row["file"], row["sha256"], row["sheet"], row["row"], None)),
        }

        def mask(masks: Masker) -> Mapping[str, Any]:
            shown = [masks.json({column: row[column] for column in _REJECT_COLUMNS}) for row in rows]
            masked = list(zip(shown, counts, strict=True))
            return {**data, "rows": masked, "file": name and masks.apply(Meaning.FILE, name)}

        about: dict[str, Any] = {"name": "rejects", "active": "inbox", "state": state}
        return maskable_answer("rejects.html", data, mask, self._masker, **about)

    def inbox(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the page of the inbox, with the tasks under way; a later request counts the contents of the case."""
        is_there = False
        error = None
        try:
            with self.pool.case() as case:
                is_there = case.ledger_head() is not None
        except CaseMissing:
            pass
        except CaseLocked as fault:
            error = error_texts(fault)
        data = {
            "title": page_title(label_text("nav_inbox")),
            "is_there": is_there,
            "error": error,
            "kinds": RECORD_KINDS,
            **self._task_list(),
        }
        return plain_answer("inbox.html", data, name="inbox", active="inbox")

    def contents(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the files of the case and their figures; takes as long as counting all records."""
        from graphtrace.render.format import format_time

        with self.pool.case() as case:
            status = case.status()
            unloaded = case.unloaded_files() if status.unloaded else ()
            refused = {file["sha256"] for file in status.files if file["state"] == "refused"}
            counts = case.reject_counts() if refused else {}
            reasons = {key: rows for key, rows in sorted(counts.items()) if key[0] in refused}
            loads = last_loads(ledger := case.ledger())
            sheets = {sha256: line["sheets"] for sha256, line in loads.items()}
            state = case.state()
        files = {code: [file for file in status.files if file["state"] == code] for code in FILE_STATES}
        data = {
            "title": page_title(label_text("in_case")),
            "status": status,
            "groups": list(files.items()),
            "sheets_of": sheets,
            "copied": sum(any(map(is_copy_of_row, sheets.get(file["sha256"], ()))) for file in status.files),
            "no_record": _rows_of_no_record,
            "answers": {sha256: answer_texts(answers_of_load(line)) for sha256, line in loads.items()},
            "earlier": {new: line for new, line in earlier_of(ledger).items() if line["sha256"] in loads},
            "reasons": reasons,
            "uploads": self._unread_uploads() if status.not_read else {},
            "mapping_address": mapping_address,
            "unloaded": unloaded,
            "clock": format_time,
            "replies": {check.sha256: check for check in status.replies},
            "outcome_of": reply_outcome,
            "reason_of": why_not_read,
            "is_text": is_text,
            "can_change": not self.settings.is_read_only,
        }
        about: dict[str, Any] = {"name": "contents", "active": "inbox", "state": state}
        return plain_answer("contents.html", data, redacted=self._answer(status, None, **about).redacted, **about)

    def _unread_uploads(self) -> dict[str, str]:
        """Return by the hash of each file that was not read and waits here the ticket by which it is opened."""
        waiting = (path for task in self.tasks.all() for path in task.unread if path.exists())
        return {sha256(path.read_bytes()).hexdigest(): path.parent.name for path in waiting}

    def state_reply(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Record what is stated of the reply that a loaded file is."""
        seal = first_field(form, "seal")
        if seal not in ("", "yes", "no"):
            raise HTTPException(400)
        with self.pool.case() as case:
            case.state_reply(
                first_field(form, "sha256"),
                number=first_field(form, "number"),
                stated=first_field(form, "hash"),
                seal=None if not seal else seal == "yes",
            )
        return "/inbox/contents"

    def unload(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Take away what a file states."""
        sha256 = first_field(form, "sha256")
        if not _is_hash(sha256):
            raise HTTPException(400)
        with self.pool.new_case() as case:
            case.unload(sha256, why=first_field(form, "why")[:MAX_NOTE])
        return "/#contents"

    def restore(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Load a file that was taken away as it was read before, in the background."""
        sha256 = first_field(form, "sha256")
        with self.pool.case() as case:
            names = [file.file for file in case.unloaded_files() if file.sha256 == sha256]
        if not names:
            raise HTTPException(404)
        self._load(self._request(restored=sha256), names)
        return "/"

    def asked(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the sheets of which something is asked; takes as long as opening their files.

        What was typed last stands in the questions that are still open.
        """
        cards = cards_of(self._asked_sheets())
        fill_cards(cards, self._typed)
        return self._asked_page(cards)

    def answer_questions(self, request: Request, form: dict[str, list[str]]) -> str | PageAnswer:  # noqa: ARG002
        """Load the sheets of which something is answered, unless what is typed cannot be an answer."""
        self._typed = form
        cards = cards_of(self._asked_sheets())
        if not cards:
            return "/"
        is_refused = not fill_cards(cards, form) or any(one.fault for card in cards for one in card.fields)
        if is_refused:
            return self._asked_page(cards, is_refused=True)
        given = answers_in(cards)
        try:
            tried = [
                sheet
                for sha256, answers in given.items()
                for sheet in asked_in_process(self._asked_request(answers=answers, only=sha256))
            ]
        except GraphtraceError as error:
            return self._asked_page(cards, is_refused=True, error=error)
        if note_contradictions(cards, tried):
            return self._asked_page(cards, is_refused=True)
        names = {sheet.sha256: sheet.file for sheet in self._asked_sheets()}
        answers = [answer for each in given.values() for answer in each]
        self._load(self._request(kept=list(given), answers=answers), [names[sha256] for sha256 in given])
        return "/"

    def _asked_page(
        self, cards: Sequence[QuestionCard], *, is_refused: bool = False, error: GraphtraceError | None = None
    ) -> PageAnswer:
        offer_earlier(cards, earlier_of(self._ledger()))
        asked = [one for card in cards for one in card.fields]
        data = {
            "title": page_title(label_text("asked_page")),
            "cards": cards,
            "required": sum(one.asked.question.is_required for one in asked) + sum(not card.fields for card in cards),
            "optional": sum(not one.asked.question.is_required for one in asked),
            "is_refused": is_refused,
            "error": None if error is None else error_texts(error),
            "key_of": sheet_key,
            "mapping_address": mapping_address,
            "error_texts": error_texts,
        }
        return plain_answer("asked.html", data, name="asked", active="inbox", status=400 if is_refused else 200)

    def _asked_sheets(self) -> Sequence[SheetReport]:
        """Return the sheets of which something is asked; looked for once for each state of the case."""
        with self.pool.case() as case:
            state = case.state()
        if self._asked is None or self._asked[0] != state:
            self._asked = state, asked_in_process(self._asked_request())
        return self._asked[1]

    def _asked_request(self, **about: Any) -> AskedRequest:
        return AskedRequest(
            self.case_name,
            memory_limit=self.settings.memory_limit,
            credentials=self.settings.credentials,
            **about,
        )

    def guided(self, request: Request) -> PageAnswer:
        """Return the guided questions with their states; takes as long as tracing the seized cards."""
        day = as_of(request)
        found, state = self._guided_questions(day)
        data = {
            "title": page_title(label_text("guided_page")),
            "found": found,
            "rows": guided_rows(found),
            "address": lambda code: _with_day(GUIDED_PAGES.get(code, f"/questions/{code}"), day),
        }
        about: dict[str, Any] = {"name": "questions", "active": "inbox", "state": state, "has_date": True}
        return plain_answer("questions.html", data, redacted=self._answer(found, day, **about).redacted, **about)

    def guided_question(self, request: Request) -> PageAnswer:
        """Return the page of one guided question: the whole answer so far, the cards, what is missing."""
        day = as_of(request)
        found, state = self._guided_questions(day)
        for question in found.questions:
            if question.code == request.path_params["code"]:
                name = f"question-{question.code}"
                return self._answer(question, day, name=name, state=state, active="inbox")
        raise HTTPException(404)

    def _guided_questions(self, day: str | None) -> tuple[GuidedQuestions, CaseState]:
        """Return the guided questions and the state of the case; asked once for each state."""
        with self.pool.at(day) as case:
            state = case.state()
            asked = (state, len(case.notes()))
            known = self._guided.get(day)
            if known is None or known[0] != asked:
                if len(self._guided) >= MAX_COUNTS:
                    self._guided.clear()
                known = self._guided[day] = (asked, case.guided_questions())
        return known[1], state

    def task_list(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the part of the inbox that changes while work is under way."""
        data = {"title": page_title(label_text("nav_inbox")), **self._task_list()}
        return plain_answer("tasks.html", data, name="tasks")

    def _task_list(self) -> dict[str, Any]:
        from graphtrace.render.document import Audience
        from graphtrace.render.writers.html_writer import HtmlLayout

        def report_of(task: Task) -> tuple[Document, HtmlLayout]:
            document = make_document(_loaded_sheets(task.result))
            return document, HtmlLayout(document.parts, Audience.PAGE)

        return {
            "tasks": self.tasks.all(),
            "error_texts": error_texts,
            "report_of": report_of,
            "is_text": lambda path: is_text(path.name),
        }

    def task(self, request: Request) -> PageAnswer:
        """Return the page of the report of a load that has ended."""
        task = self.tasks.get(request.path_params["number"])
        if task is None or task.result is None:
            raise HTTPException(404)
        loaded = _loaded_sheets(task.result)
        return self._answer(loaded, None, name=f"load-{task.number}", active="inbox")

    async def upload(self, request: Request) -> Response:
        """Take in one file as the body of a request; the answer is the ticket by which it is loaded."""
        if not self.access.is_csrf(request.headers.get("x-graphtrace-csrf", "")):
            raise HTTPException(403)
        if self.settings.is_read_only:
            raise HTTPException(403, "read_only")
        name = file_name(unquote(request.headers.get("x-file-name", "")))
        folder = self._new_folder()
        try:
            size = await receive_file(request, folder / name)
        except BaseException:
            folder.rmdir()
            raise
        return JSONResponse({"ticket": folder.name, "name": name, "bytes": size})

    def start_load(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Load the files of some tickets in the background."""
        paths = [path for ticket in form.get("ticket", []) for path in self._uploaded(ticket)]
        if not paths:
            raise UsageError("no_file_given", hint="choose_files")
        kind = next(iter(form.get("kind", [])), "")
        self._load(self._request(paths=paths, kind=kind if kind in RECORD_KINDS else None))
        return "/"

    def _uploaded(self, ticket: str) -> list[Path]:
        if len(ticket) != 16 or not set(ticket) <= set("0123456789abcdef"):
            raise HTTPException(400)
        folder = self.settings.uploads / ticket
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(path for path in found if not path.name.startswith("."))

    def _request(self, **about: Any) -> LoadRequest:
        return LoadRequest(
            case=self.case_name,
            wait_s=LOAD_WAIT_S,
            memory_limit=self.settings.memory_limit,
            credentials=self.settings.credentials,
            **about,
        )

    def _load(self, request: LoadRequest, kept_names: Sequence[str] = ()) -> Task:
        paths = request.paths
        unread: list[Path] = []
        names = [*kept_names, *(path.name for path in paths)]
        lines_before: list[int] = []

        def work(stop: threading.Event, progress: Callable[[str, int, int | None], None]) -> Any:
            lines_before.append(len(self._ledger()))
            with subfolder(self.settings.uploads) as left:
                report = load_in_process(replace(request, left=left), stop, progress)
                for path in sorted(left.glob("*/*")):
                    unread.append(path.replace(self._new_folder() / path.name))
            if not lines_before[0]:
                self._name_case()
            with suppress(GraphtraceError):
                # when a load is said to be done, what it asks is known
                self._asked_sheets()
            hashes = {sheet.file: sheet.sha256 for sheet in report.files if sheet.error is None and sheet.sha256}
            # the page of a file that was loaded is the one of the file of the case
            self._loaded |= {path.parent.name: hashes[path.name] for path in paths if path.name in hashes}
            failed = {sheet.file for sheet in report.files if sheet.error is not None}
            unread.extend(path for path in paths if path.name in failed)
            for error in (sheet.error for sheet in report.files if sheet.error is not None):
                for path in paths:
                    error.replace_path(path, Path(path.name))
            return report

        def clean() -> None:
            # what was not read stays until somebody has said what its columns are, or the workbench ends
            remove_files([path for path in paths if path not in unread])
            if request.kept and request.mapping is not None:
                remove_files([request.mapping])

        def loaded() -> list[FileInCase]:
            lines = self._ledger()[lines_before[0] :] if lines_before else []
            return [
                FileInCase(line["file"], sum(sheet["loaded"] for sheet in line["sheets"]))
                for line in lines
                if "load" in line
                and str(line["file"]).startswith(tuple(names))
                and any(sheet.get("reading") is not None for sheet in line["sheets"])
            ]

        task = self.tasks.add(names, work, clean, loaded)
        task.unread = unread
        return task

    def _name_case(self) -> None:
        """State the name by which the case was made, if it was, as that of its head: letters and prints have it."""
        named = None if is_server(self.case_name) else Path(self.case_name).name
        if named is None or (folder := folder_of_name(named)) is None or folder.resolve() != Path(self.case_name):
            return
        with suppress(CaseMissing, CaseLocked), self.pool.case() as case:
            if case.head().name is None:
                case.set_head(name=named.removesuffix(CASE_SUFFIX))
                self._has_head = False

    def _ledger(self) -> list[dict[str, Any]]:
        with suppress(CaseMissing), self.pool.case() as case:
            return case.ledger()
        return []

    def mapping(self, request: Request) -> PageAnswer | Response:
        """Return the mapping screen of a file, filled in as before if somebody asks so, or as it was tried last."""
        from graphtrace.workbench.mapping_screen import earlier_mapping, filled_form

        ticket = str(request.path_params["ticket"])
        if ticket in self._loaded:
            return RedirectResponse(f"/mapping/{self._loaded[ticket]}", status_code=303)
        typed = self._mapped.get(ticket, {})
        with self._file_of(ticket) as (name, path):
            sheet = request.query_params.get("sheet") or first_field(typed, "sheet") or None
            form = form_in_process(FormRequest(path, sheet, self._answered(ticket)))
        earlier = None
        with suppress(CaseMissing), self.pool.case() as case:
            earlier = earlier_mapping(form, case.notes())
        # a file of the case that was read by a mapping is shown as it was read
        is_own = _is_hash(ticket) and earlier is not None and earlier[0]["file"] == name
        is_used = is_own or request.query_params.get("use") == "earlier"
        if earlier is not None and is_used:
            form = earlier[1]
        if typed and first_field(typed, "sheet") == (form.sheet or ""):
            form = filled_form(form, typed)
        return self._mapping_page(ticket, name, form, earlier=None if earlier is None else (earlier[0], is_used))

    def apply_mapping(self, request: Request, form: dict[str, list[str]]) -> str | Response | PageAnswer:
        """Try a mapping on the file without loading it, or load it; a file of the case is read again."""
        from graphtrace.workbench.mapping_screen import note_of_mapping, require_fields

        ticket, do = str(request.path_params["ticket"]), first_field(form, "do")
        kept = [ticket] if _is_hash(ticket) else []
        self._mapped = {ticket: form} if do == "try" else {}
        with self._file_of(ticket) as (name, path):
            paths = [] if kept else [path]
            if kept and do == "plain":
                self._load(self._request(kept=kept, is_again=True), [name])
                return "/"
            answered = self._answered(ticket)
            filled = form_in_process(FormRequest(path, first_field(form, "sheet"), answered, form))
            try:
                require_fields(filled)
            except UsageError as error:
                return self._mapping_page(ticket, name, filled, error=error_texts(error))
            mapping = self._new_folder() / "mapping.yml" if kept else path.parent / ".mapping.yml"
            mapping.write_text(filled.to_yaml(), encoding="utf-8", newline="\n")
            about: dict[str, Any] = {"paths": paths, "kept": kept, "mapping": mapping, "is_again": True}
            held = (text for text in answered if all(map(filled.holds, parse_answers([text]))))
            about["answers"] = (*held, *filled.answers)
            if do == "load":
                self._load(self._request(**about, note=note_of_mapping(filled, name)), [name] if kept else [])
                return "/"
            try:
                trial = try_in_process(self._request(**about, is_trial=True, shown=path), Path(name))
            except GraphtraceError as error:
                return self._mapping_page(ticket, name, filled, error=error_texts(error))
            finally:
                if kept:
                    remove_files([mapping])
        return self._mapping_page(ticket, name, filled, trial=trial)

    @contextmanager
    def _file_of(self, ticket: str) -> Iterator[tuple[str, Path]]:
        """Yield the name and the path of a file: of the case, by its hash, or one that was uploaded, by its ticket."""
        if _is_hash(ticket):
            with subfolder(self.settings.uploads) as scratch:
                with self.pool.case() as case:
                    found = case.write_source(ticket, scratch)
                yield found
            return
        paths = self._uploaded(ticket)
        if not paths:
            raise HTTPException(404)
        yield paths[0].name, paths[0]

    def _new_folder(self) -> Path:
        folder = self.settings.uploads / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        return folder

    def _mapping_page(
        self,
        ticket: str,
        name: str,
        form: MappingForm,
        *,
        trial: Trial | None = None,
        error: Any = None,
        earlier: tuple[Mapping[str, Any], bool] | None = None,
    ) -> PageAnswer:
        from graphtrace.render.document import Audience
        from graphtrace.render.writers.html_writer import HtmlLayout
        from graphtrace.workbench.mapping_screen import LITERALS, choice_texts, field_groups, field_texts

        data: dict[str, Any] = {
            "title": page_title(label_text("nav_mapping")),
            "ticket": ticket,
            "is_kept": _is_hash(ticket),
            "name": name,
            "form": form,
            "kinds": RECORD_KINDS,
            "fields": field_texts(),
            "field_groups": field_groups(),
            "literals": LITERALS,
            "choices": choice_texts(form) if form.words_of_kind else {},
            "as_read": join_texts(
                label_text("mapping_as_read"),
                *(code_text(text_tables.KINDS, kind) for kind in form.kinds_read),
                by=" · ",
            ),
            "error": error,
            "yaml": form.to_yaml(),
            "earlier": earlier,
            "answered": answer_texts(answers_of_load(last_loads(self._ledger()).get(ticket, {}))),
        }
        if trial is not None:
            document = make_document(LoadedSheets(trial.report.files, is_dry_run=True, is_served=True))
            data |= {"document": document, "layout": HtmlLayout(document.parts, Audience.PAGE)}
            data["tried"] = [each for each in trial.records or () if form.sheet in (None, each.sheet)]
        return plain_answer("mapping.html", data, name="mapping", active="inbox")

    def _answered(self, sha256: str) -> list[str]:
        """Return the answers that the last load of a file of the case took, as a load takes them."""
        line = last_loads(self._ledger()).get(sha256)
        insisted = (
            {(one.field, one.value) for one in parse_answers(line.get("set", ())) if one.is_insisted} if line else ()
        )
        return [
            Answer(name, value, sheet=sheet, is_insisted=(name, value) in insisted).text()
            for sheet, name, value in ([] if line is None else answers_of_load(line))
        ]

    def cancel(self, request: Request, form: dict[str, list[str]]) -> str:  # noqa: ARG002
        """Stop a task."""
        task = self.tasks.get(request.path_params["number"])
        if task is None:
            raise HTTPException(404)
        if task.state == "waiting":
            task.state = "cancelled"
        task.stop.set()
        return "/"


_CHART_WORDS: Final = (
    *("more", "nothing", "no_path", "expand", "rest", "rest_groups", "full", "group", "sized", "no_channel", "left"),
)
"""Texts that the script of the chart says."""
_NO_ADDRESSES: Final[Mapping[str, Any]] = {"card_address": no_address}
_REJECT_COLUMNS: Final = ("file", "sheet", "row", "field", "reason")
_FIND: Final[Mapping[str, Any]] = {"name": "find", "active": "find"}


def _cells_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the filled cells of a rejected row with their headings; of a row of headings each text once."""
    cells = [(heading or "", cell) for heading, cell in json.loads(row["cells"]) if cell]
    return [("" if heading == cell else heading, cell) for heading, cell in cells]


def _masked_leads(found: LeadList, states: Mapping[str, Mapping[str, Any]], masks: Masker) -> dict[str, Any]:
    """Return what the page of leads shows redacted: without letters, which go to their addressee with real data."""
    masked = masks.mask(found)
    pairs = zip(found.addressees, masked.addressees, strict=True)
    asked = ((one, other) for each, its in pairs for one, other in zip(each.requests, its.requests, strict=True))
    shown = {
        f"lead:{other.about}": states[f"lead:{one.about}"] for one, other in asked if f"lead:{one.about}" in states
    }
    return {
        "found": masked,
        "states": {
            about: {
                "state": note["state"],
                "by": masks.apply(Meaning.LOGIN, note["by"]),
                "at": masks.apply(Meaning.DAY, note["at"]),
                "text": masks.apply(Meaning.TEXT, note.get("text")),
            }
            for about, note in shown.items()
        },
        "letters": (),
        "letters_about": lambda _: (),
        "overdue": 0,
        "can_change": False,
        **_NO_ADDRESSES,
    }


def _views(case: Case) -> dict[str, Any]:
    notes = [note for note in case.notes() if note["kind"] == "view"]
    return {note["about"].removeprefix("view:"): chart.complete_view(note["view"]) for note in notes}


def _both(code: str) -> dict[str, str]:
    text = label_text(code)
    return {"en": text.en, "zh": text.zh}


_ALL: Final[dict[AuditRole, str]] = {"enterprise": "all_enterprises", "dealer": "all_dealers"}


def _role(request: Request) -> AuditRole | None:
    """Return the role in which a party is to be audited, if it is given.

    Raises UsageError if it is none.
    """
    asked = request.query_params.get("role", "").strip()
    if not asked:
        return None
    for role in AUDIT_ROLES:
        if role == asked:
            return role
    raise UsageError("bad_audit_role", role=asked, names=AUDIT_ROLES, hint="roles_are", code="bad_role")


def path_param(request: Request, name: str) -> str:
    """Return a parameter of the path; the server has decoded it already."""
    return str(request.path_params[name])


def _pin(command: str, asked: str, day: str | None) -> tuple[str, str] | None:
    """Return what the form of an answer pins; the report asks of now, so that one as of a day cannot be pinned."""
    return None if day else (command, asked)


def _pin_address(pin: Pin) -> str:
    if len(pin.asked) > 1:
        return f"/find?{urlencode({'q': ' '.join(pin.asked)})}"
    if pin.command == "trace":
        return card_address(pin.asked[0])
    return f"/{pin.command}/{quote(pin.asked[0], safe='')}"


def _day(day: str | None) -> dict[str, str]:
    return {} if day is None else {"as_of": day}


def _with_day(address: str, day: str | None) -> str:
    return address if day is None else f"{address}?{urlencode(_day(day))}"


def _loaded_sheets(report: LoadReport) -> LoadedSheets:
    return LoadedSheets(
        report.files,
        skipped=report.skipped,
        watch_hits=report.watch_hits,
        replies=report.replies,
        answers=report.answers,
        has_case=report.ledger_head is not None,
        is_served=True,
    )


def _rows_of_no_record(counted: Mapping[str, Any]) -> int:
    """Return how many rows of a file, or of a sheet as the ledger has it, say themselves that they are no records."""
    is_file = "unread_rows" in counted
    return int(counted["rejected"] - counted["unread_rows"] if is_file else counted.get("no_record", 0))


def mapping_address(sha256: str, sheet: str | None) -> str:
    """Return the page on which a person says what the columns of a sheet are."""
    return f"/mapping/{sha256}?{urlencode({'sheet': sheet})}" if sheet else f"/mapping/{sha256}"


def _keys(texts: Sequence[str]) -> set[LineKey]:
    return {key for text in texts if (key := line_key(text)) is not None}


def _is_hash(ticket: str) -> bool:
    return len(ticket) == 64 and set(ticket) <= set("0123456789abcdef")


def _texts(query: Query) -> dict[str, Text]:
    header = query.header
    texts = {"question": header.question, "counts": header.counts}
    texts |= {f"p:{one.name}": one.meaning for one in header.parameters}
    return {name: in_both(lambda lang, text=text: getattr(text, lang)) for name, text in texts.items()}  # type: ignore[misc]
