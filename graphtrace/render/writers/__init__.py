"""Writers of documents, one for each format; none knows a type of answer.

``terminal_writer`` lines of text · ``html_writer`` pages and fragments of HTML · ``plain_report`` Markdown ·
``docx_writer`` · ``pdf_writer`` · ``sheet_writer`` workbooks and CSV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.document import Document


def render_file(document: Document, ending: str, lang: Lang) -> str | bytes:
    """Return the content of a file in the format of ``ending``: one of those below."""
    match ending:
        case ".csv":
            from graphtrace.render.writers.sheet_writer import render_csv

            return render_csv(document)
        case ".docx":
            from graphtrace.render.writers.docx_writer import render_docx

            return render_docx(document, lang)
        case ".html":
            from graphtrace.render.writers.html_writer import render_html

            return render_html(document, lang)
        case ".md":
            from graphtrace.render.writers.plain_report import render_markdown

            return render_markdown(document, lang)
        case ".pdf":
            from graphtrace.render.writers.pdf_writer import render_pdf

            return render_pdf(document, lang)
        case ".xlsx":
            from graphtrace.render.writers.sheet_writer import render_xlsx

            return render_xlsx(document, lang)
        case _:
            raise ValueError(f"no writer for {ending}")
