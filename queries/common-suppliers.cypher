MATCH (seen:Case)
UNWIND $parties AS id
WITH DISTINCT seen, id
MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(taker:Party {id: id})
WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH giver, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots, count(DISTINCT taker) AS supplied,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards
WHERE supplied >= $at_least
// different cards of lots that overlap: lots in order, each adds those after all that came before it
RETURN
    giver.id AS party_id, giver.name AS party_name, giver.is_carrier AS is_carrier, supplied,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards,
    quantity_cards
ORDER BY supplied DESC, cards DESC, party_id
