MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:SENT]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:RECEIVED_BY]->(taker:Party) WHERE taker <> giver
WITH seen, giver, c, collect([r, taker]) AS given,
    coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
// lots and cards that have a card in common with the lot, by index
WHERE NOT EXISTS {
    CALL (seen, c, low, high) {
        RETURN c AS other
        UNION
        UNWIND seen.classes AS size_class
        WITH c, low, high, size_class, toInteger(2 ^ size_class) AS width
        MATCH (other:Lot) USING INDEX SEEK other:Lot(head, size_class, low)
        WHERE other.head = c.head AND other.size_class = size_class AND other.low > low - width AND other.low <= high AND other.high >= low
        RETURN other
        UNION
        MATCH (other:Card) WHERE c:Lot AND other.key >= c.first AND other.key <= c.last AND other.head = c.head
        RETURN other
    }
    MATCH (other)<-[:MOVES]-(receipt:Record)-[:RECEIVED_BY]->(giver)
    WHERE receipt.sheet <= seen.sheets AND NOT EXISTS { (giver)-[:SENT]->(receipt) }
}
UNWIND given AS one
WITH giver, c, one[0] AS r, one[1] AS taker
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    giver.id AS from_id, giver.name AS from_name, r.date AS moment, taker.id AS to_id, taker.name AS to_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card, coalesce(c.cards, 1) AS cards,
    f.name AS file, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY from_id, date(left(r.date, 10)), first_card, f.sha256, s.name, r.row
