"""Redaction: answers with pseudonyms in the place of names, identifiers, numbers and contacts (SPEC 10, 12, 13)."""

from __future__ import annotations

from graphtrace.redaction.redacted_answers import Masker, is_redacted

__all__ = ["Masker", "is_redacted"]
