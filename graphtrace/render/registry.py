"""Registry of renderers: the tree and the plain values of every answer, by the type of the answer.

The command line, notebooks and programs look an answer up here; a type that is added to :data:`RENDERERS` has every
format. Modules are imported when an answer of theirs is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.render.provenance import case_head, marked_if_redacted, options_asked, printed_day
from graphtrace.results.embedded import CARRYING, embed
from graphtrace.results.traces import Traces

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.document import Document


class Renderer(NamedTuple):
    """The functions of one type of answer, each as ``module:function``.

    - ``view``: makes the tree of an answer: ``view(answer)``; one that is headed by the case, ``view(answer, case)``.
    - ``schema``: name of the schema of its JSON.
    - ``page``: makes a page of another shape than that of its tree: ``page(answer, lang, case=…, as_of=…)``.
    - ``is_one``: whether the functions are asked for a list of such answers, here of one.
    - ``is_headed_by_case``: whether the view is given the name of the case besides.
    """

    view: str
    schema: str
    page: str | None = None
    is_one: bool = False
    is_headed_by_case: bool = False


def _renderer(view: str, schema: str, page: str | None = None, *, is_one: bool = False) -> Renderer:
    whole = None if page is None else f"graphtrace.render.html.{page}"
    return Renderer(f"graphtrace.render.views.{view}", schema, whole, is_one=is_one)


_TRACE = _renderer("trace_view:trace_view", "trace", "trace_page:trace_page")
_AUDIT = _renderer("audit_view:audit_view", "audit")
_CHECK = _renderer("example_view:check_view", "simulate-check")

RENDERERS: Final[dict[str, Renderer]] = {
    "graphtrace.results.audit.Audit": _AUDIT._replace(is_one=True),
    "graphtrace.results.audit.AuditResults": _AUDIT,
    "graphtrace.results.judgements.Candidates": _renderer("answer_parts:candidates_view", "candidates"),
    "graphtrace.results.party.PartySummary": _renderer("party_view:party_view", "party"),
    "graphtrace.results.library.QueryResult": _renderer("graph_view:query_view", "query"),
    "graphtrace.results.shared_parties.SharedParties": _renderer(
        "shared_parties_view:shared_parties_view", "common", "trace_page:shared_parties_page"
    ),
    "graphtrace.results.siblings.Siblings": _renderer("card_view:siblings_view", "siblings"),
    "graphtrace.results.trace.Trace": _TRACE._replace(is_one=True),
    "graphtrace.results.traces.Traces": _TRACE,
    "graphtrace.results.case_status.CaseStatus": _renderer("case_view:status_view", "status"),
    "graphtrace.results.case_status.CaseLog": _renderer("case_view:log_view", "log"),
    "graphtrace.results.case_status.CaseListing": _renderer("case_view:cases_view", "cases"),
    "graphtrace.results.case_status.FoundElsewhere": _renderer("case_view:elsewhere_view", "find"),
    "graphtrace.results.case_status.CopyResult": _renderer("case_view:copy_view", "copy"),
    "graphtrace.results.bundle.SealedBundle": _renderer("case_view:sealed_view", "bundle"),
    "graphtrace.results.bundle.OpenedBundle": _renderer("case_view:opened_view", "open"),
    "graphtrace.results.letters.Letters": _renderer("answer_parts:letters_view", "letters"),
    "graphtrace.results.subgraph.ExportResult": _renderer("graph_view:export_view", "export"),
    "graphtrace.render.command_results.CorrectionList": _renderer("case_view:corrections_view", "correct-list"),
    "graphtrace.render.command_results.DemoReport": _renderer("example_view:demo_view", "demo"),
    "graphtrace.render.command_results.Diagnosis": _renderer("case_view:doctor_view", "doctor"),
    "graphtrace.render.command_results.Drilldowns": _renderer("drilldown_view:drilldown_view", "audit-cards"),
    "graphtrace.render.command_results.ExtractedText": _renderer("load_view:extract_view", "extract"),
    "graphtrace.render.command_results.Identifications": _renderer("card_view:identify_view", "identify"),
    "graphtrace.render.command_results.IntegrityReport": _renderer("case_view:verify_view", "verify"),
    "graphtrace.render.command_results.JudgementList": _renderer("answer_parts:judgements_view", "resolve"),
    "graphtrace.render.command_results.LoadedSheets": _renderer("load_view:load_view", "load"),
    "graphtrace.render.command_results.QueryList": _renderer("library_view:queries_view", "query-list"),
    "graphtrace.results.evidence_report.EvidenceReport": _renderer("evidence_view:report_view", "report"),
    "graphtrace.results.evidence_report.PinList": _renderer("evidence_view:pins_view", "pin"),
    "graphtrace.results.recipes.RecipeSummary": _renderer("library_view:recipe_view", "recipe"),
    "graphtrace.render.command_results.RecipeList": _renderer("library_view:recipes_view", "recipes"),
    "graphtrace.render.command_results.RuleList": _renderer("library_view:rules_view", "rules-list"),
    "graphtrace.render.command_results.SimulatedCase": _renderer("example_view:simulation_view", "simulate"),
    "graphtrace.results.rules.Rule": _renderer("library_view:rule_view", "rules-show"),
    "graphtrace.results.simulation.CheckReport": _CHECK._replace(is_headed_by_case=True),
    "graphtrace.results.corrections.CorrectionResult": _renderer("case_view:correction_view", "correct"),
    "graphtrace.results.corrections.UnloadResult": _renderer("case_view:unload_view", "unload"),
    "graphtrace.results.case_status.CompactResult": _renderer("case_view:compact_view", "compact"),
    "graphtrace.results.case_status.CaseChanges": _renderer("case_view:changes_view", "status-since"),
    "graphtrace.results.case_status.GuidedQuestions": _renderer("evidence_view:guided_view", "status-questions"),
    "graphtrace.results.case_status.GuidedQuestion": _renderer("evidence_view:question_view", "status-questions"),
    "graphtrace.results.watch.WatchList": _renderer("answer_parts:watch_view", "watch"),
    "networkx.classes.multidigraph.MultiDiGraph": _renderer("graph_view:graph_view", "graph"),
}
"""Renderers by the full name of the type, so that a look-up imports no type."""


ENDINGS: Final = (".json", ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", ".html")
"""Suffixes of file formats; CSV only for answers that are a table."""


def find_renderer(answer: object) -> Renderer:
    """Return the renderer of an answer.

    Raises TypeError if its type has none.
    """
    for kind in type(answer).__mro__:
        renderer = RENDERERS.get(f"{kind.__module__}.{kind.__qualname__}")
        if renderer is not None:
            return renderer
    raise TypeError(f"{type(answer).__name__} cannot be shown so")


def make_document(answer: object, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of an answer; ``case`` is the name of the case on paper."""
    renderer = find_renderer(answer)
    view = _function(renderer.view)
    headed_by = [case] if renderer.is_headed_by_case else []
    document: Document = view(_asked(answer, renderer), *headed_by)
    document.case, document.as_of = case, as_of
    return document


def make_values(answer: object, case: str, lang: Lang) -> dict[str, Any]:
    """Return the JSON dict of an answer of a case; only messages depend on the language."""
    from graphtrace.render.json import answer_document

    find_renderer(answer)
    return answer_document(case, answer, lang)


def make_parts(answer: object, case: str, lang: Lang) -> Iterator[bytes]:
    """Yield the JSON of an answer; one of many members is never in memory as a whole."""
    from graphtrace.render.json import answer_document
    from graphtrace.render.json_parts import to_json_parts

    find_renderer(answer)
    values = answer_document(case, answer, lang, is_streamed=True)
    with marked_if_redacted(answer):
        yield from to_json_parts(values)


def make_plain_values(answer: object, lang: Lang) -> dict[str, Any]:
    """Return the same without version, case and ledger; of one answer of several its own part."""
    from graphtrace.render.json import plain_document

    find_renderer(answer)
    return plain_document(answer, lang)


def hash_answer(answer: object) -> str:
    """Return the SHA-256 of the JSON of an answer alone, in English; it is that of the same answer of any copy.

    Raises TypeError if its type has no JSON.
    """
    from graphtrace.render.json import plain_document
    from graphtrace.render.json_parts import to_json_parts

    find_renderer(answer)
    values = plain_document(answer, "en", is_streamed=True)
    digest = sha256()
    with marked_if_redacted(answer):
        for part in to_json_parts(values):
            digest.update(part)
    return digest.hexdigest()


def make_file(
    answer: object, ending: str, lang: Lang, *, title: str | None = None, as_of: str | None = None
) -> str | bytes:
    """Return the content of a file in the format of ``ending``, one of :data:`ENDINGS` except JSON and text.

    Where the options are stated with which the answer can be asked again, the file carries its JSON for ``verify``.
    """
    from graphtrace.render.writers import render_file

    renderer = find_renderer(answer)
    with marked_if_redacted(answer):
        content: str | bytes
        if ending == ".html" and renderer.page is not None:
            content = _function(renderer.page)(_asked(answer, renderer), lang, case=title, as_of=as_of)
        else:
            content = render_file(make_document(answer, case=title, as_of=as_of), ending, lang)
        if ending not in CARRYING or options_asked() is None:
            return content
        head, day = case_head(), printed_day()
        letters_on = answer.letters.day if isinstance(answer, Traces) else None
        told = {"title": title, "case_head": None if head is None else head._asdict(), "day": day}
        told |= {"letters_on": letters_on or None}
        return embed(content, ending, {"answer": make_values(answer, title or "", lang), "told": told})


def _asked(answer: object, renderer: Renderer) -> object:
    return [answer] if renderer.is_one else answer


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]
