"""The graph on a server, in the words of its declaration."""

from __future__ import annotations

from graphtrace.storage.neo4j.neo4j_schema import INDEXES, LABELS, NODES

from .server import Place

_TYPES = {"string": "String", "long": "Long", "boolean": "Boolean", "byte[]": "ByteArray"}
_END = "CASE WHEN {0}:Record THEN 'Record' ELSE labels({0})[0] END"
"""A record has several labels, and the server says them in no order."""

Index = tuple[str, tuple[str, ...], bool]
"""Label, properties, and whether they are unique."""


def allowed_types(declared: str) -> set[str]:
    """The types that a server may report; it has every empty list as one of texts."""
    if declared in _TYPES:
        return {_TYPES[declared]}
    return {f"{_TYPES[declared.removesuffix('[]')]}Array", "StringArray"}


def found_properties(place: Place) -> dict[str, dict[str, set[str]]]:
    """The types of each property of each label."""
    found: dict[str, dict[str, set[str]]] = {}
    for labels, name, types in place.rows(
        "CALL db.schema.nodeTypeProperties() YIELD nodeLabels, propertyName, propertyTypes "
        "RETURN nodeLabels, propertyName, propertyTypes"
    ):
        label = "Record" if "Record" in labels else labels[0]
        found.setdefault(label, {}).setdefault(name, set()).update(types)
    return found


def found_links(place: Place) -> set[tuple[str, str, str, str | None]]:
    """The relationships: label, type, label, and the kind of the record at one end, where the declaration has kinds."""
    kinds = {label: kind for kind, label in LABELS.items()}
    rows = place.rows(
        f"MATCH (a)-[r]->(b) RETURN DISTINCT {_END.format('a')}, type(r), {_END.format('b')}, "
        "[label IN labels(a) + labels(b) WHERE label IN $labels]",
        labels=list(kinds),
    )
    return {(a, link, b, kinds[own[0]] if own and a != "Correction" else None) for a, link, b, own in rows}


def found_indexes(place: Place) -> set[Index]:
    """The indexes of a server, apart from those that it makes itself."""
    rows = place.rows("SHOW INDEXES YIELD labelsOrTypes, properties, owningConstraint, type WHERE type <> 'LOOKUP'")
    return {(labels[0], tuple(names), owner is not None) for labels, names, owner, _ in rows}


def declared_indexes() -> set[Index]:
    """The indexes that are declared."""
    unique = {(kind.label, (kind.key,), True) for kind in NODES.values() if kind.key}
    return unique | {(label, tuple(names), False) for label, *names in map(str.split, INDEXES)}


def drop_indexes(place: Place) -> None:
    """Drops all constraints and indexes, which outlive what is in the database."""
    for (name,) in place.rows("SHOW CONSTRAINTS YIELD name"):
        place.rows(f"DROP CONSTRAINT {name}")
    for (name,) in place.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
        place.rows(f"DROP INDEX {name}")
