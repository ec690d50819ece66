"""Rich renderables: the answers as a person reads them, from 60 columns up, in colour or without.

Nothing that came from a file is markup here, and no list is cut without saying how much is left and how to see it.
"""
