"""Colours of the terminal. Each of them accompanies a word with the same meaning."""

from __future__ import annotations

OUTCOMES = {
    "continuous": "green",
    "inferred": "yellow",
    "broken": "red",
    "ambiguous": "magenta",
    "not_found": "",
}
SEVERITIES = {"error": "red", "warning": "yellow", "info": "cyan"}

LABEL = "dim"
NAME = "bold"
PLACE = "dim"
TITLE = "bold"
MISSING = "red"
GUESSED = "yellow"
COMMAND = "cyan"
