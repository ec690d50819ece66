MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:GAVE]->(r:Record)-[:TO]->(enterprise:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets
MATCH (r)-[:MOVES]->(c)
WITH DISTINCT seen, enterprise, c
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH seen, enterprise, collect([c.head, lo, hi]) AS lots
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH seen, enterprise,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS purchased
WHERE purchased >= $at_least
OPTIONAL MATCH (enterprise)-[:GAVE]->(r:Record)-[:MOVES]->(c)
WHERE r.sheet <= seen.sheets AND EXISTS { (r)-[:TO]->(:Party {is_carrier: false}) }
OPTIONAL MATCH (r)-[:TO]->(taker:Party)
WITH enterprise, purchased, taker, CASE WHEN taker <> enterprise THEN c END AS c
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH enterprise, purchased, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots,
    count(DISTINCT CASE WHEN c IS NOT NULL THEN taker END) AS receivers
WITH enterprise, purchased, receivers,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS passed_on
RETURN
    enterprise.id AS enterprise_id, enterprise.name AS enterprise_name, purchased, passed_on,
    round(10000.0 * passed_on / purchased) / 10000 AS share, receivers
ORDER BY share DESC, purchased DESC, enterprise_id
