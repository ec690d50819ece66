"""Answers as trees: one view an answer, read by every writer."""
