MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND giver <> taker AND ($from_party IS NULL OR giver.id = $from_party)
MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
// one of several records that say the same, so that none is paired twice
WITH seen, giver, taker, coalesce(c.first, c.key) AS first, coalesce(c.last, c.key) AS last, r.date AS moment,
    head(collect(c)) AS c, min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS record_id
WITH seen, giver, taker, c, first, last, moment, record_id,
    coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
// lots and cards that have a card in common with the lot, by index
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
MATCH (other)<-[:MOVES]-(r:Record)<-[:SENT]-(giver)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:RECEIVED_BY]->(other_taker:Party) WHERE other_taker <> taker AND other_taker <> giver
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH giver, c, taker, first, last, moment, record_id, other_taker,
    coalesce(other.first, other.key) AS other_first, coalesce(other.last, other.key) AS other_last,
    r.date AS other_moment,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS other_record_id
WHERE [date(left(moment, 10)), taker.id, record_id] < [date(left(other_moment, 10)), other_taker.id, other_record_id]
WITH *, CASE WHEN first > other_first THEN first ELSE other_first END AS first_card,
    CASE WHEN last < other_last THEN last ELSE other_last END AS last_card, size(split(c.head, '.')[0]) AS head
RETURN
    giver.id AS from_id, giver.name AS from_name, first_card, last_card,
    coalesce(toInteger(substring(last_card, head)) - toInteger(substring(first_card, head)), 0) + 1 AS cards,
    taker.id AS to_id, taker.name AS to_name, moment, record_id,
    other_taker.id AS other_to_id, other_taker.name AS other_to_name, other_moment, other_record_id
ORDER BY from_id, first_card, cards, record_id, other_record_id
