"""Measures graphtrace and what else could be taken in its place: ``make bench``; docs/performance.md says how."""
