"""Typed answers to what people and programs read: the only room where a code becomes a sentence.

``messages`` words · ``json`` the dicts of the interface · ``rows`` one line per hop · ``terminal`` rich renderables ·
``safe`` what keeps hostile text inert in all of them.
"""

from typing import Literal

Lang = Literal["en", "zh"]
"""The languages of everything that is not data."""
