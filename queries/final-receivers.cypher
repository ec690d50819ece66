MATCH (seen:Case)
MATCH (taker:Party {is_carrier: false})
WHERE NOT EXISTS {
    MATCH (taker)-[:SENT]->(onward:Record)-[:RECEIVED_BY]->(other:Party) WHERE onward.sheet <= seen.sheets AND other <> taker
}
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker)
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(DISTINCT giver) AS senders,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards + quantity_cards >= $at_least
RETURN taker.id AS party_id, taker.name AS party_name, cards, quantity_cards, senders, since, until
ORDER BY cards DESC, quantity_cards DESC, party_id
