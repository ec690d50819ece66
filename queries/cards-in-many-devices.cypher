MATCH (seen:Case)
MATCH (r:Record)-[:OF|MOVES]->(c:Card)
WHERE r.device IS NOT NULL AND r.sheet <= seen.sheets
WITH c, r ORDER BY r.device
WITH c, collect(DISTINCT r.device) AS imeis, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE size(imeis) >= $at_least
RETURN c.key AS card, size(imeis) AS devices, imeis, since, until
ORDER BY devices DESC, card
