MATCH (seen:Case)
MATCH (user:Party)<-[:USED_BY]-(r:Activation)-[:OF]->(c:Card)
WHERE r.sheet <= seen.sheets
WITH user, count(DISTINCT c) AS cards, count(DISTINCT r.device) AS devices, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE cards >= $at_least
RETURN user.id AS user_id, user.name AS user_name, cards, devices, since, until
ORDER BY cards DESC, user_id
