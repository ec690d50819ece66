MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.case_no IS NOT NULL AND z.sheet <= seen.sheets
WITH seen, c, collect(DISTINCT z.case_no) AS case_nos
// the card as a node, and the lots around it, which the index finds size class by size class
CALL (seen, c) {
    RETURN c AS covering
    UNION
    UNWIND seen.classes AS size_class
    WITH c, size_class, toInteger(2 ^ size_class) AS width, coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
    MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, size_class, low)
    WHERE covering.head = c.head AND covering.size_class = size_class AND covering.low > n - width AND covering.low <= n
        AND covering.high >= n
    RETURN covering
}
MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
MATCH (r)-[:SENT|RECEIVED_BY]-(party:Party) WHERE $with_carriers OR NOT party.is_carrier
WITH DISTINCT c, case_nos, party
UNWIND case_nos AS case_no
WITH c, party, case_no ORDER BY case_no
WITH party, collect(DISTINCT case_no) AS case_nos, count(DISTINCT c) AS cards
WHERE size(case_nos) >= $at_least
RETURN party.id AS party_id, party.name AS party_name, size(case_nos) AS cases, case_nos, cards
ORDER BY cases DESC, cards DESC, party_id
