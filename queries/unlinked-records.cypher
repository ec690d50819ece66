MATCH (seen:Case)
MATCH (r:UnlinkedEvent)
WHERE r.sheet <= seen.sheets AND NOT EXISTS {
    MATCH (named:Record {msisdn: r.msisdn})-[:MOVES|OF]->(:Card) WHERE named.sheet <= seen.sheets
} AND NOT EXISTS {
    MATCH (named:Record {imsi: r.imsi})-[:MOVES|OF]->(:Card) WHERE named.sheet <= seen.sheets
}
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
MATCH (s:Sheet {sheet: r.sheet})-[:OF]->(f:File)
RETURN
    r.kind AS kind, r.date AS moment, r.msisdn AS msisdn, r.imsi AS imsi, user.id AS user_id, user.name AS user_name,
    r.case_no AS case_no, f.name AS file,
    left(f.sha256, 12) + ':' + coalesce(s.name + ':', '') + toString(r.row) AS record_id
ORDER BY date(left(r.date, 10)), f.sha256, s.name, r.row
