"""Typed answers to what people and programs read: the only room where a code becomes a sentence.

``messages`` words · ``bilingual`` words in both languages at once · ``language`` which of them is spoken · ``json`` the
dicts of the interface · ``document`` the tree of an answer · ``views`` an answer to its tree · ``writers`` a tree to a
format · ``figures`` drawings · ``files`` what is written whole or not · ``safe`` what keeps hostile text inert.

Answers that are no trees yet have layouts of their own: ``rows`` CSV, ``terminal`` text, ``html`` pages and fragments,
``*_workbook`` spreadsheets.
"""

from graphtrace.locale import Lang as Lang
