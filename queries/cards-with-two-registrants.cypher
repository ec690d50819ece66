MATCH (seen:Case)
MATCH (carrier:Party {is_carrier: true})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(buyer:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets
MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
// one of several records that say the same, so that none is paired twice
WITH seen, carrier, buyer, coalesce(c.first, c.key) AS first, coalesce(c.last, c.key) AS last, r.date AS moment,
    head(collect(c)) AS c, min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS record_id
WITH seen, buyer, c, first, last, moment, record_id,
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
MATCH (other_carrier:Party {is_carrier: true})-[:SENT]->(r:Record)-[:MOVES]->(other)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:RECEIVED_BY]->(other_buyer:Party {is_carrier: false}) WHERE other_buyer <> buyer
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH c, buyer, first, last, moment, record_id, other_carrier, other_buyer,
    coalesce(other.first, other.key) AS other_first, coalesce(other.last, other.key) AS other_last,
    r.date AS other_moment,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS other_record_id
// a registration need not have a day
WHERE [date(coalesce(left(moment, 10), '0001-01-01')), buyer.id, record_id]
    < [date(coalesce(left(other_moment, 10), '0001-01-01')), other_buyer.id, other_record_id]
WITH *, CASE WHEN first > other_first THEN first ELSE other_first END AS first_card,
    CASE WHEN last < other_last THEN last ELSE other_last END AS last_card, size(split(c.head, '.')[0]) AS head
RETURN
    first_card, last_card,
    coalesce(toInteger(substring(last_card, head)) - toInteger(substring(first_card, head)), 0) + 1 AS cards,
    buyer.id AS enterprise_id, buyer.name AS enterprise_name, moment, record_id,
    other_buyer.id AS other_enterprise_id, other_buyer.name AS other_enterprise_name, other_moment, other_record_id
ORDER BY first_card, cards, record_id, other_record_id
