"""Answers as self-contained pages: one file each, without network access; every text is treated as untrusted.

A page of headings, tables and lists is written from the tree of its answer (``render.document``) and needs no template
of its own. How to make a page of another shape:

1. A template in ``templates/`` that begins with ``{% extends "base.html" %}``, ``{% import "parts.html" as parts %}``
   and fills ``{% block kind %}`` (what the page is, beside the name of the program) and ``{% block main %}`` (or, for
   another arrangement than one column, ``{% block page %}``). ``parts`` has what pages share: ``title``, ``figures``
   (numbers that stand for themselves), ``bar`` (a share of a whole), ``heads`` of a table, ``findings``, ``party``,
   ``origins``, ``outcome``. ``<section class="section">`` is a section, ``<table class="table stacks">`` in a
   ``<div class="scroll">`` a table, ``<dl class="key">`` the two or three things that are looked for first.
2. A module here with one function ``…_page(answer, lang, …) -> str`` that calls
   :func:`~graphtrace.render.html.page.render_page` with ``title`` (a ``BilingualText``) and what
   the template shows.
3. Words in both languages: ``label("code", …)`` for ``catalogue.PAGES`` and ``catalogue.LABELS``, ``named(table,
   code)`` for the other tables. A ``BilingualText`` is shown in both languages, of which the reader sees one.
4. Text of the case is given as it is: every ``{{ … }}`` is made visible and escaped. Never ``| safe``.

What a page can do without more: a link ``<a href="#ID" data-open>`` to a row ``<tr id="ID">`` of a table with heads
opens that row in the panel at the side; so does every link within an element ``data-arrows``, in which the arrow keys
move. Of a cell, ``only-detail`` is shown in the panel only and ``not-detail`` in the table only. Data for a script is
given with ``json_block``; a script of its own is named in ``scripts``. Styles belong into ``assets/page.css``: the
policy of the page forbids ``style`` attributes. What is to be printed must not need a script.
"""
