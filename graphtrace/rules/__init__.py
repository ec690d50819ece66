"""Rules of an audit as data: a query about an enterprise's cards, its meaning, and its legal ground, if any.

A rule is a YAML file (``builtin/`` has those of the product) that names a query of the query library. The query finds,
the rule says what was found: its severity, its words and the values of its parameters. Nothing here knows a store; the
relations that the queries ask stand on a workbench.
"""
