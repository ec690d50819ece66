MATCH (seen:Case)
MATCH (party:Party)-[:DECLARED]->(r:Stock)
WHERE r.sheet <= seen.sheets AND ($party IS NULL OR party.id = $party)
OPTIONAL MATCH (r)-[:OF]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    party.id AS party_id, party.name AS party_name, r.date AS moment, r.stock AS stock, r.sold AS sold,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY party_id, date(left(r.date, 10)), first_card, f.sha256, s.name, r.row
