MATCH (seen:Case)
MATCH (r:Record)
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate
OPTIONAL MATCH (giver:Party)-[:SENT]->(r)
OPTIONAL MATCH (r)-[:RECEIVED_BY]->(taker:Party)
OPTIONAL MATCH (r)-[:MOVES|OF]->(c)
WITH
    left(r.date, 7) AS month,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    c.head AS head,
    coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high,
    count(r) AS records, sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS by_number
ORDER BY month, kind, head, low, high
WITH month, kind, head, sum(records) AS records, sum(by_number) AS by_number,
    collect(CASE WHEN head IS NOT NULL THEN [low, high] END) AS spans
// a range counts from behind the last card of those that begin before it
WITH month, kind, records, by_number, reduce(seen = [0, -1], span IN spans | CASE
    WHEN span[1] <= seen[1] THEN seen
    WHEN span[0] > seen[1] THEN [seen[0] + span[1] - span[0] + 1, span[1]]
    ELSE [seen[0] + span[1] - seen[1], span[1]]
END)[0] AS cards
RETURN month, kind, sum(records) AS records, sum(cards) AS cards, sum(by_number) AS quantity_cards
ORDER BY coalesce(month, 'none'), kind
