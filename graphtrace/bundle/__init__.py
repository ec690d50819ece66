"""Sealed cases to hand over: a bundle is written from a case, checked, and a case is derived again from it.

A bundle is a folder or zip archive laid out as BagIt (RFC 8493). It holds what a case was made from and what people
added, and never its database.
"""
