"""Every text that an answer can hold has a declared meaning, so that none is shown unmasked."""

from __future__ import annotations

import importlib
import pkgutil
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest

import graphtrace.evidence.leads_by_addressee
import graphtrace.identifiers.interpretations
import graphtrace.model
import graphtrace.render.command_results
import graphtrace.results
import graphtrace.workbench.search
from graphtrace.errors import UsageError
from graphtrace.model import Finding, Origin, Party
from graphtrace.query_library import load_queries
from graphtrace.redaction.meanings import FIELDS, KEYS, Meaning
from graphtrace.redaction.redacted_answers import _SPECIAL, Masker, UndeclaredText
from graphtrace.results.load_report import PassedOver
from graphtrace.rules.rule_loader import load_rules

NOT_MASKED = {
    # what is no answer: what a load or a mapping reads, and what engines hand on
    *("CustodyEvent", "SheetReport", "LoadReport", "PassedOver", "UnusedAnswer", "Reject", "RowWarning"),
    *("ColumnReport", "Offer", "SampleCell", "SheetEvidence", "OpenQuestion", "ColumnGuess", "SheetGuess"),
    *("TextFind", "ExtractedText", "LoneNames", "GraphNode", "GraphEdge", "PartnerGroup"),
    # what leaves the unit for its addressee, or is stated for the unit itself
    *("SealedBundle", "BundleSignature", "BundleStamp", "OpenedBundle"),
    *("ListedCase", "OtherCase", "HitElsewhere", "Letter", "LetterFile", "LetterRequest", "LetterReply", "LetterState"),
    *("Letters", "LetterAnswer", "AnnexLayout", "OwnRow", "Sale", "Annex", "AnnexedCard"),
    # what is about synthetic cases, copies, formats and rules as such
    *("CopyResult", "ComparisonItem", "CaseComparison", "ScenarioCount", "SimulationResult", "Mismatch"),
    *("AliasCount", "CheckReport", "RecipeSummary", "FormatColumn", "FormatQuestion"),
    *("Parameter", "QueryColumn", "QueryHeader", "RuleParameter", "SimulatedCase", "DemoReport", "Check"),
    # what stands in JSON only: it is made of an answer that is masked already
    *("SheetName", "AuditMonth", "Questioned", "RuleNotAsked", "Registrant", "Because", "RestsOn", "Asked"),
    *("ExtraCells", "LetterSuspension", "LetterAboutLead", "LetterOverdue", "LetterOnDay"),
}
"""Types that hold text and that no redacted answer holds: one that did would be refused, not shown."""


def _modules() -> list[ModuleType]:
    names = [found.name for found in pkgutil.iter_modules(graphtrace.results.__path__)]
    results = (importlib.import_module(f"graphtrace.results.{name}") for name in names)
    others = (
        graphtrace.render.command_results,
        graphtrace.identifiers.interpretations,
        graphtrace.workbench.search,
        graphtrace.evidence.leads_by_addressee,
    )
    return [graphtrace.model, *results, *others]


def _types() -> dict[str, type]:
    found = {
        name: kind
        for module in _modules()
        for name, kind in vars(module).items()
        if isinstance(kind, type) and kind.__module__ == module.__name__
        if is_dataclass(kind) or hasattr(kind, "_fields")
    }
    assert len(found) > 80
    return found


_NAMES = {name: value for module in _modules() for name, value in vars(module).items()} | vars(typing)


def _holds_text(hint: Any) -> bool:
    if hint in (str, Any, Path, object):
        return True
    if isinstance(hint, type) and issubclass(hint, str):
        return not issubclass(hint, graphtrace.model.Outcome)
    if get_origin(hint) is np.ndarray:
        return False
    if get_origin(hint) is Literal:
        return any(isinstance(word, str) for word in get_args(hint))
    if isinstance(hint, UnionType) or get_origin(hint) is not None:
        return any(_holds_text(part) for part in get_args(hint))
    return False


def _texts_of(kind: type) -> set[str]:
    hints = typing.get_type_hints(kind, localns=_NAMES)
    names = [each.name for each in fields(kind)] if is_dataclass(kind) else kind._fields  # type: ignore[attr-defined]
    return {name for name in names if _holds_text(hints[name])}


def test_every_text_of_a_result_has_a_declared_meaning() -> None:
    types = {name: _texts_of(kind) for name, kind in _types().items() if name not in _SPECIAL}
    assert [name for name in NOT_MASKED & types.keys() if not types[name]] == [], "no text: not to be named here"
    assert NOT_MASKED & FIELDS.keys() == set()
    masked = {name: texts - set(FIELDS.get(name, ())) for name, texts in types.items() if name not in NOT_MASKED}
    assert {name: undeclared for name, undeclared in masked.items() if undeclared} == {}


def test_every_declared_field_is_one_of_a_type() -> None:
    types = _types()
    assert {(name, field) for name, meanings in FIELDS.items() for field in meanings if name not in types} == set()
    assert [
        (name, field) for name, meanings in FIELDS.items() for field in meanings if field not in _texts_of(types[name])
    ] == []


def test_a_type_whose_texts_are_not_declared_is_an_error() -> None:
    with pytest.raises(UndeclaredText):
        Masker(bytes(32)).mask(PassedOver("夏秋.pdf", "pdf", None))
    with pytest.raises(UsageError, match="cannot be shown redacted"):
        Masker(bytes(32)).answer(PassedOver("夏秋.pdf", "pdf", None))


def test_every_column_of_the_query_library_has_a_meaning() -> None:
    columns = {column.name for query in load_queries() for column in query.header.columns}
    assert len(columns) > 100
    assert {name for name in columns if name not in KEYS} <= COUNTED | OF_PARTIES
    assert KEYS["name"] is Meaning.NAME


def test_every_column_of_the_rules_has_a_meaning() -> None:
    columns = {column.name for rule in load_rules() for column in rule.query.header.columns}
    assert len(columns) > 50
    assert {name for name in columns if name not in KEYS} <= COUNTED | OF_PARTIES


COUNTED = {
    *("activations", "beyond", "by_other", "cards_back", "cards_listed", "cards_quantity", "cases", "days"),
    *("declared_sold", "declared_stock", "deepest", "depth", "duplicate", "handled", "high", "hops", "is_carrier"),
    *("judged_apart", "least_cards", "least_parties", "least_recipients", "least_sales", "loaded", "max_depth"),
    *("activated_sold", "after_days", "by_name", "may_have_left", "sold_undeclared"),
    *("missing", "missing_at_most", "most", "most_cards", "most_parties", "quantity", "quantity_cards", "records"),
    *("records_back", "records_there", "rejected", "row", "rows", "sales", "sellers", "senders", "sent", "share"),
    *("share_percent", "shortest", "shortest_days", "step", "stock", "supplied", "surplus", "suppliers", "threshold"),
    *("to_carrier", "used", "users", "z", "buyers", "holders", "receivers", "recipients", "parties"),
}
"""Columns that are numbers or whether something holds; where one were text, it would be left out."""

OF_PARTIES = {*("dealer", "person", "recipient", "seller", "user", "holder", "party", "parties")}
"""Columns of rules that hold a party with its id and name, or several."""


def test_a_text_below_an_unknown_name_is_left_out() -> None:
    masker = Masker(bytes(32))
    finding = Finding(code="own", severity="info", params={"whose": "夏秋", "cards": 3, "parties": ["夏秋"]})
    assert masker.mask(finding).params == {"whose": "[left out]", "cards": 3, "parties": ["[left out]"]}


def test_parties_in_parameters_have_the_pseudonym_of_their_id() -> None:
    masker = Masker(bytes(32))
    party = Party("id:91990100MA7XH00108", "夏秋物联有限公司")
    finding = Finding(code="own", severity="info", params={"hop": {"n": 1, "to": {"id": party.id, "name": "夏秋"}}})
    shown = masker.party(party)
    assert shown.name.startswith("enterprise-")
    assert masker.mask(finding).params["hop"]["to"] == {"id": shown.id, "name": shown.name}


def test_the_same_value_has_the_same_digits_in_every_place_and_language() -> None:
    one, other = Masker(bytes(32), "en"), Masker(bytes(32), "zh")
    in_card, in_row = one.text(Meaning.CARD, "8986061900000000001"), other.text(Meaning.CARD, "89860619000000000012")
    assert (in_card, in_row) == (f"card-{_digits(in_card)}", f"卡-{_digits(in_card)}")
    typed, in_contact = one.text(Meaning.NUMBER, "+86 138-0013-8000"), one.text(Meaning.CONTACT, "13800138000")
    assert _digits(typed) == _digits(in_contact)


def _digits(pseudonym: str | None) -> str:
    return str(pseudonym).rpartition("-")[2]


def test_other_keys_make_other_pseudonyms() -> None:
    one, other = Masker(bytes(32)), Masker(bytes([1] * 32))
    assert one.text(Meaning.CARD, "8986061900000000001") != other.text(Meaning.CARD, "8986061900000000001")


def test_a_carrier_is_named_by_its_usual_name_and_an_unknown_one_is_not() -> None:
    masker = Masker(bytes(32), "zh")
    known = masker.party(Party("carrier:china-unicom", "中国联合网络通信有限公司云洲市分公司", is_carrier=True))
    unknown = masker.party(Party("carrier:vno-夏秋通信", "夏秋通信", is_carrier=True))
    assert (known.id, known.name, known.is_carrier) == ("carrier:china-unicom", "中国联通", True)
    assert unknown.name.startswith("运营商-")
    assert "夏秋" not in unknown.id


def test_a_sheet_with_several_tables_keeps_the_cells_of_the_table() -> None:
    origin = Origin(file="夏秋.xlsx", sha256="ab" * 32, sheet="夏秋出库!A3:F20", row=7, extra='{"备注": "夏秋"}')
    shown = Masker(bytes(32)).mask(origin)
    assert shown.sheet is not None
    assert shown.sheet.endswith("!A3:F20")
    assert "夏秋" not in repr(shown)
    assert shown.row == 7


@pytest.mark.parametrize(
    ("meaning", "kept", "other"),
    [
        (Meaning.DAY, "2024-03-05T17:19:12+08:00", "夏秋"),
        (Meaning.AMOUNT, "1,200.50", "夏秋"),
        (Meaning.PROVINCE, "江苏省", "夏秋"),
        (Meaning.CARRIER, "china-mobile", "夏秋"),
        (Meaning.CELLS, "A3:F20", "夏秋"),
    ],
)
def test_what_stays_is_kept_only_in_its_own_form(meaning: Meaning, kept: str, other: str) -> None:
    masker = Masker(bytes(32))
    assert masker.text(meaning, kept) == kept
    assert "夏秋" not in str(masker.text(meaning, other))
