MATCH (seen:Case)
MATCH (r:Record)-[:OF|MOVES]->(c:Card)
WHERE r.device IS NOT NULL AND r.sheet <= seen.sheets
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
WITH r.device AS device, count(DISTINCT c) AS cards, count(DISTINCT user) AS users,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE cards >= $at_least
RETURN device, cards, users, since, until
ORDER BY cards DESC, device
