MATCH (seen:Case)
// the node of the card, if it is listed, and the lots around it, which the index finds size class by size class
CALL (seen) {
    MATCH (c:Card {key: $card.key})
    RETURN c
    UNION
    UNWIND seen.classes AS size_class
    WITH size_class, toInteger(2 ^ size_class) AS width
    MATCH (c:Lot) USING INDEX SEEK c:Lot(head, size_class, low)
    WHERE c.head = $card.head AND c.size_class = size_class AND c.low > $card.number - width
        AND c.low <= $card.number AND c.high >= $card.number
    RETURN c
}
MATCH (c)<-[:MOVES|OF]-(r:Record) WHERE r.sheet <= seen.sheets
OPTIONAL MATCH (giver:Party)-[:SENT|DECLARED|HELD]->(r)
OPTIONAL MATCH (r)-[:RECEIVED_BY|USED_BY|LISTS]->(taker:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    CASE WHEN c:Card THEN 'listed' ELSE 'range' END AS precision,
    giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card, r.case_no AS case_no, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), f.sha256, s.name, r.row, kind
