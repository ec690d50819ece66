"""Texts for users, in every language of the product; the lowest layer.

``text`` the data files, and a text by id and parameters, filled in.
"""

from graphtrace.locale.text import LANGS as LANGS
from graphtrace.locale.text import BilingualText as BilingualText
from graphtrace.locale.text import Lang as Lang
from graphtrace.locale.text import Text as Text
from graphtrace.locale.text import fill_template as fill_template
from graphtrace.locale.text import grammar as grammar
from graphtrace.locale.text import load_catalogue as load_catalogue
from graphtrace.locale.text import phrase as phrase
from graphtrace.locale.text import placeholders as placeholders
from graphtrace.locale.text import render_value as render_value
