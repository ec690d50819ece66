MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})-[:SENT]->(r:Transfer)-[:RECEIVED_BY]->(taker:Party {is_carrier: false})
WHERE r.channel IS NOT NULL AND NOT r:Duplicate AND r.sheet <= seen.sheets AND giver <> taker
    AND ($from_party IS NULL OR giver.id = $from_party)
OPTIONAL MATCH (r)-[:MOVES]->(c)
RETURN
    left(r.date, 7) AS month, r.channel AS channel, count(r) AS records,
    sum(CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END) AS cards,
    count(DISTINCT giver) AS sellers, count(DISTINCT taker) AS buyers
ORDER BY month, cards DESC, channel
