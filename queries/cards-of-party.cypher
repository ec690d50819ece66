MATCH (seen:Case), (party:Party {id: $party})
CALL (party) {
    MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(party)
    RETURN 'received' AS direction, r, giver, party AS taker, giver AS other
    UNION ALL
    MATCH (party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
    RETURN 'passed_on' AS direction, r, party AS giver, taker, taker AS other
}
WITH seen, direction, r, giver, taker, other, date(left(r.date, 10)) AS day,
    CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END AS until
WHERE r.sheet <= seen.sheets AND until >= $since AND day <= $until
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    direction, r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    other.id AS other_id, other.name AS other_name, coalesce(c.first, c.key) AS first_card,
    coalesce(c.last, c.key) AS last_card, CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    f.name AS file, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY day, direction DESC, f.sha256, s.name, r.row
