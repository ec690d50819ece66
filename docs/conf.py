"""Settings of Sphinx for the documentation site; ``docs/site.py`` says the language and the folder of the pages."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import graphtrace

project = "graphtrace"
author = "the authors of graphtrace"
release = version = graphtrace.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"graphtrace {release}"
html_copy_source = False
html_show_sphinx = False
html_permalinks_icon = "#"
# what is not numbered stays as it is written; the anchors are those that the links of the pages use
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
# pages of the project itself, such as the change log, stand in no table of contents
suppress_warnings = ["toc.not_included", "misc.highlighting_failure"]
