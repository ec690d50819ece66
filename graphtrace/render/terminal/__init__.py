"""Rich renderables of answers for a terminal of at least 60 columns, with or without colour.

Nothing that came from a file is markup here, and no list is cut without saying how much is left and how to see it.
"""
