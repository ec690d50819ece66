"""Typed answers to what people and programs read: the only room where a code becomes a sentence.

``format`` turns codes into sentences, ``i18n`` holds text in both languages, ``language`` chooses one · ``json`` the
dicts of the interface · ``document`` the tree of an answer · ``views`` an answer to its tree · ``writers`` a tree to a
format · ``figures`` drawings · ``atomic`` writes files whole · ``sanitize`` escapes hostile text.

Answers that are no trees yet have layouts of their own: ``csv``, ``terminal`` text, ``html`` pages and fragments,
``*_workbook`` spreadsheets.
"""

from graphtrace.locale import Lang as Lang
