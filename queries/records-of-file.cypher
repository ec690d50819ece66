MATCH (seen:Case)
MATCH (s:Sheet)-[:OF]->(f:File)
WHERE s.sheet <= seen.sheets AND (f.name = $file OR f.sha256 STARTS WITH toLower($file))
MATCH (r:Record {sheet: s.sheet})
OPTIONAL MATCH (giver:Party)-[:SENT|DECLARED|HELD]->(r)
OPTIONAL MATCH (r)-[:RECEIVED_BY|USED_BY|LISTS]->(taker:Party)
OPTIONAL MATCH (r)-[:MOVES|OF]->(c)
RETURN
    f.name AS file, s.name AS sheet, r.row AS row,
    CASE
        WHEN r:Transfer AND taker.is_carrier THEN 'return'
        WHEN r:Transfer AND giver.is_carrier THEN 'purchase'
        ELSE r.kind
    END AS kind,
    r.date AS moment, giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name,
    CASE WHEN c:Card THEN 'listed' WHEN c:Lot THEN 'range' WHEN r.quantity IS NOT NULL THEN 'quantity' END AS precision,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY file, f.sha256, sheet, row, kind, first_card
