MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:GAVE]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:TO]->(taker:Party) WHERE taker <> giver
WITH seen, giver, c, collect([r, taker]) AS given,
    coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
// lots and cards that have a card in common with the lot, by index
WHERE NOT EXISTS {
    CALL (seen, c, lo, hi) {
        RETURN c AS other
        UNION
        UNWIND seen.classes AS cls
        WITH c, lo, hi, cls, toInteger(2 ^ cls) AS width
        MATCH (other:Lot) USING INDEX SEEK other:Lot(head, cls, lo)
        WHERE other.head = c.head AND other.cls = cls AND other.lo > lo - width AND other.lo <= hi AND other.hi >= lo
        RETURN other
        UNION
        MATCH (other:Card) WHERE c:Lot AND other.key >= c.first AND other.key <= c.last AND other.head = c.head
        RETURN other
    }
    MATCH (other)<-[:MOVES]-(receipt:Record)-[:TO]->(giver)
    WHERE receipt.sheet <= seen.sheets AND NOT EXISTS { (giver)-[:GAVE]->(receipt) }
}
UNWIND given AS one
WITH giver, c, one[0] AS r, one[1] AS taker
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    giver.id AS from_id, giver.name AS from_name, r.date AS moment, taker.id AS to_id, taker.name AS to_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card, coalesce(c.cards, 1) AS cards,
    f.name AS file, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY from_id, date(left(r.date, 10)), first_card, f.sha256, s.name, r.row
