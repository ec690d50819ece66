MATCH (seen:Case)
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND (r:Return OR (r:Transfer AND taker.is_carrier))
    AND (taker.is_carrier OR NOT $to_carriers_only)
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    taker.is_carrier AS to_carrier, coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), from_id, first_card, f.sha256, s.name, r.row
