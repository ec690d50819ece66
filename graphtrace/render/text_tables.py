"""Tables of words and sentences in both languages; the texts are data (:mod:`graphtrace.locale`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from graphtrace.locale import BilingualText as BilingualText
from graphtrace.locale import load_catalogue


class TextTable(Mapping[str, BilingualText]):
    """Tables of the catalogues merged, later ones first; they are read at first use."""

    def __init__(self, *names: str) -> None:
        self._names = names

    @cached_property
    def _entries(self) -> dict[str, BilingualText]:
        en, zh = load_catalogue("en"), load_catalogue("zh")
        return {code: BilingualText(text, zh[name][code]) for name in self._names for code, text in en[name].items()}

    def __getitem__(self, code: str) -> BilingualText:
        return self._entries[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


FINDINGS = TextTable("findings")
REASONS = TextTable("reasons")
LEADS = TextTable("leads")
PHRASES = TextTable("phrases")
REJECTS = TextTable("rejects")
QUESTIONS = TextTable("questions")
"""Questions about what a sheet leaves open of what its records must carry, by field."""
REMARKS = TextTable("remarks")
"""Warnings about loaded rows, apart from the reasons of :data:`REJECTS` for which an optional field was left out."""
PAGE_HINTS = TextTable("page_hints")
"""Hints of errors as pages say them, by the id of the hint that names a command."""
LETTER_FORMS = TextTable("letter_forms")
"""Templates of letters that ship, by their names."""
PROBLEMS = TextTable("problems")
ERRORS = TextTable("error_codes")
"""Subject of an error, by its public code; Chinese readers get it beside the message."""
OUTCOMES = TextTable("outcomes")
OUTCOME_TAGS = TextTable("outcomes", "outcome_tags")
"""Outcomes in a column or beside a count."""
CHAIN_OUTCOMES = TextTable("outcomes", "chain_outcomes")
"""Outcomes of one chain of several."""
EXPLANATIONS = TextTable("explanations")
MEANINGS = TextTable("outcome_meanings")
"""Meaning of each outcome, and what it does not mean; every page has it beside the explanation."""
CONTACT_KINDS = TextTable("contact_kinds")
FIELDS = TextTable("fields")
KINDS = TextTable("kinds")
PRECISIONS = TextTable("precisions")
CARRIERS = TextTable("carriers")
IDENTIFIERS = TextTable("identifiers")
CHECKSUMS = TextTable("checksums")
CHECKS = TextTable("checks")
"""Results of a check of this machine."""
SEVERITIES = TextTable("severities")
CONFIDENCES = TextTable("confidences")
HINTS = TextTable("number_hints")
BUCKETS = TextTable("buckets")
FIGURES = TextTable("buckets", "figures")
"""Figures of an audit that can be opened."""
AUDIT_ROLES = TextTable("audit_roles")
BOOKS = TextTable("books")
"""Sides of the books that a balance rests on."""
PARTY_KINDS = TextTable("party_kinds")
ALIAS_KINDS = TextTable("alias_kinds")
LEGAL_FORMS = TextTable("legal_forms")
SHEETS = TextTable("sheets")
"""Titles of the sheets of a spreadsheet."""
HEADINGS = TextTable("headings")
"""Headings of the columns of a spreadsheet."""
WANTED = TextTable("wanted")
"""Record that a lead asks for."""
ASKED_RECORDS = TextTable("asked_records")
"""Records that a letter asks for, in detail."""
ROLES = TextTable("roles")
"""Role of a party for a card, as it stands before a number of cards."""
RANKINGS = TextTable("rankings")
"""Meaning of each ranking of the parties that cards share."""
ELEMENTS = TextTable("elements")
"""Items of a graph or an export, in counts; an unknown item is written as its code."""
GRAPH = TextTable("graph")
"""Meaning of each label, group of properties and relationship of the graph of a server, for docs/model.md."""
GUIDED_QUESTIONS = TextTable("guided_questions")
GUIDED_STATES = TextTable("guided_states")
GUIDED = TextTable("guided")
"""Parts of the answers to the guided questions, and what is missing."""
WATCH_FORMS = TextTable("watch_forms")
"""What a watched value is compared as."""
WATCH_ROLES = TextTable("contact_kinds", "watch_roles")
"""Role of a watched value in a row."""
LOG_NAMES = TextTable("log_names")
"""What a line of the log says, by the name of the parameter."""
LABELS = TextTable("labels")
PAGES = TextTable("pages", "workbench")
"""Texts of pages and drawings only, those of the workbench included."""
SIMULATION_SCENARIOS = TextTable("simulation_scenarios")
"""Description of a scenario of a synthetic case."""
SIMULATION_LABELS = TextTable("simulation_labels")
