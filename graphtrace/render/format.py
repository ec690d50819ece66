"""Codes and parameters made into sentences, in English and in Chinese.

A sentence holds names as the files wrote them: the caller that shows it makes them inert (``safe``).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.locale import fill_template, grammar, phrase, render_value
from graphtrace.model import Outcome, Party, party_dict
from graphtrace.patterns import late
from graphtrace.render import Lang, text_tables
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from graphtrace.model import Chain, Finding, Lead
    from graphtrace.results.audit import DurationSummary
    from graphtrace.results.case_status import GuidedQuestion, GuidedStatement
    from graphtrace.results.reports import Offer, OpenQuestion
    from graphtrace.results.rules import Rule, RuleFinding
    from graphtrace.results.trace import Trace


def translate(table: Mapping[str, BilingualText], code: str, lang: Lang) -> str:
    """Return the word for ``code`` in a table; an unknown code stands for itself."""
    entry = table.get(code)
    return code if entry is None else getattr(entry, lang)


def format_message(template: BilingualText, params: Mapping[str, Any], lang: Lang) -> str:
    """Fill in a template of the catalogues."""
    if isinstance(name := params.get("sheet"), str):
        params = {**params, "sheet": sheet_name(name, lang)}
    return fill_template(getattr(template, lang), params, lang)


def sheet_name(name: str, lang: Lang) -> str:
    """Return the name of a sheet; a table or page without a name of its own is counted in the language.

    >>> [sheet_name(name, "zh") for name in ("table 2", "page 1!A3:F20", "Table of cards")]
    ['表格2', '第1页!A3:F20', 'Table of cards']
    """
    found = _COUNTED.match(name)
    if found is None or lang == "en":
        return name
    counted = phrase("sheet_table" if found["what"] == "table" else "sheet_page", number=found["number"])
    return counted.render(lang) + name[found.end() :]


_COUNTED: Final = late(r"(?P<what>table|page) (?P<number>[0-9]+)(?=$|!| [(])")


def format_lift(value: float) -> str:
    """Return a lift with three significant figures, from 100 on as an integer."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def format_share(share: float) -> str:
    """Return a share in percent; a share above 0 never reads 0 %, one below 1 never 100 %."""
    if 0 < share < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def finding_message(code: str, params: Mapping[str, Any], lang: Lang) -> str:
    """Return the sentence of a finding; for a code without one, the code and its parameters."""
    form = next((name for name in ("recorded", "held", "returned") if params.get(name)), None)
    form = form or params.get("why") or params.get("reason")
    template = text_tables.FINDINGS.get(f"{code}/{form}") or text_tables.FINDINGS.get(code)
    return _untold(code, params, lang) if template is None else _fill_finding(template, params, lang)


def unread_row(params: Mapping[str, Any], lang: Lang) -> str:
    """Return the row of a finding ``unread_movement`` and why it was not read, for a list of such rows."""
    return _fill_finding(text_tables.LABELS["card_row_unread"], params, lang)


def _fill_finding(template: BilingualText, params: Mapping[str, Any], lang: Lang) -> str:
    named: dict[str, Any] = {}
    for field in ("carrier", "issuer"):
        if isinstance(slug := params.get(field), str):
            named[field] = translate(text_tables.CARRIERS, slug, lang)
    if reason := params.get("reason"):
        table = text_tables.REJECTS if reason in text_tables.REJECTS else text_tables.REMARKS
        named["reason"] = translate(table, reason, lang)
    if alike := params.get("alias_candidates"):
        named["alike"] = alike[0]["parties"]
    for name in ("origin", "record"):
        if origin := params.get(name):
            sheet = sheet_name(origin["sheet"], lang) if origin["sheet"] else None
            named[name] = format_origin(origin["file"], origin["row"], sheet)
    return format_message(template, {**params, **named} if named else params, lang)


def format_finding(finding: Finding, lang: Lang) -> str:
    """Return the sentence of any finding, of custody or of a rule."""
    from graphtrace.results.rules import RuleFinding

    if isinstance(finding, RuleFinding):
        return rule_finding_message(finding, lang)
    return finding_message(finding.code, finding.params, lang)


def rule_finding_message(breach: RuleFinding, lang: Lang) -> str:
    """Return the sentence of a rule's finding: the rule's template, filled in with the parameters."""
    reason = breach.params.get("reason")
    named = {"reason": translate(text_tables.REJECTS, reason, lang)} if isinstance(reason, str) else {}
    return format_message(breach.rule.message, {**breach.params, **named}, lang)


def format_durations(spread: DurationSummary, lang: Lang) -> str:
    """Return the text of a distribution of durations, with the share of the cards for which one is known."""
    if not spread.known:
        return format_message(text_tables.LABELS["spread_unknown"], {}, lang)
    percent = 100 * spread.known / spread.cards
    values = {**spread._asdict(), "share": f"{percent:.0f}%" if percent >= 1 else f"{percent:.2g}%"}
    return format_message(text_tables.LABELS["spread"], values, lang)


def rule_law(rule: Rule, lang: Lang) -> str:
    """Return the text of the provision that a rule cites; of a rule without one, that its thresholds are no law's."""
    if rule.law is None:
        return translate(text_tables.LABELS, "no_legal_claim", lang)
    return format_message(text_tables.LABELS["rule_law"], {"law": getattr(rule.law, lang)}, lang)


def problem_message(code: str, params: Mapping[str, Any], lang: Lang) -> str:
    """Return the sentence of a problem of an integrity check."""
    template = text_tables.PROBLEMS.get(code)
    return _untold(code, params, lang) if template is None else format_message(template, params, lang)


def lead_message(lead: Lead, lang: Lang) -> str:
    """Return the sentence of a lead: the party to ask, the record to ask for, and the reason."""
    asked = party_name(lead.ask, lang) if lead.ask else phrase("the_carrier").render(lang)
    params = {
        "ask": asked,
        "since": lead.since,
        "until": lead.until,
        "why": translate(text_tables.REASONS, lead.because, lang),
    }
    return format_message(text_tables.LEADS[lead.record_type], params, lang)


def guided_state(question: GuidedQuestion, lang: Lang) -> str:
    """Return the words for the state of a guided question."""
    params = {"done": question.done, "total": question.total}
    # that nothing is to be sent is an answer about cards
    state = "nothing_to_send" if question.state == "nothing" and question.answer else question.state
    return format_message(text_tables.GUIDED_STATES[state], params, lang)


def guided_message(statement: GuidedStatement, lang: Lang) -> str:
    """Return the sentence of a part of an answer to a guided question, or of what is missing."""
    params = {**statement.params, "cards": statement.card_count}
    params["party"] = party_name(statement.party, lang) if statement.party else phrase("the_carrier").render(lang)
    if "before" in params:
        before = params["before"]
        params["before"] = party_name(Party(before["id"], before["name"]), lang)
    for name, table in (("wanted", text_tables.WANTED), ("carrier", text_tables.CARRIERS)):
        if params.get(name):
            params[name] = translate(table, params[name], lang)
    return format_message(text_tables.GUIDED[statement.code], params, lang)


def format_question(question: OpenQuestion, lang: Lang, *, is_typed: bool = True) -> str:
    """Return the text of a question that a sheet leaves open; how sides are said only where an answer ``is_typed``."""
    if question.text is not None:
        said = str(getattr(question.text, lang))
        if is_typed and question.field == "date" and question.kind == "seizure":
            return f"{said}{' ' if lang == 'en' else ''}{phrase('may_say_case').render(lang)}"
        if not (is_typed and question.forms):
            return said
        return f"{said}{' ' if lang == 'en' else ''}{_forms_said(question.forms, lang)}"
    name, _, word = question.field.partition(".")
    if word:
        return format_message(text_tables.QUESTIONS[f"{name}_word"], {"word": word}, lang)
    return format_message(
        text_tables.QUESTIONS[question.field], {"kind": translate(text_tables.KINDS, question.kind, lang)}, lang
    )


_KIND_OF_FORM: Final = late(r"(?<![^；; ])[a-z]+(?=:)")


def _forms_said(forms: Sequence[str], lang: Lang) -> str:
    """Return how an answer says who gave cards to whom, with the words of the reader for kinds."""
    said = [_KIND_OF_FORM.sub(lambda word: translate(text_tables.KINDS, word[0], lang), form) for form in forms]
    way = "may_say_legs" if any("#" in form or "；" in form for form in forms) else "may_say_sides"
    return phrase(way, forms=[f"kind={form}" for form in said]).render(lang)


_OFFERS: Mapping[str, str] = {
    "title": "offer_title",
    "sheet_name": "offer_sheet_name",
    "file_name": "offer_file_name",
    "issuer": "offer_issuer",
    "carrier": "offer_carrier",
    "case": "offer_case",
}
_WORD_ANSWERS: Mapping[str, str] = {
    "none": "word_answer_none",
    "ignore": "word_answer_ignore",
    "in": "word_answer_in",
    "out": "word_answer_out",
    "back_in": "word_answer_back_in",
    "back_out": "word_answer_back_out",
}
_DATE_ORDERS: Mapping[str, str] = {"dmy": "date_order_dmy", "mdy": "date_order_mdy", "ymd": "date_order_ymd"}
_CARRIER_WORDS: Mapping[str, str] = {"no": "carrier_word_no", "yes": "carrier_word_yes"}


def format_offer(offer: Offer, lang: Lang) -> str:
    """Return the text of an answer that is proposed, with where it stands."""
    return phrase(_OFFERS[offer.because], name=offer.value).render(lang)


_BLANKS: Mapping[str, str] = {"above": "blank_says_above", "none": "blank_says_nothing"}


def format_choice(question: OpenQuestion, value: str, lang: Lang) -> str:
    """Return the text of one of the only possible answers to a question."""
    asked, _, of_what = question.field.partition(".")
    if asked == "words" and value in _WORD_ANSWERS:
        return phrase(_WORD_ANSWERS[value]).render(lang)
    if asked == "confirmed":
        return phrase("table_confirmed").render(lang)
    if asked == "blanks":
        return phrase(_BLANKS[value]).render(lang)
    if asked == "date_order":
        return phrase(_DATE_ORDERS[value]).render(lang)
    if asked == "kind" and value == "none":
        return phrase("kind_answer_none").render(lang)
    if asked in ("kind", "words"):
        return translate(text_tables.KINDS, value, lang)
    if asked != "carrier" or not of_what:
        return value
    if value in _CARRIER_WORDS:
        return phrase(_CARRIER_WORDS[value]).render(lang)
    return translate(text_tables.CARRIERS, value, lang)


def party_name(party: Party, lang: Lang) -> str:
    """Return the party's name in quotation marks; a carrier that no record names has its usual name."""
    return f"“{party_label(party, lang)}”"


def party_label(party: Party, lang: Lang) -> str:
    """Return the party's name for a table; a carrier that no record names has its usual name."""
    if party.identified_by == "name":
        return grammar("by_name", lang, name=party.name)
    return party.name or (translate(text_tables.CARRIERS, party.carrier, lang) if party.carrier else party.id)


def drawn_name(party: Party, lang: Lang | None) -> str:
    """Return the party's name in a drawing; without a language, for a page in both, nothing but the name."""
    return party_label(party, lang) if lang is not None else party.name or party_label(party, "en")


def format_hint(what: str, value: str, confidence: str, lang: Lang) -> str:
    """Return the text of a hint of a number, with its confidence."""
    stated = f"{translate(text_tables.HINTS, what, lang)} {translate(text_tables.CARRIERS, value, lang)}"
    trust = translate(text_tables.CONFIDENCES, confidence, lang)
    return grammar("remark", lang, text=stated, remark=trust)


def explain_outcome(trace: Trace, lang: Lang, said_of: Sequence[str] = ()) -> str:
    """Explain the outcome of ``trace``: its reason, what it means and what it does not, in two or three sentences.

    ``said_of`` are the files of which it rests on what their loader stated.
    """
    reasons = _reasons(trace)
    if trace.unread_rows and trace.holder is not None:
        reasons.append(("rows_unread", {"holder": _named(trace.holder), "rows": trace.unread_rows}))
    parts = [format_message(text_tables.EXPLANATIONS[code], params, lang) for code, params in reasons]
    is_presumed = trace.outcome is Outcome.BROKEN and trace.end_user is not None and trace.end_user_code != "end_user"
    if not is_presumed and not {"not_found/otherwise", "broken/no_chain"} & dict(reasons).keys():
        parts.append(translate(text_tables.MEANINGS, trace.outcome, lang))
    if (taken := trace.taken_from_another) is not None:
        parts.append(format_message(text_tables.EXPLANATIONS["taken_from_another"], taken.params, lang))
    if trace.chains and said_of:
        parts.append(format_message(text_tables.EXPLANATIONS["said_at_load"], {"files": list(said_of)}, lang))
    return grammar("sentences", lang).join(parts)


def explain_chain(chain: Chain, lang: Lang) -> str:
    """Explain the outcome of one of several chains."""
    parts = [format_message(text_tables.EXPLANATIONS[code], params, lang) for code, params in _reasons_of_chain(chain)]
    return grammar("sentences", lang).join(parts)


def _reasons(trace: Trace) -> list[tuple[str, dict[str, Any]]]:
    match trace.outcome:
        case Outcome.NOT_FOUND if any(finding.code == "damaged_number" for finding in trace.findings):
            return [("not_found/damaged", {})]
        case Outcome.NOT_FOUND if known := [each for each in trace.findings if each.code == "known_otherwise"]:
            return [("not_found/otherwise", dict(known[0].params))]
        case Outcome.NOT_FOUND if trace.unread_rows:
            return [("not_found/unread", {"rows": trace.unread_rows})]
        case Outcome.NOT_FOUND if denials := sum(finding.code == "denied_by_list" for finding in trace.findings):
            return [("not_found/denied", {"lists": denials})]
        case Outcome.NOT_FOUND:
            near = sum(finding.code == "near_miss" for finding in trace.findings)
            if near:
                return [("not_found/near", {"near": near})]
            return [("not_found" if trace.card else "not_found/text", {})]
        case Outcome.AMBIGUOUS:
            code = "ambiguous/registered_later" if _is_registered_later(trace) else "ambiguous"
            return [(code, {"chains": len(trace.chains) + trace.chains_omitted})]
        case _ if not trace.chains:
            return [("broken/no_chain", {})]
        case _:
            return _reasons_of_chain(trace.chains[0])


def _is_registered_later(trace: Trace) -> bool:
    """Whether chains differ in nothing but whom carriers registered on which day: all of it may be true."""
    codes = {finding.code for finding in trace.findings}
    first = [chain.hops[0] for chain in trace.chains if chain.hops]
    days = [hop.when for hop in first if hop.kind == "registration" and hop.when is not None]
    return (
        "multiple_registrants" in codes
        and "double_transfer" not in codes
        and not trace.chains_omitted
        and len({*days}) == len(trace.chains)
    )


def _reasons_of_chain(chain: Chain) -> list[tuple[str, dict[str, Any]]]:
    hops = chain.hops
    guessed = sum(hop.precision == "quantity" for hop in hops)
    if chain.outcome is Outcome.CONTINUOUS:
        ends = {"carrier": _named(hops[0].sender), "holder": _named(chain.holder)}
        return [("continuous", {**ends, "steps": len(hops)})]
    if chain.outcome is Outcome.INFERRED:
        falling = any(later.is_inverted_after(earlier) for earlier, later in itertools.pairwise(hops))
        cause = "both" if guessed and falling else "quantity" if guessed else "date_inversion"
        return [(f"inferred/{cause}", {"steps": guessed})]
    reasons: list[tuple[str, dict[str, Any]]] = []
    if chain.registrant is None:
        reasons.append(("broken/no_purchase", {}))
    gaps = [(before.receiver, after.sender) for before, after in itertools.pairwise(hops) if after.gap_before]
    if gaps:
        (after, before), *others = gaps
        reasons.append(("broken/gap", {"after": _named(after), "before": _named(before), "more": len(others) or None}))
    return reasons


def _untold(code: str, params: Mapping[str, Any], lang: Lang) -> str:
    return ", ".join([code, *(f"{name} {render_value(value, lang)}" for name, value in params.items())])


def _named(party: Party) -> dict[str, Any] | None:
    return party_dict(party)


# -- places, times and sizes -----------------------------------------------------------------------------------

HASH_SHOWN = 12
"""Number of characters of a SHA-256 that identify a file of a case."""

_KILO = 1024
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def format_origin(file: str, row: int, sheet: str | None = None, sha256: str | None = None) -> str:
    """``file:row (sheet) sha256``, of the hash its beginning."""
    named = f"{file}:{row}"
    if sheet:
        named += f" ({sheet})"
    return f"{named}  {sha256[:HASH_SHOWN]}" if sha256 else named


def format_time(time: str) -> str:
    """Return an ISO time of China Standard Time in readable form; a day stays as it is."""
    return time.replace("T", " ").removesuffix("+08:00")


def format_size(count: int) -> str:
    """``count`` bytes in the unit that leaves at most four digits."""
    amount = float(count)
    for unit in _UNITS[:-1]:
        if amount < _KILO:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} {_UNITS[-1]}"
