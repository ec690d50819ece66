MATCH (seen:Case)
MATCH (carrier:Party {is_carrier: true})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(party:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Registration
MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
// one of several records that say the same, so that none is paired twice
WITH seen, carrier, party, coalesce(c.first, c.key) AS first, coalesce(c.last, c.key) AS last, r.date AS bought,
    head(collect(c)) AS c,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS purchase_record_id
WITH seen, party, c, first, last, bought, purchase_record_id,
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
MATCH (other)<-[:MOVES]-(r:Record)<-[:SENT]-(party)
WHERE r.sheet <= seen.sheets
MATCH (r)-[:RECEIVED_BY]->(taker:Party {is_carrier: false}) WHERE taker <> party
WITH seen, party, c, first, last, bought, purchase_record_id, r, taker, other
WHERE CASE size(r.date) WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10)) END
    < date(left(bought, 10))
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH party, c, first, last, bought, purchase_record_id, taker, coalesce(other.first, other.key) AS other_first,
    coalesce(other.last, other.key) AS other_last, r.date AS passed_on,
    min(left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row)) AS record_id
WITH *, CASE WHEN first > other_first THEN first ELSE other_first END AS first_card,
    CASE WHEN last < other_last THEN last ELSE other_last END AS last_card, size(split(c.head, '.')[0]) AS head
RETURN
    party.id AS enterprise_id, party.name AS enterprise_name, first_card, last_card,
    coalesce(toInteger(substring(last_card, head)) - toInteger(substring(first_card, head)), 0) + 1 AS cards,
    taker.id AS to_id, taker.name AS to_name, passed_on, bought, record_id, purchase_record_id
ORDER BY enterprise_id, first_card, record_id, purchase_record_id
