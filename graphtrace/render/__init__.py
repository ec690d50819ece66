"""Typed answers to what people and programs read: the only room where a code becomes a sentence.

``messages`` words · ``bilingual`` words in both languages at once · ``language`` which of them is spoken · ``json`` the
dicts of the interface · ``rows`` one line per hop · ``terminal`` rich renderables · ``html`` pages and, in its
``fragments``, what a notebook shows · ``figures`` drawings · ``files`` what is written whole or not · ``safe`` what
keeps hostile text inert in all of them.
"""

from typing import Literal

Lang = Literal["en", "zh"]
"""The languages of everything that is not data."""
