"""Rendering of typed answers for people and programs: the codes of an answer become sentences here.

``format`` turns codes into sentences, ``i18n`` holds text in both languages, ``language`` chooses one · ``json`` the
dicts of the interface · ``document`` the tree of an answer · ``views`` an answer to its tree · ``writers`` a tree to a
format · ``figures`` drawings · ``atomic`` writes files whole · ``sanitize`` escapes hostile text.

``registry`` says which view and which schema an answer has; results declare their JSON (:mod:`graphtrace.wire`), of
which ``json_schema`` makes the published schemas. The pages of ``trace`` and ``common``, whose drawings can be
explored, are made in ``html``.
"""

from graphtrace.locale import Lang as Lang
