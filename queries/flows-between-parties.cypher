MATCH (seen:Case)
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND giver <> taker
WITH giver, r, taker, date(left(r.date, 10)) AS day,
    CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END AS until
WHERE until >= $since AND day <= $until
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH giver, taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(r) AS records,
    min(day) AS first_day, max(until) AS last_day
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards + quantity_cards >= $at_least
RETURN
    giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name, cards, quantity_cards,
    records, first_day, last_day
ORDER BY cards DESC, quantity_cards DESC, from_id, to_id
