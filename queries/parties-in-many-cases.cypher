MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.case_no IS NOT NULL AND z.sheet <= seen.sheets
WITH seen, c, collect(DISTINCT z.case_no) AS case_nos
// the card as a node, and the lots around it, which the index finds size class by size class
CALL (seen, c) {
    RETURN c AS covering
    UNION
    UNWIND seen.classes AS cls
    WITH c, cls, toInteger(2 ^ cls) AS width, coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, cls, lo)
    WHERE covering.head = c.head AND covering.cls = cls AND covering.lo > n - width AND covering.lo <= n
        AND covering.hi >= n
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
MATCH (r)-[:GAVE|TO]-(party:Party) WHERE $with_carriers OR NOT party.is_carrier
WITH DISTINCT c, case_nos, party
UNWIND case_nos AS case_no
WITH c, party, case_no ORDER BY case_no
WITH party, collect(DISTINCT case_no) AS case_nos, count(DISTINCT c) AS cards
WHERE size(case_nos) >= $at_least
RETURN party.id AS party_id, party.name AS party_name, size(case_nos) AS cases, case_nos, cards
ORDER BY cases DESC, cards DESC, party_id
