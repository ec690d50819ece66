MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.case_no = $case_no AND z.sheet <= seen.sheets
WITH DISTINCT seen, c
CALL (seen, c) {
    // the card as a node, and the lots around it, which the index finds size class by size class
    CALL (seen, c) {
        RETURN c AS covering
        UNION
        UNWIND seen.classes AS cls
        WITH c, cls, toInteger(2 ^ cls) AS width,
            coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
        MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, cls, lo)
        WHERE covering.head = c.head AND covering.cls = cls AND covering.lo > n - width AND covering.lo <= n
            AND covering.hi >= n
        RETURN covering
    }
    MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
    MATCH (r)-[by:GAVE|TO]-(party:Party)
    RETURN party, CASE type(by) WHEN 'GAVE' THEN 'sent' ELSE 'received' END AS part
    UNION
    MATCH (c)<-[:OF]-(r:Activation)-[:USED_BY]->(party:Party) WHERE r.sheet <= seen.sheets
    RETURN party, 'used' AS part
}
WITH party, count(DISTINCT CASE part WHEN 'sent' THEN c END) AS sent,
    count(DISTINCT CASE part WHEN 'received' THEN c END) AS received,
    count(DISTINCT CASE part WHEN 'used' THEN c END) AS used
RETURN party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, sent, received, used
ORDER BY CASE WHEN sent > received THEN sent ELSE received END DESC, used DESC, party_id
