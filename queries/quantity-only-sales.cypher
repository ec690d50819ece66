MATCH (seen:Case)
MATCH (giver:Party)-[:SENT]->(r:QuantityOnly)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND ($party IS NULL OR giver.id = $party OR taker.id = $party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
WITH giver, taker, r, f, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY record_id
WITH r.date AS moment,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    giver, taker, r.quantity AS cards, r.channel AS channel, r.record_no AS record_no,
    head(collect([f.name, record_id])) AS least
RETURN
    moment, kind, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name, cards,
    channel,
    record_no, least[0] AS file, least[1] AS record_id
ORDER BY date(left(moment, 10)), from_id, to_id, record_id
