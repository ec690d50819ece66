MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.case_no = $case_no AND z.sheet <= seen.sheets
WITH DISTINCT seen, c
CALL (seen, c) {
    // the card as a node, and the lots around it, which the index finds size class by size class
    CALL (seen, c) {
        RETURN c AS covering
        UNION
        UNWIND seen.classes AS size_class
        WITH c, size_class, toInteger(2 ^ size_class) AS width,
            coalesce(toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS n
        MATCH (covering:Lot) USING INDEX SEEK covering:Lot(head, size_class, low)
        WHERE covering.head = c.head AND covering.size_class = size_class AND covering.low > n - width AND covering.low <= n
            AND covering.high >= n
        RETURN covering
    }
    MATCH (covering)<-[:MOVES]-(r:Record) WHERE r.sheet <= seen.sheets
    MATCH (r)-[by:SENT|RECEIVED_BY]-(party:Party)
    RETURN party, CASE type(by) WHEN 'SENT' THEN 'sent' ELSE 'received' END AS part
    UNION
    MATCH (c)<-[:OF]-(r:Activation)-[:USED_BY]->(party:Party) WHERE r.sheet <= seen.sheets
    RETURN party, 'used' AS part
}
WITH party, count(DISTINCT CASE part WHEN 'sent' THEN c END) AS sent,
    count(DISTINCT CASE part WHEN 'received' THEN c END) AS received,
    count(DISTINCT CASE part WHEN 'used' THEN c END) AS used
RETURN party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, sent, received, used
ORDER BY CASE WHEN sent > received THEN sent ELSE received END DESC, used DESC, party_id
