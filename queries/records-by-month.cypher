MATCH (seen:Case)
MATCH (r:Record)
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate
OPTIONAL MATCH (giver:Party)-[:SENT]->(r)
OPTIONAL MATCH (r)-[:RECEIVED_BY]->(taker:Party)
OPTIONAL MATCH (r)-[:MOVES|OF]->(c)
RETURN
    left(r.date, 7) AS month,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    count(r) AS records,
    sum(CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END) AS cards
ORDER BY month, kind
