MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(enterprise:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets
MATCH (r)-[:MOVES]->(c)
WITH DISTINCT seen, enterprise, c
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH seen, enterprise, collect([c.head, low, high]) AS lots
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH seen, enterprise,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS purchased
WHERE purchased >= $at_least
OPTIONAL MATCH (enterprise)-[:SENT]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets AND EXISTS { (r)-[:RECEIVED_BY]->(:Party {is_carrier: false}) }
OPTIONAL MATCH (r)-[:RECEIVED_BY]->(taker:Party)
WITH enterprise, purchased, taker, CASE WHEN taker <> enterprise THEN c END AS c
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH enterprise, purchased, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    count(DISTINCT CASE WHEN c IS NOT NULL THEN taker END) AS receivers
WITH enterprise, purchased, receivers,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS passed_on
RETURN
    enterprise.id AS enterprise_id, enterprise.name AS enterprise_name, purchased, passed_on,
    round(10000.0 * passed_on / purchased) / 10000 AS share, receivers
ORDER BY share DESC, purchased DESC, enterprise_id
