"""Words of letters: what a request asks for and why, its period, its day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphtrace.results.letters import LetterRequest

if TYPE_CHECKING:
    from graphtrace.render import Lang

LISTED: Final = 12
"""Maximum number of ranges that stand in the letter itself; more stand in the annex only."""


def what_is_asked(request: LetterRequest, lang: Lang) -> str:
    """Return the records that a request asks for, in detail."""
    from graphtrace.locale import phrase
    from graphtrace.render import text_tables
    from graphtrace.render.format import translate

    if request.sales:
        sales = [phrase("letter_sale", **sale._asdict()) for sale in request.sales[:LISTED]]
        more = len(request.sales) - len(sales)
        return _as_sentence(phrase("letter_sales", sales=sales, more=more or None).render(lang))

    return _as_sentence(translate(text_tables.ASKED_RECORDS, request.record_type, lang))


def why_asked(request: LetterRequest, lang: Lang) -> str:
    """Return the reason of a request, as the lead states it."""
    from graphtrace.render import text_tables
    from graphtrace.render.format import translate

    return _as_sentence(translate(text_tables.REASONS, request.because, lang))


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def format_period(request: LetterRequest, lang: Lang) -> str:
    """Return the period of a request; a dash where it has none."""
    if not (request.since or request.until):
        return "—"
    from graphtrace.locale import phrase

    return phrase("letter_period", since=request.since or "…", until=request.until or "…").render(lang)


def format_day(day: str, lang: Lang) -> str:
    """Return a day as letters write it."""
    if lang != "zh":
        return day
    year, month, of_month = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{of_month}日"
