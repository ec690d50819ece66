"""The colours, in one place. Every one of them stands beside a word that says the same."""

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
