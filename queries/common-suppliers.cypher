MATCH (seen:Case)
UNWIND $parties AS id
WITH DISTINCT seen, id
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party {id: id})
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH giver, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots, count(DISTINCT taker) AS supplied,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards
WHERE supplied >= $at_least
// different cards of lots that overlap: lots in order, each adds those after all that came before it
RETURN
    giver.id AS party_id, giver.name AS party_name, giver.is_carrier AS is_carrier, supplied,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards,
    quantity_cards
ORDER BY supplied DESC, cards DESC, party_id
