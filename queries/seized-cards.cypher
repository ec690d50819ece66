MATCH (seen:Case)
MATCH (z:Seizure)-[:OF]->(c:Card)
WHERE z.sheet <= seen.sheets AND ($case_no IS NULL OR z.case_no = $case_no)
MATCH (s:Sheet {sheet: z.sheet})-[:OF]->(f:File)
WITH seen, z, c, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(z.row) AS record_id,
    CASE size(z.date)
        WHEN 7 THEN date(z.date) + duration('P1M') - duration('P1D') ELSE date(left(z.date, 10))
    END AS seized_until
OPTIONAL CALL (seen, c, seized_until) {
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
    MATCH (giver:Party)-[:SENT]->(r)-[:RECEIVED_BY]->(taker:Party) WHERE giver <> taker
    WITH seized_until, giver, taker, r.date AS moment, date(left(r.date, 10)) AS day,
        CASE size(r.date)
            WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
        END AS until
    WHERE seized_until IS NULL OR day <= seized_until
    WITH collect({giver: giver, taker: taker, moment: moment, day: day, until: until}) AS hands
    UNWIND hands AS hand
    WITH hand, NOT any(onward IN hands WHERE onward.giver = hand.taker AND onward.until >= hand.day) AS is_kept
    RETURN hand
    ORDER BY hand.day DESC, hand.until DESC, is_kept DESC, hand.taker.id DESC, hand.moment DESC
    LIMIT 1
}
RETURN
    z.case_no AS case_no, c.key AS card, z.date AS moment, z.place AS place, z.holder AS holder,
    hand.taker.id AS party_id, hand.taker.name AS party_name, hand.moment AS received, record_id
ORDER BY case_no, card, date(left(z.date, 10)), record_id
