"""Answers as data, and what every answer can do; nothing here asks a store."""
