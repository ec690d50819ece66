"""Questions where a title, or the name of a sheet, speaks against all its rows."""

from __future__ import annotations

from graphtrace.ingest.acts import EXCHANGE, NOTHING, fold_word
from graphtrace.ingest.given_answers import WORDS
from graphtrace.ingest.preamble import TitleVerdict
from graphtrace.ingest.row_status import IGNORE
from graphtrace.locale import phrase
from graphtrace.results.reports import OpenQuestion


def title_question(verdict: TitleVerdict, kind: str, rows: int) -> OpenQuestion:
    """Return the question whether the word of a title says what it seems to say of all rows."""
    asked = "title_denies" if verdict.is_denial else "title_means"
    asked = "title_of_exchange" if verdict.meaning == EXCHANGE else asked
    return OpenQuestion(
        field=f"{WORDS}{fold_word(verdict.word)}",
        kind=kind,
        rows=rows,
        text=phrase(asked, word=verdict.word, title=verdict.text).in_both(),
        choices=(NOTHING, IGNORE),
        is_required=verdict.meaning == EXCHANGE,
    )
