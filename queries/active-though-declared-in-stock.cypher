MATCH (seen:Case)
MATCH (party:Party)-[:DECLARED]->(d:Stock)-[:OF]->(lot)
WHERE d.sheet <= seen.sheets AND coalesce(d.stock, 1) > 0
CALL (lot) {
    WITH lot WHERE lot:Card
    RETURN lot AS c
    UNION
    MATCH (c:Card) WHERE lot:Lot AND c.key >= lot.first AND c.key <= lot.last AND c.head = lot.head
    RETURN c
}
MATCH (c)<-[:OF]-(r:Activation)
WHERE r.sheet <= seen.sheets
WITH party, d, c, r, CASE size(r.date)
    WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
END AS until,
    CASE size(d.date)
        WHEN 7 THEN date(d.date) + duration('P1M') - duration('P1D') ELSE date(left(d.date, 10))
    END AS declared_until
WHERE until <= declared_until
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
MATCH (ds:Sheet {sheet: d.sheet})-[:OF]->(df:File)
WITH party, d, c, r, user, left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id,
    left(df.sha256, 12) + ':' + coalesce(ds.name + ':', '') + toString(d.row) AS declaration_record_id
RETURN
    party.id AS party_id, party.name AS party_name, c.key AS card, r.date AS activated, d.date AS declared,
    user.id AS user_id, user.name AS user_name, record_id, declaration_record_id
ORDER BY party_id, card, date(left(r.date, 10)), record_id, declaration_record_id
