MATCH (seen:Case)
MATCH (carrier:Party {is_carrier: true})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(buyer:Party)
WHERE r.sheet <= seen.sheets AND NOT r:Registration AND ($enterprise IS NULL OR buyer.id = $enterprise)
OPTIONAL MATCH (r)-[:MOVES]->(c)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.date AS moment, carrier.id AS carrier_id, buyer.id AS enterprise_id, buyer.name AS enterprise_name,
    coalesce(c.first, c.key) AS first_card, coalesce(c.last, c.key) AS last_card,
    CASE WHEN c:Card THEN 1 WHEN c:Lot THEN c.cards ELSE r.quantity END AS cards,
    r.declared_use AS declared_use, r.contract_no AS contract_no, r.price AS price, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), enterprise_id, first_card, f.sha256, s.name, r.row
