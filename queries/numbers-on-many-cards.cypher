MATCH (seen:Case)
CALL (seen) {
    MATCH (r:Record)-[:MOVES|OF]->(c:Card) WHERE r.msisdn IS NOT NULL AND r.sheet <= seen.sheets
    RETURN r.msisdn AS number, 'msisdn' AS kind, c, r.date AS date
    UNION
    MATCH (r:Record)-[:MOVES|OF]->(c:Card) WHERE r.imsi IS NOT NULL AND r.sheet <= seen.sheets
    RETURN r.imsi AS number, 'imsi' AS kind, c, r.date AS date
    UNION
    MATCH (r:Record)-[:MOVES|OF]->(c:Card) WHERE r.eid IS NOT NULL AND r.sheet <= seen.sheets
    RETURN r.eid AS number, 'eid' AS kind, c, r.date AS date
}
WITH number, kind, c, date ORDER BY c.key
WITH number, kind, collect(DISTINCT c.key) AS keys, min(date(left(date, 10))) AS since,
    max(CASE size(date)
        WHEN 7 THEN date(date) + duration('P1M') - duration('P1D') ELSE date(left(date, 10))
    END) AS until
WHERE size(keys) >= $at_least
RETURN number, kind, size(keys) AS cards, keys, since, until
ORDER BY cards DESC, number
