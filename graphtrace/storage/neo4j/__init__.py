"""Cases on a Neo4j server: the same records, the same answers, and a graph for visual exploration.

docs/model.md draws the graph. Parties are resolved by the same rule, cards are found by the same keys, and all
reasoning is done above the store, so nothing here decides an answer.
"""
