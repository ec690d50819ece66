MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})
WHERE NOT EXISTS {
    MATCH (giver)<-[:TO]-(sale:Record)<-[:GAVE]-(:Party {is_carrier: true}) WHERE sale.sheet <= seen.sheets
}
MATCH (giver)-[:GAVE]->(r:Transfer)-[:TO]->(taker:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
ORDER BY c.head, lo
WITH seen, giver, collect(CASE WHEN c IS NOT NULL THEN [c.head, lo, hi] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(r) AS records,
    count(DISTINCT taker) AS receivers, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards + quantity_cards >= $at_least
OPTIONAL MATCH (giver)<-[:TO]-(r:Record)<-[:GAVE]-(supplier:Party)
WHERE r.sheet <= seen.sheets AND supplier <> giver
RETURN
    giver.id AS party_id, giver.name AS party_name, cards, quantity_cards, records,
    count(DISTINCT supplier) AS suppliers, receivers, since, until
ORDER BY cards DESC, quantity_cards DESC, party_id
